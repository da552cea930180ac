"""The standard codes of the FHIR export, each with where it was checked. PURE.

Grade A: the pages or code files of HL7 or SNOMED, or several that derive from them and agree; B: several independent
sources agree. Codes that nobody has confirmed (C) are not used: what has no code here is told by a code of the clinic's
own. A display is given only where the source has it word for word.

LOINC is free under its licence, which asks for LOINC_NOTICE. SNOMED CT needs a licence, which costs nothing in the US;
a clinic without one switches these codes off (KNEE_INTAKE_SNOMED_CODES).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

VERSION = "2026-11-28"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
LOINC_NOTICE = (
    "This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and "
    "the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the "
    "license at http://loinc.org/license. LOINC is a registered United States trademark of Regenstrief Institute, Inc."
)


@dataclass(frozen=True)
class Code:
    """One code of a terminology."""

    system: str
    code: str
    grade: Literal["A", "A-", "B+", "B"]
    source: str
    display: str | None = None

    @property
    def coding(self) -> dict[str, Any]:
        return {"system": self.system, "code": self.code, **({"display": self.display} if self.display else {})}


_LATERALITY = "copies of HL7's body-site modifier codes, ImagingStudy examples"
_SITES = "copies of HL7's body-site modifier codes, DICOM's SCT codes"
_ACTIVITY = "HL7 Physical Activity implementation guide"

FIELDS: dict[str, Code] = {
    "pain_severity": Code(LOINC, "72514-3", "A", "a US eCQM value set (2021-05-06), Synthea, FSH profiles"),
    "exercise_days": Code(LOINC, "89555-7", "A", _ACTIVITY),
    "exercise_minutes": Code(LOINC, "68516-4", "A", _ACTIVITY),
}
"""Field -> the code of what is asked."""

VALUES: dict[tuple[str, str], Code] = {
    ("knee_side", "left"): Code(SNOMED, "7771000", "A", _LATERALITY, "Left"),
    ("knee_side", "right"): Code(SNOMED, "24028007", "A", _LATERALITY, "Right"),
    ("knee_side", "both"): Code(SNOMED, "51440002", "A", _LATERALITY),
    ("pain_location", "medial"): Code(SNOMED, "255561001", "A", _SITES, "Medial"),
    ("pain_location", "lateral"): Code(SNOMED, "49370004", "A", _SITES, "Lateral"),
    ("pain_location", "anterior"): Code(SNOMED, "255549009", "A-", "DICOM's SCT codes", "Anterior"),
    ("pain_location", "posterior"): Code(SNOMED, "255551008", "A-", "DICOM's SCT codes", "Posterior"),
    ("arthritis_history", "rheumatoid_arthritis"): Code(
        SNOMED, "69896004", "A", "SNOMED's editorial guide", "Rheumatoid arthritis"
    ),
}
"""(field, value) -> the code of the value. Osteoarthritis has none: the code at hand is that of the knee, and nobody
asked in which joint it is."""

KNEE_REGION = Code(SNOMED, "72696002", "A", "several FHIR example files", "Knee region structure")
PAIN_OF_KNEE = Code(SNOMED, "1003722009", "B+", "a Czech FSH example and two others")

UNITS: dict[str, tuple[str, str]] = {
    "pain_severity": ("{score}", "score"),
    "pain_worst_week": ("{score}", "score"),
    "pain_duration_days": ("d", "days"),
    "exercise_days": ("d/wk", "days a week"),
    "exercise_minutes": ("min/d", "minutes a day"),
}
"""Field -> (UCUM code, unit for people)."""


def every_code() -> tuple[Code, ...]:
    """All of them."""
    return (*FIELDS.values(), *VALUES.values(), KNEE_REGION, PAIN_OF_KNEE)
