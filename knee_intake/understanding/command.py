"""`knee-intake understand`: what the assistant understands, for people (a text) and for programs (--jsonl)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from knee_intake.clock import system_clock
from knee_intake.errors import KneeIntakeError, UnderstandingError
from knee_intake.settings import Settings

if TYPE_CHECKING:
    from knee_intake.understanding.service import Understanding
    from knee_intake.understanding.types import Understood

Screen = Callable[["Understood"], dict[str, Any]]
EXAMPLE = 'example: knee-intake understand "my left knee hurts on the stairs, no swelling"'


class Line(msgspec.Struct):
    """One line of input."""

    text: str
    id: str | int | None = None
    asked: str | None = None
    context: dict[str, Any] | None = None
    now: datetime | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("text", nargs="?", help="one message, as a visitor would type it")
    parser.add_argument("--asked", metavar="FIELD", help="the question that is open")
    parser.add_argument(
        "--jsonl", action="store_true", help="read JSON objects, one a line; write one a line, in order"
    )


def run(args: argparse.Namespace, settings: Settings | None = None) -> int:
    """Run the command; 0, or 1 where a line could not be read."""
    settings = settings or Settings.from_environ()
    if not args.jsonl and args.text is None:
        raise UnderstandingError(f"give a text, or --jsonl and lines on standard input; {EXAMPLE}")
    from knee_intake.understanding.service import load_understanding

    understanding, screen, local = load_understanding(settings), load_screen(settings), local_clock(settings)
    if args.jsonl:
        return answer_lines(sys.stdin, sys.stdout, understanding, screen, local)
    understood = understanding.understand(args.text, asked=args.asked, now=local())
    print("\n".join(describe(understood, screen(understood))))
    return 0


def answer_lines(
    lines: Iterable[str], out: TextIO, understanding: Understanding, screen: Screen, local: Callable[[], datetime]
) -> int:
    """One JSON object out for each in, in order; a line that cannot be read gives an error object in its place."""
    failed = 0
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = msgspec.json.decode(text, type=Line)
            understood = understanding.understand(
                line.text, asked=line.asked, context=line.context, now=line.now or local()
            )
            row = {"id": line.id, **as_row(understood, screen(understood))}
        except (msgspec.DecodeError, UnicodeError) as error:
            failed, row = 1, {"error": f"line {number}: {error}", "line": number}
        print(json.dumps(row, ensure_ascii=False, default=str), file=out, flush=True)
    return failed


def as_row(understood: Understood, safety: dict[str, Any]) -> dict[str, Any]:
    """All fields of one output line but `id`."""
    return {
        "intent": understood.intent,
        "confidence": round(understood.confidence, 4),
        "findings": understood.findings,
        "negated": list(understood.negated),
        "more": understood.more,
        "answer": understood.answer,
        "corrections": understood.corrections,
        "safety": safety,
        "why": [asdict(evidence) for evidence in understood.why],
    }


def describe(understood: Understood, safety: dict[str, Any]) -> Iterator[str]:
    """The same for people: which words gave which finding, by which rule, with which assertion."""
    yield f"intent       {understood.intent} ({understood.confidence:.2f})"
    others = [f"{name} {share:.2f}" for name, share in understood.ranking if name != understood.intent][:3]
    if others:
        yield f"  or         {', '.join(others)}"
    for title, things in (("findings", understood.findings), ("more", understood.more)):
        for name, value in things.items():
            yield f"{title:12} {name} = {_show(value)}"
    if understood.negated:
        yield f"denied       {', '.join(understood.negated)}"
    if understood.answer is not None:
        yield f"answer       {_show(understood.answer)}"
    for name, value in understood.corrections.items():
        yield f"correction   {name} = {_show(value)}"
    if safety["rules"]:
        yield f"safety       {safety['urgency']}: {', '.join(safety['rules'])}"
    for evidence in understood.why:
        yield (
            f'why          "{evidence.words}" -> {evidence.field} = {_show(evidence.value)}'
            f" ({evidence.assertion}, rule {evidence.rule})"
        )


def load_screen(settings: Settings) -> Screen:
    """What tells urgency and rule ids of one message alone."""
    from knee_intake.safety import assess_message, load_rules

    rules = load_rules(settings.clinic_path / "red_flags.yml")

    def screen(understood: Understood) -> dict[str, Any]:
        verdict = assess_message(understood, rules)
        return {"urgency": verdict.urgency, "rules": [hit.rule for hit in verdict.hits]}

    return screen


def local_clock(settings: Settings) -> Callable[[], datetime]:
    """The time on the clinic's wall; where its zone cannot be read, this machine's."""
    from knee_intake.practice import load_practice

    try:
        zone = load_practice(settings.clinic_path / "practice.yml").zoneinfo()
    except KneeIntakeError:
        zone = None
    return lambda: system_clock().astimezone(zone)


def _show(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
