"""The audit log in the console: who sees it, in which order, filtered by what; and that looking is written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.records import schema
from knee_intake.records.audit import verify, write_audit
from knee_intake.records.audit_queries import PAGE, AuditFilters, known_actions, read_audit
from tests.integration.staff_rows import NOW, conversation_id
from tests.integration.test_staff_console import Console

ONE, TWO = conversation_id(1), conversation_id(2)


def note(console: Console, *rows: tuple[int | None, str, str | None]) -> None:
    with console.write() as connection:
        for staff_id, action, subject in rows:
            write_audit(
                connection, now=NOW, staff_id=staff_id, action=action, subject=subject, detail={"tags_added": 2}
            )


def shown(html: str) -> list[int]:
    return [int(number) for number in re.findall(r">row (\d+)</span>", html)]


def rows(console: Console) -> list[Any]:
    with console.context.database.read() as connection:
        return list(connection.execute(sa.select(schema.audit).order_by(schema.audit.c.id)).all())


def test_each_look_is_one_row_that_the_page_itself_does_not_show_yet(console: Console) -> None:
    browser = console.signed_in("manager")
    before = rows(console)
    page = browser.get(f"/staff/audit?action=login&conversation={ONE}")
    assert page.status_code == 200
    after = rows(console)
    assert [(row.action, row.subject, row.detail) for row in after[len(before) :]] == [
        ("audit", ONE, {"rows": 0, "action": True})
    ]
    assert shown(browser.get("/staff/audit").text) == [row.id for row in reversed(after)]
    with console.context.database.read() as connection:
        assert verify(connection).broken is None


def test_who_may_not_see_it_is_refused_and_not_shown_the_way(console: Console) -> None:
    browser = console.signed_in("reviewer")
    before = len(rows(console))
    assert browser.get("/staff/audit").status_code == 403
    assert len(rows(console)) == before
    assert "/staff/audit" not in browser.get("/staff").text
    assert 'href="/staff/audit"' in console.signed_in("admin").get("/staff").text


def test_older_parts_follow_by_a_key_without_a_gap_while_the_log_grows(console: Console) -> None:
    browser = console.signed_in("manager")
    note(console, *[(1, "view", ONE)] * (2 * PAGE + 1))
    address, met, parts = "/staff/audit?action=view", [], 0
    while address:
        html = browser.get(address).text
        met += shown(html)
        parts += 1
        note(console, (1, "view", TWO))
        found = re.search(r'<a rel="next" href="([^"]+)"', html)
        address = found[1].replace("&amp;", "&") if found else ""
    assert parts == 3
    assert met == sorted((row.id for row in rows(console) if row.subject == ONE), reverse=True)
    assert "There is nothing further down." in browser.get("/staff/audit?before=1").text


def test_rows_are_filtered_by_member_action_and_conversation(console: Console) -> None:
    browser = console.signed_in("manager")
    start = rows(console)[-1].id
    note(console, (1, "view", ONE), (None, "export", ONE), (1, "review", TWO), (7, "view", TWO))
    for query, numbers in (
        ("member=1&conversation=" + ONE, [1]),
        ("member=none&action=export", [2]),
        ("conversation=" + TWO, [4, 3]),
        ("action=view", [4, 1]),
        ("member=7", [4]),
        ("member=8", []),
        ("conversation=" + ONE[:8], []),
    ):
        assert shown(browser.get(f"/staff/audit?{query}").text) == [start + number for number in numbers]
    assert "No row is like that." in browser.get("/staff/audit?member=8").text
    line = browser.get("/staff/audit?action=review").text
    assert f'<a href="/staff/conversations/{TWO}">conversation {TWO[:8]}</a>' in line
    assert "<span>tags added: 2</span>" in line
    assert "member 7" in browser.get("/staff/audit?member=7").text


@pytest.mark.parametrize(
    "query", ["before=x", "before=0", "before=-1", "member=me", "action=" + "a" * 81, "action=%00"]
)
def test_a_filter_that_can_find_nothing_is_refused(console: Console, query: str) -> None:
    assert console.signed_in("manager").get(f"/staff/audit?{query}").status_code == 400


def test_the_actions_to_choose_from_are_those_in_the_log(console: Console) -> None:
    note(console, (1, "view", ONE), (1, "erase", ONE), (1, "view", TWO))
    with console.context.database.read() as connection:
        assert known_actions(connection) == ["erase", "view"]
        assert [row.id for row in read_audit(connection, AuditFilters(), limit=2).rows] == [3, 2]


def test_each_filter_is_read_from_an_index(console: Console) -> None:
    with console.context.database.read() as connection:
        for condition in ("subject = 'x'", "staff_id = 1", "action = 'view'"):
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT * FROM audit WHERE {condition} AND id < 9 ORDER BY id DESC LIMIT 51"
            )
            (step,) = [row[3] for row in plan]
            assert step.startswith("SEARCH audit USING INDEX audit_by_")
