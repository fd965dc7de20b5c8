#!/bin/sh
# Builds the kernels with SIMD to WebAssembly and, from the parts in plain C, what they are expected to print.
# CLANG: a clang that knows wasm32 and has wasm_simd128.h; the one in the PyPI package ziglang does.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-python3 -m ziglang cc}
native=$(mktemp -d)
trap 'rm -r "$native"' EXIT
for source in *.c; do
  name=${source%.c}
  $clang --target=wasm32-freestanding -O2 -mcpu=generic -msimd128 -ffp-contract=off -fno-builtin -nostdlib \
    -Wl,--no-entry -Wl,--strip-all -o "$name.wasm" "$source"
  gcc -O1 -fno-builtin -ffp-contract=off -o "$native/$name" "$source" -lm
  "$native/$name" > "$name.stdout.expected"
done
: > default.stderr.expected
