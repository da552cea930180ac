"""What is said next: acknowledge, take the open step further, ask what is missing. PURE."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from knee_intake import treatments
from knee_intake.interview import after_alarm, any_time, booking_talk, flow
from knee_intake.interview.consent_words import begins_with_no
from knee_intake.interview.feelings import is_afraid, tells_of_loss
from knee_intake.interview.merge import skip
from knee_intake.interview.model import Answer
from knee_intake.interview.offered import plain
from knee_intake.interview.plain_words import wants_to_go_on
from knee_intake.interview.questions import Question
from knee_intake.interview.say import Say, in_other_words, meaning
from knee_intake.interview.seen_first import PUT_OFF
from knee_intake.interview.spoken import spoken
from knee_intake.interview.talk import Talk

DIGITS_OF_A_NUMBER = 5
ENDED = ("stopped", "finished")
ACKNOWLEDGEMENTS = ("got_it", "thanks_heard", "ok_heard", "noted_heard")
THANKS = ("thanks", "ok_thanks", "thank_you")
NOTED = ("noted", "noted_too")
_NOTHING_MORE = re.compile(
    r"""(?:no|nope|nah|ok|okay)?[ ,]*
    (?:nothing|none|none\ of\ (?:that|these|those|them)|neither|that's\ all|thats\ all|that\ is\ all|that's\ it
    |thats\ it|i'm\ good|im\ good|i'm\ fine|im\ fine|all\ good|all\ set|i'm\ done|im\ done|done|not\ now|not\ today
    |no\ need)
    (?:\ (?:else|more|now|for\ now|today|really))?
    [ ,]*(?:thanks|thank\ you|ty|thx)?(?:\ (?:so\ much|very\ much|a\ lot))?""",
    re.VERBOSE,
)
"""A goodbye where the visitor was asked what to do next."""
_AT_A_LOSS = re.compile(
    r"\b(?:(?:don't|do not|dont) know what (?:to do|i want)|what (?:should|do) i do|not sure what)\b"
)
TELLS_NOTHING_ELSE = (
    "consent",
    "who_for",
    "options",
    "appointment",
    "contact",
    "first_name",
    "read_back",
    "after_offer",
)
"""Questions beside whose answer hardly anything is told of the knee."""
FAILURES_BEFORE_MEANING = 1
FAILURES_BEFORE_WAY_OUT = 3


def go_on(talk: Talk, *, after_answer: bool = False) -> list[Say]:
    """Acknowledge what was told and put the next question, or the same one again.

    `after_answer`: a question of the visitor's was just answered, so an open question is simply taken up again.
    """
    intake = talk.intake
    if intake.status == "advised" and not talk.wants_call:
        return [] if after_answer else after_alarm.reply(talk)
    if intake.status == "advised" and not (_told(talk) or after_answer) and (said := after_alarm.leaves_now(talk)):
        booking_talk.forget_call_back(talk)
        return said
    if intake.status == "handed_over" and wants_to_go_on(talk.understood.text):
        intake.status = "active"
        booking_talk.forget_call_back(talk)
        return proceed(talk, talk.phrase("back_to_bot"))
    if intake.status == "handed_over" and not (intake.asked or talk.wants_call):
        if talk.understood.intent == "affirm" and not _told(talk):
            return [Say(f"{talk.phrase('sure')} {talk.phrase('take_care')}", name="take_care")]
        return [] if after_answer else [talk.say("handed_over_more")]
    if intake.status in ENDED and intake.asked is None:
        agrees = intake.state.pop("go_on_offered", False) and talk.understood.intent == "affirm"
        if (agrees or wants_to_go_on(talk.understood.text)) and not intake.state.get("consent_withdrawn"):
            intake.state.pop("no_more_questions", None)
            intake.status = "booked" if intake.booking else "active"
            return proceed(talk, talk.phrase("back_to_bot"))
        return _ended(talk, after_answer)
    if intake.asked == "cancel_visit":
        return booking_talk.cancel_reply(talk)
    if intake.state.pop(PUT_OFF, False):
        return booking_talk.be_seen_first(talk)
    question = talk.open_question
    if question is not None and question.id == "options" and talk.merged.reply == "none" and not after_answer:
        said = _yes_or_no_to_options(talk, question)
        if said is not None:
            return said
    if question is not None and question.id == "appointment" and talk.merged.reply == "none" and not after_answer:
        _take_yes_to_only_time(talk)
    if question is not None and talk.merged.reply == "answered":
        said = _take_step(talk, question)
        if said is not None:
            return said
    if question is not None and question.id == "contact" and not after_answer and (broken := _broken_contact(talk)):
        return [talk.put(question, talk.phrase(broken))]
    if question is not None and question.fills and not question.alarm and not flow.missing_fields(question, intake):
        return proceed(talk, "" if after_answer else acknowledgement(talk))  # told meanwhile, to a person of the clinic
    if question is not None and question.id == "contact" and talk.wants_call and _declines(talk):
        return booking_talk.without_contact(talk)
    if question is not None and talk.merged.reply == "none" and not _told(talk) and not after_answer:
        return [talk.put(question)] if talk.alarmed else _not_heard(talk, question)
    if talk.merged.reply == "alarm_unsure" and question is not None:
        if talk.merged.which:
            return [replace(talk.put(question, wording="again"), text=talk.phrase("which_alarm"))]
        return [talk.put(question, talk.phrase("unsure_alarm"), wording="again")]
    return proceed(talk, "" if after_answer else acknowledgement(talk))


def _missed_a_word(talk: Talk) -> bool:
    """Whether a word that nobody could read may have told what is asked next."""
    if talk.intake.asked in TELLS_NOTHING_ELSE or talk.understood.intent.startswith("ask_"):
        return False
    question = flow.next_question(talk.intake, talk.questions) if talk.understood.unknown else None
    return question is not None and bool(question.fills) and question.id not in ("contact", talk.intake.asked)


def proceed(talk: Talk, before: str = "") -> list[Say]:
    """Put the next question, with `before` said in front of it."""
    intake = talk.intake
    if talk.wants_call:
        return booking_talk.ask_contact(talk, before)
    question = flow.next_question(intake, talk.questions)
    if question is None:
        return _finish(talk, before)
    if question.id == "options":
        return _explain_options(talk, question, before)
    if question.id == "appointment":
        return booking_talk.offer_times(talk, question, before)
    if question.id == "read_back":
        return booking_talk.read_back(talk, question, before)
    if question.id == "contact" and intake.value("who_for") == "other_adult" and intake.asked != "contact":
        before = f"{before} {talk.phrase('contact_other')}".strip()
    return [talk.put(question, before)]


def acknowledgement(talk: Talk) -> str:
    """One short sentence that shows what was heard; empty where there is nothing to say.

    Who tells of fear gets a kind word with it, once. Where a word could not be read, it says so.
    """
    said = _acknowledged(talk)
    if said and _missed_a_word(talk):
        said = f"{said} {talk.phrase('not_heard_word')}"
    return f"{kind_word(talk)} {said}".strip()


def kind_word(talk: Talk) -> str:
    """A kind word to who tells of a death or of fear, each once; else empty."""
    state, text = talk.intake.state, talk.understood.text
    if tells_of_loss(text) and not state.get("sorry_told"):
        state["sorry_told"] = True
        return talk.phrase("sorry_loss")
    if is_afraid(text) and not state.get("kind_word"):
        state["kind_word"] = True
        return talk.phrase("kind_word")
    return ""


def _acknowledged(talk: Talk) -> str:
    merged = talk.merged
    if merged.taken_back and not merged.corrected:
        return talk.phrase("taken_back")
    if merged.corrected:
        said = spoken([*merged.corrected, *merged.heard], talk.intake, talk.questions)
        return talk.phrase("corrected", heard=said[:1].lower() + said[1:]) if said else talk.phrase("thanks")
    if merged.reply == "unsure":
        return "" if talk.alarmed else talk.phrase("unsure")  # an alarm is nothing that is OK
    said = spoken([*talk.heard_before, *merged.heard], talk.intake, talk.questions)
    if said:
        return talk.in_turn(ACKNOWLEDGEMENTS, heard=said)
    if merged.reply == "answered" and talk.intake.asked != "consent":
        return talk.in_turn(THANKS)
    return talk.in_turn(NOTED) if merged.noted and merged.reply == "none" else ""


def _broken_contact(talk: Talk) -> str | None:
    """The phrase for an address or a number that cannot be one, where no other was given with it."""
    answer = talk.understood.answer if isinstance(talk.understood.answer, dict) else {}
    if talk.intake.value("phone") or talk.intake.value("email"):
        return None
    return "bad_email" if answer.get("broken_email") else "bad_phone" if answer.get("broken_phone") else None


def _declines(talk: Talk) -> bool:
    """ "No, thank you, I shall telephone": no contact is left for a call back."""
    no = talk.understood.intent == "deny" or begins_with_no(talk.understood.text)
    return no and talk.merged.reply == "none"


def _told(talk: Talk) -> bool:
    merged = talk.merged
    return bool(merged.heard or merged.corrected or merged.taken_back or merged.noted)


def _ended(talk: Talk, after_answer: bool) -> list[Say]:
    if after_answer:
        return []
    said = acknowledgement(talk) if _told(talk) else ""
    name = "stopped_open" if may_go_on(talk) else "finished_open"
    return [Say(f"{said} {talk.phrase(name)}".strip(), name=name)]


def may_go_on(talk: Talk) -> bool:
    """Whether something was left open when the visitor stopped, so that "continue" leads on."""
    intake = talk.intake
    stopped = intake.status == "stopped" and not intake.booking and not intake.state.get("consent_withdrawn")
    return stopped and flow.next_question(intake, talk.questions) is not None


def _give_up(talk: Talk, question: Question) -> list[Say]:
    """It does not work: leave the question out where that may be, else ask a person to help."""
    if talk.wants_call:
        return booking_talk.without_contact(talk)
    if question.skippable:
        skip(talk.intake, question, talk.understood.text, None)
        return proceed(talk, talk.phrase("skipped"))
    return booking_talk.ask_for_person(talk)


def _not_heard(talk: Talk, question: Question) -> list[Say]:
    """A reply that was not understood: other words first, then what is meant and choices, then a way out."""
    failures = talk.intake.state.get("failures", 0) + 1
    if failures > FAILURES_BEFORE_WAY_OUT:
        return _give_up(talk, question)
    if question.id == "appointment":
        says = _no_time_chosen(talk, question, failures)
        talk.intake.state["failures"] = failures
        return says
    if failures == FAILURES_BEFORE_WAY_OUT:
        said = way_out(talk, question)
    elif failures > FAILURES_BEFORE_MEANING:
        said = explain_question(talk, question, talk.phrase("not_heard_twice"))
    else:
        said = talk.put(question, _what_was_wrong(talk, question), wording="again")
    talk.intake.state["failures"] = failures
    return [said]


def _take_yes_to_only_time(talk: Talk) -> None:
    """ "Yes" where one time is left takes it; of several it names none."""
    if talk.understood.intent == "affirm" and (only := any_time.only_time(talk)) is not None:
        talk.merged.reply, talk.merged.step = "answered", only


def _no_time_chosen(talk: Talk, question: Question, failures: int) -> list[Say]:
    """No time was picked: a no is met with other ways, anything else with the times once more."""
    agrees = talk.understood.intent == "affirm"
    if talk.understood.intent != "deny" and failures < FAILURES_BEFORE_WAY_OUT:
        return booking_talk.offer_times(talk, question, talk.phrase("sure" if agrees else "not_heard"))
    return any_time.no_time_suits(talk, question)


def explain_question(talk: Talk, question: Question, before: str) -> Say:
    """What the question means, in its plainest words, with replies to tap where it has no choices of its own."""
    said = talk.put(question, wording="again")
    told = meaning(question, talk.only_asked, talk.lang)
    choices = said.choices or tuple((one["en"], one["en"]) for one in question.suggestions)
    how = said.input
    if choices and not said.choices:
        how = talk.while_held({"kind": "choices", "for": (said.input or {}).get("for")}, question)
    text = f"{before} {told}".strip()
    # suggestions are words like any other: they are sent and read as if typed
    return Say(text, choices, how, name=f"{question.id}:meaning")


def way_out(talk: Talk, question: Question) -> Say:
    """A person, or leaving the question out, beside its own choices."""
    said = talk.put(question, wording="again")
    ways = [*said.choices, (talk.phrase("person_label"), "talk_to_human")]
    if question.skippable:
        ways.append((talk.phrase("skip_label"), "skip"))
    name = "not_heard_offer" if question.skippable else "not_heard_person"
    how = talk.while_held({"kind": "choices", "for": talk.intake.asked or question.id}, question)
    asked = in_other_words(question, talk.only_asked, talk.lang)
    offered = Say(f"{talk.phrase(name)} {asked}", tuple(ways), how, name="way_out")
    talk.remember(offered, question)
    return offered


def _what_was_wrong(talk: Talk, question: Question) -> str:
    if question.id == "contact" and "@" in talk.understood.text:
        return talk.phrase("bad_email")
    if question.id == "contact" and sum(char.isdigit() for char in talk.understood.text) >= DIGITS_OF_A_NUMBER:
        return talk.phrase("bad_phone")
    return kind_word(talk) or talk.phrase("not_heard")


def _take_step(talk: Talk, question: Question) -> list[Say] | None:
    """The reply to a question that is a fork in the way; None to simply go on."""
    reply = talk.merged.step
    if question.id == "consent" and talk.intake.value("consent") != "yes":
        return _refused(talk)
    if question.id == "options":
        return choose_option(talk, str(reply))
    if question.id == "appointment":
        said = any_time.take_time(talk)
        kept = any_time.time_kept(talk)
        return proceed(talk, kept) if said is None and kept else said
    if question.id == "read_back":
        return _take_read_back(talk, reply)
    if question.id == "after_offer":
        flow.mark_done(talk.intake, "after_offer")
        talk.intake.state["no_more_questions"] = reply in ("later", "skip", "no")
        if reply in ("later", "skip", "no"):
            return _finish(talk, "", later=True)
    return None


def _take_read_back(talk: Talk, reply: Any) -> list[Say] | None:
    if reply in ("change", "no"):
        return [change_what(talk)]
    if str(reply).isdigit():
        return _change_line(talk, int(reply))
    if reply == booking_talk.ADD_TIME:
        booking_talk.add_time(talk)
        return None
    if reply == booking_talk.YES_EMAIL:
        talk.intake.state["email_opt_in"] = True
        reply = "yes"
    if reply in booking_talk.CHANGES:
        booking_talk.change(talk, reply)
        return None
    if reply != "yes":
        return None
    said = booking_talk.place(talk)
    return [*said, *proceed(talk)] if talk.intake.booking else said


def _change_line(talk: Talk, number: int) -> list[Say]:
    """ "Change 3": open that line of the read-back again."""
    if booking_talk.change_item(talk, number) is None:
        return [change_what(talk)]
    return proceed(talk, talk.phrase("change_line"))


def _refused(talk: Talk) -> list[Say]:
    talk.intake.status = "refused"
    talk.intake.answers.pop("consent", None)
    talk.nothing_open()
    talk.intake.asked = "consent"
    return [talk.say("refused")]


def change_what(talk: Talk) -> Say:
    """Ask which line of the read-back to change."""
    items = booking_talk.read_back_items(talk)
    talk.intake.state["read_back"] = [name for name, _ in items]
    question = talk.questions.question("read_back")
    assert question is not None
    said = Say(
        talk.phrase("change_what"),
        tuple((f"{number}. {talk.phrase(name)}", str(number)) for number, (name, _) in enumerate(items, 1)),
        talk.while_held({"kind": "choices", "for": "read_back"}, question),
        name="change_what",
    )
    talk.remember(said, question)
    return said


def _yes_or_no_to_options(talk: Talk, question: Question) -> list[Say] | None:
    """ "OK" to "what would you like to do next?" names no way: a visit is offered. "Nothing, thanks" is a goodbye."""
    offered = talk.intake.state.pop("visit_offered", False)
    intent = talk.understood.intent
    if intent == "affirm" and offered:
        return choose_option(talk, "book")
    if intent in ("affirm", "unsure") or _AT_A_LOSS.search(plain(talk.understood.text)):
        said = talk.put(question)
        name = "options_ok" if talk.clinic.practice.widget.offers_times else "options_ok_call"
        said = Say(talk.phrase(name), said.choices, said.input, name="options_ok")
        talk.intake.state["visit_offered"] = True
        return [said]
    if intent in ("deny", "later", "goodbye") or _NOTHING_MORE.fullmatch(plain(talk.understood.text)):
        return _finish(talk, "", later=True)
    return None


def choose_option(talk: Talk, reply: str) -> list[Say]:
    """The fork after the options: book, hear more, ask, or be called."""
    if reply == "book":
        flow.mark_done(talk.intake, "options")
        return proceed(talk, talk.phrase("thanks"))
    if reply == "call_me":
        flow.mark_done(talk.intake, "options")
        talk.intake.state["callback"] = booking_talk.about_errand(talk, "wants a call")
        return proceed(talk)
    if reply == "more":
        menu = treatments.menu(talk.clinic.treatments, talk.lang)
        said = Say(
            talk.phrase("options_which"),
            tuple((label, option) for option, label in menu),
            {"kind": "choices", "for": "options"},
            name="options_which",
        )
        talk.remember(said, talk.questions.question("options"))
        return [said]
    if reply == "ask":
        talk.intake.state["offered"] = []
        return [talk.say("options_ask")]
    return more_about(talk, reply)


def more_about(talk: Talk, option: str) -> list[Say]:
    """Explain one option, note the interest, and offer the fork again."""
    picked = list(talk.intake.value("interest") or [])
    if option not in picked:
        picked.append(option)
    talk.intake.answers["interest"] = Answer(picked, talk.understood.text, None, "asked")
    return tell_option(talk, option)


def tell_option(talk: Talk, option: str) -> list[Say]:
    """One option in full, and the fork; what may be told once more is remembered."""
    answers = {name: answer.value for name, answer in talk.intake.answers.items()}
    explained = treatments.explain_one(option, talk.clinic.treatments, talk.clinic.practice, talk.lang, answers)
    question = talk.questions.question("options")
    assert question is not None
    talk.intake.state |= {"told": list(explained.sources), "about": option, "told_last": option}
    said = Say(explained.text, name=f"treatment:{option}")
    return [said, talk.put(question)]


def _explain_options(talk: Talk, question: Question, before: str) -> list[Say]:
    if talk.intake.state.get("explained"):
        return [talk.put(question, before)]
    talk.intake.state["explained"] = True
    answers = {name: answer.value for name, answer in talk.intake.answers.items()}
    found = treatments.explain(answers, talk.clinic.treatments, talk.clinic.practice, talk.lang)
    talk.intake.state["told"] = list(dict.fromkeys(name for one in found for name in one.sources))
    intro = f"{before} {talk.phrase('no_flag') if not talk.intake.red_flags else ''}".strip()
    says = [Say(f"{intro} {talk.phrase('options_intro')}".strip(), name="options_intro")]
    says += [Say(one.text, name=f"treatment:{one.treatment}") for one in found]
    return [*says, talk.put(question)]


def say_goodbye(talk: Talk) -> list[Say]:
    """The visitor wants nothing more for now."""
    return _finish(talk, "", later=True)


def _finish(talk: Talk, before: str, *, later: bool = False) -> list[Say]:
    """Nothing is left to ask."""
    talk.nothing_open()
    booked = talk.intake.booking or talk.intake.state.get("callback_sent")
    if booked:
        talk.intake.state["closed"] = True
        talk.intake.status = "finished" if talk.intake.status != "handed_over" else "handed_over"
    elif later:
        talk.intake.status = "stopped"
    name = ("finished_later" if booked else "finished_no_visit") if later else "finished"
    return [Say(f"{before} {talk.phrase(name)}".strip(), name=name)]
