package dev.tazza.sys.fs;

/**
 * Reads directories: a buffer full of entries, and a position in it. One after the other, it may
 * serve any number of directories.
 */
public interface DirectoryEntries {
  /**
   * Fills the buffer with the entries at the position of an open directory, which goes on.
   *
   * @return above 0 if there are any, 0 at the end, or a negated {@code errno}
   */
  int fill(int fd);

  /** Forgets what is in the buffer. */
  void clear();

  /** Whether an entry is at the position. */
  boolean hasEntry();

  /** Goes past the entry. */
  void advance();

  /** The position of the directory behind the entry, for {@link FileCalls#seek}. */
  long next();

  /** Number of the entry's file. */
  long inode();

  /** The kind of file: one of {@code DT_…}. */
  int type();

  byte[] name();
}
