"""What some words say beyond doubt: stop, a person, right or not right, all deleted, going on, a line's number."""

import pytest

from knee_intake.interview.plain_words import (
    line_named,
    plainly_meant,
    question_behind,
    question_sentence,
    speaks_of_agreement,
    speaks_of_person,
    wants_all_deleted,
    wants_to_go_on,
    wants_visit,
)
from knee_intake.understanding.types import Understood


def meant(text: str, asked: str | None = None, intent: str = "inform", **more: object) -> Understood:
    return plainly_meant(Understood(text, intent, 0.5, **more), asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["stop", "That's enough, please stop.", "no more questions please, stop", "stop please, i changed my mind",
     "I'd like to end this chat.", "I want to stop here.", "I'm done, bye.", "I have to go, let's stop.",
     "I'd like to end this chzt.", "id like to end this chat", "let's end it here, bye"],
)  # fmt: skip
def test_stop_is_stop_and_answers_nothing(text: str) -> None:
    read = meant(text, "arthritis_history", answer=["none"], findings={"symptoms": []}, more={"signs": ["fever"]})
    assert (read.intent, read.answer, read.findings) == ("stop", None, {})
    assert read.more == {"signs": ["fever"]}, "safety hears every word"


@pytest.mark.parametrize(
    "text", ["the pain won't stop", "I had to stop running", "it stops me from sleeping", "I don't want to go on."]
)
def test_other_stops_are_left_alone(text: str) -> None:
    assert meant(text).intent == "inform"


@pytest.mark.parametrize(
    "text", ["please connect me to a human", "let me talk to a real person", "transfer me to an agent"]
)
def test_a_person_is_asked_for(text: str) -> None:
    assert meant(text, "who_for", answer="self").intent == "talk_to_human"


def test_whether_this_is_a_person_is_another_question() -> None:
    assert meant("is this a real person I talk to a person with?").intent == "ask_bot"


@pytest.mark.parametrize(
    "text", ["That's all correct.", "All of that is right.", "That is quite right.", "Perfect, that's exactly it.",
             "Yes, you got all of that right! I keep thinking the worst."],
)  # fmt: skip
def test_right_is_right_and_tells_no_side(text: str) -> None:
    read = meant(text, "read_back", corrections={"knee_side": "right"})
    assert (read.answer, read.corrections) == ("yes", {})


@pytest.mark.parametrize("text", ["Change number 6, please.", "yes but the phone is wrong", "right, except the time"])
def test_what_is_to_be_changed_is_no_yes(text: str) -> None:
    assert meant(text, "read_back", answer="yes").answer is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("change 3", 3),
        ("Change number 6, please.", 6),
        ("line 6 is wrong", 6),
        ("the 2nd one", 2),
        ("3 weeks", None),
        ("12", None),
    ],
)
def test_a_line_is_named_by_its_number(text: str, number: int | None) -> None:
    assert line_named(text) == number


def test_deleting_all_and_going_on() -> None:
    assert wants_all_deleted("please delete everything i told you")
    assert not wants_all_deleted("forget what I said about the injury")
    assert wants_to_go_on("ok, let's go on")
    assert not wants_to_go_on("I can't go on like this")
    assert speaks_of_agreement("please don't save that")
    assert not speaks_of_agreement("hmm, let me see")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("for me. Do you take insurance?", "Do you take insurance?"),
        ("a seven Can I park nearby", "Can I park nearby"),
        ("sure, save them. am i talking to a bot", "am i talking to a bot"),
        ("Left knee. Why?", None),
        ("Do you take insurance?", None),
        ("left knee, inner side", None),
    ],
)
def test_a_question_behind_an_answer_is_found(text: str, question: str | None) -> None:
    assert question_behind(text) == question


@pytest.mark.parametrize("text", ["get me a real human", "can somebody call", "i want to speak to the desk"])
def test_words_for_a_person(text: str) -> None:
    assert speaks_of_person(text)


@pytest.mark.parametrize("text", ["another adult", "this is about my mother, she doesn't type"])
def test_words_that_ask_for_nobody(text: str) -> None:
    assert not speaks_of_person(text)


@pytest.mark.parametrize(
    "text", ["I'd love to come in, my knee hurts", "my knee hurts. Can I get an appointment?", "I want to see somebody"]
)
def test_words_for_a_visit(text: str) -> None:
    assert wants_visit(text)


@pytest.mark.parametrize(
    "text",
    ["my knee hurts", "I have an appointment already", "I need to move my appointment", "should I see a doctor?",
     "I don't want a visit, just a question"],
)  # fmt: skip
def test_words_that_ask_for_no_new_visit(text: str) -> None:
    assert not wants_visit(text)


@pytest.mark.parametrize("mended", ["thats all correct", "That's all correct."])
def test_a_read_back_that_is_right_in_spite_of_slips(mended: str) -> None:
    assert meant("thatsall corect", "read_back", mended=mended).answer == "yes"


@pytest.mark.parametrize("intent", ["cancel_booking", "reschedule"])
def test_a_visit_is_not_put_at_stake_on_a_guess(intent: str) -> None:
    assert meant("I am so anxious about the visit.", intent=intent).intent == "distress"
    assert meant("I bought flowers for the visit.", intent=intent).intent == "nlu_fallback"


@pytest.mark.parametrize("text", ["cancel it", "I can't make it", "another day please", "I won't come", "call it off"])
def test_a_visit_that_is_called_off_in_so_many_words_is_heard(text: str) -> None:
    assert meant(text, intent="cancel_booking").intent == "cancel_booking"


def test_a_fear_behind_a_fear_is_a_fear() -> None:
    assert meant("I'm scared, what if it's something terrible?", intent="ask_safety").intent == "distress"
    assert meant("none, but what if it's something bad?", intent="inform", answer=[]).answer == []


def test_what_ails_the_knee_is_asked_in_many_words() -> None:
    assert meant("Can you tell me what I have?", intent="ask_bot").intent == "ask_diagnosis"
    assert meant("Do you know what it is?", intent="ask_bot").intent == "ask_diagnosis"
    assert meant("Do you know what time it is?", intent="ask_bot").intent == "ask_bot"


def test_how_long_this_takes_is_asked_of_the_chat() -> None:
    assert meant("How long will all this take?", "age_band", "ask_procedure").intent == "how_many_more"
    assert meant("How long does a visit take?", "age_band", "ask_procedure").intent == "ask_procedure"
    assert meant("How long will this take to heal?", "age_band", "ask_effect_time").intent == "ask_effect_time"
    assert meant("How long will this take?", None, "ask_procedure").intent == "ask_procedure"


def test_what_may_go_wrong_calls_nothing_wrong_that_was_read_back() -> None:
    read = meant("Looks good. Can something go wrong with it?", "read_back", intent="ask_side_effects", answer="yes")
    assert read.answer == "yes"
    assert meant("Looks good, but the time is wrong.", "read_back", answer="yes").intent == "change_answer"


def test_a_call_is_asked_for_whatever_else_is_told() -> None:
    read = meant("I'd rather talk on the phone, can you call me? Running makes it worse.", "options", findings={"a": 1})
    assert (read.intent, read.findings) == ("call_me", {"a": 1})


def test_the_question_behind_is_read_with_its_own_sentence() -> None:
    assert question_sentence("Sam here. I read about Botox, what is that?") == "I read about Botox, what is that?"
    assert question_sentence("left, what else?") == "what else?"
    assert question_sentence("left") is None


@pytest.mark.parametrize(
    "text", ["Is this a real person I talk to?", "are you a bot?", "am I chatting with a machine?"]
)
def test_who_is_talking_is_asked(text: str) -> None:
    assert meant(text, intent="talk_to_human").intent == "ask_bot"


def test_a_person_to_talk_to_is_asked_for() -> None:
    assert meant("Is there a real person I can talk to?", intent="talk_to_human").intent == "talk_to_human"


def test_stop_is_stop_where_a_time_is_picked_too() -> None:
    assert meant("Stop please, I changed my mind.", "appointment").intent == "stop"
    assert meant("I changed my mind, no visit", "appointment").intent == "no_visit"
