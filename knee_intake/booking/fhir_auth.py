"""The key to a clinic's FHIR server: none, a fixed bearer token, or SMART backend services.

SMART backend services (HL7 SMART App Launch 2, "Backend Services"): a JWT signed with our private key is exchanged for
a token that lives some minutes; the clinic registers the public key.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import jwt
import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from knee_intake.booking.fhir_http import Budget, Reply, send, send_again
from knee_intake.errors import CalendarUnavailableError, SettingsError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_S = 240.0
"""How long an assertion is good; the standard allows five minutes."""
EARLY_S = 30.0
"""A token is renewed so long before it ends."""
USUAL_LIFE_S = 300.0
"""Of a token whose server does not say how long it lives."""
SMALLEST_RSA = 2048  # bits


class Key(Protocol):
    """What opens the server."""

    def header(self, budget: Budget) -> str | None:
        """The value of the Authorization header. Raises CalendarUnavailableError."""
        ...

    def renew(self, used: str | None) -> bool:
        """`used` was refused: whether another one can be had."""
        ...


class FixedToken:
    """A bearer token that the clinic gave us; an empty one sends none."""

    def __init__(self, token: str = "") -> None:
        self._header = f"Bearer {token}" if token else None

    def header(self, _budget: Budget) -> str | None:
        return self._header

    def renew(self, used: str | None) -> bool:
        return False


class BackendServices:
    """Tokens by client credentials with a signed assertion, kept until shortly before they end."""

    def __init__(
        self,
        session: requests.Session,
        *,
        token_url: str,
        client_id: str,
        key: Path,
        key_id: str = "",
        scope: str = "",
        now: Callable[[], float] = time.time,  # seconds since 1970: the token server reads them
    ) -> None:
        """`key` is a PEM file with an RSA (RS384) or P-384 (ES384) private key. Raises SettingsError."""
        self._session, self._url, self._client, self._scope = session, token_url, client_id, scope
        self._key, self._algorithm = _load(key)
        self._head = {"kid": key_id} if key_id else None
        self._now = now
        self._lock = threading.Lock()
        self._header: str | None = None
        self._ends = 0.0

    def header(self, budget: Budget) -> str:
        if not self._lock.acquire(timeout=max(0.0, budget.left)):
            raise CalendarUnavailableError("the token server is too slow")
        try:
            if self._header is None or self._now() >= self._ends:
                self._header = None
                self._header, self._ends = self._fetch(budget)
            return self._header
        finally:
            self._lock.release()

    def renew(self, used: str | None) -> bool:
        with self._lock:
            if self._header == used:
                self._header = None
        return True

    def _fetch(self, budget: Budget) -> tuple[str, float]:
        asked = self._now()
        reply = send_again(budget, lambda: self._ask(budget))
        if not reply.is_ok:
            raise CalendarUnavailableError(f"the token server refuses us: status {reply.status}")
        answer = reply.json()
        token, life = answer.get("access_token"), answer.get("expires_in", USUAL_LIFE_S)
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise CalendarUnavailableError("the token server gave no token")
        if isinstance(life, bool) or not isinstance(life, (int, float)):
            life = USUAL_LIFE_S
        return f"Bearer {token}", asked + max(life - EARLY_S, life / 2)

    def _ask(self, budget: Budget) -> Reply:
        """A new assertion each time: servers take none twice."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(),
            **({"scope": self._scope} if self._scope else {}),
        }
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        return send(self._session, budget, "POST", self._url, headers, urlencode(form).encode())

    def _assertion(self) -> str:
        now = self._now()
        claims = {
            "iss": self._client,
            "sub": self._client,
            "aud": self._url,
            "iat": int(now),
            "exp": int(now + ASSERTION_S),
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode(claims, self._key, algorithm=self._algorithm, headers=self._head)


def _load(path: Path) -> tuple[Any, str]:
    """The private key and the algorithm that it signs with."""
    name = "KNEE_INTAKE_CALENDAR_KEY_FILE"
    try:
        key = load_pem_private_key(path.expanduser().read_bytes(), password=None)
    except OSError as error:
        raise SettingsError(f"{name}: the file cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SettingsError(f"{name}: expected a PEM file with a private key without a password") from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= SMALLEST_RSA:
        return key, "RS384"
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP384R1):
        return key, "ES384"
    raise SettingsError(f"{name}: expected an RSA key of {SMALLEST_RSA} bits or more, or a P-384 key")
