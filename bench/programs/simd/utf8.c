/*
 * Is it UTF-8? Three tables of 16 bits sets, by the halves of a byte and the upper half of the next one, tell of each pair whether it may be; after
 * J. Keiser and D. Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte", 2021.
 */

#include "simd.h"

enum { SIZE = 65536 };

static uint8_t text[SIZE + 4];

/* What is wrong with a pair of bytes. */
enum {
  SHORT = 1,        /* 11______ 0_______, 11______ 11______ */
  LONG = 2,         /* 0_______ 10______ */
  OVERLONG_3 = 4,   /* 11100000 100_____ */
  LARGE = 8,        /* 11110100 1001____, 11110100 101_____, 11110101 and more */
  SURROGATE = 16,   /* 11101101 101_____ */
  OVERLONG_2 = 32,  /* 1100000_ 10______ */
  LARGE_1000 = 64,  /* 11110101 1000____ and more */
  OVERLONG_4 = 64,  /* 11110000 1000____ */
  TWO = 128,        /* 10______ 10______ */
  CARRY = SHORT | LONG | TWO,
};

#ifdef __wasm__

static v128_t wrong(v128_t in, v128_t before) {
  v128_t last = wasm_i8x16_shuffle(before, in, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  v128_t nibble = wasm_i8x16_const_splat(15);
  v128_t first_high = wasm_i8x16_swizzle(
      wasm_u8x16_const(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, TWO, TWO, TWO, TWO, SHORT | OVERLONG_2, SHORT,
          SHORT | OVERLONG_3 | SURROGATE, SHORT | LARGE | LARGE_1000 | OVERLONG_4),
      wasm_u8x16_shr(last, 4));
  enum { MORE = CARRY | LARGE | LARGE_1000 };
  v128_t first_low = wasm_i8x16_swizzle(
      wasm_u8x16_const(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY, CARRY | LARGE, MORE,
          MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE | SURROGATE, MORE, MORE),
      wasm_v128_and(last, nibble));
  enum { PART = LONG | OVERLONG_2 | TWO };
  v128_t second_high = wasm_i8x16_swizzle(
      wasm_u8x16_const(SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, PART | OVERLONG_3 | LARGE_1000 | OVERLONG_4,
          PART | OVERLONG_3 | LARGE, PART | SURROGATE | LARGE, PART | SURROGATE | LARGE, SHORT, SHORT, SHORT, SHORT),
      wasm_u8x16_shr(in, 4));
  v128_t pairs = wasm_v128_and(wasm_v128_and(first_high, first_low), second_high);
  /* Two parts in a row must be where a sequence of three or four has them, and only there. */
  v128_t third = wasm_i8x16_shuffle(before, in, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  v128_t fourth = wasm_i8x16_shuffle(before, in, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  v128_t expected = wasm_v128_or(wasm_u8x16_sub_sat(third, wasm_u8x16_const_splat(0xe0 - 0x80)),
      wasm_u8x16_sub_sat(fourth, wasm_u8x16_const_splat(0xf0 - 0x80)));
  return wasm_v128_xor(wasm_v128_and(expected, wasm_u8x16_const_splat(0x80)), pairs);
}

/* The text ends with three zeros at least, so that nothing is left open. */
static int valid(void) {
  v128_t errors = wasm_i8x16_const_splat(0), before = errors;
  for (size_t i = 0; i < SIZE; i += 16) {
    v128_t in = wasm_v128_load(text + i);
    if (i % 64 == 0) {
      v128_t all = wasm_v128_or(wasm_v128_or(in, wasm_v128_load(text + i + 16)),
          wasm_v128_or(wasm_v128_load(text + i + 32), wasm_v128_load(text + i + 48)));
      if (!wasm_i8x16_bitmask(wasm_v128_or(all, before))) {
        before = wasm_v128_load(text + i + 48);
        i += 48;
        continue;
      }
    }
    errors = wasm_v128_or(errors, wrong(in, before));
    before = in;
  }
  return !wasm_v128_any_true(errors);
}

#else

static int valid(void) {
  static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  for (size_t i = 0; i < SIZE; i++) {
    uint32_t lead = text[i];
    int more = lead < 0x80 ? 0 : lead < 0xc0 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf8 ? 3 : -1;
    if (more < 0) {
      return 0;
    }
    uint32_t point = more == 0 ? lead : lead & 0x3f >> more;
    for (int k = 0; k < more; k++) {
      uint32_t next = text[++i];
      if ((next & 0xc0) != 0x80) {
        return 0;
      }
      point = point << 6 | next & 0x3f;
    }
    if (point < least[more] || point > 0x10ffff || point >= 0xd800 && point < 0xe000) {
      return 0;
    }
  }
  return 1;
}

#endif

/* One character, of one byte mostly within the part of the text that is plain. */
static size_t write(uint8_t *to, int plain) {
  uint32_t kind = plain ? 0 : next_random() % 8;
  if (kind < 3) {
    to[0] = ' ' + next_random() % 95;
    return 1;
  }
  uint32_t bits = next_random();
  size_t more = kind < 5 ? 1 : kind < 7 ? 2 : 3;
  to[0] = more == 1 ? 0xc2 + bits % 30 : more == 2 ? 0xe1 + bits % 12 : 0xf1 + bits % 3;
  for (size_t i = 1; i <= more; i++) {
    bits >>= 6;
    to[i] = 0x80 | bits & 0x3f;
  }
  return more + 1;
}

static uint64_t run(void) {
  for (size_t at = 0; at < SIZE - 8;) {
    at += write(text + at, at / 8192 % 2);
  }
  uint64_t sum = 0;
  for (int round = 0; round < 600; round++) {
    size_t at = next_random() % (SIZE - 8);
    uint8_t was = text[at];
    if (round % 3 == 0) {
      text[at] = next_random();
    }
    sum = sum * 31 + valid();
    text[at] = was;
  }
  return sum;
}
