package dev.tazza.codegen.machine;

/**
 * Where a client's variables are while allocated code runs, as debuggers are to be told. Rows in no
 * order; those of one variable do not overlap. A variable that no row speaks of is nowhere.
 *
 * <p>An instruction has four points: before the first byte of the edits before it; behind that
 * byte; before its own first byte; and behind that, up to the end of the edits after it.
 *
 * @param from the first point
 * @param to behind the last point
 * @param variable which
 * @param place a {@link Loc}, or {@link Labels#CONSTANT}
 * @param bits of a constant; else what is to be added to what is at the place
 */
public record VariablePlaces(int[] from, int[] to, int[] variable, int[] place, long[] bits) {
  /** How many an instruction has. */
  public static final int POINTS = 4;

  /** There are none. */
  public static final VariablePlaces NONE =
      new VariablePlaces(new int[0], new int[0], new int[0], new int[0], new long[0]);

  public int count() {
    return from.length;
  }
}
