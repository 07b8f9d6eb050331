"""The bar chart of a trial: SVG of our own, readable without colour, with its figures beside the bars. Pure."""

from xml.sax.saxutils import escape

from caseflow.insight.tables import Cell, Line
from caseflow.insight.tally import MEASURES

BAR, ROW, LEFT, WIDE, TOP = 12, 44, 290, 340, 96
OLD, NEW = "#1d4e89", "#c2571a"


def chart(title: str, line: Line) -> str:
    """Two bars a measure, the old policy's plain, the new one's hatched; each pair has a scale of its own."""
    shown = [cell for cell in line.cells if cell.old is not None or cell.new is not None]
    height = TOP + ROW * len(shown) + 24
    width = LEFT + WIDE + 200
    rows = "\n".join(_row(cell, TOP + ROW * number) for number, cell in enumerate(shown))
    words = "; ".join(f"{MEASURES[cell.measure]}: {figure(cell.old)} then, {figure(cell.new)} now" for cell in shown)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" viewBox="0 0 {width} {height}" \
width="{width}" height="{height}" font-family="sans-serif" font-size="14">
<title id="title">{escape(title)}</title>
<desc id="desc">Two bars for each measure, first the policy of then, second the one tried out. Each pair has a scale of \
its own. {escape(words)}.</desc>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<rect width="6" height="6" fill="{NEW}"/><rect width="2" height="6" fill="#ffffff"/></pattern></defs>
<rect width="{width}" height="{height}" fill="#ffffff"/>
<text x="16" y="30" font-size="18" font-weight="bold">{escape(title)}</text>
<rect x="16" y="46" width="24" height="{BAR}" fill="{OLD}"/><text x="48" y="57">the policy of then</text>
<rect x="200" y="46" width="24" height="{BAR}" fill="url(#hatch)" stroke="{NEW}"/><text x="232" y="57">tried out</text>
<text x="{LEFT + WIDE + 20}" y="{TOP - 14}" font-weight="bold">then</text>
<text x="{LEFT + WIDE + 110}" y="{TOP - 14}" font-weight="bold">tried out</text>
{rows}
</svg>
"""


def _row(cell: Cell, y: int) -> str:
    most = max(cell.old or 0, cell.new or 0) or 1
    bars = "".join(
        f'<rect x="{LEFT}" y="{y + drop}" width="{WIDE * (value or 0) / most:.1f}" height="{BAR}" fill="{fill}"/>'
        for value, drop, fill in ((cell.old, 0, OLD), (cell.new, BAR + 3, "url(#hatch)"))
    )
    text = escape(MEASURES[cell.measure])
    figures = "".join(
        f'<text x="{LEFT + WIDE + x}" y="{y + 18}">{figure(value)}</text>'
        for x, value in ((20, cell.old), (110, cell.new))
    )
    return f'<text x="16" y="{y + 18}">{text}</text>{bars}{figures}'


def figure(value: float | None) -> str:
    """A figure as it is printed; hidden ones say so."""
    if value is None:
        return "hidden"
    return f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
