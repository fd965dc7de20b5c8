/* Compresses and decompresses by a dictionary of what came before, as LZ4 does: tokens, literals, short overlapping copies. */
#include "kernel.h"

#define SIZE (1 << 17)
static uint8_t plain[SIZE], packed[2 * SIZE], again[SIZE + 32];
static uint32_t table[1 << 12];

static const char *const words[] = {"the ", "quick ", "brown ", "fox ", "jumps ", "over ", "lazy ", "dog. ", "WebAssembly ", "engine "};

static void fill(void) {
  size_t at = 0;
  while (at < SIZE - 16) {
    const char *w = words[next_random() % 10];
    while (*w) plain[at++] = *w++;
    if (next_random() % 5 == 0) plain[at++] = next_random();
  }
}

static uint32_t word_at(const uint8_t *p) {
  uint32_t x;
  __builtin_memcpy(&x, p, 4);
  return x;
}

static uint8_t *lengths(uint8_t *to, size_t left) {
  for (; left >= 255; left -= 255) *to++ = 255;
  *to++ = left;
  return to;
}

static size_t compress(void) {
  uint8_t *to = packed;
  size_t at = 0, start = 0, end = SIZE - 16;
  for (int i = 0; i < 1 << 12; i++) table[i] = 0;
  while (at < end) {
    uint32_t slot = word_at(plain + at) * 2654435761u >> 20;
    size_t from = table[slot];
    table[slot] = at;
    if (from >= at || at - from > 65535 || word_at(plain + from) != word_at(plain + at)) {
      at++;
      continue;
    }
    size_t match = 4;
    while (at + match < end && plain[from + match] == plain[at + match]) match++;
    size_t literals = at - start;
    uint8_t *token = to++;
    *token = (literals < 15 ? literals : 15) << 4 | (match - 4 < 15 ? match - 4 : 15);
    if (literals >= 15) to = lengths(to, literals - 15);
    for (size_t i = 0; i < literals; i++) *to++ = plain[start + i];
    *to++ = at - from;
    *to++ = (at - from) >> 8;
    if (match - 4 >= 15) to = lengths(to, match - 4 - 15);
    at += match;
    start = at;
  }
  *to++ = 0;
  return to - packed;
}

static size_t decompress(const uint8_t *from, size_t size) {
  const uint8_t *end = from + size;
  uint8_t *to = again;
  while (from < end) {
    uint32_t token = *from++;
    size_t count = token >> 4;
    if (count == 15) {
      uint8_t more;
      do count += more = *from++;
      while (more == 255);
    }
    for (size_t i = 0; i < count; i++) *to++ = *from++;
    if (from + 2 > end) break;
    size_t distance = from[0] | from[1] << 8;
    from += 2;
    count = (token & 15) + 4;
    if (count == 19) {
      uint8_t more;
      do count += more = *from++;
      while (more == 255);
    }
    const uint8_t *match = to - distance;
    if (distance >= 8) {
      uint8_t *stop = to + count;
      uint8_t *p = to;
      do {
        __builtin_memcpy(p, match, 8);
        p += 8;
        match += 8;
      } while (p < stop);
      to = stop;
    } else {
      while (count--) *to++ = *match++;
    }
  }
  return to - again;
}

static uint64_t run(void) {
  fill();
  uint64_t sum = 0;
  for (int round = 0; round < 8; round++) sum = sum * 31 + compress();
  size_t size = compress();
  for (int round = 0; round < 120; round++) sum = sum * 31 + decompress(packed, size);
  for (int i = 0; i < SIZE - 64; i++) sum = sum * 31 + again[i];
  return sum;
}
