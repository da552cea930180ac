"""The rules' findings weighed against what the fine-tuned encoder hears in the words. PURE.

The rules know scope, time, person and numbers; the tagger knows wordings that no list holds, and words that mean
something else here ("the keyboard is stuck"). What both hear stands. What only one hears stands if that one is sure
enough; how sure, by kind of field, is set by sentences that neither had learned from (benchmarks/blend.py). It may
never turn a denial that the rules hear into a yes, and takes back an alarm only where it hears next to nothing of it:
on 250 held-back alarms that silenced none, and a quarter of the false ones. It reads no number, but knows which of the
numbers in a text tells how long it has hurt, and how much.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from knee_intake.understanding.asked_about import SENTENCE_END
from knee_intake.understanding.complaint_time import is_since_event
from knee_intake.understanding.language import ENGLISH, language_of
from knee_intake.understanding.named_signs import names_sign
from knee_intake.understanding.tagger import NUMBER_LABELS
from knee_intake.understanding.types import (
    LASTING_SIGNS,
    LIST_FIELDS,
    NUMBER_FIELDS,
    ONE_FIELDS,
    VALUES,
    Evidence,
    Findings,
    Found,
    Tag,
)

RULE = "words"
"""The rule's name in `why` for what the tagger alone heard."""


@dataclass(frozen=True)
class Weights:
    """How sure the tagger must be, from 0 to 1."""

    adds: float
    """To add a value on which the rules are silent."""
    doubts: float
    """Below this a value that only the rules hear is dropped."""


WEIGHTS: Mapping[str, Weights] = {
    "pain_location": Weights(0.9, 0.5),
    "activities": Weights(0.8, 0.3),
    "arthritis_history": Weights(0.9, 0.3),
    "symptoms": Weights(0.7, 0.4),
    "aggravated_by": Weights(0.65, 0.35),
    "treatments_tried": Weights(0.7, 0.3),
    "red_flags": Weights(0.7, 0.1),
    "knee_side": Weights(0.9, 0.15),
    "activity_level": Weights(0.65, 0.2),
    "onset": Weights(0.85, 0.4),
    "pain_duration_days": Weights(0.8, 0.5),
    "pain_severity": Weights(0.5, 0.02),
    "signs": Weights(0.65, 0.03),
    "negated": Weights(0.5, 0.0),
}
"""Set by benchmarks/blend.py; for alarms nearer to recall than it says, since a missed one costs more."""
DENIED = 0.5
"""Share of a denial from which a value that the rules affirm is taken back, and one that they do not is hardly added.
"""
ALARMING = ("red_flags", "sign")
_JOINT = frozenset({"knee", "knees"})
"""To the encoder the word is near to kneeling; alone it tells nothing of it."""
HALF_HEARD = 0.1
"""Share from which a thing stays that stands in one list with others that are heard."""
NEAR = 12
"""Characters; "about three | months": the word that speaks strongest need not be the number's own."""
_TOLD_FIELDS = ("red_flags", "signs", "symptoms")
_ANYWHERE = frozenset({"numbness"})
_OF_THE_KNEE = frozenset(
    {*VALUES["symptoms"], *VALUES["pain_location"], "knee_swollen", "knee_hot", "knee_red"} - _ANYWHERE
)
"""What is told of another part of the body is none of these."""
_VALUES = frozenset(value for values in VALUES.values() for value in values)
SURELY = {
    "walking": 0.7,
    **dict.fromkeys(("surgery", "vigorous"), 0.8),
    "swelling": 0.83,
    **dict.fromkeys(
        ("high_energy_injury", "open_wound", "numb_groin", "knee_out_of_place", "deformity", "cannot_walk"),
        0.88,
    ),
    "recent_knee_injection": 0.75,
    "gym": 0.9,
    "self_harm": 0.93,
    **dict.fromkeys(("hopeless", "medication"), 0.95),
}
"""Values that the tagger alone hears too easily: a fall off a curb is none from a height, a wet scar no open wound."""
_BEGAN = re.compile(
    r"\b(?:(?:it|this|that|pain|ache|knee|trouble|all)(?: all)? (?:came on|crept|started|began)"
    r"|i (?:\w+ )?(?:injured|hurt|twisted|wrenched|tweaked|sprained|strained) (?:it|(?:my|the) (?:\w+ )?knee)"
    r"|first (?:felt|noticed|hurt)|how it (?:all )?(?:started|began)|crept up)\b"
)
_SENTENCE_END = re.compile(r"[.!?\n](?=\s|$)")
_WORSENS = re.compile(
    r"\b(?:hurts?|hurting|worse|pain\w*|ach\w+|sore|bother\w*|kill\w*|trouble|bad|flares?|when\w*|after|if|can't|cant|too"
    r"|aggravat\w+|stiff|swell\w*|gives?|locks?)\b"
)
_ASIDE = re.compile(r"\bif (?:i'?m|i am|i may be|you ask|that is|that's)\b")
""" "If I'm honest" is no "if I sit"."""
_HURTS_NOW = re.compile(
    r"\b(?:hurts|hurting|worse\w*|pain\w*|ach\w+|sore|bother\w*|kill\w*|flares?|aggravat\w+|since|now|still|ever)\b"
)
_IN_A_LIST = re.compile(r",|\b(?:and|or)\b")
_OTHER_PART_BEHIND = re.compile(
    r"\s+(?:calf|calves|shin|ankle|foot|feet|toes?|heel|hip|thigh|hand|arm|shoulder|elbow|wrist|eye|ear|groin)\b",
    re.IGNORECASE,
)
_PLACE_OR_NOW = re.compile(r"\b(?:pain|ache|it|soreness|worst of it) sits\b|\bas i (?:sit|stand|lie|walk|write|type)\b")
"""Where the pain is, and what somebody does while they write."""
_INABILITY = re.compile(
    r"\b(?:barely|hardly|scarcely|can ?not|can['’]?t|could ?n(?:o|['’])?t|unable|not (?:be |been )?able"
    r"|can no longer)\b",
    re.IGNORECASE,
)
"""Words that turn what can be done into what cannot: the tagger takes them for a denial of the very inability."""
_CLAUSE_END = re.compile(r"[.,;:!?\n](?=\s|$)|\b(?:but|no|without)\b", re.IGNORECASE)
_NOTHING_ELSE = re.compile(r"\b(?:nothing|none|not much|no one thing) else\b", re.IGNORECASE)
""" "Climbing stairs, nothing else" denies no stairs."""
_NO_FEVER = re.compile(
    r"\b(?:temp|temperature|thermometer)\b[^.!?;]{0,16}?\b(?:9[678](?:\.\d)?|36(?:\.\d)?|37(?:\.[0-2])?)\b(?!\.\d)",
    re.IGNORECASE,
)
"""A temperature that was taken and is none."""
_ALARM_HANGS_ON = frozenset({"botulinum", "had_botulinum"})
"""Without these an alarm of a later message stays silent: the rules' word stands unless the tagger hears it denied."""
SURELY_NAMED = {"self_harm": 0.97}
"""Needed for a sign that the words do not name, where the tagger is loud about harmless ones: "I want to come in"."""
BLOCKED = 0.9
"""Needed to deny an alarm, where the rules hear the value as past, imagined or asked, and where the words name no such
sign (named_signs.py).
"""
OTHERS = 0.97
"""Needed where the rules hear the value as somebody else's or the words as a figure of speech, and where the tagger
also hears it denied.
"""


def blend(found: Found, tags: Sequence[Tag], text: str) -> Found:
    """The rules' reading of a text weighed against the tags of the same text; `found` itself stays as it is."""
    if not tags or language_of(text) != ENGLISH:  # the tagger has learned no other language
        return found
    return _Blend(found, tags, text).blend()


def doubted(found: Found, tags: Sequence[Tag]) -> list[Evidence]:
    """What the rules hear, no alarm, and the tagger does not hear or hears denied."""
    work = _Blend(found, tags, "")
    named = {seen.value for seen in found.why if seen.assertion == "negated"}
    return [
        seen
        for seen in found.why
        if seen.assertion == "affirmed" and seen.field in WEIGHTS and seen.field not in _TOLD_FIELDS
        and seen.value not in named and not work.hears(seen)
    ]  # fmt: skip


def labels_of(seen: Evidence) -> tuple[str, str]:
    """The tagger's names for a value, stated and denied."""
    return NUMBER_LABELS.get(seen.field) or f"{seen.field}={seen.value}", f"!{seen.value}"


def sentence_at(text: str, place: int) -> tuple[int, int]:
    """Where the sentence at this place starts and ends."""
    starts = [end.end() for end in SENTENCE_END.finditer(text, 0, place)]
    first = starts[-1] if starts else 0
    last = SENTENCE_END.search(text, place)
    return first + len(text[first:]) - len(text[first:].lstrip()), last.end() if last else len(text)


def _apart(number: Evidence, tag: Tag) -> int:
    """Characters between a number and the words that a tag means; 0 where they touch."""
    return max(0, number.start - tag.end, tag.start - number.end)


def _whole_word(text: str, tag: Tag) -> tuple[int, int]:
    """The word around what the tagger means, which reads parts of words ("cor|ti|sone")."""
    start, end = tag.start, tag.end
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end


def _is_also_a_trigger(name: str, value: str) -> bool:
    """ "Walking does not hurt" denies what walking does to the knee, not that the patient walks."""
    return name == "activities" and value in VALUES["aggravated_by"]


class _Blend:
    """The work on one text."""

    def __init__(self, found: Found, tags: Sequence[Tag], text: str) -> None:
        self._rules, self._text = found, text
        self._negated, self._why = list(found.negated), list(found.why)
        self._tags = {tag.label: tag for tag in tags}
        self._denied = {(seen.field, seen.value) for seen in found.why if seen.assertion == "negated"}
        self._blocked = {
            (seen.field, value)
            for seen in found.why
            if seen.assertion not in ("affirmed", "negated", *(["advised"] if seen.field == "signs" else ()))
            for value in (str(seen.value).split(",") if seen.field == "signs" else [seen.value])
        }

        self._others = {(seen.field, seen.value) for seen in found.why if seen.assertion == "family"}
        self._sure = {
            (seen.field, value)
            for seen in found.why
            if seen.sure and seen.assertion == "affirmed"
            for value in str(seen.value).split(",")
        }

    def blend(self) -> Found:
        found: Findings = {}
        for name in NUMBER_FIELDS:
            if (number := self._number(name, self._rules.findings.get(name))) is not None:
                found[name] = number
        for name in LIST_FIELDS:
            if values := self._values(name, self._rules.findings.get(name, [])):
                found[name] = values
        for name in ONE_FIELDS:
            if (one := self._one(name, self._rules.findings.get(name))) is not None:
                found[name] = one
        affirmed = {value for values in found.values() if isinstance(values, list) for value in values}
        self._negated = [value for value in self._negated if value not in affirmed]
        self._hear_denials(affirmed)
        more = {name: value for name, value in self._rules.more.items() if name not in ("signs", "negated_signs")}
        denied = self._rules.more.get("negated_signs", [])
        if signs := self._heard_signs(self._rules.more.get("signs", []), denied):
            more["signs"] = signs
        if denied := [sign for sign in denied if sign not in signs]:
            more["negated_signs"] = denied
        return Found(found, self._negated, more, self._why)

    # ---------------------------------------------------------------- one label
    def _share(self, label: str) -> float:
        tag = self._tags.get(label)
        return tag.share if tag else 0.0

    def _adds(self, name: str, value: str, label: str, denied: Sequence[str]) -> bool:
        """Whether the tagger alone is sure enough of a value."""
        share = self._share(label)
        if (name, value) in self._denied or (value == "kneeling" and self._words(label).lower() in _JOINT):
            return False
        if not _is_also_a_trigger(name, value) and (value in denied or self._share(f"!{value}") > share):
            return False
        is_blocked = (name, value) in self._blocked or self._is_told_otherwise(label)
        needed = BLOCKED if is_blocked else max(WEIGHTS[name].adds, SURELY.get(value, 0.0))
        if not names_sign(value, self._text):
            needed = max(needed, SURELY_NAMED.get(value, BLOCKED))
        if (name, value) in self._others or self._is_idiom(label) or self._is_half_denied(name, value):
            needed = OTHERS
        if share < needed or self._is_comparison(label) or (name in _TOLD_FIELDS and self._is_in_a_scene(value, label)):
            return False
        if name == "aggravated_by" and (self._is_habit(label) or self._is_how_it_began(label)):
            return False
        if name == "pain_location" and self._is_other_place(value, label):
            return False
        if name == "knee_side" and _OTHER_PART_BEHIND.match(self._text, _whole_word(self._text, self._tags[label])[1]):
            return False  # "left calf is swollen" is no left knee
        if value in _OF_THE_KNEE and self._is_elsewhere(label):
            return False
        if value == "fever" and _NO_FEVER.search(self._text):
            return False
        if value == "open_wound" and "leak_from_wound" in self._rules.more.get("signs", ()):
            return False  # "the scar is draining": a wound that was closed
        self._note(name, value, label)
        return True

    def _is_level(self, label: str) -> bool:
        """Whether the tagger hears how active somebody is in the same word, and louder."""
        tag = self._tags[label]
        return any(
            other.label.startswith("activity_level=") and other.share > tag.share
            and other.start < tag.end and tag.start < other.end
            for other in self._tags.values()
        )  # fmt: skip

    def _is_comparison(self, label: str) -> bool:
        """Whether the words stand in a figure of speech that says what something is like: "like a hot wire"."""
        tag = self._tags[label]
        return any(
            start < tag.end and tag.start < end and self._text[start:end].casefold().startswith("like ")
            for start, end in self._rules.idioms
        )

    def _is_other_place(self, value: str, label: str) -> bool:
        """Whether the rules read another place from the very words: "the kneecap, right behind it" is no back."""
        tag = self._tags[label]
        return any(
            seen.field == "pain_location" and seen.value != value and seen.assertion == "affirmed"
            and seen.start <= tag.start and tag.end <= seen.end
            for seen in self._rules.why
        )  # fmt: skip

    def _is_how_it_began(self, label: str) -> bool:
        """Whether the sentence of the words tells of an injury and of nothing that is worse now: "when I took a bad
        step on the stairs and twisted it".
        """
        start, end = self._sentence(self._tags[label])
        hurt = any(
            seen.field == "onset"
            and seen.value == "injury"
            and seen.assertion == "affirmed"
            and start <= seen.start < end
            for seen in self._rules.why
        )
        return hurt and not _HURTS_NOW.search(self._text[start:end].casefold())

    def _sentence(self, tag: Tag) -> tuple[int, int]:
        """Where the sentence of the words that the tagger means starts and ends."""
        starts = [end.end() for end in _SENTENCE_END.finditer(self._text, 0, tag.start)]
        last = _SENTENCE_END.search(self._text, tag.end)
        return starts[-1] if starts else 0, last.start() if last else len(self._text)

    def _is_habit(self, label: str) -> bool:
        """Whether the words that the tagger means tell what somebody does, or where it hurts, and not what makes it
        worse: "I sit all day", "the pain sits at the back".
        """
        start, end = self._sentence(self._tags[label])
        sentence = _ASIDE.sub(" ", self._text[start:end].casefold())
        if _PLACE_OR_NOW.search(sentence):
            return True
        habits = [seen for seen in self._rules.why if seen.field in ("activities", "activity_level")]
        told = any(seen.assertion == "affirmed" and start <= seen.start < end for seen in habits)
        return (told or self._is_level(label)) and not _WORSENS.search(sentence)

    def _is_in_company(self, name: str, value: str, given: Sequence[str]) -> bool:
        """Whether a thing that the tagger half hears stands in one list with others that it hears: "turning over at
        night, long sitting and stairs make it worse".
        """
        label = f"{name}={value}"
        if name not in ("aggravated_by", "pain_location") or self._share(label) < HALF_HEARD or self._is_denied(label):
            return False
        start, end = self._sentence(self._tags[label])
        others = (self._tags.get(f"{name}={other}") for other in given if other != value)
        heard = [tag for tag in others if tag and start <= tag.start < end and tag.share >= WEIGHTS[name].doubts]
        return bool(heard) and bool(_IN_A_LIST.search(self._text[start:end]))

    def _is_where_it_sits(self, value: str) -> bool:
        """Whether the rules have a movement only from words for where the pain is, or for what somebody does now."""
        seen = [one for one in self._rules.why if one.field == "aggravated_by" and one.value == value]
        said = [self._text[max(0, one.start - NEAR) : one.end].casefold() for one in seen]
        return bool(said) and all(_PLACE_OR_NOW.search(words) for words in said)

    def _is_told_otherwise(self, label: str) -> bool:
        """Whether the words that the tagger means are, to the rules, past, imagined, asked or somebody else's."""
        tag = self._tags.get(label)
        return tag is not None and any(
            seen.start < tag.end and tag.start < seen.end and seen.field in ("signs", "red_flags")
            for seen in self._rules.why
            if seen.assertion in ("historical", "hypothetical", "question", "family")
        )

    def _is_half_denied(self, name: str, value: str) -> bool:
        """Whether the tagger hears the value denied as well as stated; alarms are left to their own shares."""
        if name in ("red_flags", "signs") or _is_also_a_trigger(name, value):
            return False
        return self._share(f"!{value}") >= DENIED

    def _is_elsewhere(self, label: str) -> bool:
        """Whether the sentence of the words that the tagger means is about another part of the body."""
        tag = self._tags[label]
        return self._rules.elsewhere(tag.start, tag.end)

    def _is_idiom(self, label: str) -> bool:
        """Whether the rules know the words that the tagger means as a figure of speech: "it's hot in here"."""
        tag = self._tags.get(label)
        return tag is not None and any(start < tag.end and tag.start < end for start, end in self._rules.idioms)

    def _is_in_a_scene(self, value: str, label: str) -> bool:
        """Whether the words that the tagger means are told of long ago, of somebody else or of something harmless,
        which it cannot know.
        """
        tag = self._tags[label]
        told = self._rules.scene(tag.start, tag.end, value)
        if value in LASTING_SIGNS:
            told -= {"historical"}
        return bool(told - {"hypothetical"} if tag.share >= BLOCKED else told)

    def _stays(self, name: str, label: str) -> bool:
        """Whether the tagger leaves the rules' value alone."""
        value = label.split("=")[1]
        if (name, value) in self._sure or (value in _ALARM_HANGS_ON and not self._is_denied(label)):
            return True
        return self._share(label) >= WEIGHTS[name].doubts and not self._is_denied(label)

    def hears(self, seen: Evidence) -> bool:
        """Whether the tagger leaves what the rules have seen alone."""
        label = NUMBER_LABELS.get(seen.field) or f"{seen.field}={seen.value}"
        return self._stays(seen.field, label)

    def _is_denied(self, label: str) -> bool:
        """Whether the tagger hears the value denied rather than stated; alarms are left to the rules."""
        name, value = label.split("=")
        if name in ALARMING or _is_also_a_trigger(name, value):
            return False
        denied = self._share(f"!{value}")
        return denied >= DENIED and denied > self._share(label)

    def _words(self, label: str) -> str:
        tag = self._tags.get(label)
        return self._text[slice(*_whole_word(self._text, tag))] if tag else ""

    def _note(self, name: str, value: object, label: str, assertion: str = "affirmed") -> None:
        tag = self._tags[label]
        start, end = _whole_word(self._text, tag)
        self._why.append(Evidence(name, value, self._text[start:end], start, end, f"{RULE}:{tag.share:.2f}", assertion))

    def _drop(self, name: str, value: object) -> None:
        dropped = (name, value, "affirmed")
        self._why = [
            replace(seen, assertion="doubted") if (seen.field, seen.value, seen.assertion) == dropped else seen
            for seen in self._why
        ]

    # ---------------------------------------------------------------- fields
    def _values(self, name: str, given: Sequence[str]) -> list[str]:
        kept = []
        for value in VALUES[name]:
            label = f"{name}={value}"
            if value in given:
                stays = self._stays(name, label) or self._is_in_company(name, value, given)
                if stays and not (name == "aggravated_by" and self._is_where_it_sits(value)):
                    kept.append(value)
                else:
                    self._drop(name, value)
            elif self._adds(name, value, label, self._negated):
                kept.append(value)
        if name == "arthritis_history" and len(kept) > 1:
            specific = [value for value in kept if value not in ("none", "unspecified")]
            kept = specific or [value for value in kept if value in given] or kept[:1]
        return kept

    def _one(self, name: str, given: str | None) -> str | None:
        if given is not None:
            if self._stays(name, f"{name}={given}") or self._are_two(name, given):
                return given
            self._drop(name, given)
        likeliest = max(VALUES[name], key=lambda value: self._share(f"{name}={value}"))
        if likeliest != given and self._adds(name, likeliest, f"{name}={likeliest}", ()):
            return likeliest
        return None

    def _are_two(self, name: str, given: str) -> bool:
        """Whether the rules hear both knees, each called by its side, and the tagger hears at least one of them: what
        it hears of one alone ("I twisted the right one last year") takes the other away from nobody.
        """
        if name != "knee_side" or given != "both":
            return False
        seen = {one.value for one in self._rules.why if one.field == name and one.assertion == "affirmed"}
        shares = (self._share(f"{name}={side}") for side in ("left", "right"))
        return {"left", "right"} <= seen and max(shares) >= WEIGHTS[name].doubts

    def _number(self, name: str, given: int | None) -> int | None:
        """The number that the rules take for the complaint's, or the one at the words that the tagger means."""
        label = NUMBER_LABELS[name]
        if given is not None:
            if self._stays(name, label) or (name == "pain_duration_days" and self._is_start(given)):
                return given
            self._drop(name, given)
            return None
        tag = self._tags.get(label)
        if tag is None or tag.share < WEIGHTS[name].adds:
            return None
        near = [seen for seen in self._rules.numbers if seen.field == name and _apart(seen, tag) <= NEAR]
        if not near:
            return None
        nearest = min(near, key=lambda seen: _apart(seen, tag))
        self._why.append(replace(nearest, rule=f"{RULE}:{tag.share:.2f}"))
        return int(nearest.value)

    def _is_start(self, days: int) -> bool:
        """ "It came on slowly about 5 years ago", "sore since the wedding in May": the words say that it began then."""
        for seen in self._why:
            if seen.field != "pain_duration_days" or seen.value != days:
                continue
            first = max(self._text.rfind(mark, 0, seen.start) for mark in ".!?\n") + 1
            if is_since_event(self._text[first : seen.start].casefold()):
                return True
            if seen.words.casefold().endswith("ago"):
                last = _SENTENCE_END.search(self._text, seen.end)
                sentence = self._text[first : last.start() if last else len(self._text)].casefold()
                return bool(_BEGAN.search(sentence))
        return False

    def _hear_denials(self, affirmed: Collection[str]) -> None:
        """Denials that the tagger alone hears. What is denied takes back what was said before, so an alarm needs a very
        sure one, none counts beside "barely" or "can't" or against an alarm that the rules hear stated, and a sign that
        only the safety rules know is denied by the rules alone.
        """
        stated = {*affirmed, *self._rules.findings.get("red_flags", ()), *self._rules.more.get("signs", ())}
        for label, tag in self._tags.items():
            value = label.removeprefix("!")
            if value == label or value in self._negated or value in stated or value not in _VALUES:
                continue
            if self._is_beside_inability(tag) or self._is_stated_louder(value, tag):
                continue
            if tag.share >= (BLOCKED if value in VALUES["red_flags"] else WEIGHTS["negated"].adds):
                self._negated.append(value)
                self._note("negated", value, label, "negated")

    def _is_stated_louder(self, value: str, denial: Tag) -> bool:
        """Whether the tagger hears the same thing stated, and louder than denied, or listed with "nothing else"."""
        stated = max((self._share(f"{name}={value}") for name in (*LIST_FIELDS, *ONE_FIELDS)), default=0.0)
        listed = value not in VALUES["red_flags"] and bool(_NOTHING_ELSE.search(self._text))
        return stated > denial.share or listed

    def _is_beside_inability(self, tag: Tag) -> bool:
        """Whether the clause of what the tagger means says that somebody barely does something, or cannot."""
        start, end = _whole_word(self._text, tag)
        first = max((mark.end() for mark in _CLAUSE_END.finditer(self._text, 0, start)), default=0)
        last = _CLAUSE_END.search(self._text, end)
        return bool(_INABILITY.search(self._text, first, last.start() if last else len(self._text)))

    def _heard_signs(self, given: Sequence[str], denied: Sequence[str]) -> list[str]:
        kept = [sign for sign in given if self._stays("signs", f"sign={sign}")]
        for sign in given:
            if sign not in kept:
                self._drop("signs", sign)
        for label in self._tags:
            sign = label.removeprefix("sign=")
            if sign != label and sign not in given and self._adds("signs", sign, label, denied):
                kept.append(sign)
        return kept
