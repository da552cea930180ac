"""The words of mails and pages: a broken file is refused by line and key, and what is needed stands in each text."""

from __future__ import annotations

from pathlib import Path

import pytest

from knee_intake.clinic import load_clinic
from knee_intake.errors import ClinicFileError
from knee_intake.notices.texts import NEEDED, load_notices
from tests.conftest import ROOT

FILE = ROOT / "clinic" / "notices.yml"


def test_every_text_that_needs_something_is_there() -> None:
    names = {name for name, _ in load_notices(FILE).all()}
    assert set(NEEDED) <= names
    assert len(names) > 60


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("  {confirm}\n\n        To", "  (link)\n\n        To", "mails.requested.text", "expected {confirm} in it"),
        ("gone: {en: \"This link", "gone: {en: \"{name}, this link", "pages.gone", "{name} is not known here"),
        ("gone: {en: \"This link", "gone: {en: \"{ This link", "pages.gone", "braces in pairs"),
        ("keep_done: {en:", "keep_done: {es:", "pages.keep_done", "`en` wording"),
        ("keep_done:", "kept_done:", "pages", "kept_done"),
        ("\"Your visit is set\"", "\"Your visit\\nis set\"", "mails.booked.subject", "one line"),
        ("approved_by: null", "approved_by: Dana Lee", "approved_by", "approvals stand in approvals.yml"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_line_key_and_what_was_expected(
    home: Path, old: str, new: str, key: str, expected: str
) -> None:
    path = home / "clinic" / "notices.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClinicFileError) as caught:
        load_clinic(home / "clinic")
    assert caught.value.key.startswith(key)
    assert expected in str(caught.value)
    assert caught.value.line is not None
