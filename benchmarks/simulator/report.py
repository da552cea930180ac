"""The figures of many conversations: as a table for people, as JSON for the record. PURE."""

from __future__ import annotations

import statistics
import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import Any

from benchmarks.simulator.judge import Verdict
from benchmarks.simulator.personas import PERSONAS
from benchmarks.simulator.record import Played

WIDTH = 118
LISTS = (
    "missed", "false_alarms", "loops", "known", "again", "wrong", "invented", "not_understood", "unanswered",
    "not_back",
)  # fmt: skip
"""What people should read."""


@dataclass
class Run:
    """Conversations with their verdicts."""

    played: list[Played]
    verdicts: list[Verdict]

    @property
    def pairs(self) -> list[tuple[Played, Verdict]]:
        return list(zip(self.played, self.verdicts, strict=True))


def figures(run: Run) -> dict[str, Any]:
    """Everything that is measured."""
    turns = [turn for played in run.played for turn in played.turns]
    right = [ok for verdict in run.verdicts for ok in verdict.right.values()]
    asked = [ok for verdict in run.verdicts for ok in verdict.questions]
    return {
        "conversations": len(run.played),
        "texts": len(turns),
        "completed": share([verdict.completed for verdict in run.verdicts]),
        "completed by wish": _by(run, lambda played: played.patient.wish),
        "completed by persona": _by(run, lambda played: played.patient.persona.name),
        "answers right": share(right),
        "answers right by field": _by_field(run),
        "questions answered": share(asked),
        **{f"{name} (count)": sum(len(getattr(verdict, name)) for verdict in run.verdicts) for name in LISTS},
        "turns by persona": {persona.name: _turns(run, persona.name) for persona in PERSONAS},
        "turns to the visit, no injury and no shot": _spread(_to_visit(run, lambda verdict: not verdict.longer)),
        "turns to the visit, injury or shot": _spread(_to_visit(run, lambda verdict: verdict.longer)),
        "cpu ms a turn": _times([turn.reply.cpu for turn in turns]),
        "wall ms a turn": _times([turn.reply.wall for turn in turns]),
    }


def share(values: list[bool]) -> float:
    """How many of them hold, from 0 to 1; 1 where there are none."""
    return round(sum(values) / len(values), 4) if values else 1.0


def _by(run: Run, key: Any) -> dict[str, list[int]]:
    """Name -> [completed, of]."""
    found: dict[str, list[int]] = {}
    for played, verdict in run.pairs:
        counts = found.setdefault(key(played), [0, 0])
        counts[0] += verdict.completed
        counts[1] += 1
    return dict(sorted(found.items()))


def _by_field(run: Run) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for verdict in run.verdicts:
        for name, ok in verdict.right.items():
            counts = found.setdefault(name, [0, 0])
            counts[0] += ok
            counts[1] += 1
    return dict(sorted(found.items()))


def _to_visit(run: Run, wanted: Any) -> list[int]:
    return [one.turns_to_visit for one in run.verdicts if one.turns_to_visit is not None and wanted(one)]


def _turns(run: Run, persona: str) -> dict[str, Any]:
    of = [(played, verdict) for played, verdict in run.pairs if played.patient.persona.name == persona]
    whole = [verdict.turns for played, verdict in of if verdict.turns_to_visit is not None]
    visits = [verdict.turns_to_visit for _, verdict in of if verdict.turns_to_visit is not None]
    short = [verdict.turns_to_visit for _, verdict in of if verdict.turns_to_visit is not None and not verdict.longer]
    return {"to the visit": _spread(visits), "no injury and no shot": _spread(short), "whole": _spread(whole)}


def _spread(values: list[int]) -> dict[str, float]:
    """Median, and what nine of ten do not exceed."""
    if not values:
        return {"n": 0}
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "median": statistics.median(ordered),
        "p90": ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))],
    }


def _times(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * one for one in seconds)
    if not ordered:
        return {}
    return {
        "mean": round(statistics.mean(ordered), 1),
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
    }


def table(run: Run) -> str:
    """The figures as people read them."""
    found = figures(run)
    lines = [
        f"{found['conversations']} conversations, {found['texts']} texts",
        f"ended as the patient wanted   {found['completed']:7.1%}",
        f"answers right                 {found['answers right']:7.1%}",
        f"questions answered            {found['questions answered']:7.1%}",
        *(f"{name.replace('_', ' '):28}  {found[f'{name} (count)']:6}" for name in LISTS),
        "",
        f"{'persona':20} {'completed':>10}  {'turns to the visit':>22}  {'no injury, no shot':>22}  {'to the end':>22}",
    ]
    for name, spreads in found["turns by persona"].items():
        done, of = found["completed by persona"].get(name, [0, 0])
        cells = "  ".join(f"{_cell(spread):>22}" for spread in spreads.values())
        lines.append(f"{name:20} {f'{done}/{of}':>10}  {cells}")
    lines += ["", "wish: completed/of   " + _pairs(found["completed by wish"])]
    lines += textwrap.wrap("answers right/of     " + _pairs(found["answers right by field"]), WIDTH)
    for name in ("cpu ms a turn", "wall ms a turn"):
        lines.append(f"{name:20} " + "  ".join(f"{key} {value}" for key, value in found[name].items()))
    return "\n".join(lines)


def _cell(spread: dict[str, float]) -> str:
    if not spread.get("n"):
        return "-"
    return f"median {spread['median']:g}, p90 {spread['p90']:g}"


def _pairs(counts: dict[str, list[int]]) -> str:
    return "  ".join(f"{name} {done}/{of}" for name, (done, of) in counts.items())


def details(run: Run, most: int) -> str:
    """What went wrong, with the exact words; at most so many of each kind."""
    lines: list[str] = []
    for played, verdict in run.pairs:
        if not verdict.completed:
            patient = played.patient
            lines.append(
                f"NOT COMPLETED #{patient.number} {patient.persona.name}, wanted {patient.wish}: {verdict.ended}"
            )
    for name in LISTS:
        found = [(played.patient.number, one) for played, verdict in run.pairs for one in getattr(verdict, name)]
        counts = Counter(one.split(":")[0].split(" = ")[0] for _, one in found)
        lines += ["", f"== {name.replace('_', ' ')}: {len(found)}  {dict(counts.most_common(8))}"]
        lines += [f"  #{number} {one}" for number, one in found[:most]]
    return "\n".join(lines)


def transcript(played: Played, verdict: Verdict) -> str:
    """One conversation in full, for reading."""
    truth = ", ".join(
        f"{key} {value}" for key, value in played.patient.to_dict().items() if value not in (None, [], False)
    )
    lines = ["=" * WIDTH, *textwrap.wrap(truth, WIDTH), "-" * WIDTH]
    lines += _bot(played.greeting)
    for number, turn in enumerate(played.turns, 1):
        how = "taps" if turn.move.answer.tapped else "says"
        lines.append(f"{number:3} PATIENT {how}: {turn.text}    <{turn.move.why}>")
        lines += _bot(turn.reply.messages)
    state = f"ended {verdict.ended}, {'as wanted' if verdict.completed else 'NOT AS WANTED'}"
    return "\n".join([*lines, f"--- {state}; wrong: {verdict.wrong or 'nothing'}"])


def _bot(messages: list[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    for message in messages:
        mark = f"[{message['alert']}] " if message.get("alert") else ""
        first, *rest = [
            line for part in message["text"].split("\n") for line in (textwrap.wrap(part, WIDTH - 8) or [""])
        ]
        lines += [f"    BOT {mark}{first}", *(f"        {line}" for line in rest)]
        if choices := [choice["label"] for choice in message.get("choices", ())]:
            lines += textwrap.wrap(" | ".join(choices), WIDTH - 8, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return lines
