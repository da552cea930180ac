"""/staff/audit: the audit log for managers. Each look at it is a row in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import RequestError
from knee_intake.records.audit import write_audit
from knee_intake.records.audit_queries import NOBODY, AuditFilters, all_members, known_actions, read_audit
from knee_intake.records.staff_queries import mark
from knee_intake.web.bodies import row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/audit"
LONGEST = 80  # characters, as the table holds them
_NOBODY = "none"
_ID_LENGTH = 36
"""Of a conversation's id; other subjects are clinicians, members and recipients."""


def audit_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The page."""
    return [Route(PAGE, console.page(AuditPages(context, console).log), methods=["GET"])]


class AuditPages:
    """The handler."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def log(self, request: Request, _form: Form) -> Response:
        given, before = _given(request.query_params), _before(request.query_params.get("before"))
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "manager")
            filters = AuditFilters(_member(given.get("member")), given.get("action"), given.get("conversation"))
            page = read_audit(connection, filters, before=before)
            members, actions = all_members(connection), known_actions(connection)
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="audit",
                subject=filters.conversation, detail={"rows": len(page.rows), **_noted(filters)},
            )  # fmt: skip
            state = mark(connection)
        body = self._console.view.render(
            "audit", session=session, mark=state, given=given, lines=[_line(row) for row in page.rows],
            members=[(_NOBODY, "no member"), *((str(number), name) for number, name in members)], actions=actions,
            first_part=before is None, newest=_address(given),
            older=_address({**given, "before": str(page.next)}) if page.next else None,
        )  # fmt: skip
        return HTMLResponse(body)


def _given(query: Mapping[str, str]) -> dict[str, str]:
    """The filters that are on. Raises RequestError where one is longer than anything in the log."""
    found = {name: query.get(name, "").strip() for name in ("member", "action", "conversation")}
    if any(len(value) > LONGEST or not value.isprintable() for value in found.values()):
        raise RequestError("a filter is too long or not printable")
    return {name: value for name, value in found.items() if value}


def _before(text: str | None) -> int | None:
    """The row behind which the part begins. Raises RequestError."""
    if not text:
        return None
    if not (number := row_number(text)):
        raise RequestError("`before`: expected the number of a row")
    return number


def _member(text: str | None) -> int | None:
    """Raises RequestError."""
    if text is None:
        return None
    if text == _NOBODY:
        return NOBODY
    if not (number := row_number(text)):
        raise RequestError("`member`: none, or the number of a member")
    return number


def _noted(filters: AuditFilters) -> dict[str, Any]:
    """By what was filtered; the conversation is the row's subject, and typed words are not kept."""
    return {name: True for name in ("member", "action") if getattr(filters, name) is not None}


def _line(row: Any) -> dict[str, Any]:
    detail = row.detail or {}
    return {
        "id": row.id,
        "at": row.at,
        "who": row.name or ("no member" if row.staff_id is None else f"member {row.staff_id}"),
        "action": row.action,
        "subject": row.subject,
        "conversation": row.subject if row.subject and len(row.subject) == _ID_LENGTH else None,
        "detail": "; ".join(f"{name.replace('_', ' ')}: {_words(value)}" for name, value in detail.items()),
    }


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _address(given: Mapping[str, str]) -> str:
    return f"{PAGE}?{urlencode(given)}" if given else PAGE
