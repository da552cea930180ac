"""A phone intake as a page shows it: what to read aloud now, and how the caller's answer is put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

GREETING = "greeting"
_SEVERAL = ("multi_choice", "knee_map")
PICK = "pick_"

Row = Mapping[str, Any]


def phone_page(lines: Sequence[Row]) -> dict[str, Any]:
    """From the transcript: what was said so far, what is to be read aloud, and the open question."""
    spoken = max((number for number, line in enumerate(lines) if line["sender"] == "visitor"), default=-1)
    waiting = lines[spoken] if spoken >= 0 and not lines[spoken]["answered"] else None
    now = [line for line in lines[spoken + 1 :] if line["sender"] == "bot"] if waiting is None else []
    return {
        "before": [line for line in lines if line not in now],
        "now": [{**line, "alert": (line["payload"] or {}).get("alert"), "name": _name(line)} for line in now],
        "waiting": waiting,
        "question": _question(now),
        "message_id": f"phone-{lines[-1]['seq'] if lines else 0}",
        "is_start": bool(now) and _name(now[-1]) == GREETING,
    }


def _name(line: Row) -> str | None:
    return (line["payload"] or {}).get("name")


def _question(now: Sequence[Row]) -> dict[str, Any]:
    """Choices and kind of the last message that can be answered by more than words."""
    payload: Mapping[str, Any] = next(
        (line["payload"] for line in reversed(now) if (line["payload"] or {}).get("input") or _choices(line)), {}
    )
    how = payload.get("input") or {}
    return {
        "choices": payload.get("choices") or [],
        "several": how.get("kind") in _SEVERAL,
        "none_value": how.get("none_value"),
        "none_label": how.get("none_label"),
        "scale": how.get("kind") == "pain_scale",
        "is_consent": how.get("for") == "consent",
    }


def _choices(line: Row) -> Any:
    return (line["payload"] or {}).get("choices")


def said(form: Mapping[str, str]) -> str:
    """What the caller answered: typed words before ticked answers, an answer's button before either."""
    if form.get("choice"):
        return form["choice"]
    if form.get("text", "").strip():
        return form["text"]
    if form.get("scale"):
        return form["scale"]
    picked = [(name.removeprefix(PICK), value) for name, value in form.items() if name.startswith(PICK)]
    return ", ".join(value for _, value in sorted(picked))
