"""A bar as SVG: well formed, as long as its parts, readable by ear, and nothing in it that was not meant to be."""

from xml.etree import ElementTree as ET

import pytest

from caseflow.insight.bars import FILLS, MARKS, bar, sample

SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def rects(svg: str) -> list[ET.Element]:
    return [one for one in read(svg) if one.tag == f"{SVG}rect"]


def test_a_bar_is_as_long_as_its_parts():
    drawn = rects(bar([10, 0, 30], 40, 80, "words", "a"))
    assert [one.get("fill") for one in drawn] == ["url(#a-0)", "url(#a-2)"]
    assert [float(one.get("x")) for one in drawn] == [0, 125]
    assert sum(float(one.get("width")) for one in drawn) == pytest.approx(500, abs=10)


def test_what_is_hidden_is_an_outline():
    drawn = rects(bar([10, None, None], 40, 40, "words", "a"))
    assert [one.get("fill") for one in drawn] == ["url(#a-0)", "none"]


def test_what_is_heard_cannot_break_out():
    svg = bar([5], 5, 5, "\"><script>alert(1)</script>'", "a")
    assert read(svg).get("aria-label") == "\"><script>alert(1)</script>'"
    assert "<script>" not in svg


def test_parts_are_told_apart_without_colour():
    assert len(set(MARKS)) == len(MARKS) == len(set(FILLS)) == len(FILLS)
    assert read(sample(3, "k")).get("aria-hidden") == "true"
