"""Signs that are a time, a place or a feel, and the words one of which a text that states them must hold. PURE.

The tagger hears "foot" and thinks of a numb one; without a word for the feel it must be very sure (blend.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from knee_intake.understanding.plain import plain

_FEEL = (
    r"numb|feel|felt|sens|tingl|dead|pins|needle|asleep|sleep|wak|w[oa]ke|gone|nothing|move|wiggl|buzz|prick"
    r"|block of wood"
)
_COLD = (
    r"cold|cool|\bic[ey]|freez|frozen|chill|blu(?:e|ish)|whit|pale|purpl|gr[ae]y|black|dark|dusk|mottl|colo[u]?r|blood"
    r"|circulat|puls|wax|marbl|corpse|warm|temperature|ash|dead"
)
_SWOLLEN = (
    r"sw[eo]ll|swole|puff|\bfat|big|huge|twice|doubl|size|bl[eo]w|balloon|grow|grew|thick|giant|round|moon|shut|closed"
)
_NAMES: Mapping[str, re.Pattern[str]] = {
    "swelled_within_2h": re.compile(
        r"minut|hour|\bhrs?\b|right (?:away|up|then|there|after)|immediat|instant|\bfast|quick|soon|before|second"
        r"|\bby (?:the|one|two|noon|\d)|at once|on the spot|straight|then and there|boom|rapid|watch|on the way"
        r"|in no time|same day|as (?:i|soon)|while|\bline\b|lift|ambulance|bench|\bcar\b|sideline|locker"
    ),
    "numb_groin": re.compile(
        r"groin|privat|between|bottom|\bbutt|crotch|genit|saddle|\bsit|wip(?:e|ing)|\bthere\b|\bseat|behind|vagin|penis"
        r"|testic|scrot|rect|\banus|\banal|perine|\bbum\b|\brear\b|pelvi|labia|\bballs\b|tail|paper|toilet|bathroom|\bsex"
        r"|nether"
    ),
    "wakes_every_night": re.compile(
        r"\bw[ao]k|awake|\bsle[ep]|asleep|insomnia|toss|\brest|keeps? (?:me|him|her) up|gets? (?:me|him|her) up"
        r"|\bup (?:all|at|every|half|until|till)|\b(?:every|each|all|good) (?:single )?night|at all hours|\d ?am\b"
        r"|never (?:stops|quits|lets)"
    ),
    "long_morning_stiffness": re.compile(
        r"stiff|tight|loosen|creak|rigid|seiz|rust|froze|limber|warm|get going|morning|w[ao]k|\bbed\b|\bup\b"
    ),
    "lump": re.compile(
        r"lump|bump|mass|tumou?r|growth|growing|grow|knot|knob|bulge|nodule|cyst|ball|\bhard\b|protru|stick|golf|marble|egg"
        r"|walnut|grape|\bpea\b|lipoma|node|thing|spot"
    ),
    "foot_numb": re.compile(_FEEL),
    "numb_or_cold_foot": re.compile(f"{_FEEL}|{_COLD}"),
    "foot_cold_or_blue": re.compile(_COLD),
    "both_legs_weak": re.compile(
        r"weak|numb|g[ia]v|buckl|jell|noodle|rubber|heav|lead|control|streng|wobbl|paraly|collaps|drag|\bcan ?no?'?t"
        r"|won'?t|\bfeel|hold|lift|shak|unsteady|f[ea]ll|dead|move|gone|go(?:ing)? out|push|power|work|respond|obey"
        r"|mush|cooked|spaghetti"
    ),
    "face_swelling": re.compile(_SWOLLEN),
    "throat_closing": re.compile(
        f"{_SWOLLEN}|clos|tight|swallow|breath|lump|constrict|narrow|block|itch|air|grip|squeez|chok"
    ),
    "recent_knee_injection": re.compile(
        r"\A(?=.*(?:\bago\b|yesterday|\blast\b|recent|\bjust\b|since|after|week|month|\bdays?\b|today|day\b|\bthis\b|\bnow\b))"
        r"(?:(?!.*\b(?:botox|dysport|botulin\w*|xeomin|toxin)\b)"
        r"|(?=.*(?:\bknees?\b|\bjoint|cortisone|steroid|\bgel\b|\bprp\b|hyaluron|stem cell)))",
        re.DOTALL,
    ),
    "calf_hard": re.compile(
        r"hard|tight|firm|rigid|rock|solid|tens|stone|wood|cement|concrete|board|brick|steel|drum|taut|knot"
    ),
    "self_harm": re.compile(
        r"\bdie\b|dying|dead|death|kill|suicid|\bend|liv(?:e|ing)\b|life|lives\b|harm|hurt(?:ing)? (?:my|him|her)|\bcut"
        r"|hang|pill|bridge|jump|\bgun|shoot|over ?dos|burden|worth|\bpoint\b|reason|disappear|better off|\bgone\b"
        r"|\bbe here|wak[ei]|go on|any ?more|\bover\b|finish|stop it all|goodbye|farewell|done with|giv(?:e|ing) up"
        r"|exist|around|without me|\bout\b|no more|sleep|heaven|grave|alive|myself|himself|herself|rope|knife|poison"
        r"|tracks?\b|drown|escape|take it|bear|hope|tired of|sick of|\bquit|rather not|being here"
    ),
    "many_swollen_joints": re.compile(r"sw[eo]ll|puff|\bfat|balloon|sausage|ring|big|fist|hot|red|inflam|flar"),
}


_COUNT = r"(?:[3-9]|[1-4]\d|three|four|five|six|seven|eight|nine|ten|twelve|several|many)"
_HOURS_LATER = re.compile(
    rf"\b(?:sw[eo]ll|swole|blew|puff|balloon|fill|got (?:big|fat|huge))\w*\b[^.!?;]{{0,24}}?"
    rf"(?:\b(?:after|in|within|took|maybe|about|like|around|over|by)\s+)+{_COUNT}(?:\s*(?:or|to|-)\s*(?:{_COUNT}))?"
    rf"\s*(?:hours?|hrs?)\b(?!\s+ago)|\b{_COUNT}(?:\s*(?:or|to|-)\s*(?:{_COUNT}))?\s*(?:hours?|hrs?) (?:later|after)\b"
)
_AT_ONCE = re.compile(
    r"right (?:away|then|there|after)|immediat|instant|minut|\b(?:one|an|1|two|2|couple(?: of)?) hours?\b|at once"
    r"|straight away|on the spot|half an hour"
)


def swelled_later(text: str) -> bool:
    """Whether the hours that a text names for a swelling are more than two, and nothing in it is quicker."""
    low = plain(text)
    return bool(_HOURS_LATER.search(low)) and not _AT_ONCE.search(low)


def names_sign(sign: str, text: str) -> bool:
    """Whether a text holds a word for the sign; yes for every sign that needs none."""
    return sign not in _NAMES or bool(_NAMES[sign].search(plain(text)))
