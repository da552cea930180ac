"""Replies that are about something else, beside the question or before it: nothing is made up from them."""

from datetime import datetime, timezone

import pytest

from knee_intake.understanding.contacts import read_contact
from knee_intake.understanding.named_signs import names_sign
from knee_intake.understanding.reader import RuleReader
from tests import readers

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def reader() -> RuleReader:
    return readers.rule_reader()


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("symptoms", "I'd rather have a phone call"),
        ("emergency_screen", "I would prefer to talk to a person"),
        ("activity_level", "I used to live in Ohio, you know."),
        ("activity_level", "I wrote the front, it should be the back."),
        ("morning_stiffness", "My neighbor just got a new dog, it barks all day."),
        ("age_band", "Hmm, skip, next one please."),
        ("who_for", "please ring me"),
        ("who_for", "get me a nurse"),
        ("who_for", "I want to talk to someone"),
        ("who_for", "I'm so scared"),
        ("goal", "The train was packed today."),
        ("goal", "It's snowing like mad."),
        ("goal", "tell me a story"),
        ("contact", "ratehr not"),
        ("contact", "ok i'm goign now"),
        ("consent", "Well now. No. Is there a lift?"),
        ("consent", "Certainly. I would rather you did not."),
        ("consent", "great, thanks for your help"),
        ("arthritis_history", "I'd like to end this chat."),
        ("arthritis_history", "I'm really scared, what if it's something awful?"),
        ("who_for", "I have to go, let's stop."),
        ("onset", "How many months does the effect last?"),
        ("goal", "shold i put ice or hezt on it"),
        ("contact", "Oops left knee not right"),
        ("appointment", "I had porridge this morning."),
        ("appointment", "It's snowing like mad here today."),
        ("appointment", "It gets a lot worse with kneeling, lying in bed at night and walking."),
        ("age_band", "I have new pain and swelling in one calf"),
        ("goal", "I used to live in Ohio, you know."),
        ("onset", "My niece starts school in the fall."),
        ("morning_stiffness", "I'm panicking a little here."),
        ("appointment", "Am i talking to a bot"),
    ],
)
def test_a_remark_is_no_answer(reader: RuleReader, asked: str, text: str) -> None:
    assert reader.read(text, asked, {}, NOW).answer is None


@pytest.mark.parametrize(
    ("asked", "text", "answer"),
    [
        ("treatments_tried", "I have tried nothing so far. Much obliged.", []),
        ("injury_signs", "Yes, indeed. No to each of those.", []),
        ("emergency_screen", "none of those. I slipped on wet leaves two months ago", []),
        ("arthritis_history", "Thank you for asking. Yes, but I do not know which kind.", ["unspecified"]),
        ("arthritis_history", "Well now. A doctor has said so, but I forget the kind.", ["unspecified"]),
        ("activity_level", "I am fairly active, I cycle now and then.", "moderate"),
        ("activity_level", "she mostly sits", "sedentary"),
        ("consent", "My sister says hi by the way. That's fine with me.", "yes"),
        ("consent", "yeh ok", "yes"),
        ("who_for", "My little one, he's only 9.", "child"),
        ("who_for", "let me see, for my husband", "other_adult"),
        ("who_for", "it's for me, please call me later", "self"),
        ("who_for", "I'm so scared, it's my knee", "self"),
        ("consent", "Well now. Yes, that is quite fine. Is there a lift?", "yes"),
        ("goal", "sing in the choir", "sing in the choir"),
        ("goal", "it would be nice to kneel in church", "it would be nice to kneel in church"),
        ("goal", "my garden", "my garden"),
        ("aggravated_by", "Yes, indeed. None that I have noticed.", []),
        ("joint_history", "I have none of that. Does a Botox shot hurt?", []),
        ("joint_history", "I had a shot in May. Is that bad?", ["recent_knee_injection"]),
        ("symptoms", "Swollen, yes. It's so hot in here today.", ["swelling"]),
        ("morning_stiffness", "The kettle is on, one second. It's not stiff in the morning.", "none"),
        ("morning_stiffness", "one second", "le_30min"),
        ("morning_stiffness", "No, mornings are fine. I hardly slept, I'm so anxious.", "none"),
        ("pain_location", "You know the kneecap? Just there, behind it, on my left knee.", ["anterior"]),
        ("arthritis_history", "A doctor said arthritis, not which one.", ["unspecified"]),
        ("contact", "im vikram", {"first_name": "Vikram"}),
        ("arthritis_history", "yes, a doctor told me so years ago", ["unspecified"]),
        ("age_band", "he is seven now", "under_18"),
        ("age_band", "seven years old and very lively", "under_18"),
        ("consent", "Thats' fine with me.", "yes"),
        ("consent", "Yes, indeed. I would prefer that you do not save anything.", "no"),
        ("consent", "yes, thanks for asking", "yes"),
        ("contact", "It''s Stefan.", {"first_name": "Stefan"}),
        ("onset", "I had a bad fall", "injury"),
        ("who_for", "My sister says hi. That would be me, I'm well over 18.", "self"),
        ("arthritis_history", "no iea", "unsure"),
        ("contact", "Priya hwre! 212 555 0147", {"first_name": "Priya", "phone": "+12125550147"}),
        ("treatments_tried", "I've tried a gel shot. Can I take ibuprofen for it?", ["hyaluronic_injection"]),
        ("treatments_tried", "I had rest and ice. Do you offer physical therapy", ["rest_ice"]),
        ("injury_signs", "It's so hot in here today. Nope, nothing popped and I could walk fine.", []),
        ("symptoms", "it's really hot today", ["warmth_or_redness"]),
        ("activity_level", "I'm not active at all, mostly sitting.", "sedentary"),
    ],
)
def test_an_answer_is_heard_beside_other_words(reader: RuleReader, asked: str, text: str, answer: object) -> None:
    assert reader.read(text, asked, {}, NOW).answer == answer


@pytest.mark.parametrize(
    "text", ["none What's dysport", "gives out. Has this Dysport been studied?", "No Is Botox safe?"]
)
def test_a_shot_that_is_only_asked_about_was_not_tried(reader: RuleReader, text: str) -> None:
    assert "treatments_tried" not in reader.read(text, "symptoms", {}, NOW).findings


def test_a_time_in_front_of_a_question_is_still_a_time(reader: RuleReader) -> None:
    read = reader.read("5 years ago, slowly Is Botox dangerous?", "onset", {}, NOW)
    assert (read.answer, read.findings["pain_duration_days"]) == ("gradual", 5 * 365)


def test_somebody_ran_into_it_then_is_when_it_began(reader: RuleReader) -> None:
    assert (
        reader.read("So three years ago a man ran into my knee.", None, {}, NOW).findings["pain_duration_days"] == 1095
    )


def test_a_long_list_in_front_makes_it_worse(reader: RuleReader) -> None:
    text = "Lying in bed at night, long sitting and going down stairs make it worse."
    assert {*reader.read(text, None, {}, NOW).findings["aggravated_by"]} == {"night", "sitting", "stairs"}
    text = "I sit at a desk, I walk the dog and the stairs make it worse."
    assert "sitting" not in reader.read(text, None, {}, NOW).findings["aggravated_by"]


def test_climbing_stairs_is_no_redness_that_climbs(reader: RuleReader) -> None:
    assert "signs" not in reader.read("It gets worse with climbing stairs.", "aggravated_by", {}, NOW).more
    for text in ("The redness is climbing.", "It is climbing up my leg.", "the rash climbed since yesterday"):
        assert reader.read(text, None, {}, NOW).more["signs"].count("spreading_redness") == 1, text


def test_the_backside_of_a_knee_is_its_back(reader: RuleReader) -> None:
    text = "The pain is at the backside and the inner side of my right knee."
    assert reader.read(text, None, {}, NOW).findings["pain_location"] == ["medial", "posterior"]


def test_all_over_the_knee_is_not_all_over_the_body(reader: RuleReader) -> None:
    assert "signs" not in reader.read("It hurts all over my left knee.", "pain_location", {}, NOW).more
    assert reader.read("I hurt all over.", None, {}, NOW).more["signs"] == ["unwell"]


def test_right_there_is_no_right_knee(reader: RuleReader) -> None:
    text = "You know where the leg folds? The back of my left knee, right there."
    assert reader.read(text, "pain_location", {}, NOW).findings["knee_side"] == "left"


def test_what_is_done_today_is_not_when_it_began(reader: RuleReader) -> None:
    text = "I should really call my brother today. I'd say two years ago. It started as a little ache and got worse."
    assert reader.read(text, "onset", {}, NOW).findings["pain_duration_days"] == 730
    assert reader.read("today, i fell", "onset", {}, NOW).findings["pain_duration_days"] == 0


def test_who_pulled_something_then_has_hurt_since_then(reader: RuleReader) -> None:
    text = "So three years ago I pulled something in it at soccer, and that is how it all started."
    assert reader.read(text, None, {}, NOW).findings["pain_duration_days"] == 3 * 365


def test_who_is_asked_about_it_has_not_got_it(reader: RuleReader) -> None:
    known = {"arthritis_history": ["osteoarthritis"]}
    text = "Sorry, I just asked my wife, it's rheumatoid arthritis."
    assert reader.read(text, "options", known, NOW).corrections == {"arthritis_history": ["rheumatoid_arthritis"]}
    assert "arthritis_history" not in reader.read("My wife has rheumatoid arthritis.", None, {}, NOW).findings


@pytest.mark.parametrize("manners", ["If that is of any use.", "With kind regards.", "I hope that helps."])
def test_manners_behind_a_pick_change_nothing(reader: RuleReader, manners: str) -> None:
    assert reader.read(f"I should prefer the first. {manners}", "appointment", {}, NOW).answer["pick"] == 1


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("It's the back and the outside of both knees that hurts.", {"posterior", "lateral"}),
        ("The pain is at the inner side and the back of my left knee.", {"posterior", "medial"}),
    ],
)
def test_the_back_and_a_side_are_two_places(reader: RuleReader, text: str, places: set[str]) -> None:
    assert {*reader.read(text, None, {}, NOW).findings["pain_location"]} == places


def test_what_makes_it_worse_takes_the_place_of_no_sport(reader: RuleReader) -> None:
    known = {"activities": ["martial_arts"]}
    for text in ("No, nothing like that. Running makes it worse.", "I'd rather call. It's worse with running."):
        assert reader.read(text, "symptoms", known, NOW).corrections == {}, text
    assert reader.read("Sorry, I meant running, not karate.", None, known, NOW).corrections == {
        "activities": ["running"]
    }


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("it never got right again", {"knee_side": "right"}),
        ("It looks swollen next to the other one. Yes, it gives out, please help.", {"knee_side": "left"}),
        ("My mistake, the right phone number is 212 555 0182.", {"knee_side": "left"}),
        ("3 out of 10. Bending makes it worse.", {"age_band": "18_34"}),
        ("Thursday at 10, please. It's so hot in here today.", {"symptoms": ["swelling"]}),
        ("Yes, send it.", {"first_name": "Stefan"}),
        ("It takes five minutes to loosen up. Sorry, my dog just ate the mail.", {"symptoms": ["giving_way"]}),
    ],
)
def test_nothing_is_put_right_that_nobody_corrected(reader: RuleReader, text: str, context: dict[str, object]) -> None:
    assert not {*reader.read(text, None, context, NOW).corrections} & {*context}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My nameis José and it's 718 555 0155.", "José"),
        ("hector@example.com Hector I'm shaking a bit", "Hector"),
        ("Mary-Ann. Jogging and deep squats make it worse, I know.", "Mary-Ann"),
        ("Anyway, where was I. Keiko, you can reach me at 212 555 0144.", "Keiko"),
        ("human please", None),
        ("chloe.k@example.com, pleaes.", None),
        ("Scratch that, 212 555 0144", None),
    ],
)
def test_a_name_is_a_name(text: str, name: str | None) -> None:
    assert (read_contact(text) or {}).get("first_name") == name


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("No stiffness at all. What does therapy do?", None),
        ("robin at mail. com", "robin@mail.com"),
        ("it'srobin@example.org", "robin@example.org"),
    ],
)
def test_an_address_is_an_address(text: str, email: str | None) -> None:
    assert (read_contact(text) or {}).get("email") == email


@pytest.mark.parametrize("text", ["It has to be in the morning.", "I'm shaking a bit as I write this."])
def test_these_words_are_no_signs(reader: RuleReader, text: str) -> None:
    assert not reader.read(text, None, {}, NOW).more.get("signs")


@pytest.mark.parametrize("asked", ["emergency_screen", "symptoms", "injury_signs"])
@pytest.mark.parametrize("text", ["no pop", "no fever", "i have no swelling", "no chest pain"])
def test_one_thing_denied_closes_no_list_of_alarms(asked, text):
    assert readers.rule_reader().read(text, asked=asked).answer is None


@pytest.mark.parametrize("text", ["no", "no, nothing", "no problems", "no fever or anything", "none", "no fever, none"])
def test_a_whole_no_closes_it(text):
    assert readers.rule_reader().read(text, asked="emergency_screen").answer == []


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("it swelled maybe after 5 or 6 hours", False),
        ("swelled up about ten hours later", False),
        ("swelled up in an hour", True),
        ("fell 5 hours ago and it swelled right away", True),
    ],
)
def test_hours_of_a_swelling_are_counted(text, within):
    read = readers.rule_reader().read(text, asked="injury_signs")
    assert ("swelled_within_2h" in read.more.get("signs", ())) is within
    assert ("swelled_within_2h" in (read.answer or ())) is within


@pytest.mark.parametrize(
    ("text", "answer"),
    [("yes i can straighten it", None), ("yes it hurts on stairs", None), ("yes in my hands", ["unspecified"])],
)
def test_a_yes_to_something_else_is_no_arthritis(text, answer):
    assert readers.rule_reader().read(text, asked="arthritis_history").answer == answer


def test_years_alone_are_a_time_and_a_day_is_no_score():
    reader = readers.rule_reader()
    assert reader.read("slow, years", asked="onset").findings["pain_duration_days"] == 1095
    assert "pain_severity" not in reader.read("5/10", asked="onset").findings
    assert reader.read("5/10", asked="options").findings["pain_severity"] == 5


@pytest.mark.parametrize(
    ("asked", "text", "answer"),
    [
        ("arthritis_history", "I must call my brother. No, not that I ever heard. What can I take for it?", ["none"]),
        ("arthritis_history", "A doctor said arthritis, not which one.", ["unspecified"]),
        ("consent", "I must call my brother. Yes. What can I take for it?", None),
        ("emergency_screen", "I must call my brother. No. What can I take for it?", None),
        ("symptoms", "I don''t have any of these.", []),
        ("onset", "About 4 monrsh ago, there was no injury.", "gradual"),
    ],
)
def test_one_sentence_of_several_answers(asked, text, answer):
    assert readers.rule_reader().read(text, asked=asked).answer == answer


def test_a_pop_at_the_injury_is_no_clicking():
    read = readers.rule_reader().read("It went pop when it happened.", asked="injury_signs")
    assert read.answer == ["pop"]
    assert "symptoms" not in read.findings
    again = readers.rule_reader().read("it clicks and went pop when it happened", asked="injury_signs")
    assert again.findings["symptoms"] == ["clicking"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("it sits at the inside and the kneecap of my left knee", {"anterior", "medial"}),
        ("outer side and kneecap hurt", {"anterior", "lateral"}),
        ("inside of the kneecap hurts", {"anterior"}),
    ],
)
def test_a_side_and_the_kneecap_are_two_places(text, places):
    assert places <= {*readers.rule_reader().read(text).findings["pain_location"]}


def test_shots_tried_at_some_time_are_not_recent():
    assert not names_sign("recent_knee_injection", "so far gel injections, ice and a cortisone shot")
    assert names_sign("recent_knee_injection", "a cortisone shot last month")
    assert not names_sign("recent_knee_injection", "a dysport shot last month")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes please do, then I don't need to say it all again.", "yes"),
        ("Yes, please. I'm on the train so this may take a moment.", "yes"),
        ("Yes, indeed. I would prefer that you do not save anything.", None),
        ("yes please do not save it", None),
        ("ok sure, I don't want that though", None),
        ("Yes please, but only with the doctor.", None),
    ],
)
def test_only_a_clear_yes_agrees_whatever_stands_behind_it(text, answer):
    assert readers.rule_reader().read(text, asked="consent").answer in (answer, "no" if answer is None else answer)


@pytest.mark.parametrize(
    "text",
    ["Indeed. It would be better not to.", "yes please not the insurance though", "Yes please, but only with you."],
)
def test_a_yes_that_is_taken_back_agrees_to_nothing(text):
    assert readers.rule_reader().read(text, asked="consent").answer is None


@pytest.mark.parametrize(
    ("asked", "text", "answer"),
    [
        ("activity_level", "Moderate, I swim a bit. Sorry, my dog just ran through the room.", "moderate"),
        ("onset", "It came out of nowhere. I'm a nervous wreck.", "gradual"),
        ("onset", "I'm a nervous wreck.", None),
        ("onset", "slowly. my nerves are shot", "gradual"),
        ("onset", "I was in a wreck", "injury"),
        ("goal", "Skip this one. How many are left?", None),
        ("goal", "To skip rope with my kids?", "To skip rope with my kids?"),
    ],
)
def test_what_has_nothing_to_do_with_it_answers_nothing(asked, text, answer):
    read = readers.rule_reader().read(text, asked=asked)
    assert read.answer == answer
    assert "treatments_tried" not in read.findings


def test_words_that_are_none_are_named():
    assert readers.rule_reader().read("it began 3 weeks ago and cme on slowly").unknown == ("cme",)
    assert readers.rule_reader().read("Ask Prhydwen, it came on slowly").unknown == ()
