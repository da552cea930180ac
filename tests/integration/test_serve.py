"""`knee-intake serve` as a real process: what it says when it cannot start, and that a second start goes on.

What can go wrong before the model is loaded is found before it: those starts take a second or two.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from knee_intake.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
START_S = 120


def command(home: Path, *arguments: str, **settings: str) -> dict[str, Any]:
    """What subprocess needs to run `knee-intake serve` on a home."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "KNEE_INTAKE_HOME": str(home),
        **{f"KNEE_INTAKE_{name.upper()}": value for name, value in settings.items()},
    }  # fmt: skip
    return {"args": [sys.executable, "-m", "knee_intake.cli", "serve", *arguments], "env": environment, "text": True}


def refusal(home: Path, *arguments: str, **settings: str) -> str:
    """The one line with which `serve` refuses to start."""
    run = command(home, *(arguments or ("--port", "0")), **settings)
    done = subprocess.run(**run, capture_output=True, timeout=START_S, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stdout == "", "it does not claim to be serving"
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("knee-intake: ")
    return lines[0]


@contextlib.contextmanager
def serving(home: Path, model: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """(address, process) once it says that it is ready."""
    run = command(home, "--port", "0", model=str(model), rate_limits="off")
    process = subprocess.Popen(**run, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        deadline = time.monotonic() + START_S
        for line in process.stdout:
            assert time.monotonic() < deadline
            if line.startswith("Ready: "):
                yield line.removeprefix("Ready: ").strip().rstrip("/"), process
                break
        else:
            pytest.fail("the server ended while it started")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def test_a_taken_port_is_told_at_once(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        begun = time.monotonic()
        assert refusal(home, "--port", str(port)) == (f"knee-intake: port {port} is taken; choose another with --port")
        assert time.monotonic() - begun < 30, "nothing slow was begun"
    assert not (home / "var").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--port", "70000"), "there is no port 70000; choose one from 0 to 65535 with --port"),
        (("--port", "0", "--host", "192.0.2.1"), "cannot listen on 192.0.2.1 port 0"),
    ],
)
def test_an_address_that_is_not_ours_is_told(home: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in refusal(home, *arguments)


def test_a_clinic_with_open_points_is_not_served_as_live(home: Path) -> None:
    said = refusal(home, live="yes")
    assert said.startswith("knee-intake: KNEE_INTAKE_LIVE: not with ")
    assert said.endswith("`knee-intake go-live` names them")


def test_a_missing_model_file_is_told(home: Path, tmp_path: Path) -> None:
    missing = tmp_path / "nothing.tar.gz"
    said = refusal(home, model=str(missing))
    assert said == f"knee-intake: {missing}: there is no model here; run `knee-intake train`"


def test_a_foreign_model_file_is_told(home: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.tar.gz"
    text.write_text("this is no model\n")
    foreign = tmp_path / "foreign.tar.gz"
    with tarfile.open(foreign, "w:gz") as archive:
        content = b'{"domain": {}}'
        member = tarfile.TarInfo("components/train_Other0/metadata.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    assert refusal(home, model=str(text)).startswith(f"knee-intake: {text}: is damaged or no Rasa model")
    assert refusal(home, model=str(foreign)).startswith(f"knee-intake: {foreign}: is not a model of this assistant")


def test_a_database_folder_that_cannot_be_written_is_told(home: Path, tmp_path: Path) -> None:
    """Root may write anywhere, so the folders here are ones in which nobody can."""
    file = tmp_path / "file"
    file.write_text("a regular file")
    below = refusal(home, database_url=f"sqlite:///{file}/records/knee.sqlite3")
    assert f"{file}/records: cannot make the database's folder: " in below
    kernel = refusal(home, database_url="sqlite:////proc/knee.sqlite3")
    assert "/proc/knee.sqlite3: the database's folder cannot be written: " in kernel
    (home / "var").write_text("in the place of the folder")
    assert f"{home}/var: cannot make the database's folder: " in refusal(home)


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(home: Path) -> None:
    (home / "var").mkdir()
    file = home / "var/knee-intake.sqlite3"
    content = "these are my notes, not a database\n" * 100
    file.write_text(content)
    assert "the database refused" in refusal(home)
    assert file.read_text() == content


def test_a_broken_clinic_file_is_told_with_line_key_and_what_was_expected(home: Path) -> None:
    file = home / "clinic/practice.yml"
    lines = file.read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.strip().startswith("notice_hours:"))
    indent = lines[number - 1][: -len(lines[number - 1].lstrip())]
    whole = list(lines)

    lines[number - 1] = f"{indent}notice_hours: two"
    file.write_text("\n".join(lines))
    said = refusal(home)
    assert f"{file}:{number}: " in said
    assert "notice_hours" in said
    assert "int" in said or "number" in said

    lines[number - 1] = f"{indent}notice_ours: 2"
    file.write_text("\n".join(lines))
    said = refusal(home)
    assert f"{file}:{number}: " in said
    assert "notice_ours" in said

    file.write_text("\n".join([*whole[: number - 1], f"{indent}notice_hours: [2", *whole[number:]]))
    assert f"{file}:" in refusal(home)
    file.unlink()
    assert str(file) in refusal(home)


def say(address: str, chat: dict[str, Any], text: str) -> list[dict[str, Any]]:
    answer = requests.post(
        f"{address}/api/conversations/{chat['conversation']}/messages",
        json={"id": str(uuid.uuid4()), "text": text},
        headers={"Authorization": f"Bearer {chat['token']}"},
        timeout=60,
    )
    assert answer.ok, answer.text
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


def test_one_process_serves_a_database_and_the_next_goes_on_where_it_stopped(
    make_settings: Callable[..., Settings], model_path: Path
) -> None:
    home = Path(make_settings().home)
    with serving(home, model_path) as (address, process):
        assert requests.get(f"{address}/readyz", timeout=30).json()["status"] == "ready"
        chat = requests.post(f"{address}/api/conversations", timeout=30).json()
        for text in ("my left knee hurts on the inside", "yes"):
            said = say(address, chat, text)
        assert said[-1]["input"]["for"] == "who_for"
        assert "another process serves this SQLite database" in refusal(home)
        assert say(address, chat, "self"), "the first is not disturbed"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM), "uvicorn ends in order, then passes the signal on"
    with serving(home, model_path) as (address, _):
        before = requests.get(
            f"{address}/api/conversations/{chat['conversation']}/messages",
            headers={"Authorization": f"Bearer {chat['token']}"},
            timeout=30,
        ).json()["messages"]
        assert [message["seq"] for message in before] == list(range(1, len(before) + 1))
        assert before[-1]["input"]["for"] == "emergency_screen"
        said = say(address, chat, "none of these")
        assert said[-1]["seq"] == len(before) + 2
        assert said[-1]["input"]["for"] == "onset", "side and place were told before the restart"
