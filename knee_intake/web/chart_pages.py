"""From the conversation to the clinic's own chart: the note as text and as PDF, the whole record, the tick, the list.

Every export is a row of the audit log, also a copy by the button: the page tells the server of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import NothingToHandOverError, ReviewFormError
from knee_intake.paper.chart_page import chart_pdf
from knee_intake.paper.record_pages import record_pdf
from knee_intake.records import chart_entries
from knee_intake.records.audit import write_audit
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import Detail, mark, read_conversation
from knee_intake.records.staff_record import record_note
from knee_intake.web.bodies import row_number
from knee_intake.web.context import AppContext
from knee_intake.web.conversation_view import Beside, read_beside
from knee_intake.web.record_view import record_of
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from knee_intake.web.staff import Console

Form = Mapping[str, str]
LIST = "/staff/charting"
_HASH_BYTES = 32


def chart_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The exports, the tick, and the list of what waits."""
    pages = ChartPages(context, console)
    one = "/staff/conversations/{id}"
    return [
        Route(f"{one}/chart.txt", console.page(pages.text)),
        Route(f"{one}/chart.pdf", console.page(pages.one_page)),
        Route(f"{one}/record.pdf", console.page(pages.record)),
        Route(f"{one}/copied", console.page(pages.copied), methods=["POST"]),
        Route(f"{one}/entered", console.page(pages.entered), methods=["POST"]),
        Route(f"{one}/entered/undo", console.page(pages.undo), methods=["POST"]),
        Route(LIST, console.page(pages.waiting)),
    ]


class ChartPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    # -- exports -----------------------------------------------------------------------------------------------------

    def text(self, request: Request, _form: Form) -> Response:
        detail, _, _ = self._export(request, "text")
        note = record_note(detail, self._context.clinic).text
        return _file(note.encode(), "text/plain; charset=utf-8", f"knee-intake-{detail.item.id[:8]}.txt")

    def one_page(self, request: Request, _form: Form) -> Response:
        detail, _, _ = self._export(request, "page")
        pdf = chart_pdf(record_note(detail, self._context.clinic), self._context.clock())
        return _file(pdf, "application/pdf", f"knee-intake-{detail.item.id[:8]}.pdf", shown=True)

    def record(self, request: Request, _form: Form) -> Response:
        """The whole record; `?notes=0` leaves out what staff have written."""
        with_notes = request.query_params.get("notes") != "0"
        detail, beside, session = self._export(request, "record", notes=with_notes)
        record = record_of(
            self._context, self._console.view, detail, beside if with_notes else None, session.member.name
        )
        pdf = record_pdf(record, self._context.clock())
        return _file(pdf, "application/pdf", f"knee-intake-{detail.item.id[:8]}-record.pdf", shown=True)

    def copied(self, request: Request, form: Form) -> Response:
        """The note was copied by the button."""
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            _open_to_staff(read_conversation(connection, conversation))
            self._note_export(connection, session, conversation, "copy")
        return Response(status_code=204)

    def _export(self, request: Request, kind: str, **more: bool) -> tuple[Detail, Beside, Session]:
        """What is to be handed over, with its row in the audit log. Raises NothingToHandOverError, NotFoundError."""
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            detail = read_conversation(connection, conversation)
            _open_to_staff(detail)
            beside = read_beside(self._context, connection, session.member, conversation)
            self._note_export(connection, session, conversation, kind, **more)
        return detail, beside, session

    def _note_export(
        self, connection: Connection, session: Session, conversation: str, kind: str, **more: bool
    ) -> None:
        write_audit(
            connection, now=self._context.clock(), staff_id=session.member.id, action="export", subject=conversation,
            detail={"format": kind, **more},
        )  # fmt: skip

    # -- the tick ----------------------------------------------------------------------------------------------------

    def entered(self, request: Request, form: Form) -> Response:
        """It stands in the chart now, as the sender of the form saw it."""
        conversation, now = request.path_params["id"], self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            _open_to_staff(read_conversation(connection, conversation))
            entry = chart_entries.enter(
                connection, conversation, was=row_number(form.get("was", "")), number=form.get("number", ""),
                content=_content(form.get("content", "")), staff_id=session.member.id, now=now,
            )  # fmt: skip
            if entry is not None:
                write_audit(
                    connection, now=now, staff_id=session.member.id, action="chart_entered", subject=conversation,
                    detail={"entry": entry},
                )  # fmt: skip
        return _to(conversation)

    def undo(self, request: Request, form: Form) -> Response:
        conversation, now = request.path_params["id"], self._context.clock()
        entry = row_number(form.get("entry", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            if chart_entries.undo(connection, conversation, entry, session.member.id, now):
                write_audit(
                    connection, now=now, staff_id=session.member.id, action="chart_undone", subject=conversation,
                    detail={"entry": entry},
                )  # fmt: skip
        return _to(conversation)

    # -- the list ----------------------------------------------------------------------------------------------------

    def waiting(self, request: Request, _form: Form) -> Response:
        """What is not in the chart yet, and what changed since it was entered."""
        after, closed = request.query_params.get("after"), request.query_params.get("closed") == "1"
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            hidden = hidden_ids(session.member, self._context.clock())
            items, behind = chart_entries.not_entered(connection, after=after, closed=closed, hidden=hidden)
            changed = chart_entries.changed_since(connection, hidden) if after is None else []
            counts = [chart_entries.count_not_entered(connection, closed=one, hidden=hidden) for one in (False, True)]
            rows = {"rows": len(items) + len(changed)}
            write_audit(connection, now=self._context.clock(), staff_id=session.member.id, action="list", detail=rows)
            state = mark(connection)
        body = self._console.view.render(
            "charting", session=session, mark=state, items=items, changed=changed, open_count=counts[0],
            closed_count=counts[1], many=chart_entries.COUNTED_TO, closed=closed, first_part=after is None,
            newest=LIST + ("?closed=1" if closed else ""),
            next_part=f"{LIST}?{'closed=1&' if closed else ''}after={behind}" if behind else None,
        )  # fmt: skip
        return HTMLResponse(body)


def _open_to_staff(detail: Detail) -> None:
    if not detail.item.consented:
        raise NothingToHandOverError("without consent nothing is handed over")


def _content(text: str) -> bytes:
    """The hash that the form was made with. Raises ReviewFormError."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != _HASH_BYTES:
        raise ReviewFormError("This form is broken. Please load the page again.")
    return found


def _file(content: bytes, media_type: str, name: str, *, shown: bool = False) -> Response:
    """A file to be kept, or to be shown by the browser."""
    place = "inline" if shown else "attachment"
    return Response(content, media_type=media_type, headers={"content-disposition": f'{place}; filename="{name}"'})


def _to(conversation: str) -> Response:
    return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}#handover", status_code=303)
