"""The command line, and the order in which things are measured."""

import argparse
import json
import pathlib
import signal
import sys

from . import measure, peers, plot, programs, report


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/compare",
        description="Measures Tazza and its peers on the same programs, alternating, and prints how they compare.",
        epilog="Peers: " + "; ".join(f"{p.name} ({p.about}, {p.version})" for p in peers.PEERS.values()),
    )
    add = parser.add_argument
    add("--programs", metavar="DIR", type=pathlib.Path, default=peers.ROOT.parent / "shared" / "bench",
        help="programs: DIR/x/y.wasm, with y.stdout.expected and y.stderr.expected (default: ../shared/bench)")
    add("--peers", metavar="A,B,…", help="default: %s with --quick, else all" % ",".join(peers.DEFAULT))
    add("--reference", metavar="PEER", default="wasmtime", help="what ratios are relative to (default: %(default)s)")
    add("--filter", metavar="SUBSTR", default="", help="only programs whose name contains this")
    add("--measures", choices=["all", "programs"], default="all",
        help="programs: leave out calls, artifacts and the hello world")
    add("--quick", action="store_true", help="few rounds and repetitions")
    add("--clock", choices=["wall", "cpu"], default="wall",
        help="what the table and the plot show; cpu is steadier on a machine that is busy otherwise")
    add("--json", metavar="FILE", type=pathlib.Path, help="write all rows")
    add("--svg", metavar="FILE", type=pathlib.Path, help="write a plot of execution times")
    options = parser.parse_args()
    names = options.peers.split(",") if options.peers else peers.DEFAULT if options.quick else list(peers.PEERS)
    unknown = [name for name in names if name not in peers.PEERS]
    if unknown:
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(peers.PEERS)}")
    if not options.programs.is_dir():
        parser.error(f"no folder {options.programs}; name one with --programs")
    options.peers = [peers.PEERS[name] for name in names]
    return options


def run(stand, found, extras):
    """Round by round, and in a round program by program, each peer in turn; rounds differ in which peer is first."""
    ready = stand.ready()
    for number in range(stand.effort.rounds):
        turn = ready[number % len(ready) :] + ready[: number % len(ready)] if ready else []
        for i, program in enumerate(found):
            for peer in turn:
                print(f"\r\033[Kround {number + 1} of {stand.effort.rounds}, program {i + 1} of {len(found)}: "
                      f"{program.name}, {peer.name}", end="", file=sys.stderr, flush=True)
                stand.program(program, peer)
        for peer in turn if extras else []:
            stand.hello(peer)
            stand.calls(peer)
            for program in found:
                # A big one and a small one tell all there is to tell.
                if program.name in ("sqlite3", "noop"):
                    stand.artifact(program, peer)
    print("\r\033[K", end="", file=sys.stderr)


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    options = arguments()
    found = programs.find(options.programs, options.filter)
    stand = measure.Stand(options.peers, measure.Effort.QUICK if options.quick else measure.Effort.FULL)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        stand.install()
        run(stand, found, options.measures == "all")
    except KeyboardInterrupt:
        print("\ninterrupted; this is what was measured until then", file=sys.stderr)
    finally:
        stand.close()
    if options.json:
        rows = [row.as_json(program, peers.PEERS[peer], what) for (program, peer, what), row in stand.rows.items()]
        options.json.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
    table = report.Report(stand.rows, found, options)
    print(table.text())
    if options.svg:
        options.svg.write_text(plot.svg(table))
    return 0
