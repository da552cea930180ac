"""Answers about the options, the visit and, afterwards, the pain. PURE."""

from __future__ import annotations

import random

from benchmarks.simulator import patients, wording
from benchmarks.simulator.patients import Patient, TimeWish
from benchmarks.simulator.speaker import Answer, Open, Speaker
from benchmarks.simulator.told import Told, clock, weekday

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NTHS = ("first", "second", "third", "fourth", "fifth", "sixth")


class VisitAnswers(Speaker):
    """One method for each question, by its name."""

    def __init__(self, patient: Patient, chance: random.Random) -> None:
        super().__init__(patient, chance)
        self.wish_said = False
        self.heard_more = False
        self.asked_one = False
        self.refuses_contact = patient.wish == "human" and chance.random() < 0.25

    # ---- options, time, contact --------------------------------------------------------------------------

    def _options(self, question: Open) -> Answer:
        patient, names = self.patient, wording.answers()["option_names"]
        offered = [value for value in question.values if value in names]
        if offered and "book" not in question.values:
            option = patient.more_about if patient.more_about in offered else offered[0]
            told = {"interest": Told("has", [option])}
            if self.taps:
                return Answer(option, told, tapped=True, bare=True)
            return Answer(self.words("options", "more", option=self.chance.choice(names[option])), told)
        if patient.more_about and not self.heard_more:
            self.heard_more = True
            if self.taps and "more" in question.values:
                return Answer("more", {}, tapped=True, bare=True)
            text = self.words("options", "more", option=self.chance.choice(names[patient.more_about]))
            return Answer(wording.capital(text), {"interest": Told("has", [patient.more_about])})
        if patient.asks_at_options and not self.asked_one:
            self.asked_one = True
            return self._pick(question, "options", "ask", {})
        return self._pick(question, "options", "call_me" if patient.wish == "call_me" else "book", {})

    def _injection_cautions(self, question: Open) -> Answer:
        cautions = self.patient.cautions
        told = {"injection_cautions": Told("set" if cautions else "empty", cautions)}
        if self.taps:
            return Answer(", ".join(cautions) or "none", told, tapped=True, bare=True)
        return Answer(self.words("injection_cautions", cautions[0] if cautions else "none"), told)

    def _appointment(self, question: Open) -> Answer:
        wish = self.patient.time
        times = [value for value in question.values if value[:1].isdigit()]
        fitting = [value for value in times if wish.fits(weekday(value), clock(value))]
        says_first = wish.kind in ("none_fits", "soon") or not fitting or self.chance.random() < 0.5
        if wish.kind != "any" and not self.wish_said and says_first:
            self.wish_said = True
            return Answer(self._wish_words(wish), {} if wish.kind == "none_fits" else {"time_wish": Told("is", wish)})
        if not times:
            return Answer("Which times do you have?", bare=True)
        return self._take_time(
            question, times, (fitting or times)[0] if wish.kind != "any" else self.chance.choice(times)
        )

    def _wish_words(self, wish: TimeWish) -> str:
        text = self.words("appointment_wish", wish.kind, day=wish.day, part=wish.part, hour=wish.hour)
        return wording.capital(text) if self.style != "terse" else text

    def _take_time(self, question: Open, times: list[str], time: str) -> Answer:
        told = {"time": Told("is", time)}
        if self.taps:
            return Answer(time, told, tapped=True, bare=True)
        place = times.index(time)
        label = next(label for label, value in question.choices if value == time)
        if self.chance.random() < 0.5:
            nth = "last" if place == len(times) - 1 and place else NTHS[place]
            return Answer(self.words("appointment_pick", "nth", nth=nth), told)
        hour = label.split(", ")[-1]
        short = hour.replace(":00", "") if self.chance.random() < 0.5 else hour
        return Answer(self.words("appointment_pick", "named", day=weekday(time), time=short), told)

    def _contact(self, question: Open) -> Answer:
        patient = self.patient
        if self.refuses_contact:
            return Answer(self.chance.choice(wording.moves()["no_contact"]), {})
        if set(question.missing) == {"first_name"}:
            return self._first_name(question)
        name, reach = patient.first_name, patient.reach
        if self.errs("phone") and patient.reach_kind == "phone":
            reach = patients.phone(self.chance)
            self._slip("phone", Told("phone", reach), Told("phone", patient.reach), reach, patient.reach)
        told = {"first_name": Told("name", name), patient.reach_kind: self._reach(reach)}
        if set(question.missing) == {"reach"} or (not question.missing and self.chance.random() < 0.1):
            told.pop("first_name")
            return Answer(self.words("contact", "reach", reach=reach), told, keep=reach)
        if self.chance.random() < 0.08 and not self.owes_reach:
            return self._first_name(question)
        return Answer(self.words("contact", "both", name=name, reach=reach), told, keep=f"{name} {reach}")

    def _reach(self, reach: str) -> Told:
        return Told("phone" if self.patient.reach_kind == "phone" else "name", reach)

    def _first_name(self, question: Open) -> Answer:
        name = self.patient.first_name
        return Answer(self.words("contact", "name", name=name), {"first_name": Told("name", name)}, keep=name)

    def _reach_only(self, question: Open) -> Answer:
        return self._contact(question)

    def _read_back(self, question: Open) -> Answer:
        if "yes" not in question.values and question.values:
            return Answer(question.values[0], {}, tapped=True, bare=True)
        return self._pick(question, "read_back", "yes", {})

    def _cancel_visit(self, question: Open) -> Answer:
        return self._pick(question, "cancel_visit", "yes", {})

    # ---- afterwards --------------------------------------------------------------------------------------

    def _after_offer(self, question: Open) -> Answer:
        return self._pick(question, "after_offer", self.patient.after, {})

    def _pain_severity(self, question: Open) -> Answer:
        number = self.patient.severity
        if self.errs("pain_severity"):
            right, number = number, self.chance.choice([n for n in range(10) if abs(n - number) > 2])
            self._slip("pain_severity", Told("is", number), Told("is", right), str(number), str(right))
        told = {"pain_severity": Told("is", number)}
        if self.taps:
            return Answer(str(number), told, tapped=True, bare=True)
        return Answer(
            self.words("pain_severity", "any", n=NUMBERS[number] if self.chance.random() < 0.3 else number), told
        )

    def _aggravated_by(self, question: Open) -> Answer:
        return self._several(question, "aggravated_by", "aggravated_names", self.patient.aggravated)

    def _treatments_tried(self, question: Open) -> Answer:
        return self._several(question, "treatments_tried", "treatments_names", self.patient.treatments)

    def _several(self, question: Open, name: str, names: str, values: list[str]) -> Answer:
        told = {name: Told("set" if values else "empty", values)}
        if self.taps:
            return Answer(", ".join(values) or "none", told, tapped=True, bare=True)
        if not values:
            return Answer(self.words(name, "none"), told)
        text = self.words(name, "any", list=self.names(names, values))
        return Answer(wording.capital(text) if self.style != "terse" else text, told)

    def names(self, names: str, values: list[str]) -> str:
        """Several values as people name them."""
        return wording.and_list([self.chance.choice(wording.answers()[names][value]) for value in values])

    def _morning_stiffness(self, question: Open) -> Answer:
        value = self.patient.stiffness
        return self._pick(question, "morning_stiffness", value, {"morning_stiffness": Told("is", value)})

    def _goal(self, question: Open) -> Answer:
        text = self.words("goal", "any")
        return Answer(text, {"goal": Told("text", text)}, bare=True)

    def _after_alarm(self, question: Open) -> Answer:
        return Answer(self.chance.choice(question.values), tapped=True, bare=True) if question.values else Answer("ok")

    def _after_alarm_when(self, question: Open) -> Answer:
        return Answer("Yesterday at the emergency room.", bare=True)
