"""A small practice for tests: one clinician, New York, open on weekdays. Each test changes what it is about."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from knee_intake.practice import Practice, load_practice

FILE = Path(__file__).parents[1] / "clinic" / "practice.yml"
WEEK = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@cache
def _as_shipped() -> dict[str, Any]:
    """The clinic's own file, read once: no test changes what is in it."""
    shipped: dict[str, Any] = msgspec.to_builtins(load_practice(FILE))
    return shipped


def make_practice(booking: dict[str, Any] | None = None, **changes: Any) -> Practice:
    """`make_practice(hours=..., booking={"notice_hours": 0})`; hours are confirmed unless a test says otherwise."""
    rules = {
        "mode": "request",
        "notice_hours": 2,
        "horizon_days": 30,
        "step_minutes": 30,
        "buffer_minutes": 0,
        "hold_minutes": 10,
    }
    role = {"en": "Sports medicine doctor"}
    practice = {
        **_as_shipped(),
        "name": {"value": "Corner Street Clinic", "confirmed": True},
        "phone": {"value": "(212) 555-0143", "demo": True},
        "address": {"value": None},
        "zone": {"value": "America/New_York", "confirmed": True},
        "hours": {"value": WEEK, "confirmed": True},
        "holidays": [],
        "visit_types": [
            {"id": "first_visit", "label": {"en": "Knee visit"}, "minutes": 30, "services": []},
            {"id": "long_visit", "label": {"en": "Long knee visit"}, "minutes": 60, "services": []},
        ],
        "clinicians": [{"id": "one", "role": role, "name": None, "visit_types": ["first_visit", "long_visit"]}],
        "booking": {**rules, **(booking or {})},
    }
    return msgspec.convert({**practice, **changes}, Practice)
