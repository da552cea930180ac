"""Who is told, when the clinic is open and when it is not; and what a wrong `alerts` block is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from knee_intake import duty
from knee_intake.errors import ClinicFileError
from knee_intake.practice import Practice, load_practice
from tests.practices import FILE, make_practice

OPEN = datetime(2026, 3, 10, 15, 0, tzinfo=timezone.utc)
"""A Tuesday, eleven in the morning in New York; the lunch gap is from noon to one."""
LUNCH = OPEN + timedelta(hours=1)
FRIDAY_NIGHT = datetime(2026, 3, 14, 1, 0, tzinfo=timezone.utc)
DAY, NIGHT = {"mail": "day@clinic.test"}, {"mail": "night@clinic.test"}


def practice(**alerts: Any) -> Practice:
    base = {
        "recipients": {"day": DAY, "night": NIGHT, "hook": {"webhook": True}, "nobody": {}},
        "told": {
            "hand_over": {"open": ["day", "hook"], "closed": []},
            "same_day": {"open": ["day"], "closed": ["night"]},
        },
    }
    return make_practice(alerts={**base, **alerts})


def with_told(kind: str, names: list[str], **more: Any) -> Practice:
    return practice(told={kind: {"open": names, "closed": []}}, **more)


def test_somebody_is_on_duty_while_the_clinic_is_open() -> None:
    assert practice().on_duty(OPEN)
    assert practice().on_duty(OPEN, "same_day")
    assert not practice().on_duty(OPEN, "visit"), "nobody is named for it"


@pytest.mark.parametrize("now", [LUNCH, FRIDAY_NIGHT])
def test_outside_opening_hours_only_those_named_for_it_are(now: datetime) -> None:
    assert not practice().on_duty(now)
    assert practice().on_duty(now, "same_day")
    assert duty.told_now(practice(), "same_day", now) == ["night"]


@pytest.mark.parametrize(
    ("channels", "told"),
    [(("mail", "webhook"), ["day", "hook"]), (("mail",), ["day"]), (("webhook",), ["hook"]), ((), [])],
)
def test_who_is_reached_by_no_channel_is_not_on_duty(channels: tuple[str, ...], told: list[str]) -> None:
    assert duty.told_now(practice(), "hand_over", OPEN, channels) == told
    assert practice().on_duty(OPEN, channels=channels) is bool(told)


@pytest.mark.parametrize("address", [None, "desk@clinic.test"])
def test_the_alert_recipient_of_the_facts_may_stand_for_an_address(address: str | None) -> None:
    alerts = {"recipients": {"fact": {"mail": "alert_recipient"}}, "told": {"hand_over": {"open": ["fact"]}}}
    found = make_practice(alerts=alerts, alert_recipient={"value": address})
    assert [way.address for way in duty.ways(found, "fact")] == ([address] if address else [])
    assert found.on_duty(OPEN) is (address is not None)


def test_a_recipient_without_any_way_is_nobody() -> None:
    assert not with_told("hand_over", ["nobody"]).on_duty(OPEN)
    assert duty.ways(practice(), "unheard of") == []


def test_the_shipped_demo_has_nobody_on_duty() -> None:
    shipped = load_practice(FILE)
    assert not any(shipped.on_duty(OPEN, kind, ("mail",)) for kind in duty.KINDS)
    assert set(shipped.alerts.told) == set(duty.KINDS)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (OPEN, "2026-03-10T13:00-04:00"),
        (LUNCH, "2026-03-10T13:00-04:00"),
        (FRIDAY_NIGHT, "2026-03-16T09:00-04:00"),
        (datetime(2026, 3, 7, 3, 0, tzinfo=timezone.utc), "2026-03-09T09:00-04:00"),  # clocks change on the Sunday
    ],
)
def test_the_next_opening_is_found_over_lunch_weekends_and_a_change_of_clocks(now: datetime, opens: str) -> None:
    assert duty.next_opening(practice(), now) == datetime.fromisoformat(opens)


def test_a_holiday_is_no_opening_and_a_clinic_without_hours_never_opens() -> None:
    closed = make_practice(holidays=["2026-03-16", "2026-03-17"])
    assert duty.next_opening(closed, FRIDAY_NIGHT) == datetime.fromisoformat("2026-03-18T09:00-04:00")
    assert duty.next_opening(make_practice(hours={"value": None}), OPEN) is None


def test_each_kind_may_have_a_patience_of_its_own() -> None:
    rules = practice(escalate_minutes=7, told={"soon": {"escalate_minutes": 90}}).alerts
    assert (rules.patience("soon"), rules.patience("visit")) == (timedelta(minutes=90), timedelta(minutes=7))


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("desk@clinic.test", True), ("a.b+c@x.example.org", True), ("desk", False), ("desk@clinic", False),
        ("a@b.c, d@e.f", False), ("a@b.c\nBcc: d@e.f", False), ("Desk <a@b.c>", False), ("x" * 251 + "@b.c", False),
    ],
)  # fmt: skip
def test_an_address_is_one_address(address: str, is_one: bool) -> None:
    assert duty.is_address(address) is is_one


@pytest.fixture
def load_changed(tmp_path: Path) -> Callable[[str, str], Practice]:
    def load(old: str, new: str) -> Practice:
        text = FILE.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path = tmp_path / "practice.yml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return load_practice(path)

    return load


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("escalate_minutes: 10 ", "escalate_minutes: 0 ", "alerts.escalate_minutes", "1 to 1440"),
        ("mail: alert_recipient", "mail: the front desk", "alerts.recipients.front_desk.mail", "an email address"),
        ("front_desk: {mail", "Front desk: {mail", "alerts.recipients.Front desk", "short name"),
        ("visit: {open: [front_desk]", "visit: {open: [back_desk]", "alerts.told.visit.open.0", "`back_desk` is none"),
        ("hand_over: {open: [", "hand_over: {open: [front_desk, ", "alerts.told.hand_over.open.1", "once"),
        ("escalate_minutes: 120", "escalate_minutes: 9999", "alerts.told.visit.escalate_minutes", "1 to 1440"),
        ("    visit: {open", "    visits: {open", "alerts.told", "visits"),
        ('at: "08:30"', 'at: "8:30"', "alerts.digest.at", "HH:MM"),
        ("to: [front_desk]", "to: [boss]", "alerts.digest.to.0", "`boss` is none"),
        ("recipient, webhook:", "recipient, webhooks:", "alerts.recipients.front_desk.webhooks", "unknown field"),
    ],
)  # fmt: skip
def test_a_broken_block_is_refused_with_line_key_and_what_was_expected(
    load_changed: Callable[[str, str], Practice], old: str, new: str, key: str, expected: str
) -> None:
    with pytest.raises(ClinicFileError) as caught:
        load_changed(old, new)
    assert caught.value.key.startswith(key)
    assert expected in str(caught.value)
    assert caught.value.line is not None
