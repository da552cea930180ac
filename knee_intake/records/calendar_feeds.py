"""The feeds that staff can subscribe to.

The secret in an address is derived from a salt and the program's own key, so the database alone opens none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import calendar_feeds

EVERYBODY = "*"


@dataclass(frozen=True)
class CalendarFeed:
    """A feed that is there."""

    name: str
    """A clinician's id, or EVERYBODY."""
    secret: str
    made_at: datetime


def list_feeds(connection: Connection, key: bytes) -> list[CalendarFeed]:
    """All feeds with the secrets of their addresses; `key` is the program's own secret."""
    rows = connection.execute(sa.select(calendar_feeds).order_by(calendar_feeds.c.name))
    return [CalendarFeed(row.name, _secret(key, row.name, row.salt), row.made_at) for row in rows]


def find_feed(connection: Connection, key: bytes, secret: str) -> CalendarFeed | None:
    """The feed of this secret; each is compared in full, so that time tells nothing."""
    found = None
    for feed in list_feeds(connection, key):
        if hmac.compare_digest(feed.secret.encode(), secret.encode("utf-8", "replace")):
            found = feed
    return found


def renew_feed(connection: Connection, name: str, staff_id: int, now: datetime) -> None:
    """Make the feed, or give it another secret: who has the old address reads nothing any more."""
    remove_feed(connection, name)
    values = {"name": name, "salt": secrets.token_hex(16), "made_by": staff_id, "made_at": now}
    connection.execute(calendar_feeds.insert().values(**values))


def remove_feed(connection: Connection, name: str) -> bool:
    """Close the feed; False where there was none."""
    return bool(connection.execute(calendar_feeds.delete().where(calendar_feeds.c.name == name)).rowcount)


def _secret(key: bytes, name: str, salt: str) -> str:
    mac = hmac.new(key, f"calendar feed {name} {salt}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
