"""Booking references: short, unmistakable, the same for the same key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.booking.reference import ALPHABET, make_reference, read_reference, reference_of, visit_uid


@given(st.text(), st.integers(min_value=0, max_value=4))
def test_every_reference_is_short_and_can_be_read_back(key: str, attempt: int) -> None:
    reference = make_reference(key, attempt)
    assert len(reference) == 7
    assert reference == make_reference(key, attempt)
    assert read_reference(reference.lower().replace("-", " ")) == reference


def test_no_letter_looks_like_another() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 22
    for pair in ("0O", "1I", "1L", "2Z", "5S", "8B", "UV"):
        assert not set(pair) <= set(ALPHABET)
    assert not set("AEIOU") & set(ALPHABET)


def test_another_key_or_attempt_gives_another_reference() -> None:
    made = {make_reference(f"c{n}:m1:book", attempt) for n in range(500) for attempt in range(2)}
    assert len(made) == 1000


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("C3D-4F6", "C3D-4F6"), (" c3d4f6 ", "C3D-4F6"), ("c3d – 4f6", "C3D-4F6"),
        ("C3D-4F", None), ("C3D-4F67", None), ("A3D-4F6", None), ("", None), ("膝痛膝痛膝痛", None),
    ],
)  # fmt: skip
def test_a_typed_reference_is_read_however_it_is_written(typed: str, read: str | None) -> None:
    assert read_reference(typed) == read


def test_a_visits_uid_names_its_reference_and_nothing_else() -> None:
    assert visit_uid("H7K-4MQ") == "h7k-4mq@visits.invalid"
    assert reference_of("h7k-4mq@visits.invalid") == reference_of("H7K-4MQ@VISITS.INVALID") == "H7K-4MQ"
    for foreign in ("h7k-4mq@elsewhere.example", "h7k-4mq", "lunch@visits.invalid", ""):
        assert reference_of(foreign) is None
