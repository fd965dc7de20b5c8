package dev.tazza.wasi;

import dev.tazza.sys.fs.Posix;

/** The two published forms of preview 1, and in what they differ. */
enum Snapshot {
  /** The final one, from 2020 on. */
  PREVIEW1("wasi_snapshot_preview1"),
  /** Its predecessor of 2019: smaller link counts, other numbers for seeking, longer clocks. */
  UNSTABLE("wasi_unstable");

  private final String module;

  Snapshot(String module) {
    this.module = module;
  }

  /** The module name that guests import from. */
  String module() {
    return module;
  }

  /** Bytes of a {@code filestat}. */
  int filestatSize() {
    return this == PREVIEW1 ? 64 : 56;
  }

  void putFilestat(GuestMemory memory, int at, Filestat stat) throws ErrnoException {
    memory.putLong(at, stat.device);
    memory.putLong(at + 8, stat.inode);
    memory.putLong(at + 16, stat.type);
    int rest;
    if (this == PREVIEW1) {
      memory.putLong(at + 24, stat.links);
      rest = at + 32;
    } else {
      memory.putInt(at + 20, (int) stat.links);
      rest = at + 24;
    }
    memory.putLong(rest, stat.size);
    memory.putLong(rest + 8, stat.accessTime);
    memory.putLong(rest + 16, stat.modifyTime);
    memory.putLong(rest + 24, stat.changeTime);
  }

  /** The number of a {@code whence} for the system. */
  int whence(int whence) throws ErrnoException {
    int fromStart = this == PREVIEW1 ? 0 : 2;
    int fromHere = this == PREVIEW1 ? 1 : 0;
    int fromEnd = this == PREVIEW1 ? 2 : 1;
    if (whence == fromStart) {
      return Posix.SEEK_SET;
    }
    if (whence == fromHere) {
      return Posix.SEEK_CUR;
    }
    if (whence == fromEnd) {
      return Posix.SEEK_END;
    }
    throw new ErrnoException(Errno.INVAL);
  }

  /** Bytes of a {@code subscription}. */
  int subscriptionSize() {
    return this == PREVIEW1 ? 48 : 56;
  }

  /** Where a clock subscription's clock number is; time-out, precision and flags follow it. */
  int subscriptionClock() {
    return this == PREVIEW1 ? 16 : 24;
  }
}
