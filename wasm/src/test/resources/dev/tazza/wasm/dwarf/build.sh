#!/bin/sh
# Rebuilds the modules of SourceMapTest: build.sh CC, where CC is a clang for wasm32, such as "zig cc".
# Made by the clang in zig 0.17 in the folder of this file, so that paths are the same each time.
set -e
cd "$(dirname "$0")"
for version in 4 5; do
  $1 -target wasm32-freestanding -O1 "-gdwarf-$version" "-ffile-prefix-map=$PWD=/source" -fno-sanitize=all -nostdlib \
    -Wl,--no-entry -o "dwarf$version.wasm" positions.c
done
cp dwarf5.wasm ../../../../../../../../engine/src/test/resources/dev/tazza/positions.wasm # for BacktraceDetailsTest
