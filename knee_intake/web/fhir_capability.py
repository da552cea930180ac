"""What our FHIR server can do, as a CapabilityStatement (http://hl7.org/fhir/R4/capabilitystatement.html)."""

from __future__ import annotations

from typing import Any

from knee_intake import __version__
from knee_intake.booking.fhir_names import MEDIA_TYPE

DATE = "2026-11-28"
"""The day on which this statement last changed."""

SEARCH = {
    "Practitioner": {"_id": "token"},
    "Schedule": {"_id": "token", "actor": "reference", "active": "token"},
    "Slot": {"_id": "token", "schedule": "reference", "start": "date", "status": "token"},
    "Appointment": {
        "_id": "token",
        "actor": "reference",
        "practitioner": "reference",
        "date": "date",
        "status": "token",
        "identifier": "token",
    },
}
"""Resource type -> search parameter -> its type."""
_READS = ("read", "search-type")


def capability_statement(base: str, clinic: str) -> dict[str, Any]:
    """The whole statement; `base` is the server's address."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "Knee Intake", "version": __version__},
        "implementation": {"description": f"Visits at {clinic}", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", MEDIA_TYPE],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "The personal token of a member of staff as bearer, or a staff session."},
                "resource": [_resource(kind) for kind in SEARCH],
            }
        ],
    }


def _resource(kind: str) -> dict[str, Any]:
    writes = kind == "Appointment"
    found: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": code} for code in (*_READS, *(("create", "update") if writes else ()))],
        "versioning": "versioned-update" if writes else "no-version",
        "searchParam": [{"name": name, "type": of} for name, of in SEARCH[kind].items()],
    }
    if writes:
        found |= {
            "documentation": "Create asks for the visit (booked: also confirms it). Update confirms or cancels one; a "
            "new time is a new Appointment. If-Match is needed.",
            "readHistory": False,
            "updateCreate": False,
            "conditionalCreate": True,
            "conditionalUpdate": False,
            "conditionalDelete": "not-supported",
        }
    return found
