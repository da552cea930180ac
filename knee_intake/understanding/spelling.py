"""Slips of the thumb put right before the rules read: misspelt words, joined words, spellings of phones.

A word that stands in an English dictionary is never touched, however odd it looks where it stands. What is no word is
looked up among the lexicon's spelling variants ("sry"), mended to the commonest word one letter away, or taken apart
into two words. It is never mended into a word that only alarms use: a safety text must not rest on a guess. Addresses
and words with digits stay. Both dictionaries are packages' word lists: symspellpy's knows British, pyspellchecker's
American spelling.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from symspellpy import SymSpell, Verbosity

from knee_intake.understanding.asked_slips import mend_framed
from knee_intake.understanding.beside_slips import is_beside, mend_beside, one_slip
from knee_intake.understanding.language import ENGLISH, language_of
from knee_intake.understanding.lexicon import LEXICON_FOLDER, Lexicon, Rule, load_lexicon, word_set
from knee_intake.understanding.talk_words import CAPITALISED, FROM_TABLES, TALK_WORDS

SHORTEST = 4
"""Letters; a shorter word has too many neighbours."""
BOLD_SHORTEST = 3
"""Letters, where a reply to a question was not understood otherwise."""
GUESSES = 8
FAR_FROM_LIKELY = 200
"""A guess so many times less likely than the likeliest is none."""
LONGEST = 30
"""Letters; a longer one is no word."""
TWO_SLIPS = 9
"""Letters from which on a word may be two letters off one of ours."""
TWO_SWAPS, LONG_SWAP, SHORT_HALF = 6, 7, 3
"""Letters from which on a word of ours may be swapped twice, or two joined words once; those of either of the two."""
COMMON = 12_000
"""So many of the commonest English words are what a slip may have meant, beside ours."""
OURS = 300.0
"""How much likelier a word of the lexicon or of the readers is here than its frequency in films says."""
SURE = 1000
"""So often a dictionary must have counted what stands in a pattern for it to be a word, and no part of one."""
THIS_CENTURY = 40
"""Up to it a year of two digits is one of this century."""
MOST_WORDS = 400
"""Of one text are looked at."""

_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"(?<!\S)['’]\d\d(?!\d)|[^\W_]+(?:['’]{1,2}[^\W_]+)*(?:(?<=nt)['’](?=\s|$))?")
"""With the apostrophe of "wasnt' it", which a thumb hit too late."""
_ADDRESS = re.compile(r"@|://|^www\.|\w\.(?:com|net|org|edu|gov|info|io|co|uk|us|ca|me)\b", re.IGNORECASE)
_RUN_ON = re.compile(r"([a-z]{3,})(\d{1,2})")
"""A word that a thumb joined to the number behind it: "about7"."""
_LONG_LETTERS = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTS = re.compile(
    r"\s+(?:da?ys?|we{0,2}ke?s?|mo?nth?s?|mths?|ye?a?e?rs?|ti?m?es|ho?urs?|min(?:ute)?s?)\b", re.IGNORECASE
)
"""What a number counts."""
_UNITS = {
    "days": "days", "day": "days", "week": "weeks", "weeks": "weeks", "wks": "weeks", "wk": "weeks", "month": "months",
    "months": "months", "mths": "months", "mnths": "months", "mth": "months", "year": "years", "years": "years",
    "yrs": "years", "hours": "hours", "hrs": "hours",
}  # fmt: skip
"""What is counted, as people write it -> in full."""
_NUMBER_IN_FRONT = re.compile(
    r"(?:\d|(?:\b|been|about|for)"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|few|several|couple(?: of)?))\s*$",
    re.IGNORECASE,
)
_ENDING = re.compile(r"['’](?:s|d|m|ll|re|ve)$", re.IGNORECASE)
_STANDARD = re.compile(r"n['’]t$", re.IGNORECASE)
_NO_APOSTROPHES = str.maketrans("", "", "'’")
_ALARM_FILES = ("red_flags", "signs", "families")
_ANYBODYS_FILES = ("scenes", "explained")
"""What they speak of is everybody's: no word of ours, and no alarm's for that."""
_DENY = word_set(
    """no not dont doesnt didnt isnt arent wasnt werent never cant cannot couldnt wont wouldnt hasnt havent hadnt aint
    shouldnt without none nor"""
)
_SPLIT_OFF = word_set(
    """no not the my a and but or in on of to i it its is was at for with from when then that this have had has do dont
    cant get got be been me you your so if all up down out off by as are am im ive just like really very kind sort
    never any more since about because after before while also too his her their our say said go gone going see
    without so"""
) | (_DENY - {"nor", "none"})
"""Small words that a thumb joins to the next."""


@dataclass(frozen=True)
class Mended:
    """A text with its slips put right, and where each part of it stood in the text as received."""

    text: str
    _changes: tuple[tuple[int, int, int, int], ...] = ()
    """start and end of a mended word in `text`, and of the word as received; in order."""

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span in the text as received; a mended word counts as a whole."""
        return self._place(start, 2), self._place(end, 3)

    def _place(self, place: int, edge: int) -> int:
        at = bisect_right(self._changes, (place, len(self.text) + 1, 0, 0)) - 1
        if at < 0:
            return place
        _, new_end, *received = self._changes[at]
        return (
            received[edge - 2] if place < new_end or (edge == 3 and place == new_end) else place + received[1] - new_end
        )


class Speller:
    """Built once, well below a second; mends a text in a fraction of a millisecond."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        known = lexicon or load_lexicon(LEXICON_FOLDER)
        british = _british()
        self._english = _english(british)
        self._alarms = _alarm_words(known)
        self._ours = _our_words(known, self._english)
        self._spelled = {
            wrong: right
            for wrong, right in known.spelling.items()
            if len(wrong) > 1 and wrong not in british and right not in self._alarms
        }
        self._known = FROM_TABLES | frozenset(known.spelling)
        self._finder = _build_finder(self._targets(), 1)
        self._mend_word = lru_cache(maxsize=4096)(self._find)

    def is_word(self, word: str) -> bool:
        """Whether a lower-case word without apostrophes is known as it stands."""
        return word in self._ours or word in self._known or word in self._english

    def mend(self, text: str, asked: str | None = None) -> Mended:
        """The text with what is no word put right, and what can be nothing else in a reply to `asked`."""
        parts: list[str] = []
        changes = []
        end = length = 0
        for number, (start, raw) in enumerate(_words(text)):
            if number > MOST_WORDS:
                break
            new = self._mend(raw, text, start, asked)
            if new is None:
                continue
            kept = text[end:start]
            parts += [kept, new]
            length += len(kept) + len(new)
            end = start + len(raw)
            changes.append((length - len(new), length, start, end))
        return Mended("".join([*parts, text[end:]]), tuple(changes))

    def _number(self, raw: str, text: str, start: int) -> str | None:
        """A number word that lost or missed one letter in front of what it counts: "fve years". Shorter words are
        mended nowhere else, and a number that is left out would be read as "a few".
        """
        word = raw.lower()
        if not 2 <= len(word) <= 5 or not word.isalpha() or self.is_word(word):
            return None
        if not _COUNTS.match(text, start + len(raw)):
            return None
        near = [(n, _likelihood(word, n)) for n in _NUMBERS if n[0] == word[0] and one_slip(word, n)]
        best = max((share for _, share in near), default=0)
        likeliest = [number for number, share in near if share == best]
        return likeliest[0] if len(likeliest) == 1 else None

    def _unit(self, word: str, text: str, start: int) -> str | None:
        """What is counted, one letter off, right behind its number: "9 mmths", "4 wwks"."""
        if not 2 <= len(word) <= 7 or not word.isalpha() or word in _UNITS or self.is_word(word):
            return None
        if not _NUMBER_IN_FRONT.search(text[max(0, start - 12) : start]):
            return None
        near = {full for unit, full in _UNITS.items() if unit[0] == word[0] and len(unit) > 2 and one_slip(word, unit)}
        return near.pop() if len(near) == 1 else None

    def guesses(self, text: str) -> list[str]:
        """What a short reply with one word that is none may have meant, likeliest first: as bold as a listener who
        knows what was asked, three letters are enough. Empty where no word or more than one is unknown.
        """
        unknown = []
        for start, raw in _words(text):
            word = raw.translate(_NO_APOSTROPHES).lower()
            if word.isascii() and word.isalpha() and not (self._is_right(raw, word) and self._is_usual(word)):
                unknown.append((start, raw, word))
        if len(unknown) != 1 or len(unknown[0][2]) < BOLD_SHORTEST:
            return []
        start, raw, word = unknown[0]
        found = self._near.lookup(word, Verbosity.ALL, max_edit_distance=1)
        likely = [near for near in found if self._has_same_start(word, near.term) and near.term not in self._alarms]
        shares = {near.term: near.count * _likelihood(word, near.term) for near in likely}
        least = max(shares.values(), default=0) / FAR_FROM_LIKELY
        terms = sorted((term for term, share in shares.items() if share >= least), key=lambda term: -shares[term])
        return [text[:start] + term + text[start + len(raw) :] for term in terms[:GUESSES]]

    def unknown(self, text: str) -> tuple[str, ...]:
        """The words of a mended text that are in no dictionary; what has a capital may be a name and is left out."""
        if language_of(text) != ENGLISH:
            return ()
        found = []
        for _, raw in _words(text):
            word = raw.translate(_NO_APOSTROPHES).lower()
            typed = raw.islower() and word.isascii() and word.isalpha() and BOLD_SHORTEST <= len(word) <= LONGEST
            if typed and not self._is_right(raw, word):
                found.append(word)
        return tuple(found)

    def _mend(self, raw: str, text: str, start: int, asked: str | None) -> str | None:
        if raw[0] in "'’":  # "in '95"
            return f"{'20' if int(raw[1:]) <= THIS_CENTURY else '19'}{raw[1:]}"
        if (number := self._number(raw, text, start)) is not None:
            return number
        word = raw.translate(_NO_APOSTROPHES).lower()
        if (unit := self._unit(word, text, start)) is not None:
            return unit
        end = start + len(raw)
        if (meant := mend_beside(word, text, start, end) or mend_framed(word, text, start, end, asked)) is not None:
            return meant
        if word in _DENY and raw.lower() != word and not _STANDARD.search(raw):
            return word  # "do'nt"
        if run_on := _RUN_ON.fullmatch(word):
            letters = run_on[1] if self.is_word(run_on[1]) else self._mend_word(run_on[1])
            return f"{letters} {run_on[2]}" if self.is_word(letters) else None
        mended = self._spelled.get(word) if len(word) >= SHORTEST or not raw.isupper() else None  # "WK" is an acronym
        if mended is None:
            if (
                not SHORTEST <= len(word) <= LONGEST
                or not (word.isascii() and word.isalpha())
                or self._is_right(raw, word)
            ):
                return None
            mended = self._mend_word(word)
        if mended == word or (mended not in CAPITALISED and _is_name(raw, text, start)):
            return None
        return mended

    def _is_usual(self, word: str) -> bool:
        """Whether people say it: a name in a word list may be a slip in a reply that was not understood."""
        return word in self._ours or word in self._known or self._english.get(word, SURE) >= SURE

    def _is_right(self, raw: str, word: str) -> bool:
        """Whether it is a word, or one with an ending: "that'd", "the clinic's"."""
        stem = _ENDING.sub("", raw.lower())
        return self.is_word(word) or (stem != raw.lower() and stem not in self._spelled and self.is_word(stem))

    def _find(self, word: str) -> str:
        """The likeliest word, or two; the word itself where nothing is likely."""
        shorter = _LONG_LETTERS.sub(r"\1\1", word)
        if shorter != word:  # "sooooo", "hurtsss"
            once = _LONG_LETTERS.sub(r"\1", word)
            for tried in (shorter, once):
                if self.is_word(tried):
                    return word if tried in self._alarms else tried
        single = _DOUBLE.sub(r"\1", word)
        if len(single) < SHORTEST and single in self._english and single != word:
            return single  # "itt's"
        split = self._split(word)
        if split is not None and split.split()[0] in _DENY:
            return split  # "nonumbness" is one letter from what it denies
        near = self._likeliest(word, self._finder, 1)
        if near in self._ours or (near == word and not (split and _SPLIT_OFF & {*split.split()})):
            return near  # also where it is near a word of an alarm: "vomitting" is no "vomit ting"
        return split or near or self._swapped(word) or self._split_slipped(word) or self._twice_slipped(word) or word

    def _swapped(self, word: str) -> str | None:
        """Two words run together with two letters swapped, "letfknee", or one of ours swapped twice, "tiwstde"."""
        once = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
        if len(word) >= LONG_SWAP:
            halves = {split for one in once if (split := self._split(one)) and not self._alarms & {*split.split()}}
            halves = {split for split in halves if min(map(len, split.split())) >= SHORT_HALF}
            if len(halves) == 1:
                return halves.pop()
        twice = {
            one[:at] + one[at + 1] + one[at] + one[at + 2 :]
            for first, one in enumerate(once)
            for at in range(first + 2, len(word) - 1)
        }
        found = (twice & self._ours) - self._alarms if len(word) >= TWO_SWAPS else set()
        return found.pop() if len(found) == 1 else None

    def _split_slipped(self, word: str) -> str | None:
        """Two words run together, one of them with a slip: "lefrknee", "playbaasketball". The other stands in full."""
        found = set()
        for place in range(SHORTEST, len(word) - SHORTEST + 1):
            left, right = word[:place], word[place:]
            for whole, slipped in ((left, right), (right, left)):
                if whole not in self._ours or self.is_word(slipped):
                    continue
                near = self._likeliest(slipped, self._finder, 1)
                if near in self._ours and near != slipped:
                    found.add(f"{near} {right}" if slipped == left else f"{left} {near}")
        return found.pop() if len(found) == 1 else None

    def _twice_slipped(self, word: str) -> str | None:
        """The likeliest word where a letter is doubled and another is wrong, or of a long word any two."""
        single = _DOUBLE.sub(r"\1", word)
        if single != word and (near := self._likeliest(single, self._finder, 1)) in self._ours:
            return near
        return self._likeliest(word, self._far, 2) if len(word) >= TWO_SLIPS else None

    def _likeliest(self, word: str, finder: SymSpell, distance: int) -> str | None:
        """The likeliest word; None where none is near, the word itself where it is one that only alarms use."""
        found = finder.lookup(word, Verbosity.ALL, max_edit_distance=distance)
        likely = [s for s in found if self._has_same_start(word, s.term)]
        likely = [s for s in likely if s.term not in _DENY or "n" not in s.term or "n" in word]  # "isit" is no "isnt"
        if not likely:
            return None
        best = max(likely, key=lambda s: (-s.distance, s.count * _likelihood(word, s.term)))
        return word if best.term in self._alarms else self._spelled.get(best.term, str(best.term))

    def _has_same_start(self, word: str, right: str) -> bool:
        """People hit the first letter, or swap it with the next; of our words it may be missing."""
        swapped = word[0] == right[1] and word[1] == right[0]
        return word[0] == right[0] or swapped or (right[1:] == word and right in self._ours)

    def _split(self, word: str) -> str | None:
        """Two words that a thumb ran together: a small one and one of ours, or two of ours."""
        found: list[tuple[bool, str]] = []
        for place in range(1, len(word)):
            left, right = word[:place], word[place:]
            if (place == 1 and left not in ("a", "i")) or (len(right) == 1 and right != "a"):
                continue
            small = (left in _SPLIT_OFF, right in _SPLIT_OFF)
            ours = (left in self._ours and len(left) > 2, right in self._ours and len(right) > 2)
            if (small[0] and (ours[1] or small[1])) or (ours[0] and (small[1] or ours[1])):
                found.append((not all(small), f"{left} {right}"))
        return min(found)[1] if found else None  # "isit" is "is it", not "i sit"

    def _targets(self) -> dict[str, int]:
        """What a slip may have meant -> how likely."""
        common = sorted(self._english, key=self._english.__getitem__, reverse=True)[:COMMON]
        return {word: self._english[word] for word in common if len(word) >= SHORTEST} | self._our_targets(SHORTEST)

    def _our_targets(self, shortest: int) -> dict[str, int]:
        return {
            word: int((self._english.get(word, 0) + 500) * OURS * _weight(word))
            for word in sorted(self._ours)
            if len(word) >= shortest and word.isascii()  # a Spanish alarm is heard, and nothing is mended into it
        }

    @cached_property
    def _near(self) -> SymSpell:
        """For replies that were not understood."""
        return _build_finder(self._our_targets(BOLD_SHORTEST), 1)

    @cached_property
    def _far(self) -> SymSpell:
        """For words two letters off, which few texts have."""
        return _build_finder(self._our_targets(TWO_SLIPS - 1), 2)


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Where each word of a text starts, and the word; those of addresses are left out."""
    for chunk in _CHUNK.finditer(text):
        if not _ADDRESS.search(chunk[0]):
            for word in _WORD.finditer(chunk[0]):
                yield chunk.start() + word.start(), word[0]


def _is_name(raw: str, text: str, start: int) -> bool:
    """A capital inside a sentence makes a name."""
    before = text[:start].rstrip()
    return raw[0].isupper() and not raw.isupper() and bool(before) and before[-1] not in ".!?:"


def _weight(word: str) -> int:
    """How much likelier one of ours is than the others: films seldom name days, and never mail providers."""
    return 100 if word in CAPITALISED else 10 if word in TALK_WORDS else 1


def _likelihood(word: str, right: str) -> int:
    """How likely a slip is among those of as many letters."""
    if word[0] != right[0]:
        return 1
    if sorted(word) == sorted(right) or _DOUBLE.sub(r"\1", word) == _DOUBLE.sub(r"\1", right):
        return 2000
    if len(word) == len(right):
        return 700 if all(a == b or is_beside(a, b) for a, b in zip(word, right, strict=True)) else 30
    return 300 if len(word) < len(right) else 100


def _our_words(lexicon: Lexicon, english: Mapping[str, int]) -> frozenset[str]:
    """The lexicon's words and the readers'."""
    read = {word for word in FROM_TABLES if english.get(word, 0) >= SURE}
    words = lexicon.words_of(lambda rule: _file(rule) not in _ANYBODYS_FILES)
    return frozenset(word for word in words if word.isalpha()) | TALK_WORDS | read


def _build_finder(targets: Mapping[str, int], distance: int) -> SymSpell:
    finder = SymSpell(max_dictionary_edit_distance=distance, prefix_length=7)
    for word, count in targets.items():
        finder.create_dictionary_entry(word, max(1, count))
    return finder


def _alarm_words(lexicon: Lexicon) -> frozenset[str]:
    """Words of the alarms' phrases that no other phrase and no other reader has."""
    alarms = lexicon.words_of(lambda rule: _file(rule) in _ALARM_FILES)
    others = lexicon.words_of(lambda rule: _file(rule) not in (*_ALARM_FILES, *_ANYBODYS_FILES))
    return alarms - others - TALK_WORDS - FROM_TABLES


def _file(rule: Rule) -> str:
    return rule.name.split(":")[0]


def _british() -> dict[str, int]:
    """Word -> how often it was counted, of symspellpy's list: what stands there is a real word."""
    lines = (_package("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig").splitlines()
    pairs = (line.replace("'", "").split() for line in lines)
    return {word: int(count) // 100_000 for word, count in pairs}  # of a collection that much larger than the other


def _english(british: Mapping[str, int]) -> dict[str, int]:
    """Word -> how often it was counted, of both lists."""
    counts = dict(british)
    with gzip.open(_package("spellchecker") / "resources" / "en.json.gz", "rt", encoding="utf-8") as file:
        for word, count in json.load(file).items():
            plain = word.replace("'", "")
            counts[plain] = max(count, counts.get(plain, 0))
    return counts


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])
