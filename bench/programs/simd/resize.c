/* Makes an image of four 8-bit channels smaller or larger, with weights of 7 bits between the four pixels around a place. */

#include "simd.h"

enum { WIDTH = 256, HEIGHT = 192, LARGEST = 480 };

static uint8_t image[HEIGHT + 1][WIDTH + 2][4], result[LARGEST][LARGEST][4];

#ifdef __wasm__

/* weights: of the upper and lower row, in 16 bits each; x: the place, in 1/128 pixels. */
static void pixel(uint8_t *to, uint8_t (*upper)[4], uint8_t (*lower)[4], int y, uint32_t x) {
  size_t at = x / 128;
  int right = x % 128;
  v128_t above = wasm_u16x8_load8x8(upper[at]), below = wasm_u16x8_load8x8(lower[at]);
  v128_t column = wasm_i16x8_add(wasm_i16x8_mul(above, wasm_i16x8_splat(128 - y)), wasm_i16x8_mul(below, wasm_i16x8_splat(y)));
  column = wasm_u16x8_shr(column, 7);
  /* Left and right of each channel beside each other, as the product of pairs wants them. */
  v128_t pairs = wasm_i16x8_shuffle(column, column, 0, 4, 1, 5, 2, 6, 3, 7);
  v128_t sums = wasm_i32x4_dot_i16x8(pairs, wasm_i32x4_splat(right << 16 | (128 - right)));
  v128_t words = wasm_u32x4_shr(sums, 7);
  words = wasm_u16x8_narrow_i32x4(words, words);
  wasm_v128_store32_lane(to, wasm_u8x16_narrow_i16x8(words, words), 0);
}

#else

static void pixel(uint8_t *to, uint8_t (*upper)[4], uint8_t (*lower)[4], int y, uint32_t x) {
  size_t at = x / 128;
  int right = x % 128;
  for (int i = 0; i < 4; i++) {
    int a = (upper[at][i] * (128 - y) + lower[at][i] * y) >> 7;
    int b = (upper[at + 1][i] * (128 - y) + lower[at + 1][i] * y) >> 7;
    to[i] = (a * (128 - right) + b * right) >> 7;
  }
}

#endif

static void resize(uint32_t width, uint32_t height) {
  uint32_t across = WIDTH * 128 / width, down = HEIGHT * 128 / height;
  for (uint32_t y = 0; y < height; y++) {
    uint32_t place = y * down;
    for (uint32_t x = 0; x < width; x++) {
      pixel(result[y][x], image[place / 128], image[place / 128 + 1], place % 128, x * across);
    }
  }
}

static uint64_t run(void) {
  uint64_t sum = 0;
  fill(image, sizeof image);
  for (uint32_t round = 0; round < 60; round++) {
    resize(60 + 7 * round, 60 + 5 * round);
    sum = sum * 31 + digest(result[round], sizeof result[round]);
    image[round][round][round % 4] ^= result[round / 2][round / 3][1];
  }
  return sum * 31 + digest(result, sizeof result);
}
