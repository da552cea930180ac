"""One visitor text, heard in full before anybody answers: understood, merged, screened, and given its act. PURE.

The same function serves the running app (once a turn, before Rasa's agent) and the plain Rasa commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from knee_intake import safety
from knee_intake.interview import flow, missed_point
from knee_intake.interview.asked_of_chat import asked_about_chat, is_rhetorical
from knee_intake.interview.booking_talk import CHANGES, NO_TIME_OF_ITS_OWN
from knee_intake.interview.errands import errand_of
from knee_intake.interview.feelings import fears_the_worst, says_goodbye
from knee_intake.interview.late_answers import with_late_answer
from knee_intake.interview.merge import Merged, merge, skip
from knee_intake.interview.model import FlagHit, Intake, most_urgent
from knee_intake.interview.offered import as_findings, label_of, match_offered, match_place, match_words
from knee_intake.interview.plain_words import (
    is_question,
    keeps_back,
    keeps_visit,
    line_named,
    plainly_meant,
    question_behind,
    question_sentence,
    speaks_of_agreement,
    speaks_of_person,
    wants_all_deleted,
    wants_copy,
    wants_more,
    wants_to_go_on,
)
from knee_intake.interview.questions import Question, Questions
from knee_intake.interview.seen_first import must_be_seen_first, put_visit_off, without_time_of_sign
from knee_intake.interview.shown_flags import alarm_again, new_hits, none_softer
from knee_intake.interview.small_questions import CARRIERS, own_answer
from knee_intake.interview.told_contact import (
    CONTACT_STEPS,
    take_name,
    take_reach,
    tells_name_only,
    tells_reach,
    without_contact,
)
from knee_intake.interview.two_questions import two_questions
from knee_intake.understanding.answers import is_skip
from knee_intake.understanding.asked_about import tells_of_having
from knee_intake.understanding.contacts import read_contact
from knee_intake.understanding.language import language_of
from knee_intake.understanding.types import UNSURE, Understood
from knee_intake.understanding.yes_no import read_yes_no

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

Understand = Callable[..., Understood]
"""understand(text, *, asked, context, now) -> Understood"""

WAYS = (
    "talk_to_human", "call_me", "stop", "start_over", "cancel_booking", "reschedule", "already_patient", "why_ask",
    "repeat", "skip", "later", "go_back", "change_answer", "help", "how_many_more", "what_means", "withdraw_consent",
)  # fmt: skip
"""Intents that steer the conversation rather than tell something."""


ALWAYS_HEARD = ("talk_to_human", "stop", "start_over", "cancel_booking", "withdraw_consent")
"""What a visitor may want at any time, even where the same words could pass for an answer."""
SURE_ENOUGH = 0.7
SURE = 1.0
ASKED = 0.3
"""The least confidence with which a question behind an answer is answered."""
PLAIN_ACTS = (
    "which_suits", "no_visit", "reschedule", "help", "why_ask", "what_means", "extend_hold", "how_to_change",
    "reminder", "not_known", "no_offence", missed_point.ACT,
)  # fmt: skip
"""What `plainly_meant` is sure of, whatever else the text holds."""
WANTS_PERSON = ("talk_to_human", "call_me")

ASKED_BESIDE = (
    "how_many_more", "why_ask", "what_means", "repeat", "which_suits", "how_to_change", "reminder", "not_known",
    "distress",
)  # fmt: skip
"""Questions about the chat that may stand beside an answer and get a reply of their own."""

WISHES = (
    "book", "talk_to_human", "call_me", "stop", "start_over", "cancel_booking", "go_back", "why_ask", "change_answer",
)  # fmt: skip
"""Intents beside which a yes or no in the same text is no answer."""

PLACED_BY_READING = ("options", "appointment", "read_back")
"""Questions at which "the second one" is read with the rest of the wish."""
NEVER_BY_PLACE = (*PLACED_BY_READING, "consent", "tell_clinic")
"""Those, and consents: "1" agrees to nothing."""
FORKS = ("options", "after_offer")
"""Questions whose reply is a choice of the way."""
OPTION_INTENTS = {
    "ask_physical_therapy": "physical_therapy",
    "ask_acupuncture": "acupuncture",
    "ask_chiropractic": "chiropractic",
    "ask_sports_medicine": "sports_medicine",
}
"""What somebody who names an option, without asking, wants to hear more about."""

NAMES = {
    "acupuncture": "acupuncture",
    "chiropract": "chiropractic",
    "physical therapy": "physical_therapy",
    "sports medicine": "sports_medicine",
}
"""The words by which people call for the others."""
SHOTS = {"dysport": "dysport_hip_pt", "botox": "botox_knee"}
"""The words by which people call for the two shots."""

_OF_SKIPPING = re.compile(
    r"\b(?:skip|pass|next|move on|leave|rather|prefer not|not (?:say|tell|answer|share|give|want|now|sure|going)"
    r"|don'?t|do not|won'?t|no|nope|never ?mind|whatever|ignore|later|without|nothing|none"
    r"|(?:an)?other time|time|busy|tomorrow|tonight|minute|moment|come back|afterwards?|hold off)\b",
    re.IGNORECASE,
)
"""Words without one of which a question is not left out on a guess."""
_OF_HOURS = re.compile(r"\b(?:open|close|closed|closing|hours)\b", re.IGNORECASE)
""" "Are you open on Saturdays?" asks for no visit yet."""
_HOW_SOON_IT_HELPS = re.compile(
    r"\bhow (?:soon|quickly|fast)\b.*\b(?:work|help|feel|felt|notice|better|relief|effect|difference|heal|recover|kick"
    r"|walk|run|drive)\w*",
    re.IGNORECASE,
)
"""Asks about a treatment, and for no visit soon."""
_OF_PAIN = re.compile(r"\b(?:pain\w*|hurt\w*|ach\w+|sore\w*|score|out of|scale)\b|/\s*10", re.IGNORECASE)
_INSTEAD = re.compile(
    r"\b(?:instead|rather|another time|(?:can|could|may) (?:we|i|you)|how about|what about|make it|change|move|switch"
    r"|prefer)\b",
    re.IGNORECASE,
)
_YES_FIRST = re.compile(r"\W*(?:yes|yeah|yep|yup|sure|correct|please do|go ahead)\b", re.IGNORECASE)
_OTHER_WISH = re.compile(r"\b(?:but|instead|move|change|keep|later|another|other|wait|not sure|\?)", re.IGNORECASE)
_FIRST_TIME = re.compile(r"\b(?:first|soonest|earliest|next|nearest)\b", re.IGNORECASE)
_SCORE = re.compile(r"\W*(?:about |like )?(?:10|\d)\s*/\s*10\W*")
READ_AS: dict[str, str | None] = {
    "options": "appointment",  # "Thursday morning?" is a way to say "book"
    "after_offer": None,
    "door": None,
    "cancel_visit": "consent",  # the strict reading of yes and no
    "tell_clinic": "consent",
    "visit_lookup": None,
    "first_name": "contact",  # who is asked for the name alone may give a number with it
    "after_alarm": None,
    "after_alarm_when": None,
    "after_alarm_call": "consent",
}
"""How understanding should read the reply, where the step's own name is not one of its questions."""


@dataclass
class Heard:
    """What one text came to."""

    understood: Understood
    intake: Intake
    """The intake after this text."""
    merged: Merged
    hits: tuple[FlagHit, ...]
    """Red flags that are new with this text, most urgent first; their texts must be shown."""
    act: str
    """The intent that Rasa's policy acts on."""
    choice: str | None = None
    """The offered value(s), where the text was exactly an offered answer; `understood.text` is then the label."""

    @property
    def urgency(self) -> str | None:
        return most_urgent(*(hit.urgency for hit in self.hits))

    @property
    def emergency(self) -> bool:
        """Whether the safety text must stand alone and the interview stops."""
        return self.act == "emergency"


def hear(text: str, intake: Intake, understand: Understand, clinic: Clinic, now: datetime, seq: int | None) -> Heard:
    """Hear one text. `intake` itself is left as it is; the changed copy is in the result."""
    after = Intake.from_dict(intake.to_dict())
    offered = after.state.get("offered", [])
    picked = match_offered(text, offered, after.state.get("offered_kind"))
    if picked is None and after.state.get("offered_kind") == "choices" and after.asked not in NEVER_BY_PLACE:
        picked = _at_place(text, offered, clinic.questions.question(after.asked) if after.asked else None)
    choice = None
    if picked is not None:
        choice = (", ".join(picked) or "none") if isinstance(picked, list) else str(picked)
        phrase = clinic.questions.phrase
        text = label_of(picked, offered, phrase("none_label"), phrase("not_sure_label"))
        understood = _from_choice(text, picked, after)
    else:
        understood = understand(text, asked=_asked_for_reading(after), context=_context(after), now=now)
        if intake.status == "advised":
            understood = without_time_of_sign(understood)
        steady = _sure_to_cancel if after.asked == "cancel_visit" else _without_stray_answer
        understood = steady(understood)
        understood = plainly_meant(understood, after.asked, has_visit=_has_visit(after))
        understood = _at_a_fork(tells_name_only(understood, after), after, clinic.questions)
        if after.asked == "appointment":
            understood = without_contact(understood, after, understand, now, seq)
            understood = _without_score_of_a_time(understood)
            understood = _puts_knee_right(understood)
        if after.asked == "appointment" and understood.intent == "ask_effect_time" and _FIRST_TIME.search(text):
            understood = replace(understood, intent="inform")  # "the sooner the better, what's the first one?"
        if after.asked == "read_back" and _wants_other_time(understood, understand, now):
            understood = replace(understood, intent="reschedule", confidence=SURE, answer=None, corrections={})
        understood = with_late_answer(understood, after, clinic.questions, understand, now)
        if understood.intent in ("book", "reschedule"):
            _take_wish(understand(text, asked="appointment", context={}, now=now), after)
    reached = picked is None and after.asked not in CONTACT_STEPS and tells_reach(text, after, seq)
    reached = (picked is None and take_name(text, after, seq)) or reached
    merged = merge(after, understood, clinic.questions, seq, picked=picked is not None)
    merged.noted = merged.noted or reached
    if picked is None and merged.reply == "none":
        _skip_and_ask(text, after, merged, clinic.questions, seq)
    answers = {name: answer.value for name, answer in after.answers.items()}
    lang = language_of(text)
    meant = replace(understood, corrections=merged.meant)
    verdict = safety.assess(safety.facts(meant, answers, after.signs), clinic.red_flags, lang)
    hits = new_hits(verdict, clinic.red_flags, after, seq)
    if intake.status == "advised":
        hits = none_softer(hits, after)
    if not hits and intake.status == "advised":
        verdict = safety.assess_message(understood, clinic.red_flags, lang)
        hits = alarm_again(verdict, seq)
    after.red_flags.extend(hits)
    if must_be_seen_first(hits, after):
        put_visit_off(after, intake, merged)
        return Heard(replace(understood, intent="inform"), after, merged, tuple(hits), "inform", choice)
    act = decide(understood, intake, merged, clinic.questions)
    told = merged.reply in ("answered", "unsure") or merged.heard
    if picked is None and told and (act == "inform" or act.startswith("ask_")):
        beside = _asked_beside(text, after, understand, now, clinic.questions)
        if beside is not None:
            act, confidence = beside
            understood = replace(understood, intent=act, confidence=confidence)
    if act == "book" and after.asked == "options" and picked is None:
        beside = _asked_beside(text, after, understand, now, clinic.questions)
        if beside is not None:  # "I'd like to book. Do I need a referral?"
            merged.reply, merged.step = "answered", "book"
            act, confidence = beside
            understood = replace(understood, intent=act, confidence=confidence)
    if act.startswith("ask_") and picked is None:
        both, asks_too = two_questions(
            text, act, lambda part: _read_alone(part, understand(part, asked=None, context=_context(after), now=now))
        )
        if asks_too is not None:
            act, understood = both, replace(understood, intent=both, asks_too=asks_too)
    if act in WANTS_PERSON and picked is None:
        take_reach(text, after, seq)
    if any(hit.shown for hit in hits) and verdict.stops_interview:
        act, after.status = "emergency", "advised"
        after.state["lang"] = lang  # what follows a text in Spanish is Spanish
    return Heard(understood, after, merged, tuple(hits), act, choice)


def _read_alone(part: str, understood: Understood) -> Understood:
    """One of several questions; one with an answer of its own is known by its words."""
    own = own_answer(part)
    return understood if own is None else replace(understood, intent=CARRIERS[own], confidence=SURE)


def _skip_and_ask(text: str, intake: Intake, merged: Merged, questions: Questions, seq: int | None) -> None:
    """ "Skip this, please. What are the risks?": the question is left out, and the other one still gets its answer."""
    behind = question_behind(text)
    question = questions.question(intake.asked) if intake.asked else None
    if behind is None or question is None or not (question.skippable and question.fills) or question.alarm:
        return
    front = text[: text.rindex(behind)]
    if question.id != "contact" and (is_skip(front) or (keeps_back(front) and read_yes_no(front) is None)):
        skip(intake, question, text, seq)
        merged.reply = "skipped"


def _asked_beside(
    text: str, intake: Intake, understand: Understand, now: datetime, questions: Questions
) -> tuple[str, float] | None:
    """The question that stands beside an answer in the same text, as (act, confidence); None without one."""
    question = questions.question(intake.asked) if intake.asked else None
    if (act := asked_about_chat(text)) is not None:
        is_step = question is not None and not question.fills  # "yes, all right. Pls repeat" sends the request
        return None if is_step and act in ("repeat", "what_means") else (act, SURE)
    behind = question_behind(text)
    if behind is None or is_rhetorical(behind):
        return None
    if fears_the_worst(behind):
        return "distress", SURE
    asked = understand(question_sentence(text) or behind, asked=None, context=_context(intake), now=now)
    return (asked.intent, asked.confidence) if asked.confidence >= ASKED and is_asked(asked.intent) else None


def is_asked(intent: str) -> bool:
    """Whether this act is a question of the visitor's, which gets a reply before the open question comes back."""
    return intent.startswith("ask_") or intent in ASKED_BESIDE


def _has_visit(intake: Intake) -> bool:
    """Whether a visit was asked for in this chat and is not cancelled, or is being moved."""
    return bool(intake.state.get("moving")) or bool(intake.booking and intake.booking.get("status") != "cancelled")


def _take_wish(understood: Understood, intake: Intake) -> None:
    """ "Could we make it next Tuesday instead?" also says when."""
    answer = understood.answer if isinstance(understood.answer, dict) else {}
    wish = {name: value for name, value in answer.items() if value and name not in NO_TIME_OF_ITS_OWN}
    if wish:
        intake.state |= {"wish": wish, "wish_is_new": True, "wish_words": understood.text}


def _at_place(text: str, offered: list[dict[str, str]], question: Question | None) -> Any:
    """ "The last one": on a checklist the last sign, also where a person or skipping is offered behind it."""
    if question is None or question.input != "multi_choice":
        return match_place(text, offered)
    return match_place(text, [choice for choice in offered if choice["value"] not in WAYS], several=True)


def _from_choice(text: str, picked: Any, intake: Intake) -> Understood:
    if isinstance(picked, str) and picked in WAYS:
        return Understood(text, picked, 1.0)
    findings: dict[str, Any] = {}
    if intake.asked == "pain_location" and isinstance(picked, list):
        # a side that is known and a place that cannot be pointed to come together from the knee picture
        findings, picked = as_findings(picked), UNSURE if UNSURE in picked else None
    return Understood(text, "inform", 1.0, findings=findings, answer=picked)


def _at_a_fork(understood: Understood, intake: Intake, questions: Questions) -> Understood:
    """Words at a fork of the way: "go ahead" is "now", "tell me more about acupuncture" picks that option."""
    if intake.asked == "read_back":
        if understood.corrections:
            # what is right was said with what is wrong: "no, the number is 212 555 0199"
            refused = understood.answer in ("no", "change")
            return replace(understood, intent="inform", answer=None) if refused else understood
        if contact := _new_contact(understood.text, intake):
            return replace(understood, intent="inform", answer=None, corrections=contact)
        part = _what_to_change(understood)
        offered = [choice["value"] for choice in intake.state.get("offered", [])]
        if offered and all(value.isdigit() for value in offered) and understood.answer in ("yes", "yes_email"):
            return replace(understood, answer=None)  # "which line?" - "yes" sends nothing
        asked_which = part is not None and all(value.isdigit() for value in offered)
        told = understood.intent in ("change_answer", "reschedule", "inform", "deny")
        if isinstance(part, int) or asked_which or told:
            return replace(understood, answer=part or understood.answer)
        return understood
    if intake.asked not in FORKS:
        return understood
    question = questions.question(intake.asked)
    offered = [choice["value"] for choice in intake.state.get("offered", [])]
    option = _option_named(understood, offered) if intake.asked == "options" else None
    if intake.asked == "options" and not tells_of_having(understood.as_meant):
        findings = {name: value for name, value in understood.findings.items() if name != "treatments_tried"}
        understood = replace(understood, findings=findings)  # a way that is named here was not tried for that
    wish = understood.answer if isinstance(understood.answer, dict) else None
    if option is not None and (wish is None or (not wish.get("pick") and wants_more(understood.as_meant))):
        findings = {name: value for name, value in understood.findings.items() if name != "treatments_tried"}
        return replace(understood, intent="inform", answer=option, findings=findings)
    if isinstance(understood.answer, dict) and intake.asked == "options" and _SCORE.fullmatch(understood.text):
        return replace(understood, answer=None)  # "5/10" is how bad it is, not the tenth of May
    if isinstance(understood.answer, dict):
        return replace(understood, answer=_when_at_a_fork(understood.answer, intake, offered))
    choices = [choice for choice in question.choices if choice.value in offered or not offered] if question else []
    behind = question_behind(understood.text)
    if behind is not None:  # "Let's make an appointment. How long does a visit take?"
        return replace(understood, answer=match_words(understood.text[: understood.text.rindex(behind)], choices))
    if is_question(understood.text) and intake.asked == "after_offer":
        way = match_words(understood.text, choices)  # "can I do them later?"
        return replace(understood, answer=way if way == "later" else None)
    if (understood.answer is not None and intake.asked == "options") or is_question(understood.text):
        return replace(understood, answer=None)
    return replace(understood, answer=match_words(understood.text, choices))


def _new_contact(text: str, intake: Intake) -> dict[str, Any]:
    """ "Change the phone, it's 917 555 0122": the number or address that stands there, where it is another one."""
    found = read_contact(text) or {}
    known = {name: intake.value(name) for name in ("phone", "email")}
    return {name: found[name] for name, value in known.items() if found.get(name) and found[name] != value}


def _option_named(understood: Understood, offered: list[str]) -> str | None:
    """The option that somebody would like to hear more about; a question on its risks is answered as a question."""
    said = understood.as_meant.casefold()
    asks = is_question(understood.text)
    if asks and not wants_more(said):
        return None
    named = list(dict.fromkeys(option for name, option in {**NAMES, **SHOTS}.items() if name in said))
    if len(named) == 1 and (wants_more(said) or named[0] in offered):
        return named[0]
    if (option := OPTION_INTENTS.get(understood.intent)) is not None:
        return option
    return next((option for name, option in SHOTS.items() if asks and name in understood.text.casefold()), None)


def _what_to_change(understood: Understood) -> str | int | None:
    """ "change the time", "the phone number is wrong", "change 3": the one part of the read-back that is named."""
    if (line := line_named(understood.text)) is not None:
        return line
    words = {word.strip(".,!?") for word in understood.text.casefold().split()}
    named = [name for name, ways in CHANGES.items() if words & {*ways}]
    return named[0] if len(named) == 1 and understood.answer not in ("yes", "yes_email", "add_time") else None


def _when_at_a_fork(answer: dict[str, Any], intake: Intake, offered: list[str]) -> str | None:
    """ "the second one" picks it; "Thursday morning?" wants to book, and when."""
    pick = answer.get("pick")
    if isinstance(pick, int) and 0 < pick <= len(offered):
        return offered[pick - 1]
    wish = {name: value for name, value in answer.items() if value and name not in NO_TIME_OF_ITS_OWN}
    if not wish or "book" not in offered:
        return None
    intake.state |= {"wish": wish, "wish_is_new": True}
    return "book"


def _without_stray_answer(understood: Understood) -> Understood:
    """ "OK, book it" is a wish, not a yes to whatever was asked; a question alone answers nothing."""
    if understood.intent.startswith("ask_") and _is_question_alone(understood.text):
        return _without_by_words(understood)
    if question_behind(understood.text) is not None:
        return understood  # "yes. Why do you ask?" answers, and asks
    if understood.intent in WISHES and understood.confidence >= SURE_ENOUGH and not isinstance(understood.answer, dict):
        return replace(understood, answer=None)
    return understood


def _wants_other_time(understood: Understood, understand: Understand, now: datetime) -> bool:
    """ "Can we do Friday morning instead?", once all is read back."""
    if understood.answer in ("yes", "yes_email", "add_time") or not _INSTEAD.search(understood.text):
        return False
    if understood.corrections or {"phone", "email"} & {*(read_contact(understood.text) or {})}:
        return False  # the digits are no time
    wish = understand(understood.text, asked="appointment", context={}, now=now).answer
    return isinstance(wish, dict) and any(wish.get(name) for name in ("weekdays", "earliest", "after", "before"))


def _is_question_alone(text: str) -> bool:
    """Whether a text is one question and nothing else."""
    one = len(re.findall(r"[.!?](?=\s|$)", text.strip())) <= 1
    return one and is_question(text) and question_behind(text) is None and not is_rhetorical(text)


def _without_score_of_a_time(understood: Understood) -> Understood:
    """ "After 2 would be best" is an hour and no score of the pain."""
    if not isinstance(understood.answer, dict) or _OF_PAIN.search(understood.text):
        return understood
    findings = {name: value for name, value in understood.findings.items() if name != "pain_severity"}
    return replace(understood, findings=findings)


def _puts_knee_right(understood: Understood) -> Understood:
    """ "8 weeks, not 6" while times are offered: the story is put right, and no time is refused by it."""
    told = (
        {name for name, value in understood.answer.items() if value} if isinstance(understood.answer, dict) else set()
    )
    if not understood.corrections or not told <= {"none_fits"}:
        return understood
    return replace(understood, intent="inform", answer=None)


def _without_by_words(understood: Understood) -> Understood:
    """ "Does my doctor have to send me?" tells not whom it is about, "with anyone else?" wants no other times."""
    answer, more = understood.answer, dict(understood.more)
    if more.get("who_for") == "self":
        del more["who_for"]
    told = {name for name, value in answer.items() if value} if isinstance(answer, dict) else set()
    if told <= {"asap"} and _HOW_SOON_IT_HELPS.search(understood.text):
        answer = None
    if told <= {"none_fits", "pick"} or _OF_HOURS.search(understood.text):
        answer = None
    findings = {name: value for name, value in understood.findings.items() if name != "treatments_tried"}
    return replace(understood, answer=answer if isinstance(answer, dict) else None, findings=findings, more=more)


def _sure_to_cancel(understood: Understood) -> Understood:
    """ "Yes, I'm afraid I can't make it" cancels; "yes, but could I move it?" does not."""
    said = understood.text
    if understood.answer is None and _YES_FIRST.match(said) and not _OTHER_WISH.search(said):
        return replace(understood, answer="yes")
    return understood


def _asked_for_reading(intake: Intake) -> str | None:
    return READ_AS.get(intake.asked or "", intake.asked)


def _context(intake: Intake) -> dict[str, Any]:
    return {name: answer.value for name, answer in intake.answers.items() if answer.value is not None}


def decide(understood: Understood, intake: Intake, merged: Merged, questions: Questions) -> str:
    """The act that Rasa's policy sees: what the visitor does with this text, in the light of the open question."""
    intent = understood.intent
    asks = intent.startswith("ask_")
    told = bool(merged.heard or merged.corrected or merged.taken_back)
    picked_before = intake.asked == "appointment" and intake.state.get("picked_before")
    if (intake.state.get("moving") or picked_before) and intent != "extend_hold" and keeps_visit(understood.text):
        return "keep_visit"
    if intake.asked == "cancel_visit" and understood.answer in ("yes", "no"):
        return "inform"
    if intent in PLAIN_ACTS and understood.confidence == SURE:
        return intent
    if intake.asked == "appointment" and isinstance(merged.step, dict) and merged.step.get("none_fits"):
        return "inform"  # "I can't do any of these, what else is there?"
    if intake.asked == "visit_lookup" and intent not in (*ALWAYS_HEARD, "call_me"):
        return "visit_lookup"
    if intake.asked is None and wants_to_go_on(understood.text):
        return "inform"
    if intake.asked and merged.reply == "none" and wants_to_go_on(understood.text):
        question = questions.question(intake.asked)
        # what a person of the clinic was told meanwhile is not asked once more
        return "repeat" if question is None or flow.missing_fields(question, intake) else "inform"
    of_contact = intake.asked in ("contact", "first_name")
    silent = not told and merged.reply == "none"
    if of_contact and (intent == "withdraw_consent" or (silent and keeps_back(understood.text))):
        return "skip"  # "I don't want to give my number" keeps the number back, no more
    if wants_all_deleted(understood.text):
        intent = "withdraw_consent"
    elif not told and wants_copy(understood.text):
        return "ask_privacy"
    if intent == "withdraw_consent" and not speaks_of_agreement(understood.text):
        intent = "nlu_fallback"  # nothing is thrown away on a guess
    if of_contact and merged.reply == "answered" and intent != "stop":
        return "inform"  # "you can reach me at ..." asks for no person
    if intent in WANTS_PERSON and understood.confidence < SURE and not speaks_of_person(understood.as_meant):
        intent = "nlu_fallback"
    if intent in ALWAYS_HEARD and (understood.confidence >= SURE_ENOUGH or intent == "withdraw_consent"):
        return intent
    is_asking = is_question(understood.text) or question_behind(understood.text) is not None
    if intent == "goodbye" and understood.confidence < SURE_ENOUGH and not says_goodbye(understood.text):
        intent = "nlu_fallback"  # nobody is sent away on a guess
    if merged.noted and (intent in ("out_of_scope", "nlu_fallback") or (asks and not is_asking)):
        return "inform"  # a sign, an illness, an email: heard, whatever the classifier makes of the rest
    if not told and merged.reply == "none" and intent not in WANTS_PERSON and errand_of(understood.text):
        return "already_patient"
    if (told or merged.reply != "none") and asks and is_rhetorical(understood.text):
        return "inform"
    if merged.reply in ("answered", "unsure", "alarm_unsure"):
        return intent if asks and is_question(understood.text) and understood.confidence >= 0.5 else "inform"
    if told:
        return intent if (asks and is_question(understood.text)) or intent in ("talk_to_human", "call_me") else "inform"
    guessed = intent == "later" or understood.confidence < SURE_ENOUGH
    if intent in ("skip", "later") and guessed and not _OF_SKIPPING.search(understood.as_meant):
        return "nlu_fallback"  # "I should prefer the first, if that is of any use" leaves nothing out
    if intent == "skip" and intake.asked and (question := questions.question(intake.asked)) and question.skippable:
        return "skip"
    return intent
