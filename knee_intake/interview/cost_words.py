"""What of the cost is asked on, once the answer was given: plans, discounts, ways to pay. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

_OF_COST = tuple(
    (phrase, fact, re.compile(pattern, re.IGNORECASE))
    for phrase, fact, pattern in (
        (
            "cost_discount",
            "prices",
            r"\b(?:discount\w*|cheaper|reduced|sliding|senior|student|veteran\w*|military|low[ -]?income"
            r"|hardship|coupon\w*"
            r"|deals?|promo\w*|specials?|charity|financial (?:help|aid|assistance)|can'?t afford)\b",
        ),
        (
            "cost_in_parts",
            "prices",
            r"\b(?:installments?|instalments?|in parts|pay(?:ment)? plans?|pay(?:ing)? (?:it )?(?:off|later|over time)"
            r"|monthly|financ(?:e|ing)|credit|afterpay|klarna|care ?credit|cash|cards?|debit|visa|hsa|fsa|check)\b",
        ),
        (
            "cost_plan",
            "insurance",
            r"\b(?:insur\w*|medicaid|medicare|plans?|aetna|cigna|humana|united ?health\w*|blue ?cross|bcbs|anthem|oscar"
            r"|tricare|hmo|ppo|co-?pays?|deductibles?|in[ -]network|cover\w*|workers'? comp\w*|no[ -]fault"
            r"|uninsured)\b",
        ),
    )
)


def asked_on_cost(text: str, clinic: Clinic) -> str | None:
    """The phrase that says that this one thing is not known; None for anything else, and where the clinic told it."""
    for phrase, fact, pattern in _OF_COST:
        if pattern.search(text):
            return None if clinic.practice.is_confirmed(fact) else phrase
    return None
