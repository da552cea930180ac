"""The loop back into understanding in a real chromium: two keys for a sentence, the pages on a phone, the chart."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from knee_intake.records import schema
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_staff_pages import Site, _well_made, site
from tests.integration.learning_rows import add_corrected, add_misread, read, say
from tests.integration.staff_rows import NOW, add_conversation, conversation_id

pytestmark = pytest.mark.browser
__all__ = ["site"]
INBOX = "/staff/learning"
PASSED = {
    "passed": True, "base": "x", "reasons": [], "left_out": [], "newly_missed": [], "gains": ["what of the jab → book"],
    "regressions": ["stairs? → deny"], "counted": {"newly_missed": 0, "regressions": 1, "gains": 1},
    "rows": [
        {"name": "accuracy", "label": "intents, accuracy", "before": 0.9, "after": 0.912, "tolerance": 0.01,
         "counts": False, "change": "better", "ok": True},
        {"name": "false_alarms", "label": "false alarms", "before": 3, "after": 4, "tolerance": 2, "counts": True,
         "change": "worse", "ok": True},
    ],
}  # fmt: skip


def fill(site: Site) -> None:
    with site.database.write() as connection:
        add_misread(connection, 11, "do you take plan 12", at=NOW - timedelta(days=9))
        add_misread(connection, 12, "Do you take plan 3?")
        add_corrected(connection, 13)
        add_misread(connection, 14)
        made = add_conversation(connection, 15)
        for number in range(8):
            say(connection, made, 2 * number + 1, "it hurts on the stairs", "Thanks.", read("inform", 0.9))
        connection.execute(
            sa.insert(schema.model_builds).values(
                state="passed", step="passed the gate", lessons=1, created_at=NOW, lease_until=NOW,
                log="12:00:00 Copying", model="candidate-1/models/m.tar.gz", result=PASSED, promoted_at=NOW,
            )
        )  # fmt: skip


def states(site: Site) -> list[tuple[str, str | None]]:
    with site.database.read() as connection:
        query = sa.select(schema.lessons.c.state, schema.lessons.c.intent).order_by(schema.lessons.c.id)
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_passes_axe_fits_the_screen_and_breaks_no_rule(
    site: Site, browser: Browser, size: dict[str, int]
) -> None:
    fill(site)
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site.sign_in(page)
    page.click("#office summary")
    page.click("nav >> text=Learning")
    page.wait_for_selector("h1:has-text('Learning')")
    _well_made(page)
    page.click("#start")
    page.keyboard.press("f")
    _well_made(page)
    page.keyboard.press("f")
    page.keyboard.press("1")
    with page.expect_navigation():  # to the next sentence, which has a like address
        page.keyboard.press("Enter")
    for path in ("/approve", "/quality?by=week", "/quality?by=day", "/models"):
        page.goto(site.address + INBOX + path)
        _well_made(page)
    page.click("summary:has-text('not any more')")
    page.click("summary:has-text('Log')")
    _well_made(page)
    page.goto(f"{site.address}/staff/conversations/{conversation_id(13)}")
    _well_made(page)
    assert complaints == []
    context.close()


def _next_sentence(page: Page, words: str) -> None:
    """Wait for it, and for the page's script, which shows the keys once it hears them."""
    page.wait_for_selector(f".words:has-text('{words}')")
    page.wait_for_selector("#keys-help:visible")


def test_two_keys_decide_a_sentence_and_lead_to_the_next(site: Site, page: Page) -> None:
    fill(site)
    site.sign_in(page)
    page.goto(site.address + INBOX)
    page.click("#start")
    page.wait_for_selector("#keys-help:visible")
    assert page.locator(".words").text_content() == "do you take plan 12"
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    _next_sentence(page, "Robin")
    page.keyboard.press("2")
    page.keyboard.press("f")  # opens the findings, and the choice stays
    page.check("#f\\.symptoms\\.swelling")
    page.keyboard.press("Enter")
    _next_sentence(page, "left-hand side")
    assert page.locator("mark").text_content() == "left"
    page.keyboard.press("r")
    page.wait_for_selector("text=Nothing waits")
    assert states(site) == [("learn", "ask_cost"), ("right", None), ("learn", "ask_referral")]


def test_a_meaning_from_the_list_takes_the_place_of_the_key_s(site: Site, page: Page) -> None:
    fill(site)
    site.sign_in(page)
    page.goto(site.address + INBOX)
    page.click("#start")
    page.wait_for_selector("#keys-help:visible")
    page.keyboard.press("1")
    page.select_option("#other", "ask_parking")
    assert page.locator("[name=intent]:checked").count() == 0
    page.keyboard.press("Escape")
    page.focus("#other")
    page.keyboard.press("n")  # in a list a letter only searches it
    assert states(site)[0] == ("open", None)
    page.select_option("#other", "ask_parking")
    page.click("#save")
    page.wait_for_selector(".words:has-text('Robin')")
    assert states(site)[0] == ("learn", "ask_parking")


def test_everything_works_without_a_script(site: Site, browser: Browser) -> None:
    fill(site)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    site.sign_in(page)
    page.goto(f"{site.address}/staff/conversations/{conversation_id(15)}")
    page.click("#misread-3")
    page.wait_for_url("**#m3")
    page.click("#office summary")
    page.click("nav >> text=Learning")
    page.click("text=Judged wrong by staff")
    page.click("tbody a:has-text('it hurts on the stairs')")
    page.check("#i2")
    page.click("#save")
    page.click("text=To approve")
    assert page.input_value("textarea") == "it hurts on the stairs"
    page.fill("textarea", "it hurts on any stairs")
    page.click("button:has-text('let it out')")
    page.wait_for_selector("text=Nothing waits to be approved")
    page.click("text=The inbox")
    with page.expect_download() as download:
        page.click("text=learned.yml")
    assert "- it hurts on any stairs" in download.value.path().read_text()
    context.close()


def test_the_chart_is_told_in_words_and_as_a_table(site: Site, page: Page) -> None:
    fill(site)
    site.sign_in(page)
    page.goto(f"{site.address}{INBOX}/quality?by=day")
    chart = page.get_by_role("img", name="Share of messages by day")
    assert chart.count() == 1
    assert "not understood" in str(page.locator("#quality-desc").text_content())
    # three were rejected, one was corrected, two of the site's own talk have no reply
    row = page.locator("tbody tr").first.inner_text().split()
    assert row[:6] == ["Nov", "23", "15", "3", "20.0", "%"]
    assert page.locator(".chart .mark").count() == 1
    with page.expect_download() as download:
        page.click("text=Download as CSV")
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "day_from,messages,rejected,low,corrected,unanswered,judged"
    assert lines[-1] == "2026-11-23,15,3,0,1,2,0"
