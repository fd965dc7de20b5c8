/* UTF-8 to UTF-16 and back, one character at a time, with all checks. */
#include "kernel.h"

static uint8_t text[1 << 17], back[1 << 17];
static uint16_t wide[1 << 17];

static size_t encode(uint8_t *to, uint32_t c) {
  if (c < 0x80) { to[0] = c; return 1; }
  if (c < 0x800) { to[0] = 0xc0 | c >> 6; to[1] = 0x80 | (c & 63); return 2; }
  if (c < 0x10000) { to[0] = 0xe0 | c >> 12; to[1] = 0x80 | (c >> 6 & 63); to[2] = 0x80 | (c & 63); return 3; }
  to[0] = 0xf0 | c >> 18; to[1] = 0x80 | (c >> 12 & 63); to[2] = 0x80 | (c >> 6 & 63); to[3] = 0x80 | (c & 63);
  return 4;
}

static size_t decode(const uint8_t *s, size_t n) {
  size_t at = 0, to = 0;
  while (at < n) {
    uint32_t c = s[at];
    if (c < 0x80) {
      at++;
    } else if (c < 0xe0) {
      if (c < 0xc2 || at + 1 >= n || (s[at + 1] & 0xc0) != 0x80) return 0;
      c = (c & 31) << 6 | (s[at + 1] & 63);
      at += 2;
    } else if (c < 0xf0) {
      if (at + 2 >= n || (s[at + 1] & 0xc0) != 0x80 || (s[at + 2] & 0xc0) != 0x80) return 0;
      c = (c & 15) << 12 | (s[at + 1] & 63) << 6 | (s[at + 2] & 63);
      if (c < 0x800 || (c >= 0xd800 && c < 0xe000)) return 0;
      at += 3;
    } else {
      if (c > 0xf4 || at + 3 >= n || (s[at + 1] & 0xc0) != 0x80 || (s[at + 2] & 0xc0) != 0x80 || (s[at + 3] & 0xc0) != 0x80) return 0;
      c = (c & 7) << 18 | (s[at + 1] & 63) << 12 | (s[at + 2] & 63) << 6 | (s[at + 3] & 63);
      if (c < 0x10000 || c > 0x10ffff) return 0;
      at += 4;
    }
    if (c < 0x10000) {
      wide[to++] = c;
    } else {
      wide[to++] = 0xd800 + ((c - 0x10000) >> 10);
      wide[to++] = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
  }
  return to;
}

static size_t encode_all(const uint16_t *s, size_t n) {
  size_t to = 0;
  for (size_t at = 0; at < n; at++) {
    uint32_t c = s[at];
    if (c >= 0xd800 && c < 0xdc00) c = 0x10000 + ((c & 0x3ff) << 10 | (s[++at] & 0x3ff));
    to += encode(back + to, c);
  }
  return to;
}

static uint64_t run(void) {
  size_t size = 0;
  while (size < sizeof text - 8) {
    uint32_t kind = next_random() % 16, r = next_random();
    size += encode(text + size, kind < 10 ? ' ' + r % 95 : kind < 13 ? 0xa0 + r % 0x700 : kind < 15 ? 0x3000 + r % 0x5000 : 0x1f300 + r % 0x300);
  }
  uint64_t sum = 0;
  for (int round = 0; round < 30; round++) {
    size_t units = decode(text, size);
    sum = sum * 31 + units;
    sum = sum * 31 + encode_all(wide, units);
  }
  for (size_t i = 0; i < size; i++) sum += back[i] == text[i];
  return sum;
}
