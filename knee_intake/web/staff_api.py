"""The console's facts as JSON, with a session or a personal token; errors are problem JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knee_intake.errors import (
    EmptyTextError,
    InvalidBodyError,
    KneeIntakeError,
    RequestError,
    TextTooLongError,
)
from knee_intake.records.intake_view import booking_json, iso
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import LARGEST_PAGE, PAGE, ListItem, read_conversation
from knee_intake.records.staff_record import record_json
from knee_intake.web import staff_deeds as deeds
from knee_intake.web.context import AppContext
from knee_intake.web.problems import problem_response
from knee_intake.web.queue_filters import filters_of, read_pairs
from knee_intake.web.staff_gate import StaffGate, secured
from knee_intake.web.staff_talk import dialogue_of, start

MAX_BODY = 65_536  # bytes
Endpoint = Callable[[Request], Awaitable[Response]]


class _Text(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a message to the visitor."""

    text: str


def staff_api_routes(context: AppContext, gate: StaffGate) -> list[Route]:
    """Every route under /staff/api."""
    api = StaffApi(context, gate)
    one = "/staff/api/conversations/{id}"
    return [
        Route("/staff/api/conversations", _endpoint(api.conversations), methods=["GET"]),
        Route(one, _endpoint(api.conversation), methods=["GET"]),
        Route(f"{one}/confirm", _endpoint(api.confirm), methods=["POST"]),
        Route(f"{one}/acknowledge", _endpoint(api.acknowledge), methods=["POST"]),
        Route(f"{one}/takeover", _endpoint(api.takeover), methods=["POST"]),
        Route(f"{one}/messages", _endpoint(api.message), methods=["POST"]),
        Route(f"{one}/handback", _endpoint(api.handback), methods=["POST"]),
    ]


def _endpoint(handler: Callable[[Request], Awaitable[Any]]) -> Endpoint:
    """An endpoint around `handler`: what it returns as JSON, what it raises as problem JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            body = msgspec.json.encode(await handler(request))
        except KneeIntakeError as error:
            return secured(problem_response(error, instance=request.url.path))
        return secured(Response(body, media_type="application/json"))

    return endpoint


class StaffApi:
    """The handlers. What waits for the database runs in a worker thread."""

    def __init__(self, context: AppContext, gate: StaffGate) -> None:
        self._context = context
        self._gate = gate
        self._zone = context.clinic.practice.zoneinfo()

    # -- reading -----------------------------------------------------------------------------------------------------

    async def conversations(self, request: Request) -> dict[str, Any]:
        """{conversations: […], next: KEY|null} in the order of the page, which takes the same filters."""
        return await run_in_threadpool(self._conversations, request)

    def _conversations(self, request: Request) -> dict[str, Any]:
        query = request.query_params
        limit = _whole(query.get("limit"), PAGE)
        with self._context.database.write() as connection:
            member = self._gate.caller(request, connection)
            filters = filters_of(read_pairs(query.multi_items()), member=member, zone=self._zone)
            page = deeds.see_list(
                self._context, connection, member, after=query.get("after"), limit=limit, filters=filters
            )
        return {"conversations": [self._item(item) for item in page.items], "next": page.next}

    async def conversation(self, request: Request) -> dict[str, Any]:
        """The intake object, with messages, consent and alerts."""
        return await run_in_threadpool(self._conversation, request)

    def _conversation(self, request: Request) -> dict[str, Any]:
        with self._context.database.write() as connection:
            member = self._gate.caller(request, connection)
            detail = deeds.see_conversation(self._context, connection, member, request.path_params["id"])
        return record_json(detail, self._zone)

    # -- changing ----------------------------------------------------------------------------------------------------

    async def confirm(self, request: Request) -> dict[str, Any]:
        """Turn the requested visit (`?reference=` where there are several) into a booked one; the conversation then."""
        return await run_in_threadpool(self._confirm, request)

    def _confirm(self, request: Request) -> dict[str, Any]:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            deeds.confirm_visit(
                self._context, connection, self._gate.caller(request, connection, "reviewer"), conversation,
                request.query_params.get("reference"),
            )  # fmt: skip
            return record_json(read_conversation(connection, conversation), self._zone)

    async def acknowledge(self, request: Request) -> dict[str, Any]:
        """Note that the alerts which are open now were seen."""
        return await run_in_threadpool(self._acknowledge, request)

    def _acknowledge(self, request: Request) -> dict[str, Any]:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            member = self._gate.caller(request, connection, "reviewer")
            alerts = [alert["id"] for alert in read_conversation(connection, conversation).item.open_alerts]
            deeds.acknowledge_alerts(self._context, connection, member, conversation, alerts)
            return record_json(read_conversation(connection, conversation), self._zone)

    async def takeover(self, request: Request) -> dict[str, Any]:
        """From now on a member of staff answers."""
        member = await self._start(request, "takeover")
        await dialogue_of(self._context).staff_takeover(request.path_params["id"], member.id)
        return await self._after(request)

    async def message(self, request: Request) -> dict[str, Any]:
        """Write to the visitor."""
        text = await self._text(request)
        member = await self._start(request, "message")
        await dialogue_of(self._context).staff_message(request.path_params["id"], member.id, text)
        return await self._after(request)

    async def handback(self, request: Request) -> dict[str, Any]:
        """The assistant answers again."""
        member = await self._start(request, "handback")
        await dialogue_of(self._context).staff_handback(request.path_params["id"], member.id)
        return await self._after(request)

    async def _start(self, request: Request, action: str) -> Member:
        """Who wants it; written down before it is done, as dialogue has a transaction of its own."""

        def begin() -> Member:
            with self._context.database.write() as connection:
                member = self._gate.caller(request, connection, "reviewer")
                start(self._context, connection, member, request.path_params["id"], action)
                return member

        return await run_in_threadpool(begin)

    async def _after(self, request: Request) -> dict[str, Any]:
        def after() -> dict[str, Any]:
            with self._context.database.read() as connection:
                row = read_conversation(connection, request.path_params["id"]).conversation
            return {"conversation": row["id"], "handled_by": row["handled_by"], "last_seq": row["last_seq"]}

        return await run_in_threadpool(after)

    async def _text(self, request: Request) -> str:
        if len(body := await request.body()) > MAX_BODY:
            raise TextTooLongError("the body is too long")
        try:
            text = msgspec.json.decode(body, type=_Text).text.strip()
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise InvalidBodyError('expected {"text": "…"}') from None
        if not text:
            raise EmptyTextError("no text")
        if len(text) > self._context.settings.max_text:
            raise TextTooLongError("the text is too long")
        return text

    # -- shapes ------------------------------------------------------------------------------------------------------

    def _item(self, item: ListItem) -> dict[str, Any]:
        return {
            "conversation": item.id,
            "created_at": iso(item.created_at, self._zone),
            "updated_at": iso(item.updated_at, self._zone),
            "status": item.status,
            "consented": item.consented,
            "urgency": item.urgency,
            "handled_by": item.handled_by,
            "first_name": item.first_name,
            "progress": {"done": item.done, "of": item.total},
            "booking": booking_json(item.booking, self._zone) if item.booking else None,
            "open_alerts": [{"rule": alert["rule"], "at": iso(alert["at"], self._zone)} for alert in item.open_alerts],
            "erase_requested": item.erase_requested,
            "review": item.review,
            "assignee": item.assignee,
            "tags": list(item.tags),
            "unread": item.unread,
            "restricted": item.restricted,
        }


def _whole(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= LARGEST_PAGE:
        raise RequestError(f"`limit`: expected 1 to {LARGEST_PAGE}")
    return int(text)
