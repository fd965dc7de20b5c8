package dev.tazza.sys;

import java.nio.charset.StandardCharsets;

/**
 * A shared object that was made at run time and is loaded as the system's loader does it, so that
 * debuggers see it. It stays for the life of the process.
 */
public final class LoadedLibrary {
  private static final int RTLD_NOW = 2;

  private final long handle;

  private LoadedLibrary(long handle) {
    this.handle = handle;
  }

  /**
   * Loads one.
   *
   * @param name for people
   * @throws SysException when the system refuses a file in memory
   * @throws UnsupportedOperationException when the loader refuses it
   */
  public static LoadedLibrary load(String name, byte[] file) {
    Os os = Os.host();
    int descriptor = os.createMemoryFile(name);
    os.resizeFile(descriptor, file.length);
    long mapping = os.mapShared(file.length, Protection.READ_WRITE, descriptor);
    NativeMemory.copy(file, 0, mapping, file.length);
    os.unmap(mapping, os.roundToPages(file.length));
    // Debuggers open it by the same name, so it names this process and the descriptor stays.
    String path = "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor;
    long handle = withString(path, address -> call("dlopen", address, RTLD_NOW));
    if (handle == 0) {
      os.closeFile(descriptor);
      throw new UnsupportedOperationException("the system's loader refuses " + name);
    }
    return new LoadedLibrary(handle);
  }

  /** The address of something that it exports. */
  public long address(String symbol) {
    return withString(symbol, name -> call("dlsym", handle, name));
  }

  private static long call(String function, long a0, long a1) {
    return NativeCall.invoke(NativeCall.symbol(function), a0, a1, 0);
  }

  private interface WithString {
    long call(long address);
  }

  private static long withString(String text, WithString use) {
    byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
    long address = NativeHeap.allocate(bytes.length);
    try {
      NativeMemory.copy(bytes, 0, address, bytes.length);
      return use.call(address);
    } finally {
      NativeHeap.free(address);
    }
  }
}
