"""The calendar in the staff console: looking, blocking, visits from the phone, and answers to requests."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from knee_intake.records import schema
from knee_intake.records.busy_times import keep_only, replace
from tests.integration.staff_rows import NOW, add_booking, add_conversation, conversation_id
from tests.integration.test_staff_console import Console, csrf_of

TUESDAY = datetime(2026, 12, 1, 15, 0, tzinfo=timezone.utc)
"""10 AM in New York; NOW is Monday, November 23, 10 AM there."""
HALF_HOUR = timedelta(minutes=30)
WEEK = "/staff/calendar?day=2026-12-03"
ONE = f"/staff/conversations/{conversation_id(1)}"


def ask(console: Console, *starts: datetime, number: int = 1, clinician: str = "sports_medicine") -> list[str]:
    """A conversation that asks for these times; their references."""
    references = [f"KN7-P4{letter}" for letter in "QRTVWXY"[: len(starts)]]
    with console.write() as connection:
        conversation = add_conversation(connection, number, status="booked")
        for reference, start in zip(references, starts, strict=True):
            add_booking(connection, conversation, reference=reference, start=start, clinician=clinician)
    return references


def post(browser: TestClient, path: str, page: str = "/staff/calendar", **form: str) -> Any:
    return browser.post(path, data={"csrf": csrf_of(browser.get(page).text), **form})


def statuses(console: Console) -> dict[str, str]:
    with console.context.database.read() as connection:
        rows = connection.execute(sa.select(schema.bookings.c.reference, schema.bookings.c.status))
        return {row.reference: row.status for row in rows}


def said(console: Console) -> list[str]:
    """What the conversations were told."""
    with console.context.database.read() as connection:
        return list(connection.execute(sa.select(schema.messages.c.text)).scalars())


def words(html: str) -> str:
    """The page as it reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# -- looking ---------------------------------------------------------------------------------------------------------


def test_without_a_session_the_calendar_leads_to_the_sign_in_and_back(console: Console) -> None:
    answer = console.browser().get("/staff/calendar")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login?next=/staff/calendar")
    console.member("viewer")
    back = console.sign_in(console.browser(), "a viewer", following="/staff/calendar")
    assert back.headers["location"] == "/staff/calendar"


def test_the_week_shows_visits_requests_holds_blocks_and_busy_times(console: Console) -> None:
    ask(console, TUESDAY, TUESDAY + HALF_HOUR)
    browser = console.signed_in()
    post(
        browser, "/staff/calendar/blocks", clinician="chiropractic", start="2026-12-04T09:00", end="2026-12-04T12:00",
        note="Equipment check",
    )  # fmt: skip
    with console.write() as connection:
        connection.execute(
            sa.update(schema.bookings).where(schema.bookings.c.reference == "KN7-P4R").values(status="booked")
        )
        add_booking(connection, conversation_id(1), reference="HELD", status="held", start=TUESDAY + timedelta(days=1))
        add_booking(connection, conversation_id(1), reference="GONE", status="held", start=TUESDAY + timedelta(days=2))
        add_booking(connection, conversation_id(1), reference="OFF", status="cancelled", start=TUESDAY)
        for reference, minutes in (("HELD", 5), ("GONE", -5)):
            own = schema.bookings.c.reference == reference
            until = NOW + timedelta(minutes=minutes)
            connection.execute(sa.update(schema.bookings).where(own).values(hold_until=until))
        replace(connection, "acupuncture", [(TUESDAY - timedelta(hours=10), TUESDAY + timedelta(hours=14))])
    page = words(browser.get(WEEK).text)
    for text in (
        "Week of Monday, November 30, 2026",
        "10:00 AM to 10:30 AM requested Sports medicine clinician: First visit Robin KN7-P4Q",
        "10:30 AM to 11:00 AM booked Sports medicine clinician: First visit Robin KN7-P4R",
        "held for a chat",
        "9:00 AM to 12:00 PM blocked Chiropractor Equipment check",
        "all day busy elsewhere Acupuncturist",
        "Sun, Dec 6 closed",
    ):
        assert text in page
    for hidden in ("HELD", "GONE", "OFF"):
        assert hidden not in page


def test_one_day_and_one_clinician_can_be_shown_alone(console: Console) -> None:
    ask(console, TUESDAY)
    browser = console.signed_in()
    assert "KN7-P4Q" in browser.get("/staff/calendar?day=2026-12-01&view=day").text
    assert "555-0123" in browser.get("/staff/calendar?day=2026-12-01&view=day").text
    assert "555-0123" not in browser.get(WEEK).text
    assert "KN7-P4Q" not in browser.get("/staff/calendar?day=2026-12-02&view=day").text
    assert "KN7-P4Q" in browser.get(f"{WEEK}&clinician=sports_medicine").text
    assert "KN7-P4Q" not in browser.get(f"{WEEK}&clinician=chiropractic").text


def test_a_visit_is_marked_where_its_clinician_turns_out_to_be_busy(console: Console) -> None:
    ask(console, TUESDAY)
    browser = console.signed_in()
    for clinician, is_marked in (("chiropractic", False), ("sports_medicine", True)):
        with console.write() as connection:
            replace(connection, clinician, [(TUESDAY + timedelta(minutes=29), TUESDAY + timedelta(hours=1))])
        assert ("The clinician is not free then." in browser.get(WEEK).text) is is_marked


def test_an_entry_over_midnight_stands_on_both_days(console: Console) -> None:
    with console.write() as connection:
        replace(connection, "acupuncture", [(TUESDAY + timedelta(hours=12), TUESDAY + timedelta(hours=24))])
    page = words(console.signed_in().get(WEEK).text)
    assert "10:00 PM to midnight busy elsewhere" in page
    assert "12:00 AM to 10:00 AM busy elsewhere" in page


def test_the_day_on_which_clocks_change_shows_its_visits(console: Console) -> None:
    """March 14, 2027, a Sunday: the day has 23 hours."""
    with console.write() as connection:
        early = datetime(2027, 3, 14, 5, 0, tzinfo=timezone.utc)  # midnight in New York
        replace(connection, "acupuncture", [(early, early + timedelta(hours=23))])
    page = words(console.signed_in().get("/staff/calendar?day=2027-03-14&view=day").text)
    assert "all day busy elsewhere" in page


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "9999-01-01"])
def test_a_day_that_is_none_is_refused_kindly(console: Console, day: str) -> None:
    answer = console.signed_in().get(f"/staff/calendar?day={day}")
    assert answer.status_code == 400
    assert "day" in answer.text


def test_looking_is_written_down(console: Console) -> None:
    browser = console.signed_in("viewer")
    browser.get(f"{WEEK}&clinician=chiropractic")
    assert console.audit()[-1] == ("calendar", "chiropractic")


def test_a_calendar_that_is_too_old_is_told_on_list_and_calendar(console: Console) -> None:
    browser = console.signed_in()
    assert "Calendar not up to date" not in browser.get("/staff").text
    with console.write() as connection:
        keep_only(connection, {"chiropractic": bytes(32)}, NOW)
    for path in ("/staff", "/staff/calendar"):
        assert "the own calendar of Chiropractor could not be read" in browser.get(path).text


def test_the_pulse_changes_with_a_block(console: Console) -> None:
    browser = console.signed_in()
    before = browser.get("/staff/pulse").json()["mark"]
    post(
        browser, "/staff/calendar/blocks", clinician="chiropractic", start="2026-12-04T09:00", end="2026-12-04T12:00"
    )  # fmt: skip
    between = browser.get("/staff/pulse").json()["mark"]
    post(browser, "/staff/calendar/blocks/1/remove")
    assert len({before, between, browser.get("/staff/pulse").json()["mark"]}) == 3


# -- blocks ----------------------------------------------------------------------------------------------------------


def test_a_block_takes_the_time_and_can_be_removed(console: Console) -> None:
    browser = console.signed_in()
    answer = post(
        browser, "/staff/calendar/blocks", clinician="sports_medicine", start="2026-12-01T10:00", end="2026-12-01T11:00"
    )
    assert answer.headers["location"] == "/staff/calendar?day=2026-12-01&view=day"
    page = "/staff/calendar/visit?kind=consultation&clinician=sports_medicine&day=2026-12-01"
    assert "10:00 AM" not in browser.get(page).text
    post(browser, "/staff/calendar/blocks/1/remove", day="2026-12-01", view="day")
    assert "10:00 AM" in browser.get(page).text
    assert post(browser, "/staff/calendar/blocks/1/remove").status_code == 404
    deeds = [one for one in console.audit() if "block" in one[0]]
    assert deeds == [("block", "sports_medicine"), ("unblock", None)]


@pytest.mark.parametrize(
    "form",
    [
        {"start": "2026-12-01T11:00", "end": "2026-12-01T10:00"},
        {"start": "2026-12-01T11:00", "end": "2026-12-01T11:00"},
        {"start": "2026-11-20T11:00", "end": "2026-11-20T12:00"},
        {"start": "2026-12-01T11:00", "end": "2027-12-01T11:00"},
        {"start": "soon", "end": "2026-12-01T11:00"},
        {"start": "", "end": ""},
        {"start": "0001-01-01T00:00", "end": "2026-12-01T11:00"},
        {"start": "2026-12-01T10:00", "end": "2026-12-01T11:00", "clinician": "nobody"},
    ],
)
def test_a_block_that_makes_no_sense_is_refused_kindly(console: Console, form: dict[str, str]) -> None:
    answer = post(console.signed_in(), "/staff/calendar/blocks", **{"clinician": "chiropractic", **form})
    assert answer.status_code == 400
    with console.context.database.read() as connection:
        assert list(connection.execute(schema.blocks.select())) == []


# -- visits from the phone -------------------------------------------------------------------------------------------


def free_form(browser: TestClient, **query: str) -> tuple[str, list[str], dict[str, str]]:
    """The page with a day's free times: its words, the times, and its hidden fields."""
    query = {"kind": "consultation", "clinician": "sports_medicine", "day": "2026-12-01", **query}
    html = browser.get("/staff/calendar/visit", params=query).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html.split("<main", 1)[1]))
    return words(html), re.findall(r'<option value="(2026[^"]+)"', html), hidden


def test_a_visit_from_the_phone_is_booked_at_once(console: Console) -> None:
    browser = console.signed_in()
    _, times, hidden = free_form(browser)
    assert (times[0], times[-1], len(times)) == ("2026-12-01T09:00-05:00", "2026-12-01T16:30-05:00", 14)
    form = {**hidden, "start": times[2], "first_name": " Sam ", "contact": "(212) 555-0199"}
    answer = browser.post("/staff/calendar/visit", data=form)
    assert answer.headers["location"] == "/staff/calendar?day=2026-12-01&view=day"
    with console.context.database.read() as connection:
        (row,) = connection.execute(schema.bookings.select()).mappings()
    assert (row["status"], row["source"], row["conversation_id"]) == ("booked", "staff", None)
    assert (row["first_name"], row["contact"], row["kind"]) == ("Sam", "(212) 555-0199", "consultation")
    assert row["start"] == TUESDAY
    assert "Sam" in browser.get("/staff/calendar?day=2026-12-01&view=day").text
    assert times[2] not in free_form(browser)[1]
    assert ("enter_visit", "sports_medicine") in console.audit()


def test_the_same_form_sent_twice_books_once_and_another_one_finds_it_taken(console: Console) -> None:
    browser = console.signed_in()
    _, times, hidden = free_form(browser)
    form = {**hidden, "start": times[0], "first_name": "Sam", "contact": "555-0199"}
    for _ in range(2):
        assert browser.post("/staff/calendar/visit", data=form).status_code == 303
    assert len(statuses(console)) == 1
    other = {**form, "form": "another-form"}
    answer = browser.post("/staff/calendar/visit", data=other)
    assert (answer.status_code, len(statuses(console))) == (409, 1)
    assert "just taken" in answer.text


def test_a_visit_of_staffs_can_be_cancelled_and_one_of_a_chat_cannot_be_so(console: Console) -> None:
    browser = console.signed_in()
    _, times, hidden = free_form(browser)
    browser.post(
        "/staff/calendar/visit", data={**hidden, "start": times[0], "first_name": "Sam", "contact": "555-0199"}
    )
    (reference,) = statuses(console)
    post(browser, "/staff/calendar/visit/cancel", reference=reference)
    assert statuses(console) == {reference: "cancelled"}
    assert times[0] in free_form(browser)[1]
    (asked,) = ask(console, TUESDAY)
    for gone in (reference, asked, "ZZZ"):
        assert post(browser, "/staff/calendar/visit/cancel", reference=gone).status_code == 404
    assert statuses(console)[asked] == "requested"


def test_each_kind_has_its_length_and_its_clinicians(console: Console) -> None:
    browser = console.signed_in()
    page, times, _ = free_form(browser, kind="acupuncture", clinician="chiropractic")
    assert "Acupuncture, 45 min" in page
    assert times[-1] == "2026-12-01T16:00-05:00"  # the last that ends by 5 PM
    form = browser.get("/staff/calendar/visit?kind=acupuncture").text
    assert re.findall(r'<option value="(\w+)" selected', form) == ["acupuncture", "acupuncture"]


def test_today_can_still_be_booked_and_what_has_passed_cannot(console: Console) -> None:
    times = free_form(console.signed_in(), day="2026-11-23")[1]
    assert times[0] == "2026-11-23T10:30-05:00"  # it is 10 AM


def test_on_a_closed_day_the_form_says_so(console: Console) -> None:
    assert "The clinic is closed on this day." in free_form(console.signed_in(), day="2026-12-06")[0]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"first_name": "  "}, 400),
        ({"contact": ""}, 400),
        ({"contact": "x" * 121}, 400),
        ({"first_name": "x" * 81}, 400),
        ({"start": "soon"}, 400),
        ({"start": "2026-12-01T09:00"}, 400),
        ({"kind": "surgery"}, 400),
        ({"form": "x"}, 400),
        ({"form": "x" * 400}, 400),
        ({"start": "2026-12-01T09:10-05:00"}, 409),
        ({"start": "2026-11-20T09:00-05:00"}, 409),
        ({"clinician": "chiropractic"}, 409),
        ({"csrf": "wrong"}, 403),
    ],
)
def test_a_visit_that_cannot_be_is_refused_and_nothing_is_written(
    console: Console, change: dict[str, str], status: int
) -> None:
    browser = console.signed_in()
    _, times, hidden = free_form(browser)
    form = {**hidden, "start": times[0], "first_name": "Sam", "contact": "555-0199", **change}
    assert browser.post("/staff/calendar/visit", data=form).status_code == status
    assert statuses(console) == {}


# -- several requests ------------------------------------------------------------------------------------------------


def test_all_requests_of_a_conversation_stand_together(console: Console) -> None:
    ask(console, TUESDAY + HALF_HOUR, TUESDAY, TUESDAY + timedelta(days=1))
    page = words(console.signed_in().get(ONE).text)
    assert "3 times are asked for." in page
    assert page.count("Confirm this visit") == 3
    assert page.index("10:00 AM") < page.index("10:30 AM") < page.index("Dec 2")


def test_confirming_one_request_lets_the_others_go(console: Console) -> None:
    first, second, third = ask(console, TUESDAY, TUESDAY + HALF_HOUR, TUESDAY + timedelta(days=1))
    browser = console.signed_in()
    post(browser, f"{ONE}/confirm", ONE, reference=second)
    assert statuses(console) == {first: "cancelled", second: "booked", third: "cancelled"}
    (message,) = said(console)
    assert message.startswith("The clinic has confirmed your visit on Tue, Dec 1, 10:30 AM.")
    page = words(browser.get(ONE).text)
    assert "Confirm this visit" not in page
    assert first not in page
    assert post(browser, f"{ONE}/confirm", ONE, reference=third).status_code == 409
    assert "2026-12-01T10:00-05:00" in free_form(browser)[1]


def test_the_requests_of_others_stay(console: Console) -> None:
    (mine,) = ask(console, TUESDAY)
    with console.write() as connection:
        other = add_conversation(connection, 2, status="booked")
        add_booking(connection, other, reference="OTHER", start=TUESDAY, clinician="physical_therapy")
    post(console.signed_in(), f"{ONE}/confirm", ONE, reference=mine)
    assert statuses(console)["OTHER"] == "requested"


def test_the_api_confirms_one_of_several_by_its_reference(console: Console) -> None:
    first, second = ask(console, TUESDAY, TUESDAY + HALF_HOUR)
    browser, path, headers = (
        console.browser(),
        f"/staff/api/conversations/{conversation_id(1)}",
        console.bearer("admin"),
    )
    found = browser.get(path, headers=headers).json()
    assert [one["reference"] for one in found["requests"]] == [first, second]
    assert browser.post(f"{path}/confirm", headers=headers).json()["code"] == "nothing_to_confirm"
    answer = browser.post(f"{path}/confirm?reference={first}", headers=headers)
    assert (answer.status_code, answer.json()["booking"]["status"], answer.json()["requests"]) == (200, "booked", [])


def test_a_request_is_answered_with_other_times(console: Console) -> None:
    first, second = ask(console, TUESDAY, TUESDAY + HALF_HOUR)
    browser = console.signed_in()
    page = browser.get(f"{ONE}/times").text
    boxes = re.findall(r'name="(time_\d+)" value="([^"]+)"', page)
    assert len(boxes) > 3
    assert not any("2026-12-01T10:00" in value and "sports" in value for _, value in boxes)
    answer = browser.post(f"{ONE}/times", data={"csrf": csrf_of(page), **dict(boxes[:2])})
    assert answer.headers["location"] == ONE
    assert statuses(console) == {first: "cancelled", second: "cancelled"}
    (message,) = said(console)
    assert message.startswith(
        "The clinic can't see you at the time you asked for. These times are free now: Tue, Nov 24,"
    )
    assert "555-0143" in message
    with console.context.database.read() as connection:
        payload = connection.execute(sa.select(schema.messages.c.payload)).scalar_one()
    offered = [(one["clinician"], one["value"]) for one in payload["offered_times"]]
    assert offered == [tuple(value.split("|")) for _, value in boxes[:2]]
    assert console.audit()[-1] == ("offer_times", conversation_id(1))


def test_an_answer_holds_one_to_three_times_that_are_offered(console: Console) -> None:
    (reference,) = ask(console, TUESDAY)
    browser = console.signed_in()
    page = browser.get(f"{ONE}/times").text
    boxes = dict(re.findall(r'name="(time_\d+)" value="([^"]+)"', page))
    four = dict(list(boxes.items())[:4])
    for form in ({}, four, {"time_01": "sports_medicine|soon"}, {"time_01": "sports_medicine|2026-12-06T10:00-05:00"}):
        assert browser.post(f"{ONE}/times", data={"csrf": csrf_of(page), **form}).status_code == 400
    assert statuses(console) == {reference: "requested"}
    assert said(console) == []


def test_without_a_request_there_is_nothing_to_answer(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1)
    browser = console.signed_in()
    assert browser.get(f"{ONE}/times").status_code == 409
    form = {"time_01": "sports_medicine|2026-12-01T10:00-05:00"}
    assert post(browser, f"{ONE}/times", ONE, **form).status_code == 409
    assert post(browser, f"{ONE}/spam", ONE).status_code == 409
    assert post(browser, f"{ONE}/not-spam", ONE).status_code == 409


# -- spam ------------------------------------------------------------------------------------------------------------


def test_spam_frees_the_times_and_can_be_undone_with_the_old_status(console: Console) -> None:
    first, second = ask(console, TUESDAY, TUESDAY + HALF_HOUR)
    with console.write() as connection:
        own = schema.bookings.c.reference == second
        connection.execute(sa.update(schema.bookings).where(own).values(status="booked"))
    browser = console.signed_in()
    post(browser, f"{ONE}/spam", ONE)
    assert statuses(console) == {first: "cancelled", second: "cancelled"}
    assert "2026-12-01T10:00-05:00" in free_form(browser)[1]
    page = words(browser.get(ONE).text)
    assert "marked as spam" in page
    assert "Spam: free the time" not in page
    assert first not in browser.get(WEEK).text
    post(browser, f"{ONE}/not-spam", ONE)
    assert statuses(console) == {first: "requested", second: "booked"}
    assert "marked as spam" not in browser.get(ONE).text
    deeds = [one for one in console.audit() if one[0].startswith("spam")]
    assert deeds == [("spam", conversation_id(1)), ("spam_undone", conversation_id(1))]
    assert said(console) == []


def test_what_was_given_to_somebody_else_meanwhile_does_not_come_back(console: Console) -> None:
    first, second = ask(console, TUESDAY, TUESDAY + timedelta(hours=4))
    browser = console.signed_in()
    post(browser, f"{ONE}/spam", ONE)
    _, times, hidden = free_form(browser)
    for number, start in enumerate(("2026-12-01T10:00-05:00", "2026-12-01T14:00-05:00")):
        assert start in times
        form = {**hidden, "form": f"form-number-{number}", "start": start, "first_name": "Sam", "contact": "555-0199"}
        if number == 0:
            assert browser.post("/staff/calendar/visit", data=form).status_code == 303
    post(browser, f"{ONE}/not-spam", ONE)
    assert (statuses(console)[first], statuses(console)[second]) == ("cancelled", "requested")
    assert browser.post("/staff/calendar/visit", data=form).status_code == 409
    assert post(browser, f"{ONE}/not-spam", ONE).status_code == 409


def test_a_block_keeps_a_marked_visit_away_too(console: Console) -> None:
    (reference,) = ask(console, TUESDAY)
    browser = console.signed_in()
    post(browser, f"{ONE}/spam", ONE)
    post(
        browser, "/staff/calendar/blocks", clinician="sports_medicine", start="2026-12-01T10:15", end="2026-12-01T11:00"
    )
    assert post(browser, f"{ONE}/not-spam", ONE).status_code == 409
    assert statuses(console) == {reference: "cancelled"}


def test_when_its_time_has_passed_spam_stays_spam(console: Console) -> None:
    ask(console, TUESDAY)
    browser = console.signed_in()
    post(browser, f"{ONE}/spam", ONE)
    console.now = TUESDAY
    browser = console.signed_in("manager")
    assert post(browser, f"{ONE}/not-spam", ONE).status_code == 409


# -- who may ---------------------------------------------------------------------------------------------------------

FORMS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "/staff/calendar/blocks",
        {"clinician": "chiropractic", "start": "2026-12-01T10:00", "end": "2026-12-01T11:00"},
    ),
    ("/staff/calendar/blocks/1/remove", {}),
    (
        "/staff/calendar/visit",
        {
            "kind": "consultation",
            "clinician": "sports_medicine",
            "start": "2026-12-02T10:00-05:00",
            "first_name": "Sam",
            "contact": "555-0199",
            "form": "form-number-1",
        },
    ),
    ("/staff/calendar/visit/cancel", {"reference": "KN7-P4Q"}),
    ("/staff/calendar/feeds", {"name": "*"}),
    (f"{ONE}/times", {"time_01": "sports_medicine|2026-12-02T10:00-05:00"}),
    (f"{ONE}/spam", {}),
    (f"{ONE}/not-spam", {}),
)


@pytest.mark.parametrize(("path", "form"), FORMS, ids=[path.rpartition("/")[2] for path, _ in FORMS])
def test_a_viewer_may_not_and_nobody_without_the_form_token(console: Console, path: str, form: dict[str, str]) -> None:
    ask(console, TUESDAY)
    before = statuses(console)
    assert post(console.signed_in("viewer"), path, **form).status_code == 403
    manager = console.signed_in("manager")
    assert manager.post(path, data=form).status_code == 403
    assert console.browser().post(path, data=form).headers["location"].startswith("/staff/login")
    assert statuses(console) == before


def test_a_viewer_is_shown_no_forms(console: Console) -> None:
    ask(console, TUESDAY)
    browser = console.signed_in("viewer")
    for path in (WEEK, ONE):
        main = browser.get(path).text.split("<main", 1)[1]
        assert 'method="post"' not in main
    assert browser.get("/staff/calendar/visit").status_code == 403
    assert browser.get(f"{ONE}/times").status_code == 403
