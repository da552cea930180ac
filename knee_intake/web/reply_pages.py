"""/staff/replies: texts that staff share, held to the rules of every text for patients; and their use in a chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import EmptyTextError, ReplyFormError
from knee_intake.records.audit import write_audit
from knee_intake.records.saved_replies import add_reply, change_reply, delete_reply, find_reply, replies
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import Detail, mark
from knee_intake.saved_texts import LONGEST_TEXT, LONGEST_TITLE, PLACEHOLDERS, Verdict, check, fill, missing
from knee_intake.web.bodies import clean_text, row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/replies"


def reply_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The list with the form for a new one, and the page of each."""
    pages = ReplyPages(context, console)
    return [
        Route(PAGE, console.page(pages.all), methods=["GET"]),
        Route(PAGE, console.page(pages.add), methods=["POST"]),
        Route(f"{PAGE}/{{reply}}", console.page(pages.one), methods=["GET"]),
        Route(f"{PAGE}/{{reply}}", console.page(pages.change), methods=["POST"]),
    ]


class ReplyPages:
    """The handlers. Reading is for everybody; managers write."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def all(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            return self._page(connection, session)

    def one(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "manager")
            row = find_reply(connection, row_number(request.path_params["reply"]))
            return self._page(connection, session, row, row, check(row["text"]))

    def add(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "manager")
            typed, verdict = _typed(form)
            if form.get("do") == "check" or verdict.refused:
                return self._page(connection, session, None, typed, verdict, kept=form.get("do") != "check")
            now = self._context.clock()
            reply = add_reply(connection, typed["title"], typed["text"], session.member.id, now)
            if reply is not None:
                self._note(connection, session, "reply_add", reply)
        return RedirectResponse(PAGE, status_code=303)

    def change(self, request: Request, form: Form) -> Response:
        reply, version = row_number(request.path_params["reply"]), row_number(form.get("version", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "manager")
            row = find_reply(connection, reply)
            if form.get("do") == "delete":
                delete_reply(connection, reply, version)
                self._note(connection, session, "reply_delete", reply)
                return RedirectResponse(PAGE, status_code=303)
            typed, verdict = _typed(form)
            if form.get("do") == "check" or verdict.refused:
                seen = {**row, "version": version}
                return self._page(connection, session, seen, typed, verdict, kept=form.get("do") != "check")
            now = self._context.clock()
            if change_reply(connection, reply, version, typed["title"], typed["text"], session.member.id, now):
                self._note(connection, session, "reply_change", reply)
        return RedirectResponse(PAGE, status_code=303)

    def _note(self, connection: Connection, session: Session, action: str, reply: int) -> None:
        write_audit(
            connection, now=self._context.clock(), staff_id=session.member.id, action=action, detail={"reply": reply}
        )

    def _page(
        self,
        connection: Connection,
        session: Session,
        row: Mapping[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
        verdict: Verdict | None = None,
        *,
        kept: bool = False,
    ) -> Response:
        """The list, or with `row` the page of that one; `typed` stands in the form: with 400 where that was refused."""
        found = replies(connection)
        body = self._console.view.render(
            "replies", session=session, mark=mark(connection), row=row, typed=typed or {"title": "", "text": ""},
            verdict=verdict, lines=[{**one, "verdict": check(one["text"])} for one in found],
            placeholders=PLACEHOLDERS, longest_title=LONGEST_TITLE, longest_text=LONGEST_TEXT,
        )  # fmt: skip
        return HTMLResponse(body, status_code=400 if kept else 200)


def _typed(form: Form) -> tuple[dict[str, str], Verdict]:
    """What was typed, and what the check says. Raises ReplyFormError where the title cannot stand."""
    title = " ".join(form.get("title", "").split())
    if not 1 <= len(title) <= LONGEST_TITLE or not title.isprintable():
        raise ReplyFormError(f"A title has 1 to {LONGEST_TITLE} characters.")
    try:
        text = clean_text(form.get("text", ""), 10 * LONGEST_TEXT)
    except EmptyTextError:
        text = ""
    return {"title": title, "text": text}, check(text)


def reply_choices(context: AppContext, connection: Connection, detail: Detail, picked: str | None) -> dict[str, Any]:
    """What the takeover form offers: each reply filled in for this patient, and the one that was picked as a draft."""
    values = {"clinic_phone": context.clinic.practice.phone_text()}
    if detail.item.first_name:
        values["first_name"] = detail.item.first_name
    if detail.booking is not None and detail.booking["status"] != "cancelled":
        values["reference"] = detail.booking["reference"]
    found = [
        {
            "id": row["id"], "title": row["title"], "text": fill(row["text"], values),
            "missing": missing(row["text"], values),
        }
        for row in replies(connection)
    ]  # fmt: skip
    chosen = row_number(picked or "")
    draft = next((one["text"] for one in found if one["id"] == chosen and not one["missing"]), "")
    return {"saved_replies": found, "picked_reply": chosen, "draft": draft}
