package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * Compares code that was proved with what became of it in another text, where it is elsewhere and
 * so is what it calls: all has to be the same but for the distances of direct calls, which have to
 * lead to the same callees. Not thread-safe.
 */
final class MovedCode {
  private static final int CALL = 0xe8;
  private static final int JUMP = 0xe9;
  private static final int DISTANCE = 4;

  private final Instructions code = new Instructions();
  private final Records records = new Records();
  private final Decoder decoder = new Decoder(code, records);

  /**
   * Whether {@code now} is {@code before}.
   *
   * @param text that {@code before} is in, which was proved
   * @param callees of that text
   */
  boolean isSame(
      Piece before, byte[] text, Callees callees, Piece now, byte[] other, Callees otherCallees) {
    if (before.size() != now.size() || before.callee() != now.callee()) {
      return false;
    }
    records.start(text, before.offset(), before.size());
    decoder.decode(text, before.offset(), before.size());
    callees.start(before.offset());
    otherCallees.start(now.offset());
    int same = 0;
    for (int i = 0; i < code.count; i++) {
      if (code.kind(i) != Kind.CALL && code.kind(i) != Kind.LEAVE) {
        continue;
      }
      int at = code.at[i];
      int distance = at + 1;
      int opcode = text[before.offset() + at] & 0xff;
      int target = distance + DISTANCE + word(other, now.offset() + distance);
      int callee = callees.at(code.imm[i]);
      if (opcode != CALL && opcode != JUMP
          || callee == Callees.NONE
          || callee != otherCallees.at(target)
          || !areEqual(before, text, now, other, same, distance)) {
        return false;
      }
      same = distance + DISTANCE;
    }
    return areEqual(before, text, now, other, same, before.size());
  }

  private static boolean areEqual(
      Piece before, byte[] text, Piece now, byte[] other, int from, int to) {
    int a = before.offset();
    int b = now.offset();
    return Arrays.equals(text, a + from, a + to, other, b + from, b + to);
  }

  private static int word(byte[] text, int at) {
    return text[at] & 0xff
        | (text[at + 1] & 0xff) << 8
        | (text[at + 2] & 0xff) << 16
        | text[at + 3] << 24;
  }
}
