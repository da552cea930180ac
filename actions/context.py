"""What the actions of one turn work with, in the running app and under Rasa's own commands.

In the app, dialogue puts a TurnContext into the context variable: the text was heard already, and writes become
effects of the turn. Under `rasa shell` / `rasa run actions` there is none: the text is heard here, times come from
the clinic's schedule, and a visit is only noted in the tracker (`source: rasa`).
"""

from __future__ import annotations

from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from knee_intake.booking import Booking, FreeTime, Wish
from knee_intake.booking.offline import ScheduleCalendar
from knee_intake.booking.reference import make_reference
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.clock import system_clock
from knee_intake.duty import Kind
from knee_intake.interview.hear import Heard, Understand
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Desk, Placed
from knee_intake.settings import Settings
from knee_intake.understanding.reader import RuleReader
from knee_intake.understanding.service import Understanding
from knee_intake.understanding.types import IntentReading, Tag


@dataclass
class TurnContext:
    """One visitor turn in the running app."""

    clinic: Clinic
    desk: Desk
    now: datetime
    seq: int
    heard: Heard
    says: list[Say] = field(default_factory=list)
    """What was said, in order; the transcript is written from these."""
    heard_before: list[str] = field(default_factory=list)
    """Fields that texts before consent have filled, to be acknowledged with this turn."""
    calendar_link: str | None = None


CURRENT: ContextVar[TurnContext | None] = ContextVar("knee_intake_turn", default=None)


SOURCE = "rasa"


class OfflineDesk:
    """The desk under Rasa's own commands: times from the schedule, nothing is written anywhere."""

    def __init__(self, clinic: Clinic, now: datetime, key: str) -> None:
        self._calendar, self._now, self._key = ScheduleCalendar(clinic.practice), now, key
        self._kind = clinic.practice.first_visit.id

    def free_times(self, wish: Wish, limit: int, skip: Collection[str]) -> list[FreeTime]:
        return self._calendar.free_times(self._kind, wish, self._now, limit, skip)

    def hold(self, time: FreeTime, *, beside: bool = False) -> None:
        """Nothing to hold without a calendar."""

    @property
    def mails(self) -> bool:
        return False

    def on_duty(self, kind: Kind) -> bool:
        """Nobody is told of what is said here."""
        return False

    def place(
        self, time: FreeTime, first_name: str, contact: str, moving: str | None = None, *, beside: bool = False
    ) -> Placed:
        return Placed(make_reference(self._key), "requested", SOURCE)

    def cancel(self, reference: str) -> None:
        """Nothing was written, so nothing is to be taken back."""

    def find_visit(self, reference: str, contacts: Collection[str]) -> Booking | None:
        """No visits are kept here."""
        return None

    def call_back(self, topic: str, first_name: str | None, contact: str | None, wishes: str) -> None:
        """The note stays in the tracker."""


@lru_cache(maxsize=1)
def offline_clinic() -> Clinic:
    """The clinic's files, read once."""
    return load_clinic(Settings.from_environ().clinic_path)


@lru_cache(maxsize=1)
def _reader() -> RuleReader:
    return RuleReader()


class _ReadByRasa:
    """Rasa's NLU graph has classified the text already."""

    def __init__(self, latest: dict[str, Any]) -> None:
        self._latest = latest

    def classify(self, text: str) -> IntentReading:
        intent = self._latest.get("intent") or {}
        ranking = tuple((row["name"], row["confidence"]) for row in self._latest.get("intent_ranking") or ())
        tags = tuple(Tag(**tag) for tag in self._latest.get("tags") or ())
        return IntentReading(
            intent.get("name") or "nlu_fallback", float(intent.get("confidence") or 0.0), ranking, tags
        )


def offline_understand(latest: dict[str, Any]) -> Understand:
    """An `understand` function that takes intent and tags from Rasa's own parse and reads the rest by rule."""
    return Understanding(_reader(), _ReadByRasa(latest)).understand


def present() -> datetime:
    """The clinic's own time in the offline mode: "tomorrow" is meant there."""
    return system_clock().astimezone(offline_clinic().practice.zoneinfo())
