"""clinic/approvals.yml: who approved or rejected which text, bound to the hash of what they read. PURE.

This is the only place where an approval stands. `approved_by` of loaded texts is filled in from here; a text that was
edited has another hash, so its approval is void without anybody having to remember that.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError, OutputError
from knee_intake.folder_lock import only_one
from knee_intake.patient_texts import PatientText, patient_texts

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

FILE = "approvals.yml"
HASH_LENGTH = 64

State = Literal["approved", "rejected", "changed", "open"]
"""changed: it was decided upon, and then its words changed, so that the decision is void; open: nobody decided yet."""

STATES: tuple[State, ...] = ("approved", "rejected", "changed", "open")

SIGNED_IN_FILES = ("red_flags.yml", "questions.yml", "treatments.yml", "answers.yml", "practice.yml", "notices.yml")
"""Files that have keys `approved_by`, which must stay null there."""

_EMPTY = "decisions:\n"


class Decision(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One clinician's word on one text."""

    text: str
    """Its id."""
    decision: Literal["approved", "rejected"]
    by: str
    at: str
    """ISO 8601, in the clinic's zone."""
    hash: str
    """sha256 of id and wordings, as they were read."""
    comment: str = ""

    @property
    def day(self) -> str:
        return self.at[:10]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    decisions: list[Decision] | None = None


Decisions = dict[str, Decision]
"""Id of a text -> the last decision on it."""


@dataclass(frozen=True)
class Review:
    """A text, and where it stands."""

    text: PatientText
    state: State
    decision: Decision | None

    @property
    def in_words(self) -> str:
        """For people: "approved by A. Clinician on 2026-11-28"."""
        if self.decision is None:
            return "not approved: nobody has decided yet"
        signed = f"{self.decision.by} on {self.decision.day}"
        comment = f' ("{self.decision.comment}")' if self.decision.comment else ""
        if self.state == "changed":
            return f"not approved: the text changed since it was {self.decision.decision} by {signed}{comment}"
        return f"{self.state} by {signed}{comment}"


def review(text: PatientText, decisions: Mapping[str, Decision]) -> Review:
    """Where a text stands."""
    decision = decisions.get(text.id)
    if decision is None:
        return Review(text, "open", None)
    return Review(text, decision.decision if decision.hash == text.hash else "changed", decision)


def reviews(clinic: Clinic) -> list[Review]:
    """Every text of the clinic and where it stands."""
    return [review(text, clinic.decisions) for text in patient_texts(clinic)]


# ---- what the rest of the program sees


def signed(clinic: Clinic) -> Clinic:
    """The same clinic, with `approved_by` and `approved_at` of each part as its texts' approvals say.

    A part that stands for several texts (the questions, the wording of a file) is approved when all of them are.
    """
    found = reviews(clinic)
    valid = {one.text.id: one.decision for one in found if one.state == "approved"}

    def whole(*files: str, prefixes: tuple[str, ...]) -> dict[str, str | None]:
        ids = [one.text.id for one in found if one.text.file in files and one.text.id.startswith(prefixes)]
        decisions = [valid.get(text_id) for text_id in ids]
        return _names(max(decisions, key=lambda one: one.at if one else "") if all(decisions) and decisions else None)

    options = {option.id: _names(valid.get(f"option.{option.id}")) for option in clinic.treatments.treatments}
    answers = {
        intent: options[entry.treatment] if entry.treatment else _names(valid.get(f"answer.{intent}"))
        for intent, entry in clinic.faq.answers.items()
    }
    rules = tuple(
        replace(rule, approved_by=_names(valid.get(f"safety.{rule.id}"))["approved_by"])
        for rule in clinic.red_flags.rules
    )
    change = msgspec.structs.replace
    return replace(
        clinic,
        red_flags=replace(clinic.red_flags, rules=rules),
        questions=change(clinic.questions, **whole("questions.yml", prefixes=("question.", "phrase.", "name."))),
        practice=change(clinic.practice, **whole("practice.yml", prefixes=("wording.",))),
        treatments=change(
            clinic.treatments,
            treatments=[change(option, **options[option.id]) for option in clinic.treatments.treatments],
            **whole("treatments.yml", prefixes=("wording.",)),
        ),
        faq=change(
            clinic.faq,
            answers={intent: change(entry, **answers[intent]) for intent, entry in clinic.faq.answers.items()},
            **whole("answers.yml", prefixes=("wording.",)),
        ),
        notices=change(clinic.notices, **whole("notices.yml", prefixes=("notice.",))),
    )


def _names(decision: Decision | None) -> dict[str, str | None]:
    return {"approved_by": decision.by if decision else None, "approved_at": decision.day if decision else None}


def refuse_other_signatures(clinic: Clinic, folder: Path) -> None:
    """A name under `approved_by` in a text's own file would outlive the text it stood for: raises ClinicFileError."""
    parts: list[Any] = [
        clinic.practice, clinic.questions, clinic.treatments, clinic.faq, clinic.notices,
        *clinic.red_flags.rules, *clinic.treatments.treatments, *clinic.faq.answers.values(),
    ]  # fmt: skip
    if not any(part.approved_by or getattr(part, "approved_at", None) for part in parts):
        return
    for name in SIGNED_IN_FILES:
        path = folder / name
        data = read_yaml(path)
        for keys in _signatures(data, ()):
            expected = f"expected null here: approvals stand in {FILE}; use `knee-intake texts approve`"
            raise ClinicFileError(path, line_of(data, *keys), ".".join(map(str, keys)), expected)


def _signatures(data: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("approved_by", "approved_at") and value is not None:
                yield (*keys, key)
            yield from _signatures(value, (*keys, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _signatures(value, (*keys, number))


# ---- the file


def load_decisions(path: Path) -> Decisions:
    """The last decision on each text; none where there is no file yet.

    Raises ClinicFileError naming file, line, key and what was expected.
    """
    return {decision.text: decision for decision in _load(path)}


def _load(path: Path) -> list[Decision]:
    if not path.exists():
        return []
    found = load_yaml(path, _File).decisions or []
    for index, decision in enumerate(found):
        if wrong := _what_is_wrong(decision):
            key, expected = wrong
            line = line_of(read_yaml(path), "decisions", index)
            raise ClinicFileError(path, line, f"decisions.{index}.{key}", f"expected {expected}")
    return found


def _what_is_wrong(decision: Decision) -> tuple[str, str] | None:
    if not decision.by.strip():
        return "by", "the name of who decided"
    if len(decision.hash) != HASH_LENGTH or set(decision.hash) - set("0123456789abcdef"):
        return "hash", f"{HASH_LENGTH} hexadecimal digits, as `knee-intake texts` writes them"
    if decision.decision == "rejected" and not decision.comment.strip():
        return "comment", "a comment that says why it was rejected"
    try:
        datetime.fromisoformat(decision.at)
    except ValueError:
        return "at", "a time such as 2026-11-28T09:30:00-05:00"
    return None


def record(path: Path, wanted: Iterable[Decision]) -> list[Decision]:
    """Add decisions to the file and give back those that were new.

    One that says what the last one on the same text says already adds nothing, so it is safe to repeat. What people
    wrote into the file stays as it is. Either all are added or none. Raises ClinicFileError, OutputError.
    """
    with only_one(path.parent):
        return add_decisions(path, wanted)


def add_decisions(path: Path, wanted: Iterable[Decision]) -> list[Decision]:
    """The same, for who holds the folder's lock already."""
    before = _load(path)
    last = {decision.text: decision for decision in before}
    new = [decision for decision in wanted if not _says_the_same(last.get(decision.text), decision)]
    if new:
        _replace(path, new, before)
    return new


def _says_the_same(one: Decision | None, other: Decision) -> bool:
    return one is not None and msgspec.structs.replace(one, at=other.at) == other


def _replace(path: Path, new: Collection[Decision], before: list[Decision]) -> None:
    text = path.read_text(encoding="utf-8") if before else _heading(path)
    text = text if text.endswith("\n") else text + "\n"
    made = path.with_name(f".{path.name}.new")  # does not end in .yml: no part of the clinic's files yet
    try:
        made.write_text(text + "".join(map(_line, new)), encoding="utf-8")
        if path.exists():
            shutil.copymode(path, made)
        if not _holds(made, [*before, *new]):
            line = line_of(read_yaml(path), "decisions")
            raise ClinicFileError(path, line, "decisions", "expected the list of decisions at the end of the file")
        os.replace(made, path)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from None
    finally:
        made.unlink(missing_ok=True)


def _holds(path: Path, decisions: list[Decision]) -> bool:
    """Whether the file reads as exactly these: what people wrote below the list may have spoilt it."""
    try:
        return _load(path) == decisions
    except ClinicFileError:
        return False


def _heading(path: Path) -> str:
    """What stands above the first decision: the file's remarks."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    return "".join(line for line in lines if line.startswith("#") or not line.strip()) + _EMPTY


def _line(decision: Decision) -> str:
    """One line of the file. A JSON string is a YAML string too."""
    told = msgspec.to_builtins(decision)
    entries = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in told.items() if value)
    return f"  - {{{', '.join(entries)}}}\n"
