"""What the clinic has answered, for a visitor who comes by the link of a mail and types its code."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from knee_intake.errors import CodeLockedError, CodeWrongError, LinkForgedError
from knee_intake.notices import outbox
from knee_intake.notices.links import AnswerLink, Links
from knee_intake.notices.outbox import TO_VISITOR
from knee_intake.records.database import Database
from knee_intake.records.schema import messages

MOST_WRONG = 5
"""Wrong codes after which a link is closed for good: one in 200,000 guesses of this many is right."""


@dataclass
class Answers:
    """Opens with the right code, and closes after a few wrong ones, in whatever process they were typed."""

    database: Database
    links: Links

    def check_open(self, link: AnswerLink) -> None:
        """Raises LinkForgedError where the mail is gone, CodeLockedError."""
        with self.database.read() as connection:
            notice = outbox.find(connection, link.notice)
        if notice is None or notice.kind != TO_VISITOR or notice.body.get("mail") != "answered":
            raise LinkForgedError("there is no such answer any more")
        if notice.body.get("wrong", 0) >= MOST_WRONG:
            raise CodeLockedError("too many wrong codes")

    def read(self, link: AnswerLink, code: str) -> list[Mapping[str, Any]]:
        """The messages that staff have written in this chat: {seq, at, text}. Raises also CodeWrongError."""
        self.check_open(link)
        typed = "".join(char for char in code if char.isascii() and char.isdigit())
        with self.database.write() as connection:
            notice = outbox.find(connection, link.notice, lock=True)
            if notice is None:
                raise LinkForgedError("there is no such answer any more")
            wrong = int(notice.body.get("wrong", 0))
            is_right = wrong < MOST_WRONG and hmac.compare_digest(self.links.code(notice.key), typed)
            if not is_right:
                outbox.change_body(connection, notice, wrong=wrong + 1)
            else:
                query = sa.select(messages.c.seq, messages.c.at, messages.c.text).where(
                    messages.c.conversation_id == notice.body["conversation"], messages.c.sender == "staff"
                )
                return [dict(row) for row in connection.execute(query.order_by(messages.c.seq)).mappings()]
        # raised out here: inside, the count of wrong codes would be undone with the transaction
        raise CodeLockedError("too many wrong codes") if wrong + 1 >= MOST_WRONG else CodeWrongError("a wrong code")
