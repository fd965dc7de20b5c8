/* Arithmetic on numbers of many limbs, which the proposal for wide arithmetic is for: products, sums and differences of 2048 bits. */

#include "../programs/kernels/kernel.h"

enum { LIMBS = 32 };

typedef unsigned __int128 wide;

#if defined __wasm__ && !defined __wasm_wide_arithmetic__
/* What the C library has for products of 128 bits, by halves of 32. */
wide __multi3(wide a, wide b) {
  uint64_t x = a, y = b;
  uint64_t low = (x & 0xffffffff) * (y & 0xffffffff);
  uint64_t middle = (x >> 32) * (y & 0xffffffff) + (low >> 32);
  uint64_t other = (x & 0xffffffff) * (y >> 32) + (middle & 0xffffffff);
  uint64_t high = (x >> 32) * (y >> 32) + (middle >> 32) + (other >> 32);
  high += (uint64_t)(a >> 64) * y + x * (uint64_t)(b >> 64);
  return (wide)high << 64 | other << 32 | (low & 0xffffffff);
}
#endif

static uint64_t left[LIMBS], right[LIMBS], product[2 * LIMBS], sum[2 * LIMBS];

static void multiply(uint64_t *to, const uint64_t *a, const uint64_t *b) {
  for (int i = 0; i < 2 * LIMBS; i++) {
    to[i] = 0;
  }
  for (int i = 0; i < LIMBS; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < LIMBS; j++) {
      wide t = (wide)a[i] * b[j] + to[i + j] + carry;
      to[i + j] = t;
      carry = t >> 64;
    }
    to[i + LIMBS] = carry;
  }
}

static uint64_t add(uint64_t *to, const uint64_t *a, const uint64_t *b, int limbs) {
  uint64_t carry = 0;
  for (int i = 0; i < limbs; i++) {
    wide t = (wide)a[i] + b[i] + carry;
    to[i] = t;
    carry = t >> 64;
  }
  return carry;
}

static uint64_t subtract(uint64_t *to, const uint64_t *a, const uint64_t *b, int limbs) {
  uint64_t borrow = 0;
  for (int i = 0; i < limbs; i++) {
    wide t = (wide)a[i] - b[i] - borrow;
    to[i] = t;
    borrow = t >> 64 & 1;
  }
  return borrow;
}

/* Sums and differences of 128 bits with a sign. */
static uint64_t pairs(void) {
  __int128 even = 0, odd = 0;
  for (int i = 0; i < 2 * LIMBS; i += 2) {
    __int128 pair = (__int128)product[i + 1] << 64 | product[i];
    even += pair;
    odd -= even + (__int128)(int64_t)product[i] * (int64_t)sum[i];
  }
  return even ^ odd ^ even >> 64 ^ odd >> 64;
}

static uint64_t run(void) {
  for (int i = 0; i < LIMBS; i++) {
    left[i] = (uint64_t)next_random() << 32 | next_random();
    right[i] = (uint64_t)next_random() << 33 ^ next_random();
  }
  uint64_t result = 0;
  for (int round = 0; round < 4000; round++) {
    multiply(product, left, right);
    result += add(sum, sum, product, 2 * LIMBS);
    result += subtract(left, sum + round % LIMBS, left, LIMBS);
    result = result * 31 + pairs();
    right[round % LIMBS] += product[LIMBS];
  }
  return result;
}
