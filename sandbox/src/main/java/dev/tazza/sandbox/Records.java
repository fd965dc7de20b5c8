package dev.tazza.sandbox;

/**
 * What code tells about a call at its return address: an instruction that does nothing, whose
 * displacement leads to a record behind the code, see {@link dev.tazza.environ.CallRecords}.
 * Whoever walks frames reads these, and a throw goes on at the landing pads that they name.
 */
final class Records {
  /** {@code nop [rax + rax + d32]} up to the displacement. */
  static final int NOP_WITH_DISTANCE = 0x0084_1f0f;

  private static final int NOP_SIZE = 8;

  // Words of a record.
  private static final int FRAME = 0;
  private static final int CONTEXT = 1;
  private static final int REFERENCES = 2;
  private static final int HANDLERS = 3;
  private static final int FIRST_REFERENCE = 4;

  private byte[] text = {};
  private int start;
  private int size;

  /** The records of the function at {@code offset} of {@code bytes}. */
  void start(byte[] bytes, int offset, int byteCount) {
    text = bytes;
    start = offset;
    size = byteCount;
  }

  /**
   * The record that the instruction {@code i} at {@code at} leads to, from the function's start, or
   * -1 if there is none.
   */
  int find(int i, int at, int next) {
    if (next - at != NOP_SIZE || word(at) != NOP_WITH_DISTANCE || word(at + 4) == 0) {
      return -1;
    }
    long record = (long) next + word(at + 4);
    long room = record < 0 ? -1 : (size - record) / 4 - FIRST_REFERENCE;
    if (room < 0
        || references((int) record) < 0
        || handlers((int) record) < 0
        || references((int) record) + 2L * handlers((int) record) > room) {
      throw new Rejection(i, "what is told of a call lies outside of the function");
    }
    return (int) record;
  }

  private int word(int at) {
    int from = start + at;
    return text[from] & 0xff
        | (text[from + 1] & 0xff) << 8
        | (text[from + 2] & 0xff) << 16
        | text[from + 3] << 24;
  }

  private int field(int record, int number) {
    return word(record + 4 * number);
  }

  /** Bytes of the frame below rbp. */
  int frame(int record) {
    return field(record, FRAME);
  }

  /** Where the frame keeps its context, from rbp. */
  int context(int record) {
    return field(record, CONTEXT);
  }

  int references(int record) {
    return field(record, REFERENCES);
  }

  /** Where a reference is, from rbp. */
  int reference(int record, int index) {
    return field(record, FIRST_REFERENCE + index);
  }

  int handlers(int record) {
    return field(record, HANDLERS);
  }

  private int handler(int record, int index) {
    return FIRST_REFERENCE + references(record) + 2 * index;
  }

  /**
   * Where the number of the tag that a handler is for is in the instance's context; negative: all.
   */
  int tag(int record, int index) {
    return field(record, handler(record, index));
  }

  /** Where a handler goes on, from the function's start. */
  long pad(int record, int index) {
    return (long) record + field(record, handler(record, index) + 1);
  }
}
