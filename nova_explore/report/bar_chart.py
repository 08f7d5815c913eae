"""A bar chart as SVG that stands in a page: it prints, it needs no script, and it follows the page's colours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 720, 220
LEFT, BOTTOM, TOP = 52, 40, 22
GAP = 0.15
LINES = 3


def bar_chart(
    counts: Sequence[int], *, across: str, upwards: str, mean: float | None = None, says: str = ""
) -> str:  # fmt: skip
    """Draw how often each of 0, 1, 2 … occurs.

    Parameters
    ----------
    counts : sequence of int
    across, upwards : str
        What the axes are.
    mean : float, optional
        Where a line with its number stands.
    says : str
        What a reader who cannot see it hears.

    Returns
    -------
    str
        SVG; its texts are escaped.
    """
    most = max([*counts, 1])
    wide, tall = (WIDTH - LEFT) / len(counts), HEIGHT - TOP - BOTTOM
    base = HEIGHT - BOTTOM
    drawn = [f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(says)}">']
    for line in range(1, LINES + 1):
        value = round(most * line / LINES)
        y = base - tall * value / most
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>')
    for place, count in enumerate(counts):
        x, high = LEFT + place * wide, tall * count / most
        drawn.append(
            f'<rect x="{x + wide * GAP / 2:.1f}" y="{base - high:.1f}" width="{wide * (1 - GAP):.1f}" '
            f'height="{high:.1f}"><title>{count:,}</title></rect>'
            f'<text x="{x + wide / 2:.1f}" y="{base + 15}" text-anchor="middle">{place}</text>'
        )
    if mean is not None:
        x = LEFT + (mean + 0.5) * wide
        drawn.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{base}" stroke-dasharray="3 3"/>'
            f'<text x="{x:.1f}" y="{TOP - 10}" text-anchor="middle">mean {mean:.1f}</text>'
        )
    drawn.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 5}" text-anchor="middle">{escape(across)}</text>')
    drawn.append(f'<text x="{LEFT - 8}" y="{TOP - 10}" text-anchor="end">{escape(upwards)}</text></svg>')
    return "".join(drawn)
