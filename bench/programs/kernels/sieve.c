/* Eratosthenes over a byte each number. */
#include "kernel.h"

#define LIMIT 2000000

static uint8_t composite[LIMIT + 1];

static uint64_t run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < 8; round++) {
    for (int i = 0; i <= LIMIT; i++) composite[i] = 0;
    int count = 0;
    for (int i = 2; i <= LIMIT; i++) {
      if (!composite[i]) {
        count++;
        for (long long j = (long long)i * i; j <= LIMIT; j += i) composite[j] = 1;
      }
    }
    sum += count;
  }
  return sum;
}
