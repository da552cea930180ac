"""What a played conversation is worth: did it end as the patient wanted, and was the patient heard. PURE."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from benchmarks.simulator import wording
from benchmarks.simulator.record import Played, Turn, not_heard
from benchmarks.simulator.told import clock, weekday
from knee_intake.clinic import Clinic
from knee_intake.interview.model import URGENCIES

STEPS = ("door", "tell_clinic", "options", "appointment", "read_back", "after_offer", "cancel_visit")
"""Questions for a way, which may come back."""
NEVER_BY_ITSELF = (
    "knee_side", "pain_location", "onset", "pain_duration_days", "arthritis_history", "activity_level", "symptoms",
    "joint_history", "pain_severity", "aggravated_by", "morning_stiffness", "treatments_tried", "injection_cautions",
    "goal", "first_name", "phone", "email",
)  # fmt: skip
"""Fields that nobody tells by the way in other words, so that an answer without telling is an invention."""
TOLD_WITH_A_SIGN = ("symptoms", "emergency_screen", "onset", "pain_duration_days", "aggravated_by")
"""Fields that the words of a sign ("swollen since yesterday", "every night it wakes me") may change."""
SHORTEST_SENTENCE = 4
"""Words; a shorter one ("Thanks.") may be said often."""
IN_A_ROW = 3
SIX_WEEKS = 42  # days

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")


@dataclass
class Verdict:
    """One conversation, judged. Lists hold what was said, for people to read."""

    completed: bool
    ended: str
    turns: int
    turns_to_visit: int | None
    """The patient's texts up to the reference number."""
    longer: bool
    """An injury, or a shot that was asked about, costs questions more."""
    right: dict[str, bool] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    """Answers to what the patient never spoke of."""
    known: list[str] = field(default_factory=list)
    """Asked although it was told, as if nothing had been said."""
    again: list[str] = field(default_factory=list)
    """Asked again because the answer was not understood, and the assistant said so."""
    loops: list[str] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    questions: list[bool] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    not_back: list[str] = field(default_factory=list)
    """After a question of the patient's, the open question did not come back."""
    missed: list[str] = field(default_factory=list)
    """Signs that must not wait and brought up no text that is urgent enough."""
    false_alarms: list[str] = field(default_factory=list)


def judge(played: Played, clinic: Clinic) -> Verdict:
    """Judge one conversation."""
    turns, patient = played.turns, played.patient
    first_booked = next((number for number, turn in enumerate(turns, 1) if turn.booked), None)
    verdict = Verdict(
        completed=not played.gave_up and bool(_ENDS[patient.wish](played)),
        ended="gave up" if played.gave_up else str(played.intake.get("status")),
        turns=len(turns),
        turns_to_visit=first_booked,
        longer=patient.onset == "injury" or bool(patient.more_about and "shot" in _options(patient.more_about)),
    )
    _answers(played, verdict)
    _loops(played, verdict)
    for turn in turns:
        _asked(turn, verdict, clinic)
        _question(turn, verdict, clinic)
        _alarm(turn, played, verdict)
        if not_heard(turn.reply.messages, clinic) and turn.move.why != "off_topic":
            verdict.not_understood.append(f"[{turn.move.why}, asked {turn.before.name}] {turn.text}")
    if patient.wish == "question":
        verdict.completed = verdict.completed and all(verdict.questions)
    return verdict


def _options(option: str) -> str:
    return " ".join(wording.answers()["option_names"][option])


# ---- the end ---------------------------------------------------------------------------------------------


def _booked(played: Played) -> bool:
    booking = played.intake.get("booking") or {}
    return booking.get("status") in ("requested", "booked") and played.intake["status"] in ("booked", "finished")


def _moved(played: Played) -> bool:
    return _booked(played) and any(turn.move.why == "move" for turn in played.turns)


def _cancelled(played: Played) -> bool:
    return (played.intake.get("booking") or {}).get("status") == "cancelled"


def _handed_over(played: Played) -> bool:
    return bool(played.intake["status"] == "handed_over")


def _stopped(played: Played) -> bool:
    return played.intake["status"] in ("stopped", "refused")


def _advised(played: Played) -> bool:
    return played.intake["status"] == "advised" and any(_alerts(turn) for turn in played.turns)


def _answered(played: Played) -> bool:
    return any(turn.move.question for turn in played.turns) and played.turns[-1].move.why == "leave"


def _sent_to_the_phone(played: Played) -> bool:
    return any(message.get("name") == "already_patient" for turn in played.turns for message in turn.reply.messages)


_ENDS: dict[str, Callable[[Played], bool]] = {
    "book": _booked,
    "move": _moved,
    "cancel": _cancelled,
    "call_me": _handed_over,
    "human": _handed_over,
    "stop": _stopped,
    "refuse": _stopped,
    "question": _answered,
    "patient": _sent_to_the_phone,
    "child": _advised,
    "emergency": _advised,
}
"""Wish -> whether it came true."""


# ---- was the patient heard -------------------------------------------------------------------------------


def _answers(played: Played, verdict: Verdict) -> None:
    """Each field that was told, against what the assistant keeps."""
    answers = {name: answer["value"] for name, answer in played.intake.get("answers", {}).items()}
    if answers.get("consent") != "yes":
        return
    for name, told in played.told.items():
        if name in ("time", "time_wish") or (name in TOLD_WITH_A_SIGN and played.flag_told):
            continue
        _count(verdict, name, told.matches(answers.get(name)), told.value, answers.get(name), played)
    start = (played.intake.get("booking") or {}).get("start")
    if start and "time" in played.told:
        wanted = played.told["time"].value
        same = datetime.fromisoformat(start) == datetime.fromisoformat(wanted)
        _count(verdict, "time", same, wanted, start, played)
    elif start and "time_wish" in played.told:
        fits = played.told["time_wish"].value.fits(weekday(start), clock(start))
        _count(verdict, "time", fits, played.told["time_wish"].value, start, played)
    for name, value in answers.items():
        spoken_of = name in played.told or played.flag_told
        if name == "treatments_tried" and played.patient.artificial_knee and value == ["surgery"]:
            continue  # an artificial knee was surgery
        if name in NEVER_BY_ITSELF and not spoken_of and value not in (None, [], "none", ["none"]):
            verdict.invented.append(f"{name} = {value}: {played.intake['answers'][name]['words']}")


def _count(verdict: Verdict, name: str, right: bool, told: Any, found: Any, played: Played) -> None:
    verdict.right[name] = right
    if not right:
        words = played.intake["answers"].get(name, {}).get("words", "")
        texts = " / ".join(turn.text for turn in played.turns if name in turn.move.answer.tells)
        verdict.wrong.append(
            f"{name}: told {told}, kept {found}  [{texts}]" + (f" kept from: {words}" if words else "")
        )


def _asked(turn: Turn, verdict: Verdict, clinic: Clinic) -> None:
    """Whether the question after this turn asks for what was told."""
    fields = {one for name in turn.after.missing for one in (("phone", "email") if name == "reach" else (name,))}
    told = {*turn.told} | ({"phone", "email"} if {*turn.told} & {"phone", "email"} else set())
    if not fields or turn.after.name in STEPS or not fields <= told or turn.move.why in ("go_back", "change_line"):
        return
    if turn.before.name == "read_back" and turn.text.isdigit():
        return  # this very line was picked to be changed
    if turn.move.why.startswith("question") and turn.before.name == turn.after.name:
        return  # it was open before this question; whether it should have been was judged then
    line = f"{turn.after.name} asked after: {turn.text}"
    (verdict.again if not_heard(turn.reply.messages, clinic) else verdict.known).append(line)


def _question(turn: Turn, verdict: Verdict, clinic: Clinic) -> None:
    """Whether a question of the patient's was answered, and the open one came back."""
    if turn.move.question is None:
        return
    intents = wording.moves()["questions"][turn.move.question]["intents"]
    names = {message.get("name") for message in turn.reply.messages}
    named = {f"answer:{intent}" for intent in intents} | {*intents}  # before consent no act is kept, only texts
    answered = bool(named & names) or turn.reply.intent in intents
    answered = answered and not not_heard(turn.reply.messages, clinic)
    verdict.questions.append(answered)
    if not answered:
        act = turn.reply.intent or "-"
        verdict.unanswered.append(f"[{turn.move.question}, asked {turn.before.name}, act {act}] {turn.text}")
    alone = turn.move.why.startswith("question")
    if alone and turn.before.name not in (None, "door") and turn.before.name != turn.after.name:
        verdict.not_back.append(f"{turn.before.name} -> {turn.after.name}: {turn.text}")


def _alerts(turn: Turn) -> list[str]:
    return [message["alert"] for message in turn.reply.messages if message.get("alert")]


def _told_as_old(turn: Turn) -> bool:
    """Whether this patient had told, by mistake, of an injury too old for its fast swelling to count: then it need only
    alarm once that is put right.
    """
    told = turn.told.get("pain_duration_days")
    return turn.move.flag == "swelled_fast" and told is not None and told.how == "range" and told.value[0] > SIX_WEEKS


def _alarm(turn: Turn, played: Played, verdict: Verdict) -> None:
    """A sign must bring up its text at once; nothing else may."""
    patient, alerts = played.patient, _alerts(turn)
    if turn.move.flag:
        least = URGENCIES.index(wording.flags()[turn.move.flag]["least"])
        until = len(played.turns) if _told_as_old(turn) else played.turns.index(turn) + 1
        seen = [urgency for one in played.turns[:until] for urgency in _alerts(one)]
        if not any(URGENCIES.index(urgency) <= least for urgency in seen):
            verdict.missed.append(f"{turn.move.flag} (asked {turn.before.name}): {turn.text}")
        return
    child = patient.wish == "child"
    if alerts and not child and not played.flag_told:
        said = [message["text"] for message in turn.reply.messages if message.get("alert")]
        verdict.false_alarms.append(f"{alerts[0]} ({said[0][:60]} ...) after [{turn.move.why}]: {turn.text}")


def _loops(played: Played, verdict: Verdict) -> None:
    """The same sentence in three replies in a row, or no end."""
    if played.gave_up:
        verdict.loops.append(f"no end after {len(played.turns)} turns")
    said = [sentences(turn.reply.messages) for turn in played.turns]
    found: dict[str, str] = {}
    for number in range(len(said) - IN_A_ROW + 1):
        texts = " / ".join(turn.text for turn in played.turns[number : number + IN_A_ROW])
        for sentence in sorted(set.intersection(*said[number : number + IN_A_ROW])):
            found.setdefault(sentence, texts)
    verdict.loops.extend(f"{sentence!r} after: {texts}" for sentence, texts in found.items())


def sentences(messages: list[dict[str, Any]]) -> set[str]:
    """The sentences of a reply that are long enough to be noticed when they come again."""
    found = [one.strip() for message in messages for one in _SENTENCE_END.split(message["text"])]
    return {one for one in found if len(one.split()) >= SHORTEST_SENTENCE}
