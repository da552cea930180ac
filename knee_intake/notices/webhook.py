"""Calling the clinic's webhook: JSON, signed over time and body. Blocks: call it from a thread."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import requests

from knee_intake.errors import DeliveryError

ID_HEADER = "X-Notice-Id"
TIME_HEADER = "X-Notice-Timestamp"
SIGNATURE_HEADER = "X-Notice-Signature"
_CONNECT_S = 5.0


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the signature header holds: "sha256=" and HMAC-SHA256 in hex over timestamp, a dot and the raw body."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


@dataclass(frozen=True)
class Webhook:
    """Where calls go, and what signs them."""

    url: str
    secret: str = field(repr=False)
    timeout_s: float
    """Until the first byte of the answer; the connection itself has five seconds at most."""

    def post(self, delivery_id: str, content: dict[str, Any], now: datetime) -> None:
        """Call it once; any answer of 200 to 299 is a yes, and nothing of it is read. Raises DeliveryError.

        `delivery_id` stays the same when a call is repeated, so that the other side can leave a second one aside.
        """
        body = msgspec.json.encode({"id": delivery_id, **content})
        timestamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            ID_HEADER: delivery_id,
            TIME_HEADER: timestamp,
            SIGNATURE_HEADER: signature(self.secret, timestamp, body),
        }
        timeout = (min(_CONNECT_S, self.timeout_s), self.timeout_s)
        try:
            with requests.post(
                self.url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
            ) as answer:
                status = answer.status_code
        except requests.RequestException as error:
            raise DeliveryError(f"the webhook cannot be called ({type(error).__name__})") from None
        if not 200 <= status < 300:
            raise DeliveryError(f"the webhook answered {status}")
