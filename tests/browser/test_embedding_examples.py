"""Every HTML example of docs/embedding.md is a page that works, and the documentation names what there is."""

from __future__ import annotations

import re
from typing import get_args, get_type_hints

import pytest
from playwright.sync_api import Page, expect

from knee_intake.practice import ChatRules
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage
from tests.conftest import ROOT
from tests.widget_sites import HostSite

DOCS = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```html\n(.*?)```", DOCS, re.DOTALL)
SERVER = "https://chat.clinic.example"
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title></head><body><h1>Page</h1>{}</body>'
)
HELLO = "Hello. How can we help?"


def show(page: Page, host: HostSite, widget: str, example: str, policy: str = "") -> WidgetPage:
    chat = WidgetPage(page)
    page.goto(host.put(PAGE.format(example.replace(SERVER, widget)), policy))
    return chat


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 8


@pytest.mark.parametrize("number", range(8))
def test_an_example_is_a_chat(number: int, page: Page, host: HostSite, widget_site: str, api: ScriptedApi) -> None:
    example = EXAMPLES[number]
    assert SERVER in example
    chat = show(page, host, widget_site, example)
    if "<iframe" in example:
        # the demo's server lets nobody frame it; that listed sites may is tested with its header
        assert 'title="' in example
        return
    if "data-inline" in example:
        expect(page.get_by_role("region").get_by_text(HELLO)).to_be_visible()
    else:
        expect(chat.launcher).to_have_count(1)
        word = re.search(r'launcher(?: = |=)"([^"]+)"', example)
        expect(chat.launcher).to_have_text(word[1] if word else "Knee pain? Chat")
        own = page.locator("#ask")
        (own if own.count() else chat.launcher).click()
        expect(chat.log.get_by_text(HELLO)).to_be_visible()
    assert chat.errors == []
    assert api.calls.count("POST conversations") == 1


def test_the_single_page_example_keeps_its_chat_from_route_to_route(
    page: Page, host: HostSite, widget_site: str, api: ScriptedApi
) -> None:
    [example] = [one for one in EXAMPLES if "show(route)" in one]
    chat = show(page, host, widget_site, example).open().say("on stairs")
    page.evaluate("show('team')")
    expect(chat.launcher).to_be_visible()
    chat.open()
    assert chat.own_texts == ["on stairs"]
    page.evaluate("show('imprint')")
    expect(chat.launcher).to_have_count(0)
    page.evaluate("show('home')")
    chat.open()
    assert chat.own_texts == ["on stairs"]
    assert api.calls.count("POST conversations") == 1


def test_the_policy_line_is_enough(page: Page, host: HostSite, widget_site: str, api: ScriptedApi) -> None:
    [line] = re.findall(r"```\n(script-src .*?)\n```", DOCS)
    policy = f"default-src 'none'; {line.replace(SERVER, widget_site)}"
    chat = show(page, host, widget_site, EXAMPLES[0], policy).open().say("hello")
    assert (chat.policy_violations, chat.errors) == ([], [])


def test_the_table_names_every_attribute_and_no_other() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "widget").glob("*.js"))
    sheets = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "widget").glob("*.css"))
    table = DOCS[DOCS.index("## Attributes") : DOCS.index("## Colours and letters")]
    named = set(re.findall(r"`data-([a-z-]+)`", table))
    camel = {re.sub(r"-(\w)", lambda found: found[1].upper(), name) for name in named}
    used = set(re.findall(r"dataset\.(\w+)", source)) | set(
        re.findall(r'"(\w+)" in (?:this\.|script\.)?dataset', source)
    )
    used |= set(re.findall(r"\b(api|lang|accent)\b(?= = )", source)) | {"corner", "idleMinutes", "shared"}
    used -= {"state", "kind", "seq", "label"}  # the widget's own marks
    assert camel == used
    properties = set(re.findall(r"--knee-intake-[a-z-]+", sheets))
    assert properties == set(re.findall(r"`(--knee-intake-[a-z-]+)`", DOCS))


def test_every_mode_is_explained() -> None:
    modes = get_args(get_type_hints(ChatRules)["mode"])
    assert set(re.findall(r"^\| `(\w+)` \|", DOCS[DOCS.index("## Modes") : DOCS.index("## On the server")], re.M)) == {
        *modes
    }
