package dev.tazza.testkit.fuzz;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.text.Wat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Steps through calls of random modules, machine instruction by machine instruction, and compares
 * what debuggers are told of the locals of optimized code, in registers as well as in the frame,
 * with the values that code has which keeps them.
 *
 * <p>As a program: {@code SteppedLocalsFuzzer FIRST_SEED COUNT} prints each seed that fails, and
 * why, and how many values were compared. Needs Linux on x86-64.
 */
public final class SteppedLocalsFuzzer implements AutoCloseable {
  /**
   * Iterations and calls of each call: few, so that a value of another iteration is none of them.
   */
  private static final int FUEL = 12;

  private static final long STACK = 1 << 20;

  private final Engine keeping = new Engine(config(OptLevel.NONE));
  private final Engine optimizing = new Engine(config(OptLevel.SPEED));
  private final SteppedLocals locals = new SteppedLocals();
  private final StepRecorder recorder;

  /**
   * Engines for the two levels.
   *
   * @throws IOException when the system does not let us step
   */
  public SteppedLocalsFuzzer() throws IOException {
    recorder = new StepRecorder();
  }

  /**
   * Whether there are locals of this processor's code to step through, and the system allows it.
   */
  public static boolean isPossible() {
    return "amd64".equals(System.getProperty("os.arch"))
        && Files.isWritable(Path.of("/proc/self/mem"));
  }

  private static Config config(OptLevel level) {
    return new Config()
        .optLevel(level)
        .debugInfo(true)
        .wasmLegacyExceptions(true)
        .wasmThreads(true)
        .parallelCompilation(false)
        .maxWasmStack(STACK);
  }

  /** How many values from registers were compared so far. */
  public long inRegisters() {
    return locals.inRegisters();
  }

  /** How many values from frames. */
  public long inFrames() {
    return locals.inFrames();
  }

  /** How many constants. */
  public long constants() {
    return locals.constants();
  }

  /** What is wrong with the module of {@code seed}; null when nothing is. */
  public @Nullable String check(long seed) {
    RandomModule random = RandomModule.of(seed);
    byte[] binary = LocalsFuzzer.withDebugInfo(Wat.parse(random.text()));
    try (Module kept = Module.compile(keeping, binary);
        Module optimized = Module.compile(optimizing, binary);
        Store<Void> keptStore = new Store<>(keeping);
        Store<Void> optimizedStore = new Store<>(optimizing)) {
      Instance keptInstance = instantiate(keptStore, kept);
      Instance optimizedInstance = instantiate(optimizedStore, optimized);
      if (keptInstance == null || optimizedInstance == null) {
        return null;
      }
      for (int i = 0; i < random.calls().size(); i++) {
        RandomModule.Call call = random.calls().get(i);
        locals.clear();
        record(keptInstance, call);
        if (StepRecorder.isFull()) {
          return null; // and what comes then may be of another state
        }
        locals.addKept();
        record(optimizedInstance, call);
        String difference = locals.compareTold();
        if (difference != null) {
          return "call " + i + ": " + difference;
        }
      }
    }
    return null;
  }

  private static @Nullable Instance instantiate(Store<Void> store, Module module) {
    try {
      return Execution.linker(module.engine(), store).instantiate(store, module);
    } catch (WasmException _) {
      return null;
    }
  }

  private static void record(Instance instance, RandomModule.Call call) {
    instance.global("fuel").set(FUEL);
    Func function = instance.func("f" + call.function());
    Object[] arguments = call.arguments().toArray();
    StepRecorder.begin();
    try {
      function.call(arguments);
    } catch (RuntimeException _) {
      // A trap, or thrown by the guest or the host.
    } finally {
      StepRecorder.end();
    }
  }

  @Override
  public void close() throws IOException {
    recorder.close();
    keeping.close();
    optimizing.close();
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    try (SteppedLocalsFuzzer fuzzer = new SteppedLocalsFuzzer()) {
      Seeds.check(args, fuzzer::check);
      System.out.printf(
          "values that were compared: %d in registers, %d in frames, %d constants%n",
          fuzzer.inRegisters(), fuzzer.inFrames(), fuzzer.constants());
    }
  }
}
