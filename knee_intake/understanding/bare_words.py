"""Words that mean something only as the reply to a question: "the inside", "stairs", "left". PURE.

What stands in a whole sentence is the findings' part; here are the short replies, with a denial in front heard.
"""

from __future__ import annotations

import re

from knee_intake.understanding.plain import either, plain

_DENIED = re.compile(
    r"\b(?:not|no|never|nor|isn'?t|wasn'?t|don'?t|doesn'?t|without|except|instead\s+of|rather\s+than)\s+(?:\w+\s+){0,3}$"
)
_CLAUSE = re.compile(r"[.,;!?]|\b(?:but|just|it's|only)\b")

_TABLES: dict[str, dict[str, str]] = {
    "pain_location": {
        "anterior": """
            (?:behind|under|beneath|underneath|back of|around|above|below) (?:the |my )?(?:knee ?cap|patella)
            front | anterior
            knee ?cap | patella | above | below | top | under(?:neath)? | shin | just under | beneath | quad
            """,
        "medial": "(?<!deep\\s)inside | (?:both|either) sides? | inner | inward | inwards | medial | interior",
        "lateral": "outside | (?:both|either) sides? | outer | outward | outwards | lateral | exterior",
        "posterior": """
            behind(?! (?:the |my )?(?:knee ?cap|patella)) | back(?! of (?:the |my )?(?:knee ?cap|patella)) | rear
            posterior | hamstring
            """,
        "diffuse": """
            all over | everywhere | every part | whole | entire | all of it | all around | throughout
            general(?:ly)? | diffuse
            """,
    },
    "activities": {
        "running": "run | running | runner | jog | jogging | marathons? | track | sprint\\w*",
        "cycling": "bik(?:e|ing|es) | cycl\\w+ | bicycle | peloton | spin(?:ning)?",
        "walking": "walk | walking | walks | stroll\\w*",
        "hiking": "hik\\w+ | trail\\w* | trekking",
        "gym": "gym | weights? | lift\\w* | elliptical | treadmill | cross ?fit | work ?outs? | work(?:ing)? out",
        "soccer": "soccer",
        "football": "football",
        "basketball": "basketball | hoops",
        "tennis": "tennis | pickle ?ball",
        "skiing": "ski | skiing | snowboard\\w*",
        "swimming": "swim | swimming | laps | pool | water aerobics",
        "dancing": "danc\\w+ | zumba | ballet",
        "yoga": "yoga | pilates",
        "golf": "golf\\w*",
        "martial_arts": "martial arts? | karate | judo | jiu[- ]?jitsu | bjj | taekwondo | boxing | kick ?boxing | mma",
    },
    "onset": {
        "injury": """
            injur\\w* | accident | fell | fall | fallen | twist\\w* | hit | landed | tackl\\w* | slipp\\w*
            tripp\\w* | tore | crash\\w*
            (?:felt|heard) (?:a|it) (?:pop|snap) | sprain\\w* | banged | bumped | suddenly | all at once
            """,
        "gradual": """
            gradual\\w* | slow(?:ly)? | over (?:time|the years|months|weeks) | bit by bit | little by little
            crept | wear and tear
            no injury | nothing happened | no reason | out of nowhere | by itself | on its own | came on
            just started | getting worse | build\\w* up | not? (?:an? )?injur\\w*
            """,
    },
    "aggravated_by": {
        "stairs": "stairs? | steps | stairway | going (?:up|down) | climbing",
        "squatting": "squat\\w* | crouch\\w*",
        "running": "run | running | jog\\w*",
        "sitting": "sit | sitting | driving | long drives? | chair",
        "standing": "stand | standing | on my feet",
        "walking": "walk | walking",
        "kneeling": "kneel\\w* | on my knees",
        "bending": "bend\\w* | flex\\w*",
        "night": "night | nights | sleep\\w* | in bed | lying down",
    },
    "treatments_tried": {
        "physical_therapy": "pt | physio\\w* | physical therapy | therapy | exercises",
        "medication": """
            meds? | medic\\w+ | pills? | ibuprofen | advil | motrin | aleve | tylenol | naproxen | nsaids?
            aspirin | pain ?killers? | voltaren
            """,
        "steroid_injection": "cortisone | steroids? | cortisone shots?",
        "hyaluronic_injection": "gel | gel shots? | hyaluronic\\w* | synvisc | euflexxa | rooster",
        "other_injection": "prp | stem cells? | another shot",
        "surgery": "surgery | surgeries | operation | arthroscopy | scope | replacement",
        "brace": "brace | sleeve | wrap | bandage | knee support",
        "rest_ice": "rest | resting | ice | icing | rice | heat | elevat\\w+",
        "acupuncture": "acupunct\\w+ | needling",
        "chiropractic": "chiro\\w*",
        "botulinum": "botox | dysport | botulinum",
    },
    "arthritis_history": {
        "osteoarthritis": "osteo\\w* | oa | wear and tear | bone on bone | degenerative",
        "rheumatoid_arthritis": "rheumatoid\\w* | ra | rheumatic",
        "other_arthritis": "gout | psoriatic | lupus | pseudogout | another kind | ankylosing\\w*",
        "unspecified": "arthritis",
    },
    "symptoms": {
        "swelling": "swell\\w* | swollen | puffy | fluid",
        "locking": "lock\\w* | stuck | catch\\w*",
        "giving_way": "giv(?:es?|ing) (?:way|out) | buckl\\w* | unstable | wobbly | loose",
        "clicking": "click\\w* | pop\\w* | grind\\w* | crunch\\w* | creak\\w*",
        "stiffness": "stiff\\w*",
        "warmth_or_redness": "warm\\w* | hot | red(?:ness)?",
        "numbness": "numb\\w* | tingl\\w*",
        "weakness": "weak\\w*",
    },
    "interest": {
        "botox_knee": "botox | shot in(?:to)? the knee | knee (?:shot|injection)",
        "dysport_hip_pt": "dysport | hip (?:shot|injection|muscle)",
        "acupuncture": "acupunct\\w* | needles",
        "chiropractic": "chiro\\w*",
        "sports_medicine": "sports? (?:medicine|doctor|med)",
        "physical_therapy": "pt | physio\\w* | physical therap\\w+ | exercises?",
    },
    "injection_cautions": {
        "infection": "infection | infected",
        "muscle_or_nerve_disease": """
            (?:muscle|nerve|neuro\\w*) (?:disease|disorder|condition) | als | myasthenia | lambert | neuropathy
            """,
        "swallowing_or_breathing": "swallow\\w* | breath\\w* | asthma | copd",
        "milk_allergy": "milk | dairy",
        "toxin_reaction_or_recent": "reaction | (?:botox|dysport)",
        "antibiotics_or_relaxants": "antibiotics? | gentamicin | tobramycin | muscle relax\\w+ | flexeril",
        "blood_thinners": "blood thinn\\w+ | warfarin | coumadin | eliquis | xarelto | plavix",
        "pregnant_or_breastfeeding": "pregnan\\w+ | breast ?feeding | nursing",
        "surgery_planned": "surgery | operation",
    },
    "joint_history": {
        "artificial_knee": "artificial | replace\\w* | implant | prosthe\\w+",
        "recent_knee_surgery": "surgery | operation | arthroscopy | scope",
        "recent_knee_injection": "shots? | injections? | cortisone",
    },
}  # fmt: skip
_PATTERNS = {
    name: [(value, re.compile(rf"(?<![\w]){either(lines)}(?!\w)")) for value, lines in table.items()]
    for name, table in _TABLES.items()
}
_ELSEWHERE = re.compile(
    r"\b(?:go(?:ing|es)?|went|come|came|coming|get(?:ting)?|be|play\w*|work\w*)\s+(?:back|outside)\b|\b(?:lower|my|upper)\s+back\b"
    r"|\bback\s+(?:pain|in|then|and\s+forth|to)\b|\bsince\s+back\b"
)

_SIDE = re.compile(
    r"(?<![\w'])(?P<side>left|lft|lt|l|right|rigth|rite|rt|r|both|bilateral(?:ly)?|each|either)(?![\w'])"
    r"(?!\s+(?:now|away|after|before|here|there|above|below|behind|next|in|on|under|around|at|when|where|over|side\s+of\s+(?:my|the)\s+(?:\w+\s+)?(?:back|hip|knee))\b)"
)
_NOT_SIDE_BEFORE = re.compile(r"\b(?:that's|that\s+is|you're|you\s+are|all|alright|is\s+that)\s+$")
_FINE = re.compile(
    r"\s*(?:one|knee|side)?\s*(?:is|was|feels|seems|'s)\s+(?:\w+\s+)?(?:fine|good|ok(?:ay)?|great|healthy)\b"
)
_MENDED = re.compile(r"\b(?:sorry|actually|wait|meant?|oops|rather|correction|scratch)\b")
_SIDES = {"l": "left", "r": "right", "b": "both", "e": "both"}


def read_bare(name: str, text: str) -> list[str]:
    """The values of a field that a short reply names and does not deny, in the order of the table."""
    low = plain(text)
    if name == "pain_location":
        low = _ELSEWHERE.sub(lambda m: " " * len(m.group()), low)
    found = []
    for value, pattern in _PATTERNS.get(name, ()):
        if any(not is_denied(low, m.start()) for m in pattern.finditer(low)):
            found.append(value)
    if "unspecified" in found and len(found) > 1:
        found.remove("unspecified")
    return found


def named_values(name: str, text: str) -> list[tuple[str, int, bool]]:
    """Every value that a text names: (value, where, denied), in the order of the text."""
    low = plain(text)
    found = [(v, m.start(), is_denied(low, m.start())) for v, p in _PATTERNS.get(name, ()) for m in p.finditer(low)]
    return sorted(found, key=lambda f: f[1])


def is_denied(low: str, start: int) -> bool:
    """Whether a denial stands in front, within the same clause of a plain text."""
    clause_start = max((m.end() for m in _CLAUSE.finditer(low, 0, start)), default=0)
    return bool(_DENIED.search(low[clause_start:start]))


def read_side(text: str) -> str | None:
    """left, right or both, where the question was which knee; the last one said where it mends another."""
    low = plain(text)
    kept = [m for m in _SIDE.finditer(low) if not _rules_out(low, m)]
    if len(kept) > 1 and _MENDED.search(low, kept[0].end(), kept[-1].start()):
        kept = kept[-1:]
    sides = {_SIDES[m["side"][0]] for m in kept}
    if not sides:
        return None
    return sides.pop() if len(sides) == 1 else "both"


def _rules_out(low: str, match: re.Match[str]) -> bool:
    before = low[: match.start()]
    return bool(_NOT_SIDE_BEFORE.search(before) or _FINE.match(low, match.end()) or is_denied(low, match.start()))
