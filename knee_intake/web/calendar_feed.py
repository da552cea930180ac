"""GET /calendar/SECRET.ics: the visits for a calendar program of the staff's."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from knee_intake.booking.agenda_ics import agenda_file
from knee_intake.errors import KneeIntakeError, NotFoundError
from knee_intake.records.audit import write_audit
from knee_intake.records.calendar_feeds import EVERYBODY, find_feed
from knee_intake.records.calendar_rows import entries_between
from knee_intake.records.restrictions import closed_to
from knee_intake.web.context import AppContext
from knee_intake.web.problems import problem_response

BACK = timedelta(days=7)
"""How long past visits stay in it."""
_HEADERS = {
    "cache-control": "private, no-cache",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def calendar_feed_routes(context: AppContext) -> list[BaseRoute]:
    """The one route; the secret in its path is the key."""

    async def endpoint(request: Request) -> Response:
        try:
            name, body = await run_in_threadpool(_make, context, request.path_params["secret"])
        except KneeIntakeError as error:
            return problem_response(error)
        mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**_HEADERS, "etag": mark}
        if _is_known(request.headers.get("if-none-match", ""), mark):
            return Response(status_code=304, headers=headers)
        await run_in_threadpool(_note, context, name)
        return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)

    return [Route("/calendar/{secret}.ics", endpoint)]


def _make(context: AppContext, secret: str) -> tuple[str, bytes]:
    """(The feed's name, the file). Raises NotFoundError where no feed has this secret.

    Nobody in particular reads it, so no restricted conversation's name is in it.
    """
    now = context.clock()
    with context.database.read() as connection:
        feed = find_feed(connection, context.secret, secret)
        if feed is None:
            raise NotFoundError("no feed has this secret")
        everybody = feed.name == EVERYBODY
        entries = entries_between(connection, now - BACK, None, now, None if everybody else feed.name)
        closed = closed_to(connection, None, now)
    entries = [replace(one, first_name=None) if one.conversation in closed else one for one in entries]
    return feed.name, agenda_file(entries, context.clinic.practice, everybody=everybody)


def _note(context: AppContext, name: str) -> None:
    """A look that told something new is written down; that nothing has changed is asked every few minutes."""
    with context.database.write() as connection:
        write_audit(connection, now=context.clock(), action="feed_read", subject=name)


def _is_known(header: str, mark: str) -> bool:
    """Whether the caller has this version already (RFC 9110 13.1.2, weak comparison)."""
    return any(one.strip().removeprefix("W/") in (mark, "*") for one in header.split(","))
