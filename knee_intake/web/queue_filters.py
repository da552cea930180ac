"""The filters of the queue as they stand in the page's address, both ways, and as labels that can be taken off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from urllib.parse import parse_qsl, urlencode

from knee_intake.errors import RequestError
from knee_intake.interview import summary
from knee_intake.interview.model import URGENCIES
from knee_intake.records.facets import IN_WORDS
from knee_intake.records.queue import ALL, NOBODY, OPEN, VISITS, Filters
from knee_intake.records.reviews import STATES
from knee_intake.records.search_terms import parse
from knee_intake.records.staff_accounts import Member
from knee_intake.web.bodies import is_number

EMERGENCIES = ("emergency_911", "emergency_room")
STATUSES = ("consent_pending", "refused", "active", "advised", "handed_over", "booked", "stopped", "finished")
REVIEW_LABELS = {
    "new": "new", "in_review": "in review", "contacted": "contacted", "booked": "booked", "closed": "closed",
}  # fmt: skip
FIELD_LABELS = {field: label for _, fields in summary.CHART for field, label in fields if field not in IN_WORDS}
_ONE = ("q", "from", "to", "urgency", "rule", "status", "review", "who", "tag", "visit", "intent")
_TICKS = ("unread", "unfinished", "low")
_MOST_ANSWERS, _LONGEST = 5, 120

Pairs = tuple[tuple[str, str], ...]
"""(name, value) as in the address, in a fixed order, without what is empty."""


@dataclass(frozen=True)
class Chip:
    """One filter that is on: what it says, and the address without it."""

    label: str
    without: str


def read_pairs(query: Iterable[tuple[str, str]]) -> Pairs:
    """What an address or a form asks for. Unknown names are passed over."""
    given = [(name, value.strip()[:_LONGEST]) for name, value in query if value.strip()]
    last = dict(given)
    if last.get("field") and last.get("value"):  # two fields of the form make one answer
        given.append(("answer", f"{last['field']}={last['value']}"))
    answers = list(dict.fromkeys(value for name, value in given if name == "answer"))[:_MOST_ANSWERS]
    return (
        *((name, last[name]) for name in _ONE if name in last),
        *(("answer", answer) for answer in answers),
        *((name, "1") for name in _TICKS if name in last),
        *([("show", "all")] if last.get("show") == "all" else []),
    )


def read_query(text: str) -> Pairs:
    """The same from the text behind the question mark."""
    return read_pairs(parse_qsl(text, max_num_fields=40)) if len(text) <= 4000 else ()


def write_query(pairs: Pairs) -> str:
    """The text behind the question mark."""
    return urlencode(pairs)


def address(pairs: Pairs, **more: str) -> str:
    """The list's address with these filters."""
    query = urlencode([*pairs, *more.items()])
    return f"/staff?{query}" if query else "/staff"


def filters_of(pairs: Pairs, *, member: Member, zone: tzinfo) -> Filters:
    """The same for the records. Raises RequestError where a value is none that the filter knows."""
    given = dict(pairs)
    return Filters(
        since=_start(given.get("from"), zone),
        until=_start(given.get("to"), zone, days=1),
        urgencies=_urgencies(given.get("urgency", "")),
        rule=given.get("rule", ""),
        statuses=(_known(given["status"], STATUSES, "status"),) if "status" in given else (),
        review=_known(given.get("review", OPEN), (OPEN, ALL, *STATES), "review"),
        assignee=_assignee(given.get("who"), member),
        tag=given.get("tag", "").lower(),
        visit=_known(given.get("visit", ""), ("", *VISITS), "visit"),
        unfinished="unfinished" in given,
        low="low" in given,
        unread="unread" in given,
        intent=given.get("intent", ""),
        answers=tuple(_answer(value) for name, value in pairs if name == "answer"),
        terms=parse(given.get("q", "")),
        everything="show" in given,
    )


def _start(text: str | None, zone: tzinfo, days: int = 0) -> datetime | None:
    """The first moment of a local day, or of one `days` later."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=days), time(), zone)
    except (ValueError, OverflowError):
        raise RequestError("a date is written 2026-11-23") from None


def _urgencies(text: str) -> tuple[str, ...]:
    if text == "emergency":
        return EMERGENCIES
    return (_known(text, URGENCIES, "urgency"),) if text else ()


def _assignee(text: str | None, member: Member) -> int | None:
    if not text:
        return None
    if text == "me":
        return member.id
    if text == "nobody":
        return NOBODY
    if not is_number(text):
        raise RequestError("`who`: me, nobody or the number of a member")
    return int(text)


def _answer(text: str) -> tuple[str, str]:
    field, _, value = text.partition("=")
    if field not in FIELD_LABELS or not value:
        raise RequestError("`answer`: expected FIELD=VALUE")
    return field, value.strip().lower().replace(" ", "_")


def _known(value: str, values: Sequence[str], name: str) -> str:
    if value not in values:
        raise RequestError(f"`{name}` has no such value")
    return value


# -- what the page says ----------------------------------------------------------------------------------------------


def chips(pairs: Pairs, names: Mapping[int, str], statuses: Mapping[str, str]) -> list[Chip]:
    """A label for each filter that is on. `names`: of members; `statuses`: labels of the dialogue's statuses."""
    shown = [pair for pair in pairs if pair[0] != "show"]
    return [
        Chip(_label(*pair, names, statuses), address(tuple(other for other in pairs if other != pair)))
        for pair in shown
    ]


def _label(name: str, value: str, names: Mapping[int, str], statuses: Mapping[str, str]) -> str:
    if name == "answer":
        field, _, said = value.partition("=")
        return f"{FIELD_LABELS.get(field, field)}: {said.replace('_', ' ')}"
    if name == "who":
        who = {"me": "me", "nobody": "nobody"}.get(value) or names.get(int(value), f"member {value}")
        return f"Taken by {who}"
    texts = {
        "q": f"“{value}”",
        "from": f"From {value}",
        "to": f"Until {value}",
        "urgency": "Emergencies" if value == "emergency" else summary.URGENCY_LABELS.get(value, value),
        "rule": f"Rule {value}",
        "status": f"Chat: {statuses.get(value, value)}",
        "review": "Closed ones too" if value == ALL else f"Review: {REVIEW_LABELS.get(value, value)}",
        "tag": f"Tag: {value}",
        "visit": "No visit" if value == "none" else f"Visit {value}",
        "intent": f"Said: {value.replace('_', ' ')}",
        "unread": "Unread",
        "unfinished": "Not finished",
        "low": "Hardly understood",
    }
    return texts[name]
