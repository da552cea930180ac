"""The real page and the real server: from the first word to a requested visit, by what is on the screen."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.widget_page import WidgetPage

START_S = 120
MOST_TURNS = 20
MOST_STOPS = 60
PICKS = (
    "My knee hurts",
    "Yes, that's OK",
    "Me, I'm 18 or older",
    "It came on slowly",
    "No",
    "Moderate: brisk walks, cycling, gym now and then",
    "Book a visit",
    "Yes, that's right",
    "Later",
)
TYPED = "It started three months ago and came on slowly"


PASSWORD = "grey heron at noon"
PICTURES = Path(__file__).parents[2] / "test-results"
"""Where the pictures of each run lie, for people to look at."""


@pytest.fixture(scope="module")
def clinic_site(model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`knee-intake serve` as a process of its own, on an empty database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("site")
    environ = {
        **os.environ,
        "KNEE_INTAKE_DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "KNEE_INTAKE_SECRET_KEY": "a secret of the tests",
        "KNEE_INTAKE_MODEL": str(model_path),
    }
    command = [sys.executable, "-m", "knee_intake.cli", "serve", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    add = [sys.executable, "-m", "knee_intake.cli", "staff", "add", "dana", "--role", "reviewer", "--password-stdin"]
    subprocess.run(add, env=environ, input=PASSWORD.encode(), check=True, capture_output=True, timeout=60)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environ, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(url, server, folder / "log")
            yield url
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"not ready after {START_S} s: {log.read_text()}")


def answer(chat: WidgetPage, name: str = "Sam", phone: str = "212 555 0188") -> None:
    """Answer the open question as somebody in a hurry would. One phone number can ask for one visit at a time."""
    kind = chat.input_kind
    if kind == "choices":
        chat.choose(next((label for label in chat.offered if label in PICKS), chat.offered[0]))
    elif kind == "multi_choice":
        chat.tick("None of these").done()
    elif kind == "knee_map":
        expect(chat.input.locator("form")).to_be_visible()
        chat.knee("My left knee", "Inner side")
    elif kind == "slots":
        chat.choose_first()
    elif kind == "contact":
        chat.leave_contact(name, phone=phone)
    else:
        chat.say(TYPED)


@pytest.mark.parametrize(
    ("size", "name", "phone"),
    [(PHONE, "Sam", "212 555 0188"), (DESKTOP, "Robin", "212 555 0187")],
    ids=["phone", "desktop"],
)
def test_a_visitor_asks_for_a_visit_and_staff_confirm_it(
    browser: Browser, clinic_site: str, size: ViewportSize, name: str, phone: str
) -> None:
    context = browser.new_context(viewport=size, locale="en-US")
    page = context.new_page()
    chat = WidgetPage(page).visit(clinic_site).open()
    calendar = chat.log.get_by_role("button", name=re.compile("calendar", re.IGNORECASE))
    kinds: list[str] = []
    for _ in range(MOST_TURNS):
        if calendar.count():
            break
        kinds.append(chat.input_kind)
        assert chat.axe_violations() == [], kinds
        answer(chat, name, phone)
    assert {"choices", "multi_choice", "knee_map", "slots", "contact"} <= set(kinds)
    with page.expect_download() as download:
        calendar.click()
    assert download.value.suggested_filename.endswith(".ics")
    assert (chat.policy_violations, chat.foreign_requests, chat.errors) == ([], [], [])
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"chat-{size['width']}.png")
    told = re.search(r"Your reference is (\S+)\.", " ".join(chat.bot_texts))
    assert told is not None
    confirm_as_staff(context.new_page(), clinic_site, name, told[1], size["width"])
    expect(chat.log).to_contain_text("has confirmed your visit", timeout=15_000)  # it hears of it by itself
    context.close()


def test_a_time_that_staff_offer_instead_is_picked_by_its_button(browser: Browser, clinic_site: str) -> None:
    context = browser.new_context(viewport=PHONE, locale="en-US")
    chat = WidgetPage(context.new_page()).visit(clinic_site).open()
    requested = chat.log.get_by_text("Your reference is")
    for _ in range(MOST_TURNS):
        if requested.count():
            break
        answer(chat, "Alex", "212 555 0186")
    staff = context.new_page()
    sign_in(staff, clinic_site)
    staff.get_by_role("link", name="Alex").first.click()
    staff.click("#other-times")
    boxes = staff.locator("input[type=checkbox]")
    for place in (5, 8):
        boxes.nth(place).check()
    staff.click("text=Send these times")
    expect(chat.log).to_contain_text("can't see you at the time you asked for", timeout=15_000)
    assert chat.input_kind == "slots"
    assert len(chat.offered) == 3
    assert chat.axe_violations() == []
    label = chat.input.locator(".choice").nth(1).get_attribute("aria-label")
    chat.choose(str(label))
    assert str(label) in chat.last_bot_text
    chat.choose("Yes, that's right")
    expect(requested).to_have_count(2)
    assert str(label) in requested.last.inner_text()
    assert (chat.policy_violations, chat.foreign_requests, chat.errors) == ([], [], [])
    context.close()


def test_a_person_takes_the_chat_over_and_hands_it_back(browser: Browser, clinic_site: str) -> None:
    context = browser.new_context(viewport=PHONE, locale="en-US")
    chat = WidgetPage(context.new_page()).visit(clinic_site).open()
    for _ in range(2):
        answer(chat)
    staff = browser.new_context(viewport=DESKTOP, locale="en-US").new_page()
    complaints: list[str] = []
    staff.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    staff.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(staff, clinic_site)
    staff.locator("table.list a").first.click()
    staff.get_by_role("button", name="Take over").click()
    expect(staff.locator("#desk-title")).to_have_text("You write here")
    expect(staff.get_by_label("Message to the patient")).to_be_focused()
    expect(chat.log).to_contain_text("A person from the clinic is reading this chat", timeout=15_000)

    staff.keyboard.type("Hello, this is Dana. How is the knee?")
    staff.keyboard.press("Control+Enter")
    expect(chat.log.locator(".message.staff")).to_contain_text("Hello, this is Dana", timeout=15_000)
    expect(staff.locator(".transcript .staff")).to_contain_text("Hello, this is Dana")
    expect(staff.get_by_label("Message to the patient")).to_have_value("")

    staff.keyboard.type("What I am just")
    silent = len(chat.bot_texts)
    chat.type_only("Much better since yesterday, thanks")
    expect(staff.locator(".transcript .visitor").last).to_contain_text("Much better", timeout=15_000)
    staff.keyboard.type(" typing")
    expect(staff.get_by_label("Message to the patient")).to_have_value("What I am just typing")
    assert len(chat.bot_texts) == silent, "the helper is silent"
    assert Axe().run(staff).violations_count == 0
    assert staff.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

    staff.get_by_role("button", name="Hand back to the helper").click()
    expect(staff.locator("#desk-title")).to_have_text("The helper answers here")
    expect(chat.log).to_contain_text("You are back with the automated helper", timeout=15_000)
    chat.say("where are you?")
    expect(staff.locator(".transcript .visitor").last).to_contain_text("where are you?", timeout=15_000)
    assert len(chat.bot_texts) > silent + 1, "the helper answers again"
    assert (chat.policy_violations, chat.foreign_requests, chat.errors, complaints) == ([], [], [], [])
    staff.context.close()
    context.close()


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/staff")
    page.fill("#name", "dana")
    page.fill("#password", PASSWORD)
    page.click("text=Sign in")
    expect(page.locator("h1")).to_have_text("Conversations")


def confirm_as_staff(page: Page, site: str, name: str, reference: str, width: int) -> None:
    """Sign in, find the conversation by what the list shows, read it, confirm the visit."""
    sign_in(page, site)
    page.screenshot(path=PICTURES / f"staff-list-{width}.png", full_page=True)
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_text(reference).locator("visible=true").first).to_be_visible()
    expect(page.get_by_text(TYPED).locator("visible=true").first).to_be_visible()
    page.screenshot(path=PICTURES / f"staff-conversation-{width}.png", full_page=True)
    page.get_by_role("button", name=re.compile("confirm", re.IGNORECASE)).click()
    expect(page.get_by_role("button", name=re.compile("confirm", re.IGNORECASE))).to_have_count(0)
    expect(page.get_by_text("booked").locator("visible=true").first).to_be_visible()


def test_a_conversation_goes_on_after_a_reload(page: Page, clinic_site: str) -> None:
    chat = WidgetPage(page).visit(clinic_site).open()
    for _ in range(3):
        answer(chat)
    said, question, kind = chat.own_texts, chat.last_bot_text, chat.input_kind
    page.reload()
    chat.open()
    expect(chat.log.locator(".visitor")).to_have_count(len(said))
    assert (chat.last_bot_text, chat.input_kind) == (question, kind)
    answer(chat)


class KeyboardVisitor:
    """A visitor without a mouse: everything is reached by Tab or Shift+Tab, from where the last answer left them."""

    def __init__(self, chat: WidgetPage) -> None:
        self.chat, self.keys = chat, chat.page.keyboard

    def reach(self, target: Locator, key: str = "Shift+Tab") -> None:
        for _ in range(MOST_STOPS):
            if target.evaluate("(node) => node.matches(':focus')"):
                return
            self.keys.press(key)
        raise AssertionError(f"the keyboard does not reach {target}")

    def press(self, name: str | re.Pattern[str]) -> None:
        self.reach(self.chat.dialog.get_by_role("button", name=name).last)
        self.keys.press("Enter")

    def tick(self, *labels: str) -> None:
        """Tick boxes, the last of the page first, and send them."""
        for label in labels:
            self.reach(self.chat.input.get_by_role("checkbox", name=label))
            self.keys.press("Space")
        self.reach(self.chat.input.locator("[type=submit]"), "Tab")
        self.keys.press("Enter")

    def answer(self) -> None:
        """Answer the open question and wait for the next one."""
        before = self.chat.log.locator(".message").count()
        kind = self.chat.input_kind
        expect(self.chat.composer).to_be_focused()
        if kind == "choices":
            self.press(next((label for label in self.chat.offered if label in PICKS), self.chat.offered[0]))
        elif kind == "multi_choice":
            self.tick("None of these")
        elif kind == "knee_map":
            self.tick("My hip", "Inner side", "My left knee")
        elif kind == "slots":
            self.reach(self.chat.input.locator(".choice").first)
            self.keys.press("Enter")
        elif kind == "contact":
            self.reach(self.chat.input.get_by_label("First name"))
            for text, key in (("Kim", "Tab"), ("212 555 0185", "Enter")):
                self.keys.type(text)
                self.keys.press(key)
        else:
            self.keys.type(TYPED)
            self.keys.press("Enter")
        self.wait(before)

    def wait(self, before: int) -> None:
        expect(self.chat.log.locator(".message").nth(before + 1)).to_be_visible(timeout=30_000)
        expect(self.chat.log.locator(".visitor .delivery")).to_have_count(0, timeout=30_000)


def test_a_whole_conversation_by_keyboard_alone(page: Page, clinic_site: str) -> None:
    chat = WidgetPage(page).visit(clinic_site)
    visitor = KeyboardVisitor(chat)
    visitor.reach(chat.launcher, "Tab")
    page.keyboard.press("Enter")
    expect(chat.log.locator(".message").first).to_be_visible()
    told = chat.log.get_by_text("Your reference is")
    kinds: list[str] = []
    for _ in range(MOST_TURNS):
        if told.count():
            break
        if chat.log.locator(".edit").locator("visible=true").count() and "changed" not in kinds:
            kinds.append("changed")
            before = chat.log.locator(".message").count()
            visitor.press(re.compile(r"Change \d\. Knee"))
            visitor.wait(before)
        kinds.append(chat.input_kind)
        visitor.answer()
    assert {"choices", "multi_choice", "slots", "contact", "changed"} <= set(kinds)
    assert kinds[kinds.index("changed") + 1] == "knee_map"
    assert kinds.count("knee_map") == 2
    page.keyboard.press("Escape")
    expect(chat.launcher).to_be_focused()
    assert (chat.policy_violations, chat.foreign_requests, chat.errors) == ([], [], [])


def test_an_emergency_is_said_at_once_and_asks_nothing_more(page: Page, clinic_site: str) -> None:
    chat = WidgetPage(page).visit(clinic_site).open()
    chat.say("My knee hurts and I have chest pain and trouble breathing")
    assert len(chat.alerts) == 1
    assert "911" in chat.alerts[0]
    assert chat.log.locator(".alert").get_by_role("link", name="Call 911").get_attribute("href") == "tel:911"
    assert chat.axe_violations() == []
