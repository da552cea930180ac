"""The figures in the console: who sees them, what a day's row is counted from, when it is counted again, and CSV."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.records import schema
from knee_intake.records.audit import write_audit
from knee_intake.records.day_figures import DayFigures
from knee_intake.records.erasure import erase
from tests.integration.staff_rows import NOW, add_alert, add_booking, add_conversation, add_message
from tests.integration.test_staff_console import CLINIC, Console

ZONE = CLINIC.practice.zoneinfo()
TODAY = date(2026, 11, 23)
UNDERSTOOD = {"intent": "inform", "act": "inform", "confidence": 0.9, "corrections": {}}


def days_of(console: Console) -> DayFigures:
    return DayFigures(console.context.database, CLINIC.questions, ZONE)


def chat(console: Console, number: int, *asked: str, **more: Any) -> str:
    """A conversation in which these questions were put, each answered ten seconds later."""
    with console.write() as connection:
        made = add_conversation(connection, number, **more)
        for place, question in enumerate(asked):
            at = NOW + timedelta(seconds=60 * place)
            payload = {"name": question, "input": {"kind": "text", "for": question}}
            add_message(connection, made, 2 * place + 1, "bot", "A question?", at=at, payload=payload)
            at += timedelta(seconds=10)
            add_message(connection, made, 2 * place + 2, "visitor", "Words.", at=at, understanding=UNDERSTOOD)
    return made


def read(console: Console, table: str, query: str = "days=7") -> list[dict[str, str]]:
    answer = console.signed_in("manager").get(f"/staff/figures.csv?table={table}&{query}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def kept(console: Console) -> list[tuple[str, int]]:
    with console.context.database.read() as connection:
        query = sa.select(schema.day_figures.c.day, schema.day_figures.c.opened)
        return [tuple(row) for row in connection.execute(query.order_by(schema.day_figures.c.day))]


def test_only_managers_see_them_and_are_shown_the_way(console: Console) -> None:
    for role, status in (("viewer", 403), ("reviewer", 403), ("manager", 200), ("admin", 200)):
        browser = console.signed_in(role)
        assert browser.get("/staff/figures").status_code == status
        assert browser.get("/staff/figures.csv?table=funnel").status_code == status
        assert ('href="/staff/figures"' in browser.get("/staff").text) == (status == 200)


def test_each_look_is_one_row_of_the_audit_log(console: Console) -> None:
    browser = console.signed_in("manager")
    browser.get("/staff/figures?days=7")
    browser.get("/staff/figures.csv?table=days&from=2026-11-01&to=2026-11-02")
    with console.context.database.read() as connection:
        query = sa.select(schema.audit.c.detail).where(schema.audit.c.action == "figures").order_by(schema.audit.c.id)
        found = list(connection.execute(query).scalars())
    assert found == [
        {"from": "2026-11-17", "to": "2026-11-23"}, {"from": "2026-11-01", "to": "2026-11-02", "file": True},
    ]  # fmt: skip


def test_the_funnel_is_counted_from_what_is_stored(console: Console) -> None:
    chat(console, 1, "who_for", "onset")
    chat(console, 2, "who_for", "appointment", status="stopped")
    booked = chat(console, 3, "who_for", "appointment", status="booked")
    chat(console, 4, consent=False)
    with console.write() as connection:
        add_booking(connection, booked)
    steps = {row["Step"]: row for row in read(console, "funnel")}
    reached = [
        int(steps[name]["Reached"])
        for name in ("Chat opened", "Agreed", "When and how it started", "Times offered", "Visit asked for")
    ]
    assert reached == [4, 3, 3, 2, 1]
    assert steps["Times offered"]["Said stop"] == "1"
    assert steps["When and how it started"]["Without a word"] == "1"
    assert steps["Chat opened"]["Of those who came here (%)"] == "25.0"
    times = {row["Question"]: row for row in read(console, "time")}
    assert (times["Who it is for"]["Times put"], times["Who it is for"]["Median (s)"]) == ("3", "10")


def test_of_a_chat_before_consent_only_that_it_was_opened_is_counted(console: Console) -> None:
    chat(console, 1, "who_for", consent=False)
    (found,) = days_of(console).read(TODAY, TODAY).values()
    assert (found.opened, found.agreed, found.put, found.left, found.read) == (1, 0, {}, {}, {})


def test_a_day_is_counted_again_only_where_one_of_its_chats_has_changed(console: Console) -> None:
    one = chat(console, 1, "who_for")
    chat(console, 2, "onset", at=NOW - timedelta(days=1))
    days = days_of(console)
    assert [day.opened for day in days.read(TODAY - timedelta(days=2), TODAY).values()] == [0, 1, 1]
    assert kept(console) == [("2026-11-22", 1), ("2026-11-23", 1)]
    with console.write() as connection:  # what is kept is believed as long as nothing has changed
        connection.execute(sa.update(schema.day_figures).values(figures={**_empty(), "opened": 77}))
    assert [day.opened for day in days.read(TODAY - timedelta(days=1), TODAY).values()] == [77, 77]
    with console.write() as connection:
        own = schema.conversations.c.id == one
        connection.execute(sa.update(schema.conversations).where(own).values(updated_at=NOW + timedelta(minutes=1)))
    assert [day.opened for day in days.read(TODAY - timedelta(days=1), TODAY).values()] == [77, 1]


def _empty() -> dict[str, Any]:
    names = ("left", "pauses", "put", "again", "asked", "read", "times")
    return {"opened": 0, "agreed": 0, "booked": 0, **{name: {} for name in names}}


def test_days_before_today_are_counted_before_anybody_looks(console: Console) -> None:
    chat(console, 1, "who_for")
    for number, back in enumerate((1, 5, 6, 90, 91), start=2):
        chat(console, number, "onset", at=NOW - timedelta(days=back))
    days = days_of(console)
    days.count_ahead(TODAY)
    assert kept(console) == [("2026-11-18", 1), ("2026-11-22", 1)], "a few at a time, the newest first"
    for _ in range(30):
        days.count_ahead(TODAY)
    done = [("2026-08-25", 1), ("2026-11-17", 1), ("2026-11-18", 1), ("2026-11-22", 1)]
    assert kept(console) == done, "neither today, which changes yet, nor what the page offers no span for"
    days.count_ahead(TODAY + timedelta(days=1))
    assert kept(console) == [*done, ("2026-11-23", 1)]


def test_an_erased_conversation_leaves_the_figures(console: Console) -> None:
    one = chat(console, 1, "who_for")
    chat(console, 2, "onset")
    days = days_of(console)
    assert days.read(TODAY, TODAY)[TODAY].left == {"who_for": {"silent": 1}, "onset": {"silent": 1}}
    erase(console.context.database, one, now=NOW)
    assert days.read(TODAY, TODAY)[TODAY].left == {"onset": {"silent": 1}}


def test_a_day_begins_at_the_clinic_s_midnight(console: Console) -> None:
    chat(console, 1, "who_for", at=NOW.replace(hour=4, minute=0) + timedelta(minutes=9))  # opened 11 pm the day before
    found = days_of(console).read(TODAY - timedelta(days=1), TODAY)
    assert [day.opened for day in found.values()] == [1, 0]


def test_two_who_count_the_same_day_at_once_get_the_same(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    chat(console, 1, "who_for")
    days, other = days_of(console), days_of(console)
    keep = days._keep

    def keep_later(*found: Any) -> None:
        other.read(TODAY, TODAY)
        keep(*found)

    monkeypatch.setattr(days, "_keep", keep_later)
    assert days.read(TODAY, TODAY) == other.read(TODAY, TODAY)
    assert kept(console) == [("2026-11-23", 1)]


def test_no_time_that_fits_is_known_by_the_text_that_says_so(console: Console) -> None:
    one = chat(console, 1, "appointment")
    with console.write() as connection:
        text = f"{CLINIC.questions.phrase('no_times')} Here are others."
        add_message(connection, one, 3, "bot", text, payload={"name": "appointment"})
    rows = {row["What was said"]: row["Chats"] for row in read(console, "no-times")}
    assert (rows["No times found, in all"], rows["None that fitted the wish"]) == ("1", "1")


def test_urgent_cases_are_told_from_alert_to_first_view_and_to_acknowledgement(console: Console) -> None:
    one, two = chat(console, 1, "who_for"), chat(console, 2, "who_for")
    with console.write() as connection:
        for conversation in (one, two):
            add_alert(connection, conversation)
        for at, action in ((-5, "view"), (3, "export"), (4, "view"), (9, "view")):
            write_audit(connection, now=NOW + timedelta(minutes=at), action=action, staff_id=1, subject=one)
        own = schema.alerts.c.conversation_id == one
        connection.execute(sa.update(schema.alerts).where(own).values(acknowledged_at=NOW + timedelta(minutes=6)))
    (row,) = read(console, "urgent")
    assert row["Rule"].startswith("RF11 ")
    assert [value for name, value in row.items() if name != "Rule"] == ["2", "240", "240", "1", "360", "360", "1"]


def test_every_table_of_the_page_can_be_saved(console: Console) -> None:
    chat(console, 1, "who_for")
    browser = console.signed_in("manager")
    page = browser.get("/staff/figures?days=7").text
    for name in ("days", "funnel", "time", "asked", "urgent", "understanding", "no-times", "visits"):
        assert f"/staff/figures.csv?table={name}&amp;days=7" in page
        assert browser.get(f"/staff/figures.csv?table={name}&days=7").status_code == 200
    assert page.count('<svg class="chart" role="img"') == 3  # of the others there is nothing to draw
    assert "style=" not in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200), ("days=90", 200), ("days=8", 400), ("from=2026-11-01&to=2026-11-23", 200), ("from=2026-11-01", 200),
        ("from=2025-11-23&to=2026-11-23", 200), ("from=2025-11-22&to=2026-11-23", 400),
        ("from=2026-11-24", 400), ("from=2026-11-02&to=2026-11-01", 400), ("from=yesterday", 400),
        ("to=0001-01-01", 400),
    ],
)  # fmt: skip
def test_a_span_is_short_and_not_in_the_future(console: Console, query: str, status: int) -> None:
    assert console.signed_in("manager").get(f"/staff/figures?{query}").status_code == status


def test_a_table_that_is_not_there_is_not_found(console: Console) -> None:
    assert console.signed_in("manager").get("/staff/figures.csv?table=patients").status_code == 404
