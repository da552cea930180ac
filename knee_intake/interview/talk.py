"""What every reply is made from: the intake, what was just heard, the clinic, and a desk that can act. PURE."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from knee_intake.duty import Kind
from knee_intake.interview import flow
from knee_intake.interview.by_line import REST
from knee_intake.interview.merge import Merged
from knee_intake.interview.model import Intake
from knee_intake.interview.no_times import honest_labels
from knee_intake.interview.questions import Question, Questions
from knee_intake.interview.say import Say, Wording, ask, only_one
from knee_intake.understanding.types import Understood

if TYPE_CHECKING:
    from knee_intake.booking import Booking, FreeTime, Wish
    from knee_intake.clinic import Clinic


CONTACT = "contact"
WHILE_HELD = (CONTACT, "read_back")
"""Questions during which a time is held: the page shows for how long, and how to keep it longer."""


@dataclass(frozen=True)
class Placed:
    """What the visitor is told about a visit that this turn asks for."""

    reference: str
    status: str
    """requested | booked"""
    source: str
    """Where it was asked for: widget, or rasa under Rasa's own commands, where nothing is written."""


class Desk(Protocol):
    """What the conversation may ask of the rest of the clinic.

    Writes are effects: they happen with the turn or not at all. `hold` and `place` raise SlotTakenError where the
    time is known to be gone, BookingLimitError where one visitor has taken as much as one may; `place` raises
    CalendarUnavailableError where the calendar is known to be down.
    """

    def free_times(self, wish: Wish, limit: int, skip: Collection[str]) -> list[FreeTime]:
        """Raises CalendarUnavailableError."""
        ...

    def hold(self, time: FreeTime, *, beside: bool = False) -> None: ...

    @property
    def mails(self) -> bool:
        """Whether this server can send mails."""
        ...

    def on_duty(self, kind: Kind) -> bool:
        """Whether somebody at the clinic is told of this now, and not only when it opens."""
        ...

    def place(
        self, time: FreeTime, first_name: str, contact: str, moving: str | None = None, *, beside: bool = False
    ) -> Placed:
        """`moving` is the reference of the visit that this one replaces: both happen, or neither.

        `beside`: a further time of the same wish, of which the clinic takes one.
        """
        ...

    def cancel(self, reference: str) -> None: ...

    def find_visit(self, reference: str, contacts: Collection[str]) -> Booking | None:
        """The open visit with this reference, where one of the contacts is the one it was asked for with."""
        ...

    def call_back(self, topic: str, first_name: str | None, contact: str | None, wishes: str) -> None: ...


@dataclass
class Talk:
    """One turn's reply in the making; replies change `intake` and return what is said."""

    intake: Intake
    understood: Understood
    merged: Merged
    clinic: Clinic
    desk: Desk
    now: datetime
    lang: str = "en"
    calendar_link: str | None = None
    """Where the visitor's calendar file can be fetched; None under plain Rasa."""
    heard_before: list[str] = field(default_factory=list)
    """Fields filled by texts that were said before consent, still to be acknowledged."""
    alarmed: bool = False
    """This text brought up a safety text: it was understood, whatever was asked."""

    @property
    def questions(self) -> Questions:
        return self.clinic.questions

    @property
    def open_question(self) -> Question | None:
        return self.questions.question(self.intake.asked) if self.intake.asked else None

    @property
    def wants_call(self) -> bool:
        """Whether a call back was asked for and the note for the staff is not yet complete."""
        return bool(self.intake.state.get("callback")) and not self.intake.state.get("callback_sent")

    @property
    def trail(self) -> list[str]:
        """The questions put so far, the open one last; "go back" walks it."""
        found: list[str] = self.intake.state.setdefault("trail", [])
        return found

    def phrase(self, name: str, /, **values: Any) -> str:
        """A phrase with the clinic's own facts filled in."""
        practice = self.clinic.practice
        return self.questions.phrase(
            name, self.lang, **{"phone": practice.phone_text(), "clinic": practice.name.value, **values}
        )

    def say(self, name: str, /, **values: Any) -> Say:
        return Say(self.phrase(name, **values), name=name)

    def in_turn(self, names: Sequence[str], /, **values: Any) -> str:
        """One of several phrases that say the same, another one each time."""
        turns = self.intake.state.setdefault("turns", {})
        turns[names[0]] = turns.get(names[0], -1) + 1
        return self.phrase(names[turns[names[0]] % len(names)], **values)

    def put(self, question: Question, before: str = "", *, wording: Wording | None = None) -> Say:
        """Ask `question`, remember that it is open and what it offers.

        A question that was open already is put in other words than the last time, unless `wording` says how.
        """
        missing = flow.missing_fields(question, self.intake) or question.fills
        if question.alarm and (question.id not in self.trail or self._list_unanswered(question)):
            missing = question.fills  # what was told by the way does not stand in for a safety checklist
        rest = self.intake.state.get(REST) == question.id and {*missing} != {*question.fills}
        if not rest and self.intake.state.get(REST) == question.id:
            self.intake.state.pop(REST)  # the whole list once more
        if wording is None:
            wording = self._next_wording(question, missing)
        said = ask(question, self.questions, missing=missing, wording=wording, before=before, lang=self.lang, rest=rest)
        said = replace(said, choices=honest_labels(said.choices, self.clinic, self.lang))
        if question.id == CONTACT:
            said = replace(said, text=self.with_terms(said.text))
        self.intake.state["worded"] = [_key(question, missing), wording]
        if said.input is not None:
            said = replace(said, input=self.while_held(said.input, question))
        self.remember(said, question)
        return said

    def with_terms(self, text: str) -> str:
        """The first question for a way to reach the visitor, with what it is used for: answering it is agreeing."""
        if self.intake.state.get("terms_told"):
            return text
        self.intake.state["terms_told"] = True
        return f"{text} {self.phrase('contact_terms_call' if self.wants_call else 'contact_terms')}"

    @property
    def only_asked(self) -> str | None:
        """The one field of the open question that was put by itself; None where the whole of it was."""
        key, _ = self.intake.state.get("worded") or ("", None)
        return str(key).partition(":")[2] or None

    def _list_unanswered(self, question: Question) -> bool:
        """Whether the whole list is the open question and nothing of it came as its answer."""
        known = [self.intake.answers[name] for name in question.fills if name in self.intake.answers]
        return self.intake.asked == question.id and all(answer.how == "volunteered" for answer in known)

    def while_held(self, how: dict[str, Any], question: Question) -> dict[str, Any]:
        """The input of a question, with the moment until which what was picked is held, where something is."""
        until = self.intake.state.get("hold_until")
        held = question.id in WHILE_HELD and until and self.intake.state.get("chosen")
        return {**how, "hold_until": until} if held else how

    def _next_wording(self, question: Question, missing: list[str]) -> Wording:
        key, last = self.intake.state.get("worded") or (None, None)
        if key != _key(question, missing):
            return "new"
        return "again" if last == "resume" else "resume"

    def remember(self, said: Say, question: Question | None) -> None:
        """Note what was asked and offered, so that the next text can be read in its light."""
        asked = (said.input or {}).get("for")
        if self.intake.asked != asked:
            self.intake.state["failures"] = 0
        self.intake.asked = asked
        self.intake.state["offered"] = [{"label": label, "value": value} for label, value in said.choices]
        self.intake.state["offered_kind"] = (said.input or {}).get("kind")
        if question is not None and (not self.trail or self.trail[-1] != question.id):
            self.trail.append(question.id)

    def nothing_open(self) -> None:
        """No question is open any more."""
        self.intake.asked = None
        self.intake.state["offered"] = []
        self.intake.state["offered_kind"] = None


def _key(question: Question, missing: list[str]) -> str:
    """What of a question is asked: the whole, or the one field that is left."""
    part = "rest" if question.rest and {*missing} != {*question.fills} else ""
    return f"{question.id}:{only_one(question, missing) or part}"
