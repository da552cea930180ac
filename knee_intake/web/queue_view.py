"""The queue as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knee_intake.interview import summary
from knee_intake.interview.model import URGENCIES
from knee_intake.records.queue import VISITS
from knee_intake.records.reviews import COUNTED_TO, STATES, Counts
from knee_intake.records.saved_views import SavedView
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import ListItem, Page
from knee_intake.understanding.types import VALUES
from knee_intake.web.context import AppContext
from knee_intake.web.queue_filters import (
    FIELD_LABELS,
    REVIEW_LABELS,
    STATUSES,
    Pairs,
    address,
    chips,
    read_query,
    write_query,
)
from knee_intake.web.staff_view import STATUS_LABELS, StaffView

READY_VIEWS: tuple[tuple[str, Pairs], ...] = (
    ("Open", ()),
    ("Emergencies", (("urgency", "emergency"),)),
    ("Unread", (("unread", "1"),)),
    ("Mine", (("who", "me"),)),
    ("Nobody’s", (("who", "nobody"),)),
    ("To confirm", (("visit", "requested"),)),
)
"""Views that are always there."""
INTENTS = (
    "ask_botulinum", "ask_cost", "ask_evidence", "ask_side_effects", "ask_safety", "ask_hours", "ask_location",
    "ask_privacy", "book", "reschedule", "cancel_booking", "talk_to_human", "out_of_scope",
)  # fmt: skip
"""Offered in the filter; any other can be typed."""


@dataclass(frozen=True)
class Shown:
    """What the page shows beside the lines."""

    pairs: Pairs
    first_part: bool
    counts: Counts
    hidden: int
    """Chats without consent that the list leaves out."""
    views: Sequence[SavedView]
    members: Sequence[tuple[int, str]]
    tags: Sequence[str]
    old_feeds: Sequence[str]
    joined: Mapping[str, int]
    """For conversations that staff joined: how many others are the same person's."""


class QueueView:
    """Renders the list."""

    def __init__(self, context: AppContext, pages: StaffView) -> None:
        self._context, self._pages = context, pages

    def queue(self, session: Session, page: Page, shown: Shown, *, mark: str) -> str:
        """The list of conversations."""
        pairs = shown.pairs
        given = dict(pairs)
        return self._pages.render(
            "list",
            session=session,
            mark=mark,
            lines=[self._line(item) for item in page.items],
            next_part=address(pairs, after=page.next) if page.next else None,
            newest=address(pairs),
            query=write_query(pairs),
            given=given,
            chips=chips(pairs, dict(shown.members), STATUS_LABELS),
            answers=[value for name, value in pairs if name == "answer"],
            everything="show" in given,
            first_part=shown.first_part,
            counts=shown.counts,
            many=COUNTED_TO,
            hidden=shown.hidden,
            views=self._views(shown),
            choices=self._choices(shown),
            joined=shown.joined,
            old_feeds=[self._pages.clinician(one) for one in shown.old_feeds],
        )

    def _line(self, item: ListItem) -> dict[str, Any]:
        return {"item": item, "visit": self._pages.visit(item.booking)}

    def _views(self, shown: Shown) -> list[dict[str, Any]]:
        """Ready views and kept ones; the one that is on is marked."""
        on = {pair for pair in shown.pairs if pair[0] != "show"}
        kept = [(view.name, read_query(view.query), view) for view in shown.views]
        every = [(name, pairs, None) for name, pairs in READY_VIEWS] + kept
        return [
            {"name": name, "address": address(pairs), "on": set(pairs) == on, "kept": view}
            for name, pairs, view in every
        ]

    def _choices(self, shown: Shown) -> dict[str, list[tuple[str, str]]]:
        """(value, label) for the fields of the filter form."""
        urgencies = [(value, summary.URGENCY_LABELS[value]) for value in URGENCIES]
        return {
            "urgency": [("emergency", "Any emergency"), *urgencies],
            "rule": [(rule, f"{rule} {name}") for rule, name in summary.rule_names(self._context.clinic).items()],
            "status": [(value, STATUS_LABELS[value]) for value in STATUSES],
            "review": [("all", "all, closed too"), *((value, REVIEW_LABELS[value]) for value in STATES)],
            "who": [("me", "me"), ("nobody", "nobody"), *((str(number), name) for number, name in shown.members)],
            "visit": [(value, "no visit" if value == "none" else value) for value in VISITS],
            "tag": [(tag, tag) for tag in shown.tags],
            "intent": [(intent, intent.replace("_", " ")) for intent in INTENTS],
            "field": [(name, FIELD_LABELS[name]) for name in FIELD_LABELS if name in VALUES],
            "value": [(value, value.replace("_", " ")) for value in _values()],
        }


def _values() -> list[str]:
    return sorted({value for name in FIELD_LABELS for value in VALUES.get(name, ())})
