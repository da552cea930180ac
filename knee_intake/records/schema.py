"""The tables. One place; the migrations in records/migrations make exactly these."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)  # fmt: skip

from datetime import datetime, timezone  # isort: skip
from typing import Any  # isort: skip


class UtcDateTime(TypeDecorator):  # type: ignore[misc]
    """Aware datetimes in, aware UTC datetimes out, on databases with and without zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


metadata = MetaData()

_NOT_CLOSED = text("review <> 'closed'")
_UNREAD = text("last_seq > seen_seq AND consent_at IS NOT NULL AND review <> 'closed'")
_ASSIGNED = text("assignee IS NOT NULL")
_WALK = "urgency", "updated_at", "id", "review", "consent_at", "status", "assignee"
_UNSEEN = text("acknowledged_at IS NULL")

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False, index=True),  # last activity
    Column("version", Integer, nullable=False, default=0),  # compare-and-set of the turn
    Column("last_seq", Integer, nullable=False, default=0),
    Column("status", String(20), nullable=False, default="consent_pending"),
    Column("urgency", String(20), nullable=False, default="routine"),
    Column("consent_at", UtcDateTime),
    Column("consent_version", String(64)),
    Column("handled_by", String(8), nullable=False, default="bot"),  # bot | staff
    Column("lease_owner", String(64)),
    Column("lease_until", UtcDateTime),
    Column("demo", Boolean, nullable=False, default=True),
    Column("erase_requested_at", UtcDateTime),
    Column("address_mac", LargeBinary(32)),  # keyed hash of the address that the visitor last wrote from
    Column("address_at", UtcDateTime),  # when that was; both are emptied after a day
    Column("review", String(12), nullable=False, server_default="new"),  # new | in_review | contacted | booked | closed
    Column("assignee", Integer),  # of staff, who are never deleted
    Column("seen_seq", Integer, nullable=False, server_default="0"),  # staff have seen the transcript up to here
    # walked in order, and read without the table, by the staff's list (records/queue.py)
    Index("conversations_queue", *_WALK),
    Index(
        "conversations_open_queue",
        *_WALK,
        sqlite_where=_NOT_CLOSED,
        postgresql_where=_NOT_CLOSED,
    ),
    Index("conversations_unread", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    Index("conversations_by_assignee", "assignee", "id", sqlite_where=_ASSIGNED, postgresql_where=_ASSIGNED),
    Index("conversations_by_day", "created_at", "updated_at"),  # counted, without the table, by records/day_figures.py
)

messages = Table(
    "messages",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("sender", String(8), nullable=False),  # visitor | bot | staff
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text),  # null before consent: the words lie in pending
    Column("client_id", String(64)),  # visitor messages: the client's uuid
    Column("text_mac", LargeBinary(32)),  # keyed hash of a visitor's text: same id, other text -> 409
    Column("answered", Boolean),  # visitor messages: has the turn been completed
    Column("reply_to", Integer),  # bot messages: the visitor message they answer
    Column("payload", JSON),  # {choices, input, alert, choice}
    Column("understanding", JSON),  # {intent, confidence, findings, negated, more, answer, why}
    Column("staff_id", ForeignKey("staff.id")),
    UniqueConstraint("conversation_id", "client_id"),
)

pending = Table(
    "pending",  # words said before consent: on disk, and nowhere else; deleted after silence or a refusal
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("sender", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("payload", JSON),
    Column("at", UtcDateTime, nullable=False),
    Column("replay", Boolean, nullable=False, default=False),  # a visitor's text to be processed after consent
)

tracker_events = Table(
    "tracker_events",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("event", JSON, nullable=False),
)

intakes = Table(
    "intakes",  # the projection of the tracker's intake slot
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("data", JSON, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),
    Column("first_name", String(80)),
    Column("updated_at", UtcDateTime, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),  # privacy | contact | alert | email
    Column("granted", Boolean, nullable=False),
    Column("wording_version", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

alerts = Table(
    "alerts",  # one row a red-flag hit: exactly what was shown, and whether staff have seen it
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rule", String(16), nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("urgency", String(20), nullable=False),
    Column("shown", Text),
    Column("seq", Integer),
    Column("at", UtcDateTime, nullable=False),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", ForeignKey("staff.id")),
    UniqueConstraint("conversation_id", "rule", "seq"),
    Index("alerts_unseen", "conversation_id", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),
    Index("alerts_by_rule", "rule", "conversation_id"),
)

tags = Table(
    "tags",  # short words that staff put on a conversation
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", String(24), primary_key=True),
    Index("tags_by_tag", "tag", "conversation_id"),
)

facets = Table(
    "facets",  # what the staff's list filters by, drawn from intake and messages as they are written
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(40), primary_key=True),  # intent | low | answer:FIELD
    Column("value", String(60), primary_key=True),
    Index("facets_by_value", "name", "value", "conversation_id"),
)

saved_views = Table(
    "saved_views",  # filters that staff keep under a name
    metadata,
    Column("id", Integer, primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(40), nullable=False),
    Column("query", String(600), nullable=False),  # as in the page's address
    Column("shared", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("staff_id", "name"),
)

_OPEN = text("status IN ('held', 'requested', 'booked')")

bookings = Table(
    "bookings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("reference", String(12), nullable=False, unique=True),
    Column("conversation_id", ForeignKey("conversations.id"), index=True),
    Column("effect_key", String(200), unique=True),  # idempotency: conversation, client message id, effect
    Column("kind", String(40), nullable=False),  # visit type of practice.yml
    Column("clinician", String(40), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("status", String(12), nullable=False),  # held | requested | booked | cancelled
    Column("hold_until", UtcDateTime),
    Column("first_name", String(80)),
    Column("contact", String(120)),
    Column("source", String(12), nullable=False, default="widget"),  # widget | api | staff | rasa | fhir
    Column("sequence", Integer, nullable=False, default=0),  # of the calendar file
    Column("remote_sequence", Integer),  # the sequence that a remote calendar holds; null: it holds nothing of it
    Column("contact_confirmed_at", UtcDateTime),  # the visitor opened the link in our mail: the address is theirs
    Column("kept_at", UtcDateTime),  # the visitor said by the link in a mail that they will come
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("verdict", String(8)),  # spam: staff found it to be a fake, and freed its time
    Column("status_before", String(12)),  # what it was before the verdict; given back when that is undone
    Index(
        "one_open_booking_a_time",
        "clinician",
        "start",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index("bookings_by_time", "clinician", "start", "end"),
    Index("bookings_by_status", "status", "conversation_id"),
)

booking_attempts = Table(
    "booking_attempts",  # what counts against the limits: holds and visits asked for, by whom as keyed hashes only
    metadata,
    Column("effect_key", String(200), primary_key=True),  # the same as the booking's
    Column("effect", String(8), nullable=False),  # hold | place
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), index=True),
    Column("address_mac", LargeBinary(32), index=True),  # emptied after a day
    Column("contact_mac", LargeBinary(32), index=True),
    Column("at", UtcDateTime, nullable=False),
)

busy_times = Table(
    "busy_times",  # when a clinician is taken elsewhere, as their own calendar's feed says
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clinician", String(40), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("source", String(12), nullable=False),  # feed
    Index("busy_times_by_time", "clinician", "start", "end"),
)

busy_feeds = Table(
    "busy_feeds",  # one row a feed that is read: how it went the last time; never its address, which is a secret
    metadata,
    Column("clinician", String(40), primary_key=True),
    Column("address_hash", LargeBinary(32), nullable=False),  # of its address: another one is another feed
    Column("etag", String(200)),
    Column("last_modified", String(80)),
    Column("tried_at", UtcDateTime),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("expanded_at", UtcDateTime),  # when its events were last turned into busy times
    Column("fresh_until", UtcDateTime),  # null: never loaded
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("last_error", String(80)),
)

blocks = Table(
    "blocks",  # times that staff keep free of visits
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clinician", String(40), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("note", String(120)),  # no patient data
    Column("created_by", ForeignKey("staff.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Index("blocks_by_time", "clinician", "start", "end"),
)

calendar_feeds = Table(
    "calendar_feeds",  # feeds that can be subscribed to; the secret in the address is derived, not stored
    metadata,
    Column("name", String(40), primary_key=True),  # a clinician's id, or * for everybody
    Column("salt", String(32), nullable=False),  # another one gives another secret
    Column("made_by", ForeignKey("staff.id"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

callbacks = Table(
    "callbacks",  # the visitor asked to be called, or no time could be found
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("effect_key", String(200), unique=True),
    Column("topic", String(80), nullable=False),
    Column("first_name", String(80)),
    Column("contact", String(120)),
    Column("wishes", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("role", String(12), nullable=False),  # viewer | reviewer | manager | admin
    Column("password_hash", String(200)),
    Column("token_hash", LargeBinary(32), unique=True),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("failed_logins", Integer, nullable=False, default=0),
    Column("locked_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id_hash", LargeBinary(32), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",  # append-only: who looked at or changed what; chained by records/audit_chain.py
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", Integer),
    Column("action", String(40), nullable=False),
    Column("subject", String(80)),
    Column("detail", JSON),
    Column("hash", LargeBinary(32), nullable=False),
    Index("audit_by_subject", "subject", "id"),
    Index("audit_by_member", "staff_id", "id"),
    Index("audit_by_action", "action", "id"),
)

outbox = Table(
    "outbox",  # written in the turn's transaction, delivered afterwards
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("body", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime),
    Column("tries", Integer, nullable=False, default=0),
    Column("done_at", UtcDateTime),
    Column("last_error", String(200)),
    Column("claimed_by", String(64)),  # the process that is delivering it
    Column("claimed_until", UtcDateTime),  # after this it has died, and another one may
    Column("dead_at", UtcDateTime),  # given up: staff can have it tried again
    Index("outbox_open", "done_at", "next_try_at"),
)

facts = Table(
    "facts",  # small things the process remembers: heartbeat, last delivered alert
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", JSON),
    Column("at", UtcDateTime, nullable=False),
    Column("number", Float),
)

day_figures = Table(
    "day_figures",  # what the conversations opened on a day come to: counts only (records/day_figures.py)
    metadata,
    Column("day", String(10), primary_key=True),  # in the clinic's zone
    Column("zone", String(64), nullable=False),
    Column("format", Integer, nullable=False),
    Column("opened", Integer, nullable=False),  # conversations of the day when they were counted
    Column("newest", UtcDateTime),  # the newest activity in them
    Column("figures", JSON, nullable=False),
)
