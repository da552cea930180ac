"""The times that a visitor has picked: the first one, and up to two more that would do as well. PURE.

Each is held for some minutes. Where staff confirm visits, several may be asked for, and the clinic takes one of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from knee_intake.booking import FreeTime
from knee_intake.interview.model import Intake
from knee_intake.interview.talk import Talk

MOST_TIMES = 3


def dump(time: FreeTime) -> dict[str, str]:
    """A time as the intake keeps it."""
    return {
        "value": time.value,
        "start": time.start.isoformat(),
        "end": time.end.isoformat(),
        "clinician": time.clinician,
        "kind": time.kind,
    }


def load(data: dict[str, str]) -> FreeTime:
    return FreeTime(
        start=datetime.fromisoformat(data["start"]),
        end=datetime.fromisoformat(data["end"]),
        clinician=data["clinician"],
        kind=data["kind"],
    )


def chosen_times(talk: Talk) -> list[FreeTime]:
    """The time that was picked first, then those that would do as well."""
    state = talk.intake.state
    first = [state["chosen"]] if state.get("chosen") else []
    return [load(time) for time in [*first, *state.get("also", [])]]


def may_add_time(talk: Talk) -> bool:
    """Whether a further time may be asked for: not where visits are booked at once, nor while one is moved."""
    moving = bool(talk.intake.state.get("moving"))
    return not talk.clinic.practice.books_at_once and not moving and 0 < len(chosen_times(talk)) < MOST_TIMES


def keep(talk: Talk, time: FreeTime) -> None:
    """Hold a time that was picked, beside the others where one was to be added.

    Raises SlotTakenError, BookingLimitError; the choice is then as it was.
    """
    state = talk.intake.state
    beside = bool(state.get("adding")) and bool(state.get("chosen"))
    if time.value not in [known.value for known in chosen_times(talk)]:
        talk.desk.hold(time, beside=beside)
        if beside:
            state["also"] = [*state.get("also", []), dump(time)]
        else:
            state |= {"chosen": dump(time), "also": []}
        _note_until(talk)
    state.pop("adding", None)


def keep_longer(talk: Talk) -> None:
    """Hold all of them anew. Raises SlotTakenError, BookingLimitError."""
    for number, time in enumerate(chosen_times(talk)):
        talk.desk.hold(time, beside=number > 0)
    _note_until(talk)


def labels(talk: Talk) -> str:
    """All picked times for people: "Tue, Mar 10, 1:00 PM or Wed, Mar 11, 2:30 PM"."""
    zone = talk.clinic.practice.zoneinfo()
    return talk.phrase("times_or").join(time.label(zone) for time in chosen_times(talk))


def times_of_clinic(talk: Talk) -> list[FreeTime]:
    """The times ahead that the clinic has offered in the place of those that were asked for."""
    return [time for time in map(load, talk.intake.state.get("clinic_times", [])) if time.start > talk.now]


def let_go(intake: Intake) -> None:
    """Nothing is picked any more, nor offered by the clinic; what is held runs out by itself."""
    for name in ("chosen", "also", "adding", "hold_until", "clinic_times"):
        intake.state.pop(name, None)


def _note_until(talk: Talk) -> None:
    until = talk.now + timedelta(minutes=talk.clinic.practice.booking.hold_minutes)
    talk.intake.state["hold_until"] = until.isoformat(timespec="seconds")
