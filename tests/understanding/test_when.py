"""Wishes about the time of the visit."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.when import read_wish
from tests.readers import mended

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=-5)))  # a Monday
EMPTY: dict[str, Any] = {
    "earliest": None, "latest": None, "weekdays": [], "not_weekdays": [], "after": None, "before": None, "asap": False,
    "pick": None, "none_fits": False,
}  # fmt: skip


def day(date: str) -> dict[str, str]:
    return {"earliest": date, "latest": date}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("next Tuesday after 3", {**day("2026-12-01"), "after": "15:00"}),
        ("mornings only", {"before": "12:00"}),
        ("no mornings please", {"after": "12:00"}),
        ("asap", {"asap": True}),
        ("the first available", {"asap": True}),
        ("any day but Friday", {"not_weekdays": ["fri"]}),
        ("I can't do Tuesdays or Thursdays", {"not_weekdays": ["tue", "thu"]}),
        ("Tuesday or Thursday afternoon", {"weekdays": ["tue", "thu"], "after": "12:00"}),
        ("Monday to Wednesday", {"weekdays": ["mon", "tue", "wed"]}),
        ("weekdays after 4", {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "after": "16:00"}),
        ("the second one", {"pick": 2}),
        ("number three please", {"pick": 3}),
        ("2", {"pick": 2}),
        ("the last one", {"pick": -1}),
        ("none of those work", {"none_fits": True}),
        ("anything else?", {"none_fits": True}),
        ("something later", {"none_fits": True}),
        ("none, maybe Friday?", {"none_fits": True, "weekdays": ["fri"]}),
        ("first week of January", {"earliest": "2027-01-01", "latest": "2027-01-07"}),
        ("tomorrow", day("2026-11-24")),
        ("tomorrow morning", {**day("2026-11-24"), "before": "12:00"}),
        ("12/3", day("2026-12-03")),
        ("Dec 3rd at 10", {**day("2026-12-03"), "after": "10:00", "before": "10:00"}),
        ("coming Saturday", day("2026-11-28")),
        ("the 22nd", day("2026-12-22")),
        ("next week except Wednesday", {"earliest": "2026-11-30", "latest": "2026-12-06", "not_weekdays": ["wed"]}),
        ("in 3 days", day("2026-11-26")),
        ("in two weeks", {"earliest": "2026-12-07", "latest": "2026-12-13"}),
        ("after Christmas", {"earliest": "2026-12-26"}),
        ("before the 10th", {"latest": "2026-12-09"}),
        ("by Friday", {"latest": "2026-11-27"}),
        ("end of the month", {"earliest": "2026-11-23", "latest": "2026-11-30"}),
        ("between 2 and 4", {"after": "14:00", "before": "16:00"}),
        ("Wed 9-11", {"weekdays": ["wed"], "after": "09:00", "before": "11:00"}),
        ("around 3", {"after": "14:00", "before": "16:00"}),
        ("2026-12-01T10:00:00-05:00", {**day("2026-12-01"), "after": "10:00", "before": "10:00"}),
        ("any time", {}),
    ],
)
def test_a_wish_is_read_whole(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(mended(text), NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize("text", ["my knee hurts", "what does it cost?", "maybe later", "I'll book later", "", "yes"])
def test_what_says_nothing_about_a_time_gives_none(text: str) -> None:
    assert read_wish(text, NOW) is None


def test_not_sure_is_unsure() -> None:
    assert read_wish("I'm not sure", NOW) == "unsure"


@given(st.text())
def test_no_text_breaks_a_wish(text: str) -> None:
    read_wish(text, NOW)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Fridays don't work for me", {"not_weekdays": ["fri"]}),
        ("mondays and tuesdays are out", {"not_weekdays": ["mon", "tue"]}),
        ("I have dialysis on Tuesdays and Saturdays", {"not_weekdays": ["tue", "sat"]}),
        ("anything but a Monday morning", {"not_weekdays": ["mon"]}),
        ("wednesdays but not in the afternoon", {"weekdays": ["wed"], "before": "12:00"}),
        ("mornings don't work", {"after": "12:00"}),
        ("nothing before 10", {"after": "10:00"}),
        ("can't come before 10 or after 4", {"after": "10:00", "before": "16:00"}),
        ("no earlier than 2pm", {"after": "14:00"}),
        ("I work until 4", {"after": "16:00"}),
        ("I work 9 to 5", {"after": "17:00"}),
        ("I have to leave by 3", {"before": "15:00"}),
        ("kids get out of school at 3 so before that", {"before": "15:00"}),
        ("out of town until the 10th", {"earliest": "2026-12-10"}),
        ("back on the 9th", {"earliest": "2026-12-09"}),
        ("not until February", {"earliest": "2027-02-01"}),
        ("the 15th at the earliest", {"earliest": "2026-12-15"}),
        ("not next week", {"earliest": "2026-12-07"}),
        ("not for at least three weeks", {"earliest": "2026-12-14"}),
        ("within two weeks", {"earliest": "2026-11-23", "latest": "2026-12-07"}),
        ("in the new year", {"earliest": "2027-01-01"}),
        ("week of the 14th", {"earliest": "2026-12-14", "latest": "2026-12-20"}),
        ("the week after Thanksgiving", {"earliest": "2026-11-30", "latest": "2026-12-06"}),
        ("the 3rd or 4th of January", {"earliest": "2027-01-03", "latest": "2027-01-04"}),
        ("a week from Monday", day("2026-11-30")),
        ("lunchtime would be good", {"after": "12:00", "before": "14:00"}),
        ("nexttuesday", day("2026-12-01")),
        ("firday aftrenoon", {"weekdays": ["fri"], "after": "12:00"}),
        ("asap but not Mondays", {"not_weekdays": ["mon"], "asap": True}),
        ("second, thank you", {"pick": 2}),
        ("I'll take 2", {"pick": 2}),
        ("the one in the middle", {"pick": 2}),
        ("the earlier of the two", {"pick": 1}),
        ("opton three", {"pick": 3}),
        ("the first one doesn't work", {"none_fits": True}),
        ("I can't make any of those", {"none_fits": True}),
        ("those are all too early for me", {"none_fits": True}),
        ("both are fine", {}),
    ],
)
def test_what_hinders_turns_a_bound_round_and_refusals_are_told_from_days(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(mended(text), NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("nxt tues aftn", {**day("2026-12-01"), "after": "12:00"}),
        ("2moro b4 noon", {**day("2026-11-24"), "before": "12:00"}),
        ("wensday or thirsday", {"weekdays": ["wed", "thu"]}),
        ("M/W/F", {"weekdays": ["mon", "wed", "fri"]}),
        ("btw 9-11", {"after": "09:00", "before": "11:00"}),
        ("9a mon", {"weekdays": ["mon"], "after": "09:00", "before": "09:00"}),
        ("wknds", {"weekdays": ["sat", "sun"]}),
        ("Tue or Wed of next week", {"earliest": "2026-11-30", "latest": "2026-12-06", "weekdays": ["tue", "wed"]}),
        ("this week or next", {"earliest": "2026-11-23", "latest": "2026-12-06"}),
        ("20th at 9:30", {**day("2026-12-20"), "after": "09:30", "before": "09:30"}),
        ("ask Florida Sandy", None),
    ],
)
def test_spellings_of_phones_are_written_out(text: str, wish: dict[str, Any] | None) -> None:
    assert read_wish(mended(text), NOW) == (None if wish is None else {**EMPTY, **wish})


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("no wait, Thursday", {"weekdays": ["thu"]}),
        ("Tuesday, I mean Wednesday", {"weekdays": ["wed"]}),
        ("Tuesday no Wednesday", {"weekdays": ["wed"]}),
        ("not Tuesday, Thursday", {"weekdays": ["thu"]}),
        ("not Mondays, Fridays", {"not_weekdays": ["mon", "fri"]}),
        ("2pm, no, 3pm", {"after": "15:00", "before": "15:00"}),
        ("make it 11 rather than 10", {"after": "11:00", "before": "11:00"}),
        ("Monday at 3. Actually, make that 4", {"weekdays": ["mon"], "after": "16:00", "before": "16:00"}),
        ("next week, actually Thursday", {"earliest": "2026-11-30", "latest": "2026-12-06", "weekdays": ["thu"]}),
        ("not Mondays. Sorry, not Tuesdays either", {"not_weekdays": ["mon", "tue"]}),
        ("the second, no the third", {"pick": 3}),
        ("Tuesday, no mornings", {"weekdays": ["tue"], "after": "12:00"}),
        ("I can't make it Tuesday", {"not_weekdays": ["tue"]}),
        ("I can't wait, Thursday please", {"weekdays": ["thu"], "asap": True}),
    ],
)
def test_the_last_word_of_a_wish_counts_for_what_it_names(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(mended(text), NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("two weeks from tomorrow", day("2026-12-08")),
        ("Monday week", day("2026-11-30")),
        ("the Friday after Thanksgiving", day("2026-11-27")),
        ("the day before Thanksgiving", day("2026-11-25")),
        ("the first Monday of December", day("2026-12-07")),
        ("the last Friday of the month", day("2026-11-27")),
        ("Thursday the 3rd or Friday the 4th", {"earliest": "2026-12-03", "latest": "2026-12-04"}),
        ("tomorrow or Friday", {"earliest": "2026-11-24", "latest": "2026-11-27"}),
        ("before the weekend", {"latest": "2026-11-27"}),
        ("I'm gone next week but the week after is open", {"earliest": "2026-12-07", "latest": "2026-12-13"}),
        ("on vacation from the 1st to the 8th", {"earliest": "2026-12-09"}),
        ("busy this week and next", {"earliest": "2026-12-07"}),
        ("not for another month", {"earliest": "2026-12-23"}),
        ("surgery on the 20th so before that", {"latest": "2026-12-19"}),
        ("around the 15th", {"earliest": "2026-12-13", "latest": "2026-12-17"}),
        ("Fridays but not the 4th", {"weekdays": ["fri"]}),
        ("at the start of the month", {"earliest": "2026-12-01", "latest": "2026-12-10"}),
        ("not tomorrow", {"earliest": "2026-11-25"}),
    ],
)
def test_days_are_named_in_many_ways(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(mended(text), NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("I don't work Mondays", {"weekdays": ["mon"]}),
        ("I work every day but Tuesday", {"weekdays": ["tue"]}),
        ("church on Sunday", {"not_weekdays": ["sun"]}),
        ("I work Thursday, Friday then", {"weekdays": ["fri"], "not_weekdays": ["thu"]}),
        ("I have therapy on Tuesdays at 2 so not then", {"not_weekdays": ["tue"]}),
        ("can I have the Monday one at 10", {"weekdays": ["mon"], "after": "10:00", "before": "10:00"}),
        ("I work days so evenings", {"after": "17:00"}),
        ("I can't do anything before 11", {"after": "11:00"}),
        ("I'd need to be done by noon", {"before": "12:00"}),
        ("any time before my shift at 6", {"before": "18:00"}),
        ("my husband gets home with the car at 4", {"after": "16:00"}),
        ("I sleep till noon", {"after": "12:00"}),
        ("in the afternoon but not after 4", {"after": "12:00", "before": "16:00"}),
        ("10 till noon", {"after": "10:00", "before": "12:00"}),
        ("noonish", {"after": "11:00", "before": "13:00"}),
        ("Monday morning first thing", {"weekdays": ["mon"], "before": "10:00"}),
        ("Friday late", {"weekdays": ["fri"], "after": "16:00"}),
        ("before you close", {"after": "16:00"}),
        ("Tue morning or Wed afternoon", {"weekdays": ["tue", "wed"]}),
        ("before 11 or after 3 on Monday", {"weekdays": ["mon"]}),
        ("mornings are better but afternoons are fine", {"before": "12:00"}),
        ("not around lunch on Monday", {"weekdays": ["mon"]}),
        ("mornings or early afternoons", {"before": "15:00"}),
        ("mornings or evenings", {}),
        ("not mornings, not evenings", {"after": "12:00", "before": "17:00"}),
        ("nothing too early", {"after": "10:00"}),
        ("my shift starts at 2", {"before": "14:00"}),
        ("class ends at noon", {"after": "12:00"}),
        ("I work 3 to 11", {"before": "15:00"}),
        ("is 8:30 too early for you?", {"after": "08:30", "before": "08:30"}),
        ("can you do 4?", {"after": "16:00", "before": "16:00"}),
    ],
)
def test_hours_are_told_from_what_hinders(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(mended(text), NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("the later one", {"pick": -1}),
        ("the earlier Tuesday one", {"weekdays": ["tue"], "which": 1}),
        ("of the two Fridays the later", {"weekdays": ["fri"], "which": -1}),
        ("either the first or the third", {"pick": 1}),
        ("not the first one", {"none_fits": True}),
        ("the Tuesday one", {"weekdays": ["tue"]}),
        ("the morning one", {"before": "12:00"}),
        ("on second thought, an afternoon", {"after": "12:00"}),
        ("the twenty-second please", day("2026-12-22")),
        ("no to all of those", {"none_fits": True}),
        ("all of those are when I'm working", {"none_fits": True}),
        ("an hour later", {"none_fits": True}),
        ("is that all you have?", {"none_fits": True}),
        ("that's too far out", {"none_fits": True}),
        ("3 doesn't work", {"none_fits": True}),
        ("nah sorry", {"none_fits": True}),
        ("I'm easy", {}),
        ("whatever works for you", {}),
        ("how soon can I get in?", {"asap": True}),
        ("soon", {"asap": True}),
    ],
)
def test_an_offered_time_is_taken_or_left(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(mended(text), NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("with a woman if possible", {"note": "with a woman if possible"}),
        (
            "Thursday, with the same doctor as last time",
            {"weekdays": ["thu"], "note": "with the same doctor as last time"},
        ),
        ("asap but not with Dr. Brown", {"asap": True, "note": "not with Dr. Brown"}),
        ("the second one, but a lady doctor please", {"pick": 2, "note": "a lady doctor please"}),
        ("Can I see a man? Mornings", {"before": "12:00", "note": "Can I see a man"}),
        ("video visit if you do them", {"note": "video visit if you do them"}),
        ("somebody who speaks Polish, after 2", {"after": "14:00", "note": "somebody who speaks Polish"}),
        ("no students please, any time", {"note": "no students please"}),
        ("I'm with a client until 4", {"after": "16:00"}),
        ("my doctor said to come next week", {"earliest": "2026-11-30", "latest": "2026-12-06"}),
    ],
)
def test_what_is_no_time_is_kept_in_the_visitors_words(text: str, wish: dict[str, Any]) -> None:
    assert read_wish(text, NOW) == {**EMPTY, **wish}


@pytest.mark.parametrize(
    "text",
    [
        "it hurts most in the mornings", "pain wakes me up at 3 am", "it started last Tuesday", "I hurt it on the 9th",
        "I take my pills at 8 every morning", "since Monday it's been bad",
        "what time do you close", "call me tomorrow", "I'll let you know on Friday", "maybe another time",
        "I'd rather not schedule yet", "I'll call you instead, thanks",
    ],
)  # fmt: skip
def test_a_story_a_question_and_a_put_off_are_no_wish(text: str) -> None:
    assert read_wish(mended(text), NOW) is None
