/* Reversals of prefixes until 1 is first, over all permutations. */
#include "kernel.h"

#define N 9

static uint64_t run(void) {
  int permutation[N], copy[N], count[N];
  int most = 0, sum = 0, number = 0, r = N;
  for (int i = 0; i < N; i++) permutation[i] = i;
  for (;;) {
    for (; r > 1; r--) count[r - 1] = r;
    for (int i = 0; i < N; i++) copy[i] = permutation[i];
    int flips = 0;
    for (int k = copy[0]; k > 0; k = copy[0]) {
      for (int i = 0, j = k; i < j; i++, j--) {
        int t = copy[i];
        copy[i] = copy[j];
        copy[j] = t;
      }
      flips++;
    }
    most = flips > most ? flips : most;
    sum += number++ & 1 ? -flips : flips;
    for (;;) {
      if (r == N) return (uint64_t)(uint32_t)sum << 32 | (uint32_t)most;
      int first = permutation[0];
      for (int i = 0; i < r; i++) permutation[i] = permutation[i + 1];
      permutation[r] = first;
      if (--count[r] > 0) break;
      r++;
    }
  }
}
