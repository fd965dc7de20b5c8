"""Runs the modules of a folder on Wasmtime, as FileExecution does on Tazza: observe.py FOLDER

Beside each NAME.wasm goes NAME.txt with what could be observed. A module that ends the process has none, and the next process goes on
behind it. Needs the PyPI package `wasmtime`.
"""
import ctypes
import os
import pathlib
import struct
import sys
import zlib

import wasmtime
from wasmtime import (Func, FuncType, Global, Instance, Memory, MemoryType, Module, SharedMemory, Store, Table, TableType, Tag, TagType,
                      Trap, TrapCode, Val, WasmtimeError)

MOST_FUNCTIONS = 24
CALLS = 3
FRAMES = 15

INTS = [0, 1, -1, 2, 7, 31, 32, 255, 1000, 0xFFFF, 0x10000, 0x1FFFF, -2, -0x10000, 0x7FFFFFFF, -(1 << 31)]
LONGS = [0, 1, -1, 63, 64, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, -2, 1234567890123,
         (1 << 63) - 1, -(1 << 63)]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.5, struct.unpack("<f", struct.pack("<f", 1e10))[0],
          struct.unpack("<f", struct.pack("<f", -1e10))[0], 2.0**31, 2.0**32, 2.0**63, -(2.0**63), 2.0**-149,
          float("inf"), float("-inf"), float("nan")]

MESSAGES = {
    TrapCode.UNREACHABLE: "unreachable",
    TrapCode.MEMORY_OUT_OF_BOUNDS: "out of bounds memory access",
    TrapCode.TABLE_OUT_OF_BOUNDS: "out of bounds table access",
    TrapCode.INDIRECT_CALL_TO_NULL: "uninitialized element",
    TrapCode.BAD_SIGNATURE: "indirect call type mismatch",
    TrapCode.INTEGER_DIVISION_BY_ZERO: "integer divide by zero",
    TrapCode.BAD_CONVERSION_TO_INTEGER: "invalid conversion to integer",
    TrapCode.INTEGER_OVERFLOW: "integer overflow",
    TrapCode.STACK_OVERFLOW: "call stack exhausted",
    TrapCode.NULL_REFERENCE: "null reference",
    TrapCode.HEAP_MISALIGNED: "unaligned atomic",
    TrapCode.ATOMIC_WAIT_NON_SHARED_MEMORY: "expected shared memory",
}


def raw(kind, number):
    """An interesting value of a type, given by its name."""
    if kind == "i32":
        return INTS[number % len(INTS)]
    if kind == "i64":
        return LONGS[number % len(LONGS)]
    if kind in ("f32", "f64"):
        return FLOATS[number % len(FLOATS)]
    return None


def plain(value):
    return value.value if isinstance(value, Val) else value


def text(kind, value):
    if value is None:
        return "null"
    if kind == "i32":
        return "i32:%x" % (value & 0xFFFFFFFF)
    if kind == "i64":
        return "i64:%x" % (value & 0xFFFFFFFFFFFFFFFF)
    if kind == "f32":
        return "f32:" + ("nan" if value != value else "%x" % struct.unpack("<I", struct.pack("<f", value)))
    if kind == "f64":
        return "f64:" + ("nan" if value != value else "%x" % struct.unpack("<Q", struct.pack("<d", value)))
    return "func" if kind == "funcref" else value


def trap_text(trap):
    if trap.trap_code is None and "thrown Wasm exception" in trap.message:
        return "throw"
    message = MESSAGES.get(trap.trap_code, trap.message)
    return "trap " + message + "".join(" %d:0x%x" % (f.func_index, f.module_offset) for f in trap.frames[:FRAMES])


def thrown(error):
    if "thrown Wasm exception" not in str(error):
        raise error
    return " throw"


class Execution:
    def __init__(self, engine, module):
        self.store = Store(engine)
        self.module = module
        self.host_calls = []

    def run(self, first, lines):
        try:
            imports = [self.default_value(wanted.type) for wanted in self.module.imports]
            exports = Instance(self.store, self.module, imports).exports(self.store)
        except Trap as trap:
            lines.append("no instance: " + trap_text(trap))
            return
        except WasmtimeError as error:
            lines.append("no instance:" + thrown(error))
            return
        values = [exports.by_index[i] for i in range(len(exports))]
        self.exports = [v for v in values if not isinstance(v, Func)]
        functions = [v for v in values if isinstance(v, Func)]
        lines.append("instance" + self.state())
        for i in range(first, min(len(functions), first + CALLS)):
            lines.append(self.call(functions[i], i, i - first))

    def call(self, function, index, round):
        type = function.type(self.store)
        arguments = [raw(str(p), index * 7 + round * 3 + i * 5) for i, p in enumerate(type.params)]
        line = f"call {index}:"
        try:
            results = function(self.store, *arguments)
            kinds = [str(r) for r in type.results]
            results = [] if not kinds else [results] if len(kinds) == 1 else results
            for kind, result in zip(kinds, results):
                line += " " + text(kind, result)
        except Trap as trap:
            line += " " + trap_text(trap)
        except WasmtimeError as error:
            line += thrown(error)
        return line + self.state()

    def default_value(self, type):
        if isinstance(type, FuncType):
            params, results = [str(p) for p in type.params], [str(r) for r in type.results]
            return Func(self.store, type, lambda *arguments: self.host(params, results, arguments))
        if isinstance(type, MemoryType):
            return Memory(self.store, type)
        if isinstance(type, TableType):
            return Table(self.store, type, None)
        if isinstance(type, TagType):
            return Tag(self.store, type)
        return Global(self.store, type, raw(str(type.content), 0))

    def host(self, params, results, arguments):
        self.host_calls.append("host" + "".join(" " + text(k, v) for k, v in zip(params, arguments)))
        values = [raw(kind, len(self.host_calls) * 5 + i * 3) for i, kind in enumerate(results)]
        return None if not values else values[0] if len(values) == 1 else values

    def state(self):
        state = " |%x" % zlib.crc32("\n".join(self.host_calls).encode())
        for export in self.exports:
            if isinstance(export, SharedMemory):
                length = export.data_len()
                content = ctypes.string_at(export.data_ptr(), length) if length else b""
                pages = wasmtime._ffi.wasmtime_sharedmemory_size(export.ptr())
                state += " %d:%x" % (pages, zlib.crc32(content))
            elif isinstance(export, Memory):
                length = export.data_len(self.store)
                content = ctypes.string_at(export.data_ptr(self.store), length) if length else b""
                state += " %d:%x" % (export.size(self.store), zlib.crc32(content))
            elif isinstance(export, Global):
                state += " " + text(str(export.type(self.store).content), plain(export.value(self.store)))
            else:
                state += " %d:" % export.size(self.store)
                for i in range(export.size(self.store)):
                    element = export.get(self.store, i)
                    element = plain(element)
                    state += "." if element is None else "f" if isinstance(element, Func) else element
        return state


def observe(engine, wasm):
    module = Module(engine, wasm)
    functions = sum(isinstance(e.type, wasmtime.FuncType) for e in module.exports)
    lines = []
    for first in range(0, max(1, min(functions, MOST_FUNCTIONS)), CALLS):
        Execution(engine, module).run(first, lines)
    return lines


def main():
    config = wasmtime.Config()
    config.max_wasm_stack = 1 << 19
    config.parallel_compilation = False
    config.shared_memory = True
    config.wasm_threads = True
    config.wasm_exceptions = True
    config.wasm_function_references = True
    config.wasm_relaxed_simd_deterministic = True
    config.wasm_wide_arithmetic = True
    config.wasm_custom_page_sizes = True
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.wasm"))
    done = 0
    while done < len(files):
        child = os.fork()
        if child == 0:
            engine = wasmtime.Engine(config)
            for file in files[done:]:
                lines = observe(engine, file.read_bytes())
                file.with_suffix(".txt").write_text("\n".join(lines) + "\n")
            os._exit(0)
        os.waitpid(child, 0)
        while done < len(files) and files[done].with_suffix(".txt").exists():
            done += 1
        if done < len(files):
            print(files[done].name, "ended the process", flush=True)
            done += 1


main()
