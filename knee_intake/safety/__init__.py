"""Red flags: rules over facts, in clinic/red_flags.yml, to an urgency and the exact text to show. PURE.

A fact is a plain string that is true of this patient now. Facts gather over the whole conversation, so a rule may
fire on what two messages say together. A missing fact means "not said", never "not so".
"""

from knee_intake.safety.facts import FACTS, SIGNS, Reading, facts
from knee_intake.safety.rules import RedFlagRules, Rule, load_rules
from knee_intake.safety.verdict import STOPPING, Hit, Verdict, assess, assess_message, new_hits

__all__ = [
    "FACTS",
    "SIGNS",
    "STOPPING",
    "Hit",
    "Reading",
    "RedFlagRules",
    "Rule",
    "Verdict",
    "assess",
    "assess_message",
    "facts",
    "load_rules",
    "new_hits",
]
