"""The widget in pages of other people: what they do to it, and what it must not do to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage
from tests.widget_sites import HostSite

TALL = "<main><h1>Our clinic</h1>" + "<p>Some words about knees, backs and joints.</p>" * 60 + "</main>"
PAGE = """<!doctype html>
<html lang="en" {html}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Host</title>
{head}</head>
<body>{body}
<script type="module" src="{widget}/widget/knee-intake.js"></script>
</body></html>"""
STRICT = "default-src 'none'; script-src {widget}; connect-src {widget}"
TRUSTED = "; require-trusted-types-for 'script'; trusted-types 'none'"

RESET = "* { all: unset !important; }"
LOUD = """
* { color: lime !important; background: fuchsia !important; font: 700 40px/3 cursive !important;
    border: 9px solid !important; margin: 30px !important; padding: 30px !important; letter-spacing: 1em !important;
    text-transform: uppercase !important; direction: rtl !important; float: left !important;
    position: static !important; box-sizing: content-box !important; }
"""
GONE = """
button, section, form, textarea, knee-intake, svg { display: none !important; visibility: hidden !important; }
:not(html, body, main, main *) { opacity: 0 !important; pointer-events: none !important; }
"""
BURIED = """
body { transform: scale(.9) rotate(2deg); filter: blur(0); overflow: hidden; position: relative; contain: paint; }
main, .cover { position: relative; z-index: 2147483647; }
.cover { position: fixed; inset: 0; background: #fffc; }
"""


@dataclass(frozen=True)
class Host:
    """A page, and the screen it is seen on. One with a policy has no style sheet."""

    css: str = ""
    html: str = ""
    body: str = TALL
    policy: str = ""
    width: int = DESKTOP["width"]
    height: int = DESKTOP["height"]
    scale: float = 1
    dark: bool = False


HOSTS = {
    "plain": Host(),
    "everything unset": Host(css=RESET),
    "loud": Host(css=LOUD),
    "everything hidden": Host(css=GONE),
    "transformed and covered": Host(css=BURIED, body=f'<div class="cover">Cookies?</div>{TALL}'),
    "letters of 8 px": Host(css="html { font-size: 8px; } body { font-size: .5rem; line-height: 1; }"),
    "letters of 40 px": Host(css="html { font-size: 40px; }"),
    "strict policy": Host(policy=STRICT),
    "strict policy and trusted types": Host(policy=STRICT + TRUSTED),
    "dark": Host(dark=True),
    "dark, everything unset": Host(css=RESET, dark=True),
    "right to left": Host(html='dir="rtl"'),
    "right to left, 320 px": Host(html='dir="rtl"', width=320, height=568),
    "zoomed to 200 %": Host(width=640, height=400, scale=2),
    "zoomed to 400 %": Host(width=320, height=200, scale=4),
    "320 px": Host(width=320, height=568, scale=2),
    "phone, everything unset": Host(css=RESET, **PHONE),
}

SHIFTS = """
window.shifts = [];
const where = ({ node }) => node?.nodeName;
new PerformanceObserver((list) => {
  for (const { startTime, value, sources, hadRecentInput } of list.getEntries())
    if (!hadRecentInput) shifts.push([startTime, value, ...sources.map(where)]);
}).observe({ type: "layout-shift", buffered: true });
"""
"""Each shift of layout: when, how far, and what moved."""
OUR_SHIFTS = """() => {
  const script = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/knee-intake.js"));
  return shifts.filter(([at]) => at >= (script?.responseEnd ?? 0));
}"""
"""Those since our script was there: what a page does before, it does by itself."""


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[[Host], Page]]:
    """A page on the host's screen."""
    contexts = []

    def make(host: Host) -> Page:
        context = browser.new_context(
            viewport={"width": host.width, "height": host.height},
            device_scale_factor=host.scale,
            color_scheme="dark" if host.dark else "light",
            locale="en-US",
            reduced_motion="reduce",
        )
        context.set_default_timeout(8_000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def page_of(host: Host, widget: str) -> str:
    return PAGE.format(
        html=host.html, body=host.body, widget=widget, head=f"<style>{host.css}</style>" if host.css else ""
    )


def visit(page: Page, host: Host, site: HostSite, widget: str) -> WidgetPage:
    chat = WidgetPage(page)
    foreign = [site.url, widget]
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((*foreign, "blob:")) else chat.foreign_requests.append(request.url)
        ),
    )
    page.add_init_script(SHIFTS)
    page.goto(site.put(page_of(host, widget), host.policy.format(widget=widget)))
    return chat


def in_view(page: Page, locator: Any) -> bool:
    """Whether it is inside the window, and is what is hit in its middle."""
    box = locator.bounding_box()
    size = page.viewport_size
    assert box
    assert size
    inside = box["x"] >= 0 and box["x"] + box["width"] <= size["width"] + 1
    inside = inside and box["y"] >= 0 and box["y"] + box["height"] <= size["height"] + 1
    hit = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y)?.localName",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    return inside and hit == "knee-intake"


@pytest.mark.parametrize("name", HOSTS)
def test_the_chat_works_and_the_page_does_not_notice(
    name: str, host: HostSite, widget_site: str, open_page: Callable[[Host], Page]
) -> None:
    case = HOSTS[name]
    page = open_page(case)
    api = ScriptedApi(page)
    chat = visit(page, case, host, widget_site)
    expect(chat.launcher).to_be_visible()
    assert in_view(page, chat.launcher)
    before = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    look = chat.launcher.evaluate(
        "(node) => { const s = getComputedStyle(node); return [s.fontSize, s.letterSpacing]; }"
    )
    assert look == ["17px", "normal"]
    chat.open()
    assert in_view(page, chat.dialog)
    chat.say("it hurts on stairs")
    assert chat.bot_texts == ["Hello. How can we help?", "Thank you."]
    assert [text for _, text in api.received] == ["it hurts on stairs"]
    assert chat.sideways() <= 0
    assert chat.small_targets() == []
    assert chat.dialog.evaluate("(node) => getComputedStyle(node).direction") == "ltr"
    chat.close()
    assert in_view(page, chat.launcher)
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == before
    assert page.evaluate(OUR_SHIFTS) == []
    assert (chat.policy_violations, chat.foreign_requests, chat.errors) == ([], [], [])
