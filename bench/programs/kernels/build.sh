#!/bin/sh
# Builds the kernels to WebAssembly and, with the machine's own compiler, makes what they are expected to print.
# Some are built for 64-bit memories, too, for tests; they have no WASI to print with.
# CLANG: a clang that knows wasm32 and wasm64; the one in the PyPI package ziglang does.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-python3 -m ziglang cc}
native=$(mktemp -d)
trap 'rm -r "$native"' EXIT
large=../../../translate/src/test/resources/dev/tazza/translate/kernels64
build() {
  $clang --target="$1-freestanding" -O2 -mcpu=generic -mno-simd128 -fno-builtin -nostdlib -Wl,--no-entry -Wl,--strip-all \
    -o "$2" "$3"
}
for source in *.c; do
  name=${source%.c}
  build wasm32 "$name.wasm" "$source"
  if [ -e "$large/$name.wasm" ]; then
    build wasm64 "$large/$name.wasm" "$source"
  fi
  gcc -O1 -fno-builtin -ffp-contract=off -o "$native/$name" "$source" -lm
  "$native/$name" > "$name.stdout.expected"
done
: > default.stderr.expected
