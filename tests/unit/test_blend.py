"""Rules and tagger weighed against each other: what one may add, what the other may not undo."""

import pytest

from knee_intake.understanding.blend import BLOCKED, WEIGHTS, blend
from knee_intake.understanding.types import Evidence, Found, Tag

TEXT = "comes down the steps backwards, no swelling, keyboard is stuck"


def tag(label, share):
    return Tag(label, share, 0, 5)


def seen(field, value, assertion):
    return Evidence(field, value, "words", 0, 5, "rule", assertion)


def test_without_tags_the_rules_reading_stays():
    found = Found({"symptoms": ["locking"]}, ["swelling"], {"age": 50}, [])
    assert blend(found, (), TEXT) is found


def test_what_only_the_tagger_hears_is_added_where_it_is_sure_and_says_which_words():
    sure = WEIGHTS["aggravated_by"].adds
    blended = blend(Found(), [tag("aggravated_by=stairs", sure)], TEXT)
    assert blended.findings == {"aggravated_by": ["stairs"]}
    (why,) = blended.why
    assert (why.field, why.value, why.words, why.assertion) == ("aggravated_by", "stairs", "comes", "affirmed")
    assert blend(Found(), [tag("aggravated_by=stairs", sure - 0.01)], TEXT).findings == {}


def test_what_only_the_rules_hear_is_dropped_where_the_tagger_hears_nothing_of_it():
    found = Found({"symptoms": ["locking"]}, why=[seen("symptoms", "locking", "affirmed")])
    blended = blend(found, [tag("onset=gradual", 0.01)], TEXT)
    assert blended.findings == {}
    assert [why.assertion for why in blended.why] == ["doubted"]
    assert found.findings == {"symptoms": ["locking"]}


def test_a_denial_never_becomes_a_yes():
    found = Found(negated=["swelling"], more={"negated_signs": ["knee_swollen"]})
    blended = blend(found, [tag("symptoms=swelling", 0.99), tag("sign=knee_swollen", 0.99)], TEXT)
    assert blended.findings == {}
    assert blended.negated == ["swelling"]
    assert blended.more == {"negated_signs": ["knee_swollen"]}


def test_a_value_that_the_tagger_hears_denied_more_than_stated_is_not_added():
    blended = blend(Found(), [tag("symptoms=swelling", 0.8), tag("!swelling", 0.9)], TEXT)
    assert blended.findings == {}
    assert blended.negated == ["swelling"]


@pytest.mark.parametrize("assertion", ["historical", "hypothetical", "family", "question", "advised", "uncertain"])
def test_what_the_rules_hear_as_not_so_needs_a_very_sure_tagger(assertion):
    found = Found(why=[seen("symptoms", "swelling", assertion)])
    assert blend(found, [tag("symptoms=swelling", BLOCKED - 0.01)], TEXT).findings == {}
    assert blend(found, [tag("symptoms=swelling", BLOCKED)], TEXT).findings == {"symptoms": ["swelling"]}


def test_numbers_are_the_rules_business():
    found = Found({"pain_duration_days": 14, "pain_severity": 6})
    assert blend(found, [tag("onset=gradual", 0.01)], TEXT).findings == found.findings


def test_one_field_holds_one_value_and_a_list_keeps_the_tables_order():
    found = Found({"onset": "gradual"}, why=[])
    tags = [
        tag("onset=gradual", 0.9),
        tag("onset=injury", 0.95),
        tag("symptoms=weakness", 0.99),
        tag("symptoms=swelling", 0.99),
    ]
    assert blend(found, tags, TEXT).findings == {"symptoms": ["swelling", "weakness"], "onset": "gradual"}


def test_a_named_arthritis_takes_the_place_of_an_unnamed():
    tags = [tag("arthritis_history=unspecified", 0.99), tag("arthritis_history=osteoarthritis", 0.99)]
    assert blend(Found(), tags, TEXT).findings == {"arthritis_history": ["osteoarthritis"]}


def test_a_sign_is_added_to_more_and_other_things_there_stay():
    blended = blend(Found(more={"age": 61}), [tag("sign=fever", 0.99)], TEXT)
    assert blended.more == {"age": 61, "signs": ["fever"]}
