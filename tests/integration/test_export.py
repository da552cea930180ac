"""Export, erase, retention and staff from the command line, on a real SQLite file and the real clinic files."""

import csv
import io
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake import cli
from knee_intake.clock import system_clock
from knee_intake.interview.model import Answer
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.retention import retain
from knee_intake.records.staff_accounts import sign_in
from tests.integration.staff_rows import (
    NOW,
    add_alert,
    add_booking,
    add_conversation,
    add_message,
    add_talk,
    an_intake,
    calf_hit,
    conversation_id,
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def database(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'records.sqlite3')}"
    monkeypatch.setenv("KNEE_INTAKE_DATABASE_URL", url)
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def run(database: Database, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; exit status, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main(arguments)
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


def _rows(database: Database, query: Any) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def _ids(database: Database) -> list[str]:
    return [row[0] for row in _rows(database, sa.select(schema.conversations.c.id).order_by(schema.conversations.c.id))]


# -- export ----------------------------------------------------------------------------------------------------------


def test_one_conversation_as_json_is_the_intake_with_messages_and_consent(database: Database, run: Run) -> None:
    with database.write() as connection:
        conversation = add_conversation(connection, 1, intake=an_intake(red_flags=[calf_hit()]), urgency="same_day")
        add_talk(connection, conversation)
        add_booking(connection, conversation, status="booked")
    status, out, err = run("export", "--format", "json", conversation)
    found = json.loads(out)
    assert (status, err) == (0, "")
    assert {"conversation", "status", "urgency", "red_flags", "answers", "asked", "progress", "booking"} <= found.keys()
    assert found["booking"]["status"] == "booked"
    assert [message["from"] for message in found["messages"]] == ["bot", "visitor", "bot", "visitor", "bot"]
    assert found["consent"]["version"] == "2026-11-23"
    query = sa.select(schema.audit.c.action, schema.audit.c.subject, schema.audit.c.detail)
    assert _rows(database, query) == [("export", conversation, {"format": "json"})]


def test_all_as_json_is_an_array_of_those_that_gave_consent(database: Database, run: Run) -> None:
    with database.write() as connection:
        for number in range(1, 4):
            add_conversation(connection, number, at=NOW + timedelta(minutes=number), consent=number != 2)
    found = json.loads(run("export")[1])
    assert [one["conversation"] for one in found] == [conversation_id(1), conversation_id(3)]


def test_an_export_of_nothing_is_still_valid(run: Run) -> None:
    assert json.loads(run("export", "--format", "json")[1]) == []
    assert len(run("export", "--format", "csv")[1].splitlines()) == 1
    assert run("export", "--format", "text")[:2] == (0, "")


def test_before_consent_an_export_holds_no_content(database: Database, run: Run) -> None:
    with database.write() as connection:
        conversation = add_conversation(connection, 1, consent=False)
        add_message(connection, conversation, 1, "visitor", None)
        values = {"conversation_id": conversation, "seq": 1, "sender": "visitor", "at": NOW, "text": "secret words"}
        connection.execute(sa.insert(schema.pending).values(**values))
    for kind in ("json", "csv", "text", "fhir"):
        status, out, _ = run("export", "--format", kind, conversation)
        assert status == 0
        assert conversation in out
        assert "secret words" not in out


def test_csv_has_one_line_a_conversation_and_a_column_for_each_answer(database: Database, run: Run) -> None:
    with database.write() as connection:
        intake = an_intake(red_flags=[calf_hit()])
        intake.answers["shoe_size"] = Answer("44", "44", 9, "volunteered")
        conversation = add_conversation(connection, 1, intake=intake, urgency="same_day")
        add_booking(connection, conversation)
    (line,) = csv.DictReader(io.StringIO(run("export", "--format", "csv")[1]))
    assert {
        "conversation": conversation,
        "urgency": "same_day",
        "red_flags": "RF11",
        "reference": "KN7-P4Q",
        "visit": "2026-12-01T10:00:00-05:00",
        "knee_side": "left knee",
        "age_band": "skipped",
        "goal": "",
        "other": "shoe_size: 44",
    }.items() <= line.items()


def test_words_of_a_patient_never_become_a_formula(database: Database, run: Run) -> None:
    with database.write() as connection:
        intake = an_intake(answers={"goal": Answer("=HYPERLINK(1)", "", 1), "first_name": Answer("-x", "", 1)})
        add_conversation(connection, 1, intake=intake)
    (line,) = csv.DictReader(io.StringIO(run("export", "--format", "csv")[1]))
    assert (line["goal"], line["first_name"]) == ("'=HYPERLINK(1)", "'-x")


def test_text_is_the_summary_of_each(database: Database, run: Run) -> None:
    with database.write() as connection:
        for number in (1, 2):
            add_conversation(connection, number, at=NOW + timedelta(minutes=number))
    out = run("export", "--format", "text")[1]
    assert out.count("RED FLAGS\nnone reported") == 2
    assert out.index(conversation_id(1)) < out.index(conversation_id(2))


def test_fhir_is_one_bundle_or_one_a_line(database: Database, run: Run) -> None:
    with database.write() as connection:
        for number in (1, 2):
            conversation = add_conversation(connection, number, at=NOW + timedelta(minutes=number))
            add_booking(
                connection, conversation, reference=f"KN7-P4{number}", status="cancelled", clinician=f"c{number}"
            )
    one = json.loads(run("export", "--format", "fhir", conversation)[1])
    many = [json.loads(line) for line in run("export", "--format", "fhir")[1].splitlines()]
    assert [bundle["identifier"]["value"] for bundle in many] == [conversation_id(1), conversation_id(2)]
    visits = [e["resource"]["status"] for e in one["entry"] if e["resource"]["resourceType"] == "Appointment"]
    assert visits == ["cancelled"]  # also one that counts no more


def test_an_export_into_a_file_is_for_its_owner_alone_and_overwrites_nothing(
    database: Database, run: Run, tmp_path: Path
) -> None:
    with database.write() as connection:
        conversation = add_conversation(connection, 1, first_name="Zoë")
    file = tmp_path / "intake.json"
    assert run("export", conversation, "--output", str(file))[0] == 0
    assert json.loads(file.read_text(encoding="utf-8"))["conversation"] == conversation
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    status, _, err = run("export", conversation, "--output", str(file))
    assert (status, "File exists" in err) == (2, True)


def test_an_unknown_id_is_refused_in_one_line(run: Run) -> None:
    for command in (("export", "nobody"), ("erase", "nobody")):
        status, out, err = run(*command)
        assert (status, out, err.count("\n")) == (2, "", 1)


# -- erase -----------------------------------------------------------------------------------------------------------


def test_erasing_leaves_no_word_in_the_database_file(database: Database, run: Run, tmp_path: Path) -> None:
    now = system_clock()
    with database.write() as connection:
        conversation = add_conversation(connection, 1, first_name="Qwertyname")
        other = add_conversation(connection, 2)
        add_message(connection, conversation, 1, "visitor", "a xylophonic ache")
        add_alert(connection, conversation)
        add_booking(connection, conversation, status="booked", start=now - timedelta(days=3))
        values = {"key": f"{conversation}:alert:1", "kind": "alert", "body": {"words": "xylophonic"}, "created_at": now}
        connection.execute(sa.insert(schema.outbox).values(**values))
        for table, more in (
            (schema.tracker_events, {"n": 0, "event": {"text": "xylophonic"}}),
            (schema.callbacks, {"topic": "xylophonic", "created_at": now}),
            (schema.pending, {"seq": 9, "sender": "visitor", "text": "xylophonic", "at": now}),
        ):
            connection.execute(sa.insert(table).values(conversation_id=conversation, **more))
    assert run("erase", conversation)[:2] == (0, f"erased: {conversation}\n")
    assert _ids(database) == [other]
    for table in schema.metadata.sorted_tables:
        if "conversation_id" in table.c:
            rows = _rows(database, sa.select(table.c.conversation_id))
            assert (conversation,) not in rows
    assert _rows(database, sa.select(schema.outbox.c.id)) == []
    visit = _rows(
        database, sa.select(schema.bookings.c.status, schema.bookings.c.first_name, schema.bookings.c.contact)
    )
    assert visit == [("booked", None, None)]
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("records.sqlite3*"))
    assert b"xylophonic" not in kept
    assert b"Qwertyname" not in kept
    assert _rows(database, sa.select(schema.audit.c.action, schema.audit.c.subject)) == [("erase", conversation)]


def test_a_conversation_with_a_visit_ahead_is_not_erased(database: Database, run: Run) -> None:
    with database.write() as connection:
        conversation = add_conversation(connection, 1)
        add_booking(connection, conversation, start=system_clock() + timedelta(days=2))
    status, _, err = run("erase", conversation)
    assert (status, "visit still lies ahead" in err) == (2, True)
    assert _ids(database) == [conversation]


# -- retention -------------------------------------------------------------------------------------------------------


@pytest.fixture
def aged(database: Database) -> Database:
    """1: just now; 2: 40 days silent; 3: the same with a visit ahead; 4: without consent, 2 days; 5: pending words."""
    with database.write() as connection:
        add_conversation(connection, 1, at=NOW)
        add_conversation(connection, 2, at=NOW - timedelta(days=40))
        ahead = add_conversation(connection, 3, at=NOW - timedelta(days=40))
        add_booking(connection, ahead, start=NOW + timedelta(days=1))
        add_conversation(connection, 4, at=NOW - timedelta(days=2), consent=False)
        waiting = add_conversation(connection, 5, at=NOW - timedelta(minutes=31), consent=False)
        values = {"conversation_id": waiting, "sender": "visitor", "text": "words"}
        connection.execute(sa.insert(schema.pending).values(seq=1, at=NOW - timedelta(minutes=31), **values))
    return database


def _retain(database: Database, **more: Any) -> Any:
    settings = {"now": NOW, "pending_for": timedelta(minutes=30), "days": {"*": 30}, "dry_run": False, **more}
    found = retain(database, **settings)
    return found.pending, found.without_consent, found.old


def test_retention_removes_what_has_had_its_time_and_nothing_else(aged: Database) -> None:
    assert _retain(aged) == (1, 1, 1)
    assert _ids(aged) == [conversation_id(1), conversation_id(3), conversation_id(5)]
    assert _rows(aged, sa.select(schema.pending.c.text)) == []
    assert _retain(aged) == (0, 0, 0)


def test_a_dry_run_counts_and_changes_nothing(aged: Database) -> None:
    before = _ids(aged)
    assert _retain(aged, dry_run=True) == (1, 1, 1)
    assert _ids(aged) == before
    assert _rows(aged, sa.select(schema.audit.c.action)) == []


def test_without_days_conversations_are_kept(aged: Database) -> None:
    assert _retain(aged, days={}) == (1, 1, 0)
    assert conversation_id(2) in _ids(aged)


def test_words_before_consent_stay_while_the_visitor_is_still_typing(aged: Database) -> None:
    with aged.write() as connection:
        values = {"conversation_id": conversation_id(5), "seq": 2, "sender": "visitor", "text": "more"}
        connection.execute(sa.insert(schema.pending).values(at=NOW - timedelta(minutes=29), **values))
    assert _retain(aged) == (0, 1, 1)


def test_a_chat_without_consent_that_raised_an_alert_is_kept(aged: Database) -> None:
    with aged.write() as connection:
        add_alert(connection, conversation_id(4))
    assert _retain(aged, days={}) == (1, 0, 0)


def test_past_visits_from_the_phone_lose_their_names_and_keep_their_time(aged: Database) -> None:
    with aged.write() as connection:
        for reference, days in (("OLD", -31), ("NEW", -29), ("AHEAD", 3)):
            add_booking(connection, conversation_id(1), reference=reference, start=NOW + timedelta(days=days))
        own = schema.bookings.c.conversation_id == conversation_id(1)
        connection.execute(sa.update(schema.bookings).where(own).values(conversation_id=None, source="staff"))
    _retain(aged, days={})
    _retain(aged, dry_run=True)
    named = sa.select(schema.bookings.c.reference).where(schema.bookings.c.first_name.is_not(None))
    assert {row[0] for row in _rows(aged, named)} >= {"OLD", "NEW", "AHEAD"}
    _retain(aged)
    assert {row[0] for row in _rows(aged, named)} & {"OLD", "NEW", "AHEAD"} == {"NEW", "AHEAD"}
    kept = sa.select(schema.bookings.c.contact, schema.bookings.c.start).where(schema.bookings.c.reference == "OLD")
    assert _rows(aged, kept) == [(None, NOW - timedelta(days=31))]


def test_retention_says_what_it_did(aged: Database, run: Run) -> None:
    status, out, _ = run("retention", "--days", "30", "--dry-run")
    assert status == 0
    assert out.startswith("would delete:\n")
    assert re.search(r"^  \d+ conversations silent for 30 days$", out, re.MULTILINE)


def test_days_below_one_are_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["retention", "--days", "0"])
    assert "1 or more" in capsys.readouterr().err


# -- staff -----------------------------------------------------------------------------------------------------------


def _type(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_member_is_added_listed_and_disabled(database: Database, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nobody yet" in run("staff", "list")[1]
    _type(monkeypatch, "grey heron at noon\n")
    status, out, _ = run("staff", "add", "dana", "--role", "reviewer", "--password-stdin", "--token")
    assert status == 0
    assert out.splitlines()[0] == "added: dana, reviewer; sign in at /staff"
    assert re.fullmatch(r"personal token, shown only now: [\w-]{43}", out.splitlines()[1])
    assert sign_in(database, "dana", "grey heron at noon", datetime.now(timezone.utc))
    assert run("staff", "list")[1].startswith("dana: reviewer, with token; since ")
    assert run("staff", "disable", "dana")[1] == "disabled: dana\n"
    assert "disabled" in run("staff", "list")[1]


@pytest.mark.parametrize("typed", ["", "short\n", "x" * 300])
def test_a_bad_password_is_refused_in_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    _type(monkeypatch, typed)
    status, out, err = run("staff", "add", "dana", "--role", "reviewer", "--password-stdin")
    assert (status, out) == (2, "")
    assert err == "knee-intake: a password has 12 to 256 characters\n"
