"""Which knee the text is about. A bare "left" or "right" counts only where a knee is meant."""

from __future__ import annotations

import itertools
import re

from knee_intake.understanding.assertion import Asserter
from knee_intake.understanding.lexicon import SENTENCE_END, Entry, Rule, word_set
from knee_intake.understanding.pipeline import Mention, Reading

_AFTER_BARE = word_set(
    """
    . , ? ! ; ) : * hurts hurt hurting aches ache aching is are was has had one ones and but more for since too
    also mostly mainly or though than gives gave locks swells pops clicks feels started worse side - / ( &
    because when really just about please a lot bothers kills seems got gets as knee knees i it throbs that
    which only thats grinds creaks cracks buckles burns stings swelled swollen sore bad patella kneecap looks
    does wont cant still always sometimes if while not by after before isnt doesnt lol tbh where
    """
)
_BEFORE_BARE = word_set(
    """
    . , ? ! ; ( : * my the his her on is its just only mostly mainly in both and or than to a that this was - /
    & not says but mean sorry actually no said one definitely more especially say think meant rather wait whoops
    oops mainly usually nope now from 0
    """
)
_AFTER_BOTH = word_set(
    """. , ? ! ; ) hurt hurts are of have ache aching bother feel swell swollen do and but sides legs my the sore bad"""
)
_KNEE_WORDS = word_set(
    """
    knee knees kneecap kneecaps kneejoint knew kneww patella patellar patellofemoral patellofemerol tkr tka acl
    mcl pcl lcl meniscus menisci itb kneepain
    """
)
"""What stands behind the side of a knee; "knew" is what phones make of it."""
_ADVERBS_BEHIND = word_set("there here now away behind under around above below at in where on next over beneath")
_LEG = frozenset({"leg", "legs"})
_BETWEEN = word_set(
    """bad good bum sore painful whole entire inner outer medial lateral swollen stiff old new arthritic dodgy gammy
    poor worse other hand side sided front back big"""
)
_PARTS = word_set(
    """hip hips shoulder shoulders elbow elbows wrist wrists ankle ankles foot feet hand hands handed thumb finger
    fingers neck groin eye eyes ear ears arm arms heel heels toe toes back butt buttock breast lung kidney jaw calf"""
)
_SHORT_SIDES = {"rt": "right", "rgt": "right", "r": "right", "write": "right", "rigt": "right", "rght": "right"} | {
    "lt": "left", "l": "left", "lft": "left", "leftt": "left", "rihgt": "right", "rgiht": "right", "lefft": "left",
}  # fmt: skip
"""Sides that the lexicon does not know alone."""
_GLUED = re.compile(r"(?:in|my|the)*(left|right|rt|lt)(?:knees?|leg|kneecap)")
_LEAVERS = word_set(
    "i he she we they it ive weve have has had just who never what whats any much nothing been and then"
)
_CORRECTION = word_set(
    "sorry mean meant actually oops whoops correction wait rather no nope scratch strike sry srry lied not"
)
_COMPARED = word_set("than versus vs unlike like against compared")
_USES = word_set(
    """
    stood stand walk walked weight bear bend straighten kneel move lift use trust step sleep do operate replace
    touch
    """
)
"""What somebody cannot do with a knee: "I have not stood on the left leg" denies no side."""
_SHORT = 9
"""In a text of so few words "the right one" is a knee."""
_FAR_PART = 12
"""Words back: so far another joint owns a bare side."""
_OWN = 4
"""Words behind a knee to its own complaint."""
_WEAK_FIELDS = ("treatments_tried",)
_FINE = word_set(
    """fine fne good ok okay great healthy alright perfect perfectly well silent quiet normal fully sleeping painless"""
)
_ENDS_OF_FINE = word_set(". , but and ? ! ; left right lt rt l r")
_NOT_HURTING = re.compile(
    r"(?:is |feels )?(?:never|doesnt|does not|isnt|is not|didnt|no|not) (?:really |ever |been )?(?:hurts?|bother"
    r"|bothered|ache|a problem|the problem|bad|affected|sore|painful|problems|trouble|issues?|the one)"
)
_SPARED = frozenset(
    {"favor", "favoring", "favour", "favouring", "compensate", "compensating", "compensated", "overcompensating"}
)
_RULES = {side: Rule(f"sides:{side}", Entry([side], side), "knee_side", False, ()) for side in ("left", "right")}
"""For the sides that are found here and not by a phrase."""


def find_sides(reading: Reading, asserter: Asserter) -> tuple[str | None, list[Mention], list[Mention]]:
    """The side (left, right, both) or None, the mentions that say so, and those that only say that it is not them."""
    named = [m for m in [*reading.of("knee_side"), *_short_sides(reading)] if _is_a_knee(m, reading)]
    named.sort(key=lambda m: m.start)
    ruled_out = [m for m in named if _is_ruled_out(m, reading, asserter)]
    kept = [m for m in _corrected(named, reading) if m not in ruled_out]
    if len({m.value for m in kept}) > 1:
        kept = [m for m in kept if not _is_compared(m, reading)] or kept
    if len({m.value for m in kept}) > 1:
        kept = [m for m in kept if _is_the_one(m, reading)] or kept
    if len({m.value for m in kept}) > 1:
        kept = _strong(kept, reading, asserter) or kept
    values = {m.value for m in kept}
    if not values:
        return None, [], ruled_out
    side = values.pop() if len(values) == 1 else "both"
    return side, kept, ruled_out


def each_hurts(mentions: list[Mention], reading: Reading, asserter: Asserter) -> bool:
    """Whether the left and the right knee have a complaint of their own: "my left knee hurts, my right knee aches"."""

    def hurts(mention: Mention) -> bool:
        near = reading.near(mention.start, mention.end, "pain", "symptoms")
        behind = [m for m in near if 0 <= m.start - mention.end <= _OWN and not asserter.categories(m) & {"negated"}]
        return bool(behind)

    return {"left", "right"} <= {m.value for m in mentions if hurts(m)}


def _short_sides(reading: Reading) -> list[Mention]:
    """Sides that no phrase holds: "rt", "(R)", "leftknee"."""
    taken = {at for m in reading.of("knee_side") for at in range(m.start, m.end)}
    found = []
    for at, token in enumerate(reading.tokens):
        glued = _GLUED.fullmatch(token.word)
        named = token.word in ("left", "right") and _knee_follows(reading, at + 1)  # within an idiom
        if named and at not in taken:
            found.append(Mention(_RULES[token.word], at, at + 1))
            continue
        side = (glued[1][0] + "t" if glued else None) or (token.word if token.word in _SHORT_SIDES else None)
        if side and at not in taken and (glued or _is_short_side(reading, at)):
            found.append(Mention(_RULES[_SHORT_SIDES[side]], at, at + 1))
    return found


def _is_short_side(reading: Reading, at: int) -> bool:
    """A letter or two are a side beside a knee, in brackets, or where a side is mended."""
    dotted = 1 if reading.words(at + 1, at + 2) == ["."] else 0  # "rt. knee"
    if _knee_follows(reading, at + 1 + dotted):
        return True
    word, after = reading.tokens[at].word, reading.words(at + 1, at + 2)
    before = reading.words(at - 2, at)
    if word == "write" or _part_follows(reading, at + 1):
        return False
    if word in ("l", "r"):
        in_brackets = "(" in before and after == [")"]
        return (in_brackets or after == ["side"]) and bool(reading.of("knee"))
    return after in (["one"], ["side"]) or bool(_CORRECTION & set(before))


def _knee_follows(reading: Reading, at: int) -> bool:
    """Whether a knee stands there, an adjective or two between."""
    for word in reading.words(at, at + 3):
        if word in _KNEE_WORDS:
            return True
        if word not in _BETWEEN:
            return False
    return False


def _part_follows(reading: Reading, at: int) -> bool:
    return bool(_PARTS & set(reading.words(at, at + 1)))


def _is_a_knee(mention: Mention, reading: Reading) -> bool:
    words = reading.words(mention.start, mention.end)
    side_of = reading.words(mention.end - 1, mention.end + 5)
    if "side" in side_of[:2] and "of" in side_of[:3] and {"left", "right", "lt", "rt"} & set(side_of[2:]):
        return False  # "the right side of my left knee"
    if "," in words and words[-1] == "right" and reading.tokens[mention.end].word in _ADVERBS_BEHIND:
        return False  # "my left knee, right there"
    if _KNEE_WORDS & set(words) or _knee_follows(reading, mention.end) or _GLUED.fullmatch(words[0]):
        return True
    has_knee = bool(reading.of("knee")) or any(
        token.word in ("knew", "kneepain") or _GLUED.fullmatch(token.word) for token in reading.tokens
    )
    has_pain = bool(reading.of("pain"))
    if _part_follows(reading, mention.end) and not has_knee:
        return False
    if mention.value != "both" and _belongs_to_part(mention, reading):
        return False
    if len(mention) > 1:
        if "one" in words:
            return has_knee or has_pain or not (_PARTS & {token.word for token in reading.tokens})
        return has_knee or (has_pain and ("both" in words or {"left", "right"} <= set(words)))
    if mention.value == "both":
        return _are_both_knees(mention, reading, has_knee or has_pain)
    return _is_bare_knee(mention, reading, has_knee or has_pain)


def _are_both_knees(mention: Mention, reading: Reading, has_complaint: bool) -> bool:
    after = reading.tokens[mention.end].word
    start, _ = reading.sentence(mention.start)
    places = {m.value for m in reading.of("pain_location") if start <= m.start < mention.start}
    if (
        places
        and reading.words(mention.start - 1, mention.start) == [","]
        and any(start <= m.start < mention.start for m in reading.of("knee_side"))
    ):
        return False  # "the inner side and the kneecap of my right knee, both are sore"
    return has_complaint and after in _AFTER_BOTH and "sides" not in reading.words(mention.end, mention.end + 3)


def _is_bare_knee(mention: Mention, reading: Reading, has_complaint: bool) -> bool:
    """ "It is the left", "my right aches"; not "she left", "right now"."""
    before = reading.tokens[mention.start - 1].word if mention.start else "."
    after = reading.tokens[mention.end].word
    if after in ("one", "ones") and (reading.of("knee") or not _PARTS & {token.word for token in reading.tokens}):
        return True
    if mention.value == "left" and before in _LEAVERS and before != "and" and after not in _LEG:
        return False
    if after in _LEG and has_complaint:
        return True
    return has_complaint and after in _AFTER_BARE and before in _BEFORE_BARE | _CORRECTION


def _belongs_to_part(mention: Mention, reading: Reading) -> bool:
    """ "It's my shoulder, the left": another joint stands nearer in front than any knee."""
    for word in reversed(reading.words(mention.start - _FAR_PART, mention.start)):
        if word in _KNEE_WORDS or word in _LEG or word in ("left", "right", "both"):
            return False
        if word in _PARTS:
            return word != "back"
    return False


def _is_ruled_out(mention: Mention, reading: Reading, asserter: Asserter) -> bool:
    """Not that one: denied, a relative's, or said to be fine."""
    said = asserter.categories(mention)
    unable = _USES & set(reading.words(mention.start - 6, mention.start))
    if "family" in said or ("negated" in said and not unable and not _is_mended(mention, reading)):
        return True
    if _is_fine(mention, reading):
        return True
    if _SPARED & set(reading.words(mention.start - 4, mention.start)):
        return True
    start, end = reading.sentence(mention.start)
    pains = [m for m in reading.near(mention.start, mention.end, "pain") if start <= m.start < end]
    return bool(pains) and all("negated" in asserter.categories(m) and m.start >= mention.start for m in pains)


def _is_fine(mention: Mention, reading: Reading) -> bool:
    after = reading.words(mention.end, mention.end + 7)
    stops = [at for at, word in enumerate(after) if word in _ENDS_OF_FINE]
    rest = after[: min(stops, default=len(after))]
    if _FINE & set(rest[:5]) and not {"not", "isnt", "wasnt", "never", "arent"} & set(rest):
        return True
    said = [word for word in rest if word not in _KNEE_WORDS | _LEG | {"one", "side"}]
    return bool(_NOT_HURTING.match(" ".join(said)))


def _is_compared(mention: Mention, reading: Reading) -> bool:
    """ "Bigger than the left": the measure, not the complaint."""
    before = reading.words(mention.start - 3, mention.start)
    return bool(_COMPARED & set(before)) and not SENTENCE_END & set(before)


def _is_the_one(mention: Mention, reading: Reading) -> bool:
    """ "The left knee is the one", "it is the right that hurts"."""
    after = " ".join(w for w in reading.words(mention.end, mention.end + 5) if w not in _KNEE_WORDS)
    return bool(re.match(r"(?:one )?(?:is|was|thats|its) (?:the|my) (?:one|problem|bad|worse|culprit|sore)\b", after))


def _is_mended(mention: Mention, reading: Reading) -> bool:
    """ "The left, no, the right": the "no" before it denies what came first."""
    before = reading.words(mention.start - 5, mention.start)
    return "no" in before and bool({"left", "right", "lt", "rt"} & set(before[: before.index("no")]))


def _corrected(mentions: list[Mention], reading: Reading) -> list[Mention]:
    """ "The left, sorry, the right": the last one counts."""
    for first, second in itertools.pairwise(mentions):
        between = reading.words(first.end, second.start)
        if first.value == second.value or len(between) > _SHORT or SENTENCE_END & set(between) - {"."}:
            continue
        if (_CORRECTION - {"not"}) & set(between) and not {"but", "fine", "problem", "issues"} & set(between):
            return [m for m in mentions if m.value == second.value]
    return mentions


def _strong(mentions: list[Mention], reading: Reading, asserter: Asserter) -> list[Mention]:
    """A knee that was only operated on, or is past, gives way to the one that hurts."""

    def is_weak(mention: Mention) -> bool:
        if "historical" in asserter.categories(mention):
            return True
        start, end = reading.sentence(mention.start)
        near = [
            m
            for m in reading.near(mention.start, mention.end, "treatments_tried", "pain", "symptoms")
            if start <= m.start < end
        ]
        if reading.tokens[mention.end].word in ("was", "were", "had"):
            return True
        closest = min(near, key=lambda m: abs(m.start - mention.start), default=None)
        if closest is None or closest.field not in _WEAK_FIELDS or closest.value != "surgery":
            return False
        between = reading.words(min(mention.end, closest.end), max(mention.start, closest.start))
        return len(between) <= 6 and "but" not in between

    return [m for m in mentions if not is_weak(m)]
