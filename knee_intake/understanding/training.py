"""Train the model where it is missing or was made from other inputs.

Rasa trains in a process of its own: it needs seconds to import and half a gigabyte, and the server that waits for
the model wants neither. The new model appears under its name only when it is whole.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from knee_intake.errors import ModelError
from knee_intake.settings import PREFIX, Settings
from knee_intake.understanding.fingerprint import inputs_digest
from knee_intake.understanding.in_use import promoted_model, read_pointer, why_not

NAME = "knee-intake-{digest}.tar.gz"
KEPT = 2
"""Earlier models that stay beside the new one."""
TIMEOUT = 900.0
"""Seconds; a training that takes longer hangs."""
SEED = "0"
_STEP = "Starting to train component '"
_RESTORED = "Restored component '"


def model_path(settings: Settings) -> Path:
    """Where the model that fits the inputs lies, or will lie; where a better one was promoted, that."""
    if settings.model:
        return Path(settings.model).expanduser()
    return promoted_model(settings) or own_model_path(settings)


def own_model_path(settings: Settings) -> Path:
    """Where the model of the project's own inputs lies, or will lie."""
    return Path(settings.models_path) / NAME.format(digest=inputs_digest(settings.home_path)[:12])


def ensure_model(settings: Settings, force: bool = False) -> Path:
    """The model that fits the inputs; trains it if there is none or it is damaged, or if `force`.

    One that KNEE_INTAKE_MODEL names is used as it is, a promoted one as long as it can be read. Raises ModelError.
    """
    if settings.model:
        path = model_path(settings)
        _made_from(path)
        return path
    if not force and (promoted := _promoted(settings)) is not None:
        return promoted
    path = own_model_path(settings)
    if not force and is_sound(path, settings):
        return path
    with _only_one(settings.models_path):
        if force or not is_sound(path, settings):  # another process may have trained it meanwhile
            _train(settings.home_path, path)
            _remove_old(path)
    return path


def _promoted(settings: Settings) -> Path | None:
    """The promoted model, where there is one that fits and is whole."""
    path = promoted_model(settings)
    if path is not None:
        try:
            _made_from(path)
        except ModelError as error:
            _say(f"The promoted model cannot be used: {error}")
            return None
    elif (pointer := read_pointer(settings)) is not None:
        _say(f"The model of build {pointer.build} was promoted and is not used: {why_not(settings)}")
    return path


def is_sound(path: Path, settings: Settings) -> bool:
    """Whether the model is there, whole and made from the present inputs."""
    try:
        return _made_from(path) == inputs_digest(settings.home_path)
    except ModelError:
        return False


def _train(home: Path, path: Path) -> None:
    if missing := [name for name in ("config.yml", "domain.yml", "data") if not (home / name).exists()]:
        raise ModelError(f"{home}: cannot train a model here, {', '.join(missing)} is missing")
    started, digest = time.monotonic(), inputs_digest(home)
    _say("Training the model (about a minute) …")
    with TemporaryDirectory(dir=path.parent, prefix=".training-") as folder:
        made = Path(folder) / path.name
        _run_rasa(home, made)
        from knee_intake.understanding.model_file import load_classifier

        load_classifier(made)
        if _made_from(made) != digest:
            raise ModelError(f"{home}: training data or settings changed while the model was trained; train again")
        os.replace(made, path)
    _say(f"The model is ready: {path} ({time.monotonic() - started:.0f} s)")


def _run_rasa(home: Path, made: Path) -> None:
    command = [sys.executable, "-m", "knee_intake.understanding.rasa_training", str(home), str(made)]
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=home, env=rasa_environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        started = time.monotonic()
        for line in process.stdout:
            lines.append(line.rstrip())
            _show_step(line, started)
        process.wait(TIMEOUT)
    if process.returncode or not made.is_file():
        raise ModelError("training the model failed; the last lines were:\n  " + "\n  ".join(lines[-12:]))


def _show_step(line: str, started: float) -> None:
    for mark in (_STEP, _RESTORED):
        if mark in line:
            _say(f"  {time.monotonic() - started:3.0f} s: {line.split(mark)[1].split(chr(39))[0]}")


def rasa_environment(home: Path) -> dict[str, str]:
    """The variables under which Rasa's own programs run on the project in `home`."""
    package = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    return {
        **os.environ,
        PREFIX + "HOME": str(home),
        "PYTHONPATH": paths,
        "PYTHONHASHSEED": SEED,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        # one thread: sums of floats come out the same each time
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """One training at a time, whichever process asks for it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".training.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise ModelError(f"{folder}: cannot write a model here: {error.strerror}") from error


def _remove_old(newest: Path) -> None:
    others = [path for path in newest.parent.glob(NAME.format(digest="*")) if path != newest]
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        path.unlink(missing_ok=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _made_from(path: Path) -> str | None:
    from knee_intake.understanding.model_file import made_from  # numpy: commands that only ask for the path do without

    return made_from(path)
