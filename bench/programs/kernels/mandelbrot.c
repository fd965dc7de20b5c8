/* Iterations until a point leaves the circle, over a grid. */
#include "kernel.h"

#define SIZE 320
#define LIMIT 200

static uint64_t run(void) {
  uint64_t sum = 0;
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) {
      double cr = 2.0 * column / SIZE - 1.5, ci = 2.0 * row / SIZE - 1.0;
      double zr = 0, zi = 0;
      int count = 0;
      while (count < LIMIT && zr * zr + zi * zi <= 4) {
        double next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
        count++;
      }
      sum += count;
    }
  }
  return sum;
}
