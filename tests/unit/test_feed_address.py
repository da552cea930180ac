"""Which calendar addresses may be fetched, and how they are written in the settings."""

from __future__ import annotations

import pytest

from knee_intake.errors import SettingsError
from knee_intake.feed_address import address_problem, feed_addresses, read_feeds
from knee_intake.settings import Settings
from tests.practices import make_practice


@pytest.mark.parametrize(
    "address",
    [
        "https://calendar.example.org/private-1234/basic.ics",
        "HTTPS://calendar.example.org:8443/a,b.ics?x=1",
        "http://127.0.0.1:5232/one.ics",
        "http://localhost/one.ics",
        "http://[::1]:8000/one.ics",
    ],
)
def test_https_may_be_fetched_and_http_on_this_machine(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://calendar.example.org/one.ics",
        "http://127.0.0.1.example.org/one.ics",
        "webcal://calendar.example.org/one.ics",
        "file:///etc/passwd",
        "ftp://calendar.example.org/one.ics",
        "https://",
        "https://host:port/",
        "https://[::1/",
        "calendar.example.org/one.ics",
        "",
    ],
)
def test_nothing_else_may(address: str) -> None:
    assert address_problem(address) is not None


def test_the_setting_names_each_clinicians_address_whatever_signs_it_holds() -> None:
    text = "one=https://a.example/x,y.ics?k=v=w, two = http://127.0.0.1/b.ics ,"
    assert read_feeds(text) == {"one": "https://a.example/x,y.ics?k=v=w", "two": "http://127.0.0.1/b.ics"}
    assert read_feeds("") == {}


def test_a_bad_address_in_the_settings_is_refused_without_being_repeated() -> None:
    with pytest.raises(SettingsError, match=r"KNEE_INTAKE_BUSY_FEEDS.*one: expected https://") as caught:
        Settings.from_environ({"KNEE_INTAKE_BUSY_FEEDS": "one=http://a.example/secret-token.ics"})
    assert "secret-token" not in str(caught.value)


def test_the_settings_win_over_the_practices_file() -> None:
    practice = make_practice(booking={"busy_feed": {"one": "https://a.example/old.ics"}})
    settings = Settings.from_environ({"KNEE_INTAKE_BUSY_FEEDS": "one=https://a.example/new.ics"})
    assert feed_addresses(practice, settings) == {"one": "https://a.example/new.ics"}
    assert feed_addresses(practice, Settings.from_environ({})) == {"one": "https://a.example/old.ics"}


def test_a_clinician_that_is_not_there_is_named() -> None:
    settings = Settings.from_environ({"KNEE_INTAKE_BUSY_FEEDS": "nobody=https://a.example/secret.ics"})
    with pytest.raises(SettingsError, match="`nobody` is no clinician") as caught:
        feed_addresses(make_practice(), settings)
    assert "secret" not in str(caught.value)
