package dev.tazza;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.event.Recording;
import dev.tazza.vm.event.TrapEvent;
import dev.tazza.vm.instance.Fault;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.instance.TrapFactory;
import dev.tazza.vm.instance.VmStore;
import dev.tazza.wasm.TrapCode;
import java.util.ArrayList;
import java.util.List;

/** Makes the API's exceptions from what the runtime knows: program counters. */
final class GuestErrors implements TrapFactory {
  /** Addresses where the machine code around a fault starts in a report. */
  private static final int DUMP_BYTES = 32;

  private final int maximumFrames;
  private final boolean details;
  private final boolean coreDumps;
  private final boolean inJava;

  GuestErrors(Tunables tunables) {
    maximumFrames = (int) tunables.get(Tunable.WASM_BACKTRACE_MAX_FRAMES);
    details = tunables.is(Tunable.WASM_BACKTRACE_DETAILS);
    coreDumps = tunables.is(Tunable.COREDUMP_ON_TRAP);
    inJava = tunables.is(Tunable.WASM_BACKTRACE_IN_JAVA);
  }

  @Override
  public RuntimeException trap(VmStore store, TrapCode code, String message, Backtrace backtrace) {
    if (Recording.isOn()) {
      TrapEvent.record(code, message, backtrace);
    }
    CoreDump dump = coreDumps ? CoreDump.take(store, details) : null;
    Trap trap = new Trap(code, message, frames(backtrace), dump);
    if (inJava) {
      insert(trap, new Throwable().getStackTrace(), backtrace);
    }
    return trap;
  }

  @Override
  public RuntimeException wildFault(Fault fault, Backtrace backtrace) {
    List<Frame> frames = frames(backtrace);
    String function = frames.isEmpty() ? "unknown" : frames.get(0).toString();
    return new CompilerBug("execution", function, fault.toString(), dump(fault.pc()));
  }

  private static String dump(long pc) {
    CodeBlock block = CodeRange.process().find(pc);
    if (block == null || !(block.owner() instanceof LoadedModule module)) {
      return "";
    }
    byte[] text = module.compiled().text().bytes();
    int offset = (int) (pc - module.address());
    StringBuilder dump = new StringBuilder("code at the fault:");
    for (int i = offset; i < Math.min(offset + DUMP_BYTES, text.length); i++) {
      dump.append(" %02x".formatted(text[i]));
    }
    return dump.toString();
  }

  @Override
  public Throwable hostException(Throwable thrown, Backtrace backtrace) {
    if (thrown instanceof Trap
        || hasBacktrace(thrown)
        || inJava && JavaStackTrace.hasGuest(thrown.getStackTrace())) {
      return thrown;
    }
    if (inJava && insert(thrown, thrown.getStackTrace(), backtrace)) {
      return thrown;
    }
    if (maximumFrames > 0 && !CodePlace.of(backtrace, 1).isEmpty()) {
      GuestBacktrace guest = new GuestBacktrace();
      thrown.addSuppressed(guest);
      // Exceptions that are no errors may take none: the end of a program shall cost no names.
      if (hasBacktrace(thrown)) {
        guest.setFrames(frames(backtrace));
      }
    }
    return thrown;
  }

  /** Gives {@code thrown} the guest's frames where they belong in {@code java}, if they do. */
  private boolean insert(Throwable thrown, StackTraceElement[] java, Backtrace backtrace) {
    StackTraceElement[] whole = JavaStackTrace.insert(java, backtrace, details);
    if (whole == null || backtrace.pcs().length == 0) {
      return false;
    }
    thrown.setStackTrace(whole);
    return true;
  }

  private static boolean hasBacktrace(Throwable thrown) {
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (suppressed instanceof GuestBacktrace) {
        return true;
      }
    }
    return false;
  }

  /** The wasm functions among the frames; trampolines and services are left out. */
  List<Frame> frames(Backtrace backtrace) {
    List<Frame> frames = new ArrayList<>(backtrace.pcs().length);
    for (CodePlace place : CodePlace.of(backtrace, maximumFrames)) {
      frames.add(place.frame(details));
    }
    return frames;
  }
}
