"""/healthz (the process lives), /readyz (it can serve: database, model, calendar), /metrics (Prometheus)."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.booking import Wish
from knee_intake.errors import KneeIntakeError
from knee_intake.records.busy_times import feed_rows, old_feeds
from knee_intake.web.context import AppContext


def health_routes(context: AppContext) -> list[BaseRoute]:
    """The three routes; none tells anything about a patient."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        parts = await asyncio.to_thread(check_parts, context)
        waiting = await asyncio.to_thread(out_of_step, context)
        details = await asyncio.to_thread(feed_states, context) if parts["database"] == "ok" else {}
        # without the clinic's own calendar the chat still screens for alarms, and keeps requests as call backs
        ready = all(state != "down" for state in parts.values())
        body = {"status": "ready" if ready else "not ready", **parts, "visits_out_of_step": waiting, **details}
        return JSONResponse(body, 200 if ready else 503)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def feed_states(context: AppContext) -> dict[str, dict[str, str]]:
    """{"busy_feeds": {clinician: "ok" or "old"}} where any are read. An old one makes visits requests: still ready."""
    try:
        with context.database.read() as connection:
            names, old = list(feed_rows(connection)), old_feeds(connection, context.clock())
    except KneeIntakeError:
        return {}
    return {"busy_feeds": {name: "old" if name in old else "ok" for name in names}} if names else {}


def check_parts(context: AppContext) -> dict[str, str]:
    """Each part that serving needs: "ok" or "down"; a calendar whose server alone does not answer: "out of reach"."""
    parts = {"database": "ok", "model": "ok" if context.dialogue is not None else "down", "calendar": "ok"}
    try:
        with context.database.read() as connection:
            connection.execute(sa.text("SELECT 1"))
    except KneeIntakeError:
        parts["database"] = "down"
    try:
        context.calendar.free_times(context.clinic.practice.first_visit.id, Wish(), context.clock(), 1, busy=())
    except KneeIntakeError:
        parts["calendar"] = "down"
        return parts
    try:
        if context.calendar.outside is not None:
            context.calendar.outside.look(context.clock())
    except KneeIntakeError:
        parts["calendar"] = "out of reach"
    return parts


def out_of_step(context: AppContext) -> int | None:
    """How many visits wait to be written to the clinic's own calendar; None where the records cannot be read."""
    outside = context.calendar.outside
    try:
        return len(outside.waiting(context.clock())) if outside is not None else 0
    except KneeIntakeError:
        return None
