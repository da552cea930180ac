"""The figures as tables: the same rows for the page, the charts and the CSV files. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knee_intake.figures.care import RuleFigures, VisitFigures
from knee_intake.figures.pauses import quantile
from knee_intake.figures.talk_counts import (
    DOWN,
    NO_TIMES,
    SHUT,
    UNFIT,
    WAYS_OUT,
    DayCounts,
    QuestionNames,
)

Cell = str | int | float | None
Kind = Literal["text", "count", "percent", "seconds"]
UNITS = {"percent": " (%)", "seconds": " (s)"}

QUESTIONS = {
    "consent": "Consent", "who_for": "Who it is for", "emergency_screen": "Emergency checklist",
    "pain_location": "Where it hurts", "onset": "When and how it started", "injury_signs": "Signs at the injury",
    "age_band": "Age", "symptoms": "Signs now", "arthritis_history": "Arthritis", "activity_level": "Activity",
    "options": "Options shown", "injection_cautions": "Cautions for shots", "appointment": "Times offered",
    "contact": "Name and contact", "read_back": "Read back", "after_offer": "A few more questions",
    "pain_severity": "Pain from 0 to 10", "aggravated_by": "What makes it worse",
    "morning_stiffness": "Morning stiffness", "treatments_tried": "Tried so far", "goal": "Goal",
}  # fmt: skip
OPENED, AGREED, VISIT = "Chat opened", "Agreed", "Visit asked for"
_WAYS = {"care": "Sent to urgent care", "person": "To a person", "stopped": "Said stop", "silent": "Without a word"}
_NO_TIMES = {
    NO_TIMES: "No free time at all", UNFIT: "None that fitted the wish", DOWN: "The calendar did not answer",
    SHUT: "The clinic gave out no times",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """What stands in a column. Percent: 0 to 100."""

    label: str
    kind: Kind = "count"

    @property
    def with_unit(self) -> str:
        return self.label + UNITS.get(self.kind, "")


@dataclass(frozen=True)
class Table:
    """One set of figures."""

    name: str
    """Stands in the address of its CSV file."""
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def question_label(question: str) -> str:
    """A question's short name; of one that a clinic added itself, its id in words."""
    return QUESTIONS.get(question) or question.replace("_", " ").capitalize()


def share(part: int, whole: int) -> float | None:
    """In percent, to a tenth; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def by_day(days: Mapping[date, DayCounts]) -> Table:
    rows = [(day.isoformat(), one.opened, one.agreed, one.booked) for day, one in days.items()]
    return Table("days", "By day", _columns("Day", OPENED, AGREED, VISIT), tuple(rows))


def funnel(found: DayCounts, names: QuestionNames) -> Table:
    """Who came how far. A step counts everybody who came to it or further: who told enough by themselves passes it."""
    order = [question for question in names.before if question != "consent"]
    left = {question: sum(found.left.get(question, Counter()).values()) for question in order}
    reached, further = {}, found.booked
    for question in reversed(order):
        further += left[question]
        reached[question] = further
    first = reached[order[0]] if order else found.booked
    early = {
        way: sum(counts[way] for question, counts in found.left.items() if question not in reached) for way in WAYS_OUT
    }
    rows: list[tuple[Cell, ...]] = [
        _step(OPENED, found.opened, found.opened, found.opened - found.agreed, [None] * len(WAYS_OUT)),
        _step(AGREED, found.agreed, found.opened, found.agreed - first, list(early.values())),
    ]
    rows += [
        _step(
            question_label(question), reached[question], found.opened, left[question],
            [found.left.get(question, Counter())[way] for way in WAYS_OUT],
        )
        for question in order
    ]  # fmt: skip
    rows.append(_step(VISIT, found.booked, found.opened, None, [None] * len(WAYS_OUT)))
    columns = (
        Column("Step", "text"), Column("Reached"), Column("Of all chats", "percent"), Column("Left here"),
        Column("Of those who came here", "percent"), *(Column(_WAYS[way]) for way in WAYS_OUT),
    )  # fmt: skip
    note = (
        "Each chat stands at the last question it was asked. Whoever told enough by themselves was not asked every "
        "question on the way, and counts as having passed it."
    )
    return Table("funnel", "From opened to booked", columns, tuple(rows), note)


def _step(label: str, reached: int, opened: int, left: int | None, ways: Sequence[int | None]) -> tuple[Cell, ...]:
    lost = None if left is None else share(left, reached)
    return (label, reached, share(reached, opened), left, lost, *ways)


def pauses(found: DayCounts, names: QuestionNames) -> Table:
    """How long the replies took."""
    rows = []
    for question in (*names.before, *names.after):
        counts = found.pauses.get(question, Counter())
        if not found.put[question]:
            continue
        again = share(found.again[question], found.put[question])
        rows.append(
            (question_label(question), found.put[question], quantile(counts, 0.5), quantile(counts, 0.9), again)
        )
    columns = (
        Column("Question", "text"), Column("Times put"), Column("Median", "seconds"),
        Column("Nine of ten within", "seconds"), Column("Put again at once", "percent"),
    )  # fmt: skip
    note = "From the assistant’s question to the reply. Pauses of more than 30 minutes are left out."
    return Table("time", "Time per question", columns, tuple(rows), note)


def asked(found: DayCounts) -> Table:
    """What visitors asked, most first."""
    rows = []
    for intent, counts in sorted(found.asked.items(), key=lambda one: (-one[1]["asked"], one[0])):
        label = intent.removeprefix("ask_").replace("_", " ").capitalize()
        of = counts["asked"]
        reasons = (counts[name] for name in ("unanswered", "lost", "repeated", "thumbed"))
        rows.append((label, of, share(counts["bad"], of), *reasons))
    columns = (
        Column("Question about", "text"), Column("Asked"), Column("Answered badly", "percent"),
        Column("No answer given"), Column("Not understood next"), Column("Asked again at once"),
        Column("Not what was meant"),
    )  # fmt: skip
    note = (
        "Answered badly: no answer was given, the next message was not understood, the same was asked again at once, "
        "or the patient said that it was not what they meant."
    )
    return Table("asked", "Questions that visitors asked", columns, tuple(rows), note)


def urgent(rules: Sequence[RuleFigures], labels: Mapping[str, str]) -> Table:
    """Alerts by rule, and how soon staff were there."""
    rows = [
        (
            f"{one.rule} {labels.get(one.rule, '')}".strip(), one.alerts, _whole(one.view_median_s),
            _whole(one.view_worst_s), one.unviewed, _whole(one.seen_median_s), _whole(one.seen_worst_s), one.unseen,
        )
        for one in rules
    ]  # fmt: skip
    columns = (
        Column("Rule", "text"), Column("Alerts"), Column("First view, median", "seconds"),
        Column("First view, worst", "seconds"), Column("Not viewed yet"), Column("Acknowledged, median", "seconds"),
        Column("Acknowledged, worst", "seconds"), Column("Not acknowledged yet"),
    )  # fmt: skip
    note = "Viewed: a member of staff opened the conversation after the alert, as the audit log has it."
    return Table("urgent", "Urgent cases", columns, tuple(rows), note)


def understanding(found: DayCounts) -> Table:
    """How well messages were understood."""
    of = found.read["messages"]
    rows = [
        (label, found.read[name], share(found.read[name], of))
        for name, label in (
            ("rejected", "Not understood"), ("low", "Understood with low confidence"),
            ("corrected", "Corrected an earlier answer"),
        )
    ]  # fmt: skip
    columns = (Column("Messages of visitors", "text"), Column("Messages"), Column("Of all messages", "percent"))
    return Table("understanding", "Understanding", columns, tuple(rows), f"Of {of} messages.")


def no_times(found: DayCounts) -> Table:
    """How often no time was found."""
    of = found.times["sought"]
    rows = [("No times found, in all", found.times["any"], share(found.times["any"], of))]
    rows += [(label, found.times[name], share(found.times[name], of)) for name, label in _NO_TIMES.items()]
    columns = (Column("What was said", "text"), Column("Chats"), Column("Of those that came to times", "percent"))
    return Table("no-times", "No times found", columns, tuple(rows), f"{of} chats came to the times.")


def visits(days: Sequence[date], found: VisitFigures) -> Table:
    """Visits asked for in chats, by the day of asking."""
    states = ("requested", "booked", "cancelled", "spam")
    rows: list[tuple[Cell, ...]] = [
        (day.isoformat(), found.on(day), *(found.by_day.get(day, Counter())[state] for state in states)) for day in days
    ]
    columns = _columns("Day", "Asked for", "Still requested", "Booked", "Cancelled", "Marked as spam")
    note = (
        "By the day of asking, with what has become of them since. Visits marked as spam are not among those asked for."
    )
    return Table("visits", "Visits by day", columns, tuple(rows), note)


def _columns(first: str, *others: str) -> tuple[Column, ...]:
    return (Column(first, "text"), *(Column(label) for label in others))


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
