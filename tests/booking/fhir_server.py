"""A FHIR R4 server in memory, over real HTTP, that can be as careless or as broken as a test wants it.

It takes two Appointments for one time, as real servers do; what else it lets pass or gets wrong is set by its fields.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Resource = dict[str, Any]
Reply = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/fhir+json"}


@dataclass
class Seen:
    """One request as it came."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class FhirStore:
    """The resources, and how the server behaves."""

    resources: dict[tuple[str, str], Resource] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    keeps_versions: bool = True  # else: no versionId, If-Match is ignored
    keeps_condition: bool = True  # else: If-None-Exist is ignored
    refuses_overlap: bool = False  # a server that takes no double booking
    largest_page: int = 100
    read_only: frozenset[str] = frozenset()  # types that are not updated (405)
    not_deleted: frozenset[str] = frozenset()
    clock: Callable[[], str] = lambda: datetime.now().astimezone().isoformat(timespec="milliseconds")
    answers: list[Callable[[Seen], Reply | None]] = field(default_factory=list)
    """Asked before the store; the first that gives a reply wins."""
    before_create: Callable[[], object] = lambda: None
    hidden_for: float = 0.0  # seconds until a search shows what was created
    base: str = ""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _born: dict[tuple[str, str], float] = field(default_factory=dict)
    _count: int = 0

    # -- what a test looks at ----------------------------------------------------------------------------------------

    def add(self, resource: Resource) -> Resource:
        """Put a resource in, as the clinic's own people do."""
        with self._lock:
            self._count += 1
            ident = resource.get("id") or str(self._count)
            return self._put({**resource, "id": ident}, 1)

    def all(self, kind: str) -> list[Resource]:
        with self._lock:
            return [resource for (of, _), resource in sorted(self.resources.items()) if of == kind]

    def standing(self) -> list[Resource]:
        """Appointments that take their time."""
        return [one for one in self.all("Appointment") if one["status"] not in ("cancelled", "entered-in-error")]

    def asked(self, method: str, kind: str = "") -> list[Seen]:
        return [one for one in self.seen if one.method == method and kind in one.path]

    # -- serving -----------------------------------------------------------------------------------------------------

    def answer(self, seen: Seen) -> Reply:
        with self._lock:
            self.seen.append(seen)
        for other in self.answers:
            if (reply := other(seen)) is not None:
                return reply
        parts = seen.path.removeprefix("/fhir").strip("/").split("/")
        if seen.method == "POST":
            self.before_create()
        with self._lock:
            if seen.method == "GET":
                return self._search(parts[0], seen.query) if len(parts) == 1 else self._read(parts[0], parts[1])
            if seen.method == "POST":
                return self._create(seen)
            if seen.method == "PUT":
                return self._update(parts[0], parts[1], seen)
            return self._delete(parts[0], parts[1])

    def _put(self, resource: Resource, version: int) -> Resource:
        meta = {"versionId": str(version)} if self.keeps_versions else {}
        kept = {**resource, "meta": {**meta, "lastUpdated": self.clock()}}
        key = (resource["resourceType"], resource["id"])
        self.resources[key] = kept
        self._born.setdefault(key, time.monotonic())
        return kept

    def _read(self, kind: str, ident: str) -> Reply:
        found = self.resources.get((kind, ident))
        return reply(200, found) if found else outcome(404, "not-found")

    def _create(self, seen: Seen) -> Reply:
        resource = json.loads(seen.body)
        unless = seen.headers.get("if-none-exist")
        if unless and self.keeps_condition:
            found = self._matching("Appointment", parse_qsl(unless))
            if len(found) > 1:
                return outcome(412, "multiple-matches")
            if found:
                return reply(200, found[0])
        if self.refuses_overlap and any(overlap(resource, one) for one in self.standing()):
            return outcome(409, "conflict")
        self._count += 1
        made = self._put({**resource, "id": str(self._count)}, 1)
        return reply(201, made, {"Location": f"{self.base}/Appointment/{made['id']}/_history/1"})

    def _update(self, kind: str, ident: str, seen: Seen) -> Reply:
        if kind in self.read_only:
            return outcome(405, "not-supported")
        found = self.resources.get((kind, ident))
        if found is None:
            return outcome(404, "not-found")
        version = int(found["meta"].get("versionId", 0))
        wanted = seen.headers.get("if-match")
        if self.keeps_versions and wanted is not None and wanted != f'W/"{version}"':
            return outcome(412, "conflict")
        return reply(200, self._put(json.loads(seen.body), version + 1))

    def _delete(self, kind: str, ident: str) -> Reply:
        if kind in self.not_deleted:
            return outcome(405, "not-supported")
        return reply(204 if self.resources.pop((kind, ident), None) else 404, None)

    def _search(self, kind: str, query: list[tuple[str, str]]) -> Reply:
        values = dict(query)
        found = self._matching(kind, query)
        size, start = min(int(values.get("_count", "20")), self.largest_page), int(values.get("_offset", "0"))
        bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "link": []}
        if start + size < len(found):
            rest = "&".join(f"{name}={value}" for name, value in query if name != "_offset")
            following = f"{self.base}/{kind}?{rest}&_offset={start + size}"
            bundle["link"].append({"relation": "next", "url": following})
        bundle["entry"] = [{"resource": one} for one in found[start : start + size]]
        return reply(200, bundle)

    def _matching(self, kind: str, query: list[tuple[str, str]]) -> list[Resource]:
        now = time.monotonic()
        shown = [
            one for one in self.all(kind) if now - self._born[(kind, one["id"])] >= self.hidden_for or kind == "Slot"
        ]
        return [one for one in shown if all(matches(one, name, value) for name, value in query)]


def matches(resource: Resource, name: str, value: str) -> bool:
    """Whether the resource fits one search parameter."""
    if name == "identifier":
        return any(f"{one.get('system')}|{one['value']}" == value for one in resource.get("identifier", []))
    if name in ("date", "start") and "start" in resource:
        start, bound = moment(resource["start"]), moment(value[2:])
        return {"ge": start >= bound, "lt": start < bound}[value[:2]]
    if name == "schedule":
        return resource["schedule"]["reference"] in value.split(",")
    if name == "status":
        return resource["status"] in value.split(",")
    if name == "actor":
        actors = [one["actor"]["reference"] for one in resource.get("participant", [])]
        actors += [one["reference"] for one in resource.get("actor", [])]
        return bool(set(actors) & set(value.split(",")))
    return True


def overlap(one: Resource, other: Resource) -> bool:
    actors = [{part["actor"]["reference"] for part in each["participant"]} for each in (one, other)]
    times = [(moment(each["start"]), moment(each["end"])) for each in (one, other)]
    return bool(actors[0] & actors[1]) and times[0][0] < times[1][1] and times[1][0] < times[0][1]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def reply(status: int, resource: Resource | None, headers: dict[str, str] | None = None) -> Reply:
    return status, {**JSON, **(headers or {})}, json.dumps(resource).encode() if resource is not None else b""


def outcome(status: int, code: str, diagnostics: str = "words that may be about a patient") -> Reply:
    issue = {"severity": "error", "code": code, "diagnostics": diagnostics}
    return reply(status, {"resourceType": "OperationOutcome", "issue": [issue]})


@contextmanager
def fhir_server(store: FhirStore) -> Iterator[FhirStore]:
    """The store behind an address while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one piece, or each answer waits 40 ms for the other side
        disable_nagle_algorithm = True

        def log_message(self, *_args: object) -> None:
            """Quiet."""

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, given, content = store.answer(Seen(self.command, parts.path, parse_qsl(parts.query), headers, body))
            self.send_response(status)
            for name, value in given.items():
                self.send_header(name, value)
            if "Content-Length" not in given:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            if "Content-Length" in given:
                self.close_connection = True  # a promise that is not kept

        do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_args: object) -> None:
            """A client that went away is part of the test."""

    server = Server(("127.0.0.1", 0), Handler)
    store.base = f"http://127.0.0.1:{server.server_address[1]}/fhir"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def a_schedule(clinician: str = "one", ident: str = "s1") -> Resource:
    return {"resourceType": "Schedule", "id": ident, "actor": [{"reference": f"Practitioner/{clinician}"}]}


def slots(start: datetime, count: int, minutes: int = 30, schedule: str = "s1") -> Iterator[Resource]:
    """Free Slots, one after the other."""
    for number in range(count):
        first = start + timedelta(minutes=minutes * number)
        yield {
            "resourceType": "Slot",
            "id": f"{schedule}-{number}",
            "schedule": {"reference": f"Schedule/{schedule}"},
            "status": "free",
            "start": first.isoformat(),
            "end": (first + timedelta(minutes=minutes)).isoformat(),
        }
