package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The constants that the code addresses relative to the pc; each stands once, behind the code, the
 * widest first. Behind them tables of constants.
 */
final class ConstantPool {
  private record Table(int label, int bytes, long[] values) {}

  private final CodeBuffer out;
  private Pool[] constants = new Pool[8];
  private int[] labels = new int[8];
  private final List<Table> tables = new ArrayList<>();
  private int count;

  /** Open addressing: number of the constant plus one. */
  private int[] table = {};

  ConstantPool(CodeBuffer out) {
    this.out = out;
  }

  /** The label of a constant. */
  int label(Pool constant) {
    if (count * 2 >= table.length) {
      grow();
    }
    int slot = slot(constant);
    if (table[slot] != 0) {
      return labels[table[slot] - 1];
    }
    if (count == constants.length) {
      constants = Arrays.copyOf(constants, count * 2);
      labels = Arrays.copyOf(labels, count * 2);
    }
    constants[count] = constant;
    labels[count] = out.newLabel();
    table[slot] = ++count;
    return labels[count - 1];
  }

  private int slot(Pool constant) {
    int hash = Long.hashCode((constant.low() * 31 + constant.high()) * 0x9e3779b97f4a7c15L);
    int mask = table.length - 1;
    int slot = (hash ^ hash >>> 15) & mask;
    while (table[slot] != 0 && !constants[table[slot] - 1].equals(constant)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    table = new int[Math.max(16, table.length * 2)];
    for (int i = 0; i < count; i++) {
      table[slot(constants[i])] = i + 1;
    }
  }

  /** The label of a new table of integers of {@code bytes} each. */
  int tableLabel(int bytes, long[] values) {
    int label = out.newLabel();
    tables.add(new Table(label, bytes, values));
    return label;
  }

  /** Widest alignment asked for, at least 1. */
  int alignment() {
    int widest = 1;
    for (Table each : tables) {
      widest = Math.max(widest, each.bytes());
    }
    for (int i = 0; i < count; i++) {
      widest = Math.max(widest, constants[i].bytes());
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
        if (constants[i].bytes() == bytes) {
          write(constants[i], labels[i]);
        }
      }
    }
    for (Table each : tables) {
      write(each);
    }
  }

  private void write(Table each) {
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

  private void write(Pool constant, int label) {
    out.bind(label);
    switch (constant.bytes()) {
      case 4 -> out.int32((int) constant.low());
      case 8 -> out.int64(constant.low());
      default -> {
        out.int64(constant.low());
        out.int64(constant.high());
      }
    }
  }
}
