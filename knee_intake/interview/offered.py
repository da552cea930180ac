"""Recognise a reply that is exactly one of the answers just offered. PURE."""

from __future__ import annotations

import re
from typing import Any

from knee_intake.interview.questions import Choice
from knee_intake.understanding.types import UNSURE, VALUES

_NO_LETTERS = re.compile(r"[^\w']+")
_PLACES_ONLY = re.compile(r"[1-9](?:\s*(?:,|&|and|\+|\s)\s*[1-9])*")
_EDGES = re.compile(r"^[\s.,!?\"'()]+|[\s.,!?\"'()]+$")

_IF_OK = re.compile(
    r",? if (?:that|it)(?:'?s| is) (?:ok|okay|fine|alright|all right|possible)(?: (?:with|by|for) you)?\b"
)
""" "I'll do that later, if that's OK" is no OK."""
_PLACES = {
    name: place
    for place, names in enumerate(("first 1st 1 one", "second 2nd 2 two", "third 3rd 3 three", "fourth 4th 4 four"))
    for name in names.split()
}
_PLACE = re.compile(
    r"(?:i(?:'d| would)? (?:pick|choose|take|say|like) |(?:i think |maybe |probably |um |uh )?)?(?:the |that )?"
    r"(?:(?P<name>first|second|third|fourth|1st|2nd|3rd|4th|last)(?: (?:one|option|choice|answer))?"
    r"|(?:option|number|choice|answer|no\.|#) ?(?P<number>one|two|three|four|[1-4]))(?: please)?"
)


def plain(text: str) -> str:
    """The text without case, outer punctuation and doubled spaces."""
    return " ".join(_EDGES.sub("", text.replace("\u2019", "'")).casefold().split())


def match_offered(text: str, offered: list[dict[str, str]], kind: str | None) -> Any:
    """The offered value that `text` is: the value or its label, in any case; a list for several choices.

    `offered` are {label, value} pairs, `kind` the input they were offered with. None where it is no exact match.
    """
    if not offered:
        return None
    by_text = {plain(choice["value"]): choice["value"] for choice in offered}
    by_text |= {plain(choice["label"]): choice["value"] for choice in offered}
    whole = by_text.get(plain(text))
    if kind not in ("multi_choice", "knee_map"):
        return whole
    if plain(text) in ("none", "none of these", "none of them", "0"):
        return []
    if (places := _by_places(text, offered)) is not None:
        return places
    if whole is not None:
        return [whole]
    labels_with_commas = sorted((key for key in by_text if "," in key), key=len, reverse=True)
    rest, found = plain(text), []
    for key in labels_with_commas:
        if key in rest:
            rest = rest.replace(key, "")
            found.append(by_text[key])
    for part in rest.split(","):
        if not plain(part):
            continue
        unsure = kind == "knee_map" and found and plain(part) == "not sure"
        value = UNSURE if unsure else by_text.get(plain(part))
        if value is None:
            return None
        found.append(value)
    return list(dict.fromkeys(found)) or None


def _by_places(text: str, offered: list[dict[str, str]]) -> list[str] | None:
    """ "1", "1 and 3": the offered values at these places, where no answer is a number; else None."""
    if not _PLACES_ONLY.fullmatch(plain(text)) or any(re.match(r"\W*\d", choice["label"]) for choice in offered):
        return None
    places = [int(digit) - 1 for digit in re.findall(r"\d", text)]
    if not all(place < len(offered) for place in places):
        return None
    return list(dict.fromkeys(offered[place]["value"] for place in places))


def match_place(text: str, offered: list[dict[str, str]]) -> str | None:
    """ "The second one", "option 2", "the last": the offered value at that place; None where it names no place."""
    if re.fullmatch(r"[1-9]", plain(text)) and not any(re.match(r"\W*\d", choice["label"]) for choice in offered):
        place = int(plain(text)) - 1  # "1" where no answer is a number
        return offered[place]["value"] if place < len(offered) else None
    found = _PLACE.fullmatch(plain(text))
    if not found or not offered:
        return None
    name = found["name"] or found["number"]
    place = len(offered) - 1 if name == "last" else _PLACES[name]
    return offered[place]["value"] if place < len(offered) else None


def label_of(picked: Any, offered: list[dict[str, str]], none_label: str, unsure_label: str) -> str:
    """How a picked value, or several, is said by a person: the labels that were offered."""
    if picked == []:
        return none_label
    labels = {UNSURE: unsure_label, **{choice["value"]: choice["label"] for choice in offered}}
    values: list[str] = picked if isinstance(picked, list) else [picked]
    return ", ".join(labels.get(value, value) for value in values)


def match_words(text: str, choices: list[Choice]) -> str | None:
    """The one choice whose words stand in the text; None where none or several do.

    The longest words win ("not now" is no "now"), and a text that refuses something is left to other readers.
    """
    said = f" {_NO_LETTERS.sub(' ', _IF_OK.sub(' ', plain(text)))} "
    found: dict[str, int] = {}
    for choice in choices:
        for words in [*choice.words]:
            if f" {words.casefold()} " in said:
                found[choice.value] = max(found.get(choice.value, 0), len(words.split()))
    if not found:
        return None
    longest = max(found.values())
    best = [value for value, length in found.items() if length == longest]
    return best[0] if len(best) == 1 else None


def as_findings(values: list[str]) -> dict[str, Any]:
    """The knee picture's values as findings: a side and areas."""
    sides = [value for value in values if value in VALUES["knee_side"]]
    areas = [value for value in values if value in VALUES["pain_location"]]
    found: dict[str, Any] = {}
    if sides:
        found["knee_side"] = "both" if len(sides) > 1 else sides[0]
    if areas:
        found["pain_location"] = areas
    return found
