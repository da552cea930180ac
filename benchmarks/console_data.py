"""Made-up conversations for the staff's console, as many as wanted, the same for the same seed.

    python -m benchmarks.console_data --database sqlite:///demo.sqlite3 --conversations 300

The people, their words and their visits come from a random number generator; no text is a real patient's.
"""

from __future__ import annotations

import argparse
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from knee_intake.records import schema
from knee_intake.records.contact_keys import contact_mac
from knee_intake.records.database import Database
from knee_intake.records.facets import answer_facets, message_facets
from knee_intake.records.migrate import migrate

SEED = 43
NEEDLE = "trampoline"
"""A word that few conversations hold: about one in 3,000."""
SECRET = b"k" * 32
"""Keys the hashes of contacts."""
_BATCH = 5_000  # conversations
_NAMES = ("Ana", "Ben", "Chloe", "Dev", "Ella", "Finn", "Grace", "Hugo", "Iris", "Jonas", "Kim", "Leo", "Maya", "Nils")
_SIDES, _PLACES = ("left", "right", "both"), ("anterior", "medial", "lateral", "posterior", "diffuse")
_LEVELS = ("sedentary", "light", "moderate", "vigorous")
_SPORTS = ["running", "cycling", "hiking", "tennis", "skiing", "swimming", "dancing", "yoga", "soccer", "golf"]
_INTENTS = {"inform": 60, "affirm": 12, "book": 8, "ask_cost": 4, "ask_botulinum": 3, "ask_evidence": 2,
            "ask_hours": 2, "ask_parking": 1, "ask_surgery": 1, "out_of_scope": 2}  # fmt: skip
_URGENCIES = {"emergency_911": 3, "emergency_room": 7, "same_day": 30, "soon": 60, "routine": 900}
_RULES = {"emergency_911": "RF12", "emergency_room": "RF06", "same_day": "RF11", "soon": "RF16"}
_STATUSES = {"active": 30, "advised": 5, "handed_over": 5, "booked": 25, "stopped": 10, "finished": 25}
_TAGS = ("insurance", "call-back", "second-opinion", "runner", "interpreter")
_STATES = ("new", "in_review", "contacted", "booked")
_ASKS = {
    "pain_location": "Thanks. Where does it hurt most, and on which side?",
    "onset": "When did it start, and how?",
    "symptoms": "Is the knee swollen, warm or stuck now?",
    "activity_level": "How active are you in a usual week?",
}


def fill(
    database: Database, conversations: int, *, now: datetime, seed: int = SEED, staff: tuple[int, ...] = ()
) -> None:
    """Add so many conversations, the last of them just before `now`. `staff`: ids of those who may have taken some."""
    chance = random.Random(seed)
    for first in range(0, conversations, _BATCH):
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in _ORDER}
        for number in range(first, min(first + _BATCH, conversations)):
            for table, row in _conversation(chance, number, conversations, now, staff):
                rows[table].append(row)
        with database.write() as connection:
            for table in _ORDER:
                if rows[table]:
                    connection.execute(sa.insert(schema.metadata.tables[table]), rows[table])


_ORDER = (
    "conversations", "messages", "intakes", "contact_keys", "consents", "alerts", "bookings", "callbacks", "tags",
    "facets",
)  # fmt: skip


def _conversation(
    chance: random.Random, number: int, of: int, now: datetime, staff: tuple[int, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    ident = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    # half a year, spread evenly; several share a minute
    at = now - timedelta(minutes=int((of - number) * 260_000 / of / 3) * 3)
    agreed, urgency = chance.random() < 0.75, _one_of(chance, _URGENCIES)
    status = _one_of(chance, _STATUSES) if agreed else chance.choice(("consent_pending", "refused"))
    old = now - at > timedelta(days=7)
    review = "closed" if old and chance.random() < 0.92 else chance.choice(_STATES if agreed else ("new",))
    talk = list(_talk(chance, ident, at, agreed))
    yield "conversations", {
        "id": ident, "token_hash": bytes(32), "created_at": at - timedelta(minutes=9), "updated_at": at, "version": 4,
        "last_seq": len(talk), "status": status, "urgency": urgency, "handled_by": "bot", "demo": True,
        "consent_at": at - timedelta(minutes=8) if agreed else None, "consent_version": "1" if agreed else None,
        "review": review, "assignee": chance.choice(staff) if staff and chance.random() < 0.4 else None,
        "seen_seq": len(talk) if old or chance.random() < 0.7 else chance.randrange(len(talk)),
    }  # fmt: skip
    for row in talk:
        yield "messages", row
    if agreed:
        yield from _said(chance, ident, at, talk, _phone(chance, of))
    if urgency != "routine":
        yield from _alarm(chance, ident, at, urgency, agreed, old)
    if status == "booked":
        # one clinician and an hour of one's own: two visits never meet
        start = datetime(2030, 1, 1, tzinfo=timezone.utc) + timedelta(hours=number)
        yield "bookings", {
            "id": str(uuid.UUID(int=chance.getrandbits(128))), "reference": f"K{number:07}", "conversation_id": ident,
            "kind": "consultation", "clinician": "clinician", "start": start, "end": start + timedelta(minutes=30),
            # of the older ones staff have confirmed or cancelled all but a few
            "status": chance.choice(("booked", "booked", "cancelled"))
            if old and chance.random() < 0.98
            else "requested",
            "source": "widget", "sequence": 0, "created_at": at, "updated_at": at,
        }  # fmt: skip
    if agreed and (status == "handed_over" or chance.random() < 0.02):
        yield "callbacks", {
            "conversation_id": ident, "topic": "call_me", "first_name": None, "contact": _phone(chance, of),
            "wishes": None, "created_at": at, "done_at": at if old and chance.random() < 0.98 else None,
        }  # fmt: skip
    if agreed and chance.random() < 0.1:
        yield "tags", {"conversation_id": ident, "tag": chance.choice(_TAGS)}


def _talk(chance: random.Random, ident: str, at: datetime, agreed: bool) -> Iterator[dict[str, Any]]:
    side, place, sport = chance.choice(_SIDES), chance.choice(_PLACES), chance.choice(_SPORTS)
    said = [
        f"my {side} knee hurts when {sport}, mostly {place}",
        f"it began about {chance.randint(2, 11)} months ago, slowly",
        chance.choice(("no swelling", "a little swollen in the evening", "it gives way on stairs", "it clicks a lot")),
        f"I go {sport} {chance.randint(1, 5)} times a week",
    ]
    if chance.random() < 1 / 3000:
        said[1] = f"since a fall from a {NEEDLE}"
    for turn, ((question, ask), text) in enumerate(zip(_ASKS.items(), said, strict=True)):
        moment, seq = at - timedelta(seconds=60 * (4 - turn)), 2 * turn + 1
        intent = _one_of(chance, _INTENTS)
        found = {"intent": intent, "act": intent, "confidence": round(chance.uniform(0.48, 1), 3), "corrections": {}}
        yield {
            "conversation_id": ident, "seq": seq, "sender": "bot", "at": moment, "text": ask if agreed else None,
            "client_id": None, "answered": None, "understanding": None,
            "payload": {"name": question, "input": {"kind": "text", "for": question}} if agreed else None,
        }  # fmt: skip
        yield {
            "conversation_id": ident, "seq": seq + 1, "sender": "visitor", "payload": None,
            "at": moment + timedelta(seconds=chance.randint(4, 50)),
            "text": text if agreed else None, "client_id": f"{seq}", "answered": True,
            "understanding": found if agreed else None,
        }  # fmt: skip


def _said(
    chance: random.Random, ident: str, at: datetime, talk: list[dict[str, Any]], phone: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    answers = {
        "knee_side": chance.choice(_SIDES),
        "pain_location": chance.sample(_PLACES, chance.randint(1, 2)),
        "activity_level": chance.choice(_LEVELS),
        "arthritis_history": [chance.choice(("none", "osteoarthritis"))],
        "first_name": chance.choice(_NAMES),
        "phone": phone,
    }
    data = {
        "status": "active",
        "answers": {name: {"value": value, "words": "", "seq": 2, "how": "asked"} for name, value in answers.items()},
    }
    done = chance.randint(2, 8)
    yield "intakes", {
        "conversation_id": ident, "data": data, "done": done, "total": 8, "first_name": answers["first_name"],
        "updated_at": at,
    }  # fmt: skip
    yield "contact_keys", {"conversation_id": ident, "mac": contact_mac(SECRET, phone)}
    yield "consents", {
        "conversation_id": ident, "kind": "privacy", "granted": True, "wording_version": "1", "at": at,
    }  # fmt: skip
    found = answer_facets(data).union(*(message_facets(row["understanding"]) for row in talk))
    for name, value in sorted(found):
        yield "facets", {"conversation_id": ident, "name": name, "value": value}


def _alarm(
    chance: random.Random, ident: str, at: datetime, urgency: str, agreed: bool, old: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    seen = chance.random() < (0.999 if old else 0.6)
    yield "alerts", {
        "conversation_id": ident, "rule": _RULES[urgency], "rule_version": 1, "urgency": urgency, "shown": "A text.",
        "seq": 2, "at": at, "acknowledged_at": at + timedelta(hours=1) if seen else None,
    }  # fmt: skip
    if not agreed and chance.random() < 0.5:
        yield "consents", {
            "conversation_id": ident, "kind": "alert", "granted": True, "wording_version": "1", "at": at,
        }  # fmt: skip


def _phone(chance: random.Random, of: int) -> str:
    """One that some of the `of` conversations share: about every third person comes back."""
    return f"(212) {200 + chance.randrange(max(of // 10_000, 1))}-{chance.randrange(10_000):04}"


def _one_of(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True, help="an SQLAlchemy address")
    parser.add_argument("--conversations", type=int, default=300)
    arguments = parser.parse_args()
    database = Database(arguments.database)
    migrate(database)
    with database.read() as connection:
        staff = tuple(connection.execute(sa.select(schema.staff.c.id)).scalars())
    fill(database, arguments.conversations, now=datetime.now(timezone.utc), staff=staff)
    database.close()


if __name__ == "__main__":
    main()
