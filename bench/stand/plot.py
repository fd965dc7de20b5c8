"""The plot: one line per program, one dot per peer, at its execution time relative to the reference's, on a logarithmic scale."""

import math
from xml.sax.saxutils import escape

COLORS = ["#d1495b", "#00798c", "#edae49", "#30638e", "#6a994e", "#8d6a9f", "#4f4f4f", "#c77dff", "#a47148", "#2ec4b6"]
LEFT, WIDTH, LINE, TOP = 190, 640, 18, 64


def svg(table):
    """An SVG document of a `report.Report`."""
    peers = table.others()
    names = [program.name for program in table.programs]
    programs = [p for p in names if any(table.ratio(p, peer) for peer in peers)]
    ratios = [table.ratio(p, peer) for p in programs for peer in peers]
    ratios = [r for r in ratios if r] or [1.0]
    low = min(0.5, min(ratios)) * 0.95
    high = max(2.0, max(ratios)) * 1.05
    x = lambda ratio: LEFT + WIDTH * math.log(ratio / low) / math.log(high / low)
    bottom = TOP + LINE * len(programs)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 20}" height="{bottom + 30}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="10" y="20" font-size="14">Execution time relative to {escape(table.reference.name)} '
        f"{table.reference.version} (left is faster)</text>",
    ]
    for tick in (0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100):
        if low <= tick <= high:
            color, text = ("#333", f"{tick:g}×") if tick == 1 else ("#ddd", f"{tick:g}×")
            parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{TOP - 8}" y2="{bottom}" stroke="{color}"/>')
            parts.append(f'<text x="{x(tick):.1f}" y="{bottom + 16}" text-anchor="middle">{text}</text>')
    for i, peer in enumerate(peers):
        left, color = 10 + i * 110, COLORS[i % len(COLORS)]
        parts.append(f'<circle cx="{left + 5}" cy="36" r="5" fill="{color}"/><text x="{left + 15}" y="40">{escape(peer.name)}</text>')
    for row, program in enumerate(programs):
        y = TOP + LINE * row + LINE / 2
        parts.append(f'<text x="{LEFT - 10}" y="{y + 4:.0f}" text-anchor="end">{escape(program)}</text>')
        for i, peer in enumerate(peers):
            ratio = table.ratio(program, peer)
            if ratio:
                parts.append(
                    f'<circle cx="{x(ratio):.1f}" cy="{y:.0f}" r="4.5" fill="{COLORS[i % len(COLORS)]}" fill-opacity="0.85">'
                    f"<title>{escape(peer.name)} {ratio:.2f}</title></circle>"
                )
    return "\n".join(parts + ["</svg>"]) + "\n"
