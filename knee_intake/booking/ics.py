"""The calendar file of a visit. PURE.

A phone's calendar is read by others: the file holds the time, the clinic's name and phone, and no word about health.
"""

from __future__ import annotations

from datetime import datetime, timezone

from icalendar import Calendar, Event

from knee_intake.booking.reference import visit_uid
from knee_intake.booking.types import Booking
from knee_intake.practice import Practice

_STATUS = {"held": "TENTATIVE", "requested": "TENTATIVE", "booked": "CONFIRMED", "cancelled": "CANCELLED"}

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "held": "Clinic visit (requested)",
        "requested": "Clinic visit (requested)",
        "booked": "Clinic visit",
        "cancelled": "Clinic visit (cancelled)",
        "note_held": "This time is requested. The clinic has not confirmed it yet.",
        "note_requested": "This time is requested. The clinic has not confirmed it yet.",
        "note_booked": "To change or cancel, call the clinic.",
        "note_cancelled": "This visit is cancelled.",
        "reference": "Reference: {reference}",
        "phone": "Phone: {phone}",
    },
}


def calendar_file(booking: Booking, practice: Practice, now: datetime, lang: str = "en") -> bytes:
    """One visit as an iCalendar file (RFC 5545); the same UID for the same booking, SEQUENCE grows with changes."""
    texts = TEXTS.get(lang, TEXTS["en"])
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if booking.status == "cancelled" else "PUBLISH")
    event = Event()
    event.add("uid", visit_uid(booking.reference))
    event.add("dtstamp", now.astimezone(timezone.utc))
    event.add("dtstart", booking.start.astimezone(timezone.utc))
    event.add("dtend", booking.end.astimezone(timezone.utc))
    event.add("summary", texts[booking.status])
    event.add("description", _description(booking, practice, lang))
    event.add("status", _STATUS[booking.status])
    event.add("sequence", booking.sequence)
    event.add("class", "PRIVATE")
    if practice.is_confirmed("address"):
        event.add("location", practice.address.value)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _description(booking: Booking, practice: Practice, lang: str) -> str:
    texts = TEXTS.get(lang, TEXTS["en"])
    lines = [practice.name.value or ""]
    if practice.phone.is_usable:
        lines.append(texts["phone"].format(phone=practice.phone_text(lang)))
    lines.append(texts[f"note_{booking.status}"])
    lines.append(texts["reference"].format(reference=booking.reference))
    return "\n".join(line for line in lines if line)
