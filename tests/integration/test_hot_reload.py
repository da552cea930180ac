"""A text is saved while the real app runs: who begins hears the new one, who began before the old one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from knee_intake.records.clinic_versions import KEPT, MANY, forget_versions, keep_version
from knee_intake.records.schema import clinic_versions, conversations
from tests.conftest import NOW
from tests.integration.conftest import Running
from tests.unit.test_clinic_store import KNOWN, PARKING, change

OLD, NEW = "I'm an automated helper, not a person", "I am a helper that runs by itself, not a person"
QUESTION = "am I talking to a robot?"


def test_a_running_conversation_keeps_its_text_and_a_new_one_gets_the_new_text(running: Running, home: Path) -> None:
    early = running.visitor().consent()
    change(home / "clinic", "answers.yml", OLD, NEW)
    late = running.visitor().consent()
    early.say(QUESTION)
    late.say(QUESTION)
    assert OLD in early.text
    assert NEW not in early.text
    assert NEW in late.text
    versions = [row["clinic_version"] for row in running.rows(conversations)]
    assert len(set(versions)) == 2
    assert {row["digest"] for row in running.rows(clinic_versions)} == set(versions)


def test_after_a_restart_it_still_keeps_its_text_and_facts(start: Callable[..., Any], home: Path) -> None:
    with start() as running:
        early = running.visitor().consent()
        change(home / "clinic", "answers.yml", OLD, NEW)
        change(home / "clinic", "practice.yml", PARKING, KNOWN)
    with start() as running:
        early.client = running.client
        early.say(QUESTION)
        assert OLD in early.text
        late = running.visitor().consent()
        late.say("where can I park?")
        assert "Park behind the house." in late.text


def test_a_version_that_is_known_no_more_gives_way_to_the_newest(start: Callable[..., Any], home: Path) -> None:
    with start() as running:
        early = running.visitor().consent()
        change(home / "clinic", "answers.yml", OLD, NEW)
        with running.context.database.write() as connection:
            connection.execute(sa.delete(clinic_versions))
    with start() as running:
        early.client = running.client
        early.say(QUESTION)
        assert NEW in early.text


def test_a_safety_text_is_the_newest_for_everybody(running: Running, home: Path) -> None:
    early = running.visitor().consent()
    change(
        home / "clinic", "red_flags.yml",
        "coughing up blood or fainting is an emergency. Call 911 now.", "coughing up blood or fainting: call 911 now.",
    )  # fmt: skip
    early.say("I have chest pain and I can't breathe")
    assert "fainting: call 911 now." in early.text


def test_a_broken_file_leaves_the_app_ready_with_what_it_had(running: Running, home: Path) -> None:
    change(home / "clinic", "answers.yml", "    before_consent: true\n", "    before_consent: perhaps\n")
    late = running.visitor().consent()
    late.say(QUESTION)
    assert OLD in late.text
    assert running.client.get("/readyz").status_code == 200
    assert running.context.clinics.problem.key == "answers.ask_botulinum.before_consent"


def test_hours_that_are_closed_are_no_longer_offered_to_anybody(running: Running, home: Path) -> None:
    early = running.visitor().interview()
    early.say("book")
    day = re.findall(r"\d{4}-\d{2}-\d{2}", str(early.last[-1]["choices"]))[0]
    change(home / "clinic", "practice.yml", "holidays: []", f'holidays: ["{day}"]')
    early.say("none of these")
    days = re.findall(r"\d{4}-\d{2}-\d{2}", str(early.last))
    assert days
    assert day not in days


def test_versions_are_kept_while_a_conversation_of_the_last_days_began_with_them(running: Running) -> None:
    visitor = running.visitor()
    with running.context.database.write() as connection:
        [row] = running.rows(conversations)
        for number in range(MANY):
            keep_version(connection, f"{number:064x}", b"", NOW)
            keep_version(connection, f"{number:064x}", b"again", NOW)
        assert forget_versions(connection, NOW + KEPT) == 0
        later = NOW + KEPT + timedelta(days=1)
        connection.execute(sa.update(conversations).values(updated_at=later))
        assert forget_versions(connection, later) == MANY
        left = connection.execute(sa.select(clinic_versions.c.digest)).scalars().all()
        assert left == [row["clinic_version"]]
    assert visitor.say("knee")
