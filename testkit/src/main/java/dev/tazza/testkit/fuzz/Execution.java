package dev.tazza.testkit.fuzz;

import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasm.TrapException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a random module's calls and writes down what can be observed. */
final class Execution {
  private static final int FNV_PRIME = 0x01000193;
  private static final int FNV_BASIS = 0x811c9dc5;

  private Execution() {}

  /** One line per call: results or the trap's message, a hash of the memory, the globals. */
  static List<String> run(Engine engine, RandomModule random) {
    List<String> lines = new ArrayList<>();
    try (Module module = Module.compile(engine, random.text());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      Memory memory = instance.memory("memory");
      for (RandomModule.Call call : random.calls()) {
        instance.global("fuel").set(RandomModule.FUEL);
        StringBuilder line = new StringBuilder("f" + call.function());
        try {
          append(line, instance.func("f" + call.function()).call(call.arguments().toArray()));
        } catch (TrapException trap) {
          line.append(" trap ").append(trap.getMessage());
        }
        line.append(" | ").append(Integer.toHexString(hash(memory.segment()))).append(" |");
        for (int i = 0; i < random.globals().size(); i++) {
          append(line, instance.global("g" + i).get());
        }
        lines.add(line.toString());
      }
    }
    return lines;
  }

  /** FNV-1a over the 32-bit words. */
  private static int hash(MemorySegment memory) {
    int hash = FNV_BASIS;
    for (long i = 0; i < memory.byteSize(); i += Integer.BYTES) {
      hash = (hash ^ memory.get(ValueLayout.JAVA_INT_UNALIGNED, i)) * FNV_PRIME;
    }
    return hash;
  }

  private static void append(StringBuilder line, @Nullable Object... values) {
    for (Object value : values) {
      line.append(' ').append(value == null ? "null" : text(value));
    }
  }

  /** Bits in hexadecimal behind the type; all NaNs are one. */
  static String text(Object value) {
    return switch (value) {
      case Integer i -> "i32:" + Integer.toHexString(i);
      case Long i -> "i64:" + Long.toHexString(i);
      case Float f ->
          "f32:" + (f.isNaN() ? "nan" : Integer.toHexString(Float.floatToRawIntBits(f)));
      case Double d ->
          "f64:" + (d.isNaN() ? "nan" : Long.toHexString(Double.doubleToRawLongBits(d)));
      default -> value.toString();
    };
  }
}
