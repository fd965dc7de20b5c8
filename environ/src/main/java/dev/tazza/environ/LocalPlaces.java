package dev.tazza.environ;

/**
 * Where locals are while optimized code runs, for debuggers, where {@link Tunables#tellsLocals}.
 * Rows by piece of the text, by local, and ascending; a local of which no row speaks is nowhere.
 *
 * @param from offset in the text of the first byte of code
 * @param to behind the last
 * @param local which, parameters first
 * @param kind what {@code low} and {@code high} are
 * @param low the number of a register, as debuggers know it; a displacement from the frame pointer;
 *     or the lower half of a constant
 * @param high its upper half; or what is to be added to what the register or the frame has
 */
public record LocalPlaces(int[] from, int[] to, int[] local, int[] kind, int[] low, int[] high) {
  public static final int REGISTER = 0;
  public static final int FRAME = 1;
  public static final int CONSTANT = 2;

  /** How many columns there are. */
  public static final int COLUMNS = 6;

  /** Nothing is known. */
  public static final LocalPlaces NONE =
      new LocalPlaces(new int[0], new int[0], new int[0], new int[0], new int[0], new int[0]);

  public int count() {
    return from.length;
  }

  /** A constant's bits. */
  public long bits(int row) {
    return (long) high[row] << Integer.SIZE | low[row] & 0xFFFF_FFFFL;
  }

  /** The first row of a piece that begins at {@code offset}, or of those behind it. */
  public int firstOf(int offset) {
    int low = 0;
    int high = from.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (from[middle] < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
