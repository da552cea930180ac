"""Names of others in a text: "my wife's name is Ann", "Dr. Lee is my doctor". PURE."""

from __future__ import annotations

import re

_WHO = (
    r"(?:husband|wife|hubby|partner|spouse|boyfriend|girlfriend|fianc[eé]e?|mom|mum|mother|dad|father|sister|brother|son"
    r"|daughter|child|kid|friend|roommate|neighbou?r|aunt|uncle|cousin|niece|nephew|grandma|grandmother|grandpa"
    r"|grandfather|grandson|granddaughter|caregiver|carer|aide|nurse|doctor|doc|gp|surgeon|therapist|lawyer|boss"
    r"|emergency\s+contact|next\s+of\s+kin)"
)
_NAME = r"(?:(?:Dr|Mr|Mrs|Ms)\.?\s+)?[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?"
_LOWER = r"[^\W\d_][\w'-]+"
_WHOSE = rf"(?:my|our|his|her|the)\s+(?:\w+\s+)?(?:{_WHO})"
_NAMED = (
    r"(?:'?s)?\s+(?:first\s+|full\s+)?name(?:\s+is|'s|:)\s*|(?:\s+is)?\s+(?:called|named)\s+|\s*[,:]\s*|\s+is\s+|\s+"
)
_OF_OTHERS = re.compile(
    # a name that is announced may be in small letters, one that only stands there has a capital
    rf"(?:\b(?i:{_WHOSE}(?:'?s)?\s+(?:first\s+|full\s+)?name(?:\s+is|'s|:)\s*)(?:{_NAME}|{_LOWER})"
    rf"|\b(?i:{_WHOSE}(?:\s+is)?\s+(?:called|named)\s+)(?:{_NAME}|{_LOWER})"
    rf"|\b(?i:{_WHOSE})(?:{_NAMED})(?:{_NAME})"
    rf"|\b(?:{_NAME})(?i:\s*,?\s*(?:is|who\s+is|who's|that's)\s+{_WHOSE}(?:'?s\s+name)?)\b"
    rf"|(?<!\bfor\s)\b(?i:{_WHO})(?:'s\s+name(?:\s+is)?\s+|\s*:\s*)(?:{_NAME}))"
    r"(?i:[^,.;!?\n\d()]*?(?=\s+(?:and|but|i'?m|i|me|my|this)\b|[,.;!?\n\d()]|$))"
)
_FOR_THEM = re.compile(r"\b(?:for|to\s+book|behalf\s+of)\s+(?:it\s+)?$", re.IGNORECASE)
"""In front of a person: whose visit it is."""


def without_names_of_others(text: str) -> str:
    """The text with every name that is told of another person blanked; of the same length."""
    written = text.replace("\u2019", "'")

    def blank(match: re.Match[str]) -> str:
        keep = bool(_FOR_THEM.search(written[: match.start()]))
        return match[0] if keep else "; ".ljust(len(match[0]))

    return _OF_OTHERS.sub(blank, written)
