"""What the sections of a conversation's page show that are rooms of their own: calls, people, requests, replies."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from knee_intake.records.calls import Call
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import Detail
from knee_intake.web.call_pages import calls_section
from knee_intake.web.context import AppContext
from knee_intake.web.people_pages import people_section
from knee_intake.web.reply_pages import reply_choices
from knee_intake.web.request_pages import requests_section
from knee_intake.web.staff_view import StaffView


def sections(
    context: AppContext,
    view: StaffView,
    connection: Connection,
    member: Member,
    detail: Detail,
    call: Call | None,
    picked_reply: str | None,
) -> dict[str, Any]:
    """Values for the templates. Without consent nothing of a conversation is shown, so nothing is read."""
    if not detail.item.consented:
        return {}
    conversation = detail.item.id
    return {
        **calls_section(context, call),
        **people_section(context, view, connection, member, conversation),
        **requests_section(connection, conversation),
        **reply_choices(context, connection, detail, picked_reply),
    }
