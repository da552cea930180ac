"""The staff console in a real chromium: reads well, passes axe, copies, follows what changes, closes by itself."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.clinic import load_clinic
from knee_intake.records.busy_times import keep_only, replace
from knee_intake.records.database import Database
from knee_intake.records.staff_accounts import add_member
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from knee_intake.web.staff import staff_routes
from tests.browser.conftest import DESKTOP, PHONE
from tests.integration.staff_rows import (
    NOW,
    add_alert,
    add_booking,
    add_conversation,
    add_talk,
    an_intake,
    calf_hit,
    conversation_id,
)

pytestmark = pytest.mark.browser
PASSWORD = "grey heron at noon"
ONE = conversation_id(1)
SILENT = conversation_id(2)
PATIENCE_MS = 20_000
"""The page looks for changes every five seconds."""


@dataclass
class Clock:
    now: datetime = NOW + timedelta(minutes=5)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Site:
    """A running console with two conversations, and the one member who may sign in."""

    address: str
    database: Database
    clock: Clock

    def sign_in(self, page: Page) -> None:
        page.goto(f"{self.address}/staff")
        page.fill("#name", "dana")
        page.fill("#password", PASSWORD)
        page.click("text=Sign in")
        page.wait_for_selector("h1:has-text('Conversations')")


@pytest.fixture
def site(database: Database) -> Iterator[Site]:
    clinic = load_clinic(Path(__file__).parents[2] / "clinic")
    clock = Clock()
    add_member(database, name="dana", role="manager", password=PASSWORD, now=clock())
    with database.write() as connection:
        intake = an_intake(red_flags=[calf_hit()])
        add_conversation(connection, 1, intake=intake, status="booked", urgency="same_day")
        practice = clinic.practice
        add_booking(connection, ONE, kind=practice.visit_types[0].id, clinician=practice.clinicians[0].id)
        add_talk(connection, ONE)
        add_alert(connection, ONE)
        add_conversation(connection, 2, consent=False)
        add_alert(connection, SILENT, rule="RF12", urgency="emergency_911")
    context = AppContext(
        Settings.from_environ({}), clinic, database, EmbeddedCalendar(database, practice), b"k" * 32, clock
    )
    app = Starlette(routes=staff_routes(context))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none", timeout_graceful_shutdown=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", database, clock)
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_passes_axe_fits_the_screen_and_breaks_no_rule(
    site: Site, browser: Browser, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site.address}/staff/login")
    _well_made(page)
    site.sign_in(page)
    _well_made(page)
    for path in (f"/staff/conversations/{ONE}", f"/staff/conversations/{SILENT}", "/staff?show=all"):
        page.goto(site.address + path)
        _well_made(page)
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    page.click("#as-text summary")
    page.click("#acknowledge")
    page.click("#confirm")
    page.wait_for_selector(".visit-booked")
    _well_made(page)
    assert complaints == []
    context.close()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_calendars_pages_pass_axe_fit_the_screen_and_work_by_keyboard(
    site: Site, browser: Browser, size: dict[str, int]
) -> None:
    with site.database.write() as connection:
        start = NOW + timedelta(days=9)
        add_booking(connection, ONE, reference="AAA-AAA", start=start, clinician="a_clinician_with_a_very_long_name")
        replace(connection, "acupuncture", [(start - timedelta(days=2), start + timedelta(hours=1))])
        keep_only(connection, {"chiropractic": bytes(32)}, NOW)
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    site.sign_in(page)
    for path in ("?day=2026-12-01", "?day=2026-12-01&view=day", "/visit?day=2026-12-03", "/feeds"):
        page.goto(f"{site.address}/staff/calendar{path}")
        _well_made(page)
    page.goto(f"{site.address}/staff/conversations/{ONE}/times")
    _well_made(page)
    page.goto(f"{site.address}/staff/calendar?day=2026-12-01&view=day")
    page.focus("#note")
    page.keyboard.type("Team meeting")
    page.keyboard.press("Enter")
    page.wait_for_selector(".entries .blocked >> text=Team meeting")
    _well_made(page)
    page.focus(".entries .blocked button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".entries .blocked", state="detached")
    assert complaints == []
    context.close()


def _well_made(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_one_click_copies_the_note_as_text(site: Site, browser: Browser) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    site.sign_in(page)
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    page.click("#copy")
    page.wait_for_selector("#copy:has-text('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#plain-text").text_content()
    assert "\nRed flags: RF11 version 1: Same day." in copied
    context.close()


def test_the_list_follows_new_conversations_by_itself(site: Site, page: Page) -> None:
    site.sign_in(page)
    with site.database.write() as connection:
        add_conversation(connection, 3, at=NOW + timedelta(minutes=4), first_name="Newcomer")
    page.wait_for_selector("text=Newcomer", timeout=PATIENCE_MS)
    assert page.locator("#news").text_content() == "This page was updated."


def test_when_the_session_ends_nothing_stays_on_the_screen(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    site.clock.now += timedelta(minutes=29, seconds=30)
    page.wait_for_selector("#ending:visible", timeout=PATIENCE_MS)
    site.clock.now += timedelta(minutes=2)
    page.wait_for_url("**/staff/login", timeout=PATIENCE_MS)
    assert "Robin" not in page.content()


def test_the_keyboard_alone_reaches_the_content(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.reload()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")
