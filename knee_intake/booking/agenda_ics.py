"""The calendar file that staff subscribe to: visits and blocks, without a word about health. PURE.

It lies with whoever runs the staff's calendar, so it names no visit's kind, no clinician's field and no patient, but
for the first name where the clinic wants it so. The same content gives the same bytes, so that a reader can ask
whether anything is new.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone

from icalendar import Calendar, Event

from knee_intake.booking.entry import Entry
from knee_intake.booking.reference import UID_END
from knee_intake.practice import Practice

_STATUS = {"requested": "TENTATIVE", "booked": "CONFIRMED", "blocked": "CONFIRMED"}

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "calendar": "Visits",
        "requested": "Clinic visit (requested)",
        "booked": "Clinic visit",
        "blocked": "Blocked",
        "clinician": "Clinician {number}",
    },
}


def agenda_file(entries: Iterable[Entry], practice: Practice, *, everybody: bool, lang: str = "en") -> bytes:
    """Requested and booked visits and blocks as an iCalendar file; `everybody` says whose each one is."""
    texts = TEXTS.get(lang, TEXTS["en"])
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{practice.name.value or ''} {texts['calendar']}".strip())
    calendar.add("x-published-ttl", "PT15M")
    for entry in entries:
        if entry.status in _STATUS:
            calendar.add_component(_event(entry, practice, texts, everybody))
    return bytes(calendar.to_ical())


def _event(entry: Entry, practice: Practice, texts: dict[str, str], everybody: bool) -> Event:
    summary = [texts[entry.status]]
    if everybody:
        summary.append(_who(entry.clinician, practice, texts))
    if practice.booking.feed_shows_first_names and entry.first_name:
        summary.append(entry.first_name)
    event = Event()
    name = entry.reference.lower() if entry.reference else f"block-{entry.block}"
    event.add("uid", f"{name}{UID_END}")
    event.add("dtstamp", entry.changed_at.astimezone(timezone.utc))
    event.add("dtstart", _utc(entry.start))
    event.add("dtend", _utc(entry.end))
    event.add("summary", ", ".join(summary))
    if entry.reference:
        event.add("description", entry.reference)
    event.add("status", _STATUS[entry.status])
    event.add("sequence", entry.sequence)
    event.add("class", "PRIVATE")
    return event


def _who(clinician: str, practice: Practice, texts: dict[str, str]) -> str:
    """The clinician's name; a number where there is none, as a role would tell what the visit is about."""
    for number, one in enumerate(practice.clinicians, 1):
        if one.id == clinician:
            return one.name or texts["clinician"].format(number=number)
    return texts["clinician"].format(number="?")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc)
