"""The call list: who is on it, in which order, what a call changes, and what of two members is told to the second."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.interview.model import Answer
from knee_intake.records import schema
from knee_intake.records.calls import call_list
from knee_intake.web.call_pages import dial
from tests.integration.staff_rows import NOW, add_alert, add_booking, add_conversation, an_intake, conversation_id
from tests.integration.test_staff_console import Console, csrf_of

ONE, TWO, THREE = (conversation_id(number) for number in (1, 2, 3))
PAGE = "/staff/calls"


def reachable(phone: str = "(212) 555-0123") -> Any:
    intake = an_intake()
    intake.answers["phone"] = Answer(phone, phone, 14, "asked")
    return intake


def wish(connection: Connection, conversation: str, at: datetime = NOW, contact: str | None = "212 555 0123") -> None:
    connection.execute(
        sa.insert(schema.callbacks).values(
            conversation_id=conversation, topic="call_me", first_name="Robin", contact=contact, wishes="after lunch",
            created_at=at,
        )
    )  # fmt: skip


def listed(console: Console) -> list[str]:
    with console.context.database.read() as connection:
        return [call.conversation for call in call_list(connection, console.now)[0]]


class Caller:
    """A member who rings people."""

    def __init__(self, console: Console, role: str = "reviewer") -> None:
        self.console, self.browser = console, console.signed_in(role)
        self.csrf = csrf_of(self.browser.get("/staff").text)

    def note(self, conversation: str, outcome: str, key: str = "k", seen: int = 0, **more: str) -> Any:
        form = {"csrf": self.csrf, "outcome": outcome, "key": key, "seen": str(seen), **more}
        return self.browser.post(f"/staff/conversations/{conversation}/calls", data=form)


def tries(console: Console) -> list[Any]:
    with console.context.database.read() as connection:
        return list(connection.execute(sa.select(schema.call_attempts).order_by(schema.call_attempts.c.id)))


# -- who is on it ----------------------------------------------------------------------------------------------------


def test_everybody_who_is_to_be_rung_is_on_it_the_most_urgent_first(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1, intake=reachable())
        wish(connection, ONE)
        add_conversation(connection, 2, intake=reachable(), urgency="same_day")
        add_alert(connection, TWO)
        add_conversation(connection, 3)
        add_booking(connection, THREE, start=NOW + timedelta(days=2))
        add_conversation(connection, 4, intake=reachable())  # nothing is wished of it
        add_conversation(connection, 5, urgency="emergency_911")
        add_alert(connection, conversation_id(5), urgency="emergency_911")  # left no number
        connection.execute(sa.update(schema.bookings).values(created_at=NOW - timedelta(hours=1)))
    assert listed(console) == [TWO, THREE, ONE]
    page = console.signed_in("viewer").get(PAGE).text
    assert 'href="tel:+12125550123"' in page
    assert "wants a call" in page
    assert "after lunch" in page
    assert "Note a call" not in page, "a viewer reads"
    assert console.audit()[-1] == ("calls", None)


def test_whom_nobody_may_ring_is_not_on_it(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1, intake=reachable(), status="refused")
        add_conversation(connection, 2, intake=reachable())
        add_conversation(connection, 3, intake=reachable())
        for ident in (ONE, TWO, THREE):
            wish(connection, ident)
        own = schema.conversations.c.id == TWO
        connection.execute(sa.update(schema.conversations).where(own).values(erase_requested_at=NOW))
    assert listed(console) == [THREE]


def test_an_alert_is_taken_care_of_by_a_review_and_a_visit_by_confirming_it(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1, intake=reachable())
        add_alert(connection, ONE)
        add_conversation(connection, 2, intake=reachable())
        add_booking(connection, TWO, start=NOW + timedelta(days=2))
    assert listed(console) == [ONE, TWO]
    with console.write() as connection:
        connection.execute(sa.update(schema.conversations).values(review="contacted"))
        connection.execute(sa.update(schema.bookings).values(status="booked"))
    assert listed(console) == []


def test_an_alert_of_two_weeks_ago_and_a_visit_that_has_passed_are_no_reason(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1, intake=reachable())
        add_alert(connection, ONE)
        add_conversation(connection, 2, intake=reachable())
        add_booking(connection, TWO, start=NOW + timedelta(days=2))
    console.now = NOW + timedelta(days=14, minutes=1)
    assert listed(console) == []


# -- noting a call ---------------------------------------------------------------------------------------------------


@pytest.fixture
def wished(console: Console) -> Console:
    with console.write() as connection:
        add_conversation(connection, 1, intake=reachable())
        wish(connection, ONE)
        add_conversation(connection, 2, intake=reachable("212-555-0199"))
        wish(connection, TWO, NOW + timedelta(minutes=1))
    return console


def test_who_was_not_reached_moves_to_the_next_try(wished: Console) -> None:
    caller = Caller(wished)
    assert listed(wished) == [ONE, TWO]
    answer = caller.note(ONE, "no_answer", next="in_2_hours", note=" rang \n twice ", back="calls")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert listed(wished) == [TWO, ONE]
    (row,) = tries(wished)
    assert (row.outcome, row.note, row.settled) == ("no_answer", "rang twice", False)
    assert row.next_try_at == NOW + timedelta(hours=3), "two hours from ten is the lunch break"
    assert wished.audit()[-1] == ("called", ONE)
    page = caller.browser.get(PAGE).text
    assert "Nov 23, 1:00 PM" in page
    assert "rang twice" in page


def test_reached_takes_off_the_list_or_leaves_on_it(wished: Console) -> None:
    caller = Caller(wished)
    caller.note(ONE, "reached", "a")
    assert ONE in listed(wished)
    caller.note(ONE, "reached_done", "b", seen=tries(wished)[0].id)
    assert listed(wished) == [TWO]
    with wished.context.database.read() as connection:
        done = connection.execute(sa.select(schema.callbacks.c.done_at).order_by(schema.callbacks.c.id)).scalars().all()
    assert done == [NOW, None]
    with wished.write() as connection:
        wish(connection, ONE, NOW + timedelta(hours=1))
    assert listed(wished) == [TWO, ONE], "a new wish brings them back"


def test_a_settled_call_settles_alert_and_visit_until_there_is_something_new(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1, intake=reachable())
        add_alert(connection, ONE)
        add_booking(connection, ONE, start=NOW + timedelta(days=2))
    console.now = NOW + timedelta(minutes=5)
    Caller(console).note(ONE, "reached_done")
    assert listed(console) == []
    with console.write() as connection:
        add_alert(connection, ONE, rule="RF12", seq=6)
        connection.execute(
            sa.update(schema.alerts).where(schema.alerts.c.seq == 6).values(at=NOW + timedelta(minutes=6))
        )
    assert listed(console) == [ONE]


def test_three_times_no_answer_suggests_a_letter_and_a_letter_ends_it(wished: Console) -> None:
    caller, seen = Caller(wished), 0
    for number in range(3):
        assert "Think of a letter" not in caller.browser.get(PAGE).text
        assert caller.note(ONE, "no_answer", f"k{number}", seen).status_code == 303
        seen = tries(wished)[-1].id
    page = caller.browser.get(PAGE).text
    assert "Nobody answered three times in a row. Think of a letter." in page
    caller.note(ONE, "letter", "k4", seen)
    assert listed(wished) == [TWO]


def test_a_form_that_is_sent_twice_is_one_call(wished: Console) -> None:
    caller = Caller(wished)
    assert [caller.note(ONE, "voicemail").status_code for _ in range(3)] == [303] * 3
    assert len(tries(wished)) == 1
    assert [action for action, _ in wished.audit()].count("called") == 1


def test_the_second_who_rang_is_told(wished: Console) -> None:
    first, second = Caller(wished), Caller(wished, "manager")
    first.note(ONE, "reached_done", "a")
    answer = second.note(ONE, "no_answer", "b")
    assert answer.status_code == 409
    assert "Somebody else has noted a call to this person" in answer.text
    assert len(tries(wished)) == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"outcome": "moved"}, 400), ({"outcome": ""}, 400), ({"next": "at", "at": "2026-11-22T10:00"}, 400),
        ({"next": "someday"}, 400), ({"note": "n" * 301}, 400), ({"key": ""}, 400),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wished: Console, form: dict[str, str], status: int) -> None:
    fields = {"outcome": "voicemail", "key": "k", **form}
    caller = Caller(wished)
    answer = caller.note(ONE, fields.pop("outcome"), fields.pop("key"), **fields)
    assert answer.status_code == status
    assert tries(wished) == []


def test_i_have_called_still_works_and_is_a_try(wished: Console) -> None:
    caller = Caller(wished)
    form = {"csrf": caller.csrf, "callback": "1"}
    for _ in range(2):
        assert caller.browser.post(f"/staff/conversations/{ONE}/called", data=form).status_code == 303
    assert listed(wished) == [TWO]
    assert [(row.outcome, row.conversation_id) for row in tries(wished)] == [("reached", ONE)]


def test_the_section_stands_on_the_conversations_page(wished: Console) -> None:
    caller = Caller(wished)
    caller.note(ONE, "voicemail", next="morning")
    page = caller.browser.get(f"/staff/conversations/{ONE}").text
    assert '<h2 id="calls"' in page
    assert "<strong>voicemail</strong>" in page
    assert "Nov 24, 9:00 AM" in page


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("(212) 555-0123", "tel:+12125550123"), ("+44 20 7946 0958", "tel:+442079460958"), ("555-0123", "tel:5550123"),
        ("robin@example.org", None), ("ask my wife", None),
    ],
)  # fmt: skip
def test_a_number_can_be_rung_with_one_touch(contact: str, link: str | None) -> None:
    assert dial(contact) == link
