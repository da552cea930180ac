"""Several processes on PostgreSQL: each notice goes out once, and a visit is moved once."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from knee_intake.records import schema
from tests.conftest import FrozenClock
from tests.integration.test_notice_delivery import OPEN, TO_TWO
from tests.notice_office import Office, links_in, office, with_alerts
from tests.notice_servers import Mailbox, mail_server
from tests.postgres_server import postgres_server

pytestmark = pytest.mark.long


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def desk(home: Path, clock: FrozenClock, mail: Mailbox) -> Iterator[Office]:
    """On a server of this test's own."""
    with_alerts(home, TO_TWO)
    clock.now = OPEN
    with postgres_server() as address:
        url = f"smtp+plain://127.0.0.1:{mail.port}"
        with office(home, clock, url=address, smtp_url=url, rate_limits=False) as made:
            yield made


def together(*works: threading.Thread) -> None:
    for work in works:
        work.start()
    for work in works:
        work.join()


def test_three_processes_send_each_notice_once_and_move_a_visit_once(desk: Office, mail: Mailbox) -> None:
    for number in range(30):
        conversation = desk.talk(wants_mails=False)
        desk.event(f"k{number}", "cancelled", {"conversation": conversation, "reference": f"R{number}"})
    visit = desk.visit(desk.talk(), within=timedelta(days=6))
    workers = [desk.worker, desk.make_worker(), desk.make_worker()]
    together(*(threading.Thread(target=lambda worker=worker: asyncio.run(worker.round())) for worker in workers))
    assert len(mail.messages) == 31
    assert len({message["Message-ID"] for message in mail.messages}) == 31
    assert all(row["done_at"] for row in desk.deliveries())
    desk.staff_says(str(visit.conversation), "Hello", 5)
    desk.clock.now = visit.start - timedelta(hours=23)
    assert desk.round() == 1, "the reminder; the answer is too old"
    move = links_in(mail.text())[1]
    values = re.findall(r'name="time" value="([^"]+)"', desk.browser().get(move).text)[:3]
    press = (
        threading.Thread(target=lambda value=value: desk.browser().post(move, data={"time": value})) for value in values
    )
    together(*press)
    assert sorted(row["status"] for row in desk.rows(schema.bookings)) == ["cancelled", "requested"]
