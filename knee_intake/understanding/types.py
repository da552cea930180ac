"""What understanding gives back. PURE: imports no framework."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

#: a field name of the findings table -> its machine value, a list of them, or a number
Findings = dict[str, Any]

UNSURE = "unsure"
"""The answer of a patient who says that they do not know."""

LIST_FIELDS = (
    "pain_location",
    "activities",
    "arthritis_history",
    "symptoms",
    "aggravated_by",
    "treatments_tried",
    "red_flags",
)
ONE_FIELDS = ("knee_side", "activity_level", "onset")
NUMBER_FIELDS = ("pain_duration_days", "pain_severity")

VALUES: dict[str, tuple[str, ...]] = {
    "knee_side": ("left", "right", "both"),
    "pain_location": ("anterior", "medial", "lateral", "posterior", "diffuse"),
    "activity_level": ("sedentary", "light", "moderate", "vigorous"),
    "activities": (
        "running", "cycling", "walking", "hiking", "gym", "soccer", "football", "basketball", "tennis", "skiing",
        "swimming", "dancing", "yoga", "golf", "martial_arts", "other",
    ),
    "arthritis_history": ("none", "osteoarthritis", "rheumatoid_arthritis", "other_arthritis", "unspecified"),
    "onset": ("injury", "gradual"),
    "symptoms": (
        "swelling", "locking", "giving_way", "clicking", "stiffness", "warmth_or_redness", "numbness", "weakness",
    ),
    "aggravated_by": (
        "stairs", "squatting", "running", "sitting", "standing", "walking", "kneeling", "bending", "night",
    ),
    "treatments_tried": (
        "physical_therapy", "medication", "steroid_injection", "hyaluronic_injection", "other_injection", "surgery",
        "brace", "rest_ice", "acupuncture", "chiropractic", "botulinum",
    ),
    "red_flags": (
        "cannot_bear_weight", "deformity", "hot_swollen_joint", "fever", "calf_swelling", "locked_knee",
        "numb_or_cold_foot", "open_wound", "major_trauma", "night_pain_systemic",
    ),
}  # fmt: skip
"""The closed value sets of `findings`; everything else that is understood goes into `more`."""

LASTING_SIGNS = frozenset(
    {
        "past_cancer",
        "artificial_knee",
        "had_botulinum",
        "recent_knee_surgery",
        "recent_knee_injection",
        "pop",
        "fall_or_blow",
        "injury",
    }
)
"""Signs that are about the past by their nature."""


@dataclass(frozen=True)
class Evidence:
    """Why something was found: the words, the rule, and what the sentence asserts about it."""

    field: str
    value: Any
    words: str
    start: int
    """Character offsets into the text as received."""
    end: int
    rule: str
    assertion: str
    """affirmed | negated | historical | hypothetical | family | uncertain | question | advised | explained, or doubted
    where the tagger hears nothing of it."""
    sure: bool = False
    """The words mean nothing else: the tagger cannot make one doubt them."""


@dataclass
class Found:
    """What one text states by itself, without question or context."""

    findings: Findings = field(default_factory=dict)
    negated: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    why: list[Evidence] = field(default_factory=list)
    numbers: list[Evidence] = field(default_factory=list)
    """Spans and scores that the text names, whatever they are of: the tagger may know which is the complaint's."""
    scene: Callable[[int, int, str], frozenset[str]] = lambda _start, _end, _sign: frozenset()
    """Whether the words from start to end (characters), taken for a sign, are told of long ago ("historical"), of
    somebody else ("family"), of what is only thought of ("hypothetical") or harmless by the text ("explained")."""

    elsewhere: Callable[[int, int], bool] = lambda _start, _end: False
    """Whether the sentence around the words from start to end (characters) is about another part of the body alone."""
    idioms: list[tuple[int, int]] = field(default_factory=list)
    """Where figures of speech stand (characters)."""


@dataclass(frozen=True)
class Tag:
    """How likely a text states a label, and the word that says so most."""

    label: str
    """`field=value`, `!value` (denied) or `sign=name`."""
    share: float
    """0 to 1."""
    start: int
    """Character offsets into the text."""
    end: int


@dataclass(frozen=True)
class IntentReading:
    """One reading of the trained model: the intent after the fallback rule, and what the words say."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()
    tags: tuple[Tag, ...] = ()


class IntentClassifier(Protocol):
    """What can tell the intent of a text."""

    def classify(self, text: str) -> IntentReading: ...


@dataclass(frozen=True)
class RuleReading:
    """What the rules alone read from a text: everything but the intent."""

    findings: Findings = field(default_factory=dict)
    negated: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)
    """Understood beyond the table: `signs` (list; names in clinic/red_flags.yml), `age` (int), `who_for`,
    `conditions`, `stairs_down` … ; `negated_signs` are signs the text denies."""
    answer: Any = None
    """The value for the pending question, UNSURE, or None where the text is no answer."""
    corrections: dict[str, Any] = field(default_factory=dict)
    why: tuple[Evidence, ...] = ()
    mended: str = ""
    """The text with its slips of the thumb put right."""
    unknown: tuple[str, ...] = ()
    """Words of `mended` that are none, and no name."""


@dataclass(frozen=True)
class Understood:
    """One text, read in the light of the pending question and the answers so far."""

    text: str
    intent: str
    confidence: float
    findings: Findings = field(default_factory=dict)
    negated: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)
    answer: Any = None
    corrections: dict[str, Any] = field(default_factory=dict)
    why: tuple[Evidence, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    mended: str = ""
    """The text with its slips of the thumb put right; empty where nobody looked."""
    unknown: tuple[str, ...] = ()
    """Words that are none, and no name: what they were meant to say is not known."""
    asks_too: str | None = None
    """The intent of a second question in the same text."""

    @property
    def as_meant(self) -> str:
        """The words to read, slips put right; `text` is what was typed."""
        return self.mended or self.text
