#!/bin/sh
# Builds each program to WebAssembly without exceptions, with the standard's instructions and with those of the first version,
# and, with the machine's own compiler, what it is expected to print.
# CLANG: a clang that knows wasm32; the one in the PyPI package ziglang does.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-python3 -m ziglang c++}
native=$(mktemp -d)
trap 'rm -r "$native"' EXIT
build() {
  source=$1 made=$2
  shift 2
  $clang --target=wasm32-freestanding -std=c++20 -O2 -mcpu=generic -mno-simd128 -fno-builtin -nostdlib -fno-rtti \
    -fno-threadsafe-statics -fno-sanitize=undefined "$@" -Wl,--no-entry -Wl,--strip-all -o "$made.wasm" "$source"
}
for source in *.cpp; do
  name=${source%.cpp}
  build "$source" "$name-none" -fno-exceptions
  for kind in standard:false legacy:true; do
    build "$source" "$name-${kind%:*}" -fwasm-exceptions -mexception-handling -mllvm -wasm-enable-eh \
      -mllvm -wasm-use-legacy-eh="${kind#*:}"
  done
  g++ -std=c++20 -O1 -fno-builtin -o "$native/$name" "$source"
  for kind in none standard legacy; do
    "$native/$name" > "$name-$kind.stdout.expected"
  done
done
: > default.stderr.expected
