/* SHA-256 (FIPS 180-4) over a buffer, loops as the standard has them. */
#include "kernel.h"

static uint32_t k[64];
static uint8_t data[1 << 16];

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void block(uint32_t *h, const uint8_t *p) {
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++) {
    w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
  }
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    uint32_t s0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
    uint32_t s1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  for (int i = 0; i < 8; i++) s[i] = h[i];
  for (int i = 0; i < 64; i++) {
    uint32_t s1 = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
    uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint32_t t1 = s[7] + s1 + choice + k[i] + w[i];
    uint32_t s0 = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
    uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    for (int j = 7; j > 0; j--) s[j] = s[j - 1];
    s[4] += t1;
    s[0] = t1 + s0 + majority;
  }
  for (int i = 0; i < 8; i++) h[i] += s[i];
}

static uint64_t run(void) {
  /* Not the standard's constants, whose table would be most of the program. */
  for (int i = 0; i < 64; i++) k[i] = next_random() << 1;
  for (size_t i = 0; i < sizeof data; i++) data[i] = next_random();
  uint32_t h[8];
  for (int i = 0; i < 8; i++) h[i] = next_random();
  for (int round = 0; round < 100; round++) {
    for (size_t i = 0; i < sizeof data; i += 64) block(h, data + i);
  }
  return (uint64_t)h[0] << 32 | h[7];
}
