"""The one table of settings: environment variable, default, unit and meaning. docs/settings.md is tested against it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from knee_intake.errors import SettingsError
from knee_intake.feed_address import read_feeds
from knee_intake.interview.model import STATUSES

PREFIX = "KNEE_INTAKE_"
SHORTEST_SECRET = 16  # characters


def _text(value: str) -> str:
    return value.strip()


def _flag(value: str) -> bool:
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("yes or no")


def _number(value: str) -> float:
    number = float(value)
    if number < 0:
        raise ValueError("a number of 0 or more")
    return number


def _whole(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError("a whole number of 0 or more")
    return number


def _url(*schemes: str) -> Callable[[str], str]:
    """Reads an address with one of the schemes and a host. Its errors do not repeat it: it may hold a password."""

    def read(value: str) -> str:
        value = value.strip()
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(f"{' or '.join(f'{scheme}://host' for scheme in schemes)}")
        return value

    return read


def _own_url(value: str) -> str:
    """The address that links start with: paths are put behind it."""
    return _url("https", "http")(value).rstrip("/")


def _sender(value: str) -> str:
    """`name@host`, or `A name <name@host>`."""
    value = value.strip()
    address = value.partition("<")[2].removesuffix(">") if value.endswith(">") else value
    if value and (address.count("@") != 1 or not value.isprintable() or any(char in address for char in " ,;<>")):
        raise ValueError("name@host or A name <name@host>")
    return value


def _secret(value: str) -> str:
    if value and len(value) < SHORTEST_SECRET:
        raise ValueError(f"{SHORTEST_SECRET} characters or more")
    return value


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _pairs(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _list(value):
        name, sign, given = (piece.strip() for piece in part.partition("="))
        if not (name and sign and given) or name in found:
            raise ValueError("NAME=VALUE, each name once")
        found[name] = given
    return found


def _some_of(*words: str) -> Callable[[str], tuple[str, ...]]:
    def read(value: str) -> tuple[str, ...]:
        found = tuple(word.lower() for word in _list(value))
        if not set(found) <= set(words):
            raise ValueError(f"some of {', '.join(words)}")
        return found

    return read


def _days_by_status(value: str) -> dict[str, int]:
    """STATUS=DAYS; `*` stands for every status that is not named."""
    found = {status: _whole_from_one(days) for status, days in _pairs(value).items()}
    if not set(found) <= {"*", *STATUSES}:
        raise ValueError(f"statuses are *, {', '.join(STATUSES)}")
    return found


def _whole_from_one(value: str) -> int:
    number = _whole(value)
    if number < 1:
        raise ValueError("a whole number of 1 or more")
    return number


def _one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.strip().lower() not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return value.strip().lower()

    return read


@dataclass(frozen=True)
class Setting:
    """One row of the table."""

    name: str
    default: str
    read: Callable[[str], Any]
    unit: str
    meaning: str

    @property
    def variable(self) -> str:
        return PREFIX + self.name


SETTINGS: tuple[Setting, ...] = (
    Setting("HOME", "", _text, "folder", "holds clinic/, models/ and var/; the project's folder when empty"),
    Setting(
        "DATABASE_URL",
        "",
        _text,
        "URL",
        "SQLAlchemy address; empty: the file var/knee-intake.sqlite3 in HOME",
    ),
    Setting("SECRET_KEY", "", _text, "text", "signs sessions; empty: made once and kept in var/secret"),
    Setting(
        "LIVE",
        "no",
        _flag,
        "yes/no",
        "off: demo, not monitored; on only where `knee-intake go-live` finds no gap",
    ),
    Setting("ALLOWED_ORIGINS", "", _list, "origins, comma", "sites that may embed the widget; empty in demo: any"),
    Setting("TRUSTED_PROXIES", "", _list, "addresses, comma", "whose X-Forwarded-For and -Proto are believed"),
    Setting("HTTPS", "no", _flag, "yes/no", "served over HTTPS: cookies are marked Secure"),
    Setting("RATE_LIMITS", "on", _flag, "on/off", "off for simulations; with it the limits on visits"),
    Setting("MESSAGES_PER_MINUTE", "40", _whole, "messages", "limit for one conversation"),
    Setting("CHATS_PER_HOUR", "60", _whole, "conversations", "limit for one address"),
    Setting("MAX_TEXT", "4000", _whole, "characters", "longest visitor message that is read"),
    Setting("TURN_TIMEOUT", "30", _number, "seconds", "after which a turn counts as failed"),
    Setting("PENDING_MINUTES", "30", _number, "minutes", "texts before consent are deleted after this silence"),
    Setting("LEASE_SECONDS", "60", _number, "seconds", "how long one process may hold a conversation for a turn"),
    Setting("STAFF_IDLE_MINUTES", "30", _number, "minutes", "a staff session ends after this silence"),
    Setting(
        "REQUIRE_TOTP",
        "",
        _some_of("viewer", "reviewer", "manager", "admin"),
        "roles, comma",
        "who needs a second factor to work with the staff pages: docs/access.md",
    ),
    Setting(
        "RETENTION_DAYS",
        "",
        _days_by_status,
        "STATUS=DAYS, comma",
        "conversations so long silent are deleted by `knee-intake retention`; `*` any other status; empty: none is",
    ),
    Setting(
        "BUSY_FEEDS",
        "",
        read_feeds,
        "clinician=address, comma",
        "the clinicians' own calendars (iCalendar, read only), for addresses that are secret; wins over practice.yml",
    ),
    Setting("BUSY_FEED_MINUTES", "60", _number, "minutes", "after which a calendar that could not be read is too old"),
    Setting("LOG_LEVEL", "info", _text, "level", "debug, info, warning or error; never holds patients' words"),
    # notices: docs/notices.md
    Setting(
        "SMTP_URL",
        "",
        _url("smtp", "smtps", "smtp+plain"),
        "URL",
        "server that takes mails, as smtp://user:password@host:587 (STARTTLS); smtps: TLS at once; smtp+plain: neither",
    ),
    Setting("MAIL_FROM", "", _sender, "address", "sender of mails; needed with SMTP_URL"),
    Setting("WEBHOOK_URL", "", _url("https", "http"), "URL", "is called when staff are to be told something"),
    Setting("WEBHOOK_SECRET", "", _secret, "text", "signs these calls, 16 characters or more; needed with WEBHOOK_URL"),
    Setting("PUBLIC_URL", "", _own_url, "URL", "address of this server that links in mails start with"),
    Setting("NOTICE_TRIES", "8", _whole, "tries", "after so many a notice is given up; staff can have it tried again"),
    Setting("NOTICE_TIMEOUT", "10", _number, "seconds", "how long the mail server or the webhook may take to answer"),
    Setting("SNOMED_CODES", "on", _flag, "on/off", "SNOMED CT codes in FHIR exports; off where there is no licence"),
    Setting("MODEL", "", _text, "file", "a model to use instead of the newest one that fits the inputs"),
    # the clinic's own calendar
    Setting(
        "CALENDAR_URL",
        "",
        _text,
        "URL",
        "CalDAV: address of a calendar, `{clinician}` stands for the id; FHIR R4: the server's base address",
    ),
    Setting("CALENDAR_ALLOW_HTTP", "no", _flag, "yes/no", "an address with http is taken from other machines too"),
    Setting("CALENDAR_TIMEOUT", "6", _number, "seconds", "the longest that one call may take, with all its retries"),
    Setting("CALENDAR_USER", "", _text, "text", "CalDAV: who signs in there; empty: nobody"),
    Setting("CALENDAR_PASSWORD", "", _text, "text", "that user's password; best one of its own for this program"),
    Setting("CALENDAR_AUTH", "basic", _one_of("basic", "digest"), "basic/digest", "how the password is sent"),
    Setting("CALENDAR_TOKEN", "", _text, "text", "bearer token; empty: none, or one by the client id"),
    Setting("CALENDAR_CLIENT_ID", "", _text, "text", "SMART backend services: the id that the server gave us"),
    Setting("CALENDAR_KEY_FILE", "", _text, "file", "our private key as PEM: RSA (RS384) or P-384 (ES384)"),
    Setting("CALENDAR_KEY_ID", "", _text, "text", "the key's `kid` in the key set that the server knows"),
    Setting("CALENDAR_TOKEN_URL", "", _text, "URL", "where a signed assertion is exchanged for a token"),
    Setting(
        "CALENDAR_SCOPE",
        "system/Schedule.read system/Slot.read system/Slot.write system/Appointment.read system/Appointment.write",
        _text,
        "scopes, blank",
        "what the token is asked for",
    ),
    Setting(
        "CALENDAR_ACTORS",
        "",
        _pairs,
        "ID=ACTOR, comma",
        "clinician of practice.yml = Practitioner/12, or SYSTEM\\|VALUE of an identifier; else Practitioner/ID",
    ),
    Setting("CALENDAR_SLOTS", "yes", _flag, "yes/no", "the server's Slots are used for clinicians who have some"),
    Setting(
        "CALENDAR_REQUESTED_AS",
        "proposed",
        _one_of("proposed", "pending", "booked"),
        "status",
        "proposed, pending or booked: the Appointment of a visit that is only requested",
    ),
)


class Settings:
    """The settings, read once; attributes are the lower-case names: `settings.turn_timeout`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Read every setting; `overrides` (lower-case names) win. Raises SettingsError naming the variable."""
        environ = os.environ if environ is None else environ
        known = {setting.variable for setting in SETTINGS}
        for variable in environ:
            if variable.startswith(PREFIX) and variable not in known:
                raise SettingsError(f"{variable}: no such setting; docs/settings.md lists them")
        values: dict[str, Any] = {}
        for setting in SETTINGS:
            raw = environ.get(setting.variable, setting.default)
            try:
                values[setting.name.lower()] = setting.read(raw)
            except ValueError as error:
                raise SettingsError(f"{setting.variable}: expected {setting.unit}: {error}") from None
        settings = cls({**values, **overrides})
        for name, needed in (("smtp_url", "mail_from"), ("webhook_url", "webhook_secret")):
            if getattr(settings, name) and not getattr(settings, needed):
                raise SettingsError(f"{PREFIX}{needed.upper()}: expected a value, as {PREFIX}{name.upper()} has one")
        return settings

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def home_path(self) -> Path:
        """The folder with clinic/, models/, var/; data, domain.yml and config.yml lie there too."""
        return Path(self.home).expanduser().resolve() if self.home else Path(__file__).resolve().parent.parent

    @property
    def clinic_path(self) -> Path:
        return self.home_path / "clinic"

    @property
    def models_path(self) -> Path:
        return self.home_path / "models"

    @property
    def var_path(self) -> Path:
        return self.home_path / "var"

    @property
    def notice_channels(self) -> tuple[str, ...]:
        """The ways out of the house that are set up: mail, webhook."""
        return (*(["mail"] if self.smtp_url else []), *(["webhook"] if self.webhook_url else []))

    @property
    def database(self) -> str:
        return str(self.database_url) or f"sqlite:///{self.var_path / 'knee-intake.sqlite3'}"
