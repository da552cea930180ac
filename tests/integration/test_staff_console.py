"""The staff console as a browser and as a program see it: real clinic files, a real SQLite file, no model."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.applications import Starlette
from starlette.testclient import TestClient

from knee_intake.clinic import load_clinic
from knee_intake.errors import RateLimitedError
from knee_intake.records import schema
from knee_intake.records.staff_accounts import add_member, disable_member
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from knee_intake.web.staff import Queue, staff_routes
from tests.integration.staff_rows import (
    CALF_TEXT,
    NOW,
    add_alert,
    add_booking,
    add_conversation,
    add_message,
    add_talk,
    an_intake,
    calf_hit,
    conversation_id,
)

PASSWORD = "grey heron at noon"
CLINIC = load_clinic(Path(__file__).parents[2] / "clinic")
PENDING_WORDS = "words said before consent"


@dataclass
class Console:
    """A running console, its clock and its database."""

    context: AppContext
    now: datetime = NOW
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context.clock = lambda: self.now
        self.app = Starlette(routes=staff_routes(self.context))

    def browser(self) -> TestClient:
        """A browser that nobody has signed in with yet."""
        return TestClient(self.app, base_url="http://testserver", follow_redirects=False)

    def signed_in(self, role: str = "reviewer") -> TestClient:
        self.member(role)
        browser = self.browser()
        answer = self.sign_in(browser, f"a {role}")
        assert answer.status_code == 303
        return browser

    def member(self, role: str) -> str:
        """Add a member once; returns their personal token."""
        if role not in self.tokens:
            token = add_member(
                self.context.database, name=f"a {role}", role=role, password=PASSWORD, now=self.now, with_token=True
            )
            self.tokens[role] = token or ""
        return self.tokens[role]

    def sign_in(self, browser: TestClient, name: str, password: str = PASSWORD, following: str = "") -> Any:
        token = csrf_of(browser.get("/staff/login").text)
        form = {"name": name, "password": password, "csrf": token, "next": following}
        return browser.post("/staff/login", data=form)

    def bearer(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.member(role)}"}

    def write(self) -> Any:
        return self.context.database.write()

    def audit(self) -> list[tuple[str, str | None]]:
        with self.context.database.read() as connection:
            query = sa.select(schema.audit.c.action, schema.audit.c.subject).order_by(schema.audit.c.id)
            return [tuple(row) for row in connection.execute(query)]


def csrf_of(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def _booked(connection: Connection, number: int = 1) -> str:
    conversation = add_conversation(connection, number, status="booked")
    practice = CLINIC.practice
    add_booking(connection, conversation, kind=practice.visit_types[0].id, clinician=practice.clinicians[0].id)
    return conversation


# -- signing in ------------------------------------------------------------------------------------------------------


def test_without_a_session_every_page_leads_to_the_sign_in(console: Console) -> None:
    for path in ("/staff", f"/staff/conversations/{conversation_id(1)}"):
        answer = console.browser().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/staff/login?next={path}")


def test_signing_in_leads_back_to_the_page_that_was_asked_for(console: Console) -> None:
    console.member("viewer")
    page = f"/staff/conversations/{conversation_id(1)}"
    assert console.sign_in(console.browser(), "a viewer", following=page).headers["location"] == page


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/staff/logout", "/staff\n", "/staff/../x"]
)
def test_signing_in_never_leads_elsewhere(console: Console, elsewhere: str) -> None:
    console.member("viewer")
    assert console.sign_in(console.browser(), "a viewer", following=elsewhere).headers["location"] == "/staff"


def test_a_demo_without_members_says_how_to_add_the_first(console: Console) -> None:
    browser = console.browser()
    assert "knee-intake staff add NAME --role admin --password-stdin" in browser.get("/staff/login").text
    console.member("admin")
    assert "--password-stdin" not in browser.get("/staff/login").text


def test_a_wrong_password_is_refused_kindly_and_written_down(console: Console) -> None:
    console.member("viewer")
    answer = console.sign_in(console.browser(), "a viewer", "not the right one")
    assert answer.status_code == 403
    assert "The name or the password is wrong." in answer.text
    assert console.audit()[-1] == ("login_failed", None)


def test_a_flood_of_sign_ins_waits_in_a_short_queue() -> None:
    queue, served, refused = Queue(at_once=2, waiting=3), [], []

    async def caller(number: int) -> None:
        try:
            async with queue.place():
                served.append(number)
                await asyncio.sleep(0)
        except RateLimitedError:
            refused.append(number)

    async def flood() -> None:
        await asyncio.gather(*(caller(number) for number in range(8)))
        await caller(8)

    asyncio.run(flood())
    assert (served, refused) == ([0, 1, 2, 3, 4, 8], [5, 6, 7])


def test_the_session_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(console: Console) -> None:
    console.member("viewer")
    cookie = console.sign_in(console.browser(), "a viewer").headers["set-cookie"]
    assert re.search(r"knee_intake_staff=[\w-]{40,}; HttpOnly; Path=/; SameSite=lax", cookie)
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(console: Console) -> None:
    context = console.context
    secure = Console(
        AppContext(Settings.from_environ({}, https=True), CLINIC, context.database, context.calendar, context.secret)
    )
    secure.member("viewer")
    browser = TestClient(secure.app, base_url="https://testserver", follow_redirects=False)
    cookie = secure.sign_in(browser, "a viewer").headers["set-cookie"]
    assert re.search(r"__Host-knee_intake_staff=[\w-]{40,}; HttpOnly; Path=/; SameSite=lax; Secure", cookie)


def test_signing_in_needs_the_form_token_of_this_browser(console: Console) -> None:
    console.member("viewer")
    stolen = csrf_of(console.browser().get("/staff/login").text)
    form = {"name": "a viewer", "password": PASSWORD, "csrf": stolen}
    assert console.browser().post("/staff/login", data=form).status_code == 403
    other = console.browser()
    other.get("/staff/login")
    assert other.post("/staff/login", data=form).status_code == 403


def test_a_session_ends_after_silence(console: Console) -> None:
    browser = console.signed_in()
    console.now += timedelta(minutes=29)
    assert browser.get("/staff").status_code == 200
    console.now += timedelta(minutes=31)
    assert browser.get("/staff").status_code == 303


def test_a_page_that_refreshes_itself_keeps_no_session_alive(console: Console) -> None:
    browser = console.signed_in()
    for _ in range(3):
        console.now += timedelta(minutes=11)
        browser.get("/staff", headers={"X-Live": "1"})
        answer = browser.get("/staff/pulse")
    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in"


def test_signing_out_ends_the_session_for_good(console: Console) -> None:
    browser = console.signed_in()
    secret = browser.cookies["knee_intake_staff"]
    token = csrf_of(browser.get("/staff").text)
    assert browser.post("/staff/logout", data={"csrf": "wrong"}).status_code == 403
    assert browser.post("/staff/logout", data={"csrf": token}).status_code == 303
    thief = console.browser()
    thief.cookies.set("knee_intake_staff", secret)
    assert thief.get("/staff").status_code == 303
    assert console.audit()[-1] == ("logout", None)


def test_a_disabled_member_is_out_at_once(console: Console) -> None:
    browser = console.signed_in()
    disable_member(console.context.database, "a reviewer", console.now)
    assert browser.get("/staff").status_code == 303


def test_every_answer_carries_the_strict_headers(console: Console) -> None:
    browser = console.signed_in()
    paths = (
        "/staff",
        "/staff/login",
        "/staff/static/staff.css",
        "/staff/api/conversations",
        "/staff/pulse",
        "/staff/conversations/x",
    )
    for path in paths:
        headers = browser.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


def test_pages_hold_no_inline_script_or_style_and_no_foreign_host(console: Console) -> None:
    browser = console.signed_in()
    with console.write() as connection:
        conversation = _booked(connection)
        add_talk(connection, conversation)
        add_alert(connection, conversation)
    for path in ("/staff", f"/staff/conversations/{conversation}", "/staff/login"):
        html = browser.get(path).text
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|https?://", html)


# -- the list --------------------------------------------------------------------------------------------------------


def _names(html: str) -> list[str]:
    return re.findall(r'href="/staff/conversations/[^"]+"><bdi>([^<]*)</bdi>', html)


def test_the_list_shows_the_newest_activity_first(console: Console) -> None:
    with console.write() as connection:
        for number, minutes in ((1, 30), (2, 10), (3, 20)):
            add_conversation(connection, number, at=NOW - timedelta(minutes=minutes), first_name=f"N{number}")
    assert _names(console.signed_in().get("/staff").text) == ["N2", "N3", "N1"]


def test_a_line_tells_name_urgency_progress_status_and_visit(console: Console) -> None:
    with console.write() as connection:
        conversation = add_conversation(connection, 1, status="booked", urgency="soon")
        add_booking(connection, conversation)
    html = console.signed_in().get("/staff").text
    for text in ("Robin", "Within days", "6 of 8", "has asked for a visit", "requested", "Tue, Dec 1, 10:00 AM"):
        assert text in html


def test_an_alert_that_nobody_has_seen_stands_out_until_it_is_acknowledged(console: Console) -> None:
    with console.write() as connection:
        conversation = add_conversation(connection, 1, urgency="same_day")
        add_alert(connection, conversation)
    browser = console.signed_in()
    html = browser.get("/staff").text
    assert 'class="unseen"' in html
    assert "New alert RF11" in html
    page = browser.get(f"/staff/conversations/{conversation}").text
    shown = re.search(r'name="alerts" value="([\d,]+)"', page)
    assert shown is not None
    with console.write() as connection:  # one more, raised while the page was open
        add_alert(connection, conversation, rule="RF12", urgency="emergency_911", seq=6)
    form = {"csrf": csrf_of(page), "alerts": shown[1]}
    assert browser.post(f"/staff/conversations/{conversation}/acknowledge", data=form).status_code == 303
    html = browser.get("/staff").text
    assert "New alert RF11" not in html
    assert "New alert RF12" in html
    assert console.audit().count(("acknowledge", conversation)) == 1


def test_the_list_is_read_in_parts_without_doubling_or_losing_any(console: Console) -> None:
    with console.write() as connection:
        for number in range(1, 131):
            add_conversation(connection, number, at=NOW - timedelta(minutes=number // 3), first_name=f"N{number}")
    browser = console.signed_in()
    seen, path = [], "/staff"
    while path:
        html = browser.get(path).text
        seen += _names(html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        path = following[1] if following else ""
    assert len(seen) == 130
    assert set(seen) == {f"N{number}" for number in range(1, 131)}


def test_a_key_that_is_not_ours_is_refused(console: Console) -> None:
    browser = console.signed_in()
    for key in ("nonsense", "bm8", "MjAyNi0xMS0yM3wx"):
        assert browser.get(f"/staff?after={key}").status_code == 400


# -- one conversation ------------------------------------------------------------------------------------------------


def test_a_conversation_shows_flags_answers_words_and_what_is_missing(console: Console) -> None:
    with console.write() as connection:
        intake = an_intake(red_flags=[calf_hit()])
        conversation = add_conversation(connection, 1, intake=intake, urgency="same_day")
        add_talk(connection, conversation)
        add_alert(connection, conversation)
    html = console.signed_in().get(f"/staff/conversations/{conversation}").text
    for text in (
        "Left knee pain, inner side (medial), about 3 months (90 days)",
        "<blockquote>New swelling or pain in one calf can be a blood clot.",
        "very active (vigorous)",
        "my left knee aches on the inner side since summer",
        "corrected by the patient",
        "Age (skipped)",
        "<code>inform</code>",
        "91 %",
        "pain location: medial",
        "no swelling",
        "Safety rule RF11, version 1",
        "Red flags: RF11 version 1: Same day.",
    ):
        assert text in html


def test_what_patients_type_is_shown_as_text_never_as_markup(console: Console) -> None:
    with console.write() as connection:
        conversation = add_conversation(connection, 1, first_name="<img src=x>")
        add_talk(connection, conversation)
    html = console.signed_in().get(f"/staff/conversations/{conversation}").text
    assert "and one calf is &lt;b&gt;swollen&lt;/b&gt; &amp; hot" in html
    assert "<img" not in html


def test_without_flags_it_says_none_reported(console: Console) -> None:
    with console.write() as connection:
        conversation = add_conversation(connection, 1)
    html = console.signed_in().get(f"/staff/conversations/{conversation}").text
    assert "<strong>Red flags:</strong> none reported" in html


def test_an_unknown_conversation_is_a_kind_404(console: Console) -> None:
    browser = console.signed_in()
    for unknown in (conversation_id(7), "x", "%00", "a" * 500):
        answer = browser.get(f"/staff/conversations/{unknown}")
        assert (answer.status_code, "There is nothing here." in answer.text) == (404, True)


def test_each_view_is_written_down(console: Console) -> None:
    with console.write() as connection:
        conversation = add_conversation(connection, 1)
    browser = console.signed_in("viewer")
    browser.get("/staff")
    browser.get(f"/staff/conversations/{conversation}")
    browser.get("/staff/pulse")
    assert console.audit() == [
        ("staff_add", "a viewer"),
        ("login", None),
        ("list", None),
        ("view", conversation),
    ]


def test_the_demo_and_the_missing_signatures_are_said_on_every_page(console: Console) -> None:
    html = console.signed_in().get("/staff").text
    assert "Demo, not monitored." in html
    assert "Texts not approved yet" in html


# -- the visit -------------------------------------------------------------------------------------------------------


def test_a_requested_visit_is_confirmed_with_one_click(console: Console) -> None:
    with console.write() as connection:
        conversation = _booked(connection)
    browser = console.signed_in()
    path = f"/staff/conversations/{conversation}"
    form = {"csrf": csrf_of(browser.get(path).text), "reference": "KN7-P4Q"}
    assert browser.post(f"{path}/confirm", data=form).headers["location"] == path
    html = browser.get(path).text
    assert ">booked</span>" in html
    assert "Confirm this visit" not in html
    assert browser.post(f"{path}/confirm", data=form).status_code == 409
    assert console.audit().count(("confirm", conversation)) == 1


def test_confirming_needs_the_form_token(console: Console) -> None:
    with console.write() as connection:
        conversation = _booked(connection)
    browser = console.signed_in()
    for token in ({}, {"csrf": "wrong"}, {"csrf": "é"}):
        form = {"reference": "KN7-P4Q", **token}
        assert browser.post(f"/staff/conversations/{conversation}/confirm", data=form).status_code == 403
    with console.write() as connection:
        assert connection.execute(sa.select(schema.bookings.c.status)).scalar() == "requested"


def test_a_viewer_reads_but_may_not_confirm(console: Console) -> None:
    with console.write() as connection:
        conversation = _booked(connection)
    browser = console.signed_in("viewer")
    html = browser.get(f"/staff/conversations/{conversation}").text
    assert "Confirm this visit" not in html
    form = {"csrf": csrf_of(html), "reference": "KN7-P4Q"}
    assert browser.post(f"/staff/conversations/{conversation}/confirm", data=form).status_code == 403


def test_another_visit_than_the_one_shown_is_not_confirmed(console: Console) -> None:
    with console.write() as connection:
        conversation = _booked(connection)
    browser = console.signed_in()
    path = f"/staff/conversations/{conversation}"
    form = {"csrf": csrf_of(browser.get(path).text), "reference": "ANOTHER"}
    assert browser.post(f"{path}/confirm", data=form).status_code == 409


# -- before consent --------------------------------------------------------------------------------------------------


@pytest.fixture
def silent(console: Console) -> str:
    """An emergency before consent, without a yes to telling the clinic."""
    with console.write() as connection:
        conversation = add_conversation(connection, 5, consent=False)
        add_message(connection, conversation, 1, "visitor", None, understanding={"intent": PENDING_WORDS})
        values = {"conversation_id": conversation, "seq": 1, "sender": "visitor", "at": NOW, "text": PENDING_WORDS}
        connection.execute(sa.insert(schema.pending).values(**values))
        intake = an_intake().to_dict() | {"door": PENDING_WORDS}
        values = {"conversation_id": conversation, "data": intake, "first_name": PENDING_WORDS, "updated_at": NOW}
        connection.execute(sa.insert(schema.intakes).values(**values))
        add_alert(connection, conversation, rule="RF12", urgency="emergency_911")
    return conversation


def test_before_consent_nothing_but_time_and_rule_is_shown(console: Console, silent: str) -> None:
    browser = console.signed_in()
    pages = [browser.get(path).text for path in ("/staff", f"/staff/conversations/{silent}")]
    paths = ("/staff/api/conversations", f"/staff/api/conversations/{silent}")
    pages += [browser.get(path).text for path in paths]
    pages[0] = re.sub(r'<form class="search".*?</form>', "", pages[0], flags=re.S)  # there every urgency can be chosen
    for page in pages:
        assert "RF12" in page
        for hidden in (PENDING_WORDS, CALF_TEXT, "911", "Robin", "medial", "555"):
            assert hidden not in page.replace("call 911", "")


def test_with_a_yes_to_telling_the_alert_is_shown_but_still_no_words(console: Console, silent: str) -> None:
    with console.write() as connection:
        values = {"conversation_id": silent, "kind": "alert", "granted": True, "wording_version": "1", "at": NOW}
        connection.execute(sa.insert(schema.consents).values(**values))
    page = console.signed_in().get(f"/staff/conversations/{silent}").text
    assert CALF_TEXT in page
    assert "Emergency: 911" in page
    assert PENDING_WORDS not in page


def test_chats_without_consent_and_alert_are_left_out_unless_asked_for(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1, consent=False)
    browser = console.signed_in()
    assert "1 more chat has not agreed to be read" in browser.get("/staff").text
    assert _names(browser.get("/staff").text) == []
    assert _names(browser.get("/staff?show=all").text) == ["Before consent"]


# -- following changes -----------------------------------------------------------------------------------------------


def test_the_pulse_changes_with_a_message_an_alert_a_visit_and_a_wish_to_be_deleted(console: Console) -> None:
    with console.write() as connection:
        conversation = add_conversation(connection, 1)
    browser = console.signed_in()
    marks = [browser.get(f"/staff/pulse?conversation={conversation}").json()["mark"]]
    marks.append(browser.get(f"/staff/pulse?conversation={conversation}").json()["mark"])
    assert marks[0] == marks[1]
    with console.write() as connection:
        connection.execute(sa.update(schema.conversations).values(updated_at=NOW + timedelta(seconds=1)))
    marks.append(browser.get(f"/staff/pulse?conversation={conversation}").json()["mark"])
    with console.write() as connection:
        add_alert(connection, conversation)
    marks.append(browser.get(f"/staff/pulse?conversation={conversation}").json()["mark"])
    with console.write() as connection:
        add_booking(connection, conversation)
    marks.append(browser.get(f"/staff/pulse?conversation={conversation}").json()["mark"])
    with console.write() as connection:
        connection.execute(sa.update(schema.conversations).values(erase_requested_at=NOW))
    marks.append(browser.get(f"/staff/pulse?conversation={conversation}").json()["mark"])
    assert len(set(marks)) == 5
    page = browser.get(f"/staff/conversations/{conversation}").text
    assert f'data-mark="{marks[-1]}"' in page


# -- the same as JSON ------------------------------------------------------------------------------------------------


def test_the_api_gives_the_list_in_parts(console: Console) -> None:
    with console.write() as connection:
        for number in range(1, 6):
            add_conversation(connection, number, at=NOW - timedelta(minutes=number))
    browser, headers = console.browser(), console.bearer("viewer")
    first = browser.get("/staff/api/conversations?limit=3", headers=headers).json()
    rest = browser.get("/staff/api/conversations", params={"after": first["next"]}, headers=headers).json()
    ids = [item["conversation"] for item in first["conversations"] + rest["conversations"]]
    assert ids == [conversation_id(number) for number in range(1, 6)]
    assert rest["next"] is None
    assert first["conversations"][0] == {
        "conversation": conversation_id(1),
        "created_at": "2026-11-23T09:50:00-05:00",
        "updated_at": "2026-11-23T09:59:00-05:00",
        "status": "active",
        "consented": True,
        "urgency": "routine",
        "handled_by": "bot",
        "first_name": "Robin",
        "progress": {"done": 6, "of": 8},
        "booking": None,
        "open_alerts": [],
        "erase_requested": False,
        "review": "new",
        "assignee": None,
        "tags": [],
        "unread": False,
        "restricted": False,
    }


def test_the_api_gives_the_whole_intake(console: Console) -> None:
    with console.write() as connection:
        intake = an_intake(red_flags=[calf_hit()])
        conversation = add_conversation(connection, 1, intake=intake, status="booked", urgency="same_day")
        add_talk(connection, conversation)
        add_booking(connection, conversation)
    found = console.browser().get(f"/staff/api/conversations/{conversation}", headers=console.bearer("viewer")).json()
    assert {key: found[key] for key in ("conversation", "status", "urgency", "asked", "progress", "booking")} == {
        "conversation": conversation,
        "status": "booked",
        "urgency": "same_day",
        "asked": "goal",
        "progress": {"done": 6, "of": 8},
        "booking": {
            "reference": "KN7-P4Q",
            "start": "2026-12-01T10:00:00-05:00",
            "end": "2026-12-01T10:30:00-05:00",
            "kind": "consultation",
            "status": "requested",
        },
    }
    assert found["red_flags"] == [{"rule": "RF11", "version": 1, "urgency": "same_day", "shown": CALF_TEXT, "seq": 4}]
    assert found["answers"]["pain_duration_days"] == {
        "value": 90,
        "words": "three months",
        "seq": 6,
        "how": "corrected",
    }
    assert found["messages"][4] == {
        "seq": 5,
        "from": "bot",
        "text": CALF_TEXT,
        "at": "2026-11-23T10:00:05-05:00",
        "alert": "same_day",
    }
    assert found["messages"][1]["understanding"]["intent"] == "inform"
    assert found["consent"]["given"][0]["kind"] == "privacy"


def test_the_api_confirms_a_visit(console: Console) -> None:
    with console.write() as connection:
        conversation = _booked(connection)
    path = f"/staff/api/conversations/{conversation}/confirm"
    browser = console.browser()
    assert browser.post(path, headers=console.bearer("viewer")).json()["code"] == "role"
    answer = browser.post(path, headers=console.bearer("reviewer"))
    assert (answer.status_code, answer.json()["booking"]["status"]) == (200, "booked")
    again = browser.post(path, headers=console.bearer("reviewer"))
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_confirm")


def test_the_api_with_a_session_needs_the_form_token_for_changes(console: Console) -> None:
    with console.write() as connection:
        conversation = _booked(connection)
    browser = console.signed_in()
    path = f"/staff/api/conversations/{conversation}/confirm"
    assert browser.post(path).json()["code"] == "form_token"
    token = csrf_of(browser.get("/staff").text)
    assert browser.post(path, headers={"X-CSRF-Token": token}).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer"}, {"Authorization": "Basic eDp5"}]
)
def test_the_api_refuses_who_is_not_signed_in(console: Console, headers: dict[str, str]) -> None:
    answer = console.browser().get("/staff/api/conversations", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "code": "sign_in",
        "detail": "Please sign in.",
        "instance": "/staff/api/conversations",
    }


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "٣", "9999999999999"])
def test_the_api_refuses_a_limit_that_is_none(console: Console, limit: str) -> None:
    answer = console.browser().get(f"/staff/api/conversations?limit={limit}", headers=console.bearer("viewer"))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_while_the_model_loads_taking_over_is_not_ready(console: Console) -> None:
    with console.write() as connection:
        conversation = add_conversation(connection, 1)
    answer = console.browser().post(
        f"/staff/api/conversations/{conversation}/takeover", headers=console.bearer("reviewer")
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")


class _Desk:
    """Stands where the dialogue room stands: notes what it is asked for."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    async def staff_takeover(self, conversation: str, staff_id: int) -> None:
        self.calls.append(("takeover", conversation, staff_id))

    async def staff_message(self, conversation: str, staff_id: int, text: str) -> None:
        self.calls.append(("message", conversation, staff_id, text))

    async def staff_handback(self, conversation: str, staff_id: int) -> None:
        self.calls.append(("handback", conversation, staff_id))


def test_taking_over_writing_and_handing_back_reach_the_dialogue(console: Console) -> None:
    console.context.dialogue = desk = _Desk()  # type: ignore[assignment]
    with console.write() as connection:
        conversation = add_conversation(connection, 1)
    browser, headers = console.browser(), console.bearer("reviewer")
    path = f"/staff/api/conversations/{conversation}"
    assert browser.post(f"{path}/takeover", headers=headers).status_code == 200
    assert browser.post(f"{path}/messages", headers=headers, json={"text": " Hello there "}).status_code == 200
    assert browser.post(f"{path}/handback", headers=headers).json() == {
        "conversation": conversation,
        "handled_by": "bot",
        "last_seq": 0,
    }
    assert desk.calls == [
        ("takeover", conversation, 1),
        ("message", conversation, 1, "Hello there"),
        ("handback", conversation, 1),
    ]
    assert [action for action, _ in console.audit()[-3:]] == ["takeover", "message", "handback"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_body"),
        (b"{", 400, "invalid_body"),
        (b'{"words": "x"}', 400, "invalid_body"),
        (b'{"text": 5}', 400, "invalid_body"),
        (b'{"text": "\xff"}', 400, "invalid_body"),
        (b'{"text": "  "}', 400, "empty_text"),
        (b'{"text": "' + b"a" * 5000 + b'"}', 413, "text_too_long"),
        (b" " * 70_000, 413, "text_too_long"),
    ],
)
def test_a_message_that_cannot_be_sent_says_why(console: Console, body: bytes, status: int, code: str) -> None:
    console.context.dialogue = desk = _Desk()  # type: ignore[assignment]
    with console.write() as connection:
        conversation = add_conversation(connection, 1)
    path = f"/staff/api/conversations/{conversation}/messages"
    answer = console.browser().post(path, content=body, headers=console.bearer("reviewer"))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert desk.calls == []


def test_a_database_that_is_away_is_a_kind_503_and_nothing_more(console: Console) -> None:
    browser = console.signed_in()
    with console.write() as connection:
        connection.execute(sa.text("DROP TABLE audit"))
    for path in ("/staff", "/staff/api/conversations"):
        answer = browser.get(path)
        assert answer.status_code == 503
        assert "audit" not in answer.text
