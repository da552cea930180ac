"""Rules and tagger weighed against each other: what one may add, what the other may not undo."""

import pytest

from knee_intake.understanding.blend import BLOCKED, DENIED, HALF_HEARD, OTHERS, SURELY, WEIGHTS, blend
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


def test_the_words_told_are_whole_words():
    sure = WEIGHTS["aggravated_by"].adds
    (why,) = blend(Found(), [Tag("aggravated_by=stairs", sure, 2, 4)], TEXT).why
    assert (why.words, why.start, why.end) == ("comes", 0, 5)


def test_what_only_the_rules_hear_is_dropped_where_the_tagger_hears_nothing_of_it():
    found = Found({"symptoms": ["locking"]}, why=[seen("symptoms", "locking", "affirmed")])
    blended = blend(found, [tag("onset=gradual", 0.01)], TEXT)
    assert blended.findings == {}
    assert [why.assertion for why in blended.why] == ["doubted"]
    assert found.findings == {"symptoms": ["locking"]}


def test_a_toxin_injection_that_the_rules_hear_stays_unless_the_tagger_hears_it_denied():
    found = Found({"treatments_tried": ["botulinum"]}, why=[seen("treatments_tried", "botulinum", "affirmed")])
    unheard = [tag("onset=gradual", 0.01)]
    assert blend(found, unheard, TEXT).findings == {"treatments_tried": ["botulinum"]}
    assert blend(found, [*unheard, tag("!botulinum", DENIED)], TEXT).findings == {}
    sign = Found(more={"signs": ["had_botulinum"]})
    assert blend(sign, unheard, TEXT).more == {"signs": ["had_botulinum"]}


def test_a_scar_that_leaks_is_no_open_wound_because_the_tagger_says_so():
    leak = Found(more={"signs": ["leak_from_wound"]})
    assert (
        "red_flags"
        not in blend(leak, [tag("red_flags=open_wound", 0.99), tag("sign=leak_from_wound", 0.99)], TEXT).findings
    )
    assert blend(Found(), [tag("red_flags=open_wound", 0.99)], TEXT).findings == {"red_flags": ["open_wound"]}


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("it is roasting, temp 98.6", []),
        ("Temperature was 36.8 at noon", []),
        ("temp 98.6 at noon. shivering now", []),
        ("temp is 101", ["fever"]),
        ("temperature 37.9", ["fever"]),
        ("hot at 98 pounds", ["fever"]),
    ],
)
def test_a_normal_temperature_is_no_fever_that_the_tagger_may_add(text, signs):
    assert blend(Found(), [tag("sign=fever", 0.99)], text).more.get("signs", []) == signs


def test_a_denial_never_becomes_a_yes():
    found = Found(negated=["swelling"], more={"negated_signs": ["knee_swollen"]})
    blended = blend(found, [tag("symptoms=swelling", 0.99), tag("sign=knee_swollen", 0.99)], TEXT)
    assert blended.findings == {}
    assert blended.negated == ["swelling"]
    assert blended.more == {"negated_signs": ["knee_swollen"]}


def at(label, share, text, word):
    start = text.index(word)
    return Tag(label, share, start, start + len(word))


@pytest.mark.parametrize(
    ("text", "word", "value"),
    [
        ("barely can stand on it", "stand", "cannot_bear_weight"),
        ("I can hardly get about on my own two feet", "feet", "cannot_bear_weight"),
        ("it scarcely holds me up", "holds", "cannot_bear_weight"),
        ("My leg CAN'T carry me", "carry", "cannot_bear_weight"),
        ("i cant put it down", "put", "cannot_bear_weight"),
        ("I could not walk in", "walk", "cannot_bear_weight"),
        ("she is not able to step on that side", "step", "cannot_bear_weight"),
        ("no swelling, unable to straighten it", "straighten", "locking"),
    ],
)
def test_a_denial_that_the_tagger_alone_hears_does_not_count_beside_an_inability(text, word, value):
    assert blend(Found(), [at(f"!{value}", 0.99, text, word)], text).negated == []


@pytest.mark.parametrize(
    ("text", "word", "value"),
    [
        ("I can stand on it all day", "stand", "cannot_bear_weight"),
        ("can't kneel, walking works as ever", "walking", "cannot_bear_weight"),
        ("hardly sleeping but my temperature is what it always is", "temperature", "fever"),
        ("cannot run with no catching at all", "catching", "locking"),
    ],
)
def test_a_denial_in_another_clause_than_the_inability_counts(text, word, value):
    assert blend(Found(), [at(f"!{value}", 0.99, text, word)], text).negated == [value]


def test_an_alarm_that_the_rules_hear_stated_is_never_denied_by_the_tagger():
    stated = Found({"red_flags": ["fever"]}, why=[seen("red_flags", "fever", "affirmed")])
    assert blend(stated, [tag("!fever", 0.99)], TEXT).negated == []
    sign = Found(more={"signs": ["fever"]}, why=[seen("signs", "fever", "affirmed")])
    assert blend(sign, [tag("!fever", 0.99)], TEXT).negated == []


def test_a_value_that_the_tagger_hears_denied_more_than_stated_is_not_added():
    blended = blend(Found(), [tag("symptoms=swelling", 0.8), tag("!swelling", 0.9)], TEXT)
    assert blended.findings == {}
    assert blended.negated == ["swelling"]


@pytest.mark.parametrize("assertion", ["historical", "hypothetical", "question", "advised", "uncertain"])
def test_what_the_rules_hear_as_not_so_needs_a_very_sure_tagger(assertion):
    found = Found(why=[seen("symptoms", "swelling", assertion)])
    assert blend(found, [tag("symptoms=swelling", BLOCKED - 0.01)], TEXT).findings == {}
    assert blend(found, [tag("symptoms=swelling", BLOCKED)], TEXT).findings == {"symptoms": ["swelling"]}


def test_what_the_rules_hear_of_somebody_else_or_as_a_figure_of_speech_needs_the_surest_tagger():
    for found in (Found(why=[seen("symptoms", "swelling", "family")]), Found(idioms=[(0, 5)])):
        assert blend(found, [tag("symptoms=swelling", OTHERS - 0.01)], TEXT).findings == {}
        assert blend(found, [tag("symptoms=swelling", OTHERS)], TEXT).findings == {"symptoms": ["swelling"]}


def test_a_value_that_the_tagger_also_hears_denied_needs_the_surest_tagger_but_an_alarm_does_not():
    denied = tag("!stiffness", DENIED)
    assert blend(Found(), [tag("symptoms=stiffness", OTHERS - 0.01), denied], TEXT).findings == {}
    assert blend(Found(), [tag("symptoms=stiffness", OTHERS), denied], TEXT).findings == {"symptoms": ["stiffness"]}
    alarm = [tag("red_flags=fever", WEIGHTS["red_flags"].adds), tag("!fever", DENIED)]
    assert blend(Found(), alarm, TEXT).findings == {"red_flags": ["fever"]}


def test_what_is_told_of_another_part_of_the_body_is_none_of_the_knees_but_numbness_may_be():
    found = Found(elsewhere=lambda _start, _end: True)
    tags = [tag("symptoms=swelling", 0.99), tag("sign=knee_swollen", 0.99), tag("symptoms=numbness", 0.99)]
    blended = blend(found, tags, TEXT)
    assert blended.findings == {"symptoms": ["numbness"]}
    assert "signs" not in blended.more


@pytest.mark.parametrize(
    ("text", "sign", "is_named"),
    [
        ("my foot stayed put", "foot_numb", False),
        ("my foot feels strange", "foot_numb", True),
        ("worse with the nights", "wakes_every_night", False),
        ("it gets me up at night", "wakes_every_night", True),
        ("my lips are chapped", "face_swelling", False),
        ("my lips are twice their size", "face_swelling", True),
        ("cramps in both legs", "both_legs_weak", False),
        ("both legs buckle", "both_legs_weak", True),
        ("my hands and knees", "many_swollen_joints", False),
        ("my hands and knees are puffy", "many_swollen_joints", True),
    ],
)
def test_a_sign_that_the_text_does_not_name_needs_a_very_sure_tagger(text, sign, is_named):
    sure = BLOCKED - 0.01
    assert (blend(Found(), [Tag(f"sign={sign}", sure, 0, 2)], text).more == {"signs": [sign]}) is is_named
    assert blend(Found(), [Tag(f"sign={sign}", BLOCKED, 0, 2)], text).more == {"signs": [sign]}


def test_a_value_that_the_tagger_hears_too_easily_needs_more_than_its_field():
    low, high = WEIGHTS["activities"].adds, SURELY["gym"]
    assert low < high
    assert blend(Found(), [tag("activities=gym", low)], TEXT).findings == {}
    assert blend(Found(), [tag("activities=gym", high)], TEXT).findings == {"activities": ["gym"]}


def test_a_day_of_what_it_has_hurt_since_stays_though_the_tagger_doubts_it():
    text = "sore since the wedding in May"
    at = text.index("May")
    why = [Evidence("pain_duration_days", 190, "May", at, at + 3, "rule", "affirmed")]
    doubts = [tag("onset=gradual", 0.01)]
    assert blend(Found({"pain_duration_days": 190}, why=why), doubts, text).findings == {"pain_duration_days": 190}
    assert blend(Found({"pain_duration_days": 190}, why=why), doubts, "fine until then, only in May").findings == {}


@pytest.mark.parametrize("name", ["symptoms=swelling", "activities=golf", "knee_side=left", "onset=gradual"])
def test_what_the_tagger_hears_denied_is_taken_back(name):
    field, value = name.split("=")
    given = value if field in ("knee_side", "onset") else [value]
    found = Found({field: given}, why=[seen(field, value, "affirmed")])
    assert blend(found, [tag(name, 0.3), tag(f"!{value}", DENIED)], TEXT).findings == {}
    assert blend(found, [tag(name, 0.6), tag(f"!{value}", DENIED)], TEXT).findings == {field: given}


def test_an_alarm_of_which_the_tagger_hears_anything_is_not_taken_back():
    found = Found({"red_flags": ["fever"]}, more={"signs": ["chest_pain"]})
    little = [tag("red_flags=fever", WEIGHTS["red_flags"].doubts), tag("sign=chest_pain", WEIGHTS["signs"].doubts)]
    blended = blend(found, [*little, tag("!fever", 0.9), tag("!chest_pain", 0.9)], TEXT)
    assert blended.findings == {"red_flags": ["fever"]}
    assert blended.more["signs"] == ["chest_pain"]


def test_a_movement_or_sport_that_the_rules_hear_denied_is_not_added():
    for name in ("activities", "aggravated_by"):
        found = Found(why=[seen(name, "running", "negated")])
        assert blend(found, [tag(f"{name}=running", 0.99)], TEXT).findings == {}


def test_a_knee_alone_tells_nothing_of_kneeling():
    text = "builds muscle on my knees"
    at = text.index("knees")
    assert blend(Found(), [Tag("aggravated_by=kneeling", 0.9, at, at + 5)], text).findings == {}
    assert blend(Found(), [Tag("aggravated_by=kneeling", 0.9, 0, 6)], text).findings == {"aggravated_by": ["kneeling"]}


def test_only_the_rules_deny_a_sign_and_an_alarm_is_denied_only_for_sure():
    tags = [tag("!chest_pain", 0.99), tag("!fever", BLOCKED - 0.01), tag("!calf_swelling", BLOCKED)]
    blended = blend(Found(), tags, TEXT)
    assert blended.negated == ["calf_swelling"]
    assert "negated_signs" not in blended.more


def test_walking_that_does_not_hurt_is_still_walking():
    found = Found({"activities": ["walking"], "aggravated_by": ["walking"]})
    tags = [tag("activities=walking", 0.3), tag("aggravated_by=walking", 0.3), tag("!walking", 0.9)]
    assert blend(found, tags, TEXT).findings == {"activities": ["walking"]}


MONTHS = "aches, the shot lasted ten days, and all in all three months"


def number(field, value, words):
    start = MONTHS.index(words)
    return Evidence(field, value, words, start, start + len(words), field, "affirmed")


def test_the_tagger_points_at_the_number_that_is_the_complaints():
    numbers = [number("pain_duration_days", 10, "ten days"), number("pain_duration_days", 90, "three months")]
    at = MONTHS.index("months")
    sure = Tag("pain_duration_days=days", WEIGHTS["pain_duration_days"].adds, at, at + 6)
    blended = blend(Found(numbers=numbers), [sure], MONTHS)
    assert blended.findings == {"pain_duration_days": 90}
    assert blended.why[0].words == "three months"
    unsure = Tag("pain_duration_days=days", sure.share - 0.01, at, at + 6)
    assert blend(Found(numbers=numbers), [unsure], MONTHS).findings == {}


def test_a_number_far_from_the_words_is_not_taken():
    far = Tag("pain_duration_days=days", 0.99, 0, 5)
    assert blend(Found(numbers=[number("pain_duration_days", 90, "three months")]), [far], MONTHS).findings == {}


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


def test_what_something_is_like_is_not_what_it_is():
    text = "outer side, a bit like a hot wire"
    start = text.index("hot")
    loud = Tag("symptoms=warmth_or_redness", 0.99, start, start + 3)
    assert blend(Found(idioms=[(text.index("like"), len(text))]), [loud], text).findings == {}
    assert blend(Found(), [loud], text).findings == {"symptoms": ["warmth_or_redness"]}


def test_how_somebody_spends_the_day_is_not_what_makes_it_worse():
    text = "I am mostly sitting."
    sits = Tag("aggravated_by=sitting", 0.7, 12, 19)
    level = Tag("activity_level=sedentary", 0.9, 12, 19)
    assert blend(Found(), [sits, level], text).findings == {"activity_level": "sedentary"}
    assert blend(Found(), [sits], text).findings == {"aggravated_by": ["sitting"]}


def test_the_stairs_of_an_injury_are_not_what_makes_it_worse():
    stairs = Tag("aggravated_by=stairs", 0.9, 20, 26)
    hurt = Evidence("onset", "injury", "bad step", 7, 15, "onset:injury", "affirmed")
    found = Found({"onset": "injury"}, why=[hurt])
    tags = [stairs, Tag("onset=injury", 0.9, 7, 15)]
    assert "aggravated_by" not in blend(found, tags, "I took a bad step on stairs").findings
    assert "aggravated_by" in blend(found, tags, "I took a bad step on stairs and they hurt since").findings


def test_a_place_read_from_these_words_leaves_no_room_for_another():
    text = "the kneecap, right behind it"
    front = Evidence("pain_location", "anterior", text, 4, len(text), "pain_location:anterior", "affirmed")
    found = Found({"pain_location": ["anterior"]}, why=[front])
    tags = [Tag("pain_location=anterior", 0.9, 4, 11), Tag("pain_location=posterior", 0.99, 19, 25)]
    assert blend(found, tags, text).findings == {"pain_location": ["anterior"]}


def test_both_knees_stay_both_where_one_has_a_story_of_its_own():
    sides = [seen("knee_side", "left", "affirmed"), seen("knee_side", "right", "affirmed")]
    found = Found({"knee_side": "both"}, why=sides)
    assert blend(found, [tag("knee_side=left", 0.95)], TEXT).findings == {"knee_side": "both"}
    assert blend(Found({"knee_side": "both"}), [tag("knee_side=left", 0.95)], TEXT).findings == {"knee_side": "left"}


def test_the_side_of_a_calf_is_no_side_of_a_knee():
    side = Tag("knee_side=left", 0.99, 0, 4)
    assert blend(Found(), [side], "left calf hurts").findings == {}
    assert blend(Found(), [side], "left one hurts").findings == {"knee_side": "left"}


def test_an_unnamed_arthritis_of_the_rules_is_not_turned_into_none():
    found = Found({"arthritis_history": ["unspecified"]}, why=[seen("arthritis_history", "unspecified", "affirmed")])
    tags = [tag("arthritis_history=unspecified", 0.5), tag("arthritis_history=none", 0.95)]
    assert blend(found, tags, TEXT).findings == {"arthritis_history": ["unspecified"]}


def test_a_thing_half_heard_stays_in_one_list_with_others_that_are_heard():
    text = "turning in bed, long sitting and stairs hurt"
    given = [seen("aggravated_by", value, "affirmed") for value in ("stairs", "night")]
    found = Found({"aggravated_by": ["stairs", "night"]}, why=given)
    heard, half = Tag("aggravated_by=stairs", 0.9, 33, 39), Tag("aggravated_by=night", HALF_HEARD, 8, 14)
    assert blend(found, [heard, half], text).findings == {"aggravated_by": ["stairs", "night"]}
    alone = Found({"aggravated_by": ["night"]}, why=given[1:])
    assert blend(alone, [half], text).findings == {}


def test_a_wish_to_be_seen_is_no_wish_to_die_because_the_tagger_says_so():
    loud = Tag("sign=self_harm", 0.95, 2, 6)
    assert blend(Found(), [loud], "I want to come in and be seen").more == {}
    assert blend(Found(), [loud], "I want to end it").more == {"signs": ["self_harm"]}


def test_what_is_heard_louder_than_denied_is_not_denied():
    stated, denied = Tag("aggravated_by=stairs", 0.83, 0, 5), Tag("!stairs", 0.52, 0, 5)
    assert "stairs" not in blend(Found(), [stated, denied], TEXT).negated
    assert "stairs" in blend(Found(), [denied], TEXT).negated
    loud = Tag("!stairs", 0.9, 0, 5)
    assert "stairs" in blend(Found(), [stated, loud], TEXT).negated
    assert "stairs" not in blend(Found(), [stated, loud], "climbing stairs, nothing else").negated
