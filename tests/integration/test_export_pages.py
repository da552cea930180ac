"""Files from the console: who may have them, what is in them, in which order and number; each is written down."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.interview.model import Answer
from knee_intake.records import schema
from knee_intake.web import export_pages
from tests.integration.staff_rows import (
    CALF_TEXT,
    NOW,
    add_alert,
    add_booking,
    add_conversation,
    add_talk,
    an_intake,
    calf_hit,
    conversation_id,
)
from tests.integration.test_staff_console import Console

ONE = conversation_id(1)
WORDS = "aches on the inner side since summer"


@pytest.fixture
def filled(console: Console) -> Console:
    """Four that agreed, the first with all that there is, and one that did not."""
    with console.write() as connection:
        intake = an_intake(red_flags=[calf_hit()])
        intake.answers["goal"] = Answer("=HYPERLINK(1)", "", 4)
        add_conversation(connection, 1, intake=intake, urgency="same_day", at=NOW)
        add_talk(connection, ONE)
        add_alert(connection, ONE)
        add_booking(connection, ONE, status="booked")
        for number in (2, 3, 4):
            add_conversation(connection, number, at=NOW - timedelta(minutes=number))
        add_alert(connection, add_conversation(connection, 5, consent=False), rule="RF12", urgency="emergency_911")
    return console


def audit(console: Console, *actions: str) -> list[tuple[str, str | None, Any]]:
    with console.context.database.read() as connection:
        query = sa.select(schema.audit.c.action, schema.audit.c.subject, schema.audit.c.detail)
        rows = connection.execute(query.where(schema.audit.c.action.in_(actions)).order_by(schema.audit.c.id))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("kind", "name", "media"),
    [
        ("csv", "csv", "text/csv; charset=utf-8"), ("json", "json", "application/json"),
        ("text", "txt", "text/plain; charset=utf-8"), ("fhir", "fhir.json", "application/fhir+json"),
    ],
)  # fmt: skip
def test_one_conversation_is_a_file_in_each_format(filled: Console, kind: str, name: str, media: str) -> None:
    answer = filled.signed_in("reviewer").get(f"/staff/conversations/{ONE}/export?format={kind}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert answer.headers["content-disposition"] == f'attachment; filename="conversation-00000000.{name}"'
    assert answer.headers["cache-control"] == "no-store"
    assert "Robin" in answer.text
    assert audit(filled, "export") == [("export", ONE, {"format": kind})]


def test_the_json_is_that_of_the_staff_api(filled: Console) -> None:
    browser = filled.signed_in("reviewer")
    found = browser.get(f"/staff/conversations/{ONE}/export").json()
    shown = browser.get(f"/staff/api/conversations/{ONE}").json()
    assert {name: shown[name] for name in found if name in shown} == {
        name: found[name] for name in found if name in shown
    }
    assert {"answers", "messages", "consent", "red_flags", "booking"} <= set(found)


def test_viewers_get_no_file_and_are_not_shown_the_way(filled: Console) -> None:
    browser = filled.signed_in("viewer")
    for path in (f"/staff/conversations/{ONE}/export", "/staff/export", "/staff/export/file"):
        assert browser.get(path).status_code == 403
    assert "/export" not in browser.get("/staff").text
    assert "/export" not in browser.get(f"/staff/conversations/{ONE}").text
    assert audit(filled, "export", "export_list") == []


def test_the_list_is_exported_as_filtered_in_its_order_and_written_down(filled: Console) -> None:
    browser = filled.signed_in("reviewer")
    page = browser.get("/staff/export?urgency=routine").text
    assert "<strong>3</strong> conversations" in page
    answer = browser.get("/staff/export/file?urgency=routine&format=json")
    assert [one["conversation"] for one in answer.json()] == [conversation_id(number) for number in (2, 3, 4)]
    note = {"format": "json", "conversations": 3, "filters": ["urgency"]}
    each = [("export", conversation_id(number), {"format": "json"}) for number in (2, 3, 4)]
    assert audit(filled, "export", "export_list") == [("export_list", None, note), *each]


def test_the_csv_of_the_list_is_harmless_and_has_a_line_for_each(filled: Console) -> None:
    answer = filled.signed_in("reviewer").get("/staff/export/file?format=csv&review=all")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(lines) == 5
    found = {line["conversation"]: line for line in lines}
    assert (found[ONE]["goal"], found[ONE]["red_flags"], found[ONE]["visit_status"]) == (
        "'=HYPERLINK(1)", "RF11", "booked",
    )  # fmt: skip
    silent = found[conversation_id(5)]
    assert {name: silent[name] for name in ("urgency", "first_name", "consent_at")} == {
        "urgency": "", "first_name": "", "consent_at": "",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "json", "text", "fhir"])
def test_before_consent_no_file_holds_content(filled: Console, kind: str) -> None:
    silent = conversation_id(5)
    for path in (f"/staff/conversations/{silent}/export?format={kind}", f"/staff/export/file?rule=RF12&format={kind}"):
        answer = filled.signed_in("reviewer").get(path)
        assert answer.status_code == 200
        assert silent in answer.text
        assert CALF_TEXT not in answer.text
        assert "Robin" not in answer.text


def test_fhir_of_the_list_is_one_bundle_a_line(filled: Console) -> None:
    answer = filled.signed_in("reviewer").get("/staff/export/file?format=fhir")
    assert answer.headers["content-type"] == "application/fhir+ndjson"
    bundles = [json.loads(line) for line in answer.text.splitlines()]
    assert {bundle["resourceType"] for bundle in bundles} == {"Bundle"}
    assert len(bundles) == 5
    assert WORDS in answer.text


def test_a_long_list_comes_in_parts_and_the_page_says_so(filled: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_pages, "MOST", 2)
    browser = filled.signed_in("reviewer")
    address: str | None = "/staff/export?review=all"
    met: list[str] = []
    while address:
        page = browser.get(address).text
        (file,) = (part.split('"')[0] for part in page.split('href="')[1:] if "format=json" in part.split('"')[0])
        met += [one["conversation"] for one in browser.get(file.replace("&amp;", "&")).json()]
        more = page.partition('<a rel="next" href="')[2].partition('"')[0]
        assert ("one file holds at most 2" in page) == bool(more)
        address = more.replace("&amp;", "&") or None
    assert sorted(met) == [conversation_id(number) for number in range(1, 6)]
    assert len(met) == 5


def test_one_that_is_erased_meanwhile_is_left_out(filled: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = conversation_id(3)

    def part(*_arguments: Any) -> tuple[list[str], None]:
        return [conversation_id(2), str(gone)[:-1] + "f", conversation_id(4)], None

    monkeypatch.setattr(export_pages.ExportPages, "_part", part)
    answer = filled.signed_in("reviewer").get("/staff/export/file?format=json")
    assert [one["conversation"] for one in answer.json()] == [conversation_id(2), conversation_id(4)]


@pytest.mark.parametrize("path", ["/staff/export/file?format=xml", f"/staff/conversations/{ONE}/export?format=pdf"])
def test_an_unknown_format_is_refused(filled: Console, path: str) -> None:
    assert filled.signed_in("reviewer").get(path).status_code == 400
    assert audit(filled, "export", "export_list") == []
