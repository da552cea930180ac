"""The format of tests/conversations/*.yml, read and checked strictly; tests/conversations/README.md says what it means.

Nothing here runs anything. A broken file is refused as a whole with file, line, key and what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.safety.rules import Urgency

Texts = str | list[str]

SHORTCUTS = ("consented", "agreed", "interviewed", "read back", "booked")
"""How far a conversation may have come before its first own word."""
DEEDS = ("staff takes over", "staff hands back")
NOTHING = "nothing"
NONE = "none"

Status = Literal["consent_pending", "refused", "active", "advised", "handed_over", "booked", "stopped", "finished"]
Booking = Literal["none", "held", "requested", "booked", "cancelled"]

_TIME = re.compile(r"(\d+) (minute|hour|day)s?")


class Step(
    msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"not_says": "not says"}, omit_defaults=True
):
    """One line of a conversation: somebody does something, or something must be true of the last reply."""

    visitor: str | None = None
    picks: int | None = None
    """Which of the choices just offered, counted from 1."""
    staff: str | None = None
    waits: str | None = None
    """Such as "40 minutes": the clock moves on."""
    asked: Texts | None = None
    says: Texts | None = None
    not_says: Texts | None = None
    offers: Texts | None = None
    """Words of the choices that can be tapped."""
    urgency: Urgency | None = None

    def keys(self) -> list[str]:
        """The keys that are there, as they stand in the file."""
        return list(msgspec.to_builtins(self))

    @property
    def asserts(self) -> bool:
        return not {"visitor", "picks", "staff", "waits"} & {*self.keys()}


class CallBack(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """The note for the staff that somebody is to be called."""

    name: str | None = None
    contact: str | None = None
    topic: str | None = None
    """Words of what it is about."""


class Then(
    msgspec.Struct,
    forbid_unknown_fields=True,
    frozen=True,
    rename={"never_asked_twice": "never asked twice", "not_kept": "not kept"},
    omit_defaults=True,
):
    """What must be true when all is said."""

    answers: dict[str, Any] | None = None
    unanswered: list[str] | None = None
    urgency: Urgency | None = None
    rules: list[str] | None = None
    """All rules that fired, in any order."""
    status: Status | None = None
    booking: Booking | None = None
    callback: Literal["none"] | CallBack | None = None
    consents: list[str] | None = None
    """What was agreed to, each with its wording and time in the records."""
    never_asked_twice: Literal[True] | None = None
    not_kept: list[str] | None = None
    """Words that no table holds."""

    def keys(self) -> list[str]:
        return list(msgspec.to_builtins(self))


class Conversation(
    msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"not_yet": "not yet"}, omit_defaults=True
):
    """One conversation."""

    name: str
    steps: list[str | Step]
    then: Then = Then()
    not_yet: str | None = None
    """Why the product does not pass it yet. Once it does, the test fails until this line is taken out."""


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: str
    conversations: list[Conversation]


@dataclass(frozen=True)
class Case:
    """A conversation and where it stands."""

    path: Path
    index: int
    conversation: Conversation

    @property
    def id(self) -> str:
        return f"{self.path.stem}: {self.conversation.name}"

    def place(self, *keys: str | int) -> str:
        """`file:line` of a part of it. Reading lines takes long: only asked for where something is wrong."""
        return f"{self.path.name}:{line_of(read_yaml(self.path), 'conversations', self.index, *keys)}"


def load_cases(path: Path) -> list[Case]:
    """Read and check one file. Raises ClinicFileError naming file, line, key and what was expected."""
    file = load_yaml(path, _File)
    seen: set[str] = set()
    for index, conversation in enumerate(file.conversations):
        for keys, expected in (*_wrong_name(conversation, seen), *_wrong(conversation)):
            where = ("conversations", index, *keys)
            raise ClinicFileError(path, line_of(read_yaml(path), *where), ".".join(map(str, where)), expected)
        seen.add(conversation.name)
    return [Case(path, index, conversation) for index, conversation in enumerate(file.conversations)]


def duration(text: str) -> timedelta | None:
    """ "40 minutes", "3 hours", "2 days"; None for anything else."""
    found = _TIME.fullmatch(text)
    return timedelta(**{f"{found[2]}s": int(found[1])}) if found else None


def listed(texts: Texts | None) -> list[str]:
    """One text or several, as a list."""
    return [texts] if isinstance(texts, str) else list(texts or ())


_Fault = tuple[tuple[str | int, ...], str]


def _wrong_name(conversation: Conversation, seen: set[str]) -> Iterator[_Fault]:
    if not conversation.name.strip() or conversation.name in seen:
        yield ("name",), "expected a name that no other conversation of this file has"


def _wrong(conversation: Conversation) -> Iterator[_Fault]:
    if not conversation.then.keys() and not any(isinstance(s, Step) and s.asserts for s in conversation.steps):
        yield ("name",), "expected at least one thing that must be true (asked, says, then …)"
    if not conversation.steps:
        yield ("steps",), "expected at least one step"
    if conversation.not_yet is not None and not conversation.not_yet.strip():
        yield ("not yet",), "expected the reason"
    for index, step in enumerate(conversation.steps):
        if expected := _wrong_step(step, index):
            yield ("steps", index), expected


def _wrong_step(step: str | Step, index: int) -> str | None:
    if isinstance(step, str):
        if step in DEEDS or (step in SHORTCUTS and index == 0):
            return None
        return f"expected {', '.join(DEEDS)}, or as the first step {', '.join(SHORTCUTS)}"
    if len(step.keys()) != 1:
        return f"expected one key a step, found {', '.join(step.keys()) or NONE}"
    if step.waits is not None and duration(step.waits) is None:
        return 'expected a time such as "40 minutes", "3 hours" or "2 days"'
    if any(
        not text.strip()
        for text in (*listed(step.says), *listed(step.not_says), *listed(step.offers), *listed(step.asked))
    ):
        return "expected words"
    return None
