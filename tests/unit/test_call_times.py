"""When to ring again: presets keep to the clinic's hours and holidays, and a time of one's own lies ahead."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from knee_intake.call_times import chosen, presets
from knee_intake.clinic import Clinic
from knee_intake.practice import Fact, Practice

ZONE = ZoneInfo("America/New_York")
WEEK: dict[str, Any] = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    hours, zone = Fact(value=WEEK, demo=True), Fact(value="America/New_York", demo=True)
    return msgspec.structs.replace(clinic.practice, hours=hours, zone=zone, holidays=["2026-12-25"])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "soon", "morning"),
    [
        ("2026-11-23T09:30", "2026-11-23T11:30", "2026-11-24T09:00"),
        ("2026-11-23T10:30", "2026-11-23T13:00", "2026-11-24T09:00"),  # the lunch break
        ("2026-11-23T15:30", "2026-11-24T09:00", None),  # closed by then: both are tomorrow morning
        ("2026-11-27T09:30", "2026-11-27T11:30", "2026-11-30T09:00"),  # a Friday
        ("2026-12-24T09:30", "2026-12-24T11:30", "2026-12-28T09:00"),  # a holiday, then a weekend
        ("2026-11-22T23:00", "2026-11-23T09:00", None),
    ],
)
def test_presets_lie_within_opening_hours(practice: Practice, now: str, soon: str, morning: str | None) -> None:
    found = [one.at for one in presets(practice, at(now))]
    assert found == [at(one) for one in (soon, morning) if one]
    assert all(practice.is_open(one) for one in found)


def test_a_preset_that_is_moved_says_so(practice: Practice) -> None:
    labels = [one.label for one in presets(practice, at("2026-11-27T16:30"))]
    assert labels == ["as soon as the clinic is open again"]
    assert [one.label for one in presets(practice, at("2026-11-23T09:30"))] == ["in 2 hours", "tomorrow morning"]
    assert presets(practice, at("2026-11-27T09:30"))[1].label == "on the next open morning"


def test_a_clinic_that_never_opens_offers_no_preset(practice: Practice) -> None:
    closed = msgspec.structs.replace(practice, hours=Fact(value={}))
    assert presets(closed, at("2026-11-23T09:30")) == []


def test_the_clocks_going_back_moves_no_preset(practice: Practice) -> None:
    open_all_day = {day: [["00:00", "23:59"]] for day in ("sat", "sun", "mon")}
    practice = msgspec.structs.replace(practice, hours=Fact(value=open_all_day))
    now = datetime.fromisoformat("2026-11-01T00:30:00-04:00")
    assert presets(practice, now)[0].at == datetime.fromisoformat("2026-11-01T01:30:00-05:00")


def test_a_time_of_ones_own_is_the_clinics_local_time(practice: Practice) -> None:
    now = at("2026-11-23T09:30")
    assert chosen(practice, now, "at", "2026-11-23T18:45") == at("2026-11-23T18:45")
    assert chosen(practice, now, "", "2026-11-23T18:45") is None
    assert chosen(practice, now, "in_2_hours", "") == at("2026-11-23T11:30")


@pytest.mark.parametrize("typed", ["2026-11-23T09:30", "2026-11-22T10:00", "2027-03-01T10:00", "tomorrow", ""])
def test_a_time_that_has_passed_or_is_none_is_refused(practice: Practice, typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        chosen(practice, at("2026-11-23T09:30"), "at", typed)
