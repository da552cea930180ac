"""Where the password goes and what it opens: settings, redirects, logging in."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from knee_intake.booking.caldav import CalDavCalendar
from knee_intake.booking.caldav.transport import moved_to
from knee_intake.booking.caldav.watched import MAX_ANSWER
from knee_intake.errors import CalendarUnavailableError, SettingsError
from knee_intake.practice import Practice
from knee_intake.settings import Settings
from tests.booking.caldav.calendars import DAY, PASSWORD, USER, Open, error_of, event, uid, visit
from tests.booking.caldav.faulty import Asked, Behave, Faulty, Reply, in_turn, multistatus
from tests.practices import make_practice

# settings


def opened(practice: Practice, url: str, **settings: object) -> CalDavCalendar:
    return CalDavCalendar.from_settings(Settings.from_environ({}, calendar_url=url, **settings), practice)


@pytest.mark.parametrize(
    "url",
    [
        "https://calendar.example.org/{clinician}/",
        "https://calendar.example.org:8443/dav/{clinician}",
        "http://localhost:5232/{clinician}/",
        "http://127.0.0.1:5232/{clinician}/",
        "http://127.8.0.1/{clinician}/",
        "http://[::1]:5232/{clinician}/",
    ],
)
def test_an_address_with_https_or_on_this_machine_is_taken(practice: Practice, url: str) -> None:
    opened(practice, url).close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "expected the https address of a calendar"),
        ("calendar.example.org/{clinician}", "expected the https address of a calendar"),
        ("ftp://calendar.example.org/{clinician}", "expected the https address of a calendar"),
        ("https:///{clinician}", "expected the https address of a calendar"),
        ("https://calendar.example.org:http/{clinician}", "expected the https address of a calendar"),
        ("https://calendar.example.org/{clinician}?a=b", "expected the https address of a calendar"),
        ("http://calendar.example.org/{clinician}", "expected https; KNEE_INTAKE_CALENDAR_ALLOW_HTTP lets http pass"),
        ("http://127.0.0.1.example.org/{clinician}", "expected https; KNEE_INTAKE_CALENDAR_ALLOW_HTTP lets http pass"),
        ("https://calendar.example.org/all/", "expected {clinician} in it, one calendar for each clinician"),
        (
            "https://desk:secret@calendar.example.org/{clinician}",
            "expected no user name in it: use KNEE_INTAKE_CALENDAR_USER and _PASSWORD",
        ),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(practice: Practice, url: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        opened(practice, url)
    assert str(caught.value) == f"KNEE_INTAKE_CALENDAR_URL: {said}"


def test_http_passes_where_a_setting_says_so(practice: Practice) -> None:
    opened(practice, "http://calendar.example.org/{clinician}", calendar_allow_http=True).close()


def test_one_clinician_alone_needs_no_place_in_the_address() -> None:
    opened(make_practice(), "https://calendar.example.org/all/").close()


@pytest.mark.parametrize("raw", ["ntlm", ""])
def test_an_unknown_way_to_log_in_is_refused(raw: str) -> None:
    with pytest.raises(SettingsError, match=r"^KNEE_INTAKE_CALENDAR_AUTH: expected basic/digest"):
        Settings.from_environ({"KNEE_INTAKE_CALENDAR_AUTH": raw})


def test_an_id_of_a_clinician_is_quoted_in_the_address(faulty: Faulty) -> None:
    role = {"en": "Clinician"}
    practice = make_practice(clinicians=[{"id": "a b/c", "role": role, "name": None, "visit_types": ["first_visit"]}])
    calendar = opened(practice, faulty.address + "{clinician}")
    assert calendar.ours(*DAY) == []
    assert faulty.asked[0].path == "/a%20b%2Fc/"


# HTTPS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody has signed, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "calendar")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Faulty]:
    """A server with HTTPS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Faulty(tls=context) as server:
        yield server


def test_a_certificate_that_nobody_signed_is_not_accepted(secure: Faulty, open_calendar: Open) -> None:
    assert error_of(open_calendar(secure.address)) == "the calendar server's certificate is not accepted"
    assert secure.asked == []


def test_a_certificate_of_the_clinics_own_is_accepted_where_its_file_is_named(
    secure: Faulty, open_calendar: Open, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert open_calendar(secure.address).busy(["one"], *DAY) == []


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_slow_answer_over_https_is_cut_too(
    secure: Faulty, open_calendar: Open, certificate: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    secure.behave = lambda asked: Reply(wait_for=part)
    assert error_of(open_calendar(secure.address, calendar_timeout=0.5)) == "the calendar server answers too slowly"


# redirects


def moved(to: str, status: int = 301) -> Behave:
    return in_turn(Reply(status, headers={"Location": to}))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_host_is_followed_with_all_that_was_sent(
    faulty: Faulty, open_calendar: Open, status: int
) -> None:
    faulty.behave = moved("/elsewhere/", status)
    open_calendar(faulty.address).busy(["one"], *DAY)
    first, second = faulty.asked
    assert (second.method, second.path, second.body) == (first.method, "/elsewhere/", first.body)
    assert second.headers["Authorization"] == first.headers["Authorization"]


@pytest.mark.parametrize(
    "target", ["http://calendar.invalid/", "//calendar.invalid/", "http://127.0.0.1:1/", "ftp://127.0.0.1/", ""]
)
def test_a_redirect_elsewhere_is_not_followed(faulty: Faulty, open_calendar: Open, target: str) -> None:
    faulty.behave = moved(target)
    assert error_of(open_calendar(faulty.address)) == (
        "the calendar server redirects to another address: check KNEE_INTAKE_CALENDAR_URL"
    )
    assert len(faulty.asked) == 1


def test_a_redirect_may_lead_to_https_and_never_back() -> None:
    assert moved_to("http://calendar.invalid/a/", "https://calendar.invalid/b/") == "https://calendar.invalid/b/"
    for target in ("http://calendar.invalid/b/", "https://calendar.invalid:8443/b/", "https://other.invalid/b/"):
        with pytest.raises(CalendarUnavailableError):
            moved_to("https://calendar.invalid/a/", target)


def test_redirects_in_a_circle_end(faulty: Faulty, open_calendar: Open) -> None:
    faulty.behave = lambda asked: Reply(301, headers={"Location": asked.path})
    assert error_of(open_calendar(faulty.address)) == "the calendar server redirects in a circle"
    assert len(faulty.asked) == 4


# logging in


class Digest:
    """RFC 7616 with qop=auth, as a server checks it."""

    def __init__(self, password: str) -> None:
        self.password, self.nonce, self.seen = password, secrets.token_hex(8), set[str]()

    def __call__(self, asked: Asked) -> Reply | None:
        stated = asked.headers.get("Authorization", "")
        parts = {name: value.strip('"') for name, value in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', stated)}
        if not stated.startswith("Digest ") or not self._is_right(asked, parts):
            challenge = f'Digest realm="clinic", nonce="{self.nonce}", qop="auth", algorithm=MD5'
            return Reply(401, b"who?", {"WWW-Authenticate": challenge})
        return None

    def _is_right(self, asked: Asked, parts: dict[str, str]) -> bool:
        one = _md5(f"{USER}:clinic:{self.password}")
        two = _md5(f"{asked.method}:{parts['uri']}")
        expected = _md5(f"{one}:{self.nonce}:{parts['nc']}:{parts['cnonce']}:auth:{two}")
        is_new = parts["nc"] not in self.seen
        self.seen.add(parts["nc"])
        return is_new and parts["uri"] == asked.path and parts["response"] == expected


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def test_digest_is_used_where_the_setting_says_so(between: Faulty, open_calendar: Open) -> None:
    between.behave = Digest(PASSWORD)
    calendar = open_calendar(between.address, calendar_auth="digest")
    calendar.write(visit())
    assert calendar.ours(*DAY) == [visit()]
    assert [asked.method for asked in between.asked if "Authorization" not in asked.headers] == ["REPORT"]
    assert not any(PASSWORD in str(asked.headers) for asked in between.asked)


def test_a_wrong_digest_password_is_told(between: Faulty, open_calendar: Open) -> None:
    between.behave = Digest("another one")
    assert "does not accept the user name or the password (HTTP 401)" in error_of(
        open_calendar(between.address, calendar_auth="digest")
    )
    assert len(between.asked) == 2


def test_a_challenge_that_never_ends_is_cut(faulty: Faulty, open_calendar: Open) -> None:
    challenge = {"WWW-Authenticate": 'Digest realm="clinic", nonce="n", qop="auth"'}
    faulty.behave = lambda asked: Reply(401, b" " * (MAX_ANSWER + 1), challenge)
    assert "is longer than" in error_of(open_calendar(faulty.address, calendar_auth="digest"))


def test_a_password_of_any_script_is_sent(faulty: Faulty, open_calendar: Open) -> None:
    open_calendar(faulty.address, calendar_password="пароль").busy(["one"], *DAY)
    kind, encoded = faulty.asked[0].headers["Authorization"].split()
    assert (kind, base64.b64decode(encoded).decode()) == ("Basic", f"{USER}:пароль")


def test_nobody_logs_in_where_no_user_is_named(faulty: Faulty, open_calendar: Open) -> None:
    open_calendar(faulty.address, calendar_user="").busy(["one"], *DAY)
    assert "Authorization" not in faulty.asked[0].headers


def test_cookies_are_not_kept(faulty: Faulty, open_calendar: Open) -> None:
    faulty.behave = lambda asked: Reply(headers={"Set-Cookie": "session=1; Path=/"})
    calendar = open_calendar(faulty.address)
    calendar.busy(["one"], *DAY)
    calendar.busy(["one"], *DAY)
    assert [asked.headers.get("Cookie") for asked in faulty.asked] == [None, None]


def test_a_href_on_another_host_is_looked_for_on_ours(faulty: Faulty, open_calendar: Open) -> None:
    ours = event("DTSTART:20260310T140000Z", "DURATION:PT30M", uid=uid("h7k-4mq"))
    elsewhere = multistatus(ours).body.replace(b"/a.ics", b"http://calendar.invalid/a.ics")
    faulty.behave = lambda asked: Reply(body=elsewhere) if asked.method == "REPORT" else Reply(204, b"")
    open_calendar(faulty.address).remove(uid("h7k-4mq"))
    assert [asked.path for asked in faulty.asked if asked.method == "DELETE"] == ["/a.ics", "/a.ics"]
