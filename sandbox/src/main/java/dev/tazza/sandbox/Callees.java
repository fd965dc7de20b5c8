package dev.tazza.sandbox;

import dev.tazza.environ.RuntimeService;

/** What stands where in a text, for direct calls. */
final class Callees {
  static final int NONE = Integer.MIN_VALUE;

  /** Offsets are looked up by blocks of so many bytes, in which few functions begin. */
  private static final int BLOCK_BITS = 6;

  private final int[] offsets;

  /** By block: number of the first of {@link #offsets} that is in it or behind. */
  private final int[] firstOfBlock;

  /** By offset: a function's index, or a service's number inverted. */
  private final int[] functions;

  private final ReferenceTypes types;
  private final Role[] services = new Role[RuntimeService.count()];

  /** Offset, in the text, of the function that is verified. */
  private int from;

  /**
   * @param offsets of the pieces, ascending
   * @param functions what they are: see {@link #at}
   */
  Callees(int[] offsets, int[] functions, ReferenceTypes types) {
    this(offsets, functions, types, firstOfBlocks(offsets));
  }

  private Callees(int[] offsets, int[] functions, ReferenceTypes types, int[] firstOfBlock) {
    this.offsets = offsets;
    this.firstOfBlock = firstOfBlock;
    this.functions = functions;
    this.types = types;
    for (int i = 0; i < services.length; i++) {
      services[i] = Role.service(RuntimeService.of(i), types);
    }
  }

  /** The same for another thread. */
  Callees copy() {
    return new Callees(offsets, functions, types, firstOfBlock);
  }

  private static int[] firstOfBlocks(int[] offsets) {
    int last = offsets.length == 0 ? -1 : offsets[offsets.length - 1] >> BLOCK_BITS;
    int[] firsts = new int[last + 1];
    int next = 0;
    for (int block = 0; block <= last; block++) {
      firsts[block] = next;
      while (next < offsets.length && offsets[next] >> BLOCK_BITS == block) {
        next++;
      }
    }
    return firsts;
  }

  static int of(RuntimeService service) {
    return ~service.ordinal();
  }

  void start(int offset) {
    from = offset;
  }

  /** What stands at an offset from the function's start: a function, a service or {@link #NONE}. */
  int at(long distance) {
    long offset = from + distance;
    long block = offset >> BLOCK_BITS;
    if (block < 0 || block >= firstOfBlock.length) {
      return NONE;
    }
    int at = firstOfBlock[(int) block];
    while (at < offsets.length && offsets[at] < offset) {
      at++;
    }
    return at < offsets.length && offsets[at] == offset ? functions[at] : NONE;
  }

  boolean isService(int callee) {
    return callee < 0;
  }

  Role service(int callee) {
    return services[~callee];
  }
}
