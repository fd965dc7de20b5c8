package dev.tazza;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.instance.Fault;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.instance.TrapFactory;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.List;

/** Makes the API's exceptions from what the runtime knows: program counters. */
final class GuestErrors implements TrapFactory {
  /** Addresses where the machine code around a fault starts in a report. */
  private static final int DUMP_BYTES = 32;

  private final int maximumFrames;
  private final boolean details;

  GuestErrors(Tunables tunables) {
    maximumFrames = (int) tunables.get(Tunable.WASM_BACKTRACE_MAX_FRAMES);
    details = tunables.is(Tunable.WASM_BACKTRACE_DETAILS);
  }

  @Override
  public RuntimeException trap(TrapCode code, String message, Backtrace backtrace) {
    return new Trap(code, message, frames(backtrace));
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
    if (thrown instanceof Trap || hasBacktrace(thrown)) {
      return thrown;
    }
    List<Frame> frames = frames(backtrace);
    if (!frames.isEmpty()) {
      thrown.addSuppressed(new GuestBacktrace(frames));
    }
    return thrown;
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
    for (int i = 0; i < backtrace.pcs().length; i++) {
      // A return address belongs to the call before it.
      boolean exact = i == 0 && backtrace.fault();
      long pc = exact ? backtrace.pcs()[i] : backtrace.pcs()[i] - 1;
      CodeBlock block = CodeRange.process().find(pc);
      if (block != null && block.owner() instanceof LoadedModule module) {
        addFrame(frames, module, pc);
      }
    }
    // With inlined calls there may be more than there are program counters.
    return frames.subList(0, Math.min(frames.size(), maximumFrames));
  }

  /** Adds the frame at {@code pc}, before it those of the calls that were inlined there. */
  private void addFrame(List<Frame> frames, LoadedModule loaded, long pc) {
    CodeSymbol symbol = loaded.symbolAt(pc);
    if (symbol == null || symbol.functionIndex() < 0) {
      return;
    }
    WasmModule module = loaded.module();
    InlinedCalls inlined = loaded.tables().inlined();
    int position = loaded.tables().locAt((int) (pc - loaded.address()));
    int call = inlined.callAt(position);
    while (call >= 0) {
      frames.add(frame(module, inlined.functions()[call], inlined.offset(position)));
      position = inlined.callers()[call];
      if (position == InlinedCalls.GONE) {
        return;
      }
      call = inlined.callAt(position);
    }
    frames.add(frame(module, symbol.functionIndex(), position));
  }

  private Frame frame(WasmModule module, int function, int offset) {
    String name = module.names().module();
    return new Frame(
        name == null ? "<unnamed>" : name,
        function,
        module.functionName(function),
        offset,
        details ? module.sourcePositions(offset) : List.of());
  }
}
