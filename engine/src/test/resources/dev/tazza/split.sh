#!/bin/sh
# Rebuilds the module of SplitDebugInfoTest, and the files with its units: split.sh CC LD, where CC is a clang for
# wasm32 and LD its wasm-ld. Made by clang 14.
set -e
cd "$(dirname "$0")"
sources=../../../../../../wasm/src/test/resources/dev/tazza/wasm/dwarf
for unit in "$sources/positions.c" split.c; do
  name=$(basename "$unit" .c)
  cp "$unit" "$name.tmp.c" # the name in the file is that of the copy
  "$1" --target=wasm32 -g -gdwarf-5 -gsplit-dwarf -O1 -nostdlib -fdebug-compilation-dir=/source \
    "-fdebug-prefix-map=$name.tmp.c=$name.c" -c "$name.tmp.c" -o "$name.o"
  rm "$name.tmp.c"
done
"$2" --no-entry positions.o split.o -o split.wasm
rm positions.o split.o
