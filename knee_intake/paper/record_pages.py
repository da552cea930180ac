"""The whole record of a conversation as PDF: the summary, notes where they are wanted, and the transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from knee_intake.paper.sheet import MARGIN_MM, Sheet

_SIZE = 9.0  # points
_SMALL = 7.5
_LOW_MM = 30.0
"""So near the foot no heading and no message begins."""


@dataclass(frozen=True)
class Said:
    """One message: who and when, what, and what was understood of it."""

    head: str
    text: str
    under: str


@dataclass(frozen=True)
class Record:
    """What is printed, in words; times in the clinic's zone."""

    title: str
    source: str
    sections: Sequence[tuple[str, Sequence[str]]]
    """(heading, paragraphs), in order."""
    answers: Sequence[tuple[str, str, str]]
    """(question, answer, the patient's own words and how it came about)"""
    transcript: Sequence[Said]
    foot: str


def record_pdf(record: Record, now: datetime) -> bytes:
    """As many pages as it takes."""
    with Sheet(title="Knee intake, whole record", now=now, foot=record.foot) as sheet:
        sheet.set_auto_page_break(True, MARGIN_MM + 2)
        sheet.add_page()
        _fill(sheet, record)
        return bytes(sheet.output())


def _fill(sheet: Sheet, record: Record) -> None:
    sheet.paragraph(sheet.letters(record.title), 14, bold=True)
    sheet.paragraph(record.source, _SIZE)
    for heading, paragraphs in record.sections:
        _heading(sheet, heading)
        for paragraph in paragraphs:
            sheet.paragraph(sheet.letters(paragraph), _SIZE)
    _answers(sheet, record.answers)
    _heading(sheet, "Transcript")
    for said in record.transcript:
        _said(sheet, said)
    if sheet.lost_line:
        sheet.ln(2)
        sheet.paragraph(sheet.lost_line, _SMALL)


def _heading(sheet: Sheet, text: str) -> None:
    if sheet.get_y() > sheet.h - MARGIN_MM - _LOW_MM:
        sheet.add_page()
    sheet.ln(3)
    sheet.paragraph(text, 11, bold=True)
    sheet.ln(0.5)


def _answers(sheet: Sheet, rows: Sequence[tuple[str, str, str]]) -> None:
    _heading(sheet, "Answers")
    if not rows:
        sheet.paragraph("Nothing has been answered yet.", _SIZE)
        return
    sheet.set_font(sheet.family, "", _SMALL + 0.5)
    with sheet.table(
        first_row_as_headings=False, col_widths=(26, 34, 40), line_height=3.9, padding=0.8, text_align="LEFT",
        borders_layout="HORIZONTAL_LINES",
    ) as table:  # fmt: skip
        for cells in (("Question", "Answer", "In the patient's own words"), *rows):
            row = table.row()
            for cell in cells:
                row.cell(sheet.letters(cell))


def _said(sheet: Sheet, said: Said) -> None:
    if sheet.get_y() > sheet.h - MARGIN_MM - _LOW_MM:
        sheet.add_page()
    sheet.paragraph(sheet.letters(said.head), _SMALL, bold=True)
    sheet.paragraph(sheet.letters(said.text), _SIZE)
    if said.under:
        sheet.paragraph(sheet.letters(said.under), _SMALL)
    sheet.ln(1.2)
