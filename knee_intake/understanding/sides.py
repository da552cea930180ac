"""Which knee the text is about. A bare "left" or "right" counts only beside a knee or a pain."""

from __future__ import annotations

import itertools

from knee_intake.understanding.assertion import Asserter
from knee_intake.understanding.lexicon import word_set
from knee_intake.understanding.pipeline import Mention, Reading

_AFTER_BARE = word_set(
    """. , ? ! ; ) hurts hurt hurting aches ache aching is are was has had one ones and but more for since too
    also mostly mainly or though than gives gave locks swells pops clicks feels started worse side - /
    because when really just about please a lot bothers kills seems got gets as knee knees i it throbs that
    which only"""
)
_BEFORE_BARE = word_set(
    """. , ? ! ; ( my the his her on is its just only mostly mainly in both and or than to a that this was - /
    not says but mean sorry actually no said one definitely more especially say think"""
)
_AFTER_BOTH = word_set(
    """. , ? ! ; ) hurt hurts are of have ache aching bother feel swell swollen do and but sides legs my"""
)
_CORRECTION = frozenset({"sorry", "mean", "meant", "actually", "oops", "correction", "wait", "rather"})
_SHORT = 9
"""In a text of so few words "the right one" is a knee."""
_WEAK_FIELDS = ("treatments_tried",)
_FINE = word_set("""fine good ok okay great healthy alright perfect well""")
_SPARED = frozenset(
    {"favor", "favoring", "favour", "favouring", "compensate", "compensating", "compensated", "overcompensating"}
)


def find_sides(reading: Reading, asserter: Asserter) -> tuple[str | None, list[Mention]]:
    """The side (left, right, both) or None, and the mentions that say so."""
    named = [m for m in reading.of("knee_side") if _is_a_knee(m, reading)]
    kept = [m for m in named if not _is_ruled_out(m, reading, asserter)]
    if len({m.value for m in kept}) > 1:
        kept = _corrected(kept, reading) or _strong(kept, reading, asserter) or kept
    values = {m.value for m in kept}
    if not values:
        return None, []
    side = values.pop() if len(values) == 1 else "both"
    return side, kept


def _is_a_knee(mention: Mention, reading: Reading) -> bool:
    has_knee, has_pain = bool(reading.of("knee")), bool(reading.of("pain"))
    if len(mention) > 1:
        words = reading.words(mention.start, mention.end)
        if "one" in words and len(reading.tokens) <= _SHORT:
            return True
        return has_knee or (has_pain and ("one" in words or "both" in words or {"left", "right"} <= set(words)))
    before = reading.tokens[mention.start - 1].word if mention.start else "."
    after = reading.tokens[mention.end].word
    if mention.value == "both":
        several = has_knee or has_pain
        return several and after in _AFTER_BOTH and "sides" not in reading.words(mention.end, mention.end + 3)
    return (has_knee or has_pain) and after in _AFTER_BARE and before in _BEFORE_BARE


def _is_ruled_out(mention: Mention, reading: Reading, asserter: Asserter) -> bool:
    """Not that one: denied, a relative's, or said to be fine."""
    if asserter.categories(mention) & {"negated", "family"}:
        return True
    after = reading.words(mention.end, mention.end + 5)
    for word in after:
        if word in (".", ",", "but", "and", "?", "!", ";"):
            break
        if word in _FINE:
            return True
    if _SPARED & set(reading.words(mention.start - 4, mention.start)):
        return True
    start, end = reading.sentence(mention.start)
    pains = [m for m in reading.near(mention.start, mention.end, "pain") if start <= m.start < end]
    return bool(pains) and all("negated" in asserter.categories(m) and m.start >= mention.start for m in pains)


def _corrected(mentions: list[Mention], reading: Reading) -> list[Mention]:
    """ "The left, sorry, the right": the last one counts."""
    for first, second in itertools.pairwise(mentions):
        if _CORRECTION & set(reading.words(first.end, second.start)):
            return [second]
    return []


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
        if reading.tokens[mention.end].word in ("was", "were"):
            return True
        closest = min(near, key=lambda m: abs(m.start - mention.start), default=None)
        if closest is None or closest.field not in _WEAK_FIELDS or closest.value != "surgery":
            return False
        between = reading.words(min(mention.end, closest.end), max(mention.start, closest.start))
        return len(between) <= 6 and "but" not in between

    return [m for m in mentions if not is_weak(m)]
