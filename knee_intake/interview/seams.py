"""Where a text that asks several things is cut: "What does it cost, and do you take walk-ins?". PURE."""

from __future__ import annotations

import re

_ASKS = r"(?:how|what|what's|whats|where|when|which|who|do|does|is|are|can|could|will|would)"
_SEAM = re.compile(
    rf"(?<=[?!.;])\s+|\n+|,?\s+(?:and|also|plus|&)\s+(?:also\s+)?(?={_ASKS}\b)|,\s+(?={_ASKS}\b)", re.IGNORECASE
)


def parts_of(text: str) -> list[str]:
    """The parts, in order; the whole text where there is one."""
    return [part for part in _SEAM.split(text.strip()) if part.strip()]
