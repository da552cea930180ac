"""From phrases to findings: which mentions count, what they add up to, and what is denied."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from knee_intake.understanding.ages import find_age
from knee_intake.understanding.aggravation import find_aggravating
from knee_intake.understanding.assertion import AFFIRMED, EXPLAINED, Asserter
from knee_intake.understanding.body_parts import BodyParts
from knee_intake.understanding.figures import find_numbers
from knee_intake.understanding.kin import plain_words
from knee_intake.understanding.people import find_patient, find_who_for
from knee_intake.understanding.pipeline import Mention, Pipeline, Reading
from knee_intake.understanding.sides import each_hurts, find_sides
from knee_intake.understanding.types import LASTING_SIGNS, VALUES, Evidence, Found

_BLOCKED: dict[str, frozenset[str]] = {
    "pain_location": frozenset({"negated", "family", "hypothetical"}),
    "symptoms": frozenset({"negated", "historical", "hypothetical", "family", "question", "uncertain", EXPLAINED}),
    "red_flags": frozenset({"negated", "historical", "hypothetical", "family", "question", "uncertain", EXPLAINED}),
    "signs": frozenset(
        {"negated", "historical", "hypothetical", "family", "question", "uncertain", "advised", EXPLAINED}
    ),
    "onset": frozenset({"negated", "family", "question", "hypothetical", "uncertain"}),
    "arthritis_history": frozenset({"negated", "family", "question", "hypothetical", "uncertain"}),
    "treatments_tried": frozenset({"negated", "family", "question", "hypothetical", "advised"}),
    "activities": frozenset({"negated", "family", "question", "advised", "hypothetical"}),
    "activity_level": frozenset({"negated", "family", "question", "advised", "hypothetical", "historical"}),
    "conditions": frozenset({"negated", "family", "question", "hypothetical", "uncertain"}),
}
"""Which assertions keep a mention from being a finding. Treatments, activities and diagnoses may be past."""
_TREATMENT_SIGNS = frozenset({"artificial_knee", "had_botulinum", "recent_knee_surgery", "recent_knee_injection"})
_ALARMS = frozenset(
    {
        "chest_pain", "coughing_blood", "fainting", "calf_swelling", "calf_swollen", "foot_cold_or_blue",
        "bone_visible", "heavy_bleeding", "recent_knee_surgery", "had_botulinum", "knee_out_of_place", "fever",
        "throat_closing", "hot_swollen_joint",
    }
)  # fmt: skip
"""Signs beside which no other one passes for harmless."""
_KNEE_ONLY = frozenset(
    {
        "deformity", "locked_knee", "hot_swollen_joint", "knee_out_of_place", "knee_hot", "knee_red", "knee_swollen",
        "cannot_bend", "cannot_straighten", "swelled_within_2h", "pop",
    }
)  # fmt: skip
"""What is told of a far part of the body is none of these."""
_NUMB_ANYWHERE = frozenset({"numbness"})
_LEVELS = VALUES["activity_level"]
_SELF_HARM = frozenset({"self_harm", "hopeless"})


class FindingsReader:
    """Reads texts; built once."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def read(self, text: str, asked: str | None, now: datetime) -> Found:
        """All findings, denials and more of one text."""
        return _Collector(self._pipeline.read(text), asked, now).collect()


class _Collector:
    """The work on one text."""

    def __init__(self, reading: Reading, asked: str | None, now: datetime) -> None:
        self._reading, self._asked, self._now = reading, asked, now
        self._asserter = Asserter(reading, now.year)
        self._parts = BodyParts(reading)
        idioms = [reading.span(m.start, m.end)[:2] for m in reading.idioms]
        self._found = Found(scene=self._asserter.scene, elsewhere=self._parts.is_far_from_the_knee, idioms=idioms)
        self._signs: list[str] = []
        self._denied_signs: list[str] = []
        self._explained: list[Mention] = []
        self._worse: list[Mention] = []

    def collect(self) -> Found:
        self._people()
        for name in ("pain_location", "symptoms", "red_flags", "treatments_tried", "activities"):
            self._list_field(name)
        self._arthritis()
        self._onset()
        self._aggravated()
        self._activity_level()
        self._side()
        self._signs_and_conditions()
        self._unexplained()
        self._combined()
        self._pain_denied()
        self._numbers()
        self._tidy()
        return self._found

    # ---------------------------------------------------------------- helpers
    def _note(self, mention: Mention, name: str, value: Any, assertion: str | None = None) -> None:
        start, end, words = self._reading.span(mention.start, mention.end)
        stated = assertion or self._asserter.assertion(mention)
        sure = mention.entry.sure
        self._found.why.append(Evidence(name, value, words, start, end, mention.rule.name, stated, sure))

    def _add(self, name: str, value: str, mention: Mention) -> None:
        values = self._found.findings.setdefault(name, [])
        if value not in values:
            values.append(value)
        self._sign(*mention.entry.signs)
        self._note(mention, name, value, "affirmed")

    def _deny(self, value: str, mention: Mention, name: str) -> None:
        if value not in self._found.negated:
            self._found.negated.append(value)
        self._denied_signs.extend(mention.entry.signs)
        self._note(mention, name, value, "negated")

    def _sign(self, *names: str) -> None:
        self._signs.extend(name for name in names if name not in self._signs)

    # ---------------------------------------------------------------- fields
    def _people(self) -> None:
        plain = plain_words(self._reading.text)
        patient = find_patient(plain, self._reading)
        age = find_age(plain, patient)
        who = find_who_for(plain, patient, age)
        if age is not None:
            self._found.more["age"] = age
        if who:
            self._found.more["who_for"] = who
        self._asserter.is_proxy = who in ("child", "other_adult")

    def _list_field(self, name: str) -> None:
        for mention in self._reading.of(name):
            categories = self._asserter.categories(mention)
            if mention.rule.denies or ("negated" in categories and "family" not in categories):
                self._deny(mention.value, mention, name)
                continue
            if categories & _BLOCKED[name]:
                self._set_aside(mention, categories & _BLOCKED[name])
                self._note(mention, name, mention.value)
            elif not self._is_elsewhere(name, mention):
                self._add(name, mention.value, mention)

    def _is_elsewhere(self, name: str, mention: Mention) -> bool:
        """A stiff back, an ankle that gives way, an operated foot: not the knee's."""
        is_far = self._parts.is_far_from_the_knee(*self._reading.span(mention.start, mention.end)[:2])
        if name == "symptoms":
            return mention.value not in _NUMB_ANYWHERE and (is_far or self._parts.is_nearer(mention))
        if name == "pain_location":
            return is_far
        if mention.value in _KNEE_ONLY:
            return self._parts.is_of_a_far_part(mention)
        if name == "treatments_tried" and mention.value == "surgery" and self._parts.is_nearer(mention):
            start, end = self._reading.sentence(mention.start)
            return not any(start <= m.start < end for m in self._reading.of("knee"))
        return False

    def _arthritis(self) -> None:
        affirmed, denied = [], []
        for mention in self._reading.of("arthritis_history"):
            categories = self._asserter.categories(mention)
            if categories & {"family", "uncertain"}:
                self._note(mention, "arthritis_history", mention.value)
                continue  # "I don't know if I have arthritis" denies nothing
            if "negated" in categories:
                denied.append(mention)
            elif not categories & _BLOCKED["arthritis_history"]:
                affirmed.append(mention)
        specific = [m for m in affirmed if m.value != "unspecified"]
        for mention in specific or affirmed:
            self._add("arthritis_history", mention.value, mention)
        for mention in denied:
            if mention.value != "unspecified":
                self._deny(mention.value, mention, "arthritis_history")
            elif not affirmed:
                self._add("arthritis_history", "none", mention)

    def _onset(self) -> None:
        injuries, gradual = [], []
        for mention in self._reading.of("onset"):
            categories = self._asserter.categories(mention)
            if mention.rule.denies:
                self._denied_signs.append("injury")
            elif mention.value == "gradual":
                if not categories & {"negated", "family"}:
                    gradual.append(mention)
                else:
                    self._note(mention, "onset", "gradual")
            elif "negated" in categories:
                self._denied_signs.append("injury")
            elif not categories & _BLOCKED["onset"]:
                injuries.append(mention)
        if chosen := (injuries or gradual)[:1]:
            self._found.findings["onset"] = chosen[0].value
            self._sign(*chosen[0].entry.signs)
            self._note(chosen[0], "onset", chosen[0].value, "affirmed")

    def _activity_level(self) -> None:
        levels = []
        for mention in self._reading.of("activity_level"):
            hurts = any(mention.overlaps(worse) for worse in self._worse)  # "it gets worse with jogging"
            if hurts or self._asserter.categories(mention) & _BLOCKED["activity_level"]:
                self._note(mention, "activity_level", mention.value)
            else:
                levels.append(mention)
        if levels:
            best = max(levels, key=lambda m: _LEVELS.index(m.value))
            self._found.findings["activity_level"] = best.value
            self._note(best, "activity_level", best.value, "affirmed")

    def _side(self) -> None:
        side, mentions, ruled_out = find_sides(self._reading, self._asserter)
        if side:
            self._found.findings["knee_side"] = side
            for mention in mentions:
                self._note(mention, "knee_side", mention.value, "affirmed")
            if side == "both" and each_hurts(mentions, self._reading, self._asserter):
                start, end, words = self._reading.span(mentions[0].start, mentions[-1].end)
                self._found.why.append(
                    Evidence("knee_side", side, words, start, end, "sides:each", "affirmed", sure=True)
                )
        for mention in ruled_out:
            stated = self._asserter.assertion(mention)
            self._note(mention, "knee_side", mention.value, "negated" if stated == AFFIRMED else stated)

    def _aggravated(self) -> None:
        worse, fine, aside = find_aggravating(self._reading, self._asserter)
        self._worse = worse
        for mention in worse:
            self._add("aggravated_by", mention.value, mention)
        for mention in fine:
            if mention.value not in self._found.findings.get("aggravated_by", []):
                self._note(mention, "aggravated_by", mention.value, "negated")
        for mention in aside:
            self._note(mention, "aggravated_by", mention.value)

    def _signs_and_conditions(self) -> None:
        for mention in self._reading.of("signs"):
            categories = self._asserter.categories(mention)
            names = mention.entry.signs
            blocked = _BLOCKED["signs"]
            if set(names) & LASTING_SIGNS:
                blocked = blocked - {"historical"}
            if set(names) & _SELF_HARM:
                blocked = self._no_self_harm(mention)
            if mention.rule.denies or ("negated" in categories and "family" not in categories):
                self._denied_signs.extend(names)
                self._note(mention, "signs", ",".join(names), "negated")
            elif set(names) & _KNEE_ONLY and self._parts.is_of_a_far_part(mention):
                self._note(mention, "signs", ",".join(names), "family")
            elif not categories & blocked and not self._treatment_ahead(mention):
                self._sign(*names)
                self._note(mention, "signs", ",".join(names), "affirmed")
            else:
                if EXPLAINED in categories:
                    self._set_aside(mention, categories & blocked)
                self._note(mention, "signs", ",".join(names))
        conditions = [
            m for m in self._reading.of("conditions") if not self._asserter.categories(m) & _BLOCKED["conditions"]
        ]
        if conditions:
            self._found.more["conditions"] = list(dict.fromkeys(m.value for m in conditions))

    def _no_self_harm(self, mention: Mention) -> frozenset[str]:
        """A thought of dying counts however it is put, but for one of long ago that the text says is over."""
        scenes = self._asserter.scenes
        is_past = scenes.is_over and "historical" in scenes.categories(mention.start, mention.end)
        return frozenset({"negated", "family", EXPLAINED} | ({"historical"} if is_past else set()))

    def _set_aside(self, mention: Mention, reasons: frozenset[str]) -> None:
        if reasons == {EXPLAINED}:
            self._explained.append(mention)

    def _unexplained(self) -> None:
        """Beside an alarm, nothing is harmless: who coughs blood is not out of breath from running."""
        if not {*self._signs, *self._found.findings.get("red_flags", [])} & _ALARMS:
            return
        for mention in self._explained:
            if mention.field == "red_flags":
                self._add("red_flags", mention.value, mention)
            else:
                self._sign(*mention.entry.signs)
                self._note(mention, "signs", ",".join(mention.entry.signs), "affirmed")

    def _treatment_ahead(self, mention: Mention) -> bool:
        """ "I need a knee replacement": no artificial knee yet."""
        if not set(mention.entry.signs) & _TREATMENT_SIGNS:
            return False
        return bool(self._asserter.categories(mention, "treatments_tried") & _BLOCKED["treatments_tried"])

    def _combined(self) -> None:
        """Flags that are several findings together."""
        findings, signs = self._found.findings, set(self._signs)
        flags = findings.setdefault("red_flags", [])
        if "swelling" in findings.get("symptoms", []) and "knee_hot" in signs and "hot_swollen_joint" not in flags:
            flags.append("hot_swollen_joint")
        at_night = "night" in findings.get("aggravated_by", []) or "wakes_every_night" in signs
        if at_night and ("fever" in flags or signs & {"weight_loss", "chills"}):
            flags.append("night_pain_systemic")
        if not flags:
            del findings["red_flags"]

    def _pain_denied(self) -> None:
        signs = self._reading.of("signs")
        pains = [
            (m, self._asserter.categories(m))
            for m in self._reading.of("pain")
            if not any(m.overlaps(sign) for sign in signs)  # "no chest pain" says nothing of the knee
        ]
        denied = pains and all("negated" in categories for _, categories in pains)
        if denied and "aggravated_by" not in self._found.findings:
            self._deny("pain", pains[0][0], "pain")

    def _numbers(self) -> None:
        own, self._found.numbers = find_numbers(self._reading, self._asked, self._now)
        for number in own:
            self._found.findings[number.field] = number.value
            self._found.why.append(number)

    def _tidy(self) -> None:
        """What is affirmed anywhere in the text is not denied by it; list values in the order of the table."""
        findings, more = self._found.findings, self._found.more
        for name, values in findings.items():
            if isinstance(values, list):
                findings[name] = [v for v in VALUES[name] if v in values]
        affirmed = {v for values in findings.values() if isinstance(values, list) for v in values}
        self._found.negated = [v for v in self._found.negated if v not in affirmed]
        if self._signs:
            more["signs"] = self._signs
        denied = [s for s in dict.fromkeys(self._denied_signs) if s not in self._signs]
        if denied:
            more["negated_signs"] = denied
