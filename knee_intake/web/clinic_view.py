"""What the templates of the clinic's pages print: a line of a list, the verdict on a form, a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knee_intake.approvals import Review
from knee_intake.clinic import Clinic
from knee_intake.clinic_entries import Entry
from knee_intake.clinic_preview import preview
from knee_intake.clinic_proposal import Proposal
from knee_intake.text_rules import TARGET, grade_of, hard_words


def line(entry: Entry, clinic: Clinic, marks: Mapping[str, Review], editors: Mapping[str, Any]) -> dict[str, Any]:
    """An entry in the list of its room. `marks`: where each text stands; `editors`: who changed which entry last."""
    fact = clinic.practice.fact(entry.id.removeprefix("fact.")) if entry.id.startswith("fact.") else None
    said = preview(entry, clinic) if entry.room in ("answers", "options", "mails") else []
    return {
        "entry": entry,
        "fact": fact,
        "value": _value(entry, fact, clinic),
        "said": said[0].text if said else "",
        "review": marks.get(entry.unit or ""),
        "editor": editors.get(entry.id),
    }


def _value(entry: Entry, fact: Any, clinic: Any) -> str:
    if entry.id == "fact.hours":
        return str(clinic.practice.open_hours_text())
    if fact is not None:
        return {True: "yes", False: "no", None: ""}.get(fact.value, str(fact.value))
    return ", ".join(clinic.practice.holidays) if entry.id == "holidays" else ""


def verdict(found: Proposal) -> dict[str, Any]:
    """What is said of a form: what speaks against it, how hard it is to read, and what a visitor would read."""
    unit = found.unit
    texts = [one.text for one in unit.messages if one.lang == "en" and not one.is_label] if unit else _own(found)
    grades = [grade for grade in map(grade_of, texts) if grade is not None]
    grade = unit.grade if unit else max(grades, default=None)
    return {
        "findings": [
            {"level": one.level, "message": one.message, "part": _part(found, one.part)} for one in found.findings
        ],
        "grade": grade,
        "plain": grade is None or grade <= TARGET,
        "words": list(dict.fromkeys(word for text in texts for word in hard_words(text)))[:8],
        "said": [
            {"text": one.text, "when": one.when}
            for one in (preview(found.entry, found.clinic) if found.clinic else ())
        ],
        "changed": found.is_change,
    }  # fmt: skip


def _own(found: Proposal) -> list[str]:
    return [value for value in found.after.values() if isinstance(value, str)]


def _part(found: Proposal, name: str) -> str:
    """A field's label, where the finding is about one."""
    return next((one.label for one in found.entry.fields if one.name == name), name.replace("_", " "))


def told(row: Mapping[str, Any], named: Mapping[str, Entry]) -> dict[str, Any]:
    """A change as the templates print it."""
    paths = [*row["before"], *(path for path in row["after"] if path not in row["before"])]
    return {
        **row,
        "title": named[row["entry"]].title if row["entry"] in named else row["entry"],
        "known": row["entry"] in named,
        "parts": [(path, _words(row["before"].get(path)), _words(row["after"].get(path))) for path in paths],
    }


def _words(value: Any) -> str:
    """A value of the file, for people."""
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join("-".join(one) if isinstance(one, list) else str(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_words(one)}" for key, one in value.items())
    return str(value)
