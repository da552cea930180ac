"""The whole record of a conversation in words, for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knee_intake.interview import summary
from knee_intake.interview.chart_note import SOURCE
from knee_intake.interview.nice_pattern import nice_pattern
from knee_intake.paper.record_pages import Record, Said
from knee_intake.records.intake_view import booking_json
from knee_intake.records.notes import Note
from knee_intake.records.staff_queries import Detail
from knee_intake.web.context import AppContext
from knee_intake.web.conversation_view import CAUTIONS, VERDICT_LABELS, WISHES, Beside, alert_lines
from knee_intake.web.transcript_view import transcript, understood_line

if TYPE_CHECKING:
    from knee_intake.web.staff_view import StaffView

Section = tuple[str, list[str]]
_NOT_KEPT = "Said before consent, not kept."


def record_of(context: AppContext, view: StaffView, detail: Detail, beside: Beside | None, printed_by: str) -> Record:
    """`beside`: what staff have written, or None to leave it out. `printed_by`: the name of who prints it."""
    clinic = context.clinic
    rows = summary.answer_rows(detail.intake, clinic)
    pattern = nice_pattern(detail.intake)
    sections: list[Section] = [
        ("Red flags", alert_lines(detail, summary.rule_names(clinic))),
        ("In one line", [summary.complaint(detail.intake, clinic)]),
        *([("Pattern (for staff, not a diagnosis)", [pattern.line])] if pattern else []),
        ("Cautions", _short(rows, CAUTIONS)),
        ("Wishes", _short(rows, WISHES)),
        ("Booking", _booking(detail, view, context)),
        ("Not answered", [", ".join(summary.unanswered(detail.intake, clinic)) or "Nothing is missing."]),
        *(_written(beside, view) if beside else []),
        ("Record", _origin(detail, view, context)),
    ]
    return Record(
        title=detail.item.first_name or "No name yet",
        source=SOURCE,
        sections=sections,
        answers=[(row.label, row.value or "no answer", _how(row)) for row in rows],
        transcript=[said for line in transcript(detail) for said in _said(line, view)],
        foot=f"Conversation {detail.item.id[:8]}, printed {view.moment(context.clock())} by {printed_by}",
    )


def _short(rows: list[summary.Row], fields: tuple[str, ...]) -> list[str]:
    return [f"{row.label}: {row.value or row.how}" for row in rows if row.field in fields] or ["None told."]


def _how(row: summary.Row) -> str:
    source = row.how + (f", message {row.seq}" if row.seq is not None else "")
    return f"“{row.words}” ({source})" if row.words else f"({source})"


def _booking(detail: Detail, view: StaffView, context: AppContext) -> list[str]:
    lines = [
        f"{summary.visit_line(booking_json(visit), context.clinic)}, with {view.clinician(visit['clinician'])}, "
        f"{visit['contact'] or 'no contact'}"
        for visit in detail.visits
    ]
    lines += [
        f"Call back{', done' if row['done_at'] else ''}: {row['topic']}, {row['contact'] or 'no contact'}"
        for row in detail.callbacks
    ]
    return lines or ["None asked for."]


def _written(beside: Beside, view: StaffView) -> list[Section]:
    notes = [_note(note, view) for note in beside.notes]
    verdicts = [
        f"{one.author}, {view.moment(one.at)}: {VERDICT_LABELS[one.verdict]}{f'. {one.comment}' if one.comment else ''}"
        for one in beside.verdicts
    ]
    entry = beside.entry
    number = f", number {entry.number}" if entry and entry.number else ""
    chart = f"Entered by {entry.by}, {view.moment(entry.at)}{number}" if entry else "Not entered yet."
    return [
        ("Notes of the staff", notes or ["None."]),
        ("Review of the chat", verdicts or ["None."]),
        ("In the chart", [chart]),
    ]


def _note(note: Note, view: StaffView) -> str:
    text = "".join(piece.text for piece in note.pieces)
    removed = f" (struck out by {note.removed_by}, {view.moment(note.removed_at)})" if note.removed_at else ""
    return f"{note.author}, {view.moment(note.at)}{removed}: {text}"


def _origin(detail: Detail, view: StaffView, context: AppContext) -> list[str]:
    row = detail.conversation
    wording = f", wording {row['consent_version']}" if row["consent_version"] else ""
    return [
        f"Conversation {detail.item.id}",
        f"Consent {view.moment(row['consent_at'])}{wording}",
        f"Clinic texts and rules {context.clinic.digest[:12]}",
    ]


def _said(line: dict[str, Any], view: StaffView) -> list[Said]:
    found = []
    if line["back_after"]:
        found.append(Said(f"Session {line['session']}: back after {line['back_after']}", "", ""))
    who = {"visitor": "Patient", "bot": "Assistant", "staff": "Staff"}[line["sender"]]
    who += f" ({line['who']})" if line["who"] else ""
    rules = [f"safety rule {one['rule']} version {one['rule_version']}" for one in line["alerts"]]
    under = "; ".join(filter(None, [understood_line(line["read"]), *rules]))
    head = f"{line['seq']}  {who}, {view.moment(line['at'])}"
    found.append(Said(head, _NOT_KEPT if line["text"] is None else line["text"], under))
    if line["restart"]:
        found.append(Said("Started over: answers from before this are set aside", "", ""))
    return found
