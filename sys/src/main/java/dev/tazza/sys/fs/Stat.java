package dev.tazza.sys.fs;

/** What is known of a file; reused from call to call. Times are nanoseconds since 1970. */
public final class Stat {
  private int mode;
  private long links;
  private long inode;
  private long size;
  private long device;
  private long accessTime;
  private long modifyTime;
  private long changeTime;

  public Stat() {}

  /**
   * Says what kind of file it is, by the type and permission bits, and what is known of its data.
   */
  public void set(int mode, long links, long size) {
    this.mode = mode;
    this.links = links;
    this.size = size;
  }

  /** Says which file it is; the device's major number is in the upper half. */
  public void setIdentity(long device, long inode) {
    this.device = device;
    this.inode = inode;
  }

  /** Says when it was read, when its contents changed, and when anything of it changed. */
  public void setTimes(long access, long modify, long change) {
    accessTime = access;
    modifyTime = modify;
    changeTime = change;
  }

  /** The kind of file: one of {@link Posix}'s {@code S_IF…}. */
  public int type() {
    return mode & Posix.S_IFMT;
  }

  public long links() {
    return links;
  }

  public long inode() {
    return inode;
  }

  /** Bytes. */
  public long size() {
    return size;
  }

  /** Major number in the upper half, minor in the lower. */
  public long device() {
    return device;
  }

  public long accessTime() {
    return accessTime;
  }

  public long modifyTime() {
    return modifyTime;
  }

  public long changeTime() {
    return changeTime;
  }
}
