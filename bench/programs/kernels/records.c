/* Structures by value: passed, returned, kept in a heap by priority and swapped whole. */
#include "kernel.h"

struct vector { double x, y, z; };
struct event {
  uint64_t time;
  struct vector position, speed;
  uint32_t kind, id;
  char label[24];
};

#define EVENTS 1000
static struct event queue[EVENTS + 1];
static int size;

static struct vector __attribute__((noinline)) plus(struct vector a, struct vector b) {
  return (struct vector){a.x + b.x, a.y + b.y, a.z + b.z};
}
static struct vector __attribute__((noinline)) times(struct vector a, double s) {
  return (struct vector){a.x * s, a.y * s, a.z * s};
}

static struct event __attribute__((noinline)) make(uint64_t time, uint32_t id) {
  struct event e = {time, {id, time & 7, 1}, {0.5, 0.25, id & 3}, id % 3, id, "event"};
  e.label[6] = 'a' + id % 26;
  return e;
}

static void __attribute__((noinline)) add(struct event e) {
  int at = size++;
  while (at > 0 && queue[(at - 1) / 2].time > e.time) {
    queue[at] = queue[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  queue[at] = e;
}

static struct event __attribute__((noinline)) take(void) {
  struct event first = queue[0], last = queue[--size];
  int at = 0;
  for (;;) {
    int child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && queue[child + 1].time < queue[child].time) child++;
    if (queue[child].time >= last.time) break;
    queue[at] = queue[child];
    at = child;
  }
  queue[at] = last;
  return first;
}

static uint64_t run(void) {
  uint64_t sum = 0;
  for (int i = 0; i < EVENTS; i++) add(make(next_random() % 10000, i));
  for (int i = 0; i < 300000; i++) {
    struct event e = take();
    e.position = plus(e.position, times(e.speed, 0.125));
    sum = sum * 31 + e.id + (uint64_t)e.position.x + e.label[6];
    e.time += 1 + next_random() % 5000;
    add(e);
  }
  return sum;
}
