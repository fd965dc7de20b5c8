package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.operator.Family;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each atomic access against what the proposal's overview says of it, by one thread. */
class AtomicTest {
  private static final long GIB = 1L << 30;
  private static final String[] MEMORIES = {
    "1", "1 1", "1 1 shared", "1 3 shared", "i64 1 1 shared", "i64 1", "i64 1 0x10000 shared"
  };
  private static final long[] VALUES = {
    0, 1, -1, 0x7f, 0x80, 0xff, 0x8000, 0xffff_ffffL, 1L << 63, 0x8877_6655_4433_2211L
  };

  private static final List<Operator> ACCESSES =
      Arrays.stream(Operator.values())
          .filter(op -> op.family() == Family.ATOMIC && op.accessBytes() > 0)
          .filter(op -> !op.mnemonic().startsWith("memory."))
          .toList();

  private static List<Config> configs(OptLevel level) {
    List<Config> configs =
        List.of(
            new Config(),
            new Config().staticMemoryGuardSize(0).dynamicMemoryGuardSize(0),
            new Config().staticMemoryMaximumSize(0).heapAccessSpectreMitigation(false),
            new Config().staticMemoryMaximumSize(0).dynamicMemoryGuardSize(0));
    for (Config config : configs) {
      config.wasmThreads(true).optLevel(level).sandboxVerifier(true).debugVerifier(true);
      config.wasmBacktrace(false).parallelCompilation(false);
    }
    return configs;
  }

  private static String module(String memory, boolean is64) {
    String address = is64 ? "i64" : "i32";
    StringBuilder out = new StringBuilder("(module (memory %s)".formatted(memory));
    out.append(
        """
        (func (export "get") (param %1$s) (result i64) (i64.load (local.get 0)))
        (func (export "set") (param %1$s i64) (i64.store (local.get 0) (local.get 1)))
        (func (export "fence") atomic.fence)
        """
            .formatted(address));
    for (Operator op : ACCESSES) {
      String values = "";
      for (int i = 1; i < op.paramCount(); i++) {
        values += op.param(i) == TypeCode.I64 ? " i64" : " i32";
      }
      String result =
          op.resultCount() == 0
              ? ""
              : "(result %s)".formatted(op.result(0) == TypeCode.I64 ? "i64" : "i32");
      String operands = "(local.get 0)";
      for (int i = 1; i < op.paramCount(); i++) {
        operands += "(local.get %d)".formatted(i);
      }
      for (int offset : new int[] {0, 24, 3}) {
        out.append(
            "(func (export \"%s+%d\") (param %s%s) %s (%s offset=%d %s))\n"
                .formatted(op, offset, address, values, result, op, offset, operands));
      }
      if (op.resultCount() > 0 && op.paramCount() > 1) {
        out.append(
            "(func (export \"%s drop\") (param %s%s) (drop (%s %s)))\n"
                .formatted(op, address, values, op, operands));
      }
    }
    return out.append(")").toString();
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void allOfThem(OptLevel level) {
    for (Config config : configs(level)) {
      try (Engine engine = new Engine(config)) {
        for (String memory : MEMORIES) {
          boolean is64 = memory.startsWith("i64");
          try (Module module = Module.compile(engine, module(memory, is64));
              Store<Void> store = new Store<>(engine)) {
            Guest guest = new Guest(new Linker<Void>(engine).instantiate(store, module), is64);
            guest.instance.func("fence").call();
            for (Operator op : ACCESSES) {
              if (memory.endsWith("1 1 shared")) {
                guest.values(op);
              }
              guest.bounds(op);
            }
          }
        }
      }
    }
  }

  private record Guest(Instance instance, boolean is64) {
    private Object address(long value) {
      return is64 ? value : (Object) (int) value;
    }

    private long get(long address) {
      return (long) instance.func("get").call(address(address))[0];
    }

    private Object[] arguments(Operator op, long address, long... values) {
      Object[] args = new Object[op.paramCount()];
      args[0] = address(address);
      for (int i = 1; i < args.length; i++) {
        boolean isWide = op.param(i) == TypeCode.I64;
        args[i] = isWide ? values[i - 1] : (Object) (int) values[i - 1];
      }
      return args;
    }

    void values(Operator op) {
      for (long there : VALUES) {
        for (long value : VALUES) {
          check(op, "+0", 64, 64, there, value, there);
          check(op, "+24", 64 - op.accessBytes(), 88 - op.accessBytes(), there, value, ~there);
          if (op.resultCount() > 0 && op.paramCount() > 1) {
            check(op, " drop", 64, 64, there, value, value);
          }
        }
      }
    }

    /** One access, at {@code at}, whose cell and the one before have {@code there} all over. */
    private void check(
        Operator op, String form, long index, long at, long there, long value, long other) {
      for (long cell : new long[] {56, 64, 72, 80, 88}) {
        instance.func("set").call(address(cell), there);
      }
      boolean compares = op.mnemonic().contains("cmpxchg");
      int bits = 8 * op.accessBytes();
      long mask = -1L >>> 64 - bits;
      int shift = 8 * (int) (at & 7);
      long before = there >>> shift & mask;
      long expected = compares && value < 0 ? before | other & ~mask : other;
      Object[] args = arguments(op, index, compares ? expected : value, value);
      Object[] results = instance.func(op + form).call(args);
      long compared = op.param(op.paramCount() - 1) == TypeCode.I32 ? (int) expected : expected;
      long after = after(op, before, value, compared, mask) & mask;
      String what = op + form + " " + Arrays.toString(args) + " of " + Long.toHexString(there);
      long whole = there & ~(mask << shift) | after << shift;
      assertEquals(Long.toHexString(whole), Long.toHexString(get(at & -8)), what);
      assertEquals(there, get((at & -8) - 8), what);
      if (results.length > 0) {
        boolean isWide = op.result(0) == TypeCode.I64;
        assertEquals(isWide ? before : (Object) (int) before, results[0], what);
      }
    }

    private static long after(Operator op, long before, long value, long expected, long mask) {
      String name = op.mnemonic().substring(op.mnemonic().lastIndexOf('.') + 1);
      return switch (name.replaceAll("[0-9]*(_u)?$", "")) {
        case "load" -> before;
        case "store", "xchg" -> value;
        case "add" -> before + value;
        case "sub" -> before - value;
        case "and" -> before & value;
        case "or" -> before | value;
        case "xor" -> before ^ value;
        case "cmpxchg" -> (expected & mask) == before ? value : before;
        default -> throw new AssertionError(name);
      };
    }

    void bounds(Operator op) {
      int bytes = op.accessBytes();
      long[] ends = {65536, 65536 - 24, 65536 - 3, 1L << 31, 1L << 32, 4 * GIB, 1L << 48, 0};
      for (int offset : new int[] {0, 24, 3}) {
        for (long end : ends) {
          for (long near : new long[] {-bytes - 1, -bytes, -bytes + 1, -1, 0, 1}) {
            reach(op, end + near, offset);
          }
        }
      }
    }

    private void reach(Operator op, long index, int offset) {
      if (!is64 && index >>> 32 != 0) {
        return;
      }
      long at = index + offset;
      boolean overflows = is64 && index < 0 && at >= 0;
      boolean isInside = !overflows && Long.compareUnsigned(at, 65536 - op.accessBytes()) <= 0;
      Object[] args = arguments(op, index, 0, 0);
      Func access = instance.func(op + "+" + offset);
      String what = op + " at " + Long.toHexString(index) + " + " + offset;
      if ((at & op.accessBytes() - 1) != 0) {
        assertEquals(
            TrapCode.UNALIGNED_ATOMIC,
            assertThrows(Trap.class, () -> access.call(args), what).code(),
            what);
      } else if (isInside) {
        access.call(args);
      } else {
        assertEquals(
            TrapCode.MEMORY_OUT_OF_BOUNDS,
            assertThrows(Trap.class, () -> access.call(args), what).code(),
            what);
      }
    }
  }
}
