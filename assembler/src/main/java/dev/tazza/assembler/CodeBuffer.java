package dev.tazza.assembler;

import java.util.Arrays;

/**
 * Machine code under construction: bytes, and between them places whose size is not known yet
 * (branches and alignment). Labels and marks are positions in the bytes plus the number of such
 * places before. {@link #layout} decides the sizes, after which {@link #address} gives final
 * offsets and {@link #finish} the code.
 */
public final class CodeBuffer {
  /** Kinds of places: those of {@link Branches}, and alignment: this plus the alignment. */
  private static final int ALIGN = Branches.KINDS;

  /** Bytes of a line of decoded instructions; as an alignment it marks the start of a loop. */
  public static final int LINE = 64;

  /** As a kind of place: the start of a loop that shall be the first in its line. */
  private static final int FIRST_IN_LINE = ALIGN + LINE + 1;

  /** For loops that are longer than a line. */
  private static final int LOOP_ALIGNMENT = 16;

  private final Branches branches;
  private byte[] bytes = new byte[1024];
  private int size;

  private int[] placeAt = new int[32];

  /** Of loops: where they end; {@code placeLabel} then is the number of places before that. */
  private int[] placeEnd = new int[32];

  private int[] placeKind = new int[32];
  private int[] placeLabel = new int[32];
  private int places;

  /** After layout: sum of the sizes of the places before. */
  private int[] before = {};

  private int[] labelAt;
  private int[] labelPlaces;
  private int labels;

  /**
   * Four each: position, places before it, label, and by kind: bytes up to the end, or the label to
   * subtract, inverted.
   */
  private int[] fixups = new int[64];

  private int fixupCount;

  public CodeBuffer(int expectedLabels, Branches branches) {
    this.branches = branches;
    labelAt = new int[expectedLabels];
    labelPlaces = new int[expectedLabels];
  }

  public void byte1(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, size * 2);
    }
    bytes[size++] = (byte) value;
  }

  public void int16(int value) {
    byte1(value);
    byte1(value >> 8);
  }

  public void int32(int value) {
    if (size + 4 > bytes.length) {
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
    }
    bytes[size] = (byte) value;
    bytes[size + 1] = (byte) (value >> 8);
    bytes[size + 2] = (byte) (value >> 16);
    bytes[size + 3] = (byte) (value >> 24);
    size += 4;
  }

  public void int64(long value) {
    int32((int) value);
    int32((int) (value >> 32));
  }

  /** A new label, not bound yet. */
  public int newLabel() {
    if (labels == labelAt.length) {
      labelAt = Arrays.copyOf(labelAt, labels * 2 + 8);
      labelPlaces = Arrays.copyOf(labelPlaces, labels * 2 + 8);
    }
    labelAt[labels] = -1;
    return labels++;
  }

  /** Puts the label here. */
  public void bind(int label) {
    labelAt[label] = size;
    labelPlaces[label] = places;
  }

  /** Unconditional jump. */
  public void jump(int label) {
    place(Branches.JUMP, label);
  }

  /** A branch of one of the target's kinds. */
  public void jump(int kind, int label) {
    place(kind, label);
  }

  /** Aligns what follows to a power of two, with no-operations. */
  public void align(int alignment) {
    place(ALIGN + alignment, 0);
  }

  /**
   * Aligns the start of a loop, whose end {@link #endLoop} tells. Processors of the Zen and Skylake
   * families fetch decoded instructions by lines of 64 bytes, so a loop that fits one shall not
   * stand in two.
   *
   * @param first whether it shall be the first in its line
   * @return what endLoop is told
   */
  public int alignLoop(boolean first) {
    place(first ? FIRST_IN_LINE : ALIGN + LINE, 0);
    placeEnd[places - 1] = -1;
    return places - 1;
  }

  /** The loop ends here, so far: the last call counts. */
  public void endLoop(int loop) {
    placeEnd[loop] = size;
    placeLabel[loop] = places;
  }

  /** Padding before a loop that would start at {@code address}. */
  private int loopPadding(int place, int address, boolean[] isShort) {
    int length = placeEnd[place] - placeAt[place];
    for (int i = place + 1; i < placeLabel[place] && length <= LINE; i++) {
      length += largest(i, isShort);
    }
    boolean fits = placeEnd[place] >= 0 && length <= LINE;
    boolean mayFollow = placeKind[place] != FIRST_IN_LINE;
    if (fits && mayFollow && (address & LINE - 1) + length <= LINE) {
      return 0;
    }
    return -address & (fits ? LINE : LOOP_ALIGNMENT) - 1;
  }

  private void place(int kind, int label) {
    if (places == placeAt.length) {
      placeEnd = Arrays.copyOf(placeEnd, places * 2);
      placeAt = Arrays.copyOf(placeAt, places * 2);
      placeKind = Arrays.copyOf(placeKind, places * 2);
      placeLabel = Arrays.copyOf(placeLabel, places * 2);
    }
    placeAt[places] = size;
    placeKind[places] = kind;
    placeLabel[places++] = label;
  }

  /**
   * Four bytes: the distance from the instruction's end, {@code tail} bytes further on, to the
   * label.
   */
  public void relative(int label, int tail) {
    fixup(label, tail);
  }

  /** Four bytes: the distance between two labels. */
  public void difference(int from, int to) {
    fixup(to, ~from);
  }

  private void fixup(int label, int argument) {
    if (fixupCount == fixups.length) {
      fixups = Arrays.copyOf(fixups, fixupCount * 2);
    }
    fixups[fixupCount] = size;
    fixups[fixupCount + 1] = places;
    fixups[fixupCount + 2] = label;
    fixups[fixupCount + 3] = argument;
    fixupCount += 4;
    int32(0);
  }

  /** This position, for {@link #address} after the layout. */
  public long mark() {
    return (long) places << 32 | size;
  }

  /** Final offset of a mark. */
  public int address(long mark) {
    return (int) mark + before[(int) (mark >> 32)];
  }

  /** Final offset of a label. */
  public int labelAddress(int label) {
    return labelAt[label] + before[labelPlaces[label]];
  }

  /**
   * Decides the sizes. All places start with the largest size; two rounds then make short what is
   * near enough. Sizes only shrink, so a branch once found short stays so; paddings count in full
   * until the last round.
   */
  public void layout() {
    before = new int[places + 1];
    boolean[] isShort = new boolean[places];
    sum(isShort);
    for (int round = 0; round < 2; round++) {
      if (!shorten(isShort)) {
        break;
      }
      sum(isShort);
    }
    int total = 0;
    for (int i = 0; i < places; i++) {
      before[i] = total;
      total +=
          placeKind[i] >= ALIGN + LINE
              ? loopPadding(i, placeAt[i] + total, isShort)
              : placeKind[i] > ALIGN
                  ? -(placeAt[i] + total) & placeKind[i] - ALIGN - 1
                  : largest(i, isShort);
    }
    before[places] = total;
  }

  private boolean shorten(boolean[] isShort) {
    boolean changed = false;
    for (int i = 0; i < places; i++) {
      if (placeKind[i] > ALIGN || isShort[i]) {
        continue;
      }
      int end = placeAt[i] + before[i + 1];
      int distance = labelAddress(placeLabel[i]) - end;
      if (branches.isNear(distance)) {
        isShort[i] = true;
        changed = true;
      }
    }
    return changed;
  }

  private void sum(boolean[] isShort) {
    int total = 0;
    for (int i = 0; i < places; i++) {
      before[i] = total;
      total += largest(i, isShort);
    }
    before[places] = total;
  }

  private int largest(int place, boolean[] isShort) {
    int kind = placeKind[place];
    if (kind > ALIGN) {
      return Math.min(kind - ALIGN, LINE) - 1;
    }
    return isShort[place] ? branches.shortSize(kind) : branches.longSize(kind);
  }

  /** The code. */
  public byte[] finish() {
    byte[] code = new byte[size + before[places]];
    int from = 0;
    for (int i = 0; i <= places; i++) {
      int to = i < places ? placeAt[i] : size;
      System.arraycopy(bytes, from, code, from + before[i], to - from);
      if (i < places) {
        writePlace(code, i);
      }
      from = to;
    }
    for (int i = 0; i < fixupCount; i += 4) {
      int at = fixups[i] + before[fixups[i + 1]];
      int argument = fixups[i + 3];
      int origin = argument < 0 ? labelAddress(~argument) : at + 4 + argument;
      write32(code, at, labelAddress(fixups[i + 2]) - origin);
    }
    return code;
  }

  private void writePlace(byte[] code, int place) {
    int at = placeAt[place] + before[place];
    int end = placeAt[place] + before[place + 1];
    int kind = placeKind[place];
    if (kind > ALIGN) {
      branches.pad(code, at, end);
      return;
    }
    int distance = labelAddress(placeLabel[place]) - end;
    branches.write(code, at, end, kind, distance);
  }

  private static void write32(byte[] code, int at, int value) {
    code[at] = (byte) value;
    code[at + 1] = (byte) (value >> 8);
    code[at + 2] = (byte) (value >> 16);
    code[at + 3] = (byte) (value >> 24);
  }

  public int size() {
    return size;
  }
}
