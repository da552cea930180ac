"""The clinic's folder as a whole: what is shipped loads, what does not fit together is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knee_intake.clinic import digest_of, load_clinic
from knee_intake.errors import ClinicFileError
from knee_intake.faq import answer
from knee_intake.treatments import explain

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic


def change(home: Path, name: str, old: str, new: str) -> Path:
    path = home / "clinic" / name
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_shipped_folder_loads_as_a_whole(clinic: Clinic) -> None:
    assert clinic.practice.name.value == "43rd Street Medical"
    assert len(clinic.treatments.treatments) == 6
    assert len(clinic.red_flags.rules) >= 21
    assert clinic.questions.question("consent") is not None
    assert "S13" in clinic.sources


def test_the_article_and_its_figures_are_named_nowhere_as_a_source_of_a_benefit(clinic: Clinic) -> None:
    assert all("ARTICLE" not in treatment.sources for treatment in clinic.treatments.treatments)
    assert "ARTICLE" not in clinic.faq.answers["ask_evidence"].sources


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "expected"),
    [
        ("treatments.yml", "sources: [S27a]", "sources: [S999]", "treatments.3.sources", "`S999` is not in"),
        (
            "answers.yml",
            "sources: [S1, S13, S14, S18, S22, S23]",
            "sources: [S1, X]",
            "answers.ask_botulinum.sources",
            "`X` is not in sources.yml",
        ),
        ("red_flags.yml", "sources: [S22, S23]", "sources: [S0]", "rules.0.sources", "`S0` is not in sources.yml"),
        (
            "answers.yml",
            "needs: [address]\n    known_text: {en: \"{clinic} is at {address}.",
            "needs: [street]\n    known_text: {en: \"{clinic} is at {street}.",
            "answers.ask_location",
            "`street` is no fact of practice.yml",
        ),
        (
            "answers.yml",
            "{treatment: acupuncture,",
            "{treatment: magnets,",
            "answers.ask_acupuncture",
            "`services.magnets` is no fact",
        ),
        ("article.yml", "sources: [S1, S3]", "sources: [S1, S0]", "claims.2.sources", "`S0` is not in sources.yml"),
        ("article.yml", "source: ARTICLE", "source: PAGE", "source", "`PAGE` is not in sources.yml"),
        ("practice.yml", "  acupuncture: {value", "  needles: {value", "visit_types.0.services", "`acupuncture` is no"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused_with_line_and_key(
    home: Path, name: str, old: str, new: str, key: str, expected: str
) -> None:
    path = change(home, name, old, new)
    with pytest.raises(ClinicFileError) as caught:
        load_clinic(home / "clinic")
    assert caught.value.file == str(path)
    assert expected in caught.value.expected
    assert caught.value.key == key
    assert caught.value.line is not None


def test_services_are_the_options_and_no_others(home: Path) -> None:
    change(home, "practice.yml", "first_visit_free:", "  yoga: {value: true}\nfirst_visit_free:")
    with pytest.raises(ClinicFileError, match=r"expected the ids of treatments\.yml"):
        load_clinic(home / "clinic")


@pytest.mark.parametrize(
    "name",
    ["practice.yml", "treatments.yml", "answers.yml", "sources.yml", "red_flags.yml", "questions.yml", "article.yml"],
)
def test_a_missing_file_is_named(home: Path, name: str) -> None:
    (home / "clinic" / name).unlink()
    with pytest.raises(ClinicFileError) as caught:
        load_clinic(home / "clinic")
    assert caught.value.file.endswith(name)


def test_the_digest_changes_with_any_file_and_with_nothing_else(home: Path) -> None:
    folder = home / "clinic"
    before = digest_of(folder)
    (folder / "notes.txt").write_text("not a clinic file")
    assert digest_of(folder) == before
    for path in sorted(folder.glob("*.yml")):
        path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
        after = digest_of(folder)
        assert after != before, path.name
        before = after


def test_live_withholds_what_no_clinician_approved(home: Path) -> None:
    live = load_clinic(home / "clinic", live=True)
    assert [one.sources for one in explain({}, live.treatments, live.practice)] == [(), ()]
    assert answer("ask_evidence", live).text.startswith("The clinic will tell you")


def test_the_clinics_rooms_import_no_framework() -> None:
    code = (
        "import sys, knee_intake.clinic, knee_intake.faq, knee_intake.treatments, knee_intake.practice\n"
        "print([name for name in ('rasa', 'starlette', 'sqlalchemy', 'tensorflow', 'spacy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"
