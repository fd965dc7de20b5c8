package dev.tazza.assembler.x64;

import static dev.tazza.assembler.x64.Opcodes.M0F;
import static dev.tazza.assembler.x64.Opcodes.M0F38;
import static dev.tazza.assembler.x64.Opcodes.P66;
import static dev.tazza.assembler.x64.Opcodes.PF3;
import static dev.tazza.assembler.x64.Place.NO_REGISTER;

import dev.tazza.assembler.CodeBuffer;

/**
 * Instructions by their mnemonics, for code that is written by hand: a method each, destination
 * first, sizes in bytes. Registers are those of {@link Registers}, or numbers of vector registers;
 * memory operands come from {@code at} and {@link #constant} and are good for the next instruction.
 *
 * <p>Code has labels and may have constants of 64 bits between its instructions. {@link #finish}
 * ends it.
 */
public final class Assembler {
  private static final int LINE = 64;

  private final CodeBuffer out = new CodeBuffer(64, X64Branches.INSTANCE);
  private final Encoder encoder = new Encoder(out);
  private final Place memory = new Place();
  private final Place register = new Place();

  public Assembler() {}

  /** Settles the sizes of jumps; returns the code. */
  public byte[] finish() {
    out.layout();
    return out.finish();
  }

  // Places in the code.

  /** A label for {@link #bind}. */
  public int label() {
    return out.newLabel();
  }

  /** Puts the label here. */
  public void bind(int label) {
    out.bind(label);
  }

  /** A label that is here. */
  public int here() {
    int label = out.newLabel();
    out.bind(label);
    return label;
  }

  /** Offset of a label in the code, after {@link #finish}. */
  public int offset(int label) {
    return out.labelAddress(label);
  }

  /** Makes the offset of what follows a multiple of a power of two, at most 32. */
  public void align(int alignment) {
    if (alignment >= LINE) {
      throw new IllegalArgumentException("alignment " + alignment + ", expected at most 32");
    }
    out.align(alignment);
  }

  /** Eight bytes of data here; returns their label. */
  public int int64(long value) {
    int label = here();
    out.int64(value);
    return label;
  }

  /** Code that was made elsewhere. */
  public void bytes(byte[] code) {
    for (byte value : code) {
      out.byte1(value);
    }
  }

  // Operands.

  private Place in(int number) {
    return register.register(number);
  }

  /** {@code [base + disp]}. */
  public Place at(int base, int disp) {
    return memory.memory(base, disp);
  }

  /** {@code [base + index * scale + disp]}. */
  public Place at(int base, int index, int scale, int disp) {
    return memory.memory(base, index, Integer.numberOfTrailingZeros(scale), disp);
  }

  /** {@code [rip + …]}: what is at a label of this code. */
  public Place constant(int label) {
    return memory.label(label);
  }

  // Moves.

  /** {@code mov} between registers. */
  public void mov(int bytes, int to, int from) {
    encoder.encode(0x89, Encoder.sizeFlags(bytes), from, in(to));
  }

  /** {@code mov to, value} with the shortest form that leaves the flags alone. */
  public void movImm(int to, long value) {
    encoder.moveImm(to, value);
  }

  /** {@code mov} from memory, zero-extended if it is less than 4 bytes. */
  public void load(int bytes, int to, Place from) {
    switch (bytes) {
      case 1 -> encoder.encode(M0F | 0xb6, 0, to, from);
      case 2 -> encoder.encode(M0F | 0xb7, 0, to, from);
      default -> encoder.encode(0x8b, Encoder.sizeFlags(bytes), to, from);
    }
  }

  /** {@code movsxd}: 4 bytes from memory, sign-extended. */
  public void loadSigned(int to, Place from) {
    encoder.encode(0x63, Encoder.W, to, from);
  }

  /** {@code mov} to memory. */
  public void store(int bytes, Place to, int from) {
    encoder.encode(bytes == 1 ? 0x88 : 0x89, Encoder.sizeFlags(bytes), from, to);
  }

  /** {@code mov} of a constant of 4 bytes to memory. */
  public void storeImm(Place to, int value) {
    encoder.immediate(0xc7, 0, 0, 4, to, value);
  }

  /** {@code mov to, fs:[disp]} of 4 bytes, or 8. */
  public void loadFs(int bytes, int to, int disp) {
    out.byte1(0x64);
    load(bytes, to, memory.memory(NO_REGISTER, disp));
  }

  public void lea(int to, Place from) {
    encoder.encode(0x8d, Encoder.W, to, from);
  }

  /** {@code cmov} of 8 bytes. */
  public void cmov(Cond condition, int to, int from) {
    encoder.encode(M0F | 0x40 | condition.code, Encoder.W, to, in(from));
  }

  public void push(int from) {
    encoder.push(from);
  }

  public void pop(int to) {
    encoder.pop(to);
  }

  // Arithmetic. The numbers are those of the opcodes' extension, 0 add to 7 cmp.

  /** {@code xor} with itself: zero in all of the register. */
  public void zero(int to) {
    encoder.encode(0x31, 0, to, in(to));
  }

  public void add(int to, int from) {
    encoder.encode(0x01, Encoder.W, from, in(to));
  }

  /** {@code add} to 8 bytes of memory. */
  public void add(Place to, int from) {
    encoder.encode(0x01, Encoder.W, from, to);
  }

  public void addImm(int to, int value) {
    encoder.aluImm(0, 8, in(to), value);
  }

  public void andImm(int to, int value) {
    encoder.aluImm(4, 8, in(to), value);
  }

  public void sub(int to, int from) {
    encoder.encode(0x29, Encoder.W, from, in(to));
  }

  public void sub(int to, Place from) {
    encoder.encode(0x2b, Encoder.W, to, from);
  }

  public void subImm(int to, int value) {
    encoder.aluImm(5, 8, in(to), value);
  }

  /** {@code dec} of 4 or 8 bytes. */
  public void dec(int bytes, int to) {
    encoder.encode(0xff, Encoder.sizeFlags(bytes), 1, in(to));
  }

  public void shlImm(int to, int bits) {
    encoder.encode(0xc1, Encoder.W, 4, in(to), 1);
    out.byte1(bits);
  }

  /** {@code shr} of 8 bytes. */
  public void shrImm(int to, int bits) {
    encoder.encode(0xc1, Encoder.W, 5, in(to), 1);
    out.byte1(bits);
  }

  public void cmp(int left, int right) {
    encoder.encode(0x39, Encoder.W, right, in(left));
  }

  /** {@code cmp} of 4 or 8 bytes with memory. */
  public void cmp(int bytes, int left, Place right) {
    encoder.encode(0x3b, Encoder.sizeFlags(bytes), left, right);
  }

  public void cmp(Place left, int right) {
    encoder.encode(0x39, Encoder.W, right, left);
  }

  /** {@code cmp} with a register of 4 or 8 bytes. */
  public void cmpImm(int bytes, int left, int value) {
    encoder.aluImm(7, bytes, in(left), value);
  }

  /** {@code cmp} with memory of 4 bytes. */
  public void cmpImm(Place left, int value) {
    encoder.aluImm(7, 4, left, value);
  }

  /** {@code test} of 4 or 8 bytes. */
  public void test(int bytes, int left, int right) {
    encoder.encode(0x85, Encoder.sizeFlags(bytes), right, in(left));
  }

  /** {@code test} of a register's low byte. */
  public void testImm(int left, int bits) {
    encoder.immediate(0xf6, Encoder.BYTE_RM, 0, 1, in(left), bits);
  }

  /** {@code lfence}: nothing behind it begins before all in front of it is done. */
  public void loadFence() {
    out.byte1(0x0f);
    out.byte1(0xae);
    out.byte1(0xe8);
  }

  // Control.

  public void jmp(int label) {
    out.jump(label);
  }

  public void jmp(Place to) {
    encoder.encode(0xff, 0, 4, to);
  }

  /** {@code jmp} to an address in a register. */
  public void jmpTo(int address) {
    encoder.encode(0xff, 0, 4, in(address));
  }

  public void jcc(Cond condition, int label) {
    out.jump(condition.code, label);
  }

  public void call(int label) {
    out.byte1(0xe8);
    out.relative(label, 0);
  }

  public void call(Place to) {
    encoder.encode(0xff, 0, 2, to);
  }

  /** {@code call} of an address in a register. */
  public void callTo(int address) {
    encoder.encode(0xff, 0, 2, in(address));
  }

  public void ret() {
    out.byte1(0xc3);
  }

  public void syscall() {
    out.int16(0x050f);
  }

  public void cpuid() {
    out.int16(0xa20f);
  }

  public void xgetbv() {
    out.byte1(0x0f);
    out.int16(0xd001);
  }

  // Vectors.

  /** {@code movq} of 8 bytes between registers, to an SSE register. */
  public void movqToVector(int to, int from) {
    encoder.encode(P66 | M0F | 0x6e, Encoder.W, to, in(from));
  }

  /** {@code movq} of 8 bytes between registers, from a vector register; 16 and above need EVEX. */
  public void movqFromVector(int to, int from) {
    if (from >= 16) {
      encoder.evex(P66 | M0F | 0x7e, Encoder.W, from, 0, in(to));
    } else {
      encoder.encode(P66 | M0F | 0x7e, Encoder.W, from, in(to));
    }
  }

  /** {@code movq} of 8 bytes to memory. */
  public void storeq(Place to, int from) {
    encoder.encode(P66 | M0F | 0xd6, 0, from, to);
  }

  /**
   * Loads a vector of 16, 32 or 64 bytes from any address: SSE, AVX or, for registers from 16 on
   * and 64 bytes, AVX-512.
   */
  public void loadVector(int bytes, int to, Place from) {
    if (to >= 16 || bytes == LINE) {
      encoder.evex(PF3 | M0F | 0x6f, Encoder.W | length(bytes), to, 0, from);
    } else if (bytes == 16) {
      encoder.encode(M0F | 0x10, 0, to, from);
    } else {
      encoder.vex(PF3 | M0F | 0x6f, length(bytes), to, 0, from);
    }
  }

  /** Stores what {@link #loadVector} loads. */
  public void storeVector(int bytes, Place to, int from) {
    if (from >= 16 || bytes == LINE) {
      encoder.evex(PF3 | M0F | 0x7f, Encoder.W | length(bytes), from, 0, to);
    } else if (bytes == 16) {
      encoder.encode(M0F | 0x11, 0, from, to);
    } else {
      encoder.vex(PF3 | M0F | 0x7f, length(bytes), from, 0, to);
    }
  }

  /** The same to an address that is a multiple of the size; 32 or 64 bytes. */
  public void storeAligned(int bytes, Place to, int from) {
    if (from >= 16 || bytes == LINE) {
      encoder.evex(P66 | M0F | 0x7f, Encoder.W | length(bytes), from, 0, to);
    } else {
      encoder.vex(P66 | M0F | 0x7f, length(bytes), from, 0, to);
    }
  }

  private static int length(int bytes) {
    return bytes == LINE ? Encoder.L512 : bytes == 32 ? Encoder.L256 : 0;
  }

  /**
   * Fills a vector with an integer register's low byte: {@code vpbroadcastb} of AVX-512 for 64
   * bytes; for less, {@code vmovd} and that of AVX2, which clear what is above.
   */
  public void broadcastByte(int bytes, int to, int from) {
    if (bytes == LINE) {
      encoder.evex(P66 | M0F38 | 0x7a, Encoder.L512, to, 0, in(from));
      return;
    }
    encoder.vex(P66 | M0F | 0x6e, 0, to, 0, in(from));
    encoder.vex(P66 | M0F38 | 0x78, length(bytes), to, 0, in(to));
  }

  /** Ends the use of upper halves, which would slow SSE instructions down. */
  public void vzeroupper() {
    out.byte1(0xc5);
    out.int16(0x77f8);
  }
}
