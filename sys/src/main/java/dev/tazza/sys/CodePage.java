package dev.tazza.sys;

/**
 * Small pieces of machine code outside the range of compiled guest code: stubs that live as long as
 * the process.
 */
public final class CodePage {
  private CodePage() {}

  /** Maps {@code code} for execution, never to be unmapped; returns its address. */
  public static long map(byte[] code) {
    Os os = Os.host();
    long size = os.roundToPages(code.length);
    long address = os.allocate(size);
    NativeMemory.copy(code, 0, address, code.length);
    os.protect(address, size, Access.READ_EXECUTE);
    os.flushInstructionCache(address, size);
    return address;
  }
}
