#!/bin/sh
# Rebuilds the module of DebuggerTest: variables.sh CC LD, where CC is a clang for wasm32 and LD its wasm-ld.
# Made by clang 14.
set -e
cd "$(dirname "$0")"
"$1" --target=wasm32 -g -gdwarf-5 -O0 -nostdlib -fdebug-compilation-dir=/source -Wl,--no-entry "-fuse-ld=$2" \
  -o variables.wasm variables.c
