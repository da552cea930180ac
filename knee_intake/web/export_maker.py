"""What an export is made from: the clinic's data, its own names, and visits as /fhir shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from knee_intake.exports.fhir_bundle import Bundler
from knee_intake.exports.fhir_parts import Names, base_of
from knee_intake.exports.files import Maker
from knee_intake.settings import Settings
from knee_intake.web.fhir_shapes import Shapes

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic


def make(clinic: Clinic, settings: Settings, now: datetime) -> Maker:
    """`now` is the time of the export."""
    base = base_of(clinic.practice.website.value, settings.public_url)
    names = Names(base, snomed=settings.snomed_codes)
    return Maker(clinic, Bundler(clinic, Shapes(clinic.practice), names), now)
