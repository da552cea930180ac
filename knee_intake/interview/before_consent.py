"""What is said before the visitor has agreed that words are kept. PURE.

Nothing of this stage reaches Rasa, staff or an export. General questions are answered; what is told about the knee
waits (on disk, apart, for minutes) until consent is given, and is then read as if said at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from knee_intake import faq
from knee_intake.interview import flow, off_duty
from knee_intake.interview.asked_of_chat import asked_about_chat
from knee_intake.interview.consent_words import (
    begins_with_no,
    consents,
    is_short_goodbye,
    leaves,
    refuses,
    spanish_yes_no,
    wants_look_up,
)
from knee_intake.interview.cost_words import asked_on_cost
from knee_intake.interview.errands import OF_THE_DESK, complains_of_bill, errand_of
from knee_intake.interview.feelings import fears_for_knee, is_afraid, tells_of_loss
from knee_intake.interview.going import goes_for_less, goes_now, has_read
from knee_intake.interview.hear import SURE_ENOUGH, WANTS_PERSON, Heard
from knee_intake.interview.model import Intake, most_urgent
from knee_intake.interview.no_times import honest_labels
from knee_intake.interview.plain_words import (
    is_question,
    question_behind,
    speaks_of_agreement,
    speaks_of_person,
    wants_visit,
)
from knee_intake.interview.say import Say, pairs
from knee_intake.interview.small_questions import answer_key, small_question, small_questions
from knee_intake.safety import STOPPING
from knee_intake.understanding.contacts import read_contact
from knee_intake.understanding.language import ENGLISH
from knee_intake.understanding.yes_no import read_yes_no

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

ROOM = "emergency_room"
SHORT_NO = 3
"""Words of a no where nothing was asked; "no i want one word" refuses nothing."""
FACTS_BESIDE_ALARM = ("ask_location", "ask_hours", "ask_privacy", "ask_bot", "ask_parking")
"""What is answered while an emergency text stands; to anything else the advice comes once more."""
DOORS = (("door_knee", "knee"), ("door_book", "book"), ("door_question", "question"), ("door_patient", "patient"))

BEFORE_CONSENT = {
    "greet": "hello_again", "affirm": "sure", "thanks": "welcome", "help": "help", "distress": "distress",
    "who_says": "sources_none", "how_to_change": "how_to_change", "reminder": "reminder_none",
    "not_known": "not_known", "no_offence": "no_offence",
}  # fmt: skip
"""Intent -> the phrase that is said before the question for consent, or before the doors, comes again."""
_WANTS_PHONE = re.compile(
    r"\b(?:just|only|give me|gimme|what(?:'s|s| is)|need|have) (?:the |your |a |the clinic'?s? )?"
    r"(?:phone|telephone)(?: number)?\b",
    re.IGNORECASE,
)
_ABOUT_KNEE = re.compile(r"\bknees?\b", re.IGNORECASE)
_TALKS = re.compile(
    r"\b(?:talk|speak|chat|call|phone|ring|connect|transfer|reach|contact|human|real|person|people|agent|staff|nurse|operator"
    r"|receptionist|desk|bot|robot|machine|help)\w*\b",
    re.IGNORECASE,
)
LEAVES_THE_ALARM = (*WANTS_PERSON, "stop", "goodbye", "already_patient", "reschedule", "cancel_booking")
"""What somebody may want who was just told of an emergency; to anything else the advice is given once more."""
ABOUT_CONSENT = ("why_ask", "what_means")
NO_MORE_KNOWN = ("ask_cost", "ask_hours", "ask_parking")
"""Questions on facts of the clinic: who asks on is not told the same once more, but who knows it."""
IN_OTHER_WORDS = {
    "doors": ("doors_else", "doors_pick", "doors"),
    "doors_hello": ("doors", "doors_pick", "doors_else"),
    "welcome": ("welcome", "gladly"),
    "not_heard_open": ("not_heard_open", "not_heard_doors"),
    "refused_again": ("refused_again", "refused_still"),
    "goodbye_before": ("goodbye_before", "goodbye_short"),
    "insult": ("insult", "insult_again"),
    "fear": ("fear", "fear_2"),
    "advised_more": ("advised_more", "advised_again"),
    "tell_clinic": ("tell_clinic", "tell_clinic_again"),
    "answer_again": ("answer_again", "answer_again_2", "answer_again_3"),
    "after_alarm_going": ("after_alarm_going", "advised_more"),
    "after_alarm_calling": ("after_alarm_calling", "advised_more"),
    "other_language": ("other_language", "other_language_again"),
    "already_patient": ("already_patient", "already_patient_again"),
    "welcome_question": ("welcome_question", "welcome_question_again"),
}  # fmt: skip
"""What may have to be said several times, and its wordings: nobody should hear a machine repeat itself."""


@dataclass
class Stage:
    """Where a conversation without consent stands; lies beside the pending texts and goes with them."""

    door: str | None = None
    asked: str | None = None
    """None | consent | tell_clinic"""
    offered: list[dict[str, str]] = field(default_factory=list)
    refused: bool = False
    wants: str | None = None
    """call_me | talk_to_human | reschedule | cancel_booking: to be done as soon as consent is given."""
    shown: list[str] = field(default_factory=list)
    """Rules whose safety text was shown."""
    withdrawn: bool = False
    """The agreement was given and taken back: nothing is kept, not even for the minutes until a yes."""
    errand: str | None = None
    """refill | results | bill | papers | visit: what a call back is about."""
    times_asked: int = 0
    """How often consent was asked for: the words change."""
    answered: str | None = None
    """The question of the visitor's that was answered last."""
    lang: str | None = None
    """That of the safety text that was shown, where it is not the chat's."""
    alarmed: bool = False
    """An emergency text was shown: no visit is offered behind it."""
    alarm: dict[str, str] | None = None
    """The most urgent emergency text that was shown: {rule, urgency, text}."""
    turns: dict[str, int] = field(default_factory=dict)
    """How often each of the phrases that come in several wordings was said."""

    def to_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)

    @classmethod
    def from_dict(cls, data: dict[str, Any] | None) -> Stage:
        return cls(**(data or {}))


@dataclass
class Reply:
    """What a text before consent leads to."""

    says: list[Say]
    stage: Stage
    keep: bool = False
    """The text tells something: hold it until consent is given."""
    consent: bool | None = None
    """True: given with this text; False: refused with it."""
    tell_clinic: bool | None = None


def greeting(clinic: Clinic, lang: str = "en") -> tuple[list[Say], Stage]:
    """The first message, with its four doors."""
    practice = clinic.practice
    text = clinic.questions.phrase(
        "greeting" if practice.widget.offers_times else "greeting_no_times", lang,
        clinic=practice.name.value, phone=practice.phone_text(), hours=practice.open_hours_text(lang),
    )  # fmt: skip
    doors = _doors(clinic, lang)
    text = f"{text} {clinic.questions.phrase('doors', lang)}"
    said = Say(text, doors, {"kind": "choices", "for": "door"}, name="greeting")
    return [said], Stage(offered=[{"label": label, "value": value} for label, value in doors])


def _doors(clinic: Clinic, lang: str) -> tuple[tuple[str, str], ...]:
    doors = tuple((clinic.questions.phrase(name, lang), value) for name, value in DOORS)
    return honest_labels(doors, clinic, lang)


def respond(
    heard: Heard, stage: Stage, clinic: Clinic, now: datetime, channels: Collection[str], lang: str = "en"
) -> Reply:
    """The reply to one text before consent. `channels` are the ways by which staff are told (mail, webhook)."""
    talk = _Before(heard, Stage.from_dict(stage.to_dict()), clinic, now, channels, stage.lang or lang)
    if heard.emergency:
        return talk.emergency()
    text = heard.understood.text
    if stage.asked == "tell_clinic" and heard.choice is None and (said := talk.of_going()) is not None:
        return said
    if stage.asked == "tell_clinic":
        in_spanish = stage.lang is not None and heard.choice is None
        answer = spanish_yes_no(text) if in_spanish else heard.understood.answer
        if answer in ("yes", "no"):
            return talk.told() if answer == "yes" else talk.not_told()
        intent = heard.understood.intent
        if in_spanish or not (intent in FACTS_BESIDE_ALARM or intent in LEAVES_THE_ALARM):
            return talk.ask_to_tell()
    if (stage.asked == "consent" and leaves(text)) or (
        is_short_goodbye(heard.understood.as_meant) and not _tells(heard)
    ):
        return talk.leaves()
    if stage.asked == "consent" and (answer := _consent_in(heard)) is not None:
        return talk.agreed() if answer == "yes" else talk.refuse()
    if stage.withdrawn and _tells(heard):
        return talk.told_after_withdrawal()
    if heard.choice in {value for _, value in DOORS}:
        return talk.through_door(str(heard.choice))
    return talk.other_words()


class _Before:
    def __init__(
        self, heard: Heard, stage: Stage, clinic: Clinic, now: datetime, channels: Collection[str], lang: str
    ) -> None:
        self.heard, self.stage, self.clinic, self.lang = heard, stage, clinic, lang
        self.now, self.channels = now, channels

    def phrase(self, name: str, /, **values: Any) -> str:
        """The phrase; where it has several wordings, another one each time."""
        practice = self.clinic.practice
        if (wordings := IN_OTHER_WORDS.get(name)) is not None:
            turn = self.stage.turns.get(name, -1) + 1
            self.stage.turns[name] = turn
            name = wordings[turn % len(wordings)]
        return self.clinic.questions.phrase(
            name, self.lang, **{"phone": practice.phone_text(), "clinic": practice.name.value, **values}
        )

    def emergency(self) -> Reply:
        shown = [hit for hit in self.heard.hits if hit.shown][:1]
        self.stage.alarmed = True
        if shown and self._is_worst(shown[0].urgency):
            self.stage.alarm = {"rule": shown[0].rule, "urgency": shown[0].urgency, "text": str(shown[0].shown)}
        says = [Say(str(hit.shown), alert=hit.urgency, name=hit.rule) for hit in shown]
        lang = off_duty.language_of_texts(shown)
        self.lang, self.stage.lang = lang, lang if lang != ENGLISH else None
        nobody = off_duty.after_alarm(shown, self.clinic, self.now, self.channels, self.lang)
        return Reply([*says, self._may_tell(" ".join(said.text for said in nobody))], self.stage, keep=True)

    def _is_worst(self, urgency: str) -> bool:
        """Whether no emergency text before was more urgent."""
        before = self.stage.alarm
        return before is None or most_urgent(urgency, before["urgency"]) == urgency

    def ask_to_tell(self) -> Reply:
        """The advice once more, to words that are no yes and no no."""
        return Reply([self._may_tell(self.phrase("advised_more"))], self.stage, keep=True)

    def of_going(self) -> Reply | None:
        """ "OK thanks, going now" is about the advice: it lets the clinic know of nothing, and forbids nothing.

        Who means to do less than the emergency text says reads it once more. None where nothing of the kind is said.
        """
        text, alarm = self.heard.understood.text, self.stage.alarm
        if alarm is None or alarm["urgency"] not in STOPPING:
            return None
        if goes_for_less(text):
            again = Say(alarm["text"], alert=alarm["urgency"], name=alarm["rule"])
            return Reply([again, self._may_tell("")], self.stage, keep=True)
        if not (goes_now(text) or has_read(text)):
            return None
        wished = "after_alarm_going" if alarm["urgency"] == ROOM else "after_alarm_calling"
        return Reply([self._may_tell(self.phrase(wished))], self.stage, keep=True)

    def _may_tell(self, before: str) -> Say:
        yes_no = self._offer("consent")
        self.stage.asked = "tell_clinic"
        text = f"{before} {self.phrase('tell_clinic')}".strip()
        return Say(text, yes_no, {"kind": "choices", "for": "tell_clinic"}, name="tell_clinic")

    def told(self) -> Reply:
        return Reply([], self.stage, consent=True, tell_clinic=True)

    def not_told(self) -> Reply:
        self.stage.asked, self.stage.offered = None, []
        return Reply([Say(self.phrase("told_not"), name="told_not")], self.stage, consent=False, tell_clinic=False)

    def leaves(self) -> Reply:
        """ "OK thanks, that's all" agrees to nothing."""
        return Reply([Say(self.phrase("goodbye_before"), name="goodbye_before")], self.stage, consent=False)

    def agreed(self) -> Reply:
        self.stage.door = self.stage.door or "knee"
        return Reply([], self.stage, consent=True)

    def refuse(self) -> Reply:
        name = "refused_again" if self.stage.refused else "refused"
        self.stage.refused = True
        return Reply([Say(self.phrase(name), name=name)], self.stage, consent=False)

    def told_after_withdrawal(self) -> Reply:
        self.stage.asked = "consent"
        return Reply([Say(self.phrase("refused_again"), name="refused_again")], self.stage)

    def through_door(self, door: str) -> Reply:
        self.stage.door = door
        if door in ("knee", "book"):
            return self.ask_consent()
        name = "welcome_question" if door == "question" else "already_patient"
        self.stage.asked, self.stage.offered = None, []
        sorry = self.phrase("sorry_for_that") if complains_of_bill(self.heard.understood.text) else ""
        return Reply([Say(f"{sorry} {self.phrase(name)}".strip(), name=name)], self.stage)

    def other_words(self) -> Reply:
        intent, told, text = self.heard.understood.intent, _tells(self.heard), self.heard.understood.as_meant
        guessed = intent == "talk_to_human" and self.heard.understood.confidence < 1
        of_knee = _ABOUT_KNEE.search(text) and not _TALKS.search(text)  # "for somebody with a sore knee"
        if guessed and (told or of_knee or not speaks_of_person(self.heard.understood.as_meant)):
            # "I never do these chats, but my knee is so sore"
            intent, told = "inform", told or bool(_ABOUT_KNEE.search(self.heard.understood.text))
        errand = errand_of(self.heard.understood.text)
        self.stage.errand = errand or self.stage.errand
        if self.stage.door in (None, "question") and wants_visit(self.heard.understood.as_meant):
            self.stage.door = "book"  # also beside the whole story; nobody is asked later what they said at first
        if errand and intent not in WANTS_PERSON and not self.heard.understood.findings:
            return self.through_door("patient")
        if wants_look_up(self.heard.understood.text):
            return self.through_door("patient")
        if intent == "which_suits":
            return self.ask_consent(before=self.phrase("which_suits"))
        asks = is_question(text) or question_behind(text) is not None
        if intent.startswith("ask_") and (not told or asks):
            return self.answer(intent, told)
        if _WANTS_PHONE.search(self.heard.understood.text):
            return self.answer("ask_location", told)
        if intent == "affirm" and self.stage.asked is None and _ABOUT_KNEE.search(self.heard.understood.text):
            return self.ask_consent(keep=True, before=self.phrase("thanks"))
        if intent == "distress" and _ABOUT_KNEE.search(self.heard.understood.text) and not self.stage.refused:
            return self.ask_consent(keep=True, before=self.comfort())
        if intent == "not_known":
            findings, signs = self.heard.understood.findings, self.heard.understood.more.get("signs")
            before = self.phrase(small_question(self.heard.understood.text) or "not_known")
            return self.ask_consent(keep=True, before=before) if findings or signs else self.small_talk(intent)
        if intent == "just_question":
            return self.through_door("question")
        if intent == "already_patient" and not told:
            return self.through_door("patient")
        if intent in ("book", "reschedule", "cancel_booking", "call_me", "talk_to_human") or told:
            if intent == "book" and self.stage.door in (None, "question"):
                self.stage.door = "book"
            if intent in WANTS_PERSON:
                self.stage.wants = intent
                reach = read_contact(self.heard.understood.text) or {}
                told = told or "phone" in reach or "email" in reach
                return self.ask_consent(keep=told, before=self.for_wish(intent, "person_before"))
            if intent in ("reschedule", "cancel_booking"):
                self.stage.wants = intent
                return self.ask_consent(keep=told)
            return self.ask_consent(keep=told, before=self.heard_kindly() if told else "")
        about_chat = asked_about_chat(self.heard.understood.text) or intent
        if self.stage.asked == "consent" and about_chat in (*ABOUT_CONSENT, "repeat", "how_many_more"):
            return self.ask_consent(before=self.about_consent(about_chat), name=about_chat)
        if (self.stage.refused or self.stage.withdrawn) and consents(self.heard.understood.text):
            # what was taken back is asked for once more, so that it is a yes to these very words
            return self.agreed() if self.stage.refused else self.ask_consent()
        return self.small_talk(intent)

    def heard_kindly(self) -> str:
        """That something was told; with a kind word to somebody who is afraid, or has lost somebody."""
        if tells_of_loss(self.heard.understood.text) and self.stage.turns.setdefault("sorry_loss", 0) == 0:
            self.stage.turns["sorry_loss"] = 1
            return self.phrase("sorry_loss")
        return self.phrase("kind_word" if is_afraid(self.heard.understood.text) else "thanks")

    def comfort(self) -> str:
        """A kind word to who is frightened for the knee, or in despair."""
        if fears_for_knee(self.heard.understood.text):
            return self.phrase("fear")
        return self.for_wish("distress", "distress")

    def about_consent(self, act: str) -> str:
        """What is said to a question about the question for consent."""
        question = self.clinic.questions.question("consent")
        assert question is not None
        if act in ABOUT_CONSENT:
            texts = question.reason if act == "why_ask" else question.meaning
            return texts.get(self.lang, texts["en"])
        if act == "how_many_more":
            _, of = flow.progress(Intake(door=self.stage.door or "knee"), self.clinic.questions)
            return self.phrase("how_many", left=of)
        return ""

    def for_wish(self, intent: str, phrase: str) -> str:
        """The phrase; its twin where it speaks of people at the clinic and nobody is told of anything now."""
        kind = off_duty.WISHES.get(intent)
        if kind is None or self.clinic.practice.on_duty(self.now, kind, self.channels):
            return self.phrase(phrase)
        twin = off_duty.TWINS[phrase]
        if phrase == "person_before" and self.stage.errand in OF_THE_DESK:
            twin = "person_before_nobody_desk"
        return self.phrase(twin, reach=off_duty.reach(self.clinic, self.now, self.lang))

    def small_talk(self, intent: str) -> Reply:
        wants = _ABOUT_KNEE.search(self.heard.understood.text) or wants_visit(self.heard.understood.as_meant)
        if intent == "insult" and self.stage.asked != "consent" and wants:
            return self.ask_consent(keep=True, before=self.phrase("sorry_for_that"))
        if intent in ("insult", "other_language"):
            return Reply([Say(self.phrase(intent), name=intent)], self.stage)
        if intent in ("stop", "goodbye") and self.heard.understood.confidence >= SURE_ENOUGH:
            return Reply([Say(self.phrase("goodbye_before"), name="goodbye_before")], self.stage, consent=False)
        if intent == "deny" and read_yes_no(self.heard.understood.text) == "yes":
            intent = "affirm"  # "sure why not"
        no = intent == "deny" or (intent == "withdraw_consent" and refuses(self.heard.understood.text))
        if no and self.stage.asked != "consent" and _ABOUT_KNEE.search(self.heard.understood.text):
            return self.ask_consent(keep=True, before=self.phrase("thanks"))  # nothing was asked that could be refused
        if no and (self.stage.asked == "consent" or len(self.heard.understood.text.split()) <= SHORT_NO):
            return self.refuse()
        if intent == "affirm" and self.stage.refused and read_yes_no(self.heard.understood.text) == "yes":
            return self.agreed()
        if intent == "affirm" and self.stage.withdrawn:
            return self.ask_consent()
        before = BEFORE_CONSENT.get(intent, "not_heard")
        if intent == "not_known":
            before = small_question(self.heard.understood.text) or before
        if before == "not_heard" and tells_of_loss(self.heard.understood.text):
            before = "sorry_loss"
        said = self.comfort() if before == "distress" else self.for_wish(intent, before)
        if self.stage.asked == "consent" and not self.stage.refused:
            return self.ask_consent(before=said)
        if self.stage.refused:
            text = self.phrase("refused_again")
        elif before == "not_heard":
            text = self.phrase("not_heard_open")
        else:
            text = f"{said} {self.phrase('doors_hello' if intent == 'greet' else 'doors')}"
        return Reply([Say(text, self._doors(), {"kind": "choices", "for": "door"}, name=before)], self.stage)

    def answer(self, intent: str, told: bool) -> Reply:
        key = answer_key(self.heard.understood.text, intent)
        known, again = self.known(key), self.stage.answered == key
        self.stage.answered = key
        says = [Say(self.no_more_known(intent) if again else known, name=f"answer:{key}")]
        if (too := self.heard.understood.asks_too) is not None and (more := self.known(too)) != known:
            says.append(Say(more, name=f"answer:{too}"))
        says += [Say(self.phrase(name), name=name) for name in small_questions(self.heard.understood.text)]
        if self.stage.asked == "tell_clinic":  # behind an alarm nothing else is offered
            return Reply([*says, self._may_tell("")], self.stage, keep=True)
        if told or (self.stage.asked == "consent" and not self.stage.refused):
            reply = self.ask_consent(keep=told)
            return Reply([*says, *reply.says], self.stage, keep=told)
        last = Say(says[-1].text, self._doors(), {"kind": "choices", "for": "door"}, name=says[-1].name)
        return Reply([*says[:-1], last], self.stage)

    def no_more_known(self, intent: str) -> str:
        """To who asks on: that of this very thing nothing is known, or that there is no more."""
        text = self.heard.understood.text
        name = asked_on_cost(text, self.clinic) if intent == "ask_cost" else None
        if name is None or self.stage.turns.get(name):
            return self.phrase("answer_again")
        self.stage.turns[name] = 1
        return self.phrase(name)

    def known(self, intent: str) -> str:
        """The answer to a question, as clinic/answers.yml has it."""
        return faq.answer(intent, self.clinic, self.lang).text

    def ask_consent(self, *, keep: bool = False, before: str = "", name: str = "consent") -> Reply:
        question = self.clinic.questions.question("consent")
        assert question is not None
        texts = question.text if not self.stage.times_asked else question.resume
        if self.stage.times_asked and self.stage.times_asked % 2 == 0:
            texts = question.again
        self.stage.times_asked += 1
        text = texts.get(self.lang, texts["en"])
        said = Say(f"{before} {text}".strip(), self._offer("consent"), {"kind": "choices", "for": "consent"}, name=name)
        self.stage.asked = "consent"
        return Reply([said], self.stage, keep=keep)

    def _offer(self, name: str) -> tuple[tuple[str, str], ...]:
        question = self.clinic.questions.question(name)
        assert question is not None
        found = pairs(question.choices, self.lang)
        self.stage.offered = [{"label": label, "value": value} for label, value in found]
        return found

    def _doors(self) -> tuple[tuple[str, str], ...]:
        found = _doors(self.clinic, self.lang)
        if self.stage.alarmed:
            found = tuple(door for door in found if door[1] != "book")
        self.stage.offered = [{"label": label, "value": value} for label, value in found]
        return found


def _consent_in(heard: Heard) -> str | None:
    """yes or no, in the strict reading; or a yes in plain words."""
    text, answer = heard.understood.text, heard.understood.answer
    tells = heard.understood.findings or heard.understood.negated or heard.understood.more
    if answer == "no" and tells and not (begins_with_no(text) or speaks_of_agreement(text)):
        return None  # a no in the middle of a story refuses nothing
    if answer in ("yes", "no"):
        return str(answer)
    return "yes" if consents(text) else None


def _tells(heard: Heard) -> bool:
    understood = heard.understood
    if understood.intent == "inform":
        return True
    heard_more = heard.merged.heard or (heard.merged.noted and heard.intake.value("consent") is None)
    return bool(understood.findings or understood.negated or heard_more or understood.more.get("signs"))
