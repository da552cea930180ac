"""The inbox of what was not understood well: what gets in, how it is decided, and what may leave."""

from __future__ import annotations

import argparse
import html
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake import learning_command
from knee_intake.checked_yaml import load_yaml
from knee_intake.errors import BuildError, SettingsError
from knee_intake.learning.lesson_files import export_files, write_export
from knee_intake.records import schema
from knee_intake.records.erasure import erase
from knee_intake.records.learning import Keeper, collect, days_since
from knee_intake.records.lessons import approved, count_open, inbox
from knee_intake.understanding.nlu_data import NluFile, read_examples
from tests.conftest import ROOT
from tests.integration.learning_rows import INSURANCE, add_corrected, add_misread, read, say
from tests.integration.staff_rows import NOW, add_conversation, add_message, conversation_id
from tests.integration.test_staff_console import Console, csrf_of

INBOX = "/staff/learning"


def keeper(console: Console) -> Keeper:
    return Keeper(console.context.secret, console.context.clinic.practice.zoneinfo())


def gather(console: Console) -> None:
    with console.write() as connection:
        assert collect(connection, keeper(console), NOW, most=1000)


def texts(console: Console, reason: str = "") -> list[tuple[str, int]]:
    with console.context.database.read() as connection:
        return [(line.text, line.count) for line in inbox(connection, reason)]


def rows(console: Console, table: Any) -> list[Any]:
    with console.context.database.read() as connection:
        return list(connection.execute(sa.select(table)).mappings())


def page(browser: Any, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def post(browser: Any, path: str, **form: str) -> Any:
    csrf = csrf_of(page(browser, INBOX))
    return browser.post(path, data={"csrf": csrf, **form})


def decide(browser: Any, lesson: int, **form: str) -> Any:
    return post(browser, f"{INBOX}/sentences/{lesson}", **{"seen": "open", "reason": "", **form})


# -- what gets in ----------------------------------------------------------------------------------------------------


def test_rejected_unsure_and_corrected_messages_are_in_and_others_are_not(console: Console) -> None:
    with console.write() as connection:
        add_misread(connection, 1)
        add_corrected(connection, 2)
        made = add_conversation(connection, 3)
        say(connection, made, 1, "knee go brr", "Where does it hurt?", read("inform", 0.41))
        say(connection, made, 3, "my knee hurts on the inside", "Thanks.", read("inform", 0.95))
        say(connection, made, 5, "???", "Pardon?", read("out_of_scope", 1.0))
    gather(console)
    assert sorted(texts(console)) == [
        (INSURANCE, 1),
        ("it is the left-hand side as you face me", 1),
        ("knee go brr", 1),
    ]
    assert texts(console, "corrected") == [("it is the left-hand side as you face me", 1)]
    assert texts(console, "low") == [("knee go brr", 1)]


def test_an_answer_that_was_put_right_later_points_to_the_message_that_had_given_it(console: Console) -> None:
    with console.write() as connection:
        made = add_conversation(connection, 1)  # its intake says: three months, corrected in message 6
        say(
            connection,
            made,
            2,
            "three weeks it has hurt",
            "Ok.",
            read("inform", 0.9, findings={"pain_duration_days": 21}),
        )
        say(connection, made, 6, "three months", "Ok.", read("inform", 0.9, findings={"pain_duration_days": 90}))
    gather(console)
    assert texts(console, "corrected") == [("three weeks it has hurt", 1)]


def test_a_picked_choice_has_no_words_to_learn_from(console: Console) -> None:
    with console.write() as connection:
        made = add_conversation(connection, 1)
        add_message(
            connection, made, 1, "visitor", "Left", understanding=read("inform", 0.3), payload={"choice": "left"},
            answered=True,
        )  # fmt: skip
    gather(console)
    assert texts(console) == []


def test_the_same_sentence_but_for_case_signs_and_numbers_is_one_item(console: Console) -> None:
    with console.write() as connection:
        for number, text in enumerate(("Do you take plan 12?", "do you take PLAN 3", "do you, take plan"), start=1):
            add_misread(connection, number, text, at=NOW - timedelta(hours=number))
    gather(console)
    assert texts(console) == [("Do you take plan 12?", 2), ("do you, take plan", 1)]


def test_without_agreement_nothing_is_looked_at_and_who_takes_it_back_is_taken_out(console: Console) -> None:
    with console.write() as connection:
        add_misread(connection, 1)
        silent = add_conversation(connection, 2, consent=False)
        add_message(connection, silent, 1, "visitor", None, understanding=read("out_of_scope", 0.2))
    gather(console)
    assert len(texts(console)) == 1
    later = NOW + timedelta(hours=1)
    with console.write() as connection:
        own = schema.conversations.c.id == conversation_id(1)
        connection.execute(sa.update(schema.conversations).where(own).values(status="refused", updated_at=later))
    assert texts(console) == []  # at once, before anything is collected again
    gather(console)
    assert (rows(console, schema.learning_items), rows(console, schema.lessons)) == ([], [])


def test_an_erased_conversation_leaves_no_item_and_no_open_lesson(console: Console) -> None:
    with console.write() as connection:
        made = add_misread(connection, 1)
    gather(console)
    erase(console.context.database, made, now=NOW)
    gather(console)
    assert (rows(console, schema.learning_items), rows(console, schema.lessons)) == ([], [])


def test_looking_again_adds_nothing_and_a_walk_in_parts_finds_all(console: Console) -> None:
    with console.write() as connection:
        for number in range(1, 6):
            add_misread(connection, number, f"strange words {'x' * number}", at=NOW + timedelta(minutes=number))
    with console.write() as connection:
        assert not collect(connection, keeper(console), NOW, most=2)
    assert len(texts(console)) == 2
    gather(console)
    before = rows(console, schema.learning_items), rows(console, schema.quality_days)
    gather(console)
    assert len(before[0]) == 5
    assert (rows(console, schema.learning_items), rows(console, schema.quality_days)) == before


# -- judged by staff -------------------------------------------------------------------------------------------------


def test_staff_judge_a_message_on_its_transcript_and_can_take_it_back(console: Console) -> None:
    with console.write() as connection:
        made = add_corrected(connection, 1)
    browser = console.signed_in("reviewer")
    where = f"/staff/conversations/{made}"
    answer = post(browser, f"{where}/misread", seq="3", wrong="1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{where}#m3")
    post(browser, f"{where}/misread", seq="3", wrong="1")
    assert page(browser, where).count("understood wrongly</span>") == 1
    assert texts(console, "judged") == [("actually my right one", 1)]
    with console.context.database.read() as connection:
        assert [counted.judged for _, counted in days_since(connection, "2026-01-01")] == [1]
    assert [action for action, _ in console.audit()].count("judge") == 1
    post(browser, f"{where}/misread", seq="3", wrong="0")
    assert texts(console, "judged") == []
    with console.context.database.read() as connection:
        assert [counted.judged for _, counted in days_since(connection, "2026-01-01")] == [0]


@pytest.mark.parametrize("seq", ["2", "99", "x", ""])
def test_only_a_visitor_s_message_with_words_can_be_judged(console: Console, seq: str) -> None:
    with console.write() as connection:
        made = add_corrected(connection, 1)
    assert post(console.signed_in(), f"/staff/conversations/{made}/misread", seq=seq, wrong="1").status_code == 404


def test_what_was_right_and_is_judged_wrong_again_is_open_again(console: Console) -> None:
    with console.write() as connection:
        made = add_misread(connection, 1)
    gather(console)
    browser = console.signed_in()
    decide(browser, 1, decision="right")
    assert texts(console) == []
    post(browser, f"/staff/conversations/{made}/misread", seq="2", wrong="1")
    assert texts(console) == [(INSURANCE, 1)]


# -- deciding --------------------------------------------------------------------------------------------------------


def test_a_sentence_shows_what_was_asked_said_understood_and_answered(console: Console) -> None:
    with console.write() as connection:
        add_misread(connection, 1)
        made = add_corrected(connection, 2)
    gather(console)
    browser = console.signed_in("viewer")
    found = page(browser, f"{INBOX}/sentences/1")
    for words in ("How long has it hurt?", "asked for pain duration days", INSURANCE, "I did not get that."):
        assert words in html.unescape(found)
    assert "34 %" in found
    assert 'id="decide"' not in found
    marked = page(browser, f"{INBOX}/sentences/2")
    assert '<mark title="knee side: left">left</mark>' in marked
    views = [subject for action, subject in console.audit() if action == "learning_view"]
    assert views == [conversation_id(1), made]


def test_the_keys_follow_the_classifier_s_ranking_with_out_of_scope_among_them(console: Console) -> None:
    with console.write() as connection:
        add_misread(connection, 1)
    gather(console)
    found = page(console.signed_in(), f"{INBOX}/sentences/1")
    likely = re.findall(r'name="intent" value="([a-z_]+)"', found)
    assert likely[:4] == ["ask_cost", "ask_referral", "inform", "book"]
    assert len(likely) == 9
    assert "out_of_scope" in likely


def test_a_decision_holds_for_all_who_said_it_and_leads_to_the_next(console: Console) -> None:
    with console.write() as connection:
        add_misread(connection, 1, "do you take plan 1", at=NOW - timedelta(hours=3))
        add_misread(connection, 2, "Do you take plan 2?")
        add_misread(connection, 3, "something else entirely")
    gather(console)
    browser = console.signed_in()
    form = {
        "decision": "learn", "intent": "ask_cost", "f.symptoms.swelling": "1", "one.knee_side": "left",
        "number.pain_severity": "7", "no.fever": "1", "f.symptoms.nonsense": "1", "no.nonsense": "1",
    }  # fmt: skip
    answer = decide(browser, 1, **form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{INBOX}/sentences/2")
    lesson = rows(console, schema.lessons)[0]
    assert (lesson["state"], lesson["intent"], lesson["negated"], lesson["asked"], lesson["text"]) == (
        "learn", "ask_cost", ["fever"], "pain_duration_days", None,
    )  # fmt: skip
    assert lesson["expect"] == {"symptoms": ["swelling"], "knee_side": "left", "pain_severity": 7}
    assert texts(console) == [("something else entirely", 1)]
    with console.write() as connection:  # said once more: decided already
        add_misread(connection, 4, "do you take plan 77", at=NOW + timedelta(minutes=9))
    gather(console)
    assert len(texts(console)) == 1
    with console.context.database.read() as connection:
        query = sa.select(schema.audit.c.detail).where(schema.audit.c.action == "learn")
        assert connection.execute(query).scalars().all() == [
            {"sentence": 1, "messages": 2, "decision": "learn", "intent": "ask_cost", "findings": 3}
        ]


def test_a_form_sent_twice_does_nothing_more_and_the_second_of_two_people_is_told(console: Console) -> None:
    with console.write() as connection:
        add_misread(connection, 1)
    gather(console)
    browser = console.signed_in()
    form = {"decision": "learn", "intent": "ask_cost"}
    assert decide(browser, 1, **form).status_code == 303
    assert decide(browser, 1, **form).status_code == 303
    assert decide(browser, 1, decision="nothing").status_code == 409
    assert decide(browser, 1, decision="nothing", seen="learn").status_code == 303
    assert [action for action, _ in console.audit()].count("learn") == 2


@pytest.mark.parametrize(
    "form",
    [
        {"decision": "learn"},
        {"decision": "learn", "intent": "nlu_fallback"},
        {"decision": "learn", "intent": "no_such_intent"},
        {"decision": "learn", "intent": "inform", "number.pain_severity": "11"},
        {"decision": "learn", "intent": "inform", "number.pain_duration_days": "-3"},
        {"decision": "open"},
        {},
    ],
)
def test_a_decision_that_cannot_be_used_is_refused(console: Console, form: dict[str, str]) -> None:
    with console.write() as connection:
        add_misread(connection, 1)
    gather(console)
    assert decide(console.signed_in(), 1, **form).status_code == 400
    assert rows(console, schema.lessons)[0]["state"] == "open"


# -- leaving ---------------------------------------------------------------------------------------------------------


def learned(console: Console, intent: str = "ask_cost", **more: str) -> Any:
    """A reviewer's browser, with one sentence decided."""
    with console.write() as connection:
        add_misread(connection, 1)
    gather(console)
    browser = console.signed_in()
    assert decide(browser, 1, decision="learn", intent=intent, **more).status_code == 303
    return browser


def test_nothing_leaves_before_a_reviewer_has_read_it(console: Console) -> None:
    browser = learned(console)
    with console.context.database.read() as connection:
        assert approved(connection) == []
        assert count_open(connection)["to approve"] == 1
    found = page(browser, f"{INBOX}/approve")
    after = re.search(r"<textarea[^>]*>([^<]*)</textarea>", found)
    assert after is not None
    text = html.unescape(after[1])
    assert text == "Does Alex's plan pay? I'm Alex Field, 212-555-0142, born 1/1/1960"
    assert "Replaced: name, phone, date" in found
    assert post(browser, f"{INBOX}/sentences/1/approve", do="out", text=text).status_code == 303
    with console.context.database.read() as connection:
        assert [(one.text, one.intent, one.dated) for one in approved(connection)] == [(text, "ask_cost", True)]
    assert post(browser, f"{INBOX}/sentences/1/approve", do="out", text=text).status_code == 303
    assert post(browser, f"{INBOX}/sentences/1/approve", do="out", text="Other words").status_code == 409
    assert [action for action, _ in console.audit()].count("learn_approve") == 1


@pytest.mark.parametrize(
    "text", ["Does the plan pay? 646 555 0173", "ask robin", "I was born on 3/4/1970", "jo@mail.test", "   "]
)
def test_a_sentence_that_still_tells_who_it_is_is_not_let_out(console: Console, text: str) -> None:
    browser = learned(console)
    assert post(browser, f"{INBOX}/sentences/1/approve", do="out", text=text).status_code == 400
    with console.context.database.read() as connection:
        assert approved(connection) == []


def test_a_reviewer_may_keep_a_sentence_in(console: Console) -> None:
    browser = learned(console)
    assert post(browser, f"{INBOX}/sentences/1/approve", do="keep").status_code == 303
    assert "Nothing waits to be approved" in page(browser, f"{INBOX}/approve")
    assert rows(console, schema.lessons)[0]["state"] == "nothing"


def test_another_label_takes_the_approval_away(console: Console) -> None:
    browser = learned(console)
    post(browser, f"{INBOX}/sentences/1/approve", do="out", text="Does the plan pay?")
    assert decide(browser, 1, decision="learn", intent="book", seen="learn").status_code == 303
    with console.context.database.read() as connection:
        assert approved(connection) == []


def test_an_approved_sentence_stays_after_its_conversation_was_erased(console: Console) -> None:
    browser = learned(console)
    post(browser, f"{INBOX}/sentences/1/approve", do="out", text="Does the plan pay?")
    erase(console.context.database, conversation_id(1), now=NOW)
    gather(console)
    with console.context.database.read() as connection:
        assert [one.text for one in approved(connection)] == ["Does the plan pay?"]


def test_managers_download_what_rasa_and_our_reader_can_read(console: Console, tmp_path: Any) -> None:
    browser = learned(console, **{"f.symptoms.swelling": "1", "no.fever": "1"})
    post(browser, f"{INBOX}/sentences/1/approve", do="out", text="Does [the](plan) \\ pay: 'all' # of \"it\"?\n- yes")
    assert browser.get(f"{INBOX}/export/learned.yml").status_code == 403
    manager = console.signed_in("manager")
    answer = manager.get(f"{INBOX}/export/learned.yml")
    assert answer.headers["content-disposition"] == 'attachment; filename="learned.yml"'
    (tmp_path / "learned.yml").write_text(answer.text, encoding="utf-8")
    sentence = "Does (the)(plan) / pay: 'all' # of \"it\"? - yes"
    assert read_examples(tmp_path) == {"ask_cost": [sentence]}
    assert load_yaml(tmp_path / "learned.yml", NluFile).version == "3.1"
    assert rasa_reads(tmp_path / "learned.yml") == [(sentence, "ask_cost", [])]
    assert manager.get(f"{INBOX}/export/intents.jsonl").json() == {"text": sentence, "intent": "ask_cost", "accept": []}
    assert manager.get(f"{INBOX}/export/findings.jsonl").json() == {
        "text": sentence, "genre": "clinic", "knee": False, "expect": {"symptoms": ["swelling"], "negated": ["fever"]},
        "optional": {}, "asked": "pain_duration_days",
    }  # fmt: skip
    assert manager.get(f"{INBOX}/export/nothing.yml").status_code == 404
    assert [action for action, _ in console.audit()].count("learning_export") == 3


def rasa_reads(path: Any) -> list[tuple[str, str, list[Any]]]:
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    found = RasaYAMLReader().read(str(path))
    return [(one.get("text"), one.get("intent"), one.get("entities") or []) for one in found.training_examples]


def test_the_command_writes_the_approved_sentences_but_not_into_the_project(
    console: Console, home: Any, tmp_path: Any
) -> None:
    browser = learned(console)
    post(browser, f"{INBOX}/sentences/1/approve", do="out", text="Does the plan pay?")
    with console.context.database.read() as connection:
        some = approved(connection)
    written = write_export(tmp_path / "out", some, home)
    assert sorted(path.name for path in written) == ["findings.jsonl", "intents.jsonl", "learned.yml"]
    assert read_examples(tmp_path / "out" / "nlu") == {"ask_cost": ["Does the plan pay?"]}
    write_export(home / "var" / "learning" / "x", some, home)
    for folder in (
        home,
        home / "data",
        home / "var",
        home / "var" / "learning" / ".." / "x",
        ROOT / "benchmarks" / "sets",
    ):
        with pytest.raises(SettingsError):
            write_export(folder, some, home)


def test_a_sentence_whose_date_was_replaced_has_no_row_that_tells_how_long(console: Console) -> None:
    browser = learned(console, "inform", **{"number.pain_duration_days": "400"})
    post(browser, f"{INBOX}/sentences/1/approve", do="out", text="it has hurt since January 1960")
    with console.context.database.read() as connection:
        files = export_files(approved(connection))
    assert sorted(files) == ["nlu/learned.yml", "sets/intents.jsonl"]


def test_what_is_none_of_our_business_is_a_row_of_its_own_set(console: Console) -> None:
    browser = learned(console, "out_of_scope")
    post(browser, f"{INBOX}/sentences/1/approve", do="out", text="sing me a song")
    with console.context.database.read() as connection:
        files = export_files(approved(connection))
    assert files["sets/near_out_of_scope.jsonl"] == (
        '{"text": "sing me a song", "intent": "out_of_scope", "kind": "clinic"}\n'
    )


def test_two_sentences_that_became_one_have_the_later_label(console: Console) -> None:
    with console.write() as connection:
        add_misread(connection, 1, "call Robin about the plan")
        add_misread(connection, 2, "call Robert about the plan")
    gather(console)
    browser = console.signed_in()
    for lesson, intent in ((1, "ask_cost"), (2, "call_me")):
        decide(browser, lesson, decision="learn", intent=intent)
        post(browser, f"{INBOX}/sentences/{lesson}/approve", do="out", text="call Alex about the plan")
    with console.context.database.read() as connection:
        files = export_files(approved(connection))
    assert "intent: call_me" in files["nlu/learned.yml"]
    assert "ask_cost" not in files["nlu/learned.yml"]


def test_the_command_line_lists_and_exports(
    console: Console, make_settings: Any, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = learned(console)
    with console.write() as connection:
        add_misread(connection, 2, "some other words")
    settings = make_settings(database_url=str(console.context.database.engine.url), secret_key="k" * 32)
    command(settings, "list", "--reason", "rejected")
    assert "'some other words'" in capsys.readouterr().out
    with pytest.raises(BuildError):
        command(settings, "export", "--out", str(tmp_path / "out"))
    post(browser, f"{INBOX}/sentences/1/approve", do="out", text="Does the plan pay?")
    command(settings, "export", "--out", str(tmp_path / "out"))
    assert capsys.readouterr().out.splitlines()[0] == str(tmp_path / "out" / "nlu" / "learned.yml")
    with pytest.raises(BuildError):
        command(settings, "rollback")
    with pytest.raises(BuildError):
        command(settings, "promote", "1")


def command(settings: Any, *argv: str) -> None:
    parser = argparse.ArgumentParser()
    learning_command.add_arguments(parser)
    learning_command.run(parser.parse_args(argv), settings)
