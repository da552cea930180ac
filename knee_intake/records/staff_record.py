"""One conversation for staff, as JSON and as text: the same in the console, the staff API and the export."""

from __future__ import annotations

from datetime import timezone, tzinfo
from typing import TYPE_CHECKING, Any

from knee_intake.interview.chart_note import Note, chart_note, denials
from knee_intake.interview.summary import staff_summary
from knee_intake.records.intake_view import booking_json, consent_json, intake_json, iso, staff_message_json
from knee_intake.records.staff_queries import Detail, RowDict

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic


def record_json(detail: Detail, zone: tzinfo = timezone.utc) -> dict[str, Any]:
    """The intake object, and with it messages, consent, alerts and wishes to be called."""
    found = intake_json(
        {**detail.conversation, "urgency": detail.item.urgency},
        detail.intake_data,
        detail.booking,
        (detail.item.done, detail.item.total),
        zone=zone,
    )
    return {
        **found,
        "messages": [staff_message_json(row, zone) for row in detail.messages],
        "consent": consent_json(detail.conversation, detail.consents, zone),
        "alerts": [_alert(row, zone) for row in detail.alerts],
        "requests": [booking_json(row, zone) for row in detail.requests],
        "callbacks": [_callback(row, zone) for row in detail.callbacks],
        "handled_by": detail.conversation["handled_by"],
        "created_at": iso(detail.conversation["created_at"], zone),
        "updated_at": iso(detail.conversation["updated_at"], zone),
    }


def record_text(detail: Detail, clinic: Clinic) -> str:
    """The staff summary as plain text."""
    return staff_summary(
        detail.intake,
        clinic,
        conversation=detail.item.id,
        consent_at=detail.conversation["consent_at"],
        consent_version=detail.conversation["consent_version"],
        booking=booking_json(detail.booking) if detail.booking else None,
    )


def record_note(detail: Detail, clinic: Clinic) -> Note:
    """The note for the clinic's own chart."""
    return chart_note(
        detail.intake,
        clinic,
        conversation=detail.item.id,
        consent_at=detail.conversation["consent_at"],
        visits=[booking_json(visit) for visit in detail.visits],
        callbacks=[row["topic"] for row in detail.callbacks if row["done_at"] is None],
        denied=denials(detail.messages),
    )


def _alert(row: RowDict, zone: tzinfo) -> dict[str, Any]:
    seen = row["acknowledged_at"]
    return {
        "rule": row["rule"],
        "version": row["rule_version"],
        "urgency": row["urgency"],
        "shown": row["shown"],
        "seq": row["seq"],
        "at": iso(row["at"], zone),
        "acknowledged_at": iso(seen, zone) if seen else None,
    }


def _callback(row: RowDict, zone: tzinfo) -> dict[str, Any]:
    return {
        "topic": row["topic"],
        "first_name": row["first_name"],
        "contact": row["contact"],
        "wishes": row["wishes"],
        "at": iso(row["created_at"], zone),
        "done_at": iso(row["done_at"], zone) if row["done_at"] else None,
    }
