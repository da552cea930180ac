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
from knee_intake.web.context import AppContext


def health_routes(context: AppContext) -> list[BaseRoute]:
    """The three routes; none tells anything about a patient."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        parts = await asyncio.to_thread(check_parts, context)
        ready = all(state == "ok" for state in parts.values())
        return JSONResponse({"status": "ready" if ready else "not ready", **parts}, 200 if ready else 503)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def check_parts(context: AppContext) -> dict[str, str]:
    """Each part that serving needs: "ok" or "down"."""
    parts = {"database": "ok", "model": "ok" if context.dialogue is not None else "down", "calendar": "ok"}
    try:
        with context.database.read() as connection:
            connection.execute(sa.text("SELECT 1"))
    except KneeIntakeError:
        parts["database"] = "down"
    try:
        context.calendar.free_times(context.clinic.practice.first_visit.id, Wish(), context.clock(), 1)
    except KneeIntakeError:
        parts["calendar"] = "down"
    return parts
