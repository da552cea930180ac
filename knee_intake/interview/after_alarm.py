"""What a visitor may still say once a safety text has stopped the interview. PURE.

The flag and its text stay, whatever is said. Who is on the way is wished well. Who has been seen for it already, or
picked a wrong box, may leave a note for a call back, which the staff read before anything else (CLINICAL.md, section
2). Who spoke of self-harm hears of 988 again and of nothing else.
"""

from __future__ import annotations

import re
from dataclasses import replace

from knee_intake.interview import booking_talk, off_duty
from knee_intake.interview.consent_words import ends_in_spanish, spanish_yes_no
from knee_intake.interview.going import goes_for_less, goes_now, plays_down
from knee_intake.interview.offered import match_words, plain
from knee_intake.interview.questions import Question
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk
from knee_intake.understanding.language import SPANISH

QUESTION, WHEN, CALL = "after_alarm", "after_alarm_when", "after_alarm_call"
CHILD, SELF_HARM = "RF16", "RF21"
DOWN, AGAIN = "plays_down", "advice_again"
TOLD = {"seen": "says already seen for this", DOWN: "says it is not so bad"}
"""What the staff read of who leaves a note behind an alarm."""
MOST_WORDS_KEPT = 200
"""Characters of "when and where", as staff see them."""
ADULT = 18
CHILD_ADVICE = ("stopped_child", "stopped_child_again")
SELF_HARM_ADVICE = ("advised_self_harm_again", "advised_self_harm")
_NO_CHILD = re.compile(
    r"\b(?:i'?m|i am|she is|she's|he is|he's) (?:an adult|grown|over 18|18 or older|not a (?:child|kid|minor|teen))"
    r"|\b(?:mistake|wrong (?:button|box|one)|by accident|typo|misclick\w*|not a (?:child|kid|minor|teen))\b"
)
ADVICE = ("advised_more", "advised_again")
_HAS_READ = re.compile(
    r"(?:(?:ok|okay|k|kk|alright|all right|fine|i see|understood|got it|sure|right|oh|hm+|i understand)[ ,.!]*)+"
)
"""Words that tell that the text was read, and not what is done about it."""
_IS_GOING = re.compile(r"(?:yes|yeah|yep|yup|i am|i'm|im|going|calling|on my way)\b(?!.*\bnot\b)")


def reply(talk: Talk) -> list[Say]:
    """The reply to a text after an emergency; first that nobody at the clinic reads it, where that is so."""
    says = _reply(talk)
    return says if says and says[0].alert else [*_nobody_reads(talk), *says]  # an emergency text stands alone


def _nobody_reads(talk: Talk) -> list[Say]:
    """Once for each alarm."""
    flags, state = talk.intake.red_flags, talk.intake.state
    kind = off_duty.urgent_kind(flags)
    if kind is None or state.get("nobody_told") == len(flags) or talk.desk.on_duty(kind):
        return []
    state["nobody_told"] = len(flags)
    return [Say(off_duty.notice(flags, talk.clinic, talk.now, talk.lang), name=off_duty.NAME)]


def _reply(talk: Talk) -> list[Say]:
    intake = talk.intake
    if any(hit.rule == SELF_HARM for hit in intake.red_flags):
        return [Say(talk.in_turn(SELF_HARM_ADVICE), name="advised_self_harm")]
    if any(hit.rule == CHILD for hit in intake.red_flags) and intake.asked != CALL:
        if _says_goodbye(talk):
            return [talk.say("after_alarm_end")]
        if _is_adult(talk):
            intake.state["after_alarm"] = "mistake"
            return _offer_call(talk, "child_mistake")
        return [Say(talk.in_turn(CHILD_ADVICE), name="stopped_child")]
    if intake.asked == WHEN:
        intake.state["seen_words"] = talk.understood.text[:MOST_WORDS_KEPT]
        return _offer_call(talk, "after_alarm_seen")
    if intake.asked == CALL:
        return _take_call(talk)
    question = talk.questions.question(QUESTION)
    assert question is not None
    said = _way(talk, question)
    picked = talk.understood.answer in {choice.value for choice in question.choices}
    again = intake.state.pop(AGAIN, False)
    if said in (None, "going") and not picked and goes_for_less(talk.understood.text):
        # the same text is not shown twice in a row for this: then what may be said to it
        return (None if again else _advice_again(talk)) or [_ways(talk, question)]
    if intake.state.pop("asked_if_going", False) and said is None and _IS_GOING.match(plain(talk.understood.text)):
        said = "going"
    if said == "going":
        return _on_the_way(talk)
    if said is None and not picked and plays_down(talk.understood.text):
        said = DOWN
    if said in ("seen", "mistake", DOWN):
        intake.state["after_alarm"] = said
    if said is None and _says_goodbye(talk):
        talk.nothing_open()
        return [talk.say("after_alarm_end")]
    if said == "seen":
        return [_open(talk, WHEN)]
    if said in ("mistake", DOWN):
        return _offer_call(talk, "after_alarm_mistake")
    if said is None and _HAS_READ.fullmatch(plain(talk.understood.text)):
        intake.state["asked_if_going"] = True
        return [_ways(talk, question, "advised_ok" if intake.urgency != "emergency_room" else "advised_ok_room")]
    return [_ways(talk, question)]


def _advice_again(talk: Talk) -> list[Say]:
    """The emergency text once more, alone, to who means to do less than it says: a flag never softens."""
    talk.intake.state[AGAIN] = True
    shown = [hit for hit in talk.intake.red_flags if hit.shown and hit.urgency == talk.intake.urgency]
    return [Say(str(hit.shown), alert=hit.urgency, name=hit.rule) for hit in shown[:1]]


def _says_goodbye(talk: Talk) -> bool:
    in_spanish = talk.lang == SPANISH and ends_in_spanish(talk.understood.text)
    return in_spanish or talk.understood.intent in ("thanks", "goodbye")


def is_about_child(talk: Talk) -> bool:
    """Whether the chat has stopped because the knee is a child's."""
    return talk.intake.status == "advised" and any(hit.rule == CHILD for hit in talk.intake.red_flags)


def _is_adult(talk: Talk) -> bool:
    """Whether somebody who was taken for a child, or to write about one, says otherwise."""
    age = talk.understood.more.get("age")
    return bool((age is not None and int(age) >= ADULT) or _NO_CHILD.search(plain(talk.understood.text)))


def _ways(talk: Talk, question: Question, asks: str | None = None) -> Say:
    """The advice once more, or whether it is followed, and what may be said to it; after "call 911" the first way is
    to call.
    """
    if asks is None:
        said = talk.put(question, talk.in_turn(ADVICE))
    else:
        said = replace(talk.put(question), text=talk.phrase(asks))
    if talk.intake.urgency == "emergency_room":
        return said
    first = (talk.phrase("calling_label"), "going")
    calling = Say(said.text, (first, *said.choices[1:]), said.input, name=said.name)
    talk.remember(calling, question)
    return calling


def is_told(talk: Talk) -> bool:
    """Whether the text says which of the ways it is: "yes, I'm calling" asks for no call back."""
    question = talk.questions.question(QUESTION)
    return talk.intake.asked == QUESTION and question is not None and _way(talk, question) is not None


def leaves_now(talk: Talk) -> list[Say] | None:
    """The reply to who is on the way after all, while a call back was talked of; None for anybody else."""
    question = talk.questions.question(QUESTION)
    return None if question is None or _way(talk, question) != "going" else _on_the_way(talk)


def _on_the_way(talk: Talk) -> list[Say]:
    """Who calls or goes is wished well."""
    talk.nothing_open()
    return [talk.say("after_alarm_going" if talk.intake.urgency == "emergency_room" else "after_alarm_calling")]


def _way(talk: Talk, question: Question) -> str | None:
    """Going, seen or mistake: picked, or in words."""
    answer = talk.understood.answer
    if answer in {choice.value for choice in question.choices}:
        return str(answer)
    return match_words(talk.understood.text, question.choices) or ("going" if goes_now(talk.understood.text) else None)


def _open(talk: Talk, name: str, before: str = "") -> Say:
    question = talk.questions.question(name)
    assert question is not None
    return talk.put(question, before)


def _offer_call(talk: Talk, phrase: str) -> list[Say]:
    return [_open(talk, CALL, talk.phrase(phrase))]


def _take_call(talk: Talk) -> list[Say]:
    answer, intent = talk.understood.answer, talk.understood.intent
    if talk.lang == SPANISH and answer is None:
        answer = spanish_yes_no(talk.understood.text)
    if answer == "yes" or intent in ("affirm", "call_me", "talk_to_human"):
        state = talk.intake.state
        told = TOLD.get(str(state.get("after_alarm")), "says the alarm was a mistake")
        state["callback"] = f"check the red flag first: {told}"
        state["wish_words"] = state.get("seen_words") or state.get("wish_words")
        return booking_talk.ask_contact(talk)
    talk.nothing_open()
    return [talk.say("after_alarm_end")]
