/* SHA-256 of four messages at a time, one in each lane. */

#include "simd.h"

enum { BLOCKS = 64 };

static uint32_t messages[BLOCKS][16][4];
static uint32_t state[8][4];

static const uint32_t first[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static const uint32_t constants[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1,
    0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354,
    0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585,
    0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
    0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#ifdef __wasm__

typedef v128_t word;
enum { LANES = 1 };
#define ADD wasm_i32x4_add
#define AND wasm_v128_and
#define XOR wasm_v128_xor
#define CHOOSE(e, f, g) wasm_v128_bitselect(f, g, e)
#define SHIFT wasm_u32x4_shr
#define ROTATE(v, n) wasm_v128_or(wasm_u32x4_shr(v, n), wasm_i32x4_shl(v, 32 - (n)))
#define CONSTANT wasm_i32x4_splat
#define LOAD(from, lane) wasm_v128_load(from)
#define STORE(to, lane, v) wasm_v128_store(to, v)

#else

typedef uint32_t word;
enum { LANES = 4 };
#define ADD(a, b) ((a) + (b))
#define AND(a, b) ((a) & (b))
#define XOR(a, b) ((a) ^ (b))
#define CHOOSE(e, f, g) ((e) & (f) | ~(e) & (g))
#define SHIFT(v, n) ((v) >> (n))
#define ROTATE(v, n) ((v) >> (n) | (v) << (32 - (n)))
#define CONSTANT(n) (n)
#define LOAD(from, lane) ((from)[lane])
#define STORE(to, lane, v) ((to)[lane] = (v))

#endif

static word mixed(word v, int a, int b, int c) {
  return XOR(XOR(ROTATE(v, a), ROTATE(v, b)), ROTATE(v, c));
}

static word schedule(word v, int a, int b, int c) {
  return XOR(XOR(ROTATE(v, a), ROTATE(v, b)), SHIFT(v, c));
}

static void block(uint32_t (*message)[4], int lane) {
  word w[16], s[8];
  for (int i = 0; i < 16; i++) {
    w[i] = LOAD(message[i], lane);
  }
  for (int i = 0; i < 8; i++) {
    s[i] = LOAD(state[i], lane);
  }
  word a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
  for (int i = 0; i < 64; i += 16) {
    for (int k = 0; k < 16; k++) {
      word one = ADD(ADD(ADD(h, mixed(e, 6, 11, 25)), CHOOSE(e, f, g)), ADD(CONSTANT(constants[i + k]), w[k]));
      word two = ADD(mixed(a, 2, 13, 22), XOR(XOR(AND(a, b), AND(a, c)), AND(b, c)));
      h = g, g = f, f = e, e = ADD(d, one), d = c, c = b, b = a, a = ADD(one, two);
    }
    for (int k = 0; k < 16; k++) {
      word more = ADD(schedule(w[(k + 1) % 16], 7, 18, 3), schedule(w[(k + 14) % 16], 17, 19, 10));
      w[k] = ADD(ADD(w[k], w[(k + 9) % 16]), more);
    }
  }
  word after[8] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i < 8; i++) {
    STORE(state[i], lane, ADD(s[i], after[i]));
  }
}

static uint64_t run(void) {
  uint64_t sum = 0;
  fill(messages, sizeof messages);
  for (int round = 0; round < 160; round++) {
    for (int i = 0; i < 8; i++) {
      for (int lane = 0; lane < 4; lane++) {
        state[i][lane] = first[i];
      }
    }
    for (int i = 0; i < BLOCKS; i++) {
      for (int lane = 0; lane < LANES; lane++) {
        block(messages[i], lane);
      }
    }
    sum = sum * 31 + digest(state, sizeof state);
    messages[round % BLOCKS][round % 16][round % 4] ^= state[0][0];
  }
  return sum;
}
