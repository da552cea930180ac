"""Limits in the records: what is counted, for how long, and that only hashes are kept."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.booking.limits import keyed
from knee_intake.errors import BookingLimitError
from knee_intake.practice import BookingLimits
from knee_intake.records.booking_limits import LimitRules, check_limits, count_staff_visit, forget_addresses
from knee_intake.records.database import Database
from knee_intake.records.schema import booking_attempts, bookings, conversations

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SECRET = b"s" * 32
RULES = LimitRules(
    BookingLimits(holds_per_hour=2, visits_per_conversation=2, visits_per_address=2, visits_per_contact=1), SECRET
)


class Desk:
    """Visitors who hold and ask for visits; each call has a key of its own unless one is given."""

    def __init__(self, database: Database) -> None:
        self.database, self._number = database, 0

    def chat(self, name: str, address: str | None = None, now: datetime = NOW) -> str:
        mac = {"address_mac": keyed(SECRET, "address", address), "address_at": now} if address else {}
        with self.database.write() as connection:
            connection.execute(
                conversations.insert().values(id=name, token_hash=b"x" * 32, created_at=now, updated_at=now, **mac)
            )
        return name

    def hold(self, chat: str, key: str = "", now: datetime = NOW, rules: LimitRules | None = RULES) -> None:
        with self.database.write() as connection:
            check_limits(connection, rules, effect="hold", key=key or self._key(), conversation=chat, now=now)

    def place(
        self, chat: str, contact: str = "", key: str = "", now: datetime = NOW, rules: LimitRules | None = RULES
    ) -> str:
        key = key or self._key()
        with self.database.write() as connection:
            check_limits(
                connection, rules, effect="place", key=key, conversation=chat,
                contact=contact or f"{key}@example.org", now=now,
            )  # fmt: skip
            self._book(connection, key, chat)
        return key

    def staff(self, contact: str) -> None:
        key = self._key()
        with self.database.write() as connection:
            count_staff_visit(connection, SECRET, key=key, contact=contact, now=NOW)
            self._book(connection, key, None)

    def _book(self, connection: sa.engine.Connection, key: str, chat: str | None) -> None:
        if connection.execute(sa.select(bookings).where(bookings.c.effect_key == key)).first() is None:
            self._number += 1
            start = NOW + 2 * DAY + self._number * HOUR
            connection.execute(
                bookings.insert().values(
                    id=key, reference=key, conversation_id=chat, effect_key=key, kind="first_visit", clinician="one",
                    start=start, end=start + HOUR, status="requested", created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip

    def cancel(self, key: str) -> None:
        with self.database.write() as connection:
            connection.execute(bookings.update().where(bookings.c.effect_key == key).values(status="cancelled"))

    def tidy(self, now: datetime) -> None:
        with self.database.write() as connection:
            forget_addresses(connection, now)

    def rows(self, table: sa.Table) -> list[dict[str, object]]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(table.select()).mappings()]

    def _key(self) -> str:
        self._number += 1
        return f"k{self._number}"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def refused(reason: str) -> Any:
    return pytest.raises(BookingLimitError, match=f"reached: {reason}")


def test_holds_are_counted_by_the_hour_and_the_conversation(desk: Desk) -> None:
    desk.chat("a"), desk.chat("b")
    desk.hold("a")
    desk.hold("a", now=NOW + timedelta(minutes=30))
    with refused("holds"):
        desk.hold("a", now=NOW + timedelta(minutes=59))
    desk.hold("b", now=NOW + timedelta(minutes=59))
    desk.hold("a", now=NOW + HOUR)
    with refused("holds"):
        desk.hold("a", now=NOW + HOUR)


def test_a_repeated_effect_counts_once(desk: Desk) -> None:
    desk.chat("a")
    for _ in range(3):
        desk.hold("a", key="same")
    desk.hold("a")
    key = desk.place("a")
    for _ in range(3):
        desk.place("a", key=key)
    desk.place("a")
    assert len(desk.rows(booking_attempts)) == 4


def test_a_refused_visit_is_not_counted(desk: Desk) -> None:
    desk.chat("a")
    desk.place("a"), desk.place("a")
    for _ in range(2):
        with refused("conversation"):
            desk.place("a")
    assert len(desk.rows(booking_attempts)) == 2


def test_moved_and_cancelled_visits_of_a_conversation_count(desk: Desk) -> None:
    desk.chat("a")
    desk.cancel(desk.place("a"))
    desk.cancel(desk.place("a"))
    with refused("conversation"):
        desk.place("a")


def test_conversations_of_one_address_count_for_a_day(desk: Desk) -> None:
    for name in "abcd":
        desk.chat(name, "203.0.113.7")
    desk.chat("e", "203.0.113.8"), desk.chat("f")
    desk.place("a"), desk.place("b")
    with refused("address"):
        desk.place("c")
    desk.place("a")  # another time for the same chat is no other visitor
    desk.place("e"), desk.place("f")
    with refused("address"):
        desk.place("c", now=NOW + DAY - timedelta(seconds=1))
    desk.place("c", now=NOW + DAY)


def test_a_contact_has_one_open_visit_however_it_is_written(desk: Desk) -> None:
    for name in "abcd":
        desk.chat(name)
    key = desk.place("a", "(212) 555-0143")
    with refused("contact"):
        desk.place("b", "+1 212 555 0143")
    desk.place("c", "212-555-0144")
    desk.place("a", "212 555 0143")  # to move one's own visit is no second one
    desk.cancel(key)
    with refused("contact"):
        desk.place("b", "212.555.0143")
    for row in desk.rows(booking_attempts):
        desk.cancel(str(row["effect_key"]))
    desk.place("b", "212.555.0143")


def test_a_contact_is_free_again_once_the_visit_is_over(desk: Desk) -> None:
    desk.chat("a"), desk.chat("b")
    desk.place("a", "a@b.org")
    with refused("contact"):
        desk.place("b", "a@b.org", now=NOW + 2 * DAY)
    desk.place("b", "a@b.org", now=NOW + 3 * DAY)


def test_a_visit_that_staff_entered_counts_for_its_contact_and_staff_are_never_refused(desk: Desk) -> None:
    desk.chat("a")
    for _ in range(3):
        desk.staff("Robin@example.org")
    with refused("contact"):
        desk.place("a", "robin@example.org")


def test_without_rules_nothing_is_counted(desk: Desk) -> None:
    desk.chat("a")
    for _ in range(5):
        desk.hold("a", rules=None)
        desk.place("a", "a@b.org", rules=None)
    assert desk.rows(booking_attempts) == []


def test_neither_address_nor_contact_is_kept_in_the_clear(desk: Desk) -> None:
    desk.chat("a", "203.0.113.7")
    desk.place("a", "robin@example.org")
    kept = repr(desk.rows(booking_attempts)) + repr(desk.rows(conversations))
    assert "203.0.113.7" not in kept
    assert "robin" not in kept


def test_hashes_of_addresses_are_emptied_after_a_day(desk: Desk) -> None:
    desk.chat("a", "203.0.113.7")
    desk.hold("a")
    desk.place("a")
    desk.tidy(NOW + DAY - timedelta(seconds=1))
    assert len([row for row in desk.rows(booking_attempts) if row["address_mac"]]) == 2
    desk.tidy(NOW + DAY)
    (row,) = desk.rows(booking_attempts)
    assert (row["effect"], row["address_mac"]) == ("place", None)
    assert row["contact_mac"] is not None
    (chat,) = desk.rows(conversations)
    assert (chat["address_mac"], chat["address_at"]) == (None, None)


def test_what_staff_entered_is_forgotten_when_it_is_over(desk: Desk) -> None:
    desk.staff("a@b.org")
    desk.tidy(NOW + 2 * DAY)
    assert len(desk.rows(booking_attempts)) == 1
    desk.tidy(NOW + 3 * DAY)
    assert desk.rows(booking_attempts) == []


def test_what_was_counted_goes_with_its_conversation(desk: Desk) -> None:
    desk.chat("a")
    desk.hold("a")
    with desk.database.write() as connection:
        connection.execute(conversations.delete())
    assert desk.rows(booking_attempts) == []
