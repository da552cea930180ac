"""Conversations as files, for reviewers: one from its page, or those of the list as it is filtered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from knee_intake import csv_cells
from knee_intake.errors import NotFoundError, RequestError
from knee_intake.exports.files import FORMATS, Format
from knee_intake.records.audit import write_audit
from knee_intake.records.exported import Exported, read_exported
from knee_intake.records.queue import list_keys, write_key
from knee_intake.records.restrictions import closed_to, hidden_ids
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import mark
from knee_intake.web.context import AppContext
from knee_intake.web.export_maker import make
from knee_intake.web.queue_filters import Pairs, address, chips, filters_of, read_pairs
from knee_intake.web.staff_gate import require
from knee_intake.web.staff_view import STATUS_LABELS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from knee_intake.web.staff import Console, Form

PAGE, FILE = "/staff/export", "/staff/export/file"
MOST = 1000
"""Conversations in one file; of a longer list the rest comes in further files."""
_AT_ONCE = 10
"""Conversations read in one transaction: a visitor's turn never waits for longer than that."""


def export_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The files, and the page that leads to those of the list."""
    pages = ExportPages(context, console)
    return [
        Route("/staff/conversations/{id}/export", console.page(pages.one), methods=["GET"]),
        Route(PAGE, console.page(pages.page), methods=["GET"]),
        Route(FILE, console.page(pages.file), methods=["GET"]),
    ]


class ExportPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._zone = context.clinic.practice.zoneinfo()

    def one(self, request: Request, _form: Form) -> Response:
        """One conversation as a file."""
        kind, made = self._format(request.query_params), self._context.clock()
        with self._context.database.write() as connection:
            member = self._reviewer(request, connection)
            found = read_exported(
                connection, request.path_params["id"], kind=kind, now=made, staff_id=member.id
            )  # fmt: skip
        maker = make(self._context.clinic, self._context.settings, made)
        text = "".join(FORMATS[kind].write([found], maker, False))
        name = f"conversation-{found.detail.item.id[:8]}.{FORMATS[kind].suffix}"
        return Response(_start(FORMATS[kind]) + text, headers=_saved_as(name), media_type=FORMATS[kind].media(False))

    def page(self, request: Request, _form: Form) -> Response:
        """What of the list would be in the file, in which formats."""
        pairs, after = self._asked(request)
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "reviewer")
            ids, following = self._part(connection, session.member, pairs, after)
            state = mark(connection)
        query = {"after": after} if after else {}
        body = self._console.view.render(
            "export", session=session, mark=state, number=len(ids), most=MOST, first_part=after is None,
            chips=chips(pairs, {}, STATUS_LABELS), list_address=address(pairs),
            formats=[
                (name, one.label, f"{FILE}?{urlencode([*pairs, *query.items(), ('format', name)])}")
                for name, one in FORMATS.items()
            ],
            next_part=f"{PAGE}?{urlencode([*pairs, ('after', following)])}" if following else None,
        )  # fmt: skip
        return HTMLResponse(body)

    def file(self, request: Request, _form: Form) -> Response:
        """A part of the list as a file, streamed."""
        (pairs, after), kind = self._asked(request), self._format(request.query_params)
        made = self._context.clock()
        with self._context.database.write() as connection:
            member = self._reviewer(request, connection)
            ids, _ = self._part(connection, member, pairs, after)
            note = {"format": kind, "conversations": len(ids), "filters": sorted({name for name, _ in pairs})}
            write_audit(connection, now=made, staff_id=member.id, action="export_list", detail=note)
        maker = make(self._context.clinic, self._context.settings, made)
        pieces = FORMATS[kind].write(self._read(ids, kind, member), maker, True)
        name = f"conversations-{made.astimezone(self._zone):%Y-%m-%d}.{FORMATS[kind].suffix_of_many}"
        return StreamingResponse(
            _streamed(FORMATS[kind], pieces), headers=_saved_as(name), media_type=FORMATS[kind].media(True)
        )

    def _read(self, ids: Sequence[str], kind: str, member: Member) -> Iterator[Exported]:
        """Each is noted as exported when it is read; one that was erased or restricted meanwhile is left out."""
        for first in range(0, len(ids), _AT_ONCE):
            found = []
            with self._context.database.write() as connection:
                now = self._context.clock()
                closed = closed_to(connection, member, now)
                for one in ids[first : first + _AT_ONCE]:
                    if one in closed:
                        continue
                    with suppress(NotFoundError):
                        found.append(read_exported(connection, one, kind=kind, now=now, staff_id=member.id))
            yield from found

    def _part(
        self, connection: Connection, member: Member, pairs: Pairs, after: str | None
    ) -> tuple[list[str], str | None]:
        """(ids, key of the next part) of the list as it is filtered, in its order, of what is open to the member."""
        hidden = hidden_ids(member, self._context.clock())
        filters = replace(filters_of(pairs, member=member, zone=self._zone), hidden=hidden, leaves_out=True)
        keys = list_keys(connection, filters, after=after, limit=MOST + 1)
        return [ident for _, _, ident in keys[:MOST]], write_key(keys[MOST - 1]) if len(keys) > MOST else None

    def _reviewer(self, request: Request, connection: Connection) -> Member:
        session = self._console.gate.session(request, connection)
        require(session.member, "reviewer")
        return session.member

    def _asked(self, request: Request) -> tuple[Pairs, str | None]:
        return read_pairs(request.query_params.multi_items()), request.query_params.get("after") or None

    def _format(self, query: Mapping[str, str]) -> str:
        kind = query.get("format") or "json"
        if kind not in FORMATS:
            raise RequestError(f"`format`: one of {', '.join(FORMATS)}")
        return kind


def _start(kind: Format) -> str:
    return csv_cells.BOM if kind.bom else ""


def _streamed(kind: Format, pieces: Iterator[str]) -> Iterator[bytes]:
    yield _start(kind).encode()
    for piece in pieces:
        yield piece.encode()


def _saved_as(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
