"""The JSON rules of FHIR R4 that our resources have to keep, by hand: no FHIR model library fits pydantic 1.10.9.

Required elements, value sets bound as `required`, invariants and primitive formats, after http://hl7.org/fhir/R4/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Resource = dict[str, Any]

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
INSTANT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)"
)
DATE_TIME = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?")
REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")

SLOT_STATUS = {"busy", "free", "busy-unavailable", "busy-tentative", "entered-in-error"}
APPOINTMENT_STATUS = {
    "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error", "checked-in",
    "waitlist",
}  # fmt: skip
PARTICIPATION = {"accepted", "declined", "tentative", "needs-action"}
ISSUE_TYPES = {
    "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden",
    "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long",
    "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient", "lock-error", "no-store",
    "exception", "timeout", "incomplete", "throttled", "informational",
}  # fmt: skip
ELEMENTS = {
    "Practitioner": {"identifier", "active", "name"},
    "Schedule": {"identifier", "active", "serviceType", "actor", "planningHorizon", "comment"},
    "Slot": {"identifier", "serviceType", "schedule", "status", "start", "end", "overbooked", "comment"},
    "Appointment": {
        "identifier", "status", "cancelationReason", "serviceType", "description", "start", "end", "minutesDuration",
        "slot", "created", "comment", "participant",
    },
    "Bundle": {"identifier", "type", "total", "link", "entry"},
    "OperationOutcome": {"issue"},
    "CapabilityStatement": {
        "status", "date", "kind", "software", "implementation", "fhirVersion", "format", "rest",
    },
}  # fmt: skip
_ALL = {"resourceType", "id", "meta", "extension", "text"}


def problems(resource: Resource) -> list[str]:
    """What is wrong with the resource; empty where nothing is."""
    kind = resource.get("resourceType", "")
    if kind not in ELEMENTS:
        return [f"unknown resource {kind!r}"]
    found = list(_json(resource, kind))
    found += [f"{kind}.{name} is no element" for name in set(resource) - ELEMENTS[kind] - _ALL]
    if "id" in resource and not ID.fullmatch(resource["id"]):
        found.append(f"{kind}.id")
    meta = resource.get("meta", {})
    if "lastUpdated" in meta and not INSTANT.fullmatch(meta["lastUpdated"]):
        found.append(f"{kind}.meta.lastUpdated")
    if "versionId" in meta and not ID.fullmatch(meta["versionId"]):
        found.append(f"{kind}.meta.versionId")
    for extension in resource.get("extension", []):
        if not extension.get("url") or sum(name.startswith("value") for name in extension) != 1:
            found.append(f"{kind}.extension")
    for identifier in resource.get("identifier", []):
        if not identifier.get("value") or not set(identifier) <= {"system", "value"}:
            found.append(f"{kind}.identifier")
    return found + list(_RULES[kind](resource))


def _json(value: Any, where: str) -> Iterator[str]:
    """http://hl7.org/fhir/R4/json.html: nothing is null or empty."""
    if value is None or value == "" or value == [] or value == {}:
        yield f"{where} is empty"
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _json(one, f"{where}.{name}")
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _json(one, f"{where}[{number}]")


def _practitioner(resource: Resource) -> Iterator[str]:
    if not isinstance(resource.get("active", True), bool):
        yield "Practitioner.active"


def _schedule(resource: Resource) -> Iterator[str]:
    if not resource.get("actor") or not all(REFERENCE.fullmatch(one["reference"]) for one in resource["actor"]):
        yield "Schedule.actor 1..*"
    yield from _concepts(resource)
    horizon = resource.get("planningHorizon", {})
    if not all(DATE_TIME.fullmatch(moment) for moment in horizon.values()) or not set(horizon) <= {"start", "end"}:
        yield "Schedule.planningHorizon"


def _slot(resource: Resource) -> Iterator[str]:
    if not REFERENCE.fullmatch(resource.get("schedule", {}).get("reference", "")):
        yield "Slot.schedule 1..1"
    if resource.get("status") not in SLOT_STATUS:
        yield "Slot.status"
    yield from _times(resource, "Slot")


def _appointment(resource: Resource) -> Iterator[str]:
    status = resource.get("status")
    if status not in APPOINTMENT_STATUS:
        yield "Appointment.status"
    if ("start" in resource) != ("end" in resource):
        yield "app-2"
    if "start" not in resource and status not in ("proposed", "cancelled", "waitlist"):
        yield "app-3"
    if "cancelationReason" in resource and status not in ("cancelled", "noshow"):
        yield "app-4"
    if "start" in resource:
        yield from _times(resource, "Appointment")
    if not resource.get("participant"):
        yield "Appointment.participant 1..*"
    for one in resource.get("participant", []):
        if one.get("status") not in PARTICIPATION:
            yield "Appointment.participant.status"
        if "type" not in one and "actor" not in one:
            yield "app-1"
        if "required" in one and one["required"] not in ("required", "optional", "information-only"):
            yield "Appointment.participant.required"
        if "actor" in one and not REFERENCE.fullmatch(one["actor"].get("reference", "")):
            yield "Appointment.participant.actor"
    for one in resource.get("slot", []):
        if not REFERENCE.fullmatch(one.get("reference", "")):
            yield "Appointment.slot"
    minutes = resource.get("minutesDuration", 1)
    if not isinstance(minutes, int) or minutes < 1:
        yield "Appointment.minutesDuration is a positiveInt"
    if "created" in resource and not DATE_TIME.fullmatch(resource["created"]):
        yield "Appointment.created"
    yield from _concepts(resource)


def _bundle(resource: Resource) -> Iterator[str]:
    if resource.get("type") != "searchset":
        yield "Bundle.type"
    if not isinstance(resource.get("total"), int) or resource["total"] < 0:
        yield "bdl-1: Bundle.total"
    if [one["relation"] for one in resource.get("link", [])].count("self") != 1:
        yield "Bundle.link self"
    addresses = [entry.get("fullUrl") for entry in resource.get("entry", [])]
    if len(set(addresses)) != len(addresses):
        yield "bdl-7: fullUrl is unique"
    for entry in resource.get("entry", []):
        one = entry["resource"]
        if entry["search"]["mode"] not in ("match", "include", "outcome"):
            yield "Bundle.entry.search.mode"
        if not entry["fullUrl"].endswith(f"/{one['resourceType']}/{one['id']}"):
            yield "Bundle.entry.fullUrl"
        yield from problems(one)


def _outcome(resource: Resource) -> Iterator[str]:
    if not resource.get("issue"):
        yield "OperationOutcome.issue 1..*"
    for issue in resource.get("issue", []):
        if issue.get("severity") not in ("fatal", "error", "warning", "information"):
            yield "OperationOutcome.issue.severity"
        if issue.get("code") not in ISSUE_TYPES:
            yield "OperationOutcome.issue.code"
        if not set(issue) <= {"severity", "code", "details", "diagnostics", "location", "expression"}:
            yield "OperationOutcome.issue"


def _capability(resource: Resource) -> Iterator[str]:
    wanted = {"status": ("draft", "active"), "kind": ("instance", "capability", "requirements")}
    for name, values in wanted.items():
        if resource.get(name) not in values:
            yield f"CapabilityStatement.{name}"
    if not DATE_TIME.fullmatch(resource.get("date", "")) or resource.get("fhirVersion") != "4.0.1":
        yield "CapabilityStatement.date, fhirVersion"
    if resource.get("kind") == "instance" and not resource.get("implementation", {}).get("description"):
        yield "cpb-15, CapabilityStatement.implementation"
    if not resource.get("format") or not resource.get("software", {}).get("name"):
        yield "CapabilityStatement.format, software"
    for one in resource["rest"][0]["resource"]:
        if one.get("versioning") not in ("no-version", "versioned", "versioned-update"):
            yield "CapabilityStatement.rest.resource.versioning"
        if not {each["code"] for each in one["interaction"]} <= {
            "read", "vread", "update", "patch", "delete", "create", "search-type",
        }:  # fmt: skip
            yield "CapabilityStatement.rest.resource.interaction"
        if one.get("conditionalDelete", "single") not in ("not-supported", "single", "multiple"):
            yield "CapabilityStatement.rest.resource.conditionalDelete"
        if not {each["type"] for each in one["searchParam"]} <= {"number", "date", "string", "token", "reference"}:
            yield "CapabilityStatement.rest.resource.searchParam.type"


def _times(resource: Resource, kind: str) -> Iterator[str]:
    for name in ("start", "end"):
        if not INSTANT.fullmatch(resource.get(name, "")):
            yield f"{kind}.{name} is an instant"


def _concepts(resource: Resource) -> Iterator[str]:
    for concept in resource.get("serviceType", []):
        if not concept.get("coding") or not all({"system", "code"} <= set(one) for one in concept["coding"]):
            yield "serviceType.coding"


_RULES: dict[str, Callable[[Resource], Iterator[str]]] = {
    "Practitioner": _practitioner,
    "Schedule": _schedule,
    "Slot": _slot,
    "Appointment": _appointment,
    "Bundle": _bundle,
    "OperationOutcome": _outcome,
    "CapabilityStatement": _capability,
}
