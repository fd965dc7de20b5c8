package dev.tazza.testkit.fuzz;

import dev.tazza.Engine;
import dev.tazza.Extern;
import dev.tazza.Frame;
import dev.tazza.Func;
import dev.tazza.Global;
import dev.tazza.Instance;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.Table;
import dev.tazza.Tag;
import dev.tazza.TaggedException;
import dev.tazza.Trap;
import dev.tazza.V128;
import dev.tazza.Values;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.ExportType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Runs any module that comes to an end by itself, and writes down what can be observed.
 *
 * <p>Three exported functions at a time are called in an instance of their own, with arguments from
 * tables. {@code testkit/smith/observe.py} has Wasmtime do exactly the same, {@code observe.cjs}
 * has V8: what is changed here must be changed there.
 */
final class FileExecution {
  /** How many of a module's functions are called. */
  private static final int MOST_FUNCTIONS = 24;

  /** How many functions are called in an instance. */
  private static final int CALLS = 3;

  /** Engines disagree about how long a backtrace is. */
  private static final int FRAMES = 15;

  private static final int[] INTS = {
    0, 1, -1, 2, 7, 31, 32, 255, 1000, 0xffff, 0x10000, 0x1ffff, -2, -0x10000, 0x7fffffff, 1 << 31
  };

  private static final long[] LONGS = {
    0,
    1,
    -1,
    63,
    64,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    0x100000000L,
    -2,
    1234567890123L,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final float[] FLOATS = {
    0,
    -0f,
    1,
    -1.5f,
    0.5f,
    1e10f,
    -1e10f,
    0x1p31f,
    0x1p32f,
    0x1p63f,
    -0x1p63f,
    0x1p-149f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  private final Store<Void> store;
  private final List<String> hostCalls = new ArrayList<>();
  private final List<Extern> exports = new ArrayList<>();
  private final List<Func> functions = new ArrayList<>();

  private FileExecution(Store<Void> store) {
    this.store = store;
  }

  /** One line per instance and per call. */
  static List<String> run(Engine engine, Module module) {
    List<String> lines = new ArrayList<>();
    int functions = 0;
    for (ExportType export : module.exports()) {
      functions += export.type() instanceof FuncType ? 1 : 0;
    }
    for (int first = 0; first < Math.clamp(functions, 1, MOST_FUNCTIONS); first += CALLS) {
      try (Store<Void> store = new Store<>(engine)) {
        new FileExecution(store).run(module, first, lines);
      }
    }
    return lines;
  }

  private void run(Module module, int first, List<String> lines) {
    try {
      List<Extern> imports = new ArrayList<>();
      for (ImportType wanted : module.imports()) {
        imports.add(defaultValue(wanted));
      }
      Instance instance = Instance.instantiate(store, module, imports);
      for (String name : instance.exportNames()) {
        Extern export = instance.findExport(name);
        if (export instanceof Func function) {
          functions.add(function);
        } else if (export != null) {
          exports.add(export);
        }
      }
    } catch (Trap trap) {
      lines.add("no instance: " + text(trap));
      return;
    } catch (TaggedException _) {
      lines.add("no instance: throw");
      return;
    }
    lines.add("instance" + state());
    for (int i = first; i < Math.min(functions.size(), first + CALLS); i++) {
      lines.add(call(i, i - first));
    }
  }

  private String call(int index, int round) {
    Func function = functions.get(index);
    List<ValType> params = function.type().params();
    @Nullable Object[] arguments = new @Nullable Object[params.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = value(params.get(i), index * 7 + round * 3 + i * 5);
    }
    StringBuilder line = new StringBuilder("call ").append(index).append(':');
    try {
      for (Object result : function.call(arguments)) {
        line.append(' ').append(text(result));
      }
    } catch (Trap trap) {
      line.append(' ').append(text(trap));
    } catch (TaggedException _) {
      line.append(" throw");
    }
    return line.append(state()).toString();
  }

  private Extern defaultValue(ImportType wanted) {
    return switch (wanted.type()) {
      case FuncType type -> Func.wrap(store, type, (caller, values) -> host(type, values));
      case MemoryType type -> Memory.create(store, type);
      case TableType type -> Table.create(store, type);
      case GlobalType type -> Global.create(store, type, value(type.valueType(), 0));
      case TagType type -> Tag.create(store, type);
    };
  }

  private void host(FuncType type, Values values) {
    StringBuilder call = new StringBuilder("host");
    for (int i = 0; i < type.params().size(); i++) {
      call.append(' ').append(text(argument(type.params().get(i), values, i)));
    }
    hostCalls.add(call.toString());
    for (int i = 0; i < type.results().size(); i++) {
      ValType result = type.results().get(i);
      switch (value(result, hostCalls.size() * 5 + i * 3)) {
        case Integer value -> values.setI32(i, value);
        case Long value -> values.setI64(i, value);
        case Float value -> values.setF32(i, value);
        case Double value -> values.setF64(i, value);
        case V128 value -> values.setV128(i, value);
        case null, default -> {
          if (result.equals(ValType.FUNCREF)) {
            values.setFuncref(i, null);
          }
        }
      }
    }
  }

  private static @Nullable Object argument(ValType type, Values values, int index) {
    return switch (type) {
      case NumType.I32 -> (Object) values.i32(index);
      case NumType.I64 -> values.i64(index);
      case NumType.F32 -> values.f32(index);
      case NumType.F64 -> values.f64(index);
      case VecType.V128 -> values.v128(index);
      default -> type.equals(ValType.FUNCREF) ? values.funcref(index) : values.externref(index);
    };
  }

  /** An interesting value; references are null, because the Python package loses others. */
  private static @Nullable Object value(ValType type, int number) {
    return switch (type) {
      case NumType.I32 -> (Object) INTS[number % INTS.length];
      case NumType.I64 -> LONGS[number % LONGS.length];
      case NumType.F32 -> FLOATS[number % FLOATS.length];
      case NumType.F64 -> (double) FLOATS[number % FLOATS.length];
      case VecType.V128 ->
          new V128(LONGS[number % LONGS.length], LONGS[(number + 5) % LONGS.length]);
      default -> null;
    };
  }

  /** What can be seen after a call: calls of the host, and all that is exported. */
  private String state() {
    StringBuilder state = new StringBuilder(" |");
    state.append(
        Integer.toHexString(crc(String.join("\n", hostCalls).getBytes(StandardCharsets.UTF_8))));
    for (Extern export : exports) {
      state.append(' ');
      switch (export) {
        case Memory memory ->
            state.append(memory.size()).append(':').append(Integer.toHexString(crc(memory)));
        case Global global -> state.append(text(global.get()));
        case Table table -> append(state, table);
        case Func _, Tag _ -> {}
      }
    }
    return state.toString();
  }

  private static int crc(Memory memory) {
    CRC32 crc = new CRC32();
    crc.update(memory.segment().asByteBuffer());
    return (int) crc.getValue();
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static void append(StringBuilder out, Table table) {
    out.append(table.size()).append(':');
    for (int i = 0; i < table.size(); i++) {
      Object element = table.get(i);
      out.append(element == null ? "." : element instanceof Func ? "f" : element);
    }
  }

  /**
   * A line without what engines disagree about: which instruction it is that trapped, since a load
   * that is part of the instruction that uses it comes after another one that may trap in the same
   * way; and which of two reasons an atomic access has when its address is neither aligned nor in
   * bounds.
   */
  static String normalize(String line) {
    return line.replaceFirst("(trap [a-z ]+\\d+):0x\\p{XDigit}+", "$1")
        .replaceFirst("trap unaligned atomic", "trap out of bounds memory access");
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Func _ -> "func";
      default -> Execution.text(value);
    };
  }

  /**
   * The specification's words, but {@code call_indirect} has none of its own for a bad index, and
   * all kinds of references are null alike.
   */
  private static String text(Trap trap) {
    TrapCode code = trap.code();
    String message =
        code == TrapCode.UNDEFINED_ELEMENT
            ? TrapCode.TABLE_OUT_OF_BOUNDS.message()
            : code.message().replaceFirst("null \\w+ reference", "null reference");
    StringBuilder text = new StringBuilder("trap ").append(message);
    List<Frame> frames = trap.frames();
    for (Frame frame : frames.subList(0, Math.min(frames.size(), FRAMES))) {
      text.append(" %d:0x%x".formatted(frame.functionIndex(), frame.offset()));
    }
    return text.toString();
  }
}
