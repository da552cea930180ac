"""Errors as problem JSON (RFC 9457): a stable `code`, a sentence for people, never an exception's own text."""

from __future__ import annotations

import math
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from knee_intake.errors import KneeIntakeError, MethodNotAllowedError

MEDIA_TYPE = "application/problem+json"


def problem_response(error: KneeIntakeError, *, instance: str | None = None) -> Response:
    """What a caller is told about `error`; `instance` is the path of the request, where it helps."""
    body: dict[str, str | int] = {
        "type": "about:blank",  # RFC 9457 4.2.1: the title is then the status's own phrase; `code` says which error
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.visitor,
    }
    if instance is not None:
        body["instance"] = instance
    if error.alert is not None:
        body["detail"], body["alert"] = error.alert
    return Response(msgspec.json.encode(body), status_code=error.status, headers=_headers(error), media_type=MEDIA_TYPE)


def _headers(error: KneeIntakeError) -> dict[str, str]:
    headers = {"cache-control": "no-store"}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowedError) and error.allowed:
        headers["allow"] = error.allowed
    seconds = getattr(error, "retry_after_s", None)
    if seconds is not None:
        headers["retry-after"] = str(max(1, math.ceil(seconds)))
    return headers
