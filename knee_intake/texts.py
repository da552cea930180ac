"""Texts keyed by language, as every file in clinic/ holds them. PURE."""

from __future__ import annotations

from collections.abc import Mapping

Texts = dict[str, str]
"""Language code -> text. `en` is always there."""


def in_language(texts: Mapping[str, str], lang: str = "en") -> str:
    """The text in `lang`, or in English where it is not translated yet."""
    return texts.get(lang) or texts["en"]
