"""Answers of our FHIR server: resources with their version, search sets, and an OperationOutcome for every error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from knee_intake.booking.fhir_names import MEDIA_TYPE
from knee_intake.errors import KneeIntakeError, MethodNotAllowedError, ResourceError

Resource = dict[str, Any]

_ISSUES = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 409: "conflict",
    413: "too-long", 429: "throttled", 503: "transient",
}  # fmt: skip
"""HTTP status -> code of http://hl7.org/fhir/R4/valueset-issue-type.html."""


def resource_response(resource: Resource, *, status: int = 200, location: str | None = None) -> Response:
    """One resource, with its version as ETag where it has one."""
    headers = {}
    if version := resource.get("meta", {}).get("versionId"):
        headers["etag"] = f'W/"{version}"'
    if location is not None:
        headers["location"] = f"{location}/_history/{version}" if version else location
    return Response(msgspec.json.encode(resource), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def outcome_response(error: KneeIntakeError) -> Response:
    """What a program is told about `error`; the exception's own text only where it is written for programs."""
    is_ours = isinstance(error, ResourceError)
    issue = error.issue if isinstance(error, ResourceError) else _ISSUES.get(error.status, "exception")
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": issue,
                "details": {"text": error.visitor},
                "diagnostics": str(error) if is_ours else error.code,
            }
        ],
    }
    headers = {}
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowedError) and error.allowed:
        headers["allow"] = error.allowed
    return Response(msgspec.json.encode(outcome), status_code=error.status, headers=headers, media_type=MEDIA_TYPE)


def search_set(
    base: str, kind: str, used: Sequence[tuple[str, str]], found: Sequence[Resource], total: int, following: str | None
) -> Resource:
    """A searchset Bundle. `used` is what the search went by; `following` is the key of the next page."""
    address = f"{base}/{kind}"
    links = [{"relation": "self", "url": _with_query(address, used)}]
    if following is not None:
        rest = [(name, value) for name, value in used if name != "page"]
        links.append({"relation": "next", "url": _with_query(address, [*rest, ("page", following)])})
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    if found:
        bundle["entry"] = [
            {"fullUrl": f"{address}/{resource['id']}", "resource": resource, "search": {"mode": "match"}}
            for resource in found
        ]
    return bundle


def _with_query(address: str, query: Sequence[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(query)}" if query else address
