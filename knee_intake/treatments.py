"""Which options to explain to this visitor, in which order, and the exact words with their sources. PURE.

Explaining is not advising: the rules say what may be worth hearing about, never what suits somebody. Benefit, limits,
off-label status and main risk of an option are always one message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.practice import Practice
from knee_intake.texts import Texts, in_language

FEWEST, MOST = 2, 3
"""How many options are explained at once."""

PARTS = ("what", "benefit", "limits", "status", "risk", "source")
"""The parts of one option's message, in the order in which they are said."""

OFF_LABEL_NEEDS = ("benefit", "limits", "status", "risk", "source")


class Parts(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """The message about one option, in parts."""

    what: str = ""
    benefit: str = ""
    limits: str = ""
    status: str = ""
    risk: str = ""
    source: str = ""


class Treatment(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One option."""

    id: str
    label: Texts
    off_label: bool
    article_says: str
    evidence_says: str
    limits: str
    risks: str
    text: dict[str, Parts]
    sources: list[str]
    variants: dict[str, dict[str, Parts]] = {}
    """Kind of arthritis -> language -> the parts that are said in other words."""
    approved_by: str | None = None
    """Filled in from approvals.yml; in the file it stays null."""
    approved_at: str | None = None
    withheld: bool = False
    """Live and not approved: the patient hears only that the clinic will tell."""

    def parts(self, lang: str, variant: str | None = None) -> dict[str, str]:
        """The parts that are said, in order."""
        texts = self.text.get(lang) or self.text["en"]
        others = self.variants.get(variant or "", {})
        other = others.get(lang) or others.get("en") or Parts()
        found = {name: getattr(other, name) or getattr(texts, name) for name in PARTS}
        return {name: text for name, text in found.items() if text}


class Wording(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What is said around an option's own text."""

    opening: Texts
    not_confirmed: Texts
    not_given: Texts
    withheld: Texts
    closing: Texts


class Treatments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole of treatments.yml."""

    treatments: list[Treatment]
    wording: Wording
    approved_by: str | None = None
    approved_at: str | None = None

    def get(self, treatment_id: str) -> Treatment:
        """The option with this id. An unknown id raises KeyError."""
        return {treatment.id: treatment for treatment in self.treatments}[treatment_id]

    def for_live(self) -> Treatments:
        """The same, with every option withheld whose text no clinician has approved."""
        options = [msgspec.structs.replace(option, withheld=option.approved_by is None) for option in self.treatments]
        return msgspec.structs.replace(self, treatments=options)


@dataclass(frozen=True)
class Explanation:
    """One option, explained: the message as shown, and where it comes from."""

    treatment: str
    text: str
    sources: tuple[str, ...]
    why: str
    """For staff: the rule that brought it up."""


@dataclass(frozen=True)
class Rule:
    """When an option is worth hearing about."""

    treatment: str
    why: str
    holds: Callable[[Mapping[str, Any]], bool]


ACTIVE_LEVELS = ("moderate", "vigorous")
ACTIVE_SPORTS = ("running", "cycling", "hiking", "gym", "soccer", "football", "basketball", "tennis", "skiing")
FRONT_OR_SIDE = ("anterior", "lateral", "medial")
OTHER_THAN_RHEUMATOID = ("osteoarthritis", "other_arthritis", "unspecified")


def _has(answers: Mapping[str, Any], field: str, *wanted: str) -> bool:
    """Whether the answer is one of `wanted`, or a list with one of them."""
    value = answers.get(field)
    values = value if isinstance(value, (list, tuple)) else [value]
    return any(one in wanted for one in values)


def _is_active(answers: Mapping[str, Any]) -> bool:
    return _has(answers, "activity_level", *ACTIVE_LEVELS) or _has(answers, "activities", *ACTIVE_SPORTS)


def _picks(answers: Mapping[str, Any]) -> list[str]:
    """The options that the visitor asked to hear about."""
    value = answers.get("interest") or []
    return [one for one in (value if isinstance(value, (list, tuple)) else [value]) if one != "not_sure"]


SHOTS = ("botox_knee", "dysport_hip_pt")
TREATED_KNEE = (
    "artificial_knee", "recent_knee_surgery", "recent_knee_injection", "artificial_or_recent_procedure", "unsure",
)  # fmt: skip
"""What was done to the knee, where a shot is not brought up unasked: what is told of it is about other knees."""


def _may_name(option: str, answers: Mapping[str, Any]) -> bool:
    return option not in SHOTS or not _has(answers, "joint_history", *TREATED_KNEE)


RULES: tuple[Rule, ...] = (
    Rule("physical_therapy", "exercise is first care for most knee pain", lambda answers: True),
    Rule(
        "botox_knee",
        "rheumatoid arthritis: the article names it, and there is very little research",
        lambda answers: _has(answers, "arthritis_history", "rheumatoid_arthritis"),
    ),
    Rule(
        "botox_knee",
        "arthritis: the article names it, and the research is mixed",
        lambda answers: _has(answers, "arthritis_history", *OTHER_THAN_RHEUMATOID),
    ),
    Rule(
        "dysport_hip_pt",
        "front or side pain in an active person: the article's case",
        lambda answers: _has(answers, "pain_location", *FRONT_OR_SIDE) and _is_active(answers),
    ),
    Rule(
        "sports_medicine",
        "it began with an injury, or the person does a sport",
        lambda answers: _has(answers, "onset", "injury") or _is_active(answers),
    ),
    Rule(
        "acupuncture",
        "arthritis: the clinic offers it, and experts disagree",
        lambda answers: _has(answers, "arthritis_history", *OTHER_THAN_RHEUMATOID),
    ),
    Rule(
        "botox_knee",
        "arthritis is not ruled out: the article names it, and the research is mixed",
        lambda answers: not _picks(answers) and answers.get("arthritis_history") in (None, [], "unsure"),
    ),
)
"""In the order in which the options are explained. The first rule that names an option gives the reason."""

FILLER = Rule("sports_medicine", "a first look at the knee", lambda answers: True)
"""Explained where the rules give fewer than two."""


def choose(answers: Mapping[str, Any], treatments: Treatments, practice: Practice) -> list[tuple[str, str]]:
    """(option, why) of the two or three options to explain.

    What the visitor picked comes first, whatever else holds. An option that the clinic is known not to give is left
    out unless it was picked. What was tried already goes behind the others.
    """
    known = {treatment.id for treatment in treatments.treatments}
    chosen = {one: "the visitor asked about it" for one in _picks(answers) if one in known}
    tried = answers.get("treatments_tried") or ()
    for rule in (*sorted(RULES, key=lambda rule: rule.treatment in tried), FILLER):
        if rule is FILLER and len(chosen) >= FEWEST:
            break
        fits = practice.gives(rule.treatment) is not False and _may_name(rule.treatment, answers)
        if rule.treatment not in chosen and fits and rule.holds(answers):
            chosen[rule.treatment] = rule.why
    return list(chosen.items())[:MOST]


def explain(
    answers: Mapping[str, Any], treatments: Treatments, practice: Practice, lang: str = "en"
) -> list[Explanation]:
    """Explain two or three options, each in one message; the last one adds who decides."""
    found = [
        _explanation(treatments.get(option), treatments, practice, lang, answers, why)
        for option, why in choose(answers, treatments, practice)
    ]
    closing = in_language(treatments.wording.closing, lang)
    return [*found[:-1], *(_with_closing(one, closing) for one in found[-1:])]


def explain_one(
    treatment_id: str,
    treatments: Treatments,
    practice: Practice,
    lang: str = "en",
    answers: Mapping[str, Any] | None = None,
) -> Explanation:
    """Explain one option that was asked for. An unknown id raises KeyError."""
    option = treatments.get(treatment_id)
    return _explanation(option, treatments, practice, lang, answers or {}, "the visitor asked about it")


def aspect(option: str, names: Sequence[str], treatments: Treatments, lang: str = "en") -> str:
    """Some parts of one option's text (benefit, limits, risk), with its source; empty where it has none of them.

    For an option that is off-label the parts never stand alone, so it has no aspects: ask for the whole text.
    An unknown id raises KeyError.
    """
    found = treatments.get(option)
    if found.off_label or found.withheld:
        return ""
    parts = found.parts(lang, None)
    said = [parts[name] for name in names if name in parts]
    return _opened(found, " ".join([*said, parts.get("source", "")]).strip(), treatments.wording, lang) if said else ""


def menu(treatments: Treatments, lang: str = "en") -> list[tuple[str, str]]:
    """(id, label) of every option."""
    return [(treatment.id, in_language(treatment.label, lang)) for treatment in treatments.treatments]


def _explanation(
    option: Treatment,
    treatments: Treatments,
    practice: Practice,
    lang: str,
    answers: Mapping[str, Any],
    why: str,
) -> Explanation:
    wording = treatments.wording
    if option.withheld:
        return Explanation(option.id, _opened(option, in_language(wording.withheld, lang), wording, lang), (), why)
    variant = next((kind for kind in option.variants if _has(answers, "arthritis_history", kind)), None)
    parts = option.parts(lang, variant)
    source = parts.pop("source", "")
    gives = practice.gives(option.id)
    about_clinic = {
        True: "",
        False: in_language(wording.not_given, lang),
        None: in_language(wording.not_confirmed, lang),
    }
    text = " ".join(part for part in (*parts.values(), about_clinic[gives], source) if part)
    return Explanation(option.id, _opened(option, text, wording, lang), tuple(option.sources), why)


def _opened(option: Treatment, text: str, wording: Wording, lang: str) -> str:
    return in_language(wording.opening, lang).format(label=in_language(option.label, lang), text=text)


def _with_closing(one: Explanation, closing: str) -> Explanation:
    return Explanation(one.treatment, f"{one.text} {closing}", one.sources, one.why)


def load_treatments(path: Path) -> Treatments:
    """Read and check treatments.yml. Raises ClinicFileError naming file, line, key and what was expected."""
    found = load_yaml(path, Treatments)
    seen: set[str] = set()
    for index, option in enumerate(found.treatments):
        expected = _what_is_wrong(option, seen)
        if expected:
            line = line_of(read_yaml(path), "treatments", index)
            raise ClinicFileError(path, line, f"treatments.{index} ({option.id})", expected)
        seen.add(option.id)
    return found


def _what_is_wrong(option: Treatment, seen: set[str]) -> str | None:
    if option.id in seen:
        return f"expected each id once, but `{option.id}` is there twice"
    if "en" not in option.text or "en" not in option.label:
        return "expected `label` and `text` in `en`"
    if not option.sources:
        return "expected at least one source id"
    for lang in option.text:
        for variant in (None, *option.variants):
            missing = [name for name in OFF_LABEL_NEEDS if name not in option.parts(lang, variant)]
            if option.off_label and missing:
                return f"expected an off-label option to say its {', '.join(missing)} too (text.{lang})"
    return None
