"""/staff/clinic/texts: what a clinician has to read, approve or reject; and the pack of it for paper.

A decision is the same as one of `knee-intake texts`: a line of approvals.yml, bound to the words that were read.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.approvals import FILE, Decision, Review, add_decisions, reviews
from knee_intake.clinic_draft import can_write
from knee_intake.clinic_entries import ROOMS, entries
from knee_intake.errors import (
    ClinicChangedError,
    ClinicReadOnlyError,
    DecisionFormError,
    NoSuchTextError,
    OutputError,
    RoleError,
)
from knee_intake.folder_lock import only_one
from knee_intake.patient_texts import SECTIONS
from knee_intake.records.audit import write_audit
from knee_intake.records.clinic_changes import last_editors
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark
from knee_intake.texts_command import LONGEST_COMMENT, LONGEST_NAME
from knee_intake.texts_pack import STATE_HELP, STYLE, Pack, address, as_html, cite, part_title, section_hash
from knee_intake.web.context import AppContext

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/clinic/texts"
WAITING = ("changed", "rejected", "open")
SHOW = {"waiting": "waiting for a decision", "approved": "approved", "all": "all"}
PACK_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The pack is one file with its style in it."""


def clinic_text_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The page, its form and the pack."""
    pages = TextPages(context, console)
    return [
        Route(PAGE, console.page(pages.texts), methods=["GET"]),
        Route(f"{PAGE}/decide", console.page(pages.decide), methods=["POST"]),
        Route(f"{PAGE}/pack", console.page(pages.pack), methods=["GET"]),
    ]


class TextPages:
    """The handlers."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def texts(self, request: Request, _form: Form) -> Response:
        """One section at a time; without a choice the first in which something waits."""
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            state, editors = mark(connection), last_editors(connection)
        clinic = self._context.clinic_now()
        every = reviews(clinic)
        show = request.query_params.get("show", "waiting")
        if show not in SHOW:
            raise NoSuchTextError("no such filter")
        section = request.query_params.get("section") or _first_waiting(every)
        if section not in SECTIONS:
            raise NoSuchTextError("no such section")
        mine = [one for one in every if one.text.section == section]
        editable = {one.unit: one.id for one in entries(clinic) if one.unit}
        body = self._console.view.render(
            "clinic_texts", session=session, mark=state, rooms=ROOMS, room="texts", section=section, show=show,
            shows=SHOW, sections=SECTIONS, counts=_counts(every), states=STATE_HELP,
            lines=[
                _line(one, clinic.sources, editors, editable, session)
                for one in mine if show == "all" or (one.state == "approved") == (show == "approved")
            ],
            whole=section_hash(mine), waiting=sum(one.state != "approved" for one in mine),
            may_decide=session.member.clinician and can_write(self._folder), read_only=not can_write(self._folder),
        )  # fmt: skip
        return HTMLResponse(body)

    def pack(self, request: Request, _form: Form) -> Response:
        """Every text on paper, as `knee-intake texts` prints it."""
        with self._context.database.write() as connection:
            self._console.gate.session(request, connection)
        clinic = self._context.clinic_now()
        now = self._context.clock().astimezone(clinic.practice.zoneinfo())
        response = HTMLResponse(as_html(Pack(clinic, reviews(clinic), True, now)))
        response.headers["content-security-policy"] = PACK_POLICY
        return response

    def decide(self, request: Request, form: Form) -> Response:
        """Approve or reject one text, or approve a section, in the words that were on the page."""
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
        if not session.member.clinician:
            raise RoleError("needs to be a clinician")
        if not can_write(self._folder):
            raise ClinicReadOnlyError("the folder cannot be written")
        word: Literal["approved", "rejected"] = "rejected" if form.get("do") == "reject" else "approved"
        comment = _comment(form.get("comment", ""), needed=word == "rejected")
        with only_one(self._folder):
            found = self._read(form)
            self._record(session, found, word, comment)
        self._context.clinic_now()
        back = {"section": found[0].text.section, "show": form.get("show", "waiting")}
        back = back if back["show"] in SHOW else {"section": back["section"]}
        return RedirectResponse(f"{PAGE}?{urlencode(back)}", status_code=303)

    @property
    def _folder(self) -> Path:
        return Path(self._context.settings.clinic_path)

    def _read(self, form: Form) -> list[Review]:
        """The texts that the form is about, where they are still what was read."""
        every = reviews(self._context.clinic_now())
        if section := form.get("section"):
            found = [one for one in every if one.text.section == section]
            if not found or form.get("do") == "reject":
                raise NoSuchTextError("no such section")
            same = section_hash(found) == form.get("hash")
        else:
            found = [one for one in every if one.text.id == form.get("text")]
            if not found:
                raise NoSuchTextError("no such text")
            same = found[0].text.hash == form.get("hash")
        if not same:
            raise ClinicChangedError("its words have changed since they were read")
        return found

    def _record(
        self, session: Session, found: list[Review], word: Literal["approved", "rejected"], comment: str
    ) -> None:
        now = self._context.clock()
        at = now.astimezone(self._context.clinic_now().practice.zoneinfo()).isoformat(timespec="seconds")
        decisions = [
            Decision(one.text.id, word, session.member.name[:LONGEST_NAME], at, one.text.hash, comment)
            for one in found
            if one.state != word
        ]
        if not decisions:
            return  # as sent before
        with self._context.database.write() as connection:
            for one in decisions:
                write_audit(
                    connection, now=now, staff_id=session.member.id, action=f"text_{word}", subject=one.text[:80],
                    detail={"words": one.hash[:8]},
                )  # fmt: skip
            try:
                add_decisions(self._folder / FILE, decisions)
            except OutputError as error:
                raise ClinicReadOnlyError(str(error)) from error


def _comment(given: str, *, needed: bool) -> str:
    """One line. Raises DecisionFormError."""
    text = " ".join(given.split())
    if len(text) > LONGEST_COMMENT or not text.isprintable():
        raise DecisionFormError(f"A comment has at most {LONGEST_COMMENT} characters. Nothing was decided.")
    if needed and not text:
        raise DecisionFormError("Please say in a comment why the text is rejected. Nothing was decided.")
    return text


def _first_waiting(every: list[Review]) -> str:
    found = {one.text.section for one in every if one.state in WAITING}
    return next((name for name in SECTIONS if name in found), next(iter(SECTIONS)))


def _counts(every: list[Review]) -> dict[str, Counter[str]]:
    """Section -> state -> how many."""
    found: dict[str, Counter[str]] = {name: Counter() for name in SECTIONS}
    for one in every:
        found[one.text.section][one.state] += 1
    return found


def _line(
    one: Review,
    sources: Mapping[str, Any],
    editors: Mapping[str, Any],
    editable: Mapping[str, str],
    session: Session,
) -> dict[str, Any]:
    editor = editors.get(one.text.id)
    by_editor = editor is not None and one.decision is not None and one.decision.by == editor[0]
    return {
        "review": one,
        "messages": [(part_title(part), part) for part in one.text.messages],
        "sources": [
            (source_id, cite(sources[source_id]), address(sources[source_id])) for source_id in one.text.sources
        ],
        "editor": editor,
        "own": editor is not None and editor[0] == session.member.name,
        "by_editor": by_editor and one.state == "approved",
        "entry": editable.get(one.text.id),
    }  # fmt: skip
