"""Hold one conversation of tests/conversations/*.yml with the running app, and check what its file says must be true.

Beside that a few house rules hold for every reply: an emergency text stands alone, no visit is offered after it,
nothing is asked that is known, nothing is said three times in a row, nothing is claimed to be proven.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import msgspec

from knee_intake.clinic import Clinic
from knee_intake.records import schema
from knee_intake.safety.verdict import STOPPING
from tests.conversation_format import DEEDS, NONE, NOTHING, CallBack, Case, Step, duration, listed
from tests.conversation_texts import alarm_texts, plain, text_by_id
from tests.integration.conftest import Running, Visitor

AGREED = ("knee", "yes", "self", "none of these")
INTERVIEWED = (
    *AGREED, "left, medial", "about three months ago, it came on slowly", "none of these", "none", "moderate",
)  # fmt: skip
READ_BACK = (*INTERVIEWED, "book", 1, "Robin, robin@example.org")
SHORTCUTS: dict[str, tuple[tuple[str | int, ...], str]] = {
    "consented": (AGREED[:2], "who_for"),
    "agreed": (AGREED, "pain_location"),
    "interviewed": (INTERVIEWED, "options"),
    "read back": (READ_BACK, "read_back"),
    "booked": ((*READ_BACK, "yes"), "after_offer"),
}
"""What the visitor says (a number picks that choice), and the question that is open then."""

CLAIMS = re.compile(r"\b(proven|cures?|guaranteed?|guarantees|you should get|you don't need a doctor)\b", re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
"""The article's own words, quoted to be put right, are no claim of ours."""


class MismatchError(AssertionError):
    """A conversation went otherwise than its file says. Anything else that goes wrong is no reason to expect it."""


@dataclass(frozen=True)
class Saved:
    """How far a shortcut came: what the tables held then, and what was said. Said once, it need not be said again."""

    visitor: Visitor
    tables: dict[str, list[dict[str, Any]]]
    lines: list[str]
    asked: list[str]
    said: list[str]


@dataclass
class Play:
    """One conversation being held; its app must have empty tables."""

    case: Case
    running: Running
    clinic: Clinic
    saved: dict[str, Saved] = field(default_factory=dict)
    """By shortcut; shared by conversations that see the same clinic at the same time."""
    visitor: Visitor = field(init=False)
    lines: list[str] = field(default_factory=list)
    """What was said so far, for people to read."""
    asked: list[str] = field(default_factory=list)
    """What each reply asked."""
    said: list[str] = field(default_factory=list)
    """Every text of the assistant."""

    # ---- what happens ------------------------------------------------------------------------------------

    def run(self) -> None:
        """Hold the whole conversation. Raises MismatchError."""
        steps = self.case.conversation.steps
        first = steps[0] if isinstance(steps[0], str) and steps[0] in SHORTCUTS else None
        self._begin(first)
        for index, step in enumerate(steps):
            place = ("steps", index)
            if isinstance(step, Step):
                (self._check if step.asserts else self._act)(step, place)
            elif step in DEEDS:
                dialogue = self.running.dialogue
                self.lines.append(f"  ({step})")
                self._staff(dialogue.staff_takeover if step == DEEDS[0] else dialogue.staff_handback)
        self._check_end()

    def _begin(self, shortcut: str | None) -> None:
        """The greeting, or as far as the shortcut goes."""
        if shortcut in self.saved:
            self._restore(self.saved[shortcut])
            return
        self.visitor = self.running.visitor()
        self._note_replies()
        if shortcut is not None:
            words, open_question = SHORTCUTS[shortcut]
            for word in words:
                self._say(self._choice(word, ("steps", 0)) if isinstance(word, int) else word, ("steps", 0))
            assert self.visitor.asked == open_question, self._told(f"it did not come to {open_question}", ("steps", 0))
            tables = {name: self.running.rows(table) for name, table in schema.metadata.tables.items()}
            self.saved[shortcut] = Saved(replace(self.visitor), tables, [*self.lines], [*self.asked], [*self.said])

    def _restore(self, saved: Saved) -> None:
        with self.running.context.database.write() as connection:
            for table in schema.metadata.sorted_tables:
                if table is not schema.audit and (rows := saved.tables[table.name]):
                    connection.execute(table.insert(), rows)
        self.visitor = replace(saved.visitor)
        self.lines, self.asked, self.said = [*saved.lines], [*saved.asked], [*saved.said]

    def _act(self, step: Step, place: tuple[str | int, ...]) -> None:
        if step.visitor is not None:
            self._say(step.visitor, place)
        elif step.picks is not None:
            self._say(self._choice(step.picks, place), place)
        elif step.staff is not None:
            self._staff(self.running.dialogue.staff_message, step.staff)
        elif step.waits is not None:
            passed = duration(step.waits)
            assert passed is not None
            self.running.clock.now += passed
            self.running.client.portal.call(self.running.dialogue.tidy)  # type: ignore[union-attr]
            self.lines.append(f"  ({step.waits} go by)")

    def _say(self, text: str, place: tuple[str | int, ...]) -> None:
        self.lines.append(f"  visitor:   {text}")
        self.visitor.say(text)
        self._note_replies()
        self._check_house_rules(place)

    def _staff(self, deed: Any, *words: str) -> None:
        """Let a person at the clinic do something; what the visitor sees of it counts as the last reply."""
        seen = len(self.visitor.messages())
        self.running.client.portal.call(deed, self.visitor.conversation, self.running.member(), *words)  # type: ignore[union-attr]
        self.visitor.last = self.visitor.messages(seen)
        self._note_replies()

    def _choice(self, number: int, place: tuple[str | int, ...]) -> str:
        choices: list[dict[str, str]] = next(
            (message["choices"] for message in reversed(self.visitor.last) if "choices" in message), []
        )
        if not 1 <= number <= len(choices):
            self._fail(f"there is no choice {number}", place)
        return str(choices[number - 1]["value"])

    def _note_replies(self) -> None:
        self.asked.append(self.visitor.asked or NOTHING)
        for message in self.visitor.last:
            self.said.append(message["text"])
            offers = " / ".join(choice["label"] for choice in message.get("choices", ()))
            mark = f"!{message['alert']}! " if "alert" in message else ""
            who = "staff:    " if message["from"] == "staff" else "assistant:"
            self.lines.append(f"  {who} {mark}{message['text']}{f'  [{offers}]' if offers else ''}")

    # ---- what must be true -------------------------------------------------------------------------------

    def _check(self, step: Step, place: tuple[str | int, ...]) -> None:
        wanted = listed(step.asked)
        if wanted and self.asked[-1] not in wanted:
            self._fail(f"asked {self.asked[-1]}, not {' or '.join(wanted)}", place)
        for text in listed(step.says):
            if not self._is_said(text):
                self._fail(f"did not say: {text}", place)
        for text in listed(step.not_says):
            if self._is_said(text):
                self._fail(f"said: {text}", place)
        for text in listed(step.offers):
            if plain(text) not in plain(self._offered()):
                self._fail(f"did not offer: {text}", place)
        if step.urgency is not None and (found := self.visitor.intake()["urgency"]) != step.urgency:
            self._fail(f"the urgency is {found}, not {step.urgency}", place)

    def _is_said(self, text: str) -> bool:
        """Whether the last reply has these words, or this text of the clinic's files by its id."""
        if text == NOTHING:
            return not self.visitor.last
        if (wording := text_by_id(text, self.clinic)) is None:
            return plain(text) in plain(self.visitor.text)
        names = self._names()
        return any(names.get(m["seq"]) == text or wording.search(plain(m["text"])) for m in self.visitor.last)

    def _offered(self) -> str:
        labels = [choice["label"] for message in self.visitor.last for choice in message.get("choices", ())]
        return " / ".join(labels)

    def _names(self) -> dict[int, str | None]:
        """seq -> which text it is, as the records have it."""
        rows = [*self.running.rows(schema.messages), *self.running.rows(schema.pending)]
        own = [row for row in rows if row["conversation_id"] == self.visitor.conversation and row["payload"]]
        return {row["seq"]: row["payload"].get("name") for row in own}

    def _check_house_rules(self, place: tuple[str | int, ...]) -> None:
        last, ident = self.visitor.last, self.visitor.conversation
        status, intake = self.running.store.conversation(ident)["status"], self.running.store.intake(ident) or {}
        alarming = [n for n, message in enumerate(last) if message.get("alert") in STOPPING]
        if alarming and (alarming != [0] or self.asked[-1] not in (NOTHING, "tell_clinic")):
            self._fail("an emergency text must come first and alone", place)
        if status == "advised" and self.asked[-1] in ("appointment", "read_back"):
            self._fail("a visit is offered as the answer to an alarm", place)
        if len(self.said) > 2 and len({*self.said[-3:]}) == 1:
            self._fail(f"said three times in a row: {self.said[-1]}", place)
        for message in last:
            if "alert" in message and message["text"] not in alarm_texts(self.clinic):
                self._fail("an alarm that is in no rule", place)
            if claim := CLAIMS.search(QUOTED.sub("", message["text"])):
                self._fail(f"claims: {claim[0]}", place)
        if self._is_known(self.asked[-1], intake.get("answers", {})):
            self._fail(f"asked {self.asked[-1]}, which is known", place)

    def _is_known(self, asked: str, answers: dict[str, Any]) -> bool:
        """Whether the question that was put has nothing left to find out."""
        question = self.clinic.questions.question(asked)
        if question is None or question.id == "contact":
            return False
        known = {name for name, answer in answers.items() if answer["value"] is not None}
        whole = question.alarm and asked == question.id  # a list of signs asks for more than what was told by the way
        fields = {*question.fills} if whole else {asked} & {*question.fills} or {*question.fills}
        return bool(fields) and fields <= known

    def _check_end(self) -> None:
        then, intake = self.case.conversation.then, self.visitor.intake()
        values = {name: answer["value"] for name, answer in intake["answers"].items()}
        for name, wanted in (then.answers or {}).items():
            if _unordered(values.get(name)) != _unordered(wanted):
                self._fail(f"{name} is {values.get(name)!r}, not {wanted!r}", ("then", "answers", name))
        for name in then.unanswered or ():
            if values.get(name) is not None:
                self._fail(f"{name} is answered: {values[name]!r}", ("then", "unanswered"))
        ends = {
            "urgency": intake["urgency"], "status": intake["status"], "booking": self._booking(intake),
            "rules": self._rows(schema.alerts, "rule"), "consents": self._consents(),
        }  # fmt: skip
        for name, found in ends.items():
            if (wanted := getattr(then, name)) is not None and _unordered(found) != _unordered(wanted):
                self._fail(f"{name}: {found!r}, not {wanted!r}", ("then", name))
        self._check_call_back()
        self._check_alarms_kept(intake["status"])
        repeated = {name for name in self.asked if name != NOTHING and self.asked.count(name) > 1}
        if then.never_asked_twice and repeated:
            self._fail(f"asked twice: {', '.join(sorted(repeated))}", ("then", "never asked twice"))
        for words in then.not_kept or ():
            if tables := [name for name, table in schema.metadata.tables.items() if self._holds(table, words)]:
                self._fail(f"{words!r} is kept in {', '.join(tables)}", ("then", "not kept"))

    def _check_call_back(self) -> None:
        wanted, rows = self.case.conversation.then.callback, self.running.rows(schema.callbacks)
        if wanted == NONE and rows:
            self._fail(f"a call back was noted: {rows[-1]['topic']}", ("then", "callback"))
        if not isinstance(wanted, CallBack):
            return
        if not rows:
            self._fail("no call back was noted", ("then", "callback"))
        last = rows[-1]
        topic = f"{last['topic']} {last['wishes'] or ''}".strip()
        found = {"name": last["first_name"], "contact": last["contact"], "topic": topic}
        for key, value in msgspec.to_builtins(wanted).items():
            if found[key] != value and not (key == "topic" and plain(value) in plain(found[key])):
                self._fail(f"call back: {key} is {found[key]!r}, not {value!r}", ("then", "callback"))

    def _check_alarms_kept(self, status: str) -> None:
        """What was shown is in the records word by word, with its rule and version."""
        if status in ("consent_pending", "refused"):
            return
        kept = {row["shown"] for row in self.running.rows(schema.alerts) if row["rule"] and row["rule_version"]}
        for message in self.visitor.messages():
            if "alert" in message and message["text"] not in kept:
                self._fail("an alarm was shown that the records do not hold", ("then",))

    def _booking(self, intake: dict[str, Any]) -> str:
        rows, now = self.running.rows(schema.bookings), self.running.clock()
        # a further time of the same wish is no other visit
        opened = [row for row in rows if row["status"] in ("requested", "booked") and not _is_beside(row)]
        if len(opened) > 1:
            self._fail("more than one visit is open", ("then",))
        if intake["booking"]:
            return str(intake["booking"]["status"])
        return "held" if any(row["status"] == "held" and row["hold_until"] > now for row in rows) else NONE

    def _consents(self) -> list[str]:
        """What is agreed to, by the last word on each."""
        rows = self.running.rows(schema.consents)
        if not all(row["wording_version"] and row["at"] for row in rows):
            self._fail("a consent has no wording or no time", ("then", "consents"))
        last = {row["kind"]: row["granted"] for row in rows}
        return [kind for kind, granted in last.items() if granted]

    def _holds(self, table: Any, words: str) -> bool:
        return words.casefold() in str(self.running.rows(table)).casefold()

    def _rows(self, table: Any, column: str) -> list[Any]:
        return list(dict.fromkeys(row[column] for row in self.running.rows(table)))

    def _fail(self, what: str, place: tuple[str | int, ...]) -> NoReturn:
        raise MismatchError(self._told(what, place))

    def _told(self, what: str, place: tuple[str | int, ...]) -> str:
        lines = "\n".join(self.lines)
        return f"{self.case.place(*place)}: {what}\n{self.case.id}\n{lines}"


def _unordered(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value


def _is_beside(row: Any) -> bool:
    return ":place 2" in str(row["effect_key"])
