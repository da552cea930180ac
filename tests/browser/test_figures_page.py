"""The figures and the exports in a real chromium: axe, sizes, no script needed, and what is downloaded."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.console_data import fill
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_staff_pages import ONE, Site, _well_made, site
from tests.integration.staff_rows import NOW

pytestmark = pytest.mark.browser
__all__ = ["site"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_figures_pass_axe_and_fit_the_screen(
    site: Site, browser: Browser, size: dict[str, int], scheme: str
) -> None:
    fill(site.database, 300, now=NOW - timedelta(minutes=1))
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site.sign_in(page)
    page.click("#office summary")
    page.click("nav >> text=Figures")
    page.click("text=Last 90 days")
    page.wait_for_selector("h1:has-text('Figures')")
    assert page.locator("svg[role=img]").count() == 7  # nobody came to the times: of that there is nothing to draw
    for summary in page.locator("main details:not([open]) summary").element_handles():
        summary.click()
    _well_made(page)
    assert complaints == []
    context.close()


def test_days_of_one_s_own_and_the_files_need_no_script(site: Site, browser: Browser) -> None:
    fill(site.database, 60, now=NOW - timedelta(minutes=1))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    site.sign_in(page)
    page.goto(f"{site.address}/staff/figures")
    page.fill("#f-from", "2026-10-01")
    page.fill("#f-to", "2026-10-31")
    page.press("#f-to", "Enter")
    page.wait_for_url("**/staff/figures?from=2026-10-01&to=2026-10-31")
    assert "2026-10-01 to 2026-10-31" in page.inner_text("main")
    name, rows = _saved_csv(page, "section:has(#h-funnel) a[download]")
    assert name == "funnel-2026-10-01-2026-10-31.csv"
    assert (rows[0]["Step"], rows[-1]["Step"]) == ("Chat opened", "Visit asked for")
    context.close()


def test_the_chart_and_its_table_can_be_read_by_keyboard_alone(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.address}/staff/figures")
    page.focus("section:has(#h-days) summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("section:has(#h-days) tbody tr >> nth=29")
    assert page.locator("section:has(#h-days) tbody tr").count() == 30
    named = page.get_by_role("img", name="By day", exact=True)
    assert "Chat opened" in (named.locator("desc").text_content() or "")


def test_a_conversation_is_saved_from_its_page(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.address}/staff/conversations/{ONE}")
    with page.expect_download() as started:
        page.click("section:has(#exports) >> text=FHIR")
    bundle = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert started.value.suggested_filename == "conversation-00000000.fhir.json"
    assert bundle["resourceType"] == "Bundle"
    assert {"Questionnaire", "QuestionnaireResponse", "Flag", "Appointment", "Provenance"} <= {
        entry["resource"]["resourceType"] for entry in bundle["entry"]
    }


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_filtered_list_is_saved_from_the_list(site: Site, browser: Browser, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    site.sign_in(page)
    _well_made(page)
    page.goto(f"{site.address}/staff?urgency=same_day")
    page.click("text=Export this list")
    page.wait_for_selector("h1:has-text('Export the list')")
    _well_made(page)
    assert "holds 1 conversation" in page.inner_text("#number")
    name, rows = _saved_csv(page, "#as-csv")
    assert name == "conversations-2026-11-23.csv"
    assert [row["conversation"] for row in rows] == [ONE]
    context.close()


def _saved_csv(page: Page, link: str) -> tuple[str, list[dict[str, str]]]:
    with page.expect_download() as started:
        page.click(link)
    with open(started.value.path(), encoding="utf-8-sig", newline="") as file:
        return started.value.suggested_filename, list(csv.DictReader(file))
