"""The interview's core: what is asked, what is never asked again, what a reply changes."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from knee_intake.clinic import Clinic
from knee_intake.interview import flow
from knee_intake.interview.model import Answer, FlagHit, Intake
from knee_intake.interview.offered import match_offered
from knee_intake.interview.spoken import spoken, spoken_duration
from tests.talking import Chat

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)

HISTORY = {
    "who_for": "self", "emergency_screen": [], "knee_side": "left", "pain_location": ["medial"], "onset": "gradual",
    "pain_duration_days": 90, "symptoms": [], "joint_history": "none", "arthritis_history": ["none"],
    "activity_level": "moderate",
}  # fmt: skip


@pytest.fixture
def chat(clinic: Clinic) -> Chat:
    return Chat(clinic, NOW.astimezone(clinic.practice.zoneinfo()))


def told(clinic: Clinic, **more: object) -> Chat:
    """A visitor who has told the whole story."""
    return Chat(clinic, NOW.astimezone(clinic.practice.zoneinfo()), **{**HISTORY, **more})


def at_the_read_back(clinic: Clinic) -> Chat:
    """The same visitor, who has chosen a time and left a contact."""
    chat = told(clinic)
    chat.start()
    chat.say("book")
    chat.say(chat.last[-1].choices[0][1])
    chat.say("Sam, sam@example.org", answer={"first_name": "Sam", "email": "sam@example.org"})
    return chat


def order_of_questions(clinic: Clinic, door: str = "knee", **answers: object) -> list[str]:
    """The ids in which a visitor who answers each would be asked, before the booking."""
    intake = Intake(status="active", door=door)
    intake.answers = {name: Answer(value) for name, value in answers.items()}
    asked = []
    while question := flow.next_question(intake, clinic.questions):
        asked.append(question.id)
        for name in question.fills:
            intake.answers.setdefault(name, Answer("gradual" if name == "onset" else "x"))
        if question.id == "contact":
            intake.answers["phone"] = Answer("x")
        flow.mark_done(intake, question.id)
    return asked


def test_the_interview_goes_in_the_order_of_the_file(clinic: Clinic) -> None:
    assert order_of_questions(clinic) == [
        "consent", "who_for", "emergency_screen", "pain_location", "onset", "symptoms", "arthritis_history",
        "activity_level", "options", "appointment", "contact", "read_back",
    ]  # fmt: skip


def test_who_wants_to_book_is_asked_only_what_safety_needs(clinic: Clinic) -> None:
    assert order_of_questions(clinic, "book") == [
        "consent", "who_for", "emergency_screen", "onset", "symptoms", "appointment", "contact", "read_back",
    ]  # fmt: skip


def test_after_an_injury_its_signs_and_the_age_are_asked(clinic: Clinic) -> None:
    asked = order_of_questions(clinic, onset="injury")
    assert asked[asked.index("onset") + 1 : asked.index("symptoms")] == ["injury_signs", "age_band"]


def test_what_was_told_early_is_never_asked(clinic: Clinic) -> None:
    known = {"knee_side": "left", "pain_location": ["medial"], "onset": "gradual", "pain_duration_days": 90}
    asked = order_of_questions(clinic, **known, arthritis_history=["none"], activity_level="vigorous")
    assert not {"pain_location", "onset", "arthritis_history", "activity_level"} & {*asked}


def test_one_sentence_fills_many_answers_and_is_said_back(chat: Chat) -> None:
    chat.start()
    chat.say("self")
    chat.say("none of these")
    chat.say(
        "left knee, runner, three months, no arthritis",
        findings={
            "knee_side": "left", "activities": ["running"], "activity_level": "vigorous", "pain_duration_days": 90,
            "arthritis_history": ["none"],
        },
    )  # fmt: skip
    assert "Left knee" in chat.text
    assert "about 3 months" in chat.text
    assert "no arthritis" in chat.text
    assert chat.asked == "pain_location"
    assert "Which part" in chat.text, "only the missing half is asked"


def test_a_question_in_between_is_answered_and_the_open_one_comes_back(chat: Chat) -> None:
    chat.start()
    chat.say("how much is it?", "ask_cost")
    assert chat.asked == "who_for"
    assert chat.last[-1].name == "who_for"
    assert chat.last[0].name == "answer:ask_cost"


def test_a_correction_changes_the_answer_and_is_acknowledged(clinic: Clinic) -> None:
    chat = told(clinic, activity_level="light")
    chat.start()
    chat.say("actually it's the right one", corrections={"knee_side": "right"})
    assert chat.value("knee_side") == "right"
    assert chat.intake.answers["knee_side"].how == "corrected"
    assert "I changed that: right knee" in chat.text


def test_an_answer_that_is_taken_back_is_asked_again(chat: Chat) -> None:
    chat.start()
    chat.say("self")
    chat.say("none")
    chat.say("left, medial")
    chat.say("scratch that", corrections={"knee_side": None})
    assert chat.asked == "knee_side"


def test_not_sure_is_an_answer_but_not_to_a_safety_question(chat: Chat) -> None:
    chat.start()
    chat.say("self")
    chat.say("dunno", "unsure", answer="unsure")
    assert chat.asked == "emergency_screen"
    assert "once more" in chat.text
    chat.say("dunno", "unsure", answer="unsure")
    assert chat.value("emergency_screen") == "unsure"


def test_skip_leaves_a_question_but_not_a_safety_question(clinic: Clinic, chat: Chat) -> None:
    chat.start()
    chat.say("self")
    chat.say("skip", "skip")
    assert chat.asked == "emergency_screen"
    chat.say("none")
    chat.say("skip", "skip")
    assert chat.intake.answers["pain_location"].how == "skipped"
    assert chat.asked == "onset"


def test_after_two_failures_other_words_and_after_three_a_way_out(chat: Chat) -> None:
    chat.start()
    first = chat.say("bla", "out_of_scope")[0].text
    second = chat.say("bla", "out_of_scope")[0].text
    third = chat.say("bla", "out_of_scope")[0]
    assert len({first, second, third.text}) == 3
    assert ("Ask a person", "talk_to_human") in third.choices


def test_why_tells_the_reason_and_asks_again(chat: Chat) -> None:
    chat.start()
    chat.say("why do you ask", "why_ask")
    assert "Children and teens" in chat.text
    assert chat.asked == "who_for"


def test_a_place_that_cannot_be_pointed_to_keeps_the_side(chat: Chat) -> None:
    chat.start()
    for text in ("self", "none", "right, not sure"):
        chat.say(text)
    assert chat.value("knee_side") == "right"
    assert chat.intake.answers["pain_location"].how == "unsure"
    assert chat.asked == "onset"


def test_go_back_opens_the_question_before(chat: Chat) -> None:
    chat.start()
    for text in ("self", "none", "left, medial"):
        chat.say(text)
    chat.say("go back", "go_back")
    assert chat.asked == "pain_location"
    chat.say("right, lateral")
    assert chat.value("knee_side") == "right"
    assert chat.asked == "onset"


def test_a_sign_said_in_words_ticks_its_box(chat: Chat) -> None:
    chat.start()
    chat.say("self")
    chat.say("the foot is cold", answer=["numb_or_cold_foot"], findings={"red_flags": ["numb_or_cold_foot"]})
    assert chat.value("emergency_screen") == ["cold_or_numb_foot"]
    assert chat.last[0].alert == "emergency_911"


def test_half_of_what_a_box_says_does_not_tick_it(chat: Chat) -> None:
    chat.start()
    chat.say("self")
    chat.say("only a fever", answer=["fever"], findings={"red_flags": ["fever"]})
    assert chat.value("emergency_screen") == ["fever"], "kept as it was said"
    assert "hot_swollen_joint" not in chat.intake.signs
    assert chat.asked == "pain_location"


def test_an_emergency_stands_alone_and_stops_the_interview(chat: Chat) -> None:
    chat.start()
    chat.say("self")
    chat.say("chest_or_breathing")
    assert [said.alert for said in chat.last] == ["emergency_911"]
    assert chat.intake.status == "advised"
    chat.say("book a visit", "book")
    assert not chat.desk.held
    assert "911" in chat.text


def test_a_flag_never_softens() -> None:
    intake = Intake(red_flags=[FlagHit("RF09", 1, "same_day", "x", 1), FlagHit("RF01", 1, "emergency_room", "x", 2)])
    intake.red_flags.append(FlagHit("RF15", 1, "soon", "x", 3))
    assert intake.urgency == "emergency_room"


def test_a_same_day_sign_is_told_first_and_the_interview_goes_on(chat: Chat) -> None:
    chat.start()
    for text in ("self", "none", "left, medial"):
        chat.say(text)
    chat.say("slowly, a year", findings={"onset": "gradual", "pain_duration_days": 365})
    chat.say("locking")
    assert chat.last[0].alert == "same_day"
    assert chat.last[-1].name == "arthritis_history"


def test_options_show_benefit_and_limit_then_the_fork(clinic: Clinic) -> None:
    chat = told(clinic)
    says = chat.start()
    assert says[-1].name == "options"
    assert 2 <= sum((said.name or "").startswith("treatment:") for said in says) <= 3


def test_a_picked_injection_brings_the_cautions_before_the_time(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("more")
    chat.say("botox_knee")
    assert "off-label" in chat.text
    chat.say("book")
    assert chat.asked == "injection_cautions"
    chat.say("blood_thinners")
    assert chat.value("injection_cautions") == ["blood_thinners"]
    assert chat.asked == "appointment"


def test_the_booking_is_read_back_then_asked_for(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    time = chat.last[-1].choices[0][1]
    chat.say(time)
    chat.say("Sam, sam@example.org", answer={"first_name": "Sam", "email": "sam@example.org"})
    assert "Left knee" in chat.text
    assert "sam@example.org" in chat.text
    chat.say("yes")
    assert chat.intake.booking is not None
    assert chat.intake.booking["status"] == "requested"
    assert chat.intake.status == "booked"
    assert "ABC-123" in chat.text
    assert chat.last[0].link == {"label": "Add to my calendar", "path": "/visit.ics"}
    assert chat.asked == "after_offer"


def test_a_name_without_a_way_to_reach_asks_only_for_that(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    chat.say(chat.last[-1].choices[0][1])
    chat.say("Sam", answer={"first_name": "Sam"})
    assert "what phone number or email" in chat.text


def test_a_time_that_was_lost_is_told_and_others_are_offered(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    time = chat.last[-1].choices[0][1]
    chat.desk.lost.add(time)
    chat.say(time)
    assert "was just taken" in chat.text
    assert time not in [value for _, value in chat.last[-1].choices]
    assert chat.asked == "appointment"


def test_without_a_calendar_the_request_is_kept_as_a_call_back(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.desk.down = True
    chat.start()
    chat.say("book")
    assert "kept your request" in chat.text
    assert chat.asked == "contact"
    chat.say("Sam, 555 010 1234", answer={"first_name": "Sam", "phone": "+15550101234"})
    assert chat.desk.calls == [("no time found", "Sam", "+15550101234", "")]
    assert chat.intake.status == "handed_over"


def test_who_wants_a_person_need_not_leave_a_contact(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("a person please", "talk_to_human")
    assert chat.asked == "contact"
    chat.say("no", "deny", answer=None)
    assert chat.desk.calls == [("wants to talk to a person", None, None, "")]
    assert "continue" in chat.text
    chat.say("continue", "inform")
    assert chat.asked == "options"
    chat.say("book")
    assert chat.asked == "appointment", "a visit can still be asked for"


def test_other_times_are_other_times(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    first = {value for _, value in chat.last[-1].choices}
    chat.say("other")
    assert not ({value for _, value in chat.last[-1].choices} & first) - {"other"}


def test_the_read_back_can_be_changed(clinic: Clinic) -> None:
    chat = at_the_read_back(clinic)
    chat.say("change")
    chat.say("change_time")
    assert chat.asked == "appointment"
    chat.say(chat.last[-1].choices[1][1])
    assert chat.asked == "read_back", "name and contact are known already"


def test_the_questions_afterwards_end_with_a_goodbye(clinic: Clinic) -> None:
    chat = at_the_read_back(clinic)
    chat.say("yes")
    chat.say("now")
    chat.say("6", answer=6)
    chat.say("stairs, kneeling")
    chat.say("none")
    chat.say("rest_ice, brace")
    chat.say("walk the dog", answer="walk the dog")
    assert chat.intake.status == "finished"
    assert chat.value("pain_severity") == 6
    assert chat.value("aggravated_by") == ["stairs", "kneeling"]
    assert chat.value("treatments_tried") == ["rest_ice", "brace"]


def test_a_cancelled_visit_is_asked_about_first(clinic: Clinic) -> None:
    chat = at_the_read_back(clinic)
    chat.say("yes")
    chat.say("cancel my visit", "cancel_booking")
    chat.say("no")
    assert chat.desk.cancelled == []
    chat.say("cancel my visit", "cancel_booking")
    chat.say("yes")
    assert chat.desk.cancelled == ["ABC-123"]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Yes, that's OK", "choices", "yes"),
        ("yes that’s ok", "choices", None),
        ("YES", "choices", "yes"),
        ("yes!", "choices", "yes"),
        ("yes, but", "choices", None),
        ("no, yes", "multi_choice", ["no", "yes"]),
        ("none", "multi_choice", []),
        ("yes, that's ok, no", "multi_choice", ["yes", "no"]),
        ("nonsense", "multi_choice", None),
    ],
)
def test_a_reply_is_matched_with_what_was_offered(text: str, kind: str, found: object) -> None:
    offered = [{"label": "Yes, that's OK", "value": "yes"}, {"label": "No", "value": "no"}]
    assert match_offered(text, offered, kind) == found


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "1 day"), (1, "1 day"), (6, "6 days"), (7, "about 1 week"), (10, "10 days"), (14, "about 2 weeks"),
     (90, "about 3 months"), (365, "about 1 year"),
     (360, "about 1 year"), (1095, "about 3 years")],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(days: int, words: str) -> None:
    assert spoken_duration(days) == words


def test_what_makes_it_worse_is_said_as_such(clinic: Clinic) -> None:
    answers = {
        name: Answer(["running"], "hurts when i run", 1, "volunteered") for name in ("activities", "aggravated_by")
    }
    said = spoken(list(answers), Intake(answers=answers), clinic.questions)
    assert said == "Running, worse with running"


def test_a_chosen_time_is_said_to_be_kept(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    chat.say(chat.last[-1].choices[0][1])
    assert f"for {clinic.practice.booking.hold_minutes} minutes" in chat.text
    assert chat.asked == "contact"


@pytest.mark.parametrize(
    ("text", "said"),
    [("Sam 555 01", "phone number does not look right"), ("sam@@example", "email does not look right")],
)
def test_a_contact_that_cannot_be_right_is_said_so(clinic: Clinic, text: str, said: str) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    chat.say(chat.last[-1].choices[0][1])
    chat.say(text, "inform")
    assert said in chat.text
    assert chat.asked == "contact"


def test_every_phrase_of_the_file_is_said_somewhere(clinic: Clinic) -> None:
    root = Path(__file__).resolve().parents[2]
    code = " ".join(file.read_text() for folder in ("knee_intake", "actions") for file in (root / folder).rglob("*.py"))
    said = {*re.findall(r"""["'](\w+)["']""", code)}
    assert {*clinic.questions.phrases} - said == set()
