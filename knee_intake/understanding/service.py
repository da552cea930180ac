"""One text, read in the light of the pending question and the answers so far: rules and classifier together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from knee_intake.understanding.answer_lists import ALARMS
from knee_intake.understanding.blend import doubted, labels_of, sentence_at
from knee_intake.understanding.not_ours import is_not_ours, is_of_another_part, is_surely_ours
from knee_intake.understanding.plain import plain
from knee_intake.understanding.types import (
    UNSURE,
    IntentClassifier,
    IntentReading,
    RuleReading,
    Tag,
    Understood,
)

if TYPE_CHECKING:
    from knee_intake.settings import Settings
    from knee_intake.understanding.reader import Heard, RuleReader

INFORM, OUT_OF_SCOPE = "inform", "out_of_scope"
SURE = 1.0
SETTLED = 0.9
"""Confidence of an intent that the rules settled against the classifier."""

CERTAIN = 0.6
"""Share of the vote from which a rejection stands even where a knee is named."""

SURELY_ASKED = 0.85
"""Share of the vote from which a text that tells of a knee is a question even without a question's form ("gel shots vs
cortisone")."""

A_STORY = 100
"""Characters from which on a text is heard once more where the tagger doubts what the rules hear."""
MOST_HEARD_AGAIN = 3
"""Sentences."""

SHORT = 6
"""Words; a longer text goes to the classifier even where the rules found an answer in it."""
OPEN_QUESTIONS = frozenset({"goal", "name", "first_name", "contact", "payment", "access_needs"})
"""Almost any words are an answer to these, so an answer alone does not tell that the text is none of our intents."""

TALK = frozenset(
    {"greet", "goodbye", "thanks", "affirm", "deny", "unsure", "help", "skip", "later", "repeat", "just_question",
     "insult", "change_answer", "go_back", "already_patient", "stop", "other_language",
     "distress", "what_means"}
)  # fmt: skip
"""Intents that a text which states something about the body does not mainly have."""
CIRCUMSTANCES = frozenset({"pain_duration_days", "pain_severity", "activities", "activity_level", "onset"})
"""Findings that also stand in texts about anything else ("remind me in three weeks")."""

_KNEE = re.compile(r"\b(?:knees?|kneecaps?|patell\w+|menisc\w+|acl|mcl|pcl|botox|dysport|botulin\w+|arthriti\w+)\b")
_MY_KNEE_HURTS = re.compile(
    r"\bmy (?:(?!dog|cat|horse|puppy|pony|mom|dad)\w+ )?knees? "
    r"(?:(?:is|are|has|have|really|just|still|been|always|does) )*"
    r"(?:hurt|ach|sore|kill|pain|bother|bad|swollen|stiff|throb)"
)
"""Ours, however odd the rest: an animal's or another person's knee stands with an 's."""
_ASKS = re.compile(
    r"\?|(?:^|[.!,;]\s*|\b(?:and|but|so|ok|okay|yeah|hi|hello|um|uh|well|also|then)\s+)"
    r"(?:whats?|hows?|whens?|wheres?|whys?|who|whos|which|what's|how's|when's|where's|who's|is|isnt|isn't|are|arent|"
    r"aren't|do|does|doesnt|doesn't|dont you|don't you|did|can|could|will|would|should|shall|may|am|was|were|has|any|"
    r"tell me|explain|show me|give me|send me|let me know|find|looking for|wondering|curious)\b(?!')"
    r"|\b(?:i wonder|wondering if|want to know|like to know|need to know|do you know|can you|could you|do you)\b"
)


_NEW_VISIT = re.compile(
    r"\b(?:(?:can|could|may|should) (?:i|we) (?:still |also |then |just )?(?:book|schedule|get|make)"
    r"|book (?:him|her|me|us|them|a|an|in)\b"
    r"|(?:make|set up|schedule|get) (?:me |him |her |us )?an? (?:appointment|appt|visit))"
)
_VISIT_MADE = re.compile(
    r"\b(?:re-?schedul\w*|re-?book\w*|cancel\w*|mov(?:e|ed|ing)|chang\w+|switch\w*|push\w*|postpon\w*|swap\w*|instead"
    r"|(?:an)?other (?:day|time|date|slot)|different|later|earlier|sooner|make it|forward|out of"
    r"|(?:my|his|her|our|the|that|this) (?:\w+ )?(?:appointment|appt|visit|booking|slot|time|consult\w*|one))\b"
)
_CALLS_OFF = re.compile(
    r"\b(?:cancel\w*|call(?:ing|ed)? (?:\w+ )?off|come|coming|make it|attend\w*|show(?:ing)? up|be there|no longer"
    r"|don'?t need|skip\w*|drop|remove|delete|scrap|forget|take (?:me|us|him|her) off|appointment|appt|visit"
    r"|booking|slot|consult\w*|need it)\b"
)
_WHEN_TO_CALL = re.compile(
    r"\b(?:call|calls|phone|ring|text)\b.{0,15}\b(?:after|before|between|until|till|past|mornings?|evenings?)\b"
)
""" "And don't call after 6"."""
_ONE_MORE_VISIT = re.compile(r"\b(?:another|a new|a second|one more|an extra) (?:appointment|appt|visit|booking)\b")
"""A visit wished for beside the one there is, or where there is none: nothing is moved."""


LIKELY_INSTEAD = 0.2
"""The share of an intent that is taken in place of the likeliest one, which the words rule out."""


class Understanding:
    """Everything that understanding a visitor's text needs, loaded once."""

    def __init__(self, reader: RuleReader, classifier: IntentClassifier) -> None:
        self.reader = reader
        self._classifier = classifier

    def understand(
        self,
        text: str,
        *,
        asked: str | None = None,
        context: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> Understood:
        """Read one text. `now` is the local time with which "tomorrow" is read."""
        heard = self.reader.listen(text, asked, now)
        rules, reading = None, settled_by_form(text)
        if reading is not None or is_short_reply(text, asked):
            rules = self.reader.conclude(heard, asked, context)
            reading = reading or settled_by_answer(rules)
            if reading is not None and asked not in ALARMS and _states_alarm(rules):
                # an alarm beside a short answer is weighed as in any longer text: "worse with climbing stairs"
                tags = self._classifier.classify(heard.mended.text).tags
                rules = self.reader.conclude(heard, asked, context, tags)
        if rules is None or reading is None:
            heard_by_model = self._classifier.classify(heard.mended.text)
            rules = self.reader.conclude(heard, asked, context, self._tags_of_a_story(heard, heard_by_model))
            reading = settle(text, heard_by_model, rules)
        return Understood(
            text=text,
            intent=reading.intent,
            confidence=reading.confidence,
            findings=rules.findings,
            negated=rules.negated,
            more=rules.more,
            answer=rules.answer,
            corrections=rules.corrections,
            why=rules.why,
            ranking=reading.ranking,
            mended=rules.mended,
            unknown=rules.unknown,
        )

    def _tags_of_a_story(self, heard: Heard, reading: IntentReading) -> Sequence[Tag]:
        """The tags of a text; in a long one, what the tagger doubts is heard once more in its own sentence alone.

        A "never" far off in a story makes it deaf to a plain "worse with walking".
        """
        text = heard.mended.text
        if len(text) < A_STORY:
            return reading.tags
        tags = {tag.label: tag for tag in reading.tags}
        sentences = {sentence_at(text, seen.start) for seen in doubted(heard.found, reading.tags)}
        for start, end in sorted(sentences)[:MOST_HEARD_AGAIN]:
            if end - start == len(text):
                continue
            alone = {tag.label: tag for tag in self._classifier.classify(text[start:end]).tags}
            for seen in doubted(heard.found, list(tags.values())):
                if not start <= seen.start < end:
                    continue
                for label in labels_of(seen):
                    tag = alone.get(label)
                    if tag is not None:
                        tags[label] = replace(tag, start=tag.start + start, end=tag.end + start)
                    else:
                        tags.pop(label, None)
        return list(tags.values())


def settled_by_form(text: str) -> IntentReading | None:
    """The intent of a text that no classifier can read: without letters or digits, or in another script."""
    if not any(char.isalnum() for char in text):
        return IntentReading(OUT_OF_SCOPE, SURE)
    return IntentReading("other_language", SURE) if _other_script(text) else None


def is_short_reply(text: str, asked: str | None) -> bool:
    """Whether the text is so short that, if it answers what was asked, it is nothing but the answer."""
    return asked is not None and asked not in OPEN_QUESTIONS and len(text.split()) <= SHORT and not asks(text)


def settled_by_answer(rules: RuleReading) -> IntentReading | None:
    """The intent of a short reply, if it is an answer: it needs no classifier."""
    return None if rules.answer is None else IntentReading(_intent_of_answer(rules), SURE)


def settle(text: str, reading: IntentReading, rules: RuleReading) -> IntentReading:
    """The classifier's reading, put right where the rules know better; its own ranking is kept."""
    intent = _settled(text, reading, rules)
    if intent == reading.intent:
        return reading
    return IntentReading(intent, max(dict(reading.ranking).get(intent, 0.0), SETTLED), reading.ranking)


def _settled(text: str, reading: IntentReading, rules: RuleReading) -> str:
    low = plain(text)
    if reading.intent == "reschedule" and (
        _ONE_MORE_VISIT.search(low) or (_NEW_VISIT.search(low) and not _VISIT_MADE.search(low))
    ):
        return "book"
    if reading.intent == "cancel_booking" and not _CALLS_OFF.search(low):
        likely = (intent for intent, share in reading.ranking[1:3] if share >= LIKELY_INSTEAD)
        return next((intent for intent in likely if intent != "reschedule"), INFORM)  # "he refuses to go to the ER"
    if reading.intent == "distress" and _WHEN_TO_CALL.search(low):
        return INFORM
    about_knee = bool(_KNEE.search(low)) or bool(set(rules.findings) - CIRCUMSTANCES)
    if reading.intent == OUT_OF_SCOPE and not asks(text) and _MY_KNEE_HURTS.search(low):
        return INFORM
    is_alarming = bool(rules.more.get("signs"))
    if rules.answer is None and not is_alarming and is_not_ours(text):
        return OUT_OF_SCOPE  # "cancel my gym membership"
    if reading.intent == OUT_OF_SCOPE and is_surely_ours(text):
        return _best_question(reading) if asks(text) else INFORM
    if reading.intent == OUT_OF_SCOPE and reading.confidence >= CERTAIN and rules.answer is None:
        return OUT_OF_SCOPE  # a dog's knee, a poem about knees: the word alone makes it none of ours
    is_elsewhere = not (about_knee or is_alarming or is_surely_ours(text)) and is_of_another_part(text)
    if is_elsewhere and (asks(text) or _states_nothing(reading, rules)):
        return OUT_OF_SCOPE  # "any surgery for bunions?"
    if asks(text):
        # "can my knee …?" is for us, whatever it asks
        return _best_question(reading) if reading.intent == OUT_OF_SCOPE and about_knee else reading.intent
    if reading.intent == OUT_OF_SCOPE:
        return INFORM if about_knee or rules.answer is not None else OUT_OF_SCOPE
    states = bool(rules.findings or rules.negated or rules.more.get("signs") or rules.corrections)
    is_question = reading.intent.startswith("ask_") and reading.confidence < SURELY_ASKED
    if states and about_knee and (reading.intent in TALK or is_question):
        return INFORM
    return reading.intent


def _states_alarm(rules: RuleReading) -> bool:
    return bool(rules.more.get("signs") or rules.findings.get("red_flags"))


def _states_nothing(reading: IntentReading, rules: RuleReading) -> bool:
    """Whether neither rules nor classifier hear an answer, a finding or a sign in what is no small talk."""
    heard = rules.answer is not None or rules.findings or rules.negated or rules.corrections or rules.more
    is_told = reading.intent == INFORM and reading.confidence >= CERTAIN
    return not (heard or is_told or reading.intent in TALK)


def asks(text: str) -> bool:
    """Whether the text has the form of a question or a request for an answer."""
    return bool(_ASKS.search(plain(text).strip()))


def load_understanding(settings: Settings) -> Understanding:
    """The rules and the trained classifier that fit the settings; trains where no model fits. Raises ModelError."""
    from knee_intake.understanding.model_file import load_classifier
    from knee_intake.understanding.reader import RuleReader
    from knee_intake.understanding.training import ensure_model

    return Understanding(RuleReader(), load_classifier(ensure_model(settings)))


def _intent_of_answer(rules: RuleReading) -> str:
    if rules.answer == UNSURE:
        return "unsure"
    return {"yes": "affirm", "no": "deny"}.get(str(rules.answer), INFORM)


def _best_question(reading: IntentReading) -> str:
    """The likeliest intent that is not a rejection."""
    return next((intent for intent, _ in reading.ranking if intent != OUT_OF_SCOPE), INFORM)


def _other_script(text: str) -> bool:
    """Whether most letters are of a script that English is not written in."""
    letters = [char for char in text[:500] if char.isalpha()]
    foreign = sum("LATIN" not in unicodedata.name(char, "") for char in letters)
    return foreign * 2 > len(letters)
