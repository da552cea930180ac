"""A broken clinic file is refused with file, line, key and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from knee_intake import checked_yaml
from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError

Write = Callable[["str | bytes"], Path]


class Part(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    minutes: int = 0
    kind: Literal["a", "b"] = "a"


class Whole(msgspec.Struct, forbid_unknown_fields=True):
    parts: list[Part]
    texts: dict[str, str] = {}
    share: float = 1.0


GOOD = """\
# a comment
parts:
  - name: "00123"
    minutes: 30
  - name: yes, as text
    kind: b
texts:
  en: |
    Two
    lines
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "file.yml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def test_a_good_file_becomes_structs_of_plain_values(write: Write) -> None:
    whole = load_yaml(write(GOOD), Whole)
    assert whole == Whole(
        [Part("00123", 30), Part("yes, as text", 0, "b")],
        {"en": "Two\nlines\n"},
    )
    assert type(whole.parts[0].name) is str
    assert type(whole.parts[0].minutes) is int


@pytest.mark.parametrize(
    ("text", "line", "key", "expected"),
    [
        (GOOD.replace("minutes: 30", "minuts: 30"), 4, "parts.0.minuts", "unknown field `minuts`"),
        (GOOD.replace("minutes: 30", "minutes: half"), 4, "parts.0.minutes", "Expected `int`, got `str`"),
        (GOOD.replace("kind: b", "kind: c"), 6, "parts.1.kind", "Invalid enum value 'c'"),
        (
            GOOD.replace("  - name: yes, as text\n    kind: b\n", "  - kind: b\n"),
            5,
            "parts.1",
            "missing required field",
        ),
        (GOOD + "share: lots\n", 11, "share", "Expected `float`, got `str`"),
        (GOOD + "shares: 1\n", 11, "shares", "unknown field `shares`"),
        (GOOD.replace("minutes: 30", "name: twice"), 4, "(syntax)", "duplicate key"),
        ("parts: [\n", 2, "(syntax)", "expected valid YAML"),
        ("parts:\n\t- name: x\n", 2, "(syntax)", "expected valid YAML"),
        ("just words\n", None, "(the whole file)", "Expected `object`, got `str`"),
        ("", None, "(the whole file)", "Expected `object`, got `null`"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(
    write: Write, text: str, line: int | None, key: str, expected: str
) -> None:
    path = write(text)
    with pytest.raises(ClinicFileError) as caught:
        load_yaml(path, Whole)
    error = caught.value
    assert (error.file, error.line, error.key) == (str(path), line, key)
    assert expected in error.expected


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClinicFileError, match=r"gone\.yml: \(the file\): expected a file here"):
        load_yaml(tmp_path / "gone.yml", Whole)


def test_a_file_in_another_encoding_is_refused(write: Write) -> None:
    with pytest.raises(ClinicFileError, match="expected text in UTF-8"):
        load_yaml(write("parts: ñ".encode("latin-1")), Whole)


def test_what_only_the_newer_yaml_allows_is_read_too(write: Write) -> None:
    assert load_yaml(write("parts: [{name: what?}, {name: on}, {name: 'no'}]"), Whole).parts == [
        Part("what?"),
        Part("on"),
        Part("no"),
    ]


ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted({*ROOT.glob("clinic/*.yml"), *ROOT.glob("knee_intake/**/*.yml")})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_both_parsers_read_the_shipped_files_alike(path: Path) -> None:
    assert checked_yaml._content(path) == checked_yaml.plain(read_yaml(path))


def test_a_file_cannot_make_objects(write: Write) -> None:
    with pytest.raises(ClinicFileError):
        load_yaml(write("!!python/object/apply:os.getcwd []"), Whole)


def test_the_line_of_a_value_can_be_asked_for(write: Write) -> None:
    data = read_yaml(write(GOOD))
    assert line_of(data, "parts", 1, "kind") == 6
    assert line_of(data, "texts") == 7
    assert line_of(data, "texts", "es") == 7
    assert line_of(data, "nothing") is None


def test_a_key_that_is_none_of_those_expected_is_told_with_the_place_of_its_mapping(tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    path.write_text("told:\n  mon: 1\n  someday: 2\n")
    with pytest.raises(ClinicFileError) as caught:
        load_yaml(path, dict[str, dict[Literal["mon", "tue"], int]])
    assert (caught.value.key, caught.value.line) == ("told", 1)
    assert "someday" in caught.value.expected
