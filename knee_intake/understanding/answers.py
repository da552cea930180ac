"""The answer that a text gives to the pending question. PURE.

`read_answer` returns the machine value for the question, "unsure" where the patient does not know, or None where the
text is no answer to it: a question back, "skip", a story about something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from knee_intake.understanding import about_you, habits
from knee_intake.understanding.answer_lists import read_list
from knee_intake.understanding.asked_about import without_questions_of_treatment
from knee_intake.understanding.bare_words import read_bare
from knee_intake.understanding.complaint_time import is_of_something_else
from knee_intake.understanding.contacts import read_contact
from knee_intake.understanding.durations import BARE_UNIT, find_all
from knee_intake.understanding.emails import find_email
from knee_intake.understanding.names import find_name
from knee_intake.understanding.numbers import NUMBER, Severity, find_severity, number_value
from knee_intake.understanding.own_illness import OwnPart, own_part
from knee_intake.understanding.phones import find_phone
from knee_intake.understanding.plain import plain, words
from knee_intake.understanding.said import Said
from knee_intake.understanding.side_words import read_asked_side
from knee_intake.understanding.small_talk import without_moments, without_small_talk
from knee_intake.understanding.times import find_times, read_time
from knee_intake.understanding.types import UNSURE
from knee_intake.understanding.when import read_wish
from knee_intake.understanding.yes_no import is_doubted_no, is_hedged, read_yes_no

LONGEST_FREE_TEXT = 300
LONGEST_ANSWER = 1000
"""Characters. What comes later in a text is a story, not an answer; the findings read it whole."""
_SKIP = re.compile(
    r"(?:(?:please|pls|can\s+we|could\s+we|let's|lets|i(?:'d|\s+would)\s+(?:like|prefer|rather)(?:\s+to)?|i\s+want\s+to|just|i'll)\s+)*"
    r"(?:skip|next|pass|move\s+on)(?:\s+(?:it|this|that|the|on|question|one|please|pls|to|next|for\s+now|thanks))*"
)
_PUTS_OFF = re.compile(
    r"(?:(?:please|pls|ok|okay|maybe|perhaps|can|could|may|we|i|i'?ll|i'?d|i'?m|will|would|let'?s|lets|rather|prefer|to|no|nah|hmm?|um|uh|ask|tell|answer|do|say"
    r"|fill|give|get|come|back|in|out|you|u|me|that|this|it|them|one|question|to|of|these|at|about|going|gonna|but|just|and|sorry|thanks|remind|leave|for)\s+)*"
    r"(?:later(?:\s+on)?|(?:some\s+)?(?:an)?other\s+time|some\s+other\s+time|next\s+time|not\s+(?:right\s+)?now|not\s+at\s+this\s+time|not\s+today)"
    r"(?:\s+(?:please|pls|thanks|thank|you|maybe|perhaps|ok|okay|if|possible|i|can|may|that|is|that's|fine|sorry))*"
)
""" "Later", "I'll tell you that another time": no answer, and no "no"."""
_MAY_BE_PUT_OFF = frozenset(
    {
        "pain_location", "knee_side", "onset", "pain_duration_days", "age_band", "arthritis_history", "activity_level",
        "activities", "interest", "pain_severity", "pain_worst_week", "aggravated_by", "morning_stiffness",
        "treatments_tried", "goal", "exercise_days", "exercise_minutes", "injury_pop", "payment", "access_needs",
    }
)  # fmt: skip
"""Questions to which "later" is no answer. To an offer it is a no, and "it swelled later" tells when."""
_ONLY_PRAISE = re.compile(
    r"^\W*(?:good|right\s+now|daily|a\s+lot|hopefully|both|tons|plenty|loads|lots|always|constantly|regularly|me\s+too"
    r"|same\s+here|unfortunately|sadly|apparently|does|did|has|have|was|(?:it\s+)?comes\s+and\s+goes"
    r"|(?:it|they|he|she|there|we|i)\s+(?:\w+\s+)?(?:hurts?|did|has|have|was|were|had|aches?|happens?))\W*$"
)
"""A yes elsewhere, but no consent."""
_SAVE_NOTHING = re.compile(
    r"\b(?:do\s+not|don't|did\s+not|didn't|not|never|nothing|without)\s+(?:to\s+)?(?:be\s+)?(?:sav\w+|keep\w*|kept|stor\w+|shar\w+)\b"
    r"|\b(?:save|keep|store|share)\s+nothing\b"
)
"""A refusal, whatever manners stand in front of it."""
_RATHER_NOT = re.compile(r"\b(?:rather|prefer)\b.{0,25}(?:\bnot\b|n't\b)")
_THANKS_FOR = re.compile(r"\bthank(?:s|\s+you)?\b.{0,12}\bfor\s+(?:your|the|all)\s+(?:help|time|answers?|info\w*)\b")
"""A goodbye."""
_WISHES = re.compile(
    r"^\W*(?:i|we)(?:'d|\s+would)?\s+(?:just\s+|really\s+)?(?:want|need|wish|like|love|hope)\b(?!\s+(?:that|you)\b)"
)
"""A wish is no consent: "I want somebody to see me, please"."""
_THEN_ASKS = re.compile(r"(?P<first>[^.!?]{2,30})[.!]\s+[^.!]+\?\s*$")
"""A sentence, and a question behind it."""
_PUT_OFF = re.compile(r"\b(?:later|another\s+time|some\s+other\s+time|next\s+time|not\s+now)\b")
_LONG_AGO = re.compile(
    r"\b(?:ages|forever|always|(?:all|most\s+of)\s+my\s+life|long\s+time|since\s+(?:i\s+was|birth|child\w*)|a\s+while)\b"
)
_FROM_TREATMENT = re.compile(r"\b(?:since|after|taking|took|been\s+on)\b")
_SWITCHES = re.compile(
    r"\b(?:some(?:times|\s+days)|one\s+day|(?:at\s+)?times|days)\b[^.!?]*\b(?:left|right)\b[^.!?]*\b(?:some(?:times|\s+days)|others?|next|times)\b"
    r"[^.!?]*\b(?:left|right)\b|\b(?:left|right)\s+(?:one\s+)?(?:one|some)\s*(?:day|days|times)\b[^.!?]*\b(?:left|right)\b"
    r"|\b(?:it|they|pain)\s+(?:kind\s+of\s+|kinda\s+)?(?:alternates?|switch(?:es)?(?:\s+(?:sides|knees|back))?|takes?\s+turns|goes\s+back\s+and\s+forth)"
    r"(?!\s+to\s)\b|^\W*alternat\w+\b"
)
"""Now one knee, now the other."""
_BEFORE_NOW = re.compile(r"\b(?:was|were|used\s+to|yesterday|last|before|ago)\b")
_HALF = re.compile(
    r"\b(?P<whole>\d|zero|one|two|three|four|five|six|seven|eight|nine)"
    r"(?:\s+and\s+an?\s+half|\s+1/2(?!\d)|\s+point\s+(?P<point>\d|one|two|three|four|five|six|seven|eight|nine))\b"
)
_LEVEL_TYPED = re.compile(r"\blite\b")
LONGEST_BARE_TIME = 6
"""Words of a reply that names nothing but a time."""
_RHETORICAL = re.compile(
    r"^\W*(?:how (?:would|should|could) i (?:even )?know|who knows|no idea|beats me)\s*[,.;!?-]+\s*(?=\S)",
    re.IGNORECASE,
)
"""In front of an answer: "how would I know, a month?"."""
_SPACED_TIME = re.compile(r"\b(1[0-2]|0?[1-9])\s+(00|15|30|45)\s*(?=[ap]\.?\s?m\b)", re.I)
"""A time as phones write it: "4 30 pm"."""
_NO_SUCH_THING = re.compile(
    r"\b(?:wasn'?t|weren'?t|isn'?t|not|no)\s+(?:that|this|any)\s+(?:kind|sort)\b"
    r"|\bnothing\s+(?:like\s+(?:that|those)|of\s+the\s+(?:kind|sort))\b"
)
"""Behind examples of injuries: none."""
_NO_START = re.compile(r"\b(?:not|isn't|some|most|every|in the)\s*$")
_CAN_FIELDS = {"can_walk_4_steps": "cannot_walk_4_steps", "can_straighten": "cannot_straighten"}
_CANNOT = re.compile(
    r"\b(?:can'?t|cannot|can\s+not|couldn'?t|unable|not\s+(?:able|without)|only\s+(?:one|two|three|1|2|3)|barely)\b"
)
_CAN = re.compile(
    r"\b(?:i\s+can|able\s+to|it\s+(?:does|will|can)|with\s+(?:pain|difficulty|a\s+limp|some)|barely|slowly)\b"
)
_FAST = re.compile(
    r"\b(?:right\s+away|immediately|instantly|straight\s+away|at\s+once|within\s+(?:minutes|an?\s+hour|the\s+hour)|(?:an?|one|two|couple\s+of)\s+hours?|minutes|soon\s+after|same\s+hour)\b"
)
_SLOW = re.compile(
    r"\b(?:next\s+(?:day|morning)|over\s?night|(?:day|days|week|weeks)\s+(?:after|later)|later\s+that|after\s+a\s+(?:day|few\s+days)|(?:[3-9]|three|four|five|six|several|\d\d)\s+hours|evening|never)\b"
)
_POP = re.compile(r"\b(?:pop(?:ped|ping)?|snap(?:ped)?|crack(?:ed)?|crunch|tear(?:ing)?)\b")


_BESIDE_SMALL_TALK = frozenset(
    {
        "symptoms", "aggravated_by", "morning_stiffness", "treatments_tried", "activity_level", "pain_location",
        "knee_side", "age_band", "arthritis_history", "activities", "joint_history", "onset", "pain_duration_days",
        "injury_signs", "emergency_screen",
    }
)  # fmt: skip
"""Questions whose answer stands in a few words of a reply, beside which others talk of the weather."""
_PROCEDURES_ASKED = ("joint_history", "treatments_tried", "symptoms")


def read_answer(
    text: str,
    asked: str,
    findings: Mapping[str, Any],
    negated: Collection[str],
    more: Mapping[str, Any],
    context: Mapping[str, Any],
    now: datetime,
) -> Any:
    """The value that `text` gives for the question `asked`; see the module. `now` is local to the clinic."""
    text = text[:LONGEST_ANSWER]
    if asked in ("onset", "pain_duration_days"):
        text = _RHETORICAL.sub("", text)
    if asked in _BESIDE_SMALL_TALK:
        text = without_moments(without_small_talk(text))
    if asked in _PROCEDURES_ASKED:
        text = without_questions_of_treatment(text)
    if asked == "arthritis_history" and context.get("who_for") in (None, "self"):
        own = own_part(text)
        if own.text != text:
            if (settled := _read_beside_others(own)) is not None or own.is_empty:
                return settled
            text = own.text
            if not read_bare(asked, text):
                findings = {name: value for name, value in findings.items() if name != asked}
    if not words(text) and read_yes_no(text) is None:
        return None
    if is_skip(text) or puts_off(text, asked):
        return None
    said = Said(text, asked, findings, negated, more, now)
    answer = _READERS.get(asked, _read_other)(said)
    if answer is None and asked == "onset" and "pain_duration_days" in context and said.yes_no == "no":
        return "gradual"  # only "was it an injury, or did it come slowly?" was left to ask
    return answer


def _read_beside_others(own: OwnPart) -> list[str] | None:
    """ "My mom has arthritis and so do I", "... but not me": what is said of oneself goes by what others have."""
    if read_bare("arthritis_history", own.text) or read_yes_no(own.text) == UNSURE:
        return None
    if own.not_me:
        return ["none"]
    return (read_bare("arthritis_history", own.of_others) or ["unspecified"]) if own.me_too else None


def is_skip(text: str) -> bool:
    """Whether a text says nothing but that a question be left out."""
    return bool(_SKIP.fullmatch(words(text)))


def puts_off(text: str, asked: str | None) -> bool:
    """Whether a text says nothing but that the question be put later."""
    return asked in _MAY_BE_PUT_OFF and bool(_PUTS_OFF.fullmatch(words(text)))


def _read_other(said: Said) -> Any:
    return said.yes_no


_ONLY_SO = re.compile(
    r"\bi don'?t want (?!to (?:say|repeat|type|wait))|\bbut (?:only|not|no|don'?t|i)\b"
    r"|\bonly (?:if|with|for|when|the)\b|\bthough\b|\b(?:better|best|rather|prefer|please|but|maybe|perhaps) not\b"
    r"|\bnot (?:to|now|yet|today|really|sure)\b"
)
"""Behind a yes: a condition, or the contrary."""


def _read_consent(said: Said) -> Any:
    """Only a clear yes is a consent: no guess, no half, no condition."""
    first = _THEN_ASKS.match(said.text.strip())
    if first and read_yes_no(first["first"]) == "yes" and not is_hedged(first["first"]):
        return "yes"  # "Yes. Why do you ask?" is a yes, and a question
    if _ONLY_SO.search(said.low):
        return said.yes_no if said.yes_no in ("no", UNSURE) else None
    if _agrees_first(said.text):
        return "yes"
    answer = said.yes_no
    if answer == "yes" and (_SAVE_NOTHING.search(said.low) or _RATHER_NOT.search(said.low)):
        return "no" if _SAVE_NOTHING.search(said.low) else None  # "Yes, indeed. I would rather you did not."
    if answer == "yes" and _THANKS_FOR.search(said.low):
        return None
    if answer == "yes" and _WISHES.search(said.low):
        return None
    if answer == "yes" and (_ONLY_PRAISE.match(said.low) or is_hedged(said.text) or said.asks_back):
        return None
    return None if answer == "no" and _PUT_OFF.search(said.low) else answer


_POLITE = re.compile(
    r"\W*(?:well(?:\s+now)?|oh|ah|ok(?:ay)?|hi|hello|hey|good\s+(?:morning|afternoon|day|evening)|certainly|of\s+course|indeed|let\s+me\s+see"
    r"|thanks?(?:\s+(?:you|for\s+asking))?(?:\s+kindly)?|yes,?\s+indeed|much\s+obliged)\W*"
)
_MOST_BEFORE_ASKING = 3
"""Sentences."""


def _agrees_first(text: str) -> bool:
    """ "Well now. Yes, that is all right. Is there parking?": in front of a question a clear yes, and nothing else but
    manners.
    """
    parts = [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]
    if len(parts) < 2 or not parts[-1].endswith("?") or len(parts) > _MOST_BEFORE_ASKING + 1:
        return False
    said = [part for part in parts[:-1] if not _POLITE.fullmatch(plain(part))]
    return (
        len(said) == 1
        and said[0][-1] != "?"
        and read_yes_no(said[0]) == "yes"
        and not (is_hedged(said[0]) or _WISHES.search(plain(said[0])) or _ONLY_PRAISE.match(plain(said[0])))
    )


def _read_can(said: Said) -> Any:
    answer = said.yes_no
    if _CAN_FIELDS[said.asked] in said.signs or (answer is None and _CANNOT.search(said.low)):
        return "no"
    if answer is None and _CAN.search(said.low):
        return "yes"
    if answer == "yes" and is_hedged(said.text):
        return UNSURE
    return "no" if answer == "yes" and re.search(r"\b(?:can'?t|cannot|unable)\b", said.low) else answer


def _sure_no(said: Said) -> str | None:
    """The yes or no to a question whose yes is alarming: a no that is only guessed is not sure."""
    return UNSURE if said.yes_no == "no" and is_doubted_no(said.text) else said.yes_no


def _read_swelled(said: Said) -> Any:
    if _SLOW.search(said.low):
        return "no"
    return _sure_no(said) or ("yes" if _FAST.search(said.low) else None)


def _read_pop(said: Said) -> Any:
    answer = _sure_no(said)
    return "yes" if answer is None and _POP.search(said.low) and not said.asks_back else answer


def _read_side(said: Said) -> Any:
    if _SWITCHES.search(said.low):
        return "both"
    return read_asked_side(said.text) or said.unsure or said.findings.get("knee_side")


def _read_duration(said: Said) -> Any:
    own = ("pain", "other", "treatment") if _FROM_TREATMENT.search(said.low) else ("pain", "other")
    bare = len(said.low.split()) <= LONGEST_BARE_TIME  # "March": since then
    spans = find_all(said.text, said.now) or (find_all(f"since {said.text}", said.now) if bare else [])
    if not spans and (unit := BARE_UNIT.search(said.low)):  # "slow, years"
        spans = find_all(f"for {unit[1]}", said.now)
    found = [d for d in spans if d.about in own]
    if not _FROM_TREATMENT.search(said.low):
        found = [d for d in found if not (is_of_something_else(said.low, d) or is_no_start(said.text, d.start))]
    if found:
        return min(found, key=lambda d: (own.index(d.about), d.vague, d.start)).days
    if (
        bare
        and re.search(r"\b(?:since|at|around|about)\b", said.low)
        and any(time.sure for time in find_times(said.text))
    ):
        return 0  # "since 2 p.m."
    if said.findings.get("pain_duration_days") is not None:
        return said.findings["pain_duration_days"]
    return UNSURE if _LONG_AGO.search(said.low) else said.unsure


def _read_severity(said: Said) -> Any:
    if said.asks_back:
        return None  # "is 10 the worst?"
    scores = find_severity(_halves_in_digits(said.text), asked=True)
    if scores and said.asked == "pain_worst_week":
        return max(score.value for score in scores)
    if scores:
        return _score_of(scores, said.low)
    known = said.findings.get("pain_severity")
    return known if known is not None else said.unsure


def _halves_in_digits(text: str) -> str:
    """ "Seven and a half", "7 1/2" and "seven point five" as 7.5."""

    def digits(match: re.Match[str]) -> str:
        whole = number_value(match["whole"])
        part = number_value(match["point"]) if match["point"] else 5
        return match[0] if whole is None or part is None else f"{whole:g}.{part:g}"

    return _HALF.sub(digits, plain(text))


def _score_of(scores: list[Severity], low: str) -> int:
    """The first counts; where each is said of some moment ("0 sitting, 8 on stairs"), the highest."""
    if re.search(r"\bleft\b", low) and re.search(r"\bright\b", low):
        return max(score.value for score in scores)  # "left 3, right 6"
    if all(score.moment == "other" for score in scores) and not _BEFORE_NOW.search(low):
        return max(score.value for score in scores)
    return scores[0].value


def _read_onset(said: Said) -> Any:
    hurt = "injury" if "injury" in said.signs else None
    found = said.findings.get("onset") or next(iter(read_bare("onset", said.text)), None) or hurt
    if found:
        return found
    if _NO_SUCH_THING.search(said.low):
        return "gradual"
    span = next((d for d in find_all(said.text, said.now) if d.about == "pain"), None)
    if span and (is_no_start(said.text, span.start) or is_of_something_else(said.low, span)):
        return said.unsure
    return span.days if span and not said.findings.get("pain_duration_days") else said.unsure


def is_no_start(text: str, start: int) -> bool:
    """Whether the time at this place is none of a beginning: "puffy some evenings but not today"."""
    return bool(_NO_START.search(plain(text[:start])))


_PUTS_RIGHT = re.compile(r"\b(?:should (?:be|say|read)|chang\w+|correct\w*|wrong|mistake|meant|wrote|typo)\b")
"""What is put right is another answer: "I wrote the front, it should be the back"."""


def _read_activity_level(said: Said) -> Any:
    known = said.findings.get("activity_level")
    if said.asks_back:
        return None
    level = habits.read_activity_level(_LEVEL_TYPED.sub("light", said.low), known, said.findings.get("activities", ()))
    denies_else = said.negated or "none" in said.findings.get("arthritis_history", ())  # "no arthritis", "no swelling"
    if level is None and said.yes_no == "no" and not denies_else and not _PUTS_RIGHT.search(said.low):
        return "sedentary"
    return level or said.unsure


def _read_age(said: Said) -> Any:
    return about_you.read_age_band(said.low, said.now, said.more.get("age")) or said.unsure


def _read_who(said: Said) -> Any:
    if said.asks_back and not said.more.get("who_for") and not re.search(r"\b(?:me|myself|mine)\W*$", said.low):
        return None  # "what will they do when I come in?"
    return about_you.read_who_for(said.low, said.more.get("who_for"), said.more.get("age"))


def _read_number(said: Said) -> Any:
    match = re.search(NUMBER, said.low)
    value = number_value(match.group()) if match else None
    return (int(value) if value == int(value) else value) if value is not None else said.unsure


def _read_free_text(said: Said) -> Any:
    if said.asks_back:
        return None
    return UNSURE if said.yes_no == UNSURE and len(said.text.split()) < 6 else said.text.strip()[:LONGEST_FREE_TEXT]


_TELLS_OF_ELSE = re.compile(
    r"^\W*(?:(?:well|so|oh|anyway|hey|you\s+know|btw)\W+)*"
    r"(?:the|it'?s|it\s+is|it\s+was|there(?:'s|\s+is|\s+was)|he|she|they|we|my\s+\w+(?:\s+\w+)?\s+(?:is|are|was|were|has|have|had|just|starts?|got|goes|went|came)"
    r"|i\s+(?:had|have|was|am|used|went|saw|got|just|ate|forgot|left|lost)|tell\s+me|sing\s+(?:me|a\s+song))\b"
)
_HOPES = re.compile(
    r"\b(?:want\w*|like\s+to|(?:would|i'?d)\s+like|love|wish\w*|hop\w+|able|(?<!used\s)to\s+\w+|without|would|could|can|be|better|free|miss\w*|dream\w*|goal|aim|plan\w*"
    r"|need\w*|more|no|not|knees?|legs?|pain\w*)\b|n't\b"
)


def _read_goal(said: Said) -> Any:
    """A wish for the knee in almost any words; "the bus was late today" is none."""
    if _TELLS_OF_ELSE.match(said.low) and not _HOPES.search(said.low) and not said.findings:
        return None
    if said.text.rstrip().endswith("?") and is_skip(re.split(r"[.!;]", said.text, maxsplit=1)[0]):
        return None  # "Skip this, please. Are we nearly done?"
    return _read_free_text(said)


def _or_unsure(read: Callable[[str], Any], *, mends: bool = False) -> Callable[[Said], Any]:
    """A reader of the text alone; one of common words `mends` their typing errors first."""

    def reader(said: Said) -> Any:
        found = read(said.low if mends else said.text)
        return found if found is not None else said.unsure

    return reader


_READERS: dict[str, Callable[[Said], Any]] = {
    "consent": _read_consent,
    "can_walk_4_steps": _read_can,
    "can_straighten": _read_can,
    "swelled_within_2h": _read_swelled,
    "injury_pop": _read_pop,
    "knee_side": _read_side,
    "pain_duration_days": _read_duration,
    "pain_severity": _read_severity,
    "pain_worst_week": _read_severity,
    "onset": _read_onset,
    "activity_level": _read_activity_level,
    "age_band": _read_age,
    "who_for": _read_who,
    "number": _read_number,
    "goal": _read_goal,
    "access_needs": _read_free_text,
    "exercise_days": _or_unsure(habits.read_exercise_days, mends=True),
    "exercise_minutes": _or_unsure(habits.read_minutes, mends=True),
    "morning_stiffness": _or_unsure(habits.read_stiffness, mends=True),
    "payment": _or_unsure(about_you.read_payment),
    "name": _or_unsure(find_name),
    "first_name": _or_unsure(find_name),
    "phone": _or_unsure(find_phone),
    "email": _or_unsure(find_email),
    "contact": _or_unsure(read_contact),
    "time": _or_unsure(lambda text: read_time(_SPACED_TIME.sub(r"\1:\2 ", text))),
    "appointment": lambda said: read_wish(said.text, said.now),
} | dict.fromkeys(
    (
        "pain_location", "activities", "arthritis_history", "symptoms", "aggravated_by", "treatments_tried",
        "red_flags", "emergency_screen", "injury_signs", "joint_history", "injection_cautions", "interest",
    ),
    read_list,
)  # fmt: skip
