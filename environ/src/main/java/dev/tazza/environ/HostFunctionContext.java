package dev.tazza.environ;

/** Layout of what a host function gets as its context. */
public final class HostFunctionContext {
  /** u32 {@link #MAGIC_VALUE}. */
  public static final int MAGIC = 0;

  /** u32: the function's number in its store. */
  public static final int INDEX = 4;

  public static final int SIZE = 8;

  public static final int MAGIC_VALUE = 0x74736f68;

  private HostFunctionContext() {}
}
