"""The command line: every command helps with an example, fails in one line, and starts fast."""

from __future__ import annotations

import os
import re
import resource
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from knee_intake import __version__, cli
from knee_intake.errors import ModelError

NAMES = [
    "serve", "train", "understand", "staff", "export", "erase", "retention", "audit", "texts", "check", "alert",
    "learning", "go-live",
]  # fmt: skip

pytestmark = pytest.mark.usefixtures("fresh_logging")


def exit_status(*argv: str) -> int:
    """What the shell would see, whether argparse or the command ends it."""
    try:
        return cli.main(argv)
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.fixture
def command_that(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """`command_that(run)` makes `knee-intake try` run it."""

    def install(run: cli.Run) -> None:
        monkeypatch.setattr(cli, "COMMANDS", (cli.Command("try", "try it", "knee-intake try", run),))

    return install


def test_the_commands_are_those_that_others_rely_on() -> None:
    assert [command.name for command in cli.COMMANDS] == NAMES


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_help_explains_and_gives_an_example(command: cli.Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status(command.name, "--help") == 0
    text = capsys.readouterr().out
    assert command.summary[1:] in re.sub(r"\s+", " ", text)
    assert f"example:\n  {command.example}\n" in text


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_the_example_is_understood_by_its_command(command: cli.Command) -> None:
    words = re.sub(r"^.*\bknee-intake |[>|].*$", "", command.example)
    assert cli._parser().parse_args(shlex.split(words)).run is command.run


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status("--version") == 0
    assert capsys.readouterr().out == f"knee-intake {__version__}\n"


@pytest.mark.parametrize("argv", [[], ["dance"], ["serve", "--port", "x"]])
def test_a_command_that_cannot_be_read_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status(*argv) == cli.REFUSED
    assert capsys.readouterr().err.startswith("usage: knee-intake")


def test_our_errors_are_one_line_without_a_traceback(command_that, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_args: object, _settings: object) -> None:
        raise ModelError("models/x.tar.gz: not made by this project; run knee-intake train")

    command_that(run)
    assert exit_status("try") == cli.REFUSED
    assert capsys.readouterr().err == "knee-intake: models/x.tar.gz: not made by this project; run knee-intake train\n"


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KNEE_INTAKE_MAX_TEXT", "lots")
    assert exit_status("check") == cli.REFUSED
    assert re.fullmatch(r"knee-intake: KNEE_INTAKE_MAX_TEXT: expected .*\n", capsys.readouterr().err)


def test_an_unexpected_error_shows_its_place_but_not_its_words(
    command_that, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_args: object, _settings: object) -> None:
        raise ValueError("zebra")

    command_that(run)
    assert exit_status("try") == cli.FAILED
    text = capsys.readouterr().err
    assert "zebra" not in text
    assert text.startswith("knee-intake: unexpected error\n")
    assert text.endswith("  ValueError\n")


def test_an_interrupt_ends_quietly(command_that, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_args: object, _settings: object) -> None:
        raise KeyboardInterrupt

    command_that(run)
    assert exit_status("try") == cli.INTERRUPTED
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("result", "status"), [(None, 0), (0, 0), (3, 3)])
def test_the_exit_status_is_the_commands(command_that, result: int | None, status: int) -> None:
    command_that(lambda _args, _settings: result)
    assert exit_status("try") == status


LIGHT = [
    ["--help"],
    ["check"],
    ["check", "--article"],
    ["texts"],
    ["go-live"],
    ["alert", "test"],
    ["staff", "list"],
    ["export", "--format", "json"],
    ["retention"],
]


@pytest.mark.parametrize("argv", LIGHT, ids=" ".join)
def test_a_command_without_a_model_is_light_and_fast(home: Path, argv: list[str]) -> None:
    code = (
        "import sys\nfrom knee_intake.cli import main\n"
        "try:\n    main(sys.argv[1:])\nfinally:\n"
        "    print('heavy:', *sorted({'rasa', 'tensorflow', 'sklearn', 'onnxruntime'} & set(sys.modules)))"
    )
    before = cpu_of_children()
    done = subprocess.run(
        [sys.executable, "-c", code, *argv],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KNEE_INTAKE_HOME": str(home)},
    )
    assert done.stdout.splitlines()[-1] == "heavy:", done.stderr
    assert "unexpected error" not in done.stderr
    assert cpu_of_children() - before <= max(1.0, 2 * libraries_alone())  # seconds of CPU


@lru_cache(maxsize=1)
def libraries_alone() -> float:
    """What importing the libraries of such a command costs on this machine now: some are half as fast as others."""
    before = cpu_of_children()
    code = "import alembic.command, argon2, msgspec, ruamel.yaml, sqlalchemy.orm, structlog"
    subprocess.run([sys.executable, "-c", code], check=True)
    return cpu_of_children() - before


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
