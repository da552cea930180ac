"""The error tree: every error can be answered to a program, to the web and to a patient."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from knee_intake import errors
from knee_intake.errors import ClinicFileError, KneeIntakeError


def tree(root: type[KneeIntakeError] = KneeIntakeError) -> Iterator[type[KneeIntakeError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


EVERY = sorted(set(tree()), key=lambda error: error.__name__)


@pytest.mark.parametrize("error", EVERY, ids=lambda error: error.__name__)
def test_an_error_has_a_code_a_status_and_a_sentence_for_the_visitor(error: type[KneeIntakeError]) -> None:
    assert re.fullmatch(r"[a-z_]+", error.code)
    assert 400 <= HTTPStatus(error.status) < 600
    assert re.fullmatch(r"[A-Z].*[.?]", error.visitor)


@pytest.mark.parametrize("error", EVERY, ids=lambda error: error.__name__)
def test_an_error_is_named_and_explained(error: type[KneeIntakeError]) -> None:
    assert error.__name__.endswith("Error")
    assert error.__doc__ or any(base.__doc__ for base in error.__mro__[1:2])


def test_a_program_can_tell_the_errors_apart_by_their_code() -> None:
    codes = Counter(error.code for error in EVERY if not error.__subclasses__())
    assert [code for code, count in codes.items() if count > 1] == []


def test_everything_in_the_file_belongs_to_the_tree() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == errors.__name__]
    assert set(kinds) == set(EVERY)


def test_a_clinic_file_error_names_file_line_key_and_what_was_expected() -> None:
    error = ClinicFileError(Path("clinic/practice.yml"), 12, "phone.value", "expected text")
    assert str(error) == "clinic/practice.yml:12: phone.value: expected text"


def test_a_clinic_file_error_without_a_line_leaves_it_out() -> None:
    error = ClinicFileError("clinic/practice.yml", None, "(the file)", "expected a file here")
    assert str(error) == "clinic/practice.yml: (the file): expected a file here"
