package dev.tazza.vm.call;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.NativeCall;

/** The stubs of this process and their calls. */
final class Stubs {
  private static final StubCode CODE = new StubCode();
  private static final long PAGE = CodePage.map(CODE.bytes());
  private static final long ENTER = PAGE + CODE.enterOffset();
  private static final long RESUME = PAGE + CODE.resumeOffset();

  static final long EXIT = PAGE + CODE.exitOffset();
  static final long TRAP_EXIT = PAGE + CODE.trapExitOffset();

  private Stubs() {}

  /** Enters guest code; returns the reason why it gave control back. */
  static int enter(long context, long trampoline, long code, long vmctx) {
    return (int) NativeCall.invoke(ENTER, context, trampoline, code, vmctx, 0, 0);
  }

  /** Lets parked guest code go on; returns as {@link #enter}. */
  static int resume(long context) {
    return (int) NativeCall.invoke(RESUME, context, 0, 0);
  }
}
