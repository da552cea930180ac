"""Rows as a visitor's conversation leaves them, for the tests of what staff see. Made-up people only."""

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.interview.model import Answer, FlagHit, Intake
from knee_intake.records import schema

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=timezone.utc)
CALF_TEXT = "New swelling or pain in one calf can be a blood clot. Please get seen today."


def conversation_id(number: int) -> str:
    return str(uuid.UUID(int=number))


def an_intake(**changes: Any) -> Intake:
    """A talkative runner's intake."""
    intake = Intake(
        status="active",
        answers={
            "consent": Answer("yes", "yes", 2, "asked"),
            "knee_side": Answer("left", "my left knee aches on the inner side since summer", 4, "volunteered"),
            "pain_location": Answer(["medial"], "my left knee aches on the inner side since summer", 4, "volunteered"),
            "pain_duration_days": Answer(90, "three months", 6, "corrected"),
            "arthritis_history": Answer(["none"], "no", 8, "asked"),
            "activity_level": Answer("vigorous", "I run most days", 10, "asked"),
            "age_band": Answer(None, "rather not", 12, "skipped"),
            "first_name": Answer("Robin", "Robin, 555-0123", 14, "asked"),
        },
        asked="goal",
    )
    for name, value in changes.items():
        setattr(intake, name, value)
    return intake


def add_conversation(
    connection: Connection,
    number: int,
    *,
    at: datetime = NOW,
    consent: bool = True,
    intake: Intake | None = None,
    status: str = "active",
    urgency: str = "routine",
    first_name: str | None = "Robin",
) -> str:
    """A conversation row with its intake; returns the id."""
    ident = conversation_id(number)
    connection.execute(
        sa.insert(schema.conversations).values(
            id=ident,
            token_hash=bytes(32),
            created_at=at - timedelta(minutes=9),
            updated_at=at,
            last_seq=0,
            status=status if consent else "consent_pending",
            urgency=urgency,
            consent_at=at - timedelta(minutes=8) if consent else None,
            consent_version="2026-11-23" if consent else None,
        )
    )
    if consent:
        connection.execute(
            sa.insert(schema.intakes).values(
                conversation_id=ident,
                data=(intake or an_intake()).to_dict(),
                done=6,
                total=8,
                first_name=first_name,
                updated_at=at,
            )
        )
        connection.execute(
            sa.insert(schema.consents).values(
                conversation_id=ident, kind="privacy", granted=True, wording_version="2026-11-23", at=at
            )
        )
    return ident


def add_message(
    connection: Connection, conversation: str, seq: int, sender: str, text: str | None, **more: Any
) -> None:
    values = {"at": NOW + timedelta(seconds=seq), "client_id": f"client-{seq}" if sender == "visitor" else None, **more}
    connection.execute(
        sa.insert(schema.messages).values(conversation_id=conversation, seq=seq, sender=sender, text=text, **values)
    )
    own = schema.conversations.c.id == conversation
    connection.execute(sa.update(schema.conversations).where(own).values(last_seq=seq))


def add_alert(
    connection: Connection, conversation: str, *, rule: str = "RF11", urgency: str = "same_day", seq: int | None = 4,
    shown: str = CALF_TEXT,
) -> None:  # fmt: skip
    connection.execute(
        sa.insert(schema.alerts).values(
            conversation_id=conversation,
            rule=rule,
            rule_version=1,
            urgency=urgency,
            shown=shown,
            seq=seq,
            at=NOW,
        )
    )


def add_booking(
    connection: Connection,
    conversation: str,
    *,
    reference: str = "KN7-P4Q",
    status: str = "requested",
    start: datetime = datetime(2026, 12, 1, 15, 0, tzinfo=timezone.utc),
    kind: str = "consultation",
    clinician: str = "clinician",
) -> None:
    connection.execute(
        sa.insert(schema.bookings).values(
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, reference)),
            reference=reference,
            conversation_id=conversation,
            effect_key=f"{conversation}:{reference}",
            kind=kind,
            clinician=clinician,
            start=start,
            end=start + timedelta(minutes=30),
            status=status,
            first_name="Robin",
            contact="555-0123",
            created_at=NOW,
            updated_at=NOW,
        )
    )


def add_talk(connection: Connection, conversation: str) -> None:
    """A short transcript with an alert in it."""
    add_message(connection, conversation, 1, "bot", "Hi. I'm an automated helper.")
    add_message(
        connection,
        conversation,
        2,
        "visitor",
        "my left knee aches on the inner side since summer",
        understanding={
            "intent": "inform",
            "confidence": 0.914,
            "findings": {"knee_side": "left", "pain_location": ["medial"]},
            "negated": ["swelling"],
        },
    )
    add_message(connection, conversation, 3, "bot", "Thanks. Left knee, inner side.")
    add_message(
        connection,
        conversation,
        4,
        "visitor",
        "and one calf is <b>swollen</b> & hot",
        understanding={"intent": "inform", "confidence": 0.8, "findings": {"red_flags": ["calf_swelling"]}},
    )
    add_message(connection, conversation, 5, "bot", CALF_TEXT, payload={"alert": "same_day"})


def calf_hit() -> FlagHit:
    return FlagHit("RF11", 1, "same_day", CALF_TEXT, 4)
