"""`knee-intake check --article`: the clinic's article, claim by claim, so that the clinic can mend its page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knee_intake.approvals import reviews
from knee_intake.article import VERDICTS, Claim
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.texts_pack import address, cite

if TYPE_CHECKING:
    from knee_intake.settings import Settings

WIDTH = 100
"""Characters in a line."""


def run_check_article(settings: Settings) -> int:
    """Print every claim. Raises ClinicFileError where a file is broken."""
    print("\n".join(article_lines(load_clinic(settings.clinic_path))))
    return 0


def article_lines(clinic: Clinic) -> Iterator[str]:
    """What is printed, line by line."""
    claims = clinic.article.claims
    to_mend = [claim for claim in claims if claim.is_open]
    approvals = {one.text.id: one.in_words for one in reviews(clinic)}
    yield f'The clinic\'s article, "{clinic.sources[clinic.article.source].title}", claim by claim'
    for claim in claims:
        yield ""
        yield f"{claim.id}   {claim.verdict}: {VERDICTS[claim.verdict]}"
        yield from _row("it says", f'"{claim.quote}"')
        yield from _row("problem" if claim.verdict != "right" else "because", claim.problem)
        for source_id in claim.sources:
            source = clinic.sources[source_id]
            yield from _row("source", f"{source_id}  {cite(source)} {address(source)}".strip())
        if claim.replacement:
            yield from _row("put", f'"{claim.replacement["en"]}"')
        yield from _row("state", _state(claim, approvals.get(f"article.{claim.id}", "")))
    yield ""
    yield f"{len(to_mend)} of {len(claims)} claims are still to be mended."
    yield "Once the page is mended, set `mended` of the claim in article.yml to the day."


def _state(claim: Claim, approval: str) -> str:
    if claim.verdict == "right":
        return "nothing to mend"
    mended = f"mended on {claim.mended}" if claim.mended else "not mended"
    return f"{mended}; the proposed words are {approval}"


def _row(name: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=f"  {name:<8} ", subsequent_indent=" " * 11, break_on_hyphens=False
    )
