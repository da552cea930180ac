"""What a patient may tell unasked, in whole sentences, and what each of them tells. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.simulator import wording
from benchmarks.simulator.about_knee import age_band
from benchmarks.simulator.answering import Mouth
from benchmarks.simulator.told import Told


@dataclass(frozen=True)
class Fact:
    """A sentence and what it tells."""

    text: str
    tells: dict[str, Told]


def facts(mouth: Mouth) -> list[Fact]:
    """All that this patient may tell unasked, what matters most to them first."""
    patient, duration = mouth.patient, mouth.patient.duration
    when = {"onset": Told("is", patient.onset), "pain_duration_days": mouth.days(duration)}
    found = [_place(mouth), Fact(_line(mouth, patient.onset, ago=duration.ago, how=patient.how), when)]
    if f"arthritis_{patient.arthritis}" in wording.moves()["story"]:
        told = {"arthritis_history": Told("set", [patient.arthritis])}
        found.append(Fact(_line(mouth, f"arthritis_{patient.arthritis}"), told))
    if patient.sport:
        deed = wording.answers()["sports"][patient.sport][1]
        sport = {"activity_level": Told("is", patient.activity), "activities": Told("has", [patient.sport])}
        found.append(Fact(_line(mouth, "sport", sport_do=deed), sport))
    else:
        level = {"activity_level": Told("is", patient.activity)}
        found.append(Fact(_line(mouth, f"activity_{patient.activity}"), level))
    who = {"who_for": Told("is", "self"), "age_band": Told("is", age_band(patient.age))}
    found.append(Fact(_line(mouth, "who", n=patient.age), who))
    if patient.aggravated:
        names = mouth.names("aggravated_names", patient.aggravated)
        found.append(Fact(_line(mouth, "aggravated", list=names), {"aggravated_by": Told("set", patient.aggravated)}))
    return found


def _place(mouth: Mouth) -> Fact:
    patient = mouth.patient
    told = {"knee_side": Told("is", patient.side), "pain_location": Told("set", patient.places)}
    if patient.places == ["diffuse"]:
        return Fact(mouth.place_words(patient.places, mouth.knee, True), told)
    names = [mouth.chance.choice(wording.answers()["place_names"][place]) for place in patient.places]
    return Fact(_line(mouth, "place", knee=mouth.knee, a=wording.and_list(names)), told)


def _line(mouth: Mouth, name: str, **values: Any) -> str:
    return wording.styled(mouth.chance, wording.moves()["story"][name], mouth.style, **values)
