"""Runs adapters and keeps what they measured."""

import collections
import dataclasses
import hashlib
import json
import os
import pathlib
import resource
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

from . import modules
from .peers import Unavailable, exclusively
from .programs import brief

MAX_OUTPUT = 256 << 20  # bytes a program may write to one file


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much is done: rounds of fresh processes, and how much in each."""

    rounds: int  # of peers that are not slow; those have one
    runs: int
    seconds: float  # a program is not run for longer than about this, nor instances made
    calls: int
    hellos: int
    largest: int  # how many programs, the largest, are compiled over and over
    settle: float  # for how long, by a compiler that a JIT compiler has to warm up; half of it by slow ones, an eighth by others
    timeout: float  # of one adapter process, in seconds

    QUICK = FULL = None


Effort.QUICK = Effort(rounds=1, runs=30, seconds=0.4, calls=2_000_000, hellos=5, largest=1, settle=10, timeout=120)
Effort.FULL = Effort(rounds=3, runs=100, seconds=0.7, calls=5_000_000, hellos=5, largest=3, settle=24, timeout=120)

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
        self.outputs = {}  # of programs without an expectation: name -> (peer's name, hash of what it printed, the beginning)
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tazza-bench-"))
        own = {"calls": modules.calls(), "hello": modules.hello(), "small": modules.with_data(0), "data": modules.with_data(4 << 20)}
        own |= {"pooled": modules.with_data(1 << 20)}
        for name, module in own.items():
            (self.scratch / f"{name}.wasm").write_bytes(module)

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def install(self):
        """Makes the peers ready; those that cannot be are left out, with a row that says why."""
        with exclusively():
            for peer in self.peers:
                try:
                    self.commands[peer.name] = [str(part) for part in peer.install(peer)]
                except (Unavailable, OSError) as e:
                    self.rows["*", peer.name, "install"].error = str(e)

    def ready(self):
        return [peer for peer in self.peers if peer.name in self.commands]

    def failed(self, program, peer):
        row = self.rows.get((program.name, peer.name, "execution"))
        return row is not None and row.error is not None

    # --- one adapter process ---

    def ask(self, peer, *arguments):
        """The adapter's events for one request."""
        command = self.commands[peer.name] + [str(argument) for argument in arguments]
        status, out, err = self._run(command, self.effort.timeout * peer.patience)
        events = []
        for line in out.decode(errors="replace").splitlines():
            try:
                events += [json.loads(line)] if line.startswith("{") else []
            except json.JSONDecodeError:  # cut off, as by the end of a process that was killed
                status = status or "cut off"
        told = [event["error"] for event in events if "error" in event]
        if told:
            raise Failed(told[0])
        if status == -signal.SIGXFSZ:
            raise Failed(f"wrote more than {MAX_OUTPUT >> 20} MB")
        if status:
            lines = err.decode(errors="replace").strip().splitlines() or ["no message"]
            how = signal.Signals(-status).name if isinstance(status, int) and status < 0 else f"status {status}"
            raise Failed(f"{how}: {lines[-1][:300]}")
        return events

    def _run(self, command, timeout):
        """Runs a process that leads a group, so that it ends with all it has started, also when this one is interrupted."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT)),
            cwd=self.scratch,
        )
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException as e:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.communicate()
            if isinstance(e, subprocess.TimeoutExpired):
                raise Failed(f"not finished after {timeout:.0f} s") from e
            raise
        return process.returncode, out, err

    # --- what is measured ---

    def program(self, program, peer):
        """Compilation and execution of one program on one peer, in a fresh process."""
        work = self.scratch / "work"
        out = self.scratch / "out"
        for folder in work, out:
            shutil.rmtree(folder, ignore_errors=True)
        out.mkdir()
        shutil.copytree(program.folder, work, ignore=shutil.ignore_patterns("*.wasm", "*.expected"))
        try:
            events = self.ask(peer, "program", program.wasm, work, out, self.effort.runs, self.effort.seconds)
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
        runs = times["execution"]
        self._add(program, peer, "first-run", runs[:1])
        # The later half: what compiles while it runs has settled then. One that ran but once has nothing else.
        later = runs[1:] or runs
        self._add(program, peer, "execution", later[len(later) // 2 :])
        wrong = None if runs else "it did not run"
        for i in range(len(runs)):
            wrong = wrong or self._wrong(program, peer, (out / f"stdout.{i}").read_bytes(), (out / f"stderr.{i}").read_bytes())
        if wrong:
            for measure in "execution", "first-run":
                self._row(program, peer, measure).error = wrong

    def _wrong(self, program, peer, stdout, stderr):
        """Why the output is wrong, or None. Where nothing is expected on standard output, peers must agree with the first."""
        wrong = program.wrong(stdout, stderr)
        if wrong is None and program.stdout is None:
            seen = peer.name, hashlib.sha256(stdout).digest(), brief(stdout)
            first = self.outputs.setdefault(program.name, seen)
            if first[1] != seen[1]:
                wrong = f"stdout is not {first[0]}'s, and there is no .expected: {first[0]} printed {first[2]}, this {seen[2]}"
        return wrong

    def _row(self, program, peer, measure):
        return self.rows[program.name, peer.name, measure]

    def _add(self, program, peer, measure, samples):
        if samples:  # a row that has none is not there, unless it has an error
            for wall, cpu in samples:
                self._row(program, peer, measure).add(wall, cpu)

    def compile(self, program, peer, threads):
        """Compilation by a compiler that has warmed up, where it has to."""
        measure = "compile-warm-1core" if threads == "one" else "compile-warm"
        seconds = self.effort.settle / (8 if not peer.warms_up else 2 if peer.slow else 1)
        self._settled(program.name, peer, measure, "compile", program.wasm, seconds, threads)

    def instantiate(self, peer):
        """Stores with an instance each, made and freed."""
        for name, module, host in ("(small)", "small", "none"), ("(4 MB of data)", "data", "none"), ("(WASI)", "hello", "wasi"):
            seconds = self.effort.seconds * (4 if peer.warms_up else 1)
            self._settled(name, peer, "instantiate", "instantiate", self.scratch / f"{module}.wasm", seconds, host)

    def pool(self, peer):
        """Short-lived instances from a pool, each of which is called, on one thread and on two."""
        if peer.pools:
            seconds = self.effort.seconds * (8 if peer.warms_up else 1)
            for name, threads in ("(one thread)", 1), ("(two threads)", 2):
                self._settled(name, peer, "pool", "pool", self.scratch / "pooled.wasm", seconds, threads)

    def _settled(self, name, peer, measure, request, *arguments):
        """Asks for something to be done over and over; what counts is the last third, or all but the first where nothing warms up."""
        row = self.rows[name, peer.name, measure]
        if self._skipped(peer, name, [measure]):
            return
        try:
            events = self.ask(peer, request, *arguments)
            for event in events[2 * len(events) // 3 if peer.warms_up else 1 :]:
                row.add(event["seconds"], event.get("cpu"))
        except Failed as failure:
            row.error = str(failure)

    def calls(self, peer):
        measures = ["call-host-to-guest", "call-guest-to-host"]
        if self._skipped(peer, "(calls)", measures):
            return
        count = int(self.effort.calls * peer.calls)
        try:
            for event in self.ask(peer, "calls", self.scratch / "calls.wasm", count):
                self.rows["(calls)", peer.name, event["measure"]].add(event["seconds"], event.get("cpu"))
        except Failed as failure:
            for measure in measures:
                self.rows["(calls)", peer.name, measure].error = str(failure)

    def artifact(self, program, peer):
        """Loading of a compiled module in a fresh process."""
        if self._skipped(peer, program.name, ["artifact-load"]):
            return
        row = self._row(program, peer, "artifact-load")
        file = self.scratch / f"{program.wasm.stem}.{peer.name}"
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
        for _ in range(self.effort.hellos):
            before, start = os.times(), time.perf_counter()
            try:
                status, out, err = self._run(command, self.effort.timeout)
            except Failed as failure:
                row.error = str(failure)
                return
            wall, after = time.perf_counter() - start, os.times()
            if status or out != modules.HELLO_TEXT:
                row.error = f"status {status}: {(err or out).decode(errors='replace').strip()[-200:]}"
                return
            cpu = after.children_user + after.children_system - before.children_user - before.children_system
            row.add(wall, cpu)

    def _skipped(self, peer, program, measures):
        for measure in measures:
            if measure in peer.not_measured:
                self.rows[program, peer.name, measure].error = peer.not_measured[measure]
        return any(measure in peer.not_measured for measure in measures)
