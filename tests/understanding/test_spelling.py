"""Slips of the thumb: what is put right, what is never touched, and where it stood."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.spelling import Mended
from tests import readers


@pytest.fixture(scope="module")
def speller():
    return readers.speller()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("my kene hruts going downstiars", "my knee hurts going downstairs"),
        ("it is verry painfull at nihgt", "it is very painful at night"),
        ("phyiscal theapy and corrtisone", "physical therapy and cortisone"),
        ("hyaluronnic injecton", "hyaluronic injection"),
        ("i have trobule climing", "i have trouble climbing"),
        ("im soooo tired", "im so tired"),
        ("MY KENE", "MY knee"),
        ("corection, sisty four", "correction, sixty four"),
        ("i dont beleive so, unfortunatly", "i dont believe so, unfortunately"),
        ("next Tuseday aftrenoon", "next tuesday afternoon"),
        ("mondya or thrusday, three wekes", "monday or thursday, three weeks"),
        ("cant recal, duno", "cant recall, dunno"),
        ("my pian, i forgit", "my pain, i forgot"),
        ("witout a doubt", "without a doubt"),
        ("jo at gmial dot com", "jo at gmail dot com"),
        ("the statin(s) and hayfever pils", "the statin(s) and hayfever pills"),
    ],
)
def test_a_slip_is_put_right(speller, typed, meant):
    assert speller.mend(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nolocking", "no locking"),
        ("nonumbness", "no numbness"),
        ("theleft one", "the left one"),
        ("butnever", "but never"),
        ("isnot hot", "isnt hot"),
        ("keepsme up allnight", "keeps me up all night"),
        ("abit stiff", "a bit stiff"),
        ("runnersknee", "runners knee"),
        ("nexttuesday", "next tuesday"),
        ("fivemonths", "five months"),
        ("couldnttell", "couldnt tell"),
        ("i meantphysical therapist", "i meant physical therapist"),
        ("about7, maybe8", "about 7, maybe 8"),
        ("hada scan", "had a scan"),
    ],
)
def test_joined_words_are_parted_and_no_denial_is_lost(speller, typed, meant):
    assert speller.mend(typed).text == meant


@pytest.mark.parametrize(
    "typed",
    [
        "my neighbor and my neighbour like the color and the colour of the kerb",
        "I am right handed and wait for the rite aid on main street",
        "we hike, bike and lift; I was locked in the cellar with a colt",
        "Dr Lindqvist and Mrs Sweling of Feverham called",
        "TKR, PT, MRI, NSAIDs and acl",
        "don't won't can't isn't that'd she'll the clinic's",
        "it is rite, the moths ate it; tho a stair, cos of breath",
        "jo.corection@hotmial.com, www.pian.com/kene, kene.com and x9kene 5wks",
        "hotmail gmail yahoo icloud, statins, hayfever",
        "PT and WK at the SRY; I met Sry Kne",
        "señorita prévious",
        "",
        "膝が痛い 🦵 ١٢٣",
    ],
)
def test_words_names_and_signs_stay_as_they_are(speller, typed):
    assert speller.mend(typed) == Mended(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sry, prolly 2 wks b4", "sorry, probably 2 weeks before"),
        ("ofc, every nite", "of course, every night"),
        ("dnt know wut", "dont know what"),
        ("my nee and my kne", "my nee and my knee"),
    ],
)
def test_spellings_of_phones_are_put_right_where_they_are_no_words(speller, typed, meant):
    assert speller.mend(typed).text == meant


@pytest.mark.parametrize(
    "typed", ["bleading badly", "crookid", "unconcious", "vomitting blod clots", "sucidal", "confsued"]
)
def test_nothing_is_mended_into_a_word_that_only_alarms_use(speller, typed):
    words = set(speller.mend(typed).text.split()) - set(typed.split())
    assert not words & speller._alarms


def test_nothing_is_mended_into_a_denial_out_of_the_blue(speller):
    assert not set(speller.mend("isit hot, wasit, canyou, dosit").text.split()) & {"isnt", "wasnt", "doesnt", "dont"}


def test_a_span_leads_back_to_the_words_as_they_were_typed(speller):
    typed = "so nolocking and my kene hruts"
    mended = speller.mend(typed)
    for word, received in (("no", "nolocking"), ("locking", "nolocking"), ("knee", "kene"), ("and my", "and my")):
        start = mended.text.index(word)
        first, last = mended.origin(start, start + len(word))
        assert typed[first:last] == received
    assert mended.origin(len(mended.text), len(mended.text)) == (len(typed), len(typed))


@given(st.text())
def test_no_text_breaks_it(text):
    mended = readers.speller().mend(text)
    assert mended.origin(0, len(mended.text)) == (0, len(text))


def test_long_text_without_a_space_is_quick(speller):
    started = time.process_time()
    speller.mend("kene" * 20_000 + " " + "kene " * 20_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("asked", "typed", "meant"),
    [
        ("pain_location", "frot", ["anterior"]),
        ("activity_level", "coch potato", "sedentary"),
        ("exercise_days", "theee times a week", 3),
        ("knee_side", "2 of tem", "both"),
        ("activities", "just yga", ["yoga"]),
    ],
)
def test_a_reply_with_one_slip_that_nothing_else_explains_is_guessed_at(asked, typed, meant):
    assert readers.rule_reader().read(typed, asked=asked).answer == meant


@pytest.mark.parametrize(
    ("asked", "typed"), [("knee_side", "frot xqzt"), ("yes_no", "xqzt"), ("emergency_screen", "cehst")]
)
def test_what_cannot_be_guessed_stays_unanswered(asked, typed):
    assert readers.rule_reader().read(typed, asked=asked).answer is None


def test_no_guess_at_what_was_not_asked():
    assert readers.rule_reader().read("frot", asked="yes_no").findings == {}


@pytest.mark.parametrize("typed", ["frjo", "frao", "sali0", "zafa", "frií", "pálodo"])
def test_letters_without_a_key_of_their_own_break_nothing(speller, typed):
    assert speller.mend(f"my pie is {typed}").text
    assert isinstance(speller.guesses(typed), list)
