"""One conversation: a patient with a hidden truth, and the real app. What happens is written down turn by turn."""

from __future__ import annotations

import random
import re
from typing import Any

from benchmarks.simulator import wording
from benchmarks.simulator.answering import Mouth
from benchmarks.simulator.house import House
from benchmarks.simulator.patients import Patient
from benchmarks.simulator.record import Move, Played, Turn, not_heard
from benchmarks.simulator.speaker import Answer, Open, Slip
from benchmarks.simulator.story import facts
from benchmarks.simulator.told import Told
from knee_intake.clinic import Clinic

MOST_TURNS = 40
MOST_QUESTIONS = 7
ENDED = ("finished", "stopped", "refused", "handed_over", "advised")
UNDER_WAY = ("active", "consent_pending", "booked")
ALONE, BESIDE = 0.55, 0.35
"""Of the wish to ask: how often the question is a text of its own, and how often it stands behind an answer."""
ABOUT_THE_QUESTION = ("why", "how_many", "again", "meaning")
"""Kinds of questions that need an open question."""
LONG_TEXT = 400
"""Characters after which nothing more is told in one text."""
_LINE = re.compile(r"^(\d+)\. .*$", re.MULTILINE)


class Player:
    """Plays one patient."""

    def __init__(self, patient: Patient, house: House, clinic: Clinic) -> None:
        self.patient, self.clinic = patient, clinic
        self.chance = random.Random(f"{patient.seed}:play")
        self.mouth = Mouth(patient, self.chance)
        self.chat = house.chat()
        self.played = Played(patient, self.chat.greeting)
        self.told: dict[str, Told] = {}
        self.intake: dict[str, Any] = {"status": "consent_pending", "answers": {}}
        self.open = self._open(self.chat.greeting)
        self.questions = 0
        self.wish_spoken = False
        self.hides_flag = self.chance.random() < 0.5
        """Picks "none" in a hurry, and speaks of the sign later."""
        self.parting = self.chance.random() < 0.5

    @property
    def last(self) -> str:
        """What the last text was."""
        return self.played.turns[-1].move.why if self.played.turns else ""

    def play(self) -> Played:
        """The whole conversation."""
        while (move := self._next()) is not None:
            self._say(move)
            if len(self.played.turns) >= MOST_TURNS:
                self.played.gave_up = True
                break
        self.played.intake, self.played.told = self.intake, dict(self.told)
        return self.played

    # ---- saying ------------------------------------------------------------------------------------------

    def _say(self, move: Move) -> None:
        answer, persona, text = move.answer, self.patient.persona, move.answer.text
        if not answer.bare:
            text = persona.dressed(self.chance, text)
        if move.why.startswith("answer:") and not answer.tapped and self._wants_to_ask(BESIDE):
            move.question = self._question_kind()
            text = f"{text} {self._question_words(move.question)}"
        if not answer.tapped:
            text = persona.written(self.chance, text, answer.keep, sign=move.flag is not None)
        before, reply = self.open, self.chat.say(text)
        self.told.update(answer.tells)
        if (
            "goal" in answer.tells and answer.tells["goal"].how == "text"
        ):  # kept word for word, so with its typing errors
            self.told["goal"] = Told("text", text)
        self.intake = self.chat.intake()
        self.open = self._open(reply.messages)
        booking = self.intake.get("booking") or {}
        self.played.turns.append(
            Turn(move, text, before, reply, self.open, dict(self.told), self.intake["status"],
                 booking.get("status") in ("requested", "booked"))
        )  # fmt: skip
        self.mouth.plain = not_heard(reply.messages, self.clinic)

    def _open(self, messages: list[dict[str, Any]]) -> Open:
        asked = next((m for m in reversed(messages) if "input" in m), None)
        if asked is None:
            name = self.intake.get("asked")
            return Open(name, missing=self._missing(name) if name else ())
        name = asked["input"]["for"]
        choices = tuple((choice["label"], choice["value"]) for choice in asked.get("choices", ()))
        return Open(name, asked["input"]["kind"], choices, self._missing(name))

    def _missing(self, name: str) -> tuple[str, ...]:
        """The fields of a question that the assistant has no answer for; all of them where it has all."""
        answers = self.intake.get("answers", {})
        if name in ("contact", "first_name", "reach"):
            reach = any(answers.get(one, {}).get("value") for one in ("phone", "email"))
            first = "first_name" in answers
            return (*(() if first else ("first_name",)), *(() if reach else ("reach",)))
        question = self.clinic.questions.question(name)
        if question is None:
            return ()
        fields = (name,) if name in question.variants and name != question.id else tuple(question.fills)
        return tuple(one for one in fields if one not in answers) or fields

    # ---- what to do next ---------------------------------------------------------------------------------

    def _next(self) -> Move | None:
        """The next text, or None at the end."""
        if not self.played.turns:
            return self._first()
        if self.last == "leave":
            return None
        if self.intake["status"] == "refused" and self.patient.wish != "refuse" and self.last != "not_refused":
            consent = Open("consent")  # "No, I did not refuse"
            return Move(self.mouth.answer(consent), "not_refused")
        if self.intake["status"] in ("advised", "refused") or (
            self.intake["status"] in ENDED and self.open.name is None
        ):
            return self._after_the_end()
        for way in (self._flag, self._leave, self._correct, self._by_the_way, self._short_visit):
            if (move := way()) is not None:
                return move
        if self.open.name is None:
            asks = self.last == "answer:options"
            return self._ask() if asks else self._by(wording.moves()["continue"], "continue")
        if self.open.name == "door":
            if self.last == "opening":  # the words did not do; the doors are there to be tapped
                door = self.patient.door if self.patient.door in self.open.values else self.open.values[0]
                return Move(Answer(door, tapped=True, bare=True), "opening")
            return Move(self._opening(), "opening")
        return self._answer()

    def _answer(self) -> Move:
        answer = self.mouth.answer(self.open)
        unasked = not answer.bare and self.patient.who_for == "self" and self.open.name not in ("consent", "read_back")
        if unasked and self.chance.random() < self.patient.persona.volunteers:
            self._tell_more(answer)
        return Move(answer, f"answer:{self.open.name}")

    def _by(self, wordings: list[str], why: str) -> Move:
        return Move(Answer(self.chance.choice(wordings), bare=True), why)

    def _first(self) -> Move:
        flag = self.patient.flag
        if flag is not None and flag.turn == 1 and not self.hides_flag:
            return self._flag_words()
        if self.patient.wish == "patient":
            if self.mouth.taps:
                return Move(Answer("patient", tapped=True, bare=True), "already_patient")
            return self._by(wording.moves()["already_patient"], "already_patient")
        if self.patient.wish == "question":
            tap = Move(Answer("question", tapped=True, bare=True), "opening")
            return tap if self.mouth.taps else self._ask()
        return Move(self._opening(), "opening")

    def _opening(self) -> Answer:
        """The first door, tapped or typed, with what is told at once."""
        patient, openers = self.patient, wording.moves()["openers"]
        if patient.taps_door:
            return Answer(patient.door, tapped=True, bare=True)
        door = patient.door if patient.door in openers else "knee"
        name = "knee_other" if patient.who_for != "self" and door == "knee" else door
        answer = Answer(wording.styled(self.chance, openers[name], patient.persona.style))
        if patient.who_for == "self":
            for _ in range(self.chance.randint(*patient.persona.tells_first)):
                self._tell_more(answer)
        return answer

    def _tell_more(self, answer: Answer) -> None:
        """Add one fact that has not been told."""
        told = {*self.told, *answer.tells}
        found = [fact for fact in facts(self.mouth) if not {*fact.tells} & told]
        if not found or len(answer.text) > LONG_TEXT:
            return
        fact = found[0] if self.chance.random() < 0.5 else self.chance.choice(found)
        joined = answer.text if answer.text[-1] in ".!?" else f"{answer.text}."
        answer.text, answer.tells = f"{joined} {wording.capital(fact.text)}", {**answer.tells, **fact.tells}

    # ---- what comes between ------------------------------------------------------------------------------

    def _flag(self) -> Move | None:
        """The sign that must not wait: where a checklist names it, or when its time has come."""
        flag = self.patient.flag
        if flag is None:
            return None
        tap = flag.tap.get(self.open.name or "")
        if tap and (self.played.flag_told or not self.hides_flag):
            if not (tap in self.open.values and self.mouth.taps):
                return self._flag_words()
            self.played.flag_told = True
            return Move(Answer(tap, _ticked(tap), tapped=True, bare=True), f"answer:{self.open.name}", flag=flag.name)
        due = len(self.played.turns) + 1 >= flag.turn and self.open.name not in ("door", "tell_clinic")
        return self._flag_words() if due and not self.played.flag_told else None

    def _flag_words(self) -> Move:
        flag = self.patient.flag
        assert flag is not None
        self.played.flag_told = True
        text = wording.capital(self.chance.choice(wording.flags()[flag.name]["say"]))
        return Move(Answer(text), f"flag:{flag.name}", flag=flag.name)

    def _leave(self) -> Move | None:
        """Ask for a person, a call, or to stop; after the booking, for another time or none."""
        wish = self.patient.wish
        at_times = wish == "call_me" and self.open.name == "appointment"  # the fork that offers a call is behind
        early = len(self.played.turns) + 1 < self.patient.leaves_turn and not at_times
        if self.intake["status"] != "active" or self.wish_spoken or early:
            return None
        if wish not in ("human", "stop", "call_me"):
            return None
        if wish == "call_me" and self.patient.number % 2 and self.open.name != "appointment":
            return None  # every other one waits for the fork where a call is offered
        self.wish_spoken = True
        return self._by(wording.moves()[wish], wish)

    def _correct(self) -> Move | None:
        """Correct an earlier mistake: in words, by going back, or by a line of what is read back."""
        slip = self.mouth.slip
        if slip is None or self.intake["status"] not in ("active", "booked"):
            return None
        urgent = self.open.name in ("read_back", "appointment", "contact") or slip.field in ("phone", "pain_severity")
        if not urgent and self.chance.random() < 0.4:
            return None
        self.mouth.slip = None
        last = self.played.turns[-1]
        if last.move.why == f"answer:{slip.field}" and not urgent and self.chance.random() < 0.2:
            self.told[slip.field] = slip.right
            return self._by(wording.moves()["go_back"], "go_back")
        if self.open.name == "read_back" and (line := self._line_of(slip)) and self.chance.random() < 0.5:
            self.told[slip.field] = slip.right
            self.mouth.owes_reach = slip.field == "phone"
            return self._by(
                [f"change {line}", f"Change number {line}, please.", f"line {line} is wrong"], "change_line"
            )
        answer = Answer(slip.text, {slip.field: slip.right}, keep=self.patient.reach, bare=True)
        return Move(answer, f"correction:{slip.field}")

    def _line_of(self, slip: Slip) -> str | None:
        """The number of the line that says the mistake."""
        if slip.field not in ("knee_side", "phone"):
            return None
        text = "\n".join(message["text"] for message in self.played.turns[-1].reply.messages)
        wrong = str(slip.wrong.value)[-4:] if slip.field == "phone" else f"{slip.wrong.value} knee"
        return next((line[1] for line in _LINE.finditer(text) if wrong.lower() in line[0].lower()), None)

    def _by_the_way(self) -> Move | None:
        """A question, a fear, or something else altogether, on its own."""
        persona, moves = self.patient.persona, wording.moves()
        if self.open.name in ("door", "tell_clinic", None) or self.intake["status"] not in UNDER_WAY:
            return None
        if self._wants_to_ask(ALONE):
            return self._ask()
        if self.last in ("fear", "off_topic"):
            return None
        if self.chance.random() < persona.fears * BESIDE:
            return self._by(moves["fears"]["alone"], "fear")
        if self.chance.random() < persona.wanders * BESIDE:
            return self._by(moves["off_topic"], "off_topic")
        return None

    def _wants_to_ask(self, share: float) -> bool:
        just_asked = bool(self.played.turns and self.played.turns[-1].move.question)
        chance = self.patient.persona.asks * share * (0.5 if just_asked else 1)
        return self.questions < MOST_QUESTIONS and self.chance.random() < chance

    def _question_kind(self) -> str:
        self.questions += 1
        kinds: list[str] = [*wording.moves()["questions"]]
        about = self.open.name not in (None, "door") and self.patient.wish != "question"
        return self.chance.choice(kinds if about else [kind for kind in kinds if kind not in ABOUT_THE_QUESTION])

    def _question_words(self, kind: str) -> str:
        return wording.capital(self.chance.choice(wording.moves()["questions"][kind]["say"]))

    def _ask(self) -> Move:
        kind = self._question_kind()
        return Move(Answer(self._question_words(kind), bare=True), f"question:{kind}", question=kind)

    # ---- short visits and the end ------------------------------------------------------------------------

    def _short_visit(self) -> Move | None:
        """Who has just a question asks up to three; who is a patient already goes to the phone."""
        if self.patient.wish not in ("question", "patient"):
            return None
        if self.patient.wish == "question" and self.questions < 1 + self.patient.number % 3:
            return self._ask()
        if self.mouth.plain and self.patient.wish == "patient" and self.open.name == "door":
            return Move(Answer("patient", tapped=True, bare=True), "already_patient")
        return self._by(wording.moves()["leave"], "leave")

    def _after_the_end(self) -> Move | None:
        """What is still said after the end: another time, a word after an emergency, thanks."""
        patient, moves = self.patient, wording.moves()
        if patient.wish in ("move", "cancel") and self.intake["status"] == "finished" and not self.wish_spoken:
            self.wish_spoken = True
            return self._by(moves[patient.wish], patient.wish)
        if self.intake["status"] == "advised" and self.parting:
            if self.last not in ("after_emergency", "thanks") and not self.last.startswith("answer:after"):
                return self._by(moves["after_emergency"], "after_emergency")
            if self.open.name in ("after_alarm", "after_alarm_when", "after_alarm_call", "contact"):
                return self._answer()
            return None
        if self.last in ("thanks", "after_emergency") or not self.parting:
            return None
        return self._by(moves["thanks"], "thanks")


def _ticked(tap: str) -> dict[str, Told]:
    """What a ticked box tells."""
    found = {
        "swelled_fast": {"swelled_within_2h": Told("is", "yes")},
        "cannot_walk": {"can_walk_4_steps": Told("is", "no")},
    }
    return found.get(tap, {})
