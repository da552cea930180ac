"""The page of one conversation in a real chromium: what is above the fold, jumps, keys, notes, hand-over, paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from knee_intake.records import schema
from knee_intake.records.notes import add_note
from knee_intake.records.staff_accounts import Member, add_member
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_staff_pages import ONE, PASSWORD, PATIENCE_MS, Site, _well_made, site
from tests.integration.staff_rows import NOW, add_conversation, add_message, conversation_id

pytestmark = pytest.mark.browser
__all__ = ["site"]
PAGE = f"/staff/conversations/{ONE}"
TEXT = "my left knee aches on the inner side since summer"
WHY = [
    {"words": "left knee", "field": "knee_side", "value": "left", "assertion": "affirmed", "start": 3, "end": 12},
    {"words": "inner side", "field": "pain_location", "value": "medial", "assertion": "affirmed",
     "start": 26, "end": 36},
]  # fmt: skip


def fill(site: Site) -> None:
    """A longer talk of two sessions with marked words, and a second conversation behind this one."""
    with site.database.write() as connection:
        for seq in range(6, 40):
            read = {"intent": "inform", "confidence": 0.9, "findings": {"knee_side": "left"}, "negated": [], "why": WHY}
            sender = "visitor" if seq % 2 else "bot"
            later = NOW + timedelta(hours=3 if seq > 20 else 0, seconds=seq)
            more = {"understanding": read} if sender == "visitor" else {}
            add_message(connection, ONE, seq, sender, TEXT, at=later, **more)
        add_conversation(connection, 3, first_name="Behind", at=NOW - timedelta(hours=1))


def opened(site: Site, page: Page, path: str = PAGE) -> list[str]:
    """Sign in and go there; what the browser complains about."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site.sign_in(page)
    page.goto(site.address + path)
    return complaints


def box(page: Page, selector: str) -> dict[str, float]:
    found: Any = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return dict(found)


def rows(site: Site, *columns: Any) -> list[tuple[Any, ...]]:
    with site.database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns))]


def test_what_decides_stands_above_the_fold_and_the_transcript_beside_the_answers(site: Site, page: Page) -> None:
    fill(site)
    opened(site, page)
    page.wait_for_selector("#alarm:visible")  # even with an emergency's notice over it
    fold = box(page, "#desk")["y"]
    for selector in ("#flags", "#acknowledge", ".complaint", ".booking .when", "#confirm", ".next-deed a", "#next"):
        found = box(page, selector)
        assert found["y"] + found["height"] <= fold, selector
    answers, talk = box(page, ".answers"), box(page, "#box")
    assert talk["x"] >= answers["x"] + answers["width"]
    assert abs(talk["y"] - answers["y"]) < 60


def test_on_a_phone_the_order_is_flags_story_deeds_booking_answers_transcript(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    opened(site, page)
    order = ("#flags", "#story", "#next-deed", "#handover", "#visit", "#review", "#summary", "#notes", "#transcript")
    tops = [box(page, selector)["y"] for selector in order]
    assert tops == sorted(tops)
    context.close()


def test_an_answer_and_its_message_light_each_other_up(site: Site, page: Page) -> None:
    fill(site)
    complaints = opened(site, page)
    page.click("#a-knee_side >> text=message 4")
    page.wait_for_selector("#m4.lit")
    assert page.locator(".answers .lit").count() == 2
    page.click("#a-pain_duration_days >> text=message 6")
    page.wait_for_selector("#m6.lit")
    page.click("#m4 >> text=Where it hurts")
    page.wait_for_selector("#a-pain_location.lit")
    assert page.locator("#m4.lit").count() == 1
    assert page.locator("#m7 mark").all_text_contents() == ["left knee", "inner side"]
    assert page.locator(".pause").all_text_contents() == ["Session 2: back after 3 hours"]
    assert complaints == []


def test_without_a_script_the_jumps_notes_verdict_and_tick_work(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    opened(site, page)
    page.click("#a-knee_side >> text=message 4")
    page.wait_for_selector("#m4:target")
    page.click("#m4 >> text=Side")
    page.wait_for_selector("#a-knee_side:target")
    page.fill("#note", "call her after 5, @dana")
    page.click("#note-save")
    page.wait_for_selector(".noted .mention:text-is('@dana')")
    page.click(".noted >> text=Strike out")
    page.wait_for_selector(".noted del")
    page.check("#verdict-missed")
    page.fill("#comment", "the calf came late")
    page.click("#verdict-save")
    page.wait_for_selector("text=something was missed. the calf came late")
    page.fill("#chart-number", "A-17")
    page.click("#entered")
    page.wait_for_selector(".handover strong:text-is('A-17')")
    page.click("#not-entered")
    page.wait_for_selector("text=Not entered yet.")
    page.click("text=Change the time of")
    page.check("#t1")
    page.click("text=Move the visit")
    page.wait_for_selector(".booking .visit-booked")
    page.click(".booking summary")
    page.click("text=Yes, cancel this visit")
    page.wait_for_selector(".booking .visit-cancelled")
    context.close()


def test_keys_walk_the_messages_acknowledge_tick_and_lead_on(site: Site, page: Page) -> None:
    fill(site)
    complaints = opened(site, page)
    focused = "document.activeElement.id"

    def press(key: str) -> None:
        page.wait_for_load_state("load")  # a page that was just come to hears no key before
        page.keyboard.press(key)

    for key, place in (("j", "m1"), ("j", "m2"), ("k", "m1"), ("k", "m1")):
        press(key)
        assert page.evaluate(focused) == place
    press("?")
    page.wait_for_selector("#help:visible")
    _well_made(page)
    press("Escape")
    press("a")
    page.wait_for_selector("#acknowledge", state="detached")
    press("e")
    assert page.evaluate(focused) == "chart-number"
    page.keyboard.type("jkan?")
    press("Enter")
    page.wait_for_selector(".handover strong:text-is('jkan?')")
    press("n")
    page.wait_for_selector("h1:has-text('Before consent')")  # its alert is open: it goes before
    press("a")
    page.wait_for_selector("#acknowledge", state="detached")
    press("n")
    page.wait_for_selector("h1:has-text('Robin')")
    press("n")
    page.wait_for_selector("h1:has-text('Behind')")
    assert complaints == []


def test_switched_off_on_the_list_the_keys_are_off_here(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.click("#help-open")
    page.uncheck("#keys-on")
    page.goto(site.address + PAGE)
    page.keyboard.press("j")
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert page.locator("#acknowledge").count() == 1


def test_the_note_is_copied_and_that_is_written_down(site: Site, browser: Browser) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints = opened(site, page)
    with page.expect_response("**/copied") as told:
        page.click("#copy")
    assert told.value.status == 204
    page.wait_for_selector("#copy:has-text('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied[1] == "Patient-reported via automated chat, not verified."
    assert any(line.startswith("Red flags: RF11 version 1") for line in copied)
    with page.expect_download() as download:
        page.click(".exports >> text='Text'")
    assert download.value.suggested_filename == f"knee-intake-{ONE[:8]}.txt"
    exports = [detail["format"] for action, detail in rows(site, schema.audit.c.action, schema.audit.c.detail)
               if action == "export"]  # fmt: skip
    assert exports == ["copy", "text"]
    assert complaints == []
    context.close()


def test_what_is_being_typed_survives_news_and_a_note_that_names_one_is_counted(site: Site, page: Page) -> None:
    add_member(site.database, name="lee", role="reviewer", password=PASSWORD, now=site.clock())
    opened(site, page)
    page.fill("#note", "half a thought")
    page.evaluate("document.getElementById('box').scrollTop = 30")
    with site.database.write() as connection:
        add_note(connection, Member(2, "lee", "reviewer"), ONE, key="k", text="@dana look", now=site.clock())
    page.wait_for_selector(".noted .mention", timeout=PATIENCE_MS)
    assert page.input_value("#note") == "half a thought"
    page.goto(f"{site.address}/staff/mentions")
    page.click(".mentions .go")
    page.wait_for_selector("#note-1:target")


def test_on_paper_the_transcript_is_whole_and_nothing_is_to_be_pressed(site: Site, page: Page) -> None:
    fill(site)
    with site.database.write() as connection:
        add_note(connection, Member(1, "dana", "manager"), ONE, key="k", text="for us alone", now=NOW)
    opened(site, page, f"{PAGE}?notes=0")
    assert page.locator("text=for us alone").count() == 0
    page.emulate_media(media="print")
    assert page.locator("button:visible, form:visible, nav:visible, #desk:visible").count() == 0
    assert page.evaluate("(box => box.scrollHeight - box.clientHeight)(document.getElementById('box'))") <= 1
    page.emulate_media(media="screen")
    page.click("text=Show them")
    page.wait_for_selector("text=for us alone")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_new_page_passes_axe_and_fits_the_screen(site: Site, browser: Browser, size: dict[str, int]) -> None:
    fill(site)
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints = opened(site, page)
    with site.database.write() as connection:
        member = Member(1, "dana", "manager")
        add_note(connection, member, ONE, key="k", text="a word as long as " + "x" * 90, now=NOW)
        add_note(connection, Member(1, "lee", "manager"), conversation_id(3), key="k", text="@dana", now=NOW)
        connection.execute(sa.insert(schema.note_mentions).values(note_id=1, staff_id=1))
    page.reload()
    page.click("#as-text summary")
    page.check("#verdict-other")
    page.fill("#comment", "why not")
    page.click("#verdict-save")
    page.wait_for_selector("text=other. why not")
    page.fill("#chart-number", "A-17")
    page.click("#entered")
    page.wait_for_selector(".handover strong")
    _well_made(page)
    with site.database.write() as connection:  # the patient goes on
        own = schema.bookings.c.conversation_id == ONE
        values = {"start": NOW + timedelta(days=20), "updated_at": site.clock() + timedelta(minutes=9)}
        connection.execute(sa.update(schema.bookings).where(own).values(**values))
    page.reload()
    page.wait_for_selector("text=Changed since it was entered.")
    for path in ("#m8", "/staff/charting?closed=1", "/staff/mentions", f"{PAGE}/move?reference=KN7-P4Q"):
        page.goto(f"{site.address}{PAGE if path.startswith('#') else ''}{path}")
        _well_made(page)
    assert complaints == []
    context.close()
