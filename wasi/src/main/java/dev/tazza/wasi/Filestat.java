package dev.tazza.wasi;

import dev.tazza.sys.fs.Stat;

/** The attributes of a file as the guest sees them; reused from call to call. */
final class Filestat {
  long device;
  long inode;

  /** One of {@link Descriptor}'s file types. */
  int type;

  long links;

  /** Bytes. */
  long size;

  /** Nanoseconds since 1970, as the other times. */
  long accessTime;

  long modifyTime;
  long changeTime;

  /** Nothing but the type. */
  void clear(int newType) {
    device = 0;
    inode = 0;
    type = newType;
    links = 0;
    size = 0;
    accessTime = 0;
    modifyTime = 0;
    changeTime = 0;
  }

  void set(Filestat other) {
    device = other.device;
    inode = other.inode;
    type = other.type;
    links = other.links;
    size = other.size;
    accessTime = other.accessTime;
    modifyTime = other.modifyTime;
    changeTime = other.changeTime;
  }

  /** What the kernel says. */
  void set(Stat stat) {
    device = stat.device();
    inode = stat.inode();
    type = HostDescriptor.type(stat.type());
    links = stat.links();
    size = stat.size();
    accessTime = stat.accessTime();
    modifyTime = stat.modifyTime();
    changeTime = stat.changeTime();
  }
}
