/* Smooths a grey image by the binomial 1 4 6 4 1 along both axes; edges are left as they are. */

#include "simd.h"

enum { WIDTH = 512, HEIGHT = 384 };

static uint8_t image[HEIGHT][WIDTH], rows[HEIGHT][WIDTH], result[HEIGHT][WIDTH];

#ifdef __wasm__

static v128_t weighted(v128_t a, v128_t b, v128_t c, v128_t d, v128_t e) {
  v128_t outer = wasm_i16x8_add(a, e);
  v128_t inner = wasm_i16x8_shl(wasm_i16x8_add(b, d), 2);
  v128_t middle = wasm_i16x8_mul(c, wasm_i16x8_const_splat(6));
  v128_t sum = wasm_i16x8_add(wasm_i16x8_add(outer, inner), wasm_i16x8_add(middle, wasm_i16x8_const_splat(8)));
  return wasm_u16x8_shr(sum, 4);
}

/* 16 pixels from the five that stand at distances of step. */
static void smooth(uint8_t *to, const uint8_t *from, size_t step) {
  v128_t p[5];
  for (size_t i = 0; i < 5; i++) {
    p[i] = wasm_v128_load(from + i * step);
  }
#define EACH(half) weighted(half(p[0]), half(p[1]), half(p[2]), half(p[3]), half(p[4]))
  v128_t low = EACH(wasm_u16x8_extend_low_u8x16);
  v128_t high = EACH(wasm_u16x8_extend_high_u8x16);
#undef EACH
  wasm_v128_store(to, wasm_u8x16_narrow_i16x8(low, high));
}

#else

static void smooth(uint8_t *to, const uint8_t *from, size_t step) {
  for (int i = 0; i < 16; i++, from++) {
    to[i] = (from[0] + from[4 * step] + 4 * (from[step] + from[3 * step]) + 6 * from[2 * step] + 8) >> 4;
  }
}

#endif

static void blur(void) {
  for (size_t y = 0; y < HEIGHT; y++) {
    for (size_t x = 0; x + 20 <= WIDTH; x += 16) {
      smooth(&rows[y][x + 2], &image[y][x], 1);
    }
  }
  for (size_t y = 0; y + 4 < HEIGHT; y++) {
    for (size_t x = 0; x < WIDTH; x += 16) {
      smooth(&result[y + 2][x], &rows[y][x], WIDTH);
    }
  }
}

static uint64_t run(void) {
  uint64_t sum = 0;
  fill(image, sizeof image);
  for (int round = 0; round < 100; round++) {
    blur();
    image[round][round] ^= result[HEIGHT / 2][round];
    sum = sum * 31 + digest(result[round + 2], WIDTH);
  }
  return sum * 31 + digest(result, sizeof result);
}
