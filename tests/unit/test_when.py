"""Wishes about the time of the visit."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.when import read_wish

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
    assert read_wish(text, NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize("text", ["my knee hurts", "what does it cost?", "maybe later", "I'll book later", "", "yes"])
def test_what_says_nothing_about_a_time_gives_none(text: str) -> None:
    assert read_wish(text, NOW) is None


def test_not_sure_is_unsure() -> None:
    assert read_wish("I'm not sure", NOW) == "unsure"


@given(st.text())
def test_no_text_breaks_a_wish(text: str) -> None:
    read_wish(text, NOW)
