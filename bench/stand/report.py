"""Tables in Markdown: each peer's time as a ratio of the reference's."""

import math
import statistics

PER_PROGRAM = ["execution", "first-run", "compile-cold", "compile-warm", "instantiate", "peak-rss"]

LEAST = 1e-4  # seconds of execution, below which a program is left out of the mean


def quantity(value, measure):
    """A value with a fitting unit."""
    if measure == "peak-rss":
        return f"{value / 2**20:.0f} MiB"
    for unit, scale in ("s", 1), ("ms", 1e3), ("µs", 1e6):
        if value * scale >= 1:
            return f"{value * scale:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values))


class Report:
    def __init__(self, rows, programs, options):
        self.rows = rows
        self.programs = [program.name for program in programs]
        self.peers = options.peers
        self.clock = options.clock
        self.reference = next((p for p in self.peers if p.name == options.reference), self.peers[0])

    def samples(self, program, peer, measure, clock=None):
        """What was measured, or None when there is no valid result; by the wall clock where the wanted one is unknown."""
        row = self.rows.get((program, peer.name, measure))
        if row is None or not row.ok:
            return None
        return row.samples(clock or (self.clock if row.has(self.clock) else "wall"))

    def ratio(self, program, peer, measure="execution"):
        """Of the medians, to the reference, both by the same clock; None when either is missing or zero."""
        rows = [self.rows.get((program, p.name, measure)) for p in (peer, self.reference)]
        clock = self.clock if all(row and row.has(self.clock) for row in rows) else "wall"
        own, other = (self.samples(program, p, measure, clock) for p in (peer, self.reference))
        if not own or not other:
            return None
        own, other = statistics.median(own), statistics.median(other)
        return own / other if own > 0 and other > 0 else None

    def cell(self, program, peer, measure):
        samples = self.samples(program, peer, measure)
        if samples is None:
            row = self.rows.get((program, peer.name, measure))
            return "failed" if row is not None and row.error else "–"
        median = statistics.median(samples)
        spread = f" ±{(max(samples) - min(samples)) / 2 / median:.0%}" if len(samples) > 1 and median > 0 else ""
        ratio = self.ratio(program, peer, measure)
        if peer is self.reference or ratio is None:
            return quantity(median, measure) + spread
        return f"{ratio:.2f}{spread}"

    def others(self):
        return [peer for peer in self.peers if peer is not self.reference]

    def table(self, measure, programs):
        """Markdown, or nothing when nothing was measured."""
        peers = [self.reference] + self.others()
        lines = []
        for program in programs:
            cells = [self.cell(program, peer, measure) for peer in peers]
            if any(cell != "–" for cell in cells):
                lines.append([program] + cells)
        if not lines:
            return []
        if len(programs) > 1:
            lines.append(["**geometric mean**", ""] + [self._mean(peer, measure, programs) for peer in self.others()])
        head = [measure, f"{self.reference.name}"] + [peer.name for peer in self.others()]
        return ["", *_columns([head] + lines)]

    def _mean(self, peer, measure, programs):
        ratios = [r for r in (self.ratio(p, peer, measure) for p in programs if self._counts(p, measure)) if r is not None]
        if not ratios:
            return "–"
        return f"**{geometric_mean(ratios):.3f}** of {len(ratios)}, worst {max(ratios):.2f}"

    def _counts(self, program, measure):
        """Whether the program does enough for its execution to say something."""
        samples = self.samples(program, self.reference, measure)
        return measure not in ("execution", "first-run") or (samples and statistics.median(samples) >= LEAST)

    def text(self):
        clock = "CPU" if self.clock == "cpu" else "wall"
        lines = [
            f"Medians of {clock} time; {self.reference.name}'s as it is, the others' as a ratio to it (less is faster).",
            "± is half the range of the samples, relative to the median. Executions below 100 µs do not count for the mean.",
        ]
        for measure in PER_PROGRAM:
            lines += self.table(measure, self.programs)
        for measure in "artifact-load", "process-hello", "call-host-to-guest", "call-guest-to-host":
            for program in ["(hello)", "(calls)"] if measure != "artifact-load" else self.programs:
                lines += self.table(measure, [program])
        failures = {}
        for (program, peer, _), row in self.rows.items():
            if row.error:
                failures.setdefault((peer, row.error), {})[program] = True
        if failures:
            lines += ["", "Not measured:", ""]
            lines += [f"- {peer}: {error} ({', '.join(programs)})" for (peer, error), programs in failures.items()]
        return "\n".join(lines)


def _columns(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    line = lambda row: "| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))) + " |"
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return [line(rows[0]), rule] + [line(row) for row in rows[1:]]
