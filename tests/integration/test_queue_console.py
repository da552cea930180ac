"""The queue's page: filters in the address, review states, saved views, counts, and what it refuses."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from starlette.requests import Request
from starlette.testclient import TestClient

from knee_intake.errors import ReviewChangedError
from knee_intake.records import schema
from knee_intake.records.facets import write_answers, write_message
from knee_intake.records.reviews import Change, change, count
from knee_intake.records.store import Store
from knee_intake.web import staff_events
from knee_intake.web.staff_gate import StaffGate
from tests.integration.staff_rows import NOW, add_alert, add_conversation, add_message, add_talk, an_intake
from tests.integration.test_staff_console import Console, csrf_of


@pytest.fixture
def talk(console: Console) -> str:
    """A conversation with a transcript, its answers and intents noted as a turn notes them."""
    with console.write() as connection:
        conversation = add_conversation(connection, 1)
        add_talk(connection, conversation)
        write_answers(connection, conversation, an_intake().to_dict())
        write_message(connection, conversation, {"intent": "ask_cost", "confidence": 0.31})
    return conversation


def names(html: str) -> list[str]:
    return re.findall(r'class="go" href="/staff/conversations/[^"]+"><bdi>([^<]*)</bdi>', html)


def review(browser: TestClient, conversation: str, **fields: str) -> Any:
    path = f"/staff/conversations/{conversation}"
    token = csrf_of(browser.get(path).text)
    return browser.post(f"{path}/review", data={"csrf": token, **fields})


def row(console: Console, conversation: str) -> Any:
    with console.context.database.read() as connection:
        found = sa.select(schema.conversations).where(schema.conversations.c.id == conversation)
        return connection.execute(found).one()


def reviews(console: Console) -> list[Any]:
    with console.context.database.read() as connection:
        query = sa.select(schema.audit.c.detail).where(schema.audit.c.action == "review")
        return list(connection.execute(query.order_by(schema.audit.c.id)).scalars())


# -- order and filters -----------------------------------------------------------------------------------------------


def test_the_most_urgent_comes_first_and_what_nobody_has_seen_before_what_was_seen(console: Console) -> None:
    with console.write() as connection:
        for number, urgency in ((1, "routine"), (2, "same_day"), (3, "emergency_911"), (4, "emergency_911")):
            ident = add_conversation(
                connection, number, urgency=urgency, first_name=f"N{number}", at=NOW - timedelta(minutes=number)
            )
            if urgency != "routine":
                add_alert(connection, ident, urgency=urgency)
        seen = schema.alerts.c.conversation_id == ident.replace("4", "3")
        connection.execute(sa.update(schema.alerts).where(seen).values(acknowledged_at=NOW))
    assert names(console.signed_in().get("/staff").text) == ["N4", "N3", "N2", "N1"]


@pytest.mark.parametrize(
    "query",
    [
        "q=aches", 'q="inner side"', "q=ACH+summ", "answer=knee_side%3Dleft", "answer=pain_location%3DMedial",
        "field=activity_level&value=vigorous", "intent=ask_cost", "low=1", "unread=1", "unfinished=1", "visit=none",
        "who=nobody", "status=active", "review=new", "urgency=routine", "from=2026-11-23", "to=2026-11-23",
    ],
)  # fmt: skip
def test_a_filter_in_the_address_finds_the_conversation(console: Console, talk: str, query: str) -> None:
    with console.write() as connection:
        add_conversation(connection, 2, consent=False)
    html = console.signed_in("viewer").get(f"/staff?{query}").text
    assert names(html) == ["Robin"]
    assert 'aria-label="Filters that are on"' in html


@pytest.mark.parametrize(
    "query",
    [
        "q=elbow", "answer=knee_side%3Dright", "intent=ask_hours", "who=me", "status=stopped", "review=closed",
        "urgency=emergency", "from=2026-11-24", "to=2026-11-22", "visit=booked", "tag=runner", "rule=RF01",
    ],
)  # fmt: skip
def test_another_filter_does_not(console: Console, talk: str, query: str) -> None:
    html = console.signed_in("viewer").get(f"/staff?{query}").text
    assert names(html) == []
    assert "No conversation is like that." in html


@pytest.mark.parametrize(
    "query",
    [
        "review=x", "status=x", "urgency=x", "visit=x", "who=x", "who=%D9%A3", "who=99999999999999", "from=x",
        "to=9999-12-31", "answer=x", "answer=phone%3D1%27--", "answer=csrf%3D1", "after=x",
    ],
)  # fmt: skip
def test_a_value_that_is_none_is_refused(console: Console, query: str) -> None:
    assert console.signed_in().get(f"/staff?{query}").status_code == 400


def test_each_filter_can_be_taken_off(console: Console, talk: str) -> None:
    html = console.signed_in().get("/staff?q=aches&answer=knee_side%3Dleft&unread=1").text
    taken_off = re.findall(r'class="chip" href="([^"]+)"', html)
    assert [address.replace("&amp;", "&") for address in taken_off] == [
        "/staff?answer=knee_side%3Dleft&unread=1",
        "/staff?q=aches&unread=1",
        "/staff?q=aches&answer=knee_side%3Dleft",
    ]


def test_a_piece_of_what_was_found_is_shown_and_never_as_markup(console: Console, talk: str) -> None:
    html = console.signed_in().get("/staff?q=swollen").text
    assert "and one calf is &lt;b&gt;<mark>swollen</mark>&lt;/b&gt; &amp; hot" in html


def test_what_is_typed_comes_back_as_text(console: Console) -> None:
    html = console.signed_in().get("/staff", params={"q": '"><script>x</script>', "tag": "<i>", "intent": "<u>"}).text
    assert "<script>x" not in html
    assert not re.search("<[iu]>", html)


def test_before_consent_no_filter_tells_what_was_said(console: Console) -> None:
    with console.write() as connection:
        ident = add_conversation(connection, 5, consent=False, urgency="same_day")
        add_message(connection, ident, 1, "visitor", "my knee", understanding={"intent": "book"})
        write_message(connection, ident, {"intent": "book", "confidence": 0.2})
        write_answers(connection, ident, an_intake().to_dict())
        add_alert(connection, ident)
    browser = console.signed_in()
    assert names(browser.get("/staff").text) == ["Before consent"]
    for query in ("q=knee", "intent=book", "low=1", "answer=knee_side%3Dleft", "visit=none", "urgency=same_day",
                  "unread=1"):  # fmt: skip
        assert names(browser.get(f"/staff?{query}&show=all").text) == [], query


def test_the_api_takes_the_same_filters(console: Console, talk: str) -> None:
    browser, headers = console.browser(), console.bearer("viewer")
    found = browser.get("/staff/api/conversations?q=aches&low=1", headers=headers).json()["conversations"]
    assert [item["conversation"] for item in found] == [talk]
    assert browser.get("/staff/api/conversations?q=elbow", headers=headers).json()["conversations"] == []
    assert browser.get("/staff/api/conversations?review=x", headers=headers).status_code == 400


def test_who_is_not_signed_in_comes_back_to_the_same_filters(console: Console) -> None:
    console.member("viewer")
    browser = console.browser()
    asked = browser.get("/staff?q=knee+pain&answer=knee_side%3Dleft").headers["location"]
    html = browser.get(asked).text
    following = re.search(r'name="next" value="([^"]*)"', html)
    assert following is not None
    leads = console.sign_in(browser, "a viewer", following=following[1].replace("&amp;", "&")).headers["location"]
    assert leads == "/staff?q=knee+pain&answer=knee_side%3Dleft"


# -- reviews ---------------------------------------------------------------------------------------------------------


def test_a_review_is_changed_once_however_often_the_form_is_sent(console: Console, talk: str) -> None:
    browser = console.signed_in()
    fields = {
        "was_state": "new", "state": "contacted", "was_assignee": "", "assignee": "1", "was_tags": "",
        "tags": "Call back, runner ,RUNNER",
    }  # fmt: skip
    for _ in range(2):
        assert review(browser, talk, **fields).status_code == 303
    assert (row(console, talk).review, row(console, talk).assignee) == ("contacted", 1)
    assert reviews(console) == [{"review": "contacted", "assignee": 1, "tags_added": 2}]
    html = browser.get("/staff?who=me&tag=runner&review=contacted").text
    assert names(html) == ["Robin"]


def test_a_viewer_changes_nothing_and_sees_no_form(console: Console, talk: str) -> None:
    browser = console.signed_in("viewer")
    assert 'id="review-save"' not in browser.get(f"/staff/conversations/{talk}").text
    assert f'id="take-{talk}"' not in browser.get("/staff").text
    assert review(browser, talk, was_state="new", state="closed").status_code == 403
    token = csrf_of(browser.get("/staff").text)
    assert browser.post(f"/staff/conversations/{talk}/take", data={"csrf": token}).status_code == 403
    assert row(console, talk).review == "new"


def test_of_two_who_change_the_same_the_second_is_told(console: Console, talk: str) -> None:
    browser = console.signed_in()
    assert review(browser, talk, was_state="new", state="contacted").status_code == 303
    answer = review(browser, talk, was_state="new", state="closed")
    assert (answer.status_code, "Somebody else changed this" in answer.text) == (409, True)
    assert row(console, talk).review == "contacted"


def test_two_at_once_end_with_one_change_and_one_refusal(console: Console, talk: str) -> None:
    ends: list[str] = []

    def work(state: str) -> None:
        try:
            with console.write() as connection:
                change(connection, talk, Change(state=("new", state)), NOW)
            ends.append(state)
        except ReviewChangedError:
            ends.append("refused")

    both = [threading.Thread(target=work, args=(state,)) for state in ("contacted", "booked")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(ends) == sorted(["refused", row(console, talk).review])


def test_two_who_tag_at_once_both_get_their_tag(console: Console, talk: str) -> None:
    browser = console.signed_in()
    review(browser, talk, was_tags="", tags="runner")
    review(browser, talk, was_tags="", tags="insurance")
    review(browser, talk, was_tags="runner", tags="")
    with console.context.database.read() as connection:
        assert list(connection.execute(sa.select(schema.tags.c.tag)).scalars()) == ["insurance"]


@pytest.mark.parametrize(
    "fields",
    [
        {"was_state": "new", "state": "gone"},
        {"was_assignee": "", "assignee": "99"},
        {"was_assignee": "", "assignee": "x"},
        {"was_tags": "", "tags": "x" * 25},
        {"was_tags": "", "tags": ",".join("abcdefghi")},
    ],
)
def test_a_review_that_cannot_be_is_refused(console: Console, talk: str, fields: dict[str, str]) -> None:
    assert review(console.signed_in(), talk, **fields).status_code == 400
    assert reviews(console) == []


def test_nothing_is_closed_while_an_alert_is_open(console: Console, talk: str) -> None:
    with console.write() as connection:
        add_alert(connection, talk)
    answer = review(console.signed_in(), talk, was_state="new", state="closed")
    assert (answer.status_code, "Mark it as seen first" in answer.text) == (409, True)


def test_what_is_closed_leaves_the_list_and_comes_back_when_the_visitor_writes(console: Console, talk: str) -> None:
    browser = console.signed_in()
    review(browser, talk, was_state="new", state="closed")
    assert names(browser.get("/staff").text) == []
    assert names(browser.get("/staff?review=all").text) == ["Robin"]
    Store(console.context.database, b"k").receive(talk, "z", "one more thing", NOW, "me", timedelta(minutes=1))
    assert names(browser.get("/staff").text) == ["Robin"]
    assert row(console, talk).review == "new"


def test_one_click_takes_a_conversation_and_the_next_who_clicks_is_told(console: Console, talk: str) -> None:
    browser, manager = console.signed_in(), console.signed_in("manager")
    form = {"csrf": csrf_of(browser.get("/staff").text), "back": "review=all"}
    for _ in range(2):
        answer = browser.post(f"/staff/conversations/{talk}/take", data=form)
        assert answer.headers["location"] == "/staff?review=all"
    assert (row(console, talk).review, row(console, talk).assignee) == ("in_review", 1)
    assert reviews(console) == [{"review": "in_review", "assignee": 1}]
    form = {"csrf": csrf_of(manager.get("/staff").text)}
    assert manager.post(f"/staff/conversations/{talk}/take", data=form).status_code == 409


def test_a_form_leads_to_no_other_site(console: Console, talk: str) -> None:
    browser = console.signed_in()
    form = {"csrf": csrf_of(browser.get("/staff").text), "back": "//evil.example/?q=x"}
    where = browser.post(f"/staff/conversations/{talk}/take", data=form).headers["location"]
    assert where.split("?")[0] == "/staff"


# -- unread and urgent -----------------------------------------------------------------------------------------------


def counts(console: Console) -> tuple[int, int]:
    with console.context.database.read() as connection:
        found = count(connection)
    return found.unread, found.urgent


def test_a_conversation_is_unread_until_somebody_who_may_act_has_opened_it(console: Console, talk: str) -> None:
    with console.write() as connection:
        add_alert(connection, talk)
    assert counts(console) == (1, 1)
    console.signed_in("viewer").get(f"/staff/conversations/{talk}")
    assert counts(console) == (1, 1)
    console.signed_in().get(f"/staff/conversations/{talk}")
    assert counts(console) == (0, 1)


@pytest.mark.parametrize("path", ["/staff", "/staff/calls", "/staff/clinic"])
def test_every_page_comes_with_its_counts(console: Console, talk: str, path: str) -> None:
    """A link that moves when a count arrives is missed by the finger that was on its way."""
    count_of_alerts = 'data-count="urgent">{}</span>'
    assert count_of_alerts.format("") in console.signed_in().get(path).text
    with console.write() as connection:
        add_alert(connection, talk)
    assert count_of_alerts.format(1) in console.signed_in().get(path).text


def test_a_review_changes_the_mark_of_the_list_and_of_its_own_page_only(console: Console, talk: str) -> None:
    with console.write() as connection:
        other = add_conversation(connection, 2)
    browser = console.signed_in()

    def marks() -> list[str]:
        return [browser.get(f"/staff/pulse?conversation={one}").json()["mark"] for one in ("", talk, other)]

    before = marks()
    review(browser, talk, was_state="new", state="contacted", was_tags="", tags="runner")
    assert [now != then for now, then in zip(marks(), before, strict=True)] == [True, True, False]


def test_without_a_session_there_is_no_stream(console: Console) -> None:
    answer = console.browser().get("/staff/events")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")


def test_the_stream_tells_each_change_without_content_and_ends_with_the_session(
    console: Console, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_events, "LOOK_S", 0.01)
    monkeypatch.setattr(staff_events, "SHARED_S", 0.0)
    cookies = "; ".join(f"{name}={value}" for name, value in console.signed_in().cookies.items())
    scope = {"type": "http", "method": "GET", "path": "/staff/events", "headers": [(b"cookie", cookies.encode())]}
    events = staff_events.StaffEvents(console.context, StaffGate(console.context))

    async def told() -> list[dict[str, str]]:
        stream = events._stream(Request(scope))
        first = await anext_of(stream)
        with console.write() as connection:
            add_alert(connection, talk, rule="RF12", urgency="emergency_911")
        second = await anext_of(stream)
        console.now += timedelta(minutes=31)
        return [first, second, *[event async for event in stream]]

    first, second, last = asyncio.run(told())
    states = [msgspec.json.decode(event["data"]) for event in (first, second)]
    assert [set(state) for state in states] == [{"mark", "unread", "urgent", "alarm", "openings", "ends_in_s"}] * 2
    assert [(state["unread"], state["urgent"], state["alarm"]) for state in states] == [(1, 0, 0), (1, 1, 1)]
    assert states[0]["mark"] != states[1]["mark"]
    assert last["event"] == "ended"
    assert console.audit().count(("list", None)) == 0


async def anext_of(stream: AsyncIterator[dict[str, str]]) -> dict[str, str]:
    return await stream.__anext__()


# -- saved views -----------------------------------------------------------------------------------------------------


def save(browser: TestClient, name: str, query: str, **more: str) -> Any:
    token = csrf_of(browser.get("/staff").text)
    return browser.post("/staff/views", data={"csrf": token, "name": name, "query": query, **more})


def test_a_view_is_kept_shown_and_deleted_by_its_owner(console: Console) -> None:
    browser, other = console.signed_in(), console.signed_in("viewer")
    for _ in range(2):
        assert save(browser, "Lefties", "answer=knee_side%3Dleft&x=1").status_code == 303
    html = browser.get("/staff").text
    assert html.count('href="/staff?answer=knee_side%3Dleft">Lefties') == 1
    assert "Lefties" not in other.get("/staff").text
    save(browser, "Lefties", "answer=knee_side%3Dleft", shared="1")
    assert "Lefties" in other.get("/staff").text
    with console.context.database.read() as connection:
        (view,) = connection.execute(sa.select(schema.saved_views.c.id)).scalars()
    token = csrf_of(other.get("/staff").text)
    assert other.post(f"/staff/views/{view}/delete", data={"csrf": token}).status_code == 404
    assert "Delete the view" in browser.get("/staff?answer=knee_side%3Dleft").text
    token = csrf_of(browser.get("/staff").text)
    assert browser.post(f"/staff/views/{view}/delete", data={"csrf": token}).status_code == 303
    assert "Lefties" not in browser.get("/staff").text
    assert console.audit().count(("view_save", None)) == 3


@pytest.mark.parametrize(
    ("name", "query", "shared"),
    [("", "unread=1", False), ("x" * 41, "unread=1", False), ("a", "", False), ("a", "review=x", False)],
)
def test_a_view_that_cannot_be_is_refused(console: Console, name: str, query: str, shared: bool) -> None:
    assert save(console.signed_in(), name, query).status_code == 400


def test_a_viewer_keeps_views_but_shares_none(console: Console) -> None:
    browser = console.signed_in("viewer")
    assert save(browser, "Mine", "unread=1").status_code == 303
    assert save(browser, "Ours", "unread=1", shared="1").status_code == 403


def test_every_form_of_the_queue_needs_its_token(console: Console, talk: str) -> None:
    browser = console.signed_in()
    for path in (f"/staff/conversations/{talk}/review", f"/staff/conversations/{talk}/take", "/staff/views",
                 "/staff/views/1/delete"):  # fmt: skip
        assert browser.post(path, data={"csrf": "wrong", "name": "a", "query": "unread=1"}).status_code == 403
