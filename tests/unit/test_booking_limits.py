"""The policy of limits: who counts as one visitor, and when it is enough."""

from __future__ import annotations

import pytest

from knee_intake.booking.limits import Usage, keyed, reached, same_address, same_contact
from knee_intake.practice import BookingLimits

LIMITS = BookingLimits(holds_per_hour=3, visits_per_conversation=2, visits_per_address=4, visits_per_contact=1)


@pytest.mark.parametrize(
    ("usage", "reason"),
    [
        (Usage(), None),
        (Usage(holds_this_hour=2), None),
        (Usage(holds_this_hour=3), "holds"),
        (Usage(visits_of_conversation=9, others_of_address=9, others_of_contact=9), None),
    ],
)
def test_a_hold_is_limited_by_the_holds_of_the_hour_alone(usage: Usage, reason: str | None) -> None:
    assert reached("hold", usage, LIMITS) == reason


@pytest.mark.parametrize(
    ("usage", "reason"),
    [
        (Usage(), None),
        (Usage(holds_this_hour=9), None),
        (Usage(visits_of_conversation=1, others_of_address=3), None),
        (Usage(visits_of_conversation=2), "conversation"),
        (Usage(others_of_address=4), "address"),
        (Usage(others_of_contact=1), "contact"),
        (Usage(visits_of_conversation=2, others_of_address=4, others_of_contact=1), "conversation"),
    ],
)
def test_a_visit_is_limited_by_conversation_address_and_contact(usage: Usage, reason: str | None) -> None:
    assert reached("place", usage, LIMITS) == reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+12125550143", "(212) 555-0143"),
        ("+12125550143", "212.555.0143"),
        ("+12125550143", "1 212 555 0143"),
        ("+442079460000", "+44 20 7946 0000"),
        ("robin@example.org", " Robin@Example.ORG "),
        ("robin@example.org", "robin+knee@example.org"),
        ("5550143", "555-0143"),
        ("at the desk", "At the  desk"),
    ],
)
def test_a_contact_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert same_contact(one) == same_contact(other)


@pytest.mark.parametrize(
    ("one", "other"), [("212-555-0143", "212-555-0144"), ("a@example.org", "a@example.com"), ("a.b@x.org", "ab@x.org")]
)
def test_other_contacts_are_others(one: str, other: str) -> None:
    assert same_contact(one) != same_contact(other)


@pytest.mark.parametrize(
    ("host", "counts_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_counts_by_connection(host: str, counts_as: str) -> None:
    assert same_address(host) == counts_as


def test_a_keyed_hash_tells_values_purposes_and_secrets_apart() -> None:
    hashes = {
        keyed(b"k", "address", "203.0.113.7"),
        keyed(b"k", "address", "203.0.113.8"),
        keyed(b"k", "contact", "203.0.113.7"),
        keyed(b"other", "address", "203.0.113.7"),
    }
    assert len(hashes) == 4
    assert keyed(b"k", "address", "203.0.113.7") in hashes
    assert {len(one) for one in hashes} == {32}
