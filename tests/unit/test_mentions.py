"""Whom a note names."""

import pytest

from knee_intake.mentions import Piece, mentioned, pieces

MEMBERS = [(1, "dana"), (2, "Dana Lee"), (3, "a reviewer"), (4, "Ålice")]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@dana please call", (1,)),
        ("please, @Dana Lee!", (2,)),
        ("@DANA LEE and @dana", (2, 1)),
        ("(@a reviewer), @ålice", (3, 4)),
        ("@dana @dana", (1,)),
        ("@danae, robin@dana.example, @ dana, @nobody, @", ()),
        ("", ()),
    ],
)
def test_names_after_an_at_are_members(text: str, ids: tuple[int, ...]) -> None:
    assert mentioned(text, MEMBERS) == ids
    assert "".join(piece.text for piece in pieces(text, MEMBERS)) == text


def test_the_text_is_cut_around_the_names() -> None:
    assert pieces("tell @dana: done", MEMBERS) == (Piece("tell "), Piece("@dana", 1), Piece(": done"))
    assert pieces("@dana", MEMBERS) == (Piece("@dana", 1),)
