"""A real chromium, and a server for the widget's files alone; the tests say what the API answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from knee_intake.web.widget_files import widget_routes
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage
from tests.widget_sites import HostSite, serving, widget_context

PHONE = {"width": 375, "height": 720}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor's browser, 1280 px wide; nothing is kept from one test to the next."""
    context = browser.new_context(viewport=DESKTOP, locale="en-US", timezone_id="Europe/Berlin")
    context.set_default_timeout(8_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def widget_site() -> Iterator[str]:
    """The address of a server that has the widget's files and the demo page, and no API."""
    with serving(widget_routes(widget_context())) as url:
        yield url


@pytest.fixture(scope="session")
def _host_site() -> Iterator[HostSite]:
    site = HostSite()
    with serving(site.routes()) as site.url:
        yield site


@pytest.fixture
def host(_host_site: HostSite) -> HostSite:
    """Another site, empty, that may embed the widget of `widget_site`."""
    _host_site.pages.clear()
    return _host_site


@pytest.fixture
def api(page: Page) -> ScriptedApi:
    """One API for all tabs of the browser."""
    return ScriptedApi(page.context)


@pytest.fixture
def chat(page: Page, widget_site: str, api: ScriptedApi) -> WidgetPage:
    """The widget on the demo page, before it is opened, with `api` to answer it."""
    return WidgetPage(page).visit(widget_site)
