"""A turn before consent: Rasa hears nothing, words lie apart; with consent the waiting words are read in order."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from knee_intake.dialogue.desk import Known
from knee_intake.dialogue.turn import GetTracker, Loaded, TurnMaker, alarm_says, alert_rows
from knee_intake.errors import TurnError
from knee_intake.interview.before_consent import Reply, Stage, respond
from knee_intake.interview.hear import WANTS_PERSON, Heard, is_asked
from knee_intake.interview.merge import Merged
from knee_intake.interview.model import Answer, FlagHit, Intake
from knee_intake.records.turn_rows import NewMessage, PendingChange, TurnRows
from knee_intake.understanding.types import Understood

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker


async def make(
    maker: TurnMaker, loaded: Loaded, now: datetime, known: Known, get_tracker: GetTracker
) -> tuple[TurnRows, DialogueStateTracker | None]:
    """Answer one text before consent, or open the interview with it."""
    stage = Stage.from_dict(loaded.stage)
    stage.withdrawn = loaded.row["status"] == "refused" and loaded.row["consent_at"] is not None
    intake = Intake(asked=stage.asked)
    intake.state = {"offered": stage.offered, "offered_kind": "choices"}
    heard, broken = await maker.hear(loaded.text, intake, now, loaded.seq)
    if broken is not None and not heard.emergency:
        raise TurnError("understanding failed") from broken
    reply = respond(heard, stage, maker.clinic, now, maker.channels)
    if reply.consent:
        return await _with_consent(maker, loaded, heard, reply, now, known, get_tracker)
    return _without(maker, loaded, heard, reply, now), None


def _without(maker: TurnMaker, loaded: Loaded, heard: Heard, reply: Reply, now: datetime) -> TurnRows:
    rows = TurnRows(loaded.row["id"], loaded.row["version"], loaded.seq, now)
    alarms = [] if heard.emergency else [*alarm_says(heard.hits), *maker.off_duty(heard.hits, now)]
    rows.replies = [NewMessage("bot", said.text, said.payload()) for said in [*alarms, *reply.says]]
    reply.stage.shown += [hit.rule for hit in heard.hits]
    refused = reply.consent is False
    rows.columns = {"status": "refused" if refused else loaded.row["status"]}
    forget = refused or (reply.stage.withdrawn and not heard.emergency)
    rows.pending = PendingChange(reply.stage.to_dict(), keep=reply.keep or bool(heard.hits), forget=forget)
    if heard.choice is not None:
        rows.pending.picked = (heard.understood.text, heard.choice)
    if refused:
        rows.consents = [_consent(maker, "privacy", False)]
    if heard.emergency:
        rows.columns["urgency"] = heard.urgency
        rows.alerts = alert_rows(heard, shown=False)[:1]
    return rows


async def _with_consent(
    maker: TurnMaker,
    loaded: Loaded,
    agreed: Heard,
    reply: Reply,
    now: datetime,
    known: Known,
    get_tracker: GetTracker,
) -> tuple[TurnRows, DialogueStateTracker | None]:
    """Consent was given with this text: read the waiting words in order, then go on."""
    intake = _opened(loaded, reply)
    heard_before: list[str] = []
    hits: list[FlagHit] = []
    emergency = False
    texts = list(loaded.replays)
    if agreed.understood.findings or agreed.understood.more.get("signs"):
        texts.append((loaded.seq, loaded.text))  # "yes, that's fine. It's my left knee": what the yes tells besides
    for seq, text in texts:
        heard, broken = await maker.hear(text, intake, now, seq)
        if broken is not None:
            raise TurnError("understanding failed") from broken
        intake = heard.intake
        heard_before += [name for name in heard.merged.heard if name not in heard_before]
        hits += heard.hits
        emergency = emergency or heard.emergency
    asked_too = agreed.act if is_asked(agreed.act) else None  # "yes, you may. Is this private?"
    if asked_too is not None:
        intake.asked = "consent"  # what "why?" and "what does that mean?" are about
    yes = Understood(agreed.understood.text, asked_too or "affirm", 1.0, answer="yes")
    act = "emergency" if emergency else reply.stage.wants or asked_too or "inform"
    last = Heard(yes, intake, Merged(reply="answered"), tuple(hits), act, agreed.choice)
    if emergency:
        return _opening(maker, maker.emergency(loaded, last, now), reply), None
    rows, tracker = await maker.reply(loaded, last, now, get_tracker(loaded), known, heard_before, reply.stage.shown)
    return _opening(maker, rows, reply), tracker


def _opened(loaded: Loaded, reply: Reply) -> Intake:
    door = reply.stage.door if reply.stage.door in ("knee", "book") else "knee"
    intake = Intake(status="active", door=door)
    if reply.stage.errand:
        intake.state["errand"] = reply.stage.errand
    if reply.stage.wants in WANTS_PERSON:
        intake.state["reach_told"] = True  # with the question for consent, and once more below: twice is enough
    intake.answers["consent"] = Answer("yes", loaded.text, loaded.seq, "asked")
    return intake


def _opening(maker: TurnMaker, rows: TurnRows, reply: Reply) -> TurnRows:
    rows.columns |= {"consent_at": rows.now, "consent_version": maker.clinic.questions.version}
    rows.consents = [_consent(maker, "alert" if reply.tell_clinic else "privacy", True), *rows.consents]
    rows.pending = PendingChange(reveal=True)
    return rows


def _consent(maker: TurnMaker, kind: str, granted: bool) -> dict[str, Any]:
    return {"kind": kind, "granted": granted, "wording_version": maker.clinic.questions.version}
