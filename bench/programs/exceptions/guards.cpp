/* Objects with destructors in every frame: recursion, a walk through a tree, visitors behind pointers. */
#include "exceptions.h"

static volatile int bad;
static int depth, deepest;

struct guard {
  guard() {
    if (++depth > deepest) deepest = depth;
  }
  ~guard() { depth--; }
};

struct tree {
  int value;
  tree *left, *right;
};

struct visitor {
  virtual int visit(int value) = 0;
};

static tree *build(int levels, int value) {
  if (levels == 0) return nullptr;
  tree *made = static_cast<tree *>(allocate(sizeof(tree)));
  *made = {value, build(levels - 1, value * 2), build(levels - 1, value * 2 + 1)};
  return made;
}

__attribute__((noinline)) static int walk(tree *t, visitor &v) {
  if (!t) return 0;
  guard g;
  int left = walk(t->left, v);
  int here = v.visit(t->value);
  return left + here + walk(t->right, v);
}

struct bits : visitor {
  int visit(int value) override {
    if (value == bad) THROW(error{value});
    return value & 7;
  }
};

struct twice : visitor {
  visitor &v;
  explicit twice(visitor &v) : v(v) {}
  int visit(int value) override {
    guard g;
    return v.visit(value) + v.visit(value + 1);
  }
};

__attribute__((noinline)) static int fibonacci(int n) {
  if (n == bad) THROW(error{n});
  if (n < 2) return n;
  guard g;
  int a = fibonacci(n - 1);
  return a + fibonacci(n - 2);
}

static uint64_t run(void) {
  bad = -1;
  tree *t = build(10, 1);
  bits b;
  twice v(b);
  uint64_t sum = 0;
  for (int round = 0; round < 2000; round++) {
    TRY { sum += walk(t, v) + fibonacci(14); } CATCH({ sum = sum * 31 + round; })
  }
  return sum * 31 + deepest;
}
