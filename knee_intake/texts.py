"""Texts keyed by language, as every file in clinic/ holds them. PURE."""

from __future__ import annotations

import string
from collections.abc import Mapping

Texts = dict[str, str]
"""Language code -> text. `en` is always there."""


def in_language(texts: Mapping[str, str], lang: str = "en") -> str:
    """The text in `lang`, or in English where it is not translated yet."""
    return texts.get(lang) or texts["en"]


def names_in(text: str) -> set[str]:
    """What stands in the braces of a text, with a conversion or a format where there is one: no such name is known.

    Raises ValueError where a brace stands alone.
    """
    return {
        f"{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}"
        for _, name, spec, conversion in string.Formatter().parse(text)
        if name is not None
    }
