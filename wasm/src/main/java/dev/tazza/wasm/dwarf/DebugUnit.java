package dev.tazza.wasm.dwarf;

import org.jspecify.annotations.Nullable;

/** A compilation unit of a {@link DebugTree}. */
public final class DebugUnit {
  private final Unit unit;
  private final @Nullable LineProgram lines;

  /** Has the files by their numbers. */
  private final @Nullable LineProgram files;

  private @Nullable DebugEntry root;

  /** A unit, and, if it is in a file of its own, the one that stands for it in the module. */
  DebugUnit(Unit unit, @Nullable Unit skeleton) {
    this.unit = unit;
    lines = LineProgram.of(skeleton == null ? unit : skeleton);
    LineProgram own = skeleton == null ? null : LineProgram.ofSplit(unit, skeleton);
    files = own == null ? lines : own;
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
    return files == null ? null : files.file(number);
  }

  /**
   * Where in the code from {@code from} to before {@code to} the compiler says that a function's
   * prologue ends, or -1.
   */
  public long prologueEnd(long from, long to) {
    return lines == null ? -1 : lines.prologueEnd(from, to);
  }
}
