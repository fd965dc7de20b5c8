package dev.tazza.vm.call;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.NativeCall;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/** The stubs of this process and the handles that call them. */
final class Stubs {
  private static final StubCode CODE = new StubCode();
  private static final long PAGE = CodePage.map(CODE.bytes());

  static final long EXIT = PAGE + CODE.exitOffset();
  static final long TRAP_EXIT = PAGE + CODE.trapExitOffset();

  private static final MethodHandle ENTER =
      NativeCall.link(
          PAGE + CODE.enterOffset(),
          MethodType.methodType(int.class, long.class, long.class, long.class, long.class));
  private static final MethodHandle RESUME =
      NativeCall.link(PAGE + CODE.resumeOffset(), MethodType.methodType(int.class, long.class));

  private Stubs() {}

  static int enter(long context, long trampoline, long code, long vmctx) {
    try {
      return (int) ENTER.invokeExact(context, trampoline, code, vmctx);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError("a native call threw", impossible);
    }
  }

  static int resume(long context) {
    try {
      return (int) RESUME.invokeExact(context);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError("a native call threw", impossible);
    }
  }
}
