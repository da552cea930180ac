"""Settings: read once, and a wrong one is refused by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from knee_intake.errors import SettingsError
from knee_intake.settings import SETTINGS, Settings


def test_every_default_can_be_read() -> None:
    settings = Settings.from_environ({})
    assert all(hasattr(settings, setting.name.lower()) for setting in SETTINGS)


def test_every_row_says_what_it_means_and_in_which_unit() -> None:
    assert [setting.name for setting in SETTINGS if not (setting.unit and setting.meaning)] == []


def test_names_are_not_repeated() -> None:
    names = [setting.name for setting in SETTINGS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("LIVE", "YES", True),
        ("LIVE", "off", False),
        ("LIVE", "", False),
        ("RATE_LIMITS", "off", False),
        ("MAX_TEXT", "120", 120),
        ("TURN_TIMEOUT", "2.5", 2.5),
        ("ALLOWED_ORIGINS", " https://a.example, https://b.example ,", ("https://a.example", "https://b.example")),
        ("LOG_LEVEL", " debug ", "debug"),
        ("CALENDAR_ACTORS", "a=Practitioner/1, b = urn:x|k=2 ,", {"a": "Practitioner/1", "b": "urn:x|k=2"}),
        ("CALENDAR_ACTORS", "", {}),
        ("CALENDAR_REQUESTED_AS", " pending ", "pending"),
    ],
)
def test_a_value_is_read_as_its_kind(name: str, raw: str, value: object) -> None:
    assert getattr(Settings.from_environ({f"KNEE_INTAKE_{name}": raw}), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("LIVE", "perhaps"),
        ("MAX_TEXT", "-1"),
        ("MAX_TEXT", "many"),
        ("TURN_TIMEOUT", "-0.5"),
        ("TURN_TIMEOUT", "soon"),
        ("CALENDAR_ACTORS", "a"),
        ("CALENDAR_ACTORS", "a="),
        ("CALENDAR_ACTORS", "a=1,a=2"),
        ("CALENDAR_REQUESTED_AS", "cancelled"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_name(name: str, raw: str) -> None:
    with pytest.raises(SettingsError, match=f"^KNEE_INTAKE_{name}: expected "):
        Settings.from_environ({f"KNEE_INTAKE_{name}": raw})


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^KNEE_INTAKE_PHONE: no such setting"):
        Settings.from_environ({"KNEE_INTAKE_PHONE": "555-0100"})


def test_variables_of_others_are_left_alone() -> None:
    Settings.from_environ({"PATH": "/bin", "KNEE": "1"})


def test_an_override_wins_over_the_environment() -> None:
    assert Settings.from_environ({"KNEE_INTAKE_MAX_TEXT": "10"}, max_text=20).max_text == 20


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="colour"):
        _ = Settings.from_environ({}).colour


def test_the_folders_lie_in_the_home(tmp_path: Path) -> None:
    settings = Settings.from_environ({"KNEE_INTAKE_HOME": str(tmp_path)})
    home = tmp_path.resolve()
    assert (settings.clinic_path, settings.models_path) == (home / "clinic", home / "models")
    assert settings.database == f"sqlite:///{home / 'var' / 'knee-intake.sqlite3'}"


def test_a_database_address_wins_over_the_file_in_the_home() -> None:
    url = "postgresql://clinic@localhost/knee"
    assert Settings.from_environ({"KNEE_INTAKE_DATABASE_URL": url}).database == url


def test_without_a_home_the_project_is_the_home() -> None:
    assert (Settings.from_environ({}).home_path / "pyproject.toml").exists()
