"""The command line, and the order in which things are measured."""

import argparse
import dataclasses
import json
import pathlib
import signal
import sys

from . import measure, peers, plot, programs, report

SUBJECT = "tazza"


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return int(text)


def output_file(text):
    path = pathlib.Path(text)
    if not path.absolute().parent.is_dir() or path.is_dir():
        raise argparse.ArgumentTypeError(f"cannot write {text}: {'a folder' if path.is_dir() else 'no such folder'}")
    return path


def arguments(args=None):
    parser = argparse.ArgumentParser(
        prog="bench/compare",
        description="Measures Tazza and its peers on the same programs, alternating, and prints how they compare.",
        epilog="Peers: " + "; ".join(f"{p.name} ({p.about}, {p.version})" for p in peers.PEERS.values())
        + ". The status is 1 when Tazza gave a wrong answer, or failed where another peer did not; 2 when the command line is wrong.",
    )
    add = parser.add_argument
    add("--programs", metavar="DIR", type=pathlib.Path, default=peers.ROOT.parent / "shared" / "bench",
        help="programs: DIR/x/y.wasm, with y.stdout.expected and y.stderr.expected (default: ../shared/bench)")
    add("--peers", metavar="A,B,…", help="default: %s with --quick, else all" % ",".join(peers.DEFAULT))
    add("--reference", metavar="PEER", default="wasmtime", help="what ratios are relative to (default: %(default)s)")
    add("--filter", metavar="SUBSTR", default="", help="only programs whose name contains this")
    add("--only-common", action="store_true",
        help="run what Tazza cannot run on the reference alone, to show whether it is the program's fault")
    add("--measures", choices=["all", "programs"], default="all",
        help="programs: only execution, first run, cold compilation and memory")
    add("--quick", action="store_true", help="few rounds and repetitions; implies --only-common")
    add("--rounds", metavar="N", type=positive, help="how often each program is given to each peer that is not slow")
    add("--clock", choices=["wall", "cpu"], default="wall",
        help="what tables and the plot show; cpu is steadier on a machine that is busy otherwise")
    add("--json", metavar="FILE", type=output_file, help="write all rows")
    add("--markdown", metavar="FILE", type=output_file, help="write all tables; what is printed is only those that sum up")
    add("--svg", metavar="FILE", type=output_file, help="write a plot of execution times")
    options = parser.parse_args(args)
    names = options.peers.split(",") if options.peers else peers.DEFAULT if options.quick else list(peers.PEERS)
    unknown = [name for name in dict.fromkeys([*names, options.reference]) if name not in peers.PEERS]
    if unknown:
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(peers.PEERS)}")
    if not options.programs.is_dir():
        parser.error(f"no folder {options.programs}; name one with --programs")
    options.peers = [peers.PEERS[name] for name in dict.fromkeys(names)]
    options.only_common = options.only_common or options.quick
    options.found = programs.find(options.programs, options.filter)
    if not options.found:
        about = f" whose name contains '{options.filter}'" if options.filter else ""
        parser.error(f"no programs{about} in {options.programs}; they are looked for as {options.programs}/x/y.wasm")
    return options


class Run:
    """One run of the stand, as the command line has it."""

    def __init__(self, stand, options):
        self.stand = stand
        self.options = options
        self.ready = stand.ready()
        self.subject = next((peer for peer in self.ready if peer.name == SUBJECT), None)

    def all(self):
        """Round by round, and in a round program by program, each peer in turn; rounds differ in which peer is first."""
        rounds = self.stand.effort.rounds
        for number in range(rounds):
            turn = [peer for peer in self.ready if number == 0 or not peer.slow]
            turn = turn[number % len(turn) :] + turn[: number % len(turn)] if turn else []
            for i, program in enumerate(self.options.found):
                for peer in turn:
                    if self.wanted(program, peer):
                        self.say(f"round {number + 1} of {rounds}, program {i + 1} of {len(self.options.found)}: {program.name}, {peer.name}")
                        self.stand.program(program, peer)
            if self.options.measures == "all":
                self.inside_a_process(turn)
        if self.options.measures == "all":
            self.warm_compilation()

    def wanted(self, program, peer):
        """Not again what failed, nor what the subject cannot run where that is not wanted."""
        if self.stand.failed(program, peer):
            return False
        alone = self.options.only_common and self.subject is not None and self.stand.failed(program, self.subject)
        return not alone or peer.name == self.options.reference

    def inside_a_process(self, turn):
        for peer in turn:
            self.say(f"hello, instantiation, calls, artifacts: {peer.name}")
            self.stand.hello(peer)
            self.stand.instantiate(peer)
            self.stand.pool(peer)
            self.stand.calls(peer)
            for program in self.largest():
                self.stand.artifact(program, peer)

    def warm_compilation(self):
        for program in self.largest():
            for peer in self.ready:
                if not self.stand.failed(program, peer):
                    self.say(f"compiling {program.name} over and over: {peer.name}")
                    self.stand.compile(program, peer, "all")
                    if peer.one_thread:
                        self.stand.compile(program, peer, "one")

    def largest(self):
        """The programs that give a compiler the most to do, of those that the subject compiles."""
        able = [p for p in self.options.found if self.subject is None or not self.stand.failed(p, self.subject)]
        return sorted(able, key=lambda program: -program.size)[: self.stand.effort.largest]

    def say(self, text):
        print(f"\r\033[K{text}" if sys.stderr.isatty() else text, end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    options = arguments()
    effort = measure.Effort.QUICK if options.quick else measure.Effort.FULL
    if options.rounds:
        effort = dataclasses.replace(effort, rounds=options.rounds)
    stand = measure.Stand(options.peers, effort)
    signal.signal(signal.SIGTERM, interrupt)
    interrupted = False
    try:
        stand.install()
        Run(stand, options).all()
    except KeyboardInterrupt:
        interrupted = True
    finally:
        stand.close()
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if interrupted:
        print("interrupted; this is what was measured until then", file=sys.stderr)
    table = report.Report(stand, options)
    print(table.summary())
    if options.json:
        rows = [row.as_json(program, peers.PEERS[peer], what) for (program, peer, what), row in stand.rows.items()]
        options.json.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
    if options.markdown:
        options.markdown.write_text(table.complete())
    if options.svg:
        options.svg.write_text(plot.svg(table))
    return 130 if interrupted else 1 if table.lost(SUBJECT) else 0
