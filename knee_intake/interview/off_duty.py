"""What is said while nobody at the clinic is told of anything: that nobody reads, and who can be reached instead. PURE.

A safety text that stops the interview stands alone: what is said here comes with the next reply. One that does not
is followed by it at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from knee_intake.booking import time_label
from knee_intake.duty import Kind
from knee_intake.interview.model import FlagHit, most_urgent
from knee_intake.interview.say import Say
from knee_intake.interview.shown_flags import were_sent_to_room
from knee_intake.understanding.language import language_of

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

NAME = "nobody_reads"
SELF_HARM = "RF21"
AFTER_ALARM: dict[Kind, str] = {
    "emergency_911": "nobody_911",
    "emergency_room": "nobody_er",
    "same_day": "nobody_today",
}
"""Urgency -> who helps instead of the clinic."""
TWINS = {
    "person_before": "person_before_nobody", "distress": "distress_nobody",
}  # fmt: skip
"""What is said before consent to who wants a person, and the same while nobody is told of it."""
WISHES: dict[str, Kind] = {"talk_to_human": "hand_over", "call_me": "call_back", "distress": "call_back"}
"""Intents that somebody at the clinic is told of, and as what."""


def urgent_kind(hits: Iterable[FlagHit]) -> Kind | None:
    """As what staff are told of these flags at once; None where none of them is urgent."""
    urgency = most_urgent(*(hit.urgency for hit in hits))
    return next((kind for kind in AFTER_ALARM if kind == urgency), None)


def after_alarm(
    hits: Sequence[FlagHit], clinic: Clinic, now: datetime, channels: Collection[str], lang: str = "en"
) -> list[Say]:
    """What follows the safety texts of these flags; nothing while somebody is told of them, or where none is shown."""
    kind = urgent_kind(hits) if any(hit.shown for hit in hits) else None
    if kind is None or clinic.practice.on_duty(now, kind, channels):
        return []
    return [Say(notice(hits, clinic, now, lang), name=NAME)]


def notice(hits: Sequence[FlagHit], clinic: Clinic, now: datetime, lang: str = "en") -> str:
    """That nobody reads, and who helps with urgent flags instead."""
    kind = urgent_kind(hits)
    assert kind is not None
    helps = "nobody_er" if kind == "same_day" and were_sent_to_room(hits) else AFTER_ALARM[kind]
    self_harm = any(hit.rule == SELF_HARM for hit in hits)
    parts = [clinic.questions.phrase(NAME, lang)]
    if kind == "same_day":
        parts.append(reach(clinic, now, lang))
    parts.append(clinic.questions.phrase("nobody_988" if self_harm else helps, lang))
    return " ".join(parts)


def language_of_texts(hits: Iterable[FlagHit]) -> str:
    """The language in which the texts of these flags were shown."""
    return language_of(" ".join(hit.shown for hit in hits if hit.shown))


def reach(clinic: Clinic, now: datetime, lang: str = "en", *, again: bool = False) -> str:
    """The clinic's phone, and while it is closed also when it opens; `again`: in other words than the last time."""
    phone, when = clinic.practice.phone_text(lang), opening(clinic, now, lang)
    if when is None:
        return clinic.questions.phrase("phone_is_again" if again else "phone_is", lang, phone=phone)
    return clinic.questions.phrase("phone_opens_again" if again else "phone_opens", lang, phone=phone, when=when)


def opening(clinic: Clinic, now: datetime, lang: str = "en") -> str | None:
    """When the clinic opens next; None while it is open, and where that is not known."""
    practice = clinic.practice
    opens = None if practice.is_open(now) or not practice.hours.is_usable else practice.next_opening(now)
    if opens is None:
        return None
    when = time_label(opens.astimezone(practice.zoneinfo()))
    return when if practice.is_confirmed("hours") else clinic.questions.phrase("demo_hours", lang, when=when)
