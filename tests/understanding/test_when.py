"""Wishes about the time of the visit."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.when import read_wish
from tests.readers import mended

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=-5)))  # a Monday
EMPTY: dict[str, Any] = {
    "earliest": None, "latest": None, "weekdays": [], "not_weekdays": [], "after": None, "before": None, "asap": False,
    "pick": None, "none_fits": False,
}  # fmt: skip


def day(date: str) -> dict[str, str]:
    return {"earliest": date, "latest": date}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("next Tuesday after 3", {**day("2026-12-01"), "after": "15:00"}),
        ("mornings only", {"before": "12:00"}),
        ("no mornings please", {"after": "12:00"}),
        ("asap", {"asap": True}),
        ("the first available", {"asap": True}),
        ("any day but Friday", {"not_weekdays": ["fri"]}),
        ("I can't do Tuesdays or Thursdays", {"not_weekdays": ["tue", "thu"]}),
        ("Tuesday or Thursday afternoon", {"weekdays": ["tue", "thu"], "after": "12:00"}),
        ("Monday to Wednesday", {"weekdays": ["mon", "tue", "wed"]}),
        ("weekdays after 4", {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "after": "16:00"}),
        ("the second one", {"pick": 2}),
        ("number three please", {"pick": 3}),
        ("2", {"pick": 2}),
        ("the last one", {"pick": -1}),
        ("none of those work", {"none_fits": True}),
        ("anything else?", {"none_fits": True}),
        ("something later", {"none_fits": True}),
        ("none, maybe Friday?", {"none_fits": True, "weekdays": ["fri"]}),
        ("first week of January", {"earliest": "2027-01-01", "latest": "2027-01-07"}),
        ("tomorrow", day("2026-11-24")),
        ("tomorrow morning", {**day("2026-11-24"), "before": "12:00"}),
        ("12/3", day("2026-12-03")),
        ("Dec 3rd at 10", {**day("2026-12-03"), "after": "10:00", "before": "10:00"}),
        ("coming Saturday", day("2026-11-28")),
        ("the 22nd", day("2026-12-22")),
        ("next week except Wednesday", {"earliest": "2026-11-30", "latest": "2026-12-06", "not_weekdays": ["wed"]}),
        ("in 3 days", day("2026-11-26")),
        ("in two weeks", {"earliest": "2026-12-07", "latest": "2026-12-13"}),
        ("after Christmas", {"earliest": "2026-12-26"}),
        ("before the 10th", {"latest": "2026-12-09"}),
        ("by Friday", {"latest": "2026-11-27"}),
        ("end of the month", {"earliest": "2026-11-23", "latest": "2026-11-30"}),
        ("between 2 and 4", {"after": "14:00", "before": "16:00"}),
        ("Wed 9-11", {"weekdays": ["wed"], "after": "09:00", "before": "11:00"}),
        ("around 3", {"after": "14:00", "before": "16:00"}),
        ("2026-12-01T10:00:00-05:00", {**day("2026-12-01"), "after": "10:00", "before": "10:00"}),
        ("any time", {}),
    ],
)
def test_a_wish_is_read_whole(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(mended(text), NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize("text", ["my knee hurts", "what does it cost?", "maybe later", "I'll book later", "", "yes"])
def test_what_says_nothing_about_a_time_gives_none(text: str) -> None:
    assert read_wish(text, NOW) is None


def test_not_sure_is_unsure() -> None:
    assert read_wish("I'm not sure", NOW) == "unsure"


@given(st.text())
def test_no_text_breaks_a_wish(text: str) -> None:
    read_wish(text, NOW)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Fridays don't work for me", {"not_weekdays": ["fri"]}),
        ("mondays and tuesdays are out", {"not_weekdays": ["mon", "tue"]}),
        ("I have dialysis on Tuesdays and Saturdays", {"not_weekdays": ["tue", "sat"]}),
        ("anything but a Monday morning", {"not_weekdays": ["mon"]}),
        ("wednesdays but not in the afternoon", {"weekdays": ["wed"], "before": "12:00"}),
        ("mornings don't work", {"after": "12:00"}),
        ("nothing before 10", {"after": "10:00"}),
        ("can't come before 10 or after 4", {"after": "10:00", "before": "16:00"}),
        ("no earlier than 2pm", {"after": "14:00"}),
        ("I work until 4", {"after": "16:00"}),
        ("I work 9 to 5", {"after": "17:00"}),
        ("I have to leave by 3", {"before": "15:00"}),
        ("kids get out of school at 3 so before that", {"before": "15:00"}),
        ("out of town until the 10th", {"earliest": "2026-12-10"}),
        ("back on the 9th", {"earliest": "2026-12-09"}),
        ("not until February", {"earliest": "2027-02-01"}),
        ("the 15th at the earliest", {"earliest": "2026-12-15"}),
        ("not next week", {"earliest": "2026-12-07"}),
        ("not for at least three weeks", {"earliest": "2026-12-14"}),
        ("within two weeks", {"earliest": "2026-11-23", "latest": "2026-12-07"}),
        ("in the new year", {"earliest": "2027-01-01"}),
        ("week of the 14th", {"earliest": "2026-12-14", "latest": "2026-12-20"}),
        ("the week after Thanksgiving", {"earliest": "2026-11-30", "latest": "2026-12-06"}),
        ("the 3rd or 4th of January", {"earliest": "2027-01-03", "latest": "2027-01-04"}),
        ("a week from Monday", day("2026-11-30")),
        ("lunchtime would be good", {"after": "12:00", "before": "14:00"}),
        ("nexttuesday", day("2026-12-01")),
        ("firday aftrenoon", {"weekdays": ["fri"], "after": "12:00"}),
        ("asap but not Mondays", {"not_weekdays": ["mon"], "asap": True}),
        ("second, thank you", {"pick": 2}),
        ("I'll take 2", {"pick": 2}),
        ("the one in the middle", {"pick": 2}),
        ("the earlier of the two", {"pick": 1}),
        ("opton three", {"pick": 3}),
        ("the first one doesn't work", {"none_fits": True}),
        ("I can't make any of those", {"none_fits": True}),
        ("those are all too early for me", {"none_fits": True}),
        ("both are fine", {}),
    ],
)
def test_what_hinders_turns_a_bound_round_and_refusals_are_told_from_days(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(mended(text), NOW) == {**EMPTY, **wish}
