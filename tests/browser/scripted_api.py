"""Answers of the visitor API as a test wants them: for failures and for the look of a single input.

Whole conversations are tested against the real server; this stands in only where a server must fail, or must ask
one certain question.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Request, Route

Message = dict[str, Any]

DOORS = [
    {"label": "My knee hurts", "value": "my knee hurts"},
    {"label": "Book a visit", "value": "book a visit"},
    {"label": "Just a question", "value": "just a question"},
]


class ScriptedApi:
    """Holds one conversation; replies come from `script`, one list of messages for each visitor message."""

    def __init__(self, context: BrowserContext) -> None:
        self.greeting: list[Message] = [
            {"text": "Hello. How can we help?", "choices": DOORS, "input": {"kind": "choices"}}
        ]
        self.script: list[list[Message]] = []
        self.messages: list[Message] = []
        self.received: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.problem: dict[str, Any] = {"detail": "Please send it in shorter parts."}
        self.failures: list[int | str] = []
        """What the next posts of a message meet: a status, `cut` (no answer) or `lost` (taken, but no answer)."""
        self.events: list[tuple[str, Any]] = []
        self.stream: str | int = "short"
        """What a reader of events meets: `short` (these events and the end), `held` (nothing), `page`, or a status."""
        self.gone = False
        self.handled_by = "bot"
        self.silent = False
        self.forget_status = 204
        context.route("**/api/**", self._answer)

    def asks(self, *messages: Message) -> ScriptedApi:
        """The greeting is these messages."""
        self.greeting = list(messages)
        return self

    def then(self, *messages: Message) -> ScriptedApi:
        """The next visitor message is answered with these."""
        self.script.append(list(messages))
        return self

    def add(self, sender: str, message: Message) -> Message:
        added = {"seq": len(self.messages) + 1, "from": sender, "at": "2026-12-01T10:00:00-05:00", **message}
        self.messages.append(added)
        return added

    def _answer(self, route: Route, request: Request) -> None:
        path = urlsplit(request.url).path.split("/api/", 1)[1]
        self.calls.append(f"{request.method} {path}")
        self.headers.append(request.headers)
        if self.silent:
            return
        if self.gone and path != "conversations":
            self._problem(route, 404, "not_found")
            return
        handlers: dict[tuple[str, str], Callable[[Route, Request], None]] = {
            ("POST", "conversations"): self._start,
            ("POST", "messages"): self._take,
            ("POST", "thumb"): self._thumb,
            ("GET", "messages"): self._history,
            ("GET", "events"): self._events,
            ("GET", "booking.ics"): lambda route, _: route.fulfill(
                content_type="text/calendar", body="BEGIN:VCALENDAR"
            ),
            ("DELETE", "c1"): self._forget,
        }
        handlers[request.method, path.rsplit("/", 1)[-1]](route, request)

    def _start(self, route: Route, _: Request) -> None:
        self.gone, self.messages = False, []
        greeting = [self.add("bot", message) for message in self.greeting]
        self._json(route, {"conversation": "c1", "token": "t1", "messages": greeting}, status=201)

    def _take(self, route: Route, request: Request) -> None:
        body = request.post_data_json
        self.received.append((body["id"], body["text"]))
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, int):
            self._problem(route, failure, {409: "id_reused", 413: "text_too_long"}.get(failure, "turn_failed"))
            return
        if failure == "cut":
            route.abort("connectionreset")
            return
        own = next((one for one in self.messages if one.get("id") == body["id"]), None)
        if own is None:
            own = self.add("visitor", {"id": body["id"], "text": body["text"]})
            for message in self.script.pop(0) if self.script else [{"text": "Thank you."}]:
                self.add("bot", message)
        if failure == "lost":
            route.abort("connectionreset")
            return
        replies = [one for one in self.messages[own["seq"] :] if one["from"] != "visitor"]
        self._json(route, {"received": own["seq"], "handled_by": self.handled_by, "messages": replies})

    def _thumb(self, route: Route, request: Request) -> None:
        seq, down = int(request.url.split("/")[-2]), request.post_data_json["down"]
        self.messages[seq - 1]["down"] = down
        self._json(route, {"seq": seq, "down": down})

    def _history(self, route: Route, request: Request) -> None:
        after = int(parse_qs(urlsplit(request.url).query)["after"][0])
        self._json(route, {"messages": self.messages[after:], "handled_by": self.handled_by})

    def _events(self, route: Route, _: Request) -> None:
        if self.stream == "held":
            return
        if isinstance(self.stream, int):
            route.fulfill(status=self.stream, content_type="text/html", body="<h1>No</h1>")
            return
        if self.stream == "page":
            route.fulfill(content_type="text/html", body="<h1>Welcome to our network</h1>")
            return
        lines = [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in self.events]
        route.fulfill(content_type="text/event-stream; charset=utf-8", body=": here\n\n" + "".join(lines))

    def _forget(self, route: Route, _: Request) -> None:
        if self.forget_status == 204:
            route.fulfill(status=204)
        else:
            self._json(route, {"detail": "I have asked the clinic to delete what it may."}, self.forget_status)

    def _problem(self, route: Route, status: int, code: str) -> None:
        problem = {"type": "about:blank", "status": status, "code": code, **self.problem}
        route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(problem))

    @staticmethod
    def _json(route: Route, body: Any, status: int = 200) -> None:
        route.fulfill(status=status, content_type="application/json", body=json.dumps(body))
