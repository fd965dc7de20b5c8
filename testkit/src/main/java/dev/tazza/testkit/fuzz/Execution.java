package dev.tazza.testkit.fuzz;

import dev.tazza.Caller;
import dev.tazza.Engine;
import dev.tazza.Frame;
import dev.tazza.Func;
import dev.tazza.Global;
import dev.tazza.GuestBacktrace;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.Table;
import dev.tazza.Tag;
import dev.tazza.TaggedException;
import dev.tazza.Trap;
import dev.tazza.Values;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.TagType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a random module's calls and writes down what can be observed. */
final class Execution {
  private static final int FNV_PRIME = 0x01000193;
  private static final int FNV_BASIS = 0x811c9dc5;

  private static final FuncType HOST_TYPE =
      new FuncType(List.of(NumType.I32, NumType.I32), List.of(NumType.I32));

  private static final TagType TAG_TYPE =
      new TagType(new FuncType(List.of(NumType.I32), List.of()));

  /** What the host does besides changing memory, by five bits of its second argument. */
  private static final int GROWS = 13;

  private static final int CALLS_BACK = 7;
  private static final int THROWS = 21;
  private static final int THROWS_TAGGED = 11;

  /** The engine's code uses up none. */
  private static final long NO_FUEL = -1;

  /** Where the table has a function of the other instance. */
  private static final int FOREIGN_ELEMENT = 3;

  /** Addresses that the host changes. */
  private static final int HOST_MASK = 0x3ffc;

  /** A trap has a hundred at most, of which up to half are not WebAssembly's. */
  private static final int MOST_FRAMES = 40;

  private final RandomModule random;
  private final Instance instance;

  /** Another instance of the module: each has a function of the other in its table. */
  private final Instance other;

  private final Memory memory;
  private final Table table;

  private Execution(RandomModule random, Instance instance, Instance other) {
    this.random = random;
    this.instance = instance;
    this.other = other;
    memory = instance.memory("memory");
    table = instance.table("table");
    table.set(FOREIGN_ELEMENT, other.func("f1"));
    other.table("table").set(FOREIGN_ELEMENT, instance.func("f0"));
  }

  /** What a host function throws, so that it goes through the guest. */
  private static final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * One line per call: results, or the trap's message and where it was; then hashes of the
   * memories, the globals and the table.
   */
  static List<String> run(Engine engine, RandomModule random) {
    return run(engine, random, NO_FUEL);
  }

  /** The same with so much fuel for each call; each line then tells how much is left. */
  /** What random modules import. */
  static Linker<Void> linker(Engine engine, Store<Void> store) {
    return new Linker<Void>(engine)
        .func("", "host", HOST_TYPE, Execution::host)
        .define("", "x", Tag.create(store, TAG_TYPE));
  }

  static List<String> run(Engine engine, RandomModule random, long fuel) {
    List<String> lines = new ArrayList<>();
    try (Module module = Module.compile(engine, random.text());
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = linker(engine, store);
      if (fuel != NO_FUEL) {
        store.setFuel(Long.MAX_VALUE);
      }
      Instance instance = linker.instantiate(store, module);
      Execution execution = new Execution(random, instance, linker.instantiate(store, module));
      for (RandomModule.Call call : random.calls()) {
        if (fuel != NO_FUEL) {
          store.setFuel(fuel);
        }
        String line = execution.line(call);
        // How deep calls can be depends on the size of their frames.
        boolean isTold = fuel != NO_FUEL && !line.contains(TrapCode.STACK_OVERFLOW.message());
        lines.add(isTold ? line + " | fuel " + store.getFuel() : line);
      }
    }
    return lines;
  }

  private static void host(Caller<Void> caller, Values values) {
    Memory memory = caller.memory("memory");
    int value = values.i32(1);
    int address = values.i32(0) & HOST_MASK;
    int old = memory.getInt(address);
    memory.setInt(address, old ^ value);
    int result = old;
    switch (value & 31) {
      case GROWS -> memory.grow(1);
      case CALLS_BACK -> {
        // Not too deep: each level takes much of Java's stack.
        if (caller.export("fuel") instanceof Global fuel && fuel.get() instanceof Integer left) {
          fuel.set(left / 2);
        }
        if (caller.export("f0") instanceof Func back && back.call(old)[0] instanceof Integer i) {
          result = i;
        }
      }
      case THROWS -> throw new HostException();
      case THROWS_TAGGED -> {
        if (caller.export("e0") instanceof Tag tag) {
          throw new TaggedException(tag, old);
        }
      }
      default -> {}
    }
    values.setI32(0, result);
  }

  private String line(RandomModule.Call call) {
    instance.global("fuel").set(RandomModule.FUEL);
    other.global("fuel").set(RandomModule.FUEL / 4);
    StringBuilder line = new StringBuilder("f" + call.function());
    try {
      append(line, instance.func("f" + call.function()).call(call.arguments().toArray()));
    } catch (Trap trap) {
      line.append(" trap ").append(trap.getMessage());
      // Where the stack ends depends on the size of frames.
      append(line, trap.code() == TrapCode.STACK_OVERFLOW ? List.of() : trap.frames());
    } catch (TaggedException thrown) {
      append(line.append(" throw ").append(name(thrown.tag())), thrown.payload().toArray());
    } catch (HostException thrown) {
      line.append(" trap host");
      // There is none where a tail call of the host function has left no frame of a guest.
      for (Throwable each : thrown.getSuppressed()) {
        if (each instanceof GuestBacktrace backtrace) {
          append(line, backtrace.frames());
        }
      }
    }
    line.append(" | ").append(Integer.toHexString(hash(memory.segment())));
    line.append(' ').append(Integer.toHexString(hash(other.memory("memory").segment())));
    line.append(" |");
    for (int i = 0; i < random.globals().size(); i++) {
      append(line, instance.global("g" + i).get());
    }
    line.append(" |");
    for (int i = 0; i < table.size(); i++) {
      line.append(' ').append(name(table.get(i)));
    }
    return line.toString();
  }

  /** The first that it is: the imported ones are one tag. */
  private String name(Tag tag) {
    for (int i = 0; i < random.tags().size(); i++) {
      if (tag.equals(instance.tag("e" + i))) {
        return "e" + i;
      }
    }
    return "other";
  }

  private String name(@Nullable Object element) {
    for (int i = 0; element != null && i < random.functions().size(); i++) {
      if (element.equals(instance.func("f" + i))) {
        return "f" + i;
      }
    }
    if (element instanceof Func func && func.equals(other.func("f1"))) {
      return "other";
    }
    return String.valueOf(element);
  }

  /** FNV-1a over the 32-bit words. */
  private static int hash(MemorySegment memory) {
    int hash = FNV_BASIS;
    for (long i = 0; i < memory.byteSize(); i += Integer.BYTES) {
      hash = (hash ^ memory.get(ValueLayout.JAVA_INT_UNALIGNED, i)) * FNV_PRIME;
    }
    return hash;
  }

  private static void append(StringBuilder line, List<Frame> frames) {
    line.append(" at");
    for (Frame frame : frames.subList(0, Math.min(frames.size(), MOST_FRAMES))) {
      line.append(" %d:0x%x".formatted(frame.functionIndex(), frame.offset()));
    }
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
