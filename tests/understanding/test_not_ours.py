"""What lies near the clinic's business and is none of it, word by word, beside what is."""

import pytest

from knee_intake.understanding.not_ours import is_not_ours, is_of_another_part, is_surely_ours


@pytest.mark.parametrize(
    "text",
    [
        "Our old beagle can no longer climb the steps. Would needles help him?",
        "my dog's knee keeps slipping, who operates",
        "acl repair for a 60 pound labrador",
        "do you treat horses?",
        "cancel my yoga class",
        "move my flight to monday",
        "book me a haircut at noon",
        "i need an appointment at the dmv",
        "refill my hydrocodone",
        "please send my pills to the pharmacy on main street",
        "can i get ambien here",
        "birth control, do you prescribe it",
        "what does a psa of 5 mean",
        "does the flu shot hurt",
        "can you recommend a good dermatologist",
        "does my renters insurance cover a flood",
        "lip filler price",
        "dysport for the forehead, how many units",
        "where do i send my resume",
        "hello, i'm a rep for a maker of splints",
        "what do you pay nurses",
        "knee socks on sale",
        "why do players take a knee",
        "how do you say knee in italian",
        "a hole in the knee of my jeans",
    ],
)
def test_what_is_somebody_elses_business(text):
    assert is_not_ours(text)
    assert not is_surely_ours(text)


@pytest.mark.parametrize(
    "text",
    [
        "my dog ran into me and now my knee is fat",
        "i can't walk my dog any more",
        "cancel my visit",
        "move my appointment to friday",
        "my flight lands at ten, can i come at noon",
        "do i stop my insulin before the injection",
        "can i have my knee done the week after a flu shot",
        "is it the same botox as for the forehead",
        "had my frown lines done last week, is the toxin all right",
        "my cardiologist has me on a thinner",
        "do you bill car insurance for a knee hurt in a crash",
        "my knee socks slide down since my knee is swollen",
        "took a knee to a table edge",
        "My mother is frail and faints at every flu shot. Before I bring her from two states away I would like to know "
        "how she would feel on the day.",
        "are you hiring robots, or is this a person",
    ],
)
def test_what_is_ours_after_all(text):
    assert not is_not_ours(text)


@pytest.mark.parametrize(
    "text",
    [
        "pain shoots down to my ankle",
        "my sugar runs high, is cortisone ok",
        "will my knee get better",
        "is it worse after the shot",
        "when is my appointment",
        "my own arthritis hurts",
    ],
)
def test_a_knee_visit_or_injection_of_the_writers_own_is_ours_for_sure(text):
    assert is_surely_ours(text)


@pytest.mark.parametrize(
    "text", ["my knee high boots", "my dogs knee", "my appointment at the dentist", "knees in general"]
)
def test_what_only_sounds_like_ones_own_knee_or_visit_is_not(text):
    assert not is_surely_ours(text)


@pytest.mark.parametrize(
    ("text", "is_another"),
    [
        ("bunions are killing me", True),
        ("twisted my ankle", True),
        ("my lower back is out", True),
        ("does the doctor see hands", True),
        ("on the other hand", False),
        ("call me back", False),
        ("my leg and my wrist", False),
        ("is it my jaw", False),
    ],
)
def test_another_part_of_the_body_counts_where_no_leg_may_be_meant(text, is_another):
    assert is_of_another_part(text) is is_another
