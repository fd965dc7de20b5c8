/* Six nested loops around one addition. */
#include "kernel.h"

static uint64_t nest(int n) {
  uint64_t count = 0;
  for (int a = 0; a < n; a++)
    for (int b = 0; b < n; b++)
      for (int c = 0; c < n; c++)
        for (int d = 0; d < n; d++)
          for (int e = 0; e < n; e++)
            for (int f = 0; f < n; f++) count += (a ^ f) & (e + b) & 1;
  return count;
}

static uint64_t run(void) { return nest(20 + (int)(next_random() & 1)); }
