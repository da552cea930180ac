"""What a Bundle of ours has to keep beyond what the FHIR library checks: value sets, units, systems, references, text.

After http://hl7.org/fhir/R4/. `problems` says everything that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from knee_intake.exports.fhir_codes import LOINC, SNOMED, UCUM, UNITS, every_code

Resource = dict[str, Any]
HL7 = "http://terminology.hl7.org/CodeSystem"

STATUS = {
    "Questionnaire": {"draft", "active", "retired", "unknown"},
    "QuestionnaireResponse": {"in-progress", "completed", "amended", "entered-in-error", "stopped"},
    "Observation": {
        "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
    },
    "Flag": {"active", "inactive", "entered-in-error"},
    "Appointment": {
        "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error",
        "checked-in", "waitlist",
    },
}  # fmt: skip
"""Bound as `required`."""
NEEDED = {
    "Questionnaire": ("status",),
    "QuestionnaireResponse": ("status", "questionnaire", "subject", "authored", "source"),
    "Observation": ("status", "code", "category", "subject"),
    "Flag": ("status", "code", "subject", "period"),
    "Appointment": ("status", "participant", "start", "end"),
    "Provenance": ("target", "recorded", "agent"),
    "Patient": ("identifier",),
    "RelatedPerson": ("patient",),
    "Practitioner": ("name",),
    "Device": ("version",),
}
KNOWN = {
    f"{HL7}/observation-category": {"survey"},
    f"{HL7}/flag-category": {"safety"},
    f"{HL7}/provenance-participant-type": {"assembler", "author"},
    LOINC: {code.code for code in every_code() if code.system == LOINC},
    SNOMED: {code.code for code in every_code() if code.system == SNOMED},
}
"""Every code that may stand in a Bundle under a system that is not the clinic's own."""
PARTICIPATION = {"accepted", "declined", "tentative", "needs-action"}
ITEM_TYPES = {"integer", "open-choice", "string"}
ABSENT = {"asked-declined", "asked-unknown", "unknown"}
HOW = {"asked", "volunteered", "corrected", "skipped", "unsure"}
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TIMES = ("timestamp", "authored", "effectiveDateTime", "issued", "recorded", "start", "end", "created")


def problems(bundle: Resource, own: str) -> list[str]:
    """What is wrong with it; `own` begins the clinic's own names."""
    entries = bundle.get("entry", [])
    found = [] if bundle["type"] == "collection" and _INSTANT.fullmatch(bundle["timestamp"]) else ["Bundle"]
    addresses = [entry["fullUrl"] for entry in entries]
    found += [f"fullUrl {address}" for address in addresses if not _URN.fullmatch(address)]
    found += ["a fullUrl is there twice"] if len(set(addresses)) != len(addresses) else []
    found += [f"nothing at {one}" for one in references(entries) if one not in addresses]
    for entry in entries:
        found += _resource(entry["resource"], own)
    form = {one["linkId"]: one for one in _of(entries, "Questionnaire") for one in one["item"]}
    for response in _of(entries, "QuestionnaireResponse"):
        found += list(_answers(response, form))
    return found


def _of(entries: list[Resource], kind: str) -> list[Resource]:
    return [entry["resource"] for entry in entries if entry["resource"]["resourceType"] == kind]


def references(part: Any) -> Iterator[str]:
    """Every reference anywhere in it."""
    if isinstance(part, dict):
        if isinstance(part.get("reference"), str):
            yield part["reference"]
        for one in part.values():
            yield from references(one)
    elif isinstance(part, list):
        for one in part:
            yield from references(one)


def _resource(resource: Resource, own: str) -> Iterator[str]:
    kind = resource["resourceType"]
    yield from _empty(resource, kind)
    if not _ID.fullmatch(resource["id"]):
        yield f"{kind}.id"
    for name in NEEDED[kind]:
        if name not in resource:
            yield f"{kind}.{name} is missing"
    if kind in STATUS and resource["status"] not in STATUS[kind]:
        yield f"{kind}.status {resource['status']}"
    for name, time in _named(resource, _TIMES):
        if not _INSTANT.fullmatch(time):
            yield f"{kind}.{name} {time}"
    yield from _narrative(resource)
    yield from _codings(resource, own)
    if kind == "Observation":
        yield from _observation(resource)
    if kind == "Appointment" and any(one["status"] not in PARTICIPATION for one in resource["participant"]):
        yield "Appointment.participant.status"
    if kind == "Flag" and (resource["status"] == "inactive") != ("end" in resource["period"]):
        yield "Flag: inactive has an end, and nothing else has"
    if kind == "Patient" and "birthDate" in resource:
        yield "a birth date was made up"


def _empty(part: Any, where: str) -> Iterator[str]:
    """Nothing in FHIR's JSON is null or empty."""
    if part is None or part in ("", [], {}):
        yield f"{where} is empty"
    if isinstance(part, str) and part != part.strip():
        yield f"{where} has blanks around it"
    if isinstance(part, dict):
        for name, one in part.items():
            yield from _empty(one, f"{where}.{name}")
    if isinstance(part, list):
        for number, one in enumerate(part):
            yield from _empty(one, f"{where}[{number}]")


def _named(part: Any, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        for name, one in part.items():
            if name in names and isinstance(one, str):
                yield name, one
            yield from _named(one, names)
    if isinstance(part, list):
        for one in part:
            yield from _named(one, names)


def _narrative(resource: Resource) -> Iterator[str]:
    """Well-formed, of the two elements we use, and with text in it: what a patient wrote is no markup."""
    text = resource.get("text", {})
    if text.get("status") != "generated":
        yield f"{resource['resourceType']}.text.status"
        return
    try:
        root = ElementTree.fromstring(text["div"])
    except ElementTree.ParseError as error:
        yield f"{resource['resourceType']}.text: {error}"
        return
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    if not tags <= {"div", "p", "ul", "li"} or any(element.attrib for element in root.iter()):
        yield f"{resource['resourceType']}.text holds {tags}"
    if root.tag != "{http://www.w3.org/1999/xhtml}div" or not "".join(root.itertext()).strip():
        yield f"{resource['resourceType']}.text"


def _codings(part: Any, own: str) -> Iterator[str]:
    """A code is one that the reference grades, or the clinic's own."""
    if isinstance(part, list):
        for one in part:
            yield from _codings(one, own)
    if not isinstance(part, dict):
        return
    if "code" in part and isinstance(part["code"], str) and isinstance(part.get("system"), str):
        system, code = part["system"], part["code"]
        local = system.startswith((f"{own}/fhir/CodeSystem/", "https://visits.invalid/")) or system == UCUM
        if not local and code not in KNOWN.get(system, set()):
            yield f"{system}|{code}"
        if any(char.isspace() for char in code):
            yield f"blanks in the code {code!r}"
    for one in part.values():
        yield from _codings(one, own)


def _observation(resource: Resource) -> Iterator[str]:
    values = [name for name in resource if name.startswith("value")]
    if len(values) + ("component" in resource) != 1:
        yield "Observation without exactly one value"
    quantity = resource.get("valueQuantity")
    if quantity:
        if (quantity["code"], quantity["unit"]) not in UNITS.values() or quantity["system"] != UCUM:
            yield f"unit {quantity}"
        if isinstance(quantity["value"], bool) or not isinstance(quantity["value"], int):
            yield f"value {quantity['value']!r}"
    codes = [coding["code"] for concept in resource["category"] for coding in concept["coding"]]
    if codes != ["survey"]:
        yield f"category {codes}"


def _answers(response: Resource, form: dict[str, Resource]) -> Iterator[str]:
    """Items are those of the Questionnaire, in its order, and answers of its types and options."""
    items = response.get("item", [])
    order = [list(form).index(item["linkId"]) if item["linkId"] in form else -1 for item in items]
    if -1 in order or order != sorted(set(order)):
        yield f"items {[item['linkId'] for item in items]}"
        return
    for item in items:
        asked, answers = form[item["linkId"]], item.get("answer", [])
        if asked["type"] not in ITEM_TYPES:
            yield f"type {asked['type']}"
        if len(answers) > 1 and not asked.get("repeats"):
            yield f"{item['linkId']} does not repeat"
        options = [option["valueCoding"] for option in asked.get("answerOption", [])]
        for answer in answers:
            ((name, value),) = answer.items()
            allowed = {"integer": {"valueInteger"}, "string": {"valueString"}}.get(
                asked["type"], {"valueCoding", "valueString"}
            )
            if name not in allowed or (name == "valueCoding" and value not in options):
                yield f"{item['linkId']}: {answer}"
        for extension in item.get("extension", []):
            code = extension.get("valueCode")
            if extension["url"].endswith("data-absent-reason") and code not in ABSENT:
                yield f"{item['linkId']}: {code}"
            if extension["url"].endswith("how-answered") and code not in HOW:
                yield f"{item['linkId']}: {code}"
