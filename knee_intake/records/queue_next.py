"""From one conversation to the next that nobody has begun with, in the order of the queue."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.engine import Connection

from knee_intake.records.queue import Filters, is_unseen, list_keys, place_of, unseen_new, write_key
from knee_intake.records.restriction_rows import Hidden

_NEW = Filters(review="new")


def next_new(connection: Connection, conversation: str | None, hidden: Hidden = None) -> str | None:
    """The next conversation behind this one whose review is new, from the top again behind the last; None: no other.

    An alert that nobody has acknowledged goes before: whoever has just acknowledged one is led to the other ones, and
    not past them, although their own conversation has moved down by that. What is closed to them is left out.
    """
    new = replace(_NEW, hidden=hidden)
    here = place_of(connection, conversation) if conversation else None
    urgent = unseen_new(connection, 1, hidden) if here is None or not is_unseen(here) else []
    behind = list_keys(connection, new, after=write_key(here), limit=1) if here else []
    top = list_keys(connection, new, after=None, limit=2)
    return next((key[2] for key in (*urgent, *behind, *top) if key[2] != conversation), None)
