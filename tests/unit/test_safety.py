"""The red-flag rules: what must fire, what must not, across messages; and the loader's refusals."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from knee_intake.checked_yaml import read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.interview.model import URGENCIES
from knee_intake.readability import grade
from knee_intake.safety import FACTS, SIGNS, assess, assess_message, facts, load_rules, new_hits
from knee_intake.understanding.types import UNSURE, VALUES

FILE = Path(__file__).parents[2] / "clinic" / "red_flags.yml"
RULES = load_rules(FILE)


@dataclass
class Said:
    """An understood text, as far as safety looks at it."""

    findings: dict[str, Any] = field(default_factory=dict)
    negated: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)
    corrections: dict[str, Any] = field(default_factory=dict)


def fired(*present: str) -> dict[str, str]:
    unknown = set(present) - FACTS.keys()
    assert not unknown
    return {hit.rule: hit.urgency for hit in assess(frozenset(present), RULES).hits}


MUST_FIRE = [
    ("RF00", "emergency_room", "unclear_emergency"),
    ("RF00", "emergency_room", "unclear_emergency unclear_sign"),
    ("RF00", "same_day", "unclear_sign"),
    ("RF01", "emergency_room", "knee_hot fever"),
    ("RF01", "emergency_room", "swelling chills"),
    ("RF01", "emergency_room", "warmth_or_redness unwell"),
    ("RF01", "emergency_room", "hot_swollen_joint fever"),
    ("RF01", "emergency_911", "hot_swollen_joint fever confused"),
    ("RF01", "emergency_911", "knee_red very_sick"),
    ("RF02", "emergency_room", "hot_swollen_joint cannot_bend"),
    ("RF02", "emergency_room", "warmth_or_redness swelling recent_onset cannot_straighten"),
    ("RF02", "emergency_room", "knee_hot knee_swollen artificial_knee"),
    ("RF02", "emergency_room", "hot_swollen_joint recent_onset rheumatoid_arthritis"),
    ("RF02", "same_day", "hot_swollen_joint recent_onset"),
    ("RF03", "emergency_room", "deformity"),
    ("RF03", "emergency_room", "knee_out_of_place"),
    ("RF03", "emergency_room", "knee_out_of_place pop injury"),
    ("RF04", "emergency_911", "numb_or_cold_foot"),
    ("RF04", "emergency_911", "foot_cold_or_blue"),
    ("RF04", "emergency_911", "foot_numb injury"),
    ("RF05", "emergency_911", "bone_visible"),
    ("RF05", "emergency_911", "high_energy_injury"),
    ("RF05", "emergency_911", "heavy_bleeding"),
    ("RF05", "emergency_911", "open_wound"),
    ("RF05", "emergency_911", "major_trauma"),
    ("RF06", "emergency_room", "calf_hard"),
    ("RF06", "emergency_room", "pain_out_of_proportion injury"),
    ("RF06", "emergency_room", "pain_out_of_proportion calf_swollen"),
    ("RF07", "same_day", "injury cannot_walk_4_steps"),
    ("RF07", "same_day", "injury cannot_bear_weight"),
    ("RF07", "same_day", "injury cannot_walk"),
    ("RF07", "same_day", "injury recent_onset over_55"),
    ("RF07", "same_day", "injury recent_onset cannot_bend"),
    ("RF07", "same_day", "injury fall_or_blow recent_onset over_50"),
    ("RF08", "same_day", "pop cannot_straighten"),
    ("RF08", "same_day", "pop cannot_lift_leg"),
    ("RF08", "same_day", "injury cannot_lift_leg"),
    ("RF09", "same_day", "locked_knee"),
    ("RF09", "same_day", "locked_knee injury"),
    ("RF09", "same_day", "cannot_straighten"),
    ("RF10", "same_day", "swelled_within_2h"),
    ("RF10", "same_day", "swelled_within_2h injury recent_onset"),
    ("RF10", "same_day", "swelled_within_2h pop over_two_weeks"),
    ("RF11", "same_day", "calf_swelling"),
    ("RF11", "same_day", "calf_swollen"),
    ("RF11", "same_day", "calf_painful recent_knee_surgery"),
    ("RF12", "emergency_911", "chest_pain"),
    ("RF12", "emergency_911", "trouble_breathing"),
    ("RF12", "emergency_911", "coughing_blood"),
    ("RF12", "emergency_911", "calf_swollen fainting"),
    ("RF13", "emergency_911", "had_botulinum trouble_swallowing"),
    ("RF13", "emergency_911", "had_botulinum double_vision"),
    ("RF13", "emergency_911", "had_botulinum drooping_eyelids"),
    ("RF13", "emergency_911", "had_botulinum whole_body_weakness"),
    ("RF13", "emergency_911", "had_botulinum trouble_speaking"),
    ("RF14", "emergency_911", "throat_closing"),
    ("RF14", "emergency_911", "face_swelling"),
    ("RF14", "emergency_911", "hives trouble_breathing"),
    ("RF15", "soon", "night_pain_systemic"),
    ("RF15", "soon", "lump"),
    ("RF15", "soon", "weight_loss"),
    ("RF15", "soon", "past_cancer"),
    ("RF16", "soon", "child"),
    ("RF16", "soon", "under_18"),
    ("RF16", "same_day", "child limp"),
    ("RF16", "same_day", "under_18 hip_pain"),
    ("RF16", "emergency_room", "child fever"),
    ("RF16", "emergency_room", "child cannot_walk limp"),
    ("RF17", "same_day", "artificial_knee swelling"),
    ("RF17", "same_day", "recent_knee_surgery leak_from_wound"),
    ("RF17", "same_day", "recent_knee_injection recent_onset"),
    ("RF17", "emergency_room", "artificial_knee fever"),
    ("RF18", "soon", "many_swollen_joints"),
    ("RF18", "soon", "long_morning_stiffness"),
    ("RF18", "soon", "many_swollen_joints long_morning_stiffness stiffness"),
    ("RF19", "emergency_room", "numb_groin"),
    ("RF19", "emergency_room", "bladder_trouble"),
    ("RF19", "emergency_room", "both_legs_weak"),
    ("RF20", "same_day", "spreading_redness"),
    ("RF20", "same_day", "spreading_redness knee_red"),
    ("RF20", "same_day", "spreading_redness over_six_weeks"),
    ("RF21", "emergency_911", "self_harm"),
    ("RF21", "emergency_911", "hopeless"),
    ("RF21", "emergency_911", "hopeless over_six_weeks"),
]

MUST_NOT_FIRE = [
    ("RF00", "swelling"),
    ("RF00", "calf_swelling"),
    ("RF00", "deformity"),
    ("RF01", "swelling"),
    ("RF01", "fever"),
    ("RF01", "knee_hot injury"),
    ("RF02", "hot_swollen_joint fever cannot_bend"),
    ("RF02", "swelling cannot_bend recent_onset"),
    ("RF02", "hot_swollen_joint over_two_weeks cannot_bend"),
    ("RF02", "warmth_or_redness swelling injury recent_onset"),
    ("RF03", "giving_way"),
    ("RF03", "clicking"),
    ("RF03", "locking injury"),
    ("RF04", "numbness"),
    ("RF04", "weakness"),
    ("RF04", "calf_swelling"),
    ("RF05", "injury"),
    ("RF05", "fall_or_blow"),
    ("RF05", "leak_from_wound"),
    ("RF06", "pain_out_of_proportion"),
    ("RF06", "calf_painful"),
    ("RF06", "calf_swollen injury"),
    ("RF07", "injury"),
    ("RF07", "cannot_walk_4_steps"),
    ("RF07", "injury over_55 over_two_weeks"),
    ("RF07", "fall_or_blow injury recent_onset"),
    ("RF08", "pop"),
    ("RF08", "cannot_straighten"),
    ("RF08", "clicking cannot_lift_leg"),
    ("RF09", "locking"),
    ("RF09", "clicking stiffness"),
    ("RF09", "pop cannot_straighten"),
    ("RF10", "swelling injury"),
    ("RF10", "knee_swollen recent_onset"),
    ("RF10", "swelled_within_2h injury over_two_weeks over_six_weeks"),
    ("RF11", "swelling"),
    ("RF11", "numb_or_cold_foot"),
    ("RF11", "calf_hard"),
    ("RF12", "calf_swelling"),
    ("RF12", "fever"),
    ("RF12", "recent_knee_surgery"),
    ("RF13", "had_botulinum"),
    ("RF13", "trouble_swallowing"),
    ("RF13", "had_botulinum weakness"),
    ("RF14", "hives"),
    ("RF14", "trouble_breathing"),
    ("RF14", "swelling"),
    ("RF15", "swelling"),
    ("RF15", "over_six_weeks"),
    ("RF15", "fever"),
    ("RF16", "limp"),
    ("RF16", "fever cannot_walk"),
    ("RF16", "hip_pain over_55"),
    ("RF17", "artificial_knee"),
    ("RF17", "swelling recent_onset"),
    ("RF17", "recent_knee_injection over_two_weeks"),
    ("RF18", "stiffness"),
    ("RF18", "swelling"),
    ("RF18", "rheumatoid_arthritis"),
    ("RF19", "numbness"),
    ("RF19", "weakness"),
    ("RF19", "hip_pain"),
    ("RF20", "knee_red"),
    ("RF20", "warmth_or_redness"),
    ("RF20", "fever"),
    ("RF21", "pain_out_of_proportion"),
    ("RF21", "very_sick"),
    ("RF21", "wakes_every_night"),
]


@pytest.mark.parametrize(("rule", "urgency", "present"), MUST_FIRE)
def test_a_rule_fires_with_its_urgency(rule: str, urgency: str, present: str) -> None:
    assert fired(*present.split()).get(rule) == urgency


@pytest.mark.parametrize(("rule", "present"), MUST_NOT_FIRE)
def test_a_rule_stays_silent(rule: str, present: str) -> None:
    assert rule not in fired(*present.split())


def test_every_rule_is_there_and_has_three_cases_of_each_kind() -> None:
    ids = {f"RF{n:02}" for n in range(22)}
    assert {rule.id for rule in RULES.rules} == ids
    for rule in ids:
        assert sum(case[0] == rule for case in MUST_FIRE) >= 3
        assert sum(case[0] == rule for case in MUST_NOT_FIRE) >= 3


def test_nothing_said_is_no_flag() -> None:
    verdict = assess(frozenset(), RULES)
    assert (verdict.urgency, verdict.hits, verdict.stops_interview) == (None, (), False)


def test_the_most_urgent_hit_comes_first_and_gives_the_urgency() -> None:
    verdict = assess(frozenset({"lump", "locked_knee", "calf_swelling", "chest_pain", "deformity"}), RULES)
    assert verdict.urgency == "emergency_911"
    assert verdict.rules == ("RF12", "RF03", "RF11", "RF09", "RF15")
    ranks = [URGENCIES.index(hit.urgency) for hit in verdict.hits]
    assert ranks == sorted(ranks)


def test_the_more_special_text_comes_before_the_general_one_of_the_same_urgency() -> None:
    assert assess(frozenset({"had_botulinum", "trouble_breathing"}), RULES).rules == ("RF13", "RF12")


@pytest.mark.parametrize(
    ("present", "stops"),
    [("chest_pain", True), ("deformity", True), ("locked_knee", False), ("lump", False), ("child", True)],
)
def test_emergencies_and_children_stop_the_interview(present: str, stops: bool) -> None:
    assert assess(frozenset({present}), RULES).stops_interview is stops


def test_a_hit_carries_the_exact_text_and_what_it_was_based_on() -> None:
    (hit,) = assess(frozenset({"foot_numb", "clicking"}), RULES).hits
    assert hit.text == "A cold, pale, blue or numb foot can mean that blood is not reaching it. Call 911 now."
    assert (hit.rule, hit.version, hit.because) == ("RF04", 1, ("foot_numb",))


def test_a_language_without_wording_falls_back_to_english() -> None:
    present = frozenset({"self_harm"})
    assert assess(present, RULES, lang="xx").hits[0].text == assess(present, RULES).hits[0].text


def test_every_text_of_an_emergency_says_where_to_go() -> None:
    for rule in RULES.rules:
        for urgency, text in [(rule.urgency, rule.text), *((c.urgency, c.text or rule.text) for c in rule.cases)]:
            if urgency == "emergency_911":
                assert "911" in text["en"]
            if urgency == "emergency_room":
                assert "emergency room" in text["en"]


def test_every_source_is_one_of_the_clinics_sources() -> None:
    known = set(read_yaml(FILE.with_name("sources.yml")))
    assert {source for rule in RULES.rules for source in rule.sources} <= known


def test_every_text_is_easy_to_read() -> None:
    texts = [text["en"] for rule in RULES.rules for text in (rule.text, *(c.text for c in rule.cases if c.text))]
    assert max(grade(text) for text in texts) < 6.5


def test_no_text_is_approved_before_a_clinician_signs() -> None:
    assert {rule.approved_by for rule in RULES.rules} == {None}


# ---- facts across messages


def rules_of(*args: Any, **kwargs: Any) -> tuple[str, ...]:
    return assess(facts(*args, **kwargs), RULES).rules


def test_two_messages_fire_a_rule_together() -> None:
    assert rules_of(Said(more={"signs": ["fever"]}), answers={"symptoms": ["swelling"]}) == ("RF01",)
    assert rules_of(Said(more={"signs": ["trouble_swallowing"]}), answers={"treatments_tried": ["botulinum"]}) == (
        "RF13",
    )
    assert rules_of(Said(findings={"red_flags": ["cannot_bear_weight"]}), answers={"onset": "injury"}) == ("RF07",)


def test_a_denied_sign_leaves_the_earlier_ones() -> None:
    earlier = ("fever", "knee_swollen")
    assert rules_of(Said(), signs=earlier) == ("RF01",)
    assert rules_of(Said(negated=("fever",)), signs=earlier) == ()
    assert rules_of(Said(more={"negated_signs": ["fever"]}), signs=earlier) == ()


def test_what_a_message_both_states_and_denies_stays_stated() -> None:
    said = Said(findings={"red_flags": ["fever"], "symptoms": ["swelling"]}, negated=("fever",))
    assert rules_of(said) == ("RF01",)


def test_one_message_alone_is_assessed_without_history() -> None:
    said = Said(findings={"symptoms": ["swelling"], "red_flags": ["fever"]})
    assert assess_message(said, RULES).rules == ("RF01",)
    assert assess_message(Said(negated=("fever",), findings={"symptoms": ["swelling"]}), RULES).hits == ()


def test_a_correction_changes_the_history() -> None:
    answers = {"treatments_tried": ["botulinum"]}
    said = Said(more={"signs": ["trouble_swallowing"]}, corrections={"treatments_tried": []})
    assert rules_of(said, answers=answers) == ()


def test_a_newer_duration_replaces_the_earlier_one() -> None:
    hot = {"symptoms": ["swelling", "warmth_or_redness"]}
    said = Said(findings={"pain_duration_days": 2}, more={"signs": ["cannot_bend"]})
    assert rules_of(said, answers={**hot, "pain_duration_days": 400}) == ("RF02",)
    later = Said(findings={"pain_duration_days": 400})
    assert "recent_onset" not in facts(later, signs=("recent_onset",))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"can_walk_4_steps": "no"}, {"cannot_walk_4_steps"}),
        ({"can_walk_4_steps": "yes"}, set()),
        ({"can_walk_4_steps": UNSURE}, {"cannot_walk_4_steps"}),
        ({"can_straighten": "no"}, {"cannot_straighten"}),
        ({"injury_pop": "yes"}, {"pop"}),
        ({"injury_pop": "no"}, set()),
        ({"swelled_within_2h": "yes"}, {"swelled_within_2h"}),
        ({"injury_mechanism": "fall"}, {"fall_or_blow", "injury"}),
        ({"who_for": "child"}, {"child"}),
        ({"who_for": "self"}, set()),
        ({"age_band": "under_18"}, {"under_18", "child"}),
        ({"age_band": "45_50"}, set()),
        ({"age_band": "51_54"}, {"over_50"}),
        ({"age_band": "55_64"}, {"over_50", "over_55"}),
        ({"age": 17}, {"under_18", "child"}),
        ({"age": 50}, set()),
        ({"age": 51}, {"over_50"}),
        ({"age": 55}, {"over_50", "over_55"}),
        ({"pain_duration_days": 14}, {"recent_onset"}),
        ({"pain_duration_days": 15}, {"over_two_weeks"}),
        ({"pain_duration_days": 43}, {"over_two_weeks", "over_six_weeks"}),
        ({"morning_stiffness": "gt_30min"}, {"long_morning_stiffness"}),
        ({"morning_stiffness": "le_30min"}, set()),
        ({"joint_history": ["artificial_knee"]}, {"artificial_knee"}),
        ({"joint_history": []}, set()),
        ({"arthritis_history": ["rheumatoid_arthritis"]}, {"rheumatoid_arthritis"}),
        ({"pain_severity": 10, "activities": ["running"], "symptoms": None}, set()),
    ],
)
def test_answers_become_facts(answers: dict[str, Any], expected: set[str]) -> None:
    assert facts(answers=answers) == expected


def test_a_stated_age_replaces_the_band() -> None:
    assert facts(Said(more={"age": 30}), answers={"age_band": "65_plus"}) == set()


def test_words_that_are_no_facts_are_left_out() -> None:
    assert facts(Said(more={"signs": ["unheard_of"], "conditions": ["gout"]})) == set()


def test_the_names_of_facts_cover_the_tables() -> None:
    assert set(VALUES["red_flags"]) <= FACTS.keys()
    assert SIGNS.keys() <= FACTS.keys()
    assert all(meaning for meaning in FACTS.values())


# ---- shown once


def test_a_rule_that_was_shown_is_not_shown_again() -> None:
    verdict = assess(frozenset({"swelling", "fever"}), RULES)
    assert new_hits(verdict, [("RF01", "emergency_room")]) == ()
    assert new_hits(verdict, []) == verdict.hits


def test_a_rule_is_shown_again_when_it_has_become_more_urgent() -> None:
    verdict = assess(frozenset({"swelling", "fever", "confused"}), RULES)
    assert [hit.urgency for hit in new_hits(verdict, [("RF01", "emergency_room")])] == ["emergency_911"]


def test_a_rule_that_has_become_less_urgent_is_not_shown_again() -> None:
    verdict = assess(frozenset({"child"}), RULES)
    assert new_hits(verdict, [("RF16", "soon"), ("RF16", "emergency_room")]) == ()


# ---- the loader's refusals

GOOD = """\
version: 1
rules:
  - id: RF01
    version: 1
    name: Test
    urgency: same_day
    when: {any: [fever, {all: [pop, {not: swelling}]}]}
    text: {en: "See a doctor today."}
    sources: [S28]
    approved_by: null
"""


def load_text(folder: Path, text: str) -> Any:
    path = folder / "red_flags.yml"
    path.write_text(text, encoding="utf-8")
    return load_rules(path)


def test_a_small_file_loads(tmp_path: Path) -> None:
    rules = load_text(tmp_path, GOOD)
    assert assess(frozenset({"pop"}), rules).rules == ("RF01",)
    assert assess(frozenset({"pop", "swelling"}), rules).rules == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "expected"),
    [
        ("[fever,", "[feverish,", 7, "rules.0.when.any.0", "name of a fact"),
        ("not: swelling", "no: swelling", 7, "rules.0.when.any.1.all.1", "{any: [...]}"),
        ("{any: [fever,", "{any: [5,", 7, "rules.0.when.any.0", "{all: [...]}"),
        ("{any: [fever, {all: [pop, {not: swelling}]}]}", "{any: []}", 7, "rules.0.when", "{any: [...]}"),
        ("{en: \"See a doctor today.\"}", "{es: \"Hola.\"}", 8, "rules.0.text", "text under `en`"),
        ("\"See a doctor today.\"", "\" \"", 8, "rules.0.text", "text under `en`"),
        ("    text: {en: \"See a doctor today.\"}\n", "", 3, "rules.0", "missing required field `text`"),
        ("same_day", "sameday", 6, "rules.0.urgency", "Invalid enum value"),
        ("    name:", "    nmae:", 5, "rules.0.nmae", "unknown field"),
        ("[S28]", "[]", 9, "rules.0.sources", "at least one source"),
        ("id: RF01", "id: 01-RF", 3, "rules.0.id", "such as RF01"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_file_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, key: str, expected: str
) -> None:
    assert old in GOOD
    with pytest.raises(ClinicFileError) as caught:
        load_text(tmp_path, GOOD.replace(old, new))
    error = caught.value
    assert error.file.endswith("red_flags.yml")
    assert (error.line, error.key) == (line, key)
    assert expected in error.expected


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    entry = GOOD.split("rules:\n")[1]
    with pytest.raises(ClinicFileError, match=r"red_flags\.yml:11: rules\.1\.id: .*RF01 is there twice"):
        load_text(tmp_path, GOOD + entry)
