/* Product of integer matrices given by pointers to rows and a run-time size, loops in the order that goes along the rows. */
#include "kernel.h"

#define MOST 300

static int space[3][MOST * MOST];
static int *rows[3][MOST];

static void multiply(int n, int **a, int **b, int **c) {
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < n; k++) {
      int factor = a[i][k];
      for (int j = 0; j < n; j++) {
        c[i][j] += factor * b[k][j];
      }
    }
  }
}

static uint64_t run(void) {
  int n = MOST - (int)(next_random() & 1);
  for (int m = 0; m < 3; m++) {
    for (int i = 0; i < n; i++) {
      rows[m][i] = space[m] + i * n;
      for (int j = 0; j < n; j++) {
        rows[m][i][j] = m == 2 ? 0 : (int)(next_random() % 1000);
      }
    }
  }
  multiply(n, rows[0], rows[1], rows[2]);
  uint64_t sum = 0;
  for (int i = 0; i < n; i++) {
    sum = sum * 31 + (uint32_t)rows[2][i][n - 1 - i];
  }
  return sum;
}
