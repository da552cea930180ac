"""A line chart as SVG markup: shares over time, with a title, a description and a legend. PURE.

No colours are given here: a line is class `s0`, `s1`, … and the page's style sheet tells them apart, by dashes as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 720, 300
"""Of the drawing's own units; the page scales it."""
LEFT, RIGHT, TOP, BOTTOM = 46, 150, 16, 34
_GRID = 4
_MOST_LABELS = 8
_LABEL_STEP = 15
"""Between two names at the right edge, so that they do not cover each other."""


@dataclass(frozen=True)
class Line:
    """One line; a gap where there is no value."""

    name: str
    values: Sequence[float | None]
    """0 to 1, one for each point of time."""


def line_chart(
    name: str, title: str, description: str, points: Sequence[str], lines: Sequence[Line], marks: Sequence[int] = ()
) -> Markup:
    """The drawing. `name` makes its ids unique on a page, `points` are the labels below, `marks` places with a rule.

    Everything is escaped; without a point there is an empty frame.
    """
    top = _top(lines)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{escape(name)}-title '
        f'{escape(name)}-desc">',
        f'<title id="{escape(name)}-title">{escape(title)}</title>',
        f'<desc id="{escape(name)}-desc">{escape(description)}</desc>',
        *_grid(top),
        *_below(points),
        *(f'<line class="mark" x1="{_x(at, points)}" y1="{TOP}" x2="{_x(at, points)}" y2="{HEIGHT - BOTTOM}"/>'
          for at in marks),
    ]  # fmt: skip
    for number, line in enumerate(lines):
        parts += _line(number, line, points, top)
    parts += [*_legend(lines, top), "</svg>"]
    return Markup("".join(parts))


def _top(lines: Sequence[Line]) -> float:
    """The highest share that is drawn: a tenth, a fifth, a half or all."""
    highest = max((value for line in lines for value in line.values if value is not None), default=0.0)
    return next(step for step in (0.1, 0.2, 0.5, 1.0) if highest <= step)


def _x(at: int, points: Sequence[str]) -> float:
    width = WIDTH - LEFT - RIGHT
    return round(LEFT + (width / 2 if len(points) < 2 else width * at / (len(points) - 1)), 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)


def _grid(top: float) -> list[str]:
    found = []
    for step in range(_GRID + 1):
        share = top * step / _GRID
        kind, y = ("axis" if step == 0 else "grid"), _y(share, top)
        found.append(f'<line class="{kind}" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>')
        found.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{100 * share:g} %</text>')
    return found


def _below(points: Sequence[str]) -> list[str]:
    every = max(1, -(-len(points) // _MOST_LABELS))
    return [
        f'<text x="{_x(at, points)}" y="{HEIGHT - 12}" text-anchor="middle">{escape(label)}</text>'
        for at, label in enumerate(points)
        if at % every == 0
    ]


def _line(number: int, line: Line, points: Sequence[str], top: float) -> list[str]:
    found, run = [], list[str]()
    for at, value in enumerate([*line.values, None]):
        if value is not None:
            run.append(f"{_x(at, points)},{_y(value, top)}")
            found.append(f'<circle class="s{number}" cx="{_x(at, points)}" cy="{_y(value, top)}" r="3"/>')
            continue
        if len(run) > 1:
            found.append(f'<polyline class="s{number}" points="{" ".join(run)}"/>')
        run = []
    return found


def _legend(lines: Sequence[Line], top: float) -> list[str]:
    """Each line's name at its end, moved apart where two would meet."""
    ends = [
        (_y(last, top) + 4, number, line.name)
        for number, line in enumerate(lines)
        if (last := next((value for value in reversed(line.values) if value is not None), None)) is not None
    ]
    ends.sort()
    places: list[float] = []
    for y, _, _ in ends:
        places.append(max(y, places[-1] + _LABEL_STEP) if places else y)
    over = max(0.0, (places[-1] if places else 0.0) - (HEIGHT - 8))
    return [
        f'<text class="s{number}" x="{WIDTH - RIGHT + 10}" y="{round(y - over, 1)}">{escape(label)}</text>'
        for y, (_, number, label) in zip(places, ends, strict=True)
    ]
