"""Wasmtime through its Python package. The first argument is where that is installed; the others: bench/stand/__init__.py."""

import json
import os
import resource
import sys
import time

sys.path.insert(0, sys.argv[1])

import wasmtime  # noqa: E402


def emit(measure, wall, cpu):
    print(json.dumps({"measure": measure, "seconds": wall, "cpu": cpu}), flush=True)


def distinct(module, number):
    """The module with a custom section "n" that holds the number."""
    return module + b"\x00\x06\x01n" + number.to_bytes(4, "little")


def timed(measure, cpu_clock, action):
    wall, cpu = time.perf_counter(), cpu_clock()
    result = action()
    emit(measure, time.perf_counter() - wall, cpu_clock() - cpu)
    return result


class Brackets:
    """The times at which bench.start and bench.end were called."""

    def __init__(self, linker):
        self.start = self.end = None
        for name in "start", "end":
            linker.define_func("bench", name, wasmtime.FuncType([], []), lambda name=name: self.mark(name))

    def mark(self, name):
        setattr(self, name, (time.perf_counter(), time.thread_time()))


def run(engine, module, folder, out, number):
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    brackets = Brackets(linker)
    store = wasmtime.Store(engine)
    wasi = wasmtime.WasiConfig()
    wasi.argv = ["program"]
    wasi.preopen_dir(folder, ".")
    wasi.stdout_file = f"{out}/stdout.{number}"
    wasi.stderr_file = f"{out}/stderr.{number}"
    store.set_wasi(wasi)
    instance = timed("instantiate", time.thread_time, lambda: linker.instantiate(store, module))
    start = instance.exports(store)["_start"]
    wall, cpu = time.perf_counter(), time.thread_time()
    try:
        start(store)
    except wasmtime.ExitTrap as exit:
        if exit.code:
            raise
    end = time.perf_counter(), time.thread_time()
    (wall, cpu), end = brackets.start or (wall, cpu), brackets.end or end
    emit("execution", end[0] - wall, end[1] - cpu)


def program(wasm, folder, out, compiles, runs, seconds):
    compiles, runs, seconds = int(compiles), int(runs), float(seconds)
    with open(wasm, "rb") as file:
        binary = file.read()
    engine = wasmtime.Engine()
    began = time.perf_counter()
    for i in range(compiles):
        bytes_now = distinct(binary, i)
        module = timed("compile", time.process_time, lambda: wasmtime.Module(engine, bytes_now))
        if i == 0:
            print(json.dumps({"measure": "peak-rss", "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
        elif time.perf_counter() - began > seconds:
            break
    began = time.perf_counter()
    for i in range(runs):
        run(engine, module, folder, out, i)
        if i and time.perf_counter() - began > seconds:
            break


def artifact(wasm, path):
    engine = wasmtime.Engine()
    if not os.path.exists(path):
        with open(wasm, "rb") as source, open(path, "wb") as target:
            target.write(wasmtime.Module(engine, source.read()).serialize())
        return
    for _ in range(2):
        timed("artifact-load", time.process_time, lambda: wasmtime.Module.deserialize_file(engine, path))


def hello(wasm):
    engine = wasmtime.Engine()
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    store = wasmtime.Store(engine)
    wasi = wasmtime.WasiConfig()
    wasi.inherit_stdout()
    store.set_wasi(wasi)
    linker.instantiate(store, wasmtime.Module.from_file(engine, wasm)).exports(store)["_start"](store)


{"program": program, "artifact": artifact, "hello": hello}[sys.argv[2]](*sys.argv[3:])
