"""Edits of the clinic's files by program: nothing but the value changes, and nothing that is broken is ever on disk."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest

from knee_intake.clinic import Clinic, load_clinic
from knee_intake.clinic_draft import ABSENT, Draft, comments_lost, replace_file
from knee_intake.clinic_entries import Entry, entries, find_entry
from knee_intake.clinic_forms import WrongFieldError, meant, shown
from knee_intake.errors import ClinicChangedError, ClinicFileError, ClinicReadOnlyError, NoSuchTextError, OutputError
from knee_intake.folder_lock import only_one
from tests.conftest import ROOT

EDITED = ("practice.yml", "answers.yml", "treatments.yml", "notices.yml")
AS_BY_HAND = """\
# A clinic that indents as it likes.
answers:
    ask_one:   # the first
        text: {en: 'Plain.'}

    # the second is longer
    ask_two:
        text:
            en: |
                Two
                lines.
        needs:
          - one
          - two
"""


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "clinic"


@pytest.mark.parametrize("name", EDITED)
def test_a_file_without_edits_is_given_back_byte_for_byte(folder: Path, name: str) -> None:
    assert Draft(folder, name).text == (ROOT / "clinic" / name).read_text(encoding="utf-8")


def test_the_clinics_own_layout_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "answers.yml"
    path.write_text(AS_BY_HAND, encoding="utf-8")
    draft = Draft(tmp_path, "answers.yml")
    assert draft.text == AS_BY_HAND
    draft.set(("answers", "ask_one", "text", "en"), 'It\'s "new".')
    draft.set(("answers", "ask_two", "text", "en"), "Three\n\nlines.")
    assert draft.text == AS_BY_HAND.replace("'Plain.'", '"It\'s \\"new\\"."').replace(
        "Two\n                lines.", "Three\n\n                lines."
    )


def test_every_entry_finds_its_values_and_saves_none_of_them_by_itself(folder: Path) -> None:
    clinic = load_clinic(folder)
    every = entries(clinic)
    assert len({entry.id for entry in every}) == len(every) > 100
    drafts = {name: Draft(folder, name) for name in EDITED}
    for entry in every:
        values = shown(entry, drafts[entry.file])
        for field in entry.fields:
            meant(field, values[field.name])
            if field.needed:
                assert values[field.name]


def test_what_may_be_edited_leaves_out_rules_questions_and_keys(clinic: Clinic) -> None:
    every = entries(clinic)
    assert {entry.file for entry in every} == set(EDITED)
    keys = {".".join((*entry.keys, *field.keys)) for entry in every for field in entry.fields}
    last = {key.rpartition(".")[2] for key in keys}
    assert not last & {"id", "sources", "treatment", "needs", "before_consent", "approved_by", "off_label", "services"}
    with pytest.raises(NoSuchTextError):
        find_entry(clinic, "safety.RF13")


def test_a_value_is_set_added_and_taken_away(folder: Path) -> None:
    draft = Draft(folder, "practice.yml")
    assert draft.value(("parking", "confirmed")) is ABSENT
    assert draft.value(("clinicians", "acupuncture", "role", "en")) == "Acupuncturist"
    assert draft.value(("clinicians", "nobody", "name")) is ABSENT
    draft.set(("parking", "confirmed"), True)
    draft.set(("hours", "value", "sat"), [["10:00", "12:00"]])
    draft.set(("holidays",), ["2026-12-25"])
    before = draft.path.read_text(encoding="utf-8").splitlines()
    changed = [line for line in draft.text.splitlines() if line not in before]
    assert changed == [
        '    sat: [["10:00", "12:00"]]',
        'holidays: ["2026-12-25"] # days on which the clinic is closed, as "2026-12-25"',
        'parking: {value: null, confirmed: true, '
        'note: "Parking, transit, step-free access, in one or two short sentences."}',
    ]  # fmt: skip
    draft.set(("parking", "confirmed"), ABSENT)
    draft.set(("hours", "value", "sat"), ABSENT)
    draft.set(("holidays",), [])
    assert draft.text.replace("holidays: [] #", "holidays: []   #") == draft.path.read_text(encoding="utf-8")
    with pytest.raises(ClinicFileError, match="expected the key above"):
        draft.set(("nothing", "value"), "x")


def test_a_draft_is_loaded_as_the_whole_clinic_and_a_slip_is_named_by_file_line_and_key(folder: Path) -> None:
    draft = Draft(folder, "answers.yml")
    draft.set(("answers", "ask_bot", "text", "en"), "Hello {there}.")
    with pytest.raises(ClinicFileError) as caught:
        draft.load()
    assert (caught.value.file, caught.value.key) == ("answers.yml", "answers.ask_bot")
    assert caught.value.line is not None
    draft.set(("answers", "ask_bot", "text", "en"), "Hello {clinic}.")
    assert draft.load().faq.answers["ask_bot"].text["en"] == "Hello {clinic}."
    assert "Hello" not in draft.path.read_text(encoding="utf-8")


def test_a_write_takes_the_files_place_whole_and_keeps_its_rights(folder: Path) -> None:
    draft = Draft(folder, "practice.yml")
    draft.path.chmod(0o640)
    draft.set(("parking", "value"), "Park here.")
    draft.write()
    assert load_clinic(folder).practice.parking.value == "Park here."
    assert draft.path.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in folder.iterdir() if path.suffix != ".yml"] == []
    draft.undo()
    assert draft.path.read_bytes() == (ROOT / "clinic" / "practice.yml").read_bytes()


def test_a_file_that_was_edited_by_hand_meanwhile_is_not_overwritten(folder: Path) -> None:
    draft = Draft(folder, "practice.yml")
    draft.set(("parking", "value"), "Park here.")
    draft.path.write_text(draft.path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    with pytest.raises(ClinicChangedError):
        draft.write()
    assert draft.path.read_text(encoding="utf-8").endswith("# mine\n")


def test_a_power_cut_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = Draft(folder, "practice.yml")
    draft.set(("parking", "value"), "Park here.")

    def cut(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(ClinicReadOnlyError):
        draft.write()
    assert load_clinic(folder).practice.parking.value is None
    assert [path.name for path in folder.iterdir() if path.suffix != ".yml"] == []


def test_an_edit_that_would_lose_a_comment_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "practice.yml"
    path.write_text("hours:\n  mon: [1]\n  # the last\n  tue: [2]\n# below\nname: x\n", encoding="utf-8")
    draft = Draft(tmp_path, "practice.yml")
    draft.set(("hours", "tue"), ABSENT)
    lost = comments_lost(path.read_text(encoding="utf-8"), draft.text)
    assert lost is not None
    with pytest.raises(ClinicFileError, match="would lose the comment"):
        draft.write()
    assert "# the last" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"a: [1", b"\xff", b"a: 1\na: 2\n"])
def test_a_file_that_is_no_yaml_cannot_be_edited(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "practice.yml").write_bytes(content)
    with pytest.raises(ClinicFileError, match=r"practice\.yml"):
        Draft(tmp_path, "practice.yml")


def test_writers_in_the_folder_wait_for_each_other(folder: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with only_one(folder):
            order.append("second")

    with only_one(folder):
        thread = threading.Thread(target=second)
        thread.start()
        handle = os.open(folder, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(handle)
        order.append("first")
    thread.join(timeout=10)
    assert order == ["first", "second"]


def test_a_writer_that_never_ends_is_not_waited_for_for_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knee_intake.folder_lock.LONGEST_WAIT_S", 0.05)
    with only_one(folder), pytest.raises(OutputError, match="somebody else"), only_one(folder):
        pass


def test_eight_edits_at_once_are_all_in_the_file(folder: Path) -> None:
    names = ("parking", "prices", "insurance", "referral")

    def edit(number: int) -> None:
        with only_one(folder):
            draft = Draft(folder, "practice.yml")
            draft.set((names[number % 4], "note"), f"{draft.value((names[number % 4], 'note'))}+")
            draft.write()

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    notes = [Draft(folder, "practice.yml").value((name, "note")) for name in names]
    assert [note.count("+") for note in notes] == [2, 2, 2, 2]


def test_a_new_file_can_be_put_in_place(tmp_path: Path) -> None:
    replace_file(tmp_path / "new.yml", b"a: 1\n")
    assert (tmp_path / "new.yml").read_bytes() == b"a: 1\n"


# ---- what a form means


def field_of(clinic: Clinic, entry: str, name: str) -> tuple[Entry, int]:
    found = find_entry(clinic, entry)
    return found, [field.name for field in found.fields].index(name)


@pytest.mark.parametrize(
    ("entry", "name", "given", "value"),
    [
        ("fact.hours", "mon", "09:00-12:00, 13:00-17:00", [["09:00", "12:00"], ["13:00", "17:00"]]),
        ("fact.hours", "mon", " 09:00 - 12:00 ", [["09:00", "12:00"]]),
        ("fact.hours", "mon", "", []),
        ("holidays", "holidays", "2026-12-25, 2026-01-01\n2026-12-25", ["2026-01-01", "2026-12-25"]),
        ("fact.services.botox_knee", "value", "yes", True),
        ("fact.services.botox_knee", "value", "", None),
        ("fact.parking", "value", "  One.\r\nTwo. ", "One.\nTwo."),
        ("fact.parking", "value", "", None),
        ("mode", "notice", "", ""),
        ("mode", "mode", "off", "off"),
        ("person.acupuncture", "demo", "", False),
    ],
)
def test_a_filled_in_field_means(clinic: Clinic, entry: str, name: str, given: str, value: object) -> None:
    found, number = field_of(clinic, entry, name)
    assert meant(found.fields[number], given) == value


@pytest.mark.parametrize(
    ("entry", "name", "given"),
    [
        ("fact.hours", "mon", "9-12"),
        ("fact.hours", "mon", "13:00-12:00"),
        ("fact.hours", "mon", "13:00-17:00, 09:00-12:00"),
        ("fact.hours", "mon", "09:00"),
        ("holidays", "holidays", "tomorrow"),
        ("fact.parking", "confirmed_on", "yesterday"),
        ("fact.parking", "state", "maybe"),
        ("fact.parking", "value", "\x07"),
        ("fact.phone", "value", "one\ntwo"),
        ("fact.services.botox_knee", "value", "perhaps"),
    ],
)
def test_a_field_that_means_nothing_is_refused(clinic: Clinic, entry: str, name: str, given: str) -> None:
    found, number = field_of(clinic, entry, name)
    with pytest.raises(WrongFieldError):
        meant(found.fields[number], given)
