"""Names that both sides of FHIR share: our clinic's server and our client of somebody else's. PURE."""

from __future__ import annotations

import re
from datetime import datetime, timezone

MEDIA_TYPE = "application/fhir+json"
UID_SYSTEM = "https://visits.invalid/uid"
"""Of the identifier under which a client of ours writes a visit; its value is `RemoteVisit.uid`."""
REFERENCE_SYSTEM = "https://visits.invalid/reference"
"""Of the identifier that holds a booking's reference on our own server."""
KIND_SYSTEM = "https://visits.invalid/visit-type"
"""Of the coding in `serviceType`; its code is a visit type's id in practice.yml."""
SEQUENCE_URL = "https://visits.invalid/sequence"
"""Of the extension that holds how often a visit has changed."""

OPEN_APPOINTMENT = frozenset({"proposed", "pending", "booked", "arrived", "checked-in", "fulfilled"})
"""Appointments in these states take their time."""
REQUESTED = frozenset({"proposed", "pending"})

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def is_id(text: str) -> bool:
    """Whether FHIR takes the text as a resource's id."""
    return _ID.fullmatch(text) is not None


def fhir_id(name: str) -> str:
    """An id of practice.yml as FHIR allows it: no underscore, no blank."""
    return re.sub(r"[^A-Za-z0-9\-.]", "-", name)[:64]


def instant(moment: datetime) -> str:
    """An aware time as FHIR's `instant`, in UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_reference(reference: str) -> str:
    """`Type/id` of a reference, whether it was relative, absolute or named a version."""
    parts = reference.partition("/_history/")[0].split("/")
    return "/".join(parts[-2:])
