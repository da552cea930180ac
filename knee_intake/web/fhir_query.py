"""The search parameters of our FHIR server (http://hl7.org/fhir/R4/search.html), read strictly.

A parameter that we do not know is left out of the search, as the standard has it, and of the `self` link, which tells
what the search went by; with `Prefer: handling=strict` it is an error. A modifier, prefix or value that we do not know
is an error always.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from knee_intake.booking.fhir_names import local_reference
from knee_intake.errors import SearchError

PAGE = 50  # resources
LARGEST_PAGE = 500
_COMMON = ("_count", "page", "_format")
_YEARS = range(1900, 3000)
_DATE = re.compile(
    r"(eq|ne|gt|ge|lt|le|sa|eb|ap)?"
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


@dataclass(frozen=True)
class Params:
    """The parameters that a search goes by, in the order in which they came."""

    used: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.used if given == name]

    def choices(self, name: str) -> set[str] | None:
        """The values that one parameter allows: commas mean "or", a repeated parameter "and"; None: not given."""
        given = [set(value.split(",")) for value in self.all(name)]
        return set.intersection(*given) if given else None

    def codes(self, name: str) -> set[str] | None:
        """As `choices`, of codes that may stand behind their system: `SYSTEM|CODE`."""
        given = [{one.rpartition("|")[2] for one in value.split(",")} for value in self.all(name)]
        return set.intersection(*given) if given else None

    def references(self, kind: str, *names: str) -> set[str] | None:
        """As `choices`, the ids of references to `kind`: `ID`, `KIND/ID` or an address; others match nothing."""
        given = [{_reference(one, kind) for one in value.split(",")} for name in names for value in self.all(name)]
        return {ident for ident in set.intersection(*given) if ident} if given else None

    @property
    def count(self) -> int:
        """How many resources a page holds. Raises SearchError."""
        values = self.all("_count")
        if not values:
            return PAGE
        if not (values[-1].isascii() and values[-1].isdigit()):
            raise SearchError("_count: expected a whole number of 0 or more")
        return min(int(values[-1][:9]), LARGEST_PAGE)

    @property
    def after(self) -> tuple[datetime, str] | None:
        """The key of the last resource of the page before. Raises SearchError."""
        values = self.all("page")
        return _read_key(values[-1]) if values else None


def read_params(pairs: Iterable[tuple[str, str]], known: Collection[str], *, strict: bool) -> Params:
    """Raises SearchError."""
    used: list[tuple[str, str]] = []
    for name, value in pairs:
        plain = re.split(r"[:.]", name, maxsplit=1)[0]
        if name in known or name in _COMMON:
            if value:
                used.append((name, value))
        elif plain in known:
            raise SearchError(f"{plain}: modifiers and chains are not supported")
        elif strict:
            raise SearchError("a search parameter is not supported; /metadata lists those that are")
    return Params(tuple(used))


def time_bounds(values: Sequence[str], zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """(from, before) of all the times given, as `ge2026-03-01` and `lt2026-04-01`; those without zone are local.

    Raises SearchError.
    """
    since: list[datetime] = []
    before: list[datetime] = []
    for value in values:
        found = _DATE.fullmatch(value)
        prefix = (found[1] or "eq") if found else ""
        if found is None or prefix in ("ne", "ap"):
            raise SearchError("expected eq, ge, gt, le, lt, sa or eb and a date or time with zone")
        first, next_one = _span(found, zone)
        if prefix in ("eq", "ge"):
            since.append(first)
        if prefix in ("gt", "sa"):
            since.append(next_one)
        if prefix in ("eq", "le"):
            before.append(next_one)
        if prefix in ("lt", "eb"):
            before.append(first)
    return max(since, default=None), min(before, default=None)


def page_key(start: datetime, ident: str) -> str:
    """What the next page begins behind."""
    return base64.urlsafe_b64encode(f"{start.isoformat()}|{ident}".encode()).decode().rstrip("=")


def _read_key(key: str) -> tuple[datetime, str]:
    try:
        at, _, ident = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode().partition("|")
        start = datetime.fromisoformat(at)
    except (ValueError, binascii.Error):
        raise SearchError("page: no page of this search") from None
    if start.tzinfo is None or start.year not in _YEARS:
        raise SearchError("page: no page of this search")
    return start, ident


def _reference(text: str, kind: str) -> str | None:
    found = local_reference(text)
    if "/" not in found:
        return found
    given, _, ident = found.partition("/")
    return ident if given == kind else None


def _span(found: re.Match[str], zone: tzinfo) -> tuple[datetime, datetime]:
    """The time span that a date of this precision names: its start, and the start of what follows."""
    _, year, month, day, hour, minute, second, fraction, offset = found.groups()
    if int(year) not in _YEARS:
        raise SearchError(f"expected a year from {_YEARS.start} to {_YEARS.stop - 1}")
    try:
        start = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
        if fraction:
            start += timedelta(seconds=float(fraction))
        if offset:
            clock = datetime.fromisoformat(f"{start.isoformat()}{offset.replace('Z', '+00:00')}").tzinfo
            zone = clock or zone
        if hour:
            length = timedelta(microseconds=1) if fraction else timedelta(seconds=1 if second else 60)
            aware = start.replace(tzinfo=zone)
            return aware, aware + length
        if day:
            following = start + timedelta(days=1)
        elif month:
            following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        else:
            following = start.replace(year=start.year + 1)
    except (ValueError, OverflowError):
        raise SearchError("expected a date that exists") from None
    return start.replace(tzinfo=zone), following.replace(tzinfo=zone)
