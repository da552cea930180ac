"""A sheet of paper as PDF, with a font that has the letters of many names, and words for those it has not.

The font is DejaVu Sans, which comes with matplotlib: Latin, Greek, Cyrillic, Hebrew and Arabic letters (these two not
joined), and signs. Without it the PDF's own Helvetica is used, which has western European letters only. A letter that
the font has not is printed as a box, and the page says how many were.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fpdf import FPDF

if TYPE_CHECKING:
    from fpdf.fonts import TTFFont

FAMILY, PLAIN_FAMILY = "DejaVu", "Helvetica"
BOX, PLAIN_BOX = "□", "?"
MARGIN_MM = 14.0
_SILENT = {"Cf", "Mn", "Cc", "Cs", "Co"}
"""Categories that leave nothing to be seen; where the font has not got them they are left out without a box."""
_FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}


def font_folder() -> Path | None:
    """Where the font lies; None where it is not installed. Imports nothing of matplotlib."""
    spec = find_spec("matplotlib")
    places = spec.submodule_search_locations if spec else None
    folder = Path(places[0]) / "mpl-data" / "fonts" / "ttf" if places else None
    return folder if folder and all((folder / name).is_file() for name in _FILES.values()) else None


class Sheet(FPDF):
    """Letter paper, used in a `with`. Texts go through `letters`, which counts what could not be printed."""

    def __init__(self, *, title: str, now: datetime, foot: str = "") -> None:
        super().__init__(format="letter", unit="mm")
        self.foot = foot
        self.lost = 0
        """Letters printed as a box so far."""
        self.set_margin(MARGIN_MM)
        self.set_title(title)
        self.set_creation_date(now)
        self.set_lang("en")
        self._known: Container[int] = range(256)
        self._box, self.family = PLAIN_BOX, PLAIN_FAMILY
        if (folder := font_folder()) is not None:
            for style, name in _FILES.items():
                self.add_font(FAMILY, style, folder / name)
            font = cast("TTFFont", self.fonts[FAMILY.lower()])
            self._known, self._box, self.family = font.cmap, BOX, FAMILY

    def letters(self, text: str) -> str:
        """The text as this font can print it."""
        return "".join(map(self._letter, unicodedata.normalize("NFC", text)))

    def _letter(self, letter: str) -> str:
        if letter == "\n" or (ord(letter) in self._known and unicodedata.category(letter) not in ("Cc", "Cs", "Co")):
            return letter
        if letter == "\t" or unicodedata.category(letter) in _SILENT:
            return " " if letter == "\t" else ""
        self.lost += 1
        return self._box

    @property
    def lost_line(self) -> str:
        """What the page says of letters that it could not print; empty where there are none."""
        if not self.lost:
            return ""
        letters = "One letter" if self.lost == 1 else f"{self.lost} letters"
        return f"{letters} could not be printed, shown as {self._box}: see the screen."

    def paragraph(self, text: str, size: float, *, bold: bool = False, width: float = 0) -> None:
        """A text of `size` points over the full width, or `width` mm; the next one stands below."""
        self.set_font(self.family, "B" if bold else "", size)
        self.multi_cell(width, size * 0.47, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the files of the font."""
        for font in self.fonts.values():
            if (opened := getattr(font, "ttfont", None)) is not None:
                opened.close()

    def footer(self) -> None:
        if not self.foot:
            return
        self.set_y(-11)
        self.set_font(self.family, "", 7)
        self.cell(0, 4, f"{self.foot}, page {self.page_no()} of {{nb}}", align="C")
