"""Maybe the same person: found by an index over keyed hashes, joined and parted by staff, gone with an erasure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.interview.model import Answer
from knee_intake.records import contact_keys, people, schema
from knee_intake.records.erasure import erase
from tests.integration.staff_rows import NOW, add_booking, add_conversation, an_intake, conversation_id
from tests.integration.test_staff_console import Console, csrf_of

ONE, TWO, THREE, FOUR = (conversation_id(number) for number in (1, 2, 3, 4))
SECRET = b"k" * 32


def intake_with(phone: str | None = None, email: str | None = None) -> Any:
    intake = an_intake()
    for name, value in (("phone", phone), ("email", email)):
        if value:
            intake.answers[name] = Answer(value, value, 14, "asked")
    return intake


def arrive(connection: Connection, number: int, **contact: str) -> str:
    """A conversation whose contact a turn has just stored."""
    intake = intake_with(**contact)
    ident = add_conversation(connection, number, intake=intake, at=NOW + timedelta(minutes=number))
    contact_keys.note_contacts(connection, SECRET, ident, intake.to_dict())
    return ident


@pytest.fixture
def four(console: Console) -> Console:
    """One and Two share a phone, Two and Three an email, Four is somebody else."""
    with console.write() as connection:
        arrive(connection, 1, phone="(212) 555-0123")
        arrive(connection, 2, phone="+1 212 555 0123", email="Robin@Example.org")
        arrive(connection, 3, email="robin@example.org")
        arrive(connection, 4, phone="212-555-0199")
    return console


def found(console: Console, conversation: str) -> dict[str, list[str]]:
    with console.context.database.read() as connection:
        seen = people.people_of(connection, conversation)
    return {name: sorted(row["id"] for row in getattr(seen, name)) for name in ("joined", "maybe", "parted")}


class Clerk:
    """A member who knows the patients."""

    def __init__(self, console: Console, role: str = "reviewer") -> None:
        self.browser = console.signed_in(role)
        self.csrf = csrf_of(self.browser.get("/staff").text)

    def decide(self, conversation: str, do: str, other: str = "") -> Any:
        form = {"csrf": self.csrf, "do": do, "other": other}
        return self.browser.post(f"/staff/conversations/{conversation}/person", data=form)


def test_the_same_contact_however_written_is_shown_and_nothing_is_joined_by_itself(four: Console) -> None:
    assert found(four, ONE) == {"joined": [], "maybe": [TWO], "parted": []}
    assert found(four, TWO)["maybe"] == [ONE, THREE]
    assert found(four, FOUR) == {"joined": [], "maybe": [], "parted": []}
    page = four.signed_in("viewer").get(f"/staff/conversations/{ONE}").text
    assert "Maybe the same person" in page
    assert f'href="/staff/conversations/{TWO}"' in page
    assert "Same person</button>" not in page, "a viewer reads"


def test_joined_ones_show_each_other_from_every_side_and_the_queue_marks_them(four: Console) -> None:
    clerk = Clerk(four)
    assert clerk.decide(ONE, "join", TWO).status_code == 303
    assert clerk.decide(THREE, "join", TWO).status_code == 303
    for one, others in ((ONE, [TWO, THREE]), (TWO, [ONE, THREE]), (THREE, [ONE, TWO])):
        assert found(four, one) == {"joined": others, "maybe": [], "parted": []}
    assert clerk.browser.get("/staff").text.count("same person: 2 more") == 3
    assert "joined by a reviewer" in clerk.browser.get(f"/staff/conversations/{THREE}").text
    assert [action for action, _ in four.audit() if action.startswith("person")] == ["person_join"] * 2


def test_two_groups_that_are_joined_are_one(four: Console) -> None:
    clerk = Clerk(four)
    clerk.decide(ONE, "join", TWO)
    clerk.decide(THREE, "join", FOUR)
    clerk.decide(TWO, "join", THREE)
    assert found(four, FOUR)["joined"] == [ONE, TWO, THREE]


def test_one_is_taken_out_again_and_a_group_of_one_is_none(four: Console) -> None:
    clerk = Clerk(four)
    clerk.decide(ONE, "join", TWO)
    assert clerk.decide(TWO, "leave").status_code == 303
    assert found(four, ONE) == {"joined": [], "maybe": [TWO], "parted": []}
    with four.context.database.read() as connection:
        assert connection.execute(sa.select(schema.same_people)).all() == []


def test_not_the_same_is_never_asked_again_until_it_is_undone(four: Console) -> None:
    clerk = Clerk(four)
    clerk.decide(ONE, "part", TWO)
    assert found(four, ONE) == {"joined": [], "maybe": [], "parted": [TWO]}
    assert found(four, TWO) == {"joined": [], "maybe": [THREE], "parted": [ONE]}
    clerk.decide(TWO, "join", THREE)
    assert found(four, THREE)["maybe"] == []
    clerk.decide(TWO, "ask_again", ONE)
    assert found(four, ONE)["maybe"] == [TWO]


def test_the_second_who_decides_otherwise_is_told(four: Console) -> None:
    first, second = Clerk(four), Clerk(four, "manager")
    first.decide(ONE, "join", TWO)
    answer = second.decide(TWO, "part", ONE)
    assert answer.status_code == 409
    assert "Somebody else has decided this" in answer.text
    first.decide(THREE, "part", FOUR)
    first.decide(TWO, "join", THREE)
    assert second.decide(ONE, "join", FOUR).status_code == 409, "somebody in the group is not Four"
    assert found(four, ONE)["joined"] == [TWO, THREE]


def test_sent_twice_it_is_done_once(four: Console) -> None:
    clerk = Clerk(four)
    for deed, other in (("join", TWO), ("part", FOUR), ("ask_again", FOUR), ("leave", "")):
        assert [clerk.decide(ONE, deed, other).status_code for _ in range(2)] == [303, 303]
    done = [action for action, _ in four.audit() if action.startswith("person")]
    assert done == ["person_join", "person_part", "person_ask_again", "person_leave"]


@pytest.mark.parametrize(
    ("do", "other", "status"),
    [("join", "nobody", 404), ("join", ONE, 404), ("merge", TWO, 400), ("part", "x" * 37, 400), ("join", "", 404)],
)
def test_what_makes_no_sense_is_refused(four: Console, do: str, other: str, status: int) -> None:
    assert Clerk(four).decide(ONE, do, other).status_code == status


def test_an_erasure_takes_hashes_and_joins_with_it(four: Console) -> None:
    clerk = Clerk(four)
    clerk.decide(ONE, "join", TWO)
    clerk.decide(TWO, "part", THREE)
    erase(four.context.database, TWO, now=NOW)
    with four.context.database.read() as connection:
        tables = (schema.contact_keys, schema.same_people)
        left = [connection.execute(sa.select(table.c.conversation_id)).scalars().all() for table in tables]
        left.append(connection.execute(sa.select(schema.other_people.c.one)).scalars().all())
    assert [sorted(one) for one in left] == [[ONE, THREE, FOUR], [ONE], []]
    assert found(four, ONE) == {"joined": [], "maybe": [], "parted": []}


def test_a_visit_that_staff_entered_with_the_same_contact_is_shown_until_it_is_forgotten(four: Console) -> None:
    with four.write() as connection:
        add_booking(connection, ONE, reference="CCC-CCC")
        connection.execute(sa.update(schema.bookings).values(conversation_id=None, source="staff"))
        contact_keys.note_visit(connection, SECRET, "CCC-CCC", "212 5550123")
    assert "CCC-CCC" in Clerk(four).browser.get(f"/staff/conversations/{ONE}").text
    assert "CCC-CCC" not in Clerk(four).browser.get(f"/staff/conversations/{FOUR}").text


def test_without_consent_nothing_is_found(four: Console) -> None:
    with four.write() as connection:
        own = schema.conversations.c.id == TWO
        connection.execute(sa.update(schema.conversations).where(own).values(consent_at=None))
    assert found(four, ONE)["maybe"] == []


# -- the hashes ------------------------------------------------------------------------------------------------------


def test_a_contact_that_is_put_right_is_no_longer_found_under_the_wrong_one(four: Console) -> None:
    with four.write() as connection:
        contact_keys.note_contacts(connection, SECRET, ONE, intake_with(phone="212 555 0199").to_dict())
    assert found(four, ONE)["maybe"] == [FOUR]


def test_contacts_from_before_there_were_hashes_are_hashed_once(console: Console, monkeypatch: Any) -> None:
    monkeypatch.setattr(contact_keys, "BATCH", 2)
    with console.write() as connection:
        for number in range(1, 6):
            add_conversation(connection, number, intake=intake_with(phone="212 555 0123"))
        add_booking(connection, ONE, reference="CCC-CCC")
        connection.execute(sa.update(schema.bookings).values(conversation_id=None, contact="212 555 0123"))
    looked = []
    for _ in range(4):
        with console.write() as connection:
            looked.append(contact_keys.fill(connection, SECRET, NOW))
    assert looked == [2, 2, 1, 0]
    assert len(found(console, ONE)["maybe"]) == 4
    with console.context.database.read() as connection:
        assert people.people_of(connection, ONE).visits[0]["reference"] == "CCC-CCC"


def test_no_contact_stands_in_the_hashes_and_another_secret_gives_others(four: Console) -> None:
    one, other = (contact_keys.contact_mac(secret, "212 555 0123") for secret in (SECRET, b"x" * 32))
    assert one != other
    assert len(one) == 32
    assert contact_keys.contact_mac(SECRET, "+12125550123") == one


def test_the_search_reads_indexes_alone(four: Console) -> None:
    """So that 100,000 conversations cost no more than four."""
    mine = sa.select(schema.contact_keys.c.mac).where(schema.contact_keys.c.conversation_id == ONE)
    query = sa.select(schema.contact_keys.c.conversation_id).where(schema.contact_keys.c.mac.in_(mine))
    text = str(query.compile(compile_kwargs={"literal_binds": True}))
    with four.context.database.read() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    assert plan
    assert not any("SCAN" in step for step in plan), plan
