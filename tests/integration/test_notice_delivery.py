"""Alerts on their way to staff: over a real mail server and a real webhook, again after failures, never twice."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.notices import outbox
from knee_intake.notices.outbox import wait_after
from knee_intake.records import schema
from knee_intake.records.audit import write_audit
from tests.conftest import ROOT, FrozenClock
from tests.integration.staff_rows import conversation_id
from tests.notice_office import HOOK_SECRET, PUBLIC, Office, office, with_alerts
from tests.notice_servers import PASSWORD, USER, Hook, Mailbox, certificate, free_port, hook_server, mail_server

TO_TWO = """\
  escalate_minutes: 10
  recipients:
    desk: {mail: desk@clinic.test}
    doctor: {mail: doctor@clinic.test}
    night: {mail: night@clinic.test}
    hook: {webhook: true}
  told:
    emergency_911: {open: [desk, doctor], closed: [night]}
    same_day: {open: [desk], closed: []}
    soon: {open: [hook], closed: []}
    visit: {open: [desk, doctor], closed: [], escalate_minutes: 30}
    call_back: {open: [desk], closed: []}
    hand_over: {open: [desk, doctor], closed: []}
"""
OPEN = datetime(2026, 3, 10, 15, 0, tzinfo=timezone.utc)
"""Tuesday, eleven in the morning in New York."""
NIGHT = datetime(2026, 3, 11, 1, 0, tzinfo=timezone.utc)
"""Tuesday, nine in the evening in New York."""
MORNING = datetime(2026, 3, 11, 13, 0, tzinfo=timezone.utc)
"""When the clinic opens then."""


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hook_server() as server:
        yield server


@contextmanager
def both(home: Path, clock: FrozenClock, mail: Mailbox, hook: Hook, **settings: Any) -> Iterator[Office]:
    with_alerts(home, TO_TWO)
    clock.now = OPEN
    used = {
        "smtp_url": f"smtp+plain://127.0.0.1:{mail.port}", "webhook_url": hook.url, "webhook_secret": HOOK_SECRET,
        "notice_timeout": 5.0, **settings,
    }  # fmt: skip
    with office(home, clock, **used) as made:
        yield made


@pytest.fixture
def desk(home: Path, clock: FrozenClock, mail: Mailbox, hook: Hook) -> Iterator[Office]:
    with both(home, clock, mail, hook) as made:
        yield made


# ---- a mail


def test_an_alert_reaches_the_first_recipient_with_a_link_and_without_a_word_of_the_patient(
    desk: Office, mail: Mailbox
) -> None:
    conversation = desk.talk()
    desk.alert(conversation)
    assert desk.round() == 1
    (message,) = mail.messages
    assert (message["To"], message["From"]) == ("desk@clinic.test", "Front desk <chat@clinic.test>")
    assert message["Subject"] == "Alert, highest level: 911"
    assert message["Auto-Submitted"] == "auto-generated"
    assert f"{PUBLIC}/staff/conversations/{conversation}" in mail.text()
    assert "Tue, Mar 10, 11:00 AM" in mail.text()
    assert not any(word in mail.text() for word in ("Robin", "RF13", "calf", "example.org"))


def test_what_was_delivered_is_not_delivered_again(desk: Office, mail: Mailbox) -> None:
    desk.alert(desk.talk())
    desk.round()
    assert desk.round() == 0
    assert len(mail.messages) == 1
    (row,) = desk.deliveries()
    assert (row["done_at"], row["last_error"], row["claimed_by"]) == (desk.clock(), None, None)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # aiosmtpd does not see its own smtps
def test_a_mail_goes_over_tls_with_user_and_password(
    home: Path, clock: FrozenClock, hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    login = f"{USER}:p%40ss%2Fword"
    assert PASSWORD == "p@ss/word"
    starttls = {"tls_context": context, "require_starttls": True}
    at_once = {"ssl_context": context, "auth_require_tls": False}
    for scheme, options in (("smtp", starttls), ("smtps", at_once)):
        with (
            mail_server(with_login=True, **options) as box,
            both(home, clock, box, hook, smtp_url=f"{scheme}://{login}@127.0.0.1:{box.port}") as made,
        ):
            made.alert(made.talk(), rule=scheme)
            made.round()
            assert (box.logins, box.recipients) == ([USER], ["desk@clinic.test"])
        (home / "office.sqlite3").unlink()


def test_without_tls_nothing_is_handed_to_a_server_that_has_none(
    home: Path, clock: FrozenClock, mail: Mailbox, hook: Hook
) -> None:
    with both(home, clock, mail, hook, smtp_url=f"smtp://127.0.0.1:{mail.port}") as made:
        made.alert(made.talk())
        made.round()
        assert mail.messages == []
        (row,) = made.deliveries()
        assert row["last_error"] == "the mail server cannot be used (SMTPNotSupportedError)"


# ---- failures


def test_a_server_that_is_busy_is_tried_again_later_and_later(desk: Office, mail: Mailbox) -> None:
    desk.alert(desk.talk())
    mail.answers += ["451 try later", "451 try later"]
    for tries, wait in ((1, 15), (2, 60)):
        desk.round()
        (row,) = desk.deliveries()
        assert (row["tries"], row["next_try_at"]) == (tries, desk.clock() + timedelta(seconds=wait))
        assert row["last_error"] == "the mail server refused the mail (451)"
        assert desk.round() == 0, "not before its time"
        desk.clock.advance(seconds=wait)
    desk.round()
    assert mail.subjects == ["Alert, highest level: 911"]
    assert desk.deliveries()[0]["done_at"] == desk.clock()


def test_the_waits_grow_to_an_hour() -> None:
    assert [wait_after(tries).total_seconds() for tries in range(1, 8)] == [15, 60, 240, 960, 3600, 3600, 3600]


def test_a_repeated_mail_has_the_same_id(desk: Office, mail: Mailbox) -> None:
    desk.alert(desk.talk())
    desk.round()
    with desk.database.write() as connection:  # as if the process had died before it could note the success
        mails = schema.outbox.c.kind == outbox.TO_STAFF
        connection.execute(schema.outbox.update().where(mails).values(done_at=None))
    desk.round()
    first, second = (message["Message-ID"] for message in mail.messages)
    assert first == second
    assert first.endswith("@clinic.test>")


def test_after_so_many_tries_a_notice_is_given_up_until_somebody_has_it_tried_again(
    home: Path, clock: FrozenClock, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = Mailbox(free_port())
    with both(home, clock, nobody, hook, notice_tries=3, notice_timeout=1.0) as made:
        made.event("k", "call_back", {"conversation": made.talk()})
        for _ in range(5):
            made.round()
            clock.advance(hours=1)
        (row,) = made.deliveries()
        assert (row["tries"], row["last_error"]) == (3, "the mail server cannot be used (ConnectionRefusedError)")
        assert row["dead_at"] is not None
        assert f"notice {row['id']} was given up after 3 tries" in caplog.text
        with made.database.write() as connection:
            assert outbox.count_given_up(connection) == 1
            assert outbox.try_again(connection, row["id"])
            assert not outbox.try_again(connection, row["id"]), "it is no longer given up"
        with mail_server() as box:
            made.worker = made.make_worker(smtp_url=f"smtp+plain://127.0.0.1:{box.port}")
            made.round()
            assert box.recipients == ["desk@clinic.test"]


def test_a_recipient_whom_the_server_does_not_know_is_given_up_at_once_and_the_next_is_told(
    desk: Office, mail: Mailbox
) -> None:
    mail.refused.add("desk@clinic.test")
    desk.alert(desk.talk())
    desk.round()
    assert mail.messages == []
    desk.round()
    assert mail.recipients == ["doctor@clinic.test"], "without waiting for ten minutes"
    assert desk.deliveries()[0]["last_error"] == "the mail server refused the recipient (550)"


def test_an_address_never_stands_in_a_log(desk: Office, mail: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mail.refused.add("desk@clinic.test")
    desk.alert(desk.talk())
    desk.round()
    own = [record.getMessage() for record in caplog.records if record.name.startswith("knee_intake")]
    assert any("was given up" in line for line in own)
    assert not any("clinic.test" in line for line in own)


# ---- the webhook


def test_the_webhook_is_called_with_a_signature_that_can_be_checked(desk: Office, hook: Hook) -> None:
    conversation = desk.talk()
    desk.alert(conversation, "soon")
    desk.round()
    (call,) = hook.calls
    timestamp = call.headers["X-Notice-Timestamp"]
    expected = hmac.new(HOOK_SECRET.encode(), f"{timestamp}.".encode() + call.body, hashlib.sha256).hexdigest()
    assert call.headers["X-Notice-Signature"] == f"sha256={expected}"
    assert datetime.fromtimestamp(int(timestamp), timezone.utc) == desk.clock()
    assert json.loads(call.body) == {
        "id": call.headers["X-Notice-Id"],
        "kind": "alert",
        "level": "soon",
        "at": "2026-03-10T15:00:00+00:00",
        "to": "hook",
        "again": False,
        "conversation": conversation,
        "link": f"{PUBLIC}/staff/conversations/{conversation}",
    }


def test_the_check_of_a_signature_in_the_documentation_works(desk: Office, hook: Hook) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "notices.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    names["time"] = SimpleNamespace(time=desk.clock().timestamp)
    desk.alert(desk.talk(), "soon")
    desk.round()
    (call,) = hook.calls
    assert names["is_ours"](HOOK_SECRET, call.headers, call.body)
    assert not names["is_ours"](HOOK_SECRET, call.headers, call.body + b" ")
    assert not names["is_ours"]("another secret", call.headers, call.body)
    names["time"] = SimpleNamespace(time=lambda: desk.clock().timestamp() + 301)
    assert not names["is_ours"](HOOK_SECRET, call.headers, call.body)


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_call_that_fails_is_repeated_with_the_same_id_and_body(desk: Office, hook: Hook, status: int) -> None:
    desk.alert(desk.talk(), "soon")
    hook.statuses.append(status)
    desk.round()
    assert desk.deliveries()[0]["last_error"] == f"the webhook answered {status}"
    desk.clock.advance(seconds=15)
    desk.round()
    first, second = hook.calls
    assert first.headers["X-Notice-Id"] == second.headers["X-Notice-Id"]
    assert first.body == second.body
    assert first.headers["X-Notice-Signature"] != second.headers["X-Notice-Signature"], "signed anew, with its time"
    assert desk.deliveries()[0]["done_at"] is not None


# ---- several processes


def test_two_workers_send_each_notice_once(desk: Office, mail: Mailbox) -> None:
    for number in range(12):
        desk.event(f"k{number}", "cancelled", {"conversation": desk.talk(), "reference": f"R{number}"})
    workers = [desk.worker, desk.make_worker()]

    def work(worker: Any) -> None:
        asyncio.run(worker.round())

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mail.messages) == 12
    assert len({message["Message-ID"] for message in mail.messages}) == 12


def test_what_one_worker_is_delivering_another_leaves_alone_until_the_first_counts_as_dead(
    desk: Office, mail: Mailbox
) -> None:
    desk.alert(desk.talk())
    mail.stall = threading.Event()
    slow = threading.Thread(target=lambda: asyncio.run(desk.worker.round()))
    slow.start()
    deadline = time.monotonic() + 20
    while not any(row["claimed_by"] for row in desk.deliveries()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert asyncio.run(desk.make_worker().round()) == 0
    mail.stall.set()
    slow.join()
    assert len(mail.messages) == 1
    with desk.database.write() as connection:  # a process that died in the middle
        mine = {"done_at": None, "claimed_by": "dead", "claimed_until": desk.clock() + timedelta(seconds=60)}
        connection.execute(schema.outbox.update().where(schema.outbox.c.kind == outbox.TO_STAFF).values(**mine))
    assert desk.round() == 0
    desk.clock.advance(seconds=60)
    assert desk.round() == 1


def test_a_round_that_fails_does_not_end_the_worker(
    desk: Office, mail: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.alert(desk.talk())
    rounds = []
    real = desk.worker.round

    async def round_() -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("a defect")
        tried = await real()
        desk.worker.stop()
        return tried

    monkeypatch.setattr(desk.worker, "round", round_)
    asyncio.run(asyncio.wait_for(desk.worker.run(0.01), 20))
    assert (len(rounds), len(mail.messages)) == (2, 1)


@pytest.mark.parametrize("body", [{}, {"conversation": "x"}, {"conversation": None, "urgency": "lunch"}])
def test_an_event_that_makes_no_sense_holds_up_no_other(desk: Office, mail: Mailbox, body: dict[str, Any]) -> None:
    desk.event("odd", "alert", body)
    desk.event("odd too", "visit", body)
    desk.alert(desk.talk())
    desk.round()
    assert mail.recipients == ["desk@clinic.test"]
    assert all(row["done_at"] for row in desk.rows(schema.outbox) if row["key"].startswith("odd"))


def test_where_one_part_of_a_round_fails_the_others_go_on(
    desk: Office, mail: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("knee_intake.notices.visitors.due_mails", fail)
    desk.alert(desk.talk())
    desk.round()
    assert mail.recipients == ["desk@clinic.test"]


# ---- who, and when


def test_the_next_one_is_told_when_nobody_has_acknowledged_in_time(desk: Office, mail: Mailbox) -> None:
    desk.alert(desk.talk())
    desk.round()
    desk.clock.advance(minutes=9, seconds=59)
    assert desk.round() == 0
    desk.clock.advance(seconds=1)
    desk.round()
    assert mail.recipients == ["desk@clinic.test", "doctor@clinic.test"]
    assert "Nobody has clicked yet" in mail.text()
    desk.clock.advance(minutes=10)
    assert desk.round() == 0
    (event,) = (row for row in desk.rows(schema.outbox) if row["kind"] == "alert")
    assert (event["done_at"], event["last_error"]) == (desk.clock(), "all were told, nobody has answered")


def test_an_acknowledged_alert_goes_no_further(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    desk.alert(conversation)
    desk.round()
    desk.acknowledge(conversation)
    desk.clock.advance(minutes=10)
    assert desk.round() == 0
    assert mail.recipients == ["desk@clinic.test"]
    assert all(row["done_at"] for row in desk.rows(schema.outbox))


def test_alerts_of_one_message_are_one_mail_with_the_highest_level(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    desk.alert(conversation, "same_day", "RF11")
    desk.alert(conversation, "emergency_911", "RF13")
    desk.alert(desk.talk(), "same_day", "RF11")
    desk.round()
    assert sorted(mail.subjects) == ["Alert, highest level: 911", "Alert, middle level: today"]


def test_a_new_alert_is_told_while_an_older_one_of_the_same_chat_is_still_open(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    desk.alert(conversation, "same_day", "RF11")
    desk.round()
    desk.clock.advance(minutes=10)
    desk.alert(conversation, "same_day", "RF08", seq=6)
    desk.round()
    assert mail.recipients == ["desk@clinic.test"] * 2


def test_at_night_those_on_duty_are_told_and_the_others_when_the_clinic_opens(desk: Office, mail: Mailbox) -> None:
    desk.clock.now = NIGHT
    conversation, other = desk.talk(), desk.talk()
    desk.alert(conversation)
    desk.event("k", "hand_over", {"conversation": other})
    desk.round()
    assert mail.recipients == ["night@clinic.test"]
    desk.clock.now = MORNING - timedelta(seconds=1)
    desk.round()
    assert mail.recipients == ["night@clinic.test"]
    desk.clock.now = MORNING
    desk.round()
    assert set(mail.subjects[1:]) == {"Alert, highest level: 911", "Somebody wants to talk to a person"}
    assert mail.recipients[1:] == ["desk@clinic.test"] * 2


def test_an_alert_for_which_nobody_is_on_duty_is_mailed_at_once_all_the_same(desk: Office, mail: Mailbox) -> None:
    desk.clock.now = NIGHT
    assert not desk.clinic.practice.on_duty(desk.clock(), "same_day")
    desk.alert(desk.talk(), "same_day")
    desk.round()
    assert mail.recipients == ["desk@clinic.test"]


def test_a_confirmed_visit_goes_no_further_and_a_requested_one_does(desk: Office, mail: Mailbox) -> None:
    visits = [desk.visit(desk.talk(wants_mails=False)) for _ in range(2)]
    for visit in visits:
        body = {"conversation": visit.conversation, "reference": visit.reference}
        desk.event(f"{visit.conversation}:m:notify_visit", "visit", body)
    desk.round()
    assert mail.recipients == ["desk@clinic.test"] * 2
    desk.confirm(visits[0])
    desk.clock.advance(minutes=30)
    desk.round()
    assert mail.recipients == ["desk@clinic.test"] * 2 + ["doctor@clinic.test"]


def test_who_wants_a_person_is_passed_on_until_somebody_takes_over(desk: Office, mail: Mailbox) -> None:
    taken, waiting = desk.talk(), desk.talk()
    for conversation in (taken, waiting):
        desk.event(f"{conversation}:m:notify_hand_over", "hand_over", {"conversation": conversation})
    desk.round()
    with desk.database.write() as connection:
        own = schema.conversations.c.id == taken
        connection.execute(schema.conversations.update().where(own).values(handled_by="staff"))
    desk.clock.advance(minutes=10)
    desk.round()
    assert mail.recipients == ["desk@clinic.test"] * 2 + ["doctor@clinic.test"]


def test_where_nobody_can_be_told_an_event_is_closed_and_not_told_weeks_later(
    home: Path, clock: FrozenClock, mail: Mailbox
) -> None:
    with office(home, clock) as made:
        made.alert(made.talk())
        assert made.round() == 0
        (event,) = made.rows(schema.outbox)
        assert (event["done_at"], event["last_error"]) == (clock(), "nobody to tell")


def test_old_news_is_not_told(desk: Office) -> None:
    desk.alert(desk.talk())
    desk.clock.advance(days=8)
    assert desk.round() == 0
    assert desk.rows(schema.outbox)[0]["last_error"] == "too old to be told"


def test_an_erased_conversation_leaves_no_notice_behind(desk: Office) -> None:
    from knee_intake.records.erasure import erase

    conversation = desk.talk()
    desk.alert(conversation)
    desk.round()
    assert len(desk.rows(schema.outbox)) == 2
    erase(desk.database, conversation, now=desk.clock())
    assert desk.rows(schema.outbox) == []


# ---- the morning


def test_the_digest_comes_once_on_a_morning_on_which_the_clinic_opens(
    home: Path, clock: FrozenClock, mail: Mailbox, hook: Hook
) -> None:
    with_alerts(home, TO_TWO + '  digest: {at: "08:30", to: [desk, hook]}\n')
    urls = {"smtp_url": f"smtp+plain://127.0.0.1:{mail.port}", "webhook_url": hook.url, "webhook_secret": HOOK_SECRET}
    with office(home, clock, **urls) as made:
        unread, read = made.talk(wants_mails=False), made.talk(wants_mails=False)
        with made.database.write() as connection:
            write_audit(connection, now=clock(), action="view", subject=read)
            connection.execute(
                schema.callbacks.insert().values(conversation_id=unread, topic="bill", created_at=clock())
            )
        made.visit(read)
        made.alert(unread, "soon")
        with made.database.write() as connection:
            connection.execute(sa.delete(schema.outbox))
        clock.now = datetime(2026, 3, 11, 12, 29, tzinfo=timezone.utc)
        assert made.round() == 0
        clock.advance(minutes=1)
        assert made.round() == 2
        assert made.round() == 0
        made.worker = made.make_worker()
        assert made.round() == 0, "not by another process either"
        assert mail.subjects == ["This morning in the clinic's chat"]
        assert [line for line in mail.text().splitlines() if line[-1:].isdigit()] == [
            "Alerts that nobody has seen: 1",
            "Chats that nobody has read: 1",
            "Visits to confirm: 1",
            "People to call back: 1",
        ]
        assert mail.text().splitlines()[-1] == f"{PUBLIC}/staff"
        assert conversation_id(1) not in mail.text()
        assert json.loads(hook.calls[0].body)["counts"] == {"urgent": 1, "unread": 1, "visits": 1, "callbacks": 1}
        clock.now = datetime(2026, 3, 14, 12, 30, tzinfo=timezone.utc)
        assert made.round() == 0, "a Saturday"
        clock.now = datetime(2026, 3, 16, 17, 0, tzinfo=timezone.utc)
        made.worker = made.make_worker()
        assert made.round() == 0, "a Monday, but long after the morning"
