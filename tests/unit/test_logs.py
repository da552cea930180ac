"""A word that a visitor typed is in no log, however a library tries to print it."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
import warnings
from typing import Any

import pytest
import structlog

from knee_intake import logs
from knee_intake.errors import SettingsError, StorageError

WORD = "zebra"


@pytest.fixture
def log(fresh_logging: None) -> io.StringIO:
    stream = io.StringIO()
    logs.configure("debug", stream)
    return stream


def structlog_of(module: str) -> Any:
    """structlog names a logger after the module that calls it; this is a call from `module`."""
    scope: dict[str, Any] = {"__name__": module, "structlog": structlog}
    exec("def emit(method, event, **fields): getattr(structlog.get_logger(), method)(event, **fields)", scope)
    return scope["emit"]


PERSONAL = """user_text text parse_data_text parse_data_entities rasa_events rasa_event message slots slot_values
    response tracker_latest_message states old_states current_states token_text event_info unheard_of reason model"""


@pytest.mark.parametrize("field", PERSONAL.split())
def test_a_structured_event_of_rasa_keeps_no_words(log: io.StringIO, field: str) -> None:
    structlog_of("rasa.core.processor")("warning", "processor.message.parse", **{field: f"my {WORD} hurts"})
    assert "processor.message.parse" in log.getvalue()
    assert WORD not in log.getvalue()


def test_a_structured_event_of_rasa_keeps_its_numbers(log: io.StringIO) -> None:
    structlog_of("rasa.core.processor")("error", "processor.done", ms=12, text=WORD)
    assert log.getvalue().rstrip().endswith("error rasa.core.processor processor.done ms=12")


def test_words_in_the_place_of_an_event_name_are_dropped(log: io.StringIO) -> None:
    structlog_of("rasa.core.processor")("error", f"received {WORD}")
    assert log.getvalue().rstrip().endswith("error rasa.core.processor event")


def test_our_events_keep_the_fields_on_the_list_and_no_others(log: io.StringIO) -> None:
    structlog_of("knee_intake.dialogue.engine")(
        "info", "turn_done", conversation="c1", seq=4, rules=["RF01", "RF05"], text=WORD, answers={"goal": WORD}
    )
    line = log.getvalue().rstrip()
    assert line.endswith("info knee_intake.dialogue.engine turn_done conversation=c1 rules=RF01,RF05 seq=4")


def test_a_plain_line_of_a_library_gives_only_its_place(log: io.StringIO) -> None:
    logging.getLogger("rasa.core.processor").warning("Received user message '%s'", WORD)
    logging.getLogger("sqlalchemy.engine").error(f"parameters ('{WORD}',)")
    assert WORD not in log.getvalue()
    assert log.getvalue().count("(text withheld, test_logs.py:") == 2


def test_a_library_is_silent_below_warning(log: io.StringIO) -> None:
    logging.getLogger("rasa.core.agent").info("hello")
    structlog_of("rasa.core.agent")("debug", "agent.hello")
    assert log.getvalue() == ""


def test_our_own_line_is_printed_on_one_line(log: io.StringIO) -> None:
    logging.getLogger("knee_intake.web").info("started on port %d\nforged line", 8000)
    assert log.getvalue().rstrip().endswith("info knee_intake.web started on port 8000 forged line")
    assert log.getvalue().count("\n") == 1


def raise_plain() -> None:
    raise ValueError(WORD)


def raise_ours_from_theirs() -> None:
    try:
        raise_plain()
    except ValueError as error:
        raise StorageError("the database refused: OperationalError") from error


@pytest.mark.parametrize("name", ["knee_intake.web", "rasa.core.processor", "asyncio"])
def test_an_exception_is_printed_without_its_message(log: io.StringIO, name: str) -> None:
    try:
        raise_ours_from_theirs()
    except StorageError:
        logging.getLogger(name).exception("a turn failed")
    text = log.getvalue()
    assert WORD not in text
    assert "  ValueError\n" in text
    assert "knee_intake.errors.StorageError: the database refused: OperationalError" in text
    assert "in raise_plain" in text


def test_a_structured_exception_is_printed_without_its_message(log: io.StringIO) -> None:
    try:
        raise_plain()
    except ValueError:
        structlog_of("rasa.core.nlg.interpolator")("exception", "interpolator.failed", response=WORD)
    assert WORD not in log.getvalue()
    assert "in raise_plain" in log.getvalue()


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("knee_intake.errors.ModelError: no model", "knee_intake.errors.ModelError: no model"),
        (f"sqlalchemy.exc.DataError: ('{WORD}',)", "sqlalchemy.exc.DataError"),
        ("KeyError", "KeyError"),
    ],
)
def test_a_traceback_in_words_gives_only_its_kind(log: io.StringIO, last: str, told: str) -> None:
    trace = f"Traceback (most recent call last):\n  File 'app.py', line 7\n    ask('{WORD}')\n{last}\n"
    logging.getLogger("uvicorn.error").error(trace)
    assert log.getvalue().endswith(f" error uvicorn.error {told}\n")


def test_a_line_whose_arguments_do_not_fit_is_reported_without_them() -> None:
    stream = io.StringIO()
    record = logging.LogRecord("knee_intake.web", logging.INFO, "web/app.py", 7, "seq %d", (WORD,), None)
    logs.WordlessHandler(stream).handle(record)
    assert stream.getvalue() == "knee-intake: a log line could not be written (app.py:7)\n"


def test_a_warning_gives_its_kind_and_place(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._log_warning
        warnings.warn(f"could not read {WORD}", UserWarning, stacklevel=1)
    assert WORD not in log.getvalue()
    assert "UserWarning at " in log.getvalue()


def test_configuring_twice_prints_each_line_once(log: io.StringIO) -> None:
    logs.configure("info", log)
    logging.getLogger("knee_intake").info("once")
    assert log.getvalue().count("once") == 1


def test_a_closed_standard_error_fails_nobody(fresh_logging: None) -> None:
    stream = io.StringIO()
    logs.configure("info", stream)
    stream.close()
    logging.getLogger("knee_intake").info("nobody reads this")


def test_an_unknown_level_is_refused_by_the_settings_name(fresh_logging: None) -> None:
    with pytest.raises(SettingsError, match=r"KNEE_INTAKE_LOG_LEVEL: expected one of debug, info, warning, error"):
        logs.configure("loud")


def in_a_process(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environ}
    )


def test_logs_go_to_standard_error_only() -> None:
    code = "import logging; from knee_intake import logs; logs.configure(); logging.getLogger('knee_intake').info('x')"
    done = in_a_process(code)
    assert done.stdout == ""
    assert done.stderr.endswith("info knee_intake x\n")


def test_rasa_is_told_to_send_nothing_whatever_the_machine_says() -> None:
    code = "import os; from knee_intake import logs; logs.quiet_rasa(); print(os.environ['RASA_TELEMETRY_ENABLED'])"
    assert in_a_process(code, RASA_TELEMETRY_ENABLED="true").stdout == "false\n"


def test_quieting_rasa_does_not_import_it() -> None:
    code = "import sys; from knee_intake import logs; logs.quiet_rasa(); print('rasa' in sys.modules)"
    assert in_a_process(code).stdout == "False\n"
