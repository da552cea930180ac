"""The drawing of shares over time: well-formed, told in words, nothing unescaped, no line through a gap."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from knee_intake.web.line_chart import HEIGHT, LEFT, TOP, WIDTH, Line, line_chart

SVG = "{http://www.w3.org/2000/svg}"
shares = st.none() | st.floats(0, 1)


def draw(points: list[str], *lines: Line, marks: tuple[int, ...] = (), title: str = "Shares") -> ElementTree.Element:
    drawing = str(line_chart("one", title, "Two lines.", points, lines, marks))
    return ElementTree.fromstring(drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_it_has_a_title_and_a_description_that_it_is_labelled_by() -> None:
    root = draw(["a", "b"], Line("low", [0.1, 0.2]))
    names = (root.attrib["aria-labelledby"] or "").split()
    assert root.attrib["role"] == "img"
    assert [root.findtext(f"./*[@id='{name}']") for name in names] == ["Shares", "Two lines."]


def test_words_are_escaped() -> None:
    drawing = str(line_chart("one", "<b>", '"&', ["<i>"], [Line("<script>", [0.5])]))
    assert not re.search(r"<(?:b|i|script)>", drawing)


def test_a_line_begins_at_the_left_edge_and_the_highest_step_is_the_top() -> None:
    root = draw(["a", "b", "c"], Line("all", [1.0, 0.5, 0.0]), Line("none", [None, None, None]))
    lines = root.findall(f"{SVG}polyline")
    assert [(line.attrib["class"], line.attrib["points"].split()[0]) for line in lines] == [("s0", f"{LEFT}.0,{TOP}.0")]
    assert [text.text for text in root.findall(f"{SVG}text") if text.attrib.get("class")] == ["all"]


def test_a_gap_is_not_bridged_and_a_lonely_value_is_a_dot() -> None:
    root = draw(list("abcde"), Line("one", [0.1, 0.2, None, 0.1, None]))
    assert len(root.findall(f"{SVG}polyline")) == 1
    assert len(root.findall(f"{SVG}circle")) == 3


def test_a_mark_is_a_rule_at_its_place() -> None:
    root = draw(["a", "b", "c"], Line("one", [0.1, 0.1, 0.1]), marks=(2,))
    rules = [line.attrib["x1"] for line in root.findall(f"{SVG}line") if line.attrib["class"] == "mark"]
    assert rules == [root.findall(f"{SVG}circle")[2].attrib["cx"]]


def test_without_a_point_there_is_an_empty_frame() -> None:
    assert draw([]).findall(f"{SVG}circle") == []


@given(st.integers(0, 40).flatmap(lambda size: st.lists(st.lists(shares, min_size=size, max_size=size), max_size=6)))
def test_everything_lies_within_the_drawing_and_no_two_names_meet(values: list[list[float | None]]) -> None:
    points = [str(number) for number in range(len(values[0]) if values else 0)]
    root = draw(points, *(Line(f"line {number}", line) for number, line in enumerate(values)))
    for circle in root.findall(f"{SVG}circle"):
        assert 0 <= float(circle.attrib["cx"]) <= WIDTH
        assert 0 <= float(circle.attrib["cy"]) <= HEIGHT
    ends = sorted(float(text.attrib["y"]) for text in root.findall(f"{SVG}text") if "class" in text.attrib)
    assert all(second - first >= 14.8 for first, second in pairwise(ends))
    assert all(0 <= y <= HEIGHT for y in ends)
