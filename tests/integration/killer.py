"""Serve as `knee-intake serve` does, but die by SIGKILL at one chosen point of a turn, once a flag file is there."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: point -> (module, class or None, function, die before or after it)
POINTS = {
    "before the text is stored": ("knee_intake.records.store", "Store", "receive", "before"),
    "after the text is stored": ("knee_intake.records.store", "Store", "receive", "after"),
    "before it is understood": ("knee_intake.dialogue.turn", None, "hear", "before"),
    "after it is understood": ("knee_intake.dialogue.turn", None, "hear", "after"),
    "before Rasa": ("knee_intake.dialogue.agent", "RasaAgent", "turn", "before"),
    "in an action": ("knee_intake.interview.booking_talk", None, "place", "before"),
    "before the transaction": ("knee_intake.records.store", "Store", "commit", "before"),
    "in the transaction, the visit written": ("knee_intake.booking.embedded", "EmbeddedCalendar", "place", "after"),
    "in the transaction, the replies written": ("knee_intake.records.commit", None, "_write_replies", "after"),
    "in the transaction, all written": ("knee_intake.records.commit", None, "_write_rest", "after"),
    "after the transaction": ("knee_intake.records.store", "Store", "replies", "before"),
}


def arm(point: str, flag: Path) -> None:
    """Make the function of `point` deadly once `flag` exists; the flag is used up."""
    module_name, class_name, name, when = POINTS[point]
    holder = importlib.import_module(module_name)
    holder = getattr(holder, class_name) if class_name else holder
    original: Callable[..., Any] = getattr(holder, name)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            _die(flag)
        result = original(*args, **kwargs)
        if when == "after":
            _die(flag)
        return result

    setattr(holder, name, deadly)


def _die(flag: Path) -> None:
    if flag.exists():
        flag.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--point", choices=sorted(POINTS), required=True)
    parser.add_argument("--flag", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()

    from knee_intake import logs
    from knee_intake.settings import Settings
    from knee_intake.web.app import serve

    settings = Settings.from_environ()
    logs.configure(settings.log_level)
    arm(args.point, args.flag)
    serve(settings, "127.0.0.1", args.port)


if __name__ == "__main__":
    main()
