"""What a sentence asserts about a phrase: denied, past, imagined, somebody else's, asked or advised (ConText).

Modifiers come from assertion.yml. Here are only the rules of reach: how far a modifier reaches, over commas and
"or", and what stops it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise

from knee_intake.understanding.lexicon import MARKERS, SENTENCE_END, Entry, Modifier, Rule, word_set
from knee_intake.understanding.pipeline import Mention, Reading
from knee_intake.understanding.scenes import ASKED, OTHER, PAST, Scenes, is_bygone

AFFIRMED, EXPLAINED = "affirmed", "explained"
_WINDOW = 40
"""No modifier reaches further, in words."""
_SUBJECTS = word_set(
    """i im ive id ill it its itll itd he she hes shes they theyre theyve we weve theres there thats you"""
)
_MINE = frozenset({"i", "im", "ive", "id", "me", "mine", "myself"})
_OWNERS = frozenset({"my", "his", "her"})
_LIST_WORDS = word_set("""or and nor any no a the really even also not & /""")
_YES = frozenset({"yes", "yeah", "yep", "yup"})
_SOFT = frozenset({",", ":", "-", "(", ")"})
_AUXILIARIES = word_set("""do does did is are can could would will should has have""")
_TELLS_WHY = frozenset((",", "because", "cause", "cuz", "cos", "since", "but"))
_OWN_CLAUSE = frozenset(
    ("my", "i", "im", "ive", "it", "its", "mine", "his", "her", "he", "she", "hes", "shes", "theres")
)
_OPENERS = word_set(
    """. ? ! ; , ( : - and or but so well um uh ok okay hi hello hey then also yes no yeah doctor doc actually
    what how why where when please thanks like because if"""
)
_KINDS = {"activities": "activity", "activity_level": "activity", "pain_location": "place", "knee_side": "place"}
"""What a field is about, where that is no sign or history."""
_WHERE = ("on", "in", "at", "behind", "around", "under", "above", "below", "along")
_WHEN = frozenset({"when", "while", "if", "whenever"})
_THEN = frozenset({"where", "when", "that"})
_PAST = frozenset({"was", "were", "had", "went", "got", "felt", "came"})
_ACTED = word_set("""had did tried took got went used done been started have""")
"""Behind a comma they tell what the patient did: "the doctor said arthritis, had two shots"."""
_UNREAL = frozenset({"question", "hypothetical", "advised"})
_TOLD_FIELDS = frozenset({"red_flags", "signs", "symptoms"})
"""What a scene holds of."""
_ASKED_FIELDS = frozenset({"treatments_tried"})
"""Past or not, what is only asked about was not had."""
_AFTER = frozenset({"after", "since", "following", "from"})
_QUIET_FIELDS = frozenset({"trigger", "knee", "part"})
"""Fields whose phrases never use up a modifier's word."""
_OPEN_FIELDS = _QUIET_FIELDS | {"onset", "activity_level"}
"""Those, and fields whose phrases deny as they say it: "I don't do yoga", "no injury, no swelling"."""


class Asserter:
    """Answers for one reading: which categories hold of a mention."""

    def __init__(self, reading: Reading, year: int) -> None:
        self._reading = reading
        self._words = [token.word for token in reading.tokens]
        self._stops = frozenset(m.start for m in reading.modifiers if m.value == "terminate")
        self._starts = {m.start for m in reading.mentions if m.field not in _QUIET_FIELDS}
        self._ends = {m.end for m in reading.mentions}
        self._modifiers = [m for m in reading.modifiers if is_bygone(m, reading, year) and self._is_active(m)]
        self.scenes = Scenes(reading, self._modifiers)
        self._places = [m.start for m in self._modifiers]
        self._family = frozenset(at for m in reading.modifiers if m.value == "family" for at in range(m.start, m.end))
        self._unexplained = [_rule(m) for m in reading.modifiers if m.value == "unexplained"]
        self._confirmed = [m.start for m in reading.modifiers if m.value == "confirmed"]
        self.is_proxy = False
        """Set where the writer speaks for a patient beside them: then family words are not about somebody else."""

    def categories(self, mention: Mention, field: str | None = None) -> frozenset[str]:
        """All that is asserted; empty means affirmed. `field` where it is read as another field's value."""
        name = field or mention.field
        told = self._told(mention, name)
        first = bisect_left(self._places, mention.start - _WINDOW)
        last = bisect_right(self._places, mention.end + _WINDOW)
        found = told | {
            m.value
            for m in self._modifiers[first:last]
            if _is_about(_rule(m), name, mention) and self._reaches(m, mention)
        }
        if self.is_proxy:
            found -= {OTHER}
        if found & _UNREAL and self._is_confirmed(mention):
            found -= _UNREAL
        if EXPLAINED in found and any(_is_about(rule, name, mention) for rule in self._unexplained):
            found -= {EXPLAINED}
        return found - {PAST} if self.scenes.is_back and name in _TOLD_FIELDS else found

    def _told(self, mention: Mention, field: str) -> frozenset[str]:
        """The scene of a mention, as far as it counts for its field."""
        if field in _TOLD_FIELDS:
            return self.scenes.categories(mention.start, mention.end)
        if mention.entry.signs:
            return frozenset()  # a toxin that was had may matter for an alarm
        if field not in _ASKED_FIELDS or _AFTER & set(self._words[max(0, mention.start - 3) : mention.start]):
            return frozenset()  # "is swelling normal after an operation?" says that there was one
        return self.scenes.categories(mention.start, mention.end) & {ASKED}

    def scene(self, start: int, end: int, sign: str) -> frozenset[str]:
        """The scene in which the words for a sign at these characters stand, and whether they are explained."""
        places = [at for at, token in enumerate(self._reading.tokens) if token.start < end and start < token.end]
        if not places:
            return frozenset()
        mention = Mention(Rule("words", Entry(phrases=[], signs=[sign]), "signs", False, ()), places[0], places[-1] + 1)
        told = self.scenes.categories(mention.start, mention.end)
        told |= self.categories(mention) & {EXPLAINED, "hypothetical"}
        return told - {OTHER} if self.is_proxy else told

    def _is_confirmed(self, mention: Mention) -> bool:
        """ "Should I call if my chest hurts? It does." """
        _, end = self._reading.sentence(mention.start)
        return any(mention.end <= at <= end for at in self._confirmed)

    def assertion(self, mention: Mention) -> str:
        """One word for `why`."""
        if mention.rule.denies:
            return "negated"
        found = self.categories(mention)
        order = ("family", "negated", "historical", "hypothetical", "question", "advised", "uncertain", EXPLAINED)
        return next((name for name in order if name in found), AFFIRMED)

    def _is_active(self, modifier: Mention) -> bool:
        if modifier.value in MARKERS:
            return False
        if modifier.value == EXPLAINED:
            return True  # also within what it explains: "lost ten pounds on keto"
        words = self._words
        if words[modifier.start] == "no" and len(modifier) == 1 and words[modifier.end : modifier.end + 1] == [","]:
            return False  # "no, ..." answers; it denies nothing that follows
        if modifier.value == "question" and words[modifier.start] in _AUXILIARIES and not self._opens(modifier.start):
            return False  # "the problem is a ..." asks nothing
        inside = [
            m
            for m in self._reading.near(modifier.start, modifier.end)
            if m.start <= modifier.start
            and modifier.end <= m.end
            and len(m) > len(modifier)
            and m.field not in _OPEN_FIELDS
            and not (m.field == "signs" and "recent_onset" in m.entry.signs)
        ]
        return not inside  # used up: "no cartilage", "does not hold me"

    def _opens(self, position: int) -> bool:
        """A clause begins here."""
        return position == 0 or self._words[position - 1] in _OPENERS

    def _reaches(self, modifier: Mention, target: Mention) -> bool:
        rule = _rule(modifier)
        if modifier.overlaps(target) and rule.category == EXPLAINED:
            return True
        if modifier.overlaps(target):  # "had a" of "never had a" also opens "had a fever"
            return modifier.start < target.start and rule.direction != "backward" and modifier.end <= target.end
        if modifier.end <= target.start:
            return rule.direction != "backward" and self._forward(modifier, rule, target)
        return rule.direction != "forward" and self._backward(modifier, rule, target)

    def _backward(self, modifier: Mention, rule: Modifier, target: Mention) -> bool:
        between = self._words[target.end : modifier.start]
        ends = sum(word in SENTENCE_END for word in self._words[target.end : modifier.start + 1])
        if len(between) > rule.reach or ends > (1 if rule.next_sentence else 0):
            return False
        if ends and rule.category == "historical" and not self._is_told_as_past(target):
            return False  # "I am short of breath. That went away" is nothing to be calm about
        if rule.sentence or rule.next_sentence:
            return True
        if any(word in ("but", "and", ",") for word in between) and rule.category in ("historical", "negated"):
            return False
        return not self._stopped(target.end, modifier.start)

    def _is_told_as_past(self, target: Mention) -> bool:
        start, _ = self._reading.sentence(target.start)
        return bool(_PAST & set(self._words[start : target.end]))

    def _forward(self, modifier: Mention, rule: Modifier, target: Mention) -> bool:
        start, end = modifier.end, target.start
        between = self._words[start:end]
        if any(word in SENTENCE_END for word in between):
            return False
        if rule.category == "family":
            return len(between) <= rule.reach and not self._is_mine_again(start, target)
        if not rule.sentence and self._stopped(start, end):
            return False
        if target.field == "knee_side" and "," in between:
            return False  # "not the left, the right"
        if rule.category == "negated" and "," in between and not self._is_of_the_list(start, target):
            return False
        if rule.category == "negated":
            return not self._yes_follows(target) and self._negation_reaches(start, end, rule, target)
        if len(between) > rule.reach:
            return False
        if rule.category == "advised" and any(word == "," and after in _ACTED for word, after in pairwise(between)):
            return False
        if rule.category == "historical" and not rule.fields:
            return not self._is_other_clause(start, end)
        if rule.category == "hypothetical" and rule.sentence and self._is_told_after_all(start, target):
            return False
        if rule.category == "hypothetical" and not rule.fields:
            return not any(word in _SUBJECTS or word in (",", "and") for word in between)
        return True

    def _is_told_after_all(self, start: int, target: Mention) -> bool:
        """ "What if it's a clot, my calf is swollen": behind the comma stands what is so."""
        return any(
            word in _TELLS_WHY and after in _OWN_CLAUSE
            for word, after in pairwise(self._words[start : target.start + 1])
        )

    def _is_other_clause(self, start: int, end: int) -> bool:
        """Whether what is past ends between two places. It goes on over its own subject ("years ago I was hit"), into
        what happened then ("attacks where I couldn't breathe") and over "and had".
        """
        words = self._words
        for at in range(start, end):
            if words[at] == ",":
                return True
            if words[at] == "and" and words[at + 1] not in _PAST:
                return True
            if words[at] in _SUBJECTS and at != start and words[at - 1] not in _THEN:
                return True
        return False

    def _is_of_the_list(self, start: int, target: Mention) -> bool:
        """Things of one kind stand in one list of denials: "no arthritis, very active" denies no activity, and
        "no swelling, pain on the inside" says where it hurts.
        """
        if target.field == "pain" and self._words[target.end] in _WHERE:
            return False
        listed = [m for m in self._reading.mentions if start <= m.start < target.start and m.field not in _QUIET_FIELDS]
        first = min((m.start for m in listed), default=start)
        # one word may be several things: "running" is an activity and a movement
        return not listed or any(m.start == first and _kind(m) == _kind(target) for m in listed)

    def _stopped(self, start: int, end: int) -> bool:
        words = self._words
        return any(
            at in self._stops or (words[at] in (",", ":") and words[at + 1] in _SUBJECTS) for at in range(start, end)
        )

    def _is_mine_again(self, start: int, target: Mention) -> bool:
        """The subject is the writer again: "my mom has arthritis and I ..."."""
        for position in range(start, target.end):
            word = self._words[position]
            if word in _MINE:
                return True
            if word == "my" and position not in self._family:
                return True
        return False

    def _yes_follows(self, target: Mention) -> bool:
        rest = self._words[target.end : target.end + 3]
        while rest and rest[0] in _SOFT:
            rest = rest[1:]
        return bool(rest) and rest[0] in _YES

    def _negation_reaches(self, start: int, end: int, rule: Modifier, target: Mention) -> bool:
        """Over lists with or, and, commas; not into a new clause."""
        used = 0
        for position in range(start, end):
            word = self._words[position]
            if word in _SUBJECTS:
                if target.field == "movement" and self._words[position - 1] in _WHEN:
                    continue  # "does not hurt when she sits"
                return False
            if (
                word in _OWNERS
                and position > start
                and (position in self._ends or self._words[position - 1] in (",", "and"))
            ) and word != "the":
                return False
            if word == ",":
                if not self._goes_on_as_list(position + 1):
                    return False
                used = 0
            elif word in ("or", "nor", "/", "and", "&"):
                used = 0
            else:
                used += 1
        return used <= rule.reach

    def _goes_on_as_list(self, position: int) -> bool:
        while self._words[position] in _LIST_WORDS:
            position += 1
        return position in self._starts


def _is_about(rule: Modifier, field: str, mention: Mention) -> bool:
    if rule.fields and field not in rule.fields:
        return False
    stated = {mention.value, *mention.entry.signs} if mention.field in _TOLD_FIELDS else set()
    return not rule.signs or bool(set(rule.signs) & stated)


def _kind(mention: Mention) -> str:
    return _KINDS.get(mention.field, "sign")


def _rule(modifier: Mention) -> Modifier:
    assert isinstance(modifier.rule.meaning, Modifier)
    return modifier.rule.meaning
