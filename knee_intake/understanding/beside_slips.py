"""Slips that the words around them put right, also where the slip is a word of its own: "my let knee". PURE.

Only what can be nothing else there: before "knee" a side, before "of these" a denial, behind a number or "a" and before
"ago" what time is counted in. Nothing here is a word that alarms.
"""

from __future__ import annotations

import re
from collections import Counter

_KEYS = {
    letter: (row, at)
    for row, keys in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm"))
    for at, letter in enumerate(keys)
}
_KNEE_BEHIND = re.compile(r"\s+knees?\b", re.IGNORECASE)
_KNEES_BEHIND = re.compile(r"\s+(?:of\s+my\s+|my\s+)?knees\b", re.IGNORECASE)
_OF_THESE_BEHIND = re.compile(r"\s+(?:of|fo)\s+(?:these|those|them|that|the above)\b", re.IGNORECASE)
_AGO_BEHIND = re.compile(r"\s+(?:ago|back|now)\b", re.IGNORECASE)
_SPAN_BEHIND = re.compile(r"\s+(?:ago|back|and a (?:half|hal+f|bit)|or (?:two|so|more))\b", re.IGNORECASE)
_A_BEFORE = re.compile(r"\b(?:an?|one|half an?)\s+$", re.IGNORECASE)
_NUMBER_BEFORE = re.compile(
    r"(?:\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|few|several|couple(?: of)?))\s*$",
    re.IGNORECASE,
)
_KNOW_BEHIND = re.compile(r"\s+(?:know|remember|have|think)\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(r"\b(?:not|n'?t|im not|pretty|quite)\s+$", re.IGNORECASE)
_LOOKS_BEFORE = re.compile(r"\b(?:looks?|sounds?|all|that'?s|it'?s)\s+$", re.IGNORECASE)
_UNIT_WORD_BEHIND = re.compile(r"\s+(?:y|mo|mn|h|we|wk|d|c)\w+", re.IGNORECASE)
"""A year, a month, an hour, however it is typed."""
_OUT_OF_TEN_BEHIND = re.compile(r"\s*(?:/|out\s+(?:of|fo)\s+)\s*(?:10|ten)\b", re.IGNORECASE)
_PLACE_BEHIND = re.compile(r"\s+(?:side|part|edge|half|of\s+(?:my|the|both|his|her|it))\b", re.IGNORECASE)
_WITH_ME_BEHIND = re.compile(r"\s*(?:$|[.,!;]|(?:with|by|for|to)\s+(?:me|us)\b|thanks?\b|thank\b)", re.IGNORECASE)
_IS_BEFORE = re.compile(
    r"\b(?:that'?s|it'?s|is|all|am|i'?m|be|just|sounds?|totally|perfectly|quite|works)\s+$", re.IGNORECASE
)
_ONE_BEHIND = re.compile(r"\s+(?:one|time|slot|option|appointment|of\s+(?:these|those|them))\b", re.IGNORECASE)
_TO_BEHIND = re.compile(r"\s+to\b", re.IGNORECASE)
_DONT_BEFORE = re.compile(r"\b(?:i|we)\s+(?:do\s?n'?o?t|didn'?t|just|really|only|would)\s+$", re.IGNORECASE)
_DO_YOU_BEFORE = re.compile(r"\bwhat\s+(?:do|does|did)\s+(?:you|u|that|this|it)\s+(?:even\s+)?$", re.IGNORECASE)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_AND_A_BEFORE = re.compile(r"\b(?:y[a-z]{2,4}|mo[a-z]{2,5}|we[a-z]{1,3}|days?|hours?)\s+and\s+an?\s+$", re.IGNORECASE)
_IS_BEHIND = re.compile(r"\s+(?:is|was|works|sounds|looks|would)\b", re.IGNORECASE)
_OF_BEFORE = re.compile(r"\b(?:none|any|all|one|some|both|neither|nothing)\s+of\s+$", re.IGNORECASE)
_A_UNIT_BEHIND = re.compile(r"\s+an?\s+(?:year|month|hour|day|week|decade|century)\b", re.IGNORECASE)
_NO_ONE_BEFORE = re.compile(r"\bno\s+$", re.IGNORECASE)
_NOT_HALF = ("half", "calf", "hall", "hale", "halt", "has", "had", "hal")
_ANOTHER_BEFORE = re.compile(r"\b(?:another|different|other)\s+$", re.IGNORECASE)
_NO_BEFORE = re.compile(r"\b(?:no|not|an?|any|without|the|was)\s+$", re.IGNORECASE)
_NOT_TIME = ("time", "times", "tire", "tile", "tide")
SHORTEST_UNIT = 3
"""Letters."""
_PLACES = ("outer", "inner", "back", "front")
_NO_PLACES = (*_PLACES, "other", "under", "over", "bad", "black", "pack")
_IT_BEHIND = re.compile(r"\s+(?:that|it|my|the|this)\b", re.IGNORECASE)
_ASKS_BEFORE = re.compile(r"(?:^|\b(?:i|to|please|pls|we|you|and|must|need|want))\s*$", re.IGNORECASE)
_STOP_BEHIND = re.compile(r"\s*[,.!]")
_RIGHT_BEHIND = re.compile(r"\s+(?:all|right|correct|fine|good|it|ok|okay|quite|exactly|perfect)\b", re.IGNORECASE)
_RATHER_BEHIND = re.compile(r"\s+not\b", re.IGNORECASE)
_SKIP_BEFORE = re.compile(r"\bskip\s+$", re.IGNORECASE)
_HOW_MANY_BEFORE = re.compile(r"\bhow\s+(?:many|much)\s+$", re.IGNORECASE)
_NO_SKIP = ("skip", "slip", "ship", "sip", "ski", "skin", "skips", "kip", "skim")
_COUNTED_BEHIND = re.compile(r"\s+(?:days|weeks|months|years)\b", re.IGNORECASE)
_BEFORE_A_SPAN = ("been", "for", "about", "like", "just", "only", "over", "around", "almost", "nearly", "maybe")
_KNEE_BEFORE = re.compile(r"\b(?:my|the|left|right|his|her|a|bad|sore)\s+$", re.IGNORECASE)
_SUBJECT_BEHIND = re.compile(r"\s+(?:i|it|he|she|we|they|my)\b", re.IGNORECASE)
_NO_CANCEL = ("cancel", "cancels", "candle")
_NO_SURE = ("sure", "pure", "cure", "sir", "use", "sour")
_NO_NUMBERS = (*_NUMBERS, "none", "then")
_NOT_FINE = ("fine", "fire", "find", "line")
_WANT = ("want", "wants", "wand", "went")
_LEFT = ("let", "lef", "lft")
_NOT_BOTH = ("bath", "moth", "booth", "broth")
_HAS_SOMETHING = re.compile(
    r"\s+(?:it|this|that|my|the|botox|dysport|acupuncture|insurance|\w+)\s+(?:shot\s+)?(?:have|hurt|help|work|cost|last|cover|need)\b",
    re.IGNORECASE,
)
_LOST_N = {
    "doest": "doesnt", "havet": "havent", "didt": "didnt", "wast": "wasnt", "ist": "isnt", "hast": "hasnt",
    "wouldt": "wouldnt", "couldt": "couldnt", "weret": "werent", "dosnt": "doesnt", "doent": "doesnt",
}  # fmt: skip
"""Denials that lost their n: read as what is left of them, they would say the contrary."""
_SPAN_RUN_ON = re.compile(
    r"(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(days|weeks|months|years)(now|ago|back)?"
)
""" "eightweeksnow"."""
_NUMBER_RUN_ON = re.compile(r"([a-z]{3,6})(days|weeks|months|years)")
_ME_BEHIND = re.compile(r"\s+me\b", re.IGNORECASE)
_NO_CALL = (
    "call",
    "calls",
    "cell",
    "calm",
    "all",
    "fall",
    "ball",
    "tall",
    "hall",
    "wall",
    "mall",
    "gall",
    "pall",
    "carl",
)
_MAKES_IT_WORSE_BEHIND = re.compile(
    r"\s+(?:makes?|mkaes?|maeks?)\s+(?:it|my knee)\s+(?:worse|hurt|ache|bad)\b", re.IGNORECASE
)
_WORSENS = (
    "walks", "walking", "stairs", "running", "runs", "hikes", "hiking", "drives", "driving", "sitting", "standing",
    "kneeling", "squats", "squatting", "bending", "climbing", "jogging",
)  # fmt: skip
"""What may stand in front of "makes it worse"."""
_PLEASE_BEFORE = re.compile(r"\b(?:please|pls|i)[\s,]+$", re.IGNORECASE)
UNITS = ("day", "days", "week", "weeks", "month", "months", "year", "years")
LONG_AGO = 5
"""Letters of "ago" with a unit in front of it: "monhsago"."""
_NEAR = 14
"""Characters looked at in front."""


def mend_beside(word: str, text: str, start: int, end: int) -> str | None:
    """What a lower-case word at this place of the text was meant to be; None where nothing beside it tells."""
    before = text[max(0, start - _NEAR) : start]
    if (meant := _in_its_place(word, before, text, end) or _alone(word, text, start, end)) is not None:
        return meant
    if word.endswith("my") and one_slip(word[:-2], "both", same=True) and _KNEE_BEHIND.match(text, end):
        return "both my"
    if word in _LEFT and _KNEE_BEHIND.match(text, end):
        return "left"
    if _KNEES_BEHIND.match(text, end) and word not in _NOT_BOTH and word != "both" and one_slip(word, "both"):
        return "both"
    if word[0] == "n" and word not in ("none", "nine") and one_slip(word, "none") and _OF_THESE_BEHIND.match(text, end):
        return "none"
    if word != "dont" and len(word) > len("don") and one_slip(word, "dont") and _KNOW_BEHIND.match(text, end):
        return "dont"
    if word != "sure" and (word == "shure" or one_slip(word, "sure")) and word[0] == "s" and _NOT_BEFORE.search(before):
        return "sure"
    if word == "dose" and not before.strip() and _HAS_SOMETHING.match(text, end):
        return "does"
    if word in _LOST_N:
        return _LOST_N[word]
    if word in ("dot", "donr", "dno") and _PLEASE_BEFORE.search(before):
        return "dont"
    if word == "god" and _LOOKS_BEFORE.search(before):
        return "good"
    if word.endswith("ago") and len(word) > LONG_AGO and (_NUMBER_BEFORE.search(before) or _A_BEFORE.search(before)):
        joined = word.removesuffix("ago")
        near = [unit for unit in UNITS if unit[0] == joined[0] and (unit == joined or one_slip(joined, unit))]
        return f"{near[-1]} ago" if near else None
    counted = _NUMBER_BEFORE.search(before) and _AGO_BEHIND.match(text, end)
    if counted and word not in UNITS and (garbled := _garbled_unit(word)) is not None:
        return garbled
    if (counted or (_A_BEFORE.search(before) and _SPAN_BEHIND.match(text, end))) and word not in UNITS:
        units = [unit for unit in UNITS if unit[0] == word[0]]
        near = [unit for unit in units if one_slip(word, unit) or sorted(word) == sorted(unit)]
        near = near or [unit for unit in units if not unit.endswith("s") and _is_within(word, unit)]
        return near[-1 if counted else 0] if near else None
    return None


def _in_its_place(word: str, before: str, text: str, end: int) -> str | None:
    """The word that only one place of a sentence calls for: "thrre out of 10", "the fist one", "the ouer side"."""
    if word[-1] == "a" and _UNIT_WORD_BEHIND.match(text, end):
        if one_slip(word[:-1], "half", same=True):
            return "half a"
        if word[:-1] in _BEFORE_A_SPAN:
            return f"{word[:-1]} a"
    if word in ("beento", "beentwo", "beentow") and _COUNTED_BEHIND.match(text, end):
        return "been two"
    if word in ("kee", "kne", "knne", "nkee", "kened") and _KNEE_BEFORE.search(before):
        return "knee"
    if word not in _NO_NUMBERS and _OUT_OF_TEN_BEHIND.match(text, end):
        near = [number for number in _NUMBERS if number[0] == word[0] and one_slip(word, number)]
        return near[0] if len(near) == 1 else None
    if _PLACE_BEHIND.match(text, end) and word not in _NO_PLACES:
        near = [side for side in _PLACES if side[0] == word[0] and one_slip(word, side)]
        return near[0] if len(near) == 1 else None
    if word != "botox" and word[0] == "b" and one_slip(word, "botox"):
        return "botox"  # no other word is so near
    if word in ("wen", "wehn", "wheen", "whenn", "whn", "hwen", "whne") and _SUBJECT_BEHIND.match(text, end):
        return "when"
    if word == "none" and _COUNTED_BEHIND.match(text, end):
        return "nine"
    if word == "rater" and _RATHER_BEHIND.match(text, end):
        return "rather"
    if word not in _NO_SKIP and one_slip(word, "skip") and _IT_BEHIND.match(text, end):
        return "skip"
    if word in ("tat", "taht", "thta", "hat") and _SKIP_BEFORE.search(before):
        return "that"
    if word != "more" and one_slip(word, "more") and _HOW_MANY_BEFORE.search(before):
        return "more"
    if word not in _NO_CANCEL and one_slip(word, "cancel") and _IT_BEHIND.match(text, end):
        return "cancel" if _ASKS_BEFORE.search(before) else None
    if (joined := _joined_span(word, before)) is not None:
        return joined
    of_a_unit = _AND_A_BEFORE.search(before) or _A_UNIT_BEHIND.match(text, end)
    if of_a_unit and word not in _NOT_HALF and one_slip(word, "half"):
        return "half"
    if word in ("tem", "thm", "hem", "thme", "tehm", "thwm", "thrm") and _OF_BEFORE.search(before):
        return "them"
    if word != "idea" and one_slip(word, "idea") and _NO_ONE_BEFORE.search(before):
        return "idea"
    if word not in _NOT_TIME and one_slip(word, "time") and _ANOTHER_BEFORE.search(before):
        return "time"
    if word[:2] in ("in", "ni", "ij") and _NO_BEFORE.search(before) and _two_slips(word, "injury"):
        return "injury"
    if word in ("fist", "frist", "firts", "fisrt", "fiirst", "firt") and _ONE_BEHIND.match(text, end):
        return "first"
    if (
        word not in _NOT_FINE
        and one_slip(word, "fine")
        and _IS_BEFORE.search(before)
        and _WITH_ME_BEHIND.match(text, end)
    ):
        return "fine"
    if _DONT_BEFORE.search(before):
        if (word == "what" or (word not in _WANT and one_slip(word, "want"))) and _TO_BEHIND.match(text, end):
            return "want"  # "I don't what to"
        if word.endswith("to") and one_slip(word[:-2], "want", same=True):
            return "want to"
    if word != "mean" and one_slip(word, "mean") and _DO_YOU_BEFORE.search(before):
        return "mean"
    if (run_on := _NUMBER_RUN_ON.fullmatch(word)) and run_on[1] not in _NUMBERS:  # "theeweeks"
        near = [number for number in _NUMBERS if number[0] == word[0] and one_slip(run_on[1], number)]
        return f"{near[0]} {run_on[2]}" if len(near) == 1 else None
    if span := _SPAN_RUN_ON.fullmatch(word):
        return " ".join(part for part in span.groups() if part)
    if word not in _NO_CALL and one_slip(word, "call") and _ME_BEHIND.match(text, end):
        return "call" if _ASKS_BEFORE.search(before) else None
    if word not in _WORSENS and _MAKES_IT_WORSE_BEHIND.match(text, end):
        near = [right for right in _WORSENS if right[0] == word[0] and _same_consonants(word, right)]
        return near[0] if len(near) == 1 else None
    return None


def _same_consonants(word: str, right: str) -> bool:
    """Whether only vowels were lost and letters swapped: "wkls" of walks."""
    kept = [letter for letter in right if letter not in "aeiou"]
    return len(word) > SHORTEST_UNIT and sorted(kept) == sorted(letter for letter in word if letter not in "aeiou")


def _alone(word: str, text: str, start: int, end: int) -> str | None:
    """What a word can only mean at the start of a text, or as all of it: "sue, save it", "tat's all right", "tanks"."""
    if start == 0 and word not in _NO_SURE and one_slip(word, "sure") and _STOP_BEHIND.match(text, end):
        return "sure"
    if start == 0 and word in ("tat", "taht", "thta", "tht", "thst") and _IS_BEHIND.match(text, end):
        return "that"
    if start == 0 and word in ("tats", "hats", "thts", "taht", "thas") and _RIGHT_BEHIND.match(text, end):
        return "thats"
    if not text[:start].strip() and not text[end:].strip(" .!") and word in ("tanks", "thans", "thank", "thansk"):
        return "thanks"
    return None


def _joined_span(word: str, before: str) -> str | None:
    """What time is counted in behind its number, with two slips in it or "now" run on: "3 mohts", "ten yersnow"."""
    if not _NUMBER_BEFORE.search(before) or word in UNITS:
        return None
    for small in ("now", "ago"):
        stem = word.removesuffix(small)
        if stem != word and len(stem) >= SHORTEST_UNIT:
            near = [
                unit
                for unit in UNITS
                if unit[0] == stem[0] and (one_slip(stem, unit, same=True) or _two_slips(stem, unit))
            ]
            return f"{near[-1]} {small}" if near else None
    near = [unit for unit in UNITS if unit[0] == word[0] and len(unit) > SHORTEST_UNIT and _two_slips(word, unit)]
    return near[-1] if near and len({unit.rstrip("s") for unit in near}) == 1 and len(word) > SHORTEST_UNIT else None


def _is_within(word: str, unit: str) -> bool:
    """Whether a word is what is left of a unit: "mnh" of a month."""
    letters = iter(unit)
    return len(word) >= SHORTEST_UNIT and all(letter in letters for letter in word)


def _garbled_unit(word: str) -> str | None:
    """What is counted in "3 weles ago": between a number and "ago" nothing else begins with its letter."""
    near = [unit for unit in UNITS if unit.endswith("s") and unit[0] == word[0] and abs(len(unit) - len(word)) <= 1]
    alike = [
        unit
        for unit in near
        if sum(a == b for a, b in zip(word, unit, strict=False)) * 2 >= len(unit)
        or sum((Counter(word) & Counter(unit)).values()) >= len(unit) - 1  # "3 wersk ago"
    ]
    return alike[0] if len(alike) == 1 else None


def _two_slips(word: str, right: str) -> bool:
    """Whether a letter was left out and two were swapped, or two were left out."""
    if len(word) >= len(right) or len(right) - len(word) > 2:
        return False
    fewer = {right[:at] + right[at + 1 :] for at in range(1, len(right))}
    if len(right) - len(word) == 1:
        return any(one_slip(word, one) for one in fewer)
    return any(one[:at] + one[at + 1 :] == word for one in fewer for at in range(1, len(one)))


def one_slip(word: str, right: str, *, same: bool = False) -> bool:
    """Whether a letter was left out, hit beside its key, doubled, or swapped with the next; or, with `same`, none."""
    if word == right:
        return same
    if len(word) == len(right):
        differ = [at for at, (a, b) in enumerate(zip(word, right, strict=True)) if a != b]
        swapped = len(differ) == 2 and sorted(word) == sorted(right)
        return swapped or (len(differ) == 1 and is_beside(word[differ[0]], right[differ[0]]))
    longer, shorter = sorted((word, right), key=len, reverse=True)
    return len(longer) - len(shorter) == 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
    )


def is_beside(one: str, other: str) -> bool:
    """Whether two keys are neighbours."""
    if one not in _KEYS or other not in _KEYS:  # "í": no key of its own
        return False
    (row, place), (other_row, other_place) = _KEYS[one], _KEYS[other]
    return abs(row - other_row) <= 1 and abs(place - other_place) <= 1
