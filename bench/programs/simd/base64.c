/* Base64, there and back: 12 bytes are 16 letters. */

#include "simd.h"

enum { SIZE = 12 * 4096, LETTERS = SIZE / 3 * 4 };

static uint8_t bytes[SIZE + 16], text[LETTERS], back[SIZE + 16];

#ifdef __wasm__

static void encode(uint8_t *to, const uint8_t *from) {
  v128_t in = wasm_v128_load(from);
  /* Each three bytes, as b a c b, in 32 bits: the six bits of each letter are then in one half. */
  in = wasm_i8x16_swizzle(in, wasm_i8x16_const(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
  v128_t first = wasm_v128_and(wasm_u32x4_shr(in, 10), wasm_i32x4_const_splat(0x3f));
  v128_t second = wasm_v128_and(wasm_i32x4_shl(in, 4), wasm_i32x4_const_splat(0x3f00));
  v128_t third = wasm_v128_and(wasm_u32x4_shr(in, 6), wasm_i32x4_const_splat(0x3f0000));
  v128_t fourth = wasm_v128_and(wasm_i32x4_shl(in, 8), wasm_i32x4_const_splat(0x3f000000));
  v128_t six = wasm_v128_or(wasm_v128_or(first, second), wasm_v128_or(third, fourth));
  /* What to add: 0 for a-z, 13 for A-Z, 1 to 10 for digits, 11 and 12 for + and /. */
  v128_t kind = wasm_u8x16_sub_sat(six, wasm_i8x16_const_splat(51));
  v128_t capital = wasm_i8x16_lt(six, wasm_i8x16_const_splat(26));
  kind = wasm_v128_or(kind, wasm_v128_and(capital, wasm_i8x16_const_splat(13)));
  v128_t shift = wasm_i8x16_swizzle(
      wasm_i8x16_const(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0), kind);
  wasm_v128_store(to, wasm_i8x16_add(six, shift));
}

/* Gives whether all were letters; if not, the bytes are 0. */
static int decode(uint8_t *to, const uint8_t *from) {
  v128_t in = wasm_v128_load(from);
  v128_t high = wasm_u8x16_shr(in, 4), low = wasm_v128_and(in, wasm_i8x16_const_splat(15));
  /* A bit for each group of letters; a byte is none if a bit is in both. */
  v128_t bad_low = wasm_i8x16_swizzle(
      wasm_i8x16_const(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a), low);
  v128_t bad_high = wasm_i8x16_swizzle(
      wasm_i8x16_const(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10), high);
  if (wasm_v128_any_true(wasm_v128_and(bad_low, bad_high))) {
    wasm_v128_store(to, wasm_i8x16_const_splat(0));
    return 0;
  }
  v128_t slash = wasm_i8x16_eq(in, wasm_i8x16_const_splat('/'));
  v128_t shift = wasm_i8x16_swizzle(
      wasm_i8x16_const(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0), wasm_i8x16_add(slash, high));
  v128_t six = wasm_i8x16_add(in, shift);
  /* 12 bits of each pair, 24 of each four. */
  v128_t pairs = wasm_v128_or(wasm_i16x8_shl(six, 6), wasm_u16x8_shr(six, 8));
  pairs = wasm_v128_and(pairs, wasm_i16x8_const_splat(0xfff));
  v128_t fours = wasm_v128_or(wasm_i32x4_shl(pairs, 12), wasm_u32x4_shr(pairs, 16));
  wasm_v128_store(to,
      wasm_i8x16_swizzle(fours, wasm_i8x16_const(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1)));
  return 1;
}

#else

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode(uint8_t *to, const uint8_t *from) {
  for (int i = 0; i < 4; i++, from += 3) {
    uint32_t bits = from[0] << 16 | from[1] << 8 | from[2];
    for (int k = 18; k >= 0; k -= 6) {
      *to++ = alphabet[bits >> k & 63];
    }
  }
}

static int decode(uint8_t *start, const uint8_t *from) {
  uint8_t *to = start;
  for (int i = 0; i < 4; i++) {
    uint32_t bits = 0;
    for (int k = 0; k < 4; k++) {
      uint32_t six = 0;
      while (six < 64 && alphabet[six] != *from) {
        six++;
      }
      if (six == 64) {
        for (int b = 0; b < 12; b++) {
          start[b] = 0;
        }
        return 0;
      }
      bits = bits << 6 | six;
      from++;
    }
    *to++ = bits >> 16;
    *to++ = bits >> 8;
    *to++ = bits;
  }
  return 1;
}

#endif

static uint32_t decode_all(void) {
  uint32_t good = 0;
  for (size_t i = 0; i < SIZE / 12; i++) {
    good += decode(back + 12 * i, text + 16 * i);
  }
  return good;
}

static uint64_t run(void) {
  uint64_t sum = 0;
  fill(bytes, SIZE);
  for (int round = 0; round < 400; round++) {
    for (size_t i = 0; i < SIZE / 12; i++) {
      encode(text + 16 * i, bytes + 12 * i);
    }
    text[round * 97] = round;
    sum = sum * 31 + decode_all();
    bytes[round * 89] ^= back[round * 61] + text[round * 53];
  }
  return sum * 31 + digest(text, LETTERS) + digest(back, SIZE);
}
