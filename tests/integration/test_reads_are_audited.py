"""Every way in which data of patients leaves the server over HTTP is a row of the audit log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.records import schema
from knee_intake.records.calendar_feeds import list_feeds, renew_feed
from knee_intake.records.lessons import LEARN, OPEN
from knee_intake.records.members import member_named
from knee_intake.records.privacy_requests import Asked, add_request
from tests.integration.staff_app import StaffApp
from tests.integration.staff_rows import NOW, add_booking, add_conversation
from tests.integration.test_route_roles import session_of, staff_app
from tests.integration.test_staff_console import csrf_of

__all__ = ["staff_app"]
ONE = "/staff/conversations/{conversation}"


def rows_after(app: StaffApp, *, last: int) -> list[tuple[str, str | None, bool]]:
    """(action, subject, by a member) of the rows since then."""
    with app.database.read() as connection:
        query = sa.select(schema.audit).where(schema.audit.c.id > last).order_by(schema.audit.c.id)
        return [(row.action, row.subject, row.staff_id is not None) for row in connection.execute(query)]


def last_row(app: StaffApp) -> int:
    with app.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.max(schema.audit.c.id))).scalar() or 0)


def add_rows(app: StaffApp, conversation: str) -> dict[str, str]:
    """The conversation was typed for a caller, who asked for a copy; a sentence of it waits, another was let out."""
    with app.database.write() as connection:
        own = schema.conversations.c.id == conversation
        connection.execute(sa.update(schema.conversations).where(own).values(source="phone"))
        asked = Asked("copy", "phone", NOW, NOW + timedelta(days=9), conversation, f"key {conversation}")
        numbers = {"request": str(add_request(connection, asked, member_named(connection, "a manager"), NOW))}
        for seq, state, text in ((2, OPEN, None), (4, LEARN, "it hurts on stairs")):
            key = f"{conversation[-8:]} {state}".encode().ljust(32)
            lesson = {"key": key, "state": state, "text": text, "intent": "inform", "dated": False, "approved_at": NOW}
            made = connection.execute(sa.insert(schema.lessons).values(**lesson)).inserted_primary_key[0]
            item = {"conversation_id": conversation, "seq": seq, "lesson_id": made, "at": NOW, "rejected": True}
            flags = dict.fromkeys(("low", "corrected", "judged"), False)
            connection.execute(sa.insert(schema.learning_items).values(**item, **flags))
            numbers.setdefault("lesson", str(made))
    return numbers


@pytest.mark.parametrize(
    ("target", "action", "subject"),
    [
        ("/fhir/Appointment", "fhir_read", "Appointment"),
        ("/fhir/Appointment?identifier=KN7-P4Q&_count=5", "fhir_read", "Appointment"),
        ("/fhir/Appointment/{visit}", "fhir_read", "Appointment/{visit}"),
        ("/fhir/Slot?status=busy", "fhir_read", "Slot"),
        ("/fhir/Practitioner/sports-medicine", "fhir_read", "Practitioner/sports-medicine"),
        ("/staff/api/conversations", "list", None),
        ("/staff/api/conversations/{conversation}", "view", "{conversation}"),
        ("/staff", "list", None),
        ("/staff/conversations/{conversation}", "view", "{conversation}"),
        ("/staff/calendar?view=day", "calendar", None),
        *((f"{ONE}/{file}", "export", "{conversation}") for file in ("chart.txt", "chart.pdf", "record.pdf")),
        *((f"{ONE}/export?format={kind}", "export", "{conversation}") for kind in ("csv", "json", "text", "fhir")),
        ("/staff/calls", "calls", None),
        ("/staff/charting", "list", None),
        ("/staff/mentions", "mentions", None),
        ("/staff/requests", "requests", None),
        ("/staff/requests/{request}", "request", "{conversation}"),
        ("/staff/requests/{request}/copy", "export", "{conversation}"),
        ("/staff/requests/{request}/copy?format=text", "export", "{conversation}"),
        ("/staff/phone-intake", "phone_list", None),
        ("/staff/phone-intake/{conversation}", "view", "{conversation}"),
        ("/staff/learning", "learning", None),
        ("/staff/learning/sentences/{lesson}", "learning_view", "{conversation}"),
        ("/staff/learning/export/learned.yml", "learning_export", None),
        ("/staff/learning/quality.csv", "quality_export", None),
        ("/staff/figures", "figures", None),
    ],
)
def test_a_look_is_one_row(staff_app: StaffApp, target: str, action: str, subject: str | None) -> None:
    conversation, badge = staff_app.conversation(), staff_app.badge("manager")
    with staff_app.database.read() as connection:
        own = schema.bookings.c.reference == staff_app.reference
        visit = connection.execute(sa.select(schema.bookings.c.id).where(own)).scalar_one()
    names = {"visit": visit, "conversation": conversation, **add_rows(staff_app, conversation)}
    proofs: list[dict[str, Any]] = [session_of(badge)]
    if target.startswith(("/fhir", "/staff/api")):
        proofs.append({"token": badge.token})
    for proof in proofs:
        last = last_row(staff_app)
        assert staff_app.send("GET", target.format(**names), **proof).status == 200
        expected = subject.format(**names) if subject else None
        assert rows_after(staff_app, last=last) == [(action, expected, True)]


def test_sentences_read_for_approval_are_a_row_each(staff_app: StaffApp) -> None:
    conversation, badge = staff_app.conversation(), staff_app.badge("manager")
    lesson = add_rows(staff_app, conversation)["lesson"]
    with staff_app.database.write() as connection:
        own = schema.lessons.c.id == int(lesson)
        connection.execute(sa.update(schema.lessons).where(own).values(state=LEARN))
    last = last_row(staff_app)
    assert staff_app.send("GET", "/staff/learning/approve", **session_of(badge)).status == 200
    assert rows_after(staff_app, last=last) == [("learning_view", conversation, True)]


def test_the_file_of_the_list_is_a_row_and_one_for_each_in_it(staff_app: StaffApp) -> None:
    conversation, badge = staff_app.conversation(), staff_app.badge("reviewer")
    with staff_app.database.write() as connection:
        connection.execute(sa.insert(schema.tags).values(conversation_id=conversation, tag="in the file"))
    last = last_row(staff_app)
    answer = staff_app.send("GET", "/staff/export/file?tag=in%20the%20file&format=csv", **session_of(badge))
    assert (answer.status, answer.text.count(conversation)) == (200, 1)
    assert rows_after(staff_app, last=last) == [("export_list", None, True), ("export", conversation, True)]


def test_what_the_server_can_do_is_nobody_s_data(staff_app: StaffApp) -> None:
    badge, last = staff_app.badge("viewer"), last_row(staff_app)
    assert staff_app.send("GET", "/fhir/metadata", token=badge.token).status == 200
    assert rows_after(staff_app, last=last) == []


def test_whoever_is_refused_leaves_no_row_of_a_look(staff_app: StaffApp) -> None:
    last = last_row(staff_app)
    for target in ("/fhir/Appointment", "/staff/api/conversations", "/staff"):
        staff_app.send("GET", target, token="nobody's", cookie="nobody's")
    assert rows_after(staff_app, last=last) == []


def test_a_search_posted_over_fhir_is_a_row_without_its_words(staff_app: StaffApp) -> None:
    badge, last = staff_app.badge("viewer"), last_row(staff_app)
    answer = staff_app.send(
        "POST", "/fhir/Appointment/_search", form={"identifier": "somebody's number"}, token=badge.token
    )  # fmt: skip
    assert answer.status == 200
    assert rows_after(staff_app, last=last) == [("fhir_read", "Appointment", True)]


def test_a_long_or_odd_address_is_cut_for_the_log(staff_app: StaffApp) -> None:
    badge, last = staff_app.badge("viewer"), last_row(staff_app)
    for ident, subject in (("9" * 400, f"Appointment/{'9' * 68}"), ("a%00b", "Appointment")):
        assert staff_app.send("GET", f"/fhir/Appointment/{ident}", token=badge.token).status == 404
        assert rows_after(staff_app, last=last)[-1] == ("fhir_read", subject, True)


def test_a_feed_that_tells_something_new_is_a_row_and_names_nobody_restricted(staff_app: StaffApp) -> None:
    manager = session_of(staff_app.badge("manager"))
    with staff_app.database.write() as connection:
        made = add_conversation(connection, 888_001)
        add_booking(connection, made, reference="KF7-P4Q", start=NOW + timedelta(days=700), clinician="dermatology")
        renew_feed(connection, "*", member_named(connection, "a manager"), NOW)
    staff_app.send("POST", f"/staff/conversations/{made}/restrict", form={"do": "on"}, **manager)
    with staff_app.database.read() as connection:
        (feed,) = list_feeds(connection, staff_app.app.state.context.secret)
    last = last_row(staff_app)
    answer = staff_app.send("GET", f"/calendar/{feed.secret}.ics")
    assert (answer.status, "KF7-P4Q" in answer.text, "Robin" in answer.text.partition("KF7-P4Q")[0][-300:]) == (
        200, True, False,
    )  # fmt: skip
    assert rows_after(staff_app, last=last) == [("feed_read", "*", False)]


# -- the retention page ----------------------------------------------------------------------------------------------


def test_the_page_counts_and_deletes_what_has_had_its_time(staff_app: StaffApp) -> None:
    admin = session_of(staff_app.badge("admin"))
    settings = staff_app.app.state.context.settings
    settings._values["retention_days"] = {"stopped": 30}
    try:
        with staff_app.database.write() as connection:
            old = add_conversation(connection, 888_002, status="stopped", at=NOW - timedelta(days=31))
        page = staff_app.send("GET", "/staff/retention", **admin)
        assert "1, over 30 days, the oldest from Oct 23" in page.text
        last = last_row(staff_app)
        assert "Deleted" in staff_app.send("POST", "/staff/retention/run", form={}, **admin).text
        assert rows_after(staff_app, last=last) == [("retention", None, True)]
        assert staff_app.send("GET", f"/staff/conversations/{old}", **admin).status == 404
    finally:
        settings._values["retention_days"] = {}


def test_a_patient_is_erased_in_two_steps(staff_app: StaffApp) -> None:
    admin = session_of(staff_app.badge("admin"))
    with staff_app.database.write() as connection:
        made = add_conversation(connection, 888_003)
        own = schema.conversations.c.id == made
        connection.execute(
            sa.insert(schema.callbacks).values(
                conversation_id=made, topic="insurance", contact="917 555 0188", created_at=NOW
            )
        )
    path, who = "/staff/retention/erase", {"who": "(917) 555-0188"}
    last = last_row(staff_app)
    page = staff_app.send("POST", path, form=who, **admin)
    assert made in page.text
    assert csrf_of(page.text)
    assert rows_after(staff_app, last=last) == []
    done = staff_app.send("POST", path, form={**who, "sure": "1"}, **admin)
    assert (done.status, "Erased" in done.text) == (200, True)
    assert rows_after(staff_app, last=last) == [("erase", made, True), ("erase_contact", None, True)]
    with staff_app.database.read() as connection:
        assert connection.execute(sa.select(schema.conversations.c.id).where(own)).first() is None
    assert staff_app.send("POST", path, form=who, **admin).status == 400


@pytest.mark.parametrize("who", ["", "x" * 500, "\x00\x00\x00\x00", "nobody@example.org", "-" * 36, "%"])
def test_nothing_is_erased_under_what_is_not_there(staff_app: StaffApp, who: str) -> None:
    for more in ({}, {"sure": "1"}):
        form = {"who": who, **more}
        answer = staff_app.send("POST", "/staff/retention/erase", form=form, **session_of(staff_app.badge("admin")))
        assert answer.status in (200, 400)
