"""What a text that patients read may not say, what it has to say, and how plain it has to be. PURE.

The tests hold the shipped texts to these rules, and the editor holds a clinic's edits to them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from knee_intake.banned_words import BANNED, claims_of
from knee_intake.patient_texts import FEWEST_WORDS, Part, PatientText, readable
from knee_intake.readability import grade, syllables, words

TARGET, HARD_STOP = 6.0, 8.0
"""Reading grades: what is meant, and what is refused."""
LABEL_WORDS, LABEL_SYLLABLES = 18, 2.4
"""A label's length, and its syllables a word where it has several words."""
LONG_WORD = 3
"""Syllables from which on a word makes a text hard."""
FEW = 8
"""So many hard words are named."""

HARDER: dict[str, str] = {}
"""Texts that may read above the target, and why; the hard stop holds for them too."""

EXEMPT: dict[str, dict[str, str]] = {
    "answer.ask_safety": {
        "not safe for everyone": "says that they are not",
        "if you have an infection": "asks for it, and says of nobody that they have it",
    },
    "phrase.options_intro": {"I can't say what is right for you": "says that it cannot say so"},
}
"""Text -> words in it that look like a banned claim and are none, and why. The article's own words, where a text quotes
them with their correction, belong here too."""

HARMLESS = (
    r'"[^"]*"',  # an example of what a visitor may say
    r"\b(911|988)\b",
    r"\b(19|20)\d\d\b",  # a year
    r"\b\d+ (people|patients)\b",  # a denominator
    r"\b\d+ (minutes?|hours?|days?|weeks?|months?|years?)\b|\bweek \d+\b",
    r"\b\d+ (to \d+|or older)\b|\bunder 18\b",  # an age, a span of the scale
    r"\b(0|10) (is|means) (no|the worst) pain\b",
    r"\b43rd Street\b",
)
"""Numbers that are no finding of a study."""
SHARE = re.compile(
    r"\b\d+(\.\d+)? ?(%|percent)|\b(half|thirds?|quarters?|most|majority) of (the )?(people|patients|those)"
    r"|\b(twice|double|triple) (as|the)\b", re.IGNORECASE
)  # fmt: skip
DENOMINATOR = re.compile(r"\b\d+ (people|patients)\b|\bof \d+\b")

LIMITS_OF_69 = ("small", "45 people", "one kind of knee pain", "comparison group", "Five years later")
"""What the 69 percent of one study never stand without."""

# ---- the shots: benefit, limits, status, risk and source in one message

DRUG = re.compile(r"\b(Botox|Dysport)\b")
NO_OFFER = ("safety.", "question.", "name.", "phrase.", "wording.")
"""Names the drugs to ask or to warn, not as an option."""
BENEFIT = re.compile(r"less pain|had no pain|calms? (the )?pain|got better|felt better|pain relief", re.IGNORECASE)
SAYS = {
    "benefit": r"less pain|had no pain|very little research",
    "limits": r"no better than salt water|no comparison group|very little research",
    "status": r"FDA has not approved it for knee pain \(off-label\)",
    "risk": r"Rarely, .*life-threatening trouble swallowing or breathing",
    "source": r"\bSources?: \S",
}
BESIDE_A_BENEFIT = {
    "limits": r"mixed|no better than|comparison group|very little research",
    "status": "off-label",
    "risk": "life-threatening",
    "source": r"\bSources?: ",
}
"""What has to stand in a message that names a benefit of the drugs."""

BANNED_ABROAD = {
    "es": r"\b(comprobad|demostrad|garanti[cz]|milagr|sin riesgo|sin dolor|cur(a|an|ar)\b|unidades|dosis|miligramos)"
}

HEALTH_WORDS: tuple[str, ...] = (
    "knee", "hip", "leg", "calf", "joint", "pain", "hurt", "ache", "sore", "swell", "swollen", "numbness", "weak",
    "stiff", "botox", "dysport", "toxin", "botulinum", "arthritis", "injection", "inject", "shot", "needle", "therap",
    "acupuncture", "chiropract", "sport", "doctor", "nurse", "clinician", "treatment", "patient", "consult", "diagnos",
    "surgery", "surgeon", "intake", "symptom", "health", "illness", "sick", "disease", "condition", "injur", "fracture",
    "infection", "fever", "clot", "emergency", "drug", "medicine", "medication", "dose", "exercise", "activity",
)  # fmt: skip
"""Never in a mail, or on a page that it leads to: anybody may look over a shoulder."""

Level = Literal["refuse", "warn"]


@dataclass(frozen=True)
class Finding:
    """What is wrong with a text. `refuse`: it is not saved; `warn`: it is, by who has seen this."""

    level: Level
    message: str
    part: str = ""
    """Where in the text: `known_text`."""


def claims(text: str, unit: str = "") -> str:
    """What a text states, without what was reviewed: a question claims nothing."""
    for exempt in EXEMPT.get(unit, {}):
        text = text.replace(exempt, "")
    return claims_of(text)


def grade_of(text: str, filled: Mapping[str, str] | None = None) -> float | None:
    """The reading grade of an English text with its braces filled; None where it is too short for one."""
    told = readable(text, filled or {})
    return grade(told) if len(words(told)) >= FEWEST_WORDS else None


def hard_words(text: str) -> list[str]:
    """The words that make it hard to read, the hardest first."""
    found = dict.fromkeys(word for word in words(readable(text, {})) if syllables(word) >= LONG_WORD)
    return sorted(found, key=lambda word: -syllables(word))[:FEW]


def text_findings(text: str, *, unit: str = "", filled: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """What is wrong with a sentence or more in English, wherever it is said."""
    found = grade_of(text, filled)
    if found is not None and found > TARGET:
        level: Level = "refuse" if found > HARD_STOP else "warn"
        hard = ", ".join(hard_words(text))
        known = f"; the hardest words: {hard}" if hard else ""
        limit = f"at most {HARD_STOP:g} is allowed" if level == "refuse" else f"{TARGET:g} or below is meant"
        yield Finding(level, f"it reads at grade {found:g}, and {limit}{known}")
    yield from _banned(claims(text, unit))


def label_findings(text: str) -> Iterator[Finding]:
    """What is wrong with a button or a name."""
    found = words(readable(text, {}))
    if len(found) > LABEL_WORDS:
        yield Finding("refuse", f"a label has at most {LABEL_WORDS} words")
    elif len(found) >= LONG_WORD and sum(map(syllables, found)) / len(found) > LABEL_SYLLABLES:
        yield Finding("warn", "its words are long; a label is read at a glance")
    yield from _banned(claims(text))


def _banned(told: str) -> Iterator[Finding]:
    """The first of each kind of what may not be said."""
    for name, pattern in BANNED.items():
        if banned := re.search(pattern, told, re.IGNORECASE):
            yield Finding("refuse", f"“{banned[0].strip()}” reads as {name}")


def unit_findings(
    unit: PatientText, filled: Mapping[str, str] | None = None, off_label: Collection[str] = ()
) -> list[Finding]:
    """Everything that is wrong with a text as patients get it. `off_label`: options that are."""
    found: list[Finding] = []
    english = {part.name: part.text for part in unit.parts if part.lang == "en"}
    told = [(part, _in_english(part, unit, filled, off_label)) for part in unit.messages if part.lang == "en"]
    abroad = [(part, _abroad(part, english)) for part in unit.parts if part.lang != "en"]
    for part, rules in (*told, *abroad):
        found += [Finding(one.level, one.message, part.name) for one in rules]
    return list(dict.fromkeys(found))


def _in_english(
    part: Part, unit: PatientText, filled: Mapping[str, str] | None, off_label: Collection[str]
) -> Iterator[Finding]:
    if part.is_label or unit.section == "names":
        yield from label_findings(part.text)
        return
    yield from text_findings(part.text, unit=unit.id, filled=filled)
    yield from _numbers(part.text)
    yield from _drugs(part.text, unit, off_label)
    if unit.section in ("options", "answers") and bool(re.search(SAYS["source"], part.text)) != bool(unit.sources):
        told = "its sources are not named" if unit.sources else "it names a source, and has none"
        yield Finding("refuse", f"{told}: expected “Source: …” at the end exactly where there are sources")
    if unit.section == "options" and re.search(r"[{}]", part.text):
        yield Finding("refuse", "nothing is filled in here: expected no {braces}")
    if unit.section == "notices" and (names := [word for word in HEALTH_WORDS if word in part.text.lower()]):
        yield Finding("refuse", f"“{names[0]}”: a mail and its pages name nothing of health")


def _numbers(text: str) -> Iterator[Finding]:
    if SHARE.search(text) and not DENOMINATOR.search(text):
        yield Finding("refuse", "a share stands without the number of people that it is of")
    if re.search(r"\b69\b|sixty-nine", text):
        for limit in (one for one in LIMITS_OF_69 if one not in text):
            yield Finding("refuse", f"the 69 percent need their limits beside them: “{limit}” is missing")


def _drugs(text: str, unit: PatientText, off_label: Collection[str]) -> Iterator[Finding]:
    needed = SAYS if unit.id.removeprefix("option.") in off_label and unit.section == "options" else {}
    if not needed and DRUG.search(text) and not unit.id.startswith(NO_OFFER):
        needed = BESIDE_A_BENEFIT if BENEFIT.search(text) else {"status": BESIDE_A_BENEFIT["status"]}
    for name, pattern in needed.items():
        if not re.search(pattern, text):
            told = {"status": "that it is off-label", "source": "its source"}.get(name, f"its {name}")
            yield Finding("refuse", f"a text on Botox or Dysport has to say {told} in the same message")


def _abroad(part: Part, english: Mapping[str, str]) -> Iterator[Finding]:
    if banned := re.search(BANNED_ABROAD.get(part.lang, r"$^"), part.text, re.IGNORECASE):
        yield Finding("refuse", f"“{banned[0]}” reads as a promise ({part.lang})")
    known = english.get(part.name)
    if known is not None and set(re.findall(r"\d+", part.text)) != set(re.findall(r"\d+", known)):
        yield Finding("refuse", f"its numbers are not those of the English text ({part.lang})")
