"""The one table of settings: environment variable, default, unit and meaning. docs/settings.md is tested against it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knee_intake.errors import SettingsError

PREFIX = "KNEE_INTAKE_"


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


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.strip().lower() not in words:
            raise ValueError(" or ".join(words))
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
    Setting("RATE_LIMITS", "on", _flag, "on/off", "off for simulations"),
    Setting("MESSAGES_PER_MINUTE", "40", _whole, "messages", "limit for one conversation"),
    Setting("CHATS_PER_HOUR", "60", _whole, "conversations", "limit for one address"),
    Setting("MAX_TEXT", "4000", _whole, "characters", "longest visitor message that is read"),
    Setting("TURN_TIMEOUT", "30", _number, "seconds", "after which a turn counts as failed"),
    Setting("PENDING_MINUTES", "30", _number, "minutes", "texts before consent are deleted after this silence"),
    Setting("LEASE_SECONDS", "60", _number, "seconds", "how long one process may hold a conversation for a turn"),
    Setting("STAFF_IDLE_MINUTES", "30", _number, "minutes", "a staff session ends after this silence"),
    Setting("LOG_LEVEL", "info", _text, "level", "debug, info, warning or error; never holds patients' words"),
    # the clinic's own calendar
    Setting("CALENDAR_URL", "", _text, "URL", "CalDAV: address of a calendar; `{clinician}` stands for the id"),
    Setting("CALENDAR_USER", "", _text, "text", "who logs in there; empty: nobody"),
    Setting("CALENDAR_PASSWORD", "", _text, "text", "that user's password; best one of its own for this program"),
    Setting("CALENDAR_AUTH", "basic", _one_of("basic", "digest"), "basic/digest", "how the password is sent"),
    Setting("CALENDAR_TIMEOUT", "6", _number, "seconds", "the longest that one call may take, with all its retries"),
    Setting("CALENDAR_ALLOW_HTTP", "no", _flag, "yes/no", "on: the calendar may be on another host without HTTPS"),
    Setting("MODEL", "", _text, "file", "a model to use instead of the newest one that fits the inputs"),
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
        return cls({**values, **overrides})

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
    def database(self) -> str:
        return str(self.database_url) or f"sqlite:///{self.var_path / 'knee-intake.sqlite3'}"
