"""`knee-intake check --article`: the clinic's article, claim by claim."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knee_intake import cli
from knee_intake.approvals import Decision, record
from knee_intake.article import VERDICTS, load_article
from knee_intake.article_command import run_check_article
from knee_intake.clinic import load_clinic
from knee_intake.errors import ClinicFileError
from knee_intake.patient_texts import patient_texts
from knee_intake.settings import Settings

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic


def block_of(printed: str, claim: str) -> str:
    """What is printed on one claim, each row on one line."""
    block = next(one for one in printed.split("\n\n") if one.startswith(f"{claim}   "))
    return re.sub(r"\n {11}", " ", block)


@pytest.fixture
def printed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    assert run_check_article(settings) == 0
    return capsys.readouterr().out


def test_each_claim_is_printed_with_sentence_problem_source_words_and_state(printed: str) -> None:
    lines = [line.strip() for line in block_of(printed, "how_common").splitlines()]
    assert lines[0] == "how_common   wrong: its source says something else"
    assert lines[1] == 'it says  "20% of physically active men and 25% of physically active women"'
    assert lines[2].startswith("problem  The team of the study spoke of about 1 in 8 active men")
    assert lines[3] == (
        "source   S1  Researchers use Botox-like injection to treat runners and cyclists with knee pain (news, 2016)"
        " https://www.eurekalert.org/pub_releases/2016-02/icl-rub021916.php"
    )
    assert lines[5] == 'put      "Pain at the front of the knee is common in active people."'
    assert lines[6] == "state    not mended; the proposed words are not approved: nobody has decided yet"
    assert len(lines) == 7


def test_every_claim_is_there_and_those_to_mend_are_counted(printed: str, clinic: Clinic) -> None:
    claims = clinic.article.claims
    for claim in claims:
        assert block_of(printed, claim.id)
    to_mend = sum(claim.verdict != "right" for claim in claims)
    assert f"\n{to_mend} of {len(claims)} claims are still to be mended.\n" in printed
    assert printed.startswith('The clinic\'s article, "Why You Should Consider Botox for Your Knees", claim by claim\n')


def test_a_claim_that_is_borne_out_says_so_and_proposes_nothing(printed: str) -> None:
    block = block_of(printed, "tried_before")
    assert "right: nothing to mend" in block
    assert "because  Usual care had to have failed" in block
    assert "state    nothing to mend" in block
    assert "put " not in block


@pytest.mark.parametrize(
    ("claim", "verdict", "facts"),
    [
        ("pain_free_share", "wrong", ["five years later", "45 people", "one diagnosis", "no comparison group"]),
        ("how_common", "wrong", ["1 in 8 active men", "1 in 5 active women"]),
        ("journal", "wrong", ["American Journal of Sports Medicine"]),
        ("proven", "wrong", ["no comparison group", "45 people"]),
        ("arthritis_outcomes", "unsupported", ["two people, ankle and big toe, no knee", "salt water"]),
        ("already_used", "incomplete", ["off-label", "spread"]),
        ("end_of_medicine", "unsupported", ["No statement", "prescription drug"]),
        ("weak_gluteals", "unsupported", ["An idea of the study's team"]),
        ("complementary", "unconfirmed", ["complimentary"]),
    ],
)
def test_what_is_known_to_be_amiss_with_the_article_is_told(
    clinic: Clinic, claim: str, verdict: str, facts: list[str]
) -> None:
    found = next(one for one in clinic.article.claims if one.id == claim)
    assert found.verdict == verdict
    for fact in facts:
        assert fact in found.problem


def test_the_command_line_leads_there(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fresh_logging: None
) -> None:
    monkeypatch.setenv("KNEE_INTAKE_HOME", str(home))
    assert cli.main(["check", "--article"]) == 0
    assert "pain_free_share   wrong" in capsys.readouterr().out


def change(home: Path, old: str, new: str) -> Path:
    path = home / "clinic" / "article.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_state_tells_whether_the_words_are_approved_and_the_page_is_mended(
    settings: Settings, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = next(one for one in patient_texts(load_clinic(home / "clinic")) if one.id == "article.title")
    signed = Decision(text=text.id, decision="approved", by="K. Lee", at="2026-03-10", hash=text.hash)
    record(home / "clinic" / "approvals.yml", [signed])
    change(home, "mended: null", 'mended: "2026-03-12"')  # the first claim's: the title
    run_check_article(settings)
    printed = capsys.readouterr().out
    assert "state    mended on 2026-03-12; the proposed words are approved by K. Lee on 2026-03-10" in (
        block_of(printed, "title")
    )
    claims = load_clinic(home / "clinic").article.claims
    assert f"\n{sum(claim.is_open for claim in claims)} of {len(claims)} claims" in printed
    assert not claims[0].is_open


def test_every_verdict_is_used_and_explained(clinic: Clinic) -> None:
    assert {claim.verdict for claim in clinic.article.claims} == set(VERDICTS)


GOOD = """\
source: ARTICLE
claims:
  - id: one
    quote: "It helps"
    verdict: wrong
    problem: "It does not."
    sources: [S1]
    replacement: {en: "Nobody knows."}
    mended: null
"""


def load_text(folder: Path, text: str) -> None:
    path = folder / "article.yml"
    path.write_text(text, encoding="utf-8")
    load_article(path)


def test_a_small_file_loads(tmp_path: Path) -> None:
    load_text(tmp_path, GOOD)
    load_text(tmp_path, "source: ARTICLE\nclaims: []\n")


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "expected"),
    [
        ("verdict: wrong", "verdict: bad", 5, "claims.0.verdict", "Invalid enum value 'bad'"),
        ("problem:", "trouble:", 6, "claims.0.trouble", "unknown field `trouble`"),
        ("mended: null", "by: me", 9, "claims.0.by", "unknown field `by`"),
        ('"It helps"', '" "', 4, "claims.0.quote (one)", "1 to 25 words"),
        ('"It helps"', f'"{"word " * 26}"', 4, "claims.0.quote (one)", "1 to 25 words"),
        ('"It does not."', '""', 6, "claims.0.problem (one)", "what is wrong"),
        ("[S1]", "[]", 7, "claims.0.sources (one)", "at least one source"),
        ('{en: "Nobody knows."}', '{es: "Nadie sabe."}', 8, "claims.0.replacement (one)", "words under `en`"),
        ('    replacement: {en: "Nobody knows."}\n', "", 3, "claims.0.replacement (one)", "words under `en`"),
        ("verdict: wrong", "verdict: right", 5, "claims.0.verdict (one)", "another verdict"),
        ("mended: null", 'mended: "soon"', 9, "claims.0.mended (one)", "YYYY-MM-DD"),
        ("mended: null", 'mended: "20260312"', 9, "claims.0.mended (one)", "YYYY-MM-DD"),
    ],
)
def test_a_broken_claim_is_refused_with_file_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, key: str, expected: str
) -> None:
    assert old in GOOD
    with pytest.raises(ClinicFileError) as caught:
        load_text(tmp_path, GOOD.replace(old, new))
    assert (caught.value.file, caught.value.line) == (str(tmp_path / "article.yml"), line)
    assert caught.value.key == key
    assert expected in caught.value.expected


def test_an_id_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClinicFileError, match="`one` is there twice") as caught:
        load_text(tmp_path, GOOD + GOOD.partition("claims:\n")[2])
    assert caught.value.line == 10
