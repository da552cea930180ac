"""The parts of FHIR R4 resources that we read, as structs; what a resource has beside them is left aside. PURE."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""FHIR's `instant`: a time with its zone."""


class Part(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """A resource, or an element of one."""


class Meta(Part, frozen=True, kw_only=True):
    version_id: str | None = None
    last_updated: str = ""


class Identifier(Part, frozen=True, kw_only=True):
    system: str | None = None
    value: str | None = None


class Reference(Part, frozen=True, kw_only=True):
    reference: str | None = None


class Participant(Part, frozen=True, kw_only=True):
    status: str | None = None
    actor: Reference = Reference()


class Coding(Part, frozen=True, kw_only=True):
    system: str | None = None
    code: str | None = None


class Concept(Part, frozen=True, kw_only=True):
    coding: list[Coding] = []


class Extension(Part, frozen=True, kw_only=True):
    url: str
    value_integer: int | None = None


class NewAppointment(Part, frozen=True, kw_only=True):
    """An Appointment that has no id yet."""

    resource_type: str
    status: str
    start: Moment | None = None
    end: Moment | None = None
    identifier: list[Identifier] = []
    participant: list[Participant] = []
    service_type: list[Concept] = []


class Appointment(NewAppointment, frozen=True, kw_only=True):
    id: str
    meta: Meta = Meta()
    slot: list[Reference] = []
    extension: list[Extension] = []


class Slot(Part, frozen=True, kw_only=True):
    id: str
    status: str
    start: Moment
    end: Moment
    schedule: Reference
    meta: Meta = Meta()
    identifier: list[Identifier] = []


class Schedule(Part, frozen=True, kw_only=True):
    id: str
    active: bool = True
    actor: list[Reference] = []
