package dev.tazza.environ;

import java.util.Arrays;

/**
 * What is known of the calls of a compiled text, for those who look at frames meanwhile: collectors
 * and unwinders. Only calls over which references live, or which have handlers, are here. A poll is
 * a call of its stub.
 *
 * <pre>
 *   +0   bytes of the frame below the frame pointer
 *   +1   where the frame keeps its instance context, from the frame pointer; 0: nowhere
 *   +2   number of references, r
 *   +3   number of handlers, h
 *   +4   where the references are, from the frame pointer: r words
 *   then for each handler its tag, and the offset of its landing pad in the text
 * </pre>
 *
 * <p>The code tells the same by itself: at the return address of such a call stands {@code nop [rax
 * + rax + d32]}, and {@code d32} bytes behind its end the record, in which landing pads are
 * distances from the record's start.
 *
 * @param offsets return addresses, ascending
 * @param records for each where its record starts in {@code data}
 * @param data the records
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CallRecords(int[] offsets, int[] records, int[] data) {
  /** No call has anything to tell. */
  public static final CallRecords NONE = new CallRecords(new int[0], new int[0], new int[0]);

  private static final int FRAME = 0;
  private static final int CONTEXT = 1;
  private static final int REFERENCES = 2;
  private static final int HANDLERS = 3;
  private static final int FIRST_REFERENCE = 4;

  /** Where in a record in memory the number of references is, an {@code int}. */
  public static long referenceCount(long record) {
    return record + Integer.BYTES * REFERENCES;
  }

  /** Where it has the place of a reference, an {@code int}: see {@link #reference(int, int)}. */
  public static long reference(long record, int index) {
    return record + Integer.BYTES * (long) (FIRST_REFERENCE + index);
  }

  /**
   * The record of the call that returns to {@code offset}, or -1: there is nothing to tell of it.
   */
  public int recordAt(int offset) {
    int at = Arrays.binarySearch(offsets, offset);
    return at < 0 ? -1 : records[at];
  }

  /** Bytes of the frame below the frame pointer. */
  public int frame(int record) {
    return data[record + FRAME];
  }

  /** Where the instance context is, from the frame pointer; 0: nowhere. */
  public int context(int record) {
    return data[record + CONTEXT];
  }

  /** Number of references in the frame that live over the call. */
  public int references(int record) {
    return data[record + REFERENCES];
  }

  /** Where a reference is, from the frame pointer: its low four bytes; above them are zeros. */
  public int reference(int record, int index) {
    return data[record + FIRST_REFERENCE + index];
  }

  /** Number of handlers, the first that fits counts. */
  public int handlers(int record) {
    return data[record + HANDLERS];
  }

  /** The tag that a handler is for. */
  public int tag(int record, int handler) {
    return data[handlerAt(record, handler)];
  }

  /** Offset of a handler's landing pad in the text. */
  public int pad(int record, int handler) {
    return data[handlerAt(record, handler) + 1];
  }

  private int handlerAt(int record, int handler) {
    return record + FIRST_REFERENCE + references(record) + 2 * handler;
  }

  /**
   * Joins those of a piece of code to others.
   *
   * @param piece words of the piece's records, with pads from its start
   * @param from where in {@code to} they go
   * @param offset where in the text the piece stands
   */
  public static void relocate(int[] piece, int[] to, int from, int offset) {
    System.arraycopy(piece, 0, to, from, piece.length);
    for (int record = 0; record < piece.length; ) {
      int handler = record + FIRST_REFERENCE + piece[record + REFERENCES];
      for (int i = 0; i < piece[record + HANDLERS]; i++) {
        to[from + handler + 1] += offset;
        handler += 2;
      }
      record = handler;
    }
  }

  private boolean isSound(int record, int textSize) {
    if (record < 0 || data.length - record < FIRST_REFERENCE) {
      return false;
    }
    int room = data.length - record - FIRST_REFERENCE;
    int count = references(record);
    int handlers = handlers(record);
    if (count < 0 || handlers < 0 || count > room || handlers > (room - count) / 2) {
      return false;
    }
    int lowest = -frame(record);
    boolean sound = isInFrame(context(record), lowest) || context(record) == 0;
    for (int i = 0; i < count; i++) {
      sound &= isInFrame(reference(record, i), lowest);
    }
    for (int i = 0; i < handlers; i++) {
      sound &= pad(record, i) >= 0 && pad(record, i) < textSize;
    }
    return sound;
  }

  private static boolean isInFrame(int displacement, int lowest) {
    return displacement >= lowest && displacement < 0 && displacement % 8 == 0;
  }

  /** Whether all that is told fits a text of this size. */
  public boolean areSound(int textSize) {
    boolean sound = true;
    for (int record : records) {
      sound &= isSound(record, textSize);
    }
    return sound;
  }
}
