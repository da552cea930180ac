"""The pages behind the links of mails, and the staff's page of notices, in a real chromium: axe, sizes, no script."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from knee_intake.notices.links import AnswerLink, Links, StopLink, VisitLink, mark_of
from knee_intake.records import schema
from knee_intake.records.staff_accounts import add_member
from knee_intake.web.mail_pages import mail_routes
from knee_intake.web.staff import staff_routes
from tests.browser.conftest import DESKTOP, PHONE
from tests.conftest import FrozenClock
from tests.notice_office import ADDRESS, HOOK_SECRET, SECRET, Office, office, with_alerts

pytestmark = pytest.mark.browser
PASSWORD = "grey heron at noon"
WAYS = """\
  recipients:
    desk: {mail: desk@clinic.test, webhook: true}
  told:
    emergency_911: {open: [desk], closed: [desk]}
"""


@dataclass
class Site:
    """A running server with a visit, an answer and notices that were given up."""

    address: str
    desk: Office
    visit: str
    answer: str
    code: str
    stop: str


@pytest.fixture
def site(home: Path, clock: FrozenClock) -> Iterator[Site]:
    with_alerts(home, WAYS)
    ways = {
        "smtp_url": "smtp+plain://127.0.0.1:9", "webhook_url": "http://127.0.0.1:9/", "webhook_secret": HOOK_SECRET,
        "notice_tries": 1,
    }  # fmt: skip
    with office(home, clock, rate_limits=False, **ways) as desk:
        conversation = desk.talk()
        visit = desk.visit(conversation, within=timedelta(days=6))
        desk.staff_says(conversation, "Please bring your papers.\nSee you soon.", 5)
        desk.alert(conversation)
        desk.clock.advance(minutes=3)
        desk.round()
        desk.worker = desk.make_worker(notice_tries=9)
        desk.alert(conversation, rule="RF12")
        desk.round()
        add_member(desk.database, name="dana", role="admin", password=PASSWORD, now=clock())
        app = Starlette(routes=[*mail_routes(desk.context()), *staff_routes(desk.context())])
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        links, until = Links(SECRET, address), clock() + timedelta(days=1)
        (row,) = desk.rows(schema.outbox, schema.outbox.c.key.like("%:answer:%"))
        yield Site(
            address,
            desk,
            links.visit(VisitLink(conversation, visit.reference, mark_of(ADDRESS), visit.start)),
            links.answer(AnswerLink(row["id"], until)),
            links.code(row["key"]),
            links.stop(StopLink(conversation, until)),
        )
        server.should_exit = True
        thread.join()


def well_made(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_passes_axe_and_fits_the_screen(site: Site, browser: Browser, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    for path in (site.visit, *(f"{site.visit}/{one}" for one in ("keep", "move", "cancel", "confirm")), site.stop):
        page.goto(path)
        well_made(page)
    page.goto(site.answer)
    well_made(page)
    page.fill("#code", "12")
    page.click("button")
    page.wait_for_selector("text=That is not the code.")
    well_made(page)
    page.fill("#code", site.code)
    page.click("button")
    page.wait_for_selector("text=Please bring your papers.")
    well_made(page)
    page.goto(f"{site.address}/mail/visit/nonsense")
    well_made(page)
    page.goto(f"{site.address}/staff/login?next=/staff/notices")
    page.fill("#name", "dana")
    page.fill("#password", PASSWORD)
    page.click("text=Sign in")
    page.wait_for_selector("h1:has-text('Notices')")
    assert page.locator("text=Try again").count() > 0
    well_made(page)
    page.click("#test")
    page.wait_for_selector("text=A test is on its way.")
    well_made(page)
    context.close()


def test_a_visit_is_moved_and_cancelled_with_the_keyboard_and_without_a_script(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.visit)
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/move")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your new reference is")
    states = {row["status"]: row["reference"] for row in site.desk.rows(schema.bookings)}
    assert set(states) == {"cancelled", "requested"}
    page.goto(site.visit)
    assert page.locator("form").count() == 0, "the old link opens nothing any more"
    assert [row["kind"] for row in site.desk.rows(schema.outbox) if row["kind"] == "visit"] == ["visit"]
    context.close()
