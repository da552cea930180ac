"""One text that may correct, with the signs of change in it. PURE."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from knee_intake.understanding import correction_signs as say


@dataclass(frozen=True)
class Said:
    """A text and what was read from it, beside the answers so far."""

    text: str
    low: str
    """Plain."""
    findings: Mapping[str, Any]
    negated: Collection[str]
    more: Mapping[str, Any]
    context: Mapping[str, Any]
    """In the order of the answers."""
    now: datetime
    asked: str | None = None
    """The open question, where it is known: what answers it corrects nothing."""
    typed: str = ""
    """The text as received, for what is kept letter by letter."""

    @cached_property
    def cue(self) -> bool:
        """Whether the words say that something before does not hold."""
        return bool(say.CUE.search(self.low) or say.STARRED.search(self.low))

    @cached_property
    def opens_with_no(self) -> bool:
        return bool(say.OPENS_WITH_NO.match(self.low))

    @cached_property
    def adds(self) -> bool:
        return bool(say.ADDS.search(self.low))

    @property
    def last(self) -> str:
        """The field answered last."""
        return list(self.context)[-1]
