"""Accounts and restrictions on both databases: what differs there are locks, types and joins."""

from __future__ import annotations

import threading
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from knee_intake.errors import CodeNeededError, LastAdminError, RestrictedError, SignInError, StorageError
from knee_intake.records import members, restrictions, schema, staff_accounts, staff_sessions, staff_tokens
from knee_intake.records.database import Database
from knee_intake.records.queue import Filters
from knee_intake.records.second_factor import begin, confirm, pending_secret
from knee_intake.records.staff_queries import list_conversations
from tests.integration.staff_rows import NOW, add_conversation
from tests.integration.test_erasure import database, postgres

__all__ = ["database", "postgres"]
PASSWORD, SECRET = "grey heron at noon", b"k" * 32


def add(database: Database, name: str, role: str) -> staff_accounts.Member:
    staff_accounts.add_member(database, name=name, role=role, password=PASSWORD, now=NOW)
    with database.read() as connection:
        return staff_accounts.Member(members.member_named(connection, name), name, role)


def test_from_an_invitation_to_a_second_factor(database: Database) -> None:
    with database.write() as connection:
        token = members.invite(connection, name="Nia", role="viewer", now=NOW, by=None)
        row = members.invited_member(connection, token, NOW)
        session = staff_accounts.open_session(connection, row.id, NOW)
    nia = staff_accounts.Member(row.id, "Nia", "viewer")
    staff_sessions.change_password(database, nia, session, "", PASSWORD, NOW)
    with database.write() as connection:
        begin(connection, nia.id)
        app = pyotp.TOTP(pending_secret(connection, SECRET, nia.id) or "")
        assert len(confirm(connection, SECRET, nia.id, app.at(NOW), NOW)) == 8
    later = NOW + timedelta(minutes=1)
    with pytest.raises(CodeNeededError) as needed:
        staff_accounts.sign_in(database, "Nia", PASSWORD, later)
    step = needed.value.staff_id, needed.value.proof, app.at(later)
    assert staff_accounts.finish_sign_in(database, SECRET, *step, later)
    with pytest.raises(SignInError):
        staff_accounts.finish_sign_in(database, SECRET, *step, later)
    with database.read() as connection:
        (line,) = members.all_members(connection)
        assert (line.sessions, line.seen_at, line.must_change) == (2, later, False)


def test_of_two_admins_who_demote_each_other_at_once_one_stays(database: Database) -> None:
    ana, zoe = add(database, "Ana", "admin"), add(database, "Zoe", "admin")
    barrier, refused = threading.Barrier(2), []

    def demote(other: staff_accounts.Member, by: staff_accounts.Member) -> None:
        barrier.wait()
        try:
            with database.write() as connection:
                members.change_role(connection, other.id, "admin", "viewer", NOW, by.id)
        except Exception as error:  # noqa: BLE001 (a deadlock that the database ends is a refusal as well)
            refused.append(type(error))

    works = [threading.Thread(target=demote, args=pair) for pair in ((ana, zoe), (zoe, ana))]
    for work in works:
        work.start()
    for work in works:
        work.join()
    with database.read() as connection:
        admins = [row.name for row in members.all_members(connection) if row.role == "admin"]
    assert len(admins) == 1
    assert refused in ([LastAdminError], [StorageError]), "the second one, by the rule or by the deadlock it lost"


def test_many_wrong_passwords_at_once_are_all_counted(database: Database) -> None:
    add(database, "Ana", "viewer")

    def wrong() -> None:
        with pytest.raises(SignInError):
            staff_accounts.sign_in(database, "Ana", "wrong heron at noon", NOW)

    works = [threading.Thread(target=wrong) for _ in range(staff_accounts.FREE_TRIES)]
    for work in works:
        work.start()
    for work in works:
        work.join()
    with pytest.raises(SignInError):
        staff_accounts.sign_in(database, "Ana", PASSWORD, NOW)


def test_a_token_is_found_by_its_hash_while_it_is_good(database: Database) -> None:
    ana = add(database, "Ana", "viewer")
    with database.write() as connection:
        token = staff_tokens.make_token(connection, ana.id, "mine", ["read"], NOW + timedelta(days=1), NOW)
        bearer = staff_tokens.find_token(connection, token, NOW)
        assert bearer is not None
        assert bearer.scopes == {"read"}
        assert staff_tokens.find_token(connection, token, NOW + timedelta(days=1)) is None


def test_a_restricted_conversation_is_masked_left_out_and_opened(database: Database) -> None:
    ana, boss = add(database, "Ana", "reviewer"), add(database, "Zoe", "manager")
    with database.write() as connection:
        made = add_conversation(connection, 1, urgency="same_day")
        add_conversation(connection, 2)
        assert restrictions.restrict(connection, made, boss.id, NOW)
        hidden = restrictions.hidden_ids(ana, NOW)
        page = list_conversations(connection, filters=Filters(hidden=hidden))
        assert [(item.restricted, item.first_name) for item in page.items] == [(True, None), (False, "Robin")]
        page = list_conversations(connection, filters=Filters(hidden=hidden, statuses=("active",)))
        assert [item.restricted for item in page.items] == [False]
        with pytest.raises(RestrictedError):
            restrictions.check(connection, ana, made, NOW)
        restrictions.check(connection, boss, made, NOW)
        restrictions.open_in_emergency(connection, ana, made, "the patient is at the desk", NOW)
        restrictions.check(connection, ana, made, NOW)
        (opening,) = restrictions.openings(connection)
        assert restrictions.review_opening(connection, opening.id, boss.id, NOW) == made
        assert restrictions.unrestrict(connection, made, NOW)
        assert connection.execute(sa.select(schema.restrictions)).all() == []
