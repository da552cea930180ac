"""What a mail says, and the message that is handed to the mail server. PURE.

No name, no health word and nothing that a visitor typed stands in any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from knee_intake.booking import Booking, time_label
from knee_intake.booking.ics import calendar_file
from knee_intake.notices.links import ANSWER_LIFE, STOP_LIFE, AnswerLink, Links, StopLink, VisitLink, mark_of
from knee_intake.notices.texts import Letter, NoticeTexts
from knee_intake.practice import Practice
from knee_intake.texts import in_language

CALENDAR_NAME = "clinic-visit.ics"
STAFF_PAGES = "/staff"


@dataclass(frozen=True)
class Mail:
    """One mail, without its sender and recipient."""

    subject: str
    text: str
    calendar: bytes | None = None
    """An iCalendar file to be attached."""
    stop: str | None = None
    """The link that ends such mails; a mail program may offer it as a button."""

    def message(self, *, sender: str, to: str, message_id: str, now: datetime) -> EmailMessage:
        """For the mail server. The same id each time it is repeated, so that a mailbox can drop a second one."""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = to
        message["Subject"] = self.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{message_id}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply, please
        if self.stop is not None:
            message["List-Unsubscribe"] = f"<{self.stop}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058: a POST to the link is enough
        message.set_content(self.text)
        if self.calendar is not None:
            kind = {"method": "CANCEL" if b"METHOD:CANCEL" in self.calendar else "PUBLISH", "charset": "utf-8"}
            message.add_attachment(
                self.calendar, maintype="text", subtype="calendar", filename=CALENDAR_NAME, params=kind
            )
        return message


class MailWriter:
    """Fills the clinic's words in."""

    def __init__(self, texts: NoticeTexts, practice: Practice, links: Links, lang: str = "en") -> None:
        self._texts, self._practice, self._links, self._lang = texts, practice, links, lang

    def visit(self, visit: Booking, address: str, now: datetime, *, has_new_time: bool = False) -> Mail:
        """On a visit as it is now, with its calendar file. `has_new_time`: cancelled, but another one stands."""
        mails = self._texts.mails
        letters = {"requested": mails.requested, "booked": mails.booked, "cancelled": mails.cancelled}
        letter = mails.moved if visit.status == "cancelled" and has_new_time else letters[visit.status]
        file = calendar_file(visit, self._practice, now, self._lang)
        return self._mail(letter, visit.conversation, self._of_visit(visit, address), now, file)

    def reminder(self, visit: Booking, address: str, now: datetime) -> Mail:
        mails = self._texts.mails
        letter = mails.reminder_booked if visit.status == "booked" else mails.reminder_requested
        return self._mail(letter, visit.conversation, self._of_visit(visit, address), now)

    def answered(self, conversation: str, notice: int, key: str, since: datetime, now: datetime) -> Mail:
        """On an answer of the clinic's; the link's time counts from `since`."""
        link = self._links.answer(AnswerLink(notice, since + ANSWER_LIFE))
        return self._mail(self._texts.mails.answered, conversation, {"link": link, "code": self._links.code(key)}, now)

    def _of_visit(self, visit: Booking, address: str) -> dict[str, str]:
        link = VisitLink(str(visit.conversation), visit.reference, mark_of(address), visit.start)
        pages = {page: self._links.visit(link, page) for page in ("keep", "move", "cancel", "confirm")}
        pages["visit"] = self._links.visit(link)
        return {"time": self._time(visit.start), "reference": visit.reference, **pages}

    def _mail(
        self,
        letter: Letter,
        conversation: str | None,
        values: Mapping[str, str],
        now: datetime,
        calendar: bytes | None = None,
    ) -> Mail:
        stop = self._links.stop(StopLink(str(conversation), now + STOP_LIFE))
        text, footer = in_language(letter.text, self._lang), in_language(self._texts.mails.footer, self._lang)
        values = {**self._anywhere(), **values, "stop": stop}
        subject = in_language(letter.subject, self._lang)
        said = f"{text.strip()}\n\n-- \n{footer.strip()}\n".format(**values)
        return Mail(subject.format(**values).strip(), said, calendar, stop)

    # ---- to staff ----------------------------------------------------------------------------------------

    def staff(self, what: str, at: datetime, link: str | None, *, again: bool = False) -> Mail:
        """On something that happened; `what` is a kind of duty.KINDS or `cancelled`."""
        texts = self._texts.staff
        text = texts.text_no_link if link is None else texts.text_again if again else texts.text
        label = in_language(getattr(texts, f"{what}_label"), self._lang)
        return self._plain(texts.subject, text, what=label, time=self._time(at), link=link)

    def test(self) -> Mail:
        return self._plain(self._texts.staff.test_subject, self._texts.staff.test_text)

    def digest(self, counts: Mapping[str, int], link: str | None) -> Mail:
        texts = self._texts.staff
        return self._plain(texts.digest_subject, texts.digest_text, link=link or STAFF_PAGES, **counts)

    def _plain(self, subject: Mapping[str, str], text: Mapping[str, str], **values: Any) -> Mail:
        values = {**self._anywhere(), **values}
        said = in_language(text, self._lang).format(**values).strip()
        return Mail(in_language(subject, self._lang).format(**values).strip(), f"{said}\n")

    def _anywhere(self) -> dict[str, str]:
        return {"clinic": self._practice.name.value or "", "phone": self._practice.phone_text(self._lang)}

    def _time(self, moment: datetime) -> str:
        return time_label(moment.astimezone(self._practice.zoneinfo()))
