/*
 * What the kernels with SIMD share. Each has its inner part twice: with vectors of WebAssembly, and in plain C for the machine's own compiler,
 * which makes what is expected to be printed.
 */

#include "../kernels/kernel.h"

#ifdef __wasm__
#include <wasm_simd128.h>
#endif

/* Bytes of any value. */
static void fill(void *block, size_t size) {
  uint8_t *bytes = block;
  for (size_t i = 0; i < size; i++) {
    bytes[i] = next_random() >> 8;
  }
}

/* A sum in which the order counts. */
static uint64_t digest(const void *block, size_t size) {
  const uint8_t *bytes = block;
  uint64_t sum = 0;
  for (size_t i = 0; i < size; i++) {
    sum = (sum ^ bytes[i]) * 1099511628211u;
  }
  return sum;
}
