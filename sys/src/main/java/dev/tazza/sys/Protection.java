package dev.tazza.sys;

/**
 * What a mapping may be used for. There is no "write and execute": code is written first and made
 * executable after (W^X).
 */
public enum Protection {
  NONE(false, false, false),
  READ(true, false, false),
  READ_WRITE(true, true, false),
  READ_EXECUTE(true, false, true);

  private final boolean readable;
  private final boolean writable;
  private final boolean executable;

  Protection(boolean readable, boolean writable, boolean executable) {
    this.readable = readable;
    this.writable = writable;
    this.executable = executable;
  }

  public boolean readable() {
    return readable;
  }

  public boolean writable() {
    return writable;
  }

  public boolean executable() {
    return executable;
  }
}
