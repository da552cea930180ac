"""What makes it worse: a movement with pain or trouble beside it, or after "when"; never one that is fine."""

from __future__ import annotations

from knee_intake.understanding.assertion import Asserter
from knee_intake.understanding.lexicon import SENTENCE_END, word_set
from knee_intake.understanding.pipeline import Mention, Reading

_LINKS = word_set("""when whenever if unless while after with during everytime upon once until by""")
_STRONG_LINKS = frozenset({"when", "whenever", "unless", "everytime", "if"})
_SUBJECTS = word_set("""it its i im my he she they ive""")
_CAUSES = frozenset({"makes", "make", "made", "causes", "gets"})
_PAST = frozenset({"was", "were", "had"})
_STOPS = SENTENCE_END | {"but", "although", "however"}
_LINK_REACH = 6
_BEFORE = 9
_AFTER = 8
_LIST = 8
"""Words more, over a list: "turning over at night, long sitting and going down stairs make it worse"."""


def find_aggravating(reading: Reading, asserter: Asserter) -> tuple[list[Mention], list[Mention], list[Mention]]:
    """Movements that make it worse, those that are said not to, and those of the past or asked."""
    worse, fine, aside = [], [], []
    for movement in reading.of("movement"):
        categories = asserter.categories(movement)
        if categories & {"family", "historical", "question"}:
            if "family" not in categories:
                aside.append(movement)
            continue
        if "negated" in categories:
            fine.append(movement)
        elif _is_worse(movement, reading, asserter):
            worse.append(movement)
    return worse, fine, aside


def _is_worse(movement: Mention, reading: Reading, asserter: Asserter) -> bool:
    if _in_injury(movement, reading) or _in_flag(movement, reading):
        return False
    linked = _link(movement, reading)
    for mention in reading.near(movement.start, movement.end, "pain", "trigger", "symptoms"):
        if mention.overlaps(movement):
            if mention.field == "trigger" and movement.value == "night":
                return True  # "keeps me awake" is complaint enough
            if mention.field != "symptoms":
                continue
        if asserter.categories(mention) & {"negated", "historical", "family"} and mention.field != "trigger":
            continue
        if _beside(mention, movement, reading, linked):
            return True
    return linked == "strong" and movement.value not in ("night",)


def _link(movement: Mention, reading: Reading) -> str:
    """How the movement hangs on what stands before it: "when i'm ~ sitting"."""
    words = reading.words(movement.start - _LINK_REACH, movement.start)
    for word in reversed(words):
        if word in _STOPS or word == ",":
            return ""
        if word in _STRONG_LINKS or (word == "time" and "every" in words):
            return "" if _PAST & set(words) else "strong"
        if word in _LINKS:
            return "weak"
    return ""


def _beside(mention: Mention, movement: Mention, reading: Reading, linked: str) -> bool:
    listed = False
    if mention.end <= movement.start:
        between = reading.words(mention.end, movement.start)
        listed = mention.field == "trigger" and _list_goes_on(
            between, reading.words(movement.end, movement.end + _AFTER)
        )
        reach = _BEFORE + 4 if linked or listed else _BEFORE
        if mention.field == "symptoms" and not linked:
            return False
    elif movement.end <= mention.start:
        between = reading.words(movement.end, mention.start)
        reach = _AFTER + (_LIST if mention.field == "trigger" and _is_a_list_of_causes(between) else 0)
        if mention.field == "symptoms" and not linked and "makes" not in between:
            return False
    else:
        return False
    if not linked and not listed and _breaks_off(between):
        return False
    if not linked and _has_subject(between) and not (len(between) <= 2 or _CAUSES & set(between)):
        return False
    return len(between) <= reach and not any(word in _STOPS for word in between)


def _has_subject(between: list[str]) -> bool:
    """Whether somebody else's clause begins; "bending it" only has an object."""
    return any(
        word in _SUBJECTS and not (word == "it" and at and between[at - 1].endswith("ing"))
        for at, word in enumerate(between)
    )


def _list_goes_on(between: list[str], behind: list[str]) -> bool:
    """ "Worse with stairs, sitting for long and kneeling": a comma between things that all make it worse."""
    if "," not in between or _has_subject(between):
        return False
    end = next((at for at, word in enumerate(behind) if word in _STOPS), len(behind))
    return bool({"and", "or"} & {*between, *behind[:end]})


def _is_a_list_of_causes(between: list[str]) -> bool:
    """ "(Stairs), long sitting and kneeling make it (worse)": a list, without a clause of its own in it."""
    verb = next((at for at, word in enumerate(between) if word in _CAUSES), 0)
    return "," in between[:verb] and bool({"and", "or"} & {*between[:verb]}) and not _has_subject(between[:verb])


def _breaks_off(between: list[str]) -> bool:
    """A comma after which no list goes on: "I jog twice a week, worse on stairs"."""
    return "," in between and len(between) > 1 and not {"and", "or"} & set(between)


def _in_flag(movement: Mention, reading: Reading) -> bool:
    """ "I can't walk" is a flag of its own, and "I can walk" its denial: neither says what makes it worse."""
    flags = reading.near(movement.start, movement.end, "red_flags")
    return movement.value == "walking" and any(flag.overlaps(movement) for flag in flags)


def _in_injury(movement: Mention, reading: Reading) -> bool:
    """ "I fell when I was running" tells how it began, not what makes it worse."""
    start, end = reading.sentence(movement.start)
    for mention in reading.near(movement.start, movement.end, "onset"):
        if mention.value != "injury" or mention.rule.denies or not start <= mention.start < end:
            continue
        between = reading.words(min(mention.end, movement.end), max(mention.start, movement.start))
        if len(between) <= 8 and not {"now", "but", "hurts", "since"} & set(between):
            return True
    return False
