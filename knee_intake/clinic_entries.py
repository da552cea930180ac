"""What of the clinic's files is edited in the console: facts, people, answers, options, mails, the chat's mode. PURE.

An entry is what is edited and undone as one; its fields say where in the file each value stands. Ids, intents, keys,
sources and rules are no fields: what understands and what protects is not edited there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from knee_intake.clinic import Clinic
from knee_intake.clinic_draft import Keys
from knee_intake.errors import NoSuchTextError
from knee_intake.opening_hours import DAYS
from knee_intake.practice import LONGEST_NOTICE
from knee_intake.treatments import PARTS, Parts

Kind = Literal["line", "text", "yes_no", "state", "day", "spans", "days", "tick", "mode"]
Room = Literal["mode", "facts", "people", "answers", "options", "mails"]

ROOMS: dict[Room, str] = {
    "mode": "The chat today",
    "facts": "Facts",
    "people": "People and visits",
    "answers": "Answers",
    "options": "Options",
    "mails": "Mails and their pages",
}
MODES = {
    "on": "On: everything works",
    "no_booking": "No booking: no times are offered; the chat asks the clinic to call",
    "phone_only": "Phone only: no new chats; phone and hours are shown",
    "off": "Off: no new chats; the notice is shown",
}
STATES = {
    "confirmed": "Confirmed: patients may hear it",
    "open": "Not confirmed: patients hear that the clinic will tell them",
    "demo": "Made up for the demo",
}
FACT_TITLES = {
    "name": "Name of the clinic", "phone": "Phone", "address": "Address", "hours": "Opening hours",
    "first_visit_free": "The first visit is free", "prices": "Prices", "insurance": "Insurance plans",
    "parking": "Parking and access", "who_injects": "Who gives the shots", "referral": "Referral",
    "website": "Website", "alert_recipient": "Mail address for urgent alerts",
    "privacy_notice_url": "Address of the privacy notice",
}  # fmt: skip
SENTENCES = ("prices", "insurance", "parking", "who_injects", "referral")
"""Facts that a patient reads as sentences."""
ADDRESSES = ("website", "privacy_notice_url")
BY_HAND = ("zone",)
"""Facts that hold after a restart only: a form would promise too much."""
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LANGUAGES = {"en": "", "es": " (Spanish)"}
LINE, TEXT, MAIL = 200, 1200, 3000
"""The longest values, in characters."""


@dataclass(frozen=True)
class Field:
    """One value of an entry."""

    name: str
    """Of the form's field."""
    label: str
    kind: Kind
    keys: Keys
    """Below the entry's."""
    help: str = ""
    longest: int = LINE
    needed: bool = False
    empty: str | None = None
    """What stands in the file where the field is empty."""

    @property
    def is_long(self) -> bool:
        return self.kind in ("text", "days")


@dataclass(frozen=True)
class Entry:
    """What is edited as one."""

    id: str
    room: Room
    title: str
    file: str
    keys: Keys
    fields: tuple[Field, ...]
    unit: str | None = None
    """The patient text that a clinician signs; None for facts, which the clinic confirms."""
    about: str = ""
    sources: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The key as it is told to people."""
        return ".".join(self.keys)


def entries(clinic: Clinic) -> list[Entry]:
    """Everything that can be edited, in the order of the pages."""
    return [_mode(), *_facts(clinic), *_people(clinic), *_answers(clinic), *_options(clinic), *_mails(clinic)]


def find_entry(clinic: Clinic, entry_id: str) -> Entry:
    """Raises NoSuchTextError."""
    for entry in entries(clinic):
        if entry.id == entry_id:
            return entry
    raise NoSuchTextError("no entry has this id")


# ---- what there is


def _mode() -> Entry:
    notice = "One line in the chat, in every mode, such as “Closed today: snow.” Leave it empty for none."
    return Entry(
        "mode", "mode", "The chat today", "practice.yml", ("widget",),
        (
            Field("mode", "What the chat does", "mode", ("mode",), needed=True),
            Field("notice", "Notice", "line", ("notice",), notice, LONGEST_NOTICE, empty=""),
        ),
        about="Chats that have begun go on in every mode, and an emergency is answered in every mode.",
    )  # fmt: skip


def _facts(clinic: Clinic) -> Iterator[Entry]:
    for name, fact in clinic.practice.facts():
        service = name.partition("services.")[2]
        if name in BY_HAND:
            continue
        title = f"Given here: {clinic.treatments.get(service).label['en']}" if service else FACT_TITLES[name]
        state = Field("state", "State", "state", (), needed=True)
        day = Field("confirmed_on", "Confirmed on", "day", ("confirmed_on",), "The day on which it was last looked at.")
        if name == "hours":
            help_text = "As 09:00-12:00, 13:00-17:00. Empty: closed."
            value = tuple(
                Field(day_key, day_name, "spans", ("value", day_key), "" if number else help_text)
                for number, (day_key, day_name) in enumerate(zip(DAYS, DAY_NAMES, strict=True))
            )
        elif service or name == "first_visit_free":
            value = (Field("value", "Is it so?", "yes_no", ("value",)),)
        elif name in SENTENCES:
            value = (Field("value", title, "text", ("value",), "One or two short sentences.", longest=400),)
        else:
            value = (Field("value", title, "line", ("value",)),)
        yield Entry(
            f"fact.{name}", "facts", title, "practice.yml", tuple(name.split(".")), (*value, state, day),
            about=fact.note,
        )  # fmt: skip
    days = Field("holidays", "Closed on", "days", (), "One day a line, as 2026-12-25.", longest=TEXT)
    yield Entry("holidays", "facts", "Holidays", "practice.yml", ("holidays",), (days,))


def _people(clinic: Clinic) -> Iterator[Entry]:
    demo = Field("demo", "Made up for the demo", "tick", ("demo",))
    for person in clinic.practice.clinicians:
        fields = (
            Field("name", "Name", "line", ("name",), "Leave it empty to name the role only.", 80),
            *(Field(f"role.{lang}", f"Role{_in(lang)}", "line", ("role", lang), longest=80, needed=True)
              for lang in person.role),
            demo,
        )  # fmt: skip
        title = person.name or person.role["en"]
        yield Entry(f"person.{person.id}", "people", title, "practice.yml", ("clinicians", person.id), fields)
    for visit in clinic.practice.visit_types:
        labels = tuple(
            Field(f"label.{lang}", f"Name of the visit{_in(lang)}", "line", ("label", lang), longest=80, needed=True)
            for lang in visit.label
        )
        about = f"{visit.minutes} minutes. The length is changed in practice.yml, with a restart."
        yield Entry(
            f"visit.{visit.id}", "people", f"Visit: {visit.label['en']}", "practice.yml", ("visit_types", visit.id),
            (*labels, demo), about=about,
        )  # fmt: skip


def _answers(clinic: Clinic) -> Iterator[Entry]:
    titles = {
        "text": "Always said",
        "known_text": "Then, once the clinic has confirmed the facts",
        "unconfirmed_text": "Then, until the clinic has confirmed them",
        "source": "Sources, as patients read them",
    }
    for intent, entry in clinic.faq.answers.items():
        if entry.treatment is not None:
            continue
        fields = tuple(
            Field(f"{name}.{lang}", f"{titles[name]}{_in(lang)}", "text", (name, lang), longest=TEXT, needed=True)
            for name, texts in entry.texts()
            for lang in texts
        )
        needs = ", ".join(entry.needs).replace("services.", "given here: ").replace("_", " ")
        title = intent.removeprefix("ask_").replace("_", " ").capitalize()
        yield Entry(
            f"answer.{intent}", "answers", title, "answers.yml", ("answers", intent), fields, f"answer.{intent}",
            f"Facts it needs: {needs}." if needs else "", tuple(entry.sources),
        )  # fmt: skip


def _options(clinic: Clinic) -> Iterator[Entry]:
    for option in clinic.treatments.treatments:
        fields = [
            Field(f"label.{lang}", f"Name{_in(lang)}", "line", ("label", lang), longest=80, needed=True)
            for lang in option.label
        ]
        wordings: list[tuple[str, Keys, dict[str, Parts]]] = [("", ("text",), option.text)]
        wordings += [
            (f", with {kind.replace('_', ' ')}", ("variants", kind), told) for kind, told in option.variants.items()
        ]
        for suffix, keys, told in wordings:
            for lang, parts in told.items():
                fields += [
                    Field(
                        ".".join((*keys, lang, part)), f"{part.capitalize()}{suffix}{_in(lang)}", "text",
                        (*keys, lang, part), longest=TEXT, needed=True,
                    )
                    for part in PARTS if getattr(parts, part)
                ]  # fmt: skip
        about = f"{option.evidence_says} {option.limits} {option.risks}"
        yield Entry(
            f"option.{option.id}", "options", option.label["en"], "treatments.yml", ("treatments", option.id),
            tuple(fields), f"option.{option.id}", about, tuple(option.sources),
        )  # fmt: skip


def _mails(clinic: Clinic) -> Iterator[Entry]:
    told: dict[str, Any] = msgspec.to_builtins(clinic.notices)
    for group, group_title in (("mails", "Mail"), ("pages", "Page"), ("staff", "Mail to staff")):
        for name, data in told[group].items():
            fields = []
            for part, texts in _texts(data):
                for lang in texts:
                    label = (part or "text").capitalize()
                    kind: Kind = "line" if part == "subject" or name.endswith("_label") else "text"
                    keys = (*((part,) if part else ()), lang)
                    fields.append(
                        Field(".".join(keys), f"{label}{_in(lang)}", kind, keys, longest=MAIL, needed=True)
                    )  # fmt: skip
            unit = f"notice.{group}.{name}"
            title = f"{group_title}: {name.replace('_', ' ')}"
            yield Entry(unit, "mails", title, "notices.yml", (group, name), tuple(fields), unit)


def _texts(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """A text itself, or the parts of a letter."""
    if "en" in data:
        yield "", data
    else:
        yield from data.items()


def _in(lang: str) -> str:
    return LANGUAGES.get(lang, f" ({lang})")
