"""The queue in a real chromium: keys, live counts, the sound and the title of an emergency, and without a script."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from knee_intake.records import schema
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_staff_pages import ONE, PATIENCE_MS, Site, _well_made, site
from tests.integration.staff_rows import NOW, add_alert, add_conversation

pytestmark = pytest.mark.browser
__all__ = ["site"]
COUNT_SOUNDS = """
window.sounds = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.sounds += 1; return start.apply(this, at); };
"""
ALARM = "document.title.startsWith('⚠ Emergency: ')"


def newcomer(site: Site, number: int, urgency: str = "emergency_911") -> None:
    with site.database.write() as connection:
        ident = add_conversation(
            connection, number, urgency=urgency, first_name=f"New{number}", at=NOW + timedelta(minutes=number)
        )
        add_alert(connection, ident, urgency=urgency)


def until(page: Page, expression: str) -> None:
    """Wait until the expression holds; the strict policy keeps playwright's own waiting from evaluating it."""
    patience = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < patience, expression
        page.wait_for_timeout(50)


def acknowledge_all(site: Site) -> None:
    with site.database.write() as connection:
        connection.execute(sa.update(schema.alerts).values(acknowledged_at=NOW))


def test_an_emergency_is_heard_and_seen_at_once_unless_it_is_muted(site: Site, page: Page) -> None:
    acknowledge_all(site)
    page.add_init_script(COUNT_SOUNDS)
    site.sign_in(page)
    page.wait_for_selector("#sound:has-text('Sound on after a click')")
    page.click("h1")
    page.wait_for_selector("#sound:text-is('Sound on')")
    newcomer(site, 3)
    until(page, "window.sounds === 3")
    assert page.evaluate(ALARM)
    page.wait_for_selector("#alarm:visible")
    page.wait_for_selector(".list .unseen:first-child >> text=New3", timeout=PATIENCE_MS)
    assert page.inner_text("[data-count=urgent]") == "1"
    page.click("#alarm-seen")
    assert not page.evaluate(ALARM)
    page.click("#sound")
    assert page.get_attribute("#sound", "aria-pressed") == "false"
    newcomer(site, 4, "same_day")  # no emergency: counted, and that is all
    until(page, "document.querySelector('[data-count=urgent]').textContent === '2'")
    assert not page.evaluate(ALARM)
    newcomer(site, 5)
    until(page, ALARM)
    assert page.evaluate("window.sounds") == 3
    page.reload()
    page.wait_for_selector("#sound:text-is('Sound off')")
    acknowledge_all(site)
    until(page, f"!{ALARM}")


def test_the_lines_are_walked_opened_and_searched_by_single_keys(site: Site, page: Page) -> None:
    newcomer(site, 3, "soon")
    site.sign_in(page)
    page.wait_for_selector("#help-open:visible")  # the script hears keys from then on
    press = page.keyboard.press
    line = "document.activeElement.id"
    order = [link.get_attribute("id") for link in page.query_selector_all("a.go")]
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        press(key)
        assert page.evaluate(line) == order[place]
    press("?")
    page.wait_for_selector("#help:visible")
    _well_made(page)
    press("j")
    press("Escape")
    page.wait_for_selector("#help", state="hidden")
    assert page.evaluate(line) == order[1]
    press("/")
    page.keyboard.type("j?k/ calf")
    assert page.input_value("#q") == "j?k/ calf"
    page.fill("#q", "calf")
    press("Enter")
    page.wait_for_selector("mark:has-text('calf')")
    page.wait_for_selector("#help-open:visible")
    assert page.locator("a.go").count() == 1
    press("j")
    press("Enter")
    page.wait_for_url(f"**/staff/conversations/{ONE}")


def test_single_keys_can_be_switched_off(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.click("#help-open")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_without_a_script_everything_works_and_passes_axe_with_one(
    site: Site, browser: Browser, size: dict[str, int]
) -> None:
    plain = browser.new_context(viewport=size, java_script_enabled=False)  # type: ignore[arg-type]
    page = plain.new_page()
    site.sign_in(page)
    page.click(f"#take-{ONE}")
    page.wait_for_selector(".review-in_review")
    page.click("#filters summary")
    page.select_option("#f-who", "me")
    page.select_option("#f-field", "knee_side")
    page.click("text=Filter >> visible=true >> nth=-1")
    page.wait_for_url("**/staff?*")
    page.goto(f"{site.address}/staff?who=me&q=calf")
    assert page.locator("a.go").count() == 1
    page.click("#keep summary")
    page.fill("#view-name", "My calves")
    page.check("#view-shared")
    page.click("#keep button")
    page.wait_for_selector(".views [aria-current]:has-text('My calves')")
    cookies = plain.cookies()
    plain.close()
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.address}/staff?who=me&q=calf")
    page.click("#filters summary")
    page.click("#keep summary")
    _well_made(page)
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    _well_made(page)
    assert complaints == []
    context.close()
