"""The interview's core: what is asked, what is never asked again, what a reply changes."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from knee_intake.clinic import Clinic
from knee_intake.interview import flow, off_duty
from knee_intake.interview.model import Answer, FlagHit, Intake
from knee_intake.interview.offered import match_offered
from knee_intake.interview.plain_words import keeps_back
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
    assert "Is it yours" in second, "what is meant, in plain words"
    assert ("Ask a person", "talk_to_human") in third.choices


def test_a_question_that_comes_back_is_put_in_other_words(chat: Chat) -> None:
    chat.start()
    asked = [chat.text]
    for _ in range(4):
        chat.say("thanks", "thanks")
        asked.append(chat.last[-1].text)
    assert chat.asked == "who_for"
    assert all(one != other for one, other in pairwise(asked))


def test_off_topic_is_said_so_once_then_it_is_a_reply_that_was_not_understood(chat: Chat) -> None:
    chat.start()
    assert "can't help with that here" in chat.say("what is the capital of Peru", "out_of_scope")[0].text
    assert chat.say("bla", "out_of_scope")[0].name == "who_for:meaning"
    assert chat.say("bla", "out_of_scope")[0].name == "way_out"


def test_what_a_question_means_is_told_with_replies_to_tap(clinic: Clinic) -> None:
    chat = told(clinic)
    for name in ("onset", "pain_duration_days"):
        del chat.intake.answers[name]
    chat.start()
    said = chat.say("what do you mean", "what_means")[0]
    assert said.name == "onset:meaning"
    assert ("Years ago", "Years ago") in said.choices
    assert chat.intake.state["offered"] == [], "they are read as words"


def test_ok_at_the_fork_is_met_with_a_visit(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    assert chat.say("ok", "affirm")[0].name == "options_ok"
    chat.say("yes", "affirm")
    assert chat.asked == "appointment"


@pytest.mark.parametrize("words", ["nothing thanks", "no, that's all", "I'm good, thank you", "not now", "nah all set"])
def test_a_goodbye_at_the_fork_in_words(clinic: Clinic, words: str) -> None:
    chat = told(clinic)
    chat.start()
    assert chat.say(words, "nlu_fallback")[-1].name == "finished_no_visit"


def test_who_stopped_may_go_on(chat: Chat) -> None:
    chat.start()
    chat.say("stop", "stop")
    chat.say("continue", "stop")
    assert chat.asked == "who_for"
    assert chat.intake.status == "active"


def test_book_does_not_promise_questions_that_are_not_there(clinic: Clinic) -> None:
    chat = told(clinic)
    del chat.intake.answers["activity_level"]
    chat.start()
    assert "few quick questions" not in chat.say("book", "book")[0].text


@pytest.mark.parametrize("intent", ["deny", "later", "skip"])
def test_nothing_more_at_the_fork_ends_with_a_goodbye(clinic: Clinic, intent: str) -> None:
    chat = told(clinic)
    chat.start()
    assert chat.say("nothing for now", intent)[-1].name == "finished_no_visit"
    assert chat.intake.status == "stopped"
    assert chat.asked is None


def test_says_who_is_answered_with_titles(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    said = chat.say("says who?", "who_says")[0].text
    told_last = chat.intake.state["told"]
    assert told_last
    assert all(clinic.sources[name].title in said for name in told_last[:6])


def test_the_risks_are_those_of_the_option_just_spoken_of(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("is acupuncture any good?", "ask_acupuncture")
    said = chat.say("what are the risks?", "ask_side_effects")[0].text
    assert said.startswith("Acupuncture: Ask about the risks")
    assert "Botox" not in said
    assert "Botox" in chat.say("and the risks of the shots?", "ask_side_effects")[0].text
    chat.say("tell me about physical therapy", "ask_physical_therapy")
    assert "no checked facts" in chat.say("any risks?", "ask_side_effects")[0].text
    chat.say("what is botox", "ask_botulinum")
    assert "Botox" in chat.say("what are the risks?", "ask_side_effects")[0].text


@pytest.mark.parametrize("words", ["please delete everything i told you", "erase my data", "forget me"])
def test_who_wants_all_deleted_is_heard_whatever_the_classifier_says(chat: Chat, words: str) -> None:
    chat.start()
    assert chat.say(words, "ask_privacy")[0].name == "withdrawn"


@pytest.mark.parametrize(
    "words",
    [
        "can I have a copy of this chat?", "i want a copy of my data", "please email me the transcript",
        "send me my answers", "could you print this conversation for me", "a copy of everything I told you please",
    ],
)  # fmt: skip
def test_who_wants_a_copy_is_told_what_happens_and_the_question_stays(chat: Chat, words: str) -> None:
    chat.start()
    asked = chat.intake.asked
    said = chat.say(words, "out_of_scope")
    assert said[0].name == "copy_asked"
    assert "30 days" in said[0].text
    assert "leave a phone number" in said[0].text
    assert chat.intake.asked == asked is not None


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("no", True), ("nope.", True), ("No thanks", True), ("no, I would prefer not to", True),
        ("rather not say", True), ("I'd rather not give that out", True), ("not telling you", True),
        ("no problem, it's Sam", False), ("no 212 555 0122", False), ("No, call me", False),
        ("I'd rather not on Monday", False),
    ],
)  # fmt: skip
def test_who_keeps_something_back_says_nothing_else(words: str, kept: bool) -> None:
    assert keeps_back(words) == kept


@pytest.mark.parametrize(
    "words",
    [
        "don't send my data to anybody", "does my insurance get a copy of this chat", "I need a copy of my MRI",
        "who gets a copy of my answers?", "send me a text", "I have no data on that",
    ],
)  # fmt: skip
def test_not_every_copy_is_one_of_the_chat(chat: Chat, words: str) -> None:
    chat.start()
    assert "copy_asked" not in {said.name for said in chat.say(words, "ask_privacy")}


def test_what_means_twice_is_met_with_a_way_out(chat: Chat) -> None:
    chat.start()
    chat.say("what do you mean", "what_means")
    assert chat.say("i dont get it", "what_means")[0].name == "way_out"


def test_consent_taken_back_ends_the_interview(chat: Chat) -> None:
    chat.start()
    assert chat.say("please delete what I said", "withdraw_consent")[0].name == "withdrawn"
    assert chat.intake.status == "refused"
    assert chat.value("consent") is None


def test_a_frightened_visitor_hears_a_kind_word_first(chat: Chat) -> None:
    chat.start()
    says = chat.say("im so scared", "distress")
    assert says[0].name == "distress"
    assert "555" in says[0].text
    assert chat.asked == "who_for"


class TestAfterAnEmergencyRoomText:
    @pytest.fixture
    def stopped(self, chat: Chat) -> Chat:
        chat.start()
        chat.say("self")
        chat.say("knee is out of place", more={"signs": ["knee_out_of_place"]})
        assert chat.intake.status == "advised"
        return chat

    def test_the_next_text_offers_what_may_be_said(self, stopped: Chat) -> None:
        said = stopped.say("hm")[-1]
        assert [value for _, value in said.choices] == ["going", "seen", "mistake"]

    @pytest.mark.parametrize("words", ["going", "I'm on my way", "ok will do"])
    def test_who_goes_is_wished_well_and_nothing_is_sold(self, stopped: Chat, words: str) -> None:
        stopped.say("hm")
        assert [said.name for said in stopped.say(words)] == ["after_alarm_going"]

    def test_who_was_seen_says_when_and_may_be_called(self, stopped: Chat) -> None:
        stopped.say("hm")
        stopped.say("seen")
        assert stopped.asked == "after_alarm_when"
        stopped.say("yesterday at the ER, they put it back")
        assert stopped.asked == "after_alarm_call"
        stopped.say("yes", "affirm", answer="yes")
        assert stopped.asked == "contact"
        stopped.say("Sam, 212 555 0100", answer={"first_name": "Sam", "phone": "+12125550100"})
        ((topic, name, contact, wishes),) = stopped.desk.calls
        assert topic.startswith("check the red flag first")
        assert (name, contact, wishes) == ("Sam", "+12125550100", "yesterday at the ER, they put it back")
        assert stopped.intake.status == "advised"
        assert stopped.intake.urgency == "emergency_room"

    def test_a_mistake_takes_nothing_back(self, stopped: Chat) -> None:
        stopped.say("hm")
        assert "can't take the advice back" in stopped.say("that was a mistake")[0].text
        assert stopped.intake.urgency == "emergency_room"
        assert stopped.say("no", "deny", answer="no")[0].name == "after_alarm_end"

    def test_a_sign_told_again_alarms_again(self, stopped: Chat) -> None:
        stopped.say("hm")
        says = stopped.say("it is still out of place", more={"signs": ["knee_out_of_place"]})
        assert stopped.heard is not None
        assert stopped.heard.emergency
        assert len(stopped.intake.red_flags) == 2
        assert says == [] or says[0].alert == "emergency_room"


def test_what_was_done_to_the_knee_is_asked_where_words_left_it_open(clinic: Clinic) -> None:
    chat = told(clinic)
    for name in ("symptoms", "joint_history"):
        del chat.intake.answers[name]
    chat.start()
    chat.say("no swelling no locking, it just clicks", answer=["clicking"], findings={"symptoms": ["clicking"]})
    assert chat.asked == "joint_history"
    assert "artificial knee" in chat.text
    chat.say("no", answer=[])
    assert chat.value("joint_history") == "none"
    assert chat.asked == "options"


def test_what_was_done_to_the_knee_is_not_asked_once_it_is_known(clinic: Clinic) -> None:
    chat = told(clinic)
    for name in ("symptoms", "joint_history"):
        del chat.intake.answers[name]
    chat.start()
    chat.say("had a scope last month", answer=None, more={"signs": ["recent_knee_surgery"]})
    assert chat.value("joint_history") == ["recent_knee_surgery"]
    chat.say("none")
    assert chat.asked == "options"


def test_who_writes_for_another_adult_agrees_that_they_know(clinic: Clinic) -> None:
    chat = told(clinic, who_for="other_adult")
    chat.start()
    chat.say("book")
    chat.say(chat.last[-1].choices[0][1])
    assert "they know you are doing it" in chat.text


def test_a_safety_checklist_is_put_in_full_whatever_was_told_by_the_way(clinic: Clinic) -> None:
    chat = told(clinic, symptoms=["swelling"])
    del chat.intake.answers["joint_history"]
    chat.start()
    assert chat.asked == "symptoms"
    assert "calf_swelling" in {value for _, value in chat.last[-1].choices}


def test_a_question_in_between_does_not_shorten_an_open_safety_checklist(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.intake.answers["symptoms"] = Answer(["swelling"], "it is swollen", 1, "volunteered")
    del chat.intake.answers["joint_history"]
    chat.start()
    chat.say("Does my doctor have to send me?", "ask_referral")
    assert chat.asked == "symptoms"
    assert "calf_swelling" in {value for _, value in chat.last[-1].choices}


def test_what_somebody_would_like_to_do_again_is_not_what_they_do(clinic: Clinic) -> None:
    chat = told(clinic, activity_level=None)
    chat.intake.asked = "goal"
    chat.say("walk the dog", answer="walk the dog", findings={"activity_level": "light"})
    assert (chat.value("goal"), chat.value("activity_level")) == ("walk the dog", None)


def test_a_call_is_not_guessed_from_a_word_that_names_none(clinic: Clinic) -> None:
    chat = told(clinic)
    del chat.intake.answers["onset"]
    chat.start()
    chat.say("me", "call_me")
    assert (chat.asked, chat.desk.calls) == ("onset", [])


def test_a_question_behind_a_skip_is_answered_and_the_skipped_one_does_not_come_back(clinic: Clinic) -> None:
    chat = told(clinic)
    del chat.intake.answers["arthritis_history"]
    chat.start()
    assert chat.asked == "arthritis_history"
    chat.say("Skip this, please. What are the risks of those shots?", "ask_side_effects")
    assert chat.last[0].name == "answer:ask_side_effects"
    assert (chat.asked, chat.intake.answers["arthritis_history"].how) == ("options", "skipped")


def test_who_books_and_asks_gets_an_answer_and_the_times(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("I'd like to book that visit. Does my doctor have to send me?", "ask_referral", answer="yes")
    assert chat.last[0].name == "answer:ask_referral"
    assert chat.asked == "appointment"


def test_an_option_that_is_named_was_not_tried_for_that(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("more on the dysport shot", findings={"treatments_tried": ["botulinum"]})
    assert chat.value("treatments_tried") is None
    chat.intake.asked = "options"
    chat.say("I had botox before", findings={"treatments_tried": ["botulinum"]})
    assert chat.value("treatments_tried") == ["botulinum"]


def test_the_phone_is_said_in_other_words_the_next_time(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.desk.watched = False
    chat.start()
    chat.say("may I speak with somebody in the office", "talk_to_human")
    first = chat.text
    chat.say("I'm so scared of all this", "distress")
    assert off_duty.reach(clinic, chat.now) in first
    assert off_duty.reach(clinic, chat.now, again=True) in chat.text
    assert off_duty.reach(clinic, chat.now) not in chat.text


def test_a_question_about_the_data_takes_no_agreement_back(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("I'd rather not answer that one. What happens with my data?", "withdraw_consent")
    assert chat.last[0].name == "answer:ask_privacy"
    assert chat.value("consent") == "yes"
    chat.say("Can you delete my data?", "withdraw_consent")
    assert chat.value("consent") is None


def test_a_planned_operation_was_not_tried_and_a_fear_is_no_wish(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.intake.asked = "injection_cautions"
    chat.say("surgery planned", answer=["surgery_planned"], findings={"treatments_tried": ["surgery"]})
    assert chat.value("treatments_tried") is None
    chat.intake.asked = "goal"
    chat.say("I'm worried sick about this.", answer="I'm worried sick about this.")
    assert chat.value("goal") is None


def test_nothing_is_left_out_on_a_guess(clinic: Clinic) -> None:
    chat = told(clinic)
    del chat.intake.answers["arthritis_history"]
    chat.start()
    chat.say("the clouds are nice, if that is of any use", "skip", confidence=0.3)
    assert chat.asked == "arthritis_history"
    chat.say("please leave that out", "skip", confidence=0.3)
    assert chat.asked == "options"


def test_an_hour_is_no_score_of_the_pain(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    chat.say("After 2 would be best for me.", answer={"after": "14:00"}, findings={"pain_severity": 2})
    assert chat.value("pain_severity") is None


def test_who_rather_does_not_say_and_asks_is_not_asked_again(clinic: Clinic) -> None:
    chat = told(clinic)
    del chat.intake.answers["arthritis_history"]
    chat.start()
    chat.say("I'd rather not say. Does physical therapy help knees?", "ask_physical_therapy")
    assert (chat.last[0].name, chat.asked) == ("answer:ask_physical_therapy", "options")


def test_an_option_is_told_about_whatever_else_the_text_tells(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("I'd like to hear about acupuncture. Nights are worse.", answer={"after": "17:00"})
    assert chat.value("interest") == ["acupuncture"]


def test_how_soon_a_shot_helps_asks_for_no_visit_soon(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("How soon would it work", "ask_effect_time", answer={"asap": True})
    assert chat.asked == "options"


@pytest.mark.parametrize(
    ("words", "meant"),
    [("the second one", "gradual"), ("option 1", "injury"), ("I'd say the first", "injury"), ("last", "gradual")],
)
def test_a_choice_is_named_by_its_place(clinic: Clinic, words: str, meant: str) -> None:
    chat = told(clinic)
    del chat.intake.answers["onset"]
    chat.start()
    chat.say(words)
    assert chat.value("onset") == meant


def test_what_is_corrected_and_what_is_told_beside_it_are_both_said_back(clinic: Clinic) -> None:
    chat = told(clinic)
    del chat.intake.answers["pain_location"]
    chat.start()
    chat.say(
        "actually the right one, front", corrections={"knee_side": "right"}, findings={"pain_location": ["anterior"]}
    )
    assert "right knee, front" in chat.text


def test_thanks_among_the_times_calls_nothing_other_times(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    chat.say("thanks", "thanks")
    assert chat.asked == "appointment"
    assert "other times" not in chat.text


def test_none_of_the_times_is_met_with_other_ways(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    said = chat.say("no thanks", "deny")[-1]
    assert [value for _, value in said.choices] == ["other", "call_me", "stop"]
    chat.say("Not now")
    assert chat.intake.status == "stopped"


def test_a_reply_to_the_times_that_nobody_understands_shows_them_again(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    assert len(chat.say("blorp", "nlu_fallback")[-1].choices) > 3


def test_what_else_the_patient_has_counts_for_the_safety_of_a_later_turn(chat: Chat) -> None:
    chat.start()
    chat.say("I'm a type 1 diabetic", more={"conditions": ["diabetes"]})
    says = chat.say(
        "it turned hot and swollen",
        more={"signs": ["knee_hot", "knee_swollen"]},
        findings={"red_flags": ["hot_swollen_joint"]},
    )
    assert [(said.name, said.alert) for said in says] == [("RF02", "emergency_room")]
    assert chat.value("conditions") == ["diabetes"]


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


def test_a_calendar_that_fails_at_the_last_yes_leaves_a_call_back_with_the_chosen_time(clinic: Clinic) -> None:
    chat = at_the_read_back(clinic)
    chosen = chat.desk.held[0].label(clinic.practice.zoneinfo())
    chat.desk.down = True
    chat.say("yes")
    assert "can't open the calendar" in chat.text
    assert "reference" not in chat.text
    assert chat.desk.placed == []
    assert chat.desk.calls == [("no time found", "Sam", "sam@example.org", chosen)]
    assert chat.intake.status == "handed_over"


def test_a_calendar_that_fails_while_other_times_are_wanted_asks_how_to_call_back(clinic: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    chat.desk.down = True
    chat.say("other")
    assert "can't open the calendar" in chat.text
    assert chat.asked == "contact"


def test_a_visit_that_is_moved_is_placed_and_cancelled_as_one(clinic: Clinic) -> None:
    chat = at_the_read_back(clinic)
    chat.say("yes")
    chat.say("another time please", "reschedule")
    chat.say(chat.last[-1].choices[1][1])
    assert chat.desk.cancelled == [], "not before the new time is asked for"
    chat.desk.lost.add(chat.intake.state["chosen"]["value"])
    chat.say("yes")
    assert "was just taken" in chat.text
    assert chat.desk.cancelled == []
    chat.say(chat.last[-1].choices[0][1])
    chat.say("yes")
    assert chat.desk.cancelled == ["ABC-123"]
    assert len(chat.desk.placed) == 2


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
    labels = {label.split(". ", 1)[1]: value for label, value in chat.last[-1].choices}
    chat.say(labels["Time"])
    assert chat.asked == "appointment"
    chat.say(chat.last[-1].choices[1][1])
    assert chat.asked == "read_back", "name and contact are known already"


@pytest.mark.parametrize("words", ["change 1", "1", "number 1 is wrong", "the 1st one", "please fix line 1"])
def test_a_line_of_the_read_back_is_named_by_its_number(clinic: Clinic, words: str) -> None:
    chat = at_the_read_back(clinic)
    assert "1. Knee: Left knee" in chat.text
    chat.say(words, "change_answer")
    assert chat.asked == "pain_location"
    assert chat.value("knee_side") is None


def test_a_line_that_is_not_there_is_asked_for(clinic: Clinic) -> None:
    chat = at_the_read_back(clinic)
    chat.say("change 9", "change_answer")
    assert chat.last[-1].name == "change_what"


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
