"""The command line `knee-intake`.

Each command imports what it needs when it runs, so that those without a model start in less than a second.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from knee_intake import __version__, logs
from knee_intake.errors import KneeIntakeError
from knee_intake.settings import Settings

Arguments = Callable[[argparse.ArgumentParser], None]
Run = Callable[[argparse.Namespace, Settings], "int | None"]

FAILED = 1
REFUSED = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 not done, 2 refused with one line that says why, 130 interrupted."""
    try:
        args = _parser().parse_args(argv)
        settings = Settings.from_environ()
        logs.configure(settings.log_level)
        run: Run = args.run
        return run(args, settings) or 0
    except KneeIntakeError as error:
        print(f"knee-intake: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `knee-intake export all | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 (nothing may reach the terminal unscreened)
        # A mistake of ours. Its message may quote a patient, so only its kind and place are shown.
        print("knee-intake: unexpected error", *logs.describe(error), sep="\n", file=sys.stderr)
        return FAILED


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", default=8000, type=int, help="port to listen on (default: %(default)s)")


def _serve(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.web.app import serve

    return serve(settings, args.host, args.port)


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="train even if the model fits its inputs")


def _train(args: argparse.Namespace, settings: Settings) -> None:
    from knee_intake.understanding.training import ensure_model

    print(f"model: {ensure_model(settings, force=args.force)}")


def _understand_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.understanding.command import add_arguments

    add_arguments(parser)


def _understand(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.understanding.command import run

    return run(args, settings)


def _staff_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.staff_command import add_arguments

    add_arguments(parser)


def _staff(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.staff_command import run

    return run(args, settings)


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.export_command import add_export_arguments

    add_export_arguments(parser)


def _export(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.export_command import run_export

    return run_export(args, settings)


def _erase_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.erase_command import add_erase_arguments

    add_erase_arguments(parser)


def _erase(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.erase_command import run_erase

    return run_erase(args, settings)


def _retention_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.erase_command import add_retention_arguments

    add_retention_arguments(parser)


def _retention(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.erase_command import run_retention

    return run_retention(args, settings)


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    pass


def _texts_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.texts_command import add_arguments

    add_arguments(parser)


def _texts(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.texts_command import run

    return run(args, settings)


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--article", action="store_true", help="go through the clinic's article claim by claim, with proposed words"
    )


def _check(args: argparse.Namespace, settings: Settings) -> int | None:
    if args.article:
        from knee_intake.article_command import run_check_article

        return run_check_article(settings)
    from knee_intake.checks import run_check

    return run_check(settings)


def _alert_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.alert_command import add_arguments

    add_arguments(parser)


def _alert(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.alert_command import run

    return run(args, settings)


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.audit_command import add_arguments

    add_arguments(parser)


def _audit(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.audit_command import run

    return run(args, settings)


def _learning_arguments(parser: argparse.ArgumentParser) -> None:
    from knee_intake.learning_command import add_arguments

    add_arguments(parser)


def _learning(args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.learning_command import run

    return run(args, settings)


def _go_live(_args: argparse.Namespace, settings: Settings) -> int | None:
    from knee_intake.checks import run_go_live

    return run_go_live(settings)


@dataclass(frozen=True)
class Command:
    """One subcommand: what it does in a few words, and an example that can be typed."""

    name: str
    summary: str
    example: str
    run: Run
    arguments: Arguments = _no_arguments


COMMANDS = (
    Command(
        "serve", "serve chat, visitor API and staff pages", "knee-intake serve --port 8000", _serve, _serve_arguments
    ),
    Command(
        "train",
        "train the model if it is missing or its inputs changed",
        "knee-intake train --force",
        _train,
        _train_arguments,
    ),
    Command(
        "understand",
        "show what is understood from a text",
        """echo '{"id": 1, "text": "My left knee swells after runs"}' | knee-intake understand --jsonl""",
        _understand,
        _understand_arguments,
    ),
    Command(
        "staff",
        "add, invite, reset, list or disable the people who may log in at /staff",
        "printf '%s' 'a long pass phrase' | knee-intake staff add dana --role admin --password-stdin",
        _staff,
        _staff_arguments,
    ),
    Command(
        "export",
        "write intakes as JSON, CSV or text",
        "knee-intake export --format csv > intakes.csv",
        _export,
        _export_arguments,
    ),
    Command(
        "erase",
        "delete one conversation, or all of one phone number or email, everywhere",
        "knee-intake erase --contact 555-0123",
        _erase,
        _erase_arguments,
    ),
    Command(
        "retention",
        "delete what is older than the clinic keeps it, by status",
        "knee-intake retention --dry-run",
        _retention,
        _retention_arguments,
    ),
    Command(
        "audit",
        "check that nobody has tampered with the audit log",
        "knee-intake audit verify",
        _audit,
        _audit_arguments,
    ),
    Command(
        "texts",
        "print every patient text, and approve or reject it",
        "knee-intake texts > patient-texts.html",
        _texts,
        _texts_arguments,
    ),
    Command(
        "check",
        "check the clinic's files, the model and the database; or its article",
        "knee-intake check --article",
        _check,
        _check_arguments,
    ),
    Command(
        "alert",
        "send a test to everybody who is told of alerts",
        "knee-intake alert test",
        _alert,
        _alert_arguments,
    ),
    Command(
        "learning",
        "learn from what was not understood: list, export, build, promote, rollback",
        "knee-intake learning export --out ~/learned --validate",
        _learning,
        _learning_arguments,
    ),
    Command("go-live", "name every gap between the demo and a live service", "knee-intake go-live", _go_live),
)


class _LazyParser(argparse.ArgumentParser):
    """A subcommand's parser, whose arguments are added when that subcommand is called."""

    def __init__(self, *args: Any, fill: Arguments = _no_arguments, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fill: Arguments | None = fill

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._fill is not None:
            fill, self._fill = self._fill, None
            fill(self)
        return super().parse_known_args(args, namespace)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="knee-intake",
        description="A chat assistant that takes a knee-pain history, explains the options and asks for a visit.",
        epilog="Settings are environment variables; docs/settings.md lists them.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", required=True, parser_class=_LazyParser
    )
    for command in COMMANDS:
        subparser = commands.add_parser(
            command.name,
            help=command.summary,
            description=command.summary[0].upper() + command.summary[1:] + ".",
            epilog=f"example:\n  {command.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            fill=command.arguments,
        )
        subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
