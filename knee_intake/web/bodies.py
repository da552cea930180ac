"""Read what callers send: a bounded JSON body into a checked struct, a bearer token, clean text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from knee_intake.errors import EmptyTextError, InvalidBodyError, TextTooLongError

T = TypeVar("T")
MAX_BODY_BYTES = 65_536
MAX_FORM_BYTES = 65_536
MAX_FORM_FIELDS = 120
MAX_ID = 64
MOST_DIGITS = 9
"""Of a row's number: every database holds it."""

_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANKS = re.compile(r"[^\S\n]+")
_INVISIBLE = {"Cc", "Cs", "Co"}
"""Unicode categories that are dropped: control characters, lone surrogates, private ones.

Unassigned ones stay: an emoji that is newer than this Python's tables is among them.
"""
_NO_WORDS = {"Cf", "Mn", "Zs"}
"""Categories of which a text cannot consist: format characters, combining marks, blanks."""
_DIRECTION = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")
"""Marks that turn the direction of what follows, which could disguise a text in the console."""


class VisitorMessage(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST …/messages."""

    id: str
    text: str


class Thumb(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST …/thumb."""

    down: bool


async def read_json(request: Request, kind: type[T]) -> T:
    """The body as `kind`. Raises InvalidBodyError, or TextTooLongError for a body over the limit."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise TextTooLongError("the body is over the limit")
    except ClientDisconnect:
        raise InvalidBodyError("the caller went away before the body was whole") from None
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidBodyError(f"the body is not what was expected: {type(error).__name__}") from None


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a posted form; empty for other methods. Raises InvalidBodyError for files and large bodies."""
    if request.method != "POST":
        return {}
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_FORM_BYTES:
        raise InvalidBodyError("a form without length, or too long")
    async with request.form(max_files=0, max_fields=MAX_FORM_FIELDS) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def clean_id(message_id: str) -> str:
    """The client's own id of a message. Raises InvalidBodyError where it is empty, too long or not printable."""
    if not message_id.strip() or len(message_id) > MAX_ID or not message_id.isprintable():
        raise InvalidBodyError("the id is empty, too long or not printable")
    return message_id


def is_number(text: str) -> bool:
    """Digits alone, and no more of them than a row's id may have."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def row_number(text: str) -> int:
    """A row's id as a form or an address has it; 0, which no row has, for anything else."""
    return int(text) if is_number(text) else 0


def bearer(request: Request) -> str | None:
    """The token of the Authorization header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def clean_text(text: str, longest: int) -> str:
    """A visitor's text without control characters and with plain line ends and blanks.

    Raises EmptyTextError where nothing that can be seen is left, TextTooLongError over `longest` characters: no part is
    cut off in silence.
    """
    text = _LINE_ENDS.sub("\n", text)
    kept = "".join(
        c if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE else " " for c in text if c not in _DIRECTION
    )
    kept = "\n".join(_BLANKS.sub(" ", line).strip() for line in kept.split("\n")).strip()
    if all(c == "\n" or unicodedata.category(c) in _NO_WORDS for c in kept):
        raise EmptyTextError("the text is empty")
    if len(kept) > longest:
        raise TextTooLongError(f"the text has {len(kept)} characters")
    return kept
