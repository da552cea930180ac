"""Charts as SVG that everybody can read: named and described for screen readers, values as text, no colour alone. PURE.

Each chart is one `<svg role="img">` with title and description; the page shows a table of the same rows beside it.
Nothing in it is styled here: the classes are those of static/staff/figures.css, which knows light and dark. All sizes
are in the units of a drawing that is WIDTH wide, and scale with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 360
_ROW, _BAR = 34, 12
_LEFT, _TOP, _RIGHT, _PLOT = 30, 14, 8, 150
_KEY = 18
MARKERS = ("circle", "square", "diamond", "triangle", "dart")
"""Shape of a line's points; the lines are dashed differently too (class `line-0`, `line-1` …)."""
_CHARACTERS = 54
"""So many fit beside each other in the size of a phone's; a longer label is cut, and whole in the table."""
_MOST_POINTS = 31
"""With more days than that the points would only blur the line."""


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart. `share` of it, 0 to 1, is hatched, and `text` says all that there is to say."""

    label: str
    value: float
    text: str
    share: float = 0.0


@dataclass(frozen=True)
class Series:
    """One line; a gap where there is no value."""

    name: str
    values: Sequence[float | None]


def bars(name: str, title: str, description: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars from the left, each under its label. `name` makes the ids, and is unique on the page."""
    most = max((row.value for row in rows), default=0) or 1
    parts = [part for number, row in enumerate(rows) for part in _bar(number, row, 0, WIDTH * row.value / most)]
    return _svg(name, title, description, _ROW * len(rows), parts)


def funnel(name: str, title: str, description: str, rows: Sequence[Bar]) -> str:
    """The same, each bar in the middle: what narrows is what is lost."""
    most = max((row.value for row in rows), default=0) or 1
    widths = [WIDTH * row.value / most for row in rows]
    parts = [
        part
        for number, (row, width) in enumerate(zip(rows, widths, strict=True))
        for part in _bar(number, row, (WIDTH - width) / 2, width)
    ]
    return _svg(name, title, description, _ROW * len(rows), parts)


def lines(
    name: str,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    marks: Sequence[int] = (),
) -> str:
    """Values over days, each line with its own dashes, its own points and its name in the key above.

    `unit` stands behind the numbers at the left; `marks`: places with an upright line.
    """
    most = _round_up(max((value for one in series for value in one.values if value is not None), default=0))
    key = [part for number, one in enumerate(series) for part in _key(number, one.name)]
    top = _TOP + _KEY * len(series)
    plot = [part for number, one in enumerate(series) for part in _line(number, one, most, top)]
    height = top + _PLOT + 22
    upright = [f'<path class="mark" d="M{_n(_x(at, len(labels)))} {_n(top)}v{_PLOT}"/>' for at in marks]
    return _svg(name, title, description, height, [*key, *_axes(labels, most, top, unit), *upright, *plot])


def _svg(name: str, title: str, description: str, height: float, parts: Sequence[str]) -> str:
    ident = escape(name, quote=True)
    return (
        f'<svg class="chart" role="img" aria-labelledby="{ident}-title" aria-describedby="{ident}-desc" '
        f'viewBox="0 0 {WIDTH} {_n(height)}" preserveAspectRatio="xMinYMin meet">'
        f'<title id="{ident}-title">{escape(title)}</title><desc id="{ident}-desc">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _bar(number: int, row: Bar, left: float, width: float) -> list[str]:
    top = _ROW * number
    bar = top + 17
    label = _cut(row.label, _CHARACTERS - len(row.text))
    parts = [
        f'<text class="label" x="0" y="{top + 12}">{escape(label)}</text>',
        f'<text class="value" x="{WIDTH}" y="{top + 12}" text-anchor="end">{escape(row.text)}</text>',
        f'<rect class="track" x="0" y="{bar}" width="{WIDTH}" height="{_BAR}"/>',
        f'<rect class="bar" x="{_n(left)}" y="{bar}" width="{_n(width)}" height="{_BAR}"/>',
    ]
    if row.share > 0:
        parts += _hatch(left, bar, width * min(row.share, 1))
    return parts


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: max(longest - 1, 1)].rstrip()}…"


def _hatch(left: float, top: float, width: float) -> list[str]:
    """Slanted strokes over the part, so that it is told by form too."""
    strokes = [f"M{_n(left + at)} {_n(top + _BAR)}l{_n(min(6, width - at))} -{_BAR}" for at in range(0, int(width), 6)]
    return [
        f'<rect class="part" x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_BAR}"/>',
        f'<path class="hatch" d="{"".join(strokes) or "M0 0"}"/>',
    ]


def _key(number: int, name: str) -> list[str]:
    y = _TOP + _KEY * number - 4
    return [
        f'<path class="line line-{number}" d="M0 {y}H28"/>',
        _marker(number, 14, y),
        f'<text class="label" x="36" y="{y + 4}">{escape(name)}</text>',
    ]


def _axes(labels: Sequence[str], most: float, top: float, unit: str) -> list[str]:
    parts = []
    for step in range(3):
        value = most * (2 - step) / 2
        y = top + _PLOT * step / 2
        parts.append(f'<path class="grid" d="M{_LEFT} {_n(y)}H{WIDTH - _RIGHT}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 4}" y="{_n(y + 4)}" text-anchor="end">{_n(value)}{unit}</text>')
    last = len(labels) - 1
    for place, anchor in {0: "start", last // 2: "middle", last: "end"}.items() if last > 1 else ((0, "start"),):
        if labels:
            at = _n(_x(place, len(labels)))
            text = escape(labels[place])
            parts.append(f'<text class="tick" x="{at}" y="{_n(top + _PLOT + 16)}" text-anchor="{anchor}">{text}</text>')
    return parts


def _line(number: int, one: Series, most: float, top: float) -> list[str]:
    count = len(one.values)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(one.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((_x(place, count), top + _PLOT * (1 - value / most)))
    ways = (" ".join(f"{_n(x)},{_n(y)}" for x, y in run) for run in runs if len(run) > 1)
    marked = [run for run in runs if count <= _MOST_POINTS or len(run) == 1]
    points = [_marker(number, x, y) for run in marked for x, y in run]
    return [*(f'<polyline class="line line-{number}" points="{way}"/>' for way in ways), *points]


def _marker(number: int, x: float, y: float) -> str:
    kind = f'class="marker marker-{number}"'
    shape = MARKERS[number % len(MARKERS)]
    if shape == "circle":
        return f'<circle {kind} cx="{_n(x)}" cy="{_n(y)}" r="3"/>'
    if shape == "square":
        return f'<rect {kind} x="{_n(x - 3)}" y="{_n(y - 3)}" width="6" height="6"/>'
    if shape == "diamond":
        return f'<path {kind} d="M{_n(x)} {_n(y - 4)}l4 4l-4 4l-4 -4z"/>'
    point = -4 if shape == "triangle" else 4
    return f'<path {kind} d="M{_n(x)} {_n(y + point)}l4 {-7 * point // 4}h-8z"/>'


def _x(place: int, count: int) -> float:
    wide = WIDTH - _LEFT - _RIGHT
    return _LEFT + (wide * place / (count - 1) if count > 1 else wide / 2)


def _round_up(value: float) -> float:
    """The next even number that reads well on an axis."""
    for scale in (1, 10, 100, 1000, 10_000, 100_000):
        for step in (2, 4, 6, 10):
            if value <= step * scale:
                return step * scale
    return value


def _n(value: float) -> str:
    """A number as SVG takes it, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")
