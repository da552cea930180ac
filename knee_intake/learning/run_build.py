"""The process of one build: `python -m knee_intake.learning.run_build NUMBER`. Gentle with the machine."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from knee_intake import logs
from knee_intake.clock import Clock, system_clock
from knee_intake.errors import BuildError, KneeIntakeError, OutputError
from knee_intake.learning.build import Built, build, describe
from knee_intake.records.database import Database
from knee_intake.records.lessons import approved
from knee_intake.records.list_changes import note_change
from knee_intake.records.model_builds import FAILED, HELD_BACK, LEASE, PASSED, end, keep_alive, note_step
from knee_intake.settings import PREFIX, Settings
from knee_intake.understanding.in_use import learning_folder
from knee_intake.understanding.training import rasa_environment

log = logging.getLogger(__name__)
NICENESS = 10
SIGN_OF_LIFE = LEASE / 4
Build = Callable[..., Built]


class Run:
    """One build, told to the records as it goes."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        number: int,
        *,
        clock: Clock = system_clock,
        build: Build = build,
        echo: Callable[[str], Any] = lambda _line: None,
        sign_of_life: timedelta = SIGN_OF_LIFE,
    ) -> None:
        self._settings, self._database, self._number, self._clock = settings, database, number, clock
        self._build, self._echo, self._every = build, echo, sign_of_life
        self._log: list[str] = []
        self.lost = False

    def run(self) -> str:
        """Build to the end; the state that was noted."""
        with self._database.read() as connection:
            lessons = approved(connection)
        built: Built | None = None
        state, step = FAILED, "failed"
        with self._alive():
            try:
                built = self._build(self._settings, self._number, lessons, self.say)
                state = PASSED if built.passed else HELD_BACK
                step = "passed the gate" if built.passed else "did not pass the gate"
            except Exception as error:
                if not isinstance(error, KneeIntakeError):
                    log.exception("the build failed")
                self._log.append(f"Failed: {describe(error)}")
                self._echo(self._log[-1])
        with self._database.write() as connection:
            end(
                connection, self._number, state, step, self._clock(), log="\n".join(self._log),
                result=built.result if built else None, model=built.model if built else None,
            )  # fmt: skip
            note_change(connection, self._clock())
        return state

    def say(self, line: str) -> None:
        """Note what is done now. Raises BuildError where the build was given up meanwhile."""
        if self.lost:
            raise BuildError("The build was given up as interrupted.")
        self._log.append(f"{self._clock():%H:%M:%S} {line}")
        self._echo(line)
        with self._database.write() as connection:
            self.lost = not note_step(connection, self._number, line, "\n".join(self._log), self._clock())
            note_change(connection, self._clock())

    @contextlib.contextmanager
    def _alive(self) -> Iterator[None]:
        """Renew the lease in the background: training says nothing for minutes."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self._every.total_seconds()):
                try:
                    with self._database.write() as connection:
                        self.lost = self.lost or not keep_alive(connection, self._number, self._clock())
                except KneeIntakeError:
                    log.warning("the sign of life could not be given; it is tried again")

        thread = threading.Thread(target=renew, name="sign of life", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def start_process(settings: Settings, number: int) -> None:
    """Have the build run beside this process, and outlive it. Raises OutputError."""
    environment = {**rasa_environment(settings.home_path), PREFIX + "DATABASE_URL": settings.database}
    folder = learning_folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"build-{number}.log").open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "knee_intake.learning.run_build", str(number)],
                cwd=settings.home_path, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
    except OSError as error:
        raise OutputError(f"the build could not be started: {error.strerror}") from None
    threading.Thread(target=process.wait, name=f"build {number}", daemon=True).start()


def main() -> int:
    """Run the build of the number that was given."""
    os.nice(NICENESS)
    settings = Settings.from_environ()
    logs.configure(settings.log_level)
    database = Database(settings.database)
    try:
        return 0 if Run(settings, database, int(sys.argv[1])).run() == PASSED else 1
    finally:
        database.close()


if __name__ == "__main__":
    sys.exit(main())
