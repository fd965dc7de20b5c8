"""Tables in Markdown: each peer's time as a ratio of the reference's, and what they come to."""

import math
import os
import pathlib
import platform
import re
import statistics
import subprocess

from . import peers as known

PER_PROGRAM = ["execution", "first-run", "compile-cold", "peak-rss"]
WARM = ["compile-warm", "compile-warm-1core"]
OTHERS = ["instantiate", "pool", "call-host-to-guest", "call-guest-to-host", "process-hello", "artifact-load"]

LEAST = 1e-4  # seconds of execution, below which a program is left out of the mean
WIDTH = 4  # how many peers beside the reference and Tazza a table has room for


def quantity(value, measure):
    """A value with a fitting unit."""
    if measure == "peak-rss":
        return f"{value / 2**20:.0f} MiB"
    for unit, scale in ("s", 1), ("ms", 1e3), ("µs", 1e6):
        if value * scale >= 1:
            return f"{value * scale:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def counted(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values))


class Report:
    """Of what a `measure.Stand` has measured. Ratios are to the reference, and means over programs that all in question have run."""

    def __init__(self, stand, options):
        self.rows = stand.rows
        self.outputs = stand.outputs
        self.effort = stand.effort
        self.programs = options.found
        self.peers = options.peers
        self.clock = options.clock
        self.folder = options.programs
        self.reference = next((peer for peer in self.peers if peer.name == options.reference), self.peers[0])
        self.subject = next((peer for peer in self.peers if peer.name == "tazza"), None)

    # --- figures ---

    def samples(self, program, peer, measure, clock=None):
        """What was measured, or None when there is no valid result; by the wall clock where the wanted one is unknown."""
        row = self.rows.get((program, peer.name, measure))
        if row is None or not row.ok:
            return None
        return row.samples(clock or (self.clock if row.has(self.clock) else "wall"))

    def ratio(self, program, peer, measure="execution", to=None):
        """Of the medians, to the reference or another peer, both by the same clock; None when either is missing or zero."""
        both = peer, to or self.reference
        rows = [self.rows.get((program, p.name, measure)) for p in both]
        clock = self.clock if all(row and row.has(self.clock) for row in rows) else "wall"
        own, other = (self.samples(program, p, measure, clock) for p in both)
        if not own or not other:
            return None
        own, other = statistics.median(own), statistics.median(other)
        return own / other if own > 0 and other > 0 else None

    def common(self, measure, *peers):
        """The names of programs that these and the reference have run well, and that do enough for a figure to say something."""
        names = []
        for program in self.programs:
            samples = self.samples(program.name, self.reference, measure)
            enough = samples and (measure not in ("execution", "first-run") or statistics.median(samples) >= LEAST)
            if enough and all(self.ratio(program.name, peer, what) is not None for peer in peers for what in (measure, "execution")):
                names.append(program.name)
        return names

    def others(self):
        """All but the reference, Tazza first."""
        return sorted((peer for peer in self.peers if peer is not self.reference), key=lambda peer: peer is not self.subject)

    def slower(self, peer):
        """Programs on which Tazza is slower than the peer, with by how much, worst first."""
        found = [(self.ratio(p, self.subject, to=peer), p) for p in self.common("execution", peer, self.subject)]
        return sorted(((ratio, program) for ratio, program in found if ratio and ratio > 1), reverse=True)

    def lost(self, name):
        """Did this peer give a wrong answer, or fail where another did not?"""
        for (program, peer, measure), row in self.rows.items():
            if peer == name and row.error and (measure == "install" or measure in PER_PROGRAM):
                if row.wall or measure == "install" or any(self.samples(program, other, "execution") for other in self.peers):
                    return True
        return False

    # --- tables ---

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

    def per_program(self, measure):
        """Some tables side by side would be too wide: one below the other, each with the reference and Tazza."""
        others = self.others()
        always = [peer for peer in others if peer is self.subject]
        rest = [peer for peer in others if peer is not self.subject]
        lines = []
        for at in range(0, max(1, len(rest)), WIDTH):
            lines += self._table(measure, [self.reference, *always, *rest[at : at + WIDTH]])
        return lines

    def _table(self, measure, peers):
        rows = []
        for program in self.programs:
            cells = [self.cell(program.name, peer, measure) for peer in peers]
            if any(cell != "–" for cell in cells):
                rows.append([program.name, *cells])
        return ["", *_columns([[measure, *(peer.name for peer in peers)], *rows])] if rows else []

    def standing(self):
        """For each peer, over the programs that it, the reference and Tazza have run: its mean, Tazza's, and where Tazza is slower."""
        if self.subject is None:
            return []
        ref = self.reference.name
        rows = [["execution", "programs", f"peer / {ref}", f"tazza / {ref}", "tazza / peer", "tazza slower on", "worst"]]
        for peer in self.peers:
            names = self.common("execution", peer, self.subject)
            if peer is self.subject or not names:
                continue
            mean = geometric_mean([self.ratio(name, peer) for name in names])
            own = geometric_mean([self.ratio(name, self.subject) for name in names])
            worst = max((self.ratio(name, self.subject, to=peer), name) for name in names)
            slower = len(self.slower(peer))
            rows.append([peer.name, str(len(names)), f"{mean:.3f}", f"{own:.3f}", f"**{own / mean:.3f}**", str(slower), f"{worst[0]:.2f} {worst[1]}"])
        lines = ["", *_columns(rows)] if len(rows) > 1 else []
        for peer in self.peers:
            slower = [f"{program} {ratio:.2f}" for ratio, program in self.slower(peer)] if peer is not self.subject else []
            if slower:
                lines += ["", f"Slower than {peer.name} ({self.subject.name}'s time to {peer.name}'s): {', '.join(slower)}."]
        return lines

    def means(self):
        """Of what else is measured for each program: geometric means of the ratios, over what the peer, the reference and Tazza ran."""
        peers = self.others()
        rows = []
        for measure in PER_PROGRAM[1:]:
            cells = []
            for peer in peers:
                names = self.common(measure, peer, *([self.subject] if self.subject else []))
                ratios = [self.ratio(name, peer, measure) for name in names]
                cells.append(f"{geometric_mean(ratios):.2f} of {len(ratios)}" if ratios else "–")
            if any(cell != "–" for cell in cells):
                rows.append([measure, *cells])
        head = [f"geometric mean to {self.reference.name}", *(peer.name for peer in peers)]
        return ["", *_columns([head, *rows])] if rows else []

    def warm(self):
        """Compilation in a process that has warmed up, in megabytes of module (without custom sections) per second."""
        peers = [self.reference, *self.others()]
        rows = []
        for program in sorted(self.programs, key=lambda program: -program.size):
            for measure in WARM:
                cells = []
                for peer in peers:
                    samples = self.samples(program.name, peer, measure, "wall")
                    rate = f"{program.size / 1e6 / statistics.median(samples):.2f} (n {len(samples)})" if samples else "–"
                    cells.append(rate)
                if any(cell != "–" for cell in cells):
                    rows.append([f"{measure}, {program.name}, {program.size / 1e6:.2f} MB", *cells])
        lines = ["", *_columns([["MB/s", *(peer.name for peer in peers)], *rows])] if rows else []
        lazy = [peer.name for peer in peers if peer.lazy]
        if lines and lazy:
            lines += ["", f"Of {' and '.join(lazy)} this is no compilation: functions are compiled there when they are called or hot."]
        return lines

    def small(self):
        """What is not measured for each program, as it is."""
        peers = [self.reference, *self.others()]
        rows = []
        for measure in OTHERS:
            for program in dict.fromkeys(program for program, _, what in self.rows if what == measure):
                cells = []
                for peer in peers:
                    samples = self.samples(program, peer, measure)
                    cells.append(quantity(statistics.median(samples), measure) if samples else "–")
                if any(cell != "–" for cell in cells):
                    rows.append([measure if program in ("(calls)", "(hello)") else f"{measure} {program}", *cells])
        return ["", *_columns([["", *(peer.name for peer in peers)], *rows])] if rows else []

    # --- all of it ---

    def head(self):
        clock = "CPU" if self.clock == "cpu" else "wall"
        effort = f"{counted(self.effort.rounds, 'round')} (slow peers 1)"
        lines = [
            f"{machine()}. Tazza {commit()}. "
            + ", ".join(f"{peer.name} {peer.version}" for peer in self.peers if peer is not self.subject) + ".",
            f"{counted(len(self.programs), 'program')} of {os.path.relpath(self.folder, known.ROOT)}, {effort}, up to {self.effort.runs} runs or {self.effort.seconds:g} s in each.",
            f"Medians of {clock} time; {self.reference.name}'s as it is, the others' as a ratio to it (less is faster).",
            "± is half the range of the samples, relative to the median. Executions below 100 µs do not count for means.",
        ]
        if unchecked := sorted(self.outputs):
            lines.append(f"Without .expected, so that peers are only compared with each other: {', '.join(unchecked)}.")
        return lines

    def summary(self):
        lines = self.head() + self.per_program("execution") + self.standing() + self.means() + self.warm() + self.small()
        return "\n".join(lines + self.failures())

    def complete(self):
        lines = self.head() + self.standing()
        for measure in PER_PROGRAM:
            lines += self.per_program(measure)
        return "\n".join(lines + self.means() + self.warm() + self.small() + self.failures()) + "\n"

    def failures(self):
        found = {}
        for (program, peer, _), row in self.rows.items():
            if row.error:
                found.setdefault((peer, row.error), {})[program] = True
        lines = [f"- {peer}: {error} ({', '.join(programs)})" for (peer, error), programs in sorted(found.items())]
        return ["", "Not measured:", "", *lines] if lines else []


def machine():
    """Processor, cores, memory, system and JDK."""
    info = pathlib.Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    chosen = known.ROOT / "cli/target/launcher/java"
    release = pathlib.Path(chosen.read_text().splitlines()[0]).parents[1] / "release" if chosen.exists() else None
    java = re.search(r'JAVA_RUNTIME_VERSION="(.*)"', release.read_text()) if release and release.exists() else None
    return (
        f"{model[1].strip() if model else platform.processor() or platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, JDK {java[1] if java else 'not found'}"
    )


def commit():
    """Which sources this is."""
    git = ["git", "-C", str(known.ROOT)]
    try:
        name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
        changed = subprocess.run([*git, "status", "--porcelain", "--untracked-files=no"], capture_output=True, text=True)
    except OSError:
        return "of unknown version"
    if name.returncode:
        return "of unknown version"
    return name.stdout.strip() + (" with changes" if changed.stdout.strip() else "")


def _columns(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    line = lambda row: "| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))) + " |"
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return [line(rows[0]), rule] + [line(row) for row in rows[1:]]
