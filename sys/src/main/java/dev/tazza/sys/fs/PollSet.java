package dev.tazza.sys.fs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Descriptors to ask about together: a native {@code struct pollfd[]}, which is the same on all
 * systems that have it.
 */
public final class PollSet {
  private static final int ENTRY = 8;
  private static final int EVENTS = 4;
  private static final int RESULT = 6;

  private MemorySegment entries = Arena.ofAuto().allocate(8L * ENTRY, 8);
  private int count;

  public PollSet() {}

  public void clear() {
    count = 0;
  }

  /** Adds a descriptor and the {@code POLL…} events to ask for; returns its index. */
  public int add(int fd, int events) {
    long at = (long) count * ENTRY;
    if (entries.byteSize() < at + ENTRY) {
      MemorySegment larger = Arena.ofAuto().allocate(2 * (at + ENTRY), 8);
      larger.copyFrom(entries);
      entries = larger;
    }
    entries.set(ValueLayout.JAVA_INT, at, fd);
    entries.set(ValueLayout.JAVA_SHORT, at + EVENTS, (short) events);
    entries.set(ValueLayout.JAVA_SHORT, at + RESULT, (short) 0);
    return count++;
  }

  public int count() {
    return count;
  }

  /** The descriptor of entry {@code index}. */
  public int descriptor(int index) {
    return entries.get(ValueLayout.JAVA_INT, (long) index * ENTRY);
  }

  /** The events that entry {@code index} waits for. */
  public int events(int index) {
    return entries.get(ValueLayout.JAVA_SHORT, (long) index * ENTRY + EVENTS);
  }

  /** What {@link FileCalls#poll} found for entry {@code index}: bits of {@code POLL…}. */
  public int result(int index) {
    return entries.get(ValueLayout.JAVA_SHORT, (long) index * ENTRY + RESULT);
  }

  /** Where the entries are, until one is added. */
  public long address() {
    return entries.address();
  }
}
