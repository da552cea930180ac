"""A FHIR server that is away, slow, broken or sly: calls end in time, with an error and no word of the server's."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from knee_intake.booking.fhir import FhirCalendar
from knee_intake.booking.fhir_http import Budget
from knee_intake.errors import BookingError, CalendarUnavailableError, SettingsError
from tests.booking.fhir_client import START, a_calendar, a_visit, foreign
from tests.booking.fhir_server import FhirStore, Reply, Seen, fhir_server, outcome, reply
from tests.booking.test_fhir_calendar import DAY, HALF

WORDS = "Maria Muster, torn meniscus"
EMPTY = {"resourceType": "Bundle", "type": "searchset"}


@pytest.fixture
def store() -> Iterator[FhirStore]:
    with fhir_server(FhirStore()) as store:
        yield store


@pytest.fixture
def calendar(store: FhirStore) -> Iterator[FhirCalendar]:
    with a_calendar(store.base) as calendar:
        yield calendar


def times(number: int, answer: Reply) -> Callable[[Seen], Reply | None]:
    """Answer so many requests like this, then go on as usual."""
    left = [answer] * number
    return lambda _seen: left.pop() if left else None


CALLS: list[Callable[[FhirCalendar], object]] = [
    lambda calendar: calendar.busy(["one"], START, START + DAY),
    lambda calendar: calendar.write(a_visit()),
    lambda calendar: calendar.update(a_visit()),
    lambda calendar: calendar.remove(a_visit().uid),
    lambda calendar: calendar.ours(START, START + DAY),
]
each_call = pytest.mark.parametrize("call", CALLS, ids=["busy", "write", "update", "remove", "ours"])

BROKEN: dict[str, Reply] = {
    "500": outcome(500, "exception", WORDS),
    "503 without a body": (503, {}, b""),
    "400 as a page": (400, {"Content-Type": "text/html"}, f"<p>{WORDS}</p>".encode()),
    "403": outcome(403, "forbidden", WORDS),
    "no JSON": (200, {}, f"<html>{WORDS}".encode()),
    "half JSON": (200, {}, b'{"resourceType": "Bundle", "entry": ['),
    "too short": (200, {"Content-Length": "5000"}, json.dumps(EMPTY).encode()),
    "no object": (200, {}, b"[]"),
    "another resource": reply(200, {"resourceType": "Patient", "id": WORDS}),
    "nothing": (200, {}, b""),
    "deep": (200, {}, b"[" * 100_000),
    "not text": (200, {}, b'{"resourceType": "\xff"}'),
    "entries that are none": reply(200, {**EMPTY, "entry": [WORDS]}),
    "entry that is no list": reply(200, {**EMPTY, "entry": {}}),
    "elsewhere": (302, {"Location": "http://127.0.0.1:9/fhir"}, b""),
    "401": outcome(401, "login", WORDS),
}


@each_call
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_a_calendar_that_is_unavailable(
    store: FhirStore, call: Callable[[FhirCalendar], object], broken: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knee_intake.booking.fhir_http.PAUSES_S", (0.0, 0.0))
    store.answers.append(lambda _seen: broken)
    with a_calendar(store.base) as calendar, pytest.raises(CalendarUnavailableError) as raised:
        call(calendar)
    assert "Muster" not in str(raised.value)


@pytest.mark.parametrize(
    "change",
    [
        {"start": "soon"},
        {"start": "2026-03-16T14:00:00"},
        {"id": None},
        {"status": 7},
        {"participant": {}},
        {"participant": [{"actor": "Practitioner/one"}]},
        {"meta": {"versionId": 3}},
        {"identifier": "x"},
    ],
)
def test_an_appointment_that_cannot_be_read_is_not_overlooked(
    store: FhirStore, calendar: FhirCalendar, change: dict[str, Any]
) -> None:
    broken = {**foreign(), "id": "b", **change}
    store.answers.append(
        lambda seen: reply(200, {**EMPTY, "entry": [{"resource": broken}]}) if "Appointment" in seen.path else None
    )
    with pytest.raises(CalendarUnavailableError, match="Appointment cannot be read"):
        calendar.busy(["one"], START, START + DAY)


def test_what_fails_once_or_twice_is_tried_again(store: FhirStore, calendar: FhirCalendar) -> None:
    store.answers.append(times(2, outcome(503, "transient")))
    calendar.write(a_visit())
    assert len(store.standing()) == 1


def test_a_server_that_says_when_is_asked_again_then(store: FhirStore, calendar: FhirCalendar) -> None:
    status, headers, body = outcome(429, "throttled")
    store.answers.append(times(1, (status, {**headers, "Retry-After": "1"}, body)))
    began = time.monotonic()
    calendar.busy(["one"], START, START + DAY)
    assert time.monotonic() - began >= 1.0


def test_a_server_that_wants_too_long_a_pause_is_unavailable(store: FhirStore, calendar: FhirCalendar) -> None:
    status, headers, body = outcome(429, "throttled")
    store.answers.append(times(1, (status, {**headers, "Retry-After": "60"}, body)))
    with pytest.raises(CalendarUnavailableError, match=r"status 429 \(throttled\)"):
        calendar.busy(["one"], START, START + DAY)


def test_a_create_whose_answer_is_lost_is_repeated_and_stands_once(store: FhirStore, calendar: FhirCalendar) -> None:
    lost = [outcome(502, "transient")]

    def lose_the_answer(seen: Seen) -> Reply | None:
        if seen.method == "POST" and lost:
            store._create(seen)
            return lost.pop()
        return None

    store.answers.append(lose_the_answer)
    calendar.write(a_visit())
    assert len(store.asked("POST")) == 2
    assert len(store.all("Appointment")) == 1


def test_an_update_whose_answer_is_lost_is_repeated_and_counts(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    lost = [outcome(502, "transient")]

    def lose_the_answer(seen: Seen) -> Reply | None:
        if seen.method == "PUT" and lost:
            store._update("Appointment", "1", seen)
            return lost.pop()
        return None

    store.answers.append(lose_the_answer)
    calendar.update(a_visit(status="booked", sequence=1))
    assert store.all("Appointment")[0]["status"] == "booked"
    assert store.all("Appointment")[0]["meta"]["versionId"] == "2"


def test_a_visit_is_taken_back_where_reading_it_back_fails(store: FhirStore) -> None:
    def fail_after_create(seen: Seen) -> Reply | None:
        is_look_back = seen.method == "GET" and any(name == "actor" for name, _ in seen.query)
        return outcome(500, "exception") if is_look_back and store.asked("POST") else None

    store.answers.append(fail_after_create)
    with a_calendar(store.base, calendar_slots=False) as calendar, pytest.raises(CalendarUnavailableError):
        calendar.write(a_visit())
    assert [one["status"] for one in store.all("Appointment")] == ["cancelled"]


# -- time ------------------------------------------------------------------------------------------------------------


def test_a_slow_server_ends_the_call_within_its_budget(store: FhirStore) -> None:
    store.answers.append(lambda _seen: time.sleep(3.0))  # type: ignore[func-returns-value]
    began = time.monotonic()
    with a_calendar(store.base, calendar_timeout=0.6) as calendar, pytest.raises(CalendarUnavailableError):
        calendar.busy(["one"], START, START + DAY)
    assert time.monotonic() - began < 2.8


def test_a_server_that_sends_a_byte_at_a_time_ends_the_call_too() -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b" ")
            time.sleep(0.05)

    began = time.monotonic()
    with (
        raw_server(drip) as base,
        a_calendar(base, calendar_timeout=0.6) as calendar,
        pytest.raises(CalendarUnavailableError),
    ):
        calendar.busy(["one"], START, START + DAY)
    assert time.monotonic() - began < 4.5


def test_a_server_that_hangs_up_is_unavailable() -> None:
    with (
        raw_server(lambda connection: connection.close()) as base,
        a_calendar(base) as calendar,
        pytest.raises(CalendarUnavailableError, match="gave no answer: ConnectionError"),
    ):
        calendar.busy(["one"], START, START + DAY)


def test_nobody_there_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}/fhir"
    with a_calendar(base) as calendar, pytest.raises(CalendarUnavailableError, match="gave no answer"):
        calendar.write(a_visit())


def test_an_answer_without_end_is_cut_off(store: FhirStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knee_intake.booking.fhir_http.LARGEST_BODY", 1000)
    store.answers.append(lambda _seen: reply(200, {**EMPTY, "id": "x" * 2000}))
    with a_calendar(store.base) as calendar, pytest.raises(CalendarUnavailableError, match="too long"):
        calendar.busy(["one"], START, START + DAY)


def test_a_budget_does_not_wait_longer_than_it_has() -> None:
    slept: list[float] = []
    now = [100.0]
    budget = Budget(6.0, monotonic=lambda: now[0], sleep=slept.append)
    budget.pause(5.9)
    with pytest.raises(CalendarUnavailableError):
        budget.pause(6.0)
    now[0] = 106.0
    with pytest.raises(CalendarUnavailableError):
        budget.check()
    assert slept == [5.9]


# -- paging ----------------------------------------------------------------------------------------------------------


def test_all_pages_are_read(store: FhirStore, calendar: FhirCalendar) -> None:
    store.largest_page = 2
    for number in range(7):
        store.add(foreign(START + number * HALF))
    assert len(calendar.busy(["one"], START, START + DAY)) == 7
    assert len(store.asked("GET", "Appointment")) == 4


def test_a_relative_next_page_is_read(store: FhirStore, calendar: FhirCalendar) -> None:
    first = {**EMPTY, "link": [{"relation": "next", "url": "/fhir/Appointment?_count=200"}]}
    store.add(foreign())
    store.answers.append(times(1, reply(200, first)))
    assert len(calendar.busy(["one"], START, START + DAY)) == 1


@pytest.mark.parametrize(
    "elsewhere", ["http://127.0.0.1:1/fhir", "https://{host}/fhir", "//evil.example/fhir", "http://[", "ftp://{host}/"]
)
def test_a_next_page_on_another_server_is_not_read(store: FhirStore, calendar: FhirCalendar, elsewhere: str) -> None:
    url = elsewhere.format(host=store.base.split("/")[2])
    store.answers.append(times(1, reply(200, {**EMPTY, "link": [{"relation": "next", "url": url}]})))
    with pytest.raises(CalendarUnavailableError, match="next page"):
        calendar.busy(["one"], START, START + DAY)
    assert len(store.seen) == 1


def test_pages_without_end_are_refused(store: FhirStore, calendar: FhirCalendar) -> None:
    circle = {**EMPTY, "link": [{"relation": "next", "url": f"{store.base}/Appointment"}]}
    store.answers.append(lambda _seen: reply(200, circle))
    with pytest.raises(CalendarUnavailableError, match="more than 50 pages"):
        calendar.busy(["one"], START, START + DAY)
    assert len(store.seen) == 50


def test_what_a_server_includes_beside_the_matches_is_left_aside(store: FhirStore, calendar: FhirCalendar) -> None:
    page = {**EMPTY, "entry": [{"resource": {"resourceType": "OperationOutcome"}}, {"resource": None}, {}]}
    store.answers.append(lambda _seen: reply(200, page))
    assert calendar.busy(["one"], START, START + DAY) == []


# -- what is said and kept -------------------------------------------------------------------------------------------


def test_a_refusal_is_told_with_its_codes_and_not_with_its_words(
    store: FhirStore, calendar: FhirCalendar, caplog: pytest.LogCaptureFixture
) -> None:
    issues = [{"severity": "error", "code": code, "diagnostics": WORDS} for code in ("required", WORDS, 7)]
    refusal = reply(422, {"resourceType": "OperationOutcome", "issue": [*issues, WORDS]})
    store.answers.append(lambda seen: refusal if seen.method == "POST" else None)
    with caplog.at_level(logging.DEBUG), pytest.raises(CalendarUnavailableError) as raised:
        calendar.write(a_visit())
    assert str(raised.value) == "the calendar server refuses to create an Appointment: status 422 (required)"
    assert "Muster" not in caplog.text


def test_a_visit_that_cannot_be_taken_back_is_logged_and_the_first_error_stays(
    store: FhirStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.before_create = lambda: store.add(foreign()) if not store.standing() else None
    store.read_only = store.not_deleted = frozenset({"Appointment"})
    with a_calendar(store.base) as calendar, pytest.raises(BookingError, match="another visit at this time"):
        calendar.write(a_visit())
    assert "could not be taken back" in caplog.text
    assert a_visit().uid not in caplog.text


def test_the_key_of_netrc_and_cookies_are_never_sent(
    store: FhirStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    store.answers.append(times(1, (200, {"Set-Cookie": "session=1; Path=/"}, json.dumps(EMPTY).encode())))
    with a_calendar(store.base, calendar_token="ours") as calendar:
        calendar.busy(["one"], START, START + DAY)
        calendar.busy(["one"], START, START + DAY)
    assert {one.headers.get("authorization") for one in store.seen} == {"Bearer ours"}
    assert [one.headers["cookie"] for one in store.seen if "cookie" in one.headers] == []


def test_searches_ask_for_what_is_there_now(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.busy(["one"], START, START + DAY)
    assert {one.headers["cache-control"] for one in store.seen} == {"no-cache"}
    assert {one.headers["accept"] for one in store.seen} == {"application/fhir+json"}


def test_closing_lets_the_connections_go(store: FhirStore, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(requests.Session, "close", lambda _session: closed.append(True))
    with a_calendar(store.base):
        pass
    assert closed == [True]


# -- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "", "ehr.example/fhir", "ftp://ehr.example", "http://ehr.example/fhir", "http://10.0.0.7/fhir", "https://",
        "https://me:secret@ehr.example/fhir", "https://ehr.example/fhir?tenant=1", "https://ehr.example:port/fhir",
        "http://127.0.0.1.evil.example/fhir",
    ],
)  # fmt: skip
def test_an_address_over_which_a_key_would_travel_readable_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^KNEE_INTAKE_CALENDAR_URL: ") as raised, a_calendar(url):
        pass
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("https://ehr.example/fhir/", {}),
        ("http://127.0.0.1:8080/fhir", {}),
        ("http://localhost/fhir", {}),
        ("http://[::1]:8080/fhir", {}),
        ("http://ehr.local/fhir", {"calendar_allow_http": True}),
    ],
)
def test_https_loopback_and_what_the_setting_allows_are_taken(url: str, settings: dict[str, Any]) -> None:
    with a_calendar(url, **settings) as calendar:
        assert isinstance(calendar, FhirCalendar)


# -- a server of bytes -----------------------------------------------------------------------------------------------


class raw_server:  # noqa: N801 (used as a function)
    """`with raw_server(talk) as base:` gives every connection to `talk`, then closes it."""

    def __init__(self, talk: Callable[[socket.socket], object]) -> None:
        self._talk = talk
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/fhir"

    def __exit__(self, *_error: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):  # the client goes away, as it should
                self._talk(connection)
