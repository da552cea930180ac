"""Recognise a reply that is exactly one of the answers just offered. PURE."""

from __future__ import annotations

import re
from typing import Any

from knee_intake.interview.places import means_all, place_by_word, places_named
from knee_intake.interview.questions import Choice
from knee_intake.understanding.types import UNSURE, VALUES

_NO_LETTERS = re.compile(r"[^\w']+")
_PLACES_ONLY = re.compile(r"[1-9](?:\s*(?:,|&|and|\+|\s)\s*[1-9])*")
_EDGES = re.compile(r"^[\s.,!?\"'()]+|[\s.,!?\"'()]+$")

_IF_OK = re.compile(
    r",? if (?:that|it)(?:'?s| is) (?:ok|okay|fine|alright|all right|possible)(?: (?:with|by|for) you)?\b"
)
""" "I'll do that later, if that's OK" is no OK."""


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
    if (places := _by_places(text, offered, kind)) is not None:
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


def _by_places(text: str, offered: list[dict[str, str]], kind: str | None) -> list[str] | None:
    """ "1 and 3", "the last one", "all of them": the offered values that are meant; None where none is named so.

    On the knee picture only numbers count: "first" and "all over" are told of the pain.
    """
    if kind == "knee_map" and not _PLACES_ONLY.fullmatch(plain(text)):
        return None
    values = [choice["value"] for choice in offered]
    if kind == "multi_choice" and "diffuse" not in values and means_all(text):
        return [value for value in values if value != "none"]
    places = places_named(text, len(offered), digits=not _answers_are_numbers(offered))
    if places is None and kind == "multi_choice":
        place = place_by_word(text, [choice["label"] for choice in offered])
        places = None if place is None else [place]
    return None if places is None else list(dict.fromkeys(offered[place]["value"] for place in places))


def _answers_are_numbers(offered: list[dict[str, str]]) -> bool:
    return any(re.match(r"\W*\d", choice["label"]) for choice in offered)


def match_place(text: str, offered: list[dict[str, str]], *, several: bool = False) -> Any:
    """ "The second one", "option 2", "the last": the offered value at that place; None where it names no one place.

    `several`: more than one of them may hold, so that more may be named; the answer is a list then, but for "none".
    """
    if several:
        picked = _by_places(text, offered, "multi_choice")
        return "none" if picked == ["none"] else picked
    places = places_named(text, len(offered), digits=not _answers_are_numbers(offered)) if offered else None
    return offered[places[0]]["value"] if places is not None and len(places) == 1 else None


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
