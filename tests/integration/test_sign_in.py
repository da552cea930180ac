"""Signing in with a second factor, by an invitation, and everything that somebody else tries on the way in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from knee_intake.records import schema
from knee_intake.records.members import INVITATION_LIFE, invite, member_named, reset_password
from knee_intake.records.second_factor import RECOVERY_CODES, begin, confirm, pending_secret
from knee_intake.records.staff_accounts import FREE_TRIES
from knee_intake.settings import Settings
from knee_intake.web.sign_in_pages import WRONG_TRIES
from knee_intake.web.staff_gate import PENDING_LIFE
from tests.integration.test_staff_console import PASSWORD, csrf_of

if TYPE_CHECKING:
    from tests.integration.test_staff_console import Console

STEP = timedelta(seconds=30)
NEW_PASSWORD = "an otter by the river"


def second_factor(console: Console, role: str = "reviewer") -> tuple[pyotp.TOTP, list[str]]:
    """The role's member sets it up; what their app holds, and the recovery codes."""
    console.member(role)
    secret = console.context.secret
    with console.write() as connection:
        number = member_named(connection, f"a {role}")
        begin(connection, number)
        app = pyotp.TOTP(pending_secret(connection, secret, number) or "")
        codes = confirm(connection, secret, number, app.at(console.now), console.now)
    console.now += 2 * STEP  # the code of the set-up is used up
    return app, codes


def password_step(console: Console, browser: TestClient, role: str = "reviewer", password: str = PASSWORD) -> Any:
    return console.sign_in(browser, f"a {role}", password)


def code_step(browser: TestClient, code: str) -> Any:
    page = browser.get("/staff/login/code")
    if page.status_code != 200:
        return page
    return browser.post("/staff/login/code", data={"csrf": csrf_of(page.text), "code": code, "next": ""})


def is_in(browser: TestClient) -> bool:
    return browser.get("/staff").status_code == 200


def with_settings(console: Console, **settings: Any) -> Console:
    """The same records under other settings."""
    console.context.settings = Settings.from_environ({}, **settings)
    return type(console)(console.context, console.now, console.tokens)


# -- code ------------------------------------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing_and_the_code_does(console: Console) -> None:
    app, _ = second_factor(console)
    browser = console.browser()
    answer = password_step(console, browser)
    assert answer.headers["location"].startswith("/staff/login/code?next=")
    assert console.context.settings.https is False
    assert "knee_intake_staff" not in browser.cookies
    assert not is_in(browser)
    assert code_step(browser, app.at(console.now)).headers["location"] == "/staff"
    assert is_in(browser)
    assert console.audit()[-2][0] == "login"


def test_it_leads_to_the_page_that_was_asked_for(console: Console) -> None:
    app, _ = second_factor(console, "manager")
    browser = console.browser()
    answer = console.sign_in(browser, "a manager", following="/staff/audit")
    page = browser.get(answer.headers["location"])
    form = {"csrf": csrf_of(page.text), "code": app.at(console.now), "next": "/staff/audit"}
    assert browser.post("/staff/login/code", data=form).headers["location"] == "/staff/audit"


@pytest.mark.parametrize(("steps", "status"), [(-2, 403), (-1, 303), (0, 303), (1, 303), (2, 403)])
def test_a_code_is_good_one_step_before_and_after(console: Console, steps: int, status: int) -> None:
    app, _ = second_factor(console)
    console.now += 4 * STEP
    browser = console.browser()
    password_step(console, browser)
    assert code_step(browser, app.at(console.now + steps * STEP)).status_code == status


def test_a_code_works_once_and_none_before_it_afterwards(console: Console) -> None:
    app, _ = second_factor(console)
    code, earlier = app.at(console.now), app.at(console.now - STEP)
    first, second = console.browser(), console.browser()
    for browser in (first, second):
        password_step(console, browser)
    assert code_step(first, code).status_code == 303
    assert [code_step(second, one).status_code for one in (code, earlier)] == [403, 403]
    console.now += 2 * STEP
    assert code_step(second, app.at(console.now)).status_code == 303


def test_a_recovery_code_works_once_however_it_is_typed(console: Console) -> None:
    _, codes = second_factor(console)
    assert len(set(codes)) == RECOVERY_CODES
    for typed, status in ((f" {codes[0].upper()} ", 303), (codes[0], 403), (codes[1].replace("-", ""), 303)):
        browser = console.browser()
        password_step(console, browser)
        assert code_step(browser, typed).status_code == status


def test_neither_the_secret_nor_a_recovery_code_is_in_the_database(console: Console) -> None:
    app, codes = second_factor(console)
    with console.context.database.read() as connection:
        tables = (schema.staff, schema.recovery_codes, schema.audit)
        stored = repr([connection.execute(sa.select(table)).all() for table in tables])
    assert app.secret not in stored
    assert not any(code.replace("-", "") in stored.replace("-", "") for code in codes)


def test_codes_cannot_be_tried_one_after_the_other(console: Console) -> None:
    app, _ = second_factor(console)
    browser = console.browser()
    password_step(console, browser)
    assert [code_step(browser, "000000").status_code for _ in range(FREE_TRIES)] == [403] * FREE_TRIES
    assert code_step(browser, app.at(console.now)).status_code == 403
    console.now += timedelta(seconds=61)
    assert code_step(browser, app.at(console.now)).status_code == 303


def test_the_right_password_gives_no_more_tries_for_the_code(console: Console) -> None:
    app, _ = second_factor(console)
    browser = console.browser()
    for _ in range(FREE_TRIES):
        password_step(console, browser)
        assert code_step(browser, "000000").status_code == 403
    assert password_step(console, browser).status_code == 403
    assert code_step(browser, app.at(console.now)).status_code == 403


def test_a_code_after_the_rest_is_not_refused_for_the_password_before_it(console: Console) -> None:
    app, _ = second_factor(console)
    browser = console.browser()
    for _ in range(FREE_TRIES):
        password_step(console, browser, password="wrong heron at noon")
    console.now += timedelta(minutes=2)
    password_step(console, browser)
    assert code_step(browser, app.at(console.now)).status_code == 303


# -- between the steps -----------------------------------------------------------------------------------------------


def test_the_first_step_lasts_five_minutes(console: Console) -> None:
    app, _ = second_factor(console)
    browser = console.browser()
    password_step(console, browser)
    console.now += PENDING_LIFE + timedelta(seconds=1)
    assert code_step(browser, app.at(console.now)).headers["location"] == "/staff/login"
    assert not is_in(browser)


def test_the_first_step_is_good_in_its_own_browser_only_and_cannot_be_made_up(console: Console) -> None:
    app, _ = second_factor(console)
    mine, theirs = console.browser(), console.browser()
    password_step(console, mine)
    pending = mine.cookies["knee_intake_second"]
    theirs.get("/staff/login")
    number, until, rest = pending.split(".", 2)
    made_up = (pending, f"{number}.{int(until) + 600}.{rest}", f"{int(number) + 1}.{until}.{rest}", "1.2.3.4", "x", "")
    for one in made_up:
        theirs.cookies.set("knee_intake_second", one, domain="testserver.local", path="/")
        assert code_step(theirs, app.at(console.now)).headers["location"] == "/staff/login"
    assert not is_in(theirs)


def test_a_new_password_makes_the_first_step_with_the_old_one_void(console: Console) -> None:
    app, _ = second_factor(console)
    browser = console.browser()
    password_step(console, browser)
    with console.write() as connection:
        reset_password(connection, member_named(connection, "a reviewer"), console.now, None)
    assert code_step(browser, app.at(console.now)).status_code == 403
    assert not is_in(browser)


def test_the_code_form_needs_its_own_token(console: Console) -> None:
    app, _ = second_factor(console)
    browser = console.browser()
    password_step(console, browser)
    for csrf in ("", "0" * 64):
        form = {"csrf": csrf, "code": app.at(console.now)}
        assert browser.post("/staff/login/code", data=form).status_code == 403
    assert not is_in(browser)


# -- an intruder -----------------------------------------------------------------------------------------------------


def test_a_session_that_somebody_laid_into_the_browser_is_not_taken_over(console: Console) -> None:
    console.member("reviewer")
    browser = console.browser()
    laid = "a-session-of-the-intruder-s-choice"
    browser.cookies.set("knee_intake_staff", laid, domain="testserver.local", path="/")
    assert console.sign_in(browser, "a reviewer").status_code == 303
    assert laid not in [cookie.value for cookie in browser.cookies.jar]
    intruder = console.browser()
    intruder.cookies.set("knee_intake_staff", laid, domain="testserver.local", path="/")
    assert not is_in(intruder)


def test_wrong_tries_from_one_address_end_whatever_names_they_are_for(console: Console) -> None:
    browser = console.browser()
    tries = [console.sign_in(browser, f"name {number}").status_code for number in range(WRONG_TRIES)]
    assert tries == [403] * WRONG_TRIES
    console.member("viewer")
    assert console.sign_in(browser, "a viewer").status_code == 429
    assert console.sign_in(browser, "nobody at all").status_code == 429


def test_right_sign_ins_do_not_count_against_the_address(console: Console) -> None:
    console.member("viewer")
    answers = [console.sign_in(console.browser(), "a viewer").status_code for _ in range(WRONG_TRIES + 2)]
    assert answers == [303] * (WRONG_TRIES + 2)


def test_a_name_that_is_known_unknown_disabled_or_locked_is_answered_alike(console: Console) -> None:
    console.member("viewer")
    console.member("reviewer")
    with console.write() as connection:
        gone = sa.update(schema.staff).where(schema.staff.c.name == "a reviewer")
        connection.execute(gone.values(disabled=True))
    browser = console.browser()
    known, unknown, disabled = (
        console.sign_in(browser, name, "wrong heron at noon") for name in ("a viewer", "nobody", "a reviewer")
    )
    for _ in range(FREE_TRIES):
        console.sign_in(browser, "a viewer", "wrong heron at noon")
    locked = console.sign_in(browser, "a viewer")
    pages = {re.sub(r'value="[^"]+"', "", one.text) for one in (known, unknown, disabled, locked)}
    assert {one.status_code for one in (known, unknown, disabled, locked)} == {403}
    assert len(pages) == 1


# -- duties ----------------------------------------------------------------------------------------------------------


def test_a_role_that_needs_a_second_factor_is_led_to_the_set_up(console: Console) -> None:
    console = with_settings(console, require_totp=("manager",))
    browser = console.signed_in("manager")
    for page in ("/staff", "/staff/audit", "/staff/account", "/staff/calendar", "/staff/conversations/x"):
        assert browser.get(page).headers["location"] == "/staff/account/totp"
    assert browser.get("/staff/pulse").json()["code"] == "second_factor_due"
    assert browser.get("/staff/api/conversations").json()["code"] == "second_factor_due"
    assert browser.get("/fhir/Slot").status_code in (403, 404)
    page = browser.get("/staff/account/totp")
    csrf = csrf_of(page.text)
    assert browser.post("/staff/account/totp", data={"csrf": csrf}).status_code == 303
    shown = re.search(r'<code id="secret">([A-Z2-7 ]+)</code>', browser.get("/staff/account/totp").text)
    assert shown is not None
    code = pyotp.TOTP(shown[1].replace(" ", "")).at(console.now)
    assert "Recovery codes" in browser.post("/staff/account/totp/confirm", data={"csrf": csrf, "code": code}).text
    assert is_in(browser)
    assert is_in(console.signed_in("reviewer"))


def test_a_setting_with_another_role_is_refused() -> None:
    with pytest.raises(Exception, match="KNEE_INTAKE_REQUIRE_TOTP"):
        Settings.from_environ({"KNEE_INTAKE_REQUIRE_TOTP": "boss"})


# -- invitations -----------------------------------------------------------------------------------------------------


def invitation(console: Console, name: str = "Nia", role: str = "reviewer") -> str:
    with console.write() as connection:
        return invite(connection, name=name, role=role, now=console.now, by=None)


def accept(browser: TestClient, token: str) -> Any:
    page = browser.get(f"/staff/invitation/{token}")
    if page.status_code != 200:
        return page
    return browser.post(f"/staff/invitation/{token}", data={"csrf": csrf_of(page.text)})


def choose(browser: TestClient, new: str = NEW_PASSWORD, old: str = "") -> Any:
    csrf = csrf_of(browser.get("/staff/account/password").text)
    form = {"csrf": csrf, "old": old, "new": new, "again": new}
    return browser.post("/staff/account/password", data=form)


def test_from_the_invitation_to_the_first_sign_in(console: Console) -> None:
    token, browser = invitation(console), console.browser()
    assert accept(browser, token).status_code == 303
    for page in ("/staff", "/staff/account", "/staff/account/totp", "/staff/calendar"):
        assert browser.get(page).headers["location"] == "/staff/account/password"
    assert browser.get("/staff/pulse").json()["code"] == "password_due"
    assert browser.get("/staff/events").status_code == 403
    assert choose(browser).headers["location"] == "/staff"
    assert is_in(browser)
    assert accept(console.browser(), token).status_code == 404
    again = console.browser()
    assert console.sign_in(again, "Nia", NEW_PASSWORD).status_code == 303
    assert is_in(again)


def test_the_link_stays_good_until_a_password_is_chosen_and_for_72_hours(console: Console) -> None:
    token = invitation(console)
    assert accept(console.browser(), token).status_code == 303
    console.now += INVITATION_LIFE - timedelta(seconds=1)
    assert accept(console.browser(), token).status_code == 303
    console.now += timedelta(seconds=1)
    assert accept(console.browser(), token).status_code == 404


def test_looking_at_the_link_opens_nothing(console: Console) -> None:
    token, browser = invitation(console), console.browser()
    assert "Nia" in browser.get(f"/staff/invitation/{token}").text
    assert not is_in(browser)
    assert browser.post(f"/staff/invitation/{token}", data={"csrf": "x"}).status_code == 403
    with console.context.database.read() as connection:
        stored = repr(connection.execute(sa.select(schema.staff)).all())
    assert token not in stored


def test_nobody_signs_in_with_an_empty_password_before_one_is_chosen(console: Console) -> None:
    invitation(console)
    for password in ("", "None", PASSWORD):
        assert console.sign_in(console.browser(), "Nia", password).status_code == 403


def test_after_a_reset_the_second_factor_is_still_asked_for(console: Console) -> None:
    app, _ = second_factor(console)
    with console.write() as connection:
        token = reset_password(connection, member_named(connection, "a reviewer"), console.now, None)
    browser = console.browser()
    assert accept(browser, token).headers["location"].startswith("/staff/login/code")
    assert not is_in(browser)
    assert code_step(browser, app.at(console.now)).status_code == 303
    assert browser.get("/staff").headers["location"] == "/staff/account/password"


def test_a_reset_ends_sessions_password_and_tokens_until_it_is_done(console: Console) -> None:
    browser = console.signed_in("reviewer")
    bearer = console.bearer("reviewer")
    with console.write() as connection:
        token = reset_password(connection, member_named(connection, "a reviewer"), console.now, None)
    assert not is_in(browser)
    assert console.sign_in(console.browser(), "a reviewer").status_code == 403
    assert console.browser().get("/staff/api/conversations", headers=bearer).status_code == 401
    accept(browser, token)
    choose(browser)
    assert console.browser().get("/staff/api/conversations", headers=bearer).status_code == 200


def test_what_was_invited_is_audited_without_the_link(console: Console) -> None:
    token, browser = invitation(console), console.browser()
    accept(browser, token)
    choose(browser)
    assert [action for action, _ in console.audit()] == ["staff_invite", "login", "password_change"]
    with console.context.database.read() as connection:
        assert token not in repr(connection.execute(sa.select(schema.audit)).all())
