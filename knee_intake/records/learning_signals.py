"""Which messages of a conversation were understood badly, as the conversation itself tells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knee_intake.records.facets import IN_WORDS, REJECTED, SURE

Row = Mapping[str, Any]
TELLING = frozenset({"inform", "affirm", "deny", "unsure", *REJECTED})
"""Intents of a message that should have answered the open question: a question of the visitor's is answered instead."""

_APOSTROPHES = re.compile(r"['’‘`´]")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Signal:
    """What speaks against the understanding of one message."""

    thumbed: bool = False
    """The visitor said of the answer to it that it was not what they meant."""
    rejected: bool = False
    """Taken for none of our business, or for nothing."""
    low: bool = False
    """Confidence below facets.SURE."""
    corrected: bool = False
    """A later message put right what this one was taken to say."""
    unanswered: bool = False
    """It got no reply, or the same question again."""

    @property
    def is_lesson(self) -> bool:
        """Whether somebody should look at it. A question that was asked again is no more than a hint."""
        return self.thumbed or self.rejected or self.low or self.corrected


def grouping(text: str) -> str:
    """What spellings of one sentence share: without case, signs, and with every number alike. Empty without a word."""
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text)).lower()
    return " ".join(_WORDS.findall(_DIGITS.sub("0", text)))


def asked_before(messages: Sequence[Row], seq: int) -> Row | None:
    """The message of ours that this one follows and that asked something, or else the last one that we said."""
    ours = [row for row in messages if row["sender"] != "visitor" and row["seq"] < seq]
    last = next((row["seq"] for row in reversed(messages) if row["sender"] == "visitor" and row["seq"] < seq), 0)
    asking = [row for row in ours if row["seq"] > last and field_of(row)]
    return asking[-1] if asking else ours[-1] if ours else None


def field_of(row: Row | None) -> str | None:
    """The field that a message of ours asks for."""
    how = ((row or {}).get("payload") or {}).get("input") or {}
    return how.get("for")


def was_picked(row: Row) -> bool:
    """Whether a visitor's message is an offered answer: there were no words to understand."""
    return bool((row["payload"] or {}).get("choice"))


def signals(
    messages: Sequence[Row], intake: Mapping[str, Any] | None, thumbs: Collection[int] = ()
) -> dict[int, Signal]:
    """seq -> signal, of every visitor's message that was understood; `messages` in their order.

    `thumbs`: the messages of ours that the visitor put a thumb down on.
    """
    said = [row for row in messages if row["sender"] == "visitor" and row["understanding"]]
    corrected = _corrected(said, messages, intake or {})
    disliked = {row["reply_to"] for row in messages if row["seq"] in thumbs}
    return {row["seq"]: _signal(row, messages, row["seq"] in corrected, row["seq"] in disliked) for row in said}


def _signal(row: Row, messages: Sequence[Row], corrected: bool, thumbed: bool) -> Signal:
    intent, confidence = row["understanding"].get("intent"), row["understanding"].get("confidence")
    return Signal(
        thumbed=thumbed,
        rejected=intent in REJECTED,
        low=confidence is not None and float(confidence) < SURE and intent not in REJECTED,
        corrected=corrected,
        unanswered=_is_unanswered(row, messages),
    )


def _is_unanswered(row: Row, messages: Sequence[Row]) -> bool:
    if not row["answered"]:
        return True
    asked = field_of(asked_before(messages, row["seq"]))
    if asked is None or row["understanding"].get("intent") not in TELLING:
        return False
    if row["understanding"].get("answer") is not None:
        return False
    return any(field_of(reply) == asked for reply in messages if reply["reply_to"] == row["seq"])


def _corrected(said: Sequence[Row], messages: Sequence[Row], intake: Mapping[str, Any]) -> set[int]:
    """The messages whose reading a later one changed: for each corrected field, the last that had told it."""
    changes = {(row["seq"], name) for row in said for name in (row["understanding"].get("corrections") or {})}
    for name, answer in (intake.get("answers") or {}).items():
        if (answer or {}).get("how") == "corrected" and answer.get("seq") is not None:
            changes.add((int(answer["seq"]), name))
    found: set[int] = set()
    for seq, name in changes:
        if name in IN_WORDS:
            continue
        earlier = [row for row in said if row["seq"] < seq and _tells(row, name, messages)]
        if earlier and not was_picked(earlier[-1]):
            found.add(earlier[-1]["seq"])
    return found


def _tells(row: Row, name: str, messages: Sequence[Row]) -> bool:
    understood = row["understanding"]
    if name in (understood.get("findings") or {}):
        return True
    return understood.get("answer") is not None and field_of(asked_before(messages, row["seq"])) == name
