"""What the routes need, put together once in web/app.py and handed to each group of routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from knee_intake.clock import Clock, system_clock

if TYPE_CHECKING:
    from knee_intake.booking import Calendar
    from knee_intake.clinic import Clinic
    from knee_intake.clinic_store import ClinicStore
    from knee_intake.dialogue.engine import Dialogue
    from knee_intake.records.database import Database
    from knee_intake.settings import Settings


@dataclass
class AppContext:
    """The parts of the running process."""

    settings: Settings
    clinic: Clinic
    database: Database
    calendar: Calendar
    secret: bytes
    """Signs sessions and keys hashes; from KNEE_INTAKE_SECRET_KEY or var/secret."""
    clock: Clock = system_clock
    dialogue: Dialogue | None = None
    """None until the model is loaded; /readyz says so."""
    clinics: ClinicStore | None = None
    """Where the clinic's files may change while the process runs; `clinic` is then its newest version."""
    extra: dict[str, Any] = field(default_factory=dict)

    def clinic_now(self) -> Clinic:
        """The clinic as its files are at this moment."""
        return self.clinics.now() if self.clinics is not None else self.clinic

    def take(self, clinic: Clinic) -> None:
        """Work with another version of the clinic from now on."""
        self.clinic = clinic
        self.calendar.use(clinic.practice)
