/* Products of an infinite matrix, cut off, with a vector: integer division and doubles mixed. */
#include "kernel.h"

#define N 500

static double u[N], v[N], t[N];

static double element(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(const double *from, double *to) {
  for (int i = 0; i < N; i++) {
    double sum = 0;
    for (int j = 0; j < N; j++) sum += element(i, j) * from[j];
    to[i] = sum;
  }
}

static void transposed_times(const double *from, double *to) {
  for (int i = 0; i < N; i++) {
    double sum = 0;
    for (int j = 0; j < N; j++) sum += element(j, i) * from[j];
    to[i] = sum;
  }
}

static uint64_t run(void) {
  for (int i = 0; i < N; i++) u[i] = 1;
  for (int i = 0; i < 20; i++) {
    times(u, t);
    transposed_times(t, v);
    times(v, t);
    transposed_times(t, u);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < N; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return (uint64_t)(__builtin_sqrt(uv / vv) * 1e9);
}
