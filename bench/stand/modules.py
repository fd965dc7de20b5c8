"""The stand's own modules in the binary format: calls.wat, examples/hello.wat and two to instantiate. Written here by hand so that no tool
is needed."""


def _unsigned(value):
    out = bytearray()
    while True:
        low, value = value & 0x7F, value >> 7
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def _vector(items):
    return _unsigned(len(items)) + b"".join(items)


def _name(text):
    return _vector([bytes([b]) for b in text.encode()])


def _section(number, items):
    body = _vector(items)
    return bytes([number]) + _unsigned(len(body)) + body


def _body(code):
    body = b"\x00" + code + b"\x0b"  # no locals; end
    return _unsigned(len(body)) + body


I32 = b"\x7f"
HEADER = b"\0asm\1\0\0\0"


def _type(params, results):
    return b"\x60" + _vector([I32] * params) + _vector([I32] * results)


def calls():
    """See calls.wat."""
    add = b"\x20\x00\x20\x01\x6a"
    loop = b"\x03\x40" b"\x10\x00" b"\x20\x00\x41\x01\x6b\x22\x00\x0d\x00" b"\x0b"
    return (
        HEADER
        + _section(1, [_type(0, 0), _type(2, 1), _type(1, 0)])
        + _section(2, [_name("env") + _name("noop") + b"\x00\x00"])
        + _section(3, [b"\x01", b"\x02"])
        + _section(7, [_name("add") + b"\x00\x01", _name("loop") + b"\x00\x02"])
        + _section(10, [_body(add), _body(loop)])
    )


def _i32_const(value):
    return b"\x41" + bytes(value >> at & 0x7F | 0x80 for at in (0, 7, 14, 21)) + bytes([value >> 28])


def with_data(size):
    """A module that imports nothing: a page of memory or more, and data of that size in it. Its _start writes to a byte in the middle of
    the data, and traps if somebody has done so before."""
    at = _i32_const(size // 2 + 42)
    read = at + b"\x2d\x00\x00" + _i32_const(42 if size else 0) + b"\x47"  # i32.load8_u; i32.ne
    start = read + b"\x04\x40\x00\x0b" + at + _i32_const(1) + b"\x3a\x00\x00"  # if, unreachable; i32.store8
    pages = max(1, -(-size // 65536))
    data = bytes(range(256)) * (size // 256)
    return (
        HEADER
        + _section(1, [_type(0, 0)])
        + _section(3, [b"\x00"])
        + _section(5, [b"\x00" + _unsigned(pages)])
        + _section(7, [_name("memory") + b"\x02\x00", _name("_start") + b"\x00\x00"])
        + _section(10, [_body(start)])
        + _section(11, [b"\x00\x41\x00\x0b" + _unsigned(len(data)) + data])
    )


def size_without_custom_sections(module):
    """How much of a module a compiler has to read: names and debugging information do not count."""
    size, at = len(HEADER), len(HEADER)
    while at < len(module):
        start, number, at = at, module[at], at + 1
        length, shift = 0, 0
        while True:
            byte, at = module[at], at + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        at += length
        size += at - start if number else 0
    return size


HELLO_TEXT = b"Hello from WebAssembly.\n"


def hello():
    """See examples/hello.wat."""
    wasi = "wasi_snapshot_preview1"
    start = (
        b"\x41\x01\x41\x00\x41\x01\x41\x08\x10\x00"  # fd_write(1, 0, 1, 8)
        b"\x04\x40\x41\x01\x10\x01\x0b"  # if it failed, proc_exit(1)
    )
    data = bytes([16, 0, 0, 0, len(HELLO_TEXT), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) + HELLO_TEXT
    return (
        HEADER
        + _section(1, [_type(4, 1), _type(1, 0), _type(0, 0)])
        + _section(2, [_name(wasi) + _name("fd_write") + b"\x00\x00", _name(wasi) + _name("proc_exit") + b"\x00\x01"])
        + _section(3, [b"\x02"])
        + _section(5, [b"\x00\x01"])
        + _section(7, [_name("memory") + b"\x02\x00", _name("_start") + b"\x00\x02"])
        + _section(10, [_body(start)])
        + _section(11, [b"\x00\x41\x00\x0b" + _unsigned(len(data)) + data])
    )
