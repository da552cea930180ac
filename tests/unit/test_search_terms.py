"""What is typed into the search field, read as terms, and the piece of a text that is shown for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.records.search_terms import Piece, Term, holds, parse, snippet


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("swelling", (Term(("swelling",), prefix=True),)),
        ("my KNEE", (Term(("my",)), Term(("knee",), prefix=True))),
        ('"gives way" stairs', (Term(("gives", "way")), Term(("stairs",), prefix=True))),
        ('"never closed', (Term(("never", "closed")),)),
        ("can't", (Term(("can", "t")),)),
        ("KN7-P4Q", (Term(("kn7", "p4q"), prefix=True),)),
        ("hinchazón", (Term(("hinchazon",), prefix=True),)),
        ("knee knee", (Term(("knee",), prefix=True),)),
        ('"" * () : ^ - +', ()),
        ("knee AND (NOT", (Term(("knee",), True), Term(("and",), True), Term(("not",), True))),
        ("", ()),
    ],
)
def test_typed_text_becomes_terms(typed: str, terms: tuple[Term, ...]) -> None:
    assert parse(typed) == terms


def test_a_term_is_written_in_both_databases_languages() -> None:
    term = Term(("gives", "way"), prefix=True)
    assert (term.fts5, term.tsquery) == ('"gives way" *', "'gives' <-> 'way':*")


@given(st.text())
def test_nothing_but_letters_and_digits_is_passed_on(typed: str) -> None:
    for term in parse(typed):
        assert all(word.isalnum() for word in term.words)


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("swell", "A swelling since May", True),
        ('"swell"', "A swelling since May", False),
        ('"gives way"', "It gives, way down,", True),
        ('"gives way"', "It gives me no way", False),
        ("hinchazon", "una hinchazo\u0301n", True),
        ("ee", "knee", False),
    ],
)
def test_a_text_holds_a_term(typed: str, text: str, found: bool) -> None:
    (term,) = parse(typed)
    assert holds(text, term) is found


def test_a_snippet_shows_the_words_around_the_first_hit() -> None:
    text = "word " * 40 + "my <b>Knee</b> & the other knee " + "end " * 40
    pieces = snippet(text, parse("knee"))
    assert [piece.text for piece in pieces if piece.hit] == ["Knee", "knee"]
    shown = "".join(piece.text for piece in pieces)
    assert shown.startswith("… word")
    assert shown.endswith("end …")
    assert "my <b>Knee</b> & the other knee end" in shown
    assert len(shown) < 180


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("Knee hurts!", parse("hurt")) == (Piece("Knee "), Piece("hurts", hit=True), Piece("!"))
    assert snippet("Nothing here", parse("hurt")) == ()


@given(st.text(alphabet="ab é.<"), st.text(alphabet='abé "', max_size=8))
def test_a_snippet_is_there_where_a_term_is_and_invents_nothing(text: str, typed: str) -> None:
    terms = parse(typed)
    pieces = snippet(text, terms)
    assert bool(pieces) == any(holds(text, term) for term in terms)
    assert "".join(piece.text for piece in pieces).strip(" …") in text
