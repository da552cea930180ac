"""Everything that a clinic edits, read from its folder, checked as a whole. PURE."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from knee_intake import approvals
from knee_intake.article import Article, load_article
from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.faq import Faq, load_faq
from knee_intake.interview.questions import Questions, load_questions
from knee_intake.notices.texts import NoticeTexts, load_notices
from knee_intake.practice import Practice, load_practice
from knee_intake.safety import RedFlagRules, load_rules
from knee_intake.treatments import Treatments, load_treatments


class Source(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where a medical sentence comes from."""

    title: str
    kind: str
    year: int | None = None
    url: str | None = None
    doi: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Clinic:
    """One clinic's data. Built only by `load_clinic`, so it is whole and its parts fit each other."""

    practice: Practice
    treatments: Treatments
    faq: Faq
    red_flags: RedFlagRules
    questions: Questions
    article: Article
    notices: NoticeTexts
    sources: dict[str, Source]
    decisions: approvals.Decisions
    """Who approved or rejected which text. `approved_by` of every part above follows from it."""
    digest: str
    """sha256 of all files: changes when any of them does."""


def load_clinic(folder: Path, *, live: bool = False) -> Clinic:
    """Read and check every file of the folder. Raises ClinicFileError with file, line, key and what was expected.

    `live`: options and answers that no clinician has approved become "the clinic will tell you".
    """
    clinic = Clinic(
        practice=load_practice(folder / "practice.yml"),
        treatments=load_treatments(folder / "treatments.yml"),
        faq=load_faq(folder / "answers.yml"),
        red_flags=load_rules(folder / "red_flags.yml"),
        questions=load_questions(folder / "questions.yml"),
        article=load_article(folder / "article.yml"),
        notices=load_notices(folder / "notices.yml"),
        sources=load_yaml(folder / "sources.yml", dict[str, Source]),
        decisions=approvals.load_decisions(folder / approvals.FILE),
        digest=digest_of(folder),
    )
    _check_together(clinic, folder)
    approvals.refuse_other_signatures(clinic, folder)
    clinic = approvals.signed(clinic)
    if live:
        clinic = replace(clinic, treatments=clinic.treatments.for_live(), faq=clinic.faq.for_live())
    return clinic


def digest_of(folder: Path) -> str:
    """sha256 over names and bytes of the folder's files, in order of name."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*.yml")):
        content = path.read_bytes()
        found.update(f"{path.name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def _check_together(clinic: Clinic, folder: Path) -> None:
    """What one file says about another."""
    options = {treatment.id for treatment in clinic.treatments.treatments}
    practice_path, answers_path = folder / "practice.yml", folder / "answers.yml"
    if options != set(clinic.practice.services):
        expected = f"expected the ids of treatments.yml: {', '.join(sorted(options))}"
        raise ClinicFileError(practice_path, line_of(read_yaml(practice_path), "services"), "services", expected)
    facts = {name for name, _ in clinic.practice.facts()}
    for intent, entry in clinic.faq.answers.items():
        for name in (*entry.needs, *([f"services.{entry.treatment}"] if entry.treatment else [])):
            if name not in facts:
                line = line_of(read_yaml(answers_path), "answers", intent)
                raise ClinicFileError(answers_path, line, f"answers.{intent}", f"`{name}` is no fact of practice.yml")
    if clinic.article.source not in clinic.sources:
        path = folder / "article.yml"
        expected = f"`{clinic.article.source}` is not in sources.yml"
        raise ClinicFileError(path, line_of(read_yaml(path), "source"), "source", expected)
    for file, keys, ids in _sources_named(clinic):
        for one in ids:
            if one not in clinic.sources:
                path = folder / file
                line = line_of(read_yaml(path), *keys, "sources")
                where = ".".join(map(str, (*keys, "sources")))
                raise ClinicFileError(path, line, where, f"`{one}` is not in sources.yml")


def _sources_named(clinic: Clinic) -> Iterable[tuple[str, tuple[str | int, ...], Iterable[str]]]:
    """(file, keys, source ids) of everything that names sources."""
    for index, treatment in enumerate(clinic.treatments.treatments):
        yield "treatments.yml", ("treatments", index), treatment.sources
    for intent, entry in clinic.faq.answers.items():
        yield "answers.yml", ("answers", intent), entry.sources
    for index, rule in enumerate(clinic.red_flags.rules):
        yield "red_flags.yml", ("rules", index), rule.sources
    for index, question in enumerate(clinic.questions.questions):
        yield "questions.yml", ("questions", index), question.sources
    for index, claim in enumerate(clinic.article.claims):
        yield "article.yml", ("claims", index), claim.sources
