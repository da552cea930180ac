"""What a calendar offers, takes and gives back. PURE."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from knee_intake.opening_hours import DAYS

if TYPE_CHECKING:
    from knee_intake.booking.outside import Outside
    from knee_intake.booking.schedule import Busy
    from knee_intake.practice import Practice

OPEN_STATUSES = ("held", "requested", "booked")
"""A booking in one of these takes its time; a cancelled one does not."""

_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def local_time(moment: datetime, zone: tzinfo) -> datetime:
    """The moment on the zone's clock, with a fixed offset.

    Python compares and subtracts two times of one zone by the wall clock, which is wrong when clocks change.
    """
    return fixed(moment.astimezone(zone))


def fixed(moment: datetime) -> datetime:
    """The same moment and wall clock, its zone replaced by the offset that holds then."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a visit's time needs a zone")
    return moment.replace(tzinfo=timezone(offset), fold=0)


@dataclass(frozen=True)
class FreeTime:
    """A time that may be offered. `start` and `end` are aware: the clinic's local time with its offset then."""

    start: datetime
    end: datetime
    clinician: str
    kind: str
    """The visit type's id in practice.yml."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", fixed(self.start))
        object.__setattr__(self, "end", fixed(self.end))

    @property
    def value(self) -> str:
        """The start as ISO 8601 with offset: what the visitor's page sends back."""
        return self.start.isoformat(timespec="minutes")

    def label(self, zone: tzinfo) -> str:
        """For people: "Tue, Dec 1, 10:00 AM"."""
        return time_label(self.start.astimezone(zone))


def time_label(local: datetime) -> str:
    """A local time for people, the same whatever the machine's language: "Tue, Dec 1, 10:00 AM"."""
    hour, half = local.hour % 12 or 12, "PM" if local.hour >= 12 else "AM"
    day = f"{_DAY_NAMES[local.weekday()]}, {_MONTH_NAMES[local.month - 1]} {local.day}"
    return f"{day}, {hour}:{local.minute:02} {half}"


@dataclass(frozen=True)
class Wish:
    """When the visitor would like to come; nothing set means any time. Dates and times are the clinic's local ones."""

    earliest: date | None = None
    latest: date | None = None
    weekdays: tuple[str, ...] = ()  # mon..sun; empty: any
    not_weekdays: tuple[str, ...] = ()
    after: str | None = None  # "HH:MM": starts then or later
    before: str | None = None  # "HH:MM": starts earlier than that
    asap: bool = False

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any] | None) -> Wish:
        """From an understood `appointment` answer; what it holds beyond a wish (pick, none_fits) is left aside."""
        answer = answer or {}
        return cls(
            earliest=_date(answer.get("earliest")),
            latest=_date(answer.get("latest")),
            weekdays=tuple(answer.get("weekdays") or ()),
            not_weekdays=tuple(answer.get("not_weekdays") or ()),
            after=answer.get("after"),
            before=answer.get("before"),
            asap=bool(answer.get("asap")),
        )

    def fits_day(self, day: date) -> bool:
        """Whether a local date is wanted."""
        weekday = DAYS[day.weekday()]
        return (
            (self.earliest is None or day >= self.earliest)
            and (self.latest is None or day <= self.latest)
            and (not self.weekdays or weekday in self.weekdays)
            and weekday not in self.not_weekdays
        )

    def fits(self, local_start: datetime) -> bool:
        """Whether a visit that starts at this local time is wanted; after = before asks for exactly that time."""
        clock = f"{local_start:%H:%M}"
        if not self.fits_day(local_start.date()):
            return False
        if self.after is not None and self.after == self.before:
            return clock == self.after
        return (self.after is None or clock >= self.after) and (self.before is None or clock < self.before)


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or value is None:
        return value
    return date.fromisoformat(value)


@dataclass(frozen=True)
class Booking:
    """One visit that is held, requested, booked or cancelled. Times are the clinic's local ones with their offset."""

    reference: str
    conversation: str | None
    kind: str
    clinician: str
    start: datetime
    end: datetime
    status: str
    first_name: str | None = None
    contact: str | None = None
    sequence: int = 0
    """How often it has changed; the calendar file's SEQUENCE."""

    def for_intake(self) -> dict[str, str]:
        """The part that an intake shows."""
        return {
            "reference": self.reference,
            "start": self.start.isoformat(timespec="minutes"),
            "end": self.end.isoformat(timespec="minutes"),
            "kind": self.kind,
            "status": self.status,
        }


class Calendar(Protocol):
    """Where visits are kept. Every write takes a `key` and may be repeated with it: the result is the same booking.

    `connection` is the transaction of the visitor's turn: our own records are always written in it.
    """

    @property
    def outside(self) -> Outside | None:
        """The part that lies on a server, to be kept in step; None where all is in our own records."""
        ...

    def use(self, practice: Practice) -> None:
        """Go by these hours and holidays from now on; people, visit types and booking rules stay as they are."""
        ...

    def free_times(
        self,
        kind: str,
        wish: Wish,
        now: datetime,
        limit: int = 6,
        skip: Collection[str] = (),
        busy: Collection[Busy] | None = None,
    ) -> list[FreeTime]:
        """Up to `limit` good times, earliest days first; `skip` holds values not to offer again.

        `busy` is what the outside part said is taken; None: it is asked now. Raises CalendarUnavailableError.
        """
        ...

    def hold(
        self, connection: Any, *, key: str, conversation: str, time: FreeTime, now: datetime, beside: bool = False
    ) -> Booking:
        """Keep the time for a few minutes; a conversation's earlier hold is let go unless this one stands beside it.

        Raises SlotTakenError.
        """
        ...

    def place(
        self,
        connection: Any,
        *,
        key: str,
        conversation: str | None,
        time: FreeTime,
        first_name: str | None,
        contact: str | None,
        source: str,
        now: datetime,
    ) -> Booking:
        """Request or book the time, as the practice works; takes over the conversation's hold.

        Raises SlotTakenError.
        """
        ...

    def reschedule(
        self,
        connection: Any,
        *,
        key: str,
        reference: str,
        conversation: str | None,
        time: FreeTime,
        first_name: str | None,
        contact: str | None,
        source: str,
        now: datetime,
    ) -> Booking:
        """Place the new time and cancel the visit with this reference: both, or nothing.

        The new time may overlap the old visit. Raises SlotTakenError, BookingNotFoundError.
        """
        ...

    def books_at_once(self, clinician: str, now: datetime) -> bool:
        """Whether a visit placed now is booked without a person looking at it.

        Raises StorageError: a turn that says yes to a visit is made again then, and not turned into a call back.
        """
        ...

    def confirm(self, connection: Any, *, reference: str, now: datetime) -> Booking:
        """Turn a requested visit into a booked one. Raises BookingNotFoundError, BookingStateError."""
        ...

    def cancel(self, connection: Any, *, key: str, reference: str, now: datetime) -> Booking:
        """Free the time. Raises BookingNotFoundError."""
        ...

    def reinstate(self, connection: Any, *, reference: str, status: str, now: datetime) -> Booking:
        """Give a cancelled visit its time and its status back.

        Raises SlotTakenError, BookingStateError, BookingNotFoundError.
        """
        ...

    def look_up(self, reference: str) -> Booking | None:
        """The booking with this reference, however it was typed."""
        ...

    def release_expired(self, connection: Any, now: datetime) -> int:
        """Let go of holds that have run out; how many."""
        ...
