/* Loops over bytes as a C library without vectors has them: copy, length, compare, count. */
#include "kernel.h"

#define SIZE 4096

static unsigned char from[SIZE + 1], to[SIZE + 1];

static __attribute__((noinline)) void copy(unsigned char *d, const unsigned char *s, size_t n) {
  for (size_t i = 0; i < n; i++) {
    d[i] = s[i];
    __asm__("" ::: "memory"); /* or it would become memory.copy */
  }
}

static __attribute__((noinline)) size_t length(const unsigned char *s) {
  const unsigned char *at = s;
  while (*at) {
    at++;
    __asm__("");
  }
  return at - s;
}

static __attribute__((noinline)) int compare(const unsigned char *a, const unsigned char *b, size_t n) {
  for (; n && *a == *b; n--) a++, b++;
  return n ? *a - *b : 0;
}

static __attribute__((noinline)) int count(const unsigned char *s, size_t n, int byte) {
  int found = 0;
  for (size_t i = 0; i < n; i++) found += s[i] == byte;
  return found;
}

static uint64_t run(void) {
  for (size_t i = 0; i < SIZE; i++) from[i] = 1 + next_random() % 255;
  uint64_t sum = 0;
  for (int round = 0; round < 8000; round++) {
    from[round % SIZE] = 1 + round % 255;
    copy(to, from, SIZE);
    sum += length(to);
    sum = sum * 7 + compare(to, from, SIZE);
    sum += count(to, SIZE, round & 255);
  }
  return sum;
}
