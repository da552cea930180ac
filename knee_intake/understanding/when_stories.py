"""What is told or asked of something else where a time was asked for: "it hurts most in the mornings". PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.plain import either

_THOUGHT = re.compile(r"[^.;!?\n,]+(?:[.;!?\n,](?=\d)[^.;!?\n,]*)*")
_TELLS = re.compile(
    either(
        r"""
        \b(?:it'?s|it is|it was) (?:\w+ )?(?:rain|snow|pour|storm)\w*\b | \b(?:lying|turning(?: over)?) in bed\b
        \b(?:gets?|got|becomes?|is) (?:a lot|much|so much|even|always) worse\b | \bin bed at night\b
        \b(?:it|knee|knees|pain|leg|that|this|swelling|which)(?:'s| is| was| has| only| always| really| just|\
        \s+mostly)* (?:hurts?|aches?|started|begins?|began|happened|swells?|throbs?|\
        (?:gets?|got|gotten) (?:worse|stiff|bad|sore)|bothers?|been (?:hurting|going)|wakes?|keeps? (?:me|people)|\
        come(?:s)? on|stiff|worse|worst|sore|swollen)\b
        \b(?:hurts?|aches?|aching|hurting|throbbing|stiffness)\b | \b(?:had|having) (?:it|this|the pain|pain)\b
        \b(?:take|taking|took) (?:my |a |an |some |two |one )?(?:pills?|meds?|medicine|medication|tylenol|advil|\
        ibuprofen|tablets?|insulin|dose)\b
        ^\W*(?:(?:and|so|but|ok|also) )?(?:how long|how much|how many)\b
        ^\W*(?:(?:and|so|but|ok|also) )?(?:what|is|does|do|are|will|can)\b.*\b(?:parking|cost|price|charge|insurance|\
        covered|copay|bring|wear|eat|drink|address|located|shots?|injections?|people|hours|phone)\b
        \bsince (?:last |this |about |around |early |late )?(?:\w+day|yesterday|the \d|january|february|march|april|\
        may|june|july|august|september|\
        october|november|december|christmas|summer|spring|winter|fall)\b
        ^\W*(?:(?:and|so|but|well|oh|anyway) )?(?:i|we|he|she|they|my \w+|the \w+) (?:just |only )?\
        (?:had(?! (?:hoped|thought|planned|wanted|\w+day|a time|an? appointment))|ate|went\
        |saw|watched|slept|woke|drove|was(?! (?:hoping|thinking|wondering|going to|planning))|were|forgot|lost)\b
        \b(?:fell|twisted|injured|tripped|slipped|diagnosed|operated)\b
        """
    )
)
_OF_A_VISIT = re.compile(
    r"\b(?:come\s+in|(?:can|could|i'?ll|i'?d|to)\s+come|appointments?|book|schedule|available|free|works?\s+for|see\s+(?:me|you|someone)|be\s+seen"
    r"|fit\s+me|squeeze|get\s+in|slots?|openings?|prefer|asap|as\s+soon)\b"
)
"""A thought that tells of the knee or asks of something else wishes for no time, unless it speaks of the visit."""


def without_stories(low: str) -> str:
    """A plain text, as long as it was, without its thoughts that tell of the knee or ask of something else."""

    def blank(match: re.Match[str]) -> str:
        tells = _TELLS.search(match[0]) and not _OF_A_VISIT.search(match[0])
        return " " * len(match[0]) if tells else match[0]

    return _THOUGHT.sub(blank, low)
