"""The clinic's pages in chromium: editing with the live check, approving, undoing; axe, sizes, keyboard, no script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.clinic import load_clinic
from knee_intake.clinic_store import ClinicStore
from knee_intake.records.database import Database
from knee_intake.records.staff_accounts import add_member
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from knee_intake.web.staff import staff_routes
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_staff_pages import PASSWORD, _well_made
from tests.conftest import FrozenClock
from tests.integration.staff_rows import NOW
from tests.widget_sites import serving

pytestmark = pytest.mark.browser
ENTRY = "/staff/clinic/entry?id="


@dataclass
class Site:
    """The console over a clinic's folder of its own; dana is a manager and a clinician."""

    address: str
    folder: Path

    def sign_in(self, page: Page) -> None:
        page.goto(f"{self.address}/staff")
        page.fill("#name", "dana")
        page.fill("#password", PASSWORD)
        page.click("text=Sign in")
        page.wait_for_selector("h1:has-text('Conversations')")


@pytest.fixture
def site(home: Path, database: Database) -> Iterator[Site]:
    folder = home / "clinic"
    clinic = load_clinic(folder)
    clock = FrozenClock(NOW)
    add_member(database, name="dana", role="manager", password=PASSWORD, now=NOW, clinician=True)
    calendar = EmbeddedCalendar(database, clinic.practice)
    context = AppContext(Settings.from_environ({}, home=str(home)), clinic, database, calendar, b"k" * 32, clock)
    context.clinics = ClinicStore(clinic, folder)
    context.clinics.on_change(context.take)
    with serving(staff_routes(context)) as address:
        yield Site(address, folder)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_passes_axe_and_fits_the_screen(site: Site, browser: Browser, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site.sign_in(page)
    page.click("#office summary")
    page.click("nav >> text=Clinic")
    for path in (
        "/staff/clinic", "/staff/clinic?room=answers", "/staff/clinic?room=safety", f"{ENTRY}mode",
        f"{ENTRY}fact.hours", f"{ENTRY}option.botox_knee", "/staff/clinic/texts?section=options",
        "/staff/clinic/history",
    ):  # fmt: skip
        page.goto(site.address + path)
        _well_made(page)
    page.goto(f"{site.address}/staff/clinic/texts/pack")
    assert page.evaluate("getComputedStyle(document.querySelector('article')).borderLeftStyle") == "solid"
    assert complaints == []
    context.close()


def test_a_text_is_checked_while_it_is_written_and_saved_and_taken_back(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.address}{ENTRY}answer.ask_bot")
    box = page.get_by_label("Always said")
    box.fill("This is proven to help.")
    expect(page.locator("#check .refuse")).to_contain_text("“proven” reads as a promise")
    expect(page.locator("#said .bubble")).to_have_text("This is proven to help.")
    box.fill("The clinic will give you a list of each service and what it will usually cost before you come here.")
    expect(page.locator("#check .warn")).to_contain_text("it reads at grade 7.6")
    expect(page.locator("#check")).to_contain_text("Long words: usually")
    expect(page.get_by_label("I have seen this")).to_be_visible()
    box.fill("I am a helper that runs by itself. To talk to someone, call {phone}.")
    expect(page.locator("#check")).to_contain_text("plain enough")
    expect(page.locator("#said .bubble")).to_contain_text("call 555-0143 (demo number).")
    expect(page.get_by_label("I have seen this")).to_be_hidden()
    page.click("button:has-text('Save')")
    expect(page.locator(".notice.good")).to_contain_text("Saved.")
    assert "I am a helper that runs by itself." in (site.folder / "answers.yml").read_text(encoding="utf-8")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice.good")).to_contain_text("The change is taken back.")
    assert "I'm an automated helper" in (site.folder / "answers.yml").read_text(encoding="utf-8")


def test_a_grade_over_six_is_saved_with_a_tick_by_keyboard_alone(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.address}{ENTRY}fact.parking")
    page.locator("#f-value").focus()
    page.keyboard.type("The clinic will give you a list of each service and what it will usually cost before you come.")
    expect(page.locator("#check .warn")).to_be_visible()
    page.locator("#accept").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.good")).to_contain_text("Saved.")


def test_the_chat_is_closed_for_snow_without_a_script(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    site.sign_in(page)
    page.click("#office summary")
    page.click("nav >> text=Clinic")
    page.click("text=Change what the chat does")
    page.check("text=Off: no new chats")
    page.fill("#f-notice", "Closed today: snow.")
    page.click("text=Look at it first")
    assert "Closed today: snow. The chat is closed right now." in page.inner_text("#said")
    page.click("button:has-text('Save')")
    page.wait_for_selector("text=the mode holds for all")
    page.click("#office summary")
    page.click("nav >> text=Clinic")
    assert "Off: no new chats" in page.inner_text(".mode-card")
    assert re.search(r'mode: "off"', (site.folder / "practice.yml").read_text(encoding="utf-8"))
    context.close()


def test_a_clinician_reads_a_changed_text_rejects_it_with_a_comment_and_then_approves(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.address}/staff/clinic/texts?section=options")
    card = page.locator("article", has_text="option.acupuncture")
    card.get_by_label("Comment").fill("Name the source first.")
    card.get_by_role("button", name="Reject").click()
    expect(card).to_contain_text("Rejected by dana")
    expect(card).to_contain_text("Name the source first.")
    card.get_by_role("button", name="Approve").click()
    expect(card).to_have_count(0)
    page.get_by_role("link", name="Approved", exact=True).click()
    expect(card).to_contain_text("Approved by dana")
    assert "option.acupuncture" in (site.folder / "approvals.yml").read_text(encoding="utf-8")
