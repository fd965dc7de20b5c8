package dev.tazza.vm.instance;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.MachineCode;
import dev.tazza.sys.NativeCall;

/**
 * Adds the address of a copied block to the addresses in it. Machine code, because instances are
 * often made by Java code that has not been compiled yet: a thousand function references take it
 * half a millisecond, and this a microsecond.
 */
final class Relocation {
  /** {@code void add(long *first, long count, long stride, long addend)}; count is not 0. */
  private static final String ADD =
      """
      48 01 0f | add [rdi], rcx
      48 01 d7 | add rdi, rdx
      48 ff ce | dec rsi
      75 f5    | jnz the beginning
      c3       | ret
      """;

  private static final long CODE = CodePage.map(MachineCode.of(ADD));

  private Relocation() {}

  /** Adds to {@code count} longs, at least one, which are {@code stride} bytes apart. */
  static void add(long first, int count, int stride, long addend) {
    NativeCall.invoke(CODE, first, count, stride, addend, 0, 0);
  }
}
