"""The walls of the house: arrows run one way, and the pure rooms outlive Rasa."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "knee_intake"

PURE = (
    "interview",
    "safety",
    "treatments",
    "faq",
    "practice",
    "errors",
    "clock",
    "patient_texts",
    "approvals",
    "article",
    "duty",
    "notices/texts",
    "notices/links",
    "notices/mails",
    "deidentify",
    "name_places",
    "learning/gate",
    "learning/lesson_files",
    "figures",
    "csv_cells",
    "web/charts",
)
FORBIDDEN_TO_PURE = {"rasa", "rasa_sdk", "tensorflow", "starlette", "sqlalchemy", "uvicorn", "requests"}
RULES_ONLY = ("reader", "findings", "assertion", "answers", "corrections", "lexicon", "types")
"""Parts of understanding that need no model."""

MAY_NOT_IMPORT = {
    "interview": ("web", "dialogue", "records", "actions"),
    "safety": ("web", "dialogue", "records", "booking", "actions"),
    "treatments": ("web", "dialogue", "records", "booking", "actions"),
    "understanding": ("web", "dialogue", "records", "booking", "actions", "learning"),
    "learning": ("web", "dialogue", "booking", "actions"),
    "records": ("web", "dialogue", "actions"),
    "booking": ("web", "dialogue", "actions"),
    "notices": ("web", "dialogue", "actions"),
    "dialogue": ("web",),
    "figures": ("web", "dialogue", "records", "booking", "actions"),
    "exports": ("web", "dialogue", "actions"),
}


def modules_of(room: str) -> list[Path]:
    folder = PACKAGE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that `path` imports anywhere, also inside functions; not what only type checkers read."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unread = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for part in block.body
        for node in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_imports_no_framework(room: str) -> None:
    finds = [
        f"{path.name}:{line} {name}"
        for path in modules_of(room)
        for line, name in imports_of(path)
        if name.split(".")[0] in FORBIDDEN_TO_PURE
    ]
    assert finds == []


@pytest.mark.parametrize("room", MAY_NOT_IMPORT)
def test_arrows_run_one_way(room: str) -> None:
    others = {*(f"knee_intake.{other}" for other in MAY_NOT_IMPORT[room]), *({"actions"} & set(MAY_NOT_IMPORT[room]))}
    finds = [
        f"{path.name}:{line} {name}"
        for path in modules_of(room)
        for line, name in imports_of(path)
        if any(name == other or name.startswith(f"{other}.") for other in others)
    ]
    assert finds == []


def test_importing_the_pure_rooms_loads_no_framework() -> None:
    paths = [path for room in PURE for path in modules_of(room)]
    paths += [path for name in RULES_ONLY if (path := PACKAGE / "understanding" / f"{name}.py").exists()]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    code = (
        "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
        f"print(sorted({FORBIDDEN_TO_PURE!r} - {{'requests'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"
