"""Five mornings at the front desk: from the sign-in to the right decision in a dozen clicks, keys and fields at most.

A click, a key and a field that is filled or chosen count one each. That is what a practised person does in half a
minute; the time itself depends on the person and is not measured here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from knee_intake.interview.model import Answer
from knee_intake.records import schema
from tests.browser.conftest import DESKTOP
from tests.browser.test_staff_pages import PASSWORD, Site, site
from tests.integration.staff_rows import (
    NOW,
    add_alert,
    add_booking,
    add_conversation,
    add_message,
    an_intake,
    calf_hit,
    conversation_id,
)
from tests.integration.test_people import intake_with

pytestmark = pytest.mark.browser
__all__ = ["site"]
MOST = 12
CHEST, CALF, PLAIN, CALL, WRONG = (conversation_id(number) for number in range(11, 16))
CHEST_TEXT = "Chest pain, trouble breathing, coughing up blood or fainting is an emergency. Call 911 now."


class Hand:
    """Does what a person does, and counts it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.steps = page, 0
        page.goto(f"{address}/staff/login")
        self.fill("#name", "dana")
        self.fill("#password", PASSWORD)
        self.press("Enter")
        page.wait_for_selector("h1:has-text('Conversations')")

    def click(self, selector: str) -> None:
        self.steps += 1
        self.page.click(selector)

    def press(self, key: str) -> None:
        self.steps += 1
        self.page.wait_for_load_state("load")  # nobody presses a key on a page that is not there yet
        self.page.keyboard.press(key)

    def fill(self, selector: str, text: str) -> None:
        self.steps += 1
        self.page.fill(selector, text)

    def choose(self, selector: str, value: str) -> None:
        self.steps += 1
        self.page.select_option(selector, value)


@pytest.fixture
def hand(site: Site, browser: Browser, tmp_path: Path) -> Iterator[Hand]:
    """A person at the desk on a morning with five chats; the last sight of each test is kept in its folder."""
    with site.database.write() as connection:
        connection.execute(sa.delete(schema.bookings))
        connection.execute(sa.delete(schema.conversations))
        _morning(connection)
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(8_000)
    yield Hand(page, site.address)
    page.screenshot(path=str(tmp_path / "last.png"))
    context.close()


def _morning(connection: Any) -> None:
    reachable = intake_with(phone="(212) 555-0188")
    add_conversation(connection, 11, intake=reachable, urgency="emergency_911", first_name="Ada", status="advised")
    add_message(connection, CHEST, 1, "visitor", "my chest hurts since this morning")
    add_message(connection, CHEST, 2, "bot", CHEST_TEXT, payload={"alert": "emergency_911"})
    add_alert(connection, CHEST, rule="RF12", urgency="emergency_911", seq=1, shown=CHEST_TEXT)
    intake = an_intake(red_flags=[calf_hit()])
    add_conversation(connection, 12, intake=intake, urgency="same_day", first_name="Ben", status="booked")
    add_message(connection, CALF, 4, "visitor", "and one calf is swollen")
    add_alert(connection, CALF)
    add_booking(connection, CALF, clinician="sports_medicine")
    add_conversation(connection, 13, first_name="Cleo", status="finished")
    add_conversation(connection, 14, first_name="Dora", status="handed_over")
    row = {"conversation_id": CALL, "topic": "call_me", "first_name": "Dora", "contact": "555-0199", "created_at": NOW}
    connection.execute(sa.insert(schema.callbacks).values(**row))
    wrong = an_intake()
    wrong.answers["knee_side"] = Answer("left", "the one that is not right", 2, "volunteered")
    add_conversation(connection, 15, intake=wrong, first_name="Eve", status="stopped")
    read = {"intent": "out_of_scope", "confidence": 0.2, "findings": {"knee_side": "left"}, "negated": [], "why": []}
    add_message(connection, WRONG, 2, "visitor", "the one that is not right", understanding=read)
    low = {"conversation_id": WRONG, "name": "low", "value": "yes"}
    connection.execute(sa.insert(schema.facets).values(**low))


def found(site: Site, table: sa.Table, conversation: str) -> Any:
    with site.database.read() as connection:
        return connection.execute(sa.select(table).where(table.c.conversation_id == conversation)).one()


def test_an_open_chest_pain_alert_is_seen(site: Site, hand: Hand) -> None:
    hand.press("j")
    hand.press("Enter")
    hand.page.wait_for_selector("blockquote, .flags")
    assert hand.page.inner_text(".next-deed a") == "Read the red flag, then mark it as seen"
    hand.press("a")
    hand.page.wait_for_selector("#acknowledge", state="detached")
    assert hand.page.inner_text(".next-deed a") == "Call: did the patient get care?"
    assert found(site, schema.alerts, CHEST).acknowledged_by == 1
    assert hand.steps == 6 <= MOST


def test_a_same_day_calf_is_seen_and_its_visit_confirmed(site: Site, hand: Hand) -> None:
    hand.click("a.go:has-text('Ben')")
    hand.press("a")
    hand.page.wait_for_selector("#acknowledge", state="detached")
    assert hand.page.inner_text(".next-deed a") == "Confirm the visit, or offer other times"
    hand.click("#confirm")
    hand.page.wait_for_selector(".booking .visit-booked")
    assert found(site, schema.bookings, CALF).status == "booked"
    assert found(site, schema.alerts, CALF).acknowledged_at is not None
    assert hand.steps == 6 <= MOST


def test_a_plain_finished_intake_is_copied_and_charted(site: Site, hand: Hand) -> None:
    hand.click("nav >> text=Charting")
    hand.click("a.go:has-text('Cleo')")
    hand.click("#copy")
    hand.press("e")
    hand.fill("#chart-number", "MRN 4711")
    hand.press("Enter")
    hand.page.wait_for_selector(".handover strong:text-is('MRN 4711')")
    assert found(site, schema.chart_entries, PLAIN).number == "MRN 4711"
    assert hand.steps == 9 <= MOST


def test_a_wish_to_be_called_is_answered(site: Site, hand: Hand) -> None:
    hand.click("a.go:has-text('Dora')")
    hand.page.wait_for_selector(".next-deed a:text-is('Call the patient back')")
    hand.page.wait_for_selector(".booking >> text=555-0199")
    hand.click("text=I have called")
    hand.page.wait_for_selector(".booking >> text=Call back, done")
    assert found(site, schema.callbacks, CALL).done_at is not None
    assert hand.steps == 5 <= MOST


def test_a_misunderstood_chat_is_found_judged_and_closed(site: Site, hand: Hand) -> None:
    hand.click("#filters summary")
    hand.click("#f-low")
    hand.click(".filters button")
    hand.page.wait_for_selector(".chip:has-text('Hardly understood')")
    hand.click("a.go:has-text('Eve')")
    hand.page.wait_for_selector("text=hardly understood")
    hand.click("#verdict-missed")
    hand.fill("#comment", "said not right, meant left")
    hand.press("Enter")
    hand.page.wait_for_selector("text=something was missed. said not right, meant left")
    hand.choose("#review-state", "closed")
    hand.click("#review-save")
    hand.page.wait_for_selector("#review-state:has(option[value=closed][selected])", state="attached")
    assert found(site, schema.review_verdicts, WRONG).verdict == "missed"
    with site.database.read() as connection:
        state = sa.select(schema.conversations.c.review).where(schema.conversations.c.id == WRONG)
        assert connection.execute(state).scalar_one() == "closed"
    assert hand.steps == 12 <= MOST
