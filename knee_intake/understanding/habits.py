"""The person's days: how active they are, how often and how long they exercise, how stiff the morning is. PURE."""

from __future__ import annotations

import re
from collections.abc import Collection

from knee_intake.understanding.numbers import NUMBER, RANGE, number_value
from knee_intake.understanding.plain import either, plain
from knee_intake.understanding.yes_no import read_yes_no

_LEVELS = (
    ("moderate", either(r"""
        (?:gym|cycling|biking|bike|swim\w*|brisk walks?|work ?out) \
        (?:now and (?:then|again)|sometimes|once in a while|here and there|on and off|off and on)""")),
    ("sedentary", either(r"""
        sedentary | inactive | (?:mostly |mainly )?sit(?:ting)?(?: down)? (?:mostly|all day|most of|a lot|at)
        desk (?:job|work) | mostly sitting | mostly sit
        couch | (?:do not|don'?t|never|not|no longer|can'?t) (?:really |currently |get any |get much |do any |\
        do much |able to |any )*(?:exercise|active|work out|workout|move|activity|anything)
        no (?:real |regular )?(?:exercise|activity|sports?) | (?:bed|house)[- ]?(?:bound|ridden) | wheelchair
        barely (?:move|walk) | hardly (?:move|walk|ever) | at a (?:computer|desk)
        lazy | ^\\W*(?:not at all|nothing|zero)(?:\\W+\\w+){0,3}\\W*$""")),
    ("vigorous", either(r"""
        vigorous\w* | very active | (?:super|extremely|highly|really|quite) active | athlete | athletic
        competitive\w* | marathons? | triathl\w+
        (?:train|run|work out|workout|exercise|lift|gym) (?:hard|daily|every ?day|most days|all the time)
        every ?day .{0,20}(?:run|gym|train)
        (?:five|six|seven|5|6|7)(?: (?:to|or) \w+)? (?:days|times) (?:a|per) week
        hard (?:work|labou?r|exercise|physical) | heavy (?:work|lifting|labou?r) | cross ?fit | hiit
        intense(?:ly)? | construction | (?:manual|physical) labou?r | professional(?:ly)? | a runner
        sports? (?:most|every)""")),
    ("light", either(r"""
        light(?:ly)? | ^\W*(?:just |only |maybe |quite |i'd say |well )*a (?:little|bit)(?: bit)?\W*$
        a (?:little|bit)(?: of)?(?: \w+)? (?:walk\w*|exercis\w*|sports?|activ\w*|mov\w*|yoga|gym|work|yard ?work)
        (?:walk|exercise|move|moving|active|workout|swim|bike|cycle|run|jog|garden)\w* (?:\w+ )?a (?:little|bit)
        not (?:very|that|too|so|super|really|as|all that) (?:much|active|often|consistent\w*|regular\w*)
        (?:not|isn'?t|in)\s?consistent\w* | short walks? | (?:walk|walking) the dog | dog walks?
        house ?work | chores | garden\w* | gentle | easy walks? | once (?:a|per) week | one (?:day|time) a week
        (?:i )?try to | when i can | now and (?:then|again) | here and there | on and off | off and on | sometimes
        occasional\w*
        once in a while | stretch\w* | not as (?:much|active|often) | used to | some walking | just walk\w*
        walk(?:ing)? (?:a little|around|some) | rarely | not much | minimal\w* | slow(?:ly)? | less than i
        only walk\w*""")),
    ("moderate", either(r"""
        moderate\w* | (?:pretty|fairly|somewhat|reasonably|relatively|generally) active
        (?:brisk|long|daily) walks? | regular(?:ly)?
        (?:a (?:few|couple)(?: of)?|two|three|four|2|3|4|several)(?: (?:to|or|-) \w+)?(?: |-)?(?:days|times) (?:a|\
        per|each|every) week
        2-3 | 3-4 | twice (?:a|per) week | x (?:a|per) week | weekends? | average | medium | active
        walk(?:ing)? (?:every ?day|daily|a lot|miles) | go to the gym | work ?out | exercise""")),
)  # fmt: skip
_LEVEL_PATTERNS = tuple((level, re.compile(rf"(?<!\w){pattern}(?!\w)")) for level, pattern in _LEVELS)
_SCALE = re.compile(
    r"\W*(?:(?:pretty|very|really|quite|fairly|rather|kind|sort|of|i'd|i|say|am|i'm|would|probably|mostly|somewhat|somewhere|on|the|a|in|my"
    r"|level|it's|is|be|more|just|like|maybe|about|end|side|think|guess|um|uh|well|so|too|between|right)\s+)*"
    r"(?:(?P<sedentary>low|lowest|lazy|minimal|none|zero|bottom)|(?P<moderate>middle|between|middling|normal|ok|okay|fair|average|so-so|mid)"
    r"|(?P<vigorous>high|highest|very|super|extremely|top))(?:\s+(?:end|side|level|really|i'd\s+say|i\s+(?:think|guess)|of\s+the\s+\w+|one))*\W*"
)
"""A place on the scale, where that is all of the reply."""
_NO_MORE = re.compile(r"\bused\s+to\b.*?(?=\bbut\s+now\b|\bnow\b|[.;]|$)")
_OF_ACTIVITY = re.compile(
    r"\b(?:active|activ\w+|run|jog|exercis\w*|work ?out|gym|sports?|play|train|athlet\w+|do|be|walk|hike|swim)\b"
)
_HARD_SPORTS = frozenset(["running", "soccer", "football", "basketball", "tennis", "skiing", "martial_arts"])
_MIDDLE_SPORTS = frozenset(["cycling", "gym", "hiking", "swimming", "dancing"])

_MINUTES = re.compile(rf"({NUMBER})(?:{RANGE}({NUMBER}))?\s*(minutes?|mins?|m\b|hours?|hrs?|h\b|seconds?|secs?)")
_HOUR_WORDS = (
    (re.compile(r"\b(?:half|1/2)\s+(?:an?\s+)?hour"), 30),
    (re.compile(r"\bhour\s+and\s+a\s+half"), 90),
    (re.compile(r"\bquarter\s+of\s+an\s+hour"), 15),
    (re.compile(r"\b(?:couple|few)\s+(?:of\s+)?hours"), 120),
    (re.compile(r"\b(?:an|a\s+full|full)\s+hour|\bhour"), 60),
    (re.compile(r"\b(?:a\s+)?(?:few|couple|couple\s+of)\s+(?:minutes|mins|seconds)|\ba\s+minute|\bseconds"), 5),
)
SHORT_REPLY = 5
"""Words: a longer text with "all day" in it may be about anything."""
_OF_STIFFNESS = re.compile(
    r"\b(?:stiff\w*|mornings?|knees?|joints?|wake|woke|get(?:ting)? up|loosen\w*|until|till"
    r"|it(?:'s| is| stays| takes| lasts| feels| goes| never| doesn't| can| hurts)|yes|yeah)\b"
)
_FEARS = re.compile(r"\b(?:panick\w+|scared|afraid|worried|nervous|anxious|terrified|frightened)\b")
_LONG_STIFF = re.compile(
    r"\b(?:all\s+(?:day|morning)|hours|most\s+of\s+the\s+(?:day|morning)|until\s+(?:noon|lunch)|whole\s+(?:day|morning)|never\s+goes|the\s+day)\b"
)
_SHORT_STIFF = re.compile(
    r"\b(?:not\s+(?:for\s+)?(?:very\s+)?long|quick\w*|a\s+(?:little|bit|while)|(?:goes|wears)\s+(?:away|off)|loosens?|at\s+first|first\s+(?:few\s+)?(?:steps|minutes)|briefly|once\s+i\s+(?:move|get)|slightly)\b"
)


_JUST_WALKS = re.compile(
    r"\W*(?:(?:i|just|mostly|only|some|a bit of|well|like|dog) )*(?:walks?|walking|walker)"
    r"(?: (?:the dog|mostly|only|a bit))?\W*"
)
"""The whole reply of the terse: "walk"."""


_EASY = frozenset({"walking", "golf", "yoga", "other"})
_WEEKLY = r"\s*(?:times|days|x|nights|mornings)?\s*(?:a|per|each|every|/)\s*(?:week|wk)\b"
_MOST_DAYS = re.compile(
    rf"\b(?:five|six|seven|[5-7])x?(?:\s*(?:or|to|-)\s*(?:six|seven|[67]))?{_WEEKLY}"
    r"|\b(?:most|(?:nearly|almost)\s+(?:every|all)|every\s*(?:single)?)\s*(?:day|days|morning|mornings)(?:\s+of\s+the\s+week)?\b"
    r"|\b(?:nearly|almost)?\s*daily\b"
)
_SOME_DAYS = re.compile(
    rf"\b(?:(?:two|three|four|[2-4])x?(?:\s*(?:or|to|-)\s*(?:three|four|[34]))?|twice|a\s+few|a\s+couple(?:\s+of)?){_WEEKLY}"
)


def read_activity_level(text: str, known: str | None, activities: Collection[str]) -> str | None:
    """The level from a description; where only sports are named, from how hard they are."""
    often = level_by_frequency(plain(text), activities)
    if known and not (known == "moderate" and often == "vigorous"):
        return known
    if often == "vigorous":
        return often
    if scale := _SCALE.fullmatch(plain(text)):
        return scale.lastgroup
    if _JUST_WALKS.fullmatch(plain(text).strip()):
        return "light"
    low = _NO_MORE.sub(" ", plain(text))
    for level, pattern in _LEVEL_PATTERNS:
        if pattern.search(low):
            return level
    if low != plain(text) and _OF_ACTIVITY.search(plain(text)):
        return "light"  # "I used to be very active, not any more"
    if often := level_by_frequency(low, activities):
        return often
    if _HARD_SPORTS & set(activities):
        return "vigorous"
    if _MIDDLE_SPORTS & set(activities):
        return "moderate"
    return "light" if activities else None


def level_by_frequency(text: str, activities: Collection[str]) -> str | None:
    """The level of somebody who says how often a sport is done: most days is very active, twice a week fairly."""
    if not set(activities) - _EASY:
        return None
    low = _NO_MORE.sub(" ", plain(text))
    if _MOST_DAYS.search(low):
        return "vigorous"
    return "moderate" if _SOME_DAYS.search(low) else None


def read_minutes(text: str) -> float | None:
    """A span of minutes or hours, in minutes; a range gives its middle."""
    low = plain(text)
    for pattern, minutes in _HOUR_WORDS[:3]:
        if pattern.search(low):
            return float(minutes)
    if match := _MINUTES.search(low):
        ends = [v for end in match.groups()[:2] if end and (v := number_value(end)) is not None]
        unit = {"h": 60.0, "s": 1 / 60}.get(match[3][0], 1.0)
        return sum(ends) / len(ends) * unit if ends else None
    for pattern, minutes in _HOUR_WORDS[3:]:
        if pattern.search(low):
            return float(minutes)
    alone = re.fullmatch(rf"\W*(?:(?:about|around|maybe|like|roughly)\s+)*({NUMBER})\W*", low)
    return number_value(alone[1]) if alone else None


def read_stiffness(text: str) -> str | None:
    """none, le_30min or gt_30min."""
    low = plain(text)
    if low.strip() in ("none", "le_30min", "gt_30min"):
        return low.strip()
    minutes = read_minutes(text)
    if minutes is not None and minutes > 0:
        longer = re.search(r"\b(?:more\s+than|over|at\s+least|longer\s+than)\b", low)
        return "gt_30min" if minutes > 30 or (longer and minutes >= 30) else "le_30min"
    if _LONG_STIFF.search(low) and (len(low.split()) <= SHORT_REPLY or _OF_STIFFNESS.search(low)):
        return "gt_30min"
    if read_yes_no(text) == "no" or re.search(r"\b(?:not|isn't|never|no)\s+(?:really\s+)?stiff", low) or minutes == 0:
        return "none"
    if _FEARS.search(low) and "stiff" not in low:
        return None  # "I'm panicking a little here"
    return "le_30min" if _SHORT_STIFF.search(low) else None


def read_exercise_days(text: str) -> int | None:
    """Days of exercise in a week, 0-7; a range gives its middle, rounded up."""
    low = plain(text)
    for pattern, days in (
        (r"\b(?:every\s*(?:single\s+)?day|daily|all\s+week|7/7|each\s+day)\b", 7),
        (r"\b(?:most\s+days|week\s?days|monday\s+(?:to|through)\s+friday)\b", 5),
        (r"\b(?:every\s+other\s+day)\b", 4),
        (r"\b(?:twice|weekends|couple)\b", 2),
        (r"\b(?:few|several)\b", 3),
        (r"\b(?:once|weekly)\b", 1),
    ):
        if re.search(pattern, low):
            return days
    if match := re.search(rf"({NUMBER})(?:{RANGE}({NUMBER}))?(?!\s*(?:min|hour|mile|year|month|%))", low):
        ends = [v for end in match.groups() if end and (v := number_value(end)) is not None]
        middle = int(sum(ends) / len(ends) + 0.5)
        return middle if 0 <= middle <= 7 else None
    return 0 if read_yes_no(text) == "no" else None
