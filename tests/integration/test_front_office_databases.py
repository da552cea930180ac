"""What the front office writes and reads works on both databases, and two processes do not trip over each other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from knee_intake.errors import CallChangedError
from knee_intake.records import contact_keys, people, phone_intakes, privacy_requests, saved_replies, schema
from knee_intake.records.calls import Tried, call_list, note_attempt
from knee_intake.records.database import Database
from knee_intake.records.erasure import erase
from knee_intake.records.migrate import _config, migrate
from knee_intake.records.staff_accounts import add_member
from knee_intake.records.store import Store
from tests.integration.staff_rows import NOW, add_alert, add_booking, add_conversation, conversation_id
from tests.integration.test_people import SECRET, intake_with
from tests.postgres_server import postgres_server

ONE, TWO, THREE = (conversation_id(number) for number in (1, 2, 3))


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database with three conversations of one phone, the first with an alert, the second with a visit."""
    is_file = request.param == "sqlite"
    address = f"sqlite:///{tmp_path / 'both.sqlite3'}" if is_file else request.getfixturevalue("postgres")
    with closing(Database(address)) as database:
        if not is_file:
            with database.write() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
        migrate(database)
        add_member(database, name="dana", role="manager", password="grey heron at noon", now=NOW)
        with database.write() as connection:
            for number in (1, 2, 3):
                add_conversation(connection, number, intake=intake_with(phone="(212) 555-0123"))
            add_alert(connection, ONE)
            add_booking(connection, TWO, start=NOW + timedelta(days=2))
        yield database


def test_all_of_it_works(both: Database) -> None:
    def fill() -> int:
        with both.write() as connection:
            return contact_keys.fill(connection, SECRET, NOW)

    with ThreadPoolExecutor(3) as pool:
        assert max(one.result() for one in [pool.submit(fill) for _ in range(3)]) == 3
    with both.write() as connection:
        assert [call.conversation for call in call_list(connection, NOW)[0]] == [ONE, TWO]
        assert note_attempt(connection, ONE, Tried("reached", "k", 0, settled=True), 1, NOW + timedelta(minutes=1))
        assert [call.conversation for call in call_list(connection, NOW)[0]] == [TWO]
        assert people.join(connection, ONE, TWO, 1, NOW)
        assert people.part(connection, THREE, ONE, 1, NOW)
        assert people.joined_with(connection, [ONE, TWO, THREE]) == {ONE: 1, TWO: 1}
        assert [row["id"] for row in people.people_of(connection, ONE).joined] == [TWO]
        assert saved_replies.add_reply(connection, "Call", "Call us.", 1, NOW) == 1
        assert saved_replies.replies(connection)[0]["who"] == "dana"
        assert privacy_requests.add_chat_request(connection, "delete", ONE, NOW - timedelta(days=31))
        assert not privacy_requests.add_chat_request(connection, "delete", ONE, NOW)
        assert privacy_requests.count_overdue(connection, NOW) == 1
        assert phone_intakes.going_on(connection, NOW) == []
    store = Store(both, SECRET)
    ident, _ = store.create(NOW, [], {}, demo=True, source="phone", conversation=conversation_id(9))
    assert store.create(NOW, [], {}, demo=True, source="phone", conversation=ident)[0] == ident
    erase(both, ONE, now=NOW)
    with both.read() as connection:
        assert [row["id"] for row in phone_intakes.going_on(connection, NOW)] == [ident]
        assert connection.execute(sa.select(schema.privacy_requests.c.state)).scalars().all() == ["done"]
        assert connection.execute(sa.select(schema.other_people)).all() == []


def test_of_two_who_note_a_call_at_once_one_is_told(both: Database) -> None:
    def ring(key: str) -> str:
        with both.write() as connection:
            try:
                return str(note_attempt(connection, ONE, Tried("no_answer", key, 0), 1, NOW))
            except CallChangedError:
                return "told"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(one.result() for one in [pool.submit(ring, key) for key in "ab"]) == ["True", "told"]


def test_wishes_from_before_become_requests_and_it_can_be_taken_back(both: Database) -> None:
    with both.write() as connection:
        command.downgrade(_config(connection), "r0006")
        connection.exec_driver_sql(f"UPDATE conversations SET erase_requested_at = updated_at WHERE id = '{ONE}'")
    migrate(both)
    with both.read() as connection:
        (row,) = privacy_requests.open_requests(connection)
    assert (row["conversation_id"], row["asked_at"], row["due_at"]) == (ONE, NOW, NOW + timedelta(days=30))
