"""`knee-intake texts`: the pack that a clinician reads, and approvals that an edit voids."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from knee_intake.approvals import Decision, load_decisions, record, review, reviews
from knee_intake.clinic import load_clinic
from knee_intake.errors import ClinicFileError, NotFoundError, OutputError, RequestError
from knee_intake.faq import answer
from knee_intake.patient_texts import SECTIONS, PatientText, parts_of, patient_texts
from knee_intake.settings import Settings
from knee_intake.texts_command import add_arguments, run
from knee_intake.treatments import explain_one

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic
    from tests.conftest import FrozenClock

Texts = Callable[..., str]
BY = ("--by", "Dana Lee, MD")


@pytest.fixture
def texts(settings: Settings, clock: FrozenClock, capsys: pytest.CaptureFixture[str]) -> Texts:
    """`texts("approve", "safety.RF13", *BY)` runs it in a clinic of its own; what it printed."""

    def call(*argv: str) -> str:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        assert run(parser.parse_args(argv), settings, clock) == 0
        return capsys.readouterr().out

    return call


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "clinic"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def states(folder: Path) -> dict[str, str]:
    """Every text that is not open, and its state."""
    return {one.text.id: one.state for one in reviews(load_clinic(folder)) if one.state != "open"}


def text_of(folder: Path, text_id: str) -> PatientText:
    return next(one for one in patient_texts(load_clinic(folder)) if one.id == text_id)


def edit_rf13(folder: Path) -> None:
    change(folder / "red_flags.yml", "Call 911 now. This can start", "Call 911. This can start")


# ---- ids and hashes


def test_every_text_has_an_id_of_its_own_and_every_section_has_texts(clinic: Clinic) -> None:
    found = patient_texts(clinic)
    assert len({text.id for text in found}) == len(found)
    assert list(dict.fromkeys(text.section for text in found)) == list(SECTIONS)


def test_consent_is_a_section_of_its_own(clinic: Clinic) -> None:
    consent = {text.id for text in patient_texts(clinic) if text.section == "consent"}
    assert {"question.consent", "question.contact", "phrase.refused", "phrase.tell_clinic"} <= consent


def test_a_question_is_read_with_all_its_wordings(clinic: Clinic) -> None:
    text = next(one for one in patient_texts(clinic) if one.id == "question.who_for")
    assert {"text", "again", "reason", "choices.self.label", "choices.child.label"} <= {
        part.name for part in text.parts
    }


def test_a_safety_question_names_the_sources_of_the_rules_behind_its_signs(clinic: Clinic) -> None:
    text = next(one for one in patient_texts(clinic) if one.id == "question.emergency_screen")
    rules = {rule.id: rule for rule in clinic.red_flags.rules}
    assert {*rules["RF13"].sources, *rules["RF04"].sources, *rules["RF03"].sources} <= set(text.sources)
    assert not set(rules["RF20"].sources) & set(text.sources)


def test_an_option_is_read_as_one_message_for_each_kind_of_arthritis(clinic: Clinic) -> None:
    text = next(one for one in patient_texts(clinic) if one.id == "option.botox_knee")
    assert [part.name for part in text.messages if not part.is_label] == ["", "with rheumatoid arthritis"]
    assert all(part.text.startswith("Botox in the knee: It is a shot") for part in text.messages)


def test_an_answer_is_read_as_it_is_before_and_after_the_clinic_confirmed_its_facts(clinic: Clinic) -> None:
    text = next(one for one in patient_texts(clinic) if one.id == "answer.ask_location")
    assert [part.name for part in text.messages] == ["once the clinic has confirmed", "until then"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"en": "Hi."}, [("", "en", "Hi.")]),
        ({"a": {"en": "Hi.", "es": "Hola."}}, [("a", "en", "Hi."), ("a", "es", "Hola.")]),
        ({"a": {"en": {"what": "So."}}}, [("a.what", "en", "So.")]),
        ({"a": {"en": ["One.", "Two."]}}, [("a.0", "en", "One."), ("a.1", "en", "Two.")]),
        ({"a": [{"value": "x", "label": {"en": "X"}}, {"en": "Y"}]}, [("a.x.label", "en", "X"), ("a.1", "en", "Y")]),
        ({"id": "a", "version": 2, "words": ["no text"]}, []),
    ],
)
def test_wordings_are_found_at_any_depth(data: Any, expected: list[tuple[str, str, str]]) -> None:
    assert [(part.name, part.lang, part.text) for part in parts_of(data)] == expected


@pytest.mark.parametrize(
    ("name", "old", "new", "text_id"),
    [
        ("red_flags.yml", "Call 911 now. This can", "Call 911. This can", "safety.RF13"),
        ("red_flags.yml", "A hot, swollen knee and feeling", "A hot knee and feeling", "safety.RF01"),
        ("treatments.yml", "It is a shot into the knee joint.", "It is a shot in the knee joint.", "option.botox_knee"),
        ("treatments.yml", "people, and not on knees.", "people, none on knees.", "option.botox_knee"),
        ("treatments.yml", "{en: Acupuncture}", "{en: Needles}", "option.acupuncture"),
        ("answers.yml", "I can't say if a knee needs", "I can't tell if a knee needs", "answer.ask_surgery"),
        ("practice.yml", '"The clinic is open {hours}."', '"Open {hours}."', "wording.practice.hours"),
        ("article.yml", "Pain at the front of the knee is", "Front knee pain is", "article.how_common"),
    ],
)
def test_a_changed_word_changes_the_hash_of_its_text_and_of_no_other(
    folder: Path, name: str, old: str, new: str, text_id: str
) -> None:
    before = {text.id: text.hash for text in patient_texts(load_clinic(folder))}
    change(folder / name, old, new)
    after = {text.id: text.hash for text in patient_texts(load_clinic(folder))}
    assert {one for one in after if after[one] != before[one]} == {text_id}


def test_what_is_no_wording_changes_no_hash(folder: Path) -> None:
    before = {text.id: text.hash for text in patient_texts(load_clinic(folder))}
    change(folder / "red_flags.yml", "version: 1\nrules:", "version: 2 # a remark\nrules:")
    change(folder / "treatments.yml", "sources: [S27a]", "sources: [S27a, S27b]")
    assert {text.id: text.hash for text in patient_texts(load_clinic(folder))} == before


def test_the_same_words_under_another_id_are_another_text(clinic: Clinic) -> None:
    generic = "This could be an emergency. Please call 911 now. Do not wait for us to reply."
    same = [text for text in patient_texts(clinic) if text.parts[0].text == generic]
    assert len(same) >= 2
    assert len({text.hash for text in same}) == len(same)


# ---- approve, reject


def test_as_shipped_every_text_is_open(folder: Path) -> None:
    assert states(folder) == {}


def test_an_approval_is_kept_with_name_time_and_hash(texts: Texts, folder: Path) -> None:
    assert texts("approve", "safety.RF13", *BY, "--comment", "Read  aloud.").splitlines()[0] == "approved: safety.RF13"
    assert load_decisions(folder / "approvals.yml") == {
        "safety.RF13": Decision(
            text="safety.RF13",
            decision="approved",
            by="Dana Lee, MD",
            at="2026-03-10T12:00:00-04:00",  # noon in New York, where the clinic is
            hash=text_of(folder, "safety.RF13").hash,
            comment="Read aloud.",
        )
    }
    assert states(folder) == {"safety.RF13": "approved"}


def test_an_edit_voids_an_approval_and_taking_the_edit_back_restores_it(texts: Texts, folder: Path) -> None:
    texts("approve", "safety.RF13", "safety.RF14", *BY)
    edit_rf13(folder)
    assert states(folder) == {"safety.RF13": "changed", "safety.RF14": "approved"}
    assert "not approved: the text changed since it was approved by Dana Lee, MD on 2026-03-10" in texts("list")
    change(folder / "red_flags.yml", "Call 911. This can start", "Call 911 now. This can start")
    assert states(folder) == {"safety.RF13": "approved", "safety.RF14": "approved"}


def test_a_text_that_changed_can_be_approved_again(texts: Texts, folder: Path) -> None:
    texts("approve", "safety.RF13", *BY)
    edit_rf13(folder)
    assert texts("approve", "safety.RF13", *BY).startswith("approved: safety.RF13\n")
    assert states(folder) == {"safety.RF13": "approved"}


def test_a_rejection_keeps_its_reason_and_withdraws_an_approval(texts: Texts, folder: Path) -> None:
    texts("approve", "answer.ask_cost", *BY)
    texts("reject", "answer.ask_cost", "--by", "Kim", "--comment", 'We know the plans: "all" # of them')
    assert states(folder) == {"answer.ask_cost": "rejected"}
    assert 'rejected by Kim on 2026-03-10 ("We know the plans: "all" # of them")' in texts("list")
    texts("approve", "answer.ask_cost", *BY)
    assert states(folder) == {"answer.ask_cost": "approved"}


def test_it_is_safe_to_repeat(texts: Texts, folder: Path, clock: FrozenClock) -> None:
    texts("approve", "safety.RF13", *BY)
    before = (folder / "approvals.yml").read_text(encoding="utf-8")
    clock.advance(hours=1)
    assert texts("approve", "safety.RF13", *BY) == "approved already: safety.RF13\n"
    assert (folder / "approvals.yml").read_text(encoding="utf-8") == before


def test_another_clinician_may_approve_too_and_both_stay_on_record(texts: Texts, folder: Path) -> None:
    texts("approve", "safety.RF13", *BY)
    texts("approve", "safety.RF13", "--by", "Kim")
    assert load_decisions(folder / "approvals.yml")["safety.RF13"].by == "Kim"
    assert (folder / "approvals.yml").read_text(encoding="utf-8").count("safety.RF13") == 2


def test_a_whole_section_is_approved_at_once(texts: Texts, folder: Path) -> None:
    texts("approve", "--section", "options", *BY)
    assert states(folder) == {f"option.{one.id}": "approved" for one in load_clinic(folder).treatments.treatments}


@pytest.mark.parametrize("what", ["safety.RF13", "safety"])
def test_what_was_printed_can_be_approved_only_while_it_still_says_the_same(
    texts: Texts, folder: Path, what: str
) -> None:
    printed = re.search(rf"\b{re.escape(what)}@[0-9a-f]{{8}}\b", texts("--format", "text"))
    assert printed
    argv = [printed[0]] if "." in what else ["--section", printed[0]]
    edit_rf13(folder)
    with pytest.raises(RequestError, match="is not what was printed"):
        texts("approve", *argv, *BY)
    assert states(folder) == {}
    change(folder / "red_flags.yml", "Call 911. This can start", "Call 911 now. This can start")
    texts("approve", *argv, *BY)
    assert states(folder)["safety.RF13"] == "approved"


@pytest.mark.parametrize("printed", ["", "zz", "0000000", "00000000"])
def test_a_fingerprint_that_is_short_or_wrong_is_refused(texts: Texts, printed: str) -> None:
    with pytest.raises(RequestError, match="is not what was printed"):
        texts("approve", f"safety.RF13@{printed}", *BY)


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("RF13", "Did you mean safety.RF13?"),
        ("safety.RF31", "Did you mean safety."),
        ("read_back", "Did you mean question.read_back or phrase.read_back?"),
        ("zzzzzz", "`zzzzzz`. `knee-intake texts list` has all."),
    ],
)
def test_an_unknown_id_is_refused_with_what_is_near_and_nothing_is_written(
    texts: Texts, folder: Path, given: str, near: str
) -> None:
    with pytest.raises(NotFoundError) as caught:
        texts("approve", "safety.RF14", given, *BY)
    assert f"no text has the id `{given}`" in str(caught.value)
    assert near in str(caught.value)
    assert states(folder) == {}


def test_an_unknown_section_is_refused_with_those_there_are(texts: Texts) -> None:
    with pytest.raises(NotFoundError, match="no section `safty`: it is one of safety, consent"):
        texts("approve", "--section", "safty", *BY)


def test_naming_nothing_is_refused(texts: Texts) -> None:
    with pytest.raises(RequestError, match="name at least one text"):
        texts("approve", *BY)


@pytest.mark.parametrize(
    "argv",
    [
        ["approve", "safety.RF13"],
        ["approve", "safety.RF13", "--by", "  "],
        ["approve", "safety.RF13", "--by", "x" * 81],
        ["approve", "safety.RF13", "--by", "a\x1bb"],
        ["reject", "safety.RF13", *BY],
        ["reject", "safety.RF13", *BY, "--comment", ""],
        ["--state", "fine"],
    ],
)
def test_who_and_why_are_asked_for(texts: Texts, argv: list[str], folder: Path) -> None:
    with pytest.raises(SystemExit):
        texts(*argv)
    assert states(folder) == {}


# ---- the file


def test_what_people_wrote_into_the_file_stays(texts: Texts, folder: Path) -> None:
    path = folder / "approvals.yml"
    texts("approve", "safety.RF13", *BY)
    path.write_text(f"# ours\n{path.read_text(encoding='utf-8')}# the end", encoding="utf-8")
    texts("approve", "safety.RF14", *BY)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# ours"
    assert lines[-2] == "# the end"
    assert set(states(folder)) == {"safety.RF13", "safety.RF14"}


@pytest.mark.parametrize("content", [None, "decisions: []\n", "# a remark\ndecisions:\n"])
def test_a_file_that_is_missing_or_empty_is_begun(texts: Texts, folder: Path, content: str | None) -> None:
    path = folder / "approvals.yml"
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    assert states(folder) == {}
    texts("approve", "safety.RF13", *BY)
    assert states(folder) == {"safety.RF13": "approved"}
    assert ("# a remark" in path.read_text(encoding="utf-8")) == ("#" in (content or ""))


def test_a_list_that_cannot_be_added_to_is_left_alone(folder: Path) -> None:
    path = folder / "approvals.yml"
    one = Decision(text="a", decision="approved", by="K", at="2026-03-10", hash="0" * 64)
    entry = '{text: a, decision: approved, by: K, at: "2026-03-10", hash: "' + "0" * 64 + '"}'
    path.write_text(f"decisions: [{entry}]\n", encoding="utf-8")
    with pytest.raises(ClinicFileError, match="at the end of the file"):
        record(path, [Decision(text="b", decision="approved", by="K", at="2026-03-10", hash="0" * 64)])
    assert load_decisions(path) == {"a": one}
    assert [entry.name for entry in folder.glob(".*")] == []


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file"):
        record(tmp_path / "none" / "approvals.yml", [])


def sign(path: Path, number: int) -> None:
    """What one of several processes does."""
    record(path, [Decision(text=f"t{number}", decision="approved", by="K", at="2026-03-10", hash="0" * 64)])


def test_people_who_sign_at_the_same_time_do_not_overwrite_each_other(tmp_path: Path) -> None:
    path = tmp_path / "approvals.yml"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=sign, args=(path, number)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert set(load_decisions(path)) == {f"t{number}" for number in range(8)}


ENTRY = {"text": "safety.RF13", "decision": "approved", "by": "K", "at": "2026-03-10T12:00:00-04:00", "hash": "0" * 64}


@pytest.mark.parametrize(
    ("entry", "key", "expected"),
    [
        ({**ENTRY, "by": " "}, "decisions.1.by", "the name of who decided"),
        ({**ENTRY, "hash": "abc"}, "decisions.1.hash", "64 hexadecimal digits"),
        ({**ENTRY, "hash": "z" * 64}, "decisions.1.hash", "64 hexadecimal digits"),
        ({**ENTRY, "at": "yesterday"}, "decisions.1.at", "a time such as"),
        ({**ENTRY, "decision": "rejected"}, "decisions.1.comment", "why it was rejected"),
        ({**ENTRY, "decision": "maybe"}, "decisions.1.decision", "Invalid enum value 'maybe'"),
        ({**ENTRY, "who": "me"}, "decisions.1.who", "unknown field `who`"),
    ],
)
def test_a_broken_decision_is_refused_with_line_and_key(
    folder: Path, entry: dict[str, str], key: str, expected: str
) -> None:
    path = folder / "approvals.yml"
    path.write_text("decisions:\n" + "".join(f"  - {json.dumps(one)}\n" for one in (ENTRY, entry)), encoding="utf-8")
    with pytest.raises(ClinicFileError) as caught:
        load_clinic(folder)
    assert (caught.value.file, caught.value.line, caught.value.key) == (str(path), 3, key)
    assert expected in caught.value.expected


# ---- one truth: what the rest of the program sees


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("red_flags.yml", "rules.0.approved_by"),
        ("treatments.yml", "treatments.0.approved_by"),
        ("answers.yml", "answers.ask_botulinum.approved_by"),
        ("questions.yml", "approved_by"),
        ("practice.yml", "approved_by"),
    ],
)
def test_a_name_in_the_texts_own_file_is_refused(folder: Path, name: str, key: str) -> None:
    change(folder / name, "approved_by: null", "approved_by: A. Clinician")
    with pytest.raises(ClinicFileError) as caught:
        load_clinic(folder)
    assert caught.value.key == key
    assert caught.value.line == next(
        number
        for number, line in enumerate((folder / name).read_text(encoding="utf-8").splitlines(), 1)
        if "approved_by: A. Clinician" in line
    )
    assert "`knee-intake texts approve`" in caught.value.expected


def test_live_an_approved_option_and_answer_are_told_and_the_others_are_not(texts: Texts, folder: Path) -> None:
    texts("approve", "option.botox_knee", "answer.ask_bot", *BY)
    clinic, live = load_clinic(folder), load_clinic(folder, live=True)
    assert explain_one("botox_knee", live.treatments, live.practice).text == (
        explain_one("botox_knee", clinic.treatments, clinic.practice).text
    )
    assert "The clinic will tell you" in explain_one("acupuncture", live.treatments, live.practice).text
    assert answer("ask_bot", live) == answer("ask_bot", clinic)
    assert answer("ask_evidence", live).text.startswith("The clinic will tell you")


def test_live_an_edited_option_is_withheld_again(texts: Texts, folder: Path) -> None:
    texts("approve", "option.botox_knee", *BY)
    change(folder / "treatments.yml", "It is a shot into the knee joint.", "It is a shot in the knee joint.")
    live = load_clinic(folder, live=True)
    assert "The clinic will tell you" in explain_one("botox_knee", live.treatments, live.practice).text


def test_each_part_of_the_clinic_names_who_approved_it(texts: Texts, folder: Path) -> None:
    texts("approve", "safety.RF13", "option.acupuncture", *BY)
    clinic = load_clinic(folder)
    rules = {rule.id: rule.approved_by for rule in clinic.red_flags.rules}
    assert (rules["RF13"], rules["RF14"]) == ("Dana Lee, MD", None)
    assert clinic.treatments.get("acupuncture").approved_at == "2026-03-10"
    assert clinic.faq.answers["ask_acupuncture"].approved_by == "Dana Lee, MD"  # it is that option


def test_the_questions_are_approved_once_all_of_their_texts_are(texts: Texts, folder: Path) -> None:
    every = [text.id for text in patient_texts(load_clinic(folder)) if text.file == "questions.yml"]
    texts("approve", *every[1:], *BY)
    assert load_clinic(folder).questions.approved_by is None
    texts("approve", every[0], *BY)
    assert load_clinic(folder).questions.approved_by == "Dana Lee, MD"


def test_a_decision_on_a_text_that_is_gone_does_no_harm(clinic: Clinic) -> None:
    gone = Decision(text="safety.RF99", decision="approved", by="K", at="2026-03-10", hash="0" * 64)
    found = [review(text, {"safety.RF99": gone}).state for text in patient_texts(clinic)]
    assert set(found) == {"open"}


# ---- what is printed


class Page(HTMLParser):
    """The page's text, its tags, and what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.loads: list[str] = []
        self.articles = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.articles += tag == "article"
        self.loads += [value or "" for name, value in attrs if name == "src" or (tag == "link" and name == "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop() != tag:
            assert self.open, f"</{tag}> without its start"

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_holds_every_text_with_its_sources_and_loads_nothing(texts: Texts, clinic: Clinic) -> None:
    html = texts()
    page = Page(html)
    told = "".join(page.text)
    found = patient_texts(clinic)
    assert page.articles == len(found)
    assert page.open == []
    assert page.loads == []
    for text in found:
        assert f"{text.id}@{text.hash[:8]}" in told
        for part in text.messages:
            assert part.text in told
        for source in text.sources:
            assert clinic.sources[source].title in told
    assert "@media print" in html
    assert "break-inside: avoid" in html


def test_the_page_shows_markup_in_a_text_or_name_as_text(texts: Texts, folder: Path) -> None:
    change(folder / "red_flags.yml", "Call 911 now. This can", "<script>alert(1)</script> Call 911 now. This can")
    texts("approve", "safety.RF13", "--by", "<b>Kim</b>", "--comment", 'a "quote" & <i>')
    html = texts()
    assert "<script>" not in html
    assert "<b>Kim" not in html
    assert '<b>Kim</b> on 2026-03-10 ("a "quote" & <i>")' in "".join(Page(html).text)


def test_the_plain_text_names_id_grade_state_and_sources(texts: Texts) -> None:
    texts("approve", "safety.RF12", *BY)
    block = next(one for one in texts("--format", "text").split("\n\n") if one.startswith("safety.RF12@"))
    lines = [line.strip() for line in block.splitlines()]
    assert re.fullmatch(r"safety\.RF12@[0-9a-f]{8}   grade \d\.\d   approved", lines[0])
    assert lines[1] == "approved by Dana Lee, MD on 2026-03-10"
    assert any("Chest pain, trouble breathing" in line for line in lines)
    assert lines[-1] == "[S34] Signs of a blood clot in the leg (reference)"


def test_the_json_says_all_of_it_for_programs(texts: Texts, folder: Path) -> None:
    texts("reject", "option.botox_knee", *BY, "--comment", "Name the dose-free risks first.")
    data = json.loads(texts("--format", "json"))
    assert len(data["texts"]) == len(patient_texts(load_clinic(folder)))
    found = next(one for one in data["texts"] if one["id"] == "option.botox_knee")
    assert found["section"] == "options"
    assert found["file"] == "treatments.yml"
    assert found["hash"] == text_of(folder, "option.botox_knee").hash
    assert (found["state"], found["by"], found["comment"]) == (
        "rejected", "Dana Lee, MD", "Name the dose-free risks first.",
    )  # fmt: skip
    assert found["sources"][0]["id"] == "S13"
    assert found["sources"][0]["title"].startswith("Efficacy and safety of single-dose onabotulinumtoxinA")
    assert found["sources"][0]["address"] == "https://doi.org/10.1016/j.joca.2018.05.001"
    assert found["grade"] == text_of(folder, "option.botox_knee").grade


def test_the_list_is_filtered_by_state_and_section(texts: Texts) -> None:
    texts("approve", "safety.RF13", "safety.RF14", "option.acupuncture", *BY)
    ids = re.findall(r"^\S+ +([a-z]+\.\w+) ", texts("list", "--state", "approved"), re.MULTILINE)
    assert ids == ["safety.RF13", "safety.RF14", "option.acupuncture"]
    lines = texts("list", "--state", "approved", "--section", "options").splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["option.acupuncture"]
    assert re.fullmatch(r"1 of \d+ texts: 1 approved", lines[-1])
    assert re.fullmatch(r"0 of \d+ texts: none\n", texts("list", "--state", "changed"))
    assert texts("--state", "approved", "list") == texts("list", "--state", "approved")


def test_a_pack_of_some_texts_offers_no_whole_section_to_sign(texts: Texts) -> None:
    assert "approve --section safety@" in texts("--section", "safety", "--format", "text")
    texts("approve", "safety.RF13", *BY)
    some = texts("--state", "open", "--format", "text")
    assert "safety.RF14@" in some
    assert "safety.RF13@" not in some
    assert "approve --section" not in some


def test_the_pack_can_be_written_to_a_file(texts: Texts, tmp_path: Path) -> None:
    path = tmp_path / "pack.html"
    assert texts("--output", str(path)) == f"written: {path}\n"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(OutputError, match="No such file"):
        texts("--output", str(tmp_path / "none" / "pack.html"))
