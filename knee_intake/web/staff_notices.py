"""/staff/notices: who can be told, what could not be delivered, "try again", and a test. And "I have called"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake import duty
from knee_intake.notices import outbox
from knee_intake.notices.courier import test_notice
from knee_intake.notices.delivered import all_ways, last_deliveries
from knee_intake.notices.outbox import TO_VISITOR, TO_WEBHOOK, Notice
from knee_intake.practice import Practice
from knee_intake.records.audit import write_audit
from knee_intake.records.calls import note_reached
from knee_intake.records.staff_queries import finish_callback, mark
from knee_intake.web.bodies import row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/notices"
SHOWN = 50
"""So many rows of a list."""


def staff_notice_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The page and its two forms."""
    pages = NoticePages(context, console)
    return [
        Route(PAGE, console.page(pages.notices)),
        Route(f"{PAGE}/again", console.page(pages.again), methods=["POST"]),
        Route(f"{PAGE}/test", console.page(pages.test), methods=["POST"]),
        Route("/staff/conversations/{id}/called", console.page(pages.called), methods=["POST"]),
    ]


class NoticePages:
    """The handlers."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._channels = context.settings.notice_channels

    @property
    def _practice(self) -> Practice:
        return self._context.clinic.practice

    def notices(self, request: Request, _form: Form) -> Response:
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            ways = last_deliveries(connection, self._practice, self._channels, str(self._context.settings.webhook_url))
            lost, waiting = (
                [line(notice) for notice in rows]
                for rows in (outbox.given_up(connection, SHOWN), outbox.being_tried(connection, SHOWN))
            )
            state = mark(connection)
        body = self._console.view.notices(
            session, mark=state, ways=ways, lost=lost, waiting=waiting, sent="sent" in request.query_params,
            is_open=self._practice.is_open(now),
            told=duty.told_now(self._practice, "emergency_911", now, self._channels),
        )  # fmt: skip
        return HTMLResponse(body)

    def again(self, request: Request, form: Form) -> Response:
        """Have a notice tried again that was given up."""
        number = row_number(form.get("notice", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            if outbox.try_again(connection, number):
                write_audit(
                    connection, now=self._context.clock(), staff_id=session.member.id, action="notice_again",
                    subject=str(number),
                )  # fmt: skip
        return RedirectResponse(PAGE, status_code=303)

    def test(self, request: Request, form: Form) -> Response:
        """Send a test over every way to every recipient."""
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "admin")
            for way in all_ways(self._practice, self._channels):
                notice = test_notice(way, now)
                outbox.add(connection, notice.key, notice.kind, notice.body, now)
            write_audit(connection, now=now, staff_id=session.member.id, action="alert_test")
        return RedirectResponse(f"{PAGE}?sent=1", status_code=303)

    def called(self, request: Request, form: Form) -> Response:
        """A call back is done: nobody else is told of it, and the digest counts it no more."""
        conversation, number = request.path_params["id"], row_number(form.get("callback", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            now = self._context.clock()
            if finish_callback(connection, conversation, number, now):
                note_reached(connection, conversation, number, session.member.id, now)
                write_audit(connection, now=now, staff_id=session.member.id, action="called", subject=conversation)
        return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}", status_code=303)


def line(notice: Notice) -> dict[str, Any]:
    """What the page shows of a row: neither the visitor's address nor anything that was said."""
    body = notice.body
    if notice.kind == TO_VISITOR:
        about, to = body.get("mail", "mail"), "the visitor, by mail"
    else:
        about = body.get("happened", {}).get("kind", "notice")
        to = f"{body.get('to', 'staff')}, by {'webhook' if notice.kind == TO_WEBHOOK else 'mail'}"
    return {
        "id": notice.id,
        "about": about,
        "to": to,
        "conversation": body.get("conversation"),
        "tries": notice.tries,
        "error": notice.last_error,
        "created_at": notice.created_at,
        "dead_at": notice.dead_at,
        "next_try_at": notice.next_try_at,
    }
