"""clinic/article.yml: what the clinic's own article says, claim by claim, beside what is known. PURE.

For the clinic, so that it can mend its page. Nothing of it is said in the chat.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.texts import Texts

Verdict = Literal["wrong", "overstated", "unsupported", "incomplete", "unconfirmed", "right"]

VERDICTS: dict[Verdict, str] = {
    "wrong": "its source says something else",
    "overstated": "it says more than its source",
    "unsupported": "no source was found that says so",
    "incomplete": "what is missing makes it misleading",
    "unconfirmed": "only the clinic can know",
    "right": "nothing to mend",
}

LONGEST_QUOTE = 25
"""Words. The quotation only shows which sentence is meant."""


class Claim(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One thing that the article says."""

    id: str
    quote: str
    """A few of its words, to find the sentence by."""
    verdict: Verdict
    problem: str
    """For the clinic; where nothing is wrong: what bears it out."""
    sources: list[str]
    replacement: Texts = {}
    """What the page could say instead; nothing where nothing is wrong."""
    mended: str | None = None
    """The day on which the clinic mended its page, as YYYY-MM-DD; set by the clinic."""

    @property
    def is_open(self) -> bool:
        """The page still has to be mended."""
        return self.verdict != "right" and self.mended is None


class Article(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole of article.yml."""

    source: str
    """Id of the article in sources.yml."""
    claims: list[Claim]


def load_article(path: Path) -> Article:
    """Read and check article.yml. Raises ClinicFileError naming file, line, key and what was expected."""
    article = load_yaml(path, Article)
    seen: set[str] = set()
    for index, claim in enumerate(article.claims):
        if wrong := _what_is_wrong(claim, seen):
            key, expected = wrong
            line = line_of(read_yaml(path), "claims", index, key)
            raise ClinicFileError(path, line, f"claims.{index}.{key} ({claim.id})", f"expected {expected}")
        seen.add(claim.id)
    return article


def _what_is_wrong(claim: Claim, seen: set[str]) -> tuple[str, str] | None:
    if claim.id in seen:
        return "id", f"each id once, but `{claim.id}` is there twice"
    if not 1 <= len(claim.quote.split()) <= LONGEST_QUOTE:
        return "quote", f"1 to {LONGEST_QUOTE} words of the article"
    if not claim.problem.strip():
        return "problem", "what is wrong with it, or what bears it out"
    if not claim.sources:
        return "sources", "at least one source id"
    if claim.verdict == "right" and (claim.replacement or claim.mended):
        return "verdict", "another verdict, since there is something to mend"
    if claim.verdict != "right" and not claim.replacement.get("en", "").strip():
        return "replacement", "words under `en` that the page could say instead"
    if claim.mended is not None and not _is_day(claim.mended):
        return "mended", 'a day as "YYYY-MM-DD", or null'
    return None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
