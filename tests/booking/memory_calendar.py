"""A strict remote calendar in memory: what a clinic's server does when it does all that it should."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from knee_intake.booking.remote import RemoteVisit
from knee_intake.booking.schedule import Busy
from knee_intake.errors import SlotTakenError


@dataclass
class MemoryCalendar:
    """Implements `RemoteCalendar`; one lock makes every call atomic, as a server with exclusive writes is."""

    visits: dict[str, RemoteVisit] = field(default_factory=dict)
    blocks: list[Busy] = field(default_factory=list)
    """What the clinic itself has entered."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_closed: bool = False

    def block(self, clinician: str, start: datetime, end: datetime) -> None:
        """Somebody at the clinic enters something of their own."""
        self.blocks.append(Busy(clinician, start, end))

    def busy(self, clinicians: Collection[str], start: datetime, end: datetime) -> list[Busy]:
        with self.lock:
            spans = [*self.blocks, *(Busy(one.clinician, one.start, one.end) for one in self.visits.values())]
        return [one for one in spans if one.clinician in clinicians and one.start < end and one.end > start]

    def write(self, visit: RemoteVisit) -> None:
        with self.lock:
            if visit.uid not in self.visits:
                self._keep(visit)

    def update(self, visit: RemoteVisit) -> None:
        with self.lock:
            self._keep(visit)

    def remove(self, uid: str) -> None:
        with self.lock:
            self.visits.pop(uid, None)

    def ours(self, start: datetime, end: datetime) -> list[RemoteVisit]:
        with self.lock:
            return [one for one in self.visits.values() if one.start < end and one.end > start]

    def close(self) -> None:
        self.is_closed = True

    def _keep(self, visit: RemoteVisit) -> None:
        others = [*self.blocks, *(one for one in self.visits.values() if one.uid != visit.uid)]
        if any(one.clinician == visit.clinician and one.start < visit.end and visit.start < one.end for one in others):
            raise SlotTakenError("another visit overlaps")
        self.visits[visit.uid] = visit
