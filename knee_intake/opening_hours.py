"""Opening hours: what they look like in practice.yml, and how they are said to a person. PURE."""

from __future__ import annotations

from datetime import time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Keys of the opening hours, in the order of `date.weekday()`."""

OpeningHours = dict[str, list[list[str]]]
"""Day -> spans of [from, to], each "HH:MM" in the clinic's zone. A day that is not there is closed."""


def hours_in_words(hours: OpeningHours, day_names: list[str], days_to: str, spans_and: str) -> str:
    """Days with the same spans that follow each other are said together: "Monday to Friday, 9 AM to 5 PM".

    `day_names` runs from Monday to Sunday; `days_to` is like "{first} to {last}"; `spans_and` joins two spans of a day.
    """
    groups: list[tuple[list[str], list[list[str]]]] = []
    previous = -2
    for number, day in enumerate(DAYS):
        spans = hours.get(day, [])
        if not spans:
            continue
        if groups and previous == number - 1 and groups[-1][1] == spans:
            groups[-1][0].append(day_names[number])
        else:
            groups.append(([day_names[number]], spans))
        previous = number
    return "; ".join(f"{_days(names, days_to)}, {_spans(spans, spans_and)}" for names, spans in groups)


def is_clock(text: str) -> bool:
    """Whether it is a time of day as "HH:MM"."""
    try:
        return len(text) == 5 and time.fromisoformat(text) is not None
    except ValueError:
        return False


def _days(names: list[str], days_to: str) -> str:
    return names[0] if len(names) == 1 else days_to.format(first=names[0], last=names[-1])


def _spans(spans: list[list[str]], spans_and: str) -> str:
    return f" {spans_and} ".join(f"{_clock(start)} to {_clock(end)}" for start, end in spans)


def _clock(text: str) -> str:
    """A time of day as people write it: "09:00" is 9 AM."""
    moment = time.fromisoformat(text)
    if moment == time(12):
        return "noon"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{(moment.hour - 1) % 12 + 1}{minutes} {'AM' if moment.hour < 12 else 'PM'}"
