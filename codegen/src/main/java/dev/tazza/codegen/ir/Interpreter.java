package dev.tazza.codegen.ir;

import dev.tazza.codegen.CompilerBug;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs functions, slowly and exactly as {@link Opcode} describes them; what compiled code is
 * compared with. Scalars are longs as in {@link Evaluator}, REF with zeros above; where values are
 * listed, a vector takes two of them, the low half first. Not thread-safe.
 */
public final class Interpreter {
  /** The world around the function. */
  public interface World {
    /** The address that {@link Opcode#CONTEXT} gives. */
    long context();

    /** Whether {@code bytes} bytes at {@code address} can be accessed. */
    boolean canAccess(long address, int bytes);

    /** Up to eight bytes, little-endian, with zeros above. */
    long load(long address, int bytes);

    void store(long address, int bytes, long value);

    /**
     * Performs a call.
     *
     * @param args all operands: for an indirect or native call the address comes first
     * @return the results of the signature
     * @throws Unwinding when it does not come back in the ordinary way
     */
    long[] call(Inst call, long[] args);
  }

  /** The function trapped. */
  public static final class Trapping extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;

    Trapping(int code) {
      super("trap " + code, null, false, false);
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  /** An exception, on its way to a call that ends its block with a target for it. */
  public static final class Unwinding extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int tag;

    public Unwinding(int tag) {
      super("uncaught " + tag, null, false, false);
      this.tag = tag;
    }

    public int tag() {
      return tag;
    }
  }

  /** The function ran for more steps than it was given. */
  public static final class OutOfFuelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfFuelException() {
      super("out of fuel", null, false, false);
    }
  }

  private final World world;
  private long fuel;

  /** The guest's, which {@link Opcode#CHARGE} takes from. */
  private long guestFuel = Long.MAX_VALUE;

  /**
   * @param fuel how many instructions may run, over all calls of {@link #run}
   */
  public Interpreter(World world, long fuel) {
    this.world = world;
    this.fuel = fuel;
  }

  /** Gives the guest fuel. */
  public void setGuestFuel(long amount) {
    guestFuel = amount;
  }

  /** What the guest has left, or less than 0 if it used up more; also after a trap. */
  public long guestFuel() {
    return guestFuel;
  }

  /** Runs {@code function} and returns its results. */
  public long[] run(Function function, long... args) {
    return new Run(function).run(args);
  }

  /** One activation. The upper halves of vectors are in an array of their own. */
  private final class Run {
    private final Function function;
    private final long[] low;
    private final long[] high;

    Run(Function function) {
      this.function = function;
      low = new long[function.instCount()];
      high = new long[function.instCount()];
    }

    long[] run(long[] args) {
      Block block = function.entry();
      int at = 0;
      for (Inst param : block.params) {
        at = define(param, args, at);
      }
      Inst inst = first(block);
      while (true) {
        if (--fuel < 0) {
          throw new OutOfFuelException();
        }
        if (!inst.op.isTerminator()) {
          step(inst);
          inst = next(inst);
        } else if (inst.op == Opcode.RETURN) {
          return values(inst.args);
        } else if (inst.op.isTailCall()) {
          return world.call(inst, inst.op.isDirectCall() ? values(inst.args) : callee(inst));
        } else {
          inst = follow(terminate(inst));
        }
      }
    }

    private Inst follow(Edge edge) {
      long[] values = values(edge.args);
      int at = 0;
      for (Inst param : edge.target.params) {
        at = define(param, values, at);
      }
      return first(edge.target);
    }

    /** Gives {@code inst} the value at {@code at}; returns where the next one is. */
    private int define(Inst inst, long[] values, int at) {
      low[inst.id] = values[at];
      if (inst.type.isVector()) {
        high[inst.id] = values[at + 1];
        return at + 2;
      }
      return at + 1;
    }

    private Edge terminate(Inst inst) {
      switch (inst.op) {
        case JUMP:
          return inst.targets[0];
        case BRANCH:
          return inst.targets[low[inst.args[0].id] != 0 ? 0 : 1];
        case TRY_CALL, TRY_CALL_INDIRECT, TRY_CALL_REF, TRY_CALL_BY_JUMP:
          return tryCall(inst);
        case SWITCH:
          long index = low[inst.args[0].id] & 0xffff_ffffL;
          return inst.targets[(int) Math.min(index, inst.targets.length - 1)];
        case THROW:
          throw new Unwinding((int) inst.imm);
        default:
          guestFuel -= inst.fuel();
          throw new Trapping(inst.trap);
      }
    }

    /** The operands of a call of a reference as those of a call of an address. */
    private long[] callee(Inst inst) {
      long[] values = values(inst.args);
      long reference = values[0];
      values[0] = code(inst, reference + inst.imm);
      values[1] = code(inst, reference + inst.immHigh());
      return values;
    }

    private Edge tryCall(Inst inst) {
      try {
        call(inst, inst.targets[0].target.first);
        return inst.targets[0];
      } catch (Unwinding unwinding) {
        for (int i = 0; i < inst.tags().length; i++) {
          if (inst.tags()[i] == unwinding.tag() || inst.tags()[i] == Inst.ANY_TAG) {
            return inst.targets[i + 1];
          }
        }
        throw unwinding;
      }
    }

    private void step(Inst inst) {
      switch (inst.op) {
        case ICONST, FCONST -> low[inst.id] = inst.imm;
        case VCONST -> {
          low[inst.id] = inst.imm;
          high[inst.id] = inst.immHigh();
        }
        case CONTEXT -> low[inst.id] = world.context();
        case SELECT -> copy(inst, low[inst.args[0].id] != 0 ? inst.args[1] : inst.args[2]);
        case CLAMP_LT, CLAMP_LE -> clamp(inst);
        case LOOK_UP -> copy(inst, inst.args[1 + (int) low[inst.args[0].id]]);
        case BITCAST -> {
          copy(inst, inst.args[0]);
          low[inst.id] = normalize(inst.type, low[inst.id]);
        }
        case LOAD, LOAD_FIELD -> load(inst);
        case STORE -> store(inst, inst.args[1]);
        case STORE_FIELD -> store(inst, inst.args[2]);
        case ATOMIC_LOAD -> load(inst);
        case ATOMIC_STORE -> store(inst, inst.args[1]);
        case ATOMIC_ADD,
            ATOMIC_SUB,
            ATOMIC_AND,
            ATOMIC_OR,
            ATOMIC_XOR,
            ATOMIC_EXCHANGE,
            ATOMIC_COMPARE_EXCHANGE ->
            update(inst);
        case FENCE -> {}
        case TRAP_IF -> trapWhen(inst, low[inst.args[0].id] != 0);
        case TRAP_UNLESS -> trapWhen(inst, low[inst.args[0].id] == 0);
        case CALL_DIRECT, CALL_INDIRECT, CALL_REF, CALL_BY_JUMP, CALL_NATIVE ->
            call(inst, inst.next);
        case CHARGE -> charge(inst);
        case RESULT, POLL, HOME, LABEL -> {}
        default -> {
          if (inst.op.isVector()) {
            computeVector(inst);
          } else {
            low[inst.id] = compute(inst);
          }
        }
      }
    }

    private void clamp(Inst inst) {
      int order = Long.compareUnsigned(low[inst.args[1].id], low[inst.args[2].id]);
      boolean inside = inst.op == Opcode.CLAMP_LT ? order < 0 : order <= 0;
      low[inst.id] = inside ? low[inst.args[0].id] : 0;
    }

    private void computeVector(Inst inst) {
      Bits128 result = VectorEvaluator.eval(inst, arg(inst, 0), arg(inst, 1), arg(inst, 2));
      low[inst.id] = result.low();
      high[inst.id] = result.high();
    }

    private Bits128 arg(Inst inst, int index) {
      return index < inst.args.length
          ? new Bits128(low[inst.args[index].id], high[inst.args[index].id])
          : Bits128.ZERO;
    }

    private void trapWhen(Inst inst, boolean condition) {
      if (condition) {
        guestFuel -= inst.fuel();
        throw new Trapping(inst.trap);
      }
    }

    private void charge(Inst inst) {
      guestFuel -= inst.imm + (inst.args.length == 0 ? 0 : low[inst.args[0].id]);
      trapWhen(inst, inst.trap != 0 && guestFuel < 0);
    }

    private void copy(Inst to, Inst from) {
      low[to.id] = low[from.id];
      high[to.id] = high[from.id];
    }

    private long compute(Inst inst) {
      if (!Evaluator.canEval(inst.op)) {
        throw new CompilerBug(
            "interpreter", function.name, "cannot run " + Printer.print(inst), "");
      }
      Type argType = inst.args[0].type;
      long a = low[inst.args[0].id];
      long b = inst.args.length > 1 ? low[inst.args[1].id] : 0;
      int trap = Evaluator.traps(inst.op, inst.type, argType, a, b);
      if (trap >= 0) {
        throw trap(inst, trap);
      }
      return Evaluator.eval(inst.op, inst.type, argType, a, b);
    }

    private RuntimeException trap(Inst inst, int offset) {
      guestFuel -= inst.fuel();
      return inst.trap != 0
          ? new Trapping(inst.trap + offset)
          : new CompilerBug(
              "interpreter",
              function.name,
              "traps, but is said not to: " + Printer.print(inst),
              Printer.print(function));
    }

    private MemoryAccess access(Inst inst, long address) {
      MemoryAccess access = inst.access;
      if (access == null || !world.canAccess(address, access.bytes())) {
        throw trap(inst, 0);
      }
      return access;
    }

    private void load(Inst inst) {
      long address = address(inst);
      MemoryAccess access = access(inst, address);
      long value = world.load(address, Math.min(access.bytes(), 8));
      high[inst.id] = access.bytes() == 16 ? world.load(address + 8, 8) : 0;
      int unused = 64 - access.bytes() * 8;
      if (access.signed() && unused > 0) {
        value = value << unused >> unused;
      }
      low[inst.id] = normalize(inst.type, value);
    }

    private long address(Inst inst) {
      boolean field = inst.op == Opcode.LOAD_FIELD || inst.op == Opcode.STORE_FIELD;
      return low[inst.args[0].id] + inst.imm + (field ? low[inst.args[1].id] : 0);
    }

    private void store(Inst inst, Inst value) {
      long address = address(inst);
      MemoryAccess access = access(inst, address);
      world.store(address, Math.min(access.bytes(), 8), low[value.id]);
      if (access.bytes() == 16) {
        world.store(address + 8, 8, high[value.id]);
      }
    }

    /** Reads, computes and writes; nothing comes between. */
    private void update(Inst inst) {
      load(inst);
      long before = low[inst.id];
      long value = low[inst.args[1].id];
      int bytes = inst.access == null ? 0 : inst.access.bytes();
      long stored =
          switch (inst.op) {
            case ATOMIC_ADD -> before + value;
            case ATOMIC_SUB -> before - value;
            case ATOMIC_AND -> before & value;
            case ATOMIC_OR -> before | value;
            case ATOMIC_XOR -> before ^ value;
            case ATOMIC_COMPARE_EXCHANGE -> {
              boolean isEqual = (before ^ value) << 64 - 8 * bytes == 0;
              yield isEqual ? low[inst.args[2].id] : before;
            }
            default -> value;
          };
      world.store(address(inst), bytes, stored);
    }

    private void call(Inst inst, @Nullable Inst firstResult) {
      long[] values = values(inst.args);
      if (inst.op.isCallByReference()) {
        values[0] = code(inst, values[0] + inst.imm);
      }
      long[] results = world.call(inst, values);
      Inst at = firstResult;
      for (; at != null && at.op == Opcode.RESULT; at = at.next) {
        define(at, results, placeOf(inst, (int) at.imm));
      }
    }

    private long code(Inst call, long address) {
      if (!world.canAccess(address, Long.BYTES)) {
        throw trap(call, 0);
      }
      return world.load(address, Long.BYTES);
    }

    private int placeOf(Inst call, int result) {
      int place = 0;
      for (int i = 0; call.signature != null && i < result; i++) {
        place += call.signature.results().get(i).isVector() ? 2 : 1;
      }
      return place;
    }

    private long[] values(Inst[] insts) {
      long[] result = new long[2 * insts.length];
      int count = 0;
      for (Inst inst : insts) {
        result[count++] = low[inst.id];
        if (inst.type.isVector()) {
          result[count++] = high[inst.id];
        }
      }
      return Arrays.copyOf(result, count);
    }

    private Inst first(Block block) {
      return check(block.first, block);
    }

    private Inst next(Inst inst) {
      return check(inst.next, inst);
    }

    private Inst check(@Nullable Inst inst, Object after) {
      if (inst == null) {
        throw new CompilerBug("interpreter", function.name, "nothing after " + after, "");
      }
      return inst;
    }
  }

  private static long normalize(Type type, long value) {
    return switch (type) {
      case I32 -> (int) value;
      case F32, REF -> value & 0xffff_ffffL;
      default -> value;
    };
  }
}
