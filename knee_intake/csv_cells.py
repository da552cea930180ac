"""CSV that a spreadsheet opens without running anything: what looks like a formula is text. PURE."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Before the first line: with it spreadsheets read UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> str:
    """The cell as text; one that a spreadsheet would run gets an apostrophe."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def line(cells: Sequence[object]) -> str:
    """One line, with its end (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue()


def table(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A whole file."""
    return BOM + "".join(line(cells) for cells in (columns, *rows))
