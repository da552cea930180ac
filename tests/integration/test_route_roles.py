"""Who may do what on the staff's side: one row for every route of the real app, and what an intruder tries on it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from knee_intake.records import schema, staff_tokens
from knee_intake.settings import Settings
from knee_intake.web.app import make_app
from tests.conftest import ROOT, FrozenClock
from tests.integration.staff_app import FHIR, FORM, Answer, Badge, StaffApp, staff_side
from tests.integration.staff_rows import NOW, add_alert

ROLES = ("viewer", "reviewer", "manager", "admin")
ONE = "/staff/conversations/{id}"
API = "/staff/api/conversations"
LOOK, ONLY = "GET HEAD", "GET"
OTHERS = "PUT PATCH DELETE OPTIONS HEAD"
BLOCK = {"clinician": "sports_medicine", "start": "2027-01-04T09:00", "end": "2027-01-04T10:00", "note": "team meeting"}
VISIT = {
    "form": "a-form-of-mine", "kind": "consultation", "clinician": "sports_medicine",
    "start": "2027-01-04T09:00:00-05:00", "first_name": "", "contact": "555-0123",
}  # fmt: skip
REVIEW = {"was_state": "new", "state": "in_review", "was_assignee": "", "assignee": "", "was_tags": "", "tags": "knee"}
NEW_PASSWORD = {"old": "guess", "new": "an otter by the river", "again": "an otter by the brook"}
DECISION = {"seen": "open", "decision": "learn", "intent": "inform", "other": "", "reason": ""}
CALL = {"outcome": "voicemail", "key": "k1", "seen": "0", "next": "morning", "at": "", "note": "left a word"}
WISH = {
    "kind": "copy", "asked_by": "phone", "name": "Robin", "contact": "555-0123", "conversation": "",
    "note": "all of it", "key": "k1", "asked_at": "", "due_at": "",
}  # fmt: skip
REPLY = {"title": "We will call", "text": "We will call you today."}
PARKING = {"id": "fact.parking", "value": "Park behind the house.", "state": "confirmed", "confirmed_on": "2027-01-04"}
APPROVAL = {"text": "safety.RF13", "hash": "0" * 64, "do": "approve", "comment": ""}
NO_FORM: dict[str, str] = {}

# methods, route, form; then what comes back to: nobody, viewer, reviewer, manager, admin.
# 400, 404, 409 of a member: let in, and there is nothing to do. 503: let in, and the model of this app is not loaded.
TABLE: tuple[tuple[str, str, dict[str, str], int | str, int, int, int, int], ...] = (
    (LOOK, "/staff", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, "/staff/login", NO_FORM, 200, 200, 200, 200, 200),
    ("POST", "/staff/login", {"name": "a viewer", "password": "guess"}, 403, 403, 403, 403, 403),
    (LOOK, "/staff/login/code", NO_FORM, 303, 303, 303, 303, 303),
    ("POST", "/staff/login/code", {"code": "000000"}, 403, 403, 403, 403, 403),
    (LOOK, "/staff/invitation/{token}", NO_FORM, 404, 404, 404, 404, 404),
    ("POST", "/staff/invitation/{token}", NO_FORM, 403, 403, 403, 403, 403),
    ("POST", "/staff/logout", NO_FORM, "login", 303, 303, 303, 303),
    (LOOK, "/staff/account", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, "/staff/account/password", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", "/staff/account/password", NEW_PASSWORD, "login", 400, 400, 400, 400),
    (LOOK, "/staff/account/totp", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", "/staff/account/totp", NO_FORM, "login", 303, 303, 303, 303),
    ("POST", "/staff/account/totp/confirm", {"code": "000000"}, "login", 400, 400, 400, 400),
    ("POST", "/staff/account/totp/codes", {"password": "guess"}, "login", 303, 303, 303, 303),
    ("POST", "/staff/account/totp/off", {"password": "guess"}, "login", 303, 303, 303, 303),
    ("POST", "/staff/account/sessions/end", {"session": "00"}, "login", 303, 303, 303, 303),
    ("POST", "/staff/account/tokens", {"name": "mine", "days": "90"}, "login", 400, 400, 400, 400),
    ("POST", "/staff/account/tokens/revoke", {"token": "999"}, "login", 303, 303, 303, 303),
    (LOOK, "/staff/members", NO_FORM, "login", 403, 403, 403, 200),
    ("POST", "/staff/members/invite", {"name": "a viewer", "role": "viewer"}, "login", 403, 403, 403, 400),
    ("POST", "/staff/members/{member}/role", {"was_role": "viewer", "role": "admin"}, "login", 403, 403, 403, 404),
    ("POST", "/staff/members/{member}/do", {"do": "sessions"}, "login", 403, 403, 403, 404),
    ("POST", f"{ONE}/restrict", {"do": "on", "member": ""}, "login", 403, 403, 303, 303),
    ("POST", f"{ONE}/open", {"reason": "the patient waits at the desk"}, "login", 303, 303, 303, 303),
    (LOOK, "/staff/emergencies", NO_FORM, "login", 403, 403, 200, 200),
    ("POST", "/staff/emergencies/reviewed", {"opening": "999"}, "login", 403, 403, 303, 303),
    (LOOK, "/staff/retention", NO_FORM, "login", 403, 403, 403, 200),
    ("POST", "/staff/retention/run", NO_FORM, "login", 403, 403, 403, 200),
    ("POST", "/staff/retention/erase", {"who": "nobody@example.org"}, "login", 403, 403, 403, 400),
    (LOOK, "/staff/pulse", NO_FORM, 401, 200, 200, 200, 200),
    (LOOK, "/staff/events", NO_FORM, 401, 200, 200, 200, 200),
    (ONLY, "/staff/static", NO_FORM, 200, 200, 200, 200, 200),
    ("POST", "/staff/views", {"name": "mine", "query": "review=new"}, "login", 303, 303, 303, 303),
    ("POST", "/staff/views/{view}/delete", NO_FORM, "login", 404, 404, 404, 404),
    (LOOK, ONE, NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, f"{ONE}/events", NO_FORM, 401, 200, 200, 200, 200),
    ("POST", f"{ONE}/review", REVIEW, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/take", {"back": "review=new"}, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/confirm", {"reference": "{reference}"}, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/acknowledge", {"alerts": "1,2"}, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/takeover", NO_FORM, "login", 403, 503, 503, 503),
    ("POST", f"{ONE}/messages", {"text": "Hello.", "key": "k1"}, "login", 403, 503, 503, 503),
    ("POST", f"{ONE}/handback", NO_FORM, "login", 403, 503, 503, 503),
    ("POST", f"{ONE}/called", {"callback": "1"}, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/notes", {"key": "k1", "note": "Call after 5. @a manager"}, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/notes/{{note}}/remove", NO_FORM, "login", 403, 404, 404, 404),
    ("POST", f"{ONE}/verdict", {"verdict": "missed", "comment": "the calf"}, "login", 403, 303, 303, 303),
    (LOOK, f"{ONE}/chart.txt", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, f"{ONE}/chart.pdf", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, f"{ONE}/record.pdf", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", f"{ONE}/copied", NO_FORM, "login", 204, 204, 204, 204),
    ("POST", f"{ONE}/entered", {"was": "", "number": "A-17", "content": "00" * 32}, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/entered/undo", {"entry": "1"}, "login", 403, 303, 303, 303),
    (LOOK, f"{ONE}/move", NO_FORM, "login", 403, 200, 200, 200),
    ("POST", f"{ONE}/move", {"reference": "{reference}", "time": "x"}, "login", 403, 400, 400, 400),
    ("POST", f"{ONE}/cancel", {"reference": "{reference}"}, "login", 403, 303, 303, 303),
    (LOOK, "/staff/next", NO_FORM, "login", 303, 303, 303, 303),
    (LOOK, "/staff/mentions", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, "/staff/charting", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, f"{ONE}/times", NO_FORM, "login", 403, 200, 200, 200),
    ("POST", f"{ONE}/times", {"time_1": "sports_medicine|2027-01-04T03:00:00-05:00"}, "login", 403, 400, 400, 400),
    ("POST", f"{ONE}/spam", NO_FORM, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/not-spam", NO_FORM, "login", 403, 409, 409, 409),
    (LOOK, f"{ONE}/export", NO_FORM, "login", 403, 200, 200, 200),
    (LOOK, "/staff/export", NO_FORM, "login", 403, 200, 200, 200),
    (LOOK, "/staff/export/file", NO_FORM, "login", 403, 200, 200, 200),
    (LOOK, "/staff/notices", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", "/staff/notices/again", {"notice": "1"}, "login", 403, 303, 303, 303),
    ("POST", "/staff/notices/test", NO_FORM, "login", 403, 403, 403, 303),
    (LOOK, "/staff/audit", NO_FORM, "login", 403, 403, 200, 200),
    (LOOK, "/staff/figures", NO_FORM, "login", 403, 403, 200, 200),
    (LOOK, "/staff/figures.csv", NO_FORM, "login", 403, 403, 404, 404),
    (LOOK, "/staff/calls", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", f"{ONE}/calls", CALL, "login", 403, 303, 303, 303),
    ("POST", f"{ONE}/person", {"do": "leave", "other": ""}, "login", 403, 303, 303, 303),
    (LOOK, "/staff/replies", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", "/staff/replies", REPLY, "login", 403, 403, 303, 303),
    (LOOK, "/staff/replies/{reply}", NO_FORM, "login", 403, 403, 404, 404),
    ("POST", "/staff/replies/{reply}", {**REPLY, "version": "1"}, "login", 403, 403, 404, 404),
    (LOOK, "/staff/phone-intake", NO_FORM, "login", 403, 200, 200, 200),
    ("POST", "/staff/phone-intake", {"key": "k1"}, "login", 403, 503, 503, 503),
    (LOOK, "/staff/phone-intake/{id}", NO_FORM, "login", 403, 404, 404, 404),
    ("POST", "/staff/phone-intake/{id}", {"text": "yes", "message_id": "phone-1"}, "login", 403, 404, 404, 404),
    (LOOK, "/staff/requests", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", "/staff/requests", WISH, "login", 403, 303, 303, 303),
    (LOOK, "/staff/requests/{request}", NO_FORM, "login", 404, 404, 404, 404),
    ("POST", "/staff/requests/{request}", {"state": "done", "sure": "1"}, "login", 403, 404, 404, 404),
    (LOOK, "/staff/requests/{request}/copy", NO_FORM, "login", 403, 403, 404, 404),
    (LOOK, "/staff/clinic", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, "/staff/clinic/entry", NO_FORM, "login", 404, 404, 404, 404),
    ("POST", "/staff/clinic/entry", PARKING, "login", 403, 403, 409, 409),
    ("POST", "/staff/clinic/check", PARKING, "login", 403, 403, 200, 200),
    (LOOK, "/staff/clinic/history", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", "/staff/clinic/undo", {"change": "999"}, "login", 403, 403, 404, 404),
    (LOOK, "/staff/clinic/texts", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", "/staff/clinic/texts/decide", APPROVAL, "login", 403, 403, 403, 403),
    (LOOK, "/staff/clinic/texts/pack", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, "/staff/calendar", NO_FORM, "login", 200, 200, 200, 200),
    ("POST", "/staff/calendar/blocks", BLOCK, "login", 403, 303, 303, 303),
    ("POST", "/staff/calendar/blocks/{block}/remove", {"day": "2027-01-04"}, "login", 403, 404, 404, 404),
    (LOOK, "/staff/calendar/visit", NO_FORM, "login", 403, 200, 200, 200),
    ("POST", "/staff/calendar/visit", VISIT, "login", 403, 400, 400, 400),
    ("POST", "/staff/calendar/visit/cancel", {"reference": "KNX-XXX"}, "login", 403, 404, 404, 404),
    (LOOK, "/staff/calendar/feeds", NO_FORM, "login", 403, 403, 200, 200),
    ("POST", "/staff/calendar/feeds", {"name": "*", "do": "make"}, "login", 403, 403, 303, 303),
    ("POST", f"{ONE}/misread", {"seq": "2", "wrong": "1"}, "login", 403, 303, 303, 303),
    (LOOK, "/staff/learning", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, "/staff/learning/approve", NO_FORM, "login", 403, 200, 200, 200),
    (LOOK, "/staff/learning/export/{name}", NO_FORM, "login", 403, 403, 404, 404),
    (LOOK, "/staff/learning/sentences/{lesson}", NO_FORM, "login", 404, 404, 404, 404),
    ("POST", "/staff/learning/sentences/{lesson}", DECISION, "login", 403, 404, 404, 404),
    ("POST", "/staff/learning/sentences/{lesson}/approve", {"text": "my knee", "do": "out"}, "login", 403, *[404] * 3),
    (LOOK, "/staff/learning/quality", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, "/staff/learning/quality.csv", NO_FORM, "login", 200, 200, 200, 200),
    (LOOK, "/staff/learning/models", NO_FORM, "login", 403, 403, 200, 200),
    ("POST", "/staff/learning/models/build", NO_FORM, "login", 403, 403, 403, 409),
    ("POST", "/staff/learning/models/promote", {"build": "1"}, "login", 403, 403, 403, 409),
    ("POST", "/staff/learning/models/rollback", {"seen": "1"}, "login", 403, 403, 403, 409),
    (LOOK, API, NO_FORM, 401, 200, 200, 200, 200),
    (LOOK, f"{API}/{{id}}", NO_FORM, 401, 200, 200, 200, 200),
    ("POST", f"{API}/{{id}}/confirm", NO_FORM, 401, 403, 200, 200, 200),
    ("POST", f"{API}/{{id}}/acknowledge", NO_FORM, 401, 403, 200, 200, 200),
    ("POST", f"{API}/{{id}}/takeover", NO_FORM, 401, 403, 503, 503, 503),
    ("POST", f"{API}/{{id}}/messages", NO_FORM, 401, 403, 503, 503, 503),
    ("POST", f"{API}/{{id}}/handback", NO_FORM, 401, 403, 503, 503, 503),
    (ONLY, "/fhir/metadata", NO_FORM, 401, 200, 200, 200, 200),
    (f"POST {OTHERS}", "/fhir/metadata", NO_FORM, 405, 405, 405, 405, 405),
    *(
        row
        for kind in ("Practitioner", "Schedule", "Slot", "Appointment")
        for row in (
            (ONLY, f"/fhir/{kind}", NO_FORM, 401, 200, 200, 200, 200),
            (OTHERS, f"/fhir/{kind}", NO_FORM, 405, 405, 405, 405, 405),
            ("POST", f"/fhir/{kind}/_search", NO_FORM, 401, 200, 200, 200, 200),
            (f"GET {OTHERS}", f"/fhir/{kind}/_search", NO_FORM, 405, 405, 405, 405, 405),
        )
    ),
    *((f"POST {OTHERS}", f"/fhir/{kind}/{{id}}", NO_FORM, *[405] * 5) for kind in ("Practitioner", "Schedule", "Slot")),
    *(("POST", f"/fhir/{kind}", NO_FORM, *[405] * 5) for kind in ("Practitioner", "Schedule", "Slot")),
    (ONLY, "/fhir/Practitioner/{id}", NO_FORM, 401, 200, 200, 200, 200),
    (ONLY, "/fhir/Schedule/{id}", NO_FORM, 401, 200, 200, 200, 200),
    (ONLY, "/fhir/Slot/{id}", NO_FORM, 401, 404, 404, 404, 404),
    (ONLY, "/fhir/Appointment/{id}", NO_FORM, 401, 404, 404, 404, 404),
    ("POST", "/fhir/Appointment", NO_FORM, 401, 403, 400, 400, 400),
    ("PUT", "/fhir/Appointment/{id}", NO_FORM, 401, 403, 400, 400, 400),
    ("POST PATCH DELETE OPTIONS HEAD", "/fhir/Appointment/{id}", NO_FORM, 405, 405, 405, 405, 405),
    (f"GET POST {OTHERS}", "/fhir/{rest:path}", NO_FORM, 404, 404, 404, 404, 404),
)
ROWS = [(method, *row[1:]) for row in TABLE for method in row[0].split()]
GUARDED = [row for row in ROWS if row[3] in ("login", 401)]
FORMS = [row for row in GUARDED if row[0] in ("POST", "PUT")]
FILLED = [row for row in FORMS if row[2]]
EXAMPLES = {
    "{view}": "999",
    "{member}": "999",
    "{token}": "no-such-invitation",
    "{block}": "999",
    "{lesson}": "999",
    "{note}": "999",
    "{reply}": "999",
    "{request}": "999",
    "{name}": "learned.yml",
    "{rest:path}": "Patient/1",
    "/staff/static": "/staff/static/staff.css",
}
PATIENT_WORDS = "aches on the inner side since summer"
HTML, SQL, HUGE = "<script>alert(1)</script>", "1'; UPDATE staff SET role='admin'; --", "9" * 40
PATH_TRICKS = (
    "../REAL", "x/../REAL", "%2e%2e", "%2e%2e%2fREAL", "..%2f..%2f..%2fetc%2fpasswd", "%252e%252e%252fREAL", "REAL%00",
    "REAL%20", "REAL'--", "' OR '1'='1", "REAL%0a", "%ff%fe", "REAL;REAL", "%3Cscript%3E", "9" * 400,
)  # fmt: skip
NOTHING_DONE = {
    "events": (200, 404),  # says only that something was said, in a conversation that nobody has
    "acknowledge": (303, 404),  # of no conversation no alert
    "called": (303, 404),
    "times": (404, 409),
}
"""What else than 404 a path that names no conversation may come to."""
LIST_QUERY = "after q from to urgency rule status review who tag visit intent answer"
QUERIES = {
    "/staff": LIST_QUERY,
    API: f"{LIST_QUERY} limit",
    "/staff/export": LIST_QUERY,
    "/staff/export/file": f"{LIST_QUERY} format",
    "/staff/login": "next",
    "/staff/account": "",
    "/staff/members": "",
    "/staff/pulse": "conversation",
    "/staff/calendar": "day view clinician",
    "/staff/calendar/visit": "day kind clinician",
    "/staff/notices": "sent",
    "/staff/audit": "member action conversation before",
    "/staff/learning": "reason",
    "/staff/learning/quality": "by",
    "/staff/learning/quality.csv": "by",
    "/staff/charting": "after closed",
    "/staff/figures": "days from to",
    "/staff/figures.csv": "table days from to",
    "/staff/requests": "conversation",
    "/staff/clinic": "room",
    "/staff/clinic/entry": "id saved",
    "/staff/clinic/history": "id before",
    "/staff/clinic/texts": "section show",
    "/fhir/Practitioner": "_id _count _format",
    "/fhir/Schedule": "actor active",
    "/fhir/Slot": "schedule status start _count _page",
    "/fhir/Appointment": "actor date status identifier _count _page",
}
"""What the pages read of their address."""
ODD_VALUES = (HTML, SQL, HUGE, "-1", "\x00", b"\xed\xa0\x80", "0001-01-01", "9999-12-31")


@pytest.fixture(scope="module")
def staff_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffApp]:
    """The real app for this module. Each request that changes a conversation has one of its own."""
    home = tmp_path_factory.mktemp("home")
    (home / "domain.yml").symlink_to(ROOT / "domain.yml")
    shutil.copytree(ROOT / "clinic", home / "clinic")  # some of these forms write there
    settings = Settings.from_environ({}, home=str(home), rate_limits=False)
    app = make_app(settings, clock=FrozenClock(NOW))
    database, loop = app.state.context.database, asyncio.new_event_loop()
    sa.event.listen(database.engine, "connect", lambda one, _record: one.execute("PRAGMA synchronous=OFF"))
    database.engine.dispose()  # of the connections that still wait for the disk
    yield StaffApp(app, database, loop)
    for task in asyncio.all_tasks(loop):  # the streams' watcher
        task.cancel()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    database.close()


def ask(staff_app: StaffApp, row: tuple[Any, ...], target: str | None = None, **proof: Any) -> Answer:
    """The request of a row, on a conversation of its own unless `target` says where."""
    method, path, form = row[:3]
    if target is None:
        target = example(staff_app, path)
    if path.startswith("/fhir"):
        kind = FORM if path.endswith("_search") else FHIR
        return staff_app.send(method, target, kind=kind, **proof)
    if method == "POST" and path.startswith(API):
        body = b'{"text": "Hello."}' if path.endswith("messages") else b""
        return staff_app.send(method, target, body=body, kind="application/json", **proof)
    if method == "POST":
        form = {name: value.replace("{reference}", staff_app.reference) for name, value in form.items()}
        return staff_app.send(method, target, form=form, **proof)
    return staff_app.send(method, target, **proof)


def example(staff_app: StaffApp, path: str) -> str:
    """An address of the route."""
    for placeholder, value in EXAMPLES.items():
        path = path.replace(placeholder, value)
    if "{id}" in path:
        path = path.replace("{id}", "sports-medicine" if path.startswith("/fhir") else staff_app.conversation())
    return path


def named(row: tuple[Any, ...]) -> str:
    return f"{row[0]} {row[1]}"


def session_of(badge: Badge) -> dict[str, str]:
    return {"cookie": badge.cookie, "csrf": badge.csrf}


# -- the table -------------------------------------------------------------------------------------------------------


def test_every_route_has_exactly_one_row(staff_app: StaffApp) -> None:
    rows = [(row[0], row[1]) for row in ROWS]
    assert sorted(rows) == sorted(staff_side(staff_app.app.routes))


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_who_may_do_what(staff_app: StaffApp, row: tuple[Any, ...]) -> None:
    found = [ask(staff_app, row).outcome]
    for role in ROLES:
        badge = staff_app.badge(role, fresh=row[1] == "/staff/logout")
        found.append(ask(staff_app, row, **session_of(badge)).outcome)
    assert tuple(found) == row[3:]


@pytest.mark.parametrize("row", [row for row in ROWS if row[1].startswith((API, "/fhir"))], ids=named)
def test_a_personal_token_opens_the_same(staff_app: StaffApp, row: tuple[Any, ...]) -> None:
    found = [ask(staff_app, row, token=staff_app.badge(role).token).outcome for role in ROLES]
    assert tuple(found) == row[4:]


SCOPES: dict[str, str] = {
    f"GET {API}": "read",
    f"HEAD {API}": "read",
    f"GET {API}/{{id}}": "read",
    f"HEAD {API}/{{id}}": "read",
    **{f"POST {API}/{{id}}/{deed}": "write" for deed in ("confirm", "acknowledge", "takeover", "messages", "handback")},
    "GET /fhir/metadata": "fhir",
    **{f"GET /fhir/{kind}": "fhir" for kind in ("Practitioner", "Schedule", "Slot", "Appointment")},
    **{f"POST /fhir/{kind}/_search": "fhir" for kind in ("Practitioner", "Schedule", "Slot", "Appointment")},
    **{f"GET /fhir/{kind}/{{id}}": "fhir" for kind in ("Practitioner", "Schedule", "Slot", "Appointment")},
    "POST /fhir/Appointment": "fhir write",
    "PUT /fhir/Appointment/{id}": "fhir write",
}
"""The scopes that a personal token needs, for every guarded route that takes one."""
TOKEN_ROWS = [row for row in GUARDED if row[1].startswith((API, "/fhir"))]


def test_every_route_that_takes_a_token_has_its_scopes() -> None:
    assert {named(row) for row in TOKEN_ROWS} == set(SCOPES)


@pytest.mark.parametrize("row", TOKEN_ROWS, ids=named)
def test_a_token_without_one_of_the_scopes_is_refused(staff_app: StaffApp, row: tuple[Any, ...]) -> None:
    needed = set(SCOPES[named(row)].split())
    enough = staff_app.token("admin", needed)
    assert ask(staff_app, row, token=enough).outcome == row[7]
    for missing in needed:
        few = staff_app.token("admin", set(staff_tokens.SCOPES) - {missing})
        assert ask(staff_app, row, token=few).outcome == 403


@pytest.mark.parametrize("row", [row for row in GUARDED if row not in TOKEN_ROWS], ids=named)
def test_no_token_opens_a_page_a_form_or_a_file_of_the_console(staff_app: StaffApp, row: tuple[Any, ...]) -> None:
    assert ask(staff_app, row, token=staff_app.badge("admin").token).outcome == row[3]


@pytest.mark.parametrize("row", TOKEN_ROWS, ids=named)
def test_a_token_that_is_over_or_revoked_is_nobody(staff_app: StaffApp, row: tuple[Any, ...]) -> None:
    over = staff_app.token("admin", staff_tokens.SCOPES, lasts=timedelta(0))
    revoked = staff_app.token("admin", staff_tokens.SCOPES)
    own = schema.staff_tokens.c.token_hash == staff_tokens.digest(revoked)
    with staff_app.database.write() as connection:
        found = connection.execute(sa.select(schema.staff_tokens).where(own)).one()
        assert staff_tokens.revoke_token(connection, found.staff_id, found.id, NOW)
    assert [ask(staff_app, row, token=one).outcome for one in (over, revoked)] == [401, 401]


# -- an intruder -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", GUARDED, ids=named)
def test_a_forged_session_or_token_is_nobody(staff_app: StaffApp, row: tuple[Any, ...]) -> None:
    badge = staff_app.badge("admin")
    forged = badge.cookie[:-1] + ("A" if badge.cookie[-1] != "A" else "B")
    tries: list[dict[str, str]] = [{"cookie": forged, "csrf": badge.csrf}, {"token": badge.cookie}]
    if row[1].startswith((API, "/fhir")):
        tries += [{"token": forged}, {"token": ""}, {"token": "' OR '1'='1"}]
    assert [ask(staff_app, row, **proof).outcome for proof in tries] == [row[3]] * len(tries)


@pytest.mark.parametrize("row", FORMS, ids=named)
def test_a_form_without_its_own_session_s_token_is_refused(staff_app: StaffApp, row: tuple[Any, ...]) -> None:
    badge, other = staff_app.badge("admin"), staff_app.badge("manager")
    answers = [ask(staff_app, row, cookie=badge.cookie, csrf=csrf) for csrf in (None, "", "0" * 43, other.csrf)]
    assert [answer.status for answer in answers] == [403] * 4


@pytest.mark.parametrize("row", [row for row in ROWS if "{id}" in row[1] and row[1].startswith("/staff")], ids=named)
def test_no_trick_with_the_path_leads_to_another_conversation_or_file(
    staff_app: StaffApp, row: tuple[Any, ...]
) -> None:
    real, proof = staff_app.conversation(), session_of(staff_app.badge("admin"))
    before = state(staff_app, real)
    for trick in PATH_TRICKS:
        target = row[1].replace("{id}", trick.replace("REAL", real))
        answer = ask(staff_app, row, target, **proof)
        allowed = NOTHING_DONE.get(row[1].rpartition("/")[2], (404,))
        assert answer.status in allowed, (target, answer.status)
        assert "root:" not in answer.text
        assert PATIENT_WORDS not in answer.text
    assert state(staff_app, real) == before


def state(staff_app: StaffApp, conversation: str) -> list[Any]:
    """What a deed in the console would change of a conversation."""
    tables = (schema.conversations, schema.bookings, schema.alerts, schema.tags, schema.notes, schema.chart_entries)
    with staff_app.database.read() as connection:
        return [
            connection.execute(sa.select(table).where(own == conversation)).all()
            for table in tables
            for own in (table.c.id if table is schema.conversations else table.c.conversation_id,)
        ]


@pytest.mark.parametrize("trick", PATH_TRICKS)
def test_no_trick_with_the_path_leaves_the_folder_of_static_files(staff_app: StaffApp, trick: str) -> None:
    for base in ("/staff/static/", "/staff/static/../", "/staff/static/%2e%2e/%2e%2e/"):
        answer = staff_app.send("GET", f"{base}{trick}")
        assert answer.status == 404
    assert staff_app.send("GET", "/staff/static/../../templates/staff/base.html").status == 404


@pytest.mark.parametrize("trick", PATH_TRICKS)
def test_no_trick_with_the_path_is_an_invitation_or_a_member(staff_app: StaffApp, trick: str) -> None:
    proof, before = session_of(staff_app.badge("admin")), members(staff_app)
    assert staff_app.send("GET", f"/staff/invitation/{trick}").status == 404
    for path, form in (("role", {"was_role": "viewer", "role": "admin"}), ("do", {"do": "disable"})):
        assert staff_app.send("POST", f"/staff/members/{trick}/{path}", form=form, **proof).status == 404
    assert members(staff_app) == before


@pytest.mark.parametrize("page", QUERIES)
def test_no_query_breaks_a_page(staff_app: StaffApp, page: str) -> None:
    proof = session_of(staff_app.badge("admin"))
    for name in QUERIES[page].split():
        for value in ODD_VALUES:
            answer = staff_app.send("GET", f"{page}?{urlencode({name: value})}", **proof)
            assert answer.status in (200, 400, 404, 406), (name, value)
            assert HTML not in answer.text or "json" in answer.headers["content-type"]


def test_numbers_that_no_row_can_have_find_nothing(staff_app: StaffApp) -> None:
    proof = session_of(staff_app.badge("admin"))
    for number in ("0", "9" * 19, "9" * 40, "9" * 9000):
        assert staff_app.send("POST", f"/staff/views/{number}/delete", form={}, **proof).status == 404
        assert staff_app.send("POST", f"/staff/calendar/blocks/{number}/remove", form={}, **proof).status == 404
    for number in ("-1", "1.5", "1e9", "0x10", "%2e%2e", "1%00", "%D9%A1"):
        assert staff_app.send("POST", f"/staff/views/{number}/delete", form={}, **proof).status == 404


@pytest.mark.parametrize("row", FILLED, ids=named)
def test_sql_and_html_in_a_form_are_only_words(staff_app: StaffApp, row: tuple[Any, ...]) -> None:
    proof = session_of(staff_app.badge("admin"))
    before = members(staff_app)
    for field in row[2]:
        for hostile in (HTML, SQL, HUGE, "\x00", "../../etc/passwd", "1" * 25):
            posted = (row[0], row[1], {**row[2], field: hostile})
            answer = ask(staff_app, posted, **proof)
            assert answer.status in (200, 303, 400, 403, 404, 409, 413, 503), (field, hostile)
            assert HTML not in answer.text or "json" in answer.headers["content-type"]
            where = answer.headers.get("location", "/staff")
            if where.startswith("/staff") and answer.status == 303:
                assert HTML not in staff_app.send("GET", where.partition("#")[0], **proof).text
    for page in ("/staff", "/staff/calendar?day=2027-01-04", "/staff/notices", "/staff/account", "/staff/members"):
        shown = staff_app.send("GET", page, **proof)
        assert shown.status == 200
        assert HTML not in shown.text
    after = members(staff_app)
    assert after[: len(before)] == before
    assert {role for _, role, _ in after[len(before) :]} <= {"viewer"}  # who were invited, under odd names


def test_one_s_own_view_is_nobody_else_s_to_delete(staff_app: StaffApp) -> None:
    owner, other = (session_of(staff_app.badge(role)) for role in ("viewer", "admin"))
    staff_app.send("POST", "/staff/views", form={"name": "only mine", "query": "review=new"}, **owner)
    with staff_app.database.read() as connection:
        query = sa.select(schema.saved_views.c.id).where(schema.saved_views.c.name == "only mine")
        view = connection.execute(query).scalar_one()
    assert staff_app.send("POST", f"/staff/views/{view}/delete", form={}, **other).status == 404
    assert staff_app.send("POST", f"/staff/views/{view}/delete", form={}, **owner).status == 303


def test_an_alert_of_another_conversation_is_not_acknowledged_by_its_number(staff_app: StaffApp) -> None:
    mine, other = staff_app.conversation(), staff_app.conversation()
    with staff_app.database.write() as connection:
        add_alert(connection, other)
        query = sa.select(schema.alerts.c.id).where(schema.alerts.c.conversation_id == other)
        alert = connection.execute(query).scalar_one()
    proof = session_of(staff_app.badge("reviewer"))
    staff_app.send("POST", f"/staff/conversations/{mine}/acknowledge", form={"alerts": str(alert)}, **proof)
    with staff_app.database.read() as connection:
        seen = sa.select(schema.alerts.c.acknowledged_at).where(schema.alerts.c.id == alert)
        assert connection.execute(seen).scalar_one() is None


def test_a_visit_of_another_conversation_is_not_confirmed_by_its_reference(staff_app: StaffApp) -> None:
    staff_app.conversation()
    others, mine = staff_app.reference, staff_app.conversation()
    proof = session_of(staff_app.badge("reviewer"))
    answer = staff_app.send("POST", f"/staff/conversations/{mine}/confirm", form={"reference": others}, **proof)
    assert answer.status == 409
    with staff_app.database.read() as connection:
        query = sa.select(schema.bookings.c.status).where(schema.bookings.c.reference == others)
        assert connection.execute(query).scalar_one() == "requested"


def members(staff_app: StaffApp) -> list[tuple[str, str, bool]]:
    """Who there is: no trick adds, removes or promotes anybody."""
    with staff_app.database.read() as connection:
        query = sa.select(schema.staff.c.name, schema.staff.c.role, schema.staff.c.disabled).order_by(schema.staff.c.id)
        return [tuple(row) for row in connection.execute(query)]
