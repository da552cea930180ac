"""PDF pages, read back: one page for the longest intake, many alphabets, and what cannot be printed is said."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import datetime, timezone

import pypdf
import pytest

from knee_intake.interview.chart_note import Entry, Note
from knee_intake.paper import sheet
from knee_intake.paper.chart_page import chart_pdf
from knee_intake.paper.record_pages import Record, Said, record_pdf

NOW = datetime(2026, 11, 23, 15, 4, tzinfo=timezone.utc)
NAMES = "Łukasz Jiří Þóra Ελένη Ольга Nguyễn José"


def a_note(*entries: tuple[str, str]) -> Note:
    return Note("KNEE INTAKE", "Patient-reported.", tuple(Entry(*one) for one in entries), "Conversation c-1")


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with single blanks."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_the_note_is_one_page_and_its_words_can_be_searched() -> None:
    (page,) = pages(chart_pdf(a_note(("Patient", NAMES), ("Goal", "run again — “soon”…")), NOW))
    assert f"Patient {NAMES}" in page
    assert "run again — “soon”…" in page
    assert "could not be printed" not in page


@pytest.mark.parametrize("words", ["ache " * 50, "ache " * 900, "x" * 4000, "膝が痛い" * 200], ids=len)
def test_the_longest_intake_is_still_one_page(words: str) -> None:
    found = pages(chart_pdf(a_note(*((f"A rather long label {n}", words) for n in range(30))), NOW))
    assert len(found) == 1
    assert "A rather long label 29" in found[0]
    assert "Conversation c-1." in found[0]


def test_what_was_cut_to_fit_is_said() -> None:
    short, long = (pages(chart_pdf(a_note(*[("Line", "ache " * n)] * 30), NOW))[0] for n in (5, 900))
    assert "Long lines were cut" in long
    assert "Long lines were cut" not in short


def test_letters_that_the_font_has_not_are_boxes_and_the_page_says_how_many() -> None:
    (page,) = pages(chart_pdf(a_note(("Patient", "膝 Robin 痛\x07\u200b\ufeff")), NOW))
    assert "□ Robin □" in page
    assert "2 letters could not be printed, shown as □: see the screen." in page


def test_without_the_font_western_letters_are_printed_and_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "font_folder", lambda: None)
    (page,) = pages(chart_pdf(a_note(("Patient", "José Łukasz")), NOW))
    assert "José ?ukasz" in page
    assert "One letter could not be printed, shown as ?: see the screen." in page


def odd_texts() -> Iterator[str]:
    dice = random.Random(11)
    for _ in range(12):
        yield "".join(chr(dice.choice([dice.randrange(0x20, 0x3000), dice.randrange(0x10FFFF)])) for _ in range(60))


@pytest.mark.parametrize("text", [*odd_texts(), "", "\n", "𝄞👩‍👩‍👧‍👦🏽", "שלום مرحبا", "\ud800"], ids=ascii)
def test_no_text_breaks_a_page(text: str) -> None:
    assert len(pages(chart_pdf(a_note(("Patient", text)), NOW))) == 1


def test_the_record_has_sections_answers_and_every_message_over_as_many_pages_as_it_takes() -> None:
    said = [Said(f"Patient, message {n}", f"words {NAMES} {n} " * 30, "understood as inform, 91 %") for n in range(60)]
    record = Record(
        "Robin", "Patient-reported.", [("Red flags", ["none reported"]), ("Notes", ["dana: call her"])],
        [("Side", "left knee", "“my left knee” (asked, message 2)")], said, "Conversation c-1",
    )  # fmt: skip
    found = pages(record_pdf(record, NOW))
    whole = " ".join(found)
    assert len(found) > 3
    assert all(f"Conversation c-1, page {n} of {len(found)}" in page for n, page in enumerate(found, 1))
    assert [n for n in range(60) if f"Patient, message {n} words" not in whole] == []
    assert whole.index("none reported") < whole.index("dana: call her") < whole.index("“my left knee”")


def test_a_record_without_answers_says_so() -> None:
    record = Record("Robin", "Patient-reported.", [], [], [], "Conversation c-1")
    assert "Nothing has been answered yet." in pages(record_pdf(record, NOW))[0]
