#!/bin/sh
# Builds threads.wasm; needs clang and wasm-ld, which is older than 16 if it has no --export-memory.
# CLANG and WASM_LD name others, such as WASM_LD="python3 -m ziglang wasm-ld".
set -e
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
flags="--target=wasm32 -matomics -mbulk-memory"
${CLANG:-clang} $flags -Os -ffreestanding -nostdlib -Wall -Werror -c threads.c -o "$out/threads.o"
${CLANG:-clang} $flags -c thread_start.s -o "$out/start.o"
${WASM_LD:-wasm-ld} "$out/threads.o" "$out/start.o" -o threads.wasm --strip-all \
  --import-memory --export-memory --shared-memory --max-memory=4194304 \
  --export=_start --export=wasi_thread_start -z stack-size=16384
