"""A file as it goes out: compressed once, named by its content, not sent again to who has it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import brotli
from starlette.requests import Request
from starlette.responses import Response

HASH_LENGTH = 16
"""Hexadecimal digits of a name: 64 bits."""


@dataclass(frozen=True)
class ServedFile:
    """One file in all its codings."""

    body: bytes
    media_type: str

    @classmethod
    def of(cls, text: str, media_type: str) -> ServedFile:
        return cls(text.encode(), media_type)

    @cached_property
    def codings(self) -> dict[str, bytes]:
        """Coding -> bytes, the one that is sent first where a browser takes several."""
        return {"br": brotli.compress(self.body, quality=11), "gzip": gzip.compress(self.body, 9, mtime=0)}

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:HASH_LENGTH]

    def etag(self, coding: str | None) -> str:
        """Strong, so another one for each coding (RFC 9110, 8.8.3.3)."""
        return f'"{self.hash}-{coding}"' if coding else f'"{self.hash}"'

    def respond(self, request: Request, headers: Mapping[str, str]) -> Response:
        """The file, compressed where the browser takes that; 304 where it has it already."""
        coding = best_coding(request.headers.get("Accept-Encoding", ""), self.codings)
        etag = self.etag(coding)
        sent = {"ETag": etag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff", **headers}
        known = (part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(","))
        if etag in known:
            return Response(status_code=304, headers=sent)
        if coding is None:
            return Response(self.body, media_type=self.media_type, headers=sent)
        return Response(self.codings[coding], media_type=self.media_type, headers={**sent, "Content-Encoding": coding})


def best_coding(accepted: str, known: Mapping[str, object]) -> str | None:
    """The first known coding that an Accept-Encoding header allows; None: send it as it is."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, _, quality = part.replace(" ", "").partition(";q=")
        try:
            weights[coding] = float(quality or 1)
        except ValueError:
            weights[coding] = 0
    return next((coding for coding in known if weights.get(coding, weights.get("*", 0)) > 0), None)
