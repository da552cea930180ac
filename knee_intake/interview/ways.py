"""Replies to visitors who steer: a question, a person, why, skip, stop, start over, cancel … PURE."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from knee_intake import faq, treatments
from knee_intake.interview import after_alarm, booking_talk, flow, missed_point, visit_lookup
from knee_intake.interview.before_consent import NO_MORE_KNOWN
from knee_intake.interview.contact_kept_back import lets_visit_go
from knee_intake.interview.cost_words import asked_on_cost
from knee_intake.interview.errands import complains_of_bill, errand_of
from knee_intake.interview.feelings import fears_for_knee
from knee_intake.interview.hear import NAMES
from knee_intake.interview.merge import skip as leave_open
from knee_intake.interview.model import Intake
from knee_intake.interview.offered import plain
from knee_intake.interview.plain_words import wants_copy
from knee_intake.interview.reply import (
    acknowledgement,
    change_what,
    explain_question,
    go_on,
    kind_word,
    may_go_on,
    proceed,
    say_goodbye,
    tell_option,
    way_out,
)
from knee_intake.interview.say import Say, meaning
from knee_intake.interview.small_questions import answer_key, small_question, small_questions
from knee_intake.interview.talk import Talk
from knee_intake.texts import in_language

ASPECTS = {"ask_side_effects": ("risk",), "ask_safety": ("risk",), "ask_evidence": ("benefit", "limits")}
"""Questions that mean the option just spoken of, and the parts of its text that answer them."""
_BY_NAME = re.compile(r"\b(?:botox|dysport|botulin\w*|toxin|shots?|injections?)\b")
_WILL_CALL = re.compile(
    r"\b(?:i'll|i will|i shall|ill|i'd rather|id rather|i would rather|i'd prefer to|let me|i can|i want to)"
    r" (?:just |rather )?(?:call|phone|ring|telephone)\b"
)
""" "I'll phone": the clinic need not reach them."""
_OF_A_VISIT = re.compile(
    r"\b(?:visit|appointment|appt|booking|booked|reschedul\w*|resched|move|change|switch|postpone|cancel\w*|reference"
    r"|earlier|later|another|instead)\b",
    re.IGNORECASE,
)
_WHEN_CALLED = re.compile(
    r"\b(?:when|how (?:soon|long|quick\w*))\b.{0,30}\b(?:call|ring|phone|contact|hear|reach)\w*", re.IGNORECASE
)
SURELY_OFF_TOPIC = 0.6
"""Share of the classifier's vote."""
MOST_SOURCES = 6
FEARS = ("fear", "fear_2")
DISTRESS = ("distress", "distress_2", "distress_3")
DISTRESS_NOBODY = ("distress_nobody", "distress_nobody_2")
"""The same while nobody at the clinic is told of it."""
ABOUT_THE_CLINIC = ("ask_location", "ask_hours", "ask_parking", "ask_cost", "ask_referral", "ask_privacy", "ask_bot")
"""Questions that are answered even where the knee is a child's."""
ANSWERED_AGAIN = ("answer_again", "answer_again_2", "answer_again_3")
WELCOME = ("welcome", "gladly")
ENDED = ("stopped", "finished", "handed_over", "booked")
OTHER_LANGUAGE = ("other_language", "other_language_again")
INSULTED = ("insult_person", "insult_person_2")


def answer_question(talk: Talk) -> list[Say]:
    """Answer from clinic/answers.yml, two questions in turn; the open question is taken up again by the form."""
    says = _answer(talk)
    if says and talk.understood.asks_too is not None:
        first = talk.intake.state.get("told", [])
        more = _answer(replace(talk, understood=replace(talk.understood, intent=talk.understood.asks_too)))
        says += [said for said in more if said.text not in {one.text for one in says}]
        talk.intake.state["told"] = list(dict.fromkeys([*first, *talk.intake.state.get("told", [])]))
    return [*says, *(talk.say(name) for name in small_questions(talk.understood.text))] if says else says


def _answer(talk: Talk) -> list[Say]:
    intent = talk.understood.intent
    for name in ("told_last", "go_on_offered"):
        talk.intake.state.pop(name, None)
    if after_alarm.is_about_child(talk) and intent not in ABOUT_THE_CLINIC:
        return []  # the reply for a child follows
    if wants_copy(talk.understood.text):
        return [_copy_asked(talk)]
    about = _about(talk, intent)
    if intent in ASPECTS and about is not None:
        return [about]
    key = answer_key(talk.understood.text, intent)
    entry = talk.clinic.faq.answers.get(key)
    if intent in faq.ON_TOXINS or (entry is not None and entry.treatment):
        talk.intake.state["about"] = entry.treatment if entry is not None else None
    found = faq.answer(key, talk.clinic, talk.lang)
    talk.intake.state["told"] = list(found.sources)
    if talk.intake.state.get("callback_sent") and _WHEN_CALLED.search(talk.understood.text):
        return [talk.say("call_when")]
    said = f"{plain(talk.understood.text)} {intent}"
    same = talk.intake.state.get("question_last") == said
    talk.intake.state["question_last"] = said
    if same or (intent in NO_MORE_KNOWN and talk.intake.state.get("answered_last") == intent):
        return [Say(_no_more_known(talk, intent), name=f"answer:{intent}")]
    talk.intake.state["answered_last"] = intent
    return [Say(found.text, name=f"answer:{key}")]


def _no_more_known(talk: Talk, intent: str) -> str:
    """To who asks on: that of this very thing nothing is known, or that there is no more; each time in other words."""
    name = asked_on_cost(talk.understood.text, talk.clinic) if intent == "ask_cost" else None
    if name is not None and talk.intake.state.get("asked_on") != name:
        talk.intake.state["asked_on"] = name
        return talk.phrase(name)
    return talk.in_turn(ANSWERED_AGAIN)


def _copy_asked(talk: Talk) -> Say:
    """The wish goes to the clinic's requests (see dialogue/turn.py); a person answers it."""
    talk.intake.state["copy_asked"] = True
    text = talk.phrase("copy_asked", days=talk.clinic.practice.requests.due_days)
    if not (talk.intake.value("phone") or talk.intake.value("email")):
        text = f"{text} {talk.phrase('copy_reach')}"
    return Say(text, name="copy_asked")


def _about(talk: Talk, intent: str) -> Say | None:
    """ "What are the risks?" right after acupuncture asks for those of acupuncture."""
    said = talk.understood.text.casefold()
    named = [option for name, option in NAMES.items() if name in said]
    option = named[0] if len(named) == 1 else talk.intake.state.get("about")
    if option is None or intent not in ASPECTS or _BY_NAME.search(said):
        return None
    found = talk.clinic.treatments.get(option)
    if found.off_label:
        return None
    text = treatments.aspect(option, ASPECTS[intent], talk.clinic.treatments, talk.lang)
    label = in_language(found.label, talk.lang)
    talk.intake.state["told"] = list(found.sources)
    return Say(text or talk.phrase("no_checked_facts", option=label.lower()), name=f"treatment:{option}:{intent}")


def take_up_again(talk: Talk) -> list[Say]:
    """After an answer: what was told beside the question is acknowledged, then the open question comes back."""
    if talk.intake.asked is None and talk.intake.status in ("stopped", "finished", "handed_over"):
        return []
    if after_alarm.is_about_child(talk) and talk.understood.intent not in ABOUT_THE_CLINIC:
        return go_on(talk)
    return go_on(talk, after_answer=not _told_beside(talk))


def call_me(talk: Talk) -> list[Say]:
    """A call back: contact, then a note for the staff."""
    talk.intake.state["callback"] = booking_talk.about_errand(talk, "wants a call")
    return proceed(talk, acknowledgement(talk))


def why_ask(talk: Talk) -> list[Say]:
    """Tell why the open question is asked, and ask it again."""
    question = talk.open_question
    reason = question.reason.get(talk.lang, question.reason["en"]) if question else talk.phrase("no_reason")
    if _told_beside(talk):  # told, and then asked why
        return [Say(reason, name="why_ask"), *take_up_again(talk)]
    return _again(talk, reason)


def _told_beside(talk: Talk) -> bool:
    """Whether this text also tells something, so that it is acknowledged and the chat goes on."""
    return bool(talk.merged.reply in ("answered", "unsure") or talk.merged.heard or talk.merged.corrected)


def what_means(talk: Talk) -> list[Say]:
    """What the open question means, in other words."""
    question = talk.open_question
    if question is None:
        return [talk.say("not_heard_open")]
    if _told_beside(talk):
        told = meaning(question, talk.only_asked, talk.lang)
        return [Say(talk.phrase("i_meant", meaning=told), name="what_means"), *take_up_again(talk)]
    if talk.intake.state.get("meaning_told") == question.id:
        return [way_out(talk, question)]  # said once already; more of the same would help nobody
    talk.intake.state["meaning_told"] = question.id
    return [explain_question(talk, question, "")]


def repeat(talk: Talk) -> list[Say]:
    """The same once more: the open question in full, with what was explained before it."""
    question = talk.open_question
    if question is not None and question.fills and _told_beside(talk):
        asked = question.variants.get(talk.intake.asked or "", question.text)
        said = talk.phrase("i_asked", question=asked.get(talk.lang, asked["en"]))
        return [Say(said, name="i_asked"), *take_up_again(talk)]
    if question is not None and question.id == "options" and (option := talk.intake.state.get("told_last")):
        return tell_option(talk, option)
    if question is None or question.id in ("appointment", "read_back", "options"):
        talk.intake.state.pop("explained", None)
        return proceed(talk) if question is not None else _again(talk, "")
    return [talk.put(question, wording="new")]


def distress(talk: Talk) -> list[Say]:
    """Frightened or desperate, in no danger: a kind word, the phone and a person, then the question is left open.

    Who asks in fear what will become of the knee hears what to watch for; lines for a crisis would frighten more.
    """
    if fears_for_knee(talk.understood.text):
        return _and_then(talk, Say(talk.in_turn(FEARS), name="fear"))
    told = talk.desk.on_duty("call_back")
    text = talk.in_turn(DISTRESS) if told else talk.in_turn(DISTRESS_NOBODY, reach=booking_talk.reach_of_clinic(talk))
    said = Say(text, name="distress")
    if not talk.intake.state.get("distress_noted"):
        talk.intake.state["distress_noted"] = True
        talk.desk.call_back("distress: please read this chat", talk.intake.value("first_name"), None, "")
    return _and_then(talk, said)


def _and_then(talk: Talk, said: Say) -> list[Say]:
    """A kind word, and the open question once more."""
    if talk.open_question is None or talk.intake.status in ("advised", "stopped", "finished", "handed_over"):
        return [said]
    return [said, *(take_up_again(talk) if _told_beside(talk) else _again(talk, ""))]


def how_to_change(talk: Talk) -> list[Say]:
    """ "What if I can't come?": a visit can be moved or cancelled here, or by phone."""
    return [talk.say("how_to_change"), *take_up_again(talk)]


def not_known(talk: Talk) -> list[Say]:
    """ "Do you do MRIs?", "How many visits?": only the clinic knows, or nobody yet."""
    return [talk.say(small_question(talk.understood.text) or "not_known"), *take_up_again(talk)]


def reminder(talk: Talk) -> list[Say]:
    """ "Do I get a reminder?": by mail, where this server sends some."""
    return [talk.say("reminder_mail" if talk.desk.mails else "reminder_none"), *take_up_again(talk)]


def who_says(talk: Talk) -> list[Say]:
    """ "Says who?": the sources of what was told last, by title."""
    names = talk.intake.state.get("told", [])
    sources = talk.clinic.sources
    found = [sources[name] for name in names if name in sources][:MOST_SOURCES]
    lines = [f"- {one.title} ({one.year})" if one.year else f"- {one.title}" for one in found]
    text = "\n".join([talk.phrase("sources_are"), *lines]) if lines else talk.phrase("sources_none")
    return [Say(text, name="sources"), *take_up_again(talk)]


def withdraw_consent(talk: Talk) -> list[Say]:
    """The agreement is taken back: nothing more is asked or kept, and how to have all of it deleted is said."""
    talk.nothing_open()
    talk.intake.status = "refused"
    talk.intake.answers.pop("consent", None)
    talk.intake.state["consent_withdrawn"] = True
    return [talk.say("withdrawn")]


def help_out(talk: Talk) -> list[Say]:
    return _again(talk, talk.phrase("help"))


def how_many_more(talk: Talk) -> list[Say]:
    answered, of = flow.progress(talk.intake, talk.questions)
    left = max(1, of - answered)
    text = talk.phrase("how_many_one") if left == 1 else talk.phrase("how_many", left=left)
    return [Say(text, name="how_many"), *take_up_again(talk)] if _told_beside(talk) else _again(talk, text)


def skip(talk: Talk) -> list[Say]:
    """Leave the open question out; a safety question is asked once more instead."""
    question = talk.open_question
    if question is None:
        return go_on(talk)
    if question.id == "appointment":
        return booking_talk.without_time(talk)
    if question.id == "contact" and talk.wants_call:
        return booking_talk.without_contact(talk)
    if question.id == "contact":
        return _keeps_contact_back(talk)
    if not question.skippable:
        return _again(talk, talk.phrase("cannot_skip" if question.alarm else "cannot_skip_this"))
    if question.id == "options":
        return say_goodbye(talk)
    if question.id == "after_offer":
        talk.merged.reply, talk.merged.step = "answered", "skip"
        return go_on(talk)
    leave_open(talk.intake, question, talk.understood.text, None)
    return proceed(talk, talk.phrase("skipped"))


def _keeps_contact_back(talk: Talk) -> list[Say]:
    """Without a way to reach somebody there is no visit: said once, then the time is let go and the phone named."""
    state = talk.intake.state
    if not state.get("contact_refused") and not _WILL_CALL.search(plain(talk.understood.text)):
        state["contact_refused"] = True
        return _again(talk, talk.phrase("contact_needed"))
    return _let_time_go(talk)


def _let_time_go(talk: Talk) -> list[Say]:
    booking_talk.forget_time(talk)
    talk.intake.state.pop("times_shown", None)
    talk.nothing_open()
    talk.intake.status = "stopped"
    return [talk.say("no_contact_no_visit")]


def stop(talk: Talk) -> list[Say]:
    if talk.wants_call:  # "never mind" takes the wish for a call back, not the whole chat
        booking_talk.forget_call_back(talk)
        return proceed(talk, talk.phrase("back_to_bot"))
    talk.nothing_open()
    talk.intake.status = "stopped"
    return [talk.say("stopped")]


def start_over(talk: Talk) -> list[Say]:
    """Forget the answers and begin again; consent and safety flags stay."""
    intake = talk.intake
    consent = intake.answers.get("consent")
    fresh = Intake(status="active", red_flags=intake.red_flags, signs=[], door=intake.door, booking=intake.booking)
    if consent is not None:
        fresh.answers["consent"] = consent
    intake.__dict__.update(fresh.__dict__)
    return proceed(talk, talk.phrase("start_over"))


def go_back(talk: Talk) -> list[Say]:
    """Open the question before again."""
    if talk.trail:
        talk.trail.pop()
    name = talk.trail.pop() if talk.trail else None
    question = talk.questions.question(name) if name else None
    if question is None or question.id == "consent" or talk.intake.booking:
        return _again(talk, talk.phrase("change_how"))
    for field in question.fills:
        talk.intake.answers.pop(field, None)
    flow.done(talk.intake)[:] = [step for step in flow.done(talk.intake) if step != question.id]
    return proceed(talk, talk.phrase("gone_back"))


def change_answer(talk: Talk) -> list[Say]:
    question = talk.open_question
    if question is not None and question.id == "read_back":
        return [change_what(talk)]
    return _again(talk, talk.phrase("change_how"))


def missed_the_point(talk: Talk) -> list[Say]:
    """ "That's not what I meant": what was said is not taken for an answer to the open question."""
    question = talk.open_question
    if question is not None and question.id == "read_back":
        return [change_what(talk)]
    return _again(talk, talk.phrase(missed_point.ACT))


def book(talk: Talk) -> list[Say]:
    """The shortest way to a visit from wherever the visitor is."""
    intake = talk.intake
    if intake.booking and intake.booking.get("status") == "cancelled":
        intake.booking, intake.status = None, "active"
        booking_talk.forget_time(talk)
    if intake.booking:
        return [talk.say("kept", time=booking_talk.time_of_booking(talk)), *take_up_again(talk)]
    if intake.status in ("stopped", "handed_over", "finished"):
        intake.status = "active"
        booking_talk.forget_call_back(talk)
    in_the_middle = flow.next_question(intake, talk.questions)
    before = acknowledgement(talk)
    if in_the_middle is not None and in_the_middle.counts:
        intake.door = "book"
        following = flow.next_question(intake, talk.questions)
        soon = following is not None and following.counts
        before = f"{before} {_on_the_way(talk, soon)}".strip()
    flow.mark_done(intake, "options")
    return proceed(talk, before)


def _on_the_way(talk: Talk, soon: bool) -> str:
    """What is said to a wish for a visit in the middle of the interview."""
    if talk.clinic.practice.widget.offers_times:
        return talk.phrase("book_soon" if soon else "book_now")
    return talk.phrase("book_soon_call") if soon else ""


def already_patient(talk: Talk) -> list[Say]:
    """The visit of this very chat is known; anything else is for the phone."""
    booking = talk.intake.booking
    if booking and booking.get("status") != "cancelled":
        time, reference = booking_talk.time_of_booking(talk), booking["reference"]
        return [talk.say("your_visit", time=time, reference=reference), *take_up_again(talk)]
    talk.intake.state["errand"] = errand_of(talk.understood.text) or talk.intake.state.get("errand")
    sorry = talk.phrase("sorry_for_that") if complains_of_bill(talk.understood.text) else ""
    said = Say(f"{sorry} {talk.phrase('already_patient')}".strip(), name="already_patient")
    return [said, *take_up_again(talk)]


def cancel_booking(talk: Talk) -> list[Say]:
    """Ask whether to cancel the visit: the one of this chat, or one that is found by its reference."""
    if (
        not talk.intake.booking
        and talk.intake.state.get("callback_sent")
        and not _OF_A_VISIT.search(talk.understood.text)
    ):
        return go_on(talk)  # "and don't call after 6" is for the note
    if not talk.intake.booking and (asked := visit_lookup.start(talk, "cancel")) is not None:
        return asked
    return [ask_whether_to_cancel(talk)]


def ask_whether_to_cancel(talk: Talk) -> Say:
    said = Say(
        talk.phrase("cancel_sure", time=booking_talk.time_of_booking(talk)),
        (("Yes, cancel it", "yes"), ("No, keep it", "no")),
        {"kind": "choices", "for": "cancel_visit"},
        name="cancel_sure",
    )
    talk.remember(said, None)
    return said


def reschedule(talk: Talk) -> list[Say]:
    """Look for another time; the old visit stays until the new one is asked for."""
    if not talk.intake.booking:
        if talk.intake.state.get("chosen") or talk.intake.state.get("moving"):
            booking_talk.wish_beside(talk)
            booking_talk.forget_time(talk)
            return proceed(talk)
        if not _OF_A_VISIT.search(talk.understood.text) and talk.intake.state.get("callback_sent"):
            return go_on(talk)
        if not _OF_A_VISIT.search(talk.understood.text):
            return book(talk)  # "Thursday morning would suit me": a wish, where no visit is there to be moved
        if (asked := visit_lookup.start(talk, "move")) is not None:
            return asked
    return move_visit(talk)


def move_visit(talk: Talk) -> list[Say]:
    """Offer other times; the visit stays until another is asked for."""
    assert talk.intake.booking is not None
    talk.intake.state |= {"moving": talk.intake.booking["reference"], "moving_visit": talk.intake.booking}
    talk.intake.booking = None
    talk.intake.status = "active"
    booking_talk.forget_time(talk)
    return proceed(talk)


def found_visit(talk: Talk) -> list[Say]:
    """The reply to the question for the reference: what was wanted is done once the visit is found."""
    why = talk.intake.state.get("looking_for")
    if left := visit_lookup.leaves(talk):
        talk.nothing_open()
        said = [talk.say("visit_not_found_phone")] if left == "no_reference" else []
        return [*said, *proceed(talk, "" if said else talk.phrase("back_to_bot"))]
    if (asked := visit_lookup.take(talk)) is not None:
        return asked
    return [ask_whether_to_cancel(talk)] if why == "cancel" else move_visit(talk)


def keep_visit(talk: Talk) -> list[Say]:
    """The visit that was to be moved stays as it was; so does a time that was picked and is not asked for yet."""
    if not talk.intake.state.get("moving"):
        said = booking_talk.keep_picked(talk)
        return proceed(talk, booking_talk.time_kept(talk)) if said is None else said
    talk.intake.booking = talk.intake.state.pop("moving_visit", None)
    talk.intake.state.pop("moving", None)
    talk.intake.status = "booked"
    talk.nothing_open()
    return [talk.say("kept", time=booking_talk.time_of_booking(talk))]


def no_visit(talk: Talk) -> list[Say]:
    """No visit is wanted after all: the time is let go, and the other ways are offered."""
    if talk.wants_call:  # the contact was asked for to call back
        booking_talk.forget_call_back(talk)
        if not lets_visit_go(plain(talk.understood.text)):
            return proceed(talk, talk.phrase("back_to_bot"))
    if talk.intake.state.get("moving"):
        return keep_visit(talk)
    if talk.intake.asked in ("contact", "first_name") and talk.intake.state.get("contact_refused"):
        return _let_time_go(talk)
    booking_talk.forget_time(talk)
    talk.intake.state.pop("times_shown", None)
    question = talk.questions.question("options")
    assert question is not None
    return [talk.put(question, talk.phrase("no_visit"))]


def which_suits(talk: Talk) -> list[Say]:
    """ "Which one would you pick?": that is for the clinician, and what is known of each can be told."""
    return [talk.say("which_suits"), *take_up_again(talk)]


def greet(talk: Talk) -> list[Say]:
    if talk.open_question is None and may_go_on(talk):
        talk.intake.state["go_on_offered"] = True
        return [talk.say("welcome_back")]
    return _again(talk, talk.phrase("hello_again"))


def no_offence(talk: Talk) -> list[Say]:
    """ "Sorry, bad day": no need to be."""
    return _again(talk, talk.phrase("no_offence"))


def thanks(talk: Talk) -> list[Say]:
    if talk.open_question is None and talk.intake.status in ENDED:
        return [Say(f"{talk.in_turn(WELCOME)} {talk.phrase('take_care')}", name="welcome")]
    return _again(talk, talk.in_turn(WELCOME))


def goodbye(talk: Talk) -> list[Say]:
    return stop(talk) if talk.intake.status == "active" else [talk.say("finished")]


def insult(talk: Talk) -> list[Say]:
    """Kindly; from the second time on a person is offered."""
    count = talk.intake.state.get("insults", 0) + 1
    talk.intake.state["insults"] = count
    if count == 1:
        return _again(talk, talk.phrase("insult"))
    choices = ((talk.phrase("person_label"), "talk_to_human"), (talk.phrase("go_on_label"), "repeat"))
    said = Say(
        talk.in_turn(INSULTED), choices, {"kind": "choices", "for": talk.intake.asked or "person"}, name="insult_person"
    )
    talk.intake.state |= {
        "offered": [{"label": label, "value": value} for label, value in choices],
        "offered_kind": "choices",
    }
    return [said]


def other_language(talk: Talk) -> list[Say]:
    said = Say(talk.in_turn(OTHER_LANGUAGE), name="other_language")
    question = talk.open_question
    return [said] if question is None or talk.intake.status == "advised" else [said, *_again(talk, "")]


def just_question(talk: Talk) -> list[Say]:
    return [talk.say("welcome_question")]


def not_understood(talk: Talk) -> list[Say]:
    """Nothing of the text could be used."""
    if talk.open_question is not None or talk.intake.status not in ("active", "booked"):
        return go_on(talk)
    return [talk.say("not_heard_open")]


def off_topic(talk: Talk) -> list[Say]:
    """None of our business: said so, and the open question comes back.

    It counts as a reply that was not understood: whoever is taken for off topic twice hears what is meant, then a way
    out.
    """
    question, failures = talk.open_question, talk.intake.state.get("failures", 0)
    sure = talk.understood.confidence >= SURELY_OFF_TOPIC
    if question is None or failures or not sure or talk.intake.status not in ("active", "booked"):
        return not_understood(talk)
    said = _again(talk, kind_word(talk) or talk.phrase("off_topic"))
    talk.intake.state["failures"] = failures + 1
    return said


def _again(talk: Talk, before: str) -> list[Say]:
    """Say something small, then take the open question up again."""
    question = talk.open_question
    if question is None or talk.intake.status in ("advised", "stopped", "finished"):
        return [Say(f"{before} {talk.phrase('anything_else')}".strip(), name="anything_else")]
    if question.id in ("appointment", "read_back", "options"):
        return proceed(talk, before) if question.id != "options" else [talk.put(question, before)]
    return [talk.put(question, before)]


WAYS: dict[str, Callable[[Talk], list[Say]]] = {
    "talk_to_human": booking_talk.ask_for_person,
    "call_me": call_me,
    "why_ask": why_ask,
    "what_means": what_means,
    "who_says": who_says,
    "distress": distress,
    "withdraw_consent": withdraw_consent,
    "repeat": repeat,
    "help": help_out,
    "how_many_more": how_many_more,
    "skip": skip,
    "later": skip,
    "stop": stop,
    "start_over": start_over,
    "go_back": go_back,
    "change_answer": change_answer,
    missed_point.ACT: missed_the_point,
    "book": book,
    "already_patient": already_patient,
    "cancel_booking": cancel_booking,
    "reschedule": reschedule,
    "keep_visit": keep_visit,
    "extend_hold": booking_talk.extend_hold,
    "no_visit": no_visit,
    "which_suits": which_suits,
    "how_to_change": how_to_change,
    "reminder": reminder,
    "not_known": not_known,
    "no_offence": no_offence,
    "greet": greet,
    "thanks": thanks,
    "goodbye": goodbye,
    "insult": insult,
    "other_language": other_language,
    "just_question": just_question,
    "out_of_scope": off_topic,
    "nlu_fallback": not_understood,
}
"""Intent -> the reply to it. Everything else goes on with the interview."""

AFTER_AN_EMERGENCY = ("talk_to_human", "call_me")
"""What still works once a safety text has stopped the interview; nothing leads on to a booking."""


def steer(talk: Talk, act: str) -> list[Say]:
    """The reply to what the visitor wants of the conversation itself."""
    if act == "visit_lookup":
        return found_visit(talk)
    answers_alarm = act not in AFTER_AN_EMERGENCY or talk.intake.asked == after_alarm.CALL or after_alarm.is_told(talk)
    if talk.intake.status == "advised" and answers_alarm:
        return go_on(talk)
    return WAYS.get(act, go_on)(talk)
