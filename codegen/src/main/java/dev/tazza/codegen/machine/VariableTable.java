package dev.tazza.codegen.machine;

/**
 * Where a client's variables are in machine code: {@link VariablePlaces} by the code's offsets. By
 * variable, and for each ascending.
 *
 * @param from offset of the first byte of code
 * @param to behind the last
 * @param variable which
 * @param kind what {@code value} is
 * @param value the bits of a constant; or a register as debuggers number it, or a displacement from
 *     the frame pointer, in the lower half, and what is to be added to what is there in the upper
 */
public record VariableTable(int[] from, int[] to, int[] variable, int[] kind, long[] value) {
  /** It is in a register. */
  public static final int REGISTER = 0;

  /** It is in the frame. */
  public static final int FRAME = 1;

  /** It is a constant, and nowhere. */
  public static final int CONSTANT = 2;

  /** Nothing is known. */
  public static final VariableTable NONE =
      new VariableTable(new int[0], new int[0], new int[0], new int[0], new long[0]);

  public int count() {
    return from.length;
  }
}
