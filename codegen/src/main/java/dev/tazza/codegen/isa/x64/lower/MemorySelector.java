package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.AluOp;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Alu;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Rmw;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Store;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreLane;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreLaneOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TableAddress;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.machine.lower.MachineBuffer;
import dev.tazza.codegen.machine.lower.Selection;
import dev.tazza.codegen.opt.algebra.KnownBits;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Selects loads and stores, and finds the loads and constants that others can take into themselves.
 */
final class MemorySelector {
  private final Selection<X64Inst> selection;
  private final MachineBuffer<X64Inst> buffer;
  private final AddressSelector addresses;
  final LoadedLanes lanes;

  MemorySelector(Selection<X64Inst> selection, AddressSelector addresses) {
    this.selection = selection;
    this.addresses = addresses;
    buffer = selection.buffer;
    lanes = new LoadedLanes(selection, addresses);
  }

  Amode address(Inst access) {
    return address(access, access);
  }

  /** The address of {@code access}, where {@code first} traps in its place. */
  private Amode address(Inst first, Inst access) {
    return addresses.address(access.args[0], access.imm, first.trapEntry());
  }

  // For users of values.

  /**
   * The value as it can stand on the right side of integer arithmetic: immediate, memory, register.
   */
  Source source(Inst inst, Type type) {
    Inst value = selection.value(inst);
    if (Selection.isInt32(value)) {
      return new Imm((int) value.imm);
    }
    return loadOrReg(value, type);
  }

  /** Memory or register. */
  Source loadOrReg(Inst inst, Type type) {
    Amode amode = load(inst, type);
    return amode == null ? new Source.Reg(selection.reg(inst)) : amode;
  }

  /** Float operand: memory, a constant in the pool, or a register. */
  Source floatSource(Inst inst) {
    Inst value = selection.value(inst);
    if (value.op == Opcode.FCONST && !selection.isAskedFor(value)) {
      return value.type == Type.F32 ? Pool.f32((int) value.imm) : Pool.f64(value.imm);
    }
    return loadOrReg(inst, value.type);
  }

  /**
   * Takes the load of a full {@code type} that {@code inst} is; null if it is none that can be
   * taken.
   */
  @Nullable Amode load(Inst inst, Type type) {
    Inst load = selection.movableLoad(inst);
    if (load == null || load.type != type || bytes(load) != type.bytes()) {
      return null;
    }
    return take(load);
  }

  /** Takes a load of so many bytes, however it extends them: for users who look at no more. */
  @Nullable Amode loadOfBytes(Inst inst, int bytes) {
    Inst load = selection.movableLoad(inst);
    return load == null || !load.type.isInt() || bytes(load) != bytes ? null : take(load);
  }

  /**
   * Takes a load of eight bytes for a user who loads only the low four: not one that may trap,
   * since the end of memory may be between them.
   */
  @Nullable Amode lowHalf(Inst inst) {
    Inst load = selection.movableLoad(inst);
    return load == null || !load.type.isInt() || bytes(load) != 8 || load.trap != 0
        ? null
        : take(load);
  }

  /** Takes a load of so many bytes into the lower part of a vector. */
  @Nullable Amode loadOfVector(Inst inst, int bytes) {
    Inst load = selection.movableLoad(inst);
    return load == null || load.type != Type.V128 || bytes(load) != bytes ? null : take(load);
  }

  /** Takes a load that {@link Selection#movableLoad} has found. */
  Amode take(Inst load) {
    selection.take(load);
    return address(load);
  }

  static int bytes(Inst access) {
    return access(access).bytes();
  }

  private static MemoryAccess access(Inst inst) {
    MemoryAccess access = inst.access;
    if (access == null) {
      throw new IllegalArgumentException("no memory access: " + inst);
    }
    return access;
  }

  // Loads and stores of their own.

  void load(Inst inst) {
    int dst = selection.def(inst);
    buffer.add(new Unary(loadOp(inst), dst, address(inst)));
    lanes.load(inst);
  }

  /** A load from a table whose elements are no wider than they have to be. */
  void lookUp(Inst inst) {
    long[] values = new long[inst.args.length - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = inst.args[i + 1].imm;
    }
    int unsignedBytes = width(values, inst.type, false);
    int signedBytes = width(values, inst.type, true);
    boolean signed = signedBytes < unsignedBytes;
    int bytes = signed ? signedBytes : unsignedBytes;
    int base = selection.newInt();
    int index = selection.reg(inst.args[0]);
    if (selection.clampsTables()) {
      // In a chain of such loads a mask costs a cycle, a comparison and a conditional move two.
      values = Arrays.copyOf(values, X64Inst.tableSize(values.length));
      index = masked(inst.args[0], index, values.length - 1);
    }
    buffer.add(new TableAddress(base, bytes, values));
    Amode element = new Amode(base, index, Integer.numberOfTrailingZeros(bytes), 0, 0);
    buffer.add(new Unary(loadOp(inst.type, bytes, signed), selection.def(inst), element));
  }

  /** The register of {@code value}, with no other bits than those of the mask. */
  private int masked(Inst value, int register, int mask) {
    if ((KnownBits.possibleOnes(value) & ~mask) == 0) {
      return register;
    }
    int masked = selection.newInt();
    buffer.add(new Alu(AluOp.AND, false, masked, register, new Source.Imm(mask)));
    return masked;
  }

  /** The least size of an access that extends to {@code values}, constants of {@code type}. */
  private static int width(long[] values, Type type, boolean signed) {
    int bytes = type.isInt() ? 1 : type.bytes();
    for (int i = 0; i < values.length && bytes < type.bytes(); i++) {
      while (bytes < type.bytes() && !fits(values[i], 8 * bytes, signed)) {
        bytes *= 2;
      }
    }
    return bytes;
  }

  private static boolean fits(long value, int bits, boolean signed) {
    return signed ? value == value << -bits >> -bits : value >>> bits == 0;
  }

  private static UnaryOp loadOp(Inst inst) {
    return loadOp(inst.type, bytes(inst), access(inst).signed());
  }

  /** The load of so many bytes to a value of {@code type}. */
  static UnaryOp loadOp(Type type, int bytes, boolean signed) {
    boolean wide = type == Type.I64;
    return switch (type) {
      case F32 -> UnaryOp.MOVSS;
      case F64 -> UnaryOp.MOVSD;
      case V128 -> bytes == 16 ? UnaryOp.MOVUPS : bytes == 8 ? UnaryOp.MOVSD : UnaryOp.MOVSS;
      case NONE -> throw new IllegalArgumentException("a load of nothing");
      case I32, I64, REF ->
          switch (bytes) {
            case 1 -> signed ? wide ? UnaryOp.MOVSX8_64 : UnaryOp.MOVSX8_32 : UnaryOp.MOVZX8;
            case 2 -> signed ? wide ? UnaryOp.MOVSX16_64 : UnaryOp.MOVSX16_32 : UnaryOp.MOVZX16;
            case 4 -> signed && wide ? UnaryOp.MOVSX32_64 : UnaryOp.MOV32;
            default -> UnaryOp.MOV64;
          };
    };
  }

  void loadField(Inst inst) {
    int dst = selection.def(inst);
    buffer.add(new Unary(loadOp(inst), dst, field(inst)));
  }

  void storeField(Inst inst) {
    Inst value = selection.value(inst.args[2]);
    StoreOp op =
        switch (value.type) {
          case F32 -> StoreOp.STORESS;
          case F64 -> StoreOp.STORESD;
          case V128 -> StoreOp.STOREUPS;
          default -> storeOp(bytes(inst));
        };
    Source source = new Source.Reg(selection.reg(value));
    buffer.add(new Store(op, field(inst), source));
  }

  /** The one operand that adds a base and a reference. */
  private Amode field(Inst inst) {
    if (inst.imm != (int) inst.imm) {
      throw new IllegalArgumentException("no field is that far away: " + inst.imm);
    }
    int base = selection.reg(inst.args[0]);
    int reference = selection.reg(inst.args[1]);
    return new Amode(base, reference, 0, (int) inst.imm, inst.trapEntry());
  }

  void store(Inst inst) {
    Inst value = selection.value(inst.args[1]);
    int bytes = bytes(inst);
    if (value.type == Type.V128) {
      Source vector = new Source.Reg(selection.reg(value));
      buffer.add(new Store(StoreOp.STOREUPS, address(inst), vector));
      return;
    }
    if (value.op == Opcode.VEXTRACT_LANE && storeLane(inst, value, bytes)) {
      return;
    }
    if (value.type.isInt() && (readModifyWrite(inst, value, bytes))) {
      return;
    }
    if (value.isConst() && (bytes < 8 || value.imm == (int) value.imm)) {
      buffer.add(new Store(storeOp(bytes), address(inst), new Imm((int) value.imm)));
      return;
    }
    // Only as a whole: there is no narrow store from a float register.
    if (value.op == Opcode.BITCAST && bytes == value.type.bytes() && !selection.isAskedFor(value)) {
      value = selection.value(value.args[0]);
    }
    StoreOp op;
    if (value.type.isFloat()) {
      op = value.type == Type.F32 ? StoreOp.STORESS : StoreOp.STORESD;
    } else {
      op = storeOp(bytes);
      value = lowBits(value, bytes);
    }
    Source source = new Source.Reg(selection.reg(value));
    buffer.add(new Store(op, address(inst), source));
  }

  /** Stores a lane from the vector itself, if it is as wide as the store. */
  private boolean storeLane(Inst store, Inst value, int bytes) {
    Shape shape = value.shape();
    if (shape == null || shape.laneBytes() != bytes || selection.isAskedFor(value)) {
      return false;
    }
    int lane = (int) value.imm;
    Source.Reg vector = new Source.Reg(selection.reg(value.args[0]));
    Amode address = address(store);
    if (bytes >= 4 && lane == 0) {
      buffer.add(new Store(bytes == 4 ? StoreOp.STORESS : StoreOp.STORESD, address, vector));
      return true;
    }
    StoreLaneOp op =
        switch (bytes) {
          case 1 -> StoreLaneOp.PEXTRB;
          case 2 -> StoreLaneOp.PEXTRW;
          case 4 -> StoreLaneOp.PEXTRD;
          default -> StoreLaneOp.MOVHPS;
        };
    buffer.add(new StoreLane(op, address, vector.vreg(), lane));
    return true;
  }

  /** A value with the same low {@code bytes} that is nearer to the source. */
  Inst lowBits(Inst stored, int bytes) {
    Inst value = stored;
    long mask = bytes == 8 ? -1 : (1L << 8 * bytes) - 1;
    for (int i = 0; i < Selection.LONGEST_CHAIN && !selection.isAskedFor(value); i++) {
      boolean redundant =
          switch (value.op) {
            case WRAP -> true;
            case AND -> {
              Inst right = selection.value(value.args[1]);
              yield bytes < 8 && right.op == Opcode.ICONST && (right.imm & mask) == mask;
            }
            case EXTEND8_S -> bytes == 1;
            case EXTEND16_S -> bytes <= 2;
            case EXTEND32_S -> bytes <= 4;
            default -> false;
          };
      if (!redundant) {
        break;
      }
      value = selection.value(value.args[0]);
    }
    return value;
  }

  private static StoreOp storeOp(int bytes) {
    return switch (bytes) {
      case 1 -> StoreOp.STORE8;
      case 2 -> StoreOp.STORE16;
      case 4 -> StoreOp.STORE32;
      default -> StoreOp.STORE64;
    };
  }

  /** {@code [a] = [a] op x}: the load, the operation and the store have no other user. */
  private boolean readModifyWrite(Inst store, Inst value, int bytes) {
    AluOp op =
        switch (value.op) {
          case ADD -> AluOp.ADD;
          case SUB -> AluOp.SUB;
          case AND -> AluOp.AND;
          case OR -> AluOp.OR;
          case XOR -> AluOp.XOR;
          default -> null;
        };
    if (op == null || !selection.hasOneUse(value) || selection.isAskedFor(value)) {
      return false;
    }
    Inst load = sameLocation(store, value.args[0], bytes);
    Inst other = value.args[1];
    if (load == null && op != AluOp.SUB) {
      load = sameLocation(store, value.args[1], bytes);
      other = value.args[0];
    }
    if (load == null) {
      return false;
    }
    selection.take(load);
    Inst right = selection.value(other);
    Source source =
        Selection.isInt32(right)
            ? new Imm((int) right.imm)
            : new Source.Reg(selection.reg(lowBits(right, bytes)));
    // The load comes first, and traps if the store would.
    buffer.add(new Rmw(op, bytes, address(load, store), source, false));
    return true;
  }

  private @Nullable Inst sameLocation(Inst store, Inst value, int bytes) {
    Inst load = selection.movableLoad(value);
    boolean same =
        load != null
            && bytes(load) == bytes
            && load.imm == store.imm
            && load.trap == store.trap
            && access(load).region() == access(store).region()
            && selection.value(load.args[0]) == selection.value(store.args[0]);
    return same ? load : null;
  }
}
