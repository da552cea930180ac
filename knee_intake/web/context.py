"""What the routes need, put together once in web/app.py and handed to each group of routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from knee_intake.clock import Clock, system_clock

if TYPE_CHECKING:
    from knee_intake.booking import Calendar
    from knee_intake.clinic import Clinic
    from knee_intake.dialogue.engine import Dialogue
    from knee_intake.records.database import Database
    from knee_intake.settings import Settings
    from knee_intake.web.chat_mode import ChatMode


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
    chat_mode: ChatMode | None = None
    """Where `widget` of practice.yml may change while the process runs."""
    extra: dict[str, Any] = field(default_factory=dict)

    def clinic_now(self) -> Clinic:
        """The clinic with the chat's mode as it is at this moment."""
        return self.chat_mode.clinic() if self.chat_mode is not None else self.clinic
