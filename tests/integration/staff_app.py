"""The whole app without a model, its staff members signed in once, and requests as raw as an intruder sends them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlencode

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from knee_intake.booking.reference import make_reference
from knee_intake.records.database import Database
from knee_intake.records.members import member_named
from knee_intake.records.staff_accounts import add_member, find_session, sign_in
from knee_intake.records.staff_tokens import make_token, revoke_token, tokens_of
from tests.integration.staff_rows import NOW, add_booking, add_conversation, add_talk

PASSWORD = "grey heron at noon"
STAFF_SIDE = "/staff", "/fhir"
FORM, FHIR = "application/x-www-form-urlencoded", "application/fhir+json"


@dataclass(frozen=True)
class Answer:
    """What came back; of a stream only that it has begun."""

    status: int
    headers: dict[str, str]
    text: str
    content: bytes = b""

    @property
    def outcome(self) -> int | str:
        """The status, or "login" where a page sends the caller to the sign-in."""
        return "login" if self.headers.get("location", "").startswith("/staff/login?next=") else self.status


@dataclass(frozen=True)
class Badge:
    """How a member shows who they are: a session with its form token, and a personal token."""

    name: str
    cookie: str
    csrf: str
    token: str


@dataclass
class StaffApp:
    """The app, one event loop for all requests, and the members."""

    app: Starlette
    database: Database
    loop: asyncio.AbstractEventLoop
    badges: dict[str, Badge] = field(default_factory=dict)
    made: int = 0
    reference: str = ""
    """Of the visit in the newest conversation."""

    def badge(self, role: str, *, fresh: bool = False) -> Badge:
        """The badge of the role's member; `fresh` with a session of its own."""
        name = f"a {role}"
        if role not in self.badges:
            token = add_member(
                self.database, name=name, role=role, password=PASSWORD, now=NOW, with_token=True
            )  # fmt: skip
            self.badges[role] = self._sign_in(name, token or "")
        return self._sign_in(name, self.badges[role].token) if fresh else self.badges[role]

    def token(self, role: str, scopes: Collection[str], *, lasts: timedelta | None = None) -> str:
        """One more personal token of the role's member."""
        name, self.made = f"token {self.made}", self.made + 1
        self.badge(role)
        with self.database.write() as connection:
            staff_id = member_named(connection, f"a {role}")
            for one in tokens_of(connection, staff_id, NOW)[1:]:
                revoke_token(connection, staff_id, one.id, NOW)
            until = None if lasts is None else NOW + lasts
            return make_token(connection, staff_id, name, scopes, until, NOW)

    def _sign_in(self, name: str, token: str) -> Badge:
        secret = sign_in(self.database, name, PASSWORD, NOW)
        with self.database.read() as connection:
            session = find_session(connection, secret, now=NOW, idle=timedelta(hours=1), touch=False)
        assert session is not None
        return Badge(name, secret, session.csrf, token)

    def conversation(self, **more: Any) -> str:
        """A conversation of its own, with a talk and a requested visit."""
        self.made += 1
        self.reference = make_reference(str(self.made))
        with self.database.write() as connection:
            made = add_conversation(connection, self.made, **more)
            add_talk(connection, made)
            start = NOW + timedelta(days=8, minutes=30 * self.made)
            add_booking(connection, made, reference=self.reference, start=start)
        return made

    def send(
        self,
        method: str,
        target: str,
        *,
        cookie: str | None = None,
        csrf: str | None = None,
        token: str | None = None,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        kind: str = FORM,
    ) -> Answer:
        """One request; `target` goes out as it is. A form carries `csrf` as a field, anything else as a header."""
        headers = {"host": "testserver", "accept": "*/*"}
        if cookie is not None:
            headers["cookie"] = f"knee_intake_staff={cookie}"
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        if csrf is not None:
            headers["x-csrf-token"] = csrf
        if form is not None:
            body = urlencode({**form, **({} if csrf is None else {"csrf": csrf})}).encode()
        if body is not None or method in ("POST", "PUT"):
            body = body or b""
            headers |= {"content-type": kind, "content-length": str(len(body))}
        return self.loop.run_until_complete(_ask(self.app, method, target, headers, body or b""))


async def _ask(app: Starlette, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000), "server": ("testserver", 80),
    }  # fmt: skip
    asked, begun, never = [False], asyncio.Event(), asyncio.Event()
    start: dict[str, Any] = {}
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if asked[0]:
            await never.wait()
        asked[0] = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def take(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            if b"text/event-stream" in dict(message["headers"]).get(b"content-type", b""):
                begun.set()
        else:
            parts.append(message.get("body", b""))

    task = asyncio.ensure_future(app(scope, receive, take))
    stream = asyncio.ensure_future(begun.wait())
    await asyncio.wait({task, stream}, return_when=asyncio.FIRST_COMPLETED)
    for one in (task, stream):
        one.cancel()
    await asyncio.gather(task, stream, return_exceptions=True)
    fields = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    content = b"".join(parts)
    return Answer(start["status"], fields, content.decode("utf-8", "replace"), content)


def staff_side(routes: list[BaseRoute], prefix: str = "") -> set[tuple[str, str]]:
    """Every (method, path) of the app under /staff and /fhir; a folder of files counts as GET."""
    found: set[tuple[str, str]] = set()
    for route in routes:
        path = prefix + getattr(route, "path", "")
        if isinstance(route, Route):
            found |= {(method, path) for method in route.methods or ()}
        elif isinstance(route, Mount) and route.routes:
            found |= staff_side(route.routes, path)
        else:
            found.add(("GET", path))
    return {one for one in found if one[1].startswith(STAFF_SIDE)}
