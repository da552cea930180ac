"""While a person writes in the chat: which texts go on with the booking, and what it says beside the person."""

from __future__ import annotations

import pytest

from knee_intake.interview.beside_staff import beside, is_pick, rest
from knee_intake.interview.model import Intake
from knee_intake.interview.say import Say

TIME = "2026-03-11T09:00-04:00"
OFFERED = {
    "appointment": [{"label": "Wed, Mar 11, 9:00 AM", "value": TIME}, {"label": "Other times", "value": "other"}],
    "read_back": [{"label": "Yes, that's right", "value": "yes"}, {"label": "Change something", "value": "change"}],
    "onset": [{"label": "After an injury", "value": "injury"}],
}


def asked(name: str) -> Intake:
    state = {"offered": OFFERED[name], "offered_kind": "choices", "times": [{"value": TIME}]}
    return Intake(status="active", asked=name, state=state)


@pytest.mark.parametrize(
    ("question", "text", "staff_wrote", "pick"),
    [
        ("appointment", TIME, False, True),
        ("appointment", TIME, True, True),
        ("appointment", "wed, mar 11, 9:00 am", True, True),
        ("appointment", "Other times", True, True),
        ("appointment", "other", True, False),
        ("appointment", "the first one", False, False),
        ("appointment", "2026-03-12T09:00-04:00", False, False),
        ("read_back", "yes", False, True),
        ("read_back", "yes", True, False),
        ("read_back", "Yes, that's right", True, True),
        ("read_back", "no", False, False),
        ("onset", "After an injury", False, False),
    ],
)
def test_only_the_buttons_of_the_booking_go_on(question: str, text: str, staff_wrote: bool, pick: bool) -> None:
    assert is_pick(text, asked(question), staff_wrote=staff_wrote) is pick


def test_words_become_buttons_that_send_their_label_and_times_stay() -> None:
    times = Say("Which?", ((OFFERED["appointment"][0]["label"], TIME), ("Other times", "other")), {"kind": "slots"})
    yes = Say("Right?", (("Yes, that's right", "yes"), ("Change something", "change")), {"kind": "choices"})
    assert beside([times, yes]) == [
        times,
        Say("Right?", (("Yes, that's right", "Yes, that's right"),), {"kind": "choices"}),
    ]


def test_with_the_reference_the_errand_ends() -> None:
    done, more = Say("Your reference is ABC-123.", name="requested"), Say("A few questions?", name="after_offer")
    assert beside([done, more]) == [done]
    intake = {"asked": "after_offer", "state": {"offered": [1], "trail": ["read_back"]}}
    assert rest(intake, [more]) == intake
    assert rest(intake, [done, more]) == {
        "asked": None,
        "state": {"offered": [], "offered_kind": None, "trail": ["read_back"]},
    }
