"""The clinic's facts: what is told, what is only a demo, what the clinic still has to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from knee_intake.errors import ClinicFileError
from knee_intake.opening_hours import hours_in_words
from knee_intake.practice import BookingLimits, Fact, Practice, load_practice

FILE = Path(__file__).parents[2] / "clinic" / "practice.yml"
Load = Callable[[str, str], Practice]


@pytest.fixture
def shipped() -> Practice:
    return load_practice(FILE)


@pytest.fixture
def load_changed(tmp_path: Path) -> Load:
    """The shipped file with one piece of text replaced by another."""

    def load(old: str, new: str) -> Practice:
        text = FILE.read_text(encoding="utf-8")
        assert text.count(old) >= 1, old
        path = tmp_path / "practice.yml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_practice(path)

    return load


def with_facts(practice: Practice, **facts: Any) -> Practice:
    return msgspec.structs.replace(practice, **facts)


def test_only_what_the_article_says_is_confirmed(shipped: Practice) -> None:
    confirmed = [name for name, _ in shipped.facts() if shipped.is_confirmed(name)]
    assert confirmed == [
        "name",
        "services.physical_therapy",
        "services.sports_medicine",
        "services.acupuncture",
        "services.chiropractic",
    ]
    assert shipped.name.value == "43rd Street Medical"


def test_nobody_is_named_and_nothing_is_invented_without_a_demo_mark(shipped: Practice) -> None:
    assert [clinician.name for clinician in shipped.clinicians] == [None] * len(shipped.clinicians)
    assert all(entry.demo for entry in (*shipped.clinicians, *shipped.visit_types))
    assert [name for name, fact in shipped.facts() if fact.demo] == ["phone", "zone", "hours"]
    made_up = [name for name, fact in shipped.unconfirmed() if fact.value is not None and not fact.demo]
    assert made_up == ["first_visit_free"], "the article offers it, so it has a value, but it is not confirmed"


def test_the_demo_phone_can_never_be_a_real_one(shipped: Practice) -> None:
    assert (shipped.phone.value or "").startswith("555-01")
    assert shipped.phone_text() == "555-0143 (demo number)"


def test_a_confirmed_phone_is_shown_as_it_is(shipped: Practice) -> None:
    real = with_facts(shipped, phone=Fact(value="212-555-0100", confirmed=True))
    assert real.phone_text() == "212-555-0100"


@pytest.mark.parametrize("fact", [Fact(), Fact(value="212-555-0100")])
def test_a_phone_that_nobody_confirmed_is_not_shown(shipped: Practice, fact: Fact[str]) -> None:
    assert with_facts(shipped, phone=fact).phone_text() == "the number on the clinic's website"


def test_demo_hours_say_that_they_are(shipped: Practice) -> None:
    assert shipped.open_hours_text() == "Demo hours: Monday to Friday, 9 AM to noon and 1 PM to 5 PM."


def test_confirmed_hours_are_told_and_unknown_ones_are_not(shipped: Practice) -> None:
    real = with_facts(shipped, hours=Fact(value={"sat": [["10:00", "14:30"]]}, confirmed=True))
    assert real.open_hours_text() == "The clinic is open Saturday, 10 AM to 2:30 PM."
    assert with_facts(shipped, hours=Fact()).open_hours_text() == "The clinic will tell you its hours."


def test_a_language_without_a_translation_falls_back_to_english(shipped: Practice) -> None:
    assert shipped.open_hours_text("es") == shipped.open_hours_text("en")


def test_days_with_the_same_hours_are_said_together() -> None:
    hours = {
        "mon": [["08:00", "12:00"]],
        "tue": [["08:00", "12:00"]],
        "wed": [],
        "thu": [["08:00", "12:00"]],
        "fri": [["09:00", "12:00"]],
        "sun": [["00:00", "23:59"]],
    }
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert hours_in_words(hours, names, "{first}-{last}", "and") == (
        "Mon-Tue, 8 AM to noon; Thu, 8 AM to noon; Fri, 9 AM to noon; Sun, 12 AM to 11:59 PM"
    )


def test_a_day_has_its_spans_and_a_holiday_has_none(shipped: Practice) -> None:
    tuesday = date(2026, 12, 1)
    assert shipped.spans_on(tuesday) == [(time(9), time(12)), (time(13), time(17))]
    assert shipped.spans_on(date(2026, 12, 5)) == []
    assert with_facts(shipped, holidays=["2026-12-01"]).spans_on(tuesday) == []


def test_open_is_meant_in_the_clinics_own_zone(shipped: Practice) -> None:
    assert shipped.is_open(datetime(2026, 12, 1, 14, 0, tzinfo=timezone.utc)), "9 AM in New York"
    assert not shipped.is_open(datetime(2026, 12, 1, 13, 59, tzinfo=timezone.utc))
    assert not shipped.is_open(datetime(2026, 12, 1, 17, 30, tzinfo=timezone.utc)), "the lunch gap"


def test_whether_a_service_is_given_is_unknown_until_the_clinic_says_so(shipped: Practice) -> None:
    assert shipped.gives("botox_knee") is None
    assert shipped.gives("acupuncture") is True
    told = with_facts(shipped, services={"botox_knee": Fact(value=False, confirmed=True)})
    assert told.gives("botox_knee") is False
    assert told.gives("magnets") is None


def test_visits_are_booked_at_once_only_with_confirmed_hours(shipped: Practice) -> None:
    at_once = with_facts(shipped, booking=msgspec.structs.replace(shipped.booking, mode="book"))
    assert not shipped.books_at_once
    assert not at_once.books_at_once
    assert with_facts(at_once, hours=Fact(value={"mon": [["09:00", "10:00"]]}, confirmed=True)).books_at_once


def test_a_new_visitor_is_offered_the_first_visit_type(shipped: Practice) -> None:
    assert shipped.first_visit == shipped.visit_type("consultation")
    with pytest.raises(KeyError):
        shipped.visit_type("surgery")


def test_each_field_of_the_clinic_has_a_visit_and_somebody_who_gives_it(shipped: Practice) -> None:
    kinds = {visit.id: visit.minutes for visit in shipped.visit_types}
    assert kinds == {
        "consultation": 30, "physical_therapy": 45, "acupuncture": 45, "chiropractic": 30, "sports_medicine": 30,
    }  # fmt: skip
    given = {kind: [one.id for one in shipped.clinicians if kind in one.visit_types] for kind in kinds}
    assert given.pop("consultation") == ["sports_medicine", "physical_therapy"]
    assert given == {kind: [kind] for kind in given}
    assert all(shipped.services[kind].value for kind in given)


def test_the_limits_are_those_of_the_file_and_have_defaults_where_it_names_none(load_changed: Load) -> None:
    changed = load_changed("visits_per_address: 5", "visits_per_address: 50").booking.limits
    assert (changed.visits_per_address, changed.visits_per_contact) == (50, 1)
    assert load_practice(FILE).booking.limits == BookingLimits()


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("name: {value: 43rd Street Medical,", "name: {value: null,", "name.value", "clinic's name"),
        ("name: {value:", "name: {valeu:", "name.valeu", "unknown field"),
        ("confirmed: true, note: \"From", "confirmed: true, demo: true, note: \"From", "name", "not both"),
        ("value: America/New_York", "value: America/Gotham", "zone.value", "zone name"),
        ('mon: [["09:00", "12:00"]', 'mon: [["9", "12:00"]', "hours.value.mon.0", '["HH:MM", "HH:MM"]'),
        ('mon: [["09:00", "12:00"]', 'mon: [["12:00", "09:00"]', "hours.value.mon.0", "in order"),
        ('["13:00", "17:00"]', '["11:00", "17:00"]', "hours.value.mon.1", "in order"),
        ("    tue: [[", "    tues: [[", "hours.value.tues", "one of mon"),
        ("holidays: []", 'holidays: ["25 December"]', "holidays.0", "YYYY-MM-DD"),
        ("minutes: 30", "minutes: 0", "visit_types.0.minutes", "5 to 480"),
        ("services: [botox_knee,", "services: [botox,", "visit_types.0.services", "`botox` is no service"),
        (
            "visit_types: [consultation, sports", "visit_types: [chat, sports", "clinicians.0.visit_types",
            "`chat` is no visit type",
        ),
        ("{id: physical_therapy, role", "{id: sports_medicine, role", "clinicians", "each id once"),
        ("mode: request", "mode: maybe", "booking.mode", "Invalid enum value"),
        ("hold_minutes: 10", "hold_minutes: 0", "booking.hold_minutes", "1 or more"),
        ("calendar: embedded", "calendar: paper", "booking.calendar", "Invalid enum value"),
        ("visits_per_contact: 1", "visits_per_contact: 0", "booking.limits.visits_per_contact", "1 or more"),
        ("holds_per_hour: 10", "holds_per_day: 10", "booking.limits.holds_per_day", "unknown field"),
        ("busy_feed: {}", 'busy_feed: {nobody: "https://a.example"}', "booking.busy_feed.nobody", "is no clinician"),
        (
            "busy_feed: {}", 'busy_feed: {acupuncture: "http://a.example"}', "booking.busy_feed.acupuncture",
            "expected https://",
        ),
        ('phone_demo: {en: "', 'phone_demo: {fr: "', "wording.phone_demo", "`en` wording"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_line_key_and_what_was_expected(
    load_changed: Load, old: str, new: str, key: str, expected: str
) -> None:
    with pytest.raises(ClinicFileError) as caught:
        load_changed(old, new)
    assert caught.value.key == key
    assert expected in caught.value.expected
    assert caught.value.line is not None


def test_a_clinic_without_visit_types_is_refused(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    start, end = text.index("visit_types:\n"), text.index("# Who gives visits")
    path = tmp_path / "practice.yml"
    path.write_text(text[:start] + "visit_types: []\n" + text[end:], encoding="utf-8")
    with pytest.raises(ClinicFileError, match="at least one visit type"):
        load_practice(path)
