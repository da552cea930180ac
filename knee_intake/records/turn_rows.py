"""What a finished turn writes, as plain rows. Made by dialogue, written by records/commit.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

Row = dict[str, Any]


@dataclass
class NewMessage:
    """A row of the transcript to be written with a turn."""

    sender: str
    text: str
    payload: dict[str, Any] = field(default_factory=dict)
    staff_id: int | None = None


@dataclass
class Received:
    """A visitor's message as stored."""

    seq: int
    answered: bool
    handled_by: str


@dataclass(frozen=True)
class Ahead:
    """Work outside the database that is done before a turn is saved. Both may be repeated; both may take seconds."""

    do: Callable[[], None]
    """May raise SlotTakenError or CalendarUnavailableError: the turn is then not saved."""
    undo: Callable[[], None]
    """For a turn that was not saved after all. Raises nothing."""


@dataclass
class TurnRows:
    """All that a finished turn writes."""

    conversation: str
    version: int
    """The version that the turn was computed from."""
    seq: int
    """The visitor's message that it answers."""
    now: datetime
    columns: Row = field(default_factory=dict)
    """Changed columns of the conversation."""
    replies: list[NewMessage] = field(default_factory=list)
    visitor: Row = field(default_factory=dict)
    """Changed columns of the visitor's message (understanding, payload)."""
    events: list[Row] = field(default_factory=list)
    intake: Row | None = None
    progress: tuple[int, int] = (0, 0)
    alerts: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    effects: list[Callable[[Connection], None]] = field(default_factory=list)
    """Writes of other rooms that belong to the turn; may raise SlotTakenError, which undoes the whole turn."""
    ahead: list[Ahead] = field(default_factory=list)
    pending: PendingChange | None = None


@dataclass
class PendingChange:
    """What a turn does to the words said before consent."""

    stage: Row | None = None
    """Where the conversation stands without consent, kept beside the words."""
    keep: bool = False
    """The visitor's text is to be read again once consent is given."""
    reveal: bool = False
    """Consent was given: move what may be kept into the transcript."""
    forget: bool = False
    """Refused: delete every word."""
    picked: tuple[str, str] | None = None
    """(label, value) where the visitor's text is an offered answer: the label is what a person reads."""
