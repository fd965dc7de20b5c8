"""The plot: one line per program, one mark per peer, at its execution time relative to the reference's, on a logarithmic scale."""

import math
from xml.sax.saxutils import escape

# A colour and a shape for each peer, so that either tells it; Tazza's is a large red disc.
MARKS = [
    ("#1f77b4", "square"), ("#2e8b57", "triangle"), ("#111111", "bar"), ("#e69f00", "diamond"), ("#8e5ea2", "cross"),
    ("#8c564b", "ring"), ("#17becf", "square"), ("#7f7f7f", "triangle"), ("#bcbd22", "diamond"),
]
SUBJECT = ("#d62728", "disc")
WIDTH, LINE, LEGEND = 720, 20, 150
TICKS = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 30, 50, 100)


def mark(shape, color, x, y, size=5.0):
    """An SVG element."""
    filled, drawn = f'fill="{color}"', f'fill="none" stroke="{color}" stroke-width="2"'
    match shape:
        case "disc":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size + 1}" {filled}/>'
        case "ring":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size - 1}" {drawn}/>'
        case "square":
            return f'<rect x="{x - size + 1:.1f}" y="{y - size + 1:.1f}" width="{2 * size - 2}" height="{2 * size - 2}" {filled}/>'
        case "bar":
            return f'<rect x="{x - 1.5:.1f}" y="{y - size - 1:.1f}" width="3" height="{2 * size + 2}" {filled}/>'
        case "triangle":
            return f'<path d="M{x:.1f} {y - size:.1f}l{size} {2 * size - 1}h{-2 * size}z" {filled}/>'
        case "diamond":
            return f'<path d="M{x:.1f} {y - size - 1:.1f}l{size} {size + 1}l{-size} {size + 1}l{-size} {-size - 1}z" {filled}/>'
        case "cross":
            a = size - 1
            return f'<path d="M{x - a:.1f} {y - a:.1f}l{2 * a} {2 * a}m0 {-2 * a}l{-2 * a} {2 * a}" {drawn}/>'
    raise ValueError(shape)


def order(table, peers):
    """The programs that have a mark, those where Tazza is the slowest to the reference last; those it has not run at the end."""
    shown = [p.name for p in table.programs if any(table.ratio(p.name, peer) for peer in peers)]
    subject = table.subject if table.subject in peers else None
    return sorted(shown, key=lambda name: (subject and table.ratio(name, subject)) or math.inf)


def svg(table):
    """An SVG document of a `report.Report`."""
    peers = [peer for peer in table.others() if any(table.ratio(p.name, peer) for p in table.programs)]
    marks = {}
    rest = iter(MARKS * (1 + len(peers) // len(MARKS)))
    for peer in peers:
        marks[peer.name] = SUBJECT if peer is table.subject else next(rest)
    programs = order(table, peers)
    ratios = [ratio for p in programs for peer in peers if (ratio := table.ratio(p, peer))] or [1.0]
    low, high = min(0.5, min(ratios)) * 0.93, max(2.0, max(ratios)) * 1.07
    left = 30 + 7 * max((len(name) for name in programs), default=10)
    x = lambda ratio: left + WIDTH * math.log(ratio / low) / math.log(high / low)
    per_line = (left + WIDTH) // LEGEND
    top = 50 + 22 * -(-len(peers) // per_line) + 24
    bottom = top + LINE * len(programs)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + WIDTH + 30}" height="{bottom + 16}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="12" y="24" font-size="15">Execution time relative to {escape(table.reference.name)} '
        f"{escape(table.reference.version)}; left is faster</text>",
    ]
    for i, peer in enumerate(peers):
        at, y = 18 + i % per_line * LEGEND, 48 + 22 * (i // per_line)
        color, shape = marks[peer.name]
        parts.append(f'{mark(shape, color, at, y)}<text x="{at + 13}" y="{y + 4}">{escape(peer.name)}</text>')
    for row in range(0, len(programs), 2):
        parts.append(f'<rect x="0" y="{top + LINE * row}" width="{left + WIDTH + 30}" height="{LINE}" fill="#f5f5f5"/>')
    last = -math.inf
    for tick in TICKS:
        if low <= tick <= high and x(tick) - last > 26:
            last = x(tick)
            style = 'stroke="#333" stroke-width="1.5"' if tick == 1 else 'stroke="#ccc"'
            parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{top - 4}" y2="{bottom}" {style}/>')
            parts.append(f'<text x="{x(tick):.1f}" y="{top - 9}" text-anchor="middle" fill="#555">{tick:g}×</text>')
    for row, program in enumerate(programs):
        y = top + LINE * row + LINE / 2
        parts.append(f'<text x="{left - 12}" y="{y + 4:.0f}" text-anchor="end">{escape(program)}</text>')
        for peer in reversed(peers):  # Tazza last, over the others
            if ratio := table.ratio(program, peer):
                color, shape = marks[peer.name]
                parts.append(f"<g><title>{escape(peer.name)} {ratio:.2f}</title>{mark(shape, color, x(ratio), y)}</g>")
    return "\n".join(parts + ["</svg>"]) + "\n"
