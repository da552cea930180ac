"""The rules' reading of one text: findings, the answer to the pending question, corrections."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from knee_intake.first_names import FIRST_NAMES
from knee_intake.understanding.about_you import age_beside_me
from knee_intake.understanding.answer_lists import ALARMS
from knee_intake.understanding.answers import is_no_start, read_answer
from knee_intake.understanding.asked_about import (
    without_asked,
    without_questions,
    without_questions_of_meaning,
    without_wished,
)
from knee_intake.understanding.asked_slips import mend_frame_words
from knee_intake.understanding.bare_words import whole_or_part
from knee_intake.understanding.blend import blend
from knee_intake.understanding.complaint_time import is_of_something_else
from knee_intake.understanding.corrections import read_corrections
from knee_intake.understanding.durations import BARE_UNIT, find_all, stands_alone
from knee_intake.understanding.findings import FindingsReader
from knee_intake.understanding.habits import level_by_frequency
from knee_intake.understanding.language import ENGLISH, language_of
from knee_intake.understanding.lexicon import LEXICON_FOLDER, load_lexicon
from knee_intake.understanding.named_signs import swelled_later
from knee_intake.understanding.pipeline import Pipeline
from knee_intake.understanding.plain import plain
from knee_intake.understanding.small_talk import without_small_talk
from knee_intake.understanding.spelling import Mended, Speller
from knee_intake.understanding.types import UNSURE, VALUES, Evidence, Found, RuleReading, Tag

AS_TYPED = frozenset({"name", "first_name", "contact", "email", "phone", "goal", "payment", "access_needs"})
"""Questions whose answer is kept letter by letter."""

PLACES = ("pain_location", "knee_side")
"""Questions whose reply often goes on to when and how it began: "left inner, three months slowly"."""
LONGEST_REPLY = 120
"""Characters of a reply whose words are taken for an answer whatever the tagger makes of them."""
LONGEST_GUESSED = 60
"""Characters of a reply that is guessed at: in a longer one a guess is no answer."""


MENDED_AT_ONCE = ("arthritis_history", "pain_location", "activity_level", "who_for")
"""Questions whose answer may be taken back in the same breath; times, scores and sides see to it themselves."""
_RESTATES = re.compile(
    r"(?P<first>.+?)[\s.,;!?-]+(?:(?:no|nope|oh|oops|um|uh|er|ah)[\s,.]+)*"
    r"(?:wait|hold\s+on|hang\s+on|scratch\s+that|correction|i\s+mean|i\s+meant|actually|or\s+rather|make\s+that|sorry)"
    r"[\s,.:!]+(?:(?:no|wait|sorry|it'?s|it\s+is|it\s+was|that'?s|i\s+mean|i\s+meant|the)[\s,.]+)*(?P<then>.+)",
    re.IGNORECASE | re.DOTALL,
)
_WHO = ("self", "other_adult", "child")
AGREEMENTS = ("consent", "tell_clinic", "cancel_visit")
SHORTLY_AGREED = 12
"""Characters of a reply that is guessed at where it agrees to something: "yse", "okya pls"."""
STRICT = ("consent", "tell_clinic", "cancel_visit", "who_for", "age_band", "read_back", "appointment", "options")
"""Questions whose answer is never looked for in a part of what was said."""
ENDS_IT = ("under_18", "child")
"""Answers that end the interview: never guessed."""
SCORES = ("pain_severity", "pain_worst_week", "number")
_ONLY_A_NUMBER = re.compile(r"\W*\d{1,2}\W*")
_CLICKS = re.compile(
    r"\b(?:click\w*|grind\w*|creak\w*|crunch\w*|pops|popping|snaps|snapping|every|each|keeps?|still|always)\b", re.I
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_OPENER = re.compile(r"^\W*(?:yes,?\s+indeed|of\s+course|certainly|indeed|well(?:,?\s+now)?)[.!]\s+", re.I)
"""Manners in front of an answer: "Yes, indeed. I have not tried anything."""
_YES_OR_NO = re.compile(r"\W*(?:no|nope|nah|never|none|yes|yeah|yep|not)\b", re.I)
_OF_PAIN = re.compile(r"\b(?:pain\w*|hurt\w*|ache\w*|aching|sore|knees?)\b", re.IGNORECASE)
WHEN = ("onset", "pain_duration_days", "appointment")
_ONLY_A_DATE = re.compile(r"\W*(?:since |on )?\d{1,2}/\d{1,2}\W*", re.IGNORECASE)
_ADDS = re.compile(r"\b(?:also|too|as\s+well|both|plus)\b|^\W*and\b", re.IGNORECASE)


@dataclass(frozen=True)
class Heard:
    """A text, its slips put right, and what the rules find in it."""

    text: str
    mended: Mended
    found: Found
    now: datetime


class RuleReader:
    """Everything about a text that needs no model. Built once, about three seconds; reads in a millisecond or two."""

    def __init__(self, lexicon_folder: Path | None = None) -> None:
        lexicon = load_lexicon(lexicon_folder or LEXICON_FOLDER)
        self._speller = Speller(lexicon)
        self._findings = FindingsReader(Pipeline(lexicon))

    def read(
        self,
        text: str,
        asked: str | None = None,
        context: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> RuleReading:
        """Read `text` as the reply to `asked`, with what was answered before as `context`. Takes any text."""
        return self.conclude(self.listen(text, asked, now), asked, context)

    def listen(self, text: str, asked: str | None = None, now: datetime | None = None) -> Heard:
        """What the text states by itself."""
        moment = now or datetime.now().astimezone()
        english = language_of(text) == ENGLISH
        mended = self._speller.mend(text, asked) if english else Mended(text)  # "tengo" is no slip for "ten go"
        return Heard(text, mended, self._findings.read(mended.text, asked, moment), moment)

    def conclude(
        self,
        heard: Heard,
        asked: str | None = None,
        context: Mapping[str, Any] | None = None,
        tags: Sequence[Tag] = (),
    ) -> RuleReading:
        """The whole reading: what was heard, weighed against the tags of the mended text, as answer and correction."""
        text, mended, restated = heard.text, heard.mended, None
        found = blend(heard.found, _without_asides(tags, mended.text), mended.text)
        found = _without_one_pop(_without_late_swelling(found, mended.text), mended.text, asked)
        found = without_asked(_with_level(_without_parts(found, mended.text), mended.text), mended.text)
        tells_pain = asked == "onset" or (asked in PLACES and "onset" in found.findings)
        beside_place = bool({*PLACES} & {*found.findings, *([asked] if asked in PLACES else [])})
        if (
            tells_pain
            or (beside_place and stands_alone(mended.text, heard.now))
            or (BARE_UNIT.search(mended.text) and _OF_PAIN.search(mended.text))
        ):
            found = _with_its_time(found, mended.text, heard.now)
        found, told = without_questions_of_meaning(found, mended.text)
        plainly = without_small_talk(told)
        for name in self._mended_fields(asked, found):
            if (value := self._restated(plainly, name, heard.now)) is None:
                continue
            restated = value if name == asked else restated
            if name in VALUES:
                denied = [one for one in found.negated if one not in value]
                found = replace(found, findings={**found.findings, name: value}, negated=denied)
            else:
                found = replace(found, more={**found.more, name: value})
        is_date = asked in WHEN and _ONLY_A_DATE.fullmatch(told)  # "5/10" where a day was asked for
        if is_date or (asked not in SCORES and _ONLY_A_NUMBER.fullmatch(told)):
            found = replace(found, findings={k: v for k, v in found.findings.items() if k != "pain_severity"})
        known = dict(context or {})
        said = (found.findings, found.negated, found.more, known, heard.now)
        answer = restated or (read_answer(told, asked, *said) if asked else None)
        if asked in AS_TYPED and answer != UNSURE and not (asked == "goal" and answer is None):
            typed = mend_frame_words(text, asked, self._speller.is_word)
            answer = _without_slip_for_name(read_answer(typed, asked, *said), answer, mended)
        elif asked and answer is None:
            again = replace(heard, found=without_wished(heard.found, mended.text))
            if told != mended.text:
                stated, _ = without_questions_of_meaning(again.found, mended.text)
                again = replace(heard, text=told, mended=Mended(told), found=stated)
            answer = self._second_look(again, asked, known, found.negated)
        if asked == "symptoms" and isinstance(answer, list) and answer:
            stated = heard.found.findings.get("symptoms", ())
            doubted = {*stated} & {*found.negated} - {*heard.found.negated}
            answer = [*answer, *(value for value in stated if value in doubted and value not in answer)]
        if asked == "who_for" and answer == "self":
            found = replace(found, more={**found.more, "who_for": "self"})  # the kids are only in the room
            if "age" not in found.more and (age := age_beside_me(mended.text)) is not None:
                found = replace(found, more={**found.more, "age": age})
        corrections = read_corrections(mended.text, *said, asked, text) if known else {}
        return RuleReading(
            findings=found.findings,
            negated=tuple(found.negated),
            more=found.more,
            answer=answer,
            corrections=corrections,
            why=tuple(_as_received(evidence, text, mended) for evidence in found.why),
            mended=mended.text,
            unknown=self._speller.unknown(mended.text) if len(text) <= LONGEST_REPLY else (),
        )

    def _mended_fields(self, asked: str | None, found: Found) -> list[str]:
        """The fields of which a text may take back a value in the same breath."""
        told = {*found.findings, *found.more}
        return [name for name in MENDED_AT_ONCE if name == asked or name in told]

    def _restated(self, text: str, asked: str, now: datetime) -> Any:
        """ "Osteoarthritis. No hold on, rheumatoid": the value said in place of the first one; else None."""
        found = _RESTATES.fullmatch(text.strip()) if len(text) <= LONGEST_REPLY else None
        if found is None or _ADDS.search(found["then"]):
            return None
        first, then = (self._answer_alone(found[part], asked, now) for part in ("first", "then"))
        return then if first and then and first != then else None

    def _answer_alone(self, text: str, asked: str, now: datetime) -> Any:
        """What some words by themselves answer, where it is one of the values of the question; else None."""
        answer = self._read_alone(text, asked, {}, now)
        values, known = answer if isinstance(answer, list) else [answer], VALUES.get(asked, _WHO)
        return answer if values and all(value in known for value in values) else None

    def _second_look(self, heard: Heard, asked: str, known: Mapping[str, Any], denied: Collection[str]) -> Any:
        """The answer to a question that seems unanswered: first without the tagger's doubts, since who is asked whether
        the knee gives way and says "it does give way" means it; then with a slip put right. On a checklist of alarms
        the tagger must have heard the thing, if only as `denied`: a keyboard that is stuck is no knee.
        """
        answer, found = None, heard.found
        if len(heard.text) <= LONGEST_REPLY:
            said = (found.findings, found.negated, found.more, known, heard.now)
            answer = read_answer(heard.mended.text, asked, *said)
            if asked in ALARMS and isinstance(answer, list) and not {*answer} <= {*denied}:
                answer = None
        if answer is None and asked not in ALARMS and asked not in STRICT:
            answer = self._said_in_one_sentence(heard, asked, known)
        longest = SHORTLY_AGREED if asked in AGREEMENTS else LONGEST_GUESSED
        if answer is None and len(heard.text) <= longest:
            answer = self._guess(heard.text, asked, known, heard.now)
        return answer

    def _said_in_one_sentence(self, heard: Heard, asked: str, known: Mapping[str, Any]) -> Any:
        """ "I must call my brother. No, not that I ever heard. What can I take?": the sentence that answers."""
        behind = _OPENER.sub("", heard.mended.text)
        if behind != heard.mended.text and not behind.rstrip().endswith("?"):
            return self._read_alone(behind, asked, known, heard.now)
        parts = [
            part for part in _SENTENCE.split(heard.mended.text) if _YES_OR_NO.match(part) and not part.endswith("?")
        ]
        if len(parts) != 1 or parts[0] == heard.mended.text.strip():
            return None
        return self._read_alone(parts[0], asked, known, heard.now)

    def _read_alone(self, text: str, asked: str, known: Mapping[str, Any], now: datetime) -> Any:
        """The answer in some words, read as if nothing else had been said."""
        found = self._findings.read(text, asked, now)
        return read_answer(text, asked, found.findings, found.negated, found.more, known, now)

    def _guess(self, text: str, asked: str, known: Mapping[str, Any], now: datetime) -> Any:
        """What a mistyped reply answers; None where it stays unclear. It fills nothing but the open question."""
        for guessed in self._speller.guesses(text):
            answer = self._read_alone(guessed, asked, known, now)
            if answer is not None and answer not in ENDS_IT:
                return answer
        return None


def _without_slip_for_name(typed: Any, mended_answer: Any, mended: Mended) -> Any:
    """What was read from the letters as typed, without a name that is only a slip: "ratehr not", "ok i'm goign now".

    A name that the spelling leaves alone, or that is a known first name, stays whatever it looks like.
    """
    told = typed.get("first_name") if isinstance(typed, dict) else typed
    again = mended_answer.get("first_name") if isinstance(mended_answer, dict) else mended_answer
    if not isinstance(told, str):
        return typed
    if isinstance(again, str) and isinstance(typed, dict) and told.startswith(f"{again} "):
        return {**typed, "first_name": again}  # "Priya hwre!"
    if again is not None:
        return typed
    words = {word.casefold() for word in told.split()}
    if words & (FIRST_NAMES | {*re.findall(r"[^\W\d_]+", mended.text.casefold())}):
        return typed
    if not isinstance(typed, dict):
        return None
    return {name: value for name, value in typed.items() if name != "first_name"} or None


def _without_asides(tags: Sequence[Tag], text: str) -> list[Tag]:
    """The tags without what is heard in small talk: "Sorry, my cat walked over the keyboard" tells of no walks.

    Alarm signs stay, wherever they are heard.
    """
    bare = without_small_talk(text)
    return [
        tag
        for tag in tags
        if tag.label.startswith(("sign=", "red_flags=")) or bare[tag.start : tag.end] == text[tag.start : tag.end]
    ]


def _without_parts(found: Found, text: str) -> Found:
    """ "The whole knee, front and back and everything" is all over; "all around the kneecap" is the front."""
    places = whole_or_part(found.findings.get("pain_location", []), text)
    if places == found.findings.get("pain_location", []):
        return found
    return replace(found, findings={**found.findings, "pain_location": places})


def _without_one_pop(found: Found, text: str, asked: str | None) -> Found:
    """Who is asked for signs of an injury and says "it went pop" heard it once: no clicking."""
    symptoms = found.findings.get("symptoms", ())
    if asked not in ("injury_signs", "injury_pop") or "clicking" not in symptoms or _CLICKS.search(text):
        return found
    left = [value for value in symptoms if value != "clicking"]
    findings = {name: value for name, value in found.findings.items() if name != "symptoms"}
    return replace(found, findings={**findings, "symptoms": left} if left else findings)


def _without_late_swelling(found: Found, text: str) -> Found:
    """ "It swelled after five or six hours" was not within two."""
    signs = found.more.get("signs", ())
    if "swelled_within_2h" not in signs or not swelled_later(text):
        return found
    return replace(found, more={**found.more, "signs": [sign for sign in signs if sign != "swelled_within_2h"]})


def _with_its_time(found: Found, text: str, now: datetime) -> Found:
    """Who is asked when and how it began and names one time means that time, also where it is long past."""
    text = without_questions(text)
    spans = [span for span in find_all(text, now) if span.about in ("pain", "other")]
    if not spans and (bare := BARE_UNIT.search(text)):  # "slow, years"
        spans = [replace(span, start=bare.start(1), end=bare.end(1)) for span in find_all(f"for {bare[1]}", now)]
    spans = [span for span in spans if not is_of_something_else(plain(text), span)]
    if "pain_duration_days" in found.findings or len(spans) != 1:
        return found
    span = spans[0]
    if is_no_start(text, span.start):
        return found
    words = text[span.start : span.end]
    seen = Evidence("pain_duration_days", span.days, words, span.start, span.end, "onset:when", "affirmed")
    return replace(found, findings={**found.findings, "pain_duration_days": span.days}, why=[*found.why, seen])


def _with_level(found: Found, text: str) -> Found:
    """ "I run most days" also tells how active somebody is."""
    sports = found.findings.get("activities", ())
    level = level_by_frequency(text, sports)
    known = found.findings.get("activity_level")
    if not sports or (known is not None and not (known == "moderate" and level == "vigorous")):
        return found
    seen = next((one for one in found.why if one.field == "activities" and one.assertion == "affirmed"), None)
    if level is None or seen is None:
        return found
    why = replace(seen, field="activity_level", value=level, rule="activities:how often")
    return replace(found, findings={**found.findings, "activity_level": level}, why=[*found.why, why])


def _as_received(evidence: Evidence, text: str, mended: Mended) -> Evidence:
    """Evidence from a mended text, with the words and places of the text that was received."""
    if mended.text == text:
        return evidence
    start, end = mended.origin(evidence.start, evidence.end)
    return replace(evidence, start=start, end=end, words=text[start:end])
