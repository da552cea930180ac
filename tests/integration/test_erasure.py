"""One patient is erased everywhere, on SQLite down to the bytes of the file; tombstones; retention by status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake import cli
from knee_intake.errors import OpenVisitError, OutputError, RequestError
from knee_intake.interview.model import Answer
from knee_intake.records import schema
from knee_intake.records.contact_search import find_contact
from knee_intake.records.database import Database
from knee_intake.records.erasure import erase, erase_contact, replay
from knee_intake.records.migrate import migrate
from knee_intake.records.restrictions import open_in_emergency, restrict
from knee_intake.records.retention import retain
from knee_intake.records.staff_accounts import Member, add_member
from knee_intake.records.store import Store
from knee_intake.records.tombstones import Tombstone, all_tombstones, read_lines, write_lines
from tests.integration.staff_rows import NOW, add_booking, add_conversation, add_message, an_intake, conversation_id
from tests.postgres_server import postgres_server

WORD, PHONE, EMAIL = "zyzzyvaesque", "212 555 0147", "zz.quill@example.org"
PAST = NOW - timedelta(days=3)
Put = Callable[[Database, int], str]


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Empty records."""
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres")
    with closing(Database(address)) as database:
        if not database.is_sqlite:
            with database.write() as connection:
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))
        migrate(database)
        yield database


def plant(database: Database, number: int, *, word: str = WORD, phone: str = PHONE, email: str = EMAIL) -> str:
    """A conversation that has the word, the number and the email in every table that can hold them."""
    with database.write() as connection:
        intake = an_intake()
        intake.answers["phone"] = Answer(phone, f"call {phone} {word}", 4, "asked")
        intake.answers["email"] = Answer(email, email, 4, "asked")
        made = add_conversation(connection, number, intake=intake, first_name=word)
        once = f"{number}-{len(word)}"  # the time of a visit stays, and is taken
        reference, clinician = f"R{once}", f"c{once}"
        add_booking(connection, made, reference=reference, start=PAST, status="booked", clinician=clinician)
        own = schema.bookings.c.reference == reference
        named = {"first_name": word, "contact": f"{phone}, {email}", "effect_key": f"{made}:{word}:place"}
        connection.execute(sa.update(schema.bookings).where(own).values(**named))
        add_booking(
            connection, made, reference=f"H{once}", start=PAST + timedelta(hours=2), status="held", clinician=clinician
        )
        for seq in range(1, 40):
            said = {"intent": "inform", "findings": {"goal": word}, "why": [word]}
            add_message(connection, made, seq, "visitor", f"{seq} {word} {phone}", understanding=said)
        values: dict[str, dict[str, Any]] = {
            "pending": {"seq": 50, "sender": "visitor", "text": f"{word} {email}", "at": NOW},
            "tracker_events": {"n": 1, "event": {"event": "user", "text": f"{word} {phone} {email}"}},
            "facets": {"name": "answer:goal", "value": word},
            "thumbs": {"seq": 2, "at": NOW},
            "tags": {"tag": word[:24]},
            "callbacks": {
                "topic": "insurance", "first_name": word, "contact": phone, "wishes": f"{word} {email}",
                "created_at": NOW,
            },
            "alerts": {"rule": "RF11", "rule_version": 1, "urgency": "same_day", "shown": word, "at": NOW},
            "consents": {"kind": "contact", "granted": True, "wording_version": word, "at": NOW},
            "booking_attempts": {"effect_key": f"{made}:{word}:hold", "effect": "hold", "at": NOW},
            "review_verdicts": {"staff_id": 1, "verdict": "other", "comment": f"{word} {phone}", "at": NOW},
            "chart_entries": {"number": word, "content": bytes(32), "staff_id": 1, "at": NOW},
            "call_attempts": {
                "form_key": f"{made}:{word}", "outcome": "voicemail", "settled": False, "note": f"{word} {phone}",
                "staff_id": 1, "at": NOW,
            },
            "contact_keys": {"mac": phone.encode().ljust(32)},
            "same_people": {"person": word, "joined_by": 1, "joined_at": NOW},
            "privacy_requests": {
                "kind": "copy", "form_key": f"{made}:{word}:copy", "asked_by": "phone", "asked_at": NOW, "due_at": NOW,
                "name": word, "contact": f"{phone}, {email}", "note": word, "noted_by": 1, "state": "done",
                "reason": word, "reply": f"{word} {phone}", "reply_by": "mail", "decided_by": 1, "decided_at": NOW,
            },
        }  # fmt: skip
        add_staff(connection)
        for table, row in values.items():
            connection.execute(sa.insert(schema.metadata.tables[table]).values(conversation_id=made, **row))
        add_notes_and_lessons(connection, made, word, phone)
        for key, kind, body in (
            (f"{made}:mail", "to_visitor", {"conversation": made, "address": email, "text": word}),
            (f"another-key-{number}", "visit", {"conversation": made, "contact": phone}),
        ):
            connection.execute(sa.insert(schema.outbox).values(key=key, kind=kind, body=body, created_at=NOW))
        restrict(connection, made, 1, NOW)
        open_in_emergency(connection, Member(1, "Ana", "viewer"), made, f"about {word} {phone}", NOW)
        return made


def add_staff(connection: Connection) -> None:
    """The member whom the rows name."""
    if connection.execute(sa.select(schema.staff.c.id).where(schema.staff.c.id == 1)).first() is None:
        connection.execute(sa.insert(schema.staff).values(id=1, name="Bo", role="manager", created_at=NOW))


def add_notes_and_lessons(connection: Connection, made: str, word: str, phone: str) -> None:
    """A note that names a member, one struck out, and three sentences: one of them let out with the name left in."""
    for key in ("standing", "struck"):
        removed = {"removed_at": NOW, "removed_by": 1} if key == "struck" else {}
        note = {"key": f"{key} {word}", "staff_id": 1, "text": f"@Bo {word} {phone}", "at": NOW, **removed}
        row = connection.execute(sa.insert(schema.notes).values(conversation_id=made, **note))
        number = row.inserted_primary_key[0]
        connection.execute(sa.insert(schema.note_mentions).values(note_id=number, staff_id=1))
    for seq, text in ((1, None), (2, f"it hurts, {word} says"), (3, "it hurts on stairs")):
        key = f"{made[-9:]} {seq} {len(word)}".encode().ljust(32)
        lesson = {"key": key, "state": "learn", "intent": "inform", "text": text, "dated": False, "decided_at": NOW}
        row = connection.execute(sa.insert(schema.lessons).values(**lesson, approved_at=NOW if text else None))
        item = {"seq": seq, "lesson_id": row.inserted_primary_key[0], "at": NOW, "judged": True, "judged_by": 1}
        flags = dict.fromkeys(("rejected", "low", "corrected"), False)
        connection.execute(sa.insert(schema.learning_items).values(conversation_id=made, **item, **flags))


def stored(database: Database) -> str:
    """Every row of every table, the search index among them."""
    with database.read() as connection:
        names = sa.inspect(connection).get_table_names()
        return repr([connection.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in names])


def on_disk(database: Database) -> bytes:
    path = Path(str(database.engine.url.database))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def assert_gone(database: Database, *words: str) -> None:
    kept = stored(database)
    assert [word for word in words if word in kept] == []
    if database.is_sqlite:
        raw = on_disk(database)
        assert [word for word in words if word.encode() in raw] == []


def _by_number(database: Database, conversation: str) -> None:
    erase(database, conversation, now=NOW)


def _by_phone(database: Database, _conversation: str) -> None:
    assert len(erase_contact(database, "+1 (212) 555-0147", now=NOW).conversations) == 1


def _by_email(database: Database, _conversation: str) -> None:
    assert len(erase_contact(database, EMAIL.upper(), now=NOW).conversations) == 1


def _by_age(database: Database, _conversation: str) -> None:
    retain(database, now=NOW + timedelta(days=31), pending_for=timedelta(0), days={"active": 30}, dry_run=False)


@pytest.mark.parametrize("way", [_by_number, _by_phone, _by_email, _by_age])
def test_the_word_and_the_number_are_nowhere_afterwards(
    database: Database, way: Callable[[Database, str], None]
) -> None:
    for number in range(10, 16):  # others, around it in the file
        plant(database, number, word=f"other{number}", phone=f"212 555 02{number}", email=f"o{number}@example.org")
    with database.write() as connection:
        newer = sa.update(schema.conversations).values(updated_at=NOW + timedelta(days=30))
        connection.execute(newer)
    conversation = plant(database, 1)
    for number in range(16, 20):
        plant(database, number, word=f"other{number}", phone=f"212 555 02{number}", email=f"o{number}@example.org")
    with database.write() as connection:
        own = schema.conversations.c.id == conversation
        connection.execute(sa.update(schema.conversations).where(~own).values(updated_at=NOW + timedelta(days=30)))
        # an answer is written again and again: the file must not keep what stood there
        intake = sa.update(schema.intakes).where(schema.intakes.c.conversation_id == conversation)
        data = connection.execute(sa.select(schema.intakes.c.data)).scalars().first()
        connection.execute(intake.values(data={**(data or {}), "more": [WORD] * 400, "phone": PHONE, "mail": EMAIL}))
    assert WORD in stored(database)
    way(database, conversation)
    assert_gone(database, WORD, PHONE, EMAIL)
    assert "other12" in stored(database)
    with database.read() as connection:
        (stone,) = all_tombstones(connection)
        visits = sa.select(schema.bookings.c.start).where(schema.bookings.c.conversation_id.is_(None))
        assert connection.execute(visits).scalars().all() == [PAST]
        asked = sa.select(schema.privacy_requests).where(schema.privacy_requests.c.conversation_id == conversation)
        request = connection.execute(asked).one()
        let_out = connection.execute(sa.select(schema.lessons.c.text)).scalars().all()
    assert (stone.id, stone.counts["messages"], stone.counts["callbacks"]) == (conversation, 39, 1)
    assert {name: stone.counts[name] for name in ("notes", "chart_entries", "call_attempts")} == {
        "notes": 2, "chart_entries": 1, "call_attempts": 1,
    }  # fmt: skip
    assert (request.kind, request.state, request.name, request.reply) == ("copy", "done", None, None)
    assert (let_out.count("it hurts on stairs"), "it hurts, other12 says" in let_out) == (11, True)


def test_forget_me_leaves_nothing_in_the_file_either(database: Database) -> None:
    store = Store(database, b"k" * 32)
    with database.write() as connection:
        made = add_conversation(connection, 1)
        for seq in range(1, 60):
            add_message(connection, made, seq, "visitor", f"{seq} {WORD} {PHONE}")
    assert store.forget(made, NOW)
    store.forget_waiting_words(NOW)  # as the upkeep does each minute
    assert_gone(database, WORD, PHONE)
    with database.read() as connection:
        assert [(stone.id, stone.why) for stone in all_tombstones(connection)] == [(made, "forget")]


def test_every_table_that_names_a_conversation_goes_with_it() -> None:
    """A new table without the cascade would keep what an erasure promises to delete."""
    for table in schema.metadata.tables.values():
        # of a visit its time stays, of a request that it was asked: without the person
        if "conversation_id" in table.c and table.name not in ("bookings", "privacy_requests"):
            keys = list(table.c.conversation_id.foreign_keys)
            assert [key.ondelete for key in keys] == ["CASCADE"], table.name


# -- by contact ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [PHONE, "2125550147", "(212) 555-0147", "+12125550147", "212.555.0147"])
def test_a_number_is_found_however_it_is_written(database: Database, typed: str) -> None:
    made = plant(database, 1, phone="(212) 555-0147")
    plant(database, 2, phone="212 555 0148", email="other@example.org")
    with database.read() as connection:
        assert find_contact(connection, typed).conversations == (made,)


def test_a_number_without_its_area_code_is_found_as_it_was_given(database: Database) -> None:
    made = plant(database, 1, phone="555-0147")
    plant(database, 2, phone="555-0148", email="other@example.org")
    with database.read() as connection:
        assert find_contact(connection, "555 0147").conversations == (made,)


def test_a_chat_of_somebody_else_that_speaks_of_it_is_named_and_stays(database: Database) -> None:
    made = plant(database, 1)
    with database.write() as connection:
        other = add_conversation(connection, 2)
        add_message(connection, other, 1, "visitor", f"my husband has {PHONE}")
    done = erase_contact(database, PHONE, now=NOW)
    assert (done.conversations, done.mentioned) == ((made,), (other,))
    with database.read() as connection:
        assert connection.execute(sa.select(schema.conversations.c.id)).scalars().all() == [other]


def _visit_by_phone(database: Database, start: Any) -> str:
    with database.write() as connection:
        made = add_conversation(connection, 5)
        add_booking(connection, made, reference="DESK", start=start, status="booked")
        own = schema.bookings.c.reference == "DESK"
        values = {"conversation_id": None, "source": "staff", "contact": PHONE, "first_name": WORD}
        connection.execute(sa.update(schema.bookings).where(own).values(**values))
        connection.execute(sa.delete(schema.conversations))
        return str(connection.execute(sa.select(schema.bookings.c.id).where(own)).scalar_one())


def test_a_visit_from_the_phone_loses_its_person(database: Database) -> None:
    visit = _visit_by_phone(database, PAST)
    assert erase_contact(database, PHONE, now=NOW).visits == 1
    assert_gone(database, WORD, PHONE)
    with database.read() as connection:
        assert [(stone.id, stone.kind) for stone in all_tombstones(connection)] == [(visit, "visit")]


def test_with_a_visit_ahead_nothing_is_erased(database: Database) -> None:
    _visit_by_phone(database, NOW + timedelta(days=1))
    plant(database, 1)
    with pytest.raises(OpenVisitError):
        erase_contact(database, PHONE, now=NOW)
    assert WORD in stored(database)


@pytest.mark.parametrize("typed", ["", "12", "Robin", "%", "_______"])
def test_what_is_no_contact_is_refused(database: Database, typed: str) -> None:
    plant(database, 1)
    with pytest.raises(RequestError):
        erase_contact(database, typed, now=NOW)


def _request(database: Database, *, at: Any, state: str = "done", **more: Any) -> int:
    values = {
        "kind": "delete", "asked_by": "phone", "asked_at": at, "due_at": at, "name": WORD, "note": WORD,
        "contact": PHONE, "state": state, "reply": f"{WORD} {EMAIL}", "decided_at": at if state != "open" else None,
    }  # fmt: skip
    with database.write() as connection:
        row = connection.execute(sa.insert(schema.privacy_requests).values({**values, **more}))
        return int(row.inserted_primary_key[0])


@pytest.mark.parametrize("state", ["open", "done"])
@pytest.mark.parametrize("typed", ["+1 (212) 555-0147", EMAIL])
def test_a_request_without_a_chat_loses_who_asked_for_good(database: Database, state: str, typed: str) -> None:
    number = _request(database, at=NOW, state=state)
    done = erase_contact(database, typed, now=NOW)
    assert (done.conversations, done.visits, done.requests) == ((), 0, 1)
    assert_gone(database, WORD, PHONE, EMAIL)
    with database.read() as connection:
        assert connection.execute(sa.select(schema.privacy_requests.c.state)).scalars().all() == ["done"]
        stones = all_tombstones(connection)
    assert [(stone.id, stone.kind) for stone in stones] == [(f"request-{number}", "request")]
    with database.write() as connection:  # an older backup was put back
        connection.execute(sa.delete(schema.privacy_requests))
    _request(database, at=NOW, id=number)
    assert replay(database, read_lines(write_lines(stones)), now=NOW) == 1
    assert_gone(database, WORD, PHONE, EMAIL)
    assert replay(database, stones, now=NOW) == 0


def test_who_asked_is_kept_as_long_as_other_conversations(database: Database) -> None:
    kept, old = (_request(database, at=NOW - timedelta(days=days)) for days in (29, 31))
    waiting = _request(database, at=NOW - timedelta(days=99), state="open")
    options: dict[str, Any] = {"now": NOW, "pending_for": timedelta(0)}
    assert retain(database, days={"active": 30}, dry_run=False, **options).requests == 0
    assert retain(database, days={"*": 30}, dry_run=True, **options).requests == 1
    assert retain(database, days={"*": 30}, dry_run=False, **options).requests == 1
    asked = schema.privacy_requests.c
    with database.read() as connection:
        found = dict(connection.execute(sa.select(asked.id, asked.name)).all())
    assert found == {kept: WORD, old: None, waiting: WORD}


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("notes", {"key": "k", "staff_id": 1, "text": f"her sister has {PHONE}", "at": NOW}),
        ("review_verdicts", {"staff_id": 1, "verdict": "other", "comment": f"meant {PHONE}", "at": NOW}),
        ("call_attempts", {
            "form_key": "k", "outcome": "reached", "settled": True, "note": f"said {PHONE}", "staff_id": 1, "at": NOW,
        }),
    ],
)  # fmt: skip
def test_what_staff_wrote_of_it_elsewhere_is_named(database: Database, table: str, row: dict[str, Any]) -> None:
    with database.write() as connection:
        add_staff(connection)
        other = add_conversation(connection, 2)
        connection.execute(sa.insert(schema.metadata.tables[table]).values(conversation_id=other, **row))
    assert erase_contact(database, PHONE, now=NOW).mentioned == (other,)


# -- tombstones ------------------------------------------------------------------------------------------------------


def test_a_backup_that_is_put_back_is_purged_again(database: Database) -> None:
    made = plant(database, 1)
    with database.read() as connection:
        assert all_tombstones(connection) == []
    erase(database, made, now=NOW)
    with database.read() as connection:
        lines = list(write_lines(all_tombstones(connection)))
    assert [word for word in (WORD, PHONE, EMAIL) if word in "".join(lines)] == []
    with database.write() as connection:  # the backup is older than the erasure
        connection.execute(sa.delete(schema.tombstones))
    again = plant(database, 1, word="reborn")
    with database.write() as connection:
        own = schema.bookings.c.conversation_id == again
        ahead = {"start": NOW + timedelta(days=2), "end": NOW + timedelta(days=3)}
        connection.execute(sa.update(schema.bookings).where(own, schema.bookings.c.status == "booked").values(**ahead))
    assert replay(database, read_lines(lines), now=NOW) == 1
    assert_gone(database, "reborn", PHONE)
    assert replay(database, read_lines(lines), now=NOW) == 0
    with database.read() as connection:
        assert [stone.at for stone in all_tombstones(connection)] == [NOW]
        standing = schema.bookings.c.status.in_(("requested", "booked")) & (schema.bookings.c.end > NOW)
        assert connection.execute(sa.select(schema.bookings).where(standing)).all() == []


def test_a_line_that_is_no_tombstone_is_named() -> None:
    good = next(write_lines([Tombstone("x", "visit", NOW, "request", {})]))
    for bad in ("", "{}", "[1]", '{"id": "x", "kind": "other", "at": "2026-01-01T00:00:00Z", "why": "request"}'):
        with pytest.raises(OutputError, match="line 2 is no tombstone"):
            read_lines([good, bad])


# -- retention -------------------------------------------------------------------------------------------------------


def test_each_status_has_days_of_its_own(database: Database) -> None:
    ages = {"active": 10, "booked": 40, "finished": 40, "stopped": 400}
    with database.write() as connection:
        for number, (status, days) in enumerate(ages.items(), 1):
            add_conversation(connection, number, status=status, at=NOW - timedelta(days=days))
    days = {"active": 7, "booked": 365, "*": 30}
    options: dict[str, Any] = {"now": NOW, "pending_for": timedelta(0), "days": days}
    due = retain(database, dry_run=True, **options)
    found = [(group.status, group.days, group.count, group.oldest) for group in due.by_status]
    assert found == [
        ("active", 7, 1, NOW - timedelta(days=10)),
        ("finished", 30, 1, NOW - timedelta(days=40)),
        ("stopped", 30, 1, NOW - timedelta(days=400)),
    ]
    assert retain(database, dry_run=False, **options) == due
    with database.read() as connection:
        assert connection.execute(sa.select(schema.conversations.c.status)).scalars().all() == ["booked"]
        assert {stone.why for stone in all_tombstones(connection)} == {"retention"}


# -- command line ----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """`knee-intake …` on records of its own."""
    monkeypatch.setenv("KNEE_INTAKE_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")

    def command(*argv: str) -> tuple[int, str, str]:
        status = cli.main(list(argv))
        out, err = capsys.readouterr()
        return status, out, err

    return command


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{tmp_path / 'records.sqlite3'}")) as database:
        migrate(database)
        yield database


def test_the_command_erases_a_contact_and_first_says_what(kept: Database, run: Any) -> None:
    made = plant(kept, 1)
    status, out, _ = run("erase", "--contact", PHONE, "--dry-run")
    assert (status, f"would erase: {made}" in out) == (0, True)
    assert WORD in stored(kept)
    status, out, _ = run("erase", "--contact", PHONE)
    assert (status, f"erased: {made}" in out) == (0, True)
    assert WORD not in stored(kept)
    assert run("erase", "--contact", "Robin")[0] == 2


def test_the_command_replays_tombstones_of_a_file_and_of_its_own(kept: Database, run: Any, tmp_path: Path) -> None:
    erase(kept, plant(kept, 1), now=NOW)
    file = tmp_path / "stones.jsonl"
    file.write_text(run("retention", "--tombstones")[1])
    for word, arguments in (("reborn", [str(file)]), ("risen", [])):
        plant(kept, 1, word=word)
        assert run("retention", "--replay-tombstones", *arguments)[1] == "erased again: 1\n"
        assert word not in stored(kept)
    assert run("retention", "--replay-tombstones", str(tmp_path / "none"))[0] == 2


def test_the_days_of_the_settings_hold_for_the_command(
    kept: Database, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept.write() as connection:
        add_conversation(connection, 1, status="active", at=NOW - timedelta(days=3000))
        add_conversation(connection, 2, status="booked", at=NOW - timedelta(days=3000))
    monkeypatch.setenv("KNEE_INTAKE_RETENTION_DAYS", "active=30")
    _, out, _ = run("retention", "--dry-run")
    assert "active: 1, over 30 days, the oldest from 2018-09-06" in out
    run("retention")
    with kept.read() as connection:
        assert connection.execute(sa.select(schema.conversations.c.id)).scalars().all() == [conversation_id(2)]


@pytest.mark.parametrize("value", ["active", "active=0", "active=-1", "active=x", "=3", "active=1,active=2", "actve=3"])
def test_days_that_are_none_are_refused(run: Any, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("KNEE_INTAKE_RETENTION_DAYS", value)
    status, _, err = run("retention", "--dry-run")
    assert (status, "KNEE_INTAKE_RETENTION_DAYS" in err) == (2, True)


def test_the_command_invites_and_resets(kept: Database, run: Any) -> None:
    _, out, _ = run("staff", "invite", "Nia", "--role", "viewer")
    assert "/staff/invitation/" in out
    assert run("staff", "invite", "Nia", "--role", "viewer")[0] == 2
    add_member(kept, name="Ana", role="admin", password="grey heron at noon", now=NOW)
    assert "/staff/invitation/" in run("staff", "reset", "Ana", "--totp")[1]
    assert run("staff", "reset", "Zoe")[0] == 2
