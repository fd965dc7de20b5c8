/* Open addressing: insert, find and count. */
#include "kernel.h"

#define SLOTS (1 << 15)

struct slot {
  uint32_t key, count;
};

static struct slot slots[SLOTS];

static struct slot *find(uint32_t key) {
  uint32_t at = key * 2654435769u >> 17;
  while (slots[at].key && slots[at].key != key) at = (at + 1) & (SLOTS - 1);
  return &slots[at];
}

static uint64_t run(void) {
  for (int i = 0; i < 8000000; i++) {
    uint32_t key = 1 + next_random() % 20000;
    struct slot *slot = find(key);
    slot->key = key;
    slot->count++;
  }
  uint64_t sum = 0;
  for (int i = 0; i < SLOTS; i++) sum = sum * 31 + slots[i].count;
  return sum;
}
