/* Conway's Life on a torus of bytes, and a smoothing of floats in five points. */
#include "kernel.h"

#define N 256

static uint8_t cells[2][N][N];
static float grid[2][N][N];

static void live(uint8_t (*from)[N], uint8_t (*to)[N]) {
  for (int y = 0; y < N; y++) {
    for (int x = 0; x < N; x++) {
      int sum = 0;
      for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) sum += from[(y + dy) & (N - 1)][(x + dx) & (N - 1)];
      }
      to[y][x] = sum == 3 || (sum == 4 && from[y][x]);
    }
  }
}

static void smooth(float (*from)[N], float (*to)[N]) {
  for (int y = 1; y < N - 1; y++) {
    for (int x = 1; x < N - 1; x++) {
      to[y][x] = 0.2f * (from[y][x] + from[y][x - 1] + from[y][x + 1] + from[y - 1][x] + from[y + 1][x]);
    }
  }
}

static uint64_t run(void) {
  for (int y = 0; y < N; y++) {
    for (int x = 0; x < N; x++) {
      cells[0][y][x] = next_random() & 1;
      grid[0][y][x] = grid[1][y][x] = next_random() % 1000;
    }
  }
  for (int i = 0; i < 100; i++) {
    live(cells[i & 1], cells[~i & 1]);
    smooth(grid[i & 1], grid[~i & 1]);
  }
  uint64_t sum = 0;
  for (int y = 0; y < N; y++) {
    for (int x = 0; x < N; x++) sum = sum * 31 + cells[0][y][x] + (uint64_t)grid[0][y][x];
  }
  return sum;
}
