"""A request to our FHIR server: its address, media types, body and search parameters."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from knee_intake.booking.fhir_names import MEDIA_TYPE
from knee_intake.errors import (
    KneeIntakeError,
    MethodNotAllowedError,
    NotAcceptableError,
    ResourceError,
    TextTooLongError,
    UnsupportedError,
)
from knee_intake.web.bodies import MAX_BODY_BYTES
from knee_intake.web.fhir_answers import outcome_response
from knee_intake.web.fhir_query import Params, read_params
from knee_intake.web.staff_gate import secured

log = logging.getLogger(__name__)

EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SPOKEN = {MEDIA_TYPE, "application/json", "application/*", "*/*"}
_FORMATS = {"json", MEDIA_TYPE, "application/json", "application/fhir json"}
"""Of `_format`; a "+" that was not encoded arrives as a blank."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class FhirRequest:
    """What a handler needs of a request."""

    request: Request
    body: bytes

    @property
    def base(self) -> str:
        """The server's address, as the caller knows it."""
        return f"{self.request.base_url}fhir"

    @property
    def ident(self) -> str:
        """The id in the path."""
        return str(self.request.path_params["id"])

    def header(self, name: str) -> str | None:
        return self.request.headers.get(name)

    def params(self, known: Collection[str]) -> Params:
        """The search parameters, of the address and of a posted form. Raises SearchError."""
        pairs = list(self.request.query_params.multi_items())
        if self.request.method == "POST":
            pairs += parse_qsl(self.body.decode("utf-8", "replace"))
        strict = "handling=strict" in self.request.headers.get("prefer", "").replace(" ", "")
        return read_params(pairs, known, strict=strict)


Handler = Callable[[FhirRequest], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(handlers: Mapping[str, Handler], *, form: bool = False) -> Endpoint:
    """An endpoint with a handler for each method; whatever goes wrong is answered as OperationOutcome.

    `form`: a POST carries a form of search parameters.
    """

    async def run(request: Request) -> Response:
        try:
            handler = handlers.get(request.method)
            if handler is None:
                refused = MethodNotAllowedError("not with this method")
                refused.allowed = ", ".join(handlers)
                raise refused
            _check_media(request, form)
            return secured(await run_in_threadpool(handler, FhirRequest(request, await _body(request))))
        except KneeIntakeError as error:
            return secured(outcome_response(error))
        except Exception:
            log.exception("an unexpected error in a FHIR request")
            return secured(outcome_response(KneeIntakeError("unexpected")))

    return run


def _check_media(request: Request, form: bool) -> None:
    wanted = request.query_params.get("_format")
    accepted = {part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")}
    if wanted is not None and wanted not in _FORMATS:
        raise NotAcceptableError(f"_format: only {MEDIA_TYPE} is spoken here")
    if wanted is None and not accepted & _SPOKEN:
        raise NotAcceptableError(f"Accept: only {MEDIA_TYPE} is spoken here")
    if request.method in ("POST", "PUT"):
        given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given not in ({_FORM} if form else {MEDIA_TYPE, "application/json"}):
            raise UnsupportedError(f"Content-Type: expected {_FORM if form else MEDIA_TYPE}")


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise TextTooLongError("the body is over the limit")
    except ClientDisconnect:
        raise ResourceError("the caller went away before the body was whole") from None
    return body
