"""`knee-intake texts`: print every patient text, approve or reject it."""

from __future__ import annotations

import argparse
import difflib
import io
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from knee_intake.approvals import FILE, STATES, Decision, Review, record, reviews
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.clock import Clock, system_clock
from knee_intake.errors import NotFoundError, OutputError, RequestError
from knee_intake.patient_texts import SECTIONS, PatientText
from knee_intake.settings import Settings
from knee_intake.texts_pack import FINGERPRINT, FORMATS, SIGNS, Pack, grade_in_words, section_hash, tally

LONGEST_NAME, LONGEST_COMMENT = 80, 400
"""Characters."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `texts`."""
    parser.add_argument("--format", choices=tuple(FORMATS), default="html", help="default: %(default)s, for printing")
    parser.add_argument("--output", type=Path, help="a file; without it standard output")
    _add_filters(parser)
    deeds = parser.add_subparsers(title="what else to do", dest="deed", metavar="list | approve | reject")
    listing = deeds.add_parser(
        "list", help="one line for each text", epilog="example: knee-intake texts list --state changed"
    )
    _add_filters(listing, default=argparse.SUPPRESS)
    approving = deeds.add_parser(
        "approve",
        help="a clinician has read these and agrees",
        epilog="example: knee-intake texts approve safety.RF13@1a2b3c4d --by 'Dana Lee, MD'",
    )
    rejecting = deeds.add_parser(
        "reject",
        help="a clinician has read these and does not agree",
        epilog="example: knee-intake texts reject answer.ask_cost --by 'Dana Lee, MD' --comment 'The plans are known.'",
    )
    for deed in (approving, rejecting):
        deed.add_argument(
            "ids",
            nargs="*",
            metavar="ID",
            help="an id, or ID@FINGERPRINT as printed: refused if the text changed since",
        )
        deed.add_argument(
            "--by", required=True, type=_line_of(LONGEST_NAME), metavar="NAME", help="the clinician who read it"
        )
    approving.add_argument(
        "--section",
        dest="sections",
        action="append",
        default=[],
        metavar="NAME",
        help=f"all texts of {', '.join(SECTIONS)}; NAME@FINGERPRINT as printed",
    )
    approving.add_argument("--comment", type=_line_of(LONGEST_COMMENT))
    rejecting.add_argument("--comment", type=_line_of(LONGEST_COMMENT), required=True, help="why")
    rejecting.set_defaults(sections=[])


def _add_filters(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    parser.add_argument("--state", choices=STATES, default=default, help="only texts in this state")
    parser.add_argument(
        "--section", choices=tuple(SECTIONS), default=default, dest="only_section", help="only texts of this section"
    )


def _line_of(longest: int) -> Callable[[str], str]:
    """Text for one line of the file."""

    def read(given: str) -> str:
        text = " ".join(given.split())
        if not text or len(text) > longest or not text.isprintable():
            raise argparse.ArgumentTypeError(f"one line of 1 to {longest} characters")
        return text

    return read


def run(args: argparse.Namespace, settings: Settings, clock: Clock = system_clock) -> int:
    """Do it. Raises ClinicFileError, NotFoundError, RequestError, OutputError: nothing is changed then."""
    clinic = load_clinic(settings.clinic_path)
    if args.deed in ("approve", "reject"):
        _decide(args, settings.clinic_path / FILE, clinic, clock)
        return 0
    every = reviews(clinic)
    found = [
        one for one in every
        if args.state in (None, one.state) and args.only_section in (None, one.text.section)
    ]  # fmt: skip
    if args.deed == "list":
        print("\n".join([*map(_line, found), f"{len(found)} of {len(every)} texts: {tally(found) or 'none'}"]))
        return 0
    pack = Pack(clinic, found, args.state is None, clock().astimezone(clinic.practice.zoneinfo()))
    _write(FORMATS[args.format](pack), args.output)
    return 0


def _line(one: Review) -> str:
    who = "" if one.decision is None else f"  {one.in_words}"
    return f"{SIGNS[one.state]:<8}  {one.text.id:<36} @{one.text.hash[:FINGERPRINT]}  {grade_in_words(one)}{who}"


def _write(text: str, path: Path | None) -> None:
    if path is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from None
    print(f"written: {path}")


def _decide(args: argparse.Namespace, path: Path, clinic: Clinic, clock: Clock) -> None:
    texts = _wanted(args.ids, args.sections, reviews(clinic))
    word = "approved" if args.deed == "approve" else "rejected"
    at = clock().astimezone(clinic.practice.zoneinfo()).isoformat(timespec="seconds")
    decisions = [
        Decision(text=one.id, decision=word, by=args.by, at=at, hash=one.hash, comment=args.comment or "")  # type: ignore[arg-type]
        for one in texts
    ]
    new = {decision.text for decision in record(path, decisions)}
    for one in texts:
        print(f"{word}: {one.id}" if one.id in new else f"{word} already: {one.id}")
    if new:
        print(f"{len(new)} written to {path}. A running server reads it within seconds.")


def _wanted(ids: Iterable[str], sections: Iterable[str], every: list[Review]) -> list[PatientText]:
    """The texts that were named, each once. Raises NotFoundError, or RequestError where one is not what was printed."""
    by_id = {one.text.id: one.text for one in every}
    wanted: dict[str, PatientText] = {}
    for given in ids:
        text_id, at, printed = given.partition("@")
        if text_id not in by_id:
            raise NotFoundError(
                f"no text has the id `{text_id}`.{_near(text_id, by_id)} `knee-intake texts list` has all."
            )
        _still(text_id, by_id[text_id].hash, printed if at else None)
        wanted[text_id] = by_id[text_id]
    for given in sections:
        name, at, printed = given.partition("@")
        found = [one for one in every if one.text.section == name]
        if not found:
            raise NotFoundError(f"there is no section `{name}`: it is one of {', '.join(SECTIONS)}")
        _still(f"section {name}", section_hash(found), printed if at else None)
        wanted |= {one.text.id: one.text for one in found}
    if not wanted:
        raise RequestError("name at least one text, such as safety.RF13; `knee-intake texts list` has all")
    return list(wanted.values())


def _still(name: str, present: str, printed: str | None) -> None:
    if printed is not None and (len(printed) < FINGERPRINT or not present.startswith(printed)):
        raise RequestError(
            f"{name}: it is not what was printed (@{printed}, now @{present[:FINGERPRINT]}); read it again first"
        )


def _near(given: str, ids: Iterable[str]) -> str:
    """ " Did you mean safety.RF13?", where something is close."""
    known = list(ids)
    found = [one for one in known if one.partition(".")[2] == given] or difflib.get_close_matches(given, known, 3)
    return f" Did you mean {' or '.join(found)}?" if found else ""
