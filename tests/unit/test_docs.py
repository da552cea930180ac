"""What is written about the project is true of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from knee_intake import __version__
from knee_intake.cli import COMMANDS
from knee_intake.settings import SETTINGS
from knee_intake.settings_page import page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

as_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_the_page_of_settings_is_the_table_of_settings() -> None:
    assert (ROOT / "docs/settings.md").read_text() == page(), "run `make docs`"


@as_page
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


@as_page
def test_every_setting_named_exists(path: Path) -> None:
    known = {setting.variable for setting in SETTINGS} | {"KNEE_INTAKE_"}
    assert set(re.findall(r"\bKNEE_INTAKE_[A-Z_]*", path.read_text())) <= known


@as_page
def test_every_make_target_named_exists(path: Path) -> None:
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", path.read_text(), re.MULTILINE)) <= targets()


@as_page
def test_every_command_named_exists(path: Path) -> None:
    named = set(re.findall(r"(?:`|^|bin/|\| )knee-intake ([a-z-]+)", path.read_text(), re.MULTILINE))
    assert named <= {command.name for command in COMMANDS}


def test_make_help_lists_every_target_with_a_text() -> None:
    done = subprocess.run(["make", "help"], capture_output=True, text=True, check=True, cwd=ROOT)
    assert {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")} == targets()


def test_the_changelog_opens_with_this_version_or_what_is_not_released() -> None:
    first = re.search(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first is not None
    assert first[1] in {"Unreleased", __version__}


def test_the_version_stands_in_one_place_for_people_and_one_for_pip() -> None:
    assert f'\nversion = "{__version__}"\n' in (ROOT / "pyproject.toml").read_text()
