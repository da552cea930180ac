"""Calls, one person's conversations, saved replies, requests in a real chromium: small, by keys, without a script."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from knee_intake.records import contact_keys, schema
from knee_intake.records.privacy_requests import add_chat_request
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_staff_pages import ONE, PATIENCE_MS, Site, _well_made, site
from tests.integration.staff_rows import NOW, add_conversation, conversation_id
from tests.integration.test_people import SECRET, intake_with

pytestmark = pytest.mark.browser
__all__ = ["site"]
THREE = conversation_id(3)
PICTURES = Path(__file__).parents[2] / "test-results"


def fill(site: Site) -> None:
    """A second conversation of the same phone, both with a wish to be called."""
    with site.database.write() as connection:
        add_conversation(connection, 3, first_name="Robin Longname-Withhyphens")
        for ident in (ONE, THREE):
            intake = intake_with(phone="(212) 555-0123", email="robin@example.org")
            own = schema.intakes.c.conversation_id == ident
            connection.execute(sa.update(schema.intakes).where(own).values(data=intake.to_dict()))
            contact_keys.note_contacts(connection, SECRET, ident, intake.to_dict())
        connection.execute(
            sa.insert(schema.callbacks).values(
                conversation_id=THREE, topic="call_me", contact="212-555-0123", wishes="after lunch, please",
                created_at=NOW,
            )
        )  # fmt: skip


@contextmanager
def opened(site: Site, browser: Browser, **more: bool) -> Iterator[Page]:
    """A member's page on a phone; whatever a console complains of fails the test."""
    context = browser.new_context(viewport=PHONE, **more)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site.sign_in(page)
    yield page
    context.close()
    assert complaints == []


def look(page: Page, name: str) -> None:
    """It is well made, on a desk and on a phone; where pictures are wanted, one of each is kept."""
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if os.environ.get("KEEP_PICTURES"):
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{size['width']}.png", full_page=True)
        _well_made(page)


def test_somebody_is_rung_noted_and_taken_off_the_list(site: Site, browser: Browser) -> None:
    fill(site)
    with opened(site, browser) as page:
        page.click("nav >> text=Calls")
        page.wait_for_selector("h1:has-text('Calls')")
        assert page.get_attribute(f"tr:has(a[href$='{THREE}']) a.ring", "href") == "tel:+12125550123"
        assert page.locator("tbody tr th a").all_inner_texts()[0] == "Robin", "the same-day alert leads"
        page.click(f"#call-{THREE} summary")
        look(page, "calls")
        page.select_option(f"#outcome-{THREE}", "no_answer")
        page.select_option(f"#next-{THREE}", "morning")
        page.fill(f"#note-{THREE}", "rang out")
        with site.database.write() as connection:  # the page renews itself meanwhile; what was typed stays
            add_conversation(connection, 9, first_name="Newcomer", at=NOW + timedelta(minutes=4))
        page.wait_for_selector("#news:has-text('updated')", state="attached")
        assert page.input_value(f"#note-{THREE}") == "rang out"
        assert page.input_value(f"#next-{THREE}") == "morning"
        page.focus(f"#note-call-{THREE}")
        page.keyboard.press("Enter")
        page.wait_for_selector(".later >> text=rang out")
        page.goto(f"{site.address}/staff/conversations/{THREE}")
        page.click(f"#call-{THREE} summary")
        page.select_option(f"#outcome-{THREE}", "reached_done")
        look(page, "conversation-calls")
        page.click(f"#note-call-{THREE}")
        page.wait_for_selector(".tries >> text=reached")
        page.goto(f"{site.address}/staff/calls")
        assert page.locator(f"a[href$='{THREE}']").count() == 0


def test_two_conversations_are_joined_parted_and_marked(site: Site, browser: Browser) -> None:
    fill(site)
    with opened(site, browser) as page:
        page.goto(f"{site.address}/staff/conversations/{ONE}")
        page.wait_for_selector("#person:has-text('Maybe the same person')")
        look(page, "person")
        page.click("#person ~ ul >> text=Same person")
        page.wait_for_selector("#person:text-is('Same person')")
        look(page, "person-joined")
        page.goto(f"{site.address}/staff")
        assert page.locator(".badge.joined").count() == 2
        look(page, "queue-joined")
        page.goto(f"{site.address}/staff/conversations/{THREE}")
        page.click("#leave-this")
        page.wait_for_selector("#person:has-text('Maybe')")
        page.click("text=Not the same")
        page.wait_for_selector("#parted")
        page.click("#parted summary")
        page.click("#parted >> text=Undo")
        page.wait_for_selector("text=Not the same")


def test_a_reply_is_graded_while_it_is_typed_refused_kept_and_used(site: Site, browser: Browser) -> None:
    with opened(site, browser) as page:
        page.goto(f"{site.address}/staff/replies")
        page.fill("#title", "Please call us")
        page.type("#reply-text", "The shots are safe.")
        page.wait_for_selector("#verdict >> text=“safe” may not be said")
        look(page, "replies-refused")
        page.fill("#reply-text", "Hi {first_name}. Please call us at {clinic_phone}. We can then find a new time.")
        page.wait_for_selector("#verdict >> text=Good.")
        page.click("#keep-reply")
        page.wait_for_selector("h2 >> text=Please call us")
        look(page, "replies")
        with site.database.write() as connection:
            row = {"conversation_id": ONE, "seq": 6, "sender": "bot", "text": "A person is here.", "staff_id": 1}
            connection.execute(sa.insert(schema.messages).values(**row, at=NOW, payload={"name": "staff_here"}))
            own = schema.conversations.c.id == ONE
            connection.execute(sa.update(schema.conversations).where(own).values(handled_by="staff", last_seq=6))
        page.goto(f"{site.address}/staff/conversations/{ONE}")
        page.fill("#text", "Good morning.")
        page.select_option("#saved-reply", label="Please call us")
        page.wait_for_selector("#reply-preview:has-text('Hi Robin.')")
        look(page, "reply-picked")
        page.click("#use-reply")
        told = "Good morning.\nHi Robin. Please call us at 555-0143 (demo number). We can then find a new time."
        assert page.input_value("#text") == told


def test_without_a_script_a_reply_is_put_in_and_a_request_is_answered(site: Site, browser: Browser) -> None:
    with site.database.write() as connection:
        values = {"title": "Call", "text": "Call us, {first_name}.", "version": 1, "changed_by": 1, "changed_at": NOW}
        connection.execute(sa.insert(schema.saved_replies).values(**values))
        row = {"conversation_id": ONE, "seq": 6, "sender": "bot", "text": "A person is here.", "staff_id": 1}
        connection.execute(sa.insert(schema.messages).values(**row, at=NOW, payload={"name": "staff_here"}))
        own = schema.conversations.c.id == ONE
        connection.execute(sa.update(schema.conversations).where(own).values(handled_by="staff", last_seq=6))
    with opened(site, browser, java_script_enabled=False) as page:
        page.goto(f"{site.address}/staff/conversations/{ONE}")
        page.select_option("#saved-reply", label="Call")
        page.click("#use-reply")
        page.wait_for_url("**?reply=1*")
        assert page.input_value("#text") == "Call us, Robin."
        page.click("text=Note a request about this data")
        page.select_option("#kind", "copy")
        page.click("#keep-request")
        page.click("tbody >> text=Robin")
        with page.expect_download() as download:
            page.click("text=as text")
        assert Path(download.value.path()).read_text().count("Robin") >= 1
        page.select_option("#state", "done")
        page.select_option("#reply-by", "letter")
        page.click("#decide")
        page.wait_for_selector("text=Nobody waits for an answer.")


def test_an_overdue_wish_to_be_deleted_leads_is_counted_and_done(site: Site, browser: Browser) -> None:
    fill(site)
    with site.database.write() as connection:
        add_chat_request(connection, "delete", THREE, NOW - timedelta(days=31))
        add_chat_request(connection, "correct", ONE, NOW)
    with opened(site, browser) as page:
        assert page.inner_text("nav .count:has-text('overdue')").split()[0] == "1"
        page.click("nav >> text=Requests")
        page.wait_for_selector("tbody tr:first-child >> text=overdue")
        page.click("#new-request summary")
        look(page, "requests")
        page.click("tbody tr:first-child a")
        page.wait_for_selector("h1:has-text('Delete my data')")
        look(page, "request")
        page.select_option("#state", "done")
        page.check("#sure")
        page.click("#decide")
        page.wait_for_selector("#decided")
        assert page.locator("nav .count:has-text('overdue')").count() == 0
    with site.database.read() as connection:
        left = connection.execute(sa.select(schema.conversations.c.id)).scalars().all()
    assert THREE not in left
