"""Runs adapters and keeps what they measured."""

import collections
import dataclasses
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

from . import modules
from .peers import ROOT, Unavailable


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much is done: rounds of fresh processes, and how much in each."""

    rounds: int
    compiles: int
    runs: int
    seconds: float  # a program is not compiled, and not run, for longer than about this
    calls: int
    timeout: float  # of one adapter process, in seconds

    QUICK = FULL = None


Effort.QUICK = Effort(rounds=1, compiles=10, runs=30, seconds=1.5, calls=2_000_000, timeout=300)
Effort.FULL = Effort(rounds=5, compiles=50, runs=100, seconds=6, calls=20_000_000, timeout=1200)

UNITS = {"peak-rss": "B"}  # all others: seconds


class Row:
    """All samples of one measure of one program on one peer. A sample is wall time and CPU time, the latter None where unknown."""

    def __init__(self):
        self.wall = []
        self.cpu = []
        self.error = None

    def add(self, wall, cpu=None):
        self.wall.append(wall)
        if cpu is not None:
            self.cpu.append(cpu)

    def has(self, clock):
        return clock == "wall" or (bool(self.cpu) and len(self.cpu) == len(self.wall))

    def samples(self, clock):
        return self.cpu if clock == "cpu" else self.wall

    @property
    def ok(self):
        return self.error is None and bool(self.wall)

    def as_json(self, program, peer, measure):
        row = {"program": program, "peer": peer.name, "version": peer.version, "measure": measure}
        row |= {"unit": UNITS.get(measure, "s"), "n": len(self.wall)}
        row |= _summary(self.wall) if self.wall else {"min": None, "median": None, "max": None}
        if self.cpu:
            row |= {"cpu_" + key: value for key, value in _summary(self.cpu).items()}
        return row | {"ok": self.ok, "error": self.error}


def _summary(samples):
    return {"min": min(samples), "median": statistics.median(samples), "max": max(samples)}


class Failed(Exception):
    """An adapter could not do what it was asked; says why."""


class Stand:
    """Measures programs on peers. `rows` maps (program, peer, measure) to a `Row`."""

    def __init__(self, peers, effort):
        self.peers = peers
        self.effort = effort
        self.rows = collections.defaultdict(Row)
        self.commands = {}
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tazza-bench-"))
        for name, module in ("calls", modules.calls()), ("hello", modules.hello()):
            (self.scratch / f"{name}.wasm").write_bytes(module)

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def install(self):
        """Makes the peers ready; those that cannot be are left out, with a row that says why."""
        for peer in self.peers:
            try:
                self.commands[peer.name] = [str(part) for part in peer.install(peer)]
            except (Unavailable, OSError) as e:
                self.rows["*", peer.name, "install"].error = str(e)

    def ready(self):
        return [peer for peer in self.peers if peer.name in self.commands]

    # --- one adapter process ---

    def ask(self, peer, *arguments):
        """The adapter's events for one request."""
        try:
            done = subprocess.run(
                self.commands[peer.name] + [str(a) for a in arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.effort.timeout,
            )
        except subprocess.TimeoutExpired as e:
            raise Failed(f"not finished after {self.effort.timeout:.0f} s") from e
        events = []
        for line in done.stdout.decode(errors="replace").splitlines():
            if line.startswith("{"):
                events.append(json.loads(line))
                if "error" in events[-1]:
                    raise Failed(events[-1]["error"])
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
            raise Failed(f"status {done.returncode}: {lines[-1][:300]}")
        return events

    # --- what is measured ---

    def program(self, program, peer):
        """Compilation, instantiation and execution of one program on one peer, in a fresh process."""
        work = self.scratch / "work"
        out = self.scratch / "out"
        for folder in work, out:
            shutil.rmtree(folder, ignore_errors=True)
        out.mkdir()
        shutil.copytree(program.folder, work, ignore=shutil.ignore_patterns("*.wasm", "*.expected"))
        e = self.effort
        try:
            events = self.ask(peer, "program", program.wasm, work, out, e.compiles, e.runs, e.seconds)
        except Failed as failure:
            self._row(program, peer, "execution").error = str(failure)
            return
        times = collections.defaultdict(list)
        for event in events:
            if event["measure"] == "peak-rss":
                self._row(program, peer, "peak-rss").add(event["bytes"])
            else:
                times[event["measure"]].append((event["seconds"], event.get("cpu")))
        self._add(program, peer, "compile-cold", times["compile"][:1])
        # The later half: a compiler on a JVM warms up.
        warm = times["compile"][1:]
        self._add(program, peer, "compile-warm", warm[len(warm) // 2 :])
        self._add(program, peer, "instantiate", times["instantiate"][1:])
        self._add(program, peer, "first-run", times["execution"][:1])
        later = times["execution"][1:]
        self._add(program, peer, "execution", later[len(later) // 2 :])
        wrong = None
        for i in range(len(times["execution"])):
            wrong = wrong or program.wrong((out / f"stdout.{i}").read_bytes(), (out / f"stderr.{i}").read_bytes())
        if wrong:
            for measure in "execution", "first-run":
                self._row(program, peer, measure).error = wrong

    def _row(self, program, peer, measure):
        return self.rows[program.name, peer.name, measure]

    def _add(self, program, peer, measure, samples):
        if samples:  # a row that has none is not there, unless it has an error
            for wall, cpu in samples:
                self._row(program, peer, measure).add(wall, cpu)

    def calls(self, peer):
        measures = ["call-host-to-guest", "call-guest-to-host"]
        if self._skipped(peer, "(calls)", measures):
            return
        try:
            for event in self.ask(peer, "calls", self.scratch / "calls.wasm", self.effort.calls):
                self.rows["(calls)", peer.name, event["measure"]].add(event["seconds"], event.get("cpu"))
        except Failed as failure:
            for measure in measures:
                self.rows["(calls)", peer.name, measure].error = str(failure)

    def artifact(self, program, peer):
        """Loading of a compiled module in a fresh process."""
        if self._skipped(peer, program.name, ["artifact-load"]):
            return
        row = self._row(program, peer, "artifact-load")
        file = self.scratch / f"{program.name}.{peer.name}"
        try:
            if not file.exists():
                self.ask(peer, "artifact", program.wasm, file)
            for event in self.ask(peer, "artifact", program.wasm, file)[:1]:
                row.add(event["seconds"], event.get("cpu"))
        except Failed as failure:
            row.error = str(failure)

    def hello(self, peer):
        """A whole process that prints a line."""
        row = self.rows["(hello)", peer.name, "process-hello"]
        command = peer.hello or self.commands[peer.name] + ["hello"]
        command = [str(part) for part in command] + [str(self.scratch / "hello.wasm")]
        for _ in range(3 if self.effort is Effort.QUICK else 10):
            before, start = os.times(), time.perf_counter()
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=ROOT)
            wall, after = time.perf_counter() - start, os.times()
            if done.returncode or done.stdout != modules.HELLO_TEXT:
                row.error = f"status {done.returncode}: {(done.stderr or done.stdout).decode(errors='replace').strip()[-200:]}"
                return
            cpu = after.children_user + after.children_system - before.children_user - before.children_system
            row.add(wall, cpu)

    def _skipped(self, peer, program, measures):
        for measure in measures:
            if measure in peer.not_measured:
                self.rows[program, peer.name, measure].error = peer.not_measured[measure]
        return any(measure in peer.not_measured for measure in measures)
