"""`knee-intake understand`: JSON lines for programs, sentences for people."""

import argparse
import io
import json
from datetime import datetime, timezone

import pytest

from knee_intake.errors import UnderstandingError
from knee_intake.understanding.command import add_arguments, answer_lines, describe, run
from knee_intake.understanding.types import Evidence, Understood

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=timezone.utc)
SCREENED = {"urgency": "same_day", "rules": ["RF08"]}


class Echo:
    """Understands nothing and remembers what it was given."""

    def __init__(self):
        self.calls = []

    def understand(self, text, *, asked=None, context=None, now=None):
        self.calls.append((text, asked, context, now))
        return Understood(text=text, intent="inform", confidence=0.87654321, findings={"knee_side": "left"})


def answers(*lines):
    echo, out = Echo(), io.StringIO()
    status = answer_lines(lines, out, echo, lambda _understood: SCREENED, lambda: NOW)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], echo.calls


def test_each_line_gives_one_with_all_fields_in_order():
    status, rows, _ = answers('{"id": "a", "text": "left"}\n', '{"id": 2, "text": "膝"}\n')
    assert status == 0
    assert [row["id"] for row in rows] == ["a", 2]
    assert rows[0] == {
        "id": "a", "intent": "inform", "confidence": 0.8765, "findings": {"knee_side": "left"}, "negated": [],
        "more": {}, "answer": None, "corrections": {}, "safety": SCREENED, "why": [],
    }  # fmt: skip


def test_question_context_and_time_are_handed_on():
    line = '{"id": 1, "text": "tomorrow", "asked": "appointment", "context": {"knee_side": "left"}, "now": "%s"}'
    _, _, calls = answers(line % "2026-01-02T09:00:00-05:00", '{"text": "x"}')
    assert calls[0][1:3] == ("appointment", {"knee_side": "left"})
    assert calls[0][3].isoformat() == "2026-01-02T09:00:00-05:00"
    assert calls[1] == ("x", None, None, NOW)


@pytest.mark.parametrize(
    "bad", ["{", "[]", '{"id": 1}', '{"id": 1, "text": 5}', '{"text": "x", "now": "noon"}', "\udcff"]
)
def test_a_bad_line_is_named_and_the_others_are_answered(bad):
    status, rows, _ = answers('{"id": 1, "text": "a"}', bad, "", '{"id": 2, "text": "b"}')
    assert status == 1
    assert [row.get("id") for row in rows] == [1, None, 2]
    assert rows[1]["line"] == 2
    assert rows[1]["error"].startswith("line 2: ")


def test_people_see_which_words_gave_which_finding():
    why = Evidence("symptoms", "swelling", "no swelling", 0, 11, "swelling", "negated")
    understood = Understood(
        "no swelling", "inform", 0.9, {"symptoms": ["locking"]}, ("swelling",), {"age": 40}, "no", {"knee_side": None},
        (why,), (("inform", 0.9), ("deny", 0.1)),
    )  # fmt: skip
    assert list(describe(understood, SCREENED)) == [
        "intent       inform (0.90)",
        "  or         deny 0.10",
        "findings     symptoms = locking",
        "more         age = 40",
        "denied       swelling",
        "answer       no",
        "correction   knee_side = None",
        "safety       same_day: RF08",
        'why          "no swelling" -> symptoms = swelling (negated, rule swelling)',
    ]


def test_neither_a_text_nor_lines_is_explained(settings):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(UnderstandingError, match=r"give a text, or --jsonl.*example: knee-intake understand"):
        run(parser.parse_args([]), settings)
