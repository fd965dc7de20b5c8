package dev.tazza.codegen.machine;

/**
 * What is known of a function's calls and polls, for those who look at its frame meanwhile:
 * collectors, unwinders. Only of those with anything to tell: live references or handlers. The same
 * stands as records behind the code, and the instruction at the return address, which does nothing,
 * tells how far away.
 *
 * <pre>
 *   +0   bytes of the frame below the frame pointer
 *   +1   where the function's own context is, from the frame pointer; 0: nowhere
 *   +2   number of references, r
 *   +3   number of handlers, h
 *   +4   where the references are, from the frame pointer: r words, descending
 *   then for each handler its tag, and its landing pad: here the offset in the code, in the record
 *        behind the code the distance from the record's start
 * </pre>
 *
 * @param offsets return addresses, ascending
 * @param records for each where its record starts in {@code data}; some share one
 * @param data the records
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CallSites(int[] offsets, int[] records, int[] data) {
  /** No call has anything to tell. */
  public static final CallSites NONE = new CallSites(new int[0], new int[0], new int[0]);

  // Words of a record.
  public static final int FRAME = 0;
  public static final int CONTEXT = 1;
  public static final int REFERENCES = 2;
  public static final int HANDLERS = 3;
  public static final int FIRST_REFERENCE = 4;
}
