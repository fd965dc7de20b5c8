"""The measuring stand: the same programs on Tazza and its peers, in one run.

In come a folder of programs (`programs.py`) and names of peers (`peers.py`, where their versions are pinned). Each peer has an adapter,
a small program in `bench/peers` that uses the peer as its users would. For each round, program and peer in turn, a fresh adapter
process compiles and runs the program several times and prints what it measured (`measure.py`). Out come a table (`report.py`), JSON and
a plot (`plot.py`). A peer that is not there, or gives a wrong answer, is a row that says so.

What an adapter is asked, and prints as JSON lines on its standard output:

    program WASM DIR OUT COMPILES RUNS SECONDS
        Compiles up to COMPILES times, then instantiates and runs up to RUNS times; at least twice each (once when asked for 1), and no
        longer than about SECONDS for either. No two compiled modules have the same bytes: a custom section differs, so that no cache
        helps. DIR is preopened as ".". Run number i writes to OUT/stdout.i and OUT/stderr.i.
        {"measure": "compile" | "instantiate" | "execution", "seconds": wall time, "cpu": CPU time of the process (compile) or thread,
         left out where the clock is too coarse for it}
        {"measure": "peak-rss", "bytes": most memory used up to the end of the first compilation}
        Execution is the time between the program's calls of bench.start and bench.end, or all of _start when it has none.
    calls WASM CALLS
        {"measure": "call-host-to-guest" | "call-guest-to-host", "seconds": one call, the mean of CALLS, "cpu": …}; several.
        The module is calls.wat.
    artifact WASM FILE
        Compiles and writes the compiled module to FILE when there is none, else loads it, twice:
        {"measure": "artifact-load", "seconds": …, "cpu": …}
    hello WASM
        Runs a program with the process's own standard output.

Any of them may print {"error": reason} instead, or fail; the last line on standard error is the reason then.
"""
