"""A phone intake in a real chromium, with the real dialogue behind it: a whole call, an emergency, and a reload."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from knee_intake.records.staff_accounts import add_member
from tests.browser.conftest import PHONE
from tests.browser.test_front_office import look
from tests.browser.test_staff_pages import PASSWORD
from tests.conftest import FrozenClock
from tests.integration.live import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def office(make_settings: Callable[..., Any], models: Any, clock: FrozenClock) -> Iterator[str]:
    """The address of the whole app, where dana may type for callers."""
    from knee_intake.web.app import make_app

    app = make_app(make_settings(rate_limits=False), clock=clock, load=lambda _: models)
    database = app.state.context.database
    add_member(database, name="dana", role="reviewer", password=PASSWORD, now=clock())
    with serving(app, graceful_s=0) as address:
        yield address


def begin(page: Page, office: str, *, pictured: bool = True) -> None:
    page.goto(f"{office}/staff/phone-intake")
    page.fill("#name", "dana")
    page.fill("#password", PASSWORD)
    page.click("text=Sign in")
    page.wait_for_selector("h1:has-text('Phone intake')")
    if pictured:
        look(page, "phone-start")
    page.click("#begin-call")
    page.wait_for_selector("#aloud:has-text('Read aloud')")


def put_in(page: Page, text: str, then: str) -> None:
    """Type what the caller says, send it by keyboard, and wait for what is to be read aloud."""
    page.wait_for_load_state()  # the keys are the script's
    page.fill("#said", text)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"#now >> text={then}")


def test_a_whole_call_is_put_in_and_lies_in_the_queue(office: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    begin(page, office)
    look(page, "phone-doors")
    page.click(".answers-given >> text=My knee hurts")
    page.wait_for_selector("#now >> text=by word of mouth")
    look(page, "phone-consent")
    page.click(".answers-given button >> nth=0")
    page.wait_for_selector("#now >> text=Who is this about")
    page.reload()
    page.click(".answers-given >> text=18 or older >> nth=0")
    page.wait_for_selector("fieldset")
    look(page, "phone-checklist")
    page.click("#say button:has-text('None of these')")
    page.wait_for_selector("#now >> text=Where")
    page.check("#pick-1")
    page.check("#pick-5")
    page.click("#put-in")
    page.wait_for_selector("#now >> text=When did it start")
    put_in(page, "it came on slowly about three months ago", "any of these now")
    page.click("#say button:has-text('None of these')")
    page.wait_for_selector("#now >> text=Has a doctor")
    put_in(page, "no", "How active")
    put_in(page, "moderate", "Book a visit")
    page.click(".answers-given >> text=Book a visit")
    page.wait_for_selector("#now button[value^='2026-']")
    page.click("#now button[value^='2026-'] >> nth=0")
    page.wait_for_selector("#now >> text=first name")
    put_in(page, "Robin, 212 555 0123", "Is this right")
    page.click(".answers-given button >> nth=0")
    page.wait_for_selector("#now >> text=Your reference is")
    page.click("#so-far summary")
    look(page, "phone-booked")
    page.goto(f"{office}/staff")
    page.wait_for_selector(".badge.by-phone")
    page.click("a.go")
    page.wait_for_selector("text=Patient, typed by dana")
    look(page, "phone-conversation")
    assert complaints == []
    context.close()


def test_an_emergency_is_read_aloud_without_a_script_too(office: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    begin(page, office, pictured=False)
    page.fill("#said", "I have chest pain and I can't breathe")
    page.click("#put-in")
    page.wait_for_selector("[role=alert]:has-text('Read this aloud now')")
    assert re.search(r"call 911", page.inner_text("[role=alert] .aloud"), re.IGNORECASE)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    context.close()
