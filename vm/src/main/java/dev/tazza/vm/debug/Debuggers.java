package dev.tazza.vm.debug;

import dev.tazza.sys.LoadedLibrary;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.ProcessShared;
import dev.tazza.vm.isa.Processor;

/**
 * The list of code in this process that debuggers read, now or when they attach. There is one for
 * all copies of Tazza. Thread-safe.
 *
 * <pre>
 *   record   int version (1), int action, address of the entry the action is for, of the first
 *   entry    addresses of the next and the previous entry and of the file; its size
 * </pre>
 */
public final class Debuggers {
  private static final int NOTHING = 0;
  private static final int REGISTER = 1;
  private static final int UNREGISTER = 2;

  // In the record.
  private static final int ACTION = 4;
  private static final int RELEVANT = 8;
  private static final int FIRST = 16;

  // In an entry.
  private static final int NEXT = 0;
  private static final int PREVIOUS = 8;
  private static final int FILE = 16;
  private static final int SIZE = 24;
  private static final int ENTRY_SIZE = 32;

  private static final String FUNCTION_NAME = "debugger.function";
  private static final String RECORD_NAME = "debugger.record";

  private Debuggers() {}

  /**
   * Shows code to debuggers.
   *
   * @param image an ELF file with symbols and DWARF
   * @return takes it back, which has to be done before the code goes
   * @throws UnsupportedOperationException when that cannot be done on this system
   */
  public static Runnable show(byte[] image) {
    long entry = NativeHeap.allocate(ENTRY_SIZE + image.length);
    NativeMemory.copy(image, 0, entry + ENTRY_SIZE, image.length);
    NativeMemory.putLong(entry + FILE, entry + ENTRY_SIZE);
    NativeMemory.putLong(entry + SIZE, image.length);
    synchronized (ProcessShared.lock()) {
      long list = list();
      long first = NativeMemory.getLong(list + FIRST);
      NativeMemory.putLong(entry + NEXT, first);
      if (first != 0) {
        NativeMemory.putLong(first + PREVIOUS, entry);
      }
      NativeMemory.putLong(list + FIRST, entry);
      tell(list, REGISTER, entry);
    }
    return () -> hide(entry);
  }

  private static void hide(long entry) {
    synchronized (ProcessShared.lock()) {
      long list = list();
      long next = NativeMemory.getLong(entry + NEXT);
      long previous = NativeMemory.getLong(entry + PREVIOUS);
      NativeMemory.putLong(previous == 0 ? list + FIRST : previous + NEXT, next);
      if (next != 0) {
        NativeMemory.putLong(next + PREVIOUS, previous);
      }
      tell(list, UNREGISTER, entry);
    }
    NativeHeap.free(entry);
  }

  /** A debugger stops the process in the function, and reads the record. */
  private static void tell(long list, int action, long entry) {
    NativeMemory.putLong(list + RELEVANT, entry);
    NativeMemory.putInt(list + ACTION, action);
    NativeCall.invoke(ProcessShared.find(FUNCTION_NAME), 0, 0, 0);
    NativeMemory.putInt(list + ACTION, NOTHING);
  }

  /** The record, from the library, which the first one loads. */
  private static long list() {
    long known = ProcessShared.find(RECORD_NAME);
    if (known != 0) {
      return known;
    }
    Processor processor = Processor.host();
    byte[] file = DebuggerLibrary.file(processor.elfMachine(), processor.emptyFunction());
    LoadedLibrary library = LoadedLibrary.load("tazza-debugger.so", file);
    ProcessShared.set(FUNCTION_NAME, library.address(DebuggerLibrary.FUNCTION));
    long record = library.address(DebuggerLibrary.RECORD);
    ProcessShared.set(RECORD_NAME, record);
    return record;
  }
}
