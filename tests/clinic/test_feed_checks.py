"""`knee-intake check` on the clinicians' own calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from knee_intake.checks import check
from knee_intake.clock import system_clock
from knee_intake.records.busy_times import keep_only, note
from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from knee_intake.settings import Settings

FEEDS = {"acupuncture": "https://a.example/secret.ics"}
MakeSettings = Callable[..., Settings]


def found(settings: Settings) -> list[tuple[str, str]]:
    return [(one.level, one.what) for one in check(settings) if one.where == "KNEE_INTAKE_BUSY_FEEDS"]


def stored(settings: Settings, **values: object) -> None:
    database = Database(settings.database)
    migrate(database)
    with database.write() as connection:
        keep_only(connection, {"acupuncture": bytes(32)}, system_clock())
        if values:
            note(connection, "acupuncture", values)
    database.close()


def test_without_feeds_nothing_is_said(settings: Settings) -> None:
    assert found(settings) == []


def test_a_feed_is_pointed_out_until_it_is_read(make_settings: MakeSettings) -> None:
    settings = make_settings(busy_feeds=FEEDS)
    assert found(settings) == [("warn", "the calendar of acupuncture was never read")]
    stored(settings)
    assert found(settings) == [("warn", "the calendar of acupuncture was never read")]


def test_a_feed_that_is_read_is_fine_and_one_that_is_old_says_why(make_settings: MakeSettings) -> None:
    settings = make_settings(busy_feeds=FEEDS)
    stored(settings, fresh_until=system_clock() + timedelta(minutes=5))
    assert found(settings) == [("ok", "the calendar of acupuncture is read")]
    stored(settings, fresh_until=system_clock() - timedelta(minutes=5), last_error="status_404")
    assert found(settings) == [("warn", "the calendar of acupuncture is too old (status 404)")]


def test_a_feed_for_nobody_is_a_gap_and_its_address_is_not_printed(make_settings: MakeSettings) -> None:
    settings = make_settings(busy_feeds={"nobody": "https://a.example/secret.ics"})
    ((level, what),) = found(settings)
    assert (level, "secret" in what) == ("gap", False)
    assert "`nobody` is no clinician" in what
