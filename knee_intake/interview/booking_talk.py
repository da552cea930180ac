"""The booking part of the conversation: times, contact, read-back, reference; call-backs; cancelling. PURE."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import phonenumbers

from knee_intake.booking import FreeTime, Wish
from knee_intake.errors import BookingLimitError, CalendarUnavailableError, SlotTakenError
from knee_intake.interview import flow, off_duty
from knee_intake.interview.chosen_times import (
    chosen_times,
    dump,
    keep,
    keep_longer,
    labels,
    let_go,
    load,
    may_add_time,
    times_of_clinic,
)
from knee_intake.interview.errands import OF_THE_DESK, errand_of
from knee_intake.interview.model import Answer
from knee_intake.interview.offered import plain
from knee_intake.interview.questions import Question
from knee_intake.interview.say import Say
from knee_intake.interview.spoken import spoken
from knee_intake.interview.talk import Placed, Talk

REGION = "US"
OFFERED_TIMES = 5
OTHER = "other"
NO_TIME_OF_ITS_OWN = {"none_fits", "pick", "note", "which"}
TIMES_OF_DAY = ("after", "before", "asap")
DAYS_WISHED = ("earliest", "latest", "weekdays", "not_weekdays", "asap")
MOST_WORDS = 300
_ORDINAL = re.compile(
    r"(?:(?:i'll take|i take|take|ok|okay|yes|let's do)[ ,]+)?(?:the )?(?P<number>[1-9])(?:st|nd|rd|th)(?: please)?"
)
_THAT_DAY = re.compile(r"\b(?:that|the|this) (?:same )?day\b|\bsame day\b")
ADD_TIME, ENOUGH, YES_EMAIL = "add_time", "enough", "yes_email"
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
WANTS_A_PERSON = "wants to talk to a person"
"""Topic of a call back that was asked for in place of the assistant."""
CHANGES = {
    "line_time": ("time", "day", "date", "slot", "appointment"),
    "line_contact": ("name", "phone", "number", "email", "contact"),
}
"""What of the read-back may be changed, and the words that name it."""
CONTACT = ("first_name", "phone", "email")
PARTS_OF_CONTACT = {
    "first_name": {"name", "names"},
    "phone": {"phone", "number", "cell", "telephone", "mobile"},
    "email": {"email", "mail", "address"},
}
"""The words that name one part of a contact."""

LIMIT_PHRASES = {
    "holds": "limit_holds",
    "conversation": "limit_conversation",
    "address": "limit_address",
    "contact": "limit_contact",
}
"""What is said where one visitor has taken as much of the calendar as one may, by the limit's name."""


def offer_times(talk: Talk, question: Question, before: str = "") -> list[Say]:
    """Offer free times that fit the visitor's wish; without any, keep the request as a call-back."""
    state = talk.intake.state
    if _no_times_here(talk):
        return call_instead(talk, before)
    again, others, had_wish = "times" in state, bool(state.get("later_times")), bool(state.get("wish"))
    try:
        times, fits = _find_times(talk)
    except CalendarUnavailableError:
        return _keep_as_call_back(talk, "calendar_down")
    if not times:
        return _keep_as_call_back(talk, "no_times_at_all")
    new_wish = state.pop("wish_is_new", False)
    same = [time["value"] for time in state.get("times", [])] == [time.value for time in times]
    news = others or new_wish or not same
    all_shown = not fits and others and not had_wish
    if not fits and news:
        before = f"{before} {talk.phrase('no_more_times' if all_shown else 'no_times')}".strip()
    if news and not all_shown and (again or not fits or new_wish):
        before = f"{before} {talk.phrase('fitting_times' if fits and new_wish else 'other_times')}".strip()
    text = _wording_of_times(talk, question, again or new_wish, same)
    state["times"] = [dump(time) for time in times]
    zone = talk.clinic.practice.zoneinfo()
    choices = [*((time.label(zone), time.value) for time in times), (talk.phrase("time_label"), OTHER)]
    if state.get("adding"):
        choices.append((talk.phrase("enough_label"), ENOUGH))
    said = Say(f"{before} {text}".strip(), tuple(choices), {"kind": "slots", "for": "appointment"}, name=question.id)
    talk.remember(said, question)
    return [said]


def _wording_of_times(talk: Talk, question: Question, again: bool, same: bool) -> str:
    """The question for a time; where the same times are offered again, in other words each time."""
    if not again:
        return question.text["en"]
    if not same:
        return question.variants["others"]["en"]
    turn = talk.intake.state.get("times_again", -1) + 1
    talk.intake.state["times_again"] = turn
    return (question.resume, question.again, question.variants["others"])[turn % 3]["en"]


def _find_times(talk: Talk) -> tuple[list[FreeTime], bool]:
    """Free times, and whether they are what was wished; any times where nothing fits the wish.

    What the clinic has offered itself is offered again until the visitor wants something else.
    """
    state = talk.intake.state
    later = state.pop("later_times", False)
    if state.get("wish_is_new"):
        state.pop("times_shown", None)
    if later:  # all that were shown so far, or two lists would take turns
        state["times_shown"] = [*state.get("times_shown", []), *(time["value"] for time in state.get("times", []))]
    seen = state.get("times_shown", [])
    own = [time.value for time in chosen_times(talk)]
    if later or state.get("wish_is_new"):
        state.pop("clinic_times", None)
    if offered := [time for time in times_of_clinic(talk) if time.value not in own]:
        return offered, True
    times = talk.desk.free_times(Wish.from_answer(state.get("wish") or {}), OFFERED_TIMES, [*seen, *own])
    if times or not (seen or state.get("wish")):
        return times, True
    state["wish_words"] = state.get("wish_words") or talk.understood.text
    if later and state.pop("wish", None):  # all that fit were shown; the others are next
        times = talk.desk.free_times(Wish.from_answer({}), OFFERED_TIMES, [*seen, *own])
        if times:
            return times, False
    state.pop("times_shown", None)
    return talk.desk.free_times(Wish.from_answer({}), OFFERED_TIMES, own), False


def _keep_as_call_back(talk: Talk, why: str) -> list[Say]:
    talk.intake.state["callback"] = "no time found"
    return [talk.say(why), *ask_contact(talk)]


def _no_times_here(talk: Talk) -> bool:
    """Whether no times are given out for now; those that staff have offered by hand still are."""
    return not talk.clinic.practice.widget.offers_times and not times_of_clinic(talk)


def call_instead(talk: Talk, before: str = "") -> list[Say]:
    """No times are given out for now: the clinic calls. A visit that was to be moved stays as it is."""
    state = talk.intake.state
    state.pop("moving", None)
    if state.get("wish"):
        state["wish_words"] = state.get("wish_words") or talk.understood.text
    if (visit := state.pop("moving_visit", None)) is not None:
        talk.intake.booking = visit
        state["callback"] = "wants another time"
        text = talk.phrase("no_booking_move", time=time_of_booking(talk))
    else:
        state["callback"] = "wants a visit"
        text = talk.phrase("no_booking")
    return [Say(f"{before} {text}".strip(), name="no_booking"), *ask_contact(talk)]


def without_time(talk: Talk) -> list[Say]:
    """The visitor wants none of the times: the clinic may call instead."""
    talk.intake.state["callback"] = "no time chosen"
    return ask_contact(talk, talk.phrase("no_time_needed"))


def take_time(talk: Talk) -> list[Say] | None:
    """Read the reply to the offered times. Returns what to say instead of going on, or None to go on."""
    state, reply = talk.intake.state, talk.merged.step
    if state.get("adding") and (reply == ENOUGH or talk.understood.intent == "deny"):
        state.pop("adding")
        flow.mark_done(talk.intake, "appointment")
        return None
    if _no_times_here(talk):
        state["wish_words"] = talk.understood.text
        return call_instead(talk)
    times = [load(time) for time in state.get("times", [])]
    chosen = _by_ordinal(talk.understood.text, times) or _chosen(reply, times, talk.now) or _asked_exactly(talk, reply)
    if chosen is not None:
        try:
            keep(talk, chosen)
        except SlotTakenError:
            return _taken(talk)
        except BookingLimitError as error:
            return _limited(talk, error.reason, chosen)
        flow.mark_done(talk.intake, "appointment")
        return None
    if reply == OTHER or (isinstance(reply, dict) and reply.get("none_fits")):
        state["later_times"] = True
    wish = {name: value for name, value in reply.items() if value} if isinstance(reply, dict) else {}
    if note := wish.pop("note", None):
        note_wish(talk, str(note))
    if wish:
        state["wish"] = merged_wish(state.get("wish") or {}, wish)
        state["wish_words"] = talk.understood.text
        state["wish_is_new"] = bool({*wish} - NO_TIME_OF_ITS_OWN)
    if note and not state.get("wish_is_new"):
        question = talk.questions.question("appointment")
        assert question is not None
        return offer_times(talk, question, talk.phrase("wish_noted"))
    return None


def note_wish(talk: Talk, note: str) -> None:
    """ "With a woman if possible": kept in the visitor's words for the staff, and promised by nobody."""
    known = talk.intake.value("access_needs")
    value = f"{known}; {note}" if known and note not in str(known) else str(known or note)
    talk.intake.answers["access_needs"] = Answer(value[:MOST_WORDS], talk.understood.text, None, "volunteered")


def merged_wish(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A wish and what is said later: another time of day takes the place of the old, other days that of the days."""
    kept = dict(old)
    for kind in (TIMES_OF_DAY, DAYS_WISHED):
        if {*kind} & {*new}:
            kept = {name: value for name, value in kept.items() if name not in kind}
    return {**kept, **new}


def time_kept(talk: Talk) -> str:
    """That the chosen time is held, and for how long; empty where none is chosen."""
    chosen = talk.intake.state.get("chosen")
    if not chosen:
        return ""
    practice = talk.clinic.practice
    return talk.phrase("time_kept", time=labels(talk), minutes=practice.booking.hold_minutes)


def _taken(talk: Talk) -> list[Say]:
    """The time was lost to somebody else: forget it and offer others."""
    forget_time(talk)
    question = talk.questions.question("appointment")
    assert question is not None
    return offer_times(talk, question, talk.phrase("time_taken"))


def _limited(talk: Talk, reason: str, wanted: FreeTime) -> list[Say]:
    """One may not take more by oneself: the phone and a call back are offered, and the wish is kept for the staff."""
    talk.intake.state |= {"wish_words": wanted.label(talk.clinic.practice.zoneinfo()), "limited": True}
    ways = (("call_label", "call_me"), ("not_now_label", "stop"))
    choices = tuple((talk.phrase(name), value) for name, value in ways)
    name = LIMIT_PHRASES[reason]
    said = Say(talk.phrase(name), choices, {"kind": "choices", "for": talk.intake.asked}, name=name)
    talk.remember(said, talk.open_question)
    return [said]


def forget_time(talk: Talk) -> None:
    """Make the choice of a time open again; what was picked is remembered, for who would rather keep it."""
    if chosen := talk.intake.state.get("chosen"):
        talk.intake.state["picked_before"] = chosen
    let_go(talk.intake)
    flow.reopen(talk.intake, "appointment", "read_back")


def be_seen_first(talk: Talk) -> list[Say]:
    """A sign that must be seen today was told: no time is offered beside its text, and a visit of before stays."""
    state = talk.intake.state
    moved = state.pop("moving", None)
    forget_time(talk)
    talk.nothing_open()
    if moved:
        talk.intake.booking = state.pop("moving_visit", None)
        talk.intake.status = "booked"
        return [talk.say("kept", time=time_of_booking(talk))]
    talk.intake.status = "stopped"
    return [talk.say("seen_first")]


def wish_beside(talk: Talk) -> bool:
    """ "An earlier time that day": a wish that goes by the time that is picked. Whether there is one."""
    said, chosen = plain(talk.understood.text), chosen_times(talk)
    if not chosen or not _THAT_DAY.search(said):
        return False
    start = chosen[0].start
    day = start.date().isoformat()
    wish: dict[str, Any] = {"earliest": day, "latest": day}
    if re.search(r"\b(?:earlier|sooner)\b", said):
        wish["before"] = (start - MINUTE).strftime("%H:%M")
    elif re.search(r"\blater\b", said):
        wish["after"] = (start + MINUTE).strftime("%H:%M")
    talk.intake.state |= {"wish": wish, "wish_is_new": True, "wish_words": talk.understood.text}
    return True


def keep_picked(talk: Talk) -> list[Say] | None:
    """Take up again the time that was picked before; what to say where it is gone, else None."""
    time = load(talk.intake.state.pop("picked_before"))
    try:
        keep(talk, time)
    except SlotTakenError:
        return _taken(talk)
    except BookingLimitError as error:
        return _limited(talk, error.reason, time)
    flow.mark_done(talk.intake, "appointment")
    return None


def add_time(talk: Talk) -> None:
    """Open the question for a time once more, for one that would do as well."""
    talk.intake.state |= {"adding": True, "later_times": False}
    talk.intake.state.pop("wish", None)
    flow.reopen(talk.intake, "appointment", "read_back")


def extend_hold(talk: Talk) -> list[Say]:
    """Keep what was picked for some minutes more, where nobody has taken it meanwhile."""
    question = talk.open_question
    try:
        keep_longer(talk)
    except SlotTakenError:
        return _taken(talk)
    except BookingLimitError as error:
        return _limited(talk, error.reason, chosen_times(talk)[0])
    minutes = talk.clinic.practice.booking.hold_minutes
    before = talk.phrase("time_kept", time=labels(talk), minutes=minutes)
    assert question is not None
    return read_back(talk, question, before) if question.id == "read_back" else [talk.put(question, before)]


def change(talk: Talk, what: str) -> None:
    """Open the time or the contact again."""
    if what == "line_time":
        near = wish_beside(talk)
        forget_time(talk)
        talk.intake.state["later_times"] = not near  # not the ones that were there before
    else:
        _open_contact(talk)


def _open_contact(talk: Talk) -> None:
    """Ask for the name or the number again, as far as it was named; the rest is kept for who leaves it out."""
    answers, said = talk.intake.answers, {*re.findall(r"[a-z]+", plain(talk.understood.text))}
    told = {name: answers[name].to_dict() for name in CONTACT if name in answers}
    by_number = re.search(r"\d", talk.understood.text)  # "change number 5" names no phone
    named = [name for name, ways in PARTS_OF_CONTACT.items() if said & ways and not by_number]
    again = CONTACT if len(named) != 1 else ("first_name",) if named == ["first_name"] else ("phone", "email")
    talk.intake.state |= {"contact_before": told, "contact_named": named}
    for name in again:
        answers.pop(name, None)


def _by_ordinal(text: str, times: list[FreeTime]) -> FreeTime | None:
    """ "The 2nd" is the second of the times, where none of them is on the second of a month."""
    found = _ORDINAL.fullmatch(plain(text))
    if found is None or any(time.start.day == int(found["number"]) for time in times):
        return None
    return times[int(found["number"]) - 1] if int(found["number"]) <= len(times) else None


def _asked_exactly(talk: Talk, reply: Any) -> FreeTime | None:
    """ "Could I come Wednesday at 1?": that very time, where it is free in the week ahead, is taken at once."""
    if not isinstance(reply, dict) or not reply.get("after") or reply.get("after") != reply.get("before"):
        return None
    if not (reply.get("weekdays") or (reply.get("earliest") and reply.get("earliest") == reply.get("latest"))):
        return None
    if reply.get("none_fits") or reply.get("not_weekdays") or reply.get("pick") or len(reply.get("weekdays") or ()) > 1:
        return None
    try:
        return _nearest(talk.desk.free_times(Wish.from_answer(reply), OFFERED_TIMES, []), talk.now)
    except CalendarUnavailableError:
        return None  # said where times are offered


def _nearest(times: list[FreeTime], now: datetime) -> FreeTime | None:
    """The only one, or of one weekday in several weeks the one of the week ahead."""
    if len(times) > 1 and times[0].start - now > WEEK:
        return None
    return times[0] if times and len({time.start.weekday() for time in times}) == 1 else None


def _chosen(reply: Any, times: list[FreeTime], now: datetime) -> FreeTime | None:
    if isinstance(reply, str):
        return next((time for time in times if time.value == reply), None)
    pick = reply.get("pick") if isinstance(reply, dict) else None
    if isinstance(pick, int) and times:
        index = pick - 1 if pick > 0 else len(times) + pick
        return times[index] if 0 <= index < len(times) else None
    return _only_match(reply, times, now) if isinstance(reply, dict) else None


def _only_match(reply: dict[str, Any], times: list[FreeTime], now: datetime) -> FreeTime | None:
    """ "the Tuesday one", "Tuesday at 10": the one offered time that the words fit."""
    if reply.get("not_weekdays") or reply.get("asap"):
        return None
    if reply.get("which") in (1, -1) and (fitting := [time for time in times if _fits(time, reply)]):
        return fitting[0] if reply["which"] == 1 else fitting[-1]
    exact = bool(reply.get("after")) and reply.get("after") == reply.get("before")
    named = bool(reply.get("weekdays")) or (reply.get("earliest") and reply.get("earliest") == reply.get("latest"))
    if not exact and not named:
        return None
    if not exact and (reply.get("after") or reply.get("before")):
        return None
    fitting = [time for time in times if _fits(time, reply)]
    return fitting[0] if len(fitting) == 1 else _nearest(fitting, now) if exact else None


def _fits(time: FreeTime, reply: dict[str, Any]) -> bool:
    day, clock = time.start.date().isoformat(), time.start.strftime("%H:%M")
    if reply.get("weekdays") and time.start.strftime("%a").lower() not in reply["weekdays"]:
        return False
    if (reply.get("earliest") and day < reply["earliest"]) or (reply.get("latest") and day > reply["latest"]):
        return False
    return not (reply.get("after") and reply.get("after") == reply.get("before") and clock != reply["after"])


READ_BACK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("line_knee", ("knee_side", "pain_location")),
    ("line_since", ("onset", "pain_duration_days")),
    ("line_symptoms", ("symptoms",)),
    ("line_arthritis", ("arthritis_history",)),
    ("line_activity", ("activity_level", "activities")),
)
"""Lines of the read-back, by the phrase that names them, and the answers that each shows."""
KEPT_BY_HALVES = ("line_knee", "line_since")
"""Lines of two facts: who puts one of them right leaves the other as it was (merge.py)."""


def read_back(talk: Talk, question: Question, before: str = "") -> list[Say]:
    """Say the whole request back, line by line, and ask whether it is right; "change 3" names a line."""
    items = read_back_items(talk)
    state, said_before = talk.intake.state, talk.intake.state.get("read_back_said")
    state |= {"read_back": [name for name, _ in items], "read_back_said": [list(item) for item in items]}
    state.pop("limited", None)
    if said_before == state["read_back_said"] and talk.intake.asked == "read_back":
        said = talk.put(question, before)  # a question in between changed nothing: the list need not be read again
        said = replace(said, choices=_read_back_choices(talk, said))
        talk.remember(said, question)
        return [said]
    lines = [f"{number}. {talk.phrase(name)}: {text}" for number, (name, text) in enumerate(items, 1)]
    intro = f"{before} {talk.phrase('read_back')}".strip()
    if may_mail(talk):
        lines.append(talk.phrase("email_note"))
    said = talk.put(question, "\n".join([intro, *lines]) + "\n", wording="new")
    said = replace(said, choices=_read_back_choices(talk, said))
    talk.remember(said, question)
    return [said]


def may_mail(talk: Talk) -> bool:
    """Whether a mail may be offered: this server sends some, an address is known, and it was not agreed to before."""
    return talk.desk.mails and bool(talk.intake.value("email")) and not talk.intake.state.get("email_opt_in")


def _read_back_choices(talk: Talk, said: Say) -> tuple[tuple[str, str], ...]:
    yes, *others = said.choices
    mail = [(talk.phrase("email_too_label"), YES_EMAIL)] if may_mail(talk) else []
    more = [(talk.phrase("add_time_label"), ADD_TIME)] if may_add_time(talk) and not _no_times_here(talk) else []
    return (yes, *mail, *more, *others)


def read_back_items(talk: Talk) -> list[tuple[str, str]]:
    """(name of the line, what it says), those that have something to say; time and contact always."""
    found = [(name, spoken(list(fields), talk.intake, talk.questions)) for name, fields in READ_BACK]
    return [
        *((name, text) for name, text in found if text),
        ("line_time", labels(talk)),
        ("line_contact", ", ".join(part for part in (talk.intake.value("first_name"), spoken_reach(talk)) if part)),
    ]


def change_item(talk: Talk, number: int) -> str | None:
    """Open one line of the read-back again; its name, or None where there is no such line."""
    items = talk.intake.state.get("read_back", [])
    if not 1 <= number <= len(items):
        return None
    name = str(items[number - 1])
    if name in ("line_time", "line_contact"):
        change(talk, name)
    if name in KEPT_BY_HALVES:
        line = {field: talk.intake.answers[field] for field in dict(READ_BACK)[name] if field in talk.intake.answers}
        talk.intake.state["line_before"] = {field: answer.to_dict() for field, answer in line.items()}
    for field in dict(READ_BACK).get(name, ()):
        talk.intake.answers.pop(field, None)
    return name


def reach(talk: Talk) -> str:
    """How the clinic can reach this visitor."""
    return str(talk.intake.value("phone") or talk.intake.value("email") or "")


def spoken_reach(talk: Talk) -> str:
    """The same as people write it: a number of the clinic's own country without its prefix."""
    phone = talk.intake.value("phone")
    if not phone:
        return reach(talk)
    try:
        number = phonenumbers.parse(str(phone), REGION)
    except phonenumbers.NumberParseException:
        return reach(talk)
    home = number.country_code == phonenumbers.country_code_for_region(REGION)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, style))


def place(talk: Talk) -> list[Say]:
    """Ask for the visit; the booking is written with the turn."""
    if talk.intake.state.pop("limited", False):  # "yes" to "I can ask them to call you"
        talk.intake.state["callback"] = "wants a call"
        return ask_contact(talk)
    times = sorted(chosen_times(talk), key=lambda time: time.start)
    old, kept = talk.intake.state.pop("moving", None), talk.intake.state.pop("moving_visit", None)
    try:
        placed = _ask_for(talk, times, old)
    except (CalendarUnavailableError, BookingLimitError) as error:
        talk.intake.state |= {"moving": old, "moving_visit": kept} if old else {}
        if isinstance(error, BookingLimitError):
            return _limited(talk, error.reason, times[0])
        talk.intake.state["wish_words"] = labels(talk)  # whoever calls back shall know which time was wanted
        return _taken(talk)
    if not placed:
        talk.intake.state |= {"moving": old, "moving_visit": kept} if old else {}
        return _taken(talk)
    for reference in (kept or {}).get("others", ()):
        talk.desk.cancel(reference)
    (first, visit), *others = placed
    talk.intake.booking = {
        "reference": visit.reference,
        "start": first.start.isoformat(),
        "end": first.end.isoformat(),
        "kind": first.kind,
        "status": visit.status,
        "source": visit.source,
        **({"others": [one.reference for _, one in others]} if others else {}),
    }
    talk.intake.status = "booked"
    flow.mark_done(talk.intake, "read_back")
    zone = talk.clinic.practice.zoneinfo()
    said_times = talk.phrase("times_or").join(time.label(zone) for time, _ in placed)
    name = "booked" if visit.status == "booked" else "requested_several" if others else "requested"
    said = replace(talk.say(name, time=said_times, reference=visit.reference), visit=visit.status)
    let_go(talk.intake)
    talk.intake.state.pop("times_shown", None)
    if talk.intake.state.get("email_opt_in"):
        said = replace(said, text=f"{said.text} {talk.phrase('email_coming')}")
    if talk.calendar_link and not others:
        said = replace(said, link={"label": talk.phrase("calendar_file"), "path": talk.calendar_link})
    return [said]


def _ask_for(talk: Talk, times: list[FreeTime], moving: str | None) -> list[tuple[FreeTime, Placed]]:
    """Ask for each picked time that is not lost; one reference stands for all.

    Raises CalendarUnavailableError, BookingLimitError.
    """
    name, placed = str(talk.intake.value("first_name")), list[tuple[FreeTime, Placed]]()
    for time in times:
        with suppress(SlotTakenError):
            first = not placed
            visit = talk.desk.place(time, name, reach(talk), moving=moving if first else None, beside=not first)
            placed.append((time, visit))
    return placed


def ask_contact(talk: Talk, before: str = "") -> list[Say]:
    """Take the contact for a call back, or leave the note at once where it is known."""
    contact = talk.questions.question("contact")
    if contact is None or not flow.missing_fields(contact, talk.intake):
        return finish_call_back(talk)
    return [talk.put(contact, before)]


def ask_for_person(talk: Talk) -> list[Say]:
    """Leave a note for a person, and take the contact for a call back where it is not known."""
    talk.intake.state["callback"] = about_errand(talk, WANTS_A_PERSON)
    contact = talk.questions.question("contact")
    first = handed_over(talk)
    if contact is not None and flow.missing_fields(contact, talk.intake):
        text = talk.with_terms(talk.phrase("handed_over_contact"))
        said = Say(text, input={"kind": "contact", "for": "contact"}, name="contact")
        talk.remember(said, contact)
        return [first, said]
    finish_call_back(talk)
    return [first]


def about_errand(talk: Talk, topic: str) -> str:
    """The topic of a call back, with what it is about where that was said: "wants a call: bill"."""
    errand = errand_of(talk.understood.text) or talk.intake.state.get("errand")
    return f"{topic}: {errand}" if errand else topic


def handed_over(talk: Talk) -> Say:
    """That a person was asked for, and whether anybody reads it now. Nothing is promised."""
    if not talk.desk.on_duty("hand_over"):
        errand = errand_of(talk.understood.text) or talk.intake.state.get("errand")
        phrase = "handed_over_nobody_desk" if errand in OF_THE_DESK else "handed_over_nobody"
        return Say(talk.phrase(phrase, reach=reach_of_clinic(talk)), name="handed_over")
    when = off_duty.opening(talk.clinic, talk.now, talk.lang)
    if when is None:
        return talk.say("handed_over")
    return Say(talk.phrase("handed_over_closed", when=when), name="handed_over")


def reach_of_clinic(talk: Talk) -> str:
    """The clinic's phone, and when it opens; every other time in other words."""
    again = talk.intake.state["phone_again"] = not talk.intake.state.get("phone_again", True)
    return off_duty.reach(talk.clinic, talk.now, talk.lang, again=again)


def finish_call_back(talk: Talk) -> list[Say]:
    """The contact is known: leave the note for the staff."""
    state = talk.intake.state
    talk.desk.call_back(
        str(state.get("callback")),
        talk.intake.value("first_name"),
        reach(talk) or None,
        str(state.get("wish_words") or ""),
    )
    state["callback_sent"] = True
    if talk.intake.status != "advised":
        talk.intake.status = "handed_over"
    talk.nothing_open()
    name = talk.intake.value("first_name")
    if not talk.desk.on_duty("call_back"):
        told = state.get("reach_told")
        text = talk.phrase(
            "callback_noted_short" if told else "callback_noted_nobody", name=name, reach=reach_of_clinic(talk)
        )
        return [Say(text, name="callback_noted")]
    return [talk.say("callback_noted", name=name)]


def cancel_reply(talk: Talk) -> list[Say]:
    """The reply to "shall I cancel?"."""
    time = time_of_booking(talk)
    talk.nothing_open()
    if talk.understood.answer != "yes" or not talk.intake.booking:
        return [talk.say("kept", time=time)]
    for reference in (talk.intake.booking["reference"], *talk.intake.booking.get("others", ())):
        talk.desk.cancel(str(reference))
    talk.intake.booking = {**talk.intake.booking, "status": "cancelled"}
    talk.intake.status = "stopped"
    return [talk.say("cancelled", time=time)]


def forget_call_back(talk: Talk) -> None:
    """The visitor goes on with the assistant; a note that was sent stays with the staff."""
    talk.intake.state.pop("callback", None)
    talk.intake.state.pop("callback_sent", None)


def without_contact(talk: Talk) -> list[Say]:
    """No way to call back: the note for the staff stays, and the phone number is said."""
    finish_call_back(talk)
    return [talk.say("handed_over_no_contact")]


def time_of_booking(talk: Talk) -> str:
    """The booked time in words; empty without a booking."""
    booking = talk.intake.booking
    if not booking:
        return ""
    return load(booking | {"clinician": "", "value": ""}).label(talk.clinic.practice.zoneinfo())
