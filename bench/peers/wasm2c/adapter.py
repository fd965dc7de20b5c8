"""wasm2c: makes C of a module, a program of that and of host.c by gcc -O3 -march=native, and lets that program answer.

Arguments: where programs are kept, the C compiler, and a request of the stand (bench/stand/__init__.py). A program is made once
and kept by its module's content; the request that makes it tells how long that took.
"""

import fcntl
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
RUNTIME = pathlib.Path("/usr/share/wabt/wasm2c")  # of Debian's package
# Without -ffp-contract=off gcc fuses multiplications and additions, and programs print other numbers.
FLAGS = ["-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-w"]


def fail(reason):
    print(json.dumps({"error": reason}))
    sys.exit(1)


def step(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.splitlines()
        told = [line for line in lines if re.search(r"error|undefined reference", line)] or lines or ["no message"]
        fail(f"{pathlib.Path(command[0]).name}: {told[0][:200]}")


def definitions(header):
    """What host.c must know of the module."""
    imports = re.search(r"Z_module_instantiate\(Z_module_instance_t\*(.*?)\);", header, re.DOTALL)[1]
    instances = [", &wasi" if name == "wasi_snapshot_preview1" else ", 0" for name in re.findall(r"struct Z_(\w+)_instance_t\*", imports)]
    yield f"-DIMPORTS={''.join(instances)}"
    for name, member in ("HAS_START", "_start"), ("HAS_MEMORY", "memory"), ("HAS_CALLS", "add"):
        if re.search(rf"\bZ_moduleZ_{member}\(", header):
            yield f"-D{name}"


def build(wasm, folder, compiler):
    """Makes the program; returns the seconds that took."""
    start = time.perf_counter()
    step(["wasm2c", wasm, "-n", "module", "-o", "module.c"], folder)
    options = list(definitions((folder / "module.h").read_text()))
    sources = [HERE / "host.c", HERE.parent / "native/adapter.c", RUNTIME / "wasm-rt-impl.c", "module.c"]
    include = [f"-I{part}" for part in (folder, RUNTIME, HERE.parent / "native")]
    step([compiler, *FLAGS, *include, "-include", "wasm-rt-impl.h", *options, *map(str, sources), "-o", "new", "-lm", "-pthread"], folder)
    (folder / "new").rename(folder / "program")
    return time.perf_counter() - start


def program(wasm, programs, compiler):
    """The program for the module, and what making it took, or None when it was there."""
    parts = [pathlib.Path(wasm), HERE / "host.c", HERE.parent / "native/adapter.c", pathlib.Path(__file__)]
    key = hashlib.sha256(b"".join(hashlib.sha256(part.read_bytes()).digest() for part in parts)).hexdigest()[:20]
    folder = pathlib.Path(programs) / key
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        seconds = None if (folder / "program").exists() else build(wasm, folder, compiler)
    return folder / "program", seconds


def main():
    programs, compiler, request, wasm, *rest = sys.argv[1:]
    executable, seconds = program(wasm, programs, compiler)
    if request != "program":
        os.execv(executable, [executable, request, wasm, *rest])
    done = subprocess.run([executable, request, wasm, *rest], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        # What the program itself says of compilation is that there is nothing to do.
        if '"compile"' not in line and '"peak-rss"' not in line:
            print(line)
    if seconds is not None:
        print(json.dumps({"measure": "compile", "seconds": seconds}))
    sys.stderr.write(done.stderr)
    sys.exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)


main()
