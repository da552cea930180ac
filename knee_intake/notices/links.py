"""The links in mails, signed and with an end, and the code that goes with an answer. PURE.

A link says what it is for, of which visit or mail, and until when. Nothing of it is stored; whoever changes a letter
of it holds a link that does not work.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from itsdangerous import BadSignature, Signer

from knee_intake.errors import LinkExpiredError, LinkForgedError

PREFIX = "/mail"
"""Every page that a mail leads to lies below this path."""
ANSWER_LIFE = timedelta(days=2)
STOP_LIFE = timedelta(days=365)
CODE_DIGITS = 6


@dataclass(frozen=True)
class VisitLink:
    """Opens one visit until it begins."""

    conversation: str
    reference: str
    address_mark: str
    """`mark_of` the address that the mail went to."""
    until: datetime


@dataclass(frozen=True)
class AnswerLink:
    """Leads to an answer of the clinic's; the code is asked for."""

    notice: int
    """The outbox row of the mail."""
    until: datetime


@dataclass(frozen=True)
class StopLink:
    """Ends the mails of one conversation."""

    conversation: str
    until: datetime


class Links:
    """Makes and reads links with the server's secret; `public_url` is what they start with."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        self._secret, self._url = secret, public_url

    def visit(self, link: VisitLink, page: str = "") -> str:
        """The address of a visit's page: "" for the whole, or keep, move, cancel, confirm."""
        token = self._sign("visit", link.conversation, link.reference, link.address_mark, _seconds(link.until))
        return f"{self._url}{PREFIX}/visit/{token}{f'/{page}' if page else ''}"

    def answer(self, link: AnswerLink) -> str:
        return f"{self._url}{PREFIX}/answer/{self._sign('answer', link.notice, _seconds(link.until))}"

    def stop(self, link: StopLink) -> str:
        return f"{self._url}{PREFIX}/stop/{self._sign('stop', link.conversation, _seconds(link.until))}"

    def read_visit(self, token: str, now: datetime) -> VisitLink:
        """Raises LinkForgedError, LinkExpiredError; so do the others."""
        conversation, reference, mark, until = self._read("visit", token)
        return VisitLink(conversation, reference, mark, _fresh(until, now))

    def read_answer(self, token: str, now: datetime) -> AnswerLink:
        notice, until = self._read("answer", token)
        return AnswerLink(int(notice), _fresh(until, now))

    def read_stop(self, token: str, now: datetime) -> StopLink:
        conversation, until = self._read("stop", token)
        return StopLink(conversation, _fresh(until, now))

    def code(self, key: str) -> str:
        """The code of the mail with this outbox key: always the same, so that a repeated mail holds it again."""
        mac = hmac.new(self._secret, f"answer code {key}".encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(mac, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"

    def _sign(self, purpose: str, *said: str | int) -> str:
        return self._signer(purpose).sign(".".join(map(str, said))).decode()

    def _read(self, purpose: str, token: str) -> list[str]:
        try:
            return self._signer(purpose).unsign(token).decode().split(".")
        except (BadSignature, UnicodeError):
            raise LinkForgedError("the link's signature is wrong") from None

    def _signer(self, purpose: str) -> Signer:
        return Signer(self._secret, salt=f"mail {purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


def mark_of(address: str) -> str:
    """A few digits that tell one address from another and give none away."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:12]


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _fresh(until: str, now: datetime) -> datetime:
    moment = datetime.fromtimestamp(int(until), timezone.utc)
    if now >= moment:
        raise LinkExpiredError("the link has had its time")
    return moment
