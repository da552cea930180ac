"""`knee-intake learning`: what was not understood well, as files and as a better model."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from knee_intake.clock import system_clock
from knee_intake.errors import BuildError
from knee_intake.practice import load_practice
from knee_intake.records.audit import write_audit
from knee_intake.records.database import Database
from knee_intake.records.learning import Keeper, collect
from knee_intake.records.lessons import REASONS, approved, count_open, inbox
from knee_intake.records.migrate import migrate
from knee_intake.secret import read_secret
from knee_intake.settings import Settings

DEEDS = {
    "list": "print the sentences that wait for a decision",
    "export": "write the approved sentences as training data and labelled rows",
    "build": "build a better model aside, and hold it against the one in use",
    "promote": "put the model of a build in use",
    "rollback": "return to the model that was in use before",
}
EXAMPLES = {
    "list": "knee-intake learning list --reason rejected",
    "export": "knee-intake learning export --out ~/learned --validate",
    "build": "knee-intake learning build",
    "promote": "knee-intake learning promote 7",
    "rollback": "knee-intake learning rollback",
}
NEXT_START = "The running app follows within a minute, where it runs on this machine; else at its next start."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `learning`."""
    deeds = parser.add_subparsers(title="what to do", dest="deed", metavar="DEED", required=True)
    made = {
        name: deeds.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=f"example: {EXAMPLES[name]}"
        )
        for name, text in DEEDS.items()
    }
    made["list"].add_argument("--reason", choices=REASONS, default="", help="only those that are there for this reason")
    made["list"].add_argument("--limit", type=int, default=50, help="at most so many (default: %(default)s)")
    made["export"].add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the files are written")
    made["export"].add_argument(
        "--validate",
        action="store_true",
        help="then run `rasa data validate` on the training data with them (a minute)",
    )
    made["promote"].add_argument("build", type=int, metavar="BUILD", help="the number of a build that passed the gate")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it; 1 where a build does not pass the gate. Raises KneeIntakeError."""
    database = Database(settings.database)
    try:
        migrate(database)
        return DOING[args.deed](args, settings, database)
    finally:
        database.close()


def _list(args: argparse.Namespace, settings: Settings, database: Database) -> int:
    practice = load_practice(settings.clinic_path / "practice.yml")
    now = system_clock()
    complete = False
    while not complete:
        with database.write() as connection:
            complete = collect(connection, Keeper(read_secret(settings), practice.zoneinfo()), now)
    with database.write() as connection:
        lines, counts = inbox(connection, args.reason, limit=args.limit), count_open(connection)
        write_audit(connection, now=now, action="learning", detail={"sentences": len(lines)})
    for line in lines:
        shown = "" if line.confidence is None else f" {100 * line.confidence:.0f} %"
        why = ", ".join(line.reasons)
        print(f"{line.lesson:>5}  {line.count:>4} x  {line.intent or '?'}{shown}  [{why}]  {line.text!r}")
    print(f"{counts['all']} wait for a decision, {counts['to approve']} for approval", file=sys.stderr)
    return 0


def _export(args: argparse.Namespace, settings: Settings, database: Database) -> int:
    from knee_intake.learning.lesson_files import write_export

    with database.write() as connection:
        some = approved(connection)
        written = write_export(args.out, some, settings.home_path)
        write_audit(connection, now=system_clock(), action="learning_export", detail={"sentences": len(some)})
    if not written:
        raise BuildError("There is no approved sentence to write.")
    for path in written:
        print(path)
    if args.validate:
        _validate(args.out, settings)
    return 0


def _validate(out: Path, settings: Settings) -> None:
    from knee_intake.learning.build import FILES, rasa_validate

    with TemporaryDirectory(prefix="knee-intake-") as folder:
        home = Path(folder)
        shutil.copytree(settings.home_path / "data", home / "data")
        shutil.copy(out / "nlu" / "learned.yml", home / "data" / "nlu" / "learned.yml")
        for name in FILES:
            shutil.copy(settings.home_path / name, home / name)
        rasa_validate(home, lambda line: print(line, file=sys.stderr))
    print("rasa data validate: no mistakes", file=sys.stderr)


def _build(_args: argparse.Namespace, settings: Settings, database: Database) -> int:
    from knee_intake.learning.promotion import figures, start
    from knee_intake.learning.run_build import Run
    from knee_intake.records.model_builds import PASSED, find

    with database.write() as connection:
        number = start(connection, settings, staff_id=None, now=system_clock())
    state = Run(settings, database, number, echo=lambda line: print(line, file=sys.stderr, flush=True)).run()
    with database.read() as connection:
        row = find(connection, number)
    result = row["result"] or {}
    for name, change in figures(result).items():
        print(f"{name:22} {change}")
    for reason in result.get("reasons", ()):
        print(f"NOT PASSED: {reason}")
    if state != PASSED:
        return 1
    print(f"Build {number} passed. To put it in use: knee-intake learning promote {number}")
    return 0


def _promote(args: argparse.Namespace, settings: Settings, database: Database) -> int:
    from knee_intake.learning.promotion import promote

    with database.write() as connection:
        if not promote(connection, settings, args.build, staff_id=None, now=system_clock()):
            raise BuildError(f"Build {args.build} is in use already.")
    print(f"Build {args.build} is the model in use. {NEXT_START}")
    return 0


def _rollback(_args: argparse.Namespace, settings: Settings, database: Database) -> int:
    from knee_intake.learning.promotion import roll_back

    with database.write() as connection:
        before = roll_back(connection, settings, seen=None, staff_id=None, now=system_clock())
    print(f"In use: {f'build {before}' if before else 'the model of the project’s own training data'}. {NEXT_START}")
    return 0


DOING = {"list": _list, "export": _export, "build": _build, "promote": _promote, "rollback": _rollback}
