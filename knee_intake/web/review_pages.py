"""What staff write down on a conversation's page: notes, mentions, verdicts; and the way to the next conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import EmptyTextError, ReviewFormError, TextTooLongError
from knee_intake.records import notes
from knee_intake.records.audit import write_audit
from knee_intake.records.queue_next import next_new
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.staff_queries import mark
from knee_intake.web.bodies import clean_id, clean_text, row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console

Form = Mapping[str, str]
MENTIONS = "/staff/mentions"


def review_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """Notes, verdicts, mentions, and "next"."""
    pages = ReviewPages(context, console)
    one = "/staff/conversations/{id}"
    return [
        Route(f"{one}/notes", console.page(pages.add_note), methods=["POST"]),
        Route(f"{one}/notes/{{note}}/remove", console.page(pages.remove_note), methods=["POST"]),
        Route(f"{one}/verdict", console.page(pages.verdict), methods=["POST"]),
        Route(MENTIONS, console.page(pages.mentions)),
        Route("/staff/next", console.page(pages.following)),
    ]


class ReviewPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def add_note(self, request: Request, form: Form) -> Response:
        conversation, now = request.path_params["id"], self._context.clock()
        key, text = clean_id(form.get("key", "")), _typed(form.get("note", ""), notes.LONGEST_NOTE)
        if not text:
            raise ReviewFormError("Please write something first.")
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            added = notes.add_note(connection, session.member, conversation, key=key, text=text, now=now)
            if added:
                note = {"note": added[0], **({"names": list(added[1])} if added[1] else {})}
                write_audit(
                    connection, now=now, staff_id=session.member.id, action="note", subject=conversation, detail=note
                )
        return _to(conversation, "notes")

    def remove_note(self, request: Request, form: Form) -> Response:
        """Strike a note out: one's own, or as a manager anybody's."""
        conversation, note = request.path_params["id"], row_number(request.path_params["note"])
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            if notes.remove_note(connection, session.member, conversation, note, now):
                write_audit(
                    connection, now=now, staff_id=session.member.id, action="note_removed", subject=conversation,
                    detail={"note": note},
                )  # fmt: skip
        return _to(conversation, "notes")

    def verdict(self, request: Request, form: Form) -> Response:
        conversation, now = request.path_params["id"], self._context.clock()
        found, comment = form.get("verdict", ""), _typed(form.get("comment", ""), notes.LONGEST_COMMENT)
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            if notes.give_verdict(connection, session.member, conversation, found, comment, now):
                write_audit(
                    connection, now=now, staff_id=session.member.id, action="verdict", subject=conversation,
                    detail={"verdict": found},
                )  # fmt: skip
        return _to(conversation, "verdict")

    def mentions(self, request: Request, _form: Form) -> Response:
        """The notes that name the one who looks. Opening a conversation marks its notes as seen, this list does not."""
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            found = notes.mentions_of(connection, session.member, hidden_ids(session.member, now))
            write_audit(
                connection, now=now, staff_id=session.member.id, action="mentions", detail={"notes": len(found)}
            )
            state = mark(connection)
        return HTMLResponse(self._console.view.render("mentions", session=session, mark=state, mentions=found))

    def following(self, request: Request, _form: Form) -> Response:
        """To the next conversation that nobody has begun with; to the list where there is none."""
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            hidden = hidden_ids(session.member, self._context.clock())
            found = next_new(connection, request.query_params.get("after"), hidden)
        return _to(found) if found else RedirectResponse("/staff?review=new", status_code=303)


def _typed(text: str, longest: int) -> str:
    """What was typed into a box, cleaned; empty where it holds nothing. Raises ReviewFormError."""
    try:
        return clean_text(text, longest)
    except EmptyTextError:
        return ""
    except TextTooLongError:
        raise ReviewFormError(f"That is too long: at most {longest} characters.") from None


def _to(conversation: str, part: str = "") -> Response:
    path = f"/staff/conversations/{quote(conversation, safe='')}"
    return RedirectResponse(f"{path}#{part}" if part else path, status_code=303)
