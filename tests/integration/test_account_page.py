"""/staff/account and /staff/members: password, second factor, sessions, tokens; and what admins do with members."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from knee_intake.records import schema
from knee_intake.records.members import INVITATION_LIFE
from knee_intake.records.staff_accounts import FREE_TRIES, add_member
from knee_intake.records.staff_tokens import MOST_TOKENS
from knee_intake.web.scopes import needed_scopes
from knee_intake.web.seen import address_words, agent_words
from tests.integration.test_sign_in import NEW_PASSWORD, accept, choose, code_step, is_in, second_factor
from tests.integration.test_staff_console import PASSWORD, csrf_of

if TYPE_CHECKING:
    from tests.integration.test_staff_console import Console

ACCOUNT, MEMBERS = "/staff/account", "/staff/members"
API = "/staff/api/conversations"


def post(browser: TestClient, path: str, **form: str) -> Any:
    csrf = csrf_of(browser.get(ACCOUNT).text)
    return browser.post(path, data={"csrf": csrf, **form})


def shown_token(answer: Any) -> str:
    found = re.search(r'id="token" readonly value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def shown_link(answer: Any) -> str:
    found = re.search(r'id="link" readonly value="http://testserver(/staff/invitation/([^"]+))"', answer.text)
    assert found is not None
    return found[2]


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# -- password --------------------------------------------------------------------------------------------------------


def test_a_new_password_ends_every_other_session_and_is_the_only_one(console: Console) -> None:
    browser, other = console.signed_in(), console.signed_in()
    assert choose(browser, NEW_PASSWORD, PASSWORD).headers["location"] == ACCOUNT
    assert (is_in(browser), is_in(other)) == (True, False)
    assert console.sign_in(console.browser(), "a reviewer", PASSWORD).status_code == 403
    assert console.sign_in(console.browser(), "a reviewer", NEW_PASSWORD).status_code == 303
    assert ("password_change", "a reviewer") in console.audit()


@pytest.mark.parametrize(
    ("new", "old", "reason"),
    [
        (NEW_PASSWORD, "wrong heron at noon", "The old password is not right."),
        ("short", PASSWORD, "12 to 256 characters"),
        ("A Reviewer 2026", PASSWORD, "too easy to guess"),
        ("a" * 20, PASSWORD, "too easy to guess"),
        (PASSWORD, PASSWORD, "Choose another one"),
    ],
)
def test_a_password_that_cannot_be_taken_is_refused_with_the_reason(
    console: Console, new: str, old: str, reason: str
) -> None:
    browser = console.signed_in()
    answer = choose(browser, new, old)
    assert (answer.status_code, reason in answer.text) == (400, True)
    assert console.sign_in(console.browser(), "a reviewer", PASSWORD).status_code == 303


def test_two_new_passwords_that_differ_are_refused(console: Console) -> None:
    answer = post(console.signed_in(), f"{ACCOUNT}/password", old=PASSWORD, new=NEW_PASSWORD, again=PASSWORD)
    assert (answer.status_code, "not the same" in answer.text) == (400, True)


def test_whoever_has_a_session_cannot_find_the_password_out_by_trying(console: Console) -> None:
    browser = console.signed_in()
    for _ in range(FREE_TRIES):
        assert choose(browser, NEW_PASSWORD, "wrong heron at noon").status_code == 400
    answer = choose(browser, NEW_PASSWORD, PASSWORD)
    assert (answer.status_code, "Too many wrong tries" in answer.text) == (400, True)


# -- second factor ---------------------------------------------------------------------------------------------------


def set_up(console: Console, browser: TestClient) -> tuple[pyotp.TOTP, Any]:
    post(browser, f"{ACCOUNT}/totp")
    page = browser.get(f"{ACCOUNT}/totp").text
    shown = re.search(r'<code id="secret">([A-Z2-7 ]+)</code>', page)
    assert shown is not None
    assert "<svg" in page
    assert "style=" not in page[page.index("<svg") : page.index("</svg>")]
    app = pyotp.TOTP(shown[1].replace(" ", ""))
    return app, post(browser, f"{ACCOUNT}/totp/confirm", code=app.at(console.now))


def test_the_set_up_counts_once_a_code_was_right(console: Console) -> None:
    browser = console.signed_in()
    post(browser, f"{ACCOUNT}/totp")
    assert post(browser, f"{ACCOUNT}/totp/confirm", code="000000").status_code == 400
    assert is_in(console.signed_in())
    app, answer = set_up(console, browser)
    codes = re.findall(r"<li><code>([a-z2-9-]{19})</code></li>", answer.text)
    assert len(codes) == 8
    assert not any(code in browser.get(page).text for code in codes for page in (ACCOUNT, f"{ACCOUNT}/totp"))
    other = console.browser()
    assert console.sign_in(other, "a reviewer").headers["location"].startswith("/staff/login/code")
    console.now += timedelta(minutes=1)
    assert code_step(other, app.at(console.now)).status_code == 303


def test_the_secret_is_shown_while_it_is_set_up_and_never_afterwards(console: Console) -> None:
    browser = console.signed_in()
    app, _ = set_up(console, browser)
    assert app.secret not in browser.get(f"{ACCOUNT}/totp").text.replace(" ", "")
    assert post(browser, f"{ACCOUNT}/totp").status_code == 303
    assert app.secret not in browser.get(f"{ACCOUNT}/totp").text.replace(" ", "")


def test_it_is_switched_off_and_recovery_codes_are_renewed_with_the_password_only(console: Console) -> None:
    browser = console.signed_in()
    app, _ = set_up(console, browser)
    for path in ("codes", "off"):
        assert post(browser, f"{ACCOUNT}/totp/{path}", password="wrong heron at noon").status_code == 400
    assert "Recovery codes" in post(browser, f"{ACCOUNT}/totp/codes", password=PASSWORD).text
    assert post(browser, f"{ACCOUNT}/totp/off", password=PASSWORD).status_code == 303
    assert console.sign_in(console.browser(), "a reviewer").headers["location"] == "/staff"
    actions = [action for action, _ in console.audit()]
    assert [one for one in actions if one.startswith(("totp", "recovery"))] == ["totp_on", "recovery_codes", "totp_off"]
    assert app.secret


# -- sessions --------------------------------------------------------------------------------------------------------


def sessions_on(browser: TestClient) -> list[str]:
    return re.findall(r'name="session" value="([0-9a-f]{64})"', browser.get(ACCOUNT).text)


def test_one_other_session_is_ended_or_all(console: Console) -> None:
    first, second, third = (console.signed_in() for _ in range(3))
    assert first.get(ACCOUNT).text.count("this one") == 1
    names = sessions_on(first)
    assert len(names) == 2
    post(first, f"{ACCOUNT}/sessions/end", session=names[0])
    assert [is_in(second), is_in(third)].count(True) == 1
    post(first, f"{ACCOUNT}/sessions/end", session="others")
    assert [is_in(one) for one in (first, second, third)] == [True, False, False]


def test_nobody_ends_a_session_of_somebody_else(console: Console) -> None:
    mine, theirs = console.signed_in("viewer"), console.signed_in("admin")
    sessions = schema.staff_sessions.c
    with console.context.database.read() as connection:
        query = sa.select(sessions.id_hash).where(sessions.staff_id == number_of(console, "a admin"))
        their_own = connection.execute(query).scalar_one().hex()
    for name in (their_own, "zz", "", "0" * 64):
        assert post(mine, f"{ACCOUNT}/sessions/end", session=name).status_code == 303
    assert is_in(theirs)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605 Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux) AppleWebKit/537 Chrome/120 Safari/537 Edg/120", "Edge on Linux"),
        ("<script>alert(1)</script>", "another program"),
        ("", "another program"),
    ],
)
def test_a_browser_is_named_in_words_of_ours(header: str, words: str) -> None:
    assert agent_words(header) == words


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("127.0.0.1", "this machine"),
        ("192.168.7.20", "the local network 192.168.7.0/24"),
        ("8.8.4.4", "8.8.4.0/24"),
        ("2606:4700:1:2::9", "2606:4700:1::/48"),
        ("::ffff:8.8.4.4", "8.8.4.0/24"),
        ("testclient", "an unknown address"),
    ],
)
def test_of_an_address_the_network_is_kept(host: str, words: str) -> None:
    assert address_words(host) == words


# -- tokens ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", API, "read"),
        ("POST", f"{API}/x/confirm", "write"),
        ("DELETE", f"{API}/x", "write"),
        ("GET", "/staff/api/export", "export"),
        ("GET", "/staff/api/export.csv", "export"),
        ("POST", "/staff/api/exports/12", "export"),
        ("GET", "/fhir/Slot", "fhir"),
        ("POST", "/fhir/Slot/_search", "fhir"),
        ("PUT", "/fhir/Appointment/1", "fhir write"),
    ],
)
def test_the_scopes_of_an_address(method: str, path: str, scopes: str) -> None:
    assert needed_scopes(method, path) == set(scopes.split())


def test_a_token_is_made_used_seen_and_revoked(console: Console) -> None:
    browser = console.signed_in()
    answer = post(browser, f"{ACCOUNT}/tokens", name="the robot", days="30", scope_read="1")
    token = shown_token(answer)
    assert token not in browser.get(ACCOUNT).text
    program = console.browser()
    assert program.get(API, headers=bearing(token)).status_code == 200
    assert program.post(f"{API}/x/confirm", headers=bearing(token)).json()["code"] == "scope"
    page = browser.get(ACCOUNT).text
    assert "last used" in page[page.index("the robot") :]
    number = re.findall(r'name="token" value="(\d+)"', page)[-1]
    for _ in range(2):
        assert post(browser, f"{ACCOUNT}/tokens/revoke", token=number).status_code == 303
    assert program.get(API, headers=bearing(token)).status_code == 401
    assert [action for action, _ in console.audit()].count("token_revoked") == 1


def test_a_token_ends_by_itself(console: Console) -> None:
    token = shown_token(post(console.signed_in(), f"{ACCOUNT}/tokens", name="short", days="30", scope_read="1"))
    for days, status in ((29, 200), (1, 401)):
        console.now += timedelta(days=days)
        assert console.browser().get(API, headers=bearing(token)).status_code == status


def test_a_form_that_is_sent_twice_makes_one_token(console: Console) -> None:
    browser = console.signed_in()
    answers = [post(browser, f"{ACCOUNT}/tokens", name="twice", days="30", scope_read="1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 400]


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "days": "30", "scope_read": "1"},
        {"name": "x" * 61, "days": "30", "scope_read": "1"},
        {"name": "none", "days": "30"},
        {"name": "long", "days": "36500", "scope_read": "1"},
        {"name": "odd", "days": "30", "scope_admin": "1"},
    ],
)
def test_a_token_that_cannot_be_is_refused(console: Console, form: dict[str, str]) -> None:
    assert post(console.signed_in(), f"{ACCOUNT}/tokens", **form).status_code == 400


def test_nobody_has_more_tokens_than_anybody_looks_through(console: Console) -> None:
    browser = console.signed_in()
    made = [
        post(browser, f"{ACCOUNT}/tokens", name=f"t{number}", days="30", scope_read="1").status_code
        for number in range(MOST_TOKENS)
    ]
    assert made == [200] * (MOST_TOKENS - 1) + [400]  # one is there from the command line


def test_nobody_revokes_a_token_of_somebody_else(console: Console) -> None:
    bearer = console.bearer("admin")
    browser = console.signed_in("viewer")
    for number in range(1, 5):
        post(browser, f"{ACCOUNT}/tokens/revoke", token=str(number))
    assert console.browser().get(API, headers=bearer).status_code == 200


# -- members ---------------------------------------------------------------------------------------------------------


def number_of(console: Console, name: str) -> int:
    with console.context.database.read() as connection:
        query = sa.select(schema.staff.c.id).where(schema.staff.c.name == name)
        return int(connection.execute(query).scalar_one())


def do(console: Console, admin: TestClient, name: str, deed: str) -> Any:
    return post(admin, f"{MEMBERS}/{number_of(console, name)}/do", do=deed)


def test_an_admin_invites_and_the_member_begins(console: Console) -> None:
    admin = console.signed_in("admin")
    link = shown_link(post(admin, f"{MEMBERS}/invite", name="Nia", role="viewer"))
    assert link not in admin.get(MEMBERS).text
    assert "invited" in admin.get(MEMBERS).text
    browser = console.browser()
    accept(browser, link)
    choose(browser)
    assert is_in(browser)
    console.now += INVITATION_LIFE
    assert "invitation over" not in console.signed_in("admin").get(MEMBERS).text


def test_a_name_that_is_taken_is_not_invited_again(console: Console) -> None:
    admin = console.signed_in("admin")
    answers = [post(admin, f"{MEMBERS}/invite", name="Nia", role="viewer").status_code for _ in range(2)]
    assert answers == [200, 400]


def test_a_changed_role_holds_at_once_and_the_second_of_two_is_told(console: Console) -> None:
    admin, browser = console.signed_in("admin"), console.signed_in("viewer")
    path = f"{MEMBERS}/{number_of(console, 'a viewer')}/role"
    for _ in range(2):
        assert post(admin, path, was_role="viewer", role="manager").status_code == 303
    assert browser.get("/staff/audit").status_code == 200
    assert post(admin, path, was_role="viewer", role="reviewer").status_code == 409
    assert post(admin, path, was_role="manager", role="boss").status_code == 400
    assert [action for action, _ in console.audit()].count("staff_role") == 1


def test_a_disabled_member_is_out_and_comes_back_as_they_were_without_tokens(console: Console) -> None:
    admin, browser, bearer = console.signed_in("admin"), console.signed_in("viewer"), console.bearer("viewer")
    do(console, admin, "a viewer", "disable")
    assert not is_in(browser)
    assert console.sign_in(console.browser(), "a viewer").status_code == 403
    do(console, admin, "a viewer", "enable")
    assert console.sign_in(console.browser(), "a viewer").status_code == 303
    assert console.browser().get(API, headers=bearer).status_code == 401


def test_an_admin_gives_a_new_start_and_ends_sessions(console: Console) -> None:
    admin, browser = console.signed_in("admin"), console.signed_in("viewer")
    do(console, admin, "a viewer", "sessions")
    assert not is_in(browser)
    link = shown_link(do(console, admin, "a viewer", "reset"))
    assert console.sign_in(console.browser(), "a viewer").status_code == 403
    accept(browser, link)
    choose(browser)
    assert is_in(browser)


def test_an_admin_takes_a_lost_second_factor_away(console: Console) -> None:
    second_factor(console, "viewer")
    admin = console.signed_in("admin")
    do(console, admin, "a viewer", "totp")
    assert console.sign_in(console.browser(), "a viewer").headers["location"] == "/staff"
    assert ("totp_reset", "a viewer") in console.audit()


def test_the_last_admin_stays_one(console: Console) -> None:
    admin = console.signed_in("admin")
    own = number_of(console, "a admin")
    role = {"was_role": "admin", "role": "viewer"}
    assert post(admin, f"{MEMBERS}/{own}/role", **role).status_code == 409
    post(admin, f"{MEMBERS}/invite", name="Nia", role="admin")  # who has no password yet and so cannot sign in
    assert post(admin, f"{MEMBERS}/{own}/role", **role).status_code == 409
    add_member(console.context.database, name="Zoe", role="admin", password=PASSWORD, now=console.now)
    zoe = console.browser()
    console.sign_in(zoe, "Zoe")
    assert do(console, zoe, "a admin", "disable").status_code == 303
    assert post(zoe, f"{MEMBERS}/{number_of(console, 'Zoe')}/role", **role).status_code == 409


@pytest.mark.parametrize("deed", ["reset", "totp", "disable"])
def test_an_admin_does_not_shut_themselves_out(console: Console, deed: str) -> None:
    admin = console.signed_in("admin")
    assert do(console, admin, "a admin", deed).status_code == 400
    assert is_in(admin)


def test_nobody_is_there_to_be_deleted(console: Console) -> None:
    admin = console.signed_in("admin")
    assert do(console, admin, "a admin", "delete").status_code == 400
    assert post(admin, f"{MEMBERS}/{'9' * 40}/do", do="disable").status_code == 404
