package dev.tazza.vm.call;

import dev.tazza.sys.BulkMemory;
import dev.tazza.sys.CodePage;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.Os;
import dev.tazza.vm.isa.x64.StubCode;

/** The stubs of this process and their calls. */
final class Stubs {
  private static final StubCode CODE =
      new StubCode(Os.host().threadIdOffset(), BulkMemory.copy(), BulkMemory.fill());
  private static final int SIZE = CODE.bytes().length;
  private static final long PAGE = CodePage.map(CODE.bytes());
  private static final long ENTER = PAGE + CODE.enterOffset();
  private static final long ENTER_WIDE = PAGE + CODE.enterWideOffset();
  private static final long RESUME = PAGE + CODE.resumeOffset();

  static final long EXIT = PAGE + CODE.exitOffset();
  static final long POLL = PAGE + CODE.pollOffset();
  static final long COPY = PAGE + CODE.copyOffset();
  static final long FILL = PAGE + CODE.fillOffset();
  static final long TRAP_EXIT = PAGE + CODE.trapExitOffset();

  private Stubs() {}

  /** Whether there is a stub at {@code pc}. */
  static boolean contain(long pc) {
    return pc >= PAGE && pc < PAGE + SIZE;
  }

  /** Enters guest code; see {@link StubCode} for what it returns. */
  static long enter(long context, long code, long vmctx, long begin, long a0, long a1) {
    return NativeCall.invoke(ENTER, context, code, vmctx, begin, a0, a1);
  }

  /** Enters guest code whose result goes to the slots, or that has none. */
  static long enterWide(long context, long code, long vmctx, long begin, long a0, long a1) {
    return NativeCall.invoke(ENTER_WIDE, context, code, vmctx, begin, a0, a1);
  }

  /** Lets guest code that is parked at {@code sp} go on; returns as what entered it. */
  static long resume(long context, long sp) {
    return NativeCall.invoke(RESUME, context, sp, 0);
  }

  /** The reason why guest code gave control back. */
  static int reason(long exit) {
    return (int) (exit >>> StubCode.REASON_SHIFT);
  }
}
