"""What the page of one conversation shows beside the talk: the next deed, cautions, notes, verdicts, hand-over."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from knee_intake.interview import summary
from knee_intake.interview.chart_note import content_hash
from knee_intake.interview.nice_pattern import nice_pattern
from knee_intake.records.calls import Call
from knee_intake.records.chart_entries import LONGEST_NUMBER, ChartEntry, current_entry
from knee_intake.records.notes import (
    LONGEST_COMMENT,
    LONGEST_NOTE,
    Note,
    Verdict,
    all_names,
    notes_of,
    see_mentions,
    verdicts_of,
)
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import Detail
from knee_intake.records.staff_record import record_note
from knee_intake.safety.verdict import STOPPING
from knee_intake.web.context import AppContext

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

VERDICT_LABELS = {
    "understood": "understood well",
    "missed": "something was missed",
    "wrong_safety": "wrong safety text",
    "other": "other",
}
CAUTIONS = ("injection_cautions", "joint_history", "conditions", "treatments_tried")
WISHES = ("interest", "goal", "access_needs", "payment")


@dataclass(frozen=True)
class Beside:
    """What staff have written about a conversation."""

    notes: list[Note]
    verdicts: list[Verdict]
    entry: ChartEntry | None
    names: list[tuple[int, str]]


def read_beside(context: AppContext, connection: Connection, member: Member, conversation: str) -> Beside:
    """Read it; the notes that name the member are seen by that."""
    see_mentions(connection, member, conversation, context.clock())
    return Beside(
        notes_of(connection, conversation), verdicts_of(connection, conversation),
        current_entry(connection, conversation), all_names(connection),
    )  # fmt: skip


def page_values(
    clinic: Clinic, member: Member, detail: Detail, beside: Beside, call: Call | None, *, with_notes: bool
) -> dict[str, Any]:
    """The values for the template. `call`: whether and why the patient is to be rung."""
    content = content_hash(detail.intake, detail.visits)
    changed = beside.entry is not None and beside.entry.content != content
    rows = summary.answer_rows(detail.intake, clinic)
    own = next((one for one in beside.verdicts if one.author_id == member.id), None)
    pattern = nice_pattern(detail.intake)
    return {
        "chart_text": record_note(detail, clinic).text if detail.item.consented else None,
        "entry": beside.entry,
        "changed": changed,
        "content": content.hex(),
        "longest_number": LONGEST_NUMBER,
        "cautions": [row for row in rows if row.field in CAUTIONS],
        "wishes": [row for row in rows if row.field in WISHES],
        "pattern": pattern.line if pattern else None,
        "notes": beside.notes,
        "with_notes": with_notes,
        "note_key": secrets.token_urlsafe(12),
        "longest_note": LONGEST_NOTE,
        "longest_comment": LONGEST_COMMENT,
        "names": dict(beside.names),
        "verdicts": beside.verdicts,
        "own_verdict": own,
        "verdict_labels": VERDICT_LABELS,
        "next_deed": next_deed(detail, entered=beside.entry is not None, changed=changed, asks_after=asks_after(call)),
    }


def asks_after(call: Call | None) -> bool:
    """Somebody was sent to urgent care, and no call has settled since whether they are there."""
    return call is not None and call.urgency in STOPPING and any(one.kind == "alert" for one in call.reasons)


def next_deed(detail: Detail, *, entered: bool, changed: bool, asks_after: bool = False) -> tuple[str, str]:
    """(what is to be done now, where on the page), the most pressing first."""
    if any(alert["acknowledged_at"] is None for alert in detail.alerts):
        return "Read the red flag, then mark it as seen", "flags"
    if detail.conversation["erase_requested_at"] is not None:
        return "Answer the wish to be erased", "record"
    if asks_after:
        return "Call: did the patient get care?", "calls"
    if any(callback["done_at"] is None for callback in detail.callbacks):
        return "Call the patient back", "visit"
    if detail.requests:
        return "Confirm the visit, or offer other times", "visit"
    if changed:
        return "Enter it in the chart again: something changed", "handover"
    if detail.item.consented and detail.item.done and not entered:
        return "Enter it in the chart", "handover"
    if detail.item.review != "closed":
        return "Close the review", "review"
    return "Nothing is left to do", ""


def alert_lines(detail: Detail, rules: Mapping[str, str]) -> list[str]:
    """The red flags for paper."""
    found = []
    for alert in detail.alerts:
        urgency = summary.URGENCY_LABELS.get(alert["urgency"] or "", "")
        name = f"{rules.get(alert['rule'], '')} ({urgency})" if urgency else ""
        line = f"{alert['rule']} version {alert['rule_version']} {name}".strip()
        found.append(f"{line}. Shown: {alert['shown']}" if alert["shown"] else line)
    return found or ["none reported"]
