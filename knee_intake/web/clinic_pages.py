"""/staff/clinic: the clinic's facts and texts, read and edited in the console; history and undo.

The files in clinic/ stay the one place where they stand. An edit is checked as at a start, written whole under the
folder's lock, and holds from the next look on (clinic_store.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.approvals import reviews
from knee_intake.clinic_draft import Draft, can_write
from knee_intake.clinic_entries import MODES, ROOMS, STATES, Entry, entries, find_entry
from knee_intake.clinic_forms import shown
from knee_intake.clinic_preview import preview
from knee_intake.clinic_proposal import Proposal, fingerprint, propose, propose_undo
from knee_intake.errors import ClinicBrokenError, ClinicChangedError, ClinicReadOnlyError, NoSuchTextError
from knee_intake.folder_lock import only_one
from knee_intake.records.audit import write_audit
from knee_intake.records.clinic_changes import PART, add_change, find_change, last_editors, read_changes
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark
from knee_intake.web.bodies import row_number
from knee_intake.web.clinic_view import line, told, verdict
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/clinic"
EDITOR = "manager"
"""The role that edits; a clinician approves (clinic_text_pages.py)."""
REFUSED = 400


def clinic_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The pages and their forms."""
    from knee_intake.web.clinic_text_pages import clinic_text_routes

    pages = ClinicPages(context, console)
    return [
        Route(PAGE, console.page(pages.room), methods=["GET"]),
        Route(f"{PAGE}/entry", console.page(pages.entry), methods=["GET"]),
        Route(f"{PAGE}/entry", console.page(pages.save), methods=["POST"]),
        Route(f"{PAGE}/check", console.page(pages.check), methods=["POST"]),
        Route(f"{PAGE}/history", console.page(pages.history), methods=["GET"]),
        Route(f"{PAGE}/undo", console.page(pages.undo), methods=["POST"]),
        *clinic_text_routes(context, console),
    ]


class ClinicPages:
    """The handlers."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    # ---- reading

    def room(self, request: Request, _form: Form) -> Response:
        """What the clinic's files say, one kind of thing at a time."""
        wanted = request.query_params.get("room", "facts")
        if wanted not in (*ROOMS, "safety"):
            raise NoSuchTextError("no such room")
        session, state, editors = self._look(request)
        clinic = self._context.clinic_now()
        found = [one for one in entries(clinic) if one.room == wanted]
        marks = {one.text.id: one for one in reviews(clinic)}
        lines = [line(one, clinic, marks, editors) for one in found]
        body = self._console.view.render(
            "clinic", session=session, mark=state, room=wanted, rooms=ROOMS, lines=lines, modes=MODES,
            widget=clinic.practice.widget, rules=clinic.red_flags.rules if wanted == "safety" else (),
            marks=marks, sources=clinic.sources, read_only=self._read_only, may_edit=self._may_edit(session),
        )  # fmt: skip
        return HTMLResponse(body)

    def entry(self, request: Request, _form: Form) -> Response:
        """One entry: its form, what a visitor reads, its history."""
        session, state, _ = self._look(request)
        entry = find_entry(self._context.clinic_now(), request.query_params.get("id", ""))
        self._refuse_broken(entry)
        values = shown(entry, Draft(self._folder, entry.file))
        said = preview(entry, self._context.clinic_now())
        saved = {"1": "saved", "undone": "undone"}.get(request.query_params.get("saved", ""))
        return self._form_page(session, state, entry, values, fingerprint(values), said=said, saved=saved)

    def history(self, request: Request, _form: Form) -> Response:
        """Every change, the newest first."""
        session, state, _ = self._look(request)
        named = {one.id: one for one in entries(self._context.clinic_now())}
        wanted = request.query_params.get("id") or None
        if wanted is not None and wanted not in named:
            raise NoSuchTextError("no entry has this id")
        before = row_number(request.query_params.get("before", "")) or None
        with self._context.database.read() as connection:
            rows = read_changes(connection, wanted, before)
        older = {"before": str(rows[-1]["id"]), **({"id": wanted} if wanted else {})} if len(rows) == PART else None
        body = self._console.view.render(
            "clinic_history", session=session, mark=state, rooms=ROOMS, room="history",
            rows=[told(row, named) for row in rows], entry=named.get(wanted or ""),
            older=f"{PAGE}/history?{urlencode(older)}" if older else None,
            may_edit=self._may_edit(session), read_only=self._read_only,
        )  # fmt: skip
        return HTMLResponse(body)

    # ---- changing

    def check(self, request: Request, form: Form) -> Response:
        """What would be said of the form, while it is filled in. Writes nothing."""
        self._editor(request, form)
        entry = find_entry(self._context.clinic_now(), form.get("id", ""))
        found = self._propose(entry, form)
        return Response(msgspec.json.encode(verdict(found)), media_type="application/json")

    def save(self, request: Request, form: Form) -> Response:
        """Save a form; or show it again with what speaks against it, or with what somebody else has saved."""
        session = self._editor(request, form)
        entry = find_entry(self._context.clinic_now(), form.get("id", ""))
        self._refuse_read_only()
        with only_one(self._folder):
            found = self._propose(entry, form)
            if not found.is_change and not found.refused:
                return _to(entry, "1")  # as sent before: the form came twice
            is_stale = form.get("was", "") != found.was
            wants_look = form.get("do") == "preview"
            unseen = bool(found.warned) and form.get("accept") != "yes"
            if not (is_stale or wants_look or found.refused or unseen):
                self._write(session, found)
                self._context.clinic_now()
                return _to(entry, "1")
        with self._context.database.read() as connection:
            state = mark(connection)
        theirs = shown(entry, Draft(self._folder, entry.file)) if is_stale else None
        status = ClinicChangedError.status if is_stale else 200 if wants_look else REFUSED
        return self._form_page(
            session, state, entry, {one.name: form.get(one.name, "") for one in entry.fields}, found.was,
            proposal=found, theirs=theirs, status=status,
        )  # fmt: skip

    def undo(self, request: Request, form: Form) -> Response:
        """Take a change back, as a change of its own."""
        session = self._editor(request, form)
        with self._context.database.read() as connection:
            row = find_change(connection, row_number(form.get("change", "")))
        entry = find_entry(self._context.clinic_now(), row["entry"])
        self._refuse_read_only()
        self._refuse_broken(entry)
        with only_one(self._folder):
            found = propose_undo(self._folder, entry, row["before"], row["after"])
            if found.refused:
                raise ClinicChangedError("what it was before cannot be written any more")
            self._write(session, found, undoes=row["id"])
        self._context.clinic_now()
        return _to(entry, "undone")

    def _write(self, session: Session, found: Proposal, undoes: int | None = None) -> None:
        """History, audit and file together: what cannot be written down is not changed."""
        entry, written = found.entry, False
        detail = {"file": entry.file, "key": entry.path, **({"undoes": undoes} if undoes else {})}
        try:
            with self._context.database.write() as connection:
                add_change(
                    connection, now=self._context.clock(), staff_id=session.member.id, entry=entry.id, file=entry.file,
                    key=entry.path, before=found.before, after=found.after, undoes=undoes,
                )  # fmt: skip
                write_audit(
                    connection, now=self._context.clock(), staff_id=session.member.id,
                    action="clinic_undo" if undoes else "clinic_edit", subject=entry.id[:80], detail=detail,
                )  # fmt: skip
                found.draft.write()
                written = True
        except BaseException:
            if written:
                found.draft.undo()
            raise

    # ---- parts

    @property
    def _folder(self) -> Path:
        return Path(self._context.settings.clinic_path)

    @property
    def _read_only(self) -> bool:
        return not can_write(self._folder)

    def _may_edit(self, session: Session) -> bool:
        return session.member.may(EDITOR) and not self._read_only

    def _refuse_read_only(self) -> None:
        if self._read_only:
            raise ClinicReadOnlyError("the folder cannot be written")

    def _refuse_broken(self, entry: Entry) -> None:
        """A file that was broken by hand is mended by hand: what a form would show of it is anybody's guess."""
        problem = self._context.clinics.problem if self._context.clinics is not None else None
        if problem is not None and Path(problem.file).name == entry.file:
            raise ClinicBrokenError(problem)

    def _look(self, request: Request) -> tuple[Session, str, dict[str, Any]]:
        """The session, the state of the console, and who changed which entry last."""
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            return session, mark(connection), last_editors(connection)

    def _editor(self, request: Request, form: Form) -> Session:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
        require(session.member, EDITOR)
        return session

    def _today(self) -> date:
        zone = self._context.clinic_now().practice.zoneinfo()
        return self._context.clock().astimezone(zone).date()

    def _propose(self, entry: Entry, form: Form) -> Proposal:
        self._refuse_broken(entry)
        return propose(self._folder, entry, form, self._today(), live=bool(self._context.settings.live))

    def _form_page(
        self,
        session: Session,
        state: str,
        entry: Entry,
        values: Mapping[str, str],
        was: str,
        *,
        said: Any = (),
        proposal: Proposal | None = None,
        theirs: Mapping[str, str] | None = None,
        saved: str | None = None,
        status: int = 200,
    ) -> Response:
        clinic = self._context.clinic_now()
        if proposal is not None and proposal.clinic is not None:
            said = preview(entry, proposal.clinic)
        with self._context.database.read() as connection:
            changes = read_changes(connection, entry.id)[:5]
        unit = next((one for one in reviews(clinic) if one.text.id == entry.unit), None)
        offered = {name: told for name, told in STATES.items() if name != "demo" or values.get("state") == "demo"}
        body = self._console.view.render(
            "clinic_entry", session=session, mark=state, entry=entry, values=values, was=was, said=said, rooms=ROOMS,
            room=entry.room, modes=MODES, states=offered, verdict=verdict(proposal) if proposal else None,
            theirs=theirs, saved=saved, may_edit=self._may_edit(session), read_only=self._read_only, review=unit,
            changes=[told(row, {entry.id: entry}) for row in changes], sources=clinic.sources,
            needs_tick=bool(proposal and proposal.warned and not proposal.refused),
        )  # fmt: skip
        return HTMLResponse(body, status_code=status)


def _to(entry: Entry, saved: str) -> Response:
    return RedirectResponse(f"{PAGE}/entry?{urlencode({'id': entry.id, 'saved': saved})}", status_code=303)
