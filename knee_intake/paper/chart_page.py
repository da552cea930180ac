"""The chart note on one page, however much the patient has told: smaller letters first, then shorter lines."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from fpdf.enums import MethodReturnValue

from knee_intake.interview.chart_note import Entry, Note
from knee_intake.paper.sheet import MARGIN_MM, Sheet

SIZES = (10.0, 9.0, 8.0, 7.0, 6.5)
"""Points; smaller cannot be read on paper."""
SHORTER = (600, 300, 160, 90)
"""Characters of one line, where the smallest letters are not small enough."""
LABEL_MM = 46.0
_GAP_MM = 0.9
_FOOT_MM = 8.0
_PAPER_MM = 215.9
_POINT_MM = 0.353
_LEADING = 0.47
"""Millimetres from line to line for each point of size."""
_NARROW_EM = 0.4
"""The mean width of a letter is never less, in parts of the size."""


def chart_pdf(note: Note, now: datetime) -> bytes:
    """One page. `now` is when it was printed."""
    with Sheet(title="Knee intake, chart note", now=now) as sheet:
        sheet.set_auto_page_break(False)
        sheet.add_page()
        _fill(sheet, note)
        return bytes(sheet.output())


def _fill(sheet: Sheet, note: Note) -> None:
    title, source, record = (sheet.letters(text) for text in (note.title, note.source, note.record))
    entries = [Entry(entry.label, sheet.letters(entry.text)) for entry in note.entries]
    size, longest = _fitting(sheet, entries)
    sheet.paragraph(title, size + 4, bold=True)
    sheet.paragraph(source, size)
    sheet.ln(1.5)
    for entry in entries:
        _print(sheet, entry, size, longest)
    sheet.ln(1.0)
    cut = "Long lines were cut; the whole is in the record." if _is_cut(entries, longest) else ""
    sheet.paragraph(" ".join(filter(None, (f"{record}.", sheet.lost_line, cut))), max(6.0, size - 1.5))


def _fitting(sheet: Sheet, entries: list[Entry]) -> tuple[float, int | None]:
    """(points, characters of a line or None for all): the most that one page holds."""
    for size, longest in [*((size, None) for size in SIZES), *((SIZES[-1], longest) for longest in SHORTER)]:
        room = sheet.h - 2 * MARGIN_MM - _FOOT_MM - 3 * (size + 4) * _LEADING
        if _could_fit(entries, size, longest, room) and room >= sum(
            _height(sheet, entry, size, longest) for entry in entries
        ):
            return size, longest
    return SIZES[-1], SHORTER[-1]


def _could_fit(entries: list[Entry], size: float, longest: int | None, room: float) -> bool:
    """By the narrowest that letters are: to lay out a text that is far too long takes seconds."""
    letters = sum(len(_cut(entry.text, longest)) for entry in entries)
    return letters * (_NARROW_EM * size * _POINT_MM) * size * _LEADING <= room * _PAPER_MM


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else f"{text[:longest].rstrip()} …"


def _is_cut(entries: list[Entry], longest: int | None) -> bool:
    return longest is not None and any(len(entry.text) > longest for entry in entries)


def _height(sheet: Sheet, entry: Entry, size: float, longest: int | None) -> float:
    heights = []
    for text, style, width in _cells(sheet, entry, longest):
        sheet.set_font(sheet.family, style, size)
        height = sheet.multi_cell(
            width, size * _LEADING, text, align="L", dry_run=True, output=MethodReturnValue.HEIGHT
        )
        heights.append(cast("float", height))
    return max(heights) + _GAP_MM


def _print(sheet: Sheet, entry: Entry, size: float, longest: int | None) -> None:
    top, height = sheet.get_y(), _height(sheet, entry, size, longest)
    left = MARGIN_MM
    for text, style, width in _cells(sheet, entry, longest):
        sheet.set_font(sheet.family, style, size)
        sheet.set_xy(left, top)
        sheet.multi_cell(width, size * _LEADING, text, align="L")
        left += width
    sheet.set_xy(MARGIN_MM, top + height)


def _cells(sheet: Sheet, entry: Entry, longest: int | None) -> tuple[tuple[str, str, float], ...]:
    """(text, style, width in mm) of label and text."""
    rest = sheet.w - 2 * MARGIN_MM - LABEL_MM
    return (entry.label, "B", LABEL_MM), (_cut(entry.text, longest), "", rest)
