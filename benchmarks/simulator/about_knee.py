"""Answers about the knee and the person. PURE."""

from __future__ import annotations

import re

from benchmarks.simulator import patients, wording
from benchmarks.simulator.speaker import Answer, Open, Speaker
from benchmarks.simulator.told import Told

BANDS = ((17, "under_18"), (34, "18_34"), (44, "35_44"), (50, "45_50"), (54, "51_54"), (64, "55_64"), (200, "65_plus"))

_RIGHT_AS_ADVERB = re.compile(r"right (?:around|behind|under|below|above|in|on|at|next)\b", re.IGNORECASE)


class KneeAnswers(Speaker):
    """One method for each question, by its name."""

    # ---- before the knee ---------------------------------------------------------------------------------

    def _consent(self, question: Open) -> Answer:
        value = "no" if self.patient.wish == "refuse" else "yes"
        return self._pick(question, "consent", value, {"consent": Told("is", value)})

    def _tell_clinic(self, question: Open) -> Answer:
        return self._pick(question, "tell_clinic", "yes", {})

    def _who_for(self, question: Open) -> Answer:
        who = self.patient.who_for
        value = wording.answers()["who_for"][who]
        if who in question.values and self.taps:
            return Answer(who, {"who_for": Told("is", who)}, tapped=True, bare=True)
        return Answer(wording.styled(self.chance, value, self.style), {"who_for": Told("is", who)})

    def _emergency_screen(self, question: Open) -> Answer:
        if self.taps:
            return Answer("none", {"emergency_screen": Told("empty", [])}, tapped=True, bare=True)
        return Answer(self.words("emergency_screen", "none"), {"emergency_screen": Told("empty", [])})

    # ---- the knee ----------------------------------------------------------------------------------------

    @property
    def knee(self) -> str:
        if self.patient.side == "both":
            return (
                "both knees" if self.patient.who_for != "self" else self.chance.choice(("both knees", "both my knees"))
            )
        return f"the {self.patient.side} knee" if self.patient.who_for != "self" else f"my {self.patient.side} knee"

    def _knee_side(self, question: Open) -> Answer:
        side = self.patient.side
        if side != "both" and self.errs("knee_side"):
            side = self._wrong_side()
        return self._pick(question, "knee_side", side, {"knee_side": Told("is", side)})

    def _wrong_side(self) -> str:
        right = self.patient.side
        wrong = "left" if right == "right" else "right"
        self._slip("knee_side", Told("is", wrong), Told("is", right), wrong, right)
        return wrong

    def _pain_location(self, question: Open) -> Answer:
        side, places = self.patient.side, list(self.patient.places)
        knee = self.knee
        asks_side = not question.missing or "knee_side" in question.missing
        if asks_side and side != "both" and self.errs("knee_side"):
            side = self._wrong_side()
            knee = f"my {side} knee"
        elif len(places) == 1 and places != ["diffuse"] and self.errs("pain_location"):
            places = [self._wrong_place()]
        if not asks_side:
            knee = self.chance.choice(("the knee", "it")) if self.patient.who_for != "self" else "my knee"
        told = {"pain_location": Told("set", places)}
        if asks_side:
            told["knee_side"] = Told("is", side)
        tappable = {*places, *([side] if asks_side else [])} <= {*question.values}
        if tappable and self.taps:
            return Answer(", ".join([*([side] if asks_side else []), *places]), told, tapped=True, bare=True)
        text = self.place_words(places, knee, asks_side)
        if _RIGHT_AS_ADVERB.match(text) and knee not in text:
            told.pop(
                "knee_side", None
            )  # "Right around the kneecap": nobody can tell a side from it, and to ask is right
        return Answer(text, told)

    def place_words(self, places: list[str], knee: str, names_side: bool) -> str:
        """The place in words; a terse "front" leaves the side out, so it is put in front."""
        if len(places) == 2:
            names = [self.chance.choice(wording.answers()["place_names"][place]) for place in places]
            return wording.capital(self.words("pain_places", "two", knee=knee, a=names[0], b=names[1]))
        text = self.words("pain_location", places[0], knee=knee)
        if names_side and knee.split()[-2] not in text and "both" not in text:
            text = f"{knee.split()[-2]} {text}" if "both" not in knee else f"both, {text}"
        return wording.capital(text)

    def _wrong_place(self) -> str:
        right = self.patient.places[0]
        wrong: str = self.chance.choice([place for place in wording.answers()["place_names"] if place != right])
        names = wording.moves()["correction_words"]["pain_location"]
        old, new = self.chance.choice(names[wrong]), self.chance.choice(names[right])
        self._slip("pain_location", Told("set", [wrong]), Told("set", [right]), old, new)
        return wrong

    def _onset(self, question: Open) -> Answer:
        onset, duration = self.patient.onset, self.patient.duration
        told = {"onset": Told("is", onset), "pain_duration_days": self.days(duration)}
        if set(question.missing) == {"onset"}:
            return self._only_onset(question)
        if set(question.missing) == {"pain_duration_days"}:
            return self._pain_duration_days(question)
        if self.errs("pain_duration_days"):
            duration = self._wrong_duration()
            told["pain_duration_days"] = self.days(duration)
        text = self.words("onset", onset, span=duration.span, ago=duration.ago, how=self.patient.how)
        return Answer(wording.capital(text) if self.style != "terse" else text, told)

    def _only_onset(self, question: Open) -> Answer:
        onset = self.patient.onset
        if onset in question.values and self.taps:
            return Answer(onset, {"onset": Told("is", onset)}, tapped=True, bare=True)
        text = self.words("onset_only", onset, how=self.patient.how)
        return Answer(wording.capital(text), {"onset": Told("is", onset)})

    def _pain_duration_days(self, question: Open) -> Answer:
        duration = self.patient.duration
        if self.errs("pain_duration_days"):
            duration = self._wrong_duration()
        text = self.words("pain_duration_days", "any", span=duration.span, ago=duration.ago)
        return Answer(wording.capital(text), {"pain_duration_days": self.days(duration)})

    def _wrong_duration(self) -> patients.Duration:
        right = self.patient.duration
        wrong = patients.duration(self.chance, 20, other_than=right)
        self._slip("pain_duration_days", self.days(wrong), self.days(right), wrong.span, right.span)
        return wrong

    @staticmethod
    def days(duration: patients.Duration) -> Told:
        return Told("range", (duration.least, duration.most))

    def _injury_signs(self, question: Open) -> Answer:
        no = {"swelled_within_2h": Told("among", ("no", None)), "can_walk_4_steps": Told("among", ("yes", None))}
        no["can_straighten"] = Told("among", ("yes", None))
        rest = bool(question.values) and "pop" not in question.values  # the pop was told; the other lines are asked
        value = "pop" if self.patient.pop and not rest else "none"
        told = {"injury_pop": Told("is", "yes" if self.patient.pop else "no"), **no}
        if self.taps:
            return Answer(value, told, tapped=True, bare=True)
        if value == "pop":
            told = {"injury_pop": told["injury_pop"]}  # in words one thing is told; of the others nothing
        return Answer(self.words("injury_signs", value), told)

    def _age_band(self, question: Open) -> Answer:
        band = age_band(self.patient.age)
        if band in question.values and self.taps:
            return Answer(band, {"age_band": Told("is", band)}, tapped=True, bare=True)
        return Answer(self.words("age_band", "any", n=self.patient.age), {"age_band": Told("is", band)})

    def _symptoms(self, question: Open) -> Answer:
        symptoms = self.patient.symptoms
        heard = Told("set", symptoms, ("stiffness",))
        told = {"symptoms": heard}
        history = "artificial_knee" if self.patient.artificial_knee else None
        told["joint_history"] = self._history()
        if self.taps and "swelling" in question.values:
            picked = [*symptoms, *(["joint_history"] if history else [])]
            return Answer(", ".join(picked) or "none", told, tapped=True, bare=True)
        if history:
            return Answer(self.words("symptoms", "joint_history"), {"joint_history": self._history()})
        if not symptoms:
            return Answer(self.words("symptoms", "none"), told)
        said = [self.words("symptoms", one) for one in symptoms]
        text = ", ".join(said) if self.style == "terse" else " ".join(f"{line.rstrip('.')}." for line in said)
        return Answer(text, {"symptoms": heard})

    def joint_history(self, question: Open) -> Answer:
        """Asked alone: an artificial knee, surgery or a shot."""
        value = "artificial_knee" if self.patient.artificial_knee else "none"
        told = {"joint_history": self._history()}
        if value in question.values and self.taps:
            return Answer(value, told, tapped=True, bare=True)
        return Answer(self.words("symptoms", "joint_history" if self.patient.artificial_knee else "none"), told)

    _joint_history = joint_history

    def _history(self) -> Told:
        if self.patient.artificial_knee:
            return Told("among", ("artificial_knee", "artificial_or_recent_procedure"))
        return Told("empty", "none")

    def _arthritis_history(self, question: Open) -> Answer:
        kind = self.patient.arthritis
        if kind == "unsure":
            return self._pick(
                question, "arthritis_history", "unsure", {"arthritis_history": Told("among", (None, "unsure"))}
            )
        if kind in ("osteoarthritis", "rheumatoid_arthritis") and self.errs("arthritis_history"):
            right, kind = kind, "rheumatoid_arthritis" if kind == "osteoarthritis" else "osteoarthritis"
            names = wording.moves()["correction_words"]["arthritis_history"]
            self._slip("arthritis_history", Told("set", [kind]), Told("set", [right]), names[kind][0], names[right][0])
        return self._pick(question, "arthritis_history", kind, {"arthritis_history": Told("set", [kind])})

    def _activity_level(self, question: Open) -> Answer:
        level, sport = self.patient.activity, self.patient.sport
        told = {"activity_level": Told("is", level)}
        if level in question.values and self.taps:
            return Answer(level, told, tapped=True, bare=True)
        thing, deed = wording.answers()["sports"][sport] if sport else ("", "")
        text = self.words("activity_level", level, sport=thing, sport_do=deed)
        if sport and (thing in text or deed in text):
            told["activities"] = Told("has", [sport])
        return Answer(wording.capital(text) if self.style != "terse" else text, told)


def age_band(age: int) -> str:
    """The band of an age in years."""
    return next(band for most, band in BANDS if age <= most)
