package dev.tazza;

/**
 * How many instances the pools of an engine have place for, and how large those are: see {@link
 * PoolingConfig#instanceLimits}. What is reserved follows from the limits; memory is used only
 * where somebody writes. Setters return {@code this}; values out of range are an {@link
 * IllegalArgumentException}. Not thread-safe.
 */
public final class InstanceLimits {
  private int count = 1000;
  private long size = 1 << 20;
  private int tables = 1;
  private int tableElements = 10_000;
  private int memories = 1;
  private long memoryPages = 160;

  /** The defaults. */
  public InstanceLimits() {}

  InstanceLimits copy() {
    return new InstanceLimits()
        .count(count)
        .size(size)
        .tables(tables)
        .tableElements(tableElements)
        .memories(memories)
        .memoryPages(memoryPages);
  }

  /**
   * The most instances at a time. Each takes address space for {@link #memories} memories, which is
   * 6 GiB a memory unless {@link Config#staticMemoryMaximumSize} or {@link
   * Config#staticMemoryGuardSize} is smaller; a process can have 128 TiB. So many stores there can
   * be, too, for each has a stack. One instance or store more is a {@link
   * dev.tazza.wasm.PoolExhaustedException}. Default: 1000.
   */
  public InstanceLimits count(int instances) {
    count = (int) checked("count", instances, 1, 1 << 20);
    return this;
  }

  /** What {@link #count(int)} says. */
  public int count() {
    return count;
  }

  /**
   * The most bytes for an instance's context: what code needs of its functions, globals, tables and
   * imports, and the elements of tables that begin with functions in them. A module that needs more
   * cannot be instantiated; the error says how many bytes and for what. Default: 1 MiB.
   */
  public InstanceLimits size(long bytes) {
    size = checked("size", bytes, 1, 1L << 30);
    return this;
  }

  /** What {@link #size(long)} says. */
  public long size() {
    return size;
  }

  /** The most tables that a module may define. Default: 1. */
  public InstanceLimits tables(int most) {
    tables = (int) checked("tables", most, 0, 10_000);
    return this;
  }

  /** What {@link #tables(int)} says. */
  public int tables() {
    return tables;
  }

  /**
   * The most elements of such a table: a module that begins with more cannot be instantiated, and
   * growth ends there. Default: 10,000.
   */
  public InstanceLimits tableElements(int most) {
    tableElements = (int) checked("tableElements", most, 0, 1 << 28);
    return this;
  }

  /** What {@link #tableElements(int)} says. */
  public int tableElements() {
    return tableElements;
  }

  /** The most memories that a module may define. Default: 1. */
  public InstanceLimits memories(int most) {
    memories = (int) checked("memories", most, 0, 10_000);
    return this;
  }

  /** What {@link #memories(int)} says. */
  public int memories() {
    return memories;
  }

  /**
   * The most pages, of 64 KiB, of such a memory: a module that begins with more cannot be
   * instantiated, and growth ends there. Not more than {@link Config#staticMemoryMaximumSize}.
   * Default: 160, which are 10 MiB.
   */
  public InstanceLimits memoryPages(long most) {
    memoryPages = checked("memoryPages", most, 0, 1L << 31);
    return this;
  }

  /** What {@link #memoryPages(long)} says. */
  public long memoryPages() {
    return memoryPages;
  }

  private static long checked(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "InstanceLimits."
              + what
              + " must be from "
              + least
              + " to "
              + most
              + ", but is "
              + value);
    }
    return value;
  }

  @Override
  public String toString() {
    return "at most "
        + count
        + " instances, each with "
        + memories
        + " memories of "
        + memoryPages
        + " pages and "
        + tables
        + " tables of "
        + tableElements
        + " elements";
  }
}
