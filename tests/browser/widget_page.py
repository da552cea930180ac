"""The widget as a visitor sees it: what can be done, and what can be read."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

TARGETS = "button, a.button, .reach a, label.tick, .degree, textarea, .field, .zone"
SETTLED = """() => {
  const roots = [document, document.querySelector("knee-intake")?.shadowRoot].filter(Boolean);
  const moving = roots.flatMap((root) => root.getAnimations());
  const ending = moving.filter((one) => one.effect.getComputedTiming().endTime < Infinity);
  return Promise.all(ending.map((one) => one.finished.catch(() => null))).then(() => ending.length);
}"""
SMALL = """(dialog, targets) => [...dialog.querySelectorAll(targets)]
  .filter((node) => node.checkVisibility())
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 43.5 || height < 43.5)
  .map(([node, { width, height }]) => `${node.textContent || node.ariaLabel || node.className}: ${width}x${height}`)"""


class WidgetPage:
    """Helpers speak of words on the screen; nothing here knows the API."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.policy_violations: list[str] = []
        self.foreign_requests: list[str] = []
        self.errors: list[str] = []
        page.on(
            "console",
            lambda line: self.policy_violations.append(line.text) if "Content Security" in line.text else None,
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    # what is there

    @property
    def launcher(self) -> Locator:
        return self.page.locator("knee-intake .launcher")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def log(self) -> Locator:
        return self.dialog.get_by_role("log")

    @property
    def input(self) -> Locator:
        """Where the open question's buttons or boxes are."""
        return self.dialog.locator(".input")

    @property
    def kept(self) -> Locator:
        """How long the time that was picked is kept, with the button that keeps it longer."""
        return self.dialog.locator(".hold")

    @property
    def composer(self) -> Locator:
        return self.dialog.get_by_label("Your message")

    @property
    def alerts(self) -> list[str]:
        """The words of every alert so far."""
        return self.log.locator(".message.alert .text").all_inner_texts()

    @property
    def bot_texts(self) -> list[str]:
        return self.log.locator(".message:not(.visitor):not(.staff) .text").all_inner_texts()

    @property
    def own_texts(self) -> list[str]:
        return self.log.locator(".message.visitor .text").all_inner_texts()

    @property
    def last_bot_text(self) -> str:
        return self.bot_texts[-1]

    @property
    def seqs(self) -> list[int]:
        """The server's numbers of the helper's messages, in the order shown."""
        return [int(node.get_attribute("data-seq") or 0) for node in self.log.locator(".bot, .alert").all()]

    @property
    def input_kind(self) -> str:
        """The kind of the open question's input; empty where only typing is asked for."""
        return self.input.get_attribute("data-kind") or ""

    @property
    def offered(self) -> list[str]:
        """The labels of everything that can be picked right now."""
        return [text.strip() for text in self.input.locator(".choice, .tick").all_inner_texts()]

    # what a visitor does

    def visit(self, url: str) -> WidgetPage:
        self.page.on(
            "request",
            lambda request: (
                None if request.url.startswith((url, "blob:")) else self.foreign_requests.append(request.url)
            ),
        )
        self.page.goto(url)
        expect(self.launcher).to_be_visible()
        return self

    def open(self) -> WidgetPage:
        """Press the launcher and wait for the first words."""
        self.launcher.click()
        expect(self.log.locator(".message").first).to_be_visible()
        return self

    def say(self, text: str) -> WidgetPage:
        """Type a text, send it, and wait until it is answered."""
        return self._answered(lambda: self.type_only(text))

    def type_only(self, text: str) -> WidgetPage:
        """Type a text and send it, without waiting for anything."""
        self.composer.fill(text)
        self.composer.press("Enter")
        return self

    def choose(self, label: str) -> WidgetPage:
        """Press one of the offered answers, or a free time by the words of its day and hour."""
        return self._answered(lambda: self.input.get_by_role("button", name=label, exact=True).click())

    def choose_first(self) -> WidgetPage:
        """Press the first of the offered answers, such as the earliest time."""
        return self._answered(lambda: self.input.locator(".choice").first.click())

    def tick(self, *labels: str) -> WidgetPage:
        """Tick boxes by how their labels begin; `done` sends them."""
        for label in labels:
            self.input.locator("label.tick").filter(has_text=label).first.get_by_role("checkbox").check()
        return self

    def done(self) -> WidgetPage:
        """Press the one button of a form."""
        return self._answered(lambda: self.input.locator("button[type=submit]").click())

    def knee(self, *labels: str) -> WidgetPage:
        """Say where it hurts: `knee("My left knee", "Front")`."""
        return self.tick(*labels).done()

    def rate(self, value: int) -> WidgetPage:
        """Pick a number on the pain scale and send it."""
        self.input.locator(f"input[type=radio][value='{value}']").check()
        return self.done()

    def leave_contact(self, name: str, phone: str = "", email: str = "") -> WidgetPage:
        """Fill in the contact form and send it."""
        self.input.get_by_label("First name").fill(name)
        self.input.get_by_label("Phone").fill(phone)
        self.input.get_by_label("Email").fill(email)
        return self.done()

    def close(self) -> WidgetPage:
        self.dialog.get_by_role("button", name="Close chat").click()
        return self

    def menu(self, label: str) -> WidgetPage:
        self.dialog.get_by_role("button", name="More").click()
        self.dialog.get_by_role("button", name=label).click()
        return self

    def _answered(self, act: Any) -> WidgetPage:
        before = self.log.locator(".message").count()
        act()
        expect(self.log.locator(".visitor .delivery")).to_have_count(0, timeout=30_000)
        expect(self.log.locator(".message").nth(before + 1)).to_be_visible()
        expect(self.dialog.locator(".typing")).to_be_hidden()
        return self

    # what is checked

    def axe_violations(self) -> list[str]:
        """What axe finds wrong, best practices included; [] is wanted. Waits for movement to end."""
        self.page.evaluate(SETTLED)
        found = Axe().run(self.page).response["violations"]
        return [
            f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}" for rule in found for node in rule["nodes"]
        ]

    def small_targets(self) -> list[str]:
        """What can be pressed and is smaller than 44 by 44 px."""
        return list(self.dialog.evaluate(SMALL, TARGETS))

    def sideways(self) -> int:
        """By how many pixels the dialog's content is wider than the dialog."""
        boxes = "[node, node.querySelector('.scroller')]"
        return int(
            self.dialog.evaluate(f"(node) => Math.max(...{boxes}.map((box) => box.scrollWidth - box.clientWidth))")
        )
