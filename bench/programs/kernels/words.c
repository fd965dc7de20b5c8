/* Counts words in a text with a hash table of strings, chained, then sorts the entries by a comparison that is passed. */
#include "kernel.h"

static char text[1 << 18], names[1 << 18];
static uint32_t named;

struct entry {
  const char *name;
  uint32_t size, hash, count;
  struct entry *next;
};

#define BUCKETS 4096
static struct entry *buckets[BUCKETS];
static struct entry entries[20000];
static struct entry *sorted[20000];
static uint32_t used;

static uint32_t hash(const char *s, uint32_t size) {
  uint32_t h = 2166136261u;
  for (uint32_t i = 0; i < size; i++) h = (h ^ (uint8_t)s[i]) * 16777619u;
  return h;
}

static int same(const char *a, const char *b, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    if (a[i] != b[i]) return 0;
  }
  return 1;
}

static void count(const char *s, uint32_t size) {
  uint32_t h = hash(s, size);
  struct entry **at = &buckets[h % BUCKETS];
  for (; *at; at = &(*at)->next) {
    struct entry *e = *at;
    if (e->hash == h && e->size == size && same(e->name, s, size)) {
      e->count++;
      return;
    }
  }
  struct entry *e = &entries[used++];
  char *copy = names + named;
  for (uint32_t i = 0; i < size; i++) copy[i] = s[i];
  named += size;
  *e = (struct entry){copy, size, h, 1, 0};
  *at = e;
}

static int compare(const void *x, const void *y) {
  const struct entry *a = *(struct entry *const *)x, *b = *(struct entry *const *)y;
  if (a->count != b->count) return a->count < b->count ? 1 : -1;
  for (uint32_t i = 0; i < a->size && i < b->size; i++) {
    if (a->name[i] != b->name[i]) return (uint8_t)a->name[i] - (uint8_t)b->name[i];
  }
  return (int)a->size - (int)b->size;
}

static void __attribute__((noinline)) quicksort(struct entry **v, int n, int (*order)(const void *, const void *)) {
  while (n > 12) {
    struct entry *middle = v[n / 2];
    int i = 0, k = n - 1;
    for (;;) {
      while (order(&v[i], &middle) < 0) i++;
      while (order(&v[k], &middle) > 0) k--;
      if (i >= k) break;
      struct entry *x = v[i];
      v[i++] = v[k];
      v[k--] = x;
    }
    quicksort(v, i, order);
    v += i;
    n -= i;
  }
  for (int i = 1; i < n; i++) {
    struct entry *x = v[i];
    int k = i;
    for (; k && order(&v[k - 1], &x) > 0; k--) v[k] = v[k - 1];
    v[k] = x;
  }
}

static uint64_t run(void) {
  uint32_t size = 0;
  while (size < sizeof text - 32) {
    uint32_t word = next_random() % 100 * (next_random() % 100);
    int letters = 3 + word % 9;
    for (int i = 0; i < letters; i++) {
      text[size++] = 'a' + word % 26;
      word = word * 69069 + 1 >> 3;
    }
    text[size++] = ' ';
  }
  uint64_t sum = 0;
  for (int round = 0; round < 12; round++) {
    used = named = 0;
    for (int i = 0; i < BUCKETS; i++) buckets[i] = 0;
    for (uint32_t at = 0; at < size;) {
      uint32_t start = at;
      while (text[at] != ' ') at++;
      count(text + start, at - start);
      at++;
    }
    for (uint32_t i = 0; i < used; i++) sorted[i] = &entries[i];
    quicksort(sorted, used, compare);
    for (uint32_t i = 0; i < used; i++) sum = sum * 31 + sorted[i]->hash + sorted[i]->count;
  }
  return sum;
}
