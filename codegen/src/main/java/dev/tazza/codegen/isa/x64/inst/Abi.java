package dev.tazza.codegen.isa.x64.inst;

import static dev.tazza.assembler.x64.Registers.R10;
import static dev.tazza.assembler.x64.Registers.R11;
import static dev.tazza.assembler.x64.Registers.R12;
import static dev.tazza.assembler.x64.Registers.R13;
import static dev.tazza.assembler.x64.Registers.R14;
import static dev.tazza.assembler.x64.Registers.R8;
import static dev.tazza.assembler.x64.Registers.R9;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RBX;
import static dev.tazza.assembler.x64.Registers.RCX;
import static dev.tazza.assembler.x64.Registers.RDI;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;

import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import java.util.Arrays;
import java.util.List;

/**
 * The two calling conventions of compiled code on x86-64, and the registers with a fixed job.
 *
 * <p>The convention of compiled code: r15 holds the pinned context everywhere; rbp the frame
 * pointer. Parameter 0, the function's context, is in r14, which the callee preserves. The stack at
 * a call, before the return address is pushed (rsp is then a multiple of 16):
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
  /** What fuel is left, in code that uses it up. No other value is there then. */
  public static final int FUEL = R12;

  /** Where a function gets its own context, and its caller wants to find it again. */
  public static final int OWN_CONTEXT = R14;

  private static final int XMM0 = PReg.ofFloat(0);

  /** The emitter's own. */
  public static final int SCRATCH = PReg.ofFloat(15);

  private static final int[] INT_PARAMS = {RAX, RCX, RDX, RSI, RDI, R8, R9, R10};
  private static final int[] INT_RESULTS = {RAX, RCX, RDX, RSI, RDI, R8};
  private static final int FLOAT_PARAMS = 8;
  private static final int FLOAT_RESULTS = 6;
  private static final int[] NATIVE_PARAMS = {RDI, RSI, RDX, RCX, R8, R9};

  /** Preserved by compiled functions; a subset of what the C convention preserves. */
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
    places.registers[0] = OWN_CONTEXT;
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
