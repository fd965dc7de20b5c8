/*
 * What two ascending lists of numbers have in common: four of each are compared in all pairings, after D. Lemire, L. Boytsov and N. Kurz, "SIMD
 * Compression and the Intersection of Sorted Integers", 2016.
 */

#include "simd.h"

enum { SIZE = 8192 };

static uint32_t lists[3][SIZE], common[SIZE + 4];

#ifdef __wasm__

/* For each set of lanes, the bytes that bring them to the front. */
static uint8_t packing[16][16];

static void prepare(void) {
  for (int set = 0; set < 16; set++) {
    uint8_t *to = packing[set];
    for (int lane = 0; lane < 4; lane++) {
      for (int i = 0; i < 4 && set >> lane & 1; i++) {
        *to++ = 4 * lane + i;
      }
    }
  }
}

static size_t intersect(const uint32_t *a, const uint32_t *b) {
  size_t i = 0, j = 0, count = 0;
  while (i < SIZE && j < SIZE) {
    v128_t x = wasm_v128_load(a + i), y = wasm_v128_load(b + j);
    v128_t same = wasm_v128_or(
        wasm_v128_or(wasm_i32x4_eq(x, y), wasm_i32x4_eq(x, wasm_i32x4_shuffle(y, y, 1, 2, 3, 0))),
        wasm_v128_or(wasm_i32x4_eq(x, wasm_i32x4_shuffle(y, y, 2, 3, 0, 1)),
            wasm_i32x4_eq(x, wasm_i32x4_shuffle(y, y, 3, 0, 1, 2))));
    uint32_t set = wasm_i32x4_bitmask(same);
    wasm_v128_store(common + count, wasm_i8x16_swizzle(x, wasm_v128_load(packing[set])));
    count += __builtin_popcount(set);
    uint32_t last = a[i + 3], other = b[j + 3];
    i += last <= other ? 4 : 0;
    j += other <= last ? 4 : 0;
  }
  return count;
}

#else

static void prepare(void) {}

static size_t intersect(const uint32_t *a, const uint32_t *b) {
  size_t i = 0, j = 0, count = 0;
  while (i < SIZE && j < SIZE) {
    if (a[i] == b[j]) {
      common[count++] = a[i];
      i++, j++;
    } else if (a[i] < b[j]) {
      i++;
    } else {
      j++;
    }
  }
  return count;
}

#endif

static uint64_t run(void) {
  prepare();
  for (int k = 0; k < 3; k++) {
    uint32_t number = 0;
    for (int i = 0; i < SIZE; i++) {
      number += 1 + next_random() % (2 + 3 * k);
      lists[k][i] = number;
    }
  }
  uint64_t sum = 0;
  for (int round = 0; round < 300; round++) {
    for (int k = 0; k < 3; k++) {
      size_t count = intersect(lists[k], lists[(k + 1) % 3]);
      sum = (sum * 31 + count) * 31 + digest(common, count / 64 * 4);
    }
    for (int i = round; i < SIZE; i++) {
      lists[round % 3][i]++;
    }
  }
  return sum;
}
