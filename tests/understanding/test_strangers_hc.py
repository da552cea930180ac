"""What strangers typed and was misread: dead ends at the booking, questions of their own kind, words of feeling."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from knee_intake.clinic import Clinic
from knee_intake.interview.asked_of_chat import is_rhetorical
from knee_intake.interview.contact_kept_back import gives_up, has_none_to_give, lets_visit_go
from knee_intake.interview.cost_words import asked_on_cost
from knee_intake.interview.errands import complains_of_bill, errand_of
from knee_intake.interview.feelings import excuses_mood, says_goodbye, tells_of_loss
from knee_intake.interview.model import Answer, Intake
from knee_intake.interview.offered import plain
from knee_intake.interview.plain_words import keeps_back, plainly_meant, question_behind
from knee_intake.interview.seams import parts_of
from knee_intake.interview.small_questions import answer_key, own_answer, small_question, small_questions
from knee_intake.interview.told_contact import take_name
from knee_intake.understanding.language import language_of
from knee_intake.understanding.types import Understood
from knee_intake.understanding.when import read_wish
from tests.readers import rule_reader

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text", ["no phone", "No email either.", "I don't have a phone", "i have no cell phone", "neither",
             "no phone or email", "sorry, I dont have one"],
)  # fmt: skip
def test_there_is_no_way_to_be_reached(text: str) -> None:
    assert has_none_to_give(plain(text))
    assert plainly_meant(Understood(text, "talk_to_human", 0.4), "contact").intent == "skip"


@pytest.mark.parametrize(
    "text",
    ["no", "no thanks", "no phone, just email", "my phone is 212", "I don't have my phone with me, use bo@x.org"],
)
def test_who_gives_something_else_keeps_nothing_back(text: str) -> None:
    assert not has_none_to_give(plain(text))


@pytest.mark.parametrize(
    "text", ["dont book it then", "Don't book it.", "forget the booking", "ok, forget the whole thing", "no visit then",
             "I don't want to book anymore", "please let the time go", "then do not hold it"],
)  # fmt: skip
@pytest.mark.parametrize("asked", ["appointment", "contact", "first_name", "read_back"])
def test_the_visit_is_let_go(text: str, asked: str) -> None:
    assert lets_visit_go(plain(text))
    assert gives_up(plain(text))
    assert plainly_meant(Understood(text, "book", 0.6), asked).intent == "no_visit"


@pytest.mark.parametrize(
    "text", ["book it then", "don't forget my booking", "can you hold it", "keep it", "forget what I said about Tom"]
)
def test_a_visit_is_not_let_go_by_near_words(text: str) -> None:
    assert not lets_visit_go(plain(text))
    assert not gives_up(plain(text))


def test_forget_it_lets_go_only_where_a_contact_is_asked_for() -> None:
    assert plainly_meant(Understood("forget it", "stop", 0.5), "contact").intent == "no_visit"
    assert plainly_meant(Understood("forget it", "stop", 0.5), "symptoms").intent == "stop"


@pytest.mark.parametrize("text", ["I should like to make an appointment, if I may.", "I will come if I may."])
def test_may_at_the_end_of_a_sentence_is_no_month(text: str) -> None:
    assert read_wish(text, NOW) is None


@pytest.mark.parametrize("text", ["May.", "in May.", "some time in may, please"])
def test_may_is_a_month_where_it_is_said_as_one(text: str) -> None:
    wish = read_wish(text, NOW)
    assert isinstance(wish, dict)
    assert wish["earliest"] == "2026-05-01"


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("can you promise I won't need surgery", "no_promise"),
        ("Can you promise me that it will work?", "no_promise"),
        ("do you guarantee no side effects?", "no_promise"),
        ("do you promise to call me?", None),
        ("promise you won't sell my data", None),
        ("how many visits", "visits_unknown"),
        ("How many sessions will I need?", "visits_unknown"),
        ("how much are the shots?", None),
        ("how many years have you been open?", None),
        ("do you take walk ins", "walk_in"),
        ("are walk-ins ok?", "walk_in"),
        ("can I just walk in?", "walk_in"),
        ("can I come without an appointment?", "walk_in"),
        ("can I walk in the park?", None),
        ("I can walk in pain", None),
        ("do I have to stop running", "ask_if_to_stop"),
        ("should I stop taking my pills?", None),
    ],
)
def test_a_small_question_has_its_line(text: str, phrase: str | None) -> None:
    assert small_question(text) == phrase
    if phrase:
        assert plainly_meant(Understood(text, "book", 0.9), None).intent == "not_known"


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("whats the price and how many visits", ["visits_unknown"]),
        ("Are you open Saturdays? And do you take walk-ins?", ["walk_in"]),
        ("where do I park?", []),
    ],
)
def test_a_small_question_behind_another_is_answered_with_it(text: str, phrases: list[str]) -> None:
    assert small_questions(text) == phrases
    assert plainly_meant(Understood(text, "ask_cost", 0.9), None).intent == "ask_cost"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("is that FDA approved", "ask_approval"),
        ("Has the FDA approved Botox for knees?", "ask_approval"),
        ("what does off-label mean?", "ask_approval"),
        ("are these shots approved?", "ask_approval"),
        ("is it approved by my insurance?", None),
        ("is my visit approved?", None),
        ("Have you any conflicts of interest?", "ask_interest"),
        ("who pays you?", "ask_interest"),
        ("do you get paid for selling Botox?", "ask_interest"),
        ("what's in it for the clinic?", "ask_interest"),
        ("who pays for the visit?", None),
        ("do you get paid by insurance?", None),
    ],
)
def test_approval_and_interest_have_answers_of_their_own(text: str, key: str | None) -> None:
    assert own_answer(text) == key
    intent = plainly_meant(Understood(text, "ask_cost", 0.8), None).intent
    assert answer_key(text, intent) == (key or "ask_cost")


def test_a_second_question_does_not_get_the_answer_of_the_first() -> None:
    assert parts_of("is it FDA approved and what does it cost") == ["is it FDA approved", "what does it cost"]
    assert answer_key("is it FDA approved and what does it cost", "ask_cost") == "ask_cost"


@pytest.mark.parametrize(
    "text", ["im breastfeeding is that an issue", "I take warfarin, does that matter", "I'm 70 is that a problem"]
)
def test_a_question_without_its_mark_is_one(text: str) -> None:
    assert question_behind(text) is not None


@pytest.mark.parametrize("text", ["what it does is that I limp", "I know what the issue is", "my knee is bad"])
def test_a_statement_asks_nothing(text: str) -> None:
    assert question_behind(text) is None


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("do you have any discounts", "cost_discount"),
        ("do you take medicaid", "cost_plan"),
        ("can i pay in installments", "cost_in_parts"),
        ("is there a fee", None),
    ],
)
def test_who_asks_on_hears_of_that_very_thing(text: str, phrase: str | None, clinic: Clinic) -> None:
    assert asked_on_cost(text, clinic) == phrase


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("my mother died after her knee surgery and now my own knee hurts", True),
        ("I lost my wife in the spring", True),
        ("since my husband passed away I hardly walk", True),
        ("my late husband used to drive me", True),
        ("my battery died", False),
        ("I lost my balance", False),
        ("my son passed his test", False),
        ("my mom passed out", False),
        ("I lost my mom's number", False),
        ("I'm dying to play again", False),
    ],
)
def test_a_death_is_heard(text: str, lost: bool) -> None:
    assert tells_of_loss(text) is lost


@pytest.mark.parametrize(
    ("text", "excused"),
    [
        ("sorry bad day", True),
        ("Sorry, I'm having a rough week.", True),
        ("sorry for being rude", True),
        ("sorry i snapped at you", True),
        ("sorry, I meant the left one", False),
        ("I have good days and bad days", False),
        ("it was a bad day for my knee", False),
        ("bad night", False),
        ("sorry", False),
    ],
)
def test_an_excuse_is_no_goodbye(text: str, excused: bool) -> None:
    assert excuses_mood(plain(text)) is excused
    assert not says_goodbye(text)


def test_a_goodbye_has_words_of_one() -> None:
    assert says_goodbye("ok bye now")
    assert says_goodbye("thanks, that's all")


@pytest.mark.parametrize(
    ("text", "complains"),
    [
        ("i got a bill for 400 dollars and i never agreed to it", True),
        ("I want my money back", True),
        ("you charged me twice", True),
        ("how do I pay my bill?", False),
    ],
)
def test_a_wrong_bill_is_a_complaint(text: str, complains: bool) -> None:
    assert complains_of_bill(text) is complains


def test_money_back_is_for_the_desk_and_a_back_is_not() -> None:
    assert errand_of("i want my money back") == "bill"
    assert errand_of("I want my knee back the way it was") is None


def test_outrage_is_no_despair() -> None:
    assert plainly_meant(Understood("this is outrageous", "distress", 0.5), None).intent == "insult"


@pytest.mark.parametrize("text", ["brilliant, book me", "great, book it", "sounds good, book me in please"])
def test_a_glad_wish_to_book_is_one(text: str) -> None:
    assert plainly_meant(Understood(text, "out_of_scope", 0.97), "symptoms").intent == "book"


def test_who_else_asks_nothing() -> None:
    assert is_rhetorical("who else")
    assert not is_rhetorical("who will I see?")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I should prefer to be called Mr. Winthrop", "Mr Winthrop"),
        ("you can call me Bo", "Bo"),
        ("please call me Monday", None),
        ("I'd like to be called back", None),
        ("please call me", None),
    ],
)
def test_a_name_told_beside_a_question_is_kept(text: str, name: str | None) -> None:
    intake = Intake(asked="symptoms", answers={"consent": Answer("yes", "yes", 1, "asked")})
    assert take_name(text, intake, 2) is (name is not None)
    assert intake.value("first_name") == name


@pytest.mark.parametrize("text", ["no entiendo inglés", "no hablo ingles", "no entiendo nada", "no comprendo ingles"])
def test_who_knows_no_english_says_so_in_spanish(text: str) -> None:
    assert language_of(text) == "es"


@pytest.mark.parametrize(
    "text", ["no english", "Sorry, no English.", "I don't speak English", "i no speak english",
             "my english is not good", "me no understand english well"],
)  # fmt: skip
def test_who_knows_no_english_answers_nothing_with_it(text: str) -> None:
    read = plainly_meant(Understood(text, "deny", 0.9, answer=[]), "symptoms")
    assert (read.intent, read.answer) == ("other_language", None)


@pytest.mark.parametrize(
    "text", ["no", "no, none", "my english teacher says no", "no, and my English class is not hard"]
)
def test_a_no_stays_one(text: str) -> None:
    assert plainly_meant(Understood(text, "deny", 0.9, answer=[]), "symptoms").answer == []


@pytest.mark.parametrize(
    "text", ["what do you do with my answers", "What will they do with all this?", "what do you do with it"]
)
def test_what_is_done_with_answers_is_a_question_on_privacy(text: str) -> None:
    assert plainly_meant(Understood(text, "ask_other_treatments", 0.6), "symptoms").intent == "ask_privacy"


@pytest.mark.parametrize("text", ["what do you do with a swollen knee", "what do you do with my knee?"])
def test_what_is_done_with_a_knee_is_none(text: str) -> None:
    assert plainly_meant(Understood(text, "ask_other_treatments", 0.6), "symptoms").intent != "ask_privacy"


@pytest.mark.parametrize("text", ["id rather not", "I won't give it", "I don't want to say", "I'm not giving that out"])
def test_a_contact_is_kept_back(text: str) -> None:
    assert keeps_back(text)


@pytest.mark.parametrize("text", ["I'd rather not bend it", "I can't say when it began", "I won't give up running"])
def test_other_nots_keep_nothing_back(text: str) -> None:
    assert not keeps_back(text)


@pytest.mark.parametrize("text", ["just give me one", "pick one for me", "you pick", "whatever", "any of them"])
def test_the_choice_is_left_to_us(text: str) -> None:
    wish = read_wish(text, NOW)
    assert isinstance(wish, dict)
    assert wish["pick"] or not any(wish.values())


@pytest.mark.parametrize("text", ["give me one more option", "give me one on Tuesday", "any morning"])
def test_a_choice_with_a_wish_is_not(text: str) -> None:
    wish = read_wish(text, NOW)
    assert isinstance(wish, dict)
    assert any(wish.values())


@pytest.mark.parametrize("text", ["no", "no English", "my knee hurts", "I don't understand"])
def test_english_stays_english(text: str) -> None:
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    ("text", "who", "age"),
    [
        ("this is his mom, hes 16, no fever, what do we do", "child", 16),
        ("I'm her dad, she is 14 and limping", "child", 14),
        ("his mom here, he's 15", "child", 15),
        ("this is her husband, she's 45, knee hurts", "other_adult", 45),
        ("im his sister, he is 17 and my knee hurts too", None, None),
        ("I am her mother, I am 71", None, 71),
        ("this is her mom, she's 6 months pregnant", None, None),
    ],
)
def test_whose_relative_writes_tells_whose_age_it_is(text: str, who: str | None, age: int | None) -> None:
    more = rule_reader().read(text, None, {}, NOW).more
    assert (more.get("who_for"), more.get("age")) == (who, age)
