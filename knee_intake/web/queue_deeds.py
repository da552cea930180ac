"""What staff do with the queue: each deed and its audit row in one transaction; without a change there is no row."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from knee_intake.records import saved_views
from knee_intake.records.audit import write_audit
from knee_intake.records.commit import find_conversation
from knee_intake.records.queue import NOBODY
from knee_intake.records.reviews import Change, change
from knee_intake.records.staff_accounts import Member
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require


def change_review(
    context: AppContext, connection: Connection, member: Member, conversation: str, wanted: Change
) -> None:
    """Change state, assignee or tags. Raises RoleError, NotFoundError, ReviewFormError, ReviewChangedError,
    UnseenAlertError."""
    require(member, "reviewer")
    now = context.clock()
    done = change(connection, conversation, wanted, now)
    if done:
        write_audit(connection, now=now, staff_id=member.id, action="review", subject=conversation, detail=done)


def take(context: AppContext, connection: Connection, member: Member, conversation: str) -> None:
    """Take a conversation that nobody has; a new one is then in review. Taking one's own again changes nothing.

    Raises RoleError, NotFoundError, and ReviewChangedError where somebody else has it.
    """
    require(member, "reviewer")
    row = find_conversation(connection, conversation, lock=True)
    state = ("new", "in_review") if row["review"] == "new" else None
    wanted = Change(state=state, assignee=(NOBODY, member.id))
    change_review(context, connection, member, conversation, wanted)


def save_view(
    context: AppContext, connection: Connection, member: Member, *, name: str, query: str, shared: bool
) -> None:
    """Keep filters under a name. Only a reviewer shares a view. Raises RoleError, ReviewFormError."""
    if shared:
        require(member, "reviewer")
    now = context.clock()
    view = saved_views.save_view(connection, member, name=name, query=query, shared=shared, now=now)
    write_audit(
        connection, now=now, staff_id=member.id, action="view_save", detail={"view": view, "shared": shared}
    )  # fmt: skip


def delete_view(context: AppContext, connection: Connection, member: Member, view: int) -> None:
    """Forget a view. Raises NoSuchViewError."""
    saved_views.delete_view(connection, member, view)
    write_audit(connection, now=context.clock(), staff_id=member.id, action="view_delete", detail={"view": view})
