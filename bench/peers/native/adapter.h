// What the adapters in C share: the requests of the stand (bench/stand/__init__.py), and the clocks.
#ifndef ADAPTER_H
#define ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where a run reads and writes; a null path: nowhere, but standard output is the process's own.
struct surroundings {
  const char *folder, *out, *err;
};

// --- what a peer offers ---
// An instance is its thread's: threads make, start and close theirs at a time.

// Replaces the compiled module by that of these bytes, on one thread if so asked.
void peer_compile(const uint8_t *bytes, size_t size, bool one_thread);
void peer_save(const char *path);
void peer_load(const char *path);
// Before the first module is compiled: asks that instances come from a pool with as many slots.
void peer_use_pool(uint32_t slots);
// Makes a store (or what the peer has for it), WASI unless there are no surroundings, and an instance.
void peer_instantiate(const struct surroundings *surroundings);
// Runs _start; returns when the program exits with 0.
void peer_start(void);
// Frees the instance and its store.
void peer_close(void);
// For an instance of calls.wat: calls add(sum, i) for each i below the count, and returns the sum.
uint32_t peer_add(uint32_t count);
// Has the guest call the host as often.
void peer_loop(uint32_t count);

// --- what a peer may call ---

// The program's calls of bench.start and bench.end.
void bench_start(void);
void bench_end(void);
// Prints why the request cannot be done, and exits.
_Noreturn void fail(const char *format, ...);

#endif
