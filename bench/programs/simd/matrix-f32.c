/* Products of matrices of floats, four rows and two vectors of columns at a time. */

#include "simd.h"

enum { SIZE = 128, LANES = 4, ROWS = 4, COLUMNS = 2 * LANES };

static float left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

#ifdef __wasm__

static void tile(size_t row, size_t column) {
  v128_t sums[ROWS][2];
  for (int i = 0; i < ROWS; i++) {
    sums[i][0] = sums[i][1] = wasm_f32x4_const_splat(0);
  }
  for (size_t k = 0; k < SIZE; k++) {
    v128_t low = wasm_v128_load(&right[k][column]), high = wasm_v128_load(&right[k][column + LANES]);
    for (int i = 0; i < ROWS; i++) {
      v128_t factor = wasm_f32x4_splat(left[row + i][k]);
      sums[i][0] = wasm_f32x4_add(sums[i][0], wasm_f32x4_mul(factor, low));
      sums[i][1] = wasm_f32x4_add(sums[i][1], wasm_f32x4_mul(factor, high));
    }
  }
  for (int i = 0; i < ROWS; i++) {
    wasm_v128_store(&product[row + i][column], sums[i][0]);
    wasm_v128_store(&product[row + i][column + LANES], sums[i][1]);
  }
}

#else

static void tile(size_t row, size_t column) {
  for (size_t i = row; i < row + ROWS; i++) {
    for (size_t j = column; j < column + COLUMNS; j++) {
      float sum = 0;
      for (size_t k = 0; k < SIZE; k++) {
        sum += left[i][k] * right[k][j];
      }
      product[i][j] = sum;
    }
  }
}

#endif

static uint64_t run(void) {
  for (int i = 0; i < SIZE; i++) {
    for (int j = 0; j < SIZE; j++) {
      left[i][j] = (int)(next_random() % 2001) / (float)1024 - 1.0f;
      right[i][j] = (int)(next_random() % 2001) / (float)1024 - 1.0f;
    }
  }
  uint64_t sum = 0;
  for (int round = 0; round < 24; round++) {
    for (size_t row = 0; row < SIZE; row += ROWS) {
      for (size_t column = 0; column < SIZE; column += COLUMNS) {
        tile(row, column);
      }
    }
    sum = sum * 31 + digest(product[round], sizeof product[round]);
    left[round][round + 1] = product[round][round] / SIZE;
  }
  return sum * 31 + digest(product, sizeof product);
}
