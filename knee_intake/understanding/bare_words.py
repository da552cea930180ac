"""Words that mean something only as the reply to a question: "the inside", "stairs", "left". PURE.

What stands in a whole sentence is the findings' part; here are the short replies, with a denial in front heard.
"""

from __future__ import annotations

import re

from knee_intake.understanding.plain import either, plain, with_apostrophes
from knee_intake.understanding.side_words import named_sides as named_sides
from knee_intake.understanding.side_words import read_side as read_side

_DENIED = re.compile(
    r"\b(?:not|no|never|nor|isn'?t|wasn'?t|don'?t|doesn'?t|without|except|instead\s+of|rather\s+than)\s+(?:\w+\s+){0,3}(?:(?:or|nor)\s+(?:\w+\s+){0,2})?$"
)
_CLAUSE = re.compile(r"[.,;!?]|\b(?:but|just|it's|only)\b")

_TABLES: dict[str, dict[str, str]] = {
    "pain_location": {
        "anterior": """
            (?:behind|under|beneath|underneath|back of|around|above|below) (?:the |my )?(?:knee ?cap|patella)
            front(?:al)? | anterior | (?:on|over) top | shin ?bone | (?:around|on|over|near) the (?:knee ?)?cap | cap
            knee ?cap | patella | above | below | top | under(?:neath)? | shin | just under | beneath | quad
            """,
        "medial": """
            (?<!deep\\s)inside | (?:both|either) sides? | inner | inwards? | medial(?:ly)? | interior | big toe side
            (?:fac\\w+|towards?|next to|nearest|closest|near|against|touch\\w*)(?: to)? (?:the |my )?(?:other|opposite)
            between (?:the|my) (?:knees|legs) | where (?:the|my) (?:knees|legs) (?:touch|meet)
            """,
        "lateral": """
            outside | (?:both|either) sides? | outer | outwards? | lateral(?:ly)? | exterior
            (?:little|small|pinky) toe side
            (?:away|far(?:thest|ther)?|furthest|opposite)(?: side)? from (?:the |my )?(?:other|opposite) | far side
            """,
        "posterior": """
            behind(?! (?:the |my )?(?:knee ?cap|patella)) | back(?! of (?:the |my )?(?:knee ?cap|patella)) | rear
            posterior(?:ly)? | hamstring | hollow | crease | backside | calf side | popliteal
            """,
        "diffuse": """
            all over | everywhere | every part | whole | entire | all of it | all around | throughout
            general(?:ly)? | diffuse
            (?:no|not) (?:one|single|any one|a single|specific|particular)(?: \\w+)? (?:spot|place|point|part)
            (?:can't|cannot|hard to) (?:really )?(?:pin|put|point|narrow)\\w*(?: it)?(?: down)? | moves around
            full knee | (?:the )?complete
            """,
    },
    "activities": {
        "running": "run | running | runs | ran | runner | jog | jogging | marathons? | track | sprint\\w*",
        "cycling": "bik(?:e|ing|es) | cycl\\w+ | bicycle | peloton | spin(?:ning)?",
        "walking": "walk | walking | walks | walked | walker | stroll\\w*",
        "hiking": "hik\\w+ | trail\\w* | trekking",
        "gym": """
            gym | weights | weight training | lift\\w* | elliptical | treadmill | cross ?fit | work ?outs?
            work(?:ing)? out
            """,
        "soccer": "soccer",
        "football": "football",
        "basketball": "basketball | hoops",
        "tennis": "(?<!table\\s)tennis | pickle ?ball",
        "skiing": "ski | skiing | snowboard\\w*",
        "swimming": "swim | swimming | laps | pool | water aerobics",
        "dancing": "danc\\w+ | zumba | ballet",
        "yoga": "yoga | pilates",
        "other": """
            volleyball | baseball | softball | hockey | rowing | rock climbing | climbing | bouldering | skat\\w+
            surf\\w+
            garden\\w* | bowling | rugby | lacrosse | cricket | gymnastics | wrestling | kayak\\w* | paddle ?board\\w*
            horse\\w* | squash | racquetball | badminton | ping ?pong | table tennis | tai chi | fencing | fishing
            hunting | roller\\w+
            """,
        "golf": "golf\\w*",
        "martial_arts": "martial arts? | karate | judo | jiu[- ]?jitsu | bjj | taekwondo | boxing | kick ?boxing | mma",
    },
    "onset": {
        "injury": """
            injur\\w* | accident | fell | (?<!in\\sthe\\s)(?<!this\\s)(?<!last\\s)fall
            fallen | twist\\w* | hit | landed | tackl\\w* | slipp\\w*
            tripp\\w* | tore | wrench\\w* | tweak\\w* | crash\\w*
            all of a sudden | step\\w* (?:off|wrong|in|into|on|down|funny|badly) | miss?step\\w*
            missed (?:a|the) (?:\\w+ )?(?:step|stair) | jump\\w* | kick\\w*
            pivot\\w* | collid\\w* | collision
            (?<!nervous\\s)(?<!emotional\\s)(?<!train\\s)(?<!total\\s)wreck | strain\\w* | pulled
            hurt it (?:at|on|in|while|when|playing|doing|during) | landing
            (?:felt|heard) (?:a|it) (?:pop|snap) | sprain\\w* | banged | bumped | suddenly | all at once
            """,
        "gradual": """
            gradual\\w* | slow(?:ly)? | over (?:time|the years|months|weeks) | bit by bit | little by little
            crept | built up | wear and tear
            no injury | nothing happened | no reason | out of nowhere | by itself | on its own | came on
            just started | getting worse | build\\w* up
            (?:not?|never|without|wasn't|isn't)(?: \\w+){0,2} (?:injur\\w*|accident|fall|trauma|incident)
            (?:not?|without)(?: \\w+)? (?:event|cause|blow)
            did(?:n't| not) (?:fall|hurt|injure|twist|hit|bang|do anything|have an)
            nothing (?:specific|in particular|special|really) | overuse
            years of | just (?:showed up|appeared) | develop\\w* | worse over | worn | with age | getting older
            creeping | creeps | sneaked | snuck
            woke up (?:\\w+ ){0,3}(?:and|with)
            one (?:day|morning|night) (?:it|my knee) (?:just |simply )?(?:hurt|started|ached|began)\\w*
            (?:can't|cannot|couldn't) (?:pinpoint|point to|think of|name) (?:\\w+ ){0,2}(?:thing|event|moment|cause)
            """,
    },
    "aggravated_by": {
        "stairs": "(?:up|down)? ?stairs? | stair\\w+ | steps | stairway | going (?:up|down) | climbing",
        "squatting": "squat\\w* | crouch\\w*",
        "running": "run | running | jog\\w*",
        "sitting": "sit | sitting | driving | long drives? | chair",
        "standing": "stand | standing | stood | on my feet",
        "walking": "walk | walking | walks",
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
        "hyaluronic_injection": """
            gel(?! pa(?:ck|d)s?| insoles?) | gel shots? | hyaluronic\\w* | synvisc | euflexxa | rooster
            """,
        "other_injection": "prp | stem cells? | another shot",
        "surgery": "surgery | surgeries | operation | arthroscopy | scope | replacement",
        "brace": "brace | sleeve | wrap | bandage | knee support",
        "rest_ice": """
            rest | resting | ice | icing | rice | heat | heating pads? | (?:cold|cool|gel) packs? | elevat\\w+
            """,
        "acupuncture": "acupunct\\w+ | needling",
        "chiropractic": "chiro\\w* | adjustments?",
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
        "numbness": "numb(?:ness|ed|ing|s)? | tingl\\w*",
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

_ADVISED = re.compile(
    r"\b(?:suggest\w*|recommend\w*|advis\w+|offered|mentioned|consider\w*|thinking\s+(?:about|of)|want(?:s|ed)?(?:\s+(?:me|to))?|need(?:s|ed)?"
    r"|refus\w+|declin\w+|turned\s+down|scared\s+of|afraid\s+of|talk(?:ed|ing)?\s+about|scheduled\s+for|waiting\s+for|going\s+to\s+(?:have|get|try|start)"
    r"|might|hoping\s+(?:for|to)|would\s+like|planning|avoid\w*|supposed\s+to)\b(?:(?!\b(?:but|and|had|did|tried|so|then)\b)[^.,;])*"
)
"""What was only spoken of was not tried: "they suggested surgery but I haven't"."""


def read_bare(name: str, text: str) -> list[str]:
    """The values of a field that a short reply names and does not deny, in the order of the table."""
    low = with_apostrophes(plain(text))
    if name == "pain_location":
        low = _ELSEWHERE.sub(lambda m: " " * len(m.group()), low)
    if name == "treatments_tried":
        low = _ADVISED.sub(lambda m: " " * len(m.group()), low)
    found = []
    for value, pattern in _PATTERNS.get(name, ()):
        if any(not is_denied(low, m.start()) for m in pattern.finditer(low)):
            found.append(value)
    if "unspecified" in found and len(found) > 1:
        found.remove("unspecified")
    return found


_SET_AGAINST = re.compile(
    r"(?:\bnot\b[^.;!?]*|\bno\W[^.;!?]*)(?:\b(?:more|mostly|mainly|rather|but|just|it's)\s+)(?:(?:on|at|in|to|like|of|around|the|my|a|more)\s+)*$"
)
_FORMER = re.compile(
    r"\b(?:used\s+to|(?:but\s+)?not\s+since|back\s+in|in\s+(?:high\s+school|college|my\s+(?:youth|twenties|teens))|years\s+ago|when\s+i\s+was"
    r"|(?:i\s+)?(?:quit|stopped|gave\s+up|no\s+longer|any\s?more)|formerly|before\s+(?:the|my|this))\b"
)
_THOUGHT = re.compile(r"[.,;!?](?!\d)|\b(?:but(?!\s+not\s+since)|now|these\s+days|and\s+now|only|just|mostly)\b")


def set_against(name: str, text: str) -> list[str]:
    """The values that a reply puts in the place of what it denies: "not the front, more the inside"."""
    low = with_apostrophes(plain(text))
    return [
        value
        for value, pattern in _PATTERNS.get(name, ())
        if any(_SET_AGAINST.search(low, 0, m.start()) for m in pattern.finditer(low))
    ]


def former_values(name: str, text: str) -> list[str]:
    """The values that a reply names only of former times: "tennis, used to play soccer"."""
    low = with_apostrophes(plain(text))
    found = []
    for value, pattern in _PATTERNS.get(name, ()):
        places = [m.start() for m in pattern.finditer(low)]
        if places and all(_is_former(low, place) for place in places):
            found.append(value)
    return found


def _is_former(low: str, place: int) -> bool:
    start = max((m.end() for m in _THOUGHT.finditer(low, 0, place)), default=0)
    end = next((m.start() for m in _THOUGHT.finditer(low, place)), len(low))
    return bool(_FORMER.search(low, start, end))


def named_values(name: str, text: str) -> list[tuple[str, int, int]]:
    """Every value that a text names: (value, start, end), in the order of the text."""
    low = plain(text)
    if name == "pain_location":
        low = _ELSEWHERE.sub(lambda m: " " * len(m.group()), low)
    found = [(value, *m.span()) for value, pattern in _PATTERNS.get(name, ()) for m in pattern.finditer(low)]
    return sorted(found, key=lambda f: f[1:])


def is_denied(low: str, start: int) -> bool:
    """Whether a denial stands in front, within the same clause of a plain text."""
    clause_start = max((m.end() for m in _CLAUSE.finditer(low, 0, start)), default=0)
    return bool(_DENIED.search(low[clause_start:start]))


_WHOLE = re.compile(r"\b(?:whole|entire|complete|everything|everywhere|every\s+(?:bit|part|inch))\b")
_MORE_IN_ONE = re.compile(r"\b(?:mostly|mainly|especially|worst|worse|but|more|start(?:s|ed)?)\b")
_AROUND_KNEECAP = re.compile(r"\ball\s+(?:around|over|round|about)\s+(?:the\s+|my\s+)?(?:knee\s?cap|patella)")


_BEHIND_KNEECAP = re.compile(
    r"\b(?:knee ?cap|patella)\b\W+(?:(?:right|just|it'?s|there|here)\W+)*(?:behind|under(?:neath)?|beneath)"
    r"\s+(?:it|that)\b"
)


def whole_or_part(places: list[str], text: str) -> list[str]:
    """The places of the pain, where "diffuse" and a part of the knee are named together; or the kneecap and what is
    behind it.
    """
    if "anterior" in places and "posterior" in places and _BEHIND_KNEECAP.search(plain(text)):
        places = [place for place in places if place != "posterior"]
    if "diffuse" not in places or len(places) == 1:
        return places
    low = plain(text)
    if _AROUND_KNEECAP.search(low):
        return [place for place in places if place != "diffuse"]
    whole = [part for part in re.split(r"[.!?]\s", low) if _WHOLE.search(part)]
    return ["diffuse"] if whole and not any(_MORE_IN_ONE.search(part) for part in whole) else places
