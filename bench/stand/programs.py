"""Finds programs: DIR/x/y.wasm with y.stdout.expected and y.stderr.expected beside it, or default.*, or benchmark.*."""

import dataclasses
import functools
import pathlib

from . import modules


@dataclasses.dataclass(frozen=True)
class Program:
    name: str
    wasm: pathlib.Path
    stdout: bytes | None  # None: whatever the other peers print
    stderr: bytes | None  # None: anything

    @property
    def folder(self):
        return self.wasm.parent

    @functools.cached_property
    def size(self):
        """Bytes a compiler has to read; 0 when this is no module or cannot be read."""
        try:
            return modules.size_without_custom_sections(self.wasm.read_bytes())
        except (IndexError, OSError):
            return 0

    def wrong(self, stdout, stderr):
        """Why this is not what the program must print, or None."""
        for stream, expected, found in ("stdout", self.stdout, stdout), ("stderr", self.stderr, stderr):
            if expected is not None and _text(expected) != _text(found):
                return f"wrong {stream}: expected {brief(expected)}, found {brief(found)}"
        return None


def _text(data):
    """Without the last line's end, which some expectations lack."""
    return data.removesuffix(b"\n")


def brief(data):
    return f"{len(data)} bytes {data[:40]!r}{'…' if len(data) > 40 else ''}"


def _expected(wasm, stream):
    for base in wasm.stem, "default", "benchmark":
        file = wasm.parent / f"{base}.{stream}.expected"
        if file.exists():
            return file.read_bytes()
    return None


def find(folder, substring=""):
    """All programs whose name contains `substring`. The name is the file's, or the folder's when the file is benchmark.wasm."""
    programs = {}
    for wasm in sorted(pathlib.Path(folder).resolve().glob("*/*.wasm")):
        name = wasm.parent.name if wasm.stem in ("benchmark", "default", wasm.parent.name) else wasm.stem
        if name in programs:  # two folders may have a file of the same name
            name = f"{wasm.parent.name}/{wasm.stem}"
        if substring in name:
            programs[name] = Program(name, wasm, _expected(wasm, "stdout"), _expected(wasm, "stderr"))
    return list(programs.values())
