"""The audit log in a real chromium: axe, sizes, filters and pages without a script, and that it does not reload."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from knee_intake.records import schema
from knee_intake.records.audit import write_audit
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_staff_pages import ONE, Site, _well_made, site
from tests.integration.staff_rows import NOW

pytestmark = pytest.mark.browser
__all__ = ["site"]


def looks(site: Site) -> int:
    with site.database.read() as connection:
        query = sa.select(sa.func.count()).select_from(schema.audit).where(schema.audit.c.action == "audit")
        return int(connection.execute(query).scalar_one())


def fill(site: Site) -> None:
    with site.database.write() as connection:
        for number in range(60):
            detail = {"references": ["KN7-P4Q"], "live": True}
            write_audit(
                connection, now=NOW, staff_id=1, action="view" if number else "spam", subject=ONE, detail=detail
            )


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_passes_axe_fits_the_screen_and_is_read_once(site: Site, browser: Browser, size: dict[str, int]) -> None:
    fill(site)
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site.sign_in(page)
    page.click("#office summary")
    page.click("nav >> text=Audit")
    page.wait_for_selector("h1:has-text('Audit log')")
    _well_made(page)
    with site.database.write() as connection:  # other pages would load themselves again
        connection.execute(sa.update(schema.alerts).values(acknowledged_at=NOW))
    page.evaluate("document.dispatchEvent(new Event('staff-look'))")
    page.wait_for_timeout(1500)
    assert (looks(site), complaints) == (1, [])
    context.close()


def test_filters_and_older_rows_need_no_script(site: Site, browser: Browser) -> None:
    fill(site)
    context = browser.new_context(java_script_enabled=False)
    page: Page = context.new_page()
    site.sign_in(page)
    page.click("#office summary")
    page.click("nav >> text=Audit")
    page.click("text=Older rows")
    page.click("text=Back to the newest")
    page.select_option("#f-action", "spam")
    page.select_option("#f-member", label="dana")
    page.fill("#f-conversation", ONE)
    page.press("#f-conversation", "Enter")
    page.wait_for_selector("td:has-text('KN7-P4Q')")
    assert page.locator("tbody tr").count() == 1
    assert page.input_value("#f-action") == "spam"
    page.click("tbody >> text=conversation 0000")
    page.wait_for_url(f"**/staff/conversations/{ONE}")
    context.close()
