// The second unit of split.wasm; the first is positions.c of the tests of wasm. Build: see split.sh. Lines matter.
static inline __attribute__((always_inline)) int remainder(int a, int b) {
  return a % b; // line 3
}

__attribute__((export_name("second"))) int second(int a, int b) {
  return remainder(a, b) + 1; // line 7
}
