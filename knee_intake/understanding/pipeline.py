"""A text as folded tokens of a closed vocabulary, and the phrases of the lexicon found in it.

spaCy's blank English pipeline with our own tokenizer: every word that no phrase knows becomes one and the same
unknown token, so the string store never grows and holds no patient's words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from knee_intake.understanding.lexicon import (
    FEVERISH,
    GAP_STOPS,
    MARKERS,
    NUMBER,
    SENTENCE_END,
    UNKNOWN,
    Entry,
    Lexicon,
    Modifier,
    Pattern,
    Rule,
    as_token_pattern,
    word_set,
)

_TOKEN = re.compile(r"[^\W\d_]+(?:['’‘`´][^\W\d_]+)*['’]?|\d+(?:[.,:]\d+)*|\n+|[^\w\s]")
_CELSIUS = re.compile(r"\s*(?:°|c\b|celsius|degrees|deg\b)", re.IGNORECASE)
_TEMPERATURE = re.compile(r"\btemp|thermometer", re.IGNORECASE)
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_PUNCTUATION = {"\n": ".", "…": ",", "–": "-", "—": "-", "，": ",", "。": ".", "？": "?", "！": "!"}
ONE_MEANING_FIELDS = frozenset(
    {"knee_side", "pain_location", "arthritis_history", "treatments_tried", "activity_level", "onset", "movement"}
)
"""In these a word has one meaning: "behind the kneecap" is not also "behind the knee"."""
_UNVOIDED = (MARKERS | {"explained"}) - {"terminate"}
"""Modifiers that no idiom for modifiers takes away."""
LEARNED = "learned"
"""An idiom that voids no phrase, only what the encoder alone hears in its words (blend.py)."""
_FILLERS = frozenset({"um", "uh", "uhm", "umm", "uhh", "er", "erm", "hmm", "mm"})
_VERBS = word_set("""is are was were does do did doesnt dont didnt isnt arent wasnt werent hurts hurt never""")
_CONTRACTIONS = word_set("""its hes shes thats theres whats heres wheres hows lets whos whens whys ones""")

_HEDGES = word_set("""barely hardly scarcely think thought believe sure doubt doubtful wish wished hope hoping hopefully
if whether unless until till til when once before so that""")
"""Shortly before "I can walk" they make it a hope, a doubt or its contrary."""
_HEDGE_REACH = 3
"""In words."""


@dataclass(frozen=True)
class Token:
    """One word as received and as folded."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Mention:
    """A phrase of the lexicon found in the text; `start` and `end` count tokens."""

    rule: Rule
    start: int
    end: int

    @property
    def field(self) -> str:
        return self.rule.field

    @property
    def value(self) -> str:
        return self.rule.meaning.value if isinstance(self.rule.meaning, Entry) else self.rule.meaning.category

    @property
    def slot(self) -> tuple[object, ...]:
        """Overlapping mentions of one slot exclude each other; the longest stays."""
        if self.field in ONE_MEANING_FIELDS:
            return (self.field,)
        return (self.field, self.value, *self.entry.signs)

    @property
    def entry(self) -> Entry:
        assert isinstance(self.rule.meaning, Entry)
        return self.rule.meaning

    def overlaps(self, other: Mention) -> bool:
        return self.start < other.end and other.start < self.end

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Reading:
    """A text with everything that the phrases find in it."""

    text: str
    tokens: tuple[Token, ...]
    """Folded; unknown words keep their letters here."""
    mentions: tuple[Mention, ...]
    modifiers: tuple[Mention, ...]
    idioms: tuple[Mention, ...] = ()
    """Figures of speech that hold of every field, and those that hold of what is learned."""

    def words(self, start: int, end: int) -> list[str]:
        return [token.word for token in self.tokens[max(start, 0) : end]]

    def span(self, start: int, end: int) -> tuple[int, int, str]:
        """Character offsets and the text as received of a run of tokens."""
        first, last = self.tokens[start].start, self.tokens[end - 1].end
        return first, last, self.text[first:last]

    def sentence(self, position: int) -> tuple[int, int]:
        """The tokens of the sentence around a token."""
        start = position
        while start > 0 and self.tokens[start - 1].word not in SENTENCE_END:
            start -= 1
        end = position
        while end < len(self.tokens) and self.tokens[end].word not in SENTENCE_END:
            end += 1
        return start, end

    def of(self, *fields: str) -> list[Mention]:
        """All mentions of these fields, in the order of the text."""
        return [mention for mention in self.mentions if mention.field in fields]

    def near(self, start: int, end: int, *fields: str, reach: int = 30) -> list[Mention]:
        """Mentions that begin not far from a run of tokens: long texts stay quick."""
        first = bisect_left(self._starts, start - reach)
        last = bisect_right(self._starts, end + reach)
        return [m for m in self.mentions[first:last] if not fields or m.field in fields]

    @cached_property
    def _starts(self) -> list[int]:
        return [mention.start for mention in self.mentions]


def _is_feverish(number: str, text: str, start: int, end: int) -> bool:
    """100.4 to 107 F; 38 to 42 C, which whole numbers must say they are: 38 may be anything."""
    try:
        degrees = float(number.replace(",", "."))
    except ValueError:
        return False
    if 100.4 <= degrees <= 107:
        return True
    if not 38 <= degrees <= 42:
        return False
    told = _CELSIUS.match(text, end) or _TEMPERATURE.search(text, max(0, start - 25), start)
    return degrees % 1 > 0 or bool(told)


def fold(text: str, spelling: dict[str, str]) -> list[Token]:
    """Lower case, no apostrophes, known misspellings mapped, numbers and line ends made plain."""
    tokens = []
    for found in _TOKEN.finditer(text):
        raw = found[0]
        if raw[0].isdigit():
            word = FEVERISH if _is_feverish(raw, text, found.start(), found.end()) else NUMBER
        elif raw[0].isalpha():
            word = unicodedata.normalize("NFKC", raw).lower().translate(_APOSTROPHES)
            if word == "ill" and raw.lower() != word:
                word = UNKNOWN  # "I'll"
            if raw[-2:].lower() in ("'s", "’s") and word not in _CONTRACTIONS:
                word = word[:-1]  # "the knee's"
            word = spelling.get(word, word)
        else:
            word = _PUNCTUATION.get(raw[0], raw[0])
        tokens.append(Token(word, found.start(), found.end()))
    # a full stop of our own, so that every rule may lean on an end
    return [*_without_fillers(tokens), Token(".", len(text), len(text))]


def _without_fillers(tokens: list[Token]) -> list[Token]:
    """Before a verb, without what is only said to gain time and its commas: "the stairs, uh, don't hurt it"."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        words = [token.word for token in tokens[at : at + 4]]
        if len(words) == 4 and words[0] == words[2] == "," and words[1] in _FILLERS and words[3] in _VERBS:
            at += 3
        kept.append(tokens[at])
        at += 1
    return kept


class Pipeline:
    """Built once; reads many texts. Not bound to any one thread."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._spelling = lexicon.spelling
        self._words = lexicon.words | {NUMBER, FEVERISH} | GAP_STOPS | {",", ":", "-", "(", ")"}
        self._rules = {f"r{number}": rule for number, rule in enumerate(lexicon.rules)}
        nlp = spacy.blank("en")
        nlp.tokenizer = self._document
        self._vocab: Vocab = nlp.vocab
        for word in (*sorted(self._words), UNKNOWN, NUMBER, FEVERISH):
            _ = self._vocab[word]  # all that it will ever hold
        self._patterns = self._patterns_by_anchor()
        self._matchers: dict[str, tuple[Matcher, int, int]] = {}

    def _document(self, text: str) -> Doc:
        return self._as_document(fold(text, self._spelling))

    def _as_document(self, tokens: list[Token]) -> Doc:
        words = [token.word if token.word in self._words else UNKNOWN for token in tokens]
        return Doc(self._vocab, words=words or [UNKNOWN])

    def _patterns_by_anchor(self) -> dict[str, dict[str, list[Pattern]]]:
        """Anchor word -> rule -> patterns: a text only meets the patterns that it can match."""
        uses: Counter[str] = Counter()
        for rule in self._rules.values():
            for pattern in rule.patterns:
                uses.update(word for element in pattern for word in element.words or ())
        found: dict[str, dict[str, list[Pattern]]] = defaultdict(lambda: defaultdict(list))
        for key, rule in self._rules.items():
            for pattern in rule.patterns:
                for word in _anchor(pattern, uses):
                    found[word][key].append(pattern)
        return found

    def _matcher(self, word: str) -> tuple[Matcher, int, int] | None:
        """The small matcher of one anchor word, and how far its patterns reach before and behind it.

        Built when the word is first met: all at once would take seconds. Two threads that meet a word at once build
        the same.
        """
        known = self._matchers.get(word)
        if known is None and word in self._patterns:
            matcher = Matcher(self._vocab, validate=False)  # ours are built, not typed: as_token_pattern is tested
            before = behind = 0
            for key, patterns in self._patterns[word].items():
                matcher.add(key, [as_token_pattern(pattern) for pattern in patterns], greedy="LONGEST")
                for pattern in patterns:
                    places = [at for at, element in enumerate(pattern) if word in (element.words or ())]
                    sizes = [element.most for element in pattern]
                    before = max(before, *(sum(sizes[:at]) for at in places))
                    behind = max(behind, *(sum(sizes[at + 1 :]) for at in places))
            known = self._matchers[word] = (matcher, before, behind)
        return known

    def read(self, text: str) -> Reading:
        """Everything the phrases find, overlaps settled."""
        tokens = fold(text, self._spelling)
        document = self._as_document(tokens)
        strings = self._vocab.strings
        found: set[tuple[str, int, int]] = set()
        for position, token in enumerate(tokens):
            if (anchored := self._matcher(token.word)) is None:
                continue
            matcher, before, behind = anchored
            first = max(0, position - before)
            for key, start, end in matcher(document[first : position + behind + 1]):
                found.add((strings[key], first + start, first + end))
        mentions = [
            mention
            for key, start, end in sorted(found, key=lambda f: f[1:])
            if not ((mention := Mention(self._rules[key], start, end)).rule.denies and _is_hedged(tokens, start))
            and not _is_the_right_now(tokens, mention)
        ]
        entries, modifiers = _settle(mentions)
        idioms = tuple(m for m in mentions if m.field == "idiom" and m.value in ("", LEARNED))
        return Reading(text, tuple(tokens), entries, modifiers, idioms)


def _is_the_right_now(tokens: Sequence[Token], idiom: Mention) -> bool:
    """ "It is more the right now" names a side, where "right now" is none."""
    words = [token.word for token in tokens[max(0, idiom.start - 1) : idiom.end]]
    return idiom.field == "idiom" and idiom.value == "knee_side" and words[:3] == ["the", "right", "now"]


def _is_hedged(tokens: Sequence[Token], start: int) -> bool:
    """Whether words that state the opposite of a sign ("I can walk") are only hoped, doubted or barely so."""
    for token in reversed(tokens[max(0, start - _HEDGE_REACH) : start]):
        if token.word == "," or token.word in SENTENCE_END:
            return False
        if token.word in _HEDGES:
            return True
    return False


def _anchor(pattern: Pattern, uses: Counter[str]) -> frozenset[str]:
    """The required place whose words are rarest in the lexicon: few texts hold them."""
    required = [element.words for element in pattern if element.words is not None and element.least]
    return min(required, key=lambda words: sum(uses[word] for word in words))


def _strength(mention: Mention) -> tuple[bool, int, int]:
    """Sorts the mention that wins first: named before unnamed, long before short."""
    weak = isinstance(mention.rule.meaning, Entry) and mention.rule.meaning.weak
    return weak, -len(mention), mention.start


def _voids(idiom: Mention, mention: Mention) -> bool:
    """An idiom that names a field spares the others; one about events spares neither onset nor its signs.

    It voids what is no longer than itself; an event also where it only begins like one ("fell asleep on the bus").
    """
    if mention.value in _UNVOIDED:
        return False
    field = mention.field or "modifier"
    if idiom.value == "onset" and field in ("onset", "signs"):
        return len(idiom) >= len(mention) or idiom.start <= mention.start + 1
    return idiom.value in ("", field) and len(idiom) >= len(mention)


def _covers(longer: Mention, shorter: Mention) -> bool:
    """A modifier for a few fields does not stand in for one that holds for all."""
    first, second = longer.rule.meaning, shorter.rule.meaning
    assert isinstance(first, Modifier)
    assert isinstance(second, Modifier)
    if longer.value in MARKERS or shorter.value in MARKERS:
        return longer.value == shorter.value
    narrow = (first.fields, first.signs)
    return narrow in (([], []), (second.fields, second.signs)) and bool(first.scene or not second.scene)


def _settle(mentions: list[Mention]) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
    """Idioms swallow what they overlap; within a field, and among modifiers, the longer phrase wins."""
    idioms = [m for m in mentions if m.field == "idiom"]
    entries: list[Mention] = []
    modifiers: list[Mention] = []
    for mention in sorted(mentions, key=_strength):
        if mention.field == "idiom":
            continue
        if any(mention.overlaps(idiom) and _voids(idiom, mention) for idiom in idioms):
            continue
        if isinstance(mention.rule.meaning, Modifier):
            if not any(mention.overlaps(m) and len(m) > len(mention) and _covers(m, mention) for m in modifiers):
                modifiers.append(mention)
        elif not any(
            mention.overlaps(m)
            and (
                (m.slot == mention.slot and (len(m) > len(mention) or mention.entry.weak))
                or m.rule.meaning is mention.rule.meaning
            )
            for m in entries
        ):
            entries.append(mention)
    by_place = lambda m: (m.start, m.end)  # noqa: E731
    return tuple(sorted(entries, key=by_place)), tuple(sorted(modifiers, key=by_place))
