"""Keys to a FHIR server: the token that is sent, when a new one is fetched, and that the assertion is right."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from knee_intake.booking.fhir_auth import BackendServices
from knee_intake.booking.fhir_http import Budget, new_session
from knee_intake.errors import CalendarUnavailableError, SettingsError
from tests.booking.fhir_client import START, a_calendar, a_visit
from tests.booking.fhir_server import FhirStore, Reply, Seen, fhir_server, outcome
from tests.booking.test_fhir_calendar import DAY

EC_KEY = ec.generate_private_key(ec.SECP384R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)


def pem(key: Any, password: bytes | None = None) -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    found: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    return found


@dataclass
class TokenServer:
    """Gives tokens under /token, and lets only the newest one into /fhir."""

    store: FhirStore = field(default_factory=FhirStore)
    life: Any = 300
    fails: list[Reply] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    pause: float = 0.0

    def __post_init__(self) -> None:
        self.store.answers.append(self.answer)

    @property
    def url(self) -> str:
        return self.store.base.replace("/fhir", "/token")

    def answer(self, seen: Seen) -> Reply | None:
        if seen.path == "/token":
            return self.token(seen)
        newest = f"Bearer {self.given[-1]}" if self.given else None
        return None if seen.headers.get("authorization") == newest else outcome(401, "login")

    def token(self, seen: Seen) -> Reply:
        time.sleep(self.pause)
        self.forms.append({name: values[0] for name, values in parse_qs(seen.body.decode()).items()})
        if self.fails:
            return self.fails.pop()
        self.given.append(f"token-{len(self.given) + 1}")
        answer = {"access_token": self.given[-1], "token_type": "bearer", "expires_in": self.life}
        return 200, {}, json.dumps({name: value for name, value in answer.items() if value is not None}).encode()


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    tokens = TokenServer()
    with fhir_server(tokens.store):
        yield tokens


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(pem(EC_KEY))
    return path


@pytest.fixture
def smart(tokens: TokenServer, key_file: Path) -> dict[str, str]:
    """The settings of a client of this server."""
    return {
        "calendar_client_id": "knee",
        "calendar_key_file": str(key_file),
        "calendar_key_id": "k1",
        "calendar_token_url": tokens.url,
    }


@pytest.fixture
def make_key(tokens: TokenServer, key_file: Path) -> Iterator[Callable[..., BackendServices]]:
    session = new_session()

    def make(**more: Any) -> BackendServices:
        return BackendServices(session, token_url=tokens.url, client_id="knee", key=key_file, **more)

    yield make
    session.close()


def test_a_fixed_token_is_sent_with_every_request() -> None:
    with fhir_server(FhirStore()) as store, a_calendar(store.base, calendar_token="s3cret") as calendar:
        calendar.write(a_visit())
    assert {one.headers["authorization"] for one in store.seen} == {"Bearer s3cret"}


def test_without_a_key_none_is_sent() -> None:
    with fhir_server(FhirStore()) as store, a_calendar(store.base) as calendar:
        calendar.write(a_visit())
    assert [one for one in store.seen if "authorization" in one.headers] == []


def test_a_fixed_token_that_is_refused_is_not_tried_again() -> None:
    store = FhirStore(answers=[lambda _seen: outcome(401, "login")])
    with (
        fhir_server(store),
        a_calendar(store.base, calendar_token="s3cret") as calendar,
        pytest.raises(CalendarUnavailableError, match="does not take our key") as raised,
    ):
        calendar.remove(a_visit().uid)
    assert "s3cret" not in str(raised.value)


def test_one_token_serves_many_calls(tokens: TokenServer, smart: dict[str, str]) -> None:
    with a_calendar(tokens.store.base, **smart) as calendar:
        calendar.write(a_visit())
        calendar.busy(["one"], START, START + DAY)
    assert tokens.given == ["token-1"]


@pytest.mark.parametrize(("key", "algorithm"), [(EC_KEY, "ES384"), (RSA_KEY, "RS384")])
def test_the_assertion_is_what_smart_backend_services_ask_for(
    tokens: TokenServer, smart: dict[str, str], key: Any, algorithm: str
) -> None:
    Path(smart["calendar_key_file"]).write_bytes(pem(key))
    with a_calendar(tokens.store.base, **smart, calendar_scope="system/Slot.read") as calendar:
        calendar.remove(a_visit().uid)
    (form,) = tokens.forms
    assertion = form.pop("client_assertion")
    assert form == {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "scope": "system/Slot.read",
    }
    assert jwt.get_unverified_header(assertion) == {"alg": algorithm, "typ": "JWT", "kid": "k1"}
    claims = jwt.decode(assertion, key.public_key(), algorithms=[algorithm], audience=tokens.url)
    assert (claims["iss"], claims["sub"]) == ("knee", "knee")
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert len(claims["jti"]) == 36


def test_no_assertion_is_used_twice(tokens: TokenServer, smart: dict[str, str]) -> None:
    tokens.fails = [(503, {}, b"")]
    with a_calendar(tokens.store.base, **smart) as calendar:
        calendar.remove(a_visit().uid)
    first, second = (jwt.decode(form["client_assertion"], options={"verify_signature": False}) for form in tokens.forms)
    assert first["jti"] != second["jti"]


def test_a_refused_token_is_replaced_once(tokens: TokenServer, smart: dict[str, str]) -> None:
    with a_calendar(tokens.store.base, **smart) as calendar:
        calendar.busy(["one"], START, START + DAY)
        tokens.given.append("another")  # the server has forgotten ours
        calendar.write(a_visit())
    assert tokens.given == ["token-1", "another", "token-3"]
    assert len(tokens.store.standing()) == 1


def test_a_server_that_takes_no_token_of_its_own_is_unavailable(tokens: TokenServer, smart: dict[str, str]) -> None:
    tokens.store.answers.append(lambda _seen: outcome(401, "login"))
    with a_calendar(tokens.store.base, **smart) as calendar, pytest.raises(CalendarUnavailableError, match="our key"):
        calendar.busy(["one"], START, START + DAY)
    assert len(tokens.given) == 2


@pytest.mark.parametrize(
    ("life", "still_good", "over"),
    [(300, 269, 271), (40, 19, 21), (None, 269, 271), ("soon", 269, 271), (True, 269, 271)],
)
def test_a_token_is_renewed_shortly_before_it_ends(
    tokens: TokenServer, make_key: Callable[..., BackendServices], life: Any, still_good: int, over: int
) -> None:
    tokens.life = life
    now = [1_000_000.0]
    key = make_key(now=lambda: now[0])
    assert key.header(Budget(5)) == "Bearer token-1"
    now[0] += still_good
    assert key.header(Budget(5)) == "Bearer token-1"
    now[0] += over - still_good
    assert key.header(Budget(5)) == "Bearer token-2"


def test_many_threads_fetch_one_token(tokens: TokenServer, make_key: Callable[..., BackendServices]) -> None:
    tokens.pause = 0.05
    key, ready = make_key(), threading.Barrier(6)

    def ask(_number: int) -> str:
        ready.wait(5)
        return key.header(Budget(5))

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(ask, range(6))) == {"Bearer token-1"}
    assert tokens.given == ["token-1"]


@pytest.mark.parametrize(
    "answer",
    [
        (400, {}, b'{"error": "invalid_client", "error_description": "s3cret"}'),
        (200, {}, b"{}"),
        (200, {}, b'{"access_token": ""}'),
        (200, {}, b'{"access_token": "a\\nb"}'),
        (200, {}, b'{"access_token": 5}'),
        (200, {}, b"no"),
        (302, {"Location": "http://127.0.0.1:1/"}, b""),
    ],
)
def test_a_token_server_that_gives_none_is_unavailable(
    tokens: TokenServer, make_key: Callable[..., BackendServices], answer: Reply
) -> None:
    tokens.fails = [answer]
    with pytest.raises(CalendarUnavailableError) as raised:
        make_key().header(Budget(5))
    assert "s3cret" not in str(raised.value)


def test_who_waits_for_another_threads_token_waits_no_longer_than_its_budget(
    tokens: TokenServer, make_key: Callable[..., BackendServices]
) -> None:
    tokens.pause = 0.6
    key = make_key()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(key.header, Budget(5))
        while not tokens.store.seen:
            time.sleep(0.005)
        with pytest.raises(CalendarUnavailableError, match="token server is too slow"):
            key.header(Budget(0.1))
        assert first.result() == "Bearer token-1"


# -- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"calendar_token": "t"}, "CALENDAR_TOKEN: expected a token or a client id"),
        ({"calendar_key_file": ""}, "CALENDAR_KEY_FILE: expected a value"),
        ({"calendar_key_file": "/nowhere/key.pem"}, "CALENDAR_KEY_FILE: the file cannot be read"),
        ({"calendar_token_url": ""}, "CALENDAR_TOKEN_URL: expected a value"),
        ({"calendar_token_url": "http://auth.example/token"}, "CALENDAR_TOKEN_URL: expected https"),
    ],
)
def test_settings_that_do_not_fit_are_refused_by_name(
    tokens: TokenServer, smart: dict[str, str], change: dict[str, str], what: str
) -> None:
    with (
        pytest.raises(SettingsError, match=f"^KNEE_INTAKE_{what}"),
        a_calendar(tokens.store.base, **{**smart, **change}),
    ):
        pass


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(rsa.generate_private_key(65537, 1024)),
        pem(EC_KEY, b"a password"),
        EC_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "no key", "P-256", "short RSA", "locked", "public"],
)
def test_a_key_that_cannot_sign_is_refused(tokens: TokenServer, smart: dict[str, str], content: bytes) -> None:
    Path(smart["calendar_key_file"]).write_bytes(content)
    with (
        pytest.raises(SettingsError, match=r"^KNEE_INTAKE_CALENDAR_KEY_FILE: expected"),
        a_calendar(tokens.store.base, **smart),
    ):
        pass
