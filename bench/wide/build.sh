#!/bin/sh
# Builds the kernel with and without the instructions of the proposal for wide arithmetic and, with the machine's own compiler, makes what
# it is expected to print.
# CLANG: a clang that knows wasm32 and wide arithmetic; the one in the PyPI package ziglang does.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-python3 -m ziglang cc}
native=$(mktemp -d)
trap 'rm -r "$native"' EXIT
build() {
  $clang --target=wasm32-freestanding -O2 "$@" -mno-simd128 -fno-builtin -nostdlib -Wl,--no-entry -Wl,--strip-all bignum.c
}
build -mcpu=generic+wide_arithmetic -o bignum.wasm
build -mcpu=generic -o bignum-plain.wasm
gcc -O1 -fno-builtin -o "$native/bignum" bignum.c
"$native/bignum" > bignum.stdout.expected
cp bignum.stdout.expected bignum-plain.stdout.expected
