"""The figures: what one conversation adds, how pauses and tables come out, and that charts and CSV are harmless."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from knee_intake import csv_cells
from knee_intake.figures import tables
from knee_intake.figures.care import Alert, Visit, by_day, by_rule
from knee_intake.figures.pauses import bin_of, quantile
from knee_intake.figures.talk_counts import BOOKED, CARE, SILENT, DayCounts, Line, QuestionNames, Talk, count
from knee_intake.interview.questions import load_questions
from knee_intake.web import charts
from knee_intake.web.charts import Bar, Series
from knee_intake.web.figures_view import duration, shown

NAMES = QuestionNames(load_questions(Path(__file__).parents[2] / "clinic" / "questions.yml"))
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=timezone.utc)
SVG = "{http://www.w3.org/2000/svg}"


def talk(*lines: tuple[Any, ...], outcome: str = SILENT) -> Talk:
    """("bot", second, name) and ("visitor", second, act) lines; a fourth value changes fields."""
    made = []
    for sender, second, name, *more in lines:
        key = "name" if sender == "bot" else "act"
        made.append(Line(sender, NOW + timedelta(seconds=second), **{key: name, **(more[0] if more else {})}))
    return Talk(made, outcome)


def counted(*talks: Talk, opened: int | None = None) -> DayCounts:
    return count(len(talks) if opened is None else opened, talks, NAMES)


# -- counting --------------------------------------------------------------------------------------------------------


def test_a_chat_stands_at_the_last_question_before_the_booking_that_it_was_asked() -> None:
    found = counted(
        talk(("bot", 0, "who_for"), ("visitor", 5, "inform"), ("bot", 5, "onset"), ("visitor", 9, "ask_cost"),
             ("bot", 9, "answer:ask_cost"), ("bot", 9, "onset")),
        talk(("bot", 0, "symptoms"), outcome=CARE),
        talk(("bot", 0, "appointment"), ("visitor", 9, "inform"), ("bot", 9, "pain_severity"), outcome=BOOKED),
        talk(("bot", 0, "greeting")),
        opened=7,
    )  # fmt: skip
    assert found.left == {"onset": {SILENT: 1}, "symptoms": {CARE: 1}, "": {SILENT: 1}}
    assert (found.opened, found.agreed, found.booked) == (7, 4, 1)


def test_a_question_is_known_by_its_name_its_meaning_or_the_field_that_it_wants() -> None:
    names = [
        Line("bot", NOW, "symptoms:meaning"),
        Line("bot", NOW, "way_out", "joint_history"),
        Line("bot", NOW, "kept"),
    ]
    assert [NAMES.of(line) for line in names] == ["symptoms", "symptoms", None]


def test_the_pause_is_from_the_assistant_s_last_text_to_the_reply() -> None:
    found = counted(
        talk(("bot", 0, "onset"), ("visitor", 7, "inform"), ("bot", 8, "told"), ("bot", 9, "symptoms"),
             ("visitor", 29, "inform"), ("visitor", 31, "inform"), ("bot", 40, "goal"), ("staff", 41, None),
             ("visitor", 50, "inform"), ("bot", 50, "goal"), ("visitor", 5000, "inform")),
    )  # fmt: skip
    assert found.pauses == {"onset": {7: 1}, "symptoms": {20: 1}}  # who comes back after an hour was away


def test_a_question_that_is_put_again_right_away_was_not_understood_unless_something_else_was_answered() -> None:
    found = counted(
        talk(("bot", 0, "onset"), ("visitor", 1, "nlu_fallback"), ("bot", 1, "onset"), ("visitor", 2, "ask_cost"),
             ("bot", 2, "answer:ask_cost"), ("bot", 2, "onset"), ("visitor", 3, "inform"), ("bot", 3, "symptoms")),
    )  # fmt: skip
    assert (found.put["onset"], found.again) == (3, {"onset": 1})


@pytest.mark.parametrize(
    ("after", "bad"),
    [
        ([("bot", 2, "answer:ask_cost"), ("visitor", 3, "inform")], {}),
        ([("bot", 2, "treatment:acupuncture:ask_cost")], {}),
        ([("staff", 2, None)], {}),
        ([("bot", 2, "onset"), ("visitor", 3, "inform")], {"unanswered": 1}),
        ([("bot", 2, "answer:ask_cost"), ("visitor", 3, "out_of_scope")], {"lost": 1}),
        ([("bot", 2, "answer:ask_cost"), ("visitor", 3, "ask_cost"), ("bot", 3, "answer:ask_cost")], {"repeated": 1}),
    ],
)
def test_a_question_is_answered_badly_without_an_answer_or_with_trouble_after_it(after: Any, bad: Any) -> None:
    asked = counted(talk(("bot", 0, "onset"), ("visitor", 1, "ask_cost"), *after)).asked["ask_cost"]
    found = {name: asked[name] for name in ("unanswered", "lost", "repeated") if asked[name]}
    assert (found, asked["bad"]) == (bad, len(bad))


def test_understanding_counts_each_message_once() -> None:
    found = counted(
        talk(("visitor", 0, "inform", {"confidence": 0.9}), ("visitor", 1, "inform", {"confidence": 0.2}),
             ("visitor", 2, "nlu_fallback", {"confidence": 0.1}), ("visitor", 3, "inform", {"corrects": True}),
             ("visitor", 4, None)),
    ).read  # fmt: skip
    assert found == {"messages": 4, "rejected": 1, "low": 1, "corrected": 1}


def test_no_times_found_are_told_apart_and_counted_once_a_chat() -> None:
    found = counted(
        talk(("bot", 0, "appointment", {"unfit": True}), ("bot", 1, "appointment", {"unfit": True})),
        talk(("bot", 0, "no_times_at_all"), ("bot", 1, "calendar_down")),
        talk(("bot", 0, "appointment"), outcome=BOOKED),
        talk(("bot", 0, "onset")),
    ).times
    assert found == {"sought": 3, "any": 2, "unfit": 1, "none": 1, "down": 1}


def test_days_are_stored_and_added_up_without_losing_anything() -> None:
    one = counted(talk(("bot", 0, "onset"), ("visitor", 7, "ask_cost", {"confidence": 0.3})))
    again = DayCounts.from_dict(json.loads(json.dumps(one.to_dict())))
    assert again == one
    again.add(one)
    assert (again.opened, again.pauses["onset"], again.asked["ask_cost"]["asked"]) == (2, {7: 2}, 2)
    assert one.opened == 1


# -- pauses ----------------------------------------------------------------------------------------------------------


def test_pauses_are_kept_in_steps_and_too_long_ones_left_out() -> None:
    assert [bin_of(one) for one in (0, 7.9, 120, 123, 700, 1800, 1801, -1)] == [0, 7, 120, 120, 690, 1800, None, None]


def test_quantiles_are_nearest_ranks() -> None:
    counts = Counter({1: 1, 2: 1, 3: 1, 10: 7})
    assert (quantile(counts, 0.1), quantile(counts, 0.3), quantile(counts, 0.5), quantile(counts, 0.9)) == (
        1,
        3,
        10,
        10,
    )
    assert quantile({5: 1}, 0.5) == 5
    assert quantile({}, 0.5) is None


# -- tables ----------------------------------------------------------------------------------------------------------


def test_the_funnel_never_widens_and_every_chat_is_left_somewhere() -> None:
    found = counted(
        talk(("bot", 0, "onset")), talk(("bot", 0, "symptoms"), outcome=CARE), talk(("bot", 0, "greeting")),
        talk(("bot", 0, "who_for"), outcome=BOOKED), opened=10,
    )  # fmt: skip
    table = tables.funnel(found, NAMES)
    steps = {row[0]: row for row in table.rows}
    reached = [row[1] for row in table.rows]
    assert reached == sorted(reached, reverse=True)
    assert [steps[name][1] for name in ("Chat opened", "Agreed", "Signs now", "Arthritis", "Visit asked for")] == [
        10, 4, 2, 1, 1,
    ]  # fmt: skip
    assert steps["Chat opened"][:5] == ("Chat opened", 10, 100.0, 6, 60.0)
    assert steps["Agreed"][3:] == (1, 25.0, 0, 0, 0, 1)
    assert steps["Signs now"][3:] == (1, 50.0, 1, 0, 0, 0)
    assert sum(row[3] or 0 for row in table.rows) + found.booked == found.opened  # type: ignore[operator,misc]
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_a_question_that_the_file_no_longer_has_loses_nobody() -> None:
    found = counted(talk(("bot", 0, "onset")))
    found.left["asked_last_year"] = Counter({SILENT: 2})
    found.agreed = found.opened = 3
    rows = {row[0]: row for row in tables.funnel(found, NAMES).rows}
    assert rows["Agreed"][:4] == ("Agreed", 3, 100.0, 2)


def test_nothing_at_all_gives_tables_without_a_share() -> None:
    empty = DayCounts()
    assert tables.funnel(empty, NAMES).rows[0] == ("Chat opened", 0, None, 0, None, None, None, None, None)
    assert tables.asked(empty).rows == tables.pauses(empty, NAMES).rows == ()
    assert tables.no_times(empty).rows[0][1:] == (0, None)


def test_alerts_are_told_by_rule_with_median_and_worst() -> None:
    def alert(rule: str, viewed: int | None, seen: int | None) -> Alert:
        at = [None if one is None else NOW + timedelta(minutes=one) for one in (viewed, seen)]
        return Alert(rule, NOW, at[0], at[1])

    rules = by_rule([alert("RF11", 2, 5), alert("RF11", 4, 60), alert("RF11", None, None), alert("RF12", None, 1)])
    assert tables.urgent(rules, {"RF11": "One calf"}).rows == (
        ("RF11 One calf", 3, 180, 240, 1, 1950, 3600, 1),
        ("RF12", 1, None, None, 1, 60, 60, 0),
    )


def test_visits_stand_on_the_clinic_s_day_and_spam_is_told_apart() -> None:
    evening = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)  # still the 23rd in New York
    made = [Visit(evening, "booked", False), Visit(evening, "requested", False), Visit(NOW, "cancelled", True)]
    found = by_day(made, ZoneInfo("America/New_York"))
    rows = tables.visits([date(2026, 11, 23), date(2026, 11, 24)], found).rows
    assert rows == (("2026-11-23", 2, 1, 1, 0, 1), ("2026-11-24", 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (125, "2 min 5 s"), (3600, "1 h"), (93_600, "1 d 2 h")],
)
def test_durations_are_told_in_their_two_largest_units(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_cells_are_told_with_their_units() -> None:
    assert [shown(12.5, "percent"), shown(3.0, "percent"), shown(None, "count"), shown(7, "count")] == [
        "12.5 %", "3 %", "–", "7",
    ]  # fmt: skip


# -- charts ----------------------------------------------------------------------------------------------------------

DRAWN = {
    "bars": charts.bars("a", "T <b>", "D & more", [Bar("<x>", 3, "3", 0.5), Bar("y", 0, "0")]),
    "funnel": charts.funnel("b", "T <b>", "D & more", [Bar("<x>", 3, "3"), Bar("y", 1, "1")]),
    "lines": charts.lines("c", "T <b>", "D & more", ["Nov 1", "Nov 2"], [Series("<x>", [1, 2]), Series("y", [0, 1])]),
}  # fmt: skip


@pytest.mark.parametrize("kind", DRAWN)
def test_a_chart_is_an_image_with_a_name_a_description_and_no_style_or_script_of_its_own(kind: str) -> None:
    root = ElementTree.fromstring(DRAWN[kind].replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))
    assert root.attrib["role"] == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.attrib["aria-labelledby"] == title.attrib["id"]
    assert root.attrib["aria-describedby"] == description.attrib["id"]
    assert (title.text, description.text) == ("T <b>", "D & more")
    assert "<x>" in [text.text for text in root.iter(f"{SVG}text")]
    used = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in used if name == "style" or name.startswith("on") or name in ("fill", "stroke")}


def test_bars_are_as_long_as_their_values_and_their_part_is_hatched() -> None:
    root = ElementTree.fromstring(charts.bars("a", "T", "D", [Bar("x", 4, "4", 0.5), Bar("y", 1, "1")]))
    assert [one.attrib["width"] for one in root.iter("rect") if one.attrib["class"] == "bar"] == ["360", "90"]
    assert [one.attrib["width"] for one in root.iter("rect") if one.attrib["class"] == "part"] == ["180"]
    assert len([one for one in root.iter("path") if one.attrib["class"] == "hatch"]) == 1


def test_a_label_that_does_not_fit_beside_its_value_is_cut() -> None:
    root = ElementTree.fromstring(charts.bars("a", "T", "D", [Bar("long " * 30, 4, "4 of 10")]))
    (label,) = [one.text or "" for one in root.iter("text") if one.attrib["class"] == "label"]
    assert (len(label) <= 47, label[-1]) == (True, "…")


def test_lines_differ_by_form_and_go_from_the_ground_to_the_top() -> None:
    root = ElementTree.fromstring(charts.lines("a", "T", "D", ["1", "2"], [Series("x", [0, 2]), Series("y", [1, 1])]))
    points = [one.attrib["points"] for one in root.iter("polyline")]
    (low, high), (flat, _) = ([pair.split(",") for pair in one.split()] for one in points)
    assert (float(low[1]) - float(high[1]), float(low[1]) - float(flat[1])) == (150.0, 75.0)
    assert {one.tag for one in root.iter() if "marker" in one.attrib.get("class", "")} == {"circle", "rect"}
    assert {one.attrib["class"] for one in root.iter("polyline")} == {"line line-0", "line line-1"}


def test_a_line_has_a_gap_where_there_is_no_value_and_a_point_that_stands_alone() -> None:
    series = [Series(str(number), [1, 2, None, 4, None]) for number in range(5)]
    drawn = charts.lines("a", "T", "D", list("12345"), series, unit="%", marks=[0, 4])
    root = ElementTree.fromstring(drawn)
    found = [(one.tag, one.attrib.get("class", "")) for one in root.iter()]
    assert [found.count(("polyline", f"line line-{number}")) for number in range(5)] == [1] * 5
    assert (
        len([one for one in root.iter("circle") if one.attrib["class"] == "marker marker-0"]) == 3 + 1
    )  # and the key's
    assert [one.attrib["d"].split()[0] for one in root.iter("path") if one.attrib["class"] == "mark"] == ["M30", "M352"]
    assert [one.text for one in root.iter("text") if (one.text or "").endswith("%")] == ["4%", "2%", "0%"]
    alone = charts.lines("a", "T", "D", [str(day) for day in range(99)], [Series("x", [None] * 98 + [1])])
    assert (alone.count("<polyline"), alone.count("<circle")) == (0, 2)


@pytest.mark.parametrize("days", [0, 1, 2, 366])
def test_a_line_chart_of_any_length_can_be_drawn(days: int) -> None:
    drawn = charts.lines("a", "T", "D", [str(day) for day in range(days)], [Series("x", [1.0] * days)])
    assert ElementTree.fromstring(drawn).attrib["viewBox"].startswith("0 0 360 ")
    assert "nan" not in drawn


# -- CSV -------------------------------------------------------------------------------------------------------------


def test_csv_opens_as_text_in_utf8_and_gives_back_what_went_in() -> None:
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain", 'a "quote", and\nmore', "Zoë", 7, ""]
    text = csv_cells.table([f"c{number}" for number in range(len(cells))], [cells])
    assert text.startswith("\ufeffc0,")
    ((*_head,), row) = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert row == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "plain", 'a "quote", and\nmore', "Zoë", "7", ""]
