"""Delivers one row of the outbox: looks up what it needs, writes the mail or the call, and hands it over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from knee_intake import duty
from knee_intake.errors import DeliveryError
from knee_intake.notices import digest, visitors
from knee_intake.notices.links import Links
from knee_intake.notices.mails import Mail, MailWriter
from knee_intake.notices.outbox import TO_STAFF, TO_VISITOR, TO_WEBHOOK, Notice
from knee_intake.notices.smtp import SmtpServer
from knee_intake.notices.webhook import Webhook
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings

if TYPE_CHECKING:
    from knee_intake.booking import Booking, Calendar
    from knee_intake.clinic import Clinic
    from knee_intake.settings import Settings

_ANSWERS = 12
"""A mail server answers about ten times for one mail, each time within the timeout."""


@dataclass(frozen=True)
class Outcome:
    """How a delivery that did not fail ended."""

    skipped: str | None = None
    """Why nothing had to be sent."""
    way: duty.Way | None = None
    """To whom of the staff it went, and how."""
    target: str = ""
    """The address or URL it went to."""


class Courier:
    """Goes out with the clinic's words, over the channels that are set up."""

    def __init__(
        self, settings: Settings, clinic: Clinic, database: Database, calendar: Calendar, secret: bytes
    ) -> None:
        self._practice, self._database, self._calendar = clinic.practice, database, calendar
        self._public_url = str(settings.public_url)
        self._writer = MailWriter(clinic.notices, clinic.practice, Links(secret, self._public_url))
        timeout_s = float(settings.notice_timeout)
        self._smtp: SmtpServer | None = None
        if settings.smtp_url:
            self._smtp = SmtpServer.from_url(settings.smtp_url, settings.mail_from, timeout_s)
        self._webhook: Webhook | None = None
        if settings.webhook_url:
            self._webhook = Webhook(settings.webhook_url, settings.webhook_secret, timeout_s)
        self.longest_s = _ANSWERS * timeout_s
        """No delivery takes longer."""

    def deliver(self, notice: Notice, now: datetime) -> Outcome:
        """Deliver it. Raises DeliveryError, StorageError."""
        if notice.kind == TO_VISITOR:
            return self._to_visitor(notice, now)
        channel = "webhook" if notice.kind == TO_WEBHOOK else "mail"
        ways = duty.ways(self._practice, str(notice.body["to"]), (channel,))
        if not ways:
            return Outcome("this recipient cannot be reached this way any more")
        if notice.kind == TO_WEBHOOK:
            return Outcome(way=ways[0], target=self._call(notice, now))
        address = str(ways[0].address)
        self._send(self._staff_mail(notice, now), address, notice, now)
        return Outcome(way=ways[0], target=address)

    # ---- to staff ----------------------------------------------------------------------------------------

    def _staff_mail(self, notice: Notice, now: datetime) -> Mail:
        happened = notice.body["happened"]
        if happened["kind"] == "test":
            return self._writer.test()
        if happened["kind"] == "digest":
            return self._writer.digest(self._counts(now), self._link())
        what = "cancelled" if happened["kind"] == "cancelled" else happened["level"]
        link = self._link(notice.body["conversation"])
        again = bool(notice.body["again"])
        return self._writer.staff(what, datetime.fromisoformat(happened["at"]), link, again=again)

    def _call(self, notice: Notice, now: datetime) -> str:
        if self._webhook is None:
            raise DeliveryError("no webhook is set up")
        happened, conversation = notice.body["happened"], notice.body.get("conversation")
        content = {
            **happened,
            "to": notice.body["to"],
            "again": bool(notice.body.get("again")),
            "conversation": conversation,
            "link": self._link(conversation),
        }
        if happened["kind"] == "digest":
            content["counts"] = self._counts(now)
        self._webhook.post(delivery_id(notice.key), content, now)
        return self._webhook.url

    def _counts(self, now: datetime) -> dict[str, int]:
        with self._database.read() as connection:
            return digest.counts(connection, now)

    def _link(self, conversation: Any = None) -> str | None:
        if not self._public_url:
            return None
        return f"{self._public_url}/staff{f'/conversations/{conversation}' if conversation else ''}"

    # ---- to a visitor ------------------------------------------------------------------------------------

    def _to_visitor(self, notice: Notice, now: datetime) -> Outcome:
        with self._database.read() as connection:
            address = visitors.address_of(connection, str(notice.body["conversation"]))
        if address is None:
            return Outcome("the visitor wants no mails, or gave no address")
        if not self._public_url:
            raise DeliveryError("KNEE_INTAKE_PUBLIC_URL is empty, so no link can be made")
        mail = self._visitor_mail(notice, address, now)
        if mail is None:
            return Outcome("not needed any more")
        self._send(mail, address, notice, now)
        return Outcome()

    def _visitor_mail(self, notice: Notice, address: str, now: datetime) -> Mail | None:
        body = notice.body
        if body["mail"] == "answered":
            return self._writer.answered(body["conversation"], notice.id, notice.key, since=notice.created_at, now=now)
        visit = self._calendar.look_up(body["reference"])
        if visit is None or visit.start <= now:
            return None
        if body["mail"] == "reminder":
            return self._writer.reminder(visit, address, now) if visit.status in ("requested", "booked") else None
        if visit.sequence != body["sequence"]:
            return None  # it has changed since, and that change has a mail of its own
        return self._writer.visit(visit, address, now, has_new_time=self._has_new_time(visit))

    def _has_new_time(self, visit: Booking) -> bool:
        another = (
            bookings.c.conversation_id == visit.conversation,
            bookings.c.reference != visit.reference,
            bookings.c.status.in_(("requested", "booked")),
        )
        with self._database.read() as connection:
            return connection.execute(sa.select(bookings.c.id).where(*another)).first() is not None

    def _send(self, mail: Mail, to: str, notice: Notice, now: datetime) -> None:
        if self._smtp is None:
            raise DeliveryError("no mail server is set up")
        message_id = f"{delivery_id(notice.key)}@{self._smtp.domain}"
        self._smtp.send(mail.message(sender=self._smtp.sender, to=to, message_id=message_id, now=now))


def test_notice(way: duty.Way, now: datetime) -> Notice:
    """A delivery that only tries a way; it need not be in the outbox."""
    kind = TO_WEBHOOK if way.channel == "webhook" else TO_STAFF
    happened = {"kind": "test", "at": now.isoformat()}
    key = f"test:{now.isoformat()}:{way.channel}:{way.recipient}"
    return Notice(0, key, kind, {"happened": happened, "to": way.recipient}, now, 0)


def delivery_id(key: str) -> str:
    """What the other side knows a delivery by: the same for the same row, and tells nothing of what it is about."""
    return hashlib.sha256(f"delivery {key}".encode()).hexdigest()[:32]
