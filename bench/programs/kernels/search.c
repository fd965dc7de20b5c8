/* Finds a string in a text: the plain way, and Horspool's. */
#include "kernel.h"

#define SIZE 100000
#define WORD 9

static char text[SIZE];

static __attribute__((noinline)) int plain(const char *t, int n, const char *w, int m) {
  int found = 0;
  for (int i = 0; i + m <= n; i++) {
    int j = 0;
    while (j < m && t[i + j] == w[j]) j++;
    found += j == m;
  }
  return found;
}

static __attribute__((noinline)) int horspool(const char *t, int n, const char *w, int m) {
  int shift[256], found = 0;
  for (int i = 0; i < 256; i++) shift[i] = m;
  for (int i = 0; i < m - 1; i++) shift[(unsigned char)w[i]] = m - 1 - i;
  for (int at = 0; at + m <= n; at += shift[(unsigned char)t[at + m - 1]]) {
    int j = m - 1;
    while (j >= 0 && t[at + j] == w[j]) j--;
    found += j < 0;
  }
  return found;
}

static uint64_t run(void) {
  for (int i = 0; i < SIZE; i++) text[i] = 'a' + next_random() % 4;
  uint64_t sum = 0;
  for (int round = 0; round < 300; round++) {
    const char *word = text + next_random() % (SIZE - WORD);
    sum = sum * 31 + plain(text, SIZE, word, WORD);
    sum = sum * 31 + horspool(text, SIZE, word, WORD);
  }
  return sum;
}
