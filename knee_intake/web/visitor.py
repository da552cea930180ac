"""The visitor API under /api: JSON in and out, problem JSON for errors, server-sent events. See openapi.json."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.booking.ics import calendar_file
from knee_intake.dialogue.engine import Dialogue
from knee_intake.errors import (
    BookingNotFoundError,
    ChatClosedError,
    InvalidBodyError,
    KneeIntakeError,
    NotFoundError,
    NotReadyError,
    RateLimitedError,
    StorageError,
    TextTooLongError,
    TurnError,
    UnauthorizedError,
)
from knee_intake.interview import flow
from knee_intake.interview.model import Intake
from knee_intake.records.intake_view import intake_json, message_json
from knee_intake.records.turn_rows import Row
from knee_intake.web.bodies import Thumb, VisitorMessage, bearer, clean_id, clean_text, read_json, row_number
from knee_intake.web.context import AppContext
from knee_intake.web.problems import problem_response
from knee_intake.web.rates import RateLimit

log = logging.getLogger(__name__)
Handler = Callable[[Request], Awaitable[Response]]

OPENAPI = Path(__file__).parent / "openapi.json"
HEARTBEAT_S = 15
READING_S = 10.0
"""How long an event stream waits for the turn of a visitor's message before it shows the message as it came."""
POLL_S = 3.0
"""Event streams look into the records at least this often: another process may have written."""


def visitor_routes(context: AppContext) -> list[BaseRoute]:
    """The routes of the visitor API."""
    api = VisitorApi(context)
    one = "/api/conversations/{id}"
    return [
        Route("/api/openapi.json", api.openapi),
        Route("/api/conversations", _guarded(api.create), methods=["POST"]),
        Route(f"{one}/messages", _guarded(api.post_message), methods=["POST"]),
        Route(f"{one}/messages", _guarded(api.messages), methods=["GET"]),
        Route(f"{one}/messages/{{seq}}/thumb", _guarded(api.thumb), methods=["POST"]),
        Route(f"{one}/events", _guarded(api.events), methods=["GET"]),
        Route(f"{one}/intake", _guarded(api.intake), methods=["GET"]),
        Route(f"{one}/booking.ics", _guarded(api.calendar_file), methods=["GET"]),
        Route(one, _guarded(api.forget), methods=["DELETE"]),
    ]


def _guarded(handler: Handler) -> Handler:
    """Errors become problem JSON; what nobody expected is logged and told as our own failure."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except KneeIntakeError as error:
            if error.status >= 500 and not isinstance(error, ChatClosedError):
                log.error("%s failed: %s", handler.__name__, error.code, exc_info=error)
            return problem_response(error)
        except Exception:
            # answered here and not by the outermost handler, whose answer another site's page could not read (CORS)
            log.exception("%s failed unexpectedly", handler.__name__)
            return problem_response(KneeIntakeError("unexpected"))

    return endpoint


class VisitorApi:
    """The handlers."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        settings = context.settings
        self._chats = RateLimit(settings.chats_per_hour, 3600) if settings.rate_limits else None
        self._texts = RateLimit(settings.messages_per_minute, 60) if settings.rate_limits else None
        self._thumbs = RateLimit(settings.messages_per_minute, 60) if settings.rate_limits else None
        self._zone = context.clinic.practice.zoneinfo()

    def _dialogue(self) -> Dialogue:
        if self._context.dialogue is None:
            raise NotReadyError("the model is not loaded yet")
        return self._context.dialogue

    async def _authorised(self, request: Request) -> Row:
        store = self._dialogue().store
        conversation = request.path_params["id"]
        if not conversation.isprintable():  # PostgreSQL takes no NUL
            raise UnauthorizedError("no conversation opens with this key")
        return await asyncio.to_thread(store.authenticate, conversation, bearer(request))

    async def openapi(self, _request: Request) -> Response:
        return FileResponse(OPENAPI, media_type="application/json")

    async def create(self, request: Request) -> Response:
        """A new chat and its greeting."""
        if self._chats is not None:
            self._chats.check(_address(request) or "unknown")
        conversation, token, rows = await self._dialogue().open()
        body = {"conversation": conversation, "token": token, "messages": self._messages(rows)}
        return _json(body, 201)

    async def post_message(self, request: Request) -> Response:
        """One text of the visitor's; answers with the replies."""
        try:
            row = await self._authorised(request)
        except StorageError as error:
            await self._screen(error, (await read_json(request, VisitorMessage)).text)
            raise
        body = await read_json(request, VisitorMessage)
        try:
            if self._texts is not None:
                self._texts.check(row["id"])
            text = clean_text(body.text, self._context.settings.max_text)
            answered = await self._dialogue().say(row["id"], clean_id(body.id), text, _address(request))
        except (StorageError, TurnError, TextTooLongError, RateLimitedError) as error:
            await self._screen(error, body.text)
            raise
        return _json(
            {"received": answered.seq, "handled_by": answered.handled_by, "messages": self._messages(answered.replies)}
        )

    async def thumb(self, request: Request) -> Response:
        """An answer is not what was meant, or is after all."""
        row = await self._authorised(request)
        body = await read_json(request, Thumb)
        if self._thumbs is not None:
            self._thumbs.check(row["id"])
        seq = row_number(request.path_params["seq"])
        await self._dialogue().thumb(row["id"], seq, down=body.down)
        return _json({"seq": seq, "down": body.down})

    async def _screen(self, error: KneeIntakeError, text: str) -> None:
        """Put the safety text that the words call for into the error: it is shown even where nothing can be saved."""
        if error.alert is not None:
            return
        try:
            error.alert = await asyncio.to_thread(self._dialogue().screen, text)
        except Exception:
            log.exception("a text of a failed turn could not be screened")

    async def messages(self, request: Request) -> Response:
        """The transcript after a seq."""
        row = await self._authorised(request)
        after = _whole(request.query_params.get("after", "0"))
        rows = await asyncio.to_thread(self._dialogue().store.transcript, row["id"], after)
        return _json({"messages": self._messages(rows), "status": row["status"], "handled_by": row["handled_by"]})

    async def intake(self, request: Request) -> Response:
        """What has been understood so far."""
        row = await self._authorised(request)
        return _json(await asyncio.to_thread(self._intake, row))

    def _intake(self, row: Row) -> dict[str, Any]:
        store = self._dialogue().store
        data = store.intake(row["id"])
        progress = flow.progress(Intake.from_dict(data), self._context.clinic.questions)
        return intake_json(row, data, store.booking(row["id"]), progress, zone=self._zone)

    async def calendar_file(self, request: Request) -> Response:
        """The visit as a calendar file."""
        row = await self._authorised(request)

        def make() -> bytes:
            booking = self._dialogue().store.booking(row["id"])
            found = self._context.calendar.look_up(booking["reference"]) if booking else None
            if found is None:
                raise BookingNotFoundError("this chat has no visit")
            return calendar_file(found, self._context.clinic.practice, self._context.clock())

        headers = {"content-disposition": 'attachment; filename="clinic-visit.ics"', "cache-control": "no-store"}
        return Response(await asyncio.to_thread(make), media_type="text/calendar; charset=utf-8", headers=headers)

    async def forget(self, request: Request) -> Response:
        """ "Forget me": gone, or a request to the clinic where it holds a visit or an alert."""
        row = await self._authorised(request)
        gone = await self._dialogue().forget(row["id"])
        if gone:
            return Response(status_code=204)
        text = (
            "The clinic has a visit or a note from this chat. I have asked the clinic to delete what it may. "
            f"You can also call {self._context.clinic.practice.phone_text()}."
        )
        return _json({"status": "requested", "detail": text}, 202)

    async def events(self, request: Request) -> Response:
        """New messages and typing, as server-sent events; replays from Last-Event-ID."""
        row = await self._authorised(request)
        last = _whole(request.headers.get("last-event-id", request.query_params.get("after", "0")))
        stream = self._stream(row["id"], last)
        response: Response = EventSourceResponse(stream, ping=HEARTBEAT_S, headers={"cache-control": "no-store"})
        return response

    async def _stream(self, conversation: str, last: int) -> AsyncIterator[dict[str, str]]:
        dialogue = self._dialogue()
        yield {"comment": "here"}  # a reader that hears nothing at once is behind something that holds streams back
        with dialogue.bus.listen(conversation) as queue:
            while True:
                try:
                    rows = await asyncio.to_thread(dialogue.store.transcript, conversation, last)
                    await asyncio.to_thread(dialogue.store.conversation, conversation)
                except (StorageError, NotFoundError):
                    return  # forgotten, or the database is away: the reader comes back and is told which
                for row in rows:
                    if self._is_being_read(row):
                        break  # its text becomes the label where it is an offered answer; the reply's signal wakes us
                    last = row["seq"]
                    data = msgspec.json.encode(message_json(row, self._zone)).decode()
                    yield {"event": "message", "id": str(last), "data": data}
                try:
                    _, signal = await asyncio.wait_for(queue.get(), POLL_S)
                except asyncio.TimeoutError:
                    continue
                if signal == "typing":
                    yield {"event": "typing", "data": "{}"}

    def _is_being_read(self, row: Row) -> bool:
        """Whether a visitor's message has just come and its turn is not done."""
        age = (self._context.clock() - row["at"]).total_seconds()
        return row["sender"] == "visitor" and not row["answered"] and age < READING_S

    def _messages(self, rows: list[Row]) -> list[dict[str, Any]]:
        return [message_json(row, self._zone) for row in rows]


def _json(body: Any, status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(body), status, media_type="application/json", headers={"cache-control": "no-store"}
    )


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise InvalidBodyError("expected a whole number of 0 or more")
    return min(int(text[:20]), 2**31 - 1)
