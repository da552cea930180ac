"""Which resources of a FHIR server stand for the clinic's people, and the Schedules of those."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from knee_intake.booking.fhir_names import fhir_id
from knee_intake.booking.fhir_resources import read_schedule
from knee_intake.booking.fhir_transport import FhirCall
from knee_intake.errors import CalendarUnavailableError, SettingsError

_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")


class People:
    """Clinicians of practice.yml on the server; what an identifier leads to is looked up once."""

    def __init__(self, clinicians: Collection[str], actors: Mapping[str, str]) -> None:
        """`actors`: clinician -> `Practitioner/12`, or `SYSTEM|VALUE` of a Practitioner's identifier.

        Who is not named there is `Practitioner/ID` with the clinician's own id. Raises SettingsError.
        """
        name = "KNEE_INTAKE_CALENDAR_ACTORS"
        if strangers := sorted(set(actors) - set(clinicians)):
            raise SettingsError(f"{name}: practice.yml has no clinician {', '.join(strangers)}")
        for clinician, actor in actors.items():
            if "|" not in actor and not _REFERENCE.fullmatch(actor):
                raise SettingsError(f"{name}: {clinician}: expected Practitioner/ID or SYSTEM|VALUE")
        self.clinicians = tuple(clinicians)
        self._actors = dict(actors)
        self._found: dict[str, str] = {}

    def actor(self, call: FhirCall, clinician: str) -> str:
        """`Type/id` of the clinician. Raises CalendarUnavailableError where the server does not know them."""
        named = self._actors.get(clinician, f"Practitioner/{fhir_id(clinician)}")
        if "|" not in named:
            return named
        if clinician not in self._found:
            matches = call.search("Practitioner", [("identifier", named)])
            if len(matches) != 1:
                raise CalendarUnavailableError(f"the calendar server has {len(matches)} people for {clinician}")
            self._found[clinician] = f"Practitioner/{matches[0].get('id')}"
        return self._found[clinician]

    def actors(self, call: FhirCall, clinicians: Collection[str]) -> dict[str, str]:
        """clinician -> `Type/id`."""
        return {clinician: self.actor(call, clinician) for clinician in clinicians}

    def schedules(self, call: FhirCall, actors: Mapping[str, str]) -> dict[str, list[str]]:
        """clinician -> `Schedule/id` of each Schedule in use; empty where the server has none for them."""
        found: dict[str, list[str]] = {clinician: [] for clinician in actors}
        if not actors:
            return found
        for resource in call.search("Schedule", [("actor", ",".join(sorted(set(actors.values()))))]):
            schedule = read_schedule(resource)
            for clinician, actor in actors.items():
                if schedule is not None and actor in schedule[1]:
                    found[clinician].append(schedule[0])
        return found
