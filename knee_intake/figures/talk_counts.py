"""What one conversation adds to the figures of its day. Reads names and times of messages, never their words. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from knee_intake.figures.pauses import bin_of
from knee_intake.interview.questions import Questions

BOOKED, CARE, PERSON, STOPPED, SILENT = "booked", "care", "person", "stopped", "silent"
WAYS_OUT = (CARE, PERSON, STOPPED, SILENT)
"""How those left who asked for no visit: to urgent care, to a person of the clinic, by saying so, without a word."""
REJECTED = ("out_of_scope", "nlu_fallback")
SURE = 0.5
"""Below this confidence a message counts as hardly understood; the same as in the list's filter."""
NO_TIMES, UNFIT, DOWN, SHUT = "none", "unfit", "down", "shut"
NO_TIME_NAMES = {"no_times_at_all": NO_TIMES, "calendar_down": DOWN, "no_booking": SHUT}
"""Names of the texts that are said where no times are found."""
_ANSWERS = ("answer:", "treatment:")
_QUESTION = "ask_"


@dataclass(frozen=True)
class Line:
    """One message without its words."""

    sender: str
    """visitor | bot | staff"""
    at: datetime
    name: str | None = None
    """Of the assistant's text: a question, a phrase, `answer:INTENT` …"""
    puts: str | None = None
    """The field or question that the assistant's text wants answered."""
    act: str | None = None
    """What a visitor's message was taken for."""
    confidence: float | None = None
    corrects: bool = False
    unfit: bool = False
    """The assistant says that no time fits the wish."""
    thumbed: bool = False
    """The visitor said of the assistant's text that it was not what they meant."""


@dataclass(frozen=True)
class Talk:
    """One conversation of somebody who agreed to it."""

    lines: Sequence[Line]
    outcome: str
    """BOOKED or one of WAYS_OUT"""


class QuestionNames:
    """Which question of the interview a text puts."""

    def __init__(self, questions: Questions) -> None:
        self.before = tuple(one.id for one in questions.questions if one.phase == "before_booking")
        """Ids of those before the booking, in their order."""
        self.after = tuple(one.id for one in questions.questions if one.phase == "after_booking")
        self._of = {fills: one.id for one in questions.questions for fills in one.fills}
        self._of |= {one.id: one.id for one in questions.questions}

    def of(self, line: Line) -> str | None:
        """The question's id; None where the text puts none."""
        return self._of.get((line.name or "").removesuffix(":meaning")) or self._of.get(line.puts or "")


@dataclass
class DayCounts:
    """The conversations that were opened on a day, or on several."""

    opened: int = 0
    agreed: int = 0
    booked: int = 0
    left: dict[str, Counter[str]] = field(default_factory=dict)
    """Last question before the booking ("" where none was put) -> way out -> conversations."""
    pauses: dict[str, Counter[int]] = field(default_factory=dict)
    """Question -> seconds until the reply -> replies."""
    put: Counter[str] = field(default_factory=Counter)
    """Question -> how often it was put."""
    again: Counter[str] = field(default_factory=Counter)
    """Question -> how often it was put once more right after a reply."""
    asked: dict[str, Counter[str]] = field(default_factory=dict)
    """Intent of a visitor's question -> asked, bad, unanswered, lost, repeated, thumbed -> messages."""
    read: Counter[str] = field(default_factory=Counter)
    """messages, rejected, low, corrected"""
    times: Counter[str] = field(default_factory=Counter)
    """sought, and why none was found -> conversations"""

    def add(self, other: DayCounts) -> None:
        """Take another day's in."""
        self.opened += other.opened
        self.agreed += other.agreed
        self.booked += other.booked
        for mine, theirs in ((self.put, other.put), (self.again, other.again), (self.read, other.read)):
            mine.update(theirs)
        self.times.update(other.times)
        for name in ("left", "pauses", "asked"):
            for key, counts in getattr(other, name).items():
                getattr(self, name).setdefault(key, Counter()).update(counts)

    def to_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "opened": self.opened, "agreed": self.agreed, "booked": self.booked, "put": self.put, "again": self.again,
            "read": self.read, "times": self.times, "left": self.left, "asked": self.asked,
            "pauses": {question: {str(at): n for at, n in counts.items()} for question, counts in self.pauses.items()},
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DayCounts:
        return cls(
            data["opened"], data["agreed"], data["booked"],
            left={key: Counter(counts) for key, counts in data["left"].items()},
            pauses={key: Counter({int(at): n for at, n in counts.items()}) for key, counts in data["pauses"].items()},
            put=Counter(data["put"]), again=Counter(data["again"]),
            asked={key: Counter(counts) for key, counts in data["asked"].items()},
            read=Counter(data["read"]), times=Counter(data["times"]),
        )  # fmt: skip


def count(opened: int, talks: Sequence[Talk], names: QuestionNames) -> DayCounts:
    """The figures of `opened` conversations, of which `talks` are those that were agreed to."""
    found = DayCounts(opened=opened, agreed=len(talks))
    for talk in talks:
        _count_talk(talk, names, found)
    return found


def _count_talk(talk: Talk, names: QuestionNames, found: DayCounts) -> None:
    said = [line for line in talk.lines if line.sender == "bot"]
    put = [question for line in said if (question := names.of(line))]
    found.put.update(put)
    for before, reply, after in _exchanges(talk.lines):
        _count_reply(before, reply, after, names, found)
    _count_understanding(talk.lines, found)
    trouble = {NO_TIME_NAMES[line.name] for line in said if line.name in NO_TIME_NAMES}
    trouble |= {UNFIT for line in said if line.unfit}
    if trouble or "appointment" in put:
        found.times.update(["sought", *sorted(trouble), *(["any"] if trouble else [])])
    if talk.outcome == BOOKED:
        found.booked += 1
    else:
        last = next((question for question in reversed(put) if question in names.before), "")
        found.left.setdefault(last, Counter())[talk.outcome] += 1


def _exchanges(lines: Sequence[Line]) -> Iterator[tuple[list[Line], Line, list[Line]]]:
    """Each message of the visitor's, with what the assistant said right before and right after it."""
    runs: list[list[Line]] = [[]]
    between: list[Line] = []
    for line in lines:
        if line.sender == "bot":
            runs[-1].append(line)
        else:
            between.append(line)
            runs.append([])
    for place, line in enumerate(between):
        if line.sender == "visitor":
            yield runs[place], line, runs[place + 1]


def _count_reply(before: list[Line], reply: Line, after: list[Line], names: QuestionNames, found: DayCounts) -> None:
    question = next((question for line in reversed(before) if (question := names.of(line))), None)
    if question is None:
        return
    pause = bin_of((reply.at - before[-1].at).total_seconds())
    if pause is not None:
        found.pauses.setdefault(question, Counter())[pause] += 1
    told = any((line.name or "").startswith(_ANSWERS) for line in after)
    if not told and not reply.corrects and any(names.of(line) == question for line in after):
        found.again[question] += 1


def _count_understanding(lines: Sequence[Line], found: DayCounts) -> None:
    said = [(index, line) for index, line in enumerate(lines) if line.sender == "visitor" and line.act]
    for place, (index, line) in enumerate(said):
        found.read["messages"] += 1
        found.read["rejected"] += line.act in REJECTED
        found.read["low"] += line.act not in REJECTED and line.confidence is not None and line.confidence < SURE
        found.read["corrected"] += line.corrects
        if (line.act or "").startswith(_QUESTION):
            following = said[place + 1] if place + 1 < len(said) else None
            _count_question(line, lines[index + 1 : following[0] if following else None], following, found)


def _count_question(line: Line, replies: Sequence[Line], following: tuple[int, Line] | None, found: DayCounts) -> None:
    unanswered = not any(reply.sender == "staff" or (reply.name or "").startswith(_ANSWERS) for reply in replies)
    after = following[1].act if following else None
    lost, repeated = after in REJECTED, after == line.act
    thumbed = any(reply.thumbed for reply in replies)
    found.asked.setdefault(str(line.act), Counter()).update(
        {
            "asked": 1, "bad": int(unanswered or lost or repeated or thumbed), "unanswered": int(unanswered),
            "lost": int(lost), "repeated": int(repeated), "thumbed": int(thumbed),
        }
    )  # fmt: skip
