"""The queue once more, as plain Python over all rows: slow, and simple enough to be believed."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records import schema
from knee_intake.records.queue import Filters
from knee_intake.records.search_terms import holds

ORDER = ("emergency_911", "emergency_room", "same_day", "soon", "routine")


class Oracle:
    """All rows, read once."""

    def __init__(self, connection: Connection) -> None:
        self.rows = _all(connection, schema.conversations)
        self.alerts = _by(connection, schema.alerts)
        self.consents = _by(connection, schema.consents)
        self.bookings = _by(connection, schema.bookings)
        self.tags = _by(connection, schema.tags)
        self.messages = _by(connection, schema.messages)
        self.intakes = {row["conversation_id"]: row["data"] for row in _all(connection, schema.intakes)}

    def ids(self, filters: Filters) -> list[str]:
        """Every conversation that the filters leave, in order."""
        found = [row for row in self.rows if self._passes(row, filters)]
        found.sort(key=lambda row: (row["updated_at"], row["id"]), reverse=True)
        found.sort(key=self._rank)
        return [row["id"] for row in found]

    def _rank(self, row: dict[str, Any]) -> tuple[int, bool]:
        unseen = self._unseen(row)
        if not self._told(row):
            return (-1, False) if unseen else (len(ORDER), False)
        return ORDER.index(row["urgency"]), not unseen

    def _unseen(self, row: dict[str, Any]) -> bool:
        return any(alert["acknowledged_at"] is None for alert in self.alerts[row["id"]])

    def _told(self, row: dict[str, Any]) -> bool:
        yes = any(consent["kind"] == "alert" and consent["granted"] for consent in self.consents[row["id"]])
        return row["consent_at"] is not None or yes

    def _passes(self, row: dict[str, Any], wanted: Filters) -> bool:
        agreed, ident = row["consent_at"] is not None, row["id"]
        visits = [visit["status"] for visit in self.bookings[ident] if visit["status"] != "held"]
        heard = [line["understanding"] or {} for line in self.messages[ident] if line["sender"] == "visitor"]
        said = [line["text"] for line in self.messages[ident] if line["text"]]
        low = any(one["confidence"] < 0.5 or one["intent"] == "out_of_scope" for one in heard if one)
        checks = [
            agreed or wanted.everything or bool(self.alerts[ident]),
            wanted.since is None or row["updated_at"] >= wanted.since,
            wanted.until is None or row["updated_at"] < wanted.until,
            not wanted.urgencies or (self._told(row) and row["urgency"] in wanted.urgencies),
            not wanted.rule or wanted.rule in [alert["rule"] for alert in self.alerts[ident]],
            not wanted.statuses or row["status"] in wanted.statuses,
            wanted.review in ("all", row["review"])
            or (wanted.review == "" and (row["review"] != "closed" or self._unseen(row))),
            wanted.assignee is None or (row["assignee"] or 0) == wanted.assignee,
            not wanted.tag or wanted.tag in [tag["tag"] for tag in self.tags[ident]],
            not wanted.visit or (agreed and (wanted.visit in visits or (wanted.visit == "none" and not visits))),
            not wanted.unfinished or (agreed and row["status"] in ("active", "stopped")),
            not wanted.low or (agreed and low),
            not wanted.unread or (agreed and row["last_seq"] > row["seen_seq"] and row["review"] != "closed"),
            not wanted.intent or (agreed and wanted.intent in [one.get("intent") for one in heard]),
            all(agreed and self._answered(ident, *answer) for answer in wanted.answers),
            all(agreed and any(holds(text, term) for text in said) for term in wanted.terms),
        ]
        return all(checks)

    def _answered(self, ident: str, field: str, value: str) -> bool:
        answer = self.intakes[ident]["answers"].get(field, {}).get("value")
        return value in answer if isinstance(answer, list) else value == answer


def _all(connection: Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def _by(connection: Connection, table: sa.Table) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in _all(connection, table):
        found[row["conversation_id"]].append(row)
    return found
