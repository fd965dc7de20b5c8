package dev.tazza.testkit.fuzz;

/**
 * Traps in V8's words, which are coarser than ours: null and a function of another type are one
 * thing where a table is called through, a bad index is the same for calls and for tables, and a
 * conversion says of NaN what it says of large numbers. An atomic access may be unaligned and out
 * of bounds; V8 looks at the bounds first, we and Wasmtime do not, so these are one as well.
 *
 * <p>V8 has changed them more than once; {@code driver.cjs} and {@code observe.cjs} make those of
 * all versions, and the several that it has for one trap of ours, the ones here.
 */
final class V8Words {
  private V8Words() {}

  /** One of our lines with the trap's message in V8's words. */
  static String of(String line) {
    int at = line.indexOf("trap ");
    if (at < 0) {
      return line;
    }
    return line.substring(0, at) + trap(line.substring(at));
  }

  private static String trap(String line) {
    return line.replaceFirst(
            "^trap (undefined element|out of bounds table access)",
            "trap table index is out of bounds")
        .replaceFirst(
            "^trap (uninitialized element|indirect call type mismatch)",
            "trap function signature mismatch")
        .replaceFirst("^trap null (\\w+ )?reference", "trap dereferencing a null pointer")
        .replaceFirst(
            "^trap expected shared memory", "trap Atomics.wait cannot be called in this context")
        .replaceFirst(
            "^trap (unaligned atomic|out of bounds memory access)",
            "trap memory access out of bounds")
        .replaceFirst("^trap integer divide by zero", "trap divide by zero")
        .replaceFirst(
            "^trap (integer overflow|invalid conversion to integer)",
            "trap float unrepresentable in integer range");
  }
}
