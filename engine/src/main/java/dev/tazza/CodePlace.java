package dev.tazza;

import dev.tazza.environ.CodeMap;
import dev.tazza.environ.CodeMap.InlinedCall;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.List;

/**
 * A place in the code of a guest, in terms of its module.
 *
 * @param function index of the function
 * @param offset byte offset of the instruction in the module's binary, -1 when unknown
 */
record CodePlace(LoadedModule loaded, int function, int offset) {

  /**
   * The guest functions among the frames of a backtrace, innermost first, at most {@code most};
   * trampolines and services are left out.
   */
  static List<CodePlace> of(Backtrace backtrace, int most) {
    List<CodePlace> places = new ArrayList<>(backtrace.pcs().length);
    for (int i = 0; i < backtrace.pcs().length; i++) {
      add(places, backtrace, i);
    }
    // With inlined calls there may be more than there are program counters.
    return places.subList(0, Math.min(places.size(), most));
  }

  /** Adds those of a frame: none, or its function, before it those inlined there. */
  static void add(List<CodePlace> places, Backtrace backtrace, int frame) {
    long pc = pc(backtrace, frame);
    CodeBlock block = CodeRange.process().find(pc);
    if (block != null && block.owner() instanceof LoadedModule module) {
      add(places, module, pc);
    }
  }

  /** A return address belongs to the call before it. */
  static long pc(Backtrace backtrace, int frame) {
    boolean exact = frame == 0 && backtrace.fault();
    return exact ? backtrace.pcs()[frame] : backtrace.pcs()[frame] - 1;
  }

  /** Adds the place at {@code pc}, before it those of the calls that were inlined there. */
  private static void add(List<CodePlace> places, LoadedModule loaded, long pc) {
    CodeSymbol symbol = loaded.symbolAt(pc);
    if (symbol == null || symbol.functionIndex() < 0) {
      return;
    }
    CodeMap map = loaded.codeMap();
    int position = map.locAt((int) (pc - loaded.address()));
    InlinedCall call = map.inlinedAt(position);
    while (call != null) {
      places.add(new CodePlace(loaded, call.function(), call.offset()));
      position = call.caller();
      if (position == InlinedCalls.GONE) {
        return;
      }
      call = map.inlinedAt(position);
    }
    places.add(new CodePlace(loaded, symbol.functionIndex(), position));
  }

  /**
   * As people see it.
   *
   * @param details whether to look for positions in the source
   */
  Frame frame(boolean details) {
    WasmModule module = loaded.module();
    String name = module.names().module();
    return new Frame(
        name == null ? "<unnamed>" : name,
        function,
        module.functionName(function),
        offset,
        details ? module.sourcePositions(offset) : List.of());
  }
}
