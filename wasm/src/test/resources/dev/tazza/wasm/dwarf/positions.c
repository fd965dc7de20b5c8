// What SourceMapTest asks about. Build: see build.sh. Lines matter.
static inline __attribute__((always_inline)) int divide(int a, int b) {
  return a / b; // line 3
}

static inline __attribute__((always_inline)) int twice(int a, int b) {
  return 2 * divide(a, b); // line 7
}

__attribute__((export_name("direct"))) int direct(int a, int b) {
  return a / b + 1; // line 11
}

__attribute__((export_name("inlined"))) int inlined(int a, int b) {
  a += 5;
  return twice(a, b) ^ 3; // line 16
}
