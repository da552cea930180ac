"""Accounts and access in a real chromium: second factor, invitation, sessions, tokens, emergency; axe and sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from knee_intake.records.members import invite, member_named
from knee_intake.records.second_factor import begin, confirm, pending_secret
from knee_intake.records.staff_accounts import add_member
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_staff_pages import ONE, PASSWORD, Site, _well_made, site
from tests.integration.staff_rows import NOW

pytestmark = pytest.mark.browser
__all__ = ["site"]
SECRET = b"k" * 32
"""The server's own, as `site` has it."""
NEW_PASSWORD = "an otter by the river"
WORDS = "aches on the inner side since summer"


@pytest.fixture
def pages(browser: Browser) -> Iterator[list[Page]]:
    """Two browsers without a script: every story works without one."""
    contexts = [browser.new_context(java_script_enabled=False) for _ in range(2)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def sign_in(page: Page, site: Site, name: str = "dana", password: str = PASSWORD) -> None:
    page.goto(f"{site.address}/staff/login")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("button:has-text('Sign in')")


def member(site: Site, name: str, role: str) -> None:
    add_member(site.database, name=name, role=role, password=PASSWORD, now=site.clock())


def choose(page: Page, new: str = NEW_PASSWORD, old: str | None = None) -> None:
    if old is not None:
        page.fill("#old", old)
    page.fill("#new", new)
    page.fill("#again", new)
    page.click("text=Save the password")


# -- stories ---------------------------------------------------------------------------------------------------------


def test_the_second_factor_is_set_up_and_then_asked_for(site: Site, pages: list[Page]) -> None:
    page, other = pages
    sign_in(page, site)
    page.click("header >> text=dana")
    page.click("text=Set it up")
    page.click("button:has-text('Set it up')")
    expect(page.locator(".qr svg")).to_be_visible()
    app = pyotp.TOTP((page.text_content("#secret") or "").replace(" ", ""))
    page.fill("#code", app.at(site.clock()))
    page.click("text=Confirm")
    recovery = page.locator(".codes li").all_text_contents()
    assert len(recovery) == 8
    page.click("text=I have kept them")
    expect(page.locator("main")).to_contain_text("on, 8 recovery codes left")
    for code, works in ((app.at(site.clock()), False), (recovery[0], True), (recovery[0], False)):
        sign_in(other, site)
        other.fill("#code", code)
        other.click("button:has-text('Sign in')")
        expect(other.locator("h1")).to_have_text("Conversations" if works else "Second step")
    site.clock.now += timedelta(minutes=1)
    other.fill("#code", app.at(site.clock()))
    other.click("button:has-text('Sign in')")
    expect(other.locator("h1")).to_have_text("Conversations")


def test_from_an_invitation_to_the_first_sign_in(site: Site, pages: list[Page]) -> None:
    page, other = pages
    member(site, "Ada", "admin")
    sign_in(page, site, "Ada")
    page.click("#office summary")
    page.click("nav >> text=Members")
    page.fill("#name", "Nia")
    page.select_option("#role", "viewer")
    page.click("text=Make an invitation")
    link = page.input_value("#link")
    other.goto(link)
    other.click("text=Begin")
    expect(other.locator("h1")).to_have_text("Choose a password")
    other.goto(f"{site.address}/staff/calendar")
    expect(other.locator("h1")).to_have_text("Choose a password")
    choose(other)
    expect(other.locator("h1")).to_have_text("Conversations")
    other.click("text=Sign out")
    sign_in(other, site, "Nia", NEW_PASSWORD)
    expect(other.locator("h1")).to_have_text("Conversations")
    other.goto(link)
    expect(other.locator("main")).to_contain_text("This invitation does not work")


def test_after_a_reset_a_new_password_comes_before_every_page(site: Site, pages: list[Page]) -> None:
    admin, page = pages
    member(site, "Ada", "admin")
    sign_in(page, site)
    sign_in(admin, site, "Ada")
    admin.click("#office summary")
    admin.click("nav >> text=Members")
    admin.locator("li", has_text="dana").get_by_role("button", name="New password link").click()
    link = admin.input_value("#link")
    page.goto(f"{site.address}/staff")
    expect(page.locator("h1")).to_have_text("Staff sign-in")
    page.goto(link)
    page.click("text=Begin")
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    expect(page.locator("h1")).to_have_text("Choose a password")
    choose(page, "dana dana dana")
    expect(page.locator(".notice.bad")).to_contain_text("too easy to guess")
    choose(page)
    expect(page.locator("h1")).to_have_text("Conversations")


def test_one_changes_the_password_and_is_signed_out_elsewhere(site: Site, pages: list[Page]) -> None:
    page, other = pages
    sign_in(other, site)
    sign_in(page, site)
    page.goto(f"{site.address}/staff/account/password")
    choose(page, old=PASSWORD)
    expect(page.locator("h1")).to_have_text("Your account")
    other.reload()
    expect(other.locator("h1")).to_have_text("Staff sign-in")


def test_a_session_is_ended_from_another_one(site: Site, pages: list[Page]) -> None:
    page, other = pages
    sign_in(other, site)
    sign_in(page, site)
    page.goto(f"{site.address}/staff/account")
    expect(page.locator("#sessions ~ ul li")).to_have_count(2)
    page.get_by_role("button", name=re.compile("Sign out there")).click()
    expect(page.locator("#sessions ~ ul li")).to_have_count(1)
    other.reload()
    expect(other.locator("h1")).to_have_text("Staff sign-in")


def test_a_token_is_made_used_and_revoked(site: Site, pages: list[Page]) -> None:
    page = pages[0]
    sign_in(page, site)
    page.goto(f"{site.address}/staff/account")
    page.fill("#name", "the robot")
    page.click("text=Make the token")
    token = page.input_value("#token")
    address, headers = f"{site.address}/staff/api/conversations", {"Authorization": f"Bearer {token}"}
    assert httpx.get(address, headers=headers).status_code == 200
    assert httpx.post(f"{address}/{ONE}/confirm", headers=headers).json()["code"] == "scope"
    page.goto(f"{site.address}/staff/account")
    expect(page.locator("#tokens ~ ul")).to_contain_text("last used")
    page.get_by_role("button", name="Revoke the token the robot").click()
    expect(page.locator("main")).to_contain_text("You have none.")
    assert httpx.get(address, headers=headers).status_code == 401


def test_a_restricted_conversation_is_opened_in_an_emergency_and_reviewed(site: Site, pages: list[Page]) -> None:
    manager, page = pages
    member(site, "Vic", "viewer")
    sign_in(manager, site)
    manager.goto(f"{site.address}/staff/conversations/{ONE}")
    manager.click("summary:has-text('Restrict')")
    manager.click("#restrict")
    expect(manager.locator("main")).to_contain_text("Lift the restriction")
    sign_in(page, site, "Vic")
    expect(page.locator("main")).not_to_contain_text("Robin")
    page.click("a:has-text('Restricted')")
    expect(page.locator("h1")).to_have_text("Restricted conversation")
    expect(page.locator("main")).not_to_contain_text(WORDS)
    page.fill("#reason", "The patient stands at the desk and needs help")
    page.click("text=Open for one hour")
    expect(page.locator("main")).to_contain_text(WORDS)
    expect(page.locator("main")).to_contain_text("Opened in an emergency")
    manager.goto(f"{site.address}/staff")
    manager.click("text=emergency opening to review")
    expect(manager.locator("main")).to_contain_text("needs help")
    manager.get_by_role("button", name=re.compile("^Reviewed")).click()
    expect(manager.locator("main")).to_contain_text("dana, ")
    site.clock.now += timedelta(minutes=29)
    page.reload()
    expect(page.locator("main")).to_contain_text(WORDS)
    site.clock.now += timedelta(minutes=29)
    page.reload()
    site.clock.now += timedelta(minutes=3)
    page.reload()
    expect(page.locator("h1")).to_have_text("Restricted conversation")


def test_an_admin_erases_a_patient(site: Site, pages: list[Page]) -> None:
    page = pages[0]
    member(site, "Ada", "admin")
    site.clock.now += timedelta(days=30)  # the visit is over
    sign_in(page, site, "Ada")
    page.goto(f"{site.address}/staff/retention")
    page.fill("#who", ONE)
    page.click("text=Look what there is")
    expect(page.locator("main")).to_contain_text("This would be erased: 1 conversation")
    page.click("#sure")
    expect(page.locator("main")).to_contain_text("Erased: 1 conversation")
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    expect(page.locator("h1")).to_have_text("That did not work")


# -- looks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_passes_axe_and_fits_the_screen(site: Site, browser: Browser, size: dict[str, int]) -> None:
    member(site, "Ada", "admin")
    member(site, "Vic", "viewer")
    with site.database.write() as connection:
        link = invite(connection, name="Nia", role="reviewer", now=site.clock(), by=None)
        number = member_named(connection, "Vic")
        begin(connection, number)
        app = pyotp.TOTP(pending_secret(connection, SECRET, number) or "")
        confirm(connection, SECRET, number, app.at(NOW), NOW)
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{site.address}/staff/invitation/{link}")
    _well_made(page)
    sign_in(page, site, "Vic")
    _well_made(page)  # the code
    sign_in(page, site, "Ada")
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    page.click("summary:has-text('Restrict')")
    page.click("#restrict")
    _well_made(page)
    for path in ("account", "account/password", "account/totp", "members", "emergencies", "retention"):
        page.goto(f"{site.address}/staff/{path}")
        _well_made(page)
    page.goto(f"{site.address}/staff/account/totp")
    page.click("button:has-text('Set it up')")
    _well_made(page)
    page.goto(f"{site.address}/staff/account")
    page.fill("#name", "the robot")
    page.click("text=Make the token")
    _well_made(page)
    page.click("text=Sign out >> nth=0")
    member(site, "Rae", "reviewer")
    sign_in(page, site, "Rae")
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    _well_made(page)
    assert complaints == []
    context.close()
