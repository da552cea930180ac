"""Which scopes a personal token needs for a request. PURE. One rule for every address, so that no new one is open."""

from __future__ import annotations

_READING = ("GET", "HEAD")
_EXPORT = "export"


def needed_scopes(method: str, path: str) -> frozenset[str]:
    """The scopes, all of which are needed.

    Under /fhir: fhir, and write where something is changed. Elsewhere: export where a part of the path is called so,
    else read for GET and write for anything else.
    """
    reads = method in _READING or path.endswith("/_search")
    if path.startswith("/fhir"):
        return frozenset({"fhir"}) if reads else frozenset({"fhir", "write"})
    if any(part.partition(".")[0] in (_EXPORT, "exports") for part in path.split("/")):
        return frozenset({_EXPORT})
    return frozenset({"read"}) if reads else frozenset({"write"})
