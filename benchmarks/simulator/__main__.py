"""Play whole conversations with simulated patients through the real app, and print how they went.

    python -m benchmarks.simulator [--conversations 500] [--seed 1] [--show 20] [--only 17,203] [--details 30]
                                   [--json FILE] [--model FILE]

Patients have a hidden truth and words of their own (wordings/*.yml). Personas take turns, so every eighth patient is of
the same kind. `--show N` prints N conversations in full, spread over the run; `--only` plays just these numbers and
prints them. The exit status is 1 where a goal is missed (GOALS).

ended as wanted   booked, moved, cancelled, handed over, advised or stopped, whatever this patient was after
answers right     of all that patients told, how much the assistant keeps as it was told; corrected answers as corrected
known, again      asked for what was told: as if nothing had been said; or after "I did not get that"
loops             one sentence in three replies in a row, or no end after 40 texts
CPU and wall      a turn over HTTP inside this process, with the client's own share; comparable on a quiet machine only
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

from benchmarks.simulator import report
from benchmarks.simulator.house import load_models
from benchmarks.simulator.many import GOALS, missed_goals, play_many

HOME = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="conversations to print in full")
    parser.add_argument("--only", default="", help="numbers of patients, with commas")
    parser.add_argument("--details", type=int, default=30, help="failures of each kind to print")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--model", help="a model file; else the newest that fits")
    args = parser.parse_args()
    numbers = [int(one) for one in args.only.split(",") if one] or list(range(args.conversations))
    models = load_models(args.model)
    warnings.filterwarnings("ignore", category=DeprecationWarning)  # of what libraries import at the first text
    run = play_many(numbers, seed=args.seed, models=models, home=HOME)
    show = len(numbers) if args.only else args.show
    step = max(1, len(numbers) // show) if show else 0
    for played, verdict in run.pairs[:: step or len(numbers)][:show]:
        print(report.transcript(played, verdict), end="\n\n")
    print(report.details(run, args.details))
    print(f"\n{report.table(run)}\n")
    missed = missed_goals(run)
    for goal in GOALS:
        print(f"  {'MISSED' if goal.name in missed else 'ok    '}  {goal}")
    if args.json:
        found = {"seed": args.seed, **report.figures(run), "goals missed": missed}
        args.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
