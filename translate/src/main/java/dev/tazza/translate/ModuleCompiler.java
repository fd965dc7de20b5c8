package dev.tazza.translate;

import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.ExitReason;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.FuncType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a whole module.
 *
 * <ul>
 *   <li>{@link FunctionTranslator} turns each validated body into SSA form,
 *   <li>{@link Compiler} turns that into machine code, for many functions at once ({@link
 *       FunctionCompilation}), and puts short functions in place of calls, which {@link
 *       ModuleCallees} knows,
 *   <li>{@link Trampolines} are added for what crosses the border to Java,
 *   <li>{@link TextLayout} places it all in one text and connects the calls,
 *   <li>{@link SandboxCheck} has it proved that the result stays in its sandbox.
 * </ul>
 *
 * <p>The result depends on the module and the options only, not on the number of threads. Any
 * thread may use it; those that do at the same time share the {@link CompilationHeap}.
 */
public final class ModuleCompiler {
  private final Compiler compiler;
  private final Tunables tunables;
  private final boolean parallel;
  private final boolean verifies;
  private final CompilationHeap heap;
  private final FunctionCount count = new FunctionCount();

  /**
   * @param compiler how functions are compiled
   * @param tunables the engine options that code depends on
   * @param parallel whether to use all processors
   * @param verifies whether all code has to be proved to stay in its sandbox before anybody gets it
   */
  public ModuleCompiler(Compiler compiler, Tunables tunables, boolean parallel, boolean verifies) {
    this(
        compiler,
        tunables,
        parallel,
        verifies,
        new CompilationHeap(Runtime.getRuntime().maxMemory()));
  }

  ModuleCompiler(
      Compiler compiler,
      Tunables tunables,
      boolean parallel,
      boolean verifies,
      CompilationHeap heap) {
    this.compiler = compiler;
    this.tunables = tunables;
    this.parallel = parallel;
    this.verifies = verifies;
    this.heap = heap;
  }

  /** How far it is with all that it was given to compile. */
  public FunctionCount count() {
    return count;
  }

  /**
   * Compiles a module that has been validated.
   *
   * @throws ResourceLimitException when it is too large for the JVM's heap, or for what its bytes
   *     may become
   * @throws UnsupportedOperationException when the module uses something that can be validated but
   *     not compiled yet
   */
  public CompiledModule compile(WasmModule module) {
    ModuleEnvironment env = new ModuleEnvironment(module, tunables, heap);
    try {
      return compile(env);
    } catch (OutOfMemoryError e) {
      throw heap.exhausted(module, e);
    }
  }

  private CompiledModule compile(ModuleEnvironment env) {
    FunctionQueue queue = new FunctionQueue(parallel);
    FunctionCompilation compilation = new FunctionCompilation(env, compiler, queue, count);
    CompiledModule compiled = layOut(env, compilation.run());
    SandboxCheck check = new SandboxCheck(queue, env.heap);
    if (!verifies) {
      return hasLargeMemory(env.module)
          ? withoutWhatCannotBeFollowed(env, compilation, compiled, check)
          : compiled;
    }
    int[] rejected = check.rejected(compiled);
    if (rejected.length > 0) {
      compiled = layOut(env, compilation.again(rejected, compiler.followable()));
      rejected = check.rejected(compiled);
    }
    if (rejected.length > 0) {
      compiled = layOut(env, compilation.simply(rejected));
      check.require(compiled);
    }
    return compiled;
  }

  /**
   * Checks of 64-bit indexes are removed because of what is known of loops. That is relied on only
   * where the proof of the finished code can follow it, also when nobody asked for proofs: other
   * functions are compiled again without those passes.
   */
  private CompiledModule withoutWhatCannotBeFollowed(
      ModuleEnvironment env,
      FunctionCompilation compilation,
      CompiledModule first,
      SandboxCheck check) {
    CompiledModule compiled = first;
    BitSet done = new BitSet();
    while (true) {
      int[] rejected = check.suspects(compiled);
      int[] left = IntStream.of(rejected).filter(function -> !done.get(function)).toArray();
      if (left.length == 0) {
        return compiled;
      }
      IntStream.of(left).forEach(done::set);
      compiled = layOut(env, compilation.again(left, compiler.followable()));
    }
  }

  private static boolean hasLargeMemory(WasmModule module) {
    for (int i = 0; i < module.memoryCount(); i++) {
      if (module.memory(i).limits().is64()) {
        return true;
      }
    }
    return false;
  }

  private CompiledModule layOut(ModuleEnvironment env, @Nullable MachineCode[] functions) {
    WasmModule module = env.module;
    TextLayout text = new TextLayout(env, compiler.isa());
    for (int i = 0; i < functions.length; i++) {
      MachineCode code = functions[i];
      if (code != null) {
        int index = module.importedFunctionCount() + i;
        text.place(env.functionName(index), index, index, code);
      }
    }
    addServices(env, text);
    int[] entries = new int[module.typeCount()];
    int[] exits = new int[module.typeCount()];
    addTrampolines(env, text, entries, exits);
    return text.finish(entries, exits).withCodeReferences(env.codeReferences());
  }

  private void addServices(ModuleEnvironment env, TextLayout text) {
    for (int i = 0; i < RuntimeService.count(); i++) {
      RuntimeService service = RuntimeService.of(i);
      int symbol = env.symbol(service);
      if (text.isCalled(symbol)) {
        Function function =
            Trampolines.exit(
                service.symbol(), ModuleEnvironment.signature(service), service.exitCode());
        text.place(service.symbol(), symbol, -1, compiler.compile(function));
      }
    }
  }

  /** One of each kind per function type, shared by types of equal representation. */
  private void addTrampolines(ModuleEnvironment env, TextLayout text, int[] entries, int[] exits) {
    WasmModule module = env.module;
    Arrays.fill(entries, -1);
    Arrays.fill(exits, -1);
    Map<FuncType, Integer> entryOf = new HashMap<>();
    Map<FuncType, Integer> exitOf = new HashMap<>();
    for (int i = 0; i < module.importedFunctionCount(); i++) {
      int type = module.functionTypeIndex(i);
      exits[type] =
          exitOf.computeIfAbsent(env.erased(module.funcTypeAt(type)), t -> addExit(text, t));
    }
    for (int i = 0; i < env.references.count(); i++) {
      int type = module.functionTypeIndex(env.references.function(i));
      entries[type] =
          entryOf.computeIfAbsent(env.erased(module.funcTypeAt(type)), t -> addEntry(text, t));
    }
  }

  private int addEntry(TextLayout text, FuncType type) {
    return text.place("entry " + type, -1, -1, compileEntry(type));
  }

  private int addExit(TextLayout text, FuncType type) {
    return text.place("host call " + type, -1, -1, hostCall(type));
  }

  /** The trampoline that enters functions of {@code type}, on its own. */
  public MachineCode compileEntry(FuncType type) {
    return compiler.compile(Trampolines.entry("entry " + type, ModuleEnvironment.signature(type)));
  }

  /** The code that stands for host functions of {@code type}, on its own. */
  public MachineCode compileExit(FuncType type) {
    MachineCode code = hostCall(type);
    if (verifies) {
      SandboxCheck.hostCall(type, code, tunables);
    }
    return code;
  }

  private MachineCode hostCall(FuncType type) {
    return compiler.compile(
        Trampolines.exit(
            "host call " + type, ModuleEnvironment.signature(type), ExitReason.HOST_CALL.code()));
  }

  /** The code that stands for functions of {@code type} of another instance, on its own. */
  public MachineCode compileImported(FuncType type) {
    MachineCode code =
        compiler.compile(
            Trampolines.imported("imported " + type, ModuleEnvironment.signature(type)));
    if (verifies) {
      SandboxCheck.imported(type, code, tunables);
    }
    return code;
  }

  /** The IR of one function, before any pass. */
  public static Function translate(WasmModule module, Tunables tunables, int functionIndex) {
    ModuleEnvironment env = new ModuleEnvironment(module, tunables, CompilationHeap.UNBOUNDED);
    FunctionBody body = module.body(functionIndex);
    return FunctionTranslator.translate(env, body, new FunctionSize(env, body));
  }
}
