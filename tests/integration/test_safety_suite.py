"""The safety suite: single messages and whole conversations through the real understanding, hearing and rules.

The goal is no missed emergency and at most 3 % false alarms on near misses. AT_MOST says what was reached: it may only
go down. Which texts are missed: `python -m benchmarks.safety --errors`. The cases of the suite are checked here too,
and how an outcome is judged, since a suite that cannot fail protects nobody.
"""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.safety import SET_NAMES, Bench, mistakes
from benchmarks.safety_scoring import Case, Due, Fired, Outcome, cases_of, count_rules, summary
from knee_intake.interview.model import URGENCIES
from knee_intake.understanding.model_file import load_classifier
from knee_intake.understanding.reader import RuleReader
from knee_intake.understanding.service import Understanding

RULES = [f"RF{number:02}" for number in range(1, 22)]
LEAST_CASES = {"messages": 620, "conversations": 210}
LEAST_OF_A_RULE = 8

AT_MOST = {
    "messages": {"emergencies missed": 0, "false alarms on near misses": 0.011, "over-triage": 0.01},
    "conversations": {"emergencies missed": 0, "false alarms on near misses": 0.011, "over-triage": 0.01},
}
AT_LEAST = {
    "messages": {"urgency class right": 0.94, "never told less than due": 0.98},
    "conversations": {"urgency class right": 0.93, "never told less than due": 0.98},
}


@pytest.fixture(scope="module")
def played(model_path, clinic):
    """set -> outcomes, the whole suite in one go."""
    bench = Bench(Understanding(RuleReader(), load_classifier(model_path)), clinic)
    return {name: bench.play(name) for name in SET_NAMES}


@pytest.mark.parametrize("name", SET_NAMES)
def test_no_more_emergencies_are_missed_and_no_more_false_alarms_are_raised_than_before(played, name):
    figures = summary(played[name])
    worse = {key: figures[key] for key, most in AT_MOST[name].items() if figures[key] > most}
    worse |= {key: figures[key] for key, least in AT_LEAST[name].items() if figures[key] < least}
    assert worse == {}, mistakes(played[name])


def test_a_later_denial_softens_no_alarm(played):
    firm = [outcome for outcome in played["conversations"] if outcome.case.kind == "firm"]
    assert len(firm) >= 10
    assert [outcome.case.words() for outcome in firm if outcome.undertriaged] == []


def test_an_alarm_question_that_stays_unclear_counts_as_yes_and_one_that_clears_up_does_not(played):
    unclear = [outcome for outcome in played["conversations"] if outcome.case.kind == "unclear"]
    assert {bool(outcome.case.due) for outcome in unclear} == {True, False}
    assert [outcome.case.words() for outcome in unclear if outcome.missed or outcome.false] == []


@pytest.mark.parametrize("name", SET_NAMES)
def test_the_suite_is_as_large_as_it_claims_and_a_third_of_it_must_fire(name):
    cases = cases_of(name)
    must_fire = sum(bool(case.due) for case in cases)
    assert len(cases) >= LEAST_CASES[name]
    assert len(cases) / 3 <= must_fire <= 2 * len(cases) / 3
    assert len({case.id for case in cases}) == len({case.words() for case in cases}) == len(cases)


def test_every_rule_has_its_messages_and_its_conversations():
    messages = Counter(due.rule for case in cases_of("messages") for due in case.due)
    assert {rule: messages[rule] for rule in RULES if messages[rule] < LEAST_OF_A_RULE} == {}
    assert set(RULES) <= {due.rule for case in cases_of("conversations") for due in case.due}


@pytest.mark.parametrize("name", SET_NAMES)
def test_every_label_can_come_true(clinic, name):
    """A rule that there is, in a class that it has, at a turn that there is."""
    classes = {rule.id: {rule.urgency, *(case.urgency for case in rule.cases)} for rule in clinic.red_flags.rules}
    asked = {question.id for question in clinic.questions.questions}
    for case in cases_of(name):
        assert all(due.urgency in classes[due.rule] for due in case.due), case
        assert all(1 <= due.turn <= len(case.turns) for due in case.due), case
        assert case.may <= classes.keys() - case.due_rules, case
        assert {question for question, _ in case.turns if question} <= asked, case
        assert case.urgency == min((due.urgency for due in case.due), key=URGENCIES.index, default=None), case


def a_case(*due: Due, may: tuple[str, ...] = (), turns: int = 3, at_most: str | None = None) -> Case:
    urgency = min((one.urgency for one in due), key=URGENCIES.index, default=None)
    texts = tuple((None, f"text {turn}") for turn in range(1, turns + 1))
    return Case("c", "turn", texts, due, urgency, frozenset(may), at_most or urgency)


def an_outcome(case: Case, *fired: Fired) -> Outcome:
    return Outcome(case, fired, min((one.urgency for one in fired), key=URGENCIES.index, default=None))


INFECTION = Due("RF01", 2, "emergency_room")


def test_an_emergency_that_comes_a_turn_late_is_missed():
    late = an_outcome(a_case(INFECTION), Fired("RF01", 3, "emergency_room"))
    assert late.emergency_missed
    assert late.missed == (INFECTION,)
    assert not an_outcome(a_case(INFECTION), Fired("RF01", 2, "emergency_room")).emergency_missed


def test_another_emergency_text_in_time_is_no_missed_emergency_but_the_rule_is_missed():
    outcome = an_outcome(a_case(INFECTION), Fired("RF02", 2, "emergency_room"))
    assert not outcome.emergency_missed
    assert outcome.missed == (INFECTION,)
    assert outcome.false == {"RF02"}


def test_an_emergency_answered_with_a_same_day_text_is_missed():
    outcome = an_outcome(a_case(Due("RF02", 1, "emergency_room")), Fired("RF02", 1, "same_day"))
    assert outcome.emergency_missed
    assert outcome.undertriaged
    assert [due.rule for due in outcome.weaker] == ["RF02"]


def test_an_alarm_before_it_is_due_is_false():
    assert an_outcome(a_case(INFECTION), Fired("RF01", 1, "emergency_room")).false == {"RF01"}


def test_a_rule_that_may_fire_is_neither_false_nor_counted():
    case = a_case(Due("RF11", 1, "same_day"), may=("RF04",), at_most="emergency_911")
    outcome = an_outcome(case, Fired("RF11", 1, "same_day"), Fired("RF04", 1, "emergency_911"))
    assert outcome.false == frozenset()
    assert outcome.overtriaged == frozenset()
    count = count_rules([outcome], ["RF04"])["RF04"]
    assert (count.false, count.silent) == (0, 0)


def test_a_class_above_what_is_due_is_over_triage():
    outcome = an_outcome(a_case(Due("RF15", 1, "soon")), Fired("RF15", 1, "soon"), Fired("RF06", 1, "emergency_room"))
    assert outcome.overtriaged == outcome.false == {"RF06"}


def test_an_alarm_that_was_softened_afterwards_is_seen():
    outcome = Outcome(a_case(INFECTION), (Fired("RF01", 2, "emergency_room"),), "routine")
    assert not outcome.missed
    assert outcome.undertriaged


def test_shares_of_a_rule_are_counted_over_the_cases_that_tell_of_it():
    due, near = a_case(INFECTION), a_case()
    hit, miss = an_outcome(due, Fired("RF01", 2, "emergency_room")), an_outcome(due)
    false, quiet = an_outcome(near, Fired("RF01", 1, "emergency_room")), an_outcome(near)
    count = count_rules([hit, miss, false, quiet, quiet, quiet], ["RF01"])["RF01"]
    assert (count.right, count.missed, count.false, count.silent, count.emergencies_missed) == (1, 1, 1, 3, 1)
    assert (count.sensitivity, count.specificity) == (0.5, 0.75)
