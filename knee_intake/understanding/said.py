"""One reply and what was read from it, as the readers of the single questions get it. PURE."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from knee_intake.understanding.plain import plain, with_apostrophes
from knee_intake.understanding.types import UNSURE
from knee_intake.understanding.yes_no import asks_back, read_yes_no


@dataclass(frozen=True)
class Said:
    """One text and what was read from it, for the reader of one field."""

    text: str
    asked: str
    findings: Mapping[str, Any]
    negated: Collection[str]
    more: Mapping[str, Any]
    now: datetime

    @cached_property
    def low(self) -> str:
        """The plain text, contractions with their apostrophes."""
        return with_apostrophes(plain(self.text))

    @cached_property
    def yes_no(self) -> str | None:
        """yes, no, unsure or None."""
        return read_yes_no(self.text)

    @cached_property
    def asks_back(self) -> bool:
        """Whether it is a question, or asks to wait."""
        return asks_back(self.text)

    @property
    def unsure(self) -> str | None:
        """UNSURE where the patient does not know."""
        return UNSURE if self.yes_no == UNSURE else None

    @property
    def signs(self) -> list[str]:
        """Signs of an emergency that the text states."""
        found = [*self.findings.get("red_flags", ()), *self.more.get("signs", ())]
        return list(dict.fromkeys(str(sign) for sign in found))
