package dev.tazza.sandbox;

import dev.tazza.environ.RuntimeService;
import java.util.Arrays;

/** What stands where in a text, for direct calls. */
final class Callees {
  static final int NONE = Integer.MIN_VALUE;

  private final int[] offsets;

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
    this.offsets = offsets;
    this.functions = functions;
    this.types = types;
    for (int i = 0; i < services.length; i++) {
      services[i] = Role.service(RuntimeService.of(i), types);
    }
  }

  /** The same for another thread. */
  Callees copy() {
    return new Callees(offsets, functions, types);
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
    int at =
        offset < 0 || offset > Integer.MAX_VALUE ? -1 : Arrays.binarySearch(offsets, (int) offset);
    return at < 0 ? NONE : functions[at];
  }

  boolean isService(int callee) {
    return callee < 0;
  }

  Role service(int callee) {
    return services[~callee];
  }
}
