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
    false,
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
_BY_PHONE = text("source = 'phone'")
_NOT_DONE = text("done_at IS NULL")
_OPEN_REQUEST = text("state = 'open'")

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
    Column("source", String(12), nullable=False, server_default="widget"),  # widget | phone: staff type for a caller
    Column("clinic_version", String(64)),  # the clinic's files as they were at its start
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
    Index("conversations_by_phone", "updated_at", sqlite_where=_BY_PHONE, postgresql_where=_BY_PHONE),
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
    Column("staff_id", ForeignKey("staff.id")),  # of a visitor's message: who typed it for a caller
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

thumbs = Table(
    "thumbs",  # answers of the assistant's of which the visitor says that they are not what was meant
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # of the answer
    Column("at", UtcDateTime, nullable=False),
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
    Column("staff_id", Integer),  # who heard it on the phone; empty where it was given in the chat
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
    Index("alerts_by_time", "at", "conversation_id"),
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
    Column("contact_mac", LargeBinary(32), index=True),  # of a visit without conversation: keyed hash of its contact
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
    Index("callbacks_open", "conversation_id", sqlite_where=_NOT_DONE, postgresql_where=_NOT_DONE),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("role", String(12), nullable=False),  # viewer | reviewer | manager | admin
    Column("password_hash", String(200)),
    # always empty: tokens lie in staff_tokens; SQLite cannot drop it without making the table anew
    Column("token_hash", LargeBinary(32), unique=True),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("clinician", Boolean, nullable=False, server_default=false()),  # may approve and reject patient texts
    Column("failed_logins", Integer, nullable=False, default=0),
    Column("locked_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("must_change", Boolean, nullable=False, server_default=false()),  # every page leads to a new password
    Column("totp_salt", String(32)),  # the second factor's secret is derived from it, not stored
    Column("totp_since", UtcDateTime),  # null with a salt: being set up
    Column("totp_step", Integer),  # the last time step whose code was used: none is good twice
    Column("invite_hash", LargeBinary(32)),  # of the link with which the member gives themselves a password
    Column("invite_until", UtcDateTime),
    Index("staff_by_invitation", "invite_hash", unique=True),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id_hash", LargeBinary(32), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("agent", String(40)),  # the browser in two words
    Column("address", String(60)),  # the kind of address or the network, never the whole address
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

lessons = Table(
    "lessons",  # one sentence that was not understood well, as often as it was said, and what is learned from it
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", LargeBinary(32), nullable=False, unique=True),  # keyed hash of the words without case, signs, digits
    Column("state", String(8), nullable=False),  # open | learn | right | nothing
    Column("intent", String(40)),
    Column("expect", JSON),  # {FIELD: value} that the sentence states
    Column("negated", JSON),  # values that it denies
    Column("asked", String(40)),  # the question that it answered
    Column("text", Text),  # without personal data, approved by a reviewer; null: not approved, never exported
    Column("dated", Boolean, nullable=False),  # a date was replaced: a span of time in it is no longer the label's
    Column("decided_by", Integer),
    Column("decided_at", UtcDateTime),
    Column("approved_by", Integer),
    Column("approved_at", UtcDateTime),
    Index("lessons_by_state", "state", "id"),
)

learning_items = Table(
    "learning_items",  # the messages behind the lessons; their words stay in `messages` alone
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("lesson_id", ForeignKey("lessons.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("rejected", Boolean, nullable=False),
    Column("low", Boolean, nullable=False),
    Column("corrected", Boolean, nullable=False),
    Column("judged", Boolean, nullable=False),
    Column("judged_by", Integer),
    Column("thumbed", Boolean, nullable=False, server_default=false()),  # the answer to it has a thumb down
    Index("learning_items_by_lesson", "lesson_id", "at"),
)

quality_days = Table(
    "quality_days",  # how well a day's messages were understood, of one conversation; counts alone, kept after it
    metadata,
    Column("conversation", LargeBinary(16), primary_key=True),  # hash of its id
    Column("day", String(10), primary_key=True),  # in the clinic's zone
    Column("said", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("low", Integer, nullable=False),
    Column("corrected", Integer, nullable=False),
    Column("unanswered", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    Index("quality_days_by_day", "day"),
)

model_builds = Table(
    "model_builds",  # attempts to build a better model
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String(12), nullable=False),  # running | passed | held_back | failed | interrupted
    Column("step", String(80), nullable=False),
    Column("lessons", Integer, nullable=False),
    Column("started_by", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),  # after this its process has died
    Column("ended_at", UtcDateTime),
    Column("log", Text, nullable=False),
    Column("result", JSON),  # the figures before and after
    Column("model", String(300)),  # the candidate, within var/learning
    Column("promoted_at", UtcDateTime),
    Column("promoted_by", Integer),
)

staff_tokens = Table(
    "staff_tokens",  # personal tokens for the JSON API and the FHIR server
    metadata,
    Column("id", Integer, primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("scopes", String(80), nullable=False),  # words with blanks between them
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

recovery_codes = Table(
    "recovery_codes",  # each stands once for the second factor
    metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("used_at", UtcDateTime),
)

restrictions = Table(
    "restrictions",  # conversations that only managers and the members named may open
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("made_by", Integer, nullable=False),  # of staff, who are never deleted
    Column("made_at", UtcDateTime, nullable=False),
)

restriction_members = Table(
    "restriction_members",
    metadata,
    Column("conversation_id", ForeignKey("restrictions.conversation_id", ondelete="CASCADE"), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
)

emergency_openings = Table(
    "emergency_openings",  # a restricted conversation opened for a while, with a reason
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("reviewed_at", UtcDateTime),
    Column("reviewed_by", Integer),
    Index("emergency_openings_by_conversation", "conversation_id", "staff_id"),
)

tombstones = Table(
    "tombstones",  # what was erased, without content: a backup that is put back is purged by it again
    metadata,
    Column("id", String(36), primary_key=True),  # of the conversation or the visit; request-N
    Column("kind", String(12), nullable=False),  # conversation | visit | request
    Column("at", UtcDateTime, nullable=False),
    Column("why", String(12), nullable=False),  # request | retention | forget
    Column("counts", JSON, nullable=False),  # {table: rows}
)

_CURRENT = text("undone_at IS NULL")

notes = Table(
    "notes",  # what staff write down about a conversation: added to, struck out, never changed
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(64), nullable=False),  # of the form: sent twice it is one note
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("removed_by", ForeignKey("staff.id")),
    UniqueConstraint("conversation_id", "key"),
)

note_mentions = Table(
    "note_mentions",  # whom a note names, and whether they have opened it
    metadata,
    Column("note_id", ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("seen_at", UtcDateTime),
    Index("note_mentions_by_member", "staff_id", "seen_at"),
)

review_verdicts = Table(
    "review_verdicts",  # how well the chat did, in the eyes of each member of staff who judged it
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("verdict", String(16), nullable=False),  # understood | missed | wrong_safety | other
    Column("comment", Text),
    Column("at", UtcDateTime, nullable=False),
    Index("review_verdicts_by_verdict", "verdict", "conversation_id"),
)

chart_entries = Table(
    "chart_entries",  # what was copied into the clinic's own chart, and under which number there
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("number", String(40)),
    Column("content", LargeBinary(32), nullable=False),  # hash of the answers, flags and visits that were copied
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),  # taken back, or replaced by a newer one
    Column("undone_by", ForeignKey("staff.id")),
    Index(
        "one_chart_entry_a_conversation",
        "conversation_id",
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    ),
)

call_attempts = Table(
    "call_attempts",  # each time that staff rang somebody, and what came of it
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("form_key", String(64), nullable=False, unique=True),  # a form that is sent twice is one attempt
    Column("outcome", String(12), nullable=False),  # reached | voicemail | no_answer | letter
    Column("settled", Boolean, nullable=False),  # nothing more to ring about, as far as was known then
    Column("note", String(300)),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime),
)

contact_keys = Table(
    "contact_keys",  # keyed hashes of the phones and emails of a conversation: the same person is found without a scan
    metadata,
    Column("mac", LargeBinary(32), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Index("contact_keys_of", "conversation_id"),
)

same_people = Table(
    "same_people",  # conversations that staff joined: all of one `person` are the same person's
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(36), nullable=False, index=True),
    Column("joined_by", ForeignKey("staff.id"), nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
)

other_people = Table(
    "other_people",  # pairs of which staff said that they are not the same person's; the smaller id first
    metadata,
    Column("one", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("other", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("said_by", ForeignKey("staff.id"), nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
    Index("other_people_by_other", "other"),
)

saved_replies = Table(
    "saved_replies",  # texts that staff share for what they write to patients
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(60), nullable=False, unique=True),
    Column("text", Text, nullable=False),  # with {first_name}, {clinic_phone}, {reference}
    Column("version", Integer, nullable=False),
    Column("changed_by", ForeignKey("staff.id"), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

privacy_requests = Table(
    "privacy_requests",  # somebody wants their data deleted, copied or corrected
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),  # delete | copy | correct
    # no foreign key: that it was asked and done stays known; who asked is emptied with the conversation
    Column("conversation_id", String(36), index=True),
    Column("form_key", String(64), unique=True),
    Column("asked_by", String(8), nullable=False),  # chat | phone | mail
    Column("asked_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("name", String(80)),
    Column("contact", String(120)),
    Column("note", String(500)),
    Column("noted_by", Integer),  # empty where the visitor asked in the chat
    Column("state", String(8), nullable=False),  # open | done | refused | partly
    Column("reason", String(500)),  # why refused, what was done, what was changed
    Column("reply", Text),
    Column("reply_by", String(8)),  # chat | phone | mail | letter
    Column("decided_by", Integer),
    Column("decided_at", UtcDateTime),
    Index("privacy_requests_by_state", "state", "due_at"),
    Index(
        "one_open_request",
        "conversation_id",
        "kind",
        unique=True,
        sqlite_where=_OPEN_REQUEST,
        postgresql_where=_OPEN_REQUEST,
    ),
)

clinic_changes = Table(
    "clinic_changes",  # every edit of the clinic's files in the console; an undo is a change like any other
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("entry", String(120), nullable=False),  # fact.phone | answer.ask_cost | option.botox_knee | mode | ...
    Column("file", String(40), nullable=False),
    Column("key", String(120), nullable=False),  # path in the file; a list's entry by its id
    Column("before", JSON, nullable=False),  # path below `key` -> value, of what changed; what was not there is absent
    Column("after", JSON, nullable=False),
    Column("undoes", Integer),  # the change that this one takes back
    Index("clinic_changes_by_entry", "entry", "id"),
)

clinic_versions = Table(
    "clinic_versions",  # the clinic's files as conversations began with them, for a restart
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
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
