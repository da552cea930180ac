"""The queue over 2,000 made-up conversations: order, paging, filters and search, against a plain Python oracle."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks import console as benchmark
from benchmarks.console_data import fill
from knee_intake.errors import RequestError
from knee_intake.records import queue as queue_module
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from knee_intake.records.queue import ALL, NOBODY, Filters, list_keys, walk_queries, write_key
from knee_intake.records.reviews import count
from knee_intake.records.search_terms import parse
from knee_intake.records.staff_queries import list_conversations
from tests.integration.queue_oracle import Oracle
from tests.integration.staff_rows import NOW
from tests.postgres_server import postgres_server

SIZE = 2000
PART = 400


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def records(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of 2,000 conversations, which the tests of this module leave as it is."""
    if request.param == "sqlite":
        with tempfile.TemporaryDirectory(prefix="knee-intake-") as folder:
            yield from _filled(f"sqlite:///{folder}/records.sqlite3")
        return
    with postgres_server() as address:
        yield from _filled(address)


def _filled(url: str) -> Iterator[Database]:
    database = Database(url)
    migrate(database)
    with database.write() as connection:
        values = [{"name": name, "role": "reviewer", "created_at": NOW} for name in ("dana", "lee", "kit")]
        connection.execute(sa.insert(schema.staff), values)
        staff = tuple(connection.execute(sa.select(schema.staff.c.id)).scalars())
    fill(database, SIZE, now=NOW, staff=staff)
    with database.write() as connection:  # more of what is rare: open alerts of every kind, also in closed ones
        some = schema.alerts.c.id % 3 == 0
        connection.execute(sa.update(schema.alerts).where(some).values(acknowledged_at=None))
    yield database
    database.close()


@pytest.fixture(scope="module")
def oracle(records: Database) -> Oracle:
    with records.read() as connection:
        return Oracle(connection)


def walk(database: Database, filters: Filters, limit: int = PART) -> list[str]:
    """The whole list, a part at a time."""
    found: list[str] = []
    key = None
    with database.read() as connection:
        while part := list_keys(connection, filters, after=key, limit=limit):
            found += [ident for _, _, ident in part]
            key = write_key(part[-1])
    return found


LAST_MONTH = {"since": NOW - timedelta(days=60), "until": NOW - timedelta(days=30)}
LEFT, MEDIAL = ("knee_side", "left"), ("pain_location", "medial")
LISTS = {
    "open": Filters(),
    "all": Filters(review=ALL),
    "every chat": Filters(review=ALL, everything=True),
    "closed": Filters(review="closed"),
    "in review": Filters(review="in_review"),
    "emergencies": Filters(review=ALL, urgencies=("emergency_911", "emergency_room")),
    "routine": Filters(urgencies=("routine",)),
    "rule": Filters(review=ALL, rule="RF11"),
    "status": Filters(review=ALL, statuses=("handed_over", "advised")),
    "before consent": Filters(review=ALL, statuses=("consent_pending",), everything=True),
    "dates": Filters(review=ALL, **LAST_MONTH),
    "mine": Filters(assignee=1),
    "nobody's": Filters(assignee=NOBODY),
    "tag": Filters(review=ALL, tag="runner"),
    "requested": Filters(review=ALL, visit="requested"),
    "booked": Filters(review=ALL, visit="booked"),
    "no visit": Filters(visit="none"),
    "unfinished": Filters(review=ALL, unfinished=True),
    "low": Filters(review=ALL, low=True),
    "unread": Filters(unread=True),
    "intent": Filters(review=ALL, intent="ask_parking"),
    "common intent": Filters(review=ALL, intent="inform"),
    "answer": Filters(review=ALL, answers=(LEFT,)),
    "answer of several": Filters(review=ALL, answers=(MEDIAL,)),
    "two answers": Filters(review=ALL, answers=(LEFT, MEDIAL)),
    "word": Filters(review=ALL, terms=parse("knee")),
    "prefix": Filters(review=ALL, terms=parse("swol")),
    "phrase": Filters(review=ALL, terms=parse('"gives way on stairs"')),
    "two words": Filters(review=ALL, terms=parse("tennis evening")),
    "no such word": Filters(review=ALL, terms=parse("elbow")),
    "all at once": Filters(
        **LAST_MONTH, review=ALL, urgencies=("routine", "soon"), answers=(MEDIAL,), visit="none", terms=parse("knee")
    ),
}


@pytest.mark.parametrize("few", [0, 10**9], ids=["walked", "ranked"])
def test_every_filter_gives_what_a_plain_look_at_all_rows_gives(
    records: Database, oracle: Oracle, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(queue_module, "FEW", few)
    sizes = {}
    for name, filters in LISTS.items():
        expected = oracle.ids(filters)
        assert walk(records, filters) == expected, name
        sizes[name] = len(expected)
    assert {name for name, size in sizes.items() if size == 0} == {"no such word"}, "a filter that finds nothing"
    assert sizes["every chat"] == SIZE
    assert {oracle._rank(row) for row in oracle.rows} == {
        (-1, False),
        (5, False),
        *((urgency, seen) for urgency in range(5) for seen in (False, True)),
    } - {(4, False)}, "a kind of conversation that the sample lacks"


def test_a_key_leads_on_from_any_place(records: Database, oracle: Oracle) -> None:
    whole = oracle.ids(LISTS["all"])
    with records.read() as connection:
        for place in (0, 1, 57, 400, len(whole) - 2):
            before = list_keys(connection, LISTS["all"], after=None, limit=place + 1)[-1]
            (following,) = list_keys(connection, LISTS["all"], after=write_key(before), limit=1)
            assert following[2] == whole[place + 1]


@pytest.mark.parametrize(
    "key", ["nonsense", "bm8", "MjAyNi0xMS0yM3wx", "é", "OTl8MjAyNi0xMS0yM1QxNTowMDowMCswMDowMHx4"]
)
def test_a_key_that_is_not_ours_is_refused(records: Database, key: str) -> None:
    with records.read() as connection, pytest.raises(RequestError):
        list_keys(connection, Filters(), after=key, limit=5)


def test_while_rows_change_those_that_do_not_are_read_once_and_in_order(records: Database) -> None:
    chance = random.Random(7)
    with records.engine.connect() as connection, connection.begin() as undone:
        before = [ident for _, _, ident in list_keys(connection, LISTS["all"], after=None, limit=SIZE)]
        moved = set(chance.sample(before, 200))
        seen, key, waiting = [], None, sorted(moved)
        while part := list_keys(connection, LISTS["all"], after=key, limit=100):
            seen += [ident for _, _, ident in part]
            key = write_key(part[-1])
            for ident in waiting[:20]:
                own = schema.conversations.c.id == ident
                change = chance.choice(
                    (
                        {"updated_at": NOW + timedelta(minutes=len(seen))},
                        {"urgency": "emergency_911"},
                        {"consent_at": NOW},
                    )
                )
                connection.execute(sa.update(schema.conversations).where(own).values(**change))
                alert = schema.alerts.c.conversation_id == ident
                connection.execute(sa.update(schema.alerts).where(alert).values(acknowledged_at=NOW))
            del waiting[:20]
        undone.rollback()
    assert not waiting
    assert [ident for ident in seen if ident not in moved] == [ident for ident in before if ident not in moved]


def test_each_step_of_the_walk_is_read_in_order_from_an_index(records: Database) -> None:
    for review, index in (("", "conversations_open_queue"), (ALL, "conversations_queue")):
        steps = [(rank, _plan(records, query.limit(50))) for rank, query in walk_queries(Filters(review=review))]
        assert [rank for rank, _ in steps] == [2, 4, 6, 8, 10, 11]
        for rank, plan in steps[:-1]:
            assert index in plan, (rank, plan)
            assert not re.search("TEMP B-TREE|Sort|SCAN conversations|Seq Scan on conversations", plan), (rank, plan)
            if records.is_sqlite:
                assert f"SEARCH conversations USING COVERING INDEX {index} (urgency=?" in plan


def _plan(database: Database, query: sa.sql.Select) -> str:
    text = str(query.compile(database.engine, compile_kwargs={"literal_binds": True}))
    with database.read() as connection:
        if database.is_sqlite:
            return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
        # so few rows are sorted sooner than looked up; what is asked is whether the index could give them sorted
        for setting in ("enable_sort", "enable_seqscan", "enable_bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL {setting} = off")
        return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}"))


def test_the_counts_are_those_of_a_plain_look(records: Database, oracle: Oracle) -> None:
    open_alerts = [alert for some in oracle.alerts.values() for alert in some if alert["acknowledged_at"] is None]
    told = {row["id"] for row in oracle.rows if oracle._told(row)}
    loud = [
        alert["id"]
        for alert in open_alerts
        if alert["urgency"].startswith("emergency") or alert["conversation_id"] not in told
    ]
    with records.read() as connection:
        counts = count(connection)
    assert counts.unread == len(oracle.ids(replace(LISTS["unread"], everything=True)))
    assert counts.urgent == len({alert["conversation_id"] for alert in open_alerts})
    assert counts.alarm == max(loud)


def test_a_search_shows_a_piece_of_what_it_found(records: Database) -> None:
    filters = Filters(review=ALL, terms=parse('"gives way" knee'))
    with records.read() as connection:
        page = list_conversations(connection, filters=filters)
    assert len(page.items) == 50
    for item in page.items:
        assert [piece.text for piece in item.snippet if piece.hit] == ["gives way"] or "knee" in str(item.snippet)


@pytest.mark.parametrize(
    "typed",
    ['"', "'", '""""', "* * *", "a OR", "NEAR(", "col:x", "^x", "-x", "(", "\\", "%", "é'é", "x" * 5000, "& | ! <->"],
)
def test_no_typed_text_is_an_error_of_the_query_language(records: Database, typed: str) -> None:
    with records.read() as connection:
        list_conversations(connection, filters=Filters(terms=parse(typed)))


@pytest.mark.long
def test_a_hundred_thousand_conversations_stay_within_the_budgets(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'console.sqlite3'}")
    benchmark.prepare(database, 100_000)
    lines = benchmark.measure(database)
    database.close()
    assert [line for line in lines if not line.kept] == [], benchmark.table(lines)
