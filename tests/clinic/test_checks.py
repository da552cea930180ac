"""`check` and `go-live`: a list that a clinic's manager can act on."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from knee_intake.approvals import Decision, record, reviews
from knee_intake.checks import Finding, check, go_live_gaps, run_check, run_go_live
from knee_intake.clinic import load_clinic
from knee_intake.duty import Way
from knee_intake.errors import StorageError
from knee_intake.notices.delivered import note_delivery
from knee_intake.patient_texts import BLOCKING, Section
from knee_intake.records import database as database_room
from knee_intake.records.migrate import migrate
from knee_intake.records.schema import outbox
from knee_intake.settings import Settings
from tests.conftest import NOW

MakeSettings = Callable[..., Settings]


def named(findings: list[Finding], *levels: str) -> set[str]:
    return {finding.what for finding in findings if finding.level in levels}


def change(home: Path, name: str, *pairs: tuple[str, str]) -> None:
    path = home / "clinic" / name
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_every_gap_that_keeps_the_shipped_clinic_from_going_live_is_named(settings: Settings) -> None:
    gaps = go_live_gaps(settings)
    what = named(gaps, "gap")
    assert {
        "phone: a made-up demo value",
        "address: not known",
        "hours: a made-up demo value",
        "zone: a made-up demo value",
        'is "Botox in the knee" given here: not known',
        'is "Dysport in the hip, with physical therapy" given here: not known',
        "alert recipient: not known",
        "privacy notice url: not known",
        "HTTPS is not on",
        "any site may embed the chat",
    } <= what
    assert any("questions and phrases are not approved (consent and the emergency list among them)" in w for w in what)
    assert any("safety texts are not approved: RF" in one for one in what)
    assert "no way out for alerts is set up: staff see them in the console only" in what
    assert len(what) == 13
    assert all(finding.where and finding.remedy for finding in gaps)


def test_what_is_open_but_keeps_nobody_from_going_live_is_only_pointed_out(settings: Settings) -> None:
    what = named(check(settings), "warn")
    assert {"first visit free: not confirmed", "prices: not known"} <= what
    assert "clinicians: made up (sports_medicine, physical_therapy, acupuncture, chiropractic)" in what
    assert '6 of 6 texts are not approved; live, each becomes "the clinic will tell you"' in what


def test_each_fact_is_found_at_its_line(settings: Settings, home: Path) -> None:
    found = next(finding for finding in check(settings) if finding.what.startswith("address"))
    path, line = found.where.rsplit(":", 1)
    assert Path(path) == (home / "clinic" / "practice.yml").resolve()
    assert Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1].startswith("address:")


def test_sound_files_give_exit_code_zero_and_a_list_under_headings(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_check(settings) == 0
    printed = capsys.readouterr().out
    for heading in ("Clinic files", "Facts that only the clinic knows", "Texts", "Server", "Alerts and mails"):
        assert f"\n{heading}\n" in printed
    assert "-> Street, floor, city, state and ZIP code." in printed
    assert "Open before going live: 13." in printed


def test_a_broken_file_gives_exit_code_one_with_file_line_key_and_what_was_expected(
    settings: Settings, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(home, "practice.yml", ("hold_minutes: 10", "hold_minutes: soon"))
    assert run_check(settings) == 1
    printed = capsys.readouterr().out
    assert "BROKEN  booking.hold_minutes: Expected `int`, got `str`" in printed
    assert "clinic/practice.yml:" in printed
    assert "The files are sound" not in printed


def test_going_live_is_refused_while_a_file_is_broken(settings: Settings, home: Path) -> None:
    (home / "clinic" / "sources.yml").unlink()
    assert [finding.level for finding in go_live_gaps(settings)] == ["broken"]
    assert run_go_live(settings) == 1


def sign_everything(home: Path) -> None:
    """What a clinic does before going live."""
    change(
        home,
        "practice.yml",
        ("{value: 555-0143, demo: true,", '{value: "212-555-0100", confirmed: true,'),
        ("address: {value: null,", "address: {value: 1 Example Street, confirmed: true,"),
        ("America/New_York, demo: true", "America/New_York, confirmed: true"),
        ("  demo: true\n  note: \"A made-up schedule.", "  confirmed: true\n  note: \"A made-up schedule."),
        ("botox_knee: {value: null,", "botox_knee: {value: false, confirmed: true,"),
        ("dysport_hip_pt: {value: null,", "dysport_hip_pt: {value: true, confirmed: true,"),
        ("alert_recipient: {value: null,", "alert_recipient: {value: desk@clinic.test, confirmed: true,"),
        ("privacy_notice_url: {value: null,", 'privacy_notice_url: {value: "https://clinic.test", confirmed: true,'),
    )  # fmt: skip
    approve(home, *BLOCKING)


def approve(home: Path, *sections: Section) -> None:
    """A clinician signs whole sections."""
    found = [one.text for one in reviews(load_clinic(home / "clinic")) if one.text.section in sections]
    at = "2026-03-10T12:00:00-04:00"
    signed = [Decision(text=one.id, decision="approved", by="A. Clinician", at=at, hash=one.hash) for one in found]
    record(home / "clinic" / "approvals.yml", signed)


def ready(make_settings: MakeSettings) -> Settings:
    """The server as it is set up for patients, with a test alert that has arrived."""
    settings = make_settings(
        https=True, allowed_origins=("https://clinic.test",), smtp_url="smtps://mail.clinic.test",
        mail_from="chat@clinic.test", public_url="https://chat.clinic.test",
    )  # fmt: skip
    database = database_room.Database(settings.database)
    migrate(database)
    with database.write() as connection:
        note_delivery(connection, Way("front_desk", "mail", None), "desk@clinic.test", "test", NOW)
    database.close()
    return settings


def test_once_all_is_confirmed_and_signed_nothing_is_missing(
    make_settings: MakeSettings, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_everything(home)
    settings = ready(make_settings)
    assert go_live_gaps(settings) == []
    assert run_go_live(settings) == 0
    assert "KNEE_INTAKE_LIVE=yes" in capsys.readouterr().out


def test_an_edit_of_a_signed_safety_text_closes_the_door_again(make_settings: MakeSettings, home: Path) -> None:
    sign_everything(home)
    settings = ready(make_settings)
    change(home, "red_flags.yml", ("Call 911 now. This can start hours", "Call 911. This can start hours"))
    (gap,) = go_live_gaps(settings)
    assert re.fullmatch(
        r"1 of \d+ safety texts are not approved: RF13; changed since they were read: safety\.RF13", gap.what
    )


def test_a_few_open_phrases_are_named_and_a_rejected_one_is_pointed_out(
    make_settings: MakeSettings, home: Path
) -> None:
    sign_everything(home)
    settings = ready(make_settings)
    thanks = next(one.text for one in reviews(load_clinic(home / "clinic")) if one.text.id == "phrase.thanks")
    at = "2026-03-11T12:00:00-04:00"
    no = Decision(text=thanks.id, decision="rejected", by="B. Clinician", at=at, hash=thanks.hash, comment="Too short.")
    record(home / "clinic" / "approvals.yml", [no])
    (gap,) = go_live_gaps(settings)
    assert re.fullmatch(
        r"1 of \d+ questions and phrases are not approved: phrase\.thanks; rejected: phrase\.thanks", gap.what
    )


def test_signed_options_and_answers_are_no_longer_pointed_out(settings: Settings, home: Path) -> None:
    approve(home, "options", "answers")
    assert not any("the clinic will tell you" in one for one in named(check(settings), "warn"))


def test_the_claims_of_the_article_that_are_still_open_are_counted(settings: Settings) -> None:
    found = next(finding for finding in check(settings) if "article" in finding.what)
    assert re.fullmatch(r"\d+ of \d+ claims of the clinic's article are still to be mended", found.what)
    assert "`knee-intake check --article`" in found.remedy


def test_an_alert_must_have_arrived_at_the_address_that_counts_now(make_settings: MakeSettings, home: Path) -> None:
    sign_everything(home)
    settings = ready(make_settings)
    assert any(
        one.startswith("front_desk by mail: last delivered 2026-03-10 16:00") for one in named(check(settings), "ok")
    )
    change(home, "practice.yml", ("desk@clinic.test", "other@clinic.test"))
    assert named(go_live_gaps(settings), "gap") == {"no alert has reached front_desk by mail yet"}


def test_nobody_told_at_night_is_pointed_out_and_nobody_told_by_day_is_a_gap(
    make_settings: MakeSettings, home: Path
) -> None:
    sign_everything(home)
    settings = ready(make_settings)
    night = "nobody is on duty outside opening hours, and patients hear so: emergency_911, emergency_room, same_day"
    assert night in named(check(settings), "warn")
    change(home, "practice.yml", ("same_day: {open: [front_desk]", "same_day: {open: []"))
    assert named(go_live_gaps(settings), "gap") == {"nobody is told while the clinic is open: same_day"}


def test_mails_without_an_address_for_their_links_are_a_gap(make_settings: MakeSettings) -> None:
    settings = make_settings(smtp_url="smtps://mail.clinic.test", mail_from="chat@clinic.test")
    assert "mails hold no links, and patients get none" in named(go_live_gaps(settings), "gap")


def test_notices_that_were_given_up_are_counted(make_settings: MakeSettings, home: Path) -> None:
    settings = ready(make_settings)
    database = database_room.Database(settings.database)
    with database.write() as connection:
        for number in (1, 2):
            values = {"key": f"k{number}", "kind": "to_staff", "body": {}, "created_at": NOW, "dead_at": NOW}
            connection.execute(outbox.insert().values(**values))
    database.close()
    assert "2 notices could not be delivered" in named(check(settings), "warn")


def test_go_live_names_the_gaps_and_refuses(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_go_live(settings) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("Not ready for patients.")
    assert "phone: a made-up demo value" in printed
    assert "prices" not in printed


def test_a_model_that_is_not_there_is_pointed_out_and_one_that_is_there_is_fine(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    missing = make_settings(model=str(tmp_path / "none.tar.gz"))
    assert "there is no model for the present inputs yet" in named(check(missing), "warn")
    (tmp_path / "some.tar.gz").write_bytes(b"")
    there = make_settings(model=str(tmp_path / "some.tar.gz"))
    assert "there is a model" in named(check(there), "ok")


def test_check_makes_no_database(settings: Settings, home: Path) -> None:
    assert "the database will be made at the first start" in named(check(settings), "ok")
    assert not (home / "var").exists()


def test_a_database_that_is_there_is_opened(make_settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "there.sqlite3").touch()
    settings = make_settings(database_url=f"sqlite:///{tmp_path / 'there.sqlite3'}")
    assert "the database opens" in named(check(settings), "ok")


def test_a_database_that_does_not_open_is_a_gap_and_its_password_is_not_printed(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def __init__(self, url: str) -> None:
            raise StorageError("the database refused: OperationalError")

    monkeypatch.setattr(database_room, "Database", Gone)
    gaps = go_live_gaps(make_settings(database_url="postgresql://knee:secret@db.test/knee"))
    found = next(finding for finding in gaps if "database" in finding.what)
    assert found.what == "the database does not open: the database refused: OperationalError"
    assert "secret" not in found.where


def test_an_address_that_is_no_database_is_a_gap(make_settings: MakeSettings) -> None:
    assert "the database's address cannot be read" in named(check(make_settings(database_url="nonsense")), "gap")


def test_check_imports_neither_rasa_nor_tensorflow(home: Path) -> None:
    code = (
        "import sys\n"
        "from knee_intake.checks import run_check\n"
        "from knee_intake.settings import Settings\n"
        "run_check(Settings.from_environ({}, home=sys.argv[1]))\n"
        "print([name for name in ('rasa', 'tensorflow', 'starlette', 'spacy') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.splitlines()[-1] == "[]"
