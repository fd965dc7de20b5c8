/* Variables of every kind, for a debugger to look at. */
typedef unsigned char byte;

enum color { RED, GREEN = 5, BLUE };

struct point {
  int x, y;
};

struct node {
  struct point at;
  enum color color;
  double weight;
  struct node *next;
  const char *name;
  byte tag[4];
};

union word {
  float number;
  unsigned bits;
};

static int calls = 40;
static struct node last = {{5, 6}, BLUE, 2.5, 0, "last", {1, 2, 3, 4}};
struct node *first;

static long long sum_list(const struct node *list, int factor) {
  long long total = 0;
  for (const struct node *it = list; it; it = it->next) {
    int part = it->at.x * factor;
    total += part;
  }
  calls++;
  return total;
}

__attribute__((export_name("measure"))) int measure(int count, int factor) {
  struct node head = {{count, -2}, GREEN, 0.25, &last, "head", {9, 8, 7, 6}};
  int squares[4];
  union word word;
  float half = 0.5f;
  struct node **where = &first;
  word.number = 1.0f;
  for (int i = 0; i < 4; i++) {
    squares[i] = i * i;
  }
  first = &head;
  long long result = sum_list(*where, factor);
  return (int) result + squares[3];
}
