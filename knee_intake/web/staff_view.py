"""Turns what staff_queries reads into pages: Jinja with escaping on, times in the clinic's zone."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from knee_intake.clinic import Clinic
from knee_intake.interview import summary
from knee_intake.interview.chosen_times import load
from knee_intake.interview.model import Intake
from knee_intake.records.privacy_requests import count_overdue
from knee_intake.records.reviews import COUNTED_TO, Counts, count
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import Detail
from knee_intake.web.context import AppContext
from knee_intake.web.queue_filters import REVIEW_LABELS
from knee_intake.web.transcript_view import session_count, transcript

STATUS_LABELS = {
    "consent_pending": "before consent",
    "refused": "did not agree",
    "active": "chatting",
    "advised": "sent to urgent care",
    "handed_over": "wants a person",
    "booked": "has asked for a visit",
    "stopped": "stopped",
    "finished": "finished",
}
SENDER_LABELS = {"visitor": "Patient", "bot": "Assistant", "staff": "Staff"}


class StaffView:
    """Renders the staff pages."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._zone: tzinfo = context.clinic.practice.zoneinfo()
        folder = Path(__file__).parent / "templates"
        self._pages = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters |= {
            "clinician": self.clinician,
            "moment": self.moment,
            "machine_time": lambda at: at.isoformat(timespec="seconds"),
            "plain": lambda value: str(value).replace("_", " "),
            "urgency": lambda value: summary.URGENCY_LABELS.get(value, value),
            "status": lambda value: STATUS_LABELS.get(value, value),
            "review": lambda value: REVIEW_LABELS.get(value, value),
            "sender": lambda value: SENDER_LABELS.get(value, value),
            "counted": lambda number: f"{number or ''}{'+' if number >= COUNTED_TO else ''}",
        }
        self._pages.globals |= {
            "live": bool(context.settings.live),
            "overdue": self._overdue,
            "news_counts": self._news_counts,
        }
        self._about: tuple[Clinic, dict[str, Any]] | None = None

    def _of_clinic(self) -> dict[str, Any]:
        """What every page says of the clinic as it is now."""
        clinic, clinics = self._context.clinic_now(), self._context.clinics
        if self._about is None or self._about[0] is not clinic:
            name = clinic.practice.name.value or "the clinic"
            self._about = clinic, {"unapproved": unapproved_texts(clinic), "clinic_name": name}
        return {
            **self._about[1],
            "clinic_problem": clinics.problem if clinics is not None else None,
            "waits_for_restart": clinics.waits_for_restart if clinics is not None else (),
        }

    def _overdue(self) -> int:
        """Requests about somebody's data that wait longer than they may: counted on every page."""
        with self._context.database.read() as connection:
            return count_overdue(connection, self._context.clock())

    def _news_counts(self) -> Counts:
        """What the rooms' names carry. A count that only a script put there would move the links under a finger."""
        with self._context.database.read() as connection:
            return count(connection)

    @property
    def zone(self) -> tzinfo:
        """The clinic's."""
        return self._zone

    def moment(self, at: datetime) -> str:
        """Nov 23, 3:04 PM; with the year where it is another one."""
        local = at.astimezone(self._zone)
        year = "" if local.year == self._context.clock().astimezone(self._zone).year else f", {local.year}"
        return f"{local:%b} {local.day}{year}, {local:%I:%M %p}".replace(", 0", ", ")

    def problem(self, status: int, sentence: str) -> str:
        return self.render("problem", status=status, sentence=sentence, session=None)

    def clinician(self, name: str) -> str:
        """A clinician's name or role, from the id."""
        for one in self._context.clinic.practice.clinicians:
            if one.id == name:
                return one.name or one.role["en"]
        return name.replace("_", " ")

    def visit(self, booking: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """A visit as the templates print it."""
        if booking is None:
            return None
        return {
            **booking,
            "when": summary.local_time(booking["start"], self._zone),
            "short": f"{booking['start'].astimezone(self._zone):%a}, {self.moment(booking['start'])}",
            "label": summary.visit_label(booking["kind"], self._context.clinic),
        }

    def _picked(self, intake: Intake) -> dict[str, Any] | None:
        """The times that the visitor has picked, while they are kept and not asked for yet."""
        state = intake.state
        if not state.get("chosen") or not state.get("hold_until"):
            return None
        until = datetime.fromisoformat(state["hold_until"])
        times = [load(time) for time in (state["chosen"], *state.get("also", []))]
        if until <= self._context.clock():
            return None
        return {"times": " or ".join(time.label(self._zone) for time in times), "until": until}

    def conversation(
        self,
        session: Session,
        detail: Detail,
        *,
        mark: str,
        members: Sequence[tuple[int, str]] = (),
        tags: Sequence[str] = (),
        beside: Mapping[str, Any],
        restricted_to: Sequence[tuple[int, str]] | None = None,
        open_until: datetime | None = None,
        everybody: Sequence[tuple[int, str]] = (),
        **sections: Any,
    ) -> str:
        """One conversation. `members` may take it, `tags` are in use; `beside`: conversation_view.page_values; where it
        is restricted, `restricted_to` are let in, of `everybody` who needs that; `open_until` is when an emergency
        opening ends; `sections` are those of other rooms."""
        clinic = self._context.clinic
        lines = transcript(detail)
        return self.render(
            "conversation",
            session=session,
            mark=mark,
            members=members,
            tags=tags,
            states=REVIEW_LABELS,
            item=detail.item,
            row=detail.conversation,
            complaint=summary.complaint(detail.intake, clinic),
            rows=summary.answer_rows(detail.intake, clinic),
            unanswered=summary.unanswered(detail.intake, clinic),
            rules=summary.rule_names(clinic),
            alerts=detail.alerts,
            visits=[self.visit(visit) for visit in detail.visits or filter(None, [detail.booking])],
            requests=len(detail.requests),
            picked=self._picked(detail.intake),
            spam=[self.visit(visit) for visit in detail.spam],
            callbacks=detail.callbacks,
            consents=detail.consents,
            lines=lines,
            sessions=session_count(lines),
            writer=detail.writer,
            restricted_to=restricted_to,
            open_until=open_until,
            everybody=everybody,
            closed=detail.is_closed,
            speakers=detail.names,
            message_key=secrets.token_urlsafe(12),
            longest=self._context.settings.max_text,
            **beside,
            **sections,
        )

    def notices(self, session: Session, *, mark: str, **found: Any) -> str:
        """What leaves the house, and what could not."""
        return self.render("notices", session=session, mark=mark, **found)

    def render(self, name: str, **values: Any) -> str:
        """The page of this name."""
        return self._pages.get_template(f"staff/{name}.html").render(**self._of_clinic(), **values)


def unapproved_texts(part: Any) -> int:
    """How many parts of a clinic's data still wait for a clinician's signature: those whose `approved_by` is empty."""
    if isinstance(part, (list, tuple)):
        return sum(map(unapproved_texts, part))
    if isinstance(part, Mapping):
        return sum(map(unapproved_texts, part.values()))
    if isinstance(part, msgspec.Struct):
        names: tuple[str, ...] = part.__struct_fields__
    elif is_dataclass(part):
        names = tuple(field.name for field in fields(part))
    else:
        return 0
    own = "approved_by" in names and part.approved_by is None
    return int(own) + sum(unapproved_texts(getattr(part, name)) for name in names)
