"""The figures of the gate, by hand; what the conversation tells of its own messages."""

from __future__ import annotations

from typing import Any

import pytest

from knee_intake.learning.gate import Measured, accuracy, compare, macro_f1
from knee_intake.records.learning_signals import grouping, signals
from knee_intake.web.learning_form import denied_boxes, likely_intents, list_boxes, read_decision

PAIRS = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("c", "a")]


def test_accuracy_and_macro_f1_by_hand() -> None:
    assert accuracy(PAIRS) == 0.6
    # a: 2 hits, 3 meant, 3 taken: 4/6; b: 1 hit, 1 meant, 2 taken: 2/3; c: 0
    assert macro_f1(PAIRS) == pytest.approx((4 / 6 + 2 / 3 + 0) / 3)
    assert (accuracy([]), macro_f1([])) == (1.0, 1.0)


def test_a_figure_that_only_one_has_is_left_out_and_a_lower_false_alarm_is_better() -> None:
    verdict = compare(Measured({"false_alarms": 9, "accuracy": 0.5}), Measured({"false_alarms": 3, "learned": 1.0}))
    assert [(row.name, row.change, row.ok) for row in verdict.rows] == [("false_alarms", "better", True)]
    assert verdict.passed


def test_an_emergency_that_was_missed_before_is_not_newly_missed_but_a_swap_is() -> None:
    before = Measured({"emergencies_missed": 1}, {"m1": "one"})
    assert compare(before, Measured({"emergencies_missed": 1}, {"m1": "one"})).passed
    assert compare(before, Measured({"emergencies_missed": 1}, {"m2": "two"})).newly_missed == ("two",)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("It’s my Knee!", "its my knee", True),
        ("for 3 weeks", "for 12 weeks", True),
        ("7/10", "8/10", True),
        ("my knee", "my hip", False),
        ("ﬁne", "fine", True),
    ],
)
def test_what_is_one_sentence(one: str, other: str, same: bool) -> None:
    assert (grouping(one) == grouping(other)) is same


def message(seq: int, sender: str, **more: Any) -> dict[str, Any]:
    return {
        "seq": seq, "sender": sender, "text": "", "payload": None, "understanding": None, "answered": True,
        "reply_to": None, **more,
    }  # fmt: skip


def asking(seq: int, field: str, **more: Any) -> dict[str, Any]:
    return message(seq, "bot", payload={"input": {"for": field}}, **more)


def heard(seq: int, intent: str = "inform", **more: Any) -> dict[str, Any]:
    return message(seq, "visitor", understanding={"intent": intent, "confidence": 0.9, **more})


def test_the_same_question_again_tells_that_the_answer_was_not_heard() -> None:
    talk = [asking(1, "onset"), heard(2), asking(3, "onset", reply_to=2), heard(4, answer="injury"), message(5, "bot")]
    found = signals(talk, None)
    assert (found[2].unanswered, found[4].unanswered) == (True, False)
    assert not found[2].is_lesson


def test_a_question_of_the_patient_s_own_is_answered_although_ours_comes_again() -> None:
    talk = [asking(1, "onset"), heard(2, "ask_cost"), asking(3, "onset", reply_to=2)]
    assert not signals(talk, None)[2].unanswered


def test_a_correction_points_to_the_last_message_that_told_the_field() -> None:
    talk = [
        heard(1, findings={"knee_side": "left"}),
        heard(2, findings={"knee_side": "left"}),
        heard(3, corrections={"knee_side": "right"}, findings={"knee_side": "right"}),
    ]
    assert [seq for seq, one in signals(talk, None).items() if one.corrected] == [2]


def test_a_corrected_contact_is_no_lesson() -> None:
    talk = [asking(1, "phone"), heard(2, answer="5550123"), heard(3, corrections={"phone": "5550199"})]
    assert not any(
        one.corrected for one in signals(talk, {"answers": {"phone": {"how": "corrected", "seq": 3}}}).values()
    )


def test_what_is_posted_from_the_prefilled_boxes_is_what_was_understood() -> None:
    findings = {"symptoms": ["swelling", "locking"], "pain_location": ["medial"]}
    form = {box.name: "1" for _, boxes in list_boxes(findings) for box in boxes if box.on}
    form |= {box.name: "1" for box in denied_boxes(["fever"]) if box.on} | {"decision": "learn", "intent": "inform"}
    decision = read_decision(form, ["inform"])
    assert (decision.expect, decision.negated) == (findings, ("fever",))


def test_likely_intents_are_trained_ones_without_repeats() -> None:
    ranking = [[name, 0.1] for name in ("b", "nlu_fallback", "a", "b", *"cdefghij")]
    trained = [*"abcdefghij", "out_of_scope"]
    assert likely_intents({"ranking": ranking, "intent": "a"}, trained) == [*"bacdefgh", "out_of_scope"]
    assert likely_intents({"intent": "nlu_fallback"}, ["inform", "book"]) == ["inform", "book"]
