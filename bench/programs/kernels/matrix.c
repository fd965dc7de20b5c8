/* Product of two square matrices of doubles, the textbook's three loops. */
#include "kernel.h"

#define N 300

static double a[N][N], b[N][N], c[N][N];

static uint64_t run(void) {
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      a[i][j] = next_random() % 100;
      b[i][j] = next_random() % 100;
    }
  }
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) {
        sum += a[i][k] * b[k][j];
      }
      c[i][j] = sum;
    }
  }
  double trace = 0;
  for (int i = 0; i < N; i++) {
    trace += c[i][N - 1 - i];
  }
  return (uint64_t)trace;
}
