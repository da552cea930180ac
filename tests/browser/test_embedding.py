"""What a site can say to the widget, and hear of it: attributes, colours, opening, events, coming and going."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage
from tests.widget_sites import HostSite

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Host</title>
<script>
window.heard = [];
for (const name of ["open", "close", "booked"])
  addEventListener(`knee-intake-${{name}}`, (event) => heard.push([name, event.detail]));
</script></head>
<body><main><h1>Our clinic</h1><p id="words">Words.</p>{body}</main>{tag}</body></html>"""
HELLO = "Hello. How can we help?"
VISIT = {"text": "Done. Your reference is ABC-123.", "visit": "requested"}


class Site:
    """A clinic's page with the widget, in one browser tab."""

    def __init__(self, page: Page, host: HostSite, widget: str, api: ScriptedApi) -> None:
        self.page, self.host, self.widget, self.api = page, host, widget, api
        self.chat = WidgetPage(page)

    def script(self, attributes: str = "", query: str = "") -> str:
        return f'<script type="module" src="{self.widget}/widget/knee-intake.js{query}" {attributes}></script>'

    def show(self, attributes: str = "", *, body: str = "", tag: str | None = None) -> WidgetPage:
        """Load a page with the script tag, or with `tag` in its place."""
        tag = self.script(attributes) if tag is None else tag
        self.page.goto(self.host.put(PAGE.format(body=body, tag=tag)))
        return self.chat

    def element(self, attributes: str = "", body: str = "") -> WidgetPage:
        """Load a page with the element, where it stands in the text."""
        return self.show(tag=self.script(), body=f"<knee-intake {attributes}></knee-intake>{body}")

    @property
    def heard(self) -> list[list[object]]:
        found: list[list[object]] = self.page.evaluate("heard")
        return found


@pytest.fixture
def site(page: Page, host: HostSite, widget_site: str, api: ScriptedApi) -> Site:
    return Site(page, host, widget_site, api)


@pytest.fixture
def phone_site(browser: Browser, host: HostSite, widget_site: str) -> Iterator[Site]:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-US")
    page = context.new_page()
    yield Site(page, host, widget_site, ScriptedApi(page))
    context.close()


# words


def test_one_line_is_enough(site: Site) -> None:
    chat = site.show()
    expect(chat.launcher).to_have_text("Knee pain? Chat")
    chat.open()
    expect(chat.dialog.get_by_role("heading")).to_contain_text("43rd Street Medical")
    expect(chat.dialog.get_by_role("link", name="Call (212) 555-0143")).to_be_visible()
    expect(chat.dialog.locator(".notice")).to_have_text(["Demo: not monitored"])
    expect(chat.dialog.get_by_text("Automated helper")).to_be_visible()


def test_every_word_of_the_frame_can_be_the_sites_own(site: Site) -> None:
    chat = site.show(
        'data-launcher="Ask us" data-title="Knee desk" data-role="A program, not a person" data-notice="Test week"'
        ' data-greeting="Welcome to our knee desk." data-phone="(212) 555-0199" data-corner="left"'
    )
    expect(chat.launcher).to_have_text("Ask us")
    box = chat.launcher.bounding_box()
    assert box
    assert box["x"] < 100
    chat.open()
    expect(chat.dialog.get_by_role("heading")).to_contain_text("Knee desk")
    expect(chat.dialog.get_by_text("A program, not a person")).to_be_visible()
    expect(chat.dialog.locator(".notice")).to_have_text(["Test week"])
    expect(chat.dialog.get_by_role("link", name="Call (212) 555-0199")).to_be_visible()
    expect(chat.dialog.locator(".scroller > :first-child")).to_have_text("Welcome to our knee desk.")
    assert chat.axe_violations() == []


def test_words_of_attributes_are_text_and_nothing_else(site: Site) -> None:
    bad = "&lt;img src=x onerror=heard.push(1)&gt;"
    chat = site.show(" ".join(f'data-{name}="{bad}"' for name in ("launcher", "title", "role", "notice", "greeting")))
    chat.open()
    assert chat.dialog.locator("img").count() == 0
    assert site.heard == [["open", None]]


# colours


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("accent", ["#ffd400", "#000000", "#e91e63"])
def test_a_sites_colour_can_always_be_read(site: Site, accent: str, scheme: str) -> None:
    site.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its two words
    chat = site.show(f'data-accent="{accent}"')
    assert chat.axe_violations() == []
    chat.open()
    assert chat.axe_violations() == []


def test_a_dark_colour_is_taken_as_it_is_and_nonsense_is_left_alone(site: Site) -> None:
    assert background(site.show('data-accent="#23527c"')) == "rgb(35, 82, 124)"
    usual = background(site.show())
    for nonsense in ("red", "url(x)", "#12345"):
        assert background(site.show(f'data-accent="{nonsense}"')) == usual


def test_custom_properties_of_the_page_colour_it(site: Site) -> None:
    place = "--knee-intake-side: 40px; --knee-intake-bottom: 80px"
    style = f"<style>knee-intake {{ --knee-intake-accent: #23527c; --knee-intake-font: monospace; {place} }}</style>"
    chat = site.show(body=style)
    assert background(chat) == "rgb(35, 82, 124)"
    assert chat.launcher.evaluate("(node) => getComputedStyle(node).fontFamily") == "monospace"
    box, size = chat.launcher.bounding_box(), site.page.viewport_size
    assert box
    assert size
    assert round(size["width"] - box["x"] - box["width"]) == 40
    assert round(size["height"] - box["y"] - box["height"]) == 80


def background(chat: WidgetPage) -> str:
    found: str = chat.launcher.evaluate("(node) => getComputedStyle(node).backgroundColor")
    return found


# opening


def test_it_opens_with_the_page_where_that_is_wanted_and_leaves_the_keyboard_alone(site: Site) -> None:
    chat = site.show("data-open")
    expect(chat.log.get_by_text(HELLO)).to_be_visible()
    assert site.page.evaluate("document.activeElement.localName") == "body"
    chat.close()
    site.page.reload()
    expect(chat.launcher).to_be_visible()
    expect(chat.dialog).to_be_hidden()  # who has closed it is not asked again on every page


@pytest.mark.parametrize("size", [(375, 720), (740, 360)])
def test_on_a_phone_it_never_opens_by_itself(phone_site: Site, size: tuple[int, int]) -> None:
    phone_site.page.set_viewport_size({"width": size[0], "height": size[1]})
    chat = phone_site.show("data-open")
    expect(chat.launcher).to_be_visible()
    phone_site.page.wait_for_timeout(300)
    expect(chat.dialog).to_be_hidden()
    assert phone_site.api.calls == []
    chat.open()
    expect(chat.log.get_by_text(HELLO)).to_be_visible()


def test_a_narrow_window_is_left_alone_as_well(site: Site) -> None:
    site.page.set_viewport_size({"width": 700, "height": 800})
    chat = site.show("data-open")
    expect(chat.launcher).to_be_visible()
    site.page.wait_for_timeout(300)
    expect(chat.dialog).to_be_hidden()


def test_the_page_opens_and_closes_it_and_hears_of_both_without_a_word_of_the_chat(site: Site) -> None:
    chat = site.show()
    expect(chat.launcher).to_be_visible()
    widget = site.page.locator("knee-intake")
    widget.evaluate("(node) => { node.open(); node.open(); }")
    expect(chat.log.get_by_text(HELLO)).to_be_visible()
    expect(chat.composer).to_be_focused()
    chat.say("my secret words")
    widget.evaluate("(node) => { node.close(); node.close(); }")
    expect(chat.dialog).to_be_hidden()
    assert site.heard == [["open", None], ["close", None]]


def test_a_booked_visit_is_told_only_where_the_site_has_asked_for_it(site: Site) -> None:
    site.api.then(VISIT)
    site.show().open().say("yes")
    assert site.heard == [["open", None]]
    site.page.evaluate("localStorage.clear()")
    site.api.then({"text": "Which time?"}).then(VISIT).then({"text": "Anything else?"})
    chat = site.show("data-booked-event").open().say("book").say("yes").say("thanks")
    assert site.heard == [["open", None], ["booked", None]]
    site.page.reload()
    chat.open()
    expect(chat.log.get_by_text("ABC-123")).to_be_visible()
    assert site.heard == [["open", None]], "an old visit is no news"


# in the page's flow


def test_inline_it_stands_in_the_page_and_is_a_region(site: Site) -> None:
    chat = site.element('data-inline data-title="Ask about your knee"', body="<p id='below'>Below</p>")
    region = site.page.get_by_role("region", name="Ask about your knee Chat")
    expect(region.get_by_text(HELLO)).to_be_visible()
    expect(chat.dialog).to_have_count(0)
    expect(chat.launcher).to_have_count(0)
    expect(region.get_by_role("button", name="Close chat")).to_have_count(0)
    assert site.page.evaluate("document.activeElement.localName") == "body"
    above, inside, below = (
        site.page.locator(where).bounding_box() for where in ("#words", "knee-intake .panel", "#below")
    )
    assert above
    assert inside
    assert below
    assert above["y"] + above["height"] <= inside["y"]
    assert inside["y"] + inside["height"] <= below["y"]
    assert inside["height"] >= 300
    assert site.heard == [["open", None]]
    region.get_by_label("Your message").fill("on stairs")
    site.page.keyboard.press("Enter")
    expect(region.get_by_text("Thank you.")).to_be_visible()
    site.page.keyboard.press("Escape")
    site.page.locator("knee-intake").evaluate("(node) => node.close()")
    expect(region).to_be_visible()
    assert chat.axe_violations() == []


def test_inline_it_starts_when_it_is_scrolled_to(site: Site) -> None:
    site.show(tag=site.script(), body="<div style='height:3000px'></div><knee-intake data-inline></knee-intake>")
    site.page.wait_for_timeout(300)
    assert site.api.calls == []
    site.page.locator("knee-intake").scroll_into_view_if_needed()
    expect(site.page.get_by_text(HELLO)).to_be_visible()


def test_inline_the_site_says_how_high_it_is(site: Site) -> None:
    site.element("data-inline style='--knee-intake-height: 400px'")
    expect(site.page.get_by_text(HELLO)).to_be_visible()
    box = site.page.locator("knee-intake .panel").bounding_box()
    assert box
    assert box["height"] == 400


# coming and going


def test_attributes_that_change_later_do_no_harm(site: Site) -> None:
    chat = site.show().open().say("on stairs")
    site.page.locator("knee-intake").evaluate(
        "(node) => { for (const name of ['inline', 'open', 'title', 'accent', 'launcher', 'lang', 'api'])"
        " { node.dataset[name] = 'x'; delete node.dataset[name]; node.dataset[name] = ''; }"
        " delete node.dataset.inline; }"
    )
    chat.say("and at night")
    assert chat.own_texts == ["on stairs", "and at night"]
    assert chat.errors == []


def test_taken_out_and_put_back_the_chat_is_as_it_was(site: Site) -> None:
    chat = site.show().open().say("on stairs")
    streams = site.api.calls.count("GET conversations/c1/events")
    site.page.evaluate("window.widget = document.querySelector('knee-intake'); widget.remove()")
    expect(chat.dialog).to_have_count(0)
    site.page.wait_for_timeout(100)
    for _ in range(3):
        site.page.evaluate("document.querySelector('main').append(widget); widget.remove()")
        site.page.evaluate("document.body.append(widget)")
    expect(chat.dialog).to_be_visible()
    chat.say("and at night")
    assert chat.own_texts == ["on stairs", "and at night"]
    assert [text for _, text in site.api.received] == ["on stairs", "and at night"]
    assert site.api.calls.count("POST conversations") == 1
    assert streams >= 1
    chat.close()
    expect(chat.launcher).to_be_focused()
    assert site.heard == [["open", None], ["close", None]]


def test_listeners_are_not_doubled_by_coming_and_going(site: Site) -> None:
    count = """() => { window.listening = 0; const add = EventTarget.prototype.addEventListener;
      EventTarget.prototype.addEventListener = function (type, listener, options) {
        if (this === window && ["online", "offline"].includes(type)) {
          listening += 1; options?.signal?.addEventListener("abort", () => (listening -= 1)); }
        return add.call(this, type, listener, options); }; }"""
    site.page.add_init_script(f"({count})()")
    chat = site.show()
    expect(chat.launcher).to_be_visible()
    before = site.page.evaluate("listening")
    for _ in range(5):
        site.page.evaluate("window.widget = document.querySelector('knee-intake'); widget.remove()")
        site.page.wait_for_timeout(20)
        site.page.evaluate("document.body.append(widget)")
    expect(chat.launcher).to_be_visible()
    assert site.page.evaluate("listening") == before


def test_a_single_page_app_that_makes_a_new_element_finds_the_same_chat(site: Site) -> None:
    chat = site.element().open().say("on stairs")
    site.page.evaluate(
        "document.querySelector('knee-intake').remove();"
        "document.querySelector('main').append(document.createElement('knee-intake'))"
    )
    expect(chat.launcher).to_be_visible()
    chat.open()
    assert chat.own_texts == ["on stairs"]
    assert site.api.calls.count("POST conversations") == 1


def test_two_tags_make_one_widget(site: Site) -> None:
    twice = site.script() + site.script() + site.script(query="?again")
    chat = site.show(tag=twice, body="<knee-intake data-launcher='First'></knee-intake><knee-intake></knee-intake>")
    expect(chat.launcher).to_have_text(["First"])
    site.page.locator("knee-intake").nth(1).evaluate("(node) => { node.open(); node.close(); }")
    chat.open().say("hello")
    assert site.api.calls.count("POST conversations") == 1
    assert chat.errors == []
    site.page.evaluate("document.querySelector('knee-intake').remove()")
    expect(chat.launcher).to_have_text(["Knee pain? Chat"])


def test_the_page_can_hide_it(site: Site) -> None:
    chat = site.element("hidden")
    site.page.wait_for_timeout(200)
    expect(chat.launcher).to_be_hidden()
    site.page.locator("knee-intake").evaluate("(node) => { node.hidden = false; }")
    expect(chat.launcher).to_be_visible()


def test_a_dialog_of_the_page_that_must_be_answered_lies_above_it(site: Site) -> None:
    chat = site.show(body="<dialog style='width:100vw;height:100vh'><button>OK</button></dialog>")
    expect(chat.launcher).to_be_visible()
    site.page.evaluate("document.querySelector('dialog').showModal()")
    assert site.page.evaluate("document.elementFromPoint(innerWidth - 60, innerHeight - 60).localName") == "dialog"


# without a network


def test_offline_when_it_is_opened_the_phone_is_shown_and_the_chat_comes_with_the_network(site: Site) -> None:
    chat = site.show()
    expect(chat.launcher).to_be_visible()
    for routed in (site.page, site.page.context):
        routed.unroute("**/api/**")
    site.page.context.set_offline(True)
    chat.launcher.click()
    expect(chat.dialog.get_by_text("not working right now")).to_be_visible()
    expect(chat.dialog.locator(".card").get_by_role("link", name="Call (212) 555-0143")).to_be_visible()
    again = ScriptedApi(site.page)
    site.page.context.set_offline(False)
    expect(chat.log.get_by_text(HELLO)).to_be_visible()
    assert again.calls.count("POST conversations") == 1
