"""The words: checked YAML files, compiled into spaCy token patterns. PURE but for reading the files.

A phrase is a line of elements, matched word by word against folded text (lower case, no apostrophes, spelling
variants already mapped):

    swollen              the word
    locks|locked         one of these; a_lot is two words that stand as one alternative
    up?                  may be missing (a whole alternative list too: up|down?)
    <knee>               a named group of groups.yml, whose members may be several words
    ~3                   up to three words of any kind, never across a sentence end or a contrast ("but")
    <number>             any number in digits; <fever>: one that a thermometer shows in a fever
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from knee_intake.checked_yaml import load_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.understanding.types import VALUES

LEXICON_FOLDER = Path(__file__).with_name("lexicon")
NUMBER, FEVERISH = "0", "0f"
"""What a number in digits becomes; FEVERISH where it may be a fever's temperature (fold knows the bounds)."""
UNKNOWN = "_"
"""What every word becomes that no phrase knows: the vocabulary is closed, so memory stays bounded and no
patient's word is kept."""
SENTENCE_END = frozenset({".", "?", "!", ";"})
GAP_STOPS = (
    SENTENCE_END
    | {"but", "however", "though", "although", "except", "unless", "yet"}
    | {"not", "no", "never", "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "hasnt", "havent", "without"}
    | {"nothing", "none", "neither", "nor", "aint", "werent", "hadnt", "wont", "isn", "doesn", "denies", "denied"}
)
"""No gap runs over a contrast or a denial."""
MODIFIER_FILES = ("assertion.yml", "scenes.yml", "explained.yml")
EXTRA_FIELDS = ("signs", "conditions", "pain", "movement", "part", "knee", "trigger", "idiom")
"""Fields of entries beyond the findings table: what the rules of findings.py combine."""

Category = Literal[
    "negated", "historical", "hypothetical", "family", "uncertain", "question", "advised", "explained",
    "terminate", "present", "again", "over", "unexplained", "confirmed",
]  # fmt: skip
MARKERS = frozenset({"terminate", "present", "again", "over", "unexplained", "confirmed"})
"""Categories that assert nothing themselves: where scopes end, how a story comes back to the present, what no effort
explains, and that what was asked about is there.
"""
_ELEMENT = re.compile(r"^(?P<body>.+?)(?P<optional>\?)?$")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One meaning and the phrases that state it."""

    phrases: list[str]
    value: str = ""
    field: str = ""
    """Defaults to the file's field."""
    signs: list[str] = []
    """Names of the safety room's SIGNS that the phrase states as well."""
    denies: list[str] = []
    """Phrases that state the opposite by themselves ("can walk fine")."""
    weak: bool = False
    """Gives way to any overlapping mention of the same field, even a shorter one."""
    sure: bool = False
    """Nothing else is said in these words: they stand even where the tagger hears nothing of it."""
    note: str = ""


class Modifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that change what is asserted about their neighbours (ConText)."""

    category: Category
    phrases: list[str]
    direction: Literal["forward", "backward", "both"] = "forward"
    reach: int = 8
    """In words."""
    sentence: bool = False
    """Reaches over contrast and new subjects, up to the end of the sentence."""
    next_sentence: bool = False
    """Reaches back from the next sentence, too: "fever, pus. I have had none of that"."""
    fields: list[str] = []
    """Only for these fields; empty means all."""
    signs: list[str] = []
    """Only for phrases that state one of these signs or red flags; empty means all."""
    scene: Literal["", "past", "recent", "other", "stranger"] = ""
    """Sets the scene for the clauses that follow (scenes.py): long past, past but perhaps not over, a relative,
    somebody who is no patient of ours."""
    note: str = ""


class EntryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of entries."""

    entries: list[Entry]
    field: str = ""


class GroupFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """groups.yml"""

    groups: dict[str, list[str]]


class SpellingFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """spelling.yml: the right word -> how it is written on phones."""

    spelling: dict[str, list[str]]


class ModifierFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """assertion.yml, scenes.yml, explained.yml"""

    modifiers: list[Modifier]


@dataclass(frozen=True)
class Element:
    """One place of a compiled pattern: the words that may stand there (None: any), how often."""

    words: frozenset[str] | None
    least: int = 1
    most: int = 1


Pattern = tuple[Element, ...]


@dataclass(frozen=True)
class Rule:
    """An entry or modifier with its compiled patterns."""

    name: str
    """file:value, for `why`."""
    meaning: Entry | Modifier
    field: str
    denies: bool
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Lexicon:
    """All rules of a folder."""

    rules: tuple[Rule, ...]
    groups: dict[str, list[str]] = field(default_factory=dict)
    spelling: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> frozenset[str]:
        """Every word that some pattern knows."""
        return self.words_of(lambda _rule: True)

    def words_of(self, counts: Callable[[Rule], bool]) -> frozenset[str]:
        """Every word of the rules that count."""
        found: set[str] = set()
        for rule in filter(counts, self.rules):
            for element in itertools.chain.from_iterable(rule.patterns):
                found |= element.words or set()
        return frozenset(found)


def word_set(words: str) -> frozenset[str]:
    """The words of a text, for looking up."""
    return frozenset(words.split())


@lru_cache(maxsize=4)
def load_lexicon(folder: Path = LEXICON_FOLDER) -> Lexicon:
    """Read and check every file of the folder. Raises ClinicFileError naming file and phrase."""
    groups = load_yaml(folder / "groups.yml", GroupFile).groups
    spelling = {
        wrong: right
        for right, wrongs in load_yaml(folder / "spelling.yml", SpellingFile).spelling.items()
        for wrong in wrongs
    }
    rules = [
        Rule(f"{Path(name).stem}:{m.category}", m, "", False, _compile_all(m.phrases, groups, folder / name))
        for name in MODIFIER_FILES
        for m in load_yaml(folder / name, ModifierFile).modifiers
    ]
    for path in sorted(folder.glob("*.yml")):
        if path.name not in {"groups.yml", "spelling.yml", *MODIFIER_FILES}:
            rules += _entry_rules(path, groups)
    return Lexicon(tuple(rules), groups, spelling)


def _entry_rules(path: Path, groups: dict[str, list[str]]) -> list[Rule]:
    content = load_yaml(path, EntryFile)
    rules = []
    for number, entry in enumerate(content.entries):
        name = entry.field or content.field
        _check_entry(path, number, name, entry)
        label = f"{path.stem}:{entry.value or ','.join(entry.signs)}"
        rules.append(Rule(label, entry, name, False, _compile_all(entry.phrases, groups, path)))
        if entry.denies:
            rules.append(Rule(label, entry, name, True, _compile_all(entry.denies, groups, path)))
    return rules


def _check_entry(path: Path, number: int, name: str, entry: Entry) -> None:
    where = f"entries.{number}"
    if name not in VALUES and name not in EXTRA_FIELDS:
        raise ClinicFileError(path, None, f"{where}.field", f"expected one of {', '.join((*VALUES, *EXTRA_FIELDS))}")
    if name in VALUES and entry.value not in VALUES[name]:
        raise ClinicFileError(path, None, f"{where}.value", f"expected one of {', '.join(VALUES[name])}")


def _compile_all(phrases: list[str], groups: dict[str, list[str]], path: Path) -> tuple[Pattern, ...]:
    try:
        return tuple(pattern for phrase in phrases for pattern in compile_phrase(phrase, groups))
    except (KeyError, ValueError) as error:
        raise ClinicFileError(path, None, "phrases", f"a phrase that cannot be read: {error}") from None


def compile_phrase(phrase: str, groups: dict[str, list[str]]) -> list[Pattern]:
    """All token patterns of one phrase; groups with several-word members multiply them."""
    places = [_element(word, groups) for word in phrase.split()]
    runs = [tuple(itertools.chain.from_iterable(choice)) for choice in itertools.product(*places)]
    patterns = list(dict.fromkeys(end for run in runs for end in _ends(run)))
    if any(all(element.least == 0 for element in pattern) for pattern in patterns):
        raise ValueError(f"{phrase!r} may match nothing")
    return patterns


def _ends(run: Pattern) -> list[Pattern]:
    """The run without a gap at its end; where only missing places may follow a gap, that tail is split off."""
    tail = len(run)
    while tail and not run[tail - 1].least and run[tail - 1].words is not None:
        tail -= 1
    if not tail or run[tail - 1].words is not None:
        return [run]
    with_tail = [(*run[:at], Element(run[at].words), *run[at + 1 :]) for at in range(tail, len(run))]
    return [*_ends(run[: tail - 1]), *with_tail]


def _element(word: str, groups: dict[str, list[str]]) -> list[Pattern]:
    """The ways to fill one place: each a run of elements."""
    if gap := re.fullmatch(r"~(\d)", word):
        return [(Element(None, 0, int(gap[1])),)]
    parsed = _ELEMENT.match(word)
    assert parsed is not None  # the body takes any character
    optional, body = bool(parsed["optional"]) and word != "?", parsed["body"]
    singles: set[str] = set()
    longer: list[Pattern] = []
    for part in body.split("|"):
        for member in _members(part, groups):
            if " " in member or member.startswith("<"):
                longer += compile_phrase(member, groups)
            else:
                singles.add(member)
    ways: list[Pattern] = list(longer)
    if singles:
        ways.append((Element(frozenset(singles), 0 if optional and not longer else 1),))
    if optional and longer:
        ways.append(())
    return ways


def _members(part: str, groups: dict[str, list[str]]) -> list[str]:
    if part in ("<number>", "<fever>"):
        return [NUMBER, FEVERISH] if part == "<number>" else [FEVERISH]
    if part.startswith("<") and part.endswith(">"):
        return groups[part[1:-1]]
    return [part.replace("_", " ")]


def as_token_pattern(pattern: Pattern) -> list[dict[str, Any]]:
    """The pattern in the form of spaCy's Matcher."""
    tokens: list[dict[str, Any]] = []
    for element in pattern:
        if element.words is None:
            tokens += [{"ORTH": {"NOT_IN": sorted(GAP_STOPS)}, "OP": "?"}] * element.most
            continue
        words = sorted(element.words)
        token: dict[str, Any] = {"ORTH": words[0]} if len(words) == 1 else {"ORTH": {"IN": words}}
        tokens.append(token if element.least else {**token, "OP": "?"})
    return tokens
