"""Logging: one line an event, to standard error, and never a patient's words.

Rasa prints what visitors type through structlog and through plain log messages, and other libraries put values into
exceptions and warnings. So the rule is an allow-list:

- our own loggers (and uvicorn's start and stop lines) are printed as they are: we write no patient's words into them;
- of structured events only the fields in `FIELDS` are kept, and of other libraries' only those with a number or a flag;
- of any other library's line only where it came from is printed, and only from "warning" upwards;
- of an exception the kind and the lines of code are printed, the message only for our own errors.

`configure` has to run before Rasa is imported.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import time
import traceback
import warnings
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from knee_intake.errors import KneeIntakeError, SettingsError

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

OWN = ("knee_intake", "actions", "uvicorn.error")
"""Loggers whose messages hold no patient's words, because we (or, for uvicorn, its source) say so."""

FIELDS = frozenset(
    {
        *("conversation", "seq", "reference", "staff", "rule", "rules", "urgency", "intent", "field", "status"),
        *("action", "policy", "model", "version", "code", "reason", "file", "line", "count", "attempt"),
        *("method", "route", "host", "port", "ms", "seconds"),
    }
)
"""What a structured event may carry. Add a name only if its value can never be typed by a visitor."""

_EVENT_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",  # TensorFlow's greetings; errors still come as exceptions
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",  # Rasa pins SQLAlchemy 1.4: that 2.0 exists is known
}


def quiet_rasa() -> None:
    """Telemetry off and start-up chatter gone, for this process and its children. Imports nothing."""
    os.environ.update(_QUIET)


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (standard error) under the rule above. May be called again."""
    if level.lower() not in LEVELS:
        raise SettingsError(f"KNEE_INTAKE_LOG_LEVEL: expected one of {', '.join(LEVELS)}")
    quiet_rasa()
    number = LEVELS[level.lower()]
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, WordlessHandler)]:
        root.removeHandler(handler)
    root.addHandler(WordlessHandler(stream))
    root.setLevel(max(number, logging.WARNING))
    for name in OWN:
        logging.getLogger(name).setLevel(number)
    warnings.showwarning = _log_warning
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, keep_known_fields, _to_record],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def keep_known_fields(logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that drops whatever could hold a visitor's words."""
    own = _is_own(getattr(logger, "name", ""))
    kept = {key: value for key, value in event.items() if key in FIELDS and _is_harmless(value, own)}
    name = str(event.get("event", ""))
    kept["event"] = name if own or _EVENT_NAME.fullmatch(name) else "event"
    if event.get("exc_info"):
        kept["exc_info"] = event["exc_info"]
    return kept


class WordlessHandler(logging.Handler):
    """Writes lines to a stream; a record that cannot be written is reported without its arguments."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream
        self.setFormatter(WordlessFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except (TypeError, ValueError):  # our own message and its arguments do not fit
            line = f"knee-intake: a log line could not be written ({_where(record)})"
        with contextlib.suppress(OSError, ValueError):  # nobody reads any more: no reason to fail a turn
            print(line, file=self._stream or sys.stderr, flush=True)


class WordlessFormatter(logging.Formatter):
    """`2026-01-31T12:00:00Z info knee_intake.web started port=8000`."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] | None = getattr(record, "fields", None)
        if fields is not None:
            text = " ".join([str(record.msg), *(f"{key}={_plain(value)}" for key, value in sorted(fields.items()))])
        elif _is_own(record.name):
            text = _without_traceback(record.getMessage().strip())
        else:
            text = f"(text withheld, {_where(record)})"
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        line = f"{stamp} {record.levelname.lower()} {record.name} {_one_line(text)}"
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([line, *describe(error)]) if error else line


def describe(error: BaseException) -> Iterator[str]:
    """The exception and its causes, innermost cause first: kind and lines of code; a message only if it is ours."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from describe(cause)
    yield from _frames(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, KneeIntakeError):
        yield f"  {kind}: {_one_line(str(error))}"
    elif isinstance(error, OSError) and error.strerror:
        yield f"  {kind}: {error.strerror}"
    else:
        yield f"  {kind}"


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace):
        yield f"    {frame.filename}:{frame.lineno} in {frame.name}"


def _without_traceback(text: str) -> str:
    """uvicorn prints why a start failed as a traceback in words: only its kind is kept, or our own error's line."""
    if not text.startswith("Traceback "):
        return text
    last = text.splitlines()[-1]
    return last if last.startswith("knee_intake.errors.") else last.partition(":")[0]


def _to_record(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Hand the event to the standard library with its fields apart, so that one formatter prints everything."""
    fields = {key: value for key, value in event.items() if key not in {"event", "exc_info"}}
    return (event["event"],), {"exc_info": event.get("exc_info"), "extra": {"fields": fields}}


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Warnings of libraries may quote what a visitor typed: only their kind and place are of use here."""
    logging.getLogger("knee_intake.warnings").debug("%s at %s:%s", category.__name__, filename, lineno)


def _is_own(name: str) -> bool:
    return any(name == own or name.startswith(f"{own}.") for own in OWN)


def _is_harmless(value: Any, own: bool) -> bool:
    if value is None or isinstance(value, (bool, int, float)):
        return True
    return own and (
        isinstance(value, str)
        or (isinstance(value, (list, tuple)) and all(isinstance(item, (str, int)) for item in value))
    )


def _where(record: logging.LogRecord) -> str:
    return f"{record.filename}:{record.lineno}"


def _plain(value: Any) -> str:
    """A value as one word: text with spaces, quotes or control characters is quoted as in JSON."""
    text = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if re.fullmatch(r"[\w.:,/+@-]+", text) else json.dumps(text)


def _one_line(text: str) -> str:
    """Nobody forges a log line with a line break."""
    return "".join(char if char.isprintable() else " " for char in text)
