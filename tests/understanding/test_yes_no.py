"""Yes, no and not sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.yes_no import asks_back, is_doubted_no, is_hedged, is_question, read_yes_no
from tests.readers import mended

YES = (
    """
yes|Yeah, I guess|absolutely|sure thing|mm-hmm|Yes it does.|yup|OK|that works for me|I do.|a little bit|of course
you got that right|sometimes, yes|go ahead|sure, why not?|I don't mind|unfortunately, yes|that'd be great|👍
uh-huh|correct|I think that's right|no problem|yes, I have not slept well|only when I bend it|every day|it does, a bit
guess so|i'm afraid so|sure do|it really does|still does sometimes|does indeed|always has|thats correct|its true
that is so|just like you described|spot on|yes sir|yeah unfortunately|yep sadly|oh yes indeed|100%|you betcha
hell yeah|ofc|obviously|i reckon so|seems like it|looks that way|most of the time|nearly every day
from time to time|some days|whenever i climb|when i squat|once or twice|a few times|more often than not|big time
happy to|i'd be glad to|fine by me|count me in|i have no objection|why not|probly|more or less|to some extent
no doubt about it|i cant deny it|yeaah|yesh|yeh it does|it did once|i have|have done|ye|y e s|affrimative
absolutley|defintely|corect|sometims|ocasionally|evry day|unfortunatly yes|um, yeah, kind of
yes but only at night|yeah for sure|that'd be a yes|a big yes|put me down for yes|well i suppose so|i'd say yes
i would say so|yup yup|there is|there are a few|both of them|certainly does|thats it exactly|as you said
it comes and goes|ok then|okie dokie|sounds like a plan|lets do it|lets go|please|yes plz|a tad|just a touch
if you like|it aches, yes|i think it did|i believe it is|kinda yeah|it has, yes|my mother did, yes|I've had that
got it|pretty sure it does|pretty sure, yes|almost always|in the mornings|only after sitting|yes ma'am|true
that's true i do|no yeah it does|oh for sure|Yes. It does|i do get that|i do have some|it does that a lot
that happens|thats me|quite often|very often|very much|very|now and again|on and off|It's true, sadly
yeah it does that|it sure is|oh yes|yeah, most nights|yess|yeaaah|it would appear so|that sounds about right
you said it|quite right|thats exactly it|i'd go with yes|pretty often|every single time|yep every time i bend it
on bad days|some of the time|when its cold out|if i walk too far|after a long walk|now and then yeah
just when i kneel|a fair bit|yes, loads|i have had it before|once, last year|ive noticed that|a couple times
too many times|no doubt|oh absolutely|for certain|yuppp|yeh|yess please|surely|why yes|very true|you are right
ok sure|all good|sounds fine|perfect, thanks|great, do that|that'll work|let's do that|i'm okay with that
please go ahead|sure go for it|yeah go on then|go on|i would|i'd like that|fine|fine with me|okey|k|alright then
i do believe so|suppose it does|i am yes|we do|it can do|kinda|sorta yeah|in the morning yes|i get that too
i do, yeah, unfortunately|thats how it is|positve|i'm sure it is|yes of coarse|its definitely swollen
""".strip()
    .replace("\n", "|")
    .split("|")
)
NO = (
    """
no|nope, never|not really|uh-uh|I wouldn't say so|I don't think so|not that I know of|correct, I never have|yeah, no
none at all|nothing else, thanks|I'm good, thank you|no thanks|I have no allergies|well, no|that's not right|👎
maybe later|not yet|I doubt it|never had one|right, no|not to my knowledge|could you change the time?|not even once
no no|nope nope nope|no sir|no maam|god no|absolutely not|certainly not|of course not|not once|not ever
not even a little|not in the least|not in the slightest|not particularly|not especially|not so much|not lately
not anymore|no longer|not any more|not for a long time|not as far as i know|none that i know of
nothing ive noticed|nothing like that|nothing to speak of|none whatsoever|cant say i have|can't say that I do
i cant say it does|havent noticed any|never had any|dont have any|dont believe so|dont think so
i wouldnt say that|doubtful|i highly doubt it|very unlikely|probly not|maybe not|i guess not|i suppose not
hope not|i hope not|afraid not|im afraid not|apparently not|thankfully no|thankfully not|fortunately never
luckily no|it dont|aint got any|i aint|nope all clear|hardly|hardly at all|rarely|very rarely|scarcely ever
almost never|no thanks|please no|please do not|rather not|id rather not|prefer not to|lets not|not interested
not for me|ill pass|no im good|that wont work|doesnt work for me|used to but not anymore|it did but it stopped
it went away|gone now|nevr|noep|noo way|negitive|nope, not me|nah im fine|no, but my brother has|uhh no
eh not really|i do not|we dont|i never have|never ever|n o|naw|nah mate|no problems there|no trouble at all
no issues|yeah no|yeah nah|right, never|true, i dont|nobody|far from it|not likely|not to speak of|wasn't me
no not really|didnt happen|i have not|i've had none|it hasn't|not that i noticed|not that im aware of
not that i recall|no i dont think so|well no|thats a no|that would be a no|a hard no|hmm no|the answer is no
no ty|not today|no it doesnt|nope not once|nah not really|not as such|not that i can think of|cant say i do
i cant say ive noticed|never noticed that|no never|nothing at all|nothing of that kind|none of the above
none of them|none of that|no to all|no to both|all no|neither one|not so far|not as yet|not recently
not these days|not any longer|no more than usual|no more than normal|not to my recollection
i dont believe i have|dont reckon so|i wouldnt think so|shouldn't think so|i very much doubt it
i seriously doubt that|theres none|there isnt any|there arent any|haven't got any|havent got one|ive got none
i have no such thing|without|free of all that|negatve|nopee|noo|nooope|noppe|n|not really no|hmm nope
well, not exactly|not quite|nah thanks|id rather wait|i'd prefer not to|no need|no need thanks|not necessary
dont want that|i dont want to|i dont agree|i do not consent|disagree|i object|no deal|that is incorrect
thats wrong|its wrong|wrong|thats not correct|thats not it|never did|it never has|it has not|i am not|im not
not me|absolutely none|zilch|diddly squat|not a thing|nothing to report|no mate|no darling|nein|no siree bob
""".strip()
    .replace("\n", "|")
    .split("|")
)
UNSURE = (
    """
maybe|not sure|I honestly don't know|idk|could be|hard to say
it depends|I can't remember|no idea|?|hmm, perhaps|who knows
I couldn't tell you|yes, but I'm not sure|not 100% sure|there's a chance
not sure tbh|im not sure|i dont know|dunno mate|no idea|no clue|havent a clue|i havent the foggiest|not a clue
beats me|who knows|who knows?|god knows|tough to say|difficult to say|cant say for sure|cant tell
i cant remember|dont recall|i forget|i forgot|ive forgotten|couldnt say|wouldnt know|not certain|not positive
maybe|mayb|perhaps|possibly|posibly|could be|might be|might|its possible|potentially|maybe so|yes and no|50/50
it depends|depends on the day|it varies|undecided|unclear|not entirely sure|im not really sure
i really dont know|don't really know|honestly no idea|i wish i knew|how would i know|never checked
i havent checked|id have to check|ask my doctor|hmm|i dont remeber|idk man|idk, maybe|unsure|hard to tell
cant be sure|not too sure|i couldnt tell ya|i don't have a clue|your guess is as good as mine|it might
there might be|i may have|may be|dont no|not rly sure|im unsure|cant really say|i really couldnt say|tbh no idea
no idea tbh|havent a scooby|not that sure|hard to tell really|tricky to say|i have no clue|no clue sorry|idk lol
i dunno really|who can say|maybe yes maybe no|im in two minds|could go either way|could have been|it may have
i might have|perhaps so|im not a doctor|couldnt be sure|i never checked|hasnt been tested|i dont recall exactly
cant quite remember|slipped my mind|forgotten|not certain tbh|dont know about that|i honestly cannot remember
possibly yes|i suspect so maybe|uncertain|it is hard to say|not 100 percent sure|kind of unsure
""".strip()
    .replace("\n", "|")
    .split("|")
)
NEITHER = (
    """
What do you mean?|does it cost anything?|my neighbor has a dog|the left one|3 weeks|why do you ask?|It is the stairs
what does that mean|why|why do you ask|how much is it|how long does it take|do you take insurance
are you a real person|is this free|can i come in tomorrow|could you explain|can you repeat that|say that again
sorry what|huh|i dont understand|i dont get the question|not sure what you mean|hang on|one sec|wait a minute
brb|let me think|which one|where are you located|who is this|the left one|three weeks
my knee hurts on the inside|it started in march|stairs|a 7|Tuesday|i fell off my bike|skip|monday at 3
my dog is barking|does it hurt|i'd rather not say|prefer not to answer|is it safe|will it hurt
am i talking to a bot|hello|tell me more|the front|john smith|i take advil|swelling|what|what's that
why would you want that|whats it for|how come|whos asking|can i ask you something|is that bad|does that matter
could you say that differently|i dont know what you mean|not following|one moment please|gimme a sec|sec
just a moment|sorry my phone died|my cat walked on the keyboard|lunch is ready|on the inside of the knee
two years|when can i come in|are you open saturday|whats the address|my name is bo|next
i'd rather not answer that|good morning|thank you|it started after a fall|running and tennis|about a 6
both knees|i want to talk to a human|please call me|i take ibuprofen
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("text", YES)
def test_yes_is_heard(text: str) -> None:
    assert read_yes_no(mended(text)) == "yes"


@pytest.mark.parametrize("text", NO)
def test_no_is_heard(text: str) -> None:
    assert read_yes_no(mended(text)) == "no"


@pytest.mark.parametrize("text", UNSURE)
def test_not_sure_is_heard(text: str) -> None:
    assert read_yes_no(mended(text)) == "unsure"


@pytest.mark.parametrize("text", [*NEITHER, "", "   ", "…"])
def test_what_is_neither_gives_none(text: str) -> None:
    assert read_yes_no(mended(text)) is None


def test_case_and_curly_apostrophes_do_not_matter() -> None:
    assert read_yes_no("I DON’T THINK SO") == "no"


def test_a_question_needs_its_word_and_its_mark() -> None:
    assert is_question("And how long does it take?")
    assert not is_question("how it started, I don't know")


@pytest.mark.parametrize(
    "text", ["yeah, I guess", "i suppose", "sort of", "only if it is free", "probably", "now and then"]
)
def test_a_lukewarm_yes_is_known(text: str) -> None:
    assert is_hedged(text)


@pytest.mark.parametrize(
    "text", ["yes", "ok", "sure, go ahead", "yes if it helps", "I agree", "absolutely. I guess it snowed"]
)
def test_a_clear_yes_is_not_lukewarm(text: str) -> None:
    assert not is_hedged(text)


def test_a_doubted_no_is_known() -> None:
    assert is_doubted_no("probably not")
    assert is_doubted_no("hardly ever")
    assert not is_doubted_no("I don't think so")
    assert not is_doubted_no("not that I know of")


def test_a_question_back_needs_no_mark() -> None:
    assert asks_back("what do you mean by that")
    assert asks_back("hang on a sec")
    assert not asks_back("whatever, yes")


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert read_yes_no(text) in ("yes", "no", "unsure", None)


def test_no_wait_in_front_of_something_is_no_no() -> None:
    assert read_yes_no("no wait its the right knee") is None
    assert read_yes_no("no hold on, yes") == "yes"
    assert read_yes_no("no, wait, none of these") == "no"
    assert read_yes_no("no") == "no"
