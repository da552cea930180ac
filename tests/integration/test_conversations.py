"""The conversations of tests/conversations/*.yml, each through the real app and the trained model.

What a nurse can read and change there is checked here, line by line.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from knee_intake.clinic import Clinic
from knee_intake.errors import ClinicFileError
from knee_intake.interview.model import URGENCIES
from knee_intake.records import schema
from knee_intake.settings import Settings
from tests.conftest import NOW, ROOT, FrozenClock
from tests.conversation_format import Case, load_cases
from tests.conversation_texts import wrong_names
from tests.integration.conftest import NEVER_S, Running
from tests.integration.conversation_play import MismatchError, Play, Saved

FOLDER = ROOT / "tests" / "conversations"
FEWEST = 120
SAVED: dict[str, Saved] = {}
"""How far the shortcuts came, for all conversations: each is said once."""


def collected() -> Iterator[Any]:
    """Every conversation as a case; a broken file as one case that fails with what is wrong."""
    for path in sorted(FOLDER.glob("*.yml")):
        try:
            cases = load_cases(path)
        except ClinicFileError as error:
            yield pytest.param(error, id=path.stem)
            continue
        for case in cases:
            why = case.conversation.not_yet
            marks = [pytest.mark.xfail(reason=why, raises=MismatchError, strict=True)] if why else []
            yield pytest.param(case, id=case.id, marks=marks)


@pytest.fixture(scope="module")
def stage(models: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One running app for all of them: to start it takes longer than most conversations.

    Alerts reach the front desk while the clinic is open. The usual time is its lunch hour, so nobody is on duty.
    """
    from knee_intake.web.app import make_app

    home = tmp_path_factory.mktemp("conversations")
    shutil.copytree(ROOT / "clinic", home / "clinic")
    practice = home / "clinic" / "practice.yml"
    facts = practice.read_text()
    unknown = "alert_recipient: {value: null,"
    assert unknown in facts
    practice.write_text(facts.replace(unknown, "alert_recipient: {value: desk@clinic.test,"))
    clock = FrozenClock()
    mail = {
        "smtp_url": "smtp+plain://127.0.0.1:9",
        "mail_from": "desk@clinic.test",
        "public_url": "https://clinic.test",
    }
    settings = Settings.from_environ({}, home=str(home), rate_limits=False, **mail)
    app = make_app(settings, clock=clock, load=lambda _: models, notices_every_s=NEVER_S)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Running(app, client, clock)


@pytest.fixture
def running(stage: Running) -> Running:
    """The same app with empty tables and at the usual time: no conversation sees anything of another."""
    stage.clock.now = NOW
    empty(stage)
    return stage


def empty(running: Running) -> None:
    with running.context.database.write() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            if table is not schema.audit:  # no row ever leaves it
                connection.execute(table.delete())


@pytest.mark.parametrize("case", list(collected()))
def test_conversation(case: Case | ClinicFileError, running: Running, clinic: Clinic) -> None:
    if isinstance(case, ClinicFileError):
        raise case
    wrong = list(wrong_names(case, clinic))
    assert not wrong, "\n".join(wrong)
    Play(case, running, clinic, SAVED).run()


def test_there_are_enough_conversations() -> None:
    names = [case.conversation.name for path in FOLDER.glob("*.yml") for case in load_cases(path)]
    assert len(names) >= FEWEST
    assert len({*names}) == len(names), "each name once in all files"


GOOD = """\
about: a file for this test
conversations:
  - name: a knee
    steps:
      - agreed
      - visitor: left knee
      - asked: pain_location
    then:
      answers: {knee_side: left}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("      - asked: pain", "      - askd: pain", 7, "unknown field `askd`"),
        ("answers: {knee_side: left}", "answer: {}", 9, "unknown field `answer`"),
        ("    then:\n      answers: {knee_side: left}\n", "    when: x\n", 8, "unknown field `when`"),
        ("- agreed", "- agred", 5, "expected staff takes over"),
        ("- visitor: left knee", "- agreed", 6, "or as the first step"),
        ("- visitor: left knee", "- {visitor: left, asked: onset}", 6, "expected one key a step"),
        ("- visitor: left knee", "- waits: a while", 6, "expected a time such as"),
        ("- visitor: left knee", "- urgency: quick", 6, "Invalid enum value"),
        ("      - asked: pain_location\n    then:\n      answers: {knee_side: left}\n", "", 3, "at least one thing"),
        ("name: a knee", 'name: " "', 3, "expected a name"),
        ("    then:", '    not yet: ""\n    then:', 8, "expected the reason"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    path = tmp_path / "faulty.yml"
    path.write_text(GOOD)
    assert len(load_cases(path)) == 1
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ClinicFileError) as error:
        load_cases(path)
    assert error.value.line == line
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("asked: pain_location", "asked: pain_loction", "faulty.yml:7: no question `pain_loction`"),
        ("asked: pain_location", "says: answer:ask_nothing", "faulty.yml:7: no text `answer:ask_nothing`"),
        ("knee_side: left", "knee: left", "faulty.yml:8: no field `knee`"),
        ("answers: {knee_side: left}", "rules: [RF99]", "faulty.yml:9: no rule `RF99`"),
    ],
)
def test_a_name_that_does_not_exist_is_told(tmp_path: Path, clinic: Clinic, old: str, new: str, told: str) -> None:
    path = tmp_path / "faulty.yml"
    path.write_text(GOOD)
    assert list(wrong_names(load_cases(path)[0], clinic)) == []
    path.write_text(GOOD.replace(old, new))
    assert list(wrong_names(load_cases(path)[0], clinic)) == [told]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("asked: pain_location", "asked: onset", "asked pain_location, not onset"),
        ("asked: pain_location", "says: zebra", "did not say: zebra"),
        ("asked: pain_location", "says: stopped", "did not say: stopped"),
        ("asked: pain_location", "says: why:onset", "did not say: why:onset"),
        ("asked: pain_location", "not says: knee", "said: knee"),
        ("asked: pain_location", "offers: zebra", "did not offer: zebra"),
        ("asked: pain_location", "picks: 99", "there is no choice 99"),
        ("asked: pain_location", "urgency: soon", "the urgency is routine, not soon"),
        ("answers: {knee_side: left}", "answers: {knee_side: right}", "knee_side is 'left', not 'right'"),
        ("answers: {knee_side: left}", "unanswered: [knee_side]", "knee_side is answered: 'left'"),
        ("answers: {knee_side: left}", "rules: [RF04]", "rules: [], not ['RF04']"),
        ("answers: {knee_side: left}", "status: booked", "status: 'active', not 'booked'"),
        ("answers: {knee_side: left}", "booking: held", "booking: 'none', not 'held'"),
        ("answers: {knee_side: left}", "callback: {name: Robin}", "no call back was noted"),
        ("answers: {knee_side: left}", "consents: [privacy, contact]", "consents: ['privacy'], not"),
        ("answers: {knee_side: left}", "never asked twice: true", "asked twice: pain_location"),
        ("answers: {knee_side: left}", "not kept: [left knee]", "'left knee' is kept in messages"),
    ],
)
def test_what_goes_otherwise_is_told_with_its_line(
    tmp_path: Path, running: Running, clinic: Clinic, old: str, new: str, told: str
) -> None:
    path = tmp_path / "faulty.yml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(MismatchError) as error:
        Play(load_cases(path)[0], running, clinic).run()
    place, _, what = str(error.value).partition(": ")
    assert place in ("faulty.yml:7", "faulty.yml:9")
    assert what.startswith(told)
    assert "visitor:   left knee" in what


def test_a_shortcut_said_before_leads_to_the_same(
    tmp_path: Path, stage: Running, running: Running, clinic: Clinic
) -> None:
    path = tmp_path / "faulty.yml"
    path.write_text(GOOD.replace("agreed", "read back").replace("pain_location", "read_back"))
    saved: dict[str, Saved] = {}
    first = Play(load_cases(path)[0], running, clinic, saved)
    first.run()
    rows = {name: len(running.rows(table)) for name, table in schema.metadata.tables.items()}
    empty(stage)
    second = Play(load_cases(path)[0], running, clinic, saved)
    second.run()
    assert (second.lines, second.asked, second.said) == (first.lines, first.asked, first.said)
    assert second.visitor.conversation == first.visitor.conversation
    assert {name: len(running.rows(table)) for name, table in schema.metadata.tables.items()} == rows


@pytest.mark.parametrize(
    ("callback", "told"),
    [
        ("{name: Sam}", "call back: name is 'Robin', not 'Sam'"),
        ('{contact: "+12125550199"}', "call back: contact is '+12125550147', not '+12125550199'"),
        ("{topic: bill}", "call back: topic is 'wants to talk to a person', not 'bill'"),
        ("none", "a call back was noted: wants to talk to a person"),
    ],
)
def test_another_call_back_than_wanted_is_told(
    tmp_path: Path, running: Running, clinic: Clinic, callback: str, told: str
) -> None:
    path = tmp_path / "faulty.yml"
    steps = '- visitor: a person please\n      - visitor: "Robin, 212 555 0147"\n      - says: callback_noted'
    text = GOOD.replace("- visitor: left knee\n      - asked: pain_location", steps)
    path.write_text(text.replace("answers: {knee_side: left}", f"callback: {callback}"))
    with pytest.raises(MismatchError, match=re.escape(told)):
        Play(load_cases(path)[0], running, clinic).run()


def test_the_house_rules_catch_what_no_reply_may_be(tmp_path: Path, running: Running, clinic: Clinic) -> None:
    path = tmp_path / "faulty.yml"
    path.write_text(GOOD)
    good = {"seq": 9, "from": "bot", "text": "Which knee is it?", "input": {"kind": "choices", "for": "knee_side"}}
    alarm = {"seq": 8, "from": "bot", "text": "Call 911 now.", "alert": URGENCIES[0]}
    for replies, told in (
        ([alarm, good], "first and alone"),
        ([good, alarm], "first and alone"),
        ([alarm], "in no rule"),
        ([{**good, "text": "It is a proven help."}], "claims: proven"),
        ([good, good, good], "three times in a row"),
        ([good], "asked knee_side, which is known"),
    ):
        play = Play(load_cases(path)[0], running, clinic)
        play.run()
        play.visitor.last = replies
        play._note_replies()
        with pytest.raises(MismatchError, match=told):
            play._check_house_rules(("steps", 1))


def test_the_end_is_held_against_the_records(tmp_path: Path, running: Running, clinic: Clinic) -> None:
    path = tmp_path / "faulty.yml"
    alarm = '- visitor: "my left calf is swollen"\n      - says: RF11'
    path.write_text(
        GOOD.replace("- agreed", "- booked").replace("- visitor: left knee\n      - asked: pain_location", alarm)
    )
    play = Play(load_cases(path)[0], running, clinic)
    play.run()
    booking = next(row for row in running.rows(schema.bookings) if row["status"] == "requested")
    later = {"id": "2", "reference": "B", "effect_key": "B", "start": booking["end"]}
    with running.context.database.write() as connection:
        connection.execute(schema.alerts.update().values(shown="Something else."))
    with pytest.raises(MismatchError, match="an alarm was shown that the records do not hold"):
        play._check_end()
    with running.context.database.write() as connection:
        connection.execute(schema.bookings.insert().values(**{**booking, **later}))
    with pytest.raises(MismatchError, match="more than one visit is open"):
        play._check_end()
