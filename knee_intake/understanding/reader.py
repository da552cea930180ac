"""The rules' reading of one text: findings, the answer to the pending question, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from knee_intake.understanding.answers import read_answer
from knee_intake.understanding.corrections import read_corrections
from knee_intake.understanding.findings import FindingsReader
from knee_intake.understanding.lexicon import LEXICON_FOLDER, load_lexicon
from knee_intake.understanding.pipeline import Pipeline
from knee_intake.understanding.types import RuleReading


class RuleReader:
    """Everything about a text that needs no model. Built once, about three seconds; reads in a millisecond or two."""

    def __init__(self, lexicon_folder: Path | None = None) -> None:
        self._findings = FindingsReader(Pipeline(load_lexicon(lexicon_folder or LEXICON_FOLDER)))

    def read(
        self,
        text: str,
        asked: str | None = None,
        context: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> RuleReading:
        """Read `text` as the reply to `asked`, with what was answered before as `context`. Takes any text."""
        moment = now or datetime.now().astimezone()
        known = dict(context or {})
        found = self._findings.read(text, asked, moment)
        answer = read_answer(text, asked, found.findings, found.negated, found.more, known, moment) if asked else None
        corrections = read_corrections(text, found.findings, found.negated, found.more, known, moment) if known else {}
        return RuleReading(
            findings=found.findings,
            negated=tuple(found.negated),
            more=found.more,
            answer=answer,
            corrections=corrections,
            why=tuple(found.why),
        )
