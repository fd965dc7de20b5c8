"""The measuring stand: the same programs on Tazza and its peers, in one run.

In come a folder of programs (`programs.py`) and names of peers (`peers.py`, where their versions are pinned). Each peer has an adapter,
a small program in `bench/peers` that uses the peer as its users would. For each round, program and peer in turn, a fresh adapter
process compiles the program, runs it several times and prints what it measured (`measure.py`). Out come tables (`report.py`), JSON and
a plot (`plot.py`). A peer that is not there, or gives a wrong answer, is a row that says so. `tests` has the tests of all this but the
adapters: `python3 -m unittest discover -s bench/stand/tests -t bench`.

What an adapter is asked, and prints as JSON lines on its standard output:

    program WASM DIR OUT RUNS SECONDS
        Compiles, then instantiates and runs up to RUNS times, no longer than about SECONDS, but at least twice unless the first run
        took ten times SECONDS. DIR is preopened as ".", standard input is empty, the arguments are "program". Run number i writes to
        OUT/stdout.i and OUT/stderr.i. What it prints:
        {"measure": "compile" | "execution", "seconds": wall time, "cpu": CPU time of the process (compile) or thread, left out where
         the clock is too coarse for it}
        {"measure": "peak-rss", "bytes": most memory used up to the end of the compilation}
        Execution is the time between the program's calls of bench.start and bench.end, or all of _start when it has none.
    compile WASM SECONDS THREADS
        Compiles over and over for SECONDS, at least three times; on one thread if THREADS is "one", otherwise as the peer would. No two
        compiled modules have the same bytes: a custom section differs, so that no cache helps. Prints "compile" for each.
    instantiate WASM SECONDS HOST
        Makes and frees instances for SECONDS: a store (or what the peer has for it) and an instance for each, and if HOST is "wasi",
        WASI that reads and writes nothing. What can be made once for all instances of a module is. Prints "instantiate", the mean of a
        hundred, over and over.
    pool WASM SECONDS THREADS
        For SECONDS each of THREADS threads makes a store, an instance from the engine's pool, calls its _start, and frees both, over and
        over. The pool has room for a thousand instances, and is otherwise as the peer has it by default. Prints "pool", one such cycle as
        the thread sees it, the mean of a hundred. Only peers that have pools are asked.
    calls WASM CALLS
        {"measure": "call-host-to-guest" | "call-guest-to-host", "seconds": one call, the mean of CALLS, "cpu": …}; several, after
        others that are not counted. The module is calls.wat.
    artifact WASM FILE
        Compiles and writes the compiled module to FILE when there is none, else loads it, twice:
        {"measure": "artifact-load", "seconds": …, "cpu": …}
    hello WASM
        Runs a program with the process's own standard output.

Any of them may print {"error": reason} instead, or fail; the last line on standard error is the reason then.
"""
