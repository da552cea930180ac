"""Simulated patients talk to the real app and the trained model: floors for a sample, the issue's goals for 500.

`python -m benchmarks.simulator --show 20` plays the same and prints what was said. The floors lie a little under what
was measured, so that a change that costs patients something is seen; where a patient could come to harm, or to a visit
at another time than was picked, nothing is let pass.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulator import report, wording
from benchmarks.simulator.house import Reply
from benchmarks.simulator.judge import Verdict, judge
from benchmarks.simulator.many import GOALS, missed_goals, play_many
from benchmarks.simulator.patients import STOPPING, WISHES, make_patient
from benchmarks.simulator.personas import PERSONAS
from benchmarks.simulator.record import Move, Played, Turn
from benchmarks.simulator.report import Run
from benchmarks.simulator.speaker import Answer, Open
from benchmarks.simulator.told import Told
from knee_intake.clinic import Clinic

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = 1
SAMPLE, ALL = 40, 500
FLOORS = {"completed": 0.97, "answers right": 0.98, "questions answered": 0.85}
AT_MOST = {
    "loops": 0, "known": 1, "again": 2, "false_alarms": 1, "invented": 3, "not_understood": 4, "missed": 0,
}  # fmt: skip
"""In the sample, whatever the urgency. Lower them as the conversation is mended."""
OUR_TEXTS = ("data/nlu/*.yml", "training/sentences/*.jsonl", "benchmarks/sets/tune/*.jsonl")
A_SENTENCE = 5
"""Words from which on two people would hardly say the same by chance."""


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+", " ", text.casefold()).split())


# ---- the patients ----------------------------------------------------------------------------------------


def test_everything_can_be_said_in_a_dozen_ways() -> None:
    answers = {
        f"{name} {value}": wording.every(by_style)
        for name, values in wording.answers().items()
        if isinstance(values, dict)
        for value, by_style in values.items()
        if isinstance(by_style, dict)
    }
    signs = {name: sign["say"] for name, sign in wording.flags().items()}
    corrections = wording.moves()["corrections"]
    few = {name: len({*lines}) for name, lines in {**answers, **signs, **corrections}.items() if len({*lines}) < 12}
    assert few == {}


def test_no_sentence_of_the_simulator_is_one_that_we_learn_from_or_tune_on() -> None:
    files = [path for pattern in OUR_TEXTS for path in sorted(ROOT.glob(pattern))]
    known = "\n".join(f" {plain(line)} " for path in files for line in path.read_text(encoding="utf-8").splitlines())
    lines = [
        line for where, line in wording.all_lines()
        if "{" not in line and ".durations." not in where and len(line.split()) >= A_SENTENCE
    ]  # fmt: skip
    assert len(lines) > 500
    assert [line for line in lines if f" {plain(line)} " in known] == []


def test_a_patient_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert make_patient(7, 12) == make_patient(7, 12)
    assert make_patient(7, 12).to_dict() != make_patient(8, 12).to_dict()


def test_wishes_and_personas_are_spread_evenly() -> None:
    deck = [make_patient(SEED, number) for number in range(sum(WISHES.values()))]
    assert {wish: sum(one.wish == wish for one in deck) for wish in WISHES} == WISHES
    assert {one.persona.name for one in deck[: len(PERSONAS)]} == {persona.name for persona in PERSONAS}


def test_only_who_has_a_flag_has_signs_that_go_together() -> None:
    for number in range(300):
        patient = make_patient(SEED, number)
        assert not {"swelling", "warmth_or_redness"} <= {*patient.symptoms}
        assert not (patient.artificial_knee and patient.symptoms)
        assert (patient.flag is not None) or patient.wish != "emergency"
        assert patient.duration.least > 14 or patient.onset == "gradual"


# ---- the judge -------------------------------------------------------------------------------------------


def turn(text: str, *replies: str, why: str = "answer:onset", asks: str | None = None, **more: Any) -> Turn:
    """One turn: what the patient said, what came back, and which fields the next question asks for."""
    messages = [{"text": reply, **({"alert": more["alert"]} if "alert" in more else {})} for reply in replies]
    move = Move(Answer(text, more.get("tells", {})), why, question=more.get("question"), flag=more.get("flag"))
    after = Open(asks, missing=(asks,) if asks else ())
    return Turn(move, text, Open("onset"), Reply(messages, more.get("act")), after, more.get("told", {}))


def judged(clinic: Clinic, *turns: Turn, wish: str = "stop", status: str = "stopped", **more: Any) -> Verdict:
    patient = make_patient(SEED, 0)
    patient.wish, patient.flag = wish, None
    answers = {"consent": {"value": "yes", "words": ""}, **more.get("answers", {})}
    intake = {"status": status, "answers": answers, "booking": more.get("booking")}
    return judge(Played(patient, [], list(turns), intake, more.get("told", {})), clinic)


def test_a_sentence_in_three_replies_in_a_row_is_a_loop(clinic: Clinic) -> None:
    same = [turn("a", "Is it the left knee?"), turn("b", "Sorry. Is it the left knee?")]
    assert judged(clinic, *same, turn("c", "OK. Which knee is it then?")).loops == []
    assert len(judged(clinic, *same, turn("c", "OK.", "Is it the left knee?")).loops) == 1
    assert judged(clinic, *[turn("a", "Thanks.")] * 4).loops == [], "a short word may come often"


def test_to_ask_for_what_was_told_is_noticed(clinic: Clinic) -> None:
    told = {"knee_side": Told("is", "left")}
    assert judged(clinic, turn("left", "Which knee is it?", asks="knee_side", told=told)).known
    assert judged(clinic, turn("left", "Sorry, I did not get that.", asks="knee_side", told=told)).again
    fine = judged(clinic, turn("left", "How did it start?", asks="onset", told=told))
    assert (fine.known, fine.again) == ([], [])


def test_an_answer_that_is_kept_otherwise_than_told_is_wrong(clinic: Clinic) -> None:
    told = {"knee_side": Told("is", "left"), "pain_duration_days": Told("range", (81, 99))}
    answers = {"knee_side": {"value": "right", "words": "left"}, "pain_duration_days": {"value": 90, "words": ""}}
    verdict = judged(clinic, turn("left", "OK"), told=told, answers=answers)
    assert verdict.right == {"knee_side": False, "pain_duration_days": True}


def test_an_answer_to_what_was_never_spoken_of_is_invented(clinic: Clinic) -> None:
    answers = {"aggravated_by": {"value": ["walking"], "words": "short walks"}}
    assert judged(clinic, turn("short walks", "OK"), answers=answers).invented
    assert not judged(clinic, turn("x", "OK"), answers={"aggravated_by": {"value": [], "words": ""}}).invented


def test_an_emergency_without_its_text_is_missed_and_a_text_without_a_sign_is_a_false_alarm(clinic: Clinic) -> None:
    sign = {"why": "flag:cold_foot", "flag": "cold_foot"}
    assert judged(clinic, turn("my foot is blue", "Thanks.", **sign)).missed
    assert judged(clinic, turn("my foot is blue", "See a doctor soon.", alert="soon", **sign)).missed
    assert not judged(clinic, turn("my foot is blue", "Call 911.", alert="emergency_911", **sign)).missed
    assert judged(clinic, turn("it aches", "Call 911.", alert="emergency_911")).false_alarms


def test_a_visit_at_another_time_than_was_picked_is_wrong(clinic: Clinic) -> None:
    told = {"time": Told("is", "2026-03-12T10:00-04:00")}
    right = {"start": "2026-03-12T14:00:00+00:00", "status": "requested"}
    wrong = {"start": "2026-03-12T15:00:00+00:00", "status": "requested"}
    assert judged(clinic, told=told, booking=right).right == {"time": True}
    assert judged(clinic, told=told, booking=wrong).right == {"time": False}


def test_who_wanted_a_visit_and_got_none_did_not_end_as_wanted(clinic: Clinic) -> None:
    booking = {"start": "2026-03-12T14:00:00+00:00", "status": "requested"}
    assert judged(clinic, wish="book", status="finished", booking=booking).completed
    assert not judged(clinic, wish="book", status="stopped").completed
    assert not judged(clinic, wish="cancel", status="finished", booking=booking).completed


def test_an_unanswered_question_is_counted(clinic: Clinic) -> None:
    asked = {"why": "question:cost", "question": "cost"}
    assert judged(clinic, turn("how much?", "It is $5.", act="ask_cost", **asked)).questions == [True]
    assert judged(clinic, turn("how much?", "Where does it hurt?", act="inform", **asked)).questions == [False]


# ---- whole conversations ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(models: Any) -> Run:
    return play_many(range(SAMPLE), seed=SEED, models=models, home=ROOT)


def everything(run: Run, name: str) -> list[str]:
    return [f"#{played.patient.number} {one}" for played, verdict in run.pairs for one in getattr(verdict, name)]


def test_a_sample_of_patients_ends_as_they_wanted_and_is_heard(sample: Run) -> None:
    figures = report.figures(sample)
    low = {name: figures[name] for name, floor in FLOORS.items() if figures[name] < floor}
    high = {name: everything(sample, name) for name, most in AT_MOST.items() if len(everything(sample, name)) > most}
    assert (low, high) == ({}, {}), report.details(sample, SAMPLE)


def test_no_emergency_is_missed_in_the_sample(sample: Run) -> None:
    assert sum(turn.move.flag is not None for played in sample.played for turn in played.turns) >= 4
    emergencies = [name for name, sign in wording.flags().items() if sign["least"] in STOPPING]
    assert [line for line in everything(sample, "missed") if line.split()[1] in emergencies] == []


def test_every_visit_of_the_sample_is_at_the_time_that_was_picked(sample: Run) -> None:
    times = [verdict.right["time"] for verdict in sample.verdicts if "time" in verdict.right]
    assert len(times) >= SAMPLE // 2
    assert all(times)


def test_the_sample_has_all_personas_and_most_ways_to_end(sample: Run) -> None:
    assert {played.patient.persona.name for played in sample.played} == {persona.name for persona in PERSONAS}
    assert len({played.patient.wish for played in sample.played}) >= 8


@pytest.mark.long
def test_five_hundred_patients_reach_the_goals_of_the_issue(models: Any) -> None:
    run = play_many(range(ALL), seed=SEED, models=models, home=ROOT)
    missed = missed_goals(run)
    found = {"seed": SEED, **report.figures(run), "goals missed": missed}
    (ROOT / "benchmarks/results/simulator.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert missed == [], f"{report.details(run, 40)}\n{report.table(run)}\n{[str(goal) for goal in GOALS]}"
