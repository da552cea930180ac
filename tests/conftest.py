"""What the tests share: a clinic's folder of their own, a clock that stands still, a database, one trained model.

Nothing of the machine shows through: no KNEE_INTAKE_ variable, no clock, no zone. Rooms are imported inside the
fixtures, so that the tests of the pure rooms import nothing heavy.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import structlog

from knee_intake import logs
from knee_intake.settings import PREFIX, Settings

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic
    from knee_intake.records.database import Database

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)
"""A Tuesday, at noon in New York."""
LONG = ("test_kill.py", "test_widget_states.py")

hypothesis.settings.register_profile("same_every_time", derandomize=True, deadline=None, database=None, max_examples=60)
hypothesis.settings.register_profile("long", deadline=None, max_examples=5000)
hypothesis.settings.load_profile("same_every_time")

logs.quiet_rasa()
for _name in [name for name in os.environ if name.startswith(PREFIX)]:
    del os.environ[_name]
os.environ["TZ"] = "Pacific/Chatham"  # a quarter-hour zone: who reads the local clock by mistake is caught
time.tzset()


class FrozenClock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        """`clock.advance(minutes=31)`; the new time."""
        self.now += timedelta(**by)
        return self.now


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Cheap tests first; a test in tests/browser or with the model is marked by what it uses."""
    rooms = {"unit": 0, "clinic": 0, "understanding": 1, "integration": 2, "booking": 2, "browser": 3}
    for item in items:
        room = item.path.relative_to(ROOT / "tests").parts[0]
        fixtures = getattr(item, "fixturenames", ())
        if room == "browser" or "chromium_path" in fixtures:
            item.add_marker("browser")
        if "model_path" in fixtures:
            item.add_marker("model")
    # the longest file of a room first: where two processes share the files, none waits for it at the end
    items.sort(key=lambda item: (rooms[item.path.relative_to(ROOT / "tests").parts[0]], item.path.name not in LONG))


@pytest.fixture
def fresh_logging() -> Iterator[None]:
    """For tests that configure logging: afterwards it is as before."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A KNEE_INTAKE_HOME of its own: clinic/ as a copy to change, the Rasa project by links, var/ empty."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copytree(ROOT / "clinic", home / "clinic")
    for name in ("data", "actions", "config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        if (ROOT / name).exists():
            (home / name).symlink_to(ROOT / name)
    return home


@pytest.fixture
def make_settings(home: Path) -> Callable[..., Settings]:
    """`make_settings(max_text=100)`: the defaults with this test's home, and what is given."""

    def make(**overrides: object) -> Settings:
        return Settings.from_environ({}, **{"home": str(home), **overrides})

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


@pytest.fixture(scope="session")
def clinic() -> Clinic:
    """The clinic's files as they are in the project."""
    from knee_intake.clinic import load_clinic

    return load_clinic(ROOT / "clinic")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file, to be copied: that takes a hundredth of the time that all revisions take."""
    from knee_intake.records.database import Database
    from knee_intake.records.migrate import migrate

    file = tmp_path_factory.mktemp("records") / "migrated.sqlite3"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


@pytest.fixture
def database(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """An empty, migrated SQLite file."""
    from knee_intake.records.database import Database

    database = Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'test.sqlite3')}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def model_path(request: pytest.FixtureRequest) -> Path:
    """The model of the project's own inputs, trained when the first test asks and kept for the next run."""
    from knee_intake.understanding.training import ensure_model

    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        return Path(ensure_model(Settings.from_environ({}), force=False))


@pytest.fixture(scope="session")
def models(model_path: Path) -> Any:
    """Rasa's agent and the understanding, loaded once for all tests."""
    from knee_intake.web.app import load_models

    logs.configure("warning")  # as the app does, before Rasa is imported
    return load_models(Settings.from_environ({}, model=str(model_path)))


@pytest.fixture
def trained_settings(make_settings: Callable[..., Settings], model_path: Path) -> Settings:
    """Settings of a home of its own with the shared model."""
    return make_settings(model=str(model_path))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A chromium to drive. Where there is none the test fails: a browser test is never skipped."""
    found = subprocess.run(
        ["sh", str(ROOT / "scripts/chromium.sh"), "--find"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()
