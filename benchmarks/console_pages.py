"""The staff's console as a browser gets it, over many conversations: whole answers, not their queries alone.

The real app answers in this process: session, audit row, template and all. What a file streams is read to its end.
"""

from __future__ import annotations

import re
import secrets
import statistics
import time
from datetime import datetime
from urllib.parse import quote

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.console_data import NEEDLE, SECRET
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.clinic import Clinic
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.staff_accounts import add_member
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from knee_intake.web.staff import staff_routes

PASSWORD = "grey heron at noon"
PAGE_MS, OPEN_MS, FILE_MS, PART_MS = 250, 150, 250, 20_000
"""A page; one conversation; one conversation as a file; 1,000 conversations as a file."""
RUNS = 5

Figures = tuple[str, int, float, float, int]
"""Name, bytes of the answer, median milliseconds on the clock and of work, budget."""


def measure_pages(database: Database, clinic: Clinic, now: datetime) -> list[Figures]:
    """Get every page a few times, as a manager who has signed in. Raises AssertionError where one is no answer."""
    context = AppContext(
        Settings.from_environ({}), clinic, database, EmbeddedCalendar(database, clinic.practice), SECRET
    )  # fmt: skip
    context.clock = lambda: now
    name = f"bench {secrets.token_hex(3)}"  # a database may be measured again
    add_member(database, name=name, role="admin", password=PASSWORD, now=now)
    busiest = _busiest(database)
    one = f"/staff/conversations/{busiest}"
    pages = {
        "page: the list": ("/staff", PAGE_MS),
        "page: a search of the list": (f"/staff?q={NEEDLE}", PAGE_MS),
        "page: one conversation": (one, OPEN_MS),
        "page: charting": ("/staff/charting", PAGE_MS),
        "page: calls": ("/staff/calls", PAGE_MS),
        "page: requests": ("/staff/requests", PAGE_MS),
        "page: learning": ("/staff/learning", PAGE_MS),
        "page: audit log": ("/staff/audit", PAGE_MS),
        "page: what a file of the list would hold": ("/staff/export?review=all", PAGE_MS),
    }
    files = {
        f"file: one conversation, {name}": (f"{one}/export?format={name}", FILE_MS)
        for name in ("csv", "json", "text", "fhir")
    }
    files["file: one conversation, PDF"] = (f"{one}/record.pdf", FILE_MS)
    parts = {
        f"file: 1,000 conversations, {name}": (f"/staff/export/file?review=all&format={name}", PART_MS)
        for name in ("csv", "fhir")
    }
    with TestClient(Starlette(routes=staff_routes(context)), follow_redirects=False) as browser:
        _sign_in(browser, name)
        found = [_timed(browser, name, address, budget, RUNS) for name, (address, budget) in (pages | files).items()]
        return found + [_timed(browser, name, address, budget, 1) for name, (address, budget) in parts.items()]


def _sign_in(browser: TestClient, name: str) -> None:
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/staff/login").text)
    assert token is not None
    form = {"name": name, "password": PASSWORD, "csrf": token[1], "next": ""}
    assert browser.post("/staff/login", data=form).status_code == 303


def _busiest(database: Database) -> str:
    """A conversation with an alert and a visit: all that a page can show."""
    of = schema.conversations.c
    query = (
        sa.select(of.id)
        .join(schema.alerts, schema.alerts.c.conversation_id == of.id)
        .join(schema.bookings, schema.bookings.c.conversation_id == of.id)
        .where(of.consent_at.is_not(None))
        .order_by(of.updated_at.desc())
    )
    with database.read() as connection:
        return str(connection.execute(query.limit(1)).scalar_one())


def _timed(browser: TestClient, name: str, address: str, budget: int, runs: int) -> Figures:
    if runs > 1:
        _size(browser, address)  # once to warm up
    clock, worked, size = [], [], 0
    for _ in range(runs):
        start = time.perf_counter(), time.process_time()
        size = _size(browser, address)
        clock.append(1000 * (time.perf_counter() - start[0]))
        worked.append(1000 * (time.process_time() - start[1]))
    return name, size, round(statistics.median(clock), 1), round(statistics.median(worked), 1), budget


def _size(browser: TestClient, address: str) -> int:
    answer = browser.get(quote(address, safe="/?&=."))
    assert answer.status_code == 200, (address, answer.status_code)
    return len(answer.content)
