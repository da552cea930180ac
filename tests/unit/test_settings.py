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
        ("PUBLIC_URL", " https://chat.clinic.test/ ", "https://chat.clinic.test"),
        ("WEBHOOK_URL", "https://hook.test/a/", "https://hook.test/a/"),
        ("CALENDAR_ACTORS", "a=Practitioner/1, b = urn:x|k=2 ,", {"a": "Practitioner/1", "b": "urn:x|k=2"}),
        ("CALENDAR_ACTORS", "", {}),
        ("CALENDAR_REQUESTED_AS", " pending ", "pending"),
    ],
)
def test_a_value_is_read_as_its_kind(name: str, raw: str, value: object) -> None:
    environ = {f"KNEE_INTAKE_{name}": raw, "KNEE_INTAKE_WEBHOOK_SECRET": "x" * 16}
    assert getattr(Settings.from_environ(environ), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("LIVE", "perhaps"),
        ("MAX_TEXT", "-1"),
        ("MAX_TEXT", "many"),
        ("TURN_TIMEOUT", "-0.5"),
        ("TURN_TIMEOUT", "soon"),
        ("SMTP_URL", "mail.clinic.test"),
        ("SMTP_URL", "https://mail.clinic.test"),
        ("SMTP_URL", "smtp://host:port"),
        ("PUBLIC_URL", "chat.clinic.test"),
        ("WEBHOOK_URL", "ftp://clinic.test"),
        ("WEBHOOK_SECRET", "too short"),
        ("MAIL_FROM", "the clinic"),
        ("MAIL_FROM", "a@b.test, c@d.test"),
        ("MAIL_FROM", "A <a@b.test>\nBcc: c@d.test"),
        ("CALENDAR_ACTORS", "a"),
        ("CALENDAR_ACTORS", "a="),
        ("CALENDAR_ACTORS", "a=1,a=2"),
        ("CALENDAR_REQUESTED_AS", "cancelled"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_name(name: str, raw: str) -> None:
    with pytest.raises(SettingsError, match=f"^KNEE_INTAKE_{name}: expected "):
        Settings.from_environ({f"KNEE_INTAKE_{name}": raw})


def test_a_refused_address_is_not_repeated_for_it_may_hold_a_password() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({"KNEE_INTAKE_SMTP_URL": "smtp:/chat:hunter2@mail.clinic.test"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "missing"),
    [({"SMTP_URL": "smtp://mail.clinic.test"}, "MAIL_FROM"), ({"WEBHOOK_URL": "https://x.test"}, "WEBHOOK_SECRET")],
)
def test_a_way_out_needs_what_goes_with_it(given: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingsError, match=f"^KNEE_INTAKE_{missing}: expected a value"):
        Settings.from_environ({f"KNEE_INTAKE_{name}": value for name, value in given.items()})


def test_the_ways_out_are_those_that_are_set_up() -> None:
    mail = {"KNEE_INTAKE_SMTP_URL": "smtps://u:p@mail.clinic.test", "KNEE_INTAKE_MAIL_FROM": "Desk <desk@clinic.test>"}
    hook = {"KNEE_INTAKE_WEBHOOK_URL": "https://hook.test/a?b=c", "KNEE_INTAKE_WEBHOOK_SECRET": "x" * 16}
    found = [Settings.from_environ(given).notice_channels for given in ({}, mail, hook, {**mail, **hook})]
    assert found == [(), ("mail",), ("webhook",), ("mail", "webhook")]


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
