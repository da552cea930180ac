"""The hidden truth of one patient: what they have, who they are, what they want. The same for the same seed. PURE.

Nothing here is told to the assistant except in the patient's own words, and answers are held against it afterwards.
A patient without a flag has no combination of signs that should bring up a safety text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from benchmarks.simulator import wording
from benchmarks.simulator.personas import PERSONAS, Persona

WISHES = {
    "book": 31, "move": 2, "cancel": 2, "call_me": 3, "human": 3, "stop": 2, "question": 2, "refuse": 1, "patient": 1,
    "child": 1, "emergency": 4,
}  # fmt: skip
"""How a chat should end, and how many of each among every 52 patients."""

STOPPING = ("emergency_911", "emergency_room")
"""After these the interview ends; after the milder ones a visit may still be asked for."""
XRAY_AGE, XRAY_DAYS = 50, 42
"""From which age and for how long an injury has a flag of its own (clinic/red_flags.yml, RF07)."""
MILD_FLAG_SHARE = 0.1
"""How many of those who want a visit have a sign that should be seen today or soon."""

NAMES = (
    "Aisha", "Bernard", "Carmen", "Dmitri", "Eleanor", "Farid", "Greta", "Hector", "Ingrid", "Jamal", "Keiko", "Luis",
    "Marjorie", "Nadia", "Oscar", "Priya", "Quentin", "Rosalind", "Stefan", "Tanisha", "Ursula", "Vikram", "Wanda",
    "Xavier", "Yolanda", "Zachary", "José", "Siobhan", "Mary-Ann", "Dorothy", "Walter", "Chloe",
)  # fmt: skip
EMAIL_HOSTS = ("example.org", "example.com", "mail.example.net")
PHONE_FORMS = ("({0}) {1}-{2}", "{0}-{1}-{2}", "{0}.{1}.{2}", "{0} {1} {2}", "{0}{1}{2}", "+1 {0} {1} {2}")
AREA_CODES = ("212", "646", "718", "917", "332", "347")

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
PARTS = {"morning": ("00:00", "12:00"), "afternoon": ("12:00", "24:00")}
HOURS = {"2 pm": "14:00", "3 pm": "15:00", "3": "15:00", "2": "14:00", "3:30 pm": "15:30"}


@dataclass(frozen=True)
class Duration:
    """For how long, as days that may be understood and as words."""

    least: int
    most: int
    span: str
    ago: str


@dataclass(frozen=True)
class TimeWish:
    """When somebody wants to come. Nothing set: any of the offered times."""

    kind: str
    """any, day, part, day_part, after, soon, none_fits"""
    day: str | None = None
    part: str | None = None
    hour: str | None = None
    """As said; its clock is in HOURS."""

    def fits(self, weekday: str, clock: str) -> bool:
        """Whether a visit on this day, at this "HH:MM", is what was wished for."""
        if self.day and weekday != self.day:
            return False
        if self.part and not PARTS[self.part][0] <= clock < PARTS[self.part][1]:
            return False
        return not self.hour or clock >= HOURS[self.hour]


@dataclass(frozen=True)
class Flag:
    """A sign that must not wait."""

    name: str
    least: str
    """The least urgency that must be shown as soon as it is told."""
    turn: int
    """With which of their texts the patient tells it at the earliest."""
    tap: dict[str, str]
    """Question -> what is tapped there, where the sign stands in a checklist."""

    @property
    def stops(self) -> bool:
        return self.least in STOPPING


@dataclass
class Patient:
    """One patient."""

    number: int
    seed: str
    persona: Persona
    wish: str
    who_for: str = "self"
    side: str = "left"
    places: list[str] = field(default_factory=list)
    onset: str = "gradual"
    how: str = ""
    duration: Duration = Duration(81, 99, "three months", "three months ago")
    pop: bool = False
    age: int = 40
    symptoms: list[str] = field(default_factory=list)
    artificial_knee: bool = False
    arthritis: str = "none"
    activity: str = "light"
    sport: str | None = None
    severity: int = 4
    aggravated: list[str] = field(default_factory=list)
    stiffness: str = "none"
    treatments: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    first_name: str = "Sam"
    reach: str = ""
    reach_kind: str = "phone"
    door: str = "knee"
    taps_door: bool = False
    more_about: str | None = None
    asks_at_options: bool = False
    after: str = "later"
    """The extra questions after the booking: now, later, skip."""
    time: TimeWish = TimeWish("any")
    flag: Flag | None = None
    leaves_turn: int = 5
    """With which text who wants a person, or to stop, says so."""

    @property
    def expects_visit(self) -> bool:
        return self.wish in ("book", "move", "cancel")

    def to_dict(self) -> dict[str, Any]:
        """For the report."""
        return {
            "number": self.number, "persona": self.persona.name, "wish": self.wish, "who_for": self.who_for,
            "side": self.side, "places": self.places, "onset": self.onset, "duration": self.duration.span,
            "age": self.age, "symptoms": self.symptoms, "artificial_knee": self.artificial_knee,
            "arthritis": self.arthritis, "activity": self.activity, "sport": self.sport, "severity": self.severity,
            "aggravated": self.aggravated, "stiffness": self.stiffness, "treatments": self.treatments,
            "cautions": self.cautions, "first_name": self.first_name, "reach": self.reach, "time": self.time.kind,
            "flag": self.flag.name if self.flag else None,
        }  # fmt: skip


def make_patient(seed: int, number: int) -> Patient:
    """Patient `number` of a run with this seed. Personas take turns; the wishes are spread over the run."""
    name = f"{seed}:{number}"
    chance = random.Random(name)
    persona = PERSONAS[number % len(PERSONAS)]
    patient = Patient(number, name, persona, _wish(seed, number))
    _knee(patient, chance)
    _person(patient, chance)
    _heal(patient, random.Random(f"{name}:healed"))
    _plans(patient, chance)
    _flag(patient, chance)
    return patient


def _wish(seed: int, number: int) -> str:
    deck = [wish for wish, count in WISHES.items() for _ in range(count)]
    turn, place = divmod(number, len(deck))
    random.Random(f"{seed}:wishes:{turn}").shuffle(deck)
    return deck[place]


def _knee(patient: Patient, chance: random.Random) -> None:
    patient.side = chance.choices(("left", "right", "both"), (45, 45, 10))[0]
    patient.places = [chance.choice(("anterior", "medial", "lateral", "posterior", "diffuse"))]
    if patient.places[0] != "diffuse" and chance.random() < 0.2:
        others = [place for place in ("anterior", "medial", "lateral", "posterior") if place not in patient.places]
        patient.places.append(chance.choice(others))
    patient.onset = chance.choices(("gradual", "injury"), (70, 30))[0]
    patient.how = chance.choice(wording.answers()["how"])
    patient.pop = patient.onset == "injury" and chance.random() < 0.2
    patient.duration = duration(chance, least=20)  # a new injury, or a new knee's pain, has flags of its own
    patient.symptoms = [one for one in ("swelling", "giving_way", "warmth_or_redness") if chance.random() < 0.18]
    if {"swelling", "warmth_or_redness"} <= {*patient.symptoms}:
        patient.symptoms.remove("warmth_or_redness")  # together they are a flag in many a story
    patient.artificial_knee = not patient.symptoms and patient.onset == "gradual" and chance.random() < 0.06
    patient.arthritis = chance.choices(
        ("none", "osteoarthritis", "rheumatoid_arthritis", "other_arthritis", "unspecified", "unsure"),
        (50, 22, 7, 5, 8, 8),
    )[0]
    patient.severity = chance.randint(1, 9)
    patient.aggravated = _some(chance, wording.answers()["aggravated_names"], 3)
    patient.treatments = _some(chance, wording.answers()["treatments_names"], 3)
    patient.stiffness = chance.choice(("none", "le_30min"))
    patient.activity = chance.choice(("sedentary", "light", "moderate", "vigorous"))
    if patient.activity == "vigorous":
        patient.sport = chance.choice([*wording.answers()["sports"]])


def _person(patient: Patient, chance: random.Random) -> None:
    low, high = (66, 88) if patient.persona.style == "formal" else (19, 72)
    patient.age = chance.randint(low, high)
    if patient.wish == "child":
        patient.who_for = "child"
    elif patient.persona.style in ("terse", "plain") and chance.random() < 0.06:
        patient.who_for = "other_adult"
    patient.first_name = chance.choice(NAMES)
    patient.reach_kind = chance.choices(("phone", "email"), (65, 35))[0]
    patient.reach = phone(chance) if patient.reach_kind == "phone" else _email(patient.first_name, chance)


def _heal(patient: Patient, chance: random.Random) -> None:
    """In older people a new injury calls for an X-ray by itself: who is to have no flag was hurt earlier."""
    if patient.onset == "injury" and patient.age >= XRAY_AGE and patient.duration.least <= XRAY_DAYS:
        patient.duration = duration(chance, least=XRAY_DAYS + 1)


def _plans(patient: Patient, chance: random.Random) -> None:
    patient.door = chance.choices(("knee", "book"), (75, 25))[0]
    if patient.wish == "question":
        patient.door = "question"
    if patient.wish == "patient":
        patient.door = "patient"
    patient.taps_door = chance.random() < patient.persona.taps and patient.persona.tells_first[0] == 0
    if chance.random() < 0.15:
        patient.more_about = chance.choice([*wording.answers()["option_names"]])
    patient.asks_at_options = chance.random() < 0.08
    names = [name for name in wording.answers()["injection_cautions"] if name != "none"]
    patient.cautions = [chance.choice(names)] if names and chance.random() < 0.2 else []
    patient.after = chance.choices(("now", "later", "skip"), (55, 25, 20))[0]
    kind = chance.choices(("any", "day", "part", "day_part", "after", "soon", "none_fits"), (40, 12, 12, 14, 8, 6, 8))[
        0
    ]
    patient.time = TimeWish(
        kind,
        day=chance.choice(DAYS) if kind in ("day", "day_part") else None,
        part=chance.choice([*PARTS]) if kind in ("part", "day_part") else None,
        hour=chance.choice([*HOURS]) if kind == "after" else None,
    )
    patient.leaves_turn = chance.randint(3, 8)


def _flag(patient: Patient, chance: random.Random) -> None:
    signs = wording.flags()
    if patient.wish == "emergency":
        names = [name for name, sign in signs.items() if sign["least"] in STOPPING]
        turn = chance.choice((1, 2, 3, 4, 5, 6, 8))
    elif patient.expects_visit and chance.random() < MILD_FLAG_SHARE:
        names = [name for name, sign in signs.items() if sign["least"] not in STOPPING]
        turn = chance.choice((3, 4, 5, 6, 8))
    else:
        return
    name = chance.choice(names)
    if signs[name].get("needs") == "injury":
        patient.onset, patient.artificial_knee = "injury", False
        patient.duration = duration(chance, 16, most=42)  # fast swelling counts for six weeks
    patient.flag = Flag(name, signs[name]["least"], turn, signs[name].get("tap", {}))


def duration(chance: random.Random, least: int = 0, other_than: Duration | None = None, most: int = 10**6) -> Duration:
    """One of the durations of `least` to `most` days; one that cannot be taken for `other_than`."""
    found = [
        one for one in wording.answers()["durations"]
        if one["days"][0] >= least and one["days"][1] <= most
        and not (other_than and one["days"][0] <= other_than.most and other_than.least <= one["days"][1])
    ]  # fmt: skip
    one = chance.choice(found)
    low, high = one["days"]
    return Duration(low, high, chance.choice(one["span"]), chance.choice(one["ago"]))


def phone(chance: random.Random) -> str:
    """A made-up number of the kind that is never given out (555 01xx), written in one of the usual ways."""
    return chance.choice(PHONE_FORMS).format(chance.choice(AREA_CODES), "555", f"01{chance.randint(0, 99):02}")


def _email(name: str, chance: random.Random) -> str:
    plain = name.lower().replace("é", "e").replace("-", "")
    return f"{plain}{chance.choice(('', '.k', chr(95) + 'b', str(chance.randint(1, 99))))}@{chance.choice(EMAIL_HOSTS)}"


def _some(chance: random.Random, names: dict[str, Any], most: int) -> list[str]:
    return sorted(chance.sample([*names], chance.randint(0, most)))
