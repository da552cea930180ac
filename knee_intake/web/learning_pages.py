"""/staff/learning: the inbox of what was not understood well, the decision on a sentence, and what may leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.deidentify import Clean, deidentify
from knee_intake.errors import NotFoundError
from knee_intake.learning.lesson_files import export_files, trained_intents
from knee_intake.records.audit import write_audit
from knee_intake.records.lessons import (
    LEARN,
    PAGE,
    REASONS,
    Example,
    Lesson,
    approved,
    count_open,
    decided_counts,
    inbox,
    next_open,
    read_lesson,
    to_approve,
)
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.staff_queries import mark
from knee_intake.web import learning_deeds as deeds
from knee_intake.web import learning_form as fields
from knee_intake.web.bodies import row_number
from knee_intake.web.context import AppContext
from knee_intake.web.model_pages import model_routes
from knee_intake.web.quality_pages import quality_routes
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

INBOX = "/staff/learning"
AT_ONCE = 10
"""Sentences that are read for approval on one page."""
REASON_LABELS = {
    "judged": "judged wrong by staff",
    "thumbed": "thumbs down by the patient",
    "corrected": "corrected by the patient",
    "rejected": "not understood",
    "low": "low confidence",
}


def learning_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The pages, and the forms on them."""
    pages = LearningPages(context, console)
    return [
        Route(INBOX, console.page(pages.inbox), methods=["GET"]),
        Route(f"{INBOX}/approve", console.page(pages.approval), methods=["GET"]),
        Route(f"{INBOX}/export/{{name}}", console.page(pages.download), methods=["GET"]),
        Route(f"{INBOX}/sentences/{{lesson}}", console.page(pages.sentence), methods=["GET"]),
        Route(f"{INBOX}/sentences/{{lesson}}", console.page(pages.decide), methods=["POST"]),
        Route(f"{INBOX}/sentences/{{lesson}}/approve", console.page(pages.approve), methods=["POST"]),
        Route("/staff/conversations/{id}/misread", console.page(pages.judge), methods=["POST"]),
        *quality_routes(context, console),
        *model_routes(context, console),
    ]


class LearningPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    # -- looking -----------------------------------------------------------------------------------------------------

    def inbox(self, request: Request, _form: Form) -> Response:
        reason = _reason(request.query_params)
        complete = deeds.gather_for(self._context, self._console.gate, request)
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            now = self._context.clock()
            hidden = hidden_ids(session.member, now)
            lines = inbox(connection, reason, hidden=hidden)
            write_audit(
                connection, now=now, staff_id=session.member.id, action="learning", detail={"sentences": len(lines)}
            )
            values = {
                "counts": count_open(connection, hidden), "decided": decided_counts(connection),
                "mark": mark(connection),
                "names": list(export_files(approved(connection))) if session.member.may("manager") else [],
            }  # fmt: skip
        body = self._console.view.render(
            "learning", session=session, reason=reason, lines=lines, complete=complete, limit=PAGE,
            labels=REASON_LABELS, behind=_behind(reason), **values,
        )  # fmt: skip
        return HTMLResponse(body)

    def sentence(self, request: Request, _form: Form) -> Response:
        reason = _reason(request.query_params)
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            hidden = hidden_ids(session.member, self._context.clock())
            lesson = read_lesson(connection, row_number(request.path_params["lesson"]), hidden)
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="learning_view",
                subject=lesson.example.conversation, detail={"sentence": lesson.id},
            )  # fmt: skip
            left, state = count_open(connection, hidden)["all"], mark(connection)
        trained = self._trained()
        understood = lesson.example.understanding
        findings = lesson.expect if lesson.state == LEARN else understood.get("findings") or {}
        denied = lesson.negated if lesson.state == LEARN else understood.get("negated") or ()
        body = self._console.view.render(
            "learning_sentence", session=session, mark=state, lesson=lesson, reason=reason, left=left,
            labels=REASON_LABELS, pieces=list(_pieces(lesson.example)), why=_why(lesson.example),
            likely=fields.likely_intents(understood, trained), trained=sorted(trained),
            lists=fields.list_boxes(findings), singles=fields.single_choices(findings),
            numbers=fields.numbers(findings), denied=fields.denied_boxes(denied), behind=_behind(reason),
        )  # fmt: skip
        return HTMLResponse(body)

    def approval(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "reviewer")
            hidden = hidden_ids(session.member, self._context.clock())
            waiting = to_approve(connection, limit=AT_ONCE, hidden=hidden)
            for lesson in waiting:
                write_audit(
                    connection, now=self._context.clock(), staff_id=session.member.id, action="learning_view",
                    subject=lesson.example.conversation, detail={"sentence": lesson.id},
                )  # fmt: skip
            left, state = count_open(connection, hidden)["to approve"], mark(connection)
        body = self._console.view.render(
            "learning_approve", session=session, mark=state, left=left, lines=[_side_by_side(one) for one in waiting],
            longest=self._context.settings.max_text,
        )  # fmt: skip
        return HTMLResponse(body)

    def download(self, request: Request, _form: Form) -> Response:
        """One file of the approved sentences, by the last part of its name."""
        name = request.path_params["name"]
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "manager")
            some = approved(connection)
            files = {path.rpartition("/")[2]: content for path, content in export_files(some).items()}
            if name not in files:
                raise NotFoundError("no such file")
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="learning_export",
                detail={"file": name, "sentences": len(some)},
            )  # fmt: skip
        kind = "application/yaml" if name.endswith(".yml") else "application/x-ndjson"
        return Response(files[name], media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})

    # -- changing ----------------------------------------------------------------------------------------------------

    def decide(self, request: Request, form: Form) -> Response:
        lesson, reason = row_number(request.path_params["lesson"]), _reason(form)
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            decision = fields.read_decision(form, self._trained())
            deeds.note_decision(self._context, connection, session.member, lesson, form.get("seen", ""), decision)
            hidden = hidden_ids(session.member, self._context.clock())
            following = next_open(connection, reason, but=lesson, hidden=hidden)
        where = f"{INBOX}/sentences/{following}" if following else INBOX
        return RedirectResponse(where + _behind(reason), status_code=303)

    def approve(self, request: Request, form: Form) -> Response:
        lesson = row_number(request.path_params["lesson"])
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            if form.get("do") == "keep":
                deeds.keep_in(self._context, connection, session.member, lesson)
            else:
                deeds.let_out(self._context, connection, session.member, lesson, form.get("text", ""))
        return RedirectResponse(f"{INBOX}/approve", status_code=303)

    def judge(self, request: Request, form: Form) -> Response:
        conversation, seq = request.path_params["id"], row_number(form.get("seq", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            wrong = form.get("wrong") == "1"
            deeds.judge_message(self._context, connection, session.member, conversation, seq, wrong=wrong)
        return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}#m{seq}", status_code=303)

    def _trained(self) -> list[str]:
        return trained_intents(self._context.settings.home_path / "domain.yml")


def _reason(given: Mapping[str, str]) -> str:
    reason = given.get("reason", "")
    return reason if reason in REASONS else ""


def _behind(reason: str) -> str:
    return f"?{urlencode({'reason': reason})}" if reason else ""


def _pieces(example: Example) -> Iterator[dict[str, Any]]:
    """The text in pieces; a piece that something was read from says what."""
    text, at = example.text, 0
    spans = sorted(_evidence(example), key=lambda one: (one["start"], -one["end"]))
    for one in spans:
        if one["start"] < at:
            continue
        if one["start"] > at:
            yield {"text": text[at : one["start"]], "read": None}
        yield {"text": text[one["start"] : one["end"]], "read": _read_as(one)}
        at = one["end"]
    if at < len(text):
        yield {"text": text[at:], "read": None}


def _evidence(example: Example) -> list[dict[str, Any]]:
    found = example.understanding.get("why") or ()
    longest = len(example.text)
    return [one for one in found if 0 <= one.get("start", -1) < one.get("end", -1) <= longest]


def _read_as(one: Mapping[str, Any]) -> str:
    words = f"{one['field']}: {one['value']}".replace("_", " ")
    return words if one["assertion"] == "affirmed" else f"{words} ({one['assertion']})"


def _why(example: Example) -> list[dict[str, str]]:
    found = example.understanding.get("why") or ()
    return [{"words": str(one["words"]), "read": _read_as(one)} for one in found]


def _side_by_side(lesson: Lesson) -> dict[str, Any]:
    clean = deidentify(lesson.example.text, lesson.known)
    return {"lesson": lesson, "before": list(_marked(lesson.example.text, clean)), "after": clean.text,
            "kinds": clean.kinds()}  # fmt: skip


def _marked(text: str, clean: Clean) -> Iterator[tuple[str, str | None]]:
    """(piece, what kind of thing it is that was taken out of it)"""
    at = 0
    for one in clean.removed:
        if one.start > at:
            yield text[at : one.start], None
        yield text[one.start : one.end], one.kind
        at = one.end
    if at < len(text):
        yield text[at:], None
