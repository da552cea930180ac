"""Links that are signed and end, and codes that belong to one mail."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from knee_intake.errors import LinkError, LinkExpiredError, LinkForgedError
from knee_intake.notices.links import AnswerLink, Links, StopLink, VisitLink, mark_of
from tests.conftest import NOW

LINKS = Links(b"a secret", "https://chat.clinic.test")
UNTIL = NOW + timedelta(hours=1)
VISIT = VisitLink("0000-1", "H7K-4MQ", mark_of("robin@example.org"), UNTIL)


def token_of(link: str) -> str:
    return link.removeprefix("https://chat.clinic.test/mail/").split("/")[1]


def test_what_a_link_says_comes_back() -> None:
    assert LINKS.read_visit(token_of(LINKS.visit(VISIT, "keep")), NOW) == VISIT
    assert LINKS.read_answer(token_of(LINKS.answer(AnswerLink(7, UNTIL))), NOW) == AnswerLink(7, UNTIL)
    assert LINKS.read_stop(token_of(LINKS.stop(StopLink("0000-1", UNTIL))), NOW) == StopLink("0000-1", UNTIL)


def test_a_link_needs_no_escaping_and_names_its_page() -> None:
    link = LINKS.visit(VISIT, "keep")
    assert re.fullmatch(r"https://chat\.clinic\.test/mail/visit/[0-9A-Za-z][\w.-]+/keep", link)
    assert LINKS.visit(VISIT) == link.removesuffix("/keep")


def test_a_link_works_until_its_time_and_not_at_it() -> None:
    token = token_of(LINKS.visit(VISIT))
    LINKS.read_visit(token, UNTIL - timedelta(seconds=1))
    with pytest.raises(LinkExpiredError):
        LINKS.read_visit(token, UNTIL)


def test_every_changed_letter_is_noticed() -> None:
    token = token_of(LINKS.visit(VISIT))
    last = len(token) - 1  # of the last letter of base64 some bits say nothing
    for place in range(last):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(LinkForgedError):
            LINKS.read_visit(changed, NOW)


@pytest.mark.parametrize("token", ["", ".", "a.b.c.d.e", "ä", "\ud800", "0" * 5000])
def test_nonsense_is_no_link(token: str) -> None:
    for read in (LINKS.read_visit, LINKS.read_answer, LINKS.read_stop):
        with pytest.raises(LinkError):
            read(token, NOW)


def test_another_server_or_purpose_signs_otherwise() -> None:
    token = token_of(LINKS.stop(StopLink("0000-1", UNTIL)))
    with pytest.raises(LinkForgedError):
        Links(b"another secret", "").read_stop(token, NOW)
    with pytest.raises(LinkForgedError):
        LINKS.read_answer(token, NOW)


def test_a_code_has_six_digits_and_belongs_to_one_mail_of_one_server() -> None:
    codes = [LINKS.code(f"mail {number}") for number in range(500)]
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    assert len(set(codes)) > 495
    assert LINKS.code("mail 1") == codes[1]
    assert Links(b"another secret", "").code("mail 1") != codes[1]


def test_the_mark_of_an_address_knows_no_case_and_gives_nothing_away() -> None:
    assert mark_of("Robin@Example.org ") == mark_of("robin@example.org")
    assert mark_of("robin@example.org") != mark_of("kim@example.org")
    assert re.fullmatch(r"[0-9a-f]{12}", mark_of("robin@example.org"))


def test_time_is_told_to_the_second_in_any_zone() -> None:
    odd = datetime(2026, 3, 10, 23, 59, 59, 999_000, tzinfo=timezone(timedelta(hours=12, minutes=45)))
    link = LINKS.read_visit(token_of(LINKS.visit(VisitLink("c", "r", "m", odd))), odd - timedelta(days=1))
    assert link.until == odd.replace(microsecond=0)
