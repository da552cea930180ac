"""What holds after a save: the newest version for who begins, their own for who began before, and nothing of a slip."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from knee_intake.clinic import Clinic, load_clinic
from knee_intake.clinic_store import ClinicStore, packed
from knee_intake.faq import answer
from knee_intake.practice import ChatRules

PARKING = 'parking: {value: null, note: "Parking'
KNOWN = 'parking: {value: "Park behind the house.", confirmed: true, note: "Parking'


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "clinic"


@pytest.fixture
def store(folder: Path) -> ClinicStore:
    return ClinicStore(load_clinic(folder), folder)


def test_nothing_is_read_again_while_nothing_is_saved(store: ClinicStore) -> None:
    assert store.now() is store.now()
    assert store.of(store.now().digest) is store.now()
    assert store.of(None) is store.now()


def test_a_saved_fact_holds_at_once_and_those_who_began_before_keep_theirs(store: ClinicStore, folder: Path) -> None:
    before = store.now()
    seen: list[Clinic] = []
    store.on_change(seen.append)
    change(folder, "practice.yml", PARKING, KNOWN)
    now = store.now()
    assert now.practice.parking.value == "Park behind the house."
    assert "Park behind" in answer("ask_parking", now).text
    assert "Park behind" not in answer("ask_parking", store.of(before.digest)).text
    assert seen == [now]
    assert store.of(now.digest) is now


def test_mode_duty_hours_and_safety_rules_are_the_newest_for_everybody(store: ClinicStore, folder: Path) -> None:
    before = store.now()
    change(folder, "practice.yml", "  mode: on\n", "  mode: off\n")
    change(folder, "practice.yml", "holidays: []", 'holidays: ["2026-12-25"]')
    change(folder, "red_flags.yml", "This could be an emergency. Please call", "Please call")
    change(folder, "answers.yml", "I'm an automated helper", "I am an automated helper")
    old, new = store.of(before.digest), store.now()
    assert old.practice.widget == new.practice.widget == ChatRules("off", "")
    assert old.practice.holidays == ["2026-12-25"]
    assert old.red_flags is new.red_flags is not before.red_flags
    assert old.faq is before.faq is not new.faq


def test_a_file_that_does_not_load_changes_nothing_and_is_named_once(
    store: ClinicStore, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = store.now()
    with caplog.at_level(logging.ERROR):
        change(folder, "practice.yml", "  mode: on\n", "  mode: shut\n")
        assert [store.now(), store.now()] == [before, before]
        assert len(caplog.records) == 1
    assert store.problem is not None
    assert (Path(store.problem.file).name, store.problem.key) == ("practice.yml", "widget.mode")
    lines = (folder / "practice.yml").read_text(encoding="utf-8").splitlines()
    assert store.problem.line == lines.index("  mode: shut") + 1
    change(folder, "practice.yml", "  mode: shut\n", "  mode: on\n")
    assert store.now() is before
    assert store.problem is None


def test_a_file_that_is_gone_changes_nothing(store: ClinicStore, folder: Path) -> None:
    before = store.now()
    (folder / "answers.yml").unlink()
    assert store.now() is before
    assert store.problem is not None


def test_neither_a_strange_error_nor_a_listener_that_fails_reaches_a_visitor(
    store: ClinicStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> Clinic:
        raise RuntimeError("a mistake of ours")

    before, seen = store.now(), []
    store.on_change(lambda clinic: fail())
    store.on_change(seen.append)
    with monkeypatch.context() as patch:
        patch.setattr("knee_intake.clinic_store.load_clinic", fail)
        change(folder, "practice.yml", PARKING, KNOWN)
        assert store.now() is before
        assert "RuntimeError" in str(store.problem)
    change(folder, "practice.yml", KNOWN, PARKING + " lot")
    assert store.now() is not before
    assert seen == [store.now()]


def test_what_the_calendar_was_made_for_waits_for_a_restart(store: ClinicStore, folder: Path) -> None:
    change(folder, "practice.yml", "notice_hours: 24", "notice_hours: 2")
    change(folder, "practice.yml", PARKING, KNOWN)
    assert store.now().practice.booking.notice_hours == 24
    assert store.now().practice.parking.confirmed
    assert store.waits_for_restart == ("booking",)
    change(folder, "practice.yml", "notice_hours: 2", "notice_hours: 24")
    store.now()
    assert store.waits_for_restart == ()


def test_names_and_labels_of_people_and_visits_do_not_wait(store: ClinicStore, folder: Path) -> None:
    change(folder, "practice.yml", "role: {en: Physical therapist}, name: null", "role: {en: Therapist}, name: Kim")
    change(folder, "practice.yml", "label: {en: First visit}", "label: {en: A first visit}")
    practice = store.now().practice
    assert (practice.clinicians[1].name, practice.first_visit.label["en"]) == ("Kim", "A first visit")
    assert store.waits_for_restart == ()


def test_an_earlier_version_is_found_again_after_a_restart(folder: Path) -> None:
    first = load_clinic(folder)
    kept = {first.digest: packed(folder)}
    change(folder, "answers.yml", "I'm an automated helper", "I am an automated helper")
    again = ClinicStore(load_clinic(folder), folder, find=kept.get)
    assert answer("ask_bot", again.of(first.digest)).text.startswith("I'm an automated")
    assert answer("ask_bot", again.now()).text.startswith("I am an automated")


@pytest.mark.parametrize("content", [None, b"no such thing"])
def test_a_version_that_is_gone_gives_way_to_the_newest(
    folder: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    store = ClinicStore(load_clinic(folder), folder, find=lambda _digest: content)
    with caplog.at_level(logging.WARNING):
        assert store.of("0" * 64) is store.now()
        assert store.of("0" * 64) is store.now()
    assert "version 00000000 of the clinic's files is gone" in caplog.text
    assert caplog.text.count("is gone") == 1


def test_the_content_that_is_kept_is_that_of_the_version(store: ClinicStore, folder: Path) -> None:
    assert store.content() == packed(folder)
    change(folder, "practice.yml", PARKING, KNOWN)
    assert store.content() is not None  # nobody has looked since, but it is known to be that of the old one
    fresh = ClinicStore(load_clinic(folder), folder)
    change(folder, "practice.yml", KNOWN, PARKING)
    assert fresh.content() is None, "the files are those of another version already"
    fresh.now()
    assert fresh.content() == packed(folder)
