"""The clinic's own facts, read from clinic/practice.yml. PURE.

A fact knows whether the clinic has confirmed it. What is not confirmed is never told as true: it is either shown as a
demo value, or answered with "the clinic will tell you".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from knee_intake import duty
from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.feed_address import address_problem
from knee_intake.opening_hours import DAYS, OpeningHours, hours_in_words, is_clock
from knee_intake.texts import Texts, in_language

T = TypeVar("T")
LONGEST_NOTICE = 160
"""Characters: what still stands in three short lines on a phone."""
DAYS_LOOKED_AHEAD = 14
"""For the next opening; holidays in between are left out."""


class Fact(msgspec.Struct, Generic[T], forbid_unknown_fields=True, frozen=True):
    """One thing that only the clinic knows."""

    value: T | None = None
    confirmed: bool = False
    """Somebody at the clinic has said that it is so."""
    confirmed_on: str | None = None
    """The day on which that was said or looked at again, as YYYY-MM-DD; prices and plans grow old."""
    demo: bool = False
    """Made up so that the demo works; never true, never shown without saying so."""
    note: str = ""
    """For the clinic: where it comes from, or what is still to be answered."""

    @property
    def is_usable(self) -> bool:
        """There is a value that may be shown: a confirmed one, or a demo one marked as such."""
        return self.value is not None and (self.confirmed or self.demo)


class VisitType(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A kind of visit that can be asked for."""

    id: str
    label: Texts
    minutes: int
    services: list[str]
    """Treatment ids that may be talked about in it."""
    demo: bool = False


class Clinician(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Somebody who gives visits: a role, until the clinic names the person."""

    id: str
    role: Texts
    visit_types: list[str]
    name: str | None = None
    demo: bool = False


class BookingLimits(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How much one visitor may take, so that nobody fills the calendar with visits that are not meant."""

    holds_per_hour: int = 10
    """Times that one conversation may have kept for it within an hour."""
    visits_per_conversation: int = 6
    """Visits that one conversation may ask for, those that it moved or cancelled counted."""
    visits_per_address: int = 5
    """Conversations from one network address that may ask for a visit within a day."""
    visits_per_contact: int = 1
    """Conversations with an open visit for one phone number or email."""


class BookingRules(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How visits are given out."""

    mode: Literal["request", "book"]
    """request: staff confirm each visit. book: a visit is booked at once."""
    notice_hours: int
    """No visit starts sooner than this after it is asked for."""
    horizon_days: int
    """No visit is offered later than this."""
    step_minutes: int
    """Visits start at multiples of this after the clinic opens."""
    buffer_minutes: int
    """Kept free between two visits of one clinician."""
    hold_minutes: int
    """How long a picked time is kept before the visitor has to confirm."""
    calendar: Literal["embedded", "caldav", "fhir"] = "embedded"
    """Where visits are kept: in our own records alone, or in step with the clinic's own calendar."""
    limits: BookingLimits = BookingLimits()
    busy_feed: dict[str, str] = {}
    """Clinician -> address of their own calendar as iCalendar; KNEE_INTAKE_BUSY_FEEDS is the place for secret ones."""
    feed_shows_first_names: bool = False
    """Whether the calendars that staff subscribe to name patients."""


class ChatRules(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the chat on the website does for now; holds for every conversation at once (clinic_store.py)."""

    mode: Literal["on", "no_booking", "phone_only", "off"] = "on"
    """no_booking: no times are offered, the clinic calls back. phone_only, off: no new chats; those that run go on."""
    notice: str = ""
    """One line of the clinic's own, shown in every mode: "Closed today: snow"."""

    @property
    def takes_new(self) -> bool:
        """Whether a new conversation may begin."""
        return self.mode in ("on", "no_booking")

    @property
    def offers_times(self) -> bool:
        """Whether the interview leads to a time; it leads to a call back otherwise."""
        return self.mode == "on"


class RequestRules(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How requests about somebody's own data are answered."""

    due_days: int = 30
    """Days until a request to delete, copy or correct has to be answered."""


class Wording(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How the facts are said to a patient. {braces} are filled in."""

    phone_demo: Texts
    phone_missing: Texts
    """Stands in a sentence: "call the clinic at …"."""
    hours: Texts
    hours_demo: Texts
    hours_missing: Texts
    days: Texts
    """Seven names from Monday to Sunday, with commas between."""
    days_to: Texts
    """Joins the first and last of several days in a row."""
    spans_and: Texts
    """Joins two spans of one day."""
    chat_closed: Texts
    """Why no chat can be begun."""


class Practice(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole of practice.yml."""

    name: Fact[str]
    phone: Fact[str]
    address: Fact[str]
    zone: Fact[str]
    """IANA name, as America/New_York."""
    hours: Fact[OpeningHours]
    services: dict[str, Fact[bool]]
    """Treatment id -> whether the clinic gives it."""
    first_visit_free: Fact[bool]
    prices: Fact[str]
    insurance: Fact[str]
    parking: Fact[str]
    who_injects: Fact[str]
    referral: Fact[str]
    website: Fact[str]
    alert_recipient: Fact[str]
    """Email address that urgent alerts go to; confirmed once a test alert has reached it."""
    privacy_notice_url: Fact[str]
    visit_types: list[VisitType]
    clinicians: list[Clinician]
    booking: BookingRules
    wording: Wording
    alerts: duty.AlertRules = msgspec.field(default_factory=duty.AlertRules)
    widget: ChatRules = ChatRules()
    requests: RequestRules = RequestRules()
    holidays: list[str] = []
    """Closed on these days, each as YYYY-MM-DD."""
    approved_by: str | None = None
    approved_at: str | None = None

    def zoneinfo(self) -> ZoneInfo:
        """The zone that all opening hours and visit times are meant in."""
        return ZoneInfo(self.zone.value or "UTC")

    def facts(self) -> Iterator[tuple[str, Fact[Any]]]:
        """Every fact with its name; services as `services.ID`."""
        for name in self.__struct_fields__:
            entry = getattr(self, name)
            if isinstance(entry, Fact):
                yield name, entry
        for service, fact in self.services.items():
            yield f"services.{service}", fact

    def fact(self, name: str) -> Fact[Any]:
        """The fact with this name. An unknown name is a defect and raises KeyError."""
        return dict(self.facts())[name]

    def is_confirmed(self, name: str) -> bool:
        """Whether the clinic has confirmed the fact and it has a value."""
        fact = self.fact(name)
        return fact.confirmed and fact.value is not None

    def unconfirmed(self) -> list[tuple[str, Fact[Any]]]:
        """The facts that the clinic still has to give or confirm."""
        return [(name, fact) for name, fact in self.facts() if not self.is_confirmed(name)]

    def gives(self, treatment: str) -> bool | None:
        """Whether the clinic gives a treatment; None while it has not said."""
        fact = self.services.get(treatment)
        return fact.value if fact is not None and fact.confirmed else None

    def visit_type(self, kind: str) -> VisitType:
        """The visit type with this id. An unknown id raises KeyError."""
        return {visit.id: visit for visit in self.visit_types}[kind]

    @property
    def first_visit(self) -> VisitType:
        """The visit type that a new visitor is offered: the first of the file."""
        return self.visit_types[0]

    @property
    def books_at_once(self) -> bool:
        """Whether a visit is booked without a person: the clinic wants it and its hours are real."""
        return self.booking.mode == "book" and self.is_confirmed("hours")

    def is_holiday(self, day: date) -> bool:
        return day.isoformat() in self.holidays

    def spans_on(self, day: date) -> list[tuple[time, time]]:
        """When the clinic is open on this day, in its own zone; empty when it is closed."""
        if self.is_holiday(day):
            return []
        spans = (self.hours.value or {}).get(DAYS[day.weekday()], [])
        return [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans]

    def is_open(self, now: datetime) -> bool:
        """Whether the clinic is open at this moment. `now` is aware."""
        local = now.astimezone(self.zoneinfo())
        return any(start <= local.time() < end for start, end in self.spans_on(local.date()))

    def next_opening(self, now: datetime) -> datetime | None:
        """When the clinic opens next after this moment, within two weeks; aware, in the clinic's zone."""
        zone = self.zoneinfo()
        local = now.astimezone(zone)
        for days in range(DAYS_LOOKED_AHEAD):
            day = local.date() + timedelta(days=days)
            for start, _end in self.spans_on(day):
                opens = datetime.combine(day, start, zone)
                if opens > local:
                    return opens
        return None

    def on_duty(self, now: datetime, kind: duty.Kind = "hand_over", channels: Collection[str] = duty.CHANNELS) -> bool:
        """Whether anybody is told of `kind` at this moment, and not only when the clinic opens.

        `channels` are those that the server has set up (`Settings.notice_channels`): a recipient that no channel
        reaches is not told.
        """
        return bool(duty.told_now(self, kind, now, channels))

    def phone_text(self, lang: str = "en") -> str:
        """The phone to put after "call the clinic at"; a demo number says that it is one."""
        if not self.phone.is_usable:
            return in_language(self.wording.phone_missing, lang)
        if self.phone.demo and not self.phone.confirmed:
            return in_language(self.wording.phone_demo, lang).format(phone=self.phone.value)
        return str(self.phone.value)

    def chat_closed_text(self, lang: str = "en") -> str:
        """Why no chat can be begun, the clinic's own notice first, with the phone."""
        told = in_language(self.wording.chat_closed, lang).format(phone=self.phone_text(lang))
        notice = self.widget.notice
        stop = "" if not notice or notice[-1] in ".!?" else "."
        return f"{notice}{stop} {told}".strip()

    def open_hours_text(self, lang: str = "en") -> str:
        """One sentence on the opening hours, or that the clinic will tell them."""
        if not self.hours.is_usable:
            return in_language(self.wording.hours_missing, lang)
        wording = self.wording
        hours = hours_in_words(
            self.hours.value or {},
            [name.strip() for name in in_language(wording.days, lang).split(",")],
            in_language(wording.days_to, lang),
            in_language(wording.spans_and, lang),
        )
        return in_language(wording.hours if self.hours.confirmed else wording.hours_demo, lang).format(hours=hours)


def is_day(text: str) -> bool:
    """Whether it is a day as YYYY-MM-DD."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def load_practice(path: Path) -> Practice:
    """Read and check practice.yml. Raises ClinicFileError naming file, line, key and what was expected."""
    practice = load_yaml(path, Practice)
    _Check(path).all(practice)
    return practice


class _Check:
    """What the types alone cannot say."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, expected: str, *where: str | int) -> ClinicFileError:
        return ClinicFileError(self.path, line_of(read_yaml(self.path), *where), ".".join(map(str, where)), expected)

    def all(self, practice: Practice) -> None:
        if not practice.name.value:
            raise self.fail("expected the clinic's name", "name", "value")
        for name, fact in practice.facts():
            if fact.confirmed and fact.demo:
                raise self.fail("expected confirmed or demo, not both", *name.split("."))
            if fact.confirmed and fact.value is None:
                raise self.fail("expected a value where confirmed is true", *name.split("."))
            if fact.confirmed_on is not None and not (fact.confirmed and is_day(fact.confirmed_on)):
                expected = 'expected a day as "YYYY-MM-DD", and only where confirmed is true'
                raise self.fail(expected, *name.split("."), "confirmed_on")
        self.zone(practice)
        self.hours(practice.hours.value or {})
        self.holidays(practice.holidays)
        self.visits(practice)
        self.numbers(practice.booking)
        self.notice(practice.widget.notice)
        if not 1 <= practice.requests.due_days <= 365:
            raise self.fail("expected 1 to 365 days", "requests", "due_days")
        for expected, where in duty.mistakes(practice.alerts):
            raise self.fail(expected, "alerts", *where)
        self.feeds(practice)
        for name in Wording.__struct_fields__:
            if "en" not in getattr(practice.wording, name):
                raise self.fail("expected an `en` wording", "wording", name)

    def zone(self, practice: Practice) -> None:
        try:
            practice.zoneinfo()
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self.fail("expected a zone name such as America/New_York", "zone", "value") from None

    def hours(self, hours: OpeningHours) -> None:
        for day, spans in hours.items():
            if day not in DAYS:
                raise self.fail(f"expected one of {', '.join(DAYS)}", "hours", "value", day)
            last = ""
            for number, span in enumerate(spans):
                where = ("hours", "value", day, number)
                if len(span) != 2 or not all(is_clock(part) for part in span):
                    raise self.fail('expected ["HH:MM", "HH:MM"]', *where)
                if not last <= span[0] < span[1]:
                    raise self.fail("expected spans in order, each ending after it starts", *where)
                last = span[1]

    def holidays(self, holidays: list[str]) -> None:
        for number, day in enumerate(holidays):
            if not is_day(day):
                raise self.fail('expected a day as "YYYY-MM-DD"', "holidays", number)

    def visits(self, practice: Practice) -> None:
        kinds = [visit.id for visit in practice.visit_types]
        if not kinds:
            raise self.fail("expected at least one visit type", "visit_types")
        for number, visit in enumerate(practice.visit_types):
            if not 5 <= visit.minutes <= 480:
                raise self.fail("expected 5 to 480 minutes", "visit_types", number, "minutes")
            for service in visit.services:
                if service not in practice.services:
                    raise self.fail(f"`{service}` is no service of this file", "visit_types", number, "services")
        for number, clinician in enumerate(practice.clinicians):
            for kind in clinician.visit_types:
                if kind not in kinds:
                    raise self.fail(f"`{kind}` is no visit type of this file", "clinicians", number, "visit_types")
        for name, found in (("visit_types", kinds), ("clinicians", [one.id for one in practice.clinicians])):
            if len(set(found)) != len(found):
                raise self.fail("expected each id once", name)

    def numbers(self, rules: BookingRules) -> None:
        least = {"notice_hours": 0, "horizon_days": 1, "step_minutes": 5, "buffer_minutes": 0, "hold_minutes": 1}
        for name, smallest in least.items():
            if getattr(rules, name) < smallest:
                raise self.fail(f"expected {smallest} or more", "booking", name)
        for name in BookingLimits.__struct_fields__:
            if getattr(rules.limits, name) < 1:
                raise self.fail("expected 1 or more", "booking", "limits", name)

    def notice(self, notice: str) -> None:
        if len(notice) > LONGEST_NOTICE or not (notice.isprintable() and notice == notice.strip()):
            raise self.fail(f"expected one line of {LONGEST_NOTICE} characters or fewer", "widget", "notice")

    def feeds(self, practice: Practice) -> None:
        for clinician, address in practice.booking.busy_feed.items():
            if clinician not in {one.id for one in practice.clinicians}:
                raise self.fail(f"`{clinician}` is no clinician of this file", "booking", "busy_feed", clinician)
            if problem := address_problem(address):
                raise self.fail(problem, "booking", "busy_feed", clinician)
