package dev.tazza.sys;

/**
 * Small pieces of machine code outside the range of compiled guest code: stubs that live as long as
 * the process, and are shared by all copies of this library in it.
 */
public final class CodePage {
  private CodePage() {}

  /** The address of {@code code}, which can be executed there; never to be unmapped. */
  public static long map(byte[] code) {
    String name = ProcessShared.name("code", code);
    synchronized (ProcessShared.lock()) {
      long known = ProcessShared.find(name);
      if (known != 0 && isAt(known, code)) {
        return known;
      }
      long address = mapAnew(code);
      ProcessShared.set(name, address);
      return address;
    }
  }

  private static boolean isAt(long address, byte[] code) {
    for (int i = 0; i < code.length; i++) {
      if (NativeMemory.getByte(address + i) != code[i]) {
        return false;
      }
    }
    return true;
  }

  private static long mapAnew(byte[] code) {
    Os os = Os.host();
    long size = os.roundToPages(code.length);
    long address = os.allocate(size);
    NativeMemory.copy(code, 0, address, code.length);
    os.protect(address, size, Protection.READ_EXECUTE);
    os.flushInstructionCache(address, size);
    return address;
  }
}
