"""Make one turn: hear the text, let Rasa reply, and gather all rows that the turn writes. Writes nothing itself."""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from actions.context import TurnContext
from knee_intake.booking import Calendar
from knee_intake.clinic import Clinic
from knee_intake.dialogue.desk import Known, TimesUnknownError, TurnDesk
from knee_intake.errors import TurnError
from knee_intake.interview import flow, missed_point, off_duty
from knee_intake.interview.hear import Heard, hear
from knee_intake.interview.missed_point import may_be_rated
from knee_intake.interview.model import FlagHit, Intake
from knee_intake.interview.plain_words import ACTS_BY_WORDS, wants_all_deleted
from knee_intake.interview.say import Say
from knee_intake.records.booking_limits import LimitRules
from knee_intake.records.intake_view import RATE
from knee_intake.records.privacy_requests import add_chat_request
from knee_intake.records.thumbs import thumb_last_answer
from knee_intake.records.turn_rows import NewMessage, Row, TurnRows
from knee_intake.understanding.types import Understood

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker
    from sqlalchemy.engine import Connection

    from knee_intake.dialogue.agent import RasaAgent
    from knee_intake.understanding.service import Understanding

log = logging.getLogger(__name__)
STEERING = "help"
"""An intent whose rule runs the steering action; the action itself goes by the act that the core has kept."""

LIKELIEST = 9
"""Intents that are kept of the classifier's ranking: staff who put a reading right choose from these."""


@dataclass
class Loaded:
    """What the records hold of a conversation when a turn begins."""

    row: Row
    message: Row
    clinic: Clinic
    """As the conversation began with it."""
    stage: Row | None
    replays: list[tuple[int, str]]
    events: list[Row] | None
    """None: the tracker is in memory."""
    intake: Row | None
    staff_wrote: bool = False
    """While staff answer: whether they have written since the last question was put."""

    @property
    def text(self) -> str:
        return str(self.message["text"] or "")

    @property
    def seq(self) -> int:
        return int(self.message["seq"])


GetTracker = Callable[[Loaded], "DialogueStateTracker"]


class TurnMaker:
    """Holds what every turn needs."""

    def __init__(
        self,
        clinic: Clinic,
        calendar: Calendar,
        understanding: Understanding,
        agent: RasaAgent,
        limits: LimitRules | None = None,
        channels: Collection[str] = (),
    ) -> None:
        self.clinic, self.calendar, self.understanding, self.agent = clinic, calendar, understanding, agent
        self._limits, self.channels = limits, channels

    def of(self, clinic: Clinic) -> TurnMaker:
        """The same for one version of the clinic: turns of several run at the same time."""
        made = copy.copy(self)
        made.clinic = clinic
        return made

    async def make(
        self, loaded: Loaded, now: datetime, known: Known, get_tracker: GetTracker
    ) -> tuple[TurnRows, DialogueStateTracker | None]:
        """A turn after consent; an emergency is answered even when everything else fails.

        Raises TurnError, and TimesUnknownError where the calendar's server has to be asked first.
        """
        intake = Intake.from_dict(loaded.intake)
        heard, broken = await self.hear(loaded.text, intake, now, loaded.seq)
        if heard.emergency:
            return self.emergency(loaded, heard, now), None
        if broken is not None:
            raise TurnError("understanding failed") from broken
        return await self.reply(loaded, heard, now, get_tracker(loaded), known)

    async def reply(
        self,
        loaded: Loaded,
        heard: Heard,
        now: datetime,
        tracker: DialogueStateTracker,
        known: Known,
        heard_before: list[str] | None = None,
        shown: Collection[str] = (),
    ) -> tuple[TurnRows, DialogueStateTracker]:
        """Let Rasa reply.

        `heard_before` are fields that words from before consent filled, to be acknowledged now; `shown` are rules whose
        texts those words have brought up already.
        """
        known_events = len(tracker.events)
        desk = self.desk(loaded, now, known)
        context = TurnContext(
            self.clinic, desk, now, loaded.seq, heard,
            heard_before=heard_before or [],
            calendar_link=f"/api/conversations/{loaded.row['id']}/booking.ics",
        )  # fmt: skip
        unshown = [hit for hit in heard.hits if hit.rule not in shown]
        alarms = [*alarm_says(unshown), *self.off_duty(unshown, now)]
        tracker = await self.agent.turn(
            tracker, heard.understood.text, parse_data(heard), str(loaded.message["client_id"]), context
        )
        if desk.times_unknown:
            raise TimesUnknownError("times were wanted")
        says = [*alarms, *context.says]
        if not says:
            raise TurnError("the turn gave no reply")
        after = Intake.from_dict(tracker.get_slot("intake"))
        rows = self.rows(loaded, heard, after, now)
        rate = {RATE: True} if may_be_rated(says, after.status, picked=heard.choice is not None) else {}
        rows.replies = [NewMessage("bot", said.text, {**said.payload(), **rate}) for said in says]
        rows.events = [event.as_dict() for event in list(tracker.events)[known_events:]]
        rows.effects, rows.ahead, rows.outbox = desk.effects, desk.ahead, [*rows.outbox, *desk.outbox]
        if heard.act == missed_point.ACT:
            rows.effects = [*rows.effects, partial(_thumb, loaded, now)]
        if _wants_deletion(loaded.intake or {}, after, heard):
            rows.columns["erase_requested_at"] = now
            rows.effects = [*rows.effects, self._request("delete", loaded.row["id"], now)]
        if after.state.get("copy_asked") and not (loaded.intake or {}).get("state", {}).get("copy_asked"):
            rows.effects = [*rows.effects, self._request("copy", loaded.row["id"], now)]
        return rows, tracker

    def _request(self, kind: str, conversation: str, now: datetime) -> Callable[[Connection], None]:
        """What puts "delete everything I told you", or "send me a copy", into the clinic's queue of requests."""
        within = timedelta(days=self.clinic.practice.requests.due_days)

        def write(connection: Connection) -> None:
            add_chat_request(connection, kind, conversation, now, within)

        return write

    def desk(self, loaded: Loaded, now: datetime, known: Known) -> TurnDesk:
        return TurnDesk(
            self.calendar,
            self.clinic,
            loaded.row["id"],
            str(loaded.message["client_id"]),
            now,
            known,
            self._limits,
            self.channels,
        )

    async def hear(
        self, text: str, intake: Intake, now: datetime, seq: int | None
    ) -> tuple[Heard, BaseException | None]:
        """Hear a text. When the model fails the rules alone read it, so that safety never depends on the model."""
        local = now.astimezone(self.clinic.practice.zoneinfo())
        try:
            return await asyncio.to_thread(
                hear, text, intake, self.understanding.understand, self.clinic, local, seq
            ), None
        except Exception as error:
            log.exception("understanding failed; the rules alone screen this text")
            return hear(text, intake, self._rules_only, self.clinic, local, seq), error

    def _rules_only(self, text: str, *, asked: str | None, context: dict[str, Any], now: datetime) -> Understood:
        read = self.understanding.reader.read(text, asked=asked, context=context, now=now)
        return Understood(
            text, "nlu_fallback", 0.0, read.findings, read.negated, read.more, read.answer, read.corrections, read.why
        )

    def emergency(self, loaded: Loaded, heard: Heard, now: datetime) -> TurnRows:
        """The safety text, first and alone. Rasa takes no part; its tracker is told by plain events."""
        intake = heard.intake
        intake.asked = None
        intake.state |= {"offered": [], "offered_kind": None, "message": str(loaded.message["client_id"])}
        rows = self.rows(loaded, heard, intake, now)
        # the most urgent text stands alone; what else was found is in the records for staff
        said = alarm_says(heard.hits)[0]
        rows.replies = [NewMessage("bot", said.text, said.payload())]
        rows.events = emergency_events(loaded, heard, intake, said.text, now)
        return rows

    def off_duty(self, hits: Sequence[FlagHit], now: datetime) -> list[Say]:
        """What follows the safety texts of these flags while nobody at the clinic is told of them."""
        return off_duty.after_alarm(hits, self.clinic, now, self.channels, off_duty.language_of_texts(hits))

    def rows(self, loaded: Loaded, heard: Heard, after: Intake, now: datetime) -> TurnRows:
        """The rows that every turn after consent writes."""
        rows = TurnRows(loaded.row["id"], loaded.row["version"], loaded.seq, now)
        rows.columns = {"status": after.status, "urgency": after.urgency}
        rows.consents = consent_rows(loaded.intake or {}, after, self.clinic)
        rows.intake, rows.progress = after.to_dict(), flow.progress(after, self.clinic.questions)
        rows.visitor = {"understanding": understanding_json(heard)}
        if heard.choice is not None:
            rows.visitor |= {"text": heard.understood.text, "payload": {"choice": heard.choice}}
        rows.alerts = alert_rows(heard)
        rows.outbox = [
            {
                "key": f"{loaded.row['id']}:{loaded.seq}:{hit.rule}",
                "kind": "alert",
                "body": {"conversation": loaded.row["id"], "rule": hit.rule, "urgency": hit.urgency},
            }
            for hit in heard.hits
        ]
        return rows


def _thumb(loaded: Loaded, now: datetime, connection: Connection) -> None:
    """What the thumb under the last answer does, said in words."""
    thumb_last_answer(connection, loaded.row["id"], loaded.seq, now)


def _wants_deletion(before: Row, after: Intake, heard: Heard) -> bool:
    """The agreement is taken back with plain words that all of it be deleted."""
    newly = after.state.get("consent_withdrawn") and not before.get("state", {}).get("consent_withdrawn")
    return bool(newly) and wants_all_deleted(heard.understood.text)


def consent_rows(before: Row, after: Intake, clinic: Clinic) -> list[Row]:
    """What the visitor agreed to, or took back, with this turn: giving a contact is agreeing to its use."""
    known = before.get("answers", {})
    given = any(after.value(name) and name not in known for name in ("phone", "email"))
    found = [("contact", True)] if given else []
    if after.state.get("email_opt_in") and not before.get("state", {}).get("email_opt_in"):
        found.append(("email", True))
    if after.state.get("consent_withdrawn") and not before.get("state", {}).get("consent_withdrawn"):
        found.append(("privacy", False))
    return [{"kind": kind, "granted": granted, "wording_version": clinic.questions.version} for kind, granted in found]


def alarm_says(hits: Iterable[FlagHit]) -> list[Say]:
    """The safety texts, exactly as the rules hold them."""
    return [Say(hit.shown, alert=hit.urgency, name=hit.rule) for hit in hits if hit.shown]


def alert_rows(heard: Heard, *, shown: bool = True) -> list[Row]:
    """One row for each new red flag; `shown=False` keeps the text back where the visitor has not agreed yet."""
    return [
        {
            "rule": hit.rule,
            "rule_version": hit.version,
            "urgency": hit.urgency,
            "shown": hit.shown if shown else None,
            "seq": hit.seq,
        }
        for hit in heard.hits
    ]


def parse_data(heard: Heard) -> dict[str, Any]:
    """What Rasa's policy sees of a text: the act as its intent, or a kin of one that only plain words lead to."""
    name = STEERING if heard.act in ACTS_BY_WORDS else heard.act
    return {
        "text": heard.understood.text,
        "intent": {"name": name, "confidence": heard.understood.confidence},
        "entities": [],
        "intent_ranking": [{"name": name, "confidence": heard.understood.confidence}],
    }


def understanding_json(heard: Heard) -> dict[str, Any]:
    """What was understood of a text, as staff see it."""
    understood = heard.understood
    return {
        "intent": understood.intent,
        "confidence": round(float(understood.confidence), 4),
        "act": heard.act,
        "findings": understood.findings,
        "negated": list(understood.negated),
        "more": understood.more,
        "answer": understood.answer,
        "corrections": understood.corrections,
        "ranking": [[intent, round(float(share), 4)] for intent, share in understood.ranking[:LIKELIEST]],
        "why": [
            {"field": one.field, "value": one.value, "words": one.words, "rule": one.rule, "assertion": one.assertion,
             "start": one.start, "end": one.end}
            for one in understood.why
        ],
    }  # fmt: skip


def emergency_events(loaded: Loaded, heard: Heard, intake: Intake, shown: str, now: datetime) -> list[Row]:
    """Tracker events in Rasa's own JSON, made without Rasa."""
    stamp = time.time()
    parse = parse_data(heard)
    user = {
        "event": "user", "timestamp": stamp, "text": loaded.text, "parse_data": parse, "input_channel": "knee_intake",
        "message_id": str(loaded.message["client_id"]), "metadata": {},
    }  # fmt: skip
    slots = {"intake": intake.to_dict(), "urgency": intake.urgency}
    return [
        user,
        *({"event": "slot", "timestamp": stamp, "name": name, "value": value} for name, value in slots.items()),
        {"event": "bot", "timestamp": stamp, "text": shown, "data": {}, "metadata": {}},
        {"event": "action", "timestamp": stamp, "name": "action_listen", "policy": None, "confidence": None},
    ]
