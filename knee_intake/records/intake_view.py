"""The intake and the messages as others read them: visitor API, staff API and export give the same JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone, tzinfo
from typing import Any

RATE = "rate"
"""Of a message's payload: the visitor may rate it."""
_SHOWN = ("choices", "input", "alert", "choice", "link", "visit")
"""What of a message's payload others see; the rest is the interview's own memory."""


def intake_json(
    conversation: Mapping[str, Any],
    intake: Mapping[str, Any] | None,
    booking: Mapping[str, Any] | None,
    progress: tuple[int, int],
    *,
    zone: tzinfo = timezone.utc,
) -> dict[str, Any]:
    """The intake object.

    `conversation` and `booking` are rows; `intake` is `Intake.to_dict()`; `progress` is (done, of); times are given in
    `zone`. A booking's row wins over the intake's own note of it: staff may have confirmed it since.
    """
    intake = intake or {}
    done, total = progress
    return {
        "conversation": conversation["id"],
        "status": conversation["status"],
        "urgency": conversation["urgency"],
        "red_flags": list(intake.get("red_flags", ())),
        "answers": dict(intake.get("answers", {})),
        "asked": intake.get("asked"),
        "progress": {"done": done, "of": total},
        "booking": booking_json(booking, zone) if booking else intake.get("booking"),
    }


def booking_json(booking: Mapping[str, Any], zone: tzinfo = timezone.utc) -> dict[str, Any]:
    """A booking's row as the intake shows it."""
    return {
        "reference": booking["reference"],
        "start": iso(booking["start"], zone),
        "end": iso(booking["end"], zone),
        "kind": booking["kind"],
        "status": booking["status"],
    }


def message_json(row: Mapping[str, Any], zone: tzinfo = timezone.utc) -> dict[str, Any]:
    """A message's row as everybody reads it; `text` is null where the words were said before consent.

    `down` is there where the visitor may rate an answer: whether they say that it is not what they meant.
    """
    payload = row["payload"] or {}
    found: dict[str, Any] = {
        "seq": row["seq"],
        "from": row["sender"],
        "text": row["text"],
        "at": iso(row["at"], zone),
    }
    if row["client_id"] is not None:
        found["id"] = row["client_id"]
    if row["text"] is not None:
        found |= {key: payload[key] for key in _SHOWN if payload.get(key) is not None}
        if payload.get(RATE):
            found["down"] = bool(row.get("thumbed"))
    return found


def staff_message_json(row: Mapping[str, Any], zone: tzinfo = timezone.utc) -> dict[str, Any]:
    """A message with what was understood of it, for staff and export."""
    found = message_json(row, zone)
    if row["sender"] == "visitor":
        found["understanding"] = row["understanding"] if row["text"] is not None else None
    return found


def consent_json(
    conversation: Mapping[str, Any], consents: Iterable[Mapping[str, Any]], zone: tzinfo = timezone.utc
) -> dict[str, Any]:
    """What the visitor agreed to, in which wording, and when."""
    return {
        "at": iso(conversation["consent_at"], zone) if conversation["consent_at"] else None,
        "version": conversation["consent_version"],
        "given": [
            {
                "kind": row["kind"],
                "granted": row["granted"],
                "version": row["wording_version"],
                "at": iso(row["at"], zone),
            }
            for row in consents
        ],
    }


def iso(at: datetime, zone: tzinfo = timezone.utc) -> str:
    """ISO 8601 with offset, to the second."""
    return at.astimezone(zone).isoformat(timespec="seconds")
