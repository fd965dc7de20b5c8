package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.dwarf.Entry.Attribute;
import org.jspecify.annotations.Nullable;

/** A compilation unit of a {@link DebugTree}. */
public final class DebugUnit {
  private final Unit unit;
  private final @Nullable LineProgram lines;
  private @Nullable DebugEntry root;

  DebugUnit(Unit unit) {
    this.unit = unit;
    lines = lines(unit);
  }

  private static @Nullable LineProgram lines(Unit unit) {
    Entry root = unit.root();
    if (!root.has(Attribute.STMT_LIST)) {
      return null;
    }
    String directory = unit.string(root, Attribute.COMP_DIR);
    try {
      return new LineProgram(unit.sections(), root.value(Attribute.STMT_LIST), directory);
    } catch (DwarfException e) {
      return null; // lines are not known then
    }
  }

  void root(DebugEntry entry) {
    root = entry;
  }

  /** Its entry, or null when it makes no sense. */
  public @Nullable DebugEntry root() {
    return root;
  }

  /** Bytes of an address of memory. */
  public int addressSize() {
    return unit.addressSize();
  }

  /** The address of that number, which expressions may use. */
  public long indexedAddress(long index) {
    return unit.indexedAddress(index);
  }

  /** Path of the source file with that number, or null. */
  public @Nullable String file(long number) {
    return lines == null ? null : lines.file(number);
  }

  /**
   * Where in the code from {@code from} to before {@code to} the compiler says that a function's
   * prologue ends, or -1.
   */
  public long prologueEnd(long from, long to) {
    return lines == null ? -1 : lines.prologueEnd(from, to);
  }
}
