"""Conversations as files, a piece at a time: CSV, JSON, text and FHIR Bundles; docs/exports.md describes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from knee_intake import csv_cells
from knee_intake.booking.fhir_names import MEDIA_TYPE
from knee_intake.exports.fhir_bundle import Bundler
from knee_intake.interview.summary import CHART, answer_rows
from knee_intake.records.exported import Exported
from knee_intake.records.intake_view import iso
from knee_intake.records.staff_record import record_json, record_text

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

COLUMNS = ("conversation", "created_at", "updated_at", "status", "urgency", "red_flags", "done", "of", "visit",
           "reference", "visit_status", "consent_at")  # fmt: skip
"""Of the CSV, before one column for each answer of a chart and `other`."""
_FIELDS = tuple(field for _, charted in CHART for field, _ in charted)


@dataclass(frozen=True)
class Maker:
    """What the formats are made from."""

    clinic: Clinic
    bundler: Bundler
    made_at: datetime


Pieces = Iterator[str]
Write = Callable[[Iterable[Exported], Maker, bool], Pieces]
"""write(conversations, maker, many): `many` is False for a single one, which stands alone in its file."""


def as_json(found: Iterable[Exported], maker: Maker, many: bool) -> Pieces:
    """One object, or an array with one object a line: intake, messages, consent."""
    zone = maker.clinic.practice.zoneinfo()
    texts = (msgspec.json.encode(record_json(one.detail, zone)) for one in found)
    if not many:
        yield msgspec.json.format(next(texts), indent=2).decode() + "\n"
        return
    before = "[\n"
    for text in texts:
        yield before + text.decode()
        before = ",\n"
    yield "[\n]\n" if before == "[\n" else "\n]\n"


def as_csv(found: Iterable[Exported], maker: Maker, _many: bool) -> Pieces:
    """One line a conversation, below a line of column names."""
    yield csv_cells.line([*COLUMNS, *_FIELDS, "other"])
    for one in found:
        rows = {row.field: row.value or row.how for row in answer_rows(one.detail.intake, maker.clinic)}
        others = "; ".join(f"{field}: {value}" for field, value in rows.items() if field not in _FIELDS)
        yield csv_cells.line([*_head(one, maker), *(rows.get(field, "") for field in _FIELDS), others])


def _head(one: Exported, maker: Maker) -> list[object]:
    detail, zone = one.detail, maker.clinic.practice.zoneinfo()
    row, visit = detail.conversation, detail.booking
    return [
        row["id"],
        iso(row["created_at"], zone),
        iso(row["updated_at"], zone),
        row["status"],
        detail.item.urgency or "",
        " ".join(hit.rule for hit in detail.intake.red_flags),
        detail.item.done,
        detail.item.total,
        iso(visit["start"], zone) if visit else "",
        visit["reference"] if visit else "",
        visit["status"] if visit else "",
        iso(row["consent_at"], zone) if row["consent_at"] else "",
    ]


def as_text(found: Iterable[Exported], maker: Maker, _many: bool) -> Pieces:
    """The staff summary of each, as it can be copied from the console."""
    rule = ""
    for one in found:
        item = one.detail.item
        text = record_text(one.detail, maker.clinic)
        yield rule + (text if item.consented else f"Conversation {item.id}: before consent, nothing to show\n")
        rule = "\n" + "=" * 72 + "\n\n"


def as_fhir(found: Iterable[Exported], maker: Maker, many: bool) -> Pieces:
    """One Bundle, or one a line."""
    bundles = (maker.bundler.bundle(one, maker.made_at) for one in found)
    if not many:
        yield json.dumps(next(bundles), indent=2, ensure_ascii=False) + "\n"
        return
    for bundle in bundles:
        yield msgspec.json.encode(bundle).decode() + "\n"


@dataclass(frozen=True)
class Format:
    """How a format is written, and what its file is called."""

    write: Write
    label: str
    media_type: str
    suffix: str
    suffix_of_many: str
    bom: bool = False
    """For spreadsheets: the file begins with a byte order mark, unless it is for a pipe."""

    def media(self, many: bool) -> str:
        """The media type of the file."""
        return "application/fhir+ndjson" if many and self.write is as_fhir else self.media_type


FORMATS: dict[str, Format] = {
    "csv": Format(as_csv, "CSV, for a spreadsheet", "text/csv", "csv", "csv", bom=True),
    "json": Format(as_json, "JSON, everything", "application/json", "json", "json"),
    "text": Format(as_text, "Text, the summary", "text/plain; charset=utf-8", "txt", "txt"),
    "fhir": Format(as_fhir, "FHIR R4 Bundle", MEDIA_TYPE, "fhir.json", "fhir.ndjson"),
}
