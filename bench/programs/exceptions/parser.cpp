/* A recursive-descent parser that makes a tree, and its evaluation: both can fail anywhere, and clean up. */
#include "exceptions.h"

static int alive;

struct node {
  char kind;
  long long value;
  node *left, *right;
};

/* Owns a node. */
struct owner {
  node *it;
  explicit owner(node *it) : it(it) { alive++; }
  owner(const owner &) = delete;
  ~owner() { alive--; }
  node *release() {
    node *given = it;
    it = nullptr;
    return given;
  }
};

static node *make(char kind, long long value, node *left, node *right) {
  node *made = static_cast<node *>(allocate(sizeof(node)));
  *made = {kind, value, left, right};
  return made;
}

struct parser {
  const char *text;
  int at = 0;
  explicit parser(const char *text) : text(text) {}

  char peek() {
    while (text[at] == ' ') at++;
    return text[at];
  }

  __attribute__((noinline)) node *atom() {
    char c = peek();
    if (c == '(') {
      at++;
      owner inner(sum());
      if (peek() != ')') THROW(error{at});
      at++;
      return inner.release();
    }
    if (c >= '0' && c <= '9') {
      long long value = 0;
      while (text[at] >= '0' && text[at] <= '9') value = value * 10 + (text[at++] - '0');
      return make('n', value, nullptr, nullptr);
    }
    if (c >= 'a' && c <= 'z') {
      at++;
      return make('v', c - 'a', nullptr, nullptr);
    }
    THROW(error{at});
  }

  __attribute__((noinline)) node *product() {
    owner left(atom());
    for (char c; (c = peek()) == '*' || c == '/';) {
      at++;
      owner right(atom());
      left.it = make(c, 0, left.it, right.release());
    }
    return left.release();
  }

  __attribute__((noinline)) node *sum() {
    owner left(product());
    for (char c; (c = peek()) == '+' || c == '-';) {
      at++;
      owner right(product());
      left.it = make(c, 0, left.it, right.release());
    }
    return left.release();
  }
};

__attribute__((noinline)) static long long evaluate(const node *n, const long long *variables) {
  if (n->kind == 'n') return n->value;
  if (n->kind == 'v') return variables[n->value];
  long long left = evaluate(n->left, variables), right = evaluate(n->right, variables);
  switch (n->kind) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    default:
      if (right == 0) THROW(error{0});
      return left / right;
  }
}

static uint64_t run(void) {
  static const char *const texts[] = {
      "1 + 2 * (x - 4) * y",
      "(a + b) * (a - b) / (x * y + 1) - c * (17 + 4)",
      "c * c - x * x * (y + (a + (b * 3)))",
      "((((x))))+((((y))))",
  };
  long long variables[26];
  uint64_t total = 0;
  for (int round = 0; round < 60000; round++) {
    for (int i = 0; i < 26; i++) variables[i] = next_random() % 100 + 1;
    used = 0;
    TRY {
      parser p(texts[round & 3]);
      owner tree(p.sum());
      if (p.peek()) THROW(error{p.at});
      total = total * 31 + evaluate(tree.it, variables);
    } CATCH({ total = total * 31 + round; })
  }
  return total + alive;
}
