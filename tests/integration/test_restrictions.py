"""Restricted conversations: no way in for others, an opening in an emergency, and the managers' review of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.records import restrictions, schema
from knee_intake.records.members import member_named
from knee_intake.records.queue import Filters
from knee_intake.records.staff_queries import list_conversations
from tests.integration.staff_app import Badge, StaffApp
from tests.integration.staff_rows import NOW, add_alert, add_booking, add_conversation, add_message
from tests.integration.test_route_roles import ROWS, ask, named, session_of, staff_app

__all__ = ["staff_app"]
ONE = "/staff/conversations"
API = "/staff/api/conversations"
WORD, CONTACT, REFERENCE = "quokkaesque", "555-0199", "KQ7-P4Q"
START = NOW + timedelta(days=900)
OF_ONE = [row for row in ROWS if "{id}" in row[1] and row[1].startswith((ONE, API)) and row[1] != f"{ONE}/{{id}}/open"]
FILTERS = (
    f"q={WORD}", "rule=RF12", "tag=family", "intent=ask_cost", "visit=requested", "status=active", "review=in_review",
    "who=nobody", "unread=1", "unfinished=1", "low=1", "answer=knee_side%3Dleft",
)  # fmt: skip


@pytest.fixture(scope="module")
def secret(staff_app: StaffApp) -> str:
    """A conversation that a manager has restricted to nobody but managers."""
    manager = staff_app.badge("manager")
    with staff_app.database.write() as connection:
        made = add_conversation(connection, 777_001, urgency="emergency_room", first_name="Quincy")
        add_message(connection, made, 1, "visitor", f"it is {WORD}", understanding={"intent": "ask_cost"})
        for name, value in (("intent", "ask_cost"), ("low", "yes"), ("answer:knee_side", "left")):
            connection.execute(sa.insert(schema.facets).values(conversation_id=made, name=name, value=value))
        connection.execute(sa.insert(schema.tags).values(conversation_id=made, tag="family"))
        add_alert(connection, made, rule="RF12", urgency="emergency_room")
        add_booking(connection, made, reference=REFERENCE, start=START, clinician="sports_medicine")
        own = schema.bookings.c.reference == REFERENCE
        connection.execute(sa.update(schema.bookings).where(own).values(first_name="Quincy", contact=CONTACT))
        own = schema.conversations.c.id == made
        connection.execute(sa.update(schema.conversations).where(own).values(review="in_review"))
    answer = staff_app.send("POST", f"{ONE}/{made}/restrict", form={"do": "on"}, **session_of(manager))
    assert answer.status == 303
    return made


@pytest.fixture
def fresh(staff_app: StaffApp, secret: str) -> Iterator[str]:
    """The conversation, with nobody named and nothing opened, before and after."""

    def shut() -> None:
        with staff_app.database.write() as connection:
            for table in (schema.restriction_members, schema.emergency_openings):
                connection.execute(sa.delete(table))
            own = schema.conversations.c.id == secret
            connection.execute(sa.update(schema.conversations).where(own).values(seen_seq=0))

    shut()
    yield secret
    shut()


def tells(text: str) -> list[str]:
    """What of the conversation stands in a page."""
    return [one for one in (WORD, CONTACT, "Quincy", REFERENCE, "family", "RF12") if one in text]


def look(app: StaffApp, badge: Badge, target: str) -> Any:
    return app.send("GET", target, **session_of(badge))


def number_of(app: StaffApp, role: str) -> str:
    app.badge(role)
    with app.database.read() as connection:
        return str(member_named(connection, f"a {role}"))


# -- ways in ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
@pytest.mark.parametrize("row", OF_ONE, ids=named)
def test_no_route_of_a_conversation_opens_it(staff_app: StaffApp, fresh: str, row: tuple[Any, ...], role: str) -> None:
    badge, target = staff_app.badge(role), row[1].replace("{id}", fresh)
    tries = [session_of(badge), *([{"token": badge.token}] if row[1].startswith(API) else [])]
    for proof in tries:
        answer = ask(staff_app, row, target, **proof)
        assert (answer.status, tells(answer.text)) == (403, [])


def test_managers_and_those_named_are_let_in(staff_app: StaffApp, fresh: str) -> None:
    reviewer = staff_app.badge("reviewer")
    for role in ("manager", "admin"):
        assert WORD in look(staff_app, staff_app.badge(role), f"{ONE}/{fresh}").text
    proof = session_of(staff_app.badge("manager"))
    for deed, status in (("add", 200), ("add", 200), ("remove", 403)):
        form = {"do": deed, "member": number_of(staff_app, "reviewer")}
        assert staff_app.send("POST", f"{ONE}/{fresh}/restrict", form=form, **proof).status == 303
        assert look(staff_app, reviewer, f"{ONE}/{fresh}").status == status
    assert look(staff_app, staff_app.badge("viewer"), f"{ONE}/{fresh}").status == 403


def test_in_the_list_it_exists_with_its_urgency_and_no_more(staff_app: StaffApp, fresh: str) -> None:
    viewer = staff_app.badge("viewer")
    page = look(staff_app, viewer, "/staff?urgency=emergency_room")
    assert f"/staff/conversations/{fresh}" in page.text
    assert "Restricted" in page.text
    assert "family" not in page.text
    line = page.text[page.text.index(f'id="c-{fresh}"') :]
    line = line[: line.index("</tr>")]
    assert tells(line) == []
    assert "emergency-room" in line
    api = look(staff_app, viewer, f"{API}?urgency=emergency_room")
    assert (api.status, tells(api.text), '"restricted":true' in api.text) == (200, [], True)
    assert "Quincy" in look(staff_app, staff_app.badge("manager"), "/staff?urgency=emergency_room").text


@pytest.mark.parametrize("query", FILTERS)
def test_no_filter_tells_what_is_in_it(staff_app: StaffApp, fresh: str, query: str) -> None:
    for address in (f"/staff?{query}", f"{API}?{query}&limit=200"):
        answer = look(staff_app, staff_app.badge("viewer"), address)
        assert (answer.status, fresh in answer.text) == (200, False)


def test_the_same_filters_find_it_for_a_manager(staff_app: StaffApp, fresh: str) -> None:
    manager = staff_app.badge("manager")
    found = {query: fresh in look(staff_app, manager, f"{API}?{query}&limit=200").text for query in FILTERS}
    assert found == dict.fromkeys(FILTERS, True)


def test_the_list_without_a_reader_is_as_it_was(staff_app: StaffApp, fresh: str) -> None:
    with staff_app.database.read() as connection:
        page = list_conversations(connection, filters=Filters(urgencies=("emergency_room",)))
    assert [item.first_name for item in page.items if item.id == fresh] == ["Quincy"]


def test_the_pulse_of_it_is_not_told(staff_app: StaffApp, fresh: str) -> None:
    answer = look(staff_app, staff_app.badge("viewer"), f"/staff/pulse?conversation={fresh}")
    assert answer.status == 403


def test_in_the_calendar_only_the_time_is_taken(staff_app: StaffApp, fresh: str) -> None:
    for view in ("day", "week"):
        address = f"/staff/calendar?day={START:%Y-%m-%d}&view={view}"
        page = look(staff_app, staff_app.badge("reviewer"), address)
        assert (tells(page.text), "Restricted" in page.text, fresh in page.text) == ([], True, False)
        assert "Quincy" in look(staff_app, staff_app.badge("manager"), address).text


def test_fhir_gives_no_appointment_of_it_but_the_time_is_busy(staff_app: StaffApp, fresh: str) -> None:
    with staff_app.database.read() as connection:
        own = schema.bookings.c.reference == REFERENCE
        ident = connection.execute(sa.select(schema.bookings.c.id).where(own)).scalar_one()
    for role, count, status in (("reviewer", 0, 404), ("manager", 1, 200)):
        badge = staff_app.badge(role)
        for proof in (session_of(badge), {"token": badge.token}):
            for query in (f"identifier={REFERENCE}", f"_id={ident}"):
                answer = staff_app.send("GET", f"/fhir/Appointment?{query}", **proof)
                found = answer.text.count('"resourceType":"Appointment"'), f'"total":{count}' in answer.text
                assert found == (count, True)
            assert staff_app.send("GET", f"/fhir/Appointment/{ident}", **proof).status == status
    body = b'{"resourceType": "Appointment", "id": "%s", "status": "cancelled", "participant": []}' % ident.encode()
    token = staff_app.badge("reviewer").token
    answer = staff_app.send("PUT", f"/fhir/Appointment/{ident}", body=body, kind="application/fhir+json", token=token)
    assert answer.status == 404
    slots = staff_app.send("GET", f"/fhir/Slot?start=ge{START:%Y-%m-%d}&status=busy&_count=200", token=token)
    assert slots.status == 200


def test_what_is_known_to_be_restricted_is_hidden_from_nobody_in_particular(staff_app: StaffApp, fresh: str) -> None:
    with staff_app.database.read() as connection:
        assert fresh in restrictions.closed_to(connection, None, NOW)


# -- an emergency ----------------------------------------------------------------------------------------------------

REASON = "The patient stands at the desk and cannot breathe well"


def open_it(app: StaffApp, badge: Badge, conversation: str, reason: str = REASON) -> Any:
    return app.send("POST", f"{ONE}/{conversation}/open", form={"reason": reason}, **session_of(badge))


def test_it_opens_for_an_hour_with_a_reason_for_this_member_alone(staff_app: StaffApp, fresh: str) -> None:
    viewer, clock = staff_app.badge("viewer"), staff_app.app.state.context.clock
    assert open_it(staff_app, viewer, fresh).status == 303
    page = look(staff_app, viewer, f"{ONE}/{fresh}")
    assert (page.status, WORD in page.text, "Opened in an emergency" in page.text) == (200, True, True)
    assert WORD in staff_app.send("GET", f"{API}/{fresh}", token=viewer.token).text
    assert look(staff_app, staff_app.badge("reviewer"), f"{ONE}/{fresh}").status == 403
    try:
        clock.now = NOW + timedelta(minutes=59)
        assert staff_app.send("GET", f"{API}/{fresh}", token=viewer.token).status == 200
        clock.now = NOW + timedelta(hours=1)
        assert staff_app.send("GET", f"{API}/{fresh}", token=viewer.token).status == 403
        with staff_app.database.read() as connection:
            who = member_named(connection, "a viewer")
            member = restrictions.Member(who, "a viewer", "viewer")
            assert restrictions.closed_to(connection, member, NOW + timedelta(minutes=59)) == frozenset()
            assert restrictions.closed_to(connection, member, NOW + timedelta(hours=1)) == {fresh}
    finally:
        clock.now = NOW


@pytest.mark.parametrize("reason", ["", "   ", "too short", "x" * 301, "\u202etxet neddih gnol a"])
def test_without_a_reason_it_stays_shut(staff_app: StaffApp, fresh: str, reason: str) -> None:
    viewer = staff_app.badge("viewer")
    answer = open_it(staff_app, viewer, fresh, reason)
    assert (answer.status, tells(answer.text)) == (403, [])
    assert look(staff_app, viewer, f"{ONE}/{fresh}").status == 403


def test_a_form_that_is_sent_twice_opens_it_once(staff_app: StaffApp, fresh: str) -> None:
    for _ in range(2):
        assert open_it(staff_app, staff_app.badge("viewer"), fresh).status == 303
    with staff_app.database.read() as connection:
        assert len(restrictions.openings(connection)) == 1


def test_the_reason_is_in_the_audit_log_and_managers_are_told(staff_app: StaffApp, fresh: str) -> None:
    manager = staff_app.badge("manager")
    assert "to review" not in look(staff_app, manager, "/staff").text
    open_it(staff_app, staff_app.badge("viewer"), fresh)
    with staff_app.database.read() as connection:
        own = sa.and_(schema.audit.c.action == "emergency_open", schema.audit.c.subject == fresh)
        row = connection.execute(sa.select(schema.audit).where(own).order_by(schema.audit.c.id.desc())).first()
    assert row is not None
    assert row.detail["reason"] == REASON
    assert "emergency opening to review" in look(staff_app, manager, "/staff").text
    assert "to review" not in look(staff_app, staff_app.badge("reviewer"), "/staff").text


def test_a_manager_reviews_an_opening_once_and_nobody_their_own(staff_app: StaffApp, fresh: str) -> None:
    open_it(staff_app, staff_app.badge("viewer"), fresh)
    manager, page = session_of(staff_app.badge("manager")), "/staff/emergencies"
    with staff_app.database.read() as connection:
        (opening,) = restrictions.openings(connection)
    assert REASON in staff_app.send("GET", page, **manager).text
    with staff_app.database.write() as connection:
        assert restrictions.review_opening(connection, opening.id, opening.staff_id, NOW) is None
    for _ in range(2):
        form = {"opening": str(opening.id)}
        assert staff_app.send("POST", f"{page}/reviewed", form=form, **manager).status == 303
    with staff_app.database.read() as connection:
        (opening,) = restrictions.openings(connection)
        count = sa.select(sa.func.count()).where(schema.audit.c.action == "emergency_reviewed")
        assert connection.execute(count).scalar_one() == 1
    assert opening.reviewer == "a manager"


def test_lifting_the_restriction_opens_it_to_everybody(staff_app: StaffApp, fresh: str) -> None:
    manager = session_of(staff_app.badge("manager"))
    for deed, status in (("off", 200), ("off", 200), ("on", 403)):
        assert staff_app.send("POST", f"{ONE}/{fresh}/restrict", form={"do": deed}, **manager).status == 303
        assert look(staff_app, staff_app.badge("viewer"), f"{ONE}/{fresh}").status == status


def test_a_member_who_is_not_there_is_not_named(staff_app: StaffApp, fresh: str) -> None:
    manager = session_of(staff_app.badge("manager"))
    for member in ("0", "999", "", "9" * 40):
        form = {"do": "add", "member": member}
        assert staff_app.send("POST", f"{ONE}/{fresh}/restrict", form=form, **manager).status == 400
