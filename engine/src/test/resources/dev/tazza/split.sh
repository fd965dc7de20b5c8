#!/bin/sh
# Rebuilds the modules of SplitDebugInfoTest, and the files and packages with their units: split.sh CC LD DWP, where CC
# is a clang for wasm32, LD its wasm-ld and DWP its llvm-dwp. Made by clang 14.
# split.wasm and split4.wasm are of two units, in versions 5 and 4; variables-split*.wasm are of one, not optimized.
set -e
cd "$(dirname "$0")"
sources=../../../../../../wasm/src/test/resources/dev/tazza/wasm/dwarf

# unit SOURCE FLAGS: makes an object and a file NAME.dwo
unit() {
  source=$1
  name=$(basename "$source" .c)
  shift
  cp "$source" "$name.tmp.c" # the name in the file is that of the copy
  "$cc" --target=wasm32 -g -gsplit-dwarf -nostdlib -fdebug-compilation-dir=/source \
    "-fdebug-prefix-map=$name.tmp.c=$name.c" "$@" -c "$name.tmp.c" -o "$name.o"
  rm "$name.tmp.c"
}

cc=$1
ld=$2
dwp=$3
for version in 4 5; do
  suffix=$(test $version = 5 || echo $version)
  unit variables.c -gdwarf-$version -O0
  "$ld" --no-entry variables.o -o "variables-split$suffix.wasm"
  "$dwp" variables.dwo -o "variables-split$suffix.dwp"
  unit "$sources/positions.c" -gdwarf-$version -O1
  unit split.c -gdwarf-$version -O1
  "$ld" --no-entry positions.o split.o -o "split$suffix.wasm"
  "$dwp" positions.dwo split.dwo -o "split$suffix.dwp"
done
rm positions.o split.o variables.o variables.dwo
