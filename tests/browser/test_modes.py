"""The chat while the clinic closes it or gives out no times, and the page that is nothing but the chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from knee_intake.practice import ChatRules
from knee_intake.web.widget_files import widget_routes
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage
from tests.widget_sites import serving, widget_context

PICTURES = Path(__file__).parents[2] / "test-results"
SNOW = "Closed today: snow. Take care on the roads."


@pytest.fixture(scope="module")
def clinic_server() -> Iterator[SimpleNamespace]:
    context = widget_context(address="12 West 43rd Street, New York")
    with serving(widget_routes(context)) as url:
        yield SimpleNamespace(url=url, context=context)


class Clinic:
    """The clinic's server and a visitor's tab; `mode` is what practice.yml says."""

    def __init__(self, site: SimpleNamespace, page: Page) -> None:
        self.url, self.context, self.page = site.url, site.context, page
        self.api = ScriptedApi(page)
        self.mode("on")

    def mode(self, mode: str, notice: str = "") -> Clinic:
        self.context.clinic.practice.widget = ChatRules(mode, notice)  # type: ignore[arg-type]  # one of its words
        return self

    def visit(self) -> WidgetPage:
        return WidgetPage(self.page).visit(self.url)

    def picture(self, name: str) -> None:
        """For people to look at."""
        PICTURES.mkdir(exist_ok=True)
        size = self.page.viewport_size
        assert size
        self.page.screenshot(path=PICTURES / f"{name}-{size['width']}.png")


@pytest.fixture(params=["phone", "desktop"])
def sized(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport=PHONE if request.param == "phone" else DESKTOP, locale="en-US", reduced_motion="reduce"
    )  # type: ignore[arg-type]  # a ViewportSize is such a dict
    context.set_default_timeout(8_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def clinic(clinic_server: SimpleNamespace, sized: Page) -> Clinic:
    return Clinic(clinic_server, sized)


def assert_sound(chat: WidgetPage) -> None:
    assert chat.axe_violations() == []
    assert (chat.policy_violations, chat.foreign_requests, chat.errors) == ([], [], [])


def test_off_the_notice_and_the_phone_stand_in_the_place_of_the_chat(clinic: Clinic) -> None:
    chat = clinic.mode("off", SNOW).visit()
    expect(chat.launcher).to_have_text("Clinic notice")
    chat.launcher.click()
    expect(chat.dialog.get_by_text(SNOW)).to_be_visible()
    expect(chat.dialog.get_by_role("heading", name="The chat is closed right now")).to_be_visible()
    expect(chat.dialog.locator(".card").get_by_role("link", name="Call (212) 555-0143")).to_be_visible()
    expect(chat.dialog.get_by_role("link", name="Emergency: 911")).to_be_visible()
    expect(chat.dialog.get_by_text("Monday to Friday, 9 AM to 5 PM")).to_be_visible()
    expect(chat.composer).to_be_hidden()
    assert clinic.api.calls == []
    assert_sound(chat)
    assert chat.small_targets() == []
    clinic.picture("mode-off")
    chat.page.keyboard.press("Escape")
    expect(chat.launcher).to_be_focused()


def test_phone_only_shows_phone_and_hours_and_asks_the_server_nothing(clinic: Clinic) -> None:
    chat = clinic.mode("phone_only").visit()
    expect(chat.launcher).to_have_text("Knee pain? Call us")
    chat.launcher.click()
    expect(chat.dialog.get_by_role("heading", name="Please call us")).to_be_visible()
    expect(chat.dialog.locator(".card").get_by_role("link", name="Call (212) 555-0143")).to_be_visible()
    expect(chat.dialog.get_by_text("Monday to Friday, 9 AM to 5 PM")).to_be_visible()
    assert clinic.api.calls == []
    assert_sound(chat)
    clinic.picture("mode-phone-only")


def test_without_booking_the_chat_goes_on_with_the_notice_above_it(clinic: Clinic) -> None:
    chat = clinic.mode("no_booking", "Our calendar is being moved this week.").visit()
    expect(chat.launcher).to_have_text("Knee pain? Chat")
    chat.open().say("hello")
    expect(chat.dialog.locator(".notice")).to_have_text(
        ["Demo: not monitored", "Our calendar is being moved this week."]
    )
    assert_sound(chat)
    clinic.picture("mode-no-booking")


@pytest.mark.parametrize("mode", ["off", "phone_only"])
def test_a_chat_that_has_begun_goes_on_while_the_clinic_is_closed(clinic: Clinic, mode: str) -> None:
    clinic.visit().open().say("on stairs")
    chat = clinic.mode(mode, SNOW).visit()
    chat.open().say("and at night")
    assert chat.own_texts == ["on stairs", "and at night"]
    expect(chat.dialog.get_by_text(SNOW)).to_be_visible()


def test_a_page_that_was_open_before_the_clinic_closed_is_told_by_the_server(clinic: Clinic) -> None:
    chat = clinic.visit()
    problem = '{"status": 503, "code": "chat_closed", "detail": "Closed."}'
    clinic.page.route(
        "**/api/conversations",
        lambda route: route.fulfill(status=503, content_type="application/problem+json", body=problem),
    )
    chat.launcher.click()
    expect(chat.dialog.get_by_role("heading", name="The chat is closed right now")).to_be_visible()
    assert_sound(chat)


# the page /chat


def page_chat(clinic: Clinic) -> WidgetPage:
    chat = WidgetPage(clinic.page)
    chat.page.on(
        "request",
        lambda request: None if request.url.startswith(clinic.url) else chat.foreign_requests.append(request.url),
    )
    clinic.page.goto(f"{clinic.url}/chat")
    return chat


def test_the_page_chat_is_the_clinic_and_the_chat(clinic: Clinic) -> None:
    page = clinic.page
    chat = page_chat(clinic)
    region = page.get_by_role("region")
    expect(region.get_by_text("Hello. How can we help?")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("43rd Street Medical")
    assert page.title() == "Knee chat: 43rd Street Medical"
    region.get_by_label("Your message").fill("on stairs")
    page.keyboard.press("Enter")
    expect(region.get_by_text("Thank you.")).to_be_visible()
    composer = region.get_by_label("Your message").bounding_box()
    assert composer
    gap = page.viewport_size["height"] - composer["y"] - composer["height"]  # type: ignore[index]  # it has a size
    assert 0 <= gap < 60, "the chat fills the window"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert_sound(chat)
    clinic.picture("page-chat")


@pytest.mark.parametrize("mode", ["off", "phone_only", "no_booking"])
def test_the_page_chat_knows_the_modes(clinic: Clinic, mode: str) -> None:
    chat = page_chat(clinic.mode(mode, SNOW))
    region = clinic.page.get_by_role("region")
    words = {"off": "The chat is closed right now", "phone_only": "Please call us", "no_booking": "How can we help?"}
    expect(region.get_by_text(words[mode])).to_be_visible()
    expect(region.get_by_text(SNOW)).to_be_visible()
    assert_sound(chat)
    clinic.picture(f"page-chat-{mode}")


def test_without_scripts_the_page_chat_says_how_to_reach_the_clinic(clinic_server: Any, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{clinic_server.url}/chat")
    # (chromium's own switch shows no <noscript>; tests/integration/test_widget_files.py has its words)
    expect(page.locator("knee-intake").get_by_role("link", name="(212) 555-0143")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "height", "scale"), [(640, 400, 2), (320, 200, 4), (320, 568, 1)])
def test_the_page_chat_at_high_zoom(clinic_server: Any, browser: Browser, width: int, height: int, scale: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=scale)
    context.set_default_timeout(8_000)
    clinic = Clinic(clinic_server, context.new_page())
    chat = page_chat(clinic)
    region = clinic.page.get_by_role("region")
    expect(region.get_by_text("Hello. How can we help?")).to_be_visible()
    box = region.get_by_label("Your message")
    box.scroll_into_view_if_needed()
    box.fill("on stairs")
    clinic.page.keyboard.press("Enter")
    expect(region.get_by_text("Thank you.")).to_be_visible()
    assert clinic.page.evaluate("document.documentElement.scrollWidth") <= width
    assert chat.axe_violations() == []
    context.close()


def test_the_page_chat_moves_nothing_while_it_loads(clinic: Clinic) -> None:
    clinic.page.add_init_script(
        "window.shifts = [];"
        "new PerformanceObserver((list) => shifts.push(...list.getEntries().map((one) => one.value)))"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    page_chat(clinic)
    expect(clinic.page.get_by_role("region").get_by_text("Hello. How can we help?")).to_be_visible()
    clinic.page.wait_for_timeout(200)
    assert clinic.page.evaluate("shifts") == []


def test_the_first_load_until_the_chat_can_be_used_is_three_requests(clinic: Clinic) -> None:
    chat = clinic.visit().open()
    expect(chat.composer).to_be_visible()
    urls = clinic.page.evaluate("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    ours = [re.sub(r"[0-9a-f]{16}", "HASH", url) for url in urls if not url.startswith("/widget/demo/")]
    assert ours[:2] == ["/widget/knee-intake.js", "/widget/element.HASH.js"]
    assert len([url for url in ours if url.startswith("/widget/")]) == 2
    assert clinic.api.calls[0] == "POST conversations"
