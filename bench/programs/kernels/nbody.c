/* Five bodies that attract each other, in the plain formulation with an array of structures. */
#include "kernel.h"

struct body {
  double x, y, z, vx, vy, vz, mass;
};

#define BODIES 5

static struct body bodies[BODIES];

static void advance(double dt) {
  for (int i = 0; i < BODIES; i++) {
    struct body *a = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      struct body *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      double square = dx * dx + dy * dy + dz * dz;
      double pull = dt / (square * __builtin_sqrt(square));
      a->vx -= dx * b->mass * pull;
      a->vy -= dy * b->mass * pull;
      a->vz -= dz * b->mass * pull;
      b->vx += dx * a->mass * pull;
      b->vy += dy * a->mass * pull;
      b->vz += dz * a->mass * pull;
    }
  }
  for (int i = 0; i < BODIES; i++) {
    struct body *a = &bodies[i];
    a->x += dt * a->vx;
    a->y += dt * a->vy;
    a->z += dt * a->vz;
  }
}

static uint64_t run(void) {
  double *fields = &bodies[0].x;
  for (int i = 0; i < BODIES * 7; i++) {
    fields[i] = 1 + next_random() % 1000 / 100.0;
  }
  for (int i = 0; i < 500000; i++) {
    advance(0.0001);
  }
  double sum = 0;
  for (int i = 0; i < BODIES; i++) {
    sum += bodies[i].x * bodies[i].vy;
  }
  return (uint64_t)(int64_t)(sum * 1e6);
}
