"""Talk to the pure core without Rasa and without a model: what each text means is given, what is said comes out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from knee_intake.booking import Booking, FreeTime, Wish
from knee_intake.booking.offline import ScheduleCalendar
from knee_intake.clinic import Clinic
from knee_intake.duty import Kind
from knee_intake.errors import BookingLimitError, CalendarUnavailableError, SlotTakenError
from knee_intake.interview import ways
from knee_intake.interview.hear import Heard, hear
from knee_intake.interview.model import Answer, Intake
from knee_intake.interview.reply import proceed
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Placed, Talk
from knee_intake.understanding.types import Understood


@dataclass
class TestDesk:
    """The clinic's real schedule; writes are only remembered."""

    __test__ = False
    clinic: Clinic
    now: datetime
    lost: set[str] = field(default_factory=set)
    down: bool = False
    limit: str | None = None
    """The limit that this visitor has reached."""
    held: list[FreeTime] = field(default_factory=list)
    placed: list[tuple[FreeTime, str, str]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    mails: bool = False
    watched: bool = True
    """Somebody at the clinic is told of things now."""
    visits: dict[str, Booking] = field(default_factory=dict)
    """Of other chats, by reference."""
    calls: list[tuple[str, str | None, str | None, str]] = field(default_factory=list)

    def free_times(self, wish: Wish, limit: int, skip: Collection[str]) -> list[FreeTime]:
        if self.down:
            raise CalendarUnavailableError("down")
        calendar = ScheduleCalendar(self.clinic.practice)
        return calendar.free_times(self.clinic.practice.first_visit.id, wish, self.now, limit, {*skip, *self.lost})

    def hold(self, time: FreeTime, *, beside: bool = False) -> None:
        if self.limit == "holds":
            raise BookingLimitError(self.limit)
        if time.value in self.lost:
            raise SlotTakenError("taken")
        self.held.append(time)

    def on_duty(self, kind: Kind) -> bool:
        return self.watched

    def place(
        self, time: FreeTime, first_name: str, contact: str, moving: str | None = None, *, beside: bool = False
    ) -> Placed:
        if self.down:
            raise CalendarUnavailableError("down")
        if self.limit not in (None, "holds"):
            raise BookingLimitError(str(self.limit))
        if time.value in self.lost:
            raise SlotTakenError("taken")
        self.placed.append((time, first_name, contact))
        if moving is not None:
            self.cancelled.append(moving)
        return Placed("ABC-123", "requested", "test")

    def cancel(self, reference: str) -> None:
        self.cancelled.append(reference)

    def find_visit(self, reference: str, contacts: Collection[str]) -> Booking | None:
        visit = self.visits.get(reference)
        return visit if visit is not None and visit.contact in contacts else None

    def call_back(self, topic: str, first_name: str | None, contact: str | None, wishes: str) -> None:
        self.calls.append((topic, first_name, contact, wishes))


class Chat:
    """One visitor after consent. `say` takes a text and what it means."""

    def __init__(self, clinic: Clinic, now: datetime, *, door: str = "knee", **answers: Any) -> None:
        self.clinic, self.now = clinic, now
        self.desk = TestDesk(clinic, now)
        self.intake = Intake(status="active", door=door)
        self.seq = 1
        for name, value in {"consent": "yes", **answers}.items():
            self.intake.answers[name] = Answer(value)
        self.last: list[Say] = []
        self.heard: Heard | None = None

    def start(self) -> list[Say]:
        """The first question after consent."""
        talk = self._talk(Understood("yes", "affirm", 1.0))
        self.last = proceed(talk)
        return self.last

    def say(self, text: str, intent: str = "inform", **meant: Any) -> list[Say]:
        """Answer with `text`; `meant` are the fields of Understood (answer, findings, more, …)."""
        self.seq += 2

        def understand(_text: str, **_: Any) -> Understood:
            return Understood(text, intent, **{"confidence": 0.9, **meant})

        self.heard = hear(text, self.intake, understand, self.clinic, self.now, self.seq)
        self.intake = self.heard.intake
        if self.heard.emergency:
            shown = [hit for hit in self.heard.hits if hit.shown]
            self.last = [Say(str(hit.shown), alert=hit.urgency, name=hit.rule) for hit in shown[:1]]
            return self.last
        talk = self._talk(self.heard.understood)
        alarms = [Say(hit.shown, alert=hit.urgency, name=hit.rule) for hit in self.heard.hits if hit.shown]
        self.last = [*alarms, *self._reply(talk, self.heard.act)]
        return self.last

    def _talk(self, understood: Understood) -> Talk:
        from knee_intake.interview.merge import Merged

        merged = self.heard.merged if self.heard else Merged(reply="answered")
        return Talk(self.intake, understood, merged, self.clinic, self.desk, self.now, calendar_link="/visit.ics")

    def _reply(self, talk: Talk, act: str) -> list[Say]:
        if act.startswith("ask_"):
            return [*ways.answer_question(talk), *ways.take_up_again(talk)]
        return ways.steer(talk, act)

    @property
    def text(self) -> str:
        return " | ".join(said.text for said in self.last)

    @property
    def asked(self) -> str | None:
        return self.intake.asked

    def value(self, name: str) -> Any:
        return self.intake.value(name)
