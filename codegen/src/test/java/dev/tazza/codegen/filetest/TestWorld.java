package dev.tazza.codegen.filetest;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Interpreter;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.inline.CalleeSource;
import java.util.Arrays;

/**
 * One page of memory, and calls: those of functions that are known are performed; results of all
 * others and their effects on the memory depend on everything that happened before.
 */
public final class TestWorld implements Interpreter.World {
  public static final long BASE = 0x2000_0000_0000L;
  private static final int SIZE = 1 << 12;

  /** From here on functions throw an exception, of which the tag is what is above this. */
  private static final int THROWING = 1000;

  /** From here on functions only load what never changes. */
  private static final int CONSTANTS = SIZE / 4 * 3;

  private final byte[] memory = new byte[SIZE];
  private long history = 1;

  /** Deeper calls get no fuel. */
  private static final int MAX_DEPTH = 30;

  private final CalleeSource callees;
  private final long fuel;
  private int depth;

  public TestWorld() {
    this(CalleeSource.NONE, 0);
  }

  /** Calls of {@code callees} may take {@code fuel} each. */
  public TestWorld(CalleeSource callees, long fuel) {
    this.callees = callees;
    this.fuel = fuel;
    for (int i = 0; i < SIZE; i++) {
      memory[i] = (byte) (i * 7 >> 2);
    }
  }

  @Override
  public long context() {
    return BASE + SIZE / 2;
  }

  @Override
  public boolean canAccess(long address, int bytes) {
    return address >= BASE && address <= BASE + SIZE - bytes;
  }

  @Override
  public long load(long address, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | memory[(int) (address - BASE) + i] & 0xff;
    }
    return value;
  }

  @Override
  public void store(long address, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      memory[(int) (address - BASE) + i] = (byte) (value >> 8 * i);
    }
  }

  @Override
  public long[] call(Inst call, long[] args) {
    Function callee =
        call.op.isDirectCall() && call.imm < callees.functionCount()
            ? callees.make((int) call.imm)
            : null;
    if (callee != null) {
      depth++;
      try {
        return new Interpreter(this, depth < MAX_DEPTH ? fuel : 0).run(callee, args);
      } finally {
        depth--;
      }
    }
    history = history * 31 + call.imm;
    for (long arg : args) {
      history = history * 0x9E3779B97F4A7C15L + arg;
    }
    if (call.op.isDirectCall() && call.imm >= THROWING) {
      throw new Interpreter.Unwinding((int) call.imm - THROWING);
    }
    int at = (int) (history >>> 40) & SIZE - 1;
    // Constants stay what they are.
    memory[at % CONSTANTS] ^= (byte) history;
    Signature signature = call.signature;
    int count = signature == null ? 0 : signature.results().size();
    long[] results = new long[2 * count];
    int next = 0;
    for (int i = 0; i < count; i++) {
      Type type = signature.results().get(i);
      long value = history * (2 * i + 1);
      results[next++] =
          switch (type) {
            case I32 -> (int) value;
            case F32 -> Float.floatToRawIntBits(value >> 40) & 0xffff_ffffL;
            case F64 -> Double.doubleToRawLongBits(value >> 20);
            default -> value;
          };
      if (type == Type.V128) {
        results[next++] = ~value;
      }
    }
    return Arrays.copyOf(results, next);
  }

  /** The memory itself. */
  public byte[] memory() {
    return memory;
  }

  /** A number that depends on the contents of the memory and on all calls. */
  public long fingerprint() {
    return history * 31 + Arrays.hashCode(memory);
  }
}
