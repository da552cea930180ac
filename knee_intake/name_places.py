"""Names by where they stand in a sentence: spaCy's blank pipeline with phrases and patterns. PURE.

There is no trained reader of names here. What finds them: the names that the conversation knows, our reader of names
where somebody introduces themselves, a list of first names, titles and relatives in front, and capitals in the middle
of a sentence that no English dictionary explains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import spacy
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc, Token

from knee_intake.first_names import ALSO_WORDS, FAMILY_STAND_IN, FIRST_NAMES
from knee_intake.understanding.names import find_name, is_common
from knee_intake.understanding.plain import word_set

Span = tuple[int, int]
IsWord = Callable[[str], bool]

NAME_QUESTIONS = frozenset({"name", "first_name", "last_name", "contact"})
TITLES = ("mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "dr", "dr.", "doctor", "nurse", "pt", "therapist", "surgeon")
KIN = word_set(
    """husband wife partner mom mum mother dad father sister brother son daughter friend grandma grandmother grandpa
    grandfather aunt uncle cousin boss coach neighbor neighbour fiance fiancee boyfriend girlfriend"""
)
NOT_NAMES = word_set(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december english spanish french german chinese russian american mexican italian medicare
    medicaid covid ibuprofen advil tylenol aleve motrin naproxen celebrex voltaren humira enbrel botox dysport xeomin
    botulinum synvisc cortisone pilates crossfit zumba peloton achilles baker bakers ok okay hi hello thanks"""
)
_INTRODUCES = re.compile(
    r"\bname(?:'s|s)?\b|\b(?:call|calls)\s+me\b|\bi(?:'?m| am)\s+called\b|\bgo(?:es)?\s+by\b", re.I
)
_HERE = re.compile(r"\b(?:here|speaking)\b", re.I)
_SAYS = (
    "said|says|told|tells|thinks|thought|wants|wanted|gave|put|did|does|do|is|was|has|had|will|would|can|could|may|sent"
    "|suggested|recommended|ordered|mentioned|and|or|but|who|that|to|in|at|on|for|about|appointment|visit|office|note"
)
_WRITTEN = (
    re.compile(rf"\b(?:dr|mr|mrs|ms|prof)\b\.?\s+(?P<name>(?!(?:{_SAYS})\b)[^\W\d_]{{3,}})", re.I),
    re.compile(r"(?<![\w.])(?P<name>[A-Z]\.\s?[A-Z][a-z][\w'’-]+)"),
)
"""A title with a name in small letters; an initial with a family name."""
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-](?=[^\W\d_]))*")


def find_names(
    text: str, *, names: tuple[str, ...], asked: str | None, is_word: IsWord, lists: bool = True
) -> list[Span]:
    """Character spans of the names in a text, by place, without overlap; a whole name is one span.

    `names` are those that the conversation knows; without `lists` only these are looked for.
    """
    found = list(_known(text, names))
    if lists:
        doc = _blank()(text)
        found += [*_introduced(text, asked, is_word), *_in_place(doc), *_odd_capitals(text, doc, is_word)]
        found += [match.span("name") for pattern in _WRITTEN for match in pattern.finditer(text)]
    return _whole(text, found)


def _known(text: str, names: tuple[str, ...]) -> Iterator[Span]:
    words = {word for name in names for word in _WORD.findall(name) if len(word) > 1}
    for word in sorted(words, key=len, reverse=True):
        ordinary = word.lower() in ALSO_WORDS or is_common(word)
        for match in re.finditer(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text, re.I):
            if not ordinary or match[0][0].isupper():
                yield match.span()


def _introduced(text: str, asked: str | None, is_word: IsWord) -> Iterator[Span]:
    sure = asked in NAME_QUESTIONS or _INTRODUCES.search(text)
    if not sure and not _HERE.search(text):
        return
    name = find_name(text)
    if name is not None and not sure and is_word(name.split()[0].lower()):
        return  # "numb here"
    words = [] if name is None else [re.escape(word) for word in name.split()]
    if words and (match := re.search(r"(?<!\w)" + r"[\s,.]+".join(words) + r"(?!\w)", text, re.I)):
        yield match.span()
    elif words:  # put together from two places: "last name Diaz, first name Ana"
        for word in words:
            yield from (match.span() for match in re.finditer(rf"(?<!\w){word}(?!\w)", text, re.I))


@lru_cache(maxsize=1)
def _blank() -> spacy.language.Language:
    return spacy.blank("en")


@lru_cache(maxsize=1)
def _matchers() -> tuple[PhraseMatcher, Matcher]:
    nlp = _blank()
    listed = PhraseMatcher(nlp.vocab, attr="LOWER")
    listed.add("FIRST", [nlp.make_doc(name) for name in sorted(FIRST_NAMES | ALSO_WORDS)])
    places = Matcher(nlp.vocab)
    capital = {"IS_TITLE": True, "IS_ALPHA": True}
    places.add("TITLE", [[{"LOWER": {"IN": list(TITLES)}}, {"ORTH": ".", "OP": "?"}, capital]])
    places.add("KIN", [[{"LOWER": {"IN": sorted(KIN)}}, {"ORTH": ",", "OP": "?"}, capital]])
    intro = [{"LOWER": {"IN": ["im", "am", "'m", "’m", "is", "'s", "’s"]}}, capital]
    places.add("WHO", [[{"LOWER": {"IN": ["i", "this", "it", "llamo"]}}, *intro]])
    return listed, places


def _in_place(doc: Doc) -> Iterator[Span]:
    listed, places = _matchers()
    for _, start, end in listed(doc):
        word = doc[start].lower_
        if word not in ALSO_WORDS or (word not in NOT_NAMES and _is_marked(doc[start])):
            yield _span(doc, start, end)
    for _, _start, end in places(doc):
        if doc[end - 1].lower_ not in NOT_NAMES and not is_common(doc[end - 1].text):
            yield _span(doc, end - 1, end)


def _is_marked(token: Token) -> bool:
    """Written as a name: a capital that the place in the sentence does not ask for."""
    if not token.text[0].isupper() or token.text.isupper():
        return False
    if not _begins_sentence(token):
        return True
    behind = token.nbor() if token.i + 1 < len(token.doc) else None
    return behind is not None and behind.is_alpha and behind.text[0].isupper() and behind.lower_ not in ("i", "my")


def _begins_sentence(token: Token) -> bool:
    return token.i == 0 or token.nbor(-1).text in '.!?:\n"“(-' or token.nbor(-1).is_space


def _odd_capitals(text: str, doc: Doc, is_word: IsWord) -> Iterator[Span]:
    """A capital in the middle of a sentence, in a word that is no English one: "we saw Okafor"."""
    if not any(char.islower() for char in text):
        return
    for token in doc:
        word = token.lower_.replace("’", "'").removesuffix("'s")
        if not (token.text[0].isupper() and token.is_alpha) or token.text.isupper() or len(token) < 3:
            continue
        if not _begins_sentence(token) and word not in NOT_NAMES and not is_word(word):
            yield token.idx, token.idx + len(token)


def _span(doc: Doc, start: int, end: int) -> Span:
    last = doc[end - 1]
    return doc[start].idx, last.idx + len(last)


def _whole(text: str, found: list[Span]) -> list[Span]:
    """Without overlaps, each with the capitalised words behind it: the family name."""
    spans: list[Span] = []
    for start, end in sorted(set(found)):
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        elif spans and text[spans[-1][1] : start] == " " and text[start].isupper():
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return [(start, _with_family_name(text, end)) for start, end in _joined(text, spans)]


def _joined(text: str, spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for start, end in spans:
        if kept and _with_family_name(text, kept[-1][1]) >= end:
            continue
        kept.append((start, end))
    return kept


_FAMILY = re.compile(r"\s(?P<name>[A-Z][\w'’-]*[a-z][\w'’-]*)(?![\w@])")
_LOUD = re.compile(r"(?<=[A-Z]{2})\s(?P<name>[A-Z]{3,})(?![\w@])")
"""Behind a first name in capitals alone."""


def _with_family_name(text: str, end: int) -> int:
    behind = _FAMILY.match(text, end) or _LOUD.match(text, end)
    if behind is None:
        return end
    word = behind["name"].removesuffix("'s").removesuffix("’s")
    if word != FAMILY_STAND_IN and (is_common(word) or word.lower() in NOT_NAMES):
        return end
    return behind.start("name") + len(word)
