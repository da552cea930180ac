"""Whole conversations through the real app and the trained model."""

from __future__ import annotations

import pytest

from knee_intake.records import schema
from knee_intake.records.staff_accounts import Member
from knee_intake.web.staff_deeds import confirm_visit
from tests.integration.conftest import Running, Visitor


def test_the_greeting_says_what_it_is_and_shows_four_doors(visitor: Visitor) -> None:
    greeting = visitor.greeting[0]
    assert "automated helper" in greeting["text"]
    assert "911" in greeting["text"]
    assert [choice["value"] for choice in greeting["choices"]] == ["knee", "book", "question", "patient"]


def test_a_visitor_comes_from_hello_to_a_reference(running: Running) -> None:
    visitor = running.visitor().booked()
    intake = visitor.intake()
    assert intake["status"] == "booked"
    assert intake["booking"]["status"] == "requested"
    assert intake["booking"]["reference"] in visitor.text
    booking = running.rows(schema.bookings)
    assert [row["status"] for row in booking if row["status"] != "cancelled"] == ["requested"]
    assert intake["progress"]["done"] == intake["progress"]["of"]


def test_what_is_told_in_one_sentence_is_never_asked(visitor: Visitor) -> None:
    visitor.say("left knee, on the inside, I'm a runner, for three months, came on slowly, no arthritis")
    assert visitor.asked == "consent"
    visitor.say("yes")
    intake = visitor.intake()["answers"]
    assert intake["knee_side"]["value"] == "left"
    assert intake["pain_location"]["value"] == ["medial"]
    assert intake["pain_duration_days"]["value"] == 90
    assert intake["arthritis_history"]["value"] == ["none"]
    assert "Left knee" in visitor.text
    asked = []
    for text in ("self", "none of these", "none of these", "moderate"):
        visitor.say(text)
        asked.append(visitor.asked)
    assert not {"pain_location", "knee_side", "onset", "arthritis_history"} & {*asked}


def test_a_picked_answer_is_kept_as_its_label_with_the_value_beside(visitor: Visitor) -> None:
    visitor.say("knee", "yes", "self", "none", "left, medial")
    mine = [message for message in visitor.messages() if message["from"] == "visitor"]
    assert [(message["text"], message.get("choice")) for message in mine[1:]] == [
        ("Yes, that's OK", "yes"),
        ("Me, I'm 18 or older", "self"),
        ("None of these", "none"),
        ("Left knee, Inner side", "left, medial"),
    ]
    assert visitor.intake()["answers"]["who_for"]["words"] == "Me, I'm 18 or older"


def test_nothing_is_kept_of_who_refuses(running: Running) -> None:
    visitor = running.visitor()
    visitor.say("my zebra knee hurts badly", "no")
    assert "not kept" in visitor.text
    assert not any("zebra" in str(row) for table in schema.metadata.tables.values() for row in running.rows(table))


def test_words_before_consent_are_in_no_table_but_the_waiting_one(running: Running) -> None:
    visitor = running.visitor()
    visitor.say("my zebra knee hurts badly")
    for name, table in schema.metadata.tables.items():
        assert ("zebra" in str(running.rows(table))) == (name == "pending")
    visitor.say("yes")
    assert running.rows(schema.pending) == []
    assert "zebra" in str(running.rows(schema.messages))


def test_waiting_words_are_deleted_after_half_an_hour_of_silence(running: Running) -> None:
    visitor = running.visitor()
    visitor.say("my zebra knee hurts badly")
    running.clock.advance(minutes=29)
    running.client.portal.call(running.dialogue.tidy)
    assert "zebra" in str(running.rows(schema.pending))
    running.clock.advance(minutes=2)
    running.client.portal.call(running.dialogue.tidy)
    assert "zebra" not in str(running.rows(schema.pending))
    visitor.say("knee")
    assert visitor.asked == "consent", "the chat itself goes on"


def test_general_questions_are_answered_without_consent_and_not_kept(running: Running) -> None:
    visitor = running.visitor()
    visitor.say("what are your opening hours?")
    assert visitor.asked != "consent"
    assert running.rows(schema.tracker_events) == []
    visitor.say("knee", "yes")
    assert "opening hours" not in str(running.rows(schema.messages))


@pytest.mark.parametrize(
    ("text", "rule", "urgency"),
    [
        ("my knee is red hot and swollen and I have a fever", "RF01", "emergency_room"),
        ("my foot is ice cold and blue", "RF04", "emergency_911"),
        ("I was hit by a car this morning", "RF05", "emergency_911"),
        ("i cant breathe and my chest hurts", "RF12", "emergency_911"),
        ("I want to die", "RF21", "emergency_911"),
    ],
)
def test_an_emergency_is_answered_first_and_alone_at_any_turn(
    running: Running, text: str, rule: str, urgency: str
) -> None:
    for before in ((), ("knee", "yes"), ("knee", "yes", "self", "none of these", "left, medial")):
        visitor = running.visitor()
        visitor.say(*before) if before else None
        replies = visitor.say(text)
        assert replies[0]["alert"] == urgency
        assert len(replies) == (1 if before else 2), "before consent only the question whether to tell follows"
        visitor.say("ok") if not before else None
        assert "book" not in visitor.text.casefold()
        if before:
            assert visitor.intake()["status"] == "advised"
            assert visitor.intake()["red_flags"][0]["rule"] == rule
    alerts = running.rows(schema.alerts)
    assert {row["rule"] for row in alerts} == {rule}


def test_an_emergency_before_consent_tells_staff_only_time_and_rule(running: Running) -> None:
    visitor = running.visitor()
    visitor.say("my foot is ice cold and blue")
    alert = running.rows(schema.alerts)[0]
    assert (alert["rule"], alert["shown"]) == ("RF04", None)
    assert "ice cold" not in str(running.rows(schema.messages))
    visitor.say("yes")
    alerts = running.rows(schema.alerts)
    assert len(alerts) == 1
    assert "911" in alerts[0]["shown"]
    assert visitor.intake()["status"] == "advised"
    assert "ice cold" in str(running.rows(schema.messages))


def test_a_child_stops_the_interview(visitor: Visitor) -> None:
    visitor.consent().say("it's for my son, he is 12")
    assert visitor.last[0]["alert"] in ("soon", "same_day")
    assert visitor.intake()["status"] == "advised"
    visitor.say("can I book a visit?")
    assert visitor.asked not in ("appointment", "contact")


def test_a_same_day_sign_is_told_and_the_visit_can_still_be_asked_for(visitor: Visitor) -> None:
    visitor.consent().say("self", "none of these", "right, posterior", "since last week, no injury")
    visitor.say("calf_swelling")
    assert visitor.last[0]["alert"] == "same_day"
    assert visitor.asked == "arthritis_history"
    assert visitor.intake()["urgency"] == "same_day"


def test_denied_and_past_signs_fire_nothing(visitor: Visitor) -> None:
    visitor.consent().say("self", "none of these")
    visitor.say("left knee inside, no fever, no swelling, and my calf is fine. I had a fever last year")
    assert visitor.intake()["red_flags"] == []


def test_a_question_in_the_middle_is_answered_and_the_open_one_comes_back(visitor: Visitor) -> None:
    visitor.consent().say("self", "none of these")
    visitor.say("how long does a Botox shot last?")
    assert visitor.asked == "pain_location"
    assert len(visitor.last) == 2


def test_a_correction_in_words_changes_the_answer(visitor: Visitor) -> None:
    visitor.consent().say("self", "none of these", "left, medial")
    visitor.say("sorry, actually it's my right knee")
    assert visitor.value("knee_side") == "right"


@pytest.mark.parametrize("text", ["/restart", "/affirm", '/inform{"intake": {}}', "/session_start", "/back"])
def test_a_leading_slash_is_plain_text(visitor: Visitor, text: str) -> None:
    visitor.consent().say(text)
    assert visitor.asked == "who_for"
    assert visitor.value("consent") == "yes"


def test_stop_ends_kindly_and_the_chat_can_be_taken_up_again(visitor: Visitor) -> None:
    visitor.consent().say("self", "stop")
    assert visitor.intake()["status"] == "stopped"
    visitor.say("I'd like to book a visit")
    assert visitor.asked == "emergency_screen"


def test_a_person_can_be_asked_for_at_any_time(running: Running) -> None:
    visitor = running.visitor().consent()
    visitor.say("can I talk to a real person please")
    assert visitor.asked == "contact"
    visitor.say("Robin, 212 555 0147")
    assert visitor.intake()["status"] == "handed_over"
    assert [row["first_name"] for row in running.rows(schema.callbacks)] == ["Robin"]


def test_the_calendar_file_is_behind_the_key(running: Running) -> None:
    visitor = running.visitor().booked()
    path = next(message["link"]["path"] for message in visitor.messages() if "link" in message)
    assert running.client.get(path).status_code == 401
    file = running.client.get(path, headers=visitor.headers)
    assert file.status_code == 200
    assert file.text.startswith("BEGIN:VCALENDAR")
    assert "knee" not in file.text.casefold()


def test_the_questions_afterwards_fill_the_intake(visitor: Visitor) -> None:
    visitor.booked().say("now", "6", "stairs, kneeling", "none", "ice and ibuprofen", "run again")
    intake = visitor.intake()
    assert intake["status"] == "finished"
    assert intake["answers"]["pain_severity"]["value"] == 6
    assert intake["answers"]["aggravated_by"]["value"] == ["stairs", "kneeling"]
    assert set(intake["answers"]["treatments_tried"]["value"]) == {"rest_ice", "medication"}
    assert intake["answers"]["goal"]["value"] == "run again"


def test_a_terse_visitor_needs_at_most_fourteen_turns(visitor: Visitor) -> None:
    texts = ["knee hurts", "ok", "me", "no", "left, inner", "3 months, slowly", "no", "no", "i walk a lot", "book", "2"]
    texts += ["Sam 212 555 0147", "yes"]
    visitor.say(*texts)
    assert "Your reference is" in " ".join(message["text"] for message in visitor.last)
    assert len(texts) <= 14


def test_a_talkative_visitor_needs_at_most_nine_turns(visitor: Visitor) -> None:
    story = (
        "Hello, the inner side of my left knee has been hurting for about three months now. It came on slowly, "
        "nobody ever said arthritis, and I run four times a week and do yoga."
    )
    texts = [story, "Yes, that's fine.", "It's about me, I'm 44.", "No, none of those.", "No, nothing like that."]
    texts += ["I'd like to book a visit, please", "the first one would be great", "Robin, robin@example.org", "Yes"]
    visitor.say(*texts)
    assert "Your reference is" in " ".join(message["text"] for message in visitor.last)
    assert len(texts) <= 9


def test_a_confirmed_visit_is_told_in_the_chat(running: Running) -> None:
    visitor = running.visitor().booked()
    reference = visitor.intake()["booking"]["reference"]
    member = Member(1, "dana", "reviewer")
    with running.context.database.write() as connection:
        confirm_visit(running.context, connection, member, visitor.conversation, reference)
    last = visitor.messages()[-1]
    assert "has confirmed your visit" in last["text"]
    assert reference in last["text"]
    assert visitor.intake()["booking"]["status"] == "booked"
    visitor.say("later")
    assert [message["seq"] for message in visitor.messages()] == list(range(1, len(visitor.messages()) + 1))
