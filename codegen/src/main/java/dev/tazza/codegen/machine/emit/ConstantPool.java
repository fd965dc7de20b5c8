package dev.tazza.codegen.machine.emit;

import dev.tazza.assembler.CodeBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The constants that the code addresses relative to the pc; each stands once, behind the code, the
 * widest first. Behind them tables of constants.
 */
public final class ConstantPool {
  private record LookupTable(int label, int bytes, long[] values) {}

  private final CodeBuffer out;
  private int[] sizes = new int[8];
  private long[] lows = new long[8];
  private long[] highs = new long[8];
  private int[] labels = new int[8];
  private final List<LookupTable> tables = new ArrayList<>();
  private int count;

  /** Open addressing: number of the constant plus one. */
  private int[] table = {};

  ConstantPool(CodeBuffer out) {
    this.out = out;
  }

  /** The label of a constant of 4, 8 or 16 bytes. */
  public int label(int bytes, long low, long high) {
    if (count * 2 >= table.length) {
      grow();
    }
    int slot = slot(bytes, low, high);
    if (table[slot] != 0) {
      return labels[table[slot] - 1];
    }
    if (count == labels.length) {
      sizes = Arrays.copyOf(sizes, count * 2);
      lows = Arrays.copyOf(lows, count * 2);
      highs = Arrays.copyOf(highs, count * 2);
      labels = Arrays.copyOf(labels, count * 2);
    }
    sizes[count] = bytes;
    lows[count] = low;
    highs[count] = high;
    labels[count] = out.newLabel();
    table[slot] = ++count;
    return labels[count - 1];
  }

  private int slot(int bytes, long low, long high) {
    int hash = Long.hashCode((low * 31 + high) * 0x9e3779b97f4a7c15L);
    int mask = table.length - 1;
    int slot = (hash ^ hash >>> 15) & mask;
    while (table[slot] != 0 && !is(table[slot] - 1, bytes, low, high)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private boolean is(int constant, int bytes, long low, long high) {
    return sizes[constant] == bytes && lows[constant] == low && highs[constant] == high;
  }

  private void grow() {
    table = new int[Math.max(16, table.length * 2)];
    for (int i = 0; i < count; i++) {
      table[slot(sizes[i], lows[i], highs[i])] = i + 1;
    }
  }

  /** The label of a new table of integers of {@code bytes} each. */
  public int tableLabel(int bytes, long[] values) {
    int label = out.newLabel();
    tables.add(new LookupTable(label, bytes, values));
    return label;
  }

  /** Widest alignment asked for, at least 1. */
  int alignment() {
    int widest = 1;
    for (LookupTable each : tables) {
      widest = Math.max(widest, each.bytes());
    }
    for (int i = 0; i < count; i++) {
      widest = Math.max(widest, sizes[i]);
    }
    return widest;
  }

  /** Writes the constants here. */
  void write() {
    if (count == 0 && tables.isEmpty()) {
      return;
    }
    out.align(alignment());
    for (int bytes = 16; bytes >= 4; bytes /= 2) {
      for (int i = 0; i < count; i++) {
        if (sizes[i] == bytes) {
          writeConstant(i);
        }
      }
    }
    for (LookupTable each : tables) {
      write(each);
    }
  }

  private void write(LookupTable each) {
    out.align(each.bytes());
    out.bind(each.label());
    for (long value : each.values()) {
      switch (each.bytes()) {
        case 1 -> out.byte1((int) value);
        case 2 -> out.int16((int) value);
        case 4 -> out.int32((int) value);
        default -> out.int64(value);
      }
    }
  }

  private void writeConstant(int constant) {
    out.bind(labels[constant]);
    switch (sizes[constant]) {
      case 4 -> out.int32((int) lows[constant]);
      case 8 -> out.int64(lows[constant]);
      default -> {
        out.int64(lows[constant]);
        out.int64(highs[constant]);
      }
    }
  }
}
