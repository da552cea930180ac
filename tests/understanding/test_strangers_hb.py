"""Facts that strangers told in their own way: a date without its ending, a name to be called by, a relative's name."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from knee_intake.understanding.contacts import names_only_others, read_contact
from knee_intake.understanding.names import name_to_be_called
from knee_intake.understanding.when import read_wish
from tests.readers import mended, rule_reader

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=-5)))  # a Tuesday; the 27th is a Friday


def wish(text: str) -> dict[str, Any]:
    found = read_wish(mended(text), NOW)
    return {name: value for name, value in found.items() if value} if isinstance(found, dict) else {}


def on(date: str, time: str | None = None) -> dict[str, Any]:
    return {"earliest": date, "latest": date} | ({"after": time, "before": time} if time else {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Friday 27 at 10", on("2026-03-27", "10:00")),
        ("fri 27", on("2026-03-27")),
        ("Fri. 27 at 2pm", on("2026-03-27", "14:00")),
        ("next friday 27", on("2026-03-27")),
        ("friday the 27 at 10", on("2026-03-27", "10:00")),
        ("27 friday at 10", on("2026-03-27", "10:00")),
        ("the 27 at 10", on("2026-03-27", "10:00")),
        ("Thursday 12 at 10", on("2026-03-12", "10:00")),
        ("wed 11 11:30", on("2026-03-11", "11:30")),
        ("friday 27/3 at 10", on("2026-03-27", "10:00")),
        ("friday 3-27 at 10", on("2026-03-27", "10:00")),
        ("thursday 19 in the morning", {**on("2026-03-19"), "before": "12:00"}),
        ("friday 13 or monday 16", {"earliest": "2026-03-13", "latest": "2026-03-16"}),
        # no Friday of these months is the 28th: the next one that is, and never another Friday
        ("friday 28 at 10", on("2026-08-28", "10:00")),
        ("friday the 28th at 10", on("2026-08-28", "10:00")),
        # hours, ranges and measures stay what they are
        ("thursday 10", {"weekdays": ["thu"], "after": "10:00", "before": "10:00"}),
        ("thursday 14:30", {"weekdays": ["thu"], "after": "14:30", "before": "14:30"}),
        ("thursday 15", {"weekdays": ["thu"], "after": "15:00", "before": "15:00"}),
        ("friday 13-16", {"weekdays": ["fri"], "after": "13:00", "before": "16:00"}),
        ("tuesday 10 to 12", {"weekdays": ["tue"], "after": "10:00", "before": "12:00"}),
        ("friday between 10 and 12", {"weekdays": ["fri"], "after": "10:00", "before": "12:00"}),
    ],
)
def test_a_day_of_the_month_without_its_ending(text: str, expected: dict[str, Any]) -> None:
    assert wish(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("call me Tommy", "Tommy"),
        ("Please call me tommy.", "Tommy"),
        ("you can call me Tommy instead of Tom", "Tommy"),
        ("everyone calls me Al", "Al"),
        ("I go by Tommy", "Tommy"),
        ("I should prefer to be called Mr. Winthrop", "Mr Winthrop"),
        ("please call me back", None),
        ("call me tomorrow", None),
        ("call me Monday", None),
        ("call me", None),
        ("call me Tommy 212 555 0110", None),
        ("nobody calls me back", None),
        ("please don't call me Tommy", None),
        ("call me crazy", None),
        ("I go by bus", None),
    ],
)
def test_a_name_to_be_called_by(text: str, name: str | None) -> None:
    assert name_to_be_called(text) == name


def test_the_name_changes_and_not_the_address_in_which_it_stands() -> None:
    known = {"first_name": "Tom", "email": "tom@example.com"}
    changed = rule_reader().read("you can call me Tommy instead of Tom", "read_back", known).corrections
    assert changed == {"first_name": "Tommy"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bob 212 555 0110, my wife's name is Ann", "Bob"),
        ("Bob, 212 555 0110. My wife Ann can answer too", "Bob"),
        ("my wife is called ann. im bob. 212 555 0110", "Bob"),
        ("212 555 0110 Bob (my wife is Ann)", "Bob"),
        ("Ann is my wife, I'm Bob, 212 555 0110", "Bob"),
        ("Bob Lee 212 555 0110 my doctor is Dr. Patel", "Bob Lee"),
        ("My name is Ann, my husband's phone is 212 555 0110", "Ann"),
        ("my son Tim drives me. Bob 212 555 0110", "Bob"),
        ("for my wife Ann, 212 555 0110", "Ann"),
        ("This is Bob, Ann's husband, 212 555 0110", "Bob"),
    ],
)
def test_the_name_of_a_relative_is_not_ones_own(text: str, name: str) -> None:
    assert (read_contact(text) or {}).get("first_name") == name


def test_a_relatives_name_alone_is_known_for_one() -> None:
    assert names_only_others("my wife's name is Ann, 212 555 0110")
    assert not names_only_others("Ann, 212 555 0110")


def answer(text: str, asked: str, context: dict[str, Any] | None = None) -> Any:
    return rule_reader().read(text, asked, context).answer


@pytest.mark.parametrize("asked", ["arthritis_history", "activity_level", "treatments_tried", "goal", "onset"])
@pytest.mark.parametrize(
    "text", ["later", "not now", "maybe later", "ask me later please", "I'll tell you another time"]
)
def test_later_is_no_answer(text: str, asked: str) -> None:
    assert answer(text, asked) is None


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("no", "arthritis_history", ["none"]),
        ("not that I know", "arthritis_history", ["none"]),
        ("not now, I used to run", "activity_level", "light"),
        ("run again later", "goal", "run again later"),
        ("nothing yet", "treatments_tried", []),
    ],
)
def test_what_is_more_than_later_stays_an_answer(text: str, asked: str, value: Any) -> None:
    assert answer(text, asked) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("whats arthritis", None),
        ("is arthritis hereditary", None),
        ("does arthritis go away", None),
        ("how do i know if i have arthritis", None),
        ("arthritis?", None),
        ("my mom has arthritis", None),
        ("everyone in my family has arthritis", None),
        ("my mom has arthritis but not me", ["none"]),
        ("not me, my dad had osteoarthritis", ["none"]),
        ("only my husband has arthritis", ["none"]),
        ("no but my mom has arthritis", ["none"]),
        ("my mom has arthritis but i dont know", "unsure"),
        # one's own, beside a question or a relative
        ("my mom has RA and so do I", ["rheumatoid_arthritis"]),
        ("my mom has ra, i have osteoarthritis", ["osteoarthritis"]),
        ("my wife says i have arthritis", ["unspecified"]),
        ("rheumatoid, like my mom had", ["rheumatoid_arthritis"]),
        ("yes osteoarthritis, is that bad?", ["osteoarthritis"]),
        ("does bone on bone count as arthritis", ["osteoarthritis"]),
        ("does gout count? i have that", ["other_arthritis"]),
        ("No. Is arthritis bad?", ["none"]),
    ],
)
def test_a_question_or_a_relatives_illness_is_not_ones_own(text: str, value: Any) -> None:
    assert answer(text, "arthritis_history") == value


def test_who_writes_for_a_mother_means_her() -> None:
    assert answer("my mom has arthritis", "arthritis_history", {"who_for": "other_adult"}) == ["unspecified"]


@pytest.mark.parametrize(
    ("text", "tried"),
    [
        ("I only want Botox. Do you do it?", []),
        ("I just want the Botox shot", []),
        ("all I want is botox", []),
        ("I came for the botox", []),
        ("I only had Botox", ["botulinum"]),
        ("I only want Botox again, had it last month", ["botulinum"]),
        ("I got botox and can't swallow", ["botulinum"]),
    ],
)
def test_a_treatment_that_is_wished_for_was_not_had(text: str, tried: list[str]) -> None:
    read = rule_reader().read(text)
    assert read.findings.get("treatments_tried", []) == tried
    assert "had_botulinum" in read.more["signs"]  # an alarm may hang on it


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("inner side, 4 years", 1460),
        ("inside 4 years", 1460),
        ("inner. About 6 months now", 180),
        ("3 weeks, outer", 21),
        ("inner side, for years", 1095),
        ("inner side, I had surgery 4 years ago", None),
        ("inner side, I'm 4 years sober", None),
        ("inner side, after 20 minutes of walking", None),
        ("inner side, every 2 weeks", None),
        ("inner side, 45 years old", None),
    ],
)
def test_a_time_beside_a_place_is_kept(text: str, days: int | None) -> None:
    assert rule_reader().read(text, "pain_location").findings.get("pain_duration_days") == days


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("wait it is more the right now", "right"),
        ("sorry, it is the left now", "left"),
        ("wait, it hurts right now", None),
        ("it hurts right now more than before", None),
    ],
)
def test_the_right_now_is_a_knee_and_right_now_is_none(text: str, side: str | None) -> None:
    assert rule_reader().read(text, "arthritis_history", {"knee_side": "both"}).corrections.get("knee_side") == side


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("8 weeks not 6", 56),
        ("8 weeks, not 6 weeks", 56),
        ("8 weeks not 5", None),
        ("in 8 weeks", None),
    ],
)
def test_the_count_that_is_put_aside_is_that_of_the_unit_answered(text: str, days: int | None) -> None:
    read = rule_reader().read(text, "appointment", {"pain_duration_days": 42})
    assert read.corrections.get("pain_duration_days") == days


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("it's me. 29", 29),
        ("me 41", 41),
        ("me, 16", 16),
        ("myself, 65 years old", 65),
        ("me", None),
        ("me and my 12 cats", None),
        ("me, 3 weeks", None),
        ("it's for me, 10/10 pain", None),
    ],
)
def test_an_age_beside_me(text: str, age: int | None) -> None:
    assert rule_reader().read(text, "who_for").more.get("age") == age


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("I'm breastfeeding", ["breastfeeding"]),
        ("nursing my baby", ["breastfeeding"]),
        ("I'm pregnant", ["pregnancy"]),
        ("pregnant and breastfeeding", ["breastfeeding", "pregnancy"]),
    ],
)
def test_breastfeeding_is_no_pregnancy(text: str, conditions: list[str]) -> None:
    assert sorted(rule_reader().read(text).more.get("conditions", [])) == conditions
