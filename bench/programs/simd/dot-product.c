/* Dot products of vectors of 8-bit, 16-bit and 32-bit integers, floats and doubles. */

#include "simd.h"

enum { SIZE = 4096 };

static int8_t bytes[2][SIZE];
static int16_t shorts[2][SIZE];
static int32_t ints[2][SIZE];
static float floats[2][SIZE];
static double doubles[2][SIZE];

#ifdef __wasm__

static int32_t sum_i32(v128_t v) {
  v = wasm_i32x4_add(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  v = wasm_i32x4_add(v, wasm_i32x4_shuffle(v, v, 1, 0, 3, 2));
  return wasm_i32x4_extract_lane(v, 0);
}

static int32_t dot_bytes(const int8_t *a, const int8_t *b) {
  v128_t sum = wasm_i32x4_const_splat(0);
  for (int i = 0; i < SIZE; i += 16) {
    v128_t x = wasm_v128_load(a + i), y = wasm_v128_load(b + i);
    v128_t low = wasm_i16x8_extmul_low_i8x16(x, y), high = wasm_i16x8_extmul_high_i8x16(x, y);
    sum = wasm_i32x4_add(sum, wasm_i32x4_extadd_pairwise_i16x8(low));
    sum = wasm_i32x4_add(sum, wasm_i32x4_extadd_pairwise_i16x8(high));
  }
  return sum_i32(sum);
}

static int32_t dot_shorts(const int16_t *a, const int16_t *b) {
  v128_t sum = wasm_i32x4_const_splat(0);
  for (int i = 0; i < SIZE; i += 8) {
    sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_v128_load(a + i), wasm_v128_load(b + i)));
  }
  return sum_i32(sum);
}

static int64_t dot_ints(const int32_t *a, const int32_t *b) {
  v128_t sum = wasm_i64x2_const_splat(0);
  for (int i = 0; i < SIZE; i += 4) {
    v128_t x = wasm_v128_load(a + i), y = wasm_v128_load(b + i);
    sum = wasm_i64x2_add(sum, wasm_i64x2_extmul_low_i32x4(x, y));
    sum = wasm_i64x2_add(sum, wasm_i64x2_extmul_high_i32x4(x, y));
  }
  return wasm_i64x2_extract_lane(sum, 0) + wasm_i64x2_extract_lane(sum, 1);
}

static float dot_floats(const float *a, const float *b) {
  v128_t sums[4] = {0};
  for (int i = 0; i < SIZE; i += 16) {
    for (int k = 0; k < 4; k++) {
      v128_t product = wasm_f32x4_mul(wasm_v128_load(a + i + 4 * k), wasm_v128_load(b + i + 4 * k));
      sums[k] = wasm_f32x4_add(sums[k], product);
    }
  }
  v128_t v = wasm_f32x4_add(wasm_f32x4_add(sums[0], sums[1]), wasm_f32x4_add(sums[2], sums[3]));
  return wasm_f32x4_extract_lane(v, 0) + wasm_f32x4_extract_lane(v, 1) + wasm_f32x4_extract_lane(v, 2)
      + wasm_f32x4_extract_lane(v, 3);
}

static double dot_doubles(const double *a, const double *b) {
  v128_t sums[4] = {0};
  for (int i = 0; i < SIZE; i += 8) {
    for (int k = 0; k < 4; k++) {
      v128_t product = wasm_f64x2_mul(wasm_v128_load(a + i + 2 * k), wasm_v128_load(b + i + 2 * k));
      sums[k] = wasm_f64x2_add(sums[k], product);
    }
  }
  v128_t v = wasm_f64x2_add(wasm_f64x2_add(sums[0], sums[1]), wasm_f64x2_add(sums[2], sums[3]));
  return wasm_f64x2_extract_lane(v, 0) + wasm_f64x2_extract_lane(v, 1);
}

#else

#define INTEGERS(name, result, type)                   \
  static result name(const type *a, const type *b) {   \
    result sum = 0;                                    \
    for (int i = 0; i < SIZE; i++) {                   \
      sum += (result)a[i] * b[i];                      \
    }                                                  \
    return sum;                                        \
  }
INTEGERS(dot_bytes, int32_t, int8_t)
INTEGERS(dot_shorts, int32_t, int16_t)
INTEGERS(dot_ints, int64_t, int32_t)

static float dot_floats(const float *a, const float *b) {
  float sums[16] = {0};
  for (int i = 0; i < SIZE; i++) {
    sums[i % 16] += a[i] * b[i];
  }
  float lanes[4];
  for (int i = 0; i < 4; i++) {
    lanes[i] = (sums[i] + sums[i + 4]) + (sums[i + 8] + sums[i + 12]);
  }
  return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

static double dot_doubles(const double *a, const double *b) {
  double sums[8] = {0};
  for (int i = 0; i < SIZE; i++) {
    sums[i % 8] += a[i] * b[i];
  }
  return ((sums[0] + sums[2]) + (sums[4] + sums[6])) + ((sums[1] + sums[3]) + (sums[5] + sums[7]));
}

#endif

static uint64_t run(void) {
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < SIZE; i++) {
      bytes[k][i] = next_random() >> 8;
      shorts[k][i] = (int)(next_random() % 801) - 400;
      ints[k][i] = next_random() * 2;
      floats[k][i] = (int)(next_random() % 2001) / 16.0f - 60;
      doubles[k][i] = (int)(next_random() % 200001) / 16.0 - 6000;
    }
  }
  uint64_t sum = 0;
  for (int round = 0; round < 8000; round++) {
    int at = round % SIZE;
    sum = sum * 31 + dot_bytes(bytes[0], bytes[1]);
    sum = sum * 31 + dot_shorts(shorts[0], shorts[1]);
    sum = sum * 31 + dot_ints(ints[0], ints[1]);
    sum = sum * 31 + (int64_t)dot_floats(floats[0], floats[1]);
    sum = sum * 31 + (int64_t)dot_doubles(doubles[0], doubles[1]);
    bytes[0][at]++;
    shorts[0][at] = -shorts[0][at];
    ints[0][at] ^= round;
    floats[1][at] = -floats[1][at];
    doubles[1][at] = -doubles[1][at];
  }
  return sum;
}
