"""Where our labelled sets lie and how they are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SETS = Path(__file__).with_name("sets")
NOW = "2026-11-28T10:00"
"""The day on which the sets were written; their "since March" is read with it."""
Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """One JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def rows_of(part: str, name: str) -> list[Row]:
    """One set of one part (`tune` or `held`)."""
    return read_rows(SETS / part / f"{name}.jsonl")
