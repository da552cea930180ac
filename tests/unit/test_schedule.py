"""Opening hours to offered times: hours, notice, horizon, holidays, wishes, days on which clocks change."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from knee_intake.booking import Booking, FreeTime, Wish
from knee_intake.booking.offline import ScheduleCalendar
from knee_intake.booking.schedule import Busy, clashes, is_open, open_days, pick_times
from knee_intake.errors import BookingError, BookingNotFoundError, SlotTakenError
from knee_intake.practice import load_practice
from tests.practices import FILE, make_practice

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)  # Tuesday noon in New York
NO_BREAK = timedelta(0)


def all_times(
    practice: Any, kind: str = "first_visit", wish: Wish | None = None, now: datetime = NOW
) -> list[FreeTime]:
    return [free for day in open_days(practice, kind, now, wish or Wish()) for free in day]


def starts(times: list[FreeTime]) -> list[str]:
    return [f"{free.start:%a %d %H:%M}" for free in times]


def offered(practice: Any = None, wish: Wish | None = None, **options: Any) -> list[str]:
    calendar = ScheduleCalendar(practice or make_practice())
    return starts(calendar.free_times("first_visit", wish or Wish(), NOW, **options))


def test_visits_lie_wholly_inside_the_opening_hours() -> None:
    day = starts(all_times(make_practice(), "long_visit", Wish(earliest=date(2026, 3, 11), latest=date(2026, 3, 11))))
    assert day[0] == "Wed 11 09:00"
    assert "Wed 11 11:00" in day
    assert "Wed 11 11:30" not in day  # would run into the lunch break
    assert day[-1] == "Wed 11 16:00"


def test_nothing_is_offered_before_the_notice_or_beyond_the_horizon() -> None:
    times = all_times(make_practice(booking={"notice_hours": 2, "horizon_days": 3}))
    assert starts(times)[0] == "Tue 10 14:00"
    assert times[-1].start <= NOW + timedelta(days=3)
    assert {f"{free.start:%a}" for free in times} == {"Tue", "Wed", "Thu", "Fri"}


def test_closed_days_and_holidays_have_no_times() -> None:
    days = {free.start.date() for free in all_times(make_practice(holidays=["2026-03-12"]))}
    assert date(2026, 3, 12) not in days
    assert date(2026, 3, 14) not in days  # a Saturday
    assert date(2026, 3, 13) in days


@pytest.mark.parametrize("kind", [visit.id for visit in load_practice(FILE).visit_types])
def test_no_kind_of_visit_of_the_shipped_clinic_is_given_on_a_holiday(kind: str) -> None:
    """July 3, 2026, a Friday, the day off for Independence Day."""
    shipped = load_practice(FILE)
    closed = msgspec.structs.replace(shipped, holidays=["2026-07-03"])
    now, holiday = datetime(2026, 7, 1, 12, 0, tzinfo=timezone.utc), date(2026, 7, 3)
    usual = [free for free in all_times(shipped, kind, now=now) if free.start.date() == holiday]
    assert usual
    assert all(is_open(shipped, free) and not is_open(closed, free) for free in usual)
    found = {free.start.date() for free in all_times(closed, kind, now=now)}
    assert holiday not in found
    assert {date(2026, 7, 2), date(2026, 7, 6)} <= found


def test_a_practice_without_hours_offers_nothing() -> None:
    assert offered(make_practice(hours={"value": None})) == []


def test_an_unknown_kind_of_visit_is_an_error() -> None:
    with pytest.raises(BookingError, match="no visit type 'spa'"):
        list(open_days(make_practice(), "spa", NOW, Wish()))


def test_local_times_stay_the_same_when_summer_time_begins() -> None:
    friday, monday = "2026-03-06", "2026-03-09"  # clocks go forward on Sunday the 8th
    now = datetime(2026, 3, 5, 12, 0, tzinfo=timezone.utc)
    by_day = {
        f"{day[0].start:%Y-%m-%d}": day[0] for day in open_days(make_practice(), "first_visit", now, Wish()) if day
    }
    assert by_day[friday].value == "2026-03-06T09:00-05:00"
    assert by_day[monday].value == "2026-03-09T09:00-04:00"


def night_starts(day: date, opens: str, closes: str) -> list[str]:
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
    practice = make_practice(hours={"value": {name: [[opens, closes]]}, "confirmed": True})
    now = datetime(day.year, day.month, day.day, tzinfo=timezone.utc) - timedelta(days=2)
    return [free.value for free in all_times(practice, wish=Wish(earliest=day, latest=day), now=now)]


def test_an_hour_that_does_not_exist_is_not_offered() -> None:
    assert night_starts(date(2026, 3, 8), "01:00", "04:00") == [
        "2026-03-08T01:00-05:00",
        "2026-03-08T01:30-05:00",
        "2026-03-08T03:00-04:00",
        "2026-03-08T03:30-04:00",
    ]


def test_an_hour_that_comes_twice_is_two_different_times() -> None:
    values = night_starts(date(2026, 11, 1), "01:00", "02:00")
    assert values == [
        "2026-11-01T01:00-04:00",
        "2026-11-01T01:30-04:00",
        "2026-11-01T01:00-05:00",
        "2026-11-01T01:30-05:00",
    ]
    assert len(set(values)) == len(values)


def test_where_clocks_go_back_by_half_an_hour_no_time_is_lost_or_doubled() -> None:
    day = date(2026, 4, 5)  # Lord Howe Island, at 2:00
    practice = make_practice(
        zone={"value": "Australia/Lord_Howe", "confirmed": True},
        hours={"value": {"sun": [["01:00", "03:00"]]}, "confirmed": True},
    )
    now = datetime(2026, 4, 3, tzinfo=timezone.utc)
    times = all_times(practice, wish=Wish(earliest=day, latest=day), now=now)
    assert [free.value[11:] for free in times] == [
        "01:00+11:00", "01:30+11:00", "01:30+10:30", "02:00+10:30", "02:30+10:30",
    ]  # fmt: skip
    assert {free.end - free.start for free in times} == {timedelta(minutes=30)}
    assert all(before.end == after.start for before, after in pairwise(times))


def test_a_visit_over_the_change_of_clocks_lasts_as_long_as_any_other() -> None:
    day = date(2026, 3, 8)
    practice = make_practice(hours={"value": {"sun": [["01:00", "05:00"]]}, "confirmed": True})
    times = all_times(practice, "long_visit", Wish(earliest=day, latest=day), NOW - timedelta(days=3))
    over = next(free for free in times if free.value == "2026-03-08T01:30-05:00")
    assert (over.end.isoformat(), over.end - over.start) == ("2026-03-08T03:30:00-04:00", timedelta(hours=1))
    assert is_open(practice, over)


@pytest.mark.parametrize("now", ["2026-03-11T03:59+00:00", "2026-03-11T04:00+00:00"])  # 11:59 PM and midnight
def test_the_notice_is_kept_over_midnight_and_days_are_the_clinics(now: str) -> None:
    hours = {"value": {day: [["00:00", "02:00"], ["22:00", "23:59"]] for day in ("tue", "wed")}, "confirmed": True}
    practice = make_practice(hours=hours, booking={"notice_hours": 2, "horizon_days": 1})
    times = all_times(practice, now=datetime.fromisoformat(now))
    assert starts(times)[0] == "Wed 11 22:00"
    assert starts(times)[-1] == "Wed 11 23:00"
    assert times[-1].start.date() == date(2026, 3, 11), "the clinic's day, though it is the 12th in UTC"


def test_a_wish_for_a_day_is_meant_in_the_clinics_zone() -> None:
    practice = make_practice(
        zone={"value": "Pacific/Auckland", "confirmed": True},
        hours={"value": {"thu": [["08:00", "10:00"]]}, "confirmed": True},
    )
    times = all_times(practice, wish=Wish(earliest=date(2026, 3, 12), latest=date(2026, 3, 12)))
    assert [free.value for free in times] == [
        "2026-03-12T08:00+13:00", "2026-03-12T08:30+13:00", "2026-03-12T09:00+13:00", "2026-03-12T09:30+13:00",
    ]  # fmt: skip
    assert {free.start.astimezone(timezone.utc).date() for free in times} == {date(2026, 3, 11)}


@pytest.mark.parametrize(
    ("zone", "offset"), [("Asia/Kathmandu", "+05:45"), ("America/St_Johns", "-02:30"), ("UTC", "+00:00")]
)
def test_a_clinic_in_another_zone_offers_its_own_hours(zone: str, offset: str) -> None:
    practice = make_practice(zone={"value": zone, "confirmed": True})
    values = [free.value for free in all_times(practice, wish=Wish(earliest=date(2026, 3, 12)))]
    assert values[0] == f"2026-03-12T09:00{offset}"
    assert values[13] == f"2026-03-12T16:30{offset}"


def test_the_leap_day_is_a_day_like_any_other() -> None:
    now = datetime(2028, 2, 28, 17, 0, tzinfo=timezone.utc)  # a Monday
    days = {f"{free.start:%Y-%m-%d}" for free in all_times(make_practice(booking={"horizon_days": 2}), now=now)}
    assert days == {"2028-02-28", "2028-02-29", "2028-03-01"}
    leap = Wish(earliest=date(2028, 2, 29), latest=date(2028, 2, 29))
    assert len(all_times(make_practice(), wish=leap, now=now)) == 14
    assert all_times(make_practice(holidays=["2028-02-29"]), wish=leap, now=now) == []
    year_ahead = make_practice(booking={"horizon_days": 366})
    assert all_times(year_ahead, now=now)[-1].start.date() == date(2029, 2, 28)


def test_who_has_left_the_clinic_gives_no_times_and_those_offered_before_are_not_open() -> None:
    both = two_clinicians()
    theirs = next(free for free in all_times(both, "long_visit") if free.clinician == "two")
    assert is_open(both, theirs)
    left = make_practice()  # "one" alone
    assert not is_open(left, theirs)
    assert {free.clinician for free in all_times(left, "long_visit")} == {"one"}


def test_a_kind_of_visit_that_is_gone_is_not_open() -> None:
    (time, *_) = all_times(make_practice(), "long_visit")
    kept = [{"id": "first_visit", "label": {"en": "Knee visit"}, "minutes": 30, "services": []}]
    role = {"en": "Doctor"}
    without = make_practice(
        visit_types=kept, clinicians=[{"id": "one", "role": role, "name": None, "visit_types": ["first_visit"]}]
    )
    assert not is_open(without, time)


def test_the_usual_offer_is_two_times_a_day_on_three_days_and_varies() -> None:
    assert offered() == [
        "Tue 10 14:00", "Tue 10 15:30", "Wed 11 10:00", "Wed 11 14:30", "Thu 12 11:00", "Thu 12 15:30",
    ]  # fmt: skip


def test_one_wanted_day_gives_times_all_over_that_day() -> None:
    times = offered(wish=Wish(earliest=date(2026, 3, 11), latest=date(2026, 3, 11)))
    assert len(times) == 6
    assert all(time.startswith("Wed 11") for time in times)
    assert times[0] < "Wed 11 12:00" < "Wed 11 15:00" < times[-1]


def test_as_soon_as_possible_begins_with_the_very_first_time() -> None:
    times = offered(wish=Wish(asap=True))
    assert times[0] == "Tue 10 14:00"
    assert [time[:6] for time in times] == ["Tue 10"] * 3 + ["Wed 11"] * 3


@pytest.mark.parametrize(
    ("wish", "check"),
    [
        (Wish(weekdays=("fri",)), lambda t: t.weekday() == 4),
        (Wish(not_weekdays=("tue", "wed")), lambda t: t.weekday() not in (1, 2)),
        (Wish(after="15:00"), lambda t: t.hour >= 15),
        (Wish(before="10:00"), lambda t: t.hour < 10),
        (Wish(after="13:00", before="14:00"), lambda t: t.hour == 13),
        (Wish(after="10:30", before="10:30"), lambda t: (t.hour, t.minute) == (10, 30)),
        (Wish(earliest=date(2026, 3, 20)), lambda t: t.date() >= date(2026, 3, 20)),
        (Wish(latest=date(2026, 3, 11)), lambda t: t.date() <= date(2026, 3, 11)),
    ],
)
def test_a_wish_is_kept(wish: Wish, check: Any) -> None:
    times = ScheduleCalendar(make_practice()).free_times("first_visit", wish, NOW)
    assert 3 <= len(times) <= 6
    assert all(check(free.start) for free in times)


def test_a_wish_that_cannot_be_kept_gives_nothing() -> None:
    assert offered(wish=Wish(weekdays=("sun",))) == []
    assert offered(wish=Wish(latest=date(2026, 3, 1))) == []


def test_times_that_were_refused_are_not_offered_again() -> None:
    calendar = ScheduleCalendar(make_practice())
    first = calendar.free_times("first_visit", Wish(), NOW)
    second = calendar.free_times("first_visit", Wish(), NOW, skip={free.value for free in first})
    assert len(second) == 6
    assert not set(first) & set(second)


@pytest.mark.parametrize("limit", [0, 1, 3, 5])
def test_the_limit_is_kept(limit: int) -> None:
    assert len(offered(limit=limit)) == limit


def two_clinicians() -> Any:
    role = {"en": "Doctor"}
    return make_practice(
        clinicians=[
            {"id": "one", "role": role, "name": None, "visit_types": ["first_visit"]},
            {"id": "two", "role": role, "name": None, "visit_types": ["first_visit", "long_visit"]},
        ]
    )


def test_a_start_is_offered_once_with_a_clinician_who_is_free() -> None:
    practice = two_clinicians()
    (day,) = islice(open_days(practice, "first_visit", NOW, Wish()), 1)
    busy = [Busy("one", day[0].start, day[0].end)]
    times = pick_times([day], busy, NO_BREAK, limit=20)
    assert len({free.start for free in times}) == len(times) == 6
    assert [free.clinician for free in times[:2]] == ["two", "one"]


def test_only_clinicians_of_that_kind_of_visit_are_offered() -> None:
    assert {free.clinician for free in all_times(two_clinicians(), "long_visit")} == {"two"}


def test_a_break_between_visits_is_kept_on_both_sides() -> None:
    start = datetime(2026, 3, 11, 10, 0, tzinfo=NEW_YORK)
    taken = [Busy("one", start, start + timedelta(minutes=30))]

    def at(minutes: int) -> FreeTime:
        begin = start + timedelta(minutes=minutes)
        return FreeTime(begin, begin + timedelta(minutes=30), "one", "first_visit")

    assert not clashes(at(30), taken, NO_BREAK)
    assert clashes(at(30), taken, timedelta(minutes=10))
    assert clashes(at(-30), taken, timedelta(minutes=10))
    assert not clashes(at(40), taken, timedelta(minutes=10))


def test_only_times_of_the_schedule_are_open() -> None:
    practice = make_practice()
    start = datetime(2026, 3, 11, 10, 0, tzinfo=NEW_YORK)
    good = FreeTime(start, start + timedelta(minutes=30), "one", "first_visit")
    assert is_open(practice, good)
    assert not is_open(practice, FreeTime(start, start + timedelta(minutes=20), "one", "first_visit"))
    assert not is_open(practice, FreeTime(good.start, good.end, "nobody", "first_visit"))
    late = start + timedelta(minutes=7)
    assert not is_open(practice, FreeTime(late, late + timedelta(minutes=30), "one", "first_visit"))


# ---- words and values


def test_a_time_reads_the_same_in_every_language_of_the_machine() -> None:
    start = datetime(2026, 12, 1, 15, 0, tzinfo=timezone.utc)
    free = FreeTime(start, start + timedelta(minutes=30), "one", "first_visit")
    assert free.label(NEW_YORK) == "Tue, Dec 1, 10:00 AM"
    noon = FreeTime(start + timedelta(hours=2), start + timedelta(hours=3), "one", "first_visit")
    assert noon.label(NEW_YORK) == "Tue, Dec 1, 12:00 PM"


def test_a_value_is_the_local_start_with_its_offset() -> None:
    start = datetime(2026, 12, 1, 10, 0, tzinfo=NEW_YORK)
    assert FreeTime(start, start, "one", "first_visit").value == "2026-12-01T10:00-05:00"


def test_a_wish_is_read_from_an_understood_answer() -> None:
    answer = {
        "earliest": "2026-03-12", "latest": None, "weekdays": ["thu"], "not_weekdays": [], "after": "13:00",
        "before": None, "asap": False, "pick": None, "none_fits": False,
    }  # fmt: skip
    assert Wish.from_answer(answer) == Wish(earliest=date(2026, 3, 12), weekdays=("thu",), after="13:00")
    assert Wish.from_answer({}) == Wish.from_answer(None) == Wish()


def test_a_booking_shows_an_intake_its_times_with_offset() -> None:
    start = datetime(2026, 3, 11, 10, 0, tzinfo=NEW_YORK)
    booking = Booking("H7K-4MQ", "c1", "first_visit", "one", start, start + timedelta(minutes=30), "requested")
    assert booking.for_intake() == {
        "reference": "H7K-4MQ",
        "start": "2026-03-11T10:00-04:00",
        "end": "2026-03-11T10:30-04:00",
        "kind": "first_visit",
        "status": "requested",
    }


# ---- the calendar without a database


def test_without_a_database_a_visit_is_a_request_whatever_the_mode() -> None:
    calendar = ScheduleCalendar(make_practice(booking={"mode": "book"}))
    (time, *_) = calendar.free_times("first_visit", Wish(), NOW)
    booking = calendar.place(
        None,
        key="c1:m1:book",
        conversation="c1",
        time=time,
        first_name="Ann",
        contact="a@b.org",
        source="rasa",
        now=NOW,
    )
    assert (booking.status, booking.start, booking.first_name) == ("requested", time.start, "Ann")
    again = calendar.hold(None, key="c1:m1:book", conversation="c1", time=time, now=NOW)
    assert (again.reference, again.status) == (booking.reference, "held")


def test_without_a_database_nothing_is_found_or_changed() -> None:
    calendar = ScheduleCalendar(make_practice())
    assert calendar.look_up("H7K-4MQ") is None
    assert calendar.release_expired(None, NOW) == 0
    with pytest.raises(BookingNotFoundError):
        calendar.confirm(None, reference="H7K-4MQ", now=NOW)
    with pytest.raises(BookingNotFoundError):
        calendar.cancel(None, key="k", reference="H7K-4MQ", now=NOW)


def test_a_past_time_is_refused_without_a_database_too() -> None:
    calendar = ScheduleCalendar(make_practice())
    (time, *_) = calendar.free_times("first_visit", Wish(), NOW)
    with pytest.raises(SlotTakenError):
        calendar.hold(None, key="k", conversation="c1", time=time, now=time.start)
