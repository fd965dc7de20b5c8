/*
 * Where in a JSON text the brackets, colons, commas and the starts of strings are: the first stage of G. Langdale and D. Lemire, "Parsing Gigabytes of
 * JSON per Second", 2019.
 */

#include "simd.h"

enum { SIZE = 65536 };

static uint8_t text[SIZE];
static uint32_t places[SIZE];

#ifdef __wasm__

static uint64_t bits(v128_t a, v128_t b, v128_t c, v128_t d) {
  return (uint64_t)wasm_i8x16_bitmask(a) | (uint64_t)wasm_i8x16_bitmask(b) << 16 | (uint64_t)wasm_i8x16_bitmask(c) << 32
      | (uint64_t)wasm_i8x16_bitmask(d) << 48;
}

static v128_t is_operator(v128_t in) {
  /* With bit 5 set, brackets and braces are the same; by its lower half, each has one character it may be. */
  v128_t like = wasm_i8x16_swizzle(
      wasm_u8x16_const(255, 255, 255, 255, 255, 255, 255, 255, 255, 255, ':', '{', 255, '}', 255, 255),
      wasm_v128_and(in, wasm_i8x16_const_splat(15)));
  v128_t bracket = wasm_i8x16_eq(wasm_v128_or(in, wasm_i8x16_const_splat(32)), like);
  return wasm_v128_or(bracket, wasm_i8x16_eq(in, wasm_i8x16_const_splat(',')));
}

static size_t scan(void) {
  uint64_t inside = 0, escapes = 0;
  size_t count = 0;
  for (size_t i = 0; i < SIZE; i += 64) {
    v128_t in[4];
    for (int k = 0; k < 4; k++) {
      in[k] = wasm_v128_load(text + i + 16 * k);
    }
#define BITS(of) bits(of(in[0]), of(in[1]), of(in[2]), of(in[3]))
#define IS_QUOTE(v) wasm_i8x16_eq(v, wasm_i8x16_const_splat('"'))
#define IS_BACKSLASH(v) wasm_i8x16_eq(v, wasm_i8x16_const_splat('\\'))
    uint64_t slashes = BITS(IS_BACKSLASH) & ~escapes;
    /* Runs that start at an odd place carry to an even one if their length is odd. */
    uint64_t after = slashes << 1 | escapes, even = 0x5555555555555555;
    uint64_t odd_starts = slashes & ~even & ~after, sum;
    escapes = __builtin_add_overflow(odd_starts, slashes, &sum);
    uint64_t escaped = (even ^ sum << 1) & after;
    uint64_t quotes = BITS(IS_QUOTE) & ~escaped;
    uint64_t within = quotes;
    for (int k = 1; k < 64; k *= 2) {
      within ^= within << k;
    }
    within ^= inside;
    inside = (uint64_t)((int64_t)within >> 63);
    uint64_t found = BITS(is_operator) & ~within | quotes & within;
    while (found) {
      places[count++] = i + __builtin_ctzll(found);
      found &= found - 1;
    }
  }
  return count;
}

#else

static size_t scan(void) {
  size_t count = 0;
  int inside = 0;
  for (size_t i = 0; i < SIZE; i++) {
    uint8_t c = text[i];
    if (c == '\\') {
      i++; /* Outside of strings as well, where no JSON has any. */
    } else if (c == '"') {
      inside = !inside;
      if (inside) {
        places[count++] = i;
      }
    } else if (!inside && (c == '{' || c == '}' || c == '[' || c == ']' || c == ':' || c == ',')) {
      places[count++] = i;
    }
  }
  return count;
}

#endif

static void make(void) {
  static const char *const pieces[] = {"{\"name\": \"", "\\\"quoted\\\" and \\\\", "abcdef, ghi: jkl", "\", \"size\": 12345, ",
      "\"list\": [1, 2.5, -3e7, null, true]", "}, ", "[{}, []], ", "\"a rather long piece of text in which nothing happens\", "};
  size_t at = 0;
  while (at < SIZE) {
    const char *piece = pieces[next_random() % 8];
    while (*piece && at < SIZE) {
      text[at++] = *piece++;
    }
  }
}

static uint64_t run(void) {
  uint64_t sum = 0;
  for (int version = 0; version < 8; version++) {
    make();
    for (int round = 0; round < 40; round++) {
      size_t count = scan();
      sum = (sum * 31 + count) * 31 + places[round * 7 % count];
    }
  }
  return sum * 31 + digest(places, 1000 * sizeof places[0]);
}
