"""Members, passwords, back-off, sessions and tokens, on a real SQLite file."""

from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from knee_intake.errors import SignInError, StaffAccountError
from knee_intake.records.database import Database
from knee_intake.records.schema import audit, staff, staff_sessions
from knee_intake.records.staff_accounts import (
    FREE_TRIES,
    LONGEST_REST,
    Member,
    Session,
    add_member,
    disable_member,
    find_session,
    has_members,
    rest_after,
    set_clinician,
    sign_in,
    sign_out,
)
from knee_intake.records.staff_tokens import find_token

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=timezone.utc)
IDLE = timedelta(minutes=30)
PASSWORD = "grey heron at noon"


def _add(database: Database, name: str = "Ana", role: str = "reviewer", with_token: bool = False) -> str | None:
    return add_member(database, name=name, role=role, password=PASSWORD, now=NOW, with_token=with_token)


def _session(database: Database, secret: str, now: datetime, touch: bool = True) -> Session | None:
    with database.write() as connection:
        return find_session(connection, secret, now=now, idle=IDLE, touch=touch)


def _actions(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(audit.c.action).order_by(audit.c.id)).scalars())


def test_roles_include_those_before_them() -> None:
    reviewer = Member(1, "Ana", "reviewer")
    assert [reviewer.may(role) for role in ("viewer", "reviewer", "manager", "admin")] == [True, True, False, False]


def test_the_right_password_opens_a_session(database: Database) -> None:
    _add(database)
    session = _session(database, sign_in(database, " Ana ", PASSWORD, NOW), NOW)
    assert session is not None
    assert (session.member.name, session.member.role, session.ends_at) == ("Ana", "reviewer", NOW + IDLE)
    assert _actions(database) == ["staff_add", "login"]


def test_neither_password_nor_session_id_nor_token_is_stored(database: Database) -> None:
    token = _add(database, with_token=True)
    secret = sign_in(database, "Ana", PASSWORD, NOW)
    with database.read() as connection:
        stored = repr(connection.execute(sa.select(staff)).all() + connection.execute(sa.select(staff_sessions)).all())
    assert token is not None
    assert not any(hidden in stored for hidden in (PASSWORD, secret, token))


@pytest.mark.parametrize(("name", "password"), [("Ana", "wrong heron at noon"), ("Nobody", PASSWORD), ("Ana", "")])
def test_a_wrong_name_or_password_is_refused_in_the_same_words(database: Database, name: str, password: str) -> None:
    _add(database)
    with pytest.raises(SignInError, match="name and password do not match, or too many tries"):
        sign_in(database, name, password, NOW)
    assert _actions(database) == ["staff_add", "login_failed"]


def test_after_five_wrong_tries_even_the_right_password_waits(database: Database) -> None:
    _add(database)
    for _ in range(FREE_TRIES):
        with pytest.raises(SignInError):
            sign_in(database, "Ana", "wrong heron at noon", NOW)
    with pytest.raises(SignInError):
        sign_in(database, "Ana", PASSWORD, NOW + timedelta(seconds=59))
    assert sign_in(database, "Ana", PASSWORD, NOW + timedelta(seconds=61))


def test_a_success_forgets_the_wrong_tries(database: Database) -> None:
    _add(database)
    for _ in range(2):
        for _ in range(FREE_TRIES - 1):
            with pytest.raises(SignInError):
                sign_in(database, "Ana", "wrong heron at noon", NOW)
        assert sign_in(database, "Ana", PASSWORD, NOW)


def test_the_rest_doubles_up_to_a_limit() -> None:
    assert [rest_after(tries).total_seconds() for tries in (5, 6, 7, 8)] == [60, 120, 240, 480]
    assert rest_after(9) == rest_after(10_000) == LONGEST_REST


def test_a_session_ends_after_silence_but_not_while_used(database: Database) -> None:
    _add(database)
    secret = sign_in(database, "Ana", PASSWORD, NOW)
    assert _session(database, secret, NOW + timedelta(minutes=29)) is not None
    assert _session(database, secret, NOW + timedelta(minutes=58)) is not None
    assert _session(database, secret, NOW + timedelta(minutes=89)) is None


def test_looking_without_touching_does_not_keep_a_session_alive(database: Database) -> None:
    _add(database)
    secret = sign_in(database, "Ana", PASSWORD, NOW)
    assert _session(database, secret, NOW + timedelta(minutes=29), touch=False) is not None
    assert _session(database, secret, NOW + timedelta(minutes=31), touch=False) is None


def test_a_session_ends_after_twelve_hours_however_busy(database: Database) -> None:
    _add(database)
    secret = sign_in(database, "Ana", PASSWORD, NOW)
    for minutes in range(20, 12 * 60 + 1, 20):
        assert _session(database, secret, NOW + timedelta(minutes=minutes)) is not None
    assert _session(database, secret, NOW + timedelta(hours=12, minutes=1)) is None


def test_signing_out_ends_only_that_session(database: Database) -> None:
    _add(database)
    first, second = sign_in(database, "Ana", PASSWORD, NOW), sign_in(database, "Ana", PASSWORD, NOW)
    session = _session(database, first, NOW)
    assert session is not None
    sign_out(database, first, session.member, NOW)
    assert _session(database, first, NOW) is None
    assert _session(database, second, NOW) is not None


def test_a_disabled_member_is_out_at_once_with_session_password_and_token(database: Database) -> None:
    token = _add(database, with_token=True)
    secret = sign_in(database, "Ana", PASSWORD, NOW)
    disable_member(database, "Ana", NOW)
    assert _session(database, secret, NOW) is None
    with database.write() as connection:
        assert find_token(connection, token or "", NOW) is None
        assert not has_members(connection)
    with pytest.raises(SignInError):
        sign_in(database, "Ana", PASSWORD, NOW)


def test_a_token_names_its_member(database: Database) -> None:
    token = _add(database, with_token=True)
    with database.write() as connection:
        member = find_token(connection, token or "", NOW)
        assert member is not None
        assert member.name == "Ana"
        assert find_token(connection, "something else", NOW) is None


def test_adding_a_disabled_member_gives_a_new_password(database: Database) -> None:
    _add(database)
    disable_member(database, "Ana", NOW)
    add_member(database, name="Ana", role="manager", password="a new heron at dusk", now=NOW)
    assert sign_in(database, "Ana", "a new heron at dusk", NOW)
    with pytest.raises(SignInError):
        sign_in(database, "Ana", PASSWORD, NOW)


@pytest.mark.parametrize(
    ("name", "role", "password", "reason"),
    [
        ("", "viewer", PASSWORD, "1 to 80 characters"),
        ("A" * 81, "viewer", PASSWORD, "1 to 80 characters"),
        ("Ana\n", "boss", PASSWORD, "one of viewer, reviewer, manager, admin"),
        ("Ana", "viewer", "short", "12 to 256 characters"),
        ("Ana", "viewer", "x" * 257, "12 to 256 characters"),
        ("Anastasia", "viewer", "anastasia-2026", "too easy"),
        ("Ana", "viewer", "aaaaaaaaaaaa", "too easy"),
    ],
)
def test_what_cannot_be_a_member_is_refused(
    database: Database, name: str, role: str, password: str, reason: str
) -> None:
    with pytest.raises(StaffAccountError, match=reason):
        add_member(database, name=name, role=role, password=password, now=NOW)


def test_an_active_member_is_not_overwritten(database: Database) -> None:
    _add(database)
    with pytest.raises(StaffAccountError, match="a member already"):
        _add(database)


def test_disabling_nobody_is_refused(database: Database) -> None:
    with pytest.raises(StaffAccountError, match="no member called Zoe"):
        disable_member(database, "Zoe", NOW)


def test_a_clinician_is_marked_when_added_or_later_and_no_longer(database: Database) -> None:
    add_member(database, name="Lee", role="viewer", password=PASSWORD, now=NOW, clinician=True)
    _add(database)

    def clinicians() -> list[bool]:
        secrets = [sign_in(database, name, PASSWORD, NOW) for name in ("Lee", "Ana")]
        sessions = [_session(database, secret, NOW) for secret in secrets]
        return [session.member.clinician for session in sessions if session is not None]

    assert clinicians() == [True, False]
    set_clinician(database, " Ana ", True, NOW)
    assert clinicians() == [True, True]
    set_clinician(database, "Lee", False, NOW)
    assert clinicians() == [False, True]
    assert _actions(database).count("staff_clinician") == 2
    with pytest.raises(StaffAccountError):
        set_clinician(database, "Nobody", True, NOW)
