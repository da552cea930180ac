"""Between the clinic's files and a form: what a field shows, and what a filled-in field means. PURE."""

from __future__ import annotations

from typing import Any

from knee_intake.clinic_draft import ABSENT, Draft
from knee_intake.clinic_entries import MODES, STATES, Entry, Field, Kind
from knee_intake.opening_hours import is_clock
from knee_intake.practice import is_day


def shown(entry: Entry, draft: Draft) -> dict[str, str]:
    """The values of the file as a form holds them."""
    return {field.name: _shown(entry, field, draft) for field in entry.fields}


def _shown(entry: Entry, field: Field, draft: Draft) -> str:
    value = draft.value((*entry.keys, *field.keys))
    if field.kind == "state":
        return "confirmed" if value.get("confirmed") else "demo" if value.get("demo") else "open"
    if value is ABSENT or value is None:
        return ""
    if field.kind == "yes_no":
        return "yes" if value else "no"
    if field.kind == "tick":
        return "yes" if value else ""
    if field.kind == "spans":
        return ", ".join("-".join(span) for span in value)
    if field.kind == "days":
        return "\n".join(value)
    return str(value).rstrip("\n")


class WrongFieldError(ValueError):
    """A field is filled in so that it means nothing; the text says what was expected."""


def meant(field: Field, given: str) -> Any:
    """The value that a filled-in field means. Raises WrongFieldError."""
    text = given.replace("\r\n", "\n").strip()
    if field.kind in ("line", "yes_no", "state", "day", "spans", "mode", "tick"):
        text = " ".join(text.split(" "))
    if len(text) > field.longest:
        raise WrongFieldError(f"at most {field.longest} characters, and it has {len(text)}")
    if not text.replace("\n", "").isprintable() or (field.kind != "text" and field.kind != "days" and "\n" in text):
        raise WrongFieldError("expected plain words" if field.is_long else "expected one line of plain words")
    if field.needed and not text:
        raise WrongFieldError("expected something here")
    read = _READ.get(field.kind)
    return read(text) if read is not None else text or field.empty


def _yes_no(text: str) -> bool | None:
    if text not in ("yes", "no", ""):
        raise WrongFieldError("expected yes, no or nothing")
    return {"yes": True, "no": False}.get(text)


def _day(text: str) -> str | None:
    if text and not is_day(text):
        raise WrongFieldError("expected a day as 2026-12-25")
    return text or None


def _spans(text: str) -> list[list[str]]:
    spans = [[end.strip() for end in span.split("-")] for span in text.split(",") if span.strip()]
    last = ""
    for span in spans:
        if len(span) != 2 or not all(map(is_clock, span)) or not last <= span[0] < span[1]:
            raise WrongFieldError("expected times in order, as 09:00-12:00, 13:00-17:00")
        last = span[1]
    return spans


def _days(text: str) -> list[str]:
    days = text.replace(",", " ").split()
    if not all(map(is_day, days)):
        raise WrongFieldError("expected days as 2026-12-25, one a line")
    return sorted(set(days))


def _mode_name(text: str) -> str:
    if text not in MODES:
        raise WrongFieldError(f"expected one of {', '.join(MODES)}")
    return text


def _state(text: str) -> str:
    if text not in STATES:
        raise WrongFieldError("expected confirmed or not")
    return text


_READ: dict[Kind, Any] = {
    "yes_no": _yes_no, "day": _day, "spans": _spans, "days": _days, "mode": _mode_name, "state": _state,
    "tick": lambda text: text == "yes",
}  # fmt: skip
