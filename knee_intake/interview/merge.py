"""Take what one message says into the intake: answers, findings, corrections, signs. PURE."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from knee_intake.interview import flow
from knee_intake.interview.by_line import REST, denied_lines, denies_some, is_by_line, names_all_that_is_so, open_lines
from knee_intake.interview.feelings import fears_for_knee, is_afraid
from knee_intake.interview.intermittent import LASTING, comes_and_goes
from knee_intake.interview.model import Answer, Intake
from knee_intake.interview.places import means_some
from knee_intake.interview.questions import Choice, Question, Questions
from knee_intake.understanding.answer_lists import denies_list, denies_procedures
from knee_intake.understanding.bare_words import read_side
from knee_intake.understanding.contacts import names_only_others
from knee_intake.understanding.side_words import read_side_of_place
from knee_intake.understanding.types import LIST_FIELDS, NUMBER_FIELDS, ONE_FIELDS, UNSURE, Understood
from knee_intake.understanding.yes_no import read_yes_no

STEP_QUESTIONS = ("options", "appointment", "read_back", "after_offer")
"""Questions whose reply is a choice of the way, not an answer that is kept."""

REACH = ("phone", "email", "broken_phone", "broken_email")
JOINT_HISTORY = ("artificial_knee", "recent_knee_surgery", "recent_knee_injection")
"""Signs that answer the question for what was done to the knee."""

_IS_ABOUT = re.compile(
    r"\b(?:(?:this|it|that)(?:'s|\s+is)?|i(?:'m|\s+am)?\s+(?:asking|writing|here|doing\s+this|filling\s+\w+\s+\w+)|all|chat)"
    r"\s+(?:actually\s+|really\s+|all\s+)?(?:about|for|on\s+behalf\s+of)\s+(?:my\s+\w+|me\b|myself)",
    re.IGNORECASE,
)
"""Words that say whom the chat is about; a relative who is only mentioned changes nothing."""

NO_GOAL = ("skip", "distress")
"""What is no wish for the knee, though any words may be one."""
GUESSED = ("activity_level", "morning_stiffness", "age_band")
"""Questions whose reply may be read from words that name none of its values."""
SURE_OF_INTENT = 0.7
_NO = re.compile(r"\b(?:no|not|none|never|nope|nah|nobody|neither|nothing)\b|n['’]?t\b", re.IGNORECASE)
_OLD = re.compile(r"\b(?:old|age|aged|i'?m|i am|turn\w*|born)\b", re.IGNORECASE)
_HOW_BEGAN = re.compile(
    r"\b(?:slow\w*|gradual\w*|injur\w+|accident|fell|fall|happened|came on|crept|twist\w*|hit|hurt|onset|started)\b",
    re.IGNORECASE,
)
SHORT_REPLY = 4
_WISHES = re.compile(
    r"\b(?:like|want|able|again|love|hope to|back to|without|wish|play|walk|run|dance)\b", re.IGNORECASE
)
_WORSENS = re.compile(
    r"\b(?:hurt\w*|wors\w+|pain\w*|ach\w+|sore|bother\w*|aggravat\w+|flar\w+|trouble)\b", re.IGNORECASE
)

A_DAY = 2
_BEGAN = re.compile(r"\b(?:start|began|begin|since|hurt|pain|fell|happen|new|ago|only)\w*", re.IGNORECASE)

KEPT_FINDINGS = tuple(name for name in (*LIST_FIELDS, *ONE_FIELDS, *NUMBER_FIELDS) if name != "red_flags")


@dataclass
class Merged:
    """What a message changed."""

    heard: list[str] = field(default_factory=list)
    """Fields that were newly filled, in the order of the table."""
    corrected: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    reply: Literal["answered", "unsure", "skipped", "alarm_unsure", "none"] = "none"
    """How the open question was met."""
    step: Any = None
    """The reply to a step question (options, appointment …)."""
    meant: dict[str, Any] = field(default_factory=dict)
    """The corrections that were taken for such."""
    which: bool = False
    """The reply was a yes to a checklist of signs, without a word on which of them."""
    noted: bool = False
    """Something was told that has no words of its own to be said back: an age, an illness, a sign, a denied one."""


def merge(
    intake: Intake, understood: Understood, questions: Questions, seq: int | None, *, picked: bool = False
) -> Merged:
    """Change `intake` by one message; the same message must not be merged twice (the caller sees to it).

    `picked`: the text is exactly an offered answer, so a box that was not ticked means no.
    """
    merged, before, known_signs = Merged(), {*intake.answers}, {*intake.signs}
    known_conditions = {*(intake.value("conditions") or ())}
    question = questions.question(intake.asked) if intake.asked else None
    _take_signs(intake, understood)
    corrections = merged.meant = _meant_corrections(understood, question)
    for name, value in corrections.items():
        _correct(intake, name, value, understood.text, seq, merged)
    if question is not None and not {*question.fills} & {*merged.taken_back}:
        _take_reply(intake, question, questions, replace(understood, corrections=corrections), seq, merged, picked)
    _take_findings(intake, understood, seq, merged)
    _take_more(intake, understood, seq, merged)
    _keep_other_half(intake, question)
    told = {*merged.heard, *merged.corrected, *({*intake.answers} - before)}
    if merged.reply == "none" and question and {*question.fills} & told:
        merged.reply = "answered"  # told in other words than the reader of short answers knows
    merged.noted = bool(
        {*intake.answers} - before
        or {*intake.signs} - known_signs
        or {*(intake.value("conditions") or ())} - known_conditions
        or _newly_denied(intake, understood)
    )
    return merged


def _keep_other_half(intake: Intake, question: Question | None) -> None:
    """ "Change 2", "3 months, not 2": how it began, on the same line of the read-back, stays as it was told."""
    before = intake.state.get("line_before")
    if not before or question is None:
        return
    if any(intake.value(name) is not None for name in before):
        intake.answers |= {name: Answer(**kept) for name, kept in before.items() if name not in intake.answers}
    if not {*before} & {*question.fills} or all(name in intake.answers for name in before):
        intake.state.pop("line_before")


def _newly_denied(intake: Intake, understood: Understood) -> bool:
    """Whether something is denied that was not denied before; it is remembered."""
    denied: list[str] = intake.state.setdefault("denied", [])
    new = {*understood.negated, *understood.more.get("negated_signs", ())} - {*denied}
    denied.extend(sorted(new))
    return bool(new)


def _meant_corrections(understood: Understood, question: Question | None) -> dict[str, Any]:
    """What is put right; "no, neither" answers what was asked and takes nothing back."""
    if question is not None and question.id == "goal":
        kept = {name: value for name, value in understood.corrections.items() if name != "aggravated_by"}
        understood = replace(understood, corrections=kept)  # "stairs without pain" is a wish
    plain_no = question is not None and understood.answer in ([], "no", "none")
    begins = _BEGAN.search(understood.text)
    return {
        name: value
        for name, value in understood.corrections.items()
        if not (plain_no and value in (None, []))
        and not (name == "onset" and value is not None and not _HOW_BEGAN.search(understood.text))
        and not (name == "pain_duration_days" and value is not None and value < A_DAY and not begins)
        and not (name == "activity_level" and "aggravated_by" in understood.findings)  # "long walks make it worse"
    }


def _take_signs(intake: Intake, understood: Understood) -> None:
    stated = [*understood.findings.get("red_flags", ()), *understood.more.get("signs", ())]
    denied = {*understood.more.get("negated_signs", ()), *understood.negated}
    for sign in stated:
        if sign not in intake.signs:
            intake.signs.append(sign)
    intake.signs[:] = [sign for sign in intake.signs if sign not in denied or sign in stated]


def _correct(intake: Intake, name: str, value: Any, words: str, seq: int | None, merged: Merged) -> None:
    if value is None:
        if intake.answers.pop(name, None) is not None:
            merged.taken_back.append(name)
        return
    if name not in intake.answers or intake.answers[name].value != value:
        intake.answers[name] = Answer(value, words, seq, "corrected")
        merged.corrected.append(name)


def _take_reply(
    intake: Intake,
    question: Question,
    questions: Questions,
    understood: Understood,
    seq: int | None,
    merged: Merged,
    picked: bool,
) -> None:
    answer, words = understood.answer, understood.text
    if question.id in STEP_QUESTIONS:
        merged.step = answer
        merged.reply = "answered" if answer is not None else "none"
        return
    if question.alarm and understood.corrections and answer in ([], "no", "none") and not denies_list(words):
        return  # "three weeks, not three months" is no "none of these"
    if (
        not question.alarm
        and understood.corrections
        and answer in ([], ["none"], "no", "none")
        and not _NO.search(words)
    ):
        return  # "I said two months, it's more like two years" is no "no arthritis"
    if question.id == "goal" and understood.intent in NO_GOAL and understood.confidence >= SURE_OF_INTENT:
        return
    is_fear = understood.intent == "distress" and understood.confidence >= SURE_OF_INTENT and not understood.findings
    if question.id == "activity_level" and is_fear:
        return  # "I'll end up in a wheelchair"
    if question.id == "goal" and (fears_for_knee(words) or is_afraid(words)) and not _WISHES.search(words):
        return
    if _is_of_a_correction(answer, question, understood):
        return
    if (
        not picked
        and intake.asked == question.id
        and (answer is None or (answer == [] and denies_some(question, words)))
    ):
        _deny_lines(intake, question, words, seq, merged)
        if merged.reply == "answered":
            return
    if answer is None and question.alarm and _says_yes_only(understood):
        answer, merged.which = UNSURE, True  # yes, but which? asked once more, then it counts
    if answer is None:
        return
    is_span = question.id in ("onset", "pain_duration_days") and isinstance(answer, (int, float))
    if is_span and answer < A_DAY and len(words.split()) > SHORT_REPLY and not _BEGAN.search(words):
        return  # "I had pancakes this morning"
    if answer == UNSURE:
        _take_unsure(intake, question, words, seq, merged)
        return
    if question.id == "contact":
        _take_contact(intake, answer, words, seq, merged)
        return
    if question.input == "multi_choice" and question.choices and intake.asked == question.id:
        _take_picks(intake, question, answer, words, seq, merged, picked)
        return
    target = _target(intake, question, questions, answer)
    if target is None:
        return
    if question.id == "pain_location" and "knee_side" not in intake.answers:
        side = understood.findings.get("knee_side") or read_side(words) or read_side_of_place(words)
        if side:
            _set(intake, "knee_side", side, words, seq, "asked", merged)
    if target in LIST_FIELDS and not isinstance(answer, list):
        answer = [answer]
    if target in question.none_sets and answer == []:
        answer = question.none_sets[target]
    if target == "goal":
        answer = str(answer)[:300]
    _set(intake, target, answer, words, seq, "asked", merged)
    merged.reply = "answered"


def _says_yes_only(understood: Understood) -> bool:
    """ "Yes", "some of them": a yes to a checklist that names nothing of it."""
    if understood.findings:
        return False
    if means_some(understood.text):
        return True
    short = len(understood.text.split()) <= SHORT_REPLY and read_yes_no(understood.text) == "yes"
    return understood.intent == "affirm" or (short and not understood.more.get("signs"))


def _is_of_a_correction(answer: Any, question: Question, understood: Understood) -> bool:
    """ "I wrote the front, it should be the back": what was guessed from it for another question is no answer."""
    if (
        not understood.corrections
        or not isinstance(answer, (str, list))
        or answer in ([], ["none"], "none", "yes", "no")
    ):
        return False
    own = {*question.fills, question.id} & ({*understood.corrections} | {*understood.findings})
    parts = [part for part in re.split(r"(?<=[.!?])\s+", understood.text) if part.strip()]
    return answer != UNSURE and question.id in GUESSED and not own and len(parts) == 1


def _target(intake: Intake, question: Question, questions: Questions, answer: Any) -> str | None:
    """The field that the answer is for: the one that was asked for if the value fits it, else one that it fits."""
    missing = flow.missing_fields(question, intake) or question.fills
    first = [intake.asked] if intake.asked in question.fills else []
    return next((name for name in [*first, *missing] if name and _fits(name, answer, question, questions)), None)


def _fits(name: str, answer: Any, question: Question, questions: Questions) -> bool:
    """Whether a value may stand in a field: a number for numbers, a known value where the values are known."""
    if name in NUMBER_FIELDS:
        return isinstance(answer, (int, float)) and not isinstance(answer, bool)
    known = {*questions.labels.get(name, {})}
    if name == question.id or name in question.fills[:1]:
        known |= {choice.value for choice in question.choices}
    values = answer if isinstance(answer, list) else [answer]
    return not known or all(isinstance(value, str) and value in known for value in values)


def _take_unsure(intake: Intake, question: Question, words: str, seq: int | None, merged: Merged) -> None:
    if question.id == "consent":
        return
    if question.alarm:
        times = intake.state.setdefault("unsure", {})
        times[question.id] = times.get(question.id, 0) + 1
        if times[question.id] == 1:
            merged.reply = "alarm_unsure"
            return
    # a safety question that stays unclear counts as a yes: safety reads the stored "unsure" so
    value = UNSURE if question.alarm else None
    for name in flow.missing_fields(question, intake) or question.fills:
        _set(intake, name, value, words, seq, "unsure", merged, heard=False)
    merged.reply = "unsure"


def _take_contact(intake: Intake, answer: Any, words: str, seq: int | None, merged: Merged) -> None:
    if not isinstance(answer, dict):
        return
    # who writes for another adult may give that person's name; else the name of a relative is nobody's here
    others = intake.value("who_for") == "self" and names_only_others(words)
    for name in ("first_name", "phone", "email"):
        if answer.get(name) and not (name == "first_name" and others):
            _set(intake, name, answer[name], words, seq, "asked", merged)
            merged.reply = "answered"
    if merged.reply == "answered":
        _keep_rest_of_contact(intake)


def _keep_rest_of_contact(intake: Intake) -> None:
    """Who was asked for the contact once more and gives a part of it leaves the other part as it was."""
    before, named = intake.state.pop("contact_before", {}), intake.state.pop("contact_named", [])
    reached = [name for name in ("phone", "email") if intake.value(name)]
    kept = {"first_name"} if reached else {*before}
    if reached and named == reached:
        kept = {*before}  # only the email was wrong; a phone in place of it would take its place
    intake.answers |= {
        name: Answer(**told) for name, told in before.items() if name in kept and name not in intake.answers
    }


def _take_picks(
    intake: Intake, question: Question, answer: Any, words: str, seq: int | None, merged: Merged, exact: bool
) -> None:
    values = [] if answer in ("none", "no", []) else list(answer) if isinstance(answer, list) else [answer]
    picked = _choices_in(values, question)
    in_words = [value for value in values if value not in {choice.value for choice in question.choices}]
    if values and not picked and not (question.alarm and in_words):
        return
    none_but = not picked and denies_list(words)  # "none of those, only stiff"
    by_line = is_by_line(question)
    settles = exact or not values or none_but or (by_line and names_all_that_is_so(words))
    for name in open_lines(question, intake):
        value = question.none_sets[name]
        if settles or name == question.id:
            _set(intake, name, _not_offered(intake, name, question) or value, words, seq, "asked", merged, heard=False)
        elif name not in intake.answers and name not in question.variants and not by_line:
            # told in words: what was not spoken of is not denied, and where it has a question of its own, it is put
            _set(intake, name, None, words, seq, "unsure", merged, heard=False)
    own = question.id if question.id in question.fills else None
    if own and own not in question.none_sets:
        kept = [choice.value for choice in picked] or in_words
        _set(intake, own, kept, words, seq, "asked", merged, heard=bool(values))
    for choice in picked:
        signs = [sign for sign in choice.signs if exact or sign not in LASTING or not comes_and_goes(words)]
        _take_choice(intake, choice.sets, signs, words, seq, merged)
    if by_line and not settles:
        told = {name for choice in picked for name in choice.sets}
        _deny_lines(intake, question, words, seq, merged, besides=told)
        _put_rest_once(intake, question, words, seq, merged)
    merged.reply = "answered"


def _deny_lines(
    intake: Intake,
    question: Question,
    words: str,
    seq: int | None,
    merged: Merged,
    *,
    besides: Collection[str] | None = None,
) -> None:
    """ "I can walk fine": the lines that are said not to be true. `besides`: what the same text says is so."""
    denied = denied_lines(question, words)
    for name, value in denied.items():
        if name not in (besides or ()):
            _set(intake, name, value, words, seq, "asked", merged, heard=False)
    if denied and besides is None:
        _put_rest_once(intake, question, words, seq, merged)
        merged.reply = "answered"


def _put_rest_once(intake: Intake, question: Question, words: str, seq: int | None, merged: Merged) -> None:
    """The lines that were not spoken of are put once more; what stays open then stays so."""
    if intake.state.get(REST) != question.id:
        intake.state[REST] = question.id
        return
    for name in flow.missing_fields(question, intake):
        _set(intake, name, None, words, seq, "unsure", merged, heard=False)


def _not_offered(intake: Intake, name: str, question: Question) -> list[Any]:
    """What was told before and the list does not speak of: "none of these" takes no stiffness back."""
    before = intake.value(name)
    offered = {value for choice in question.choices for value in choice.sets.get(name, ())}
    return [value for value in before if value not in offered] if isinstance(before, list) and offered else []


def _choices_in(values: list[Any], question: Question) -> list[Choice]:
    """The choices that were picked, or all of whose signs were said in words."""
    said = {str(value) for value in values}
    return [choice for choice in question.choices if choice.value in said or (choice.signs and {*choice.signs} <= said)]


def _take_choice(
    intake: Intake, sets: dict[str, Any], signs: list[str], words: str, seq: int | None, merged: Merged
) -> None:
    for name, value in sets.items():
        before = intake.value(name)
        if isinstance(value, list) and isinstance(before, list):
            value = [*before, *(one for one in value if one not in before)]
        _set(intake, name, value, words, seq, "asked", merged)
    intake.signs.extend(sign for sign in signs if sign not in intake.signs)


def _take_findings(intake: Intake, understood: Understood, seq: int | None, merged: Merged) -> None:
    for name in KEPT_FINDINGS:
        if name not in understood.findings:
            continue
        if name in merged.corrected or name in merged.taken_back:
            continue
        if name == "treatments_tried" and intake.asked == "injection_cautions":
            continue  # "surgery planned"
        if name == "activity_level" and "goal" in merged.heard:
            continue  # "walk my dog again" is a wish
        if name == "aggravated_by" and "activity_level" in merged.heard and not _WORSENS.search(understood.text):
            continue  # "mostly sitting" is what was asked
        _volunteer(intake, name, understood.findings[name], understood, seq, merged)
    if "arthritis" in understood.negated and "arthritis_history" not in intake.answers:
        _set(intake, "arthritis_history", ["none"], understood.text, seq, "volunteered", merged)


def _volunteer(intake: Intake, name: str, value: Any, understood: Understood, seq: int | None, merged: Merged) -> None:
    before = intake.answers.get(name)
    asked_now = name in merged.heard
    if name == "pain_duration_days" and value < A_DAY and not asked_now and not _BEGAN.search(understood.text):
        return  # "it's so hot today" begins nothing
    if asked_now and name == "arthritis_history":
        return  # the reply has been read as a whole: "no doctor ever told me that I have arthritis"
    if (
        merged.reply == "answered"
        and name in ("knee_side", "onset")
        and before is not None
        and before.value is not None
    ):
        return  # a reply to another question puts nothing right by the way: "yes, the wear and tear kind"
    if before is None or before.value is None:
        _set(intake, name, value, understood.text, seq, "volunteered", merged)
    elif isinstance(value, list) and isinstance(before.value, list):
        added = [one for one in value if one not in before.value]
        if name == "arthritis_history":
            kept = [one for one in before.value if one not in ("none", "unspecified") or not added]
            added = [one for one in added if one != "none" or not before.value]
        else:
            kept = before.value
        if added:
            _set(intake, name, [*kept, *added], before.words or understood.text, seq, before.how, merged)
    elif before.value != value and not asked_now and name in ("knee_side", "onset", "pain_duration_days"):
        # said otherwise later, without a word like "actually": the later word counts, and it is acknowledged
        _correct(intake, name, value, understood.text, seq, merged)


def _take_more(intake: Intake, understood: Understood, seq: int | None, merged: Merged) -> None:
    of_pain = "pain_duration_days" in understood.corrections and not _OLD.search(
        understood.text
    )  # "ten years, not five"
    if (age := understood.more.get("age")) is not None and "age_band" not in intake.answers and not of_pain:
        _set(intake, "age_band", age_band(int(age)), understood.text, seq, "volunteered", merged, heard=False)
    if "long_morning_stiffness" in understood.more.get("signs", ()) and "morning_stiffness" not in intake.answers:
        _set(intake, "morning_stiffness", "gt_30min", understood.text, seq, "volunteered", merged, heard=False)
    if conditions := understood.more.get("conditions"):
        known = list(intake.value("conditions") or [])
        more = [one for one in conditions if one not in known]
        if more:
            _set(intake, "conditions", [*known, *more], understood.text, seq, "volunteered", merged, heard=False)
    if "joint_history" not in intake.answers and denies_procedures(understood.text):
        _set(intake, "joint_history", "none", understood.text, seq, "asked", merged, heard=False)
    history = [sign for sign in JOINT_HISTORY if sign in understood.more.get("signs", ())]
    if history and intake.value("joint_history") in (None, "none"):
        _set(intake, "joint_history", history, understood.text, seq, "volunteered", merged, heard=False)
    if who := understood.more.get("who_for"):
        before = intake.value("who_for")
        if before is None:
            _set(intake, "who_for", who, understood.text, seq, "volunteered", merged, heard=False)
        elif before != who and _IS_ABOUT.search(understood.text):
            _correct(intake, "who_for", who, understood.text, seq, merged)


def age_band(age: int) -> str:
    """The band of an age in years."""
    for top, band in ((17, "under_18"), (34, "18_34"), (44, "35_44"), (50, "45_50"), (54, "51_54"), (64, "55_64")):
        if age <= top:
            return band
    return "65_plus"


def skip(intake: Intake, question: Question, words: str, seq: int | None) -> None:
    """Leave a question unanswered at the visitor's wish."""
    for name in flow.missing_fields(question, intake):
        if name != "reach":
            intake.answers[name] = Answer(None, words, seq, "skipped")
    if not question.fills:
        flow.mark_done(intake, question.id)


def _set(
    intake: Intake, name: str, value: Any, words: str, seq: int | None, how: Any, merged: Merged, *, heard: bool = True
) -> None:
    intake.answers[name] = Answer(value, words, seq, how)
    if heard and name not in merged.heard:
        merged.heard.append(name)
