"""A bar chart as SVG, written by hand: no library, no script, readable in light and dark."""

from collections.abc import Sequence
from html import escape

WIDTH, ROW, LEFT, RIGHT, TOP = 720, 34, 150, 120, 46
COLOURS = {"ours": "#0b6e4f", "floor": "#8a8a8a"}
PEER = "#c58b2a"


def bars(title: str, values: Sequence[tuple[str, float]], unit: str) -> str:
    """One bar for each value, the longest as wide as there is room."""
    height = TOP + ROW * len(values) + 14
    most = max(value for _, value in values) or 1
    lines = [
        (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
         f'role="img" aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="14">'),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="28" font-size="16" font-weight="600" fill="#1a1a1a">{escape(title)}</text>',
    ]
    for number, (name, value) in enumerate(values):
        y = TOP + ROW * number
        width = (WIDTH - LEFT - RIGHT) * value / most
        lines += [
            f'<text x="{LEFT - 10}" y="{y + 19}" text-anchor="end" fill="#1a1a1a">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y + 4}" width="{width:.1f}" height="{ROW - 12}" rx="2" fill="{COLOURS.get(name, PEER)}"/>',
            f'<text x="{LEFT + width + 8:.1f}" y="{y + 19}" fill="#1a1a1a">{value:,.1f} {escape(unit)}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
