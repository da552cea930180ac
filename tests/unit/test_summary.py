"""The staff summary: charting order, own words, nothing dropped, nothing invented."""

from datetime import datetime, timezone
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from knee_intake.interview.model import Answer, FlagHit, Intake
from knee_intake.interview.questions import Choice, Question, Questions
from knee_intake.interview.summary import answer_rows, complaint, staff_summary, unanswered, value_text

CONSENT_AT = datetime(2026, 11, 23, 15, 4, tzinfo=timezone.utc)


def _question(name: str, fills: list[str], **more: object) -> Question:
    texts = {"en": f"{name}?"}
    return Question(
        id=name, phase="before_booking", input="text", text=texts, again=texts, reason=texts, fills=fills, **more
    )


@pytest.fixture
def clinic() -> SimpleNamespace:
    """As much of a clinic as the summary reads."""
    questions = Questions(
        version="1",
        questions=[
            _question("where", ["knee_side", "pain_location"]),
            _question("onset", ["onset", "pain_duration_days"]),
            _question("after_injury", ["injury_pop"], only_if={"onset": "injury"}),
            _question("goal", ["goal"]),
            _question(
                "cautions", ["injection_cautions"], choices=[Choice("blood_thinners", {"en": "I take thinners"})]
            ),
        ],
        phrases={},
        labels={
            "knee_side": {"left": {"en": "left knee"}},
            "pain_location": {"medial": {"en": "inner side"}, "anterior": {"en": "front"}},
            "onset": {"gradual": {"en": "came on slowly"}, "injury": {"en": "after an injury"}},
        },
    )
    visit = SimpleNamespace(id="consultation", label={"en": "First visit"})
    return SimpleNamespace(
        questions=questions,
        red_flags=SimpleNamespace(rules=(SimpleNamespace(id="RF11", name="Swollen calf"),)),
        practice=SimpleNamespace(zoneinfo=lambda: ZoneInfo("America/New_York"), visit_types=[visit]),
        digest="0123456789abcdef",
    )


def _summary(intake: Intake, clinic: SimpleNamespace, **more: object) -> str:
    return staff_summary(intake, clinic, conversation="c-1", consent_at=CONSENT_AT, **more)  # type: ignore[arg-type]


def _section(text: str, title: str) -> list[str]:
    """The lines under a heading."""
    blocks = [block.splitlines() for block in text.split("\n\n")]
    return next(lines[1:] for lines in blocks if lines[0] == title)


def test_red_flags_come_first_after_the_title(clinic: SimpleNamespace) -> None:
    intake = Intake(red_flags=[FlagHit("RF11", 2, "same_day", "Get seen today.", 4)])
    text = _summary(intake, clinic)
    assert text.split("\n\n")[1].splitlines() == ["RED FLAGS", "RF11 version 2: Same day. Swollen calf, message 4"]


def test_without_red_flags_it_says_none_reported(clinic: SimpleNamespace) -> None:
    assert _section(_summary(Intake(), clinic), "RED FLAGS") == ["none reported"]


def test_a_rule_that_is_no_more_in_the_file_is_still_named(clinic: SimpleNamespace) -> None:
    intake = Intake(red_flags=[FlagHit("RF99", 1, "soon", None, None)])
    assert _section(_summary(intake, clinic), "RED FLAGS") == ["RF99 version 1: Within days."]


def test_the_whole_text_of_a_small_intake(clinic: SimpleNamespace) -> None:
    words = "left knee, inner side,\nthree months"
    intake = Intake(
        answers={
            "consent": Answer("yes", "ok", 2),
            "pain_duration_days": Answer(90, words, 4, "volunteered"),
            "knee_side": Answer("left", words, 4, "volunteered"),
            "goal": Answer(None, "skip", 8, "skipped"),
            "injection_cautions": Answer(["blood_thinners"], "thinners", 6, "asked"),
        }
    )
    booking = {
        "reference": "KN7P2Q",
        "start": "2026-12-01T15:00:00+00:00",
        "end": "2026-12-01T15:30:00+00:00",
        "kind": "consultation",
        "status": "requested",
    }
    assert _summary(intake, clinic, booking=booking, consent_version="v3") == (
        "KNEE INTAKE, as told by the patient to an automated assistant. Not checked by a clinician.\n"
        "\n"
        "RED FLAGS\n"
        "none reported\n"
        "\n"
        "COMPLAINT\n"
        "Left knee pain, about 3 months (90 days)\n"
        "\n"
        "KNEE\n"
        "Side: left knee [volunteered, message 4]\n"
        "For how long: about 3 months (90 days) [volunteered, message 4]\n"
        "\n"
        "WISHES\n"
        "Cautions for injections: I take thinners [asked, message 6]\n"
        "\n"
        "VISIT\n"
        "Requested: Tue, Dec 1, 2026, 10:00 AM EST, First visit, reference KN7P2Q\n"
        "\n"
        "NOT ANSWERED\n"
        "Where it hurts, How it started, Goal (skipped)\n"
        "\n"
        "IN THE PATIENT'S OWN WORDS\n"
        "[4] left knee, inner side, three months\n"
        "[6] thinners\n"
        "[8] skip\n"
        "\n"
        "RECORD\n"
        "Conversation c-1\n"
        "Consent: Mon, Nov 23, 2026, 10:04 AM EST\n"
        "Consent wording: v3\n"
        "Clinic texts and rules: 0123456789ab\n"
    )


def test_every_answer_is_a_row_even_one_that_the_chart_does_not_know(clinic: SimpleNamespace) -> None:
    intake = Intake(
        answers={
            "shoe_size": Answer("44", "44", 9, "volunteered"),
            "goal": Answer("run again", "run again", 8),
            "knee_side": Answer("left", "left", 4),
        }
    )
    rows = answer_rows(intake, clinic)  # type: ignore[arg-type]
    assert [(row.group, row.field, row.value) for row in rows] == [
        ("Knee", "knee_side", "left knee"),
        ("Wishes", "goal", "run again"),
        ("Other", "shoe_size", "44"),
    ]


def test_consent_is_no_row_of_the_chart(clinic: SimpleNamespace) -> None:
    assert answer_rows(Intake(answers={"consent": Answer("yes")}), clinic) == []  # type: ignore[arg-type]


def test_a_question_that_does_not_apply_is_not_missing(clinic: SimpleNamespace) -> None:
    gradual = Intake(answers={"onset": Answer("gradual")})
    injury = Intake(answers={"onset": Answer("injury")})
    assert "Pop at the injury" not in unanswered(gradual, clinic)  # type: ignore[arg-type]
    assert "Pop at the injury" in unanswered(injury, clinic)  # type: ignore[arg-type]


def test_not_sure_is_told_apart_from_not_asked(clinic: SimpleNamespace) -> None:
    intake = Intake(answers={"onset": Answer(None, "no idea", 5, "unsure")})
    assert unanswered(intake, clinic) == [  # type: ignore[arg-type]
        "Side",
        "Where it hurts",
        "How it started (not sure)",
        "For how long",
        "Cautions for injections",
        "Goal",
    ]


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("pain_duration_days", 1, "1 day"),
        ("pain_duration_days", 5, "5 days"),
        ("pain_duration_days", 7, "about 1 week (7 days)"),
        ("pain_duration_days", 10, "10 days"),
        ("pain_duration_days", 21, "about 3 weeks (21 days)"),
        ("pain_duration_days", 30, "about 1 month (30 days)"),
        ("pain_duration_days", 730, "about 2 years (730 days)"),
        ("pain_severity", 0, "0 of 10"),
        ("pain_location", ["medial", "anterior"], "inner side (medial), front (anterior)"),
        ("joint_history", [], "none of these"),
        ("treatments_tried", ["steroid_injection"], "steroid injection"),
    ],
)
def test_values_are_said_in_words(clinic: SimpleNamespace, field: str, value: object, text: str) -> None:
    assert value_text(field, value, clinic) == text  # type: ignore[arg-type]


def test_a_complaint_of_which_nothing_is_known_yet(clinic: SimpleNamespace) -> None:
    assert complaint(Intake(), clinic) == "Knee pain"  # type: ignore[arg-type]


def test_a_full_complaint_in_one_line(clinic: SimpleNamespace) -> None:
    intake = Intake(
        answers={
            "knee_side": Answer("left"),
            "pain_location": Answer(["medial"]),
            "onset": Answer("gradual"),
            "pain_duration_days": Answer(14),
            "pain_severity": Answer(0),
        }
    )
    assert complaint(intake, clinic) == (  # type: ignore[arg-type]
        "Left knee pain, inner side (medial), came on slowly, about 2 weeks (14 days), 0 of 10 now"
    )


def test_the_words_of_one_message_stand_there_once(clinic: SimpleNamespace) -> None:
    words = "left, inner side"
    intake = Intake(answers={"knee_side": Answer("left", words, 4), "pain_location": Answer(["medial"], words, 4)})
    assert _summary(intake, clinic).count(words) == 1
