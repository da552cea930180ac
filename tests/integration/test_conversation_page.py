"""The page of one conversation: notes, verdicts, the hand-over to the chart, the next conversation, moved visits."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
import sqlalchemy as sa

from knee_intake.interview.model import Answer, Intake
from knee_intake.records import schema
from knee_intake.records.chart_entries import changed_since, not_entered
from knee_intake.records.queue_next import next_new
from knee_intake.records.staff_accounts import add_member
from tests.integration.staff_rows import (
    NOW,
    add_alert,
    add_booking,
    add_conversation,
    add_message,
    add_talk,
    an_intake,
    conversation_id,
)

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.integration.test_staff_console import Console

ONE = conversation_id(1)
PAGE = f"/staff/conversations/{ONE}"


@pytest.fixture
def talk(console: Console) -> Console:
    """A console with one conversation, its talk and its requested visit."""
    practice = console.context.clinic.practice
    with console.write() as connection:
        add_conversation(connection, 1, status="booked")
        add_talk(connection, ONE)
        add_booking(connection, ONE, kind=practice.visit_types[0].id, clinician=practice.clinicians[0].id)
    return console


def page(browser: TestClient, path: str = PAGE) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def post(browser: TestClient, deed: str, path: str = PAGE, **form: str) -> Any:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/staff").text)
    assert found is not None
    return browser.post(f"{path}/{deed}", data={"csrf": found[1], **form})


def hidden(html: str, form: str, name: str) -> str:
    """The value of a hidden field of the form with this deed."""
    found = re.search(rf'action="[^"]*/{form}">.*?name="{name}" value="([^"]*)"', html, re.DOTALL)
    assert found is not None
    return found[1]


def audited(console: Console, *actions: str) -> list[tuple[str, Any]]:
    """(action, detail) of the rows with these actions."""
    with console.context.database.read() as connection:
        query = sa.select(schema.audit.c.action, schema.audit.c.detail).where(schema.audit.c.action.in_(actions))
        return [tuple(row) for row in connection.execute(query.order_by(schema.audit.c.id))]


def entered(browser: TestClient, number: str, path: str = PAGE) -> Any:
    html = page(browser, path)
    form = {name: hidden(html, "entered", name) for name in ("was", "content")}
    return post(browser, "entered", path, number=number, **form)


def change(console: Console, **answers: Answer) -> None:
    """The patient says something more."""
    intake = an_intake()
    intake.answers.update(answers)
    console.now += timedelta(minutes=5)
    with console.write() as connection:
        own = schema.intakes.c.conversation_id == ONE
        values = {"data": intake.to_dict(), "updated_at": console.now}
        connection.execute(sa.update(schema.intakes).where(own).values(**values))
        one = schema.conversations.c.id == ONE
        connection.execute(sa.update(schema.conversations).where(one).values(updated_at=console.now))


# -- notes -----------------------------------------------------------------------------------------------------------


def test_a_note_is_added_once_names_a_member_and_is_seen_when_they_open_the_conversation(talk: Console) -> None:
    writer, named = talk.signed_in("reviewer"), talk.signed_in("manager")
    words = "Please call <b>her</b>, @A Manager & @nobody"
    for _ in range(2):
        assert post(writer, "notes", key="k1", note=words).headers["location"] == f"{PAGE}#notes"
    html = page(writer)
    assert html.count("Please call &lt;b&gt;her&lt;/b&gt;, ") == 1
    assert re.search(r'<a class="mention" href="/staff\?who=\d+">@A Manager</a> &amp; @nobody', html)
    assert 'Mentions <span class="count">1</span>' in page(named, "/staff")
    assert 'Mentions <span class="count">' not in page(writer, "/staff")
    listed = page(named, "/staff/mentions")
    assert f'href="{PAGE}#note-1"' in listed
    assert '<span class="badge news">new</span>' in listed
    assert 'Mentions <span class="count">' not in page(named)
    assert "badge news" not in page(named, "/staff/mentions")
    assert "Nobody has named you" in page(writer, "/staff/mentions")
    assert audited(talk, "note") == [("note", {"note": 1, "names": [2]})]


def test_only_the_author_or_a_manager_strikes_a_note_out_and_it_stays_to_be_read(talk: Console) -> None:
    author, other = talk.signed_in("reviewer"), talk.browser()
    add_member(talk.context.database, name="lee", role="reviewer", password="grey heron at noon", now=NOW)
    talk.sign_in(other, "lee")
    post(author, "notes", key="k1", note="first @lee")
    post(author, "notes", key="k2", note="second")
    assert post(other, "notes/1/remove").status_code == 404
    assert "first" in page(other)
    assert post(author, "notes/1/remove").status_code == 303
    assert post(author, "notes/1/remove").status_code == 303
    assert post(talk.signed_in("manager"), "notes/2/remove").status_code == 303
    html = page(author)
    assert html.count("<del>") == 2
    assert "struck out by a manager" in html
    assert audited(talk, "note_removed") == [("note_removed", {"note": 1}), ("note_removed", {"note": 2})]
    assert "Nobody has named you" in page(other, "/staff/mentions")


def test_an_empty_or_endless_note_is_refused_and_a_note_of_another_conversation_is_not_found(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    assert [post(browser, "notes", key="k", note=text).status_code for text in ("", " \n ", "x" * 4001)] == [400] * 3
    with talk.write() as connection:
        add_conversation(connection, 2)
    post(browser, "notes", key="k1", note="here")
    assert post(browser, "notes/1/remove", f"/staff/conversations/{conversation_id(2)}").status_code == 404


def test_notes_go_with_the_conversation(talk: Console) -> None:
    post(talk.signed_in("reviewer"), "notes", key="k1", note="@a reviewer @a manager")
    entered(talk.signed_in("reviewer"), "A-1")
    post(talk.signed_in("reviewer"), "verdict", verdict="missed")
    with talk.write() as connection:
        connection.execute(sa.delete(schema.bookings))
        connection.execute(sa.delete(schema.conversations))
    with talk.context.database.read() as connection:
        for table in (schema.notes, schema.note_mentions, schema.review_verdicts, schema.chart_entries):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


# -- verdicts --------------------------------------------------------------------------------------------------------


def test_a_verdict_is_one_a_member_and_a_newer_one_takes_its_place(talk: Console) -> None:
    one, two = talk.signed_in("reviewer"), talk.signed_in("manager")
    for verdict, comment in (("missed", "the calf"), ("missed", "the calf"), ("wrong_safety", "too soft")):
        assert post(one, "verdict", verdict=verdict, comment=comment).headers["location"] == f"{PAGE}#verdict"
    post(two, "verdict", verdict="understood", comment="")
    html = page(one)
    assert "<strong>a reviewer:</strong> wrong safety text. <span" in html
    assert "<strong>a manager:</strong> understood well <time" in html
    assert "the calf" not in html
    assert re.search(r'value="wrong_safety" required checked', html)
    assert [detail["verdict"] for _, detail in audited(talk, "verdict")] == ["missed", "wrong_safety", "understood"]


def test_a_verdict_that_says_nothing_is_refused(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    assert post(browser, "verdict", verdict="splendid").status_code == 400
    assert post(browser, "verdict", verdict="other", comment=" ").status_code == 400
    assert post(browser, "verdict", verdict="other", comment="it was rude").status_code == 303


# -- exports ---------------------------------------------------------------------------------------------------------


def test_every_export_is_a_file_and_a_row_of_the_audit_log(talk: Console) -> None:
    browser = talk.signed_in("viewer")
    text, one, whole = (browser.get(f"{PAGE}/{name}") for name in ("chart.txt", "chart.pdf", "record.pdf"))
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.headers["content-disposition"] == f'attachment; filename="knee-intake-{ONE[:8]}.txt"'
    assert text.text.splitlines()[1] == "Patient-reported via automated chat, not verified."
    assert [answer.headers["content-type"] for answer in (one, whole)] == ["application/pdf"] * 2
    assert len(pypdf.PdfReader(io.BytesIO(one.content)).pages) == 1
    assert post(browser, "copied").status_code == 204
    assert [detail for _, detail in audited(talk, "export")] == [
        {"format": "text"}, {"format": "page"}, {"format": "record", "notes": True}, {"format": "copy"},
    ]  # fmt: skip


def test_the_record_and_the_page_come_with_notes_or_without(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    post(browser, "notes", key="k1", note="for staff alone")
    post(browser, "verdict", verdict="other", comment="only for us")
    entered(browser, "A-17")

    def words(query: str) -> str:
        reader = pypdf.PdfReader(io.BytesIO(browser.get(f"{PAGE}/record.pdf{query}").content))
        return " ".join(" ".join(one.extract_text().split()) for one in reader.pages)

    with_notes, without = words(""), words("?notes=0")
    for text in ("for staff alone", "only for us", "number A-17"):
        assert (text in with_notes, text in without) == (True, False)
    for text in ("and one calf is <b>swollen</b> & hot", "91 %", "“three months” (corrected by the patient"):
        assert text in with_notes
        assert text in without
    assert "for staff alone" in page(browser)
    assert not re.search("for staff alone|only for us", page(browser, f"{PAGE}?notes=0"))


def test_without_consent_nothing_is_handed_over_but_a_note_can_be_written(console: Console) -> None:
    browser = console.signed_in("reviewer")
    with console.write() as connection:
        add_conversation(connection, 1, consent=False)
        add_alert(connection, ONE, rule="RF12", urgency="emergency_911")
    for name in ("chart.txt", "chart.pdf", "record.pdf"):
        assert browser.get(f"{PAGE}/{name}").status_code == 409
    assert post(browser, "entered", number="1", content="00" * 32).status_code == 409
    assert post(browser, "copied").status_code == 409
    post(browser, "notes", key="k1", note="no number to call")
    assert "no number to call" in page(browser)
    assert audited(console, "export", "chart_entered") == []


# -- entered in the chart --------------------------------------------------------------------------------------------


def test_a_tick_holds_the_number_who_and_when_and_can_be_taken_back(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    assert "Enter it in the chart" not in page(browser)  # the visit comes first
    assert entered(browser, "  A-17   b ").headers["location"] == f"{PAGE}#handover"
    html = page(browser)
    assert re.search(r"Entered by a reviewer, <time[^>]*>Nov 23, 10:00 AM</time>, number <bdi><strong>A-17 b<", html)
    assert "in the chart</span>" in html
    assert post(browser, "entered/undo", entry=hidden(html, "entered/undo", "entry")).status_code == 303
    assert "Not entered yet." in page(browser)
    assert post(browser, "entered/undo", entry="1").status_code == 303
    assert audited(talk, "chart_entered", "chart_undone") == [
        ("chart_entered", {"entry": 1}), ("chart_undone", {"entry": 1}),
    ]  # fmt: skip


def test_a_form_that_is_sent_twice_ticks_once_and_of_two_members_the_second_is_told(talk: Console) -> None:
    one, two = talk.signed_in("reviewer"), talk.signed_in("manager")
    html = page(one)
    form = {name: hidden(html, "entered", name) for name in ("was", "content")}
    assert [post(one, "entered", number="A-1", **form).status_code for _ in range(2)] == [303, 303]
    assert post(two, "entered", number="B-2", **form).status_code == 409
    assert post(one, "entered", number="A-2", **form).status_code == 409
    assert len(audited(talk, "chart_entered")) == 1
    post(one, "entered/undo", entry="1")
    assert post(two, "entered", number="B-2", was="1", content=form["content"]).status_code == 409


@pytest.mark.parametrize("form", [{"number": "9" * 41}, {"number": "a\x07b"}, {"content": "zz"}, {"content": ""}])
def test_a_broken_form_ticks_nothing(talk: Console, form: dict[str, str]) -> None:
    browser = talk.signed_in("reviewer")
    good = {"number": "A", "was": "", "content": "00" * 32}
    assert post(browser, "entered", **{**good, **form}).status_code == 400
    assert audited(talk, "chart_entered") == []


def test_what_changes_after_the_tick_brings_the_conversation_back(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    entered(browser, "A-1")
    post(browser, "confirm", reference="KN7-P4Q")
    assert "Changed since it was entered" not in page(browser)
    assert "Everything is in the chart." in page(browser, "/staff/charting")
    change(talk)
    assert "Everything is in the chart." in page(browser, "/staff/charting")  # said again, and nothing new
    change(talk, goal=Answer("dance again", "dance again", 16))
    assert "<strong>Changed since it was entered.</strong>" in page(browser)
    listed = page(browser, "/staff/charting")
    assert "changed since Nov 23, 10:00 AM" in listed
    assert "number A-1" in listed
    assert entered(browser, "A-1").status_code == 303
    assert "Everything is in the chart." in page(browser, "/staff/charting")
    assert [detail["entry"] for _, detail in audited(talk, "chart_entered")] == [1, 2]


def test_a_visit_that_is_moved_or_cancelled_is_a_change(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    entered(browser, "A-1")
    talk.now += timedelta(minutes=1)
    post(browser, "cancel", reference="KN7-P4Q")
    assert "<strong>Changed since it was entered.</strong>" in page(browser)


def test_what_was_said_while_it_was_copied_is_a_change_at_once(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    html = page(browser)
    change(talk, goal=Answer("dance again", "dance again", 16))
    form = {name: hidden(html, "entered", name) for name in ("was", "content")}
    post(browser, "entered", number="A-1", **form)
    assert "<strong>Changed since it was entered.</strong>" in page(browser)


def test_the_list_is_oldest_first_in_parts_without_closed_ones_and_without_what_cannot_be_charted(
    console: Console,
) -> None:
    with console.write() as connection:
        for number in range(1, 8):
            add_conversation(connection, number, at=NOW - timedelta(hours=number % 4, minutes=number))
        add_conversation(connection, 8, consent=False)
        rows = {conversation_id(2): {"review": "closed"}, conversation_id(3): {"erase_requested_at": NOW}}
        for ident, values in rows.items():
            own = schema.conversations.c.id == ident
            connection.execute(sa.update(schema.conversations).where(own).values(**values))
        empty = schema.intakes.c.conversation_id == conversation_id(4)
        connection.execute(sa.update(schema.intakes).where(empty).values(done=0))
    with console.context.database.read() as connection:
        met, key = [], None
        while True:
            items, key = not_entered(connection, after=key, closed=False, limit=2)
            met += [int(item.id[-1]) for item in items]
            if key is None:
                break
        closed, _ = not_entered(connection, after=None, closed=True)
        assert changed_since(connection) == []
    assert met == [7, 6, 5, 1]
    assert [int(item.id[-1]) for item in closed] == [7, 6, 2, 5, 1]
    browser = console.signed_in("viewer")
    assert "1 closed one was never entered" in page(browser, "/staff/charting")
    assert page(browser, "/staff/charting?closed=1").count('class="go"') == 5
    assert browser.get("/staff/charting?after=nonsense").status_code == 400


# -- the next one ----------------------------------------------------------------------------------------------------


def test_next_goes_down_the_queue_over_new_ones_and_round(console: Console) -> None:
    with console.write() as connection:
        for number in range(1, 6):
            add_conversation(connection, number, at=NOW - timedelta(minutes=number), urgency="routine")
        third = schema.conversations.c.id == conversation_id(3)
        connection.execute(sa.update(schema.conversations).where(third).values(review="in_review"))
        add_conversation(connection, 6, urgency="soon", at=NOW - timedelta(days=1))
    with console.context.database.read() as connection:
        found = {number: next_new(connection, conversation_id(number)) for number in range(1, 7)}
        assert [int((found[number] or "0")[-1]) for number in range(1, 7)] == [2, 4, 4, 5, 6, 1]
        assert next_new(connection, None) == conversation_id(6)
        assert next_new(connection, "nobody") == conversation_id(6)
    answer = console.signed_in("viewer").get(f"/staff/next?after={conversation_id(1)}")
    assert answer.headers["location"] == f"/staff/conversations/{conversation_id(2)}"


def test_after_an_alert_was_acknowledged_the_other_alerts_come_first(console: Console) -> None:
    with console.write() as connection:
        for number in (1, 2, 3):
            made = add_conversation(connection, number, at=NOW - timedelta(minutes=number), urgency="same_day")
            if number < 3:
                add_alert(connection, made)
        add_conversation(connection, 4, urgency="emergency_911", at=NOW)
    with console.write() as connection:
        assert next_new(connection, conversation_id(1)) == conversation_id(2)
        own = schema.alerts.c.conversation_id == conversation_id(1)
        connection.execute(sa.update(schema.alerts).where(own).values(acknowledged_at=NOW))
        assert next_new(connection, conversation_id(1)) == conversation_id(2)
        assert next_new(connection, conversation_id(2)) == conversation_id(1)


def test_where_nothing_is_new_next_leads_to_the_list(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1)
    browser = console.signed_in("viewer")
    for after in (f"?after={ONE}", "?after=%00"):
        place = browser.get(f"/staff/next{after}").headers["location"]
        assert place == ("/staff?review=new" if ONE in after else PAGE)
    assert console.browser().get("/staff/next").headers["location"].startswith("/staff/login")


# -- changing a visit ------------------------------------------------------------------------------------------------


def times_of(html: str) -> list[str]:
    return re.findall(r'name="time" value="([^"]+)"', html)


def test_a_visit_is_moved_once_booked_at_the_new_time_and_told_in_the_chat(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    form = page(browser, f"{PAGE}/move?reference=KN7-P4Q&day=2026-12-03")
    assert "Tue, Dec 1, 2026, 10:00 AM EST" in form
    times = times_of(form)
    assert times[0] == "consultation|sports_medicine|2026-12-03T09:00-05:00"
    for _ in range(2):
        answer = post(browser, "move", reference="KN7-P4Q", time=times[0])
        assert answer.headers["location"] == f"{PAGE}#visit"
    with talk.context.database.read() as connection:
        columns = schema.bookings.c.status, schema.bookings.c.start, schema.bookings.c.contact
        visits = connection.execute(sa.select(*columns).order_by(schema.bookings.c.start)).all()
        said = sa.select(schema.messages.c.text).order_by(schema.messages.c.seq.desc())
        last = connection.execute(said).scalars().all()
    assert [(one.status, one.start.day, one.contact) for one in visits] == [
        ("cancelled", 1, "555-0123"), ("booked", 3, "555-0123"),
    ]  # fmt: skip
    assert len(last) == 6
    assert last[0].startswith("The clinic has moved your visit. It is now on Thu, Dec 3")
    assert len(audited(talk, "move_visit")) == 1


def test_a_time_that_is_taken_or_no_time_moves_nothing(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    taken = "consultation|sports_medicine|2026-12-03T09:00-05:00"
    with talk.write() as connection:
        add_conversation(connection, 2)
        start = talk.now.replace(month=12, day=3, hour=14, minute=0)
        add_booking(
            connection, conversation_id(2), reference="AAA-AAA", start=start, clinician="sports_medicine"
        )  # fmt: skip
    assert post(browser, "move", reference="KN7-P4Q", time=taken).status_code == 409
    for time in ("", "x|y|z", "consultation|sports_medicine|2026-12-03T09:00", "consultation|sports_medicine|soon"):
        assert post(browser, "move", reference="KN7-P4Q", time=time).status_code == 400
    free = "consultation|sports_medicine|2026-12-03T10:00-05:00"
    assert post(browser, "move", reference="AAA-AAA", time=free).status_code == 404
    assert browser.get(f"{PAGE}/move?reference=AAA-AAA").status_code == 404
    assert browser.get(f"{PAGE}/move?day=soon").status_code == 400
    assert audited(talk, "move_visit") == []


def test_a_visit_is_cancelled_once_and_told_in_the_chat(talk: Console) -> None:
    browser = talk.signed_in("reviewer")
    for _ in range(2):
        assert post(browser, "cancel", reference="KN7-P4Q").status_code == 303
    html = page(browser)
    assert html.count("Your visit on Tue, Dec 1") == 1
    assert '<span class="badge visit-cancelled">cancelled</span>' in html
    assert "Yes, cancel this visit" not in html
    assert len(audited(talk, "cancel")) == 1


# -- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepare", "deed"),
    [
        ("alert", "Read the red flag, then mark it as seen"),
        ("emergency, seen", "Call: did the patient get care?"),
        ("callback", "Call the patient back"),
        ("visit", "Confirm the visit, or offer other times"),
        ("plain", "Enter it in the chart"),
        ("entered", "Close the review"),
        ("closed", "Nothing is left to do"),
    ],
)
def test_the_next_deed_is_the_most_pressing(console: Console, prepare: str, deed: str) -> None:
    browser = console.signed_in("reviewer")
    with console.write() as connection:
        add_conversation(connection, 1)
        if prepare == "alert":
            add_alert(connection, ONE)
        if prepare == "emergency, seen":
            urgency = "emergency_room"
            connection.execute(sa.update(schema.conversations).values(urgency=urgency, status="advised"))
            add_alert(connection, ONE, rule="RF06", urgency=urgency)
            connection.execute(sa.update(schema.alerts).values(acknowledged_at=NOW, acknowledged_by=1))
        if prepare in ("alert", "emergency, seen", "callback"):
            row = {"conversation_id": ONE, "topic": "call_me", "created_at": NOW}
            connection.execute(sa.insert(schema.callbacks).values(**row))
        if prepare in ("alert", "emergency, seen", "callback", "visit"):
            add_booking(connection, ONE)
    if prepare in ("entered", "closed"):
        entered(browser, "")
    if prepare == "closed":
        post(browser, "review", was_state="new", state="closed")
    html = page(browser)
    found = re.search(r'id="next-deed">Next</h2>\s*<p>(?:<a href="#(\w+)">)?([^<]+?)\.?<', html)
    assert found is not None
    assert found[2] == deed
    assert found[1] is None or f'id="{found[1]}"' in html


def test_the_pattern_is_a_note_for_staff_and_its_items_are_counted(console: Console) -> None:
    answers = {"age_band": Answer("55_64", "60", 4), "aggravated_by": Answer(["stairs"], "stairs", 6)}
    with console.write() as connection:
        add_conversation(connection, 1, intake=Intake(status="active", answers=answers))
    html = page(console.signed_in("viewer"))
    assert "Answers match 2 of 3 items of NICE NG226 1.1.1; not known: morning stiffness" in html


def test_answers_and_messages_lead_to_each_other_and_words_are_marked(console: Console) -> None:
    text = "my left knee, no fever"
    why = [
        {"words": "left knee", "field": "knee_side", "value": "left", "assertion": "affirmed", "start": 3, "end": 12},
        {"words": "fever", "field": "red_flags", "value": "fever", "assertion": "negated", "start": 17, "end": 22},
    ]
    with console.write() as connection:
        add_conversation(connection, 1)
        read = {"intent": "inform", "confidence": 0.4, "findings": {}, "negated": ["fever"], "why": why}
        add_message(connection, ONE, 4, "visitor", text, understanding=read)
        add_message(connection, ONE, 5, "bot", "Hello again.", at=NOW + timedelta(hours=3))
    html = page(console.signed_in("viewer"))
    assert '<tr role="row" id="a-knee_side" data-seq="4">' in html
    assert '<a href="#m4">message 4</a>' in html
    assert '<a href="#a-knee_side">Side</a>, <a href="#a-pain_location">Where it hurts</a>' in html
    assert 'my <mark class="found" title="knee side: left">left knee</mark>, no <mark class="denied"' in html
    assert "hardly understood" in html
    assert "Session 2: back after 2 hours" in html
