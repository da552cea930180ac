"""Approved sentences as files: training data in Rasa's form, and labelled rows in the form of our sets. PURE."""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from knee_intake.errors import OutputError, SettingsError

OWN = "var/learning"
NLU_FILE = "nlu/learned.yml"
OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
"""What the program says where it understood nothing: no sentence is meant so."""
GENRE = "clinic"
_KNEE = re.compile(r"\bknee", re.IGNORECASE)


class Labelled(Protocol):
    """A sentence and what is right about it; records/lessons.py gives them."""

    @property
    def text(self) -> str: ...
    @property
    def intent(self) -> str: ...
    @property
    def asked(self) -> str | None: ...
    @property
    def expect(self) -> Mapping[str, Any]: ...
    @property
    def negated(self) -> Iterable[str]: ...
    @property
    def dated(self) -> bool: ...


def trained_intents(domain: Path) -> list[str]:
    """The intents that a sentence may be an example of, in the order of domain.yml. Raises SettingsError."""
    try:
        found = YAML(typ="safe").load(domain.read_text(encoding="utf-8"))["intents"]
    except (OSError, KeyError, TypeError) as error:
        raise SettingsError(f"{domain}: has no list of intents ({type(error).__name__})") from None
    return [str(name) for name in found if name != FALLBACK]


def one_line(text: str) -> str:
    """The sentence as an example line: Rasa reads square brackets as annotations, and a line end as its end."""
    return " ".join(text.replace("[", "(").replace("]", ")").replace("\\", "/").split())


def nlu_yaml(lessons: Iterable[Labelled]) -> str:
    """The file for data/nlu; each sentence once under its intent."""
    by_intent: dict[str, dict[str, None]] = defaultdict(dict)
    for lesson in lessons:
        by_intent[lesson.intent][one_line(lesson.text)] = None
    blocks = [
        {"intent": intent, "examples": LiteralScalarString("".join(f"- {line}\n" for line in by_intent[intent]))}
        for intent in sorted(by_intent)
    ]
    yaml = YAML()
    yaml.width = 10_000  # no line is folded
    out = io.StringIO()
    yaml.dump({"version": "3.1", "nlu": blocks}, out)
    return out.getvalue()


def labelled_rows(lessons: Iterable[Labelled]) -> dict[str, list[dict[str, Any]]]:
    """File name -> rows, each in the form of benchmarks/sets.

    A sentence whose date was replaced has no row of findings where it tells how long: that label was the old date's.
    """
    found: dict[str, list[dict[str, Any]]] = {
        "intents.jsonl": [], "near_out_of_scope.jsonl": [], "findings.jsonl": [],
    }  # fmt: skip
    for lesson in lessons:
        text = one_line(lesson.text)
        if lesson.intent == OUT_OF_SCOPE:
            found["near_out_of_scope.jsonl"].append({"text": text, "intent": OUT_OF_SCOPE, "kind": GENRE})
            continue
        found["intents.jsonl"].append({"text": text, "intent": lesson.intent, "accept": []})
        if not (lesson.dated and "pain_duration_days" in lesson.expect):
            found["findings.jsonl"].append(_findings_row(lesson, text))
    return found


def _findings_row(lesson: Labelled, text: str) -> dict[str, Any]:
    denied = list(lesson.negated)
    return {
        "text": text,
        "genre": GENRE,
        "knee": bool(_KNEE.search(text)),
        "expect": {**lesson.expect, **({"negated": denied} if denied else {})},
        "optional": {},
        **({"asked": lesson.asked} if lesson.asked else {}),
    }


def as_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """JSONL."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def export_files(lessons: Iterable[Labelled]) -> dict[str, str]:
    """Name within the folder -> content; a file without a sentence is left out.

    Of two sentences that became one without their personal data, the later label counts.
    """
    lessons = list({one_line(lesson.text).lower(): lesson for lesson in lessons}.values())
    if not lessons:
        return {}
    rows = labelled_rows(lessons)
    return {NLU_FILE: nlu_yaml(lessons), **{f"sets/{name}": as_lines(some) for name, some in rows.items() if some}}


def _is_the_project_s(folder: Path, home: Path) -> bool:
    """In the home folder or the program's own, or where a link in the home folder leads; var/learning is not meant."""
    own = (home / OWN).resolve()
    roots = {home.resolve(), Path(__file__).resolve().parents[2], *(one.resolve() for one in home.glob("*"))}
    where = {folder, folder.resolve()}
    inside = any(one.is_relative_to(root) for one in where for root in (home, *roots))
    return inside and not folder.resolve().is_relative_to(own)


def write_export(folder: Path, lessons: Iterable[Labelled], home: Path) -> list[Path]:
    """Write the files; the paths. Never into the project's own folders. Raises SettingsError, OutputError."""
    folder = folder.expanduser().absolute()
    if _is_the_project_s(folder, home):
        raise SettingsError(f"{folder}: sentences of patients do not go into the project; {home / OWN} is for them")
    written = []
    try:
        for name, content in export_files(lessons).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from None
    return written
