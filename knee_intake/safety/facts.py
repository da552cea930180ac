"""The facts that safety rules speak of, and how they follow from what a patient said. PURE."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from knee_intake.understanding.types import UNSURE, VALUES

SIGNS: dict[str, str] = {
    "chest_pain": "pain, pressure or tightness in the chest now",
    "trouble_breathing": "short of breath, cannot breathe well",
    "coughing_blood": "coughs up blood",
    "fainting": "fainted or is about to faint",
    "trouble_swallowing": "cannot swallow, chokes",
    "trouble_speaking": "slurred or hoarse, cannot speak as usual",
    "double_vision": "sees double or blurred",
    "drooping_eyelids": "eyelids droop",
    "whole_body_weakness": "weak all over, not only the leg",
    "throat_closing": "throat is closing or swelling",
    "face_swelling": "face, lips or tongue swell up",
    "hives": "hives or an itching rash all over",
    "foot_cold_or_blue": "foot or toes cold, pale, white or blue",
    "foot_numb": "cannot feel the foot or toes",
    "bone_visible": "bone is showing",
    "heavy_bleeding": "bleeds a lot, will not stop",
    "high_energy_injury": "hit by a car, crash, fall from a height",
    "knee_out_of_place": "knee or kneecap out of place, also one that slipped back",
    "fever": "has a fever or temperature",
    "chills": "chills or shaking",
    "unwell": "feels ill all over, flu-like",
    "confused": "confused, not thinking clearly",
    "very_sick": "feels very sick, getting sicker fast",
    "knee_hot": "the knee is hot or burning to the touch",
    "knee_red": "the knee is red",
    "knee_swollen": "the knee is swollen, puffy, big",
    "cannot_bend": "cannot bend the knee (to a right angle)",
    "cannot_straighten": "cannot straighten the knee",
    "cannot_lift_leg": "cannot lift or kick out the straight leg",
    "pop": "one pop, snap or tear at the injury (clicking again and again is not)",
    "cannot_walk": "cannot walk at all (not: cannot walk far)",
    "cannot_walk_4_steps": "cannot take four steps",
    "swelled_within_2h": "swelled up within about two hours of the injury",
    "calf_hard": "calf tight or hard as a rock",
    "calf_swollen": "one calf swollen or bigger than the other",
    "calf_painful": "new pain, warmth or colour in one calf",
    "pain_out_of_proportion": "worst pain, nothing touches it (intensity words alone are not)",
    "wakes_every_night": "pain wakes them every night or never lets up at rest",
    "weight_loss": "loses weight without trying",
    "lump": "a new or growing hard lump",
    "past_cancer": "has or had cancer",
    "limp": "limps",
    "hip_pain": "pain in the hip or groin",
    "artificial_knee": "the knee has been replaced",
    "recent_knee_surgery": "knee surgery in the last three months",
    "recent_knee_injection": "a shot into the knee in the last three months",
    "leak_from_wound": "the wound or scar leaks or oozes",
    "many_swollen_joints": "several joints are swollen",
    "long_morning_stiffness": "stiff for more than 30 minutes in the morning",
    "numb_groin": "numb in the groin, seat or between the legs",
    "bladder_trouble": "new trouble with bladder or bowel",
    "both_legs_weak": "both legs have become weak",
    "spreading_redness": "redness spreads on the skin, red streaks",
    "self_harm": "wants to die or to hurt themselves",
    "hopeless": "cannot go on, no reason to live (not: the pain is killing me)",
    "fall_or_blow": "a fall onto the knee or a blow to it",
    "injury": "it began with an injury",
    "recent_onset": "began within the last two weeks",
    "had_botulinum": "had a botulinum toxin shot (Botox, Dysport), anywhere in the body",
}
"""What `more["signs"]` of an understood text may hold, besides the red_flags values: name and meaning."""

_HISTORY: dict[str, str] = {
    "under_18": "the patient is younger than 18",
    "child": "the chat is about a child",
    "over_50": "the patient is older than 50",
    "over_55": "the patient is 55 or older",
    "over_two_weeks": "it has hurt for more than two weeks",
    "over_six_weeks": "it has hurt for more than six weeks",
    "rheumatoid_arthritis": "told by a doctor to have rheumatoid arthritis",
    "diabetes": "has diabetes",
    "weak_immunity": "a weak immune system, or medicine that weakens it",
    "unclear_emergency": 'the emergency checklist was answered with "not sure" twice',
    "unclear_sign": 'the checklist of present signs was answered with "not sure" twice',
}

FACTS: dict[str, str] = {
    **{value: f"red flag: {value.replace('_', ' ')}" for value in VALUES["red_flags"]},
    **{value: f"symptom of the knee: {value.replace('_', ' ')}" for value in VALUES["symptoms"]},
    **_HISTORY,
    **SIGNS,
}
"""Every name that a rule may use, and what it means."""

_IMPLIES = {
    "fall_or_blow": "injury",
    "major_trauma": "injury",
    "high_energy_injury": "injury",
    "over_55": "over_50",
    "under_18": "child",
}

#: field -> (the answer that alarms, its fact). A stored "not sure" was asked twice and counts as the alarm.
_YES_NO_ALARMS = {
    "can_walk_4_steps": ("no", "cannot_walk_4_steps"),
    "can_straighten": ("no", "cannot_straighten"),
    "injury_pop": ("yes", "pop"),
    "swelled_within_2h": ("yes", "swelled_within_2h"),
}
#: (field, value) -> facts
_BY_VALUE: dict[tuple[str, str], tuple[str, ...]] = {
    ("onset", "injury"): ("injury",),
    ("emergency_screen", UNSURE): ("unclear_emergency",),
    ("symptoms", UNSURE): ("unclear_sign",),
    ("injury_mechanism", "fall"): ("fall_or_blow",),
    ("injury_mechanism", "direct_hit"): ("fall_or_blow",),
    ("who_for", "child"): ("child",),
    ("age_band", "under_18"): ("under_18",),
    ("age_band", "51_54"): ("over_50",),
    ("age_band", "55_64"): ("over_55",),
    ("age_band", "65_plus"): ("over_55",),
    ("treatments_tried", "botulinum"): ("had_botulinum",),
    ("arthritis_history", "rheumatoid_arthritis"): ("rheumatoid_arthritis",),
    ("morning_stiffness", "gt_30min"): ("long_morning_stiffness",),
    ("joint_history", "artificial_knee"): ("artificial_knee",),
    ("joint_history", "recent_knee_surgery"): ("recent_knee_surgery",),
    ("joint_history", "recent_knee_injection"): ("recent_knee_injection",),
}
#: fields whose values are facts under their own name
_NAMED_FIELDS = ("red_flags", "symptoms", "conditions", "signs")


class Reading(Protocol):
    """What safety needs of an understood text; RuleReading and Understood both have it."""

    @property
    def findings(self) -> dict[str, Any]: ...
    @property
    def negated(self) -> tuple[str, ...]: ...
    @property
    def more(self) -> dict[str, Any]: ...
    @property
    def corrections(self) -> dict[str, Any]: ...


def facts(
    reading: Reading | None = None,
    answers: Mapping[str, Any] | None = None,  # field -> value, of the whole interview so far
    signs: Collection[str] = (),  # heard in earlier messages and not denied since
) -> frozenset[str]:
    """The facts that hold after this message, given what was known before it.

    What the message denies leaves the earlier facts; what it states as well stays stated.
    """
    before = dict(answers or {})
    if reading is None:
        return _closed({*_from_fields(before), *signs})
    denied = {*reading.negated, *reading.more.get("negated_signs", ())}
    before.update(reading.corrections)
    stated = {**reading.more, **reading.findings}
    for one in ("onset", "pain_duration_days", "age_band", "age"):
        if one in stated:
            before.pop(one, None)
    if "age" in stated:
        before.pop("age_band", None)
    earlier = {*_from_fields(before), *signs}
    if "pain_duration_days" in stated:
        earlier.discard("recent_onset")
    return _closed({*(earlier - denied), *_from_fields(stated)})


def _from_fields(fields: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for name, value in fields.items():
        values = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
        if name in _NAMED_FIELDS:
            found.update(str(item) for item in values)
        for item in values:
            found.update(_BY_VALUE.get((name, str(item)), ()))
        if name in _YES_NO_ALARMS:
            alarm, fact = _YES_NO_ALARMS[name]
            if value in (alarm, UNSURE):
                found.add(fact)
    if fields.get("joint_history") == UNSURE and fields.get("symptoms") != UNSURE:
        found.add("recent_knee_surgery")  # asked twice, so it counts as a yes; with the whole list unclear RF00 says so
    found.update(_from_numbers(fields))
    return found


def _from_numbers(fields: Mapping[str, Any]) -> Iterable[str]:
    days, age = _number(fields.get("pain_duration_days")), _number(fields.get("age"))
    if days is not None:
        yield "recent_onset" if days <= 14 else "over_two_weeks"
        if days > 42:
            yield "over_six_weeks"
    if age is not None:
        if age < 18:
            yield "under_18"
        if age > 50:
            yield "over_50"
        if age >= 55:
            yield "over_55"


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _closed(found: set[str]) -> frozenset[str]:
    known = found & FACTS.keys()
    return frozenset(known | {_IMPLIES[name] for name in known & _IMPLIES.keys()})
