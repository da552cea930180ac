"""Slips that the words beside them put right, and the same letters where nothing beside them tells."""

import pytest

from tests import readers


@pytest.fixture(scope="module")
def speller():
    return readers.speller()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("it began three yearasgo", "it began three years ago"),
        ("everywhere in my letfknee", "everywhere in my left knee"),
        ("I tiwstde it", "I twisted it"),
        ("a yer ago", "a year ago"),
        ("ten yeas ago", "ten years ago"),
        ("about 4 monhsago", "about 4 months ago"),
        ("it has bene4 months", "it has been 4 months"),
        ("noe of these", "none of these"),
        ("nome of those", "none of those"),
        ("boh knees", "both knees"),
        ("I'm not suer", "I'm not sure"),
        ("i dobt know", "i dont know"),
        ("looks god", "looks good"),
        ("Tht's fine", "thats fine"),
        ("thats fone with me", "thats fine with me"),
        ("it's fune", "it's fine"),
        ("halfa year ago", "half a year ago"),
        ("haifa yeear ago", "half a year ago"),
        ("a yare and a half ago", "a year and a half ago"),
        ("thrre out of 10", "three out of 10"),
        ("foir/10", "four/10"),
        ("the ouer side", "the outer side"),
        ("the innr part", "the inner part"),
        ("let's do the fist one", "let's do the first one"),
        ("I don't what to", "I don't want to"),
        ("i dont wahtto live", "i dont want to live"),
        ("what do you man", "what do you mean"),
        ("it has been 3 mohts", "it has been 3 months"),
        ("ten yersnow", "ten years now"),
        ("3 yeasrnow", "3 years now"),
        ("a year and a hlf", "a year and a half"),
        ("there was no inuy", "there was no injury"),
        ("maybe another tie", "maybe another time"),
        ("Itt's sore", "its sore"),
        ("my lefrknee", "my left knee"),
        ("bithmy knees", "both my knees"),
        ("the bck of my knee", "the back of my knee"),
        ("a mnh and a half", "a month and a half"),
        ("hlf a year ago", "half a year ago"),
        ("no iea", "no idea"),
        ("id rater not say", "id rather not say"),
        ("Can we skip tat?", "Can we skip that?"),
        ("i'd like to siip this one", "i'd like to skip this one"),
        ("thee out of 10", "three out of 10"),
        ("how many mre", "how many more"),
        ("it has beena month", "it has been a month"),
        ("beento months", "been two months"),
        ("my kee hurts", "my knee hurts"),
        ("it was none months ago", "it was nine months ago"),
        ("i had boox recently", "i had botox recently"),
        ("since the inhry", "since the injury"),
        ("stiff wen i get up", "stiff when i get up"),
        ("3 weles ago", "3 weeks ago"),
        ("Tat's all right", "thats all right"),
        ("sue, save it", "sure, save it"),
        ("the bak side", "the back side"),
        ("Can I candel it?", "Can I cancel it?"),
        ("tanks", "thanks"),
        ("i playbaasketball", "i play basketball"),
    ],
)
def test_what_stands_beside_a_slip_tells_what_was_meant(speller, typed, meant):
    assert speller.mend(typed).text == meant


@pytest.mark.parametrize(
    "typed",
    [
        "one of these",
        "nine of these",
        "the moth was here",
        "oh my god",
        "sue me",
        "bath knees",
        "yeas and nays",
        "three days ago",
        "a weak knee",
        "my knee is fire",
        "none out of ten",
        "then out of ten I say four",
        "on our side",
        "with my fist",
        "I don't know what to do",
        "a man of my age",
        "the other side",
        "two ways",
        "two men ago",
        "I slip it on",
        "the rater said so",
        "I read a book",
        "the boxes in here",
        "the bad side",
        "I can candle it",
        "two water tanks",
        "I will sue, maybe",
        "ten minutes",
        "a tie",
        "a year and a bit",
    ],
)
def test_the_same_letters_stay_elsewhere(speller, typed):
    assert speller.mend(typed).text == typed
