"""Parts die in the middle of a turn: the visitor gets a clear answer, nothing is lost, doubled or half-written."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.booking import FreeTime
from knee_intake.errors import StorageError, VersionConflictError
from knee_intake.records import schema
from tests.integration.conftest import Running, Visitor

ID = "5a1d7a3e-7d63-4f2e-8b1f-9d0a52a4b5c6"
WRITTEN_BY_TURNS = (
    schema.tracker_events,
    schema.intakes,
    schema.consents,
    schema.alerts,
    schema.bookings,
    schema.callbacks,
    schema.outbox,
)
EMERGENCY = "my chest hurts and I can't breathe"


class FaultError(RuntimeError):
    """What a broken part raises; its words must never reach a visitor."""


def broken(*_args: Any, **_kwargs: Any) -> Any:
    raise FaultError("secret words of an exception")


class Breakable:
    """The understanding, which can be broken and mended."""

    def __init__(self, understanding: Any) -> None:
        self._whole = understanding
        self.fault: Callable[[], None] = lambda: None
        self.reader = SimpleNamespace(read=self._read)
        self.reader_too = False

    def understand(self, *args: Any, **kwargs: Any) -> Any:
        self.fault()
        return self._whole.understand(*args, **kwargs)

    def _read(self, *args: Any, **kwargs: Any) -> Any:
        if self.reader_too:
            self.fault()
        return self._whole.reader.read(*args, **kwargs)


@pytest.fixture
def breakable(models: Any) -> Any:
    return SimpleNamespace(agent=models.agent, understanding=Breakable(models.understanding))


def assert_failed(answer: Any, code: str = "turn_failed", status: int = 503) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert body["detail"].endswith((".", "!"))
    assert "secret" not in answer.text
    assert "FaultError" not in answer.text
    return body


def written(running: Running) -> dict[str, Any]:
    """All that turns write."""
    rows: dict[str, Any] = {table.name: running.rows(table) for table in WRITTEN_BY_TURNS}
    rows["answered"] = [row for row in running.rows(schema.messages) if row["sender"] != "visitor" or row["answered"]]
    rows["versions"] = [(row["id"], row["version"], row["status"]) for row in running.rows(schema.conversations)]
    return rows


def mine(visitor: Visitor, message_id: str = ID) -> list[dict[str, Any]]:
    return [message for message in visitor.messages() if message.get("id") == message_id]


def assert_answered_once(running: Running, visitor: Visitor, text: str, message_id: str = ID) -> list[dict[str, Any]]:
    """The same id now has its answer, and all is there exactly once."""
    answer = visitor.post(text, message_id)
    assert answer.status_code == 200, answer.text
    visitor.last = answer.json()["messages"]
    assert visitor.last
    assert len(mine(visitor, message_id)) == 1
    messages = visitor.messages()
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    own = [row for row in running.rows(schema.messages) if row["conversation_id"] == visitor.conversation]
    asked = [row["seq"] for row in own if row["sender"] == "visitor"]
    assert all(row["answered"] for row in own if row["sender"] == "visitor")
    assert sorted({row["reply_to"] for row in own if row["reply_to"]}) == asked
    assert len([row for row in own if row["reply_to"] == mine(visitor, message_id)[0]["seq"]]) == len(visitor.last)
    assert visitor.post(text, message_id).json()["messages"] == visitor.last
    return visitor.last


# ---- actions and Rasa --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        "actions.base.open_talk",
        "actions.base.send",
        "actions.base.store",
        "actions.intake.remember_merged",
        "rasa_sdk.executor.ActionExecutor.run",
        "rasa.core.processor.MessageProcessor._predict_next_with_tracker",
    ],
)
def test_what_raises_in_an_action_or_in_rasa_fails_the_turn_whole(
    running: Running, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    visitor = running.visitor().consent()
    before = written(running)
    with monkeypatch.context() as patch:
        patch.setattr(part, broken)
        for _ in range(2):
            assert "Your message is kept" in assert_failed(visitor.post("self", ID))["detail"]
            assert written(running) == before
            assert [message["text"] for message in mine(visitor)] == ["self"], "kept, once"
    assert_answered_once(running, visitor, "self")
    assert visitor.asked == "emergency_screen"


def test_an_action_that_says_nothing_fails_the_turn(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = running.visitor().consent()
    before = written(running)
    with monkeypatch.context() as patch:
        patch.setattr("actions.base.send", lambda *_: [])
        assert_failed(visitor.post("self", ID))
        assert written(running) == before
    assert_answered_once(running, visitor, "self")


def test_a_visit_that_failed_to_be_asked_for_is_asked_for_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = running.visitor().interview()
    visitor.say("book")
    visitor.say(visitor.last[-1]["choices"][0]["value"], "Robin, robin@example.org")
    before = written(running)
    with monkeypatch.context() as patch:
        patch.setattr("actions.base.store", broken)  # after the visit was placed
        assert_failed(visitor.post("yes", ID))
        assert written(running) == before
    assert_answered_once(running, visitor, "yes")
    assert [row["status"] for row in running.rows(schema.bookings) if row["status"] != "cancelled"] == ["requested"]
    assert visitor.intake()["booking"]["reference"] in visitor.text


def test_an_emergency_needs_no_rasa(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = running.visitor().consent()
    with monkeypatch.context() as patch:
        patch.setattr("knee_intake.dialogue.agent.RasaAgent.turn", broken)
        assert [message.get("alert") for message in visitor.say(EMERGENCY)] == ["emergency_911"]
    assert [row["urgency"] for row in running.rows(schema.alerts)] == ["emergency_911"]
    assert visitor.intake()["status"] == "advised"
    assert visitor.say("thank you"), "the conversation goes on with Rasa, which was told by its events"


def test_a_less_urgent_text_is_shown_in_the_problem_when_the_turn_fails(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = running.visitor().consent()
    text = "since yesterday one calf is swollen and sore"
    with monkeypatch.context() as patch:
        patch.setattr("actions.base.open_talk", broken)
        problem = assert_failed(visitor.post(text, ID))
    assert problem["alert"] == "same_day"
    assert_answered_once(running, visitor, text)
    assert visitor.last[0]["text"] == problem["detail"]


def test_who_writes_on_after_a_failed_turn_gets_both_answers_in_order(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = running.visitor().consent()
    with monkeypatch.context() as patch:
        patch.setattr("actions.base.open_talk", broken)
        assert_failed(visitor.post("self", ID))
    visitor.say("none of these")
    assert visitor.asked == "pain_location"
    assert visitor.value("who_for") == "self"
    assert_answered_once(running, visitor, "self")


def test_what_stayed_open_is_answered_at_the_next_start(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with start() as running, monkeypatch.context() as patch:
        visitor = running.visitor().consent()
        patch.setattr("actions.base.open_talk", broken)
        assert_failed(visitor.post("self", ID))
    with start() as running:
        visitor.client = running.client
        assert visitor.messages()[-1]["input"]["for"] == "emergency_screen"
        assert_answered_once(running, visitor, "self")


# ---- understanding -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader_too", [False, True])
@pytest.mark.parametrize("before", [(), ("knee", "yes")], ids=["before consent", "after consent"])
def test_a_broken_understanding_fails_the_turn_whole(
    start: Callable[..., Any], breakable: Any, before: tuple[str, ...], reader_too: bool
) -> None:
    with start(breakable) as running:
        visitor = running.visitor()
        if before:
            visitor.say(*before)
        rows = written(running)
        breakable.understanding.fault, breakable.understanding.reader_too = broken, reader_too
        text = "my left knee hurts since spring"
        assert_failed(visitor.post(text, ID))
        assert written(running) == rows
        assert [message["text"] for message in mine(visitor)] == [text]
        breakable.understanding.fault = lambda: None
        assert_answered_once(running, visitor, text)


def test_an_emergency_needs_no_model(start: Callable[..., Any], breakable: Any) -> None:
    with start(breakable) as running:
        visitor = running.visitor().consent()
        breakable.understanding.fault = broken
        assert [message.get("alert") for message in visitor.say(EMERGENCY)] == ["emergency_911"]
        assert [row["urgency"] for row in running.rows(schema.alerts)] == ["emergency_911"]


def test_an_emergency_before_consent_needs_no_model(start: Callable[..., Any], breakable: Any) -> None:
    with start(breakable) as running:
        visitor = running.visitor()
        breakable.understanding.fault = broken
        assert visitor.say(EMERGENCY)[0]["alert"] == "emergency_911"
        assert [(row["urgency"], row["shown"]) for row in running.rows(schema.alerts)] == [("emergency_911", None)]


def test_an_emergency_while_staff_answer_needs_no_model(start: Callable[..., Any], breakable: Any) -> None:
    with start(breakable) as running:
        visitor = running.visitor().consent()
        running.client.portal.call(running.dialogue.staff_takeover, visitor.conversation, running.member())
        assert visitor.say("hello?") == [], "a person answers"
        breakable.understanding.fault = broken
        assert [message.get("alert") for message in visitor.say(EMERGENCY)] == ["emergency_911"]
        assert [row["urgency"] for row in running.rows(schema.alerts)] == ["emergency_911"]


def test_a_message_that_staff_answered_can_be_sent_again_after_the_hand_back(running: Running) -> None:
    visitor = running.visitor().consent()
    running.client.portal.call(running.dialogue.staff_takeover, visitor.conversation, running.member())
    first = visitor.post("hello?", ID)
    assert (first.status_code, first.json()["handled_by"], first.json()["messages"]) == (200, "staff", [])
    running.client.portal.call(running.dialogue.staff_handback, visitor.conversation, running.member())
    assert visitor.post("hello?", ID).json() == first.json()
    assert visitor.say("self"), "the assistant answers again"


# ---- the database --------------------------------------------------------------------------------------------------


def test_a_database_that_goes_away_and_comes_back_loses_nothing(running: Running) -> None:
    visitor = running.visitor().consent()
    var = Path(running.context.settings.var_path)
    away = var.with_name("away")
    before = written(running)
    var.rename(away)
    try:
        for method, path in (("GET", "/messages"), ("GET", "/intake"), ("GET", "/events"), ("DELETE", "")):
            assert_failed(visitor.client.request(method, visitor.path + path, headers=visitor.headers), "storage")
        assert_failed(visitor.client.post("/api/conversations"), "storage")
        assert "could not save" in assert_failed(visitor.post("self", ID), "storage")["detail"]
        emergency = assert_failed(visitor.post(EMERGENCY), "storage")
        assert emergency["alert"] == "emergency_911"
        assert "911" in emergency["detail"]
        ready = running.client.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "down")
        assert running.client.get("/healthz").status_code == 200
        assert not var.exists(), "no new, empty database is made in its place"
    finally:
        away.rename(var)
    assert written(running) == before
    assert running.client.get("/readyz").status_code == 200
    assert_answered_once(running, visitor, "self")
    assert visitor.asked == "emergency_screen"


def test_a_database_without_its_tables_is_told_and_loses_nothing(running: Running) -> None:
    """Somebody restores a wrong file: the turn fails at the write, with everything else in place."""
    visitor = running.visitor().consent()
    before = written(running)
    with running.context.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE intakes RENAME TO elsewhere"))
    assert "alert" not in assert_failed(visitor.post("me", ID), "storage")
    with running.context.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO intakes"))
    assert written(running) == before
    assert_answered_once(running, visitor, "me")


class FailingAt:
    """Makes the statement number `at` of each request fail, and, where it `stays`, all after it."""

    def __init__(self, database: Any, *, stays: bool) -> None:
        self.at, self._seen, self._stays = 0, 0, stays
        self.armed = False
        sa.event.listen(database.engine, "before_cursor_execute", self._statement)

    def arm(self, at: int) -> None:
        self.at, self._seen, self.armed = at, 0, True

    @property
    def fired(self) -> bool:
        return self._seen > self.at

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not self.armed:
            return
        self._seen += 1
        if self._seen == self.at + 1 or (self._stays and self._seen > self.at):
            raise sa.exc.OperationalError(statement, {}, FaultError("disk I/O error"))


@pytest.mark.parametrize("stays", [False, True], ids=["for a moment", "until the answer"])
def test_the_database_may_fail_at_any_statement_of_the_turn_that_asks_for_a_visit(
    running: Running, stays: bool
) -> None:
    visitor = running.visitor().interview()
    visitor.say("book")
    visitor.say(visitor.last[-1]["choices"][0]["value"], "Robin, robin@example.org")
    before, failing = written(running), FailingAt(running.context.database, stays=stays)
    failed = 0
    for at in range(100):
        failing.arm(at)
        answer = visitor.post("yes", ID)
        fired, failing.armed = failing.fired, False
        if answer.status_code == 200:
            if not fired:
                break
            continue  # only the giving back of a lease failed
        failed += 1
        assert_failed(answer, "storage")
        if written(running) != before:
            saved = [row["status"] for row in running.rows(schema.bookings) if row["status"] != "cancelled"]
            assert saved == ["requested"], "what was saved was saved whole; only reading it back failed"
        assert len(mine(visitor)) <= 1
    else:
        pytest.fail("the turn never came to an end")
    assert failed > 10, "the turn has that many statements at least"
    assert_answered_once(running, visitor, "yes")
    assert visitor.intake()["booking"]["reference"] in visitor.text
    assert [row["status"] for row in running.rows(schema.bookings) if row["status"] != "cancelled"] == ["requested"]


def test_a_ticked_emergency_is_shown_even_if_it_cannot_be_saved(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ticked value says nothing by itself: the text comes from the turn that could not be saved."""
    visitor = running.visitor().consent()
    visitor.say("self")
    ticked = visitor.last[-1]["choices"][0]["value"]
    with monkeypatch.context() as patch:
        patch.setattr(running.store, "commit", raising(StorageError("disk full")))
        problem = assert_failed(visitor.post(ticked, ID), "storage")
        assert running.rows(schema.alerts) == []
    assert problem["alert"] in ("emergency_911", "emergency_room")
    assert [message["text"] for message in assert_answered_once(running, visitor, ticked)] == [problem["detail"]]
    assert len(running.rows(schema.alerts)) == 1


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_args: Any, **_kwargs: Any) -> Any:
        raise error

    return fail


def test_an_unexpected_error_is_told_in_a_way_that_another_site_can_read(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = running.visitor()
    monkeypatch.setattr(running.store, "transcript", broken)
    headers = {**visitor.headers, "Origin": "https://clinic.example"}
    answer = visitor.client.get(f"{visitor.path}/messages", headers=headers)
    assert_failed(answer, "internal", 500)
    assert answer.headers["access-control-allow-origin"] == "*"


# ---- somebody else was first ---------------------------------------------------------------------------------------


def take_first(running: Running, monkeypatch: pytest.MonkeyPatch, deed: Callable[[Any], None]) -> None:
    """Do `deed` in a transaction of its own just before the next turn is saved."""
    commit, done = running.store.commit, threading.Event()

    def commit_second(turn: Any) -> Any:
        if not done.is_set():
            done.set()
            with running.context.database.write() as connection:
                deed(connection)
        return commit(turn)

    monkeypatch.setattr(running.store, "commit", commit_second)


def somebody_takes(running: Running, value: str) -> Callable[[Any], None]:
    """Somebody else asks for every visit that starts then."""

    def deed(connection: Any) -> None:
        held = schema.bookings.c.status == "held"
        connection.execute(schema.bookings.update().where(held).values(status="cancelled"))
        calendar = running.context.calendar
        for time in free_at(running, value):
            calendar.place(
                connection, key=f"other:{time.clinician}", conversation=None, time=time, first_name="Kim",
                contact="kim@example.org", source="widget", now=running.clock(),
            )  # fmt: skip

    return deed


def free_at(running: Running, value: str) -> list[FreeTime]:
    from knee_intake.booking import Wish

    kind = running.context.clinic.practice.first_visit.id
    times = running.context.calendar.free_times(kind, Wish(), running.clock(), 500)
    return [time for time in times if time.value == value]


def test_a_time_that_is_taken_while_it_is_chosen_is_told_and_others_are_offered(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = running.visitor().interview()
    visitor.say("book")
    value = visitor.last[-1]["choices"][0]["value"]
    with monkeypatch.context() as patch:
        take_first(running, patch, somebody_takes(running, value))
        answer = visitor.post(value, ID)
        assert answer.status_code == 200, answer.text
        visitor.last = answer.json()["messages"]
    assert "just taken" in visitor.text
    assert visitor.asked == "appointment"
    assert value not in [choice["value"] for choice in visitor.last[-1]["choices"]]
    assert {row["first_name"] for row in running.rows(schema.bookings) if row["status"] == "requested"} == {"Kim"}
    visitor.say(visitor.last[-1]["choices"][0]["value"], "Robin, robin@example.org", "yes")
    assert visitor.intake()["status"] == "booked"


def test_a_held_time_that_is_lost_before_the_last_yes_is_told_and_no_visit_is_claimed(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = running.visitor().interview()
    visitor.say("book")
    value = visitor.last[-1]["choices"][0]["value"]
    times = free_at(running, value)
    visitor.say(value, "Robin, robin@example.org")
    with monkeypatch.context() as patch:
        patch.setattr("tests.integration.test_failures.free_at", lambda *_: times)
        take_first(running, patch, somebody_takes(running, value))
        visitor.say("yes")
    assert "just taken" in visitor.text
    assert "reference" not in visitor.text
    assert (visitor.intake()["status"], visitor.intake()["booking"]) == ("active", None)
    assert [row["kind"] for row in running.rows(schema.outbox)] == [], "staff hear of no visit"
    visitor.say(visitor.last[-1]["choices"][0]["value"], "yes")
    assert visitor.intake()["status"] == "booked"


def test_a_turn_that_was_overtaken_runs_again_and_is_saved_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = running.visitor().consent()
    table = schema.conversations

    def overtake(connection: Any) -> None:
        connection.execute(table.update().values(version=table.c.version + 1))

    (before,) = running.rows(table)
    take_first(running, monkeypatch, overtake)
    assert_answered_once(running, visitor, "self")
    (after,) = running.rows(table)
    assert after["version"] == before["version"] + 2, "the other's and ours: neither was written over"
    assert visitor.asked == "emergency_screen"


def test_a_turn_that_is_overtaken_each_time_gives_up_honestly(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = running.visitor().consent()
    before = written(running)
    with monkeypatch.context() as patch:
        patch.setattr(running.store, "commit", raising(VersionConflictError("somebody else was first")))
        assert_failed(visitor.post("self", ID), "version_conflict")
    assert written(running) == before
    assert_answered_once(running, visitor, "self")


def test_a_conversation_that_another_process_answers_is_waited_for_and_then_told(
    start: Callable[..., Any],
) -> None:
    with start(turn_timeout=0.5) as running:
        visitor = running.visitor().consent()
        lease = {"lease_owner": "another", "lease_until": running.clock() + timedelta(minutes=1)}
        with running.context.database.write() as connection:
            connection.execute(schema.conversations.update().values(**lease))
        before = written(running)
        assert_failed(visitor.post("self", ID))
        assert written(running) == before
        running.clock.advance(minutes=2)  # the other process is dead, its lease has run out
        assert_answered_once(running, visitor, "self")


# ---- slow parts and clients that go away ---------------------------------------------------------------------------


def test_a_turn_that_takes_too_long_is_told_and_answered_later(start: Callable[..., Any], breakable: Any) -> None:
    with start(breakable, turn_timeout=1) as running:
        visitor, go_on = running.visitor().consent(), threading.Event()
        before = written(running)
        breakable.understanding.fault = lambda: go_on.wait(30) and None
        problem = assert_failed(visitor.post("I'm not sure, " + EMERGENCY, ID))
        assert problem["alert"] == "emergency_911", "the rules alone have read it"
        assert written(running) == before
        go_on.set()
        assert_answered_once(running, visitor, "I'm not sure, " + EMERGENCY)


def test_a_turn_that_was_given_up_and_saved_late_is_not_answered_twice(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first save hangs past the time limit and lands while the second try is under way."""
    with start(turn_timeout=1) as running:
        visitor = running.visitor().consent()
        commit, calls = running.store.commit, iter(range(100))
        let_go, landed = threading.Event(), threading.Event()

        def slow_commit(turn: Any) -> Any:
            if next(calls) == 0:
                let_go.wait(30)
                try:
                    return commit(turn)
                finally:
                    landed.set()
            let_go.set()
            landed.wait(30)
            return commit(turn)

        with monkeypatch.context() as patch:
            patch.setattr(running.store, "commit", slow_commit)
            assert_failed(visitor.post("self", ID))
            assert visitor.post("self", ID).status_code == 200
        assert_answered_once(running, visitor, "self")
        assert visitor.asked == "emergency_screen"


def test_a_client_that_goes_away_does_not_cut_the_turn_in_half(start: Callable[..., Any], breakable: Any) -> None:
    with start(breakable) as running:
        visitor = running.visitor().consent()
        in_the_middle, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            in_the_middle.set()
            go_on.wait(30)

        breakable.understanding.fault = hold
        message_id = str(uuid.uuid4())

        async def leave_in_the_middle() -> None:
            request = asyncio.ensure_future(running.dialogue.say(visitor.conversation, message_id, "for me"))
            assert await asyncio.to_thread(in_the_middle.wait, 30)
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request

        running.client.portal.call(leave_in_the_middle)
        go_on.set()
        breakable.understanding.fault = broken  # nobody may need to answer it again
        running.client.portal.call(running.dialogue.close)
        assert [message["from"] for message in visitor.messages()][-2:] == ["visitor", "bot"]
        assert_answered_once(running, visitor, "for me", message_id)
        assert visitor.asked == "emergency_screen"
