"""What is told of a restricted conversation in every room of the console: nothing, unless the reader is let in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from knee_intake.interview.model import Answer as Given
from knee_intake.records import chart_entries, notes, people, schema
from knee_intake.records.contact_keys import note_contacts
from knee_intake.records.lessons import LEARN, OPEN
from knee_intake.records.members import member_named
from knee_intake.records.privacy_requests import Asked, add_request
from knee_intake.records.restrictions import name_member, restrict, unname_member
from knee_intake.records.staff_accounts import Member
from knee_intake.web.export_pages import ExportPages
from knee_intake.web.staff import Console
from tests.integration.staff_app import Answer, StaffApp
from tests.integration.staff_rows import NOW, add_alert, add_booking, add_conversation, add_message, an_intake
from tests.integration.test_route_roles import session_of, staff_app

__all__ = ["staff_app"]
WORD, NAME, PHONE, NUMBER, REFERENCE = "wombatish", "Quillon", "212 555 0163", "CH-90417", "KW7-P4Q"
START = NOW + timedelta(days=800)
ONE = "/staff/conversations"

# What a reviewer asks for, and whether it tells something to whom is let in.
TARGETS: tuple[tuple[str, bool], ...] = (
    ("/staff?review=all", True),
    (f"/staff?q={WORD}", True),
    (f"{ONE}/{{secret}}", True),
    (f"{ONE}/{{secret}}?notes=0", True),
    (f"{ONE}/{{secret}}/events", False),
    (f"{ONE}/{{secret}}/chart.txt", True),
    (f"{ONE}/{{secret}}/chart.pdf", True),
    (f"{ONE}/{{secret}}/record.pdf", True),
    *((f"{ONE}/{{secret}}/export?format={kind}", True) for kind in ("json", "csv", "text", "fhir")),
    (f"{ONE}/{{secret}}/times", False),
    (f"{ONE}/{{secret}}/move", False),
    (f"{ONE}/{{other}}", True),
    ("/staff/api/conversations?limit=200", True),
    (f"/staff/api/conversations?q={WORD}", True),
    ("/staff/api/conversations/{secret}", True),
    ("/staff/export?review=all", False),
    *((f"/staff/export/file?review=all&format={kind}", True) for kind in ("json", "csv", "text", "fhir")),
    (f"/staff/export/file?q={WORD}&format=json", True),
    ("/staff/calls", True),
    ("/staff/charting", True),
    ("/staff/charting?closed=1", True),
    ("/staff/mentions", True),
    ("/staff/next", False),
    ("/staff/next?after={other}", False),
    ("/staff/requests", True),
    ("/staff/requests/{request}", True),
    ("/staff/requests/{others_request}", False),
    ("/staff/phone-intake", True),
    ("/staff/phone-intake/{secret}", True),
    ("/staff/learning", True),
    ("/staff/learning?reason=rejected", True),
    ("/staff/learning/approve", True),
    ("/staff/learning/sentences/{open}", True),
    ("/staff/learning/sentences/{learn}", True),
    ("/staff/learning/quality", False),
    ("/staff/learning/quality.csv", False),
    ("/staff/notices", False),
    (f"/staff/calendar?day={START:%Y-%m-%d}&view=day", True),
    (f"/fhir/Appointment?date=ge{START:%Y-%m-%d}&_count=200", True),
    ("/staff/events", False),
    ("/staff/pulse", False),
)
WITH_ITS_NUMBER = ("/staff?review=all", "/staff/api/conversations?limit=200")
"""The list says that there is one."""
FORMS: tuple[tuple[str, dict[str, str], int], ...] = (
    (f"{ONE}/{{other}}/person", {"do": "leave_out", "other": "{secret}"}, 400),
    (f"{ONE}/{{other}}/person", {"do": "part", "other": "{secret}"}, 403),
    (f"{ONE}/{{other}}/person", {"do": "join", "other": "{entered}"}, 403),
    ("/staff/requests", {"kind": "correct", "asked_by": "phone", "conversation": "{secret}", "key": "k9"}, 403),
    ("/staff/requests/{request}", {"state": "refused", "reason": "no"}, 404),
    ("/staff/phone-intake/{secret}", {"text": "yes", "message_id": "phone-1"}, 403),
    ("/staff/learning/sentences/{open}", {"seen": "open", "decision": "nothing"}, 404),
    ("/staff/learning/sentences/{learn}/approve", {"do": "out", "text": "my knee"}, 404),
    ("/staff/learning/sentences/{learn}/approve", {"do": "keep"}, 404),
)


@dataclass
class Planted:
    """The numbers of what stands in the records."""

    ids: dict[str, str] = field(default_factory=dict)

    def of(self, text: str) -> str:
        for name, value in self.ids.items():
            text = text.replace(f"{{{name}}}", value)
        return text


@pytest.fixture(scope="module")
def planted(staff_app: StaffApp) -> Planted:
    """Two restricted conversations of one person, whose contact an open one has too."""
    for role in ("viewer", "reviewer", "manager"):
        staff_app.badge(role)
    with staff_app.database.write() as connection:
        manager = Member(member_named(connection, "a manager"), "a manager", "manager")
        made = Planted({name: _talk(connection, number) for name, number in (("secret", 661), ("entered", 662))})
        made.ids["other"] = add_conversation(connection, 663, at=NOW - timedelta(days=1))
        secret, other = made.ids["secret"], made.ids["other"]
        by_phone = sa.update(schema.conversations).where(schema.conversations.c.id == secret).values(source="phone")
        connection.execute(by_phone)
        contacts = {"answers": {"phone": {"value": PHONE}}}
        for one in made.ids.values():
            note_contacts(connection, b"k" * 32, one, contacts)
        people.join(connection, other, secret, manager.id, NOW)
        _beside(connection, manager, made)
        for one in (secret, made.ids["entered"]):
            restrict(connection, one, manager.id, NOW)
    return made


def _talk(connection: Any, number: int) -> str:
    intake = an_intake()
    intake.answers["first_name"] = Given(NAME, f"{NAME}, {PHONE}", 14, "asked")
    intake.answers["phone"] = Given(PHONE, PHONE, 14, "asked")
    made = add_conversation(connection, number, intake=intake, first_name=NAME, urgency="same_day")
    for seq in (2, 4):
        add_message(connection, made, seq, "visitor", f"it is {WORD} {seq}", understanding={"intent": "inform"})
    connection.execute(
        sa.insert(schema.callbacks).values(
            conversation_id=made, topic="insurance", first_name=NAME, contact=PHONE, wishes=WORD, created_at=NOW
        )
    )
    return made


def _beside(connection: Any, manager: Member, made: Planted) -> None:
    secret, entered, other = made.ids["secret"], made.ids["entered"], made.ids["other"]
    add_alert(connection, secret)
    add_booking(connection, secret, reference=REFERENCE, start=START, clinician="sports_medicine")
    own = schema.bookings.c.reference == REFERENCE
    connection.execute(sa.update(schema.bookings).where(own).values(first_name=NAME, contact=PHONE))
    notes.add_note(connection, manager, secret, key="n1", text=f"@a reviewer, @a viewer: {WORD} {NAME}", now=NOW)
    notes.give_verdict(connection, manager, secret, "other", f"{WORD} {NAME}", NOW)
    chart_entries.enter(
        connection, entered, was=0, number=NUMBER, content=b"0" * 32, staff_id=manager.id, now=NOW - timedelta(days=9)
    )
    for name, conversation in (("request", secret), ("others_request", other)):
        asked = Asked(
            "correct", "phone", NOW, NOW + timedelta(days=9), conversation, name, NAME if name == "request" else ""
        )
        made.ids[name] = str(add_request(connection, asked, manager.id, NOW))
    for seq, state in ((2, OPEN), (4, LEARN)):
        lesson = {"key": state.encode().ljust(32), "state": state, "intent": "inform", "asked": None, "dated": False}
        row = connection.execute(sa.insert(schema.lessons).values(**lesson, decided_at=NOW))
        made.ids[state] = str(row.inserted_primary_key[0])
        flags = {"rejected": True, "low": False, "corrected": False, "judged": False}
        item = {"conversation_id": secret, "seq": seq, "lesson_id": row.inserted_primary_key[0], "at": NOW, **flags}
        connection.execute(sa.insert(schema.learning_items).values(**item))


@pytest.fixture
def let_in(staff_app: StaffApp, planted: Planted) -> Iterator[None]:
    """The reviewer is named in both."""
    both = [planted.ids["secret"], planted.ids["entered"]]
    with staff_app.database.write() as connection:
        reviewer = member_named(connection, "a reviewer")
        for one in both:
            name_member(connection, one, reviewer)
    yield
    with staff_app.database.write() as connection:
        for one in both:
            unname_member(connection, one, reviewer)


def told(answer: Answer) -> list[str]:
    """What of the two stands in an answer, in its headers, or on the pages of a PDF."""
    text = answer.text + repr(answer.headers)
    if answer.content.startswith(b"%PDF"):
        text += "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    return [one for one in (WORD, NAME, PHONE, NUMBER, REFERENCE) if one in text]


@pytest.mark.parametrize("target", [target for target, _ in TARGETS])
def test_who_is_not_let_in_is_told_nothing(staff_app: StaffApp, planted: Planted, target: str) -> None:
    for role in ("viewer", "reviewer"):
        badge = staff_app.badge(role)
        proofs: list[dict[str, Any]] = [session_of(badge)]
        if target.startswith(("/staff/api", "/fhir")):
            proofs.append({"token": badge.token})
        for proof in proofs:
            answer = staff_app.send("GET", planted.of(target), **proof)
            assert answer.status in (200, 303, 403, 404), answer.text
            echoed = [WORD] if f"q={WORD}" in target else []  # the page repeats what was searched for
            assert [one for one in told(answer) if one not in echoed] == []
            if target not in WITH_ITS_NUMBER and "{secret}" not in target and "/export?" not in target:
                numbers = (planted.ids["secret"], planted.ids["entered"])
                assert not [one for one in numbers if one in answer.text + answer.headers.get("location", "")]


@pytest.mark.parametrize("target", [target for target, tells in TARGETS if tells])
def test_who_is_let_in_and_managers_are_told(staff_app: StaffApp, planted: Planted, let_in: None, target: str) -> None:
    for role in ("reviewer", "manager"):
        if (role, target) == ("manager", "/staff/mentions"):
            continue  # it names the reviewer
        answer = staff_app.send("GET", planted.of(target), **session_of(staff_app.badge(role)))
        assert answer.status == 200
        assert told(answer) != []


@pytest.mark.parametrize(("target", "form", "status"), FORMS)
def test_no_form_reaches_it(
    staff_app: StaffApp, planted: Planted, target: str, form: dict[str, str], status: int
) -> None:
    filled = {name: planted.of(value) for name, value in form.items()}
    answer = staff_app.send("POST", planted.of(target), form=filled, **session_of(staff_app.badge("reviewer")))
    assert (answer.status, told(answer)) == (status, [])


def test_the_next_one_and_the_number_of_mentions_leave_it_out(
    staff_app: StaffApp, planted: Planted, let_in: None
) -> None:
    with staff_app.database.write() as connection:
        connection.execute(sa.update(schema.note_mentions).values(seen_at=None))
    viewer, reviewer = (session_of(staff_app.badge(role)) for role in ("viewer", "reviewer"))
    following = [staff_app.send("GET", "/staff/next", **who).headers["location"] for who in (viewer, reviewer)]
    assert [planted.ids["secret"] in one for one in following] == [False, True]
    counted = ["Mentions <span" in staff_app.send("GET", "/staff/calls", **who).text for who in (viewer, reviewer)]
    assert counted == [False, True]


def test_one_that_is_restricted_while_a_file_is_written_is_not_in_it(staff_app: StaffApp, planted: Planted) -> None:
    pages = ExportPages(staff_app.app.state.context, Console(staff_app.app.state.context))
    ids, found = [planted.ids["secret"], planted.ids["other"]], {}
    with staff_app.database.read() as connection:
        members = [Member(member_named(connection, f"a {role}"), "", role) for role in ("reviewer", "manager")]
    for member in members:
        found[member.role] = [one.detail.item.id for one in pages._read(ids, "json", member)]
    assert found == {"reviewer": ids[1:], "manager": ids}
