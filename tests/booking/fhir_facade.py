"""Our own FHIR server for tests: real clinic texts, a real database, the real staff gate; no model is needed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from knee_intake.booking import Calendar, FreeTime
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.booking.mirrored import MirroredCalendar
from knee_intake.booking.remote import RemoteCalendar
from knee_intake.clinic import Clinic
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from knee_intake.records.staff_tokens import digest
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from knee_intake.web.fhir import fhir_routes
from knee_intake.web.staff import staff_routes
from tests.booking.fhir_rules import problems
from tests.conftest import NOW, FrozenClock
from tests.integration.staff_rows import add_conversation, conversation_id
from tests.practices import make_practice

START = datetime(2026, 3, 16, 14, 0, tzinfo=timezone.utc)
"""A Monday, 10:00 in New York, which has just changed its clocks."""
HALF = timedelta(minutes=30)
JSON = {"Content-Type": "application/fhir+json"}
REFERENCE = "https://visits.invalid/reference"
PEOPLE = [
    {"id": "dr_a", "role": {"en": "Sports doctor"}, "name": "Dana Lee, MD", "visit_types": ["first_visit"]},
    {"id": "two", "role": {"en": "Physical therapist"}, "visit_types": ["first_visit", "long_visit"]},
]

READ = "fhir_read"


@dataclass
class Facade:
    """The server, and short words for what is done with it."""

    context: AppContext
    clock: FrozenClock
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[*staff_routes(self.context), *fhir_routes(self.context)])
        self.client = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)

    def bearer(self, role: str = "reviewer") -> dict[str, str]:
        """The personal token of a member with this role; without a password, whose hash takes long on purpose."""
        if role not in self.tokens:
            self.tokens[role] = f"token of a {role}"
            values = {"name": f"a {role}", "role": role, "created_at": NOW}
            token = {"name": "mine", "token_hash": digest(self.tokens[role]), "scopes": "fhir write", "created_at": NOW}
            with self.context.database.write() as connection:
                made = connection.execute(sa.insert(schema.staff).values(**values)).inserted_primary_key[0]
                connection.execute(sa.insert(schema.staff_tokens).values(staff_id=made, **token))
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def get(self, path: str, role: str = "viewer", **headers: str) -> Any:
        return checked(self.client.get(f"/fhir/{path}", headers={**self.bearer(role), **headers}))

    def post(self, body: Any, role: str = "reviewer", **headers: str) -> Any:
        given = {**self.bearer(role), **JSON, **headers}
        return checked(self.client.post("/fhir/Appointment", json=body, headers=given))

    def put(self, ident: str, body: Any, version: str | None = "1", role: str = "reviewer") -> Any:
        condition = {"If-Match": f'W/"{version}"'} if version else {}
        given = {**self.bearer(role), **JSON, **condition}
        return checked(self.client.put(f"/fhir/Appointment/{ident}", json=body, headers=given))

    def found(self, path: str) -> list[dict[str, Any]]:
        """The resources of a search, over all pages."""
        found: list[dict[str, Any]] = []
        following: str | None = f"/fhir/{path}"
        while following is not None:
            answer = checked(self.client.get(following, headers=self.bearer("viewer")))
            assert answer.status_code == 200, answer.text
            bundle = answer.json()
            found += [entry["resource"] for entry in bundle.get("entry", [])]
            links = {link["relation"]: link["url"] for link in bundle["link"]}
            following = links.get("next")
        assert bundle["total"] == len(found)
        return found

    def placed(self, start: datetime = START, clinician: str = "two", person: int | None = 1) -> str:
        """A visitor asks for a visit; its id."""
        conversation = None if person is None else conversation_id(person)
        with self.context.database.write() as connection:
            if (
                conversation
                and not connection.execute(
                    sa.select(schema.conversations.c.id).where(schema.conversations.c.id == conversation)
                ).first()
            ):
                add_conversation(connection, person or 0, at=NOW, status="booked")
            booking = self.context.calendar.place(
                connection, key=f"{conversation}:{start}", conversation=conversation, first_name="Robin",
                time=FreeTime(start, start + HALF, clinician, "first_visit"), contact="555-0123", source="widget",
                now=NOW,
            )  # fmt: skip
            own = schema.bookings.c.reference == booking.reference
            return str(connection.execute(sa.select(schema.bookings.c.id).where(own)).scalar_one())

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        with self.context.database.read() as connection:
            return [dict(row) for row in connection.execute(sa.select(table)).mappings()]

    def audit(self) -> list[tuple[str, Any, Any]]:
        """What members did; what they read is in `reads`."""
        return [(row["action"], row["subject"], row["detail"]) for row in self._by_members() if row["action"] != READ]

    def reads(self) -> list[str]:
        """What members read, in order."""
        return [row["subject"] for row in self._by_members() if row["action"] == READ]

    def _by_members(self) -> list[dict[str, Any]]:
        return [row for row in self.rows(schema.audit) if row["staff_id"]]


def checked(answer: Any) -> Any:
    """Whatever comes back keeps the rules of FHIR."""
    assert answer.headers["content-type"] == "application/fhir+json", answer.text
    assert problems(answer.json()) == []
    assert answer.headers["cache-control"] == "no-store"
    if "versionId" in answer.json().get("meta", {}):
        assert answer.headers["etag"] == f'W/"{answer.json()["meta"]["versionId"]}"'
    return answer


def issue(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    return answer.status_code, body["issue"][0]["code"]


def an_appointment(
    start: datetime = START, minutes: int = 30, clinician: str = "two", **changes: Any
) -> dict[str, Any]:
    return {
        "resourceType": "Appointment",
        "status": "proposed",
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=minutes)).isoformat(),
        "participant": [{"actor": {"reference": f"Practitioner/{clinician}"}, "status": "needs-action"}],
        **changes,
    }


def named(value: str, system: str | None = "urn:theirs") -> list[dict[str, str]]:
    return [{**({"system": system} if system else {}), "value": value}]


@contextmanager
def a_database(template: Path, path: Path) -> Iterator[Database]:
    """A copy of an empty, migrated SQLite file: copying is much faster than migrating."""
    if not template.exists():
        made = Database(f"sqlite:///{template}")
        migrate(made)
        made.close()
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@contextmanager
def a_facade(
    database: Database, clinic: Clinic, remote: RemoteCalendar | None = None, **practice: Any
) -> Iterator[Facade]:
    """`remote` is the clinic's own calendar, where it has one."""
    own = make_practice(**{"clinicians": PEOPLE, **practice})
    clock = FrozenClock()
    with ExitStack() as stack:
        calendar: Calendar = EmbeddedCalendar(database, own)
        if remote is not None:
            calendar = stack.enter_context(closing(MirroredCalendar(database, own, remote)))
        yield Facade(
            AppContext(
                Settings.from_environ({}), replace(clinic, practice=own), database, calendar, b"k" * 32, clock=clock
            ),
            clock,
        )
