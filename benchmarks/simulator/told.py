"""What a patient has told so far, in a form that the intake's answers can be held against. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

NOTHING: tuple[Any, ...] = (None, [], "none", ["none"], "no")


@dataclass(frozen=True)
class Told:
    """One field as the patient gave it."""

    how: str
    """is, among, set, has, range, empty, text, phone, name: how it is compared."""
    value: Any
    besides: tuple[str, ...] = ()
    """For a set: what may be there as well, because it was told in other words ("stiff for ten minutes")."""

    def matches(self, found: Any) -> bool:
        """Whether the value that the assistant keeps is what was told."""
        if self.how == "is":
            return bool(found == self.value)
        if self.how == "among":
            return found in self.value or (isinstance(found, list) and len(found) == 1 and found[0] in self.value)
        if self.how == "set":
            return {*(found or [])} - {*self.besides} == {*self.value}
        if self.how == "has":
            return {*self.value} <= {*(found or [])}
        if self.how == "range":
            return isinstance(found, (int, float)) and self.value[0] <= found <= self.value[1]
        if self.how == "empty":
            return found in NOTHING
        if self.how == "text":
            return bool(found) and str(found).strip(" .").casefold() == str(self.value).strip(" .").casefold()
        if self.how == "phone":
            return (
                "".join(filter(str.isdigit, str(found or "")))[-10:] == "".join(filter(str.isdigit, self.value))[-10:]
            )
        return str(found or "").casefold() == str(self.value).casefold()


def weekday(value: str) -> str:
    """The day of an ISO time, in full."""
    return datetime.fromisoformat(value).strftime("%A")


def clock(value: str) -> str:
    """ "HH:MM" of an ISO time."""
    return datetime.fromisoformat(value).strftime("%H:%M")
