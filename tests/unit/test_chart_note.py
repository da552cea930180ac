"""The note for the chart: charting order, what was denied, what is missing, and what counts as a change."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from knee_intake.interview.chart_note import LONGEST_QUOTE, Note, chart_note, content_hash, denials
from knee_intake.interview.model import Answer, FlagHit, Intake
from knee_intake.interview.nice_pattern import nice_pattern

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

AT = datetime(2026, 11, 23, 15, 4, tzinfo=timezone.utc)
WORDS = "my left knee aches on the inner side since summer"
VISIT = {
    "reference": "KN7-P4Q", "start": "2026-12-01T15:00:00+00:00", "end": "2026-12-01T15:30:00+00:00",
    "kind": "consultation", "status": "requested",
}  # fmt: skip


def a_full_intake() -> Intake:
    return Intake(
        answers={
            "consent": Answer("yes", "ok", 2),
            "who_for": Answer("self", "me", 4),
            "emergency_screen": Answer([], "none", 6),
            "knee_side": Answer("left", WORDS, 8, "volunteered"),
            "pain_location": Answer(["medial"], WORDS, 8, "volunteered"),
            "onset": Answer("gradual", "bit by bit", 10),
            "pain_duration_days": Answer(90, "three months", 10, "corrected"),
            "symptoms": Answer(["stiffness"], "only stiff", 12),
            "arthritis_history": Answer(["none"], "no", 14),
            "activity_level": Answer("vigorous", "I run", 16),
            "activities": Answer(["running"], "I run", 16, "volunteered"),
            "pain_severity": Answer(6, "six", 18),
            "aggravated_by": Answer(["stairs", "squatting"], "stairs and squats", 20),
            "morning_stiffness": Answer("le_30min", "ten minutes", 22),
            "treatments_tried": Answer(None, "skip", 24, "skipped"),
            "age_band": Answer("45_50", "48", 26),
            "goal": Answer("run the spring race", "run the spring race", 28),
            "interest": Answer(["physical_therapy"], "pt", 30),
            "injection_cautions": Answer(["blood_thinners"], "thinners", 32),
            "first_name": Answer("Łukasz", "Łukasz", 34),
        }
    )


def noted(clinic: Clinic, intake: Intake, **more: Any) -> Note:
    return chart_note(intake, clinic, conversation="c-1", consent_at=AT, **more)


def lines(note: Note) -> dict[str, str]:
    return {entry.label: entry.text for entry in note.entries}


def test_the_lines_stand_in_charting_order_and_say_where_they_come_from(clinic: Clinic) -> None:
    note = noted(clinic, a_full_intake(), visits=[VISIT], denied=["swelling", "locked_knee"])
    assert list(lines(note)) == [
        "Patient", "Chief complaint", "HPI", "Side and location", "Onset", "Duration", "Severity", "Worse with",
        "Associated symptoms", "Denies", "Morning stiffness", "Function and activity", "Prior treatment",
        "Knee surgery, implants, shots", "Arthritis told by a doctor (unconfirmed)", "Cautions for injections",
        "Red flags", "Red flags denied", "Goal", "Wishes", "Booking", "Staff note", "Still to ask",
    ]  # fmt: skip
    text = note.text.splitlines()
    assert text[0] == "KNEE INTAKE, Mon, Nov 23, 2026, 10:04 AM EST"
    assert text[1] == "Patient-reported via automated chat, not verified."
    assert text[-1].startswith("Conversation c-1; texts and rules ")


def test_a_full_intake_in_words(clinic: Clinic) -> None:
    found = lines(noted(clinic, a_full_intake(), visits=[VISIT], denied=["swelling", "locked_knee"]))
    assert found["Patient"] == "Łukasz; 45 to 50"
    assert found["Chief complaint"] == f'Left knee pain. "{WORDS}"'
    assert found["HPI"] == (
        "Patient aged 45 to 50 reports left knee pain (inner side (medial)), for about 3 months (90 days), came on "
        "slowly, now 6 of 10, worse with stairs, squatting."
    )
    assert found["Denies"] == "swelling"
    assert found["Prior treatment"] == "not answered"
    assert found["Knee surgery, implants, shots"] == "not asked"
    assert found["Red flags"] == "none reported"
    assert found["Red flags denied"].startswith("locked knee, none of the list shown (Chest pain or trouble ")
    assert found["Cautions for injections"] == "I take blood thinners"
    assert found["Goal"] == '"run the spring race"'
    assert found["Booking"].startswith("Requested: Tue, Dec 1, 2026, 10:00 AM EST, First visit, reference KN7-P4Q")
    assert found["Staff note"] == "Answers match 3 of 3 items of NICE NG226 1.1.1. Not a diagnosis."


def test_an_empty_intake_says_what_was_not_asked_and_denies_nothing(clinic: Clinic) -> None:
    found = lines(noted(clinic, Intake()))
    assert {found[name] for name in ("Duration", "Severity", "Prior treatment", "Goal", "Patient")} == {"not asked"}
    assert (found["Denies"], found["Red flags denied"]) == ("nothing in particular", "nothing in particular")
    assert found["Booking"] == "none asked for"
    assert "Staff note" not in found


def test_what_nobody_is_sure_of_is_no_no(clinic: Clinic) -> None:
    intake = Intake(
        answers={
            "symptoms": Answer("unsure", "maybe", 2, "unsure"),
            "pain_duration_days": Answer(None, "no idea", 4, "unsure"),
        }
    )
    found = lines(noted(clinic, intake))
    assert (found["Associated symptoms"], found["Duration"]) == ("not sure, counted as yes", "not sure")


def test_a_red_flag_stands_with_its_rule_and_its_sign_is_not_denied(clinic: Clinic) -> None:
    intake = Intake(signs=["calf_swelling"], red_flags=[FlagHit("RF11", 1, "same_day", "Get seen today.", 4)])
    found = lines(noted(clinic, intake, denied=["calf_swelling", "fever"]))
    assert found["Red flags"].startswith("RF11 version 1: Same day.")
    assert found["Red flags denied"] == "fever"


def test_who_speaks_for_somebody_else_is_said(clinic: Clinic) -> None:
    intake = Intake(answers={"who_for": Answer("other_adult", "my mother", 4), "age_band": Answer("65_plus", "80", 6)})
    assert lines(noted(clinic, intake))["Patient"] == "65 or older; told by somebody else (about another adult)"


def test_a_call_that_is_waited_for_and_a_long_story(clinic: Clinic) -> None:
    story = "it hurts " * 100
    intake = Intake(answers={"pain_location": Answer(["anterior"], story, 4)})
    found = lines(noted(clinic, intake, callbacks=["call_me"]))
    assert found["Booking"] == "waits for a call back (call me)"
    assert len(found["Chief complaint"]) < LONGEST_QUOTE + 40


def test_denials_follow_the_talk() -> None:
    def said(negated: list[str], act: str = "tell", **findings: Any) -> dict[str, Any]:
        return {"sender": "visitor", "understanding": {"negated": negated, "findings": findings, "act": act}}

    talk = [said(["fever", "swelling"]), {"sender": "bot", "understanding": None}, said([], symptoms=["swelling"])]
    assert denials(talk) == ("fever",)
    assert denials([*talk, said(["clicking"], act="start_over")]) == ("clicking",)


def test_another_answer_flag_or_time_is_a_change_and_a_confirmation_is_none() -> None:
    intake = a_full_intake()
    before = content_hash(intake, [VISIT])
    assert content_hash(Intake.from_dict(intake.to_dict()), [{**VISIT, "status": "booked"}]) == before
    same_time = {**VISIT, "start": datetime(2026, 12, 1, 15, tzinfo=timezone.utc)}
    assert content_hash(intake, [same_time]) == before
    assert content_hash(intake, []) != before
    assert content_hash(intake, [{**VISIT, "start": "2026-12-02T15:00:00+00:00"}]) != before
    intake.asked = "goal"
    assert content_hash(intake, [VISIT]) == before
    intake.answers["knee_side"] = Answer("right", "no, right", 40, "corrected")
    assert content_hash(intake, [VISIT]) != before


@pytest.mark.parametrize(
    ("answers", "line"),
    [
        ({"age_band": "18_34"}, "0 of 3 items of NICE NG226 1.1.1; not met: age 45 or over; not known: pain with"),
        ({"aggravated_by": ["sitting"]}, None),
        ({"aggravated_by": [], "age_band": "65_plus"}, "1 of 3 items of NICE NG226 1.1.1; not met: pain with activity"),
        ({"morning_stiffness": "gt_30min"}, "atypical: morning stiffness over 30 minutes."),
        ({"age_band": "45_50", "onset": "injury"}, "atypical: began with an injury."),
        ({"age_band": "45_50", "symptoms": ["warmth_or_redness"]}, "atypical: warm, red or hot joint."),
    ],
)
def test_the_pattern_of_nice_counts_what_is_known(answers: dict[str, Any], line: str | None) -> None:
    found = nice_pattern(Intake(answers={name: Answer(value) for name, value in answers.items()}))
    assert (found is None) if line is None else (found is not None and line in found.line)
