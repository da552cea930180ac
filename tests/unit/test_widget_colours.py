"""The widget's colours are readable, and docs/design.md states their measured contrast."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "widget/knee-intake.css").read_text()
SHEET = (ROOT / "docs/design.md").read_text()

WORDS = 4.5
EDGES = 3.0
PAIRS: list[tuple[str, str, float]] = [
    ("ink", "back", WORDS),
    ("ink", "soft", WORDS),
    ("ink", "tint", WORDS),
    ("quiet", "back", WORDS),
    ("quiet", "soft", WORDS),
    ("quiet", "tint", WORDS),
    ("accent", "back", WORDS),
    ("accent", "soft", WORDS),
    ("on-accent", "accent", WORDS),
    ("on-head", "head", WORDS),
    ("red", "back", WORDS),
    ("red", "soft", WORDS),
    ("red", "alert", WORDS),
    ("on-red", "red", WORDS),
    ("alert-ink", "alert", WORDS),
    ("warm-ink", "warm", WORDS),
    ("edge", "back", EDGES),
    ("warm-edge", "back", EDGES),
]


def colours(block: str) -> dict[str, str]:
    """Name -> #rrggbb of one :host block; of `var(--knee-intake-x, #abc)` what holds without the clinic's own."""
    found: dict[str, str] = {}
    for name, value in re.findall(r"--([\w-]+): ([^;]+);", block):
        code = re.search(r"#([0-9a-f]{3,6})\b", value)
        same = re.fullmatch(r"var\(--([\w-]+)\)", value)
        if code:
            digits = code[1] if len(code[1]) == 6 else "".join(digit * 2 for digit in code[1])
            found[name] = f"#{digits}"
        elif same:
            found[name] = found[same[1]]
    return found


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


LIGHT, DARK = (colours(block) for block in re.findall(r":host \{(.*?)\n *\}", CSS, flags=re.DOTALL)[:2])


def test_black_on_white_has_the_contrast_that_wcag_states() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("words", "ground", "least"), PAIRS)
def test_each_pair_is_readable_and_is_in_the_design_sheet_as_measured(words: str, ground: str, least: float) -> None:
    light, dark = (contrast(scheme[words], scheme[ground]) for scheme in (LIGHT, DARK))
    assert light >= least
    assert dark >= least
    assert f"| `{words}` on `{ground}` | {light:.1f} | {dark:.1f} |" in SHEET
