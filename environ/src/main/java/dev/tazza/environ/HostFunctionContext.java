package dev.tazza.environ;

/**
 * Layout of what a host function gets as its context. Each instance that imports the function has
 * one of its own, so that the function knows its caller.
 */
public final class HostFunctionContext {
  /** u32 {@link #MAGIC_VALUE}. */
  public static final int MAGIC = 0;

  /** u32: the function's number in its store. */
  public static final int INDEX = 4;

  /**
   * u64: the importing instance's number in its store plus one; 0 when the function was not called
   * through an import.
   */
  public static final int CALLER = 8;

  public static final int SIZE = 16;

  public static final int MAGIC_VALUE = 0x74736f68;

  private HostFunctionContext() {}
}
