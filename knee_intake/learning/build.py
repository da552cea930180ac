"""Builds a candidate for a better model, and holds it against the one in use. Runs in a process of its own.

Everything lies in var/learning/candidate-N: a copy of the project's training data with the approved sentences beside
it, and the model that comes of it. The project's own folders are only read.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knee_intake.errors import BuildError, KneeIntakeError, OutputError
from knee_intake.learning.evaluate import measure
from knee_intake.learning.gate import Measured, compare
from knee_intake.learning.lesson_files import Labelled, one_line, write_export
from knee_intake.settings import Settings
from knee_intake.understanding.in_use import chain, learning_folder

COPIED = ("data", "clinic")
FILES = ("config.yml", "domain.yml")
KEPT = 3
"""Candidates that stay beside those in use."""
VALIDATE_TIMEOUT_S = 300.0

Say = Callable[[str], None]
Train = Callable[[Settings], Path]
Measure = Callable[[Settings, Path, Sequence[Labelled]], Measured]


@dataclass(frozen=True)
class Built:
    """A candidate and what it came to."""

    model: str
    """The file, within var/learning."""
    result: dict[str, Any]
    """As gate.Verdict.to_dict(), with `base` and `left_out`."""

    @property
    def passed(self) -> bool:
        return bool(self.result["passed"])


def build(
    settings: Settings,
    number: int,
    lessons: Sequence[Labelled],
    say: Say,
    *,
    train: Train | None = None,
    measured: Measure = measure,
    validate: Callable[[Path, Say], None] | None = None,
) -> Built:
    """Copy, add, check, train, measure, compare; `say` tells each step as it begins.

    Raises KneeIntakeError where a step fails.
    """
    from knee_intake.understanding.fingerprint import inputs_digest
    from knee_intake.understanding.training import ensure_model

    train = train or ensure_model
    home = learning_folder(settings) / f"candidate-{number}"
    say("Copying the training data")
    usable, left_out = _without_contradictions(lessons, settings.home_path)
    base = inputs_digest(settings.home_path)
    _copy(settings.home_path, home)
    write_export(home / "export", usable, settings.home_path)
    shutil.copy(home / "export" / "nlu" / "learned.yml", home / "data" / "nlu" / "learned.yml")
    say(f"{len(usable)} approved sentences go in; {len(left_out)} stand in data/nlu under another intent and stay out")
    say("Checking the data with `rasa data validate`")
    (validate or rasa_validate)(home, say)
    say("Training the candidate")
    in_use = train(settings)
    made = train(Settings.from_environ({}, home=str(home)))
    say("Measuring the model in use")
    before = measured(settings, in_use, usable)
    say("Measuring the candidate")
    after = measured(settings, made, usable)
    verdict = compare(before, after)
    _remove_old(settings, keep=home)
    result = {**verdict.to_dict(), "base": base, "left_out": left_out, "sentences": len(usable)}
    return Built(made.relative_to(learning_folder(settings)).as_posix(), result)


def _without_contradictions(lessons: Iterable[Labelled], home: Path) -> tuple[list[Labelled], list[str]]:
    """(Those to learn from, the words of those that the training data has under another intent)"""
    from knee_intake.understanding.nlu_data import read_examples

    known = {_plain(text): intent for intent, texts in read_examples(home / "data" / "nlu").items() for text in texts}
    usable, left_out = [], []
    for lesson in lessons:
        if known.get(_plain(lesson.text), lesson.intent) == lesson.intent:
            usable.append(lesson)
        else:
            left_out.append(one_line(lesson.text))
    if not usable:
        raise BuildError("There is no approved sentence to learn from.")
    return usable, left_out


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.lower().replace("'", "")).split())


def _copy(source: Path, home: Path) -> None:
    try:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for name in COPIED:
            shutil.copytree(source / name, home / name)
        for name in FILES:
            shutil.copy(source / name, home / name)
    except OSError as error:
        raise OutputError(f"{home}: cannot be made: {error.strerror}") from None


def rasa_validate(home: Path, say: Say, data: Path | None = None) -> None:
    """Run `rasa data validate` on a project. Raises BuildError where it finds a mistake, or takes too long."""
    from knee_intake.understanding.training import rasa_environment

    command = [
        sys.executable, "-m", "rasa", "data", "validate", "--domain", str(home / "domain.yml"),
        "--config", str(home / "config.yml"), "--data", str(data or home / "data"),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=home, env=rasa_environment(home), capture_output=True, text=True, timeout=VALIDATE_TIMEOUT_S,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BuildError("`rasa data validate` took too long.") from None
    for line in (done.stdout + done.stderr).splitlines():
        if "UserWarning:" in line or " ERROR " in line or " WARNING " in line:
            say(line.strip()[:300])
    if done.returncode:
        raise BuildError("`rasa data validate` found a mistake in the data; the log has its words.")


def _remove_old(settings: Settings, keep: Path) -> None:
    """All but the newest few candidates, and those that are in use or may be again."""
    used = {model.split("/", 1)[0] for model in chain(settings)}
    others = [path for path in learning_folder(settings).glob("candidate-*") if path != keep and path.name not in used]
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def describe(error: BaseException) -> str:
    """What the log may say of a failure: our own errors are written for people, others may quote anybody."""
    return str(error) if isinstance(error, KneeIntakeError) else type(error).__name__
