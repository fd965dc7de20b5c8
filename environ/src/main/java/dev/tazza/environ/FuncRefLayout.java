package dev.tazza.environ;

/**
 * Layout of a function reference. A funcref value in guest code is the address of one of these, 0
 * for null. A call loads {@link #CODE} and {@link #CONTEXT}; {@code call_indirect} compares {@link
 * #TYPE_ID} first.
 */
public final class FuncRefLayout {
  /** Address of the code, in the guest calling convention. */
  public static final int CODE = 0;

  /** u32: the engine-wide number of the function's type. */
  public static final int TYPE_ID = 8;

  /** The callee's context: an instance context or a {@link HostFunctionContext}. */
  public static final int CONTEXT = 16;

  public static final int SIZE = 24;

  private FuncRefLayout() {}
}
