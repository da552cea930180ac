"""Scenes: the clauses of a text that tell of a time long past or of somebody else, or only ask. PURE.

"I had a clot in college. My calf was hard." A modifier reaches over a few words of its own sentence; a scene goes on
over the clauses and sentences that follow, as long as they are told alike, and ends where the text comes back to the
patient of today: a verb of the present, "now", "yesterday", "I", "my knee". Where that is unclear there is no scene: an
alarm of today must never be taken for a story. What is over and comes back ("it's back", "again") is no past either. A
question is general where it names nobody: "is chest pain a side effect?", but not "is it bad that my chest hurts?".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knee_intake.understanding.kin import FAMILY
from knee_intake.understanding.lexicon import NUMBER, SENTENCE_END, Modifier, word_set
from knee_intake.understanding.pipeline import Mention, Reading

PAST, OTHER, ASKED = "historical", "family", "question"
_OLDEST_YEAR = 1930
_LONGEST_BACK = 2
"""Sentences that "that was years ago" reaches back over."""

_IN = frozenset({"in", "of", "around"})
_BREAKS = word_set(""", : - ( ) and but so then because though although while whereas plus until till""")
_PRESENT = word_set(
    """is am are im isnt aint arent hes shes theyre theres thats its has have ive hasnt havent cant cannot can wont dont
    doesnt does do hurts aches swells throbs burns feels looks gets goes keeps keep bleeds leaks oozes locks wakes
    gives hurting getting"""
)
_PAST_VERBS = word_set(
    """was were wasnt werent had hadnt did didnt couldnt could would wouldnt went got came fell broke tore took gave
    blew felt grew lost threw made became began woke hit hurt cut bled ran swam found saw said told kept put left
    caught fought held knew meant met paid sent shook slept spent stood stuck struck thought wore won swole bit shot"""
)
_NO_PAST = word_set(
    """red bed need feed bleed speed indeed shed med meds used tired scared worried inflamed swollen infected exhausted
    confused relaxed supposed embed"""
)
_TREATED = word_set(
    """surgery surgeries operation operated op replaced replacement tkr tka scope scoped arthroscopy injection injected
    injections shot shots repair repaired reconstruction procedure implant prosthesis"""
)
_MINE = word_set("""i im ive id me mine myself""")
_AROUND_ME = word_set(
    """class team club work office job gym church school street block building group league town neighborhood family
    shift company department hospital ward house dorm college floor road village army navy circle"""
)
"""Behind "my" they tell where somebody else was met: "a woman in my class"."""
_THEIRS = word_set("""he she him her his hes shes""")
"""Not "they": those are the doctors as often."""
_LOOKS_ON = word_set(
    """says say said thinks think thought took takes noticed notices told tells wants wanted measured checked checks
    looked looks felt drove drives saw sees made put helped worries worried insists swears"""
)
"""What somebody does who is beside the patient: "he says it is hot"."""
_TELLING_FIELDS = ("red_flags", "signs", "symptoms", "treatments_tried", "conditions", "onset", "arthritis_history")
_LONGEST_OTHER = 20
"""Words of one sentence that somebody else is spoken of."""
_SUBJECTS = word_set("""he she""")
_ASKING = word_set("""is are do does did can could would will should has have what whats how hows why when which any""")
_BEFORE_ASKING = word_set(
    """, : - ( and but so also hi hello hey ok okay question curious wondering doctor doc um just"""
)
_ANYBODY_NAMED = word_set(
    """i im ive id me my mine myself he she his her him hes shes we our us it its this that these those since now
    today"""
)
_RESUMES = word_set("""that thats this it its those all""")


@dataclass
class _Clause:
    start: int
    end: int
    sentence: int
    anchor: Mention | None = None
    is_present: bool = False
    is_past: bool = False
    is_over: bool = False
    is_treatment: bool = False


class Scenes:
    """The scenes of one reading, opened by its modifiers as far as they count."""

    def __init__(self, reading: Reading, modifiers: Sequence[Mention]) -> None:
        self._words = [token.word for token in reading.tokens]
        self._reading, self._modifiers = reading, modifiers
        self._starts = {
            m.start for m in reading.mentions if m.field not in ("treatments_tried", "activities", "movement")
        }
        ends = [m for m in reading.modifiers if m.value == "over"]
        self.is_back = any(m.value == "again" and not any(m.overlaps(end) for end in ends) for m in reading.modifiers)
        """Something that was past has come back: then nothing in the text is past for sure."""
        self._past = frozenset[int]() if self.is_back else frozenset(self._past_places())
        self._other = frozenset(self._other_places())
        self._confirmed = {m.start for m in reading.modifiers if m.value == "confirmed"}
        self._asked = frozenset(self._asked_places())
        self.is_over = bool(ends)
        """Somewhere the text tells an end: "healed", "no trouble since"."""

    def categories(self, start: int, end: int) -> frozenset[str]:
        """What holds of the whole run of tokens: PAST, OTHER, ASKED."""
        places = [at for at in range(start, end) if self._words[at] not in _BREAKS]
        found = ((PAST, self._past), (OTHER, self._other), (ASKED, self._asked))
        return frozenset(name for name, scene in found if places and all(place in scene for place in places))

    # ---------------------------------------------------------------- past
    def _past_places(self) -> Iterator[int]:
        anchors = [m for m in self._modifiers if _scene(m) in ("past", "recent")]
        if not anchors:
            return
        clauses = self._clauses(anchors)
        for number, clause in enumerate(clauses):
            if clause.anchor is not None and not clause.is_present:
                for told in (*self._before(clauses, number), clause, *self._after(clauses, number)):
                    yield from range(told.start, told.end)

    def _clauses(self, anchors: list[Mention]) -> list[_Clause]:
        clauses: list[_Clause] = []
        inside = {at for m in anchors for at in range(m.start, m.end)}
        over = {at for m in self._reading.modifiers if m.value == "over" for at in range(m.start, m.end)}
        start = sentence = 0
        for at, word in enumerate(self._words):
            ends = word in SENTENCE_END
            if (ends or word in _BREAKS) and at not in inside and at not in over:
                if at > start:
                    clauses.append(_Clause(start, at, sentence))
                start, sentence = at + 1, sentence + ends
        present = {at for m in self._reading.modifiers if m.value == "present" for at in range(m.start, m.end)}
        for clause in clauses:
            self._look_at(clause, anchors, inside, over, present)
        return clauses

    def _look_at(
        self, clause: _Clause, anchors: list[Mention], inside: set[int], over: set[int], present: set[int]
    ) -> None:
        places = range(clause.start, clause.end)
        free = [self._words[at] for at in places if at not in inside and at not in over]
        clause.anchor = next((m for m in anchors if clause.start <= m.start < clause.end), None)
        clause.is_over = any(at in over for at in places)
        clause.is_present = any(at in present - inside - over for at in places) or bool(_PRESENT & set(free))
        clause.is_past = any(word in _PAST_VERBS or _is_past_form(word) for word in free)
        clause.is_treatment = bool(_TREATED & set(free)) and not any(
            m.field == "red_flags" or (m.field == "signs" and not _is_history(m))
            for m in self._reading.near(clause.start, clause.end)
            if clause.start <= m.start < clause.end
        )

    def _after(self, clauses: list[_Clause], number: int) -> Iterator[_Clause]:
        """The clauses that go on telling. Old surgery is a background, no scene; what is only recent needs an end that
        is told, and so does a list without verbs.
        """
        opened = clauses[number]
        later = clauses[number + 1 :]
        ends_well = any(clause.is_over for clause in later)
        if (opened.is_treatment or _scene(opened.anchor) == "recent") and not ends_well:
            return
        sentence = opened.sentence
        for clause in later:
            is_listed = clause.sentence == sentence and clause.end - clause.start == 1  # "swollen and hard"
            if clause.is_present or clause.anchor is not None or not (clause.is_past or ends_well or is_listed):
                return
            yield clause
            sentence = clause.sentence
            if clause.is_over:
                return

    def _before(self, clauses: list[_Clause], number: int) -> Iterator[_Clause]:
        """What "that was years ago", or the bare time at the end of a sentence, is said of."""
        opened = clauses[number]
        resumes = self._words[opened.start] in _RESUMES
        if not resumes and opened.is_past:
            return
        for clause in reversed(clauses[:number]):
            apart = opened.sentence - clause.sentence
            if clause.is_present or not clause.is_past or apart > (_LONGEST_BACK if resumes else 0):
                return
            yield clause

    # ---------------------------------------------------------------- somebody else
    def _other_places(self) -> Iterator[int]:
        people = {m.start: m for m in self._modifiers if _scene(m) in ("other", "stranger")}
        bare = {start for start, _ in self._sentences() if self._is_bare_relative(start)}
        if not any(self._is_mine(at, people) for at in range(len(self._words))):
            # a text of a relative alone may be about the patient: only the modifiers' own words tell
            people, bare = {start: m for start, m in people.items() if _scene(m) == "stranger"}, set()
        is_other = False
        for start, end in self._sentences():
            is_other = is_other and self._goes_on(start, end)
            named = start
            for at in range(start, end):
                if at in people or at in bare:
                    is_other, named = True, at
                elif self._is_mine(at, people):
                    is_other = False
                if is_other and at - named <= _LONGEST_OTHER:
                    yield at
            is_other = is_other and self._has_a_complaint(start, end)

    def _is_bare_relative(self, at: int) -> bool:
        """ "Husband has COPD"; not "wife says it is red"."""
        return self._words[at].removesuffix("s") in FAMILY and self._words[at + 1] not in _LOOKS_ON

    def _sentences(self) -> Iterator[tuple[int, int]]:
        start = 0
        for at, word in enumerate(self._words):
            if word in SENTENCE_END:
                if at > start:
                    yield start, at
                start = at + 1

    # ---------------------------------------------------------------- nobody
    def _asked_places(self) -> Iterator[int]:
        for start, end in self._sentences():
            if self._words[end] != "?":
                continue
            asks = next((at for at in range(start, end) if self._asks(at, start)), end)
            words = self._words[asks:end]
            if words[1:2] == ["it"]:
                words = ["my" if word == "your" else word for word in words[2:]]  # "is it normal for your calf to …?"
            if not _ANYBODY_NAMED & set(words) and end not in self._confirmed:
                yield from range(asks, end)

    def _asks(self, at: int, start: int) -> bool:
        return self._words[at] in _ASKING and (at == start or self._words[at - 1] in _BEFORE_ASKING)

    def _goes_on(self, start: int, end: int) -> bool:
        """The next sentence goes on about the same person: "He was short of breath". Not "he says it is hot", and
        nothing of today: then that person may be the patient.
        """
        if _PRESENT & set(self._words[start:end]):
            return False
        words = self._words[start : min(end, start + 4)]
        at = next((at for at, word in enumerate(words) if word in _THEIRS), None)
        return at is not None and (words[at] not in _SUBJECTS or self._words[start + at + 1] not in _LOOKS_ON)

    def _has_a_complaint(self, start: int, end: int) -> bool:
        near = self._reading.near(start, end, *_TELLING_FIELDS)
        return "same" in self._words[start:end] or any(start <= m.start < end for m in near)

    def _is_mine(self, at: int, people: dict[int, Mention]) -> bool:
        """The writer comes in; not where "my" only tells who or where somebody is."""
        word = self._words[at]
        if any(m.start <= at < m.end for m in people.values()):
            return False
        if word in _MINE:
            return not (word == "mine" and self._words[at - 1] == "of")
        if word not in ("my", "our", "we"):
            return False
        if self._words[at + 1] in _AROUND_ME:
            return False
        # "my PT class", but "my knee at work"
        return not (self._words[at + 2 : at + 3] and self._words[at + 2] in _AROUND_ME and at + 1 not in self._starts)


def is_bygone(modifier: Mention, reading: Reading, year: int) -> bool:
    """Whether a bare number after "in" is a year that has gone, not minutes or a dose; yes for every other modifier."""
    last = modifier.end - 1
    if modifier.value != PAST or reading.tokens[last].word != NUMBER or reading.tokens[last - 1].word not in _IN:
        return True
    digits = reading.text[reading.tokens[last].start : reading.tokens[last].end]
    return digits.isdigit() and _OLDEST_YEAR <= int(digits) < year


def _scene(modifier: Mention | None) -> str:
    return modifier.rule.meaning.scene if modifier and isinstance(modifier.rule.meaning, Modifier) else ""


def _is_past_form(word: str) -> bool:
    return len(word) > 4 and word.endswith("ed") and word not in _NO_PAST


def _is_history(mention: Mention) -> bool:
    """A sign that is itself about the past: an old operation, an old injury."""
    return bool(set(mention.entry.signs) & _HISTORIES)


_HISTORIES = frozenset(
    {"artificial_knee", "recent_knee_surgery", "recent_knee_injection", "had_botulinum", "injury", "fall_or_blow"}
)
