"""One bar of a chart as SVG: parts in a row, told apart by pattern as well as by colour, with what it shows in words. Pure.

The bar carries no letters, so that it may stretch to any width; names and numbers stand beside it in the page.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

WIDE, HIGH, GAP = 1000, 24, 3
FILLS = ("#1d4e89", "#3f8f8b", "#c2571a", "#7a5195", "#6f777b", "#94700a")
MARKS = (
    "",
    '<path d="M0 8L8 0" stroke="#fff" stroke-width="2"/>',
    '<circle cx="4" cy="4" r="2" fill="#fff"/>',
    '<path d="M0 4H8" stroke="#fff" stroke-width="2"/>',
    '<path d="M0 0L8 8M8 0L0 8" stroke="#fff" stroke-width="1"/>',
    '<path d="M4 0V8" stroke="#fff" stroke-width="1.5"/>',
)


def bar(parts: Sequence[int | None], total: int, whole: int, said: str, key: str) -> str:
    """The parts of `total`; `whole` is as long as the bar may be. What of it is hidden is an outline at the end.

    `key` is unique on the page.
    """
    shown = [(place, value) for place, value in enumerate(parts) if value]
    at, drawn = 0.0, []
    for place, value in shown:
        wide = WIDE * value / whole
        drawn.append(
            f'<rect x="{at:.1f}" y="0" width="{max(wide - GAP, 1):.1f}" height="{HIGH}" fill={_fill(key, place)}/>'
        )
        at += wide
    rest = WIDE * (total - sum(value for _, value in shown)) / whole
    if rest > 0:
        drawn.append(
            f'<rect x="{at + 1:.1f}" y="1" width="{max(rest - GAP, 1):.1f}" height="{HIGH - 2}" fill="none" stroke="#505a5f" '
            'stroke-dasharray="6 4" stroke-width="2" vector-effect="non-scaling-stroke"/>'
        )
    return _svg(said, key, [place for place, _ in shown], "".join(drawn), WIDE, "cf-bar-svg")


def sample(place: int, key: str) -> str:
    """What a part looks like, for the key beside the chart."""
    return _svg("", key, [place], f'<rect width="{HIGH}" height="{HIGH}" fill={_fill(key, place)}/>', HIGH, "cf-sample")


def _svg(said: str, key: str, places: Sequence[int], drawn: str, wide: int, name: str) -> str:
    heard = f'role="img" aria-label={quoteattr(said)}' if said else 'aria-hidden="true"'
    defs = "".join(_pattern(key, place) for place in places)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" viewBox="0 0 {wide} {HIGH}" preserveAspectRatio="none" '
        f'focusable="false" {heard}><defs>{defs}</defs>{drawn}</svg>'
    )


def _fill(key: str, place: int) -> str:
    return quoteattr(f"url(#{escape(key)}-{place})")


def _pattern(key: str, place: int) -> str:
    number = place % len(FILLS)
    return (
        f'<pattern id="{escape(key)}-{place}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{FILLS[number]}"/>{MARKS[number]}</pattern>'
    )
