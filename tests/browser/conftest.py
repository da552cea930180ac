"""A real chromium, and a server for the widget's files alone; the tests say what the API answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from knee_intake.settings import Settings
from knee_intake.web.widget_files import widget_routes
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage

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
    practice = SimpleNamespace(
        name=SimpleNamespace(value="43rd Street Medical"),
        phone=SimpleNamespace(value="(212) 555-0143"),
        open_hours_text=lambda lang: "Monday to Friday, 9 AM to 5 PM",
    )
    parts = SimpleNamespace(settings=Settings.from_environ({}), clinic=SimpleNamespace(practice=practice))
    routes: list[BaseRoute] = [*widget_routes(parts)]  # type: ignore[arg-type]  # the parts that the routes use
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def api(page: Page) -> ScriptedApi:
    """One API for all tabs of the browser."""
    return ScriptedApi(page.context)


@pytest.fixture
def chat(page: Page, widget_site: str, api: ScriptedApi) -> WidgetPage:
    """The widget on the demo page, before it is opened, with `api` to answer it."""
    return WidgetPage(page).visit(widget_site)
