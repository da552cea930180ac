"""A FHIR R4 server over REST: read, search with paging, conditional create, versioned update, delete.

What is sent and asked for follows http://hl7.org/fhir/R4/http.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec
import requests

from knee_intake.booking.fhir_auth import Key
from knee_intake.booking.fhir_http import Budget, Reply, send, send_again
from knee_intake.booking.fhir_names import MEDIA_TYPE
from knee_intake.errors import CalendarUnavailableError

PAGE = 200  # resources
MOST_PAGES = 50
"""A search that has still more is refused: half of a calendar is worse than none."""
_UNAUTHORIZED = 401
_ISSUE = re.compile(r"[a-z-]{1,40}")

Resource = dict[str, Any]
Query = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What a server said to one request."""

    status: int
    resource: Resource | None
    """None where the body is empty or not JSON."""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_created(self) -> bool:
        return self.status == 201

    @property
    def is_gone(self) -> bool:
        return self.status in (404, 410)

    @property
    def is_conflict(self) -> bool:
        """Somebody else was first: another version is there, or another appointment."""
        return self.status in (409, 412) or "conflict" in self.issues

    @property
    def issues(self) -> list[str]:
        """The issue codes of an OperationOutcome: words of a closed list, nothing that was typed."""
        if self.resource is None or self.resource.get("resourceType") != "OperationOutcome":
            return []
        issues = self.resource.get("issue")
        codes = [issue.get("code") for issue in issues if isinstance(issue, dict)] if isinstance(issues, list) else []
        return [code for code in codes if isinstance(code, str) and _ISSUE.fullmatch(code)]

    def refused(self, what: str) -> CalendarUnavailableError:
        """The error where this answer was not expected."""
        because = f" ({', '.join(self.issues)})" if self.issues else ""
        return CalendarUnavailableError(f"the calendar server refuses to {what}: status {self.status}{because}")


class FhirServer:
    """The server's address, our key to it and the connections."""

    def __init__(self, base: str, key: Key, session: requests.Session, *, seconds: float = 6.0) -> None:
        """`seconds` is the budget of one call of the calendar, all its requests together."""
        self.base = base.rstrip("/")
        self._key, self._session, self._seconds = key, session, seconds

    def call(self, seconds: float | None = None) -> FhirCall:
        """Requests that share one budget."""
        return FhirCall(self.base, self._key, self._session, Budget(self._seconds if seconds is None else seconds))

    def close(self) -> None:
        self._session.close()


class FhirCall:
    """One call of the calendar. Every method raises CalendarUnavailableError."""

    def __init__(self, base: str, key: Key, session: requests.Session, budget: Budget) -> None:
        self._base, self._key, self._session, self.budget = base, key, session, budget

    def read(self, kind: str, ident: str) -> Resource | None:
        """One resource; None where it is gone."""
        answer = self._ask("GET", f"{self._base}/{kind}/{ident}")
        if answer.is_gone:
            return None
        if not answer.is_ok:
            raise answer.refused(f"read {kind}")
        return _expect(answer.resource, kind)

    def search(self, kind: str, query: Query) -> list[Resource]:
        """Every match, over all pages; next pages are read from the same server only."""
        url = f"{self._base}/{kind}?{urlencode([*query, ('_count', str(PAGE))])}"
        found: list[Resource] = []
        for _ in range(MOST_PAGES):
            answer = self._ask("GET", url)
            if not answer.is_ok:
                raise answer.refused(f"search {kind}")
            bundle = _expect(answer.resource, "Bundle")
            found += _matches(bundle, kind)
            following = _next(bundle)
            if following is None:
                return found
            url = _same_server(self._base, url, following)
        raise CalendarUnavailableError(f"the calendar server has more than {MOST_PAGES} pages of {kind}")

    def has_any(self, kind: str, query: Query) -> bool:
        """Whether there is a match."""
        answer = self._ask("GET", f"{self._base}/{kind}?{urlencode([*query, ('_count', '1')])}")
        if not answer.is_ok:
            raise answer.refused(f"search {kind}")
        return bool(_matches(_expect(answer.resource, "Bundle"), kind))

    def create(self, resource: Resource, unless: str | None) -> Answer:
        """Create; where the search `unless` finds one already, the server keeps that.

        Only with `unless` is the request repeated after a failure.
        """
        headers = {"If-None-Exist": unless} if unless else {}
        return self._ask("POST", f"{self._base}/{resource['resourceType']}", resource, headers, again=bool(unless))

    def update(self, resource: Resource, version: str | None) -> Answer:
        """Replace the resource, if it still is of this version."""
        headers = {"If-Match": f'W/"{version}"'} if version else {}
        return self._ask("PUT", f"{self._base}/{resource['resourceType']}/{resource['id']}", resource, headers)

    def delete(self, kind: str, ident: str) -> Answer:
        return self._ask("DELETE", f"{self._base}/{kind}/{ident}")

    def _ask(
        self,
        method: str,
        url: str,
        resource: Resource | None = None,
        headers: Mapping[str, str] | None = None,
        again: bool = True,
    ) -> Answer:
        """One request; where the server refuses the key, once more with a new one."""
        body = msgspec.json.encode(resource) if resource is not None else None
        common = {"Accept": MEDIA_TYPE, "Cache-Control": "no-cache"}  # some servers answer searches from a cache
        if body is not None:
            common |= {"Content-Type": MEDIA_TYPE, "Prefer": "return=representation"}

        def ask(key: str | None) -> Reply:
            given = {**common, **(headers or {}), **({"Authorization": key} if key else {})}

            def attempt() -> Reply:
                return send(self._session, self.budget, method, url, given, body)

            return send_again(self.budget, attempt) if again else attempt()

        key = self._key.header(self.budget)
        reply = ask(key)
        if reply.status == _UNAUTHORIZED and self._key.renew(key):
            reply = ask(self._key.header(self.budget))
        if reply.status == _UNAUTHORIZED:
            raise CalendarUnavailableError("the calendar server does not take our key: status 401")
        if 300 <= reply.status < 400:
            raise CalendarUnavailableError(f"the calendar server sends us elsewhere: status {reply.status}")
        return Answer(reply.status, _resource(reply))


def _resource(reply: Reply) -> Resource | None:
    """The body where there is one; a refusal may come without, or as a page for people."""
    if not reply.body:
        return None
    try:
        return reply.json()
    except CalendarUnavailableError:
        if reply.is_ok:
            raise
        return None


def _expect(resource: Resource | None, kind: str) -> Resource:
    if resource is None or resource.get("resourceType") != kind:
        raise CalendarUnavailableError(f"the calendar server's answer is no {kind}")
    return resource


def _matches(bundle: Resource, kind: str) -> list[Resource]:
    """The resources of the wanted kind; what a server includes beside them is left aside."""
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CalendarUnavailableError("the calendar server's Bundle cannot be read")
    found = [entry.get("resource") for entry in entries]
    return [one for one in found if isinstance(one, dict) and one.get("resourceType") == kind]


def _next(bundle: Resource) -> str | None:
    links = bundle.get("link", [])
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("relation") == "next" and isinstance(link.get("url"), str):
            return str(link["url"])
    return None


def _same_server(base: str, page: str, link: str) -> str:
    """The address that `link` of a page leads to, if it lies on the server at `base`: our key goes nowhere else."""
    try:
        url = urljoin(page, link)
        if _origin(url) == _origin(base):
            return url
    except ValueError as error:
        raise CalendarUnavailableError("the calendar server's next page has no address") from error
    raise CalendarUnavailableError("the calendar server's next page lies on another server")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
