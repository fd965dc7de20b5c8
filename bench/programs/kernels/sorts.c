/* Bubble sort, insertion sort and Shell's sort of integers. */
#include "kernel.h"

#define N 4000
#define MANY 300000

static int values[MANY];

static void fill(int n) {
  for (int i = 0; i < n; i++) values[i] = (int)next_random();
}

static uint64_t digest(int n) {
  uint64_t sum = 0;
  for (int i = 0; i < n; i++) sum = sum * 31 + (uint32_t)values[i];
  return sum;
}

static __attribute__((noinline)) void bubble(int *a, int n) {
  for (int i = 0; i < n - 1; i++) {
    for (int j = 0; j < n - 1 - i; j++) {
      if (a[j] > a[j + 1]) {
        int t = a[j];
        a[j] = a[j + 1];
        a[j + 1] = t;
      }
    }
  }
}

static __attribute__((noinline)) void insertion(int *a, int n, int gap) {
  for (int i = gap; i < n; i++) {
    int value = a[i], j = i;
    for (; j >= gap && a[j - gap] > value; j -= gap) a[j] = a[j - gap];
    a[j] = value;
  }
}

static uint64_t run(void) {
  fill(N);
  bubble(values, N);
  uint64_t sum = digest(N);
  fill(N * 4);
  insertion(values, N * 4, 1);
  sum += digest(N * 4);
  fill(MANY);
  for (int gap = MANY / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) insertion(values, MANY, gap);
  return sum + digest(MANY);
}
