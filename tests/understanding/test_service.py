"""Where rules and classifier meet: who is asked, and who is believed."""

import pytest

from knee_intake.understanding.reader import Heard
from knee_intake.understanding.service import CERTAIN, SETTLED, SURELY_ASKED, Understanding, asks, settle
from knee_intake.understanding.spelling import Mended
from knee_intake.understanding.types import UNSURE, Found, IntentReading, RuleReading, Tag
from tests import readers


class FixedReader:
    def __init__(self, **reading):
        self.reading = RuleReading(**reading)
        self.calls = []

    def listen(self, text, asked=None, now=None):
        self.calls.append((text, asked, now))
        return Heard(text, Mended(text), Found(), now)

    def conclude(self, heard, asked=None, context=None, tags=()):
        return self.reading


class FixedClassifier:
    def __init__(self, *ranking):
        self.ranking = ranking
        self.asked = 0

    def classify(self, text):
        self.asked += 1
        return IntentReading(*self.ranking[0], tuple(self.ranking))


def understand(text, *ranking, asked=None, **reading):
    classifier = FixedClassifier(*(ranking or [("greet", 0.8)]))
    understood = Understanding(FixedReader(**reading), classifier).understand(text, asked=asked)
    return understood, classifier.asked


@pytest.mark.parametrize(
    ("text", "asked", "answer", "intent"),
    [
        ("yep", "consent", "yes", "affirm"),
        ("no never", "emergency_screen", "no", "deny"),
        ("no clue", "onset", UNSURE, "unsure"),
        ("left, medial", "pain_location", ["medial"], "inform"),
        ("6", "pain_severity", 6, "inform"),
    ],
)
def test_a_short_answer_is_settled_without_the_classifier(text, asked, answer, intent):
    understood, calls = understand(text, asked=asked, answer=answer)
    assert (understood.intent, understood.confidence, calls) == (intent, 1.0, 0)


@pytest.mark.parametrize(
    ("text", "asked", "answer"),
    [
        ("yes but how much is it", "consent", "yes"),
        ("cancel it", "goal", "cancel it"),
        ("yes i think so and i also wanted to tell you about my hip", "consent", "yes"),
        ("left", None, None),
        ("blue", "knee_side", None),
    ],
)
def test_what_is_no_plain_short_answer_goes_to_the_classifier(text, asked, answer):
    _, calls = understand(text, asked=asked, answer=answer)
    assert calls == 1


@pytest.mark.parametrize(
    ("text", "intent"), [("🙂🙂", "out_of_scope"), ("...", "out_of_scope"), ("колено болит", "other_language")]
)
def test_texts_without_english_letters_need_no_classifier(text, intent):
    understood, calls = understand(text)
    assert (understood.intent, calls) == (intent, 0)


def test_a_statement_with_findings_is_inform_and_the_raw_ranking_is_kept():
    ranking = [("ask_diagnosis", 0.6), ("inform", 0.3)]
    understood, _ = understand("my knee locks and swells", *ranking, findings={"symptoms": ["locking", "swelling"]})
    assert (understood.intent, understood.confidence) == ("inform", SETTLED)
    assert understood.ranking == tuple(ranking)


def test_a_question_with_findings_stays_a_question():
    understood, _ = understand(
        "is it bad that my knee locks", ("ask_diagnosis", 0.6), findings={"symptoms": ["locking"]}
    )
    assert (understood.intent, understood.confidence) == ("ask_diagnosis", 0.6)


def test_what_is_surely_asked_is_a_question_in_any_form():
    told = {"findings": {"symptoms": ["swelling"]}}
    sure, _ = understand("gel or steroid for a swollen knee", ("ask_other_injections", SURELY_ASKED), **told)
    assert sure.intent == "ask_other_injections"
    unsure, _ = understand("gel or steroid, swollen knee", ("ask_other_injections", SURELY_ASKED - 0.01), **told)
    assert unsure.intent == "inform"


def test_a_wish_to_book_stays_one_whatever_else_is_said():
    understood, _ = understand("book me a visit for my left knee", ("book", 0.9), findings={"knee_side": "left"})
    assert understood.intent == "book"


def test_what_names_a_knee_is_out_of_scope_only_where_the_classifier_is_certain():
    statement, _ = understand("knee acting up again", ("out_of_scope", 0.5), ("inform", 0.2))
    question, _ = understand("can a knee be fixed", ("out_of_scope", 0.5), ("ask_other_treatments", 0.2))
    assert (statement.intent, question.intent) == ("inform", "ask_other_treatments")
    poem, _ = understand("write a poem about a knee", ("out_of_scope", CERTAIN), ("inform", 0.2))
    answer, _ = understand(
        "the knee of my jeans", ("out_of_scope", CERTAIN), asked="goal", answer="the knee of my jeans"
    )
    assert (poem.intent, answer.intent) == ("out_of_scope", "inform")


def test_a_length_of_time_alone_does_not_bring_a_text_into_scope():
    understood, _ = understand(
        "set the timer to three weeks", ("out_of_scope", 0.9), findings={"pain_duration_days": 21}
    )
    assert understood.intent == "out_of_scope"


def test_an_answer_to_the_open_question_is_never_out_of_scope():
    text = "since the day that we moved to the new house in spring"
    understood, _ = understand(text, ("out_of_scope", 0.9), asked="pain_duration_days", answer=200)
    assert understood.intent == "inform"


def test_everything_the_rules_read_is_passed_on():
    understood, _ = understand(
        "hi", findings={"knee_side": "left"}, negated=("swelling",), more={"age": 40}, answer="left",
        corrections={"knee_side": "left"},
    )  # fmt: skip
    assert (understood.findings, understood.negated, understood.more) == (
        {"knee_side": "left"}, ("swelling",), {"age": 40},
    )  # fmt: skip
    assert (understood.answer, understood.corrections) == ("left", {"knee_side": "left"})


@pytest.mark.parametrize(
    "text", ["does it hurt", "ok and what about pt", "Cost?", "tell me more", "I want to know why"]
)
def test_questions_have_the_form_of_questions(text):
    assert asks(text)


@pytest.mark.parametrize("text", ["my knee hurts", "it does click", "I know what happened", "left", "can't kneel"])
def test_statements_have_not(text):
    assert not asks(text)


@pytest.mark.parametrize(
    ("text", "likeliest", "meant"),
    [
        ("ok but can i still book him for next week?", "reschedule", "book"),
        ("could we get another appointment earlier than that", "reschedule", "book"),
        ("can I move my appointment to friday", "reschedule", "reschedule"),
        ("he refuses to go to the ER", "cancel_booking", "inform"),
        ("I can't come on friday", "cancel_booking", "cancel_booking"),
        ("and please don't call after 7", "distress", "inform"),
    ],
)
def test_what_is_done_to_a_visit_is_in_the_words(text, likeliest, meant):
    reading = IntentReading(likeliest, 0.7, ((likeliest, 0.7), ("thanks", 0.1)))
    assert settle(text, reading, readers.rule_reader().read(text)).intent == meant


class LongStory:
    """A classifier that hears a thing in its own sentence, and not in the whole story."""

    def __init__(self):
        self.heard = []

    def classify(self, text):
        self.heard.append(text)
        alone = text.startswith("It is worse")
        tags = (Tag("aggravated_by=walking", 0.9, 17, 24),) if alone else (Tag("!walking", 0.9, 0, 4),)
        return IntentReading("inform", 0.9, (("inform", 0.9),), tags)


def test_what_is_doubted_in_a_long_story_is_heard_once_more_in_its_own_sentence():
    story = "Hi! I never write to people whom I do not know, as my sister can tell you. My knee is sore. "
    told = "It is worse with walking. I have had it a while."
    classifier = LongStory()
    understanding = Understanding(readers.rule_reader(), classifier)
    assert understanding.understand(story + told).findings["aggravated_by"] == ["walking"]
    assert len(classifier.heard) == 2, "the other sentences are not read again"
    short = "It hurts with walking, never at rest."
    assert "aggravated_by" not in understanding.understand(short).findings


class HearsNothing:
    """A classifier whose tagger hears nothing of what it is given."""

    def classify(self, text):
        return IntentReading("inform", 0.9, (("inform", 0.9),), (Tag("onset=gradual", 0.01, 0, 2),))


def test_an_alarm_beside_a_short_answer_is_weighed_as_in_a_longer_text():
    alarm = "I hurt all over, stairs"
    understanding = Understanding(readers.rule_reader(), HearsNothing())
    assert readers.rule_reader().read(alarm, "aggravated_by").more == {"signs": ["unwell"]}
    assert understanding.understand(alarm, asked="aggravated_by").more == {}
