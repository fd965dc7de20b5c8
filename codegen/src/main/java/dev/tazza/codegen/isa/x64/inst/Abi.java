package dev.tazza.codegen.isa.x64.inst;

import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import java.util.Arrays;
import java.util.List;

/**
 * The two calling conventions of compiled code on x86-64, and the registers with a fixed job.
 *
 * <p>The convention of guest code: r15 holds the store context everywhere; rbp the frame pointer.
 * Parameter 0, the instance context, is in r14, which the callee preserves. The stack at a call,
 * before the return address is pushed (rsp is then a multiple of 16):
 *
 * <pre>
 *   rsp + argument bytes   further results, written by the callee; the caller's area
 *   rsp                    further parameters, popped by the callee; rounded up to 16 bytes
 * </pre>
 *
 * <p>In code that uses up fuel, r12 holds what is left, and changes over calls.
 *
 * <p>An entry is 8 bytes, 16 for V128. I32 values are zero-extended to 64 bits in registers; on the
 * stack only their low 4 bytes count.
 *
 * <p>While a function without a frame runs, rbp is still the caller's frame and the return address
 * is at rsp. Which functions are such is told with their code.
 */
public final class Abi {
  public static final int RAX = 0;
  public static final int RCX = 1;
  public static final int RDX = 2;
  public static final int RBX = 3;
  public static final int RSP = 4;
  public static final int RBP = 5;
  public static final int RSI = 6;
  public static final int RDI = 7;
  public static final int R8 = 8;
  public static final int R9 = 9;
  public static final int R10 = 10;
  public static final int R11 = 11;
  public static final int R12 = 12;
  public static final int R13 = 13;

  /** Instance context at calls. */
  public static final int R14 = 14;

  /** Store context, always. */
  public static final int R15 = 15;

  /** What fuel is left, in code that uses it up. No other value is there then. */
  public static final int FUEL = R12;

  private static final int XMM0 = PReg.ofFloat(0);

  /** The emitter's own. */
  public static final int SCRATCH = PReg.ofFloat(15);

  private static final int[] INT_PARAMS = {RAX, RCX, RDX, RSI, RDI, R8, R9, R10};
  private static final int[] INT_RESULTS = {RAX, RCX, RDX, RSI, RDI, R8};
  private static final int FLOAT_PARAMS = 8;
  private static final int FLOAT_RESULTS = 6;
  private static final int[] NATIVE_PARAMS = {RDI, RSI, RDX, RCX, R8, R9};

  /** Preserved by guest functions; a subset of what the C convention preserves. */
  public static final long CALLEE_SAVED = mask(RBX, R12, R13, R14);

  /** What a call of either convention may overwrite, r11 and the scratch register included. */
  static final long CALL_CLOBBERS =
      mask(RAX, RCX, RDX, RSI, RDI, R8, R9, R10, R11) | 0xffffL << XMM0;

  public static final RegisterFile REGISTERS =
      new RegisterFile(
          new int[] {RAX, RCX, RDX, RSI, RDI, R8, R9, R10, R11, RBX, R12, R13, R14},
          floats(15),
          CALLEE_SAVED,
          SCRATCH);

  /** Those of code that uses up fuel. */
  public static final RegisterFile REGISTERS_BESIDE_FUEL =
      new RegisterFile(
          new int[] {RAX, RCX, RDX, RSI, RDI, R8, R9, R10, R11, RBX, R13, R14},
          floats(15),
          CALLEE_SAVED,
          SCRATCH);

  private Abi() {}

  private static long mask(int... registers) {
    long mask = 0;
    for (int register : registers) {
      mask |= PReg.mask(register);
    }
    return mask;
  }

  private static int[] floats(int count) {
    int[] registers = new int[count];
    Arrays.setAll(registers, PReg::ofFloat);
    return registers;
  }

  /**
   * Where parameters or results travel.
   *
   * @param registers for each a physical register, or -1: on the stack
   * @param offsets of those on the stack, from the start of their area
   * @param stackBytes size of that area, a multiple of 16
   */
  public record Places(int[] registers, int[] offsets, int stackBytes) {}

  public static Places params(List<Type> types) {
    Places places = new Places(new int[types.size()], new int[types.size()], 0);
    if (types.isEmpty()) {
      return places;
    }
    places.registers[0] = R14;
    return assign(types, 1, INT_PARAMS, FLOAT_PARAMS, places);
  }

  public static Places results(List<Type> types) {
    Places places = new Places(new int[types.size()], new int[types.size()], 0);
    return types.isEmpty() ? places : assign(types, 0, INT_RESULTS, FLOAT_RESULTS, places);
  }

  private static Places assign(
      List<Type> types, int from, int[] intRegisters, int floatRegisters, Places places) {
    int ints = 0;
    int floats = 0;
    int bytes = 0;
    for (int i = from; i < types.size(); i++) {
      Type type = types.get(i);
      if (type.isGeneral() && ints < intRegisters.length) {
        places.registers[i] = intRegisters[ints++];
      } else if (!type.isGeneral() && floats < floatRegisters) {
        places.registers[i] = XMM0 + floats++;
      } else {
        int size = type == Type.V128 ? 16 : 8;
        bytes = bytes + size - 1 & -size;
        places.registers[i] = -1;
        places.offsets[i] = bytes;
        bytes += size;
      }
    }
    return new Places(places.registers, places.offsets, bytes + 15 & -16);
  }

  /** Parameters of the platform's C convention (System V): integers in registers only. */
  public static int nativeParam(int index) {
    return NATIVE_PARAMS[index];
  }
}
