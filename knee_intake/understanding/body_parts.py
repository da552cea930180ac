"""Which part of the body words are about: the knee, or another one that stands nearer to them. PURE."""

from __future__ import annotations

from knee_intake.understanding.lexicon import word_set
from knee_intake.understanding.pipeline import Mention, Reading

_NEAR = 7
"""Words; a part farther off is another matter."""
_FAR_PARTS = word_set(
    """shoulder shoulders elbow elbows wrist wrists finger fingers thumb thumbs knuckle knuckles jaw tooth teeth rib
    ribs ear ears nose neck spine ankle ankles"""
)
_AND = frozenset({"and", "&", "or", "/", "+"})
_OWN = word_set("""my the his her both left right a""")
_KNEE_AGAIN = word_set("""it its itll they theyre this that leg legs joint one ones thing mine other""")
_CLAUSE_ENDS = frozenset({".", ",", ";", "?", "!", "and", "but", "so"})


class BodyParts:
    """The parts that one text names."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def is_nearer(self, mention: Mention) -> bool:
        """Another body part stands nearer than any knee, in the same clause."""

        def distance(other: Mention) -> int:
            between = self._reading.words(min(mention.end, other.end), max(mention.start, other.start))
            return 99 if {".", "?", "!", ";", "but"} & set(between) else len(between)

        near = self._reading.near(mention.start, mention.end, "part")
        parts = [distance(m) for m in near if not self._stands_with_a_knee(m.start)]
        knees = [distance(m) for m in self._reading.near(mention.start, mention.end, "knee")]
        return min(parts, default=99) < min(min(knees, default=99), _NEAR)

    def is_far_from_the_knee(self, first: int, last: int) -> bool:
        """Another body part stands before these characters in a sentence without a knee, and nothing between them that
        may mean the knee again: "my fingers are swollen".
        """
        tokens = self._reading.tokens
        places = [at for at, token in enumerate(tokens) if token.start < last and first < token.end]
        if not places:
            return False
        at, behind = places[0], places[-1] + 1
        start, end = self._reading.sentence(at)
        near = self._reading.near(start, end, "knee", "part")
        if any(m.field == "knee" and start <= m.start < end for m in near):
            return False
        parts = [m for m in near if m.field == "part" and start <= m.start < end]
        if any(behind < m.start < behind + 3 and tokens[behind].word == "of" for m in parts):
            return True  # "the front of my shin"
        return any(m.start < at for m in parts) and not _KNEE_AGAIN & set(self._reading.words(start, at))

    def is_of_a_far_part(self, mention: Mention) -> bool:
        """A shoulder that dislocates, an ankle that swells: the part stands right before the words or behind them, and
        no knee with it ("my knee and ankle are swollen").
        """
        words, knees = self._reading.tokens, {m.start for m in self._reading.of("knee")}
        before = range(mention.start - 1, max(mention.start - 5, -1), -1)
        behind = range(mention.end, min(mention.end + 2, len(words)))
        for places in (before, behind):
            for at in places:
                if words[at].word in _FAR_PARTS:
                    return not self._stands_with_a_knee(at)
                if at in knees or words[at].word in _CLAUSE_ENDS:
                    break
        return False

    def _stands_with_a_knee(self, part: int) -> bool:
        """ "My knee and my ankle are hot": the part at this token is named together with a knee."""
        words = [token.word for token in self._reading.tokens]
        for knee in self._reading.near(part, part + 1, "knee", reach=5):
            between = words[min(knee.end, part + 1) : max(knee.start, part)]
            if _AND & set(between) and set(between) <= _AND | _OWN:
                return True
        return False
