"""What staff do with sentences: each deed and its audit row in one transaction; without a change there is no row."""

from __future__ import annotations

from sqlalchemy.engine import Connection
from starlette.requests import Request

from knee_intake.deidentify import DATE, deidentify, leftovers
from knee_intake.errors import LessonFormError
from knee_intake.learning.lesson_files import one_line
from knee_intake.records.audit import write_audit
from knee_intake.records.learning import Keeper, collect, judge
from knee_intake.records.lessons import LEARN, NOTHING, Decision, approve, decide, read_lesson
from knee_intake.records.list_changes import note_change
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.staff_accounts import Member
from knee_intake.web.bodies import clean_text
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import StaffGate, require

PARTS = 20
"""So many short transactions the upkeep makes at most, once a minute."""
PARTS_WAITED_FOR = 1
"""Whoever looks at the page waits for no more: as a rule that is all that is new since the upkeep."""


def keeper(context: AppContext) -> Keeper:
    """What the records need to know sentences again and to tell days."""
    return Keeper(context.secret, context.clinic.practice.zoneinfo())


def gather(context: AppContext, parts: int = PARTS) -> bool:
    """Bring inbox and figures in step with what was said, in short transactions; True once nothing is left."""
    for _ in range(parts):
        with context.database.write() as connection:
            if collect(connection, keeper(context), context.clock()):
                return True
    return False


def gather_for(context: AppContext, gate: StaffGate, request: Request) -> bool:
    """The same for a member who looks. Raises SignInError: nobody else has the database work."""
    with context.database.read() as connection:
        gate.session(request, connection, touch=False)
    return gather(context, PARTS_WAITED_FOR)


def note_decision(
    context: AppContext, connection: Connection, member: Member, lesson: int, seen: str, decision: Decision
) -> None:
    """Decide upon a sentence, for all who said it. Raises RoleError, NoSuchLessonError, ReviewChangedError."""
    require(member, "reviewer")
    now = context.clock()
    found = read_lesson(connection, lesson, hidden_ids(member, now))
    if decide(connection, lesson, seen, decision, found.example.asked, member.id, now):
        detail = {"sentence": lesson, "messages": found.count, "decision": decision.state}
        if decision.state == LEARN:
            detail |= {"intent": decision.intent, "findings": len(decision.expect)}
        write_audit(
            connection, now=now, staff_id=member.id, action="learn", subject=found.example.conversation, detail=detail
        )


def let_out(context: AppContext, connection: Connection, member: Member, lesson: int, typed: str) -> None:
    """Approve a sentence as it was read without personal data.

    Raises RoleError, NoSuchLessonError, ReviewChangedError, EmptyTextError, and LessonFormError where what is easily
    found still stands in it.
    """
    require(member, "reviewer")
    now = context.clock()
    found = read_lesson(connection, lesson, hidden_ids(member, now))
    text = one_line(clean_text(typed, context.settings.max_text))
    if left := leftovers(text, found.known):
        raise LessonFormError(f"This still holds personal data ({', '.join(left)}). Go back and take it out.")
    dated = DATE in deidentify(found.example.text, found.known).kinds()
    if approve(connection, lesson, text, dated=dated, staff_id=member.id, now=now):
        write_audit(
            connection, now=now, staff_id=member.id, action="learn_approve", subject=found.example.conversation,
            detail={"sentence": lesson},
        )  # fmt: skip


def keep_in(context: AppContext, connection: Connection, member: Member, lesson: int) -> None:
    """Nothing of this sentence may leave: there is nothing to learn from it. Raises as `note_decision`."""
    note_decision(context, connection, member, lesson, LEARN, Decision(NOTHING))


def judge_message(
    context: AppContext, connection: Connection, member: Member, conversation: str, seq: int, *, wrong: bool
) -> None:
    """Say that a message was understood wrongly, or take that back. Raises RoleError, NotFoundError."""
    require(member, "reviewer")
    now = context.clock()
    if judge(connection, conversation, seq, keeper(context), member.id, wrong=wrong):
        note_change(connection, now)
        write_audit(
            connection, now=now, staff_id=member.id, action="judge", subject=conversation,
            detail={"message": seq, "understood_wrongly": wrong},
        )  # fmt: skip
