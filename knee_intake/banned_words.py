"""What no text for a patient may say: promises, diagnoses, advice, doses. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterator

BANNED: dict[str, str] = {
    "a promise": r"\bprove[ns]?\b|\bproof\b|\bcur(e[ds]?|ing)\b|\bguarante|\bpain[- ]free\b|\bmiracle|\bbreakthrough"
    r"|\b(highly|very) effective\b|\bdramatic|\bsafe(r|st|ly)?\b|\brisk[- ]free\b|\bharmless\b"
    r"|\bno (risks?|side effects)\b|\bworks for everyone\b|\bwill (heal|fix|end) ",
    "a diagnosis": r"\byou (probably |likely |may |might )?have (a |an )?"
    r"(\w+ )?(arthritis|osteoarthritis|tear|torn|fracture|sprain|infection|clot|bursitis|tendon)",
    "advice to have a treatment": r"\byou (should|must|need to) (get|have|try|take|use|stop)\b"
    r"|\b(best|right|perfect|ideal) (for you|treatment for you)\b|\b(suits|fits) you\b|\bwe recommend\b",
    "advice to go without care": r"\b(don't|do not) need (a|to see a) (doctor|clinician)\b|\byou are fine\b",
    "a dose": r"\b\d+\s?(units?|mg|mcg|ml|cc|iu|u|pills?|tablets?)\b|\bunits\b|\bdos(e|es|age)\b|\bmilligrams?\b"
    r"|\btimes a day\b|\bevery \w+ hours\b",
    "a wrong figure of the article": r"\b(20|25) ?(%|percent)|\bthree months of physical|\bsports therapy\b",
    "praise by patients": r"\btestimonial|\bour patients (say|love)|\bpatients say\b",
    "cuteness": r"[\U0001F300-\U0001FAFF\u2600-\u27BF]|!",
}  # fmt: skip
"""Name of what is banned -> pattern, to be searched without regard to case."""


def claims_of(text: str) -> str:
    """What a text states: a question claims nothing."""
    return "".join(one for one in re.findall(r"[^.?!]*[.?!]?", text) if not one.endswith("?"))


def banned_in(text: str) -> Iterator[tuple[str, str]]:
    """(what it is, the words themselves) of everything banned that the text states."""
    claims = claims_of(text)
    for name, pattern in BANNED.items():
        for found in re.finditer(pattern, claims, re.IGNORECASE):
            yield name, _whole(claims, found).strip()


def _whole(text: str, found: re.Match[str]) -> str:
    """What was found, to the end of its last word: a pattern may hold only how the word begins."""
    rest = re.match(r"\w*", text[found.end() :])
    return found[0] + (rest[0] if rest and found[0][-1:].isalpha() else "")
