"""`knee-intake check` and `knee-intake go-live`: what a clinic's manager still has to do, in words they can act on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knee_intake.approvals import Review, reviews
from knee_intake.checked_yaml import line_of, read_yaml
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.clock import system_clock
from knee_intake.errors import ClinicFileError, KneeIntakeError, SettingsError
from knee_intake.patient_texts import BLOCKING, Section
from knee_intake.settings import Settings

Level = Literal["ok", "warn", "gap", "broken"]
"""ok; warn: works, but should be looked at; gap: must be closed before going live; broken: nothing works."""

SIGNS: dict[Level, str] = {"ok": "ok    ", "warn": "look  ", "gap": "open  ", "broken": "BROKEN"}

FILES, FACTS, TEXTS, SERVER = "Clinic files", "Facts that only the clinic knows", "Texts", "Server"
NOTICES = "Alerts and mails"
"""The headings of the printed list."""

APPROVE = "Print them with `knee-intake texts`; a clinician reads them, then `knee-intake texts approve ID --by NAME`."
FEW = 5
"""So many texts are named in a line; more are counted."""
SECTIONS_WITHHELD: tuple[tuple[str, Section], ...] = (("treatments.yml", "options"), ("answers.yml", "answers"))
"""The texts that are held back while nobody has approved them, and their files."""

NEEDED_FACTS = ("phone", "address", "hours", "zone", "alert_recipient", "privacy_notice_url")
"""Facts without which no clinic goes live; whether each service is given comes on top."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    what: str
    where: str
    """File and line, or the setting."""
    remedy: str = ""
    topic: str = ""
    """The heading under which it is printed."""


def check(settings: Settings) -> list[Finding]:
    """Look at everything: the clinic's files and facts, texts, settings, model, database. Changes nothing."""
    try:
        clinic = load_clinic(settings.clinic_path)
    except ClinicFileError as error:
        where = f"{error.file}:{error.line}" if error.line else error.file
        return [Finding("broken", f"{error.key}: {error.expected}", where, "Mend this line and run it again.", FILES)]
    return [
        Finding("ok", "every file was read and the files fit each other", str(settings.clinic_path), topic=FILES),
        *_facts(clinic, settings.clinic_path),
        *_texts(clinic, settings.clinic_path),
        *_settings(settings),
        *_model(settings),
        *_database(settings),
        *_calendar(clinic, settings),
        *_notices(clinic, settings),
        *_feeds(clinic, settings),
    ]


def go_live_gaps(settings: Settings) -> list[Finding]:
    """What must be closed before patients may use it; empty when the clinic can go live."""
    return [finding for finding in check(settings) if finding.level in ("gap", "broken")]


def _facts(clinic: Clinic, folder: Path) -> Iterator[Finding]:
    practice, path = clinic.practice, folder / "practice.yml"
    data = read_yaml(path)
    for name, fact in practice.facts():
        if practice.is_confirmed(name):
            continue
        state = "a made-up demo value" if fact.demo else "not known" if fact.value is None else "not confirmed"
        is_needed = name in NEEDED_FACTS or name.startswith("services.")
        line = line_of(data, *name.split("."))
        yield Finding(
            "gap" if is_needed else "warn", f"{_title(name, clinic)}: {state}", f"{path}:{line}", fact.note, FACTS
        )
    for kind, entries in (("visit_types", practice.visit_types), ("clinicians", practice.clinicians)):
        made_up = [entry.id for entry in entries if entry.demo]
        if made_up:
            remedy = "Put in the real ones and remove `demo: true`."
            where = f"{path}:{line_of(data, kind)}"
            yield Finding("warn", f"{_title(kind, clinic)}: made up ({', '.join(made_up)})", where, remedy, FACTS)
    confirmed = sum(practice.is_confirmed(name) for name, _ in practice.facts())
    yield Finding("ok", f"{confirmed} of {len(list(practice.facts()))} facts are confirmed", str(path), topic=FACTS)


def _title(name: str, clinic: Clinic) -> str:
    """A fact's name as a person says it."""
    service = name.partition("services.")[2]
    return f'is "{clinic.treatments.get(service).label["en"]}" given here' if service else name.replace("_", " ")


def _texts(clinic: Clinic, folder: Path) -> Iterator[Finding]:
    """What cannot be withheld has to be approved; an option or answer without approval is held back when live."""
    found = reviews(clinic)
    safety = _not_approved(found, "safety")
    if safety:
        names = ", ".join(one.text.id.removeprefix("safety.") for one in safety)
        what = f"{_of(found, ('safety',), safety)} safety texts are not approved: {names}"
        yield Finding("gap", what + _changed(safety), str(folder / "red_flags.yml"), APPROVE, TEXTS)
    others = tuple(section for section in BLOCKING if section != "safety")
    asked = _not_approved(found, *others)
    if asked:
        which = " (consent and the emergency list among them)"
        if len(asked) <= FEW:
            which = f": {', '.join(one.text.id for one in asked)}"
        what = f"{_of(found, others, asked)} questions and phrases are not approved{which}"
        yield Finding("gap", what + _changed(asked), str(folder / "questions.yml"), APPROVE, TEXTS)
    for file, section in SECTIONS_WITHHELD:
        if held := _not_approved(found, section):
            what = (
                f'{_of(found, (section,), held)} texts are not approved; live, each becomes "the clinic will tell you"'
            )
            yield Finding("warn", what + _changed(held), str(folder / file), APPROVE, TEXTS)
    if notices := _not_approved(found, "notices"):
        what = f"{_of(found, ('notices',), notices)} texts of mails are not approved; live, patients get no mail"
        yield Finding("warn", what + _changed(notices), str(folder / "notices.yml"), APPROVE, TEXTS)
    open_claims = sum(claim.is_open for claim in clinic.article.claims)
    if open_claims:
        what = f"{open_claims} of {len(clinic.article.claims)} claims of the clinic's article are still to be mended"
        remedy = "`knee-intake check --article` tells what to put instead."
        yield Finding("warn", what, str(folder / "article.yml"), remedy, TEXTS)


def _not_approved(found: list[Review], *sections: Section) -> list[Review]:
    return [one for one in found if one.text.section in sections and one.state != "approved"]


def _of(found: list[Review], sections: tuple[Section, ...], some: list[Review]) -> str:
    return f"{len(some)} of {sum(one.text.section in sections for one in found)}"


def _changed(some: list[Review]) -> str:
    """Which of them had been decided upon: somebody has to look at these again."""
    parts = []
    for state, told in (("changed", "changed since they were read"), ("rejected", "rejected")):
        ids = [one.text.id for one in some if one.state == state]
        if ids:
            parts.append(f"; {told}: {', '.join(ids)}")
    return "".join(parts)


def _settings(settings: Settings) -> Iterator[Finding]:
    mode = "live" if settings.live else "demo: the page says that nobody watches it"
    yield Finding("ok", f"running as {mode}", "KNEE_INTAKE_LIVE", topic=SERVER)
    if not settings.https:
        remedy = "Serve it over HTTPS, then set KNEE_INTAKE_HTTPS=yes."
        yield Finding("gap", "HTTPS is not on", "KNEE_INTAKE_HTTPS", remedy, SERVER)
    if not settings.allowed_origins:
        remedy = "Set it to the addresses of the pages that carry the chat, with commas between."
        yield Finding("gap", "any site may embed the chat", "KNEE_INTAKE_ALLOWED_ORIGINS", remedy, SERVER)


def _notices(clinic: Clinic, settings: Settings) -> Iterator[Finding]:
    from knee_intake.notices.check import check_notices

    for level, what, where, remedy in check_notices(clinic.practice, settings, settings.clinic_path / "practice.yml"):
        yield Finding(level, what, where, remedy, NOTICES)


def _model(settings: Settings) -> Iterator[Finding]:
    from knee_intake.understanding.training import model_path

    path = model_path(settings)
    if path.is_file():
        yield Finding("ok", "there is a model", str(path), topic=SERVER)
    else:
        remedy = "Run `knee-intake train`, or let `make serve` do it."
        yield Finding("warn", "there is no model for the present inputs yet", str(path), remedy, SERVER)


def _database(settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(settings.database)
    except ArgumentError:
        remedy = "Use an SQLAlchemy address, such as postgresql://user@host/name."
        yield Finding("gap", "the database's address cannot be read", "KNEE_INTAKE_DATABASE_URL", remedy, SERVER)
        return
    where = url.render_as_string(hide_password=True)
    if (file := new_database_file(settings)) is not None:
        yield _new_database(file)
        return
    try:
        _open_database(settings.database)
    except KneeIntakeError as error:
        yield Finding("gap", f"the database does not open: {error}", where, "Start it, or mend its address.", SERVER)
    else:
        yield Finding("ok", "the database opens", where, topic=SERVER)


def new_database_file(settings: Settings) -> Path | None:
    """The SQLite file that the first start will make; None where the database is there, or is a server's."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(settings.database)
    except ArgumentError:
        return None
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    return file if file is not None and not file.exists() else None


def _feeds(clinic: Clinic, settings: Settings) -> Iterator[Finding]:
    """The clinicians' own calendars: whether each was read in time."""
    from knee_intake.feed_checks import look_at_feeds

    where = "KNEE_INTAKE_BUSY_FEEDS"
    try:
        for feed in look_at_feeds(clinic.practice, settings):
            remedy = "Until it is read, visits there are only requested. Look at its address while the server runs."
            what = f"the calendar of {feed.clinician} {feed.state}"
            yield Finding("ok" if feed.is_read else "warn", what, where, "" if feed.is_read else remedy, SERVER)
    except SettingsError as error:
        yield Finding("gap", str(error), where, "Use the ids of `clinicians` in practice.yml.", SERVER)


def _open_database(address: str) -> None:
    from sqlalchemy import text

    from knee_intake.records.database import Database

    database = Database(address)
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
    finally:
        database.close()


def _new_database(file: Path) -> Finding:
    """The first start makes the file; whether it can."""
    parent = next(folder for folder in file.absolute().parents if folder.exists())
    if os.access(parent, os.W_OK):
        return Finding("ok", "the database will be made at the first start", str(file), topic=SERVER)
    remedy = "Make the folder writable, or set KNEE_INTAKE_DATABASE_URL."
    return Finding("gap", "the database cannot be made here", str(file), remedy, SERVER)


def _calendar(clinic: Clinic, settings: Settings) -> Iterator[Finding]:
    from knee_intake.calendar_check import check_calendar

    return check_calendar(clinic.practice, settings, system_clock())


def run_check(settings: Settings) -> int:
    """Print what was found. Exit code 1 where a clinic file is broken, else 0."""
    found = check(settings)
    print("\n".join(_lines(found)))
    if any(finding.level == "broken" for finding in found):
        return 1
    gaps = sum(finding.level == "gap" for finding in found)
    print(f"\nThe files are sound. Open before going live: {gaps}. `knee-intake go-live` names them.")
    return 0


def run_go_live(settings: Settings) -> int:
    """Print what is missing before patients may use it. Exit code 1 while something is."""
    gaps = go_live_gaps(settings)
    if gaps:
        print("Not ready for patients. These are open:")
        print("\n".join(_lines(gaps)))
        return 1
    print("Nothing is missing. To go live, set KNEE_INTAKE_LIVE=yes and start the server again.")
    return 0


def _lines(findings: list[Finding]) -> Iterator[str]:
    topic = None
    for finding in findings:
        if finding.topic != topic:
            topic = finding.topic
            yield f"\n{topic}"
        yield f"  {SIGNS[finding.level]}  {finding.what}"
        if finding.level != "ok":
            yield f"          {finding.where}"
            if finding.remedy:
                yield f"          -> {finding.remedy}"
