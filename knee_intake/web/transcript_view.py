"""The transcript as staff read it: sessions and restarts, the words that tell something, what each message gave.

PURE: rows in, plain values for the template and for paper out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from knee_intake.interview.model import Intake
from knee_intake.interview.summary import CHART
from knee_intake.records.facets import REJECTED, SURE
from knee_intake.records.staff_queries import Detail

PAUSE = timedelta(minutes=30)
"""Who is silent for longer and writes again has come back: a new session."""
RESTART = "start_over"
LABELS = {field: label for _, fields in CHART for field, label in fields}
_KINDS = {"affirmed": "found", "negated": "denied"}


@dataclass(frozen=True)
class Stretch:
    """A part of a message's text; `kind`: found, denied, other (somebody else's, long ago, only thought of) or none."""

    text: str
    kind: str = ""
    about: str = ""


def transcript(detail: Detail) -> list[dict[str, Any]]:
    """The messages, each with the rules that it raised or whose text it shows, and what it gave."""
    gave = _given(detail.intake)
    lines: list[dict[str, Any]] = []
    sessions = 1
    last: datetime | None = None
    for row in detail.messages:
        raised = [alert for alert in detail.alerts if alert["seq"] == row["seq"]]
        if row["sender"] == "bot" and row["text"]:
            raised += [a for a in detail.alerts if a["shown"] and a["shown"] in row["text"] and a not in raised]
        pause = row["at"] - last if last is not None and row["at"] - last > PAUSE else None
        sessions += pause is not None
        last = row["at"]
        lines.append(
            {
                **row,
                "alerts": raised,
                "read": _reading(row),
                "who": detail.names.get(row["staff_id"]) if row["sender"] != "bot" else None,
                "misread": row["seq"] in detail.misread,
                "stretches": stretches(row),
                "gave": gave.get(row["seq"], ()) if row["sender"] == "visitor" else (),
                "back_after": spoken(pause) if pause is not None else None,
                "session": sessions,
                "restart": (row["understanding"] or {}).get("act") == RESTART,
            }
        )
    return lines


def spoken(span: timedelta) -> str:
    """A pause in its largest unit: 45 minutes, 3 hours, 2 days."""
    minutes = int(span.total_seconds() // 60)
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "a moment"


def _given(intake: Intake) -> dict[int, tuple[tuple[str, str], ...]]:
    """For each message the answers in the table that came from it: (field, label)."""
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for field, answer in intake.answers.items():
        if answer.seq is not None and field != "consent":
            label = LABELS.get(field, field.replace("_", " ").capitalize())
            found[answer.seq] = (*found.get(answer.seq, ()), (field, label))
    return found


def stretches(row: Mapping[str, Any]) -> tuple[Stretch, ...]:
    """The text cut around the words in which something was found; words that lie elsewhere than noted are left."""
    text, read = row["text"], row["understanding"]
    if text is None:
        return ()
    found: list[Stretch] = []
    end = 0
    for one in _evidence(text, read if row["sender"] == "visitor" else None):
        if one["start"] < end:
            continue  # two rules saw the same words
        found += [Stretch(text[end : one["start"]])] if one["start"] > end else []
        about = f"{one['field']}: {_values(one['value'])}".replace("_", " ")
        kind = _KINDS.get(one["assertion"], "other")
        if kind == "other":
            about += f" ({one['assertion']})"
        found.append(Stretch(text[one["start"] : one["end"]], kind, about))
        end = one["end"]
    return (*found, Stretch(text[end:])) if end < len(text) or not found else tuple(found)


def _evidence(text: str, read: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    noted = (read or {}).get("why") or ()
    fitting = [one for one in noted if one.get("words") and text[one["start"] : one["end"]] == one["words"]]
    return sorted(fitting, key=lambda one: (one["start"], -one["end"]))


def _reading(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was understood of a visitor's message, in a form that a page can print."""
    found = row["understanding"]
    if row["sender"] != "visitor" or not found:
        return None
    intent, confidence = found.get("intent"), found.get("confidence")
    return {
        "intent": intent,
        "confidence": None if confidence is None else f"{round(100 * float(confidence))} %",
        "low": intent in REJECTED or (confidence is not None and float(confidence) < SURE),
        "findings": [(name, _values(value)) for name, value in (found.get("findings") or {}).items()],
        "negated": [str(value) for value in found.get("negated") or ()],
    }


def _values(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def understood_line(read: Mapping[str, Any] | None) -> str:
    """The same as one line, for paper."""
    if not read:
        return ""
    parts = [f"understood as {read['intent'] or '?'}"]
    parts += [read["confidence"]] if read["confidence"] else []
    parts += [f"{name}: {value}" for name, value in read["findings"]]
    parts += [f"no {value}" for value in read["negated"]]
    return ", ".join(parts).replace("_", " ")


def session_count(lines: Sequence[Mapping[str, Any]]) -> int:
    """How often the visitor sat down to it."""
    return int(lines[-1]["session"]) if lines else 0
