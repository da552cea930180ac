"""Thirty hostile strings, from the visitor, the server and the page that embeds: never run, always shown as words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage

RUN = "window.ran=1"
HOSTILE = [
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f"<svg onload={RUN}>",
    f"<details open ontoggle={RUN}>tap</details>",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<style>@import'javascript:{RUN}';*{{display:none}}</style>",
    f'<math><mtext><style><img src onerror="{RUN}">',
    f'"><input autofocus onfocus={RUN} x="',
    f"' autofocus onfocus='{RUN}",
    "</textarea></section></knee-intake><h1>Free pills</h1>",
    "<!--<slot name=x>--><slot>",
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}//https://clinic.example",
    f"data:text/html,<script>{RUN}</script>",
    f'https://evil.example/"onmouseover="{RUN}',
    "https://clinic.example@evil.example/pay",
    "https://clinic.example\u202e/moc.elpmaxe.live",
    "https://сlinic.example/login",  # a Cyrillic letter first
    "https://clinic.example%2eevil.example/",
    "http://evil.example ftp://evil.example //evil.example file:///etc/passwd",
    f"${{{RUN}}} {{{{constructor.constructor('{RUN}')()}}}} #{{7*7}} <%= 7*7 %> [[7*7]]",
    "'; DROP TABLE conversations; -- \" OR 1=1",
    "\u202eeldaer eb ton nac siht\u202c and this can",
    "\u2066left\u2067right\u2068 never closed",
    "zero\u200b\u200c\u200d\ufeff\u2060width\u00ad",
    "👩🏽‍⚕️🦵🏿🏳️‍🌈🇺🇸" * 40,
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d" * 60,
    "null undefined NaN true [object Object] __proto__ constructor",
    "x" * 3_900,
    "}*{background:url(https://evil.example/?s)}/* \\3c script\\3e expression(alert(1))",
]
LABELS = HOSTILE[:-4]
"""What is as long as a letter stands in no button."""


@pytest.fixture(scope="module")
def stage(browser: Browser, widget_site: str) -> Iterator[Any]:
    """One open chat for all strings; the widget meets them one after the other."""
    context = browser.new_context(viewport=PHONE, locale="en-US")  # type: ignore[arg-type]
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    api = ScriptedApi(context)
    chat = WidgetPage(page).visit(widget_site).open()
    yield SimpleNamespace(chat=chat, api=api, dialogs=dialogs)
    context.close()


def question(words: str, number: int) -> dict[str, Any]:
    """The kinds of inputs in turn, each with the words wherever the server may put words."""
    choices = [{"label": words, "value": words}, {"label": f"{words} 2", "value": "2026-12-01T09:00:00-05:00"}]
    kind = ("choices", "multi_choice", "slots", "pain_scale", "contact")[number % 5]
    asked = {"kind": kind, "for": words, "none_value": words, "hold_until": words}
    return {
        "text": words,
        "choices": choices if number % 5 < 3 else [],
        "input": {**asked, "done_label": words, "min_label": words, "max_label": words},
    }


def assert_only_words(chat: WidgetPage, dialogs: list[str]) -> None:
    assert chat.page.evaluate("window.ran") is None
    assert (dialogs, chat.policy_violations, chat.errors, chat.foreign_requests) == ([], [], [], [])
    made = chat.page.locator("knee-intake .panel").evaluate(
        """(dialog) => {
          const all = [...dialog.querySelectorAll("*")];
          return {
            tags: [...new Set(all.map(({ localName }) => localName))],
            handlers: all.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on")),
            links: [...dialog.querySelectorAll("a")].map(({ href }) => href),
          };
        }"""
    )
    assert not {"script", "img", "iframe", "style", "slot", "math", "details", "object", "h1"} & set(made["tags"])
    assert made["handlers"] == []
    assert all(re.match(r"tel:[+\d]*$|sms:988$|https://(clinic|evil)\.example/", link) for link in made["links"])


@pytest.mark.parametrize(("number", "words"), enumerate(HOSTILE), ids=range(len(HOSTILE)))
def test_hostile_words_are_only_words(stage: Any, number: int, words: str) -> None:
    chat, api = stage.chat, stage.api
    label = words if words in LABELS else "Fine"
    api.then(
        {"text": words, "link": {"label": label, "path": words}},
        {"text": words, "from": "staff"},
        {"text": words, "alert": label},
        question(label, number),
    )
    chat.page.evaluate("window.ran = undefined")
    chat.say(words)
    shown = chat.log.locator(".text").evaluate_all("(nodes) => nodes.slice(-5).map((node) => node.textContent)")
    assert shown == [words, words, words, words, label]
    if number % 5 < 2:
        assert chat.input.locator(".choice, .tick").first.text_content() == label
    assert_only_words(chat, stage.dialogs)
    assert chat.sideways() <= 0


def test_hostile_problems_and_wishes_passed_on_are_only_words(stage: Any) -> None:
    chat, api = stage.chat, stage.api
    for words in HOSTILE[:12]:
        api.problem, api.failures = {"detail": words}, [413]
        chat.type_only("too long")
        expect(chat.log.locator(".delivery.failed").last).to_contain_text(words)
    assert_only_words(chat, stage.dialogs)


def test_hostile_facts_of_the_page_that_embeds_are_only_words(stage: Any) -> None:
    chat, page = stage.chat, stage.chat.page
    for words in HOSTILE:
        names = ("clinic", "phone", "hours", "notice", "launcher", "lang", "key", "corner", "idleMinutes")
        data = dict.fromkeys(names, words) | {"api": words if words.startswith("javascript") else "../api/"}
        page.evaluate(
            """(data) => {
              document.querySelector("knee-intake")?.remove();
              const widget = document.createElement("knee-intake");
              Object.assign(widget.dataset, data);
              document.body.append(widget);
            }""",
            data,
        )
        head = page.locator("knee-intake h2").evaluate("(node) => node.firstChild.textContent")
        assert head == words, json.dumps(words)
        assert_only_words(chat, stage.dialogs)
