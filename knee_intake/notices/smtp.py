"""Sending one mail through the clinic's mail server. Blocks: call it from a thread."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from knee_intake.errors import DeliveryError

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_PERMANENT = 500
"""From here on the server says that it will never take this mail (RFC 5321, 4.2.1)."""


@dataclass(frozen=True)
class SmtpServer:
    """Where mails are handed in."""

    host: str
    port: int
    security: str
    """smtp: STARTTLS, or nothing is sent; smtps: TLS from the first byte; smtp+plain: no encryption."""
    sender: str
    """The From line."""
    timeout_s: float
    """For each answer of the server."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str, sender: str, timeout_s: float) -> SmtpServer:
        """From KNEE_INTAKE_SMTP_URL; user and password may be percent-encoded."""
        parts = urlsplit(url)
        return cls(
            parts.hostname or "",
            parts.port or _PORTS[parts.scheme],
            parts.scheme,
            sender,
            timeout_s,
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )

    @property
    def domain(self) -> str:
        """The sender's domain: what we call ourselves to the server, and in message ids."""
        return parseaddr(self.sender)[1].rpartition("@")[2]

    def send(self, message: EmailMessage) -> None:
        """Hand in one mail. Raises DeliveryError."""
        try:
            with self._connect() as server:
                if self.user is not None:
                    server.login(self.user, self.password or "")
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _ in error.recipients.values()), 0)
            for_good = code >= _PERMANENT
            raise DeliveryError(f"the mail server refused the recipient ({code})", for_good=for_good) from None
        except smtplib.SMTPAuthenticationError as error:
            raise DeliveryError(f"the mail server refused user and password ({error.smtp_code})") from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            for_good = error.smtp_code >= _PERMANENT
            raise DeliveryError(f"the mail server refused the mail ({error.smtp_code})", for_good=for_good) from None
        except (smtplib.SMTPException, OSError) as error:  # OSError: no connection, a timeout, a certificate
            raise DeliveryError(f"the mail server cannot be used ({type(error).__name__})") from None

    def _connect(self) -> smtplib.SMTP:
        if self.security == "smtps":
            return smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=self.domain, timeout=self.timeout_s,
                context=ssl.create_default_context(),
            )  # fmt: skip
        server = smtplib.SMTP(self.host, self.port, local_hostname=self.domain, timeout=self.timeout_s)
        if self.security == "smtp":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server
