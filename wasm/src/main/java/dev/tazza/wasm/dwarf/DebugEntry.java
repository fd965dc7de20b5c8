package dev.tazza.wasm.dwarf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code .debug_info}, with its attributes and children (section 2 of the standard).
 * Attributes whose form is of no use here are left out.
 */
public final class DebugEntry {
  private static final long[] NOWHERE = {};

  private final DebugUnit unit;
  private final @Nullable DebugEntry parent;
  private final long offset;
  private final int tag;
  private final List<DebugEntry> children = new ArrayList<>();
  private final int[] names;
  private final DebugValue[] values;
  private long[] ranges = NOWHERE;

  DebugEntry(
      DebugUnit unit,
      @Nullable DebugEntry parent,
      long offset,
      int tag,
      int[] names,
      DebugValue[] values) {
    this.unit = unit;
    this.parent = parent;
    this.offset = offset;
    this.tag = tag;
    this.names = names;
    this.values = values;
    if (parent != null) {
      parent.children.add(this);
    }
  }

  void ranges(long[] bounds) {
    ranges = bounds;
  }

  /** The unit it is in. */
  public DebugUnit unit() {
    return unit;
  }

  /** What it is a child of; null: it is a unit's first. */
  public @Nullable DebugEntry parent() {
    return parent;
  }

  /** Where in the section it was: what refers to it. */
  public long offset() {
    return offset;
  }

  /** What it is about, by the standard's numbers. */
  public int tag() {
    return tag;
  }

  /** In their order. */
  public List<DebugEntry> children() {
    return children;
  }

  /** How many attributes it has. */
  public int attributeCount() {
    return names.length;
  }

  /** The standard's number of an attribute. */
  public int name(int index) {
    return names[index];
  }

  /** The value of an attribute. */
  public DebugValue value(int index) {
    return values[index];
  }

  /** The value of the attribute with that number, or null. */
  public @Nullable DebugValue find(int name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i] == name) {
        return values[i];
      }
    }
    return null;
  }

  /**
   * The code it is about: starts and ends of ranges in turn, offsets in the contents of the code
   * section.
   */
  public long[] ranges() {
    return ranges;
  }
}
