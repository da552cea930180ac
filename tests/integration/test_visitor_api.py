"""The visitor API held against its own description, and what the description cannot say."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
import requests
from openapi_spec_validator import validate_spec
from starlette.routing import Route

from knee_intake.records import schema
from knee_intake.web.app import make_app
from knee_intake.web.visitor import OPENAPI
from tests.integration.conftest import Running, Visitor
from tests.integration.live import Stream, serving

SPEC: dict[str, Any] = json.loads(OPENAPI.read_text())
UUID = "6f1f6a0e-2d2b-4a55-9a7c-3d0b7d7f2c11"


def schema_of(path: str, method: str, status: int) -> dict[str, Any] | None:
    """The documented JSON schema of an answer; None where it is no JSON."""
    answer = SPEC["paths"][path][method.lower()]["responses"][str(status)]
    content = answer.get("content", {})
    found = next((kind for kind in content if kind.endswith("json")), None)
    return {**content[found]["schema"], "components": SPEC["components"]} if found else None


def check(answer: Any, path: str, method: str) -> Any:
    """The answer's status, media type and body are documented; returns the body."""
    documented = SPEC["paths"][path][method.lower()]["responses"]
    assert str(answer.status_code) in documented, f"{method} {path} {answer.status_code}: {answer.text}"
    content = documented[str(answer.status_code)].get("content", {})
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert kind in content or (not content and not answer.content)
    wanted = schema_of(path, method, answer.status_code)
    if wanted is None:
        return None
    jsonschema.Draft202012Validator(wanted, format_checker=jsonschema.FormatChecker()).validate(answer.json())
    return answer.json()


ONE = "/api/conversations/{id}"


# ---- the description -----------------------------------------------------------------------------------------------


def test_the_description_is_valid_and_served(running: Running) -> None:
    validate_spec(SPEC)
    answer = running.client.get("/api/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == SPEC


def test_the_app_has_the_routes_of_the_description_and_no_others(running: Running) -> None:
    described = {(path, method.upper()) for path, one in SPEC["paths"].items() for method in one}
    served = {
        (route.path, method)
        for route in running.app.routes
        if isinstance(route, Route) and route.path.startswith("/api/") and route.path != "/api/openapi.json"
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert served == described


def test_every_answer_of_a_whole_conversation_is_as_described(running: Running) -> None:
    client = running.client
    opened = check(client.post("/api/conversations"), "/api/conversations", "post")
    visitor = Visitor(client, opened["conversation"], opened["token"], opened["messages"], opened["messages"])
    texts = [
        "my left knee hurts on the inside, but no swelling", "yes", "self", "what does it cost?", "none of these",
        "about three months ago, slowly", "calf_swelling", "none", "moderate", "skip", "book", "FIRST TIME",
        "Robin, robin@example.org", "yes", "now", "6", "stairs, kneeling",
    ]  # fmt: skip
    seen: set[str] = set()
    for text in texts:
        said = visitor.last[-1]["choices"][0]["value"] if text == "FIRST TIME" else text
        visitor.last = check(visitor.post(said), f"{ONE}/messages", "post")["messages"]
        seen |= {message["input"]["kind"] for message in visitor.last if "input" in message}
        intake = check(client.get(f"{visitor.path}/intake", headers=visitor.headers), f"{ONE}/intake", "get")
        assert intake["conversation"] == visitor.conversation
        for path in ("messages", "booking.ics"):
            check(client.get(f"{visitor.path}/{path}", headers=visitor.headers), f"{ONE}/{path}", "get")
    assert {"choices", "multi_choice", "slots", "contact", "pain_scale"} <= seen
    assert intake["booking"]["status"] == "requested"
    assert [flag["urgency"] for flag in intake["red_flags"]] == ["same_day"]
    assert intake["progress"]["done"] <= intake["progress"]["of"]
    assert intake["answers"]["pain_severity"]["how"] == "asked"
    assert intake["answers"]["pain_severity"]["value"] == 6
    assert intake["answers"]["knee_side"]["how"] == "volunteered"
    assert intake["answers"]["knee_side"]["words"] == texts[0]
    check(client.delete(visitor.path, headers=visitor.headers), ONE, "delete")


def test_every_refusal_is_as_described(running: Running, start: Callable[..., Any]) -> None:
    visitor = running.visitor().consent()
    visitor.post("self", UUID)
    refused = {
        400: [{"json": {"id": "1", "text": " "}}, {"content": b"{"}],
        401: [{"json": {"id": "1", "text": "x"}, "headers": {}}],
        409: [{"json": {"id": UUID, "text": "other"}}],
        413: [{"json": {"id": "1", "text": "x" * 5_000}}],
    }
    for status, requests_ in refused.items():
        for request in requests_:
            answer = visitor.client.post(f"{visitor.path}/messages", **{"headers": visitor.headers, **request})
            assert answer.status_code == status
            check(answer, f"{ONE}/messages", "post")
    for path, method in (("/messages", "get"), ("/intake", "get"), ("/events", "get"), ("/booking.ics", "get")):
        check(visitor.client.request(method, visitor.path + path), ONE + path, method)
    check(visitor.client.delete(visitor.path), ONE, "delete")
    answer = visitor.client.get(f"{visitor.path}/booking.ics", headers=visitor.headers)
    assert check(answer, f"{ONE}/booking.ics", "get")["code"] == "booking_not_found"


# ---- messages and intake -------------------------------------------------------------------------------------------


def test_messages_are_counted_without_gaps_and_the_replies_are_the_rows(running: Running) -> None:
    visitor = running.visitor()
    replies = list(visitor.greeting)
    for text in ("my left knee hurts", "yes", "self", "what are your hours?", "none of these"):
        answer = visitor.post(text).json()
        assert answer["received"] == replies[-1]["seq"] + 1
        assert [message["seq"] for message in answer["messages"]] == list(
            range(answer["received"] + 1, answer["received"] + 1 + len(answer["messages"]))
        )
        replies += answer["messages"]
    messages = visitor.messages()
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    kept = {message["seq"]: message for message in messages}
    assert [kept[reply["seq"]] for reply in replies if kept[reply["seq"]]["text"] is not None] == [
        reply for reply in replies if kept[reply["seq"]]["text"] is not None
    ]
    assert {message["from"] for message in messages} == {"visitor", "bot"}


def test_after_gives_what_came_after(visitor: Visitor) -> None:
    visitor.consent()
    messages = visitor.messages()
    for after in range(len(messages) + 2):
        assert visitor.messages(after) == messages[after:]


def test_a_visitors_message_carries_the_clients_id(visitor: Visitor) -> None:
    visitor.consent()
    visitor.post("self", UUID)
    assert [message["from"] for message in visitor.messages() if message.get("id") == UUID] == ["visitor"]


def test_the_transcript_says_who_answers_and_where_the_chat_stands(running: Running) -> None:
    visitor = running.visitor()

    def stand() -> tuple[str, str]:
        body = running.client.get(f"{visitor.path}/messages", headers=visitor.headers).json()
        return body["status"], body["handled_by"]

    assert stand() == ("consent_pending", "bot")
    visitor.consent()
    assert stand() == ("active", "bot")
    running.client.portal.call(running.dialogue.staff_takeover, visitor.conversation, running.member())
    assert stand() == ("active", "staff")
    check(visitor.post("is somebody there?"), f"{ONE}/messages", "post")


def test_the_intake_before_consent_is_empty(visitor: Visitor) -> None:
    visitor.say("my left knee hurts")
    intake = visitor.intake()
    assert (intake["status"], intake["answers"], intake["booking"]) == ("consent_pending", {}, None)


def test_an_offered_answer_stands_as_its_value_beside_the_words(visitor: Visitor) -> None:
    visitor.consent().say("self", "none", "left, medial")
    choices = [message.get("choice") for message in visitor.messages() if message["from"] == "visitor"][-3:]
    assert choices == ["self", "none", "left, medial"]


# ---- forget me -----------------------------------------------------------------------------------------------------


def anywhere(running: Running, words: str) -> list[str]:
    return [name for name, table in schema.metadata.tables.items() if words in str(running.rows(table))]


def test_forget_me_leaves_its_number_and_nothing_else(running: Running) -> None:
    visitor = running.visitor().consent()
    visitor.say("self", "none of these", "zebra left knee, inside")
    answer = running.client.delete(visitor.path, headers=visitor.headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert anywhere(running, visitor.conversation) == ["tombstones"]  # its number, for a backup
    assert anywhere(running, "zebra") == []
    assert visitor.post("hello?").status_code == 401
    assert running.client.delete(visitor.path, headers=visitor.headers).status_code == 401


def test_forget_me_after_a_visit_was_cancelled_leaves_its_number_too(running: Running) -> None:
    visitor = running.visitor().booked()
    visitor.say("cancel my visit", "yes")
    assert running.client.get(f"{visitor.path}/intake", headers=visitor.headers).json()["booking"]["status"] == (
        "cancelled"
    )
    assert running.client.delete(visitor.path, headers=visitor.headers).status_code == 204
    assert anywhere(running, visitor.conversation) == ["tombstones"]  # its number, for a backup
    assert anywhere(running, "robin@example.org") == []


@pytest.mark.parametrize("why", ["visit", "alert", "staff"])
def test_forget_me_is_a_request_where_the_clinic_holds_something(running: Running, why: str) -> None:
    visitor = running.visitor()
    if why == "visit":
        visitor.booked()
    elif why == "alert":
        visitor.consent().say("my foot is ice cold and blue")
    else:
        visitor.consent()
        running.client.portal.call(running.dialogue.staff_message, visitor.conversation, None, "Hello!")
    answer = running.client.delete(visitor.path, headers=visitor.headers)
    assert answer.status_code == 202
    body = check(answer, ONE, "delete")
    assert "asked the clinic" in body["detail"]
    assert running.context.clinic.practice.phone_text() in body["detail"]
    assert running.rows(schema.conversations)[0]["erase_requested_at"] == running.clock()
    assert visitor.messages(), "nothing is hidden from the visitor meanwhile"


# ---- other sites ---------------------------------------------------------------------------------------------------

SITE = "https://clinic.example"


def test_another_site_may_ask_and_the_answer_to_that_is_kept(start: Callable[..., Any]) -> None:
    with start(allowed_origins=(SITE,)) as running:
        wanted = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}
        answer = running.client.options("/api/conversations/x", headers={"Origin": SITE, **wanted})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == SITE
        assert {"GET", "POST", "DELETE"} <= set(answer.headers["access-control-allow-methods"].split(", "))
        allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
        assert {"authorization", "content-type", "last-event-id"} <= set(allowed)
        assert int(answer.headers["access-control-max-age"]) >= 3_600
        assert "access-control-allow-credentials" not in answer.headers
        other = running.client.options("/api/conversations/x", headers={"Origin": "https://other.example", **wanted})
        assert (other.status_code, "access-control-allow-origin" in other.headers) == (400, False)


def test_every_answer_can_be_read_by_the_site_that_embeds_and_by_no_other(start: Callable[..., Any]) -> None:
    with start(allowed_origins=(SITE,), rate_limits=True, chats_per_hour=1, messages_per_minute=1) as running:
        visitor = running.visitor()
        say = {"json": {"id": "1", "text": "knee"}}
        calls: list[tuple[str, str, dict[str, Any], int]] = [
            ("POST", f"{visitor.path}/messages", {**say, "headers": visitor.headers}, 200),
            ("POST", f"{visitor.path}/messages", {**say, "headers": visitor.headers}, 429),
            ("POST", f"{visitor.path}/messages", say, 401),
            ("GET", f"{visitor.path}/messages", {"headers": visitor.headers}, 200),
            ("POST", "/api/conversations", {}, 429),
            ("GET", "/api/nothing", {}, 404),
            ("PUT", "/api/conversations", {}, 405),
        ]
        for method, path, extra, status in calls:
            for origin, readable in ((SITE, True), ("https://other.example", False)):
                if status == 200 and not readable and method == "POST":
                    continue
                headers = {**extra.get("headers", {}), "Origin": origin}
                answer = running.client.request(method, path, **{**extra, "headers": headers})
                assert answer.status_code == status, answer.text
                assert (answer.headers.get("access-control-allow-origin") == SITE) == readable
                assert "access-control-allow-credentials" not in answer.headers
                assert answer.headers["cache-control"] == "no-store"
                assert "set-cookie" not in answer.headers
                if status == 429 and readable:
                    assert "retry-after" in answer.headers["access-control-expose-headers"].lower()


def test_in_the_demo_any_site_may_embed(start: Callable[..., Any]) -> None:
    with start() as running:
        answer = running.client.post("/api/conversations", headers={"Origin": SITE})
        assert answer.headers["access-control-allow-origin"] == "*"


# ---- rate limits ---------------------------------------------------------------------------------------------------


def test_too_many_messages_are_told_when_to_come_back_and_none_is_lost(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = SimpleNamespace(now=1_000.0)
    monkeypatch.setattr("knee_intake.web.rates.RateLimit.__init__.__defaults__", (lambda: seconds.now,))
    with start(rate_limits=True, messages_per_minute=3) as running:
        visitor, other = running.visitor(), running.visitor()
        visitor.say("knee", "yes")
        seconds.now += 20
        visitor.say("self")
        answer = visitor.post("none of these", UUID)
        assert (check(answer, f"{ONE}/messages", "post")["code"], answer.status_code) == ("rate_limited", 429)
        assert answer.headers["retry-after"] == "40"
        assert other.post("knee").status_code == 200, "another chat is not held up"
        alarm = visitor.post("my chest hurts and I can't breathe")
        assert (alarm.status_code, alarm.json()["alert"]) == (429, "emergency_911")
        seconds.now += 40
        visitor.last = visitor.post("none of these", UUID).json()["messages"]
        assert visitor.asked == "pain_location"
        assert [message.get("id") for message in visitor.messages()].count(UUID) == 1


def test_too_many_chats_from_one_address_are_told_when_to_come_back(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = SimpleNamespace(now=1_000.0)
    monkeypatch.setattr("knee_intake.web.rates.RateLimit.__init__.__defaults__", (lambda: seconds.now,))
    with start(rate_limits=True, chats_per_hour=2) as running:
        visitors = [running.visitor(), running.visitor()]
        answer = running.client.post("/api/conversations")
        assert check(answer, "/api/conversations", "post")["code"] == "rate_limited"
        assert answer.headers["retry-after"] == "3600"
        assert len(running.rows(schema.conversations)) == 2
        assert all(visitor.say("knee") for visitor in visitors), "chats that are open go on"
        seconds.now += 3_600
        assert running.visitor().greeting


# ---- events ----------------------------------------------------------------------------------------------------------


class LiveVisitor:
    """A chat over a real connection."""

    def __init__(self, address: str) -> None:
        opened = requests.post(f"{address}/api/conversations", timeout=30).json()
        self.address = f"{address}/api/conversations/{opened['conversation']}"
        self.headers = {"Authorization": f"Bearer {opened['token']}"}

    def say(self, *texts: str) -> None:
        for text in texts:
            body = {"id": str(uuid.uuid4()), "text": text}
            answer = requests.post(f"{self.address}/messages", json=body, headers=self.headers, timeout=30)
            assert answer.ok, answer.text

    def messages(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.address}/messages", headers=self.headers, timeout=30)
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def stream(self, **headers: str) -> Stream:
        return Stream(f"{self.address}/events", {**self.headers, **headers}).open()


@pytest.fixture
def live(make_settings: Callable[..., Any], models: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A real server: .address, .app, and .slow, which makes the next text take its time to be understood."""
    slow = SimpleNamespace(begun=threading.Event(), go_on=threading.Event(), on=False)

    def understand(*args: Any, **kwargs: Any) -> Any:
        if slow.on:
            slow.begun.set()
            slow.go_on.wait(30)
        return models.understanding.understand(*args, **kwargs)

    understanding = SimpleNamespace(understand=understand, reader=models.understanding.reader)
    loaded = SimpleNamespace(agent=models.agent, understanding=understanding)
    app = make_app(make_settings(rate_limits=False), load=lambda _: loaded)
    with serving(app) as address:
        yield SimpleNamespace(address=address, app=app, slow=slow)


def test_the_stream_replays_goes_on_and_numbers_its_events_by_seq(live: Any) -> None:
    visitor = LiveVisitor(live.address)
    visitor.say("knee", "yes")
    known = visitor.messages()
    stream = visitor.stream()
    assert stream.answer is not None
    assert stream.answer.headers["content-type"].startswith("text/event-stream")
    assert stream.answer.headers["cache-control"] == "no-store"
    stream.wait_for(lambda events: len(events) >= len(known))
    assert [(event, data) for event, _, data in stream.events] == [("message", message) for message in known]

    late = visitor.stream(**{"Last-Event-ID": str(known[-2]["seq"])})
    late.wait_for(lambda events: bool(events))
    assert late.ids() == [known[-1]["seq"]]

    visitor.say("self")
    everything = visitor.messages()
    for one, first in ((stream, 1), (late, known[-1]["seq"])):
        one.wait_for(lambda events: any(number == str(everything[-1]["seq"]) for _, number, _ in events))
        assert one.ids() == list(range(first, len(everything) + 1)), "each once, none left out"
        kinds = [event for event, number, _ in one.events if number is None or int(number) > len(known)]
        assert kinds == ["typing", "message", "message"], "typing at once, then the text as it is kept and its reply"
        # a text goes out as it was received; which offered answer it is, is found while it is answered
        came = [{**data, "choice": None} for event, _, data in one.events if event == "message"]
        assert came == [{**message, "choice": None} for message in everything[first - 1 :]]
        one.close()


def test_a_stream_ends_when_the_chat_is_forgotten(live: Any) -> None:
    visitor = LiveVisitor(live.address)
    stream = visitor.stream()
    stream.wait_for(lambda events: bool(events))
    assert requests.delete(visitor.address, headers=visitor.headers, timeout=30).status_code == 204
    assert stream.ended.wait(10)
    assert visitor.stream().answer.status_code == 401  # type: ignore[union-attr]


def test_a_stream_ends_when_the_database_goes_away_and_can_be_taken_up_again(live: Any) -> None:
    visitor = LiveVisitor(live.address)
    stream = visitor.stream()
    stream.wait_for(lambda events: bool(events))
    var = Path(live.app.state.context.settings.var_path)
    var.rename(var.with_name("away"))
    try:
        assert stream.ended.wait(10)
        assert visitor.stream().answer.status_code == 503  # type: ignore[union-attr]
    finally:
        var.with_name("away").rename(var)
    visitor.say("knee")
    again = visitor.stream(**{"Last-Event-ID": str(stream.ids()[-1])})
    again.wait_for(lambda events: len(events) >= 2)
    assert again.ids() == [2, 3]
    again.close()


def test_who_hangs_up_in_the_middle_finds_the_answer_later(live: Any) -> None:
    visitor = LiveVisitor(live.address)
    visitor.say("knee", "yes")
    live.slow.on = True
    body = json.dumps({"id": UUID, "text": "it is for me"})
    host, path = live.address.removeprefix("http://"), visitor.address.removeprefix(live.address)
    name, port = host.split(":")
    with socket.create_connection((name, int(port))) as line:
        request = [
            f"POST {path}/messages HTTP/1.1", f"Host: {host}", f"Authorization: {visitor.headers['Authorization']}",
            "Content-Type: application/json", f"Content-Length: {len(body)}", "", body,
        ]  # fmt: skip
        line.sendall("\r\n".join(request).encode())
        assert live.slow.begun.wait(30)
    live.slow.go_on.set()
    deadline = time.monotonic() + 30
    while visitor.messages()[-1]["from"] == "visitor":
        assert time.monotonic() < deadline, "the turn was not finished"
        time.sleep(0.05)
    assert visitor.messages()[-1]["input"]["for"] == "emergency_screen"
    assert [message.get("id") for message in visitor.messages()].count(UUID) == 1


def test_who_hangs_up_before_the_body_is_whole_changes_nothing(live: Any) -> None:
    visitor = LiveVisitor(live.address)
    before = visitor.messages()
    host, path = live.address.removeprefix("http://"), visitor.address.removeprefix(live.address)
    name, port = host.split(":")
    with socket.create_connection((name, int(port))) as line:
        head = [
            f"POST {path}/messages HTTP/1.1", f"Host: {host}", f"Authorization: {visitor.headers['Authorization']}",
            "Content-Length: 100", "", '{"id": "1", "te',
        ]  # fmt: skip
        line.sendall("\r\n".join(head).encode())
    visitor.say("knee")
    assert len(visitor.messages()) == len(before) + 2
