"""Small parts that every FHIR resource of ours is made of: stable addresses, clean texts, codings, narratives. PURE."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlsplit

from knee_intake.exports.fhir_codes import SNOMED, Code

Resource = dict[str, Any]
NOBODY_S_SITE = "https://clinic.invalid"
"""Where the names begin as long as the clinic has given no website; it can never be somebody else's."""
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_XHTML = "http://www.w3.org/1999/xhtml"
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What neither FHIR's `string` nor XML may hold."""


@dataclass(frozen=True)
class Names:
    """The clinic's own names: code systems, extensions, the questionnaire's address; `base` begins all of them."""

    base: str
    snomed: bool = True
    """Whether SNOMED CT codes may be given out."""

    def system(self, field: str) -> str:
        """The code system of a field's values, or of another list of codes."""
        return f"{self.base}/fhir/CodeSystem/{field.replace('_', '-')}"

    def extension(self, name: str) -> str:
        return f"{self.base}/fhir/StructureDefinition/{name}"

    @property
    def questionnaire(self) -> str:
        return f"{self.base}/fhir/Questionnaire/knee-intake"

    @property
    def conversation(self) -> str:
        """Of the identifier that is a conversation's id."""
        return f"{self.base}/fhir/conversation"

    @property
    def alert(self) -> str:
        """Of the identifier that is an alert's number."""
        return f"{self.base}/fhir/alert"

    def allowed(self, *codes: Code | None) -> list[dict[str, Any]]:
        """The codings of those that may be given out."""
        return [code.coding for code in codes if code and (self.snomed or code.system != SNOMED)]

    def own(self, field: str, value: str, display: str) -> dict[str, Any]:
        """A coding of the clinic's own."""
        return {"system": self.system(field), "code": value, "display": display}


def base_of(*addresses: str | None) -> str:
    """The first that is a web address, without a slash at its end."""
    for address in addresses:
        parts = urlsplit(address or "")
        if parts.scheme in ("http", "https") and parts.hostname:
            return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    return NOBODY_S_SITE


def urn(conversation: str, *parts: object) -> str:
    """The address of a resource: the same whenever the same conversation is exported."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join(map(str, (conversation, *parts))))}"


def reference(address: str, display: str | None = None) -> dict[str, Any]:
    return {"reference": address, **({"display": display} if display else {})}


def clean(text: object) -> str | None:
    """The text as FHIR takes it; None where nothing is left of it."""
    return _FORBIDDEN.sub("", str(text)).strip() or None if text is not None else None


def concept(*codings: dict[str, Any], text: object = None) -> dict[str, Any]:
    """A CodeableConcept."""
    said = clean(text)
    return {**({"coding": list(codings)} if codings else {}), **({"text": said} if said else {})}


def narrative(title: str, rows: Sequence[tuple[object, object]] = ()) -> dict[str, Any]:
    """The resource in words, for who cannot read its data. Everything is escaped."""
    lines = "".join(f"<li>{_plain(label)}: {_plain(value)}</li>" for label, value in rows)
    listed = f"<ul>{lines}</ul>" if lines else ""
    return {"status": "generated", "div": f'<div xmlns="{_XHTML}"><p>{_plain(title)}</p>{listed}</div>'}


def _plain(text: object) -> str:
    return escape(clean(text) or "–", quote=True)
