/* Calls through tables: objects with virtual functions, an interpreter whose operations are functions, and sorting by
   comparisons that are passed. */

#include "kernel.h"

struct shape;

struct methods {
  double (*area)(const struct shape *);
  void (*scale)(struct shape *, double);
  int (*kind)(const struct shape *);
};

struct shape {
  const struct methods *methods;
  double a, b;
};

static double circle_area(const struct shape *s) { return 3.14159265 * s->a * s->a; }
static double square_area(const struct shape *s) { return s->a * s->a; }
static double rectangle_area(const struct shape *s) { return s->a * s->b; }

static void scale_one(struct shape *s, double by) { s->a *= by; }
static void scale_two(struct shape *s, double by) {
  s->a *= by;
  s->b *= by;
}

static int circle_kind(const struct shape *s) { return s->a > 0; }
static int square_kind(const struct shape *s) { return s->a > 1 ? 2 : 4; }
static int rectangle_kind(const struct shape *s) { return s->a == s->b ? 2 : 3; }

static const struct methods kinds[3] = {
    {circle_area, scale_one, circle_kind}, {square_area, scale_one, square_kind}, {rectangle_area, scale_two, rectangle_kind}};

#define SHAPES 1000
static struct shape shapes[SHAPES];

static uint64_t virtual_functions(void) {
  for (int i = 0; i < SHAPES; i++) {
    shapes[i].methods = &kinds[i % 3];
    shapes[i].a = 1 + i % 7;
    shapes[i].b = 1 + i % 5;
  }
  double area = 0;
  uint64_t sum = 0;
  for (int round = 0; round < 500; round++) {
    for (int i = 0; i < SHAPES; i++) {
      struct shape *s = &shapes[i];
      area += s->methods->area(s);
      sum += s->methods->kind(s);
      s->methods->scale(s, round & 1 ? 0.5 : 2.0);
    }
  }
  return (uint64_t)area + sum;
}

struct machine {
  uint32_t accumulator, registers[8];
};

typedef void (*operation)(struct machine *, uint32_t);

static void add(struct machine *m, uint32_t r) { m->accumulator += m->registers[r]; }
static void subtract(struct machine *m, uint32_t r) { m->accumulator -= m->registers[r]; }
static void differ(struct machine *m, uint32_t r) { m->accumulator ^= m->registers[r]; }
static void multiply(struct machine *m, uint32_t r) { m->accumulator *= m->registers[r] | 1; }
static void turn(struct machine *m, uint32_t r) { m->accumulator = m->accumulator >> r | m->accumulator << 7; }
static void put(struct machine *m, uint32_t r) { m->registers[r] = m->accumulator; }

static operation operations[6] = {add, subtract, differ, multiply, turn, put};

#define PROGRAM 256
static uint8_t program[PROGRAM][2];

static uint64_t interpreter(void) {
  struct machine m = {1, {1, 2, 3, 4, 5, 6, 7, 8}};
  for (int i = 0; i < PROGRAM; i++) {
    program[i][0] = i * 7 % 6;
    program[i][1] = i * 5 & 7;
  }
  for (int round = 0; round < 5000; round++) {
    for (int i = 0; i < PROGRAM; i++) {
      operations[program[i][0]](&m, program[i][1]);
    }
  }
  return m.accumulator;
}

typedef int (*comparison)(const uint32_t *, const uint32_t *);

static int ascending(const uint32_t *x, const uint32_t *y) { return *x < *y ? -1 : *x > *y; }
static int by_low_half(const uint32_t *x, const uint32_t *y) { return (int)(*x & 0xffff) - (int)(*y & 0xffff); }

static comparison comparisons[2] = {ascending, by_low_half};

#define VALUES 10000
static uint32_t values[VALUES];

static void __attribute__((noinline)) sort(uint32_t *v, int n, comparison compare) {
  for (int gap = n / 2; gap > 0; gap /= 2) {
    for (int i = gap; i < n; i++) {
      uint32_t x = v[i];
      int k = i;
      for (; k >= gap && compare(&v[k - gap], &x) > 0; k -= gap) {
        v[k] = v[k - gap];
      }
      v[k] = x;
    }
  }
}

static uint64_t sorting(void) {
  uint64_t sum = 0;
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < VALUES; i++) {
      values[i] = next_random();
    }
    sort(values, VALUES, comparisons[round & 1]);
    for (int i = 0; i < VALUES; i += 100) {
      sum = sum * 31 + values[i];
    }
  }
  return sum;
}

static uint64_t run(void) { return virtual_functions() + interpreter() + sorting(); }
