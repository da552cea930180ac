"""What staff do with requests about somebody's data: note one, decide it, give out a copy; each with its audit row."""

from __future__ import annotations

import msgspec
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError, PrivacyRequestError
from knee_intake.records.audit import write_audit
from knee_intake.records.commit import append_message
from knee_intake.records.erasure import erase
from knee_intake.records.privacy_requests import Asked, Decision, RowDict, add_request, decide, find_request
from knee_intake.records.restrictions import check, closed_to
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import read_conversation
from knee_intake.records.staff_record import record_json, record_text
from knee_intake.records.turn_rows import NewMessage
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

FORMATS = ("json", "text")


def note_request(context: AppContext, connection: Connection, member: Member, asked: Asked) -> int | None:
    """Write down what somebody asked for; None where it stands there already.

    Raises RoleError, RestrictedError, NotFoundError, PrivacyRequestError.
    """
    require(member, "reviewer")
    now = context.clock()
    if asked.conversation is not None:
        check(connection, member, asked.conversation, now)
    request = add_request(connection, asked, member.id, now)
    if request is not None:
        detail = {"request": request, "kind": asked.kind, "asked_by": asked.asked_by}
        write_audit(
            connection, now=now, staff_id=member.id, action="request_noted", subject=asked.conversation, detail=detail
        )
    return request


def see_request(context: AppContext, connection: Connection, member: Member, request: int) -> RowDict:
    """The request. Raises NotFoundError, also where its conversation is closed to the member."""
    row = find_request(connection, request)
    if row["there"] in closed_to(connection, member, context.clock()):
        raise NotFoundError("a request about a conversation that is closed to the member")
    return row


def role_for(kind: str) -> str:
    """Who may decide: erasing and giving out copies is for managers."""
    return "reviewer" if kind == "correct" else "manager"


def erases(request: RowDict, decision: Decision) -> bool:
    """Whether the decision deletes a conversation."""
    return request["kind"] == "delete" and decision.state == "done" and request["there"] is not None


def decide_request(
    context: AppContext, connection: Connection, member: Member, request: RowDict, decision: Decision
) -> None:
    """Decide, and answer in the chat where that is the way. What deletes goes by `erase_request`.

    Raises RoleError, PrivacyRequestError, ReviewChangedError.
    """
    _check_reply(request, decision)
    now = context.clock()
    decide(connection, request, decision, member.id, now)
    if decision.reply_by == "chat":
        message = NewMessage("staff", decision.reply, {"name": "request_answered"}, staff_id=member.id)
        append_message(connection, request["conversation_id"], message, now)
    _note(context, connection, member, request, decision)


def erase_request(context: AppContext, member: Member, request: RowDict, decision: Decision) -> None:
    """Delete the conversation and decide the request, both or neither.

    Raises RoleError, NotFoundError, OpenVisitError, ReviewChangedError, PrivacyRequestError.
    """
    _check_reply(request, decision)
    now = context.clock()

    def also(connection: Connection) -> None:
        decide(connection, request, decision, member.id, now)
        _note(context, connection, member, request, decision)

    erase(context.database, request["conversation_id"], now=now, staff_id=member.id, also=also)


def _check_reply(request: RowDict, decision: Decision) -> None:
    if decision.reply_by == "chat" and (request["there"] is None or request["consent_at"] is None):
        raise PrivacyRequestError("There is no chat that an answer could go into.")
    if decision.reply_by == "chat" and erases(request, decision):
        raise PrivacyRequestError("The chat is deleted with this, so the answer has to go another way.")
    if request["kind"] == "delete" and decision.state == "done" and not request["there"] and not decision.reason:
        raise PrivacyRequestError("Please say what was deleted: no conversation belongs to this request.")


def _note(context: AppContext, connection: Connection, member: Member, request: RowDict, decision: Decision) -> None:
    detail = {"request": request["id"], "kind": request["kind"], "decision": decision.state}
    write_audit(
        connection, now=context.clock(), staff_id=member.id, action="request_decided",
        subject=request["conversation_id"], detail=detail,
    )  # fmt: skip


def copy_of(
    context: AppContext, connection: Connection, member: Member, request: RowDict, form: str
) -> tuple[bytes, str, str]:
    """The data of the request's conversation: content, media type, file's ending. Raises RoleError, NotFoundError."""
    require(member, "manager")
    if form not in FORMATS:
        raise NotFoundError("no such format")
    if request["there"] is None or request["consent_at"] is None:
        raise NotFoundError("no conversation whose data may be copied")
    detail = read_conversation(connection, request["there"])
    write_audit(
        connection, now=context.clock(), staff_id=member.id, action="export", subject=request["there"],
        detail={"request": request["id"], "format": form},
    )  # fmt: skip
    if form == "text":
        return record_text(detail, context.clinic).encode(), "text/plain; charset=utf-8", "txt"
    data = record_json(detail, context.clinic.practice.zoneinfo())
    return msgspec.json.format(msgspec.json.encode(data), indent=2), "application/json", "json"
