"""An edit of the clinic's files before it is saved: what would change, and what speaks against it. PURE."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from knee_intake.checks import NEEDED_FACTS
from knee_intake.clinic import Clinic
from knee_intake.clinic_draft import ABSENT, Draft, Keys
from knee_intake.clinic_entries import ADDRESSES, SENTENCES, Entry, Field
from knee_intake.clinic_forms import WrongFieldError, meant, shown
from knee_intake.errors import ClinicChangedError, ClinicFileError
from knee_intake.faq import placeholders
from knee_intake.patient_texts import PatientText, patient_texts
from knee_intake.text_rules import Finding, label_findings, text_findings, unit_findings

Values = dict[str, Any]
"""Path below the entry's key -> plain value. What is not there is absent."""


@dataclass
class Proposal:
    """What a form asks for."""

    entry: Entry
    draft: Draft
    was: str
    """Fingerprint of the entry as it is in the file now."""
    before: Values
    after: Values
    """What would change, and to what."""
    findings: list[Finding] = field(default_factory=list)
    clinic: Clinic | None = None
    """The clinic as it would be; None where its files would not load."""
    unit: PatientText | None = None
    """The patient text as it would be, where the entry is one."""

    @property
    def is_change(self) -> bool:
        return self.before != self.after

    @property
    def refused(self) -> list[Finding]:
        return [one for one in self.findings if one.level == "refuse"]

    @property
    def warned(self) -> list[Finding]:
        return [one for one in self.findings if one.level == "warn"]


def fingerprint(values: Mapping[str, str]) -> str:
    """Of an entry's values as a form shows them: another one when any of them is."""
    return hashlib.sha256(json.dumps(sorted(values.items())).encode()).hexdigest()[:16]


def propose(folder: Path, entry: Entry, form: Mapping[str, str], today: date, *, live: bool) -> Proposal:
    """Read a form against the file as it is now. Nothing is written. Raises ClinicFileError where the file is broken.

    Fields that the form does not have stay as they are.
    """
    draft = Draft(folder, entry.file)
    present = shown(entry, draft)
    found = Proposal(entry, draft, fingerprint(present), {}, {})
    values: dict[str, Any] = {}
    for one in entry.fields:
        given = form.get(one.name, "" if one.kind == "tick" else present[one.name])
        try:
            values[one.name] = meant(one, given)
        except WrongFieldError as error:
            found.findings.append(Finding("refuse", str(error), one.name))
    if found.findings:
        return found
    for keys, value in _edits(entry, values, present, draft, today):
        _change(found, keys, value)
    _check(found, live=live)
    return found


def propose_undo(folder: Path, entry: Entry, before: Values, after: Values) -> Proposal:
    """Take a change back: as it was before. Raises ClinicChangedError where it was changed again since."""
    draft = Draft(folder, entry.file)
    found = Proposal(entry, draft, fingerprint(shown(entry, draft)), {}, {})
    for path in (*before, *(path for path in after if path not in before)):
        keys = tuple(path.split(".")) if path else ()
        if draft.value((*entry.keys, *keys)) != after.get(path, ABSENT):
            raise ClinicChangedError("changed again since")
        _change(found, keys, before.get(path, ABSENT))
    _load(found)
    return found


def _edits(
    entry: Entry, values: Mapping[str, Any], present: Mapping[str, str], draft: Draft, today: date
) -> Iterator[tuple[Keys, Any]]:
    """(keys below the entry's, value) of everything that is to be another one."""
    about_state = ("state", "confirmed_on")
    changed = [one for one in entry.fields if one.name not in about_state and not _same(one, values[one.name], present)]
    if changed and changed[0].kind == "spans" and draft.value((*entry.keys, "value")) is None:
        yield ("value",), {one.name: values[one.name] for one in entry.fields if one.kind == "spans"}
    else:
        yield from ((one.keys, values[one.name]) for one in changed)
    if "state" in values and values["state"] != "demo":
        fact = draft.value(entry.keys)
        is_news = bool(changed) or present["state"] != "confirmed"
        day = values["confirmed_on"] or present["confirmed_on"] or None
        if is_news and (day or "") == present["confirmed_on"]:
            day = today.isoformat()
        yield from _state_edits(values["state"] == "confirmed", day, fact)


def _same(one: Field, value: Any, present: Mapping[str, str]) -> bool:
    try:
        return bool(meant(one, present[one.name]) == value)
    except WrongFieldError:
        return False


def _state_edits(confirmed: bool, day: str | None, fact: Mapping[str, Any]) -> Iterator[tuple[Keys, Any]]:
    """A key that is there is set and not taken away: a comment may hang on it."""
    wanted = day if confirmed else None
    if wanted != fact.get("confirmed_on"):
        yield ("confirmed_on",), wanted
    if bool(fact.get("confirmed")) != confirmed:
        yield ("confirmed",), confirmed
    if fact.get("demo"):
        yield ("demo",), False


def _change(found: Proposal, keys: Keys, value: Any) -> None:
    whole, path = (*found.entry.keys, *keys), ".".join(keys)
    before = found.draft.value(whole)
    if before is not ABSENT:
        found.before[path] = before
    found.draft.set(whole, value)
    after = found.draft.value(whole)
    if after is not ABSENT:
        found.after[path] = after


def _load(found: Proposal) -> None:
    try:
        found.clinic = found.draft.load()
    except ClinicFileError as error:
        where = f"line {error.line}, " if error.line else ""
        found.findings.append(Finding("refuse", f"{error.file}, {where}{error.key}: {error.expected}"))
    if lost := found.draft.lost_comment():
        found.findings.append(
            Finding("refuse", f"the comment “{lost}” in {found.entry.file} would be lost: edit by hand")
        )


# ---- what speaks against it


def _check(found: Proposal, *, live: bool) -> None:
    _load(found)
    if found.clinic is None:
        return
    unit = found.unit = next((one for one in patient_texts(found.clinic) if one.id == found.entry.unit), None)
    if unit is not None:
        options = {one.id for one in found.clinic.treatments.treatments if one.off_label}
        found.findings += unit_findings(unit, placeholders(found.clinic.practice), options)
    else:
        found.findings += [
            Finding(one.level, one.message, name) for name, said in _said(found) for one in _facts(found, name, said)
        ]
    if live and (name := _needed(found)) is not None and not found.clinic.practice.is_confirmed(name):
        found.findings.append(Finding("refuse", "patients use this clinic's chat, which needs this fact confirmed"))


def _needed(found: Proposal) -> str | None:
    name = found.entry.id.partition("fact.")[2]
    return name if name in NEEDED_FACTS or name.startswith("services.") else None


def _said(found: Proposal) -> Iterator[tuple[str, str]]:
    """(field, text) of everything in a fact that is written in words."""
    for one in found.entry.fields:
        value = found.draft.value((*found.entry.keys, *one.keys)) if one.kind in ("line", "text") else None
        if isinstance(value, str) and value:
            yield one.name, value


def _facts(found: Proposal, name: str, said: str) -> Iterator[Finding]:
    fact = found.entry.id.partition("fact.")[2]
    if re.search(r"[{}]", said):
        yield Finding("refuse", "nothing is filled in here: expected no {braces}")
    if fact in SENTENCES or name == "notice":
        yield from text_findings(said, filled={})
    elif name.startswith(("label.", "role.")):
        yield from label_findings(said)
    elif fact in ADDRESSES and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", said):
        yield Finding("refuse", "expected an address such as https://www.example.org")
    elif fact == "alert_recipient" and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", said):
        yield Finding("refuse", "expected a mail address")
    elif fact == "phone" and len(re.findall(r"\d", said)) < 7:
        yield Finding("refuse", "expected a phone number with at least seven digits")
