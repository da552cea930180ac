"""What a patient of the clinic may want that only the desk can do: results, refills, bills, papers, a visit. PURE.

Nobody is looked up by name here. The errand is named in the note for a call back, so that the right person calls.
"""

from __future__ import annotations

import re

_RESULTS = (
    r"\b(?:results?|findings|report)\b.{0,25}\b(?:x-?ray|xray|mri|scan|ct|lab|labs|blood|test|tests|imaging"
    r"|ultrasound)\b"
    r"|\b(?:x-?ray|xray|mri|scan|ct|lab|blood|test|imaging|ultrasound)\s+(?:results?|findings|report)\b"
    r"|\b(?:wait\w*|hear\w*|get|have|see|send|look\w*)\b.{0,20}\b(?:my|the)\s+(?:\w+\s+)?results?\b"
)
_REFILL = (
    r"\b(?:refills?|re-?fill(?:ed|ing)?|renew(?:al)?)\b"
    r"|\b(?:run|ran|running|almost|nearly)\s+out\s+of\s+(?:my\s+)?(?:\w+\s+)?(?:meds?|pills?|medicine"
    r"|medication|prescription)"
    r"|\b(?:need|want|get)\s+(?:a\s+|another\s+|more\s+|my\s+|new\s+)+prescriptions?\b"
)
_BILL = (
    r"\b(?:on|about|with|pay|paid|got|get|wrong|have|in|question\s+on)\s+(?:my|a|the|your|this|that"
    r"|another)\s+(?:\w+\s+)?"
    r"(?:bills?|invoices?|statement)\b"
    r"|\b(?:my|the|a)\s+(?:bill|invoice|statement|balance)\s+(?:is|was|has|seems|looks|says|shows|came)\b"
    r"|\b(?:was|been|got|were|getting)\s+(?:over)?(?:billed|charged)\b|\bcharged\s+(?:me|twice|for)\b"
    r"|\bbilling\b|\bcollections\b"
    r"|\bmoney\s+back\b|\brefund\w*|\breimburs\w+|\bover-?charged\b|\bdisput\w+\s+(?:\w+\s+){0,2}(?:bill|charges?)\b"
)
_PAPERS = (
    r"\b(?:my|a\s+copy\s+of|copies\s+of|send|get|transfer|request)\s+(?:\w+\s+){0,3}(?:medical\s+"
    r"|health\s+)?(?:records|chart)\b"
    r"|\b(?:doctor'?s|sick|school|work|absence)\s+note\b|\b(?:fmla|disability|leave)\s+(?:form|forms|papers?"
    r"|paperwork)\b"
)
_VISIT = (
    r"\b(?:booked|made|scheduled|set\s+up|have|had|got|there\s+is|confirm\w*|missed|about)\b.{0,30}\b(?:visit"
    r"|appointment|appt)\b"
    r".{0,40}\b(?:by|over|on|through|per)\s+(?:the\s+)?(?:phone|telephone|front\s+desk)\b"
    r"|\b(?:booked|made|scheduled)\b.{0,20}\b(?:by|over|on)\s+(?:the\s+)?phone\b"
    r"|\bwhen\s+is\s+my\s+(?:next\s+)?(?:visit|appointment|appt)\b"
    r"|\bi\s+missed\s+my\s+(?:visit|appointment|appt)\b"
)
_ERRANDS = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("refill", _REFILL), ("results", _RESULTS), ("bill", _BILL), ("papers", _PAPERS), ("visit", _VISIT),
    )
)  # fmt: skip
OF_THE_DESK = ("bill", "papers")
"""Errands to which no urgent care is an answer."""
_OF_THE_KNEE = re.compile(
    r"\b(?:showed|shows|said|say|came\s+back|found|revealed|are|were|was|normal|clear|fine)\b", re.IGNORECASE
)
"""Results that are told, not asked for: "the MRI report said a torn meniscus"."""


_MONEY_BACK = re.compile(r"\b(?:my|our|the)\s+money\s+back\b|\b(?:a|my|full)\s+refund\b", re.IGNORECASE)
_COMPLAINS = re.compile(
    r"\b(?:wrong|twice|double|never|didn'?t|did not|too (?:high|much)|over-?charged|money back|refund"
    r"|complain\w*|unfair"
    r"|outrag\w*|mistake|error|not mine|scam|rip[- ]?off|disput\w*|still|ridiculous|angry|upset|collections|without)\b",
    re.IGNORECASE,
)


def wants_money_back(text: str) -> bool:
    """ "I want my money back", with no word of the knee: it tells nothing beside."""
    return bool(_MONEY_BACK.search(text)) and not re.search(r"\bknees?\b|\?", text)


def complains_of_bill(text: str) -> bool:
    """Whether somebody is wronged by a bill, and does not only ask about one."""
    return errand_of(text) == "bill" and bool(_COMPLAINS.search(text.replace("\u2019", "'")))


def errand_of(text: str) -> str | None:
    """refill | results | bill | papers | visit, where the text plainly wants one of them; None otherwise."""
    for name, pattern in _ERRANDS:
        if pattern.search(text) and not (name == "results" and _OF_THE_KNEE.search(text)):
            return name
    return None
