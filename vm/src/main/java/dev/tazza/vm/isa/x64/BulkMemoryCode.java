package dev.tazza.vm.isa.x64;

import static dev.tazza.assembler.x64.Registers.R8;
import static dev.tazza.assembler.x64.Registers.R9;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RCX;
import static dev.tazza.assembler.x64.Registers.RDI;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.environ.StoreContext;
import dev.tazza.vm.isa.AssembledCode;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What compiled code calls to copy and to fill memory: {@code void copy(void *to, const void *from,
 * size_t count)} and {@code void fill(void *to, int value, size_t count)}, in the C convention. The
 * blocks of a copy may overlap.
 *
 * <p>Both are built alike. A block of n bytes, where n is from m to 2 m, is two accesses of m
 * bytes, one at either end; they overlap. What is longer is a loop over the multiples of a vector
 * in the destination, with accesses at both ends for the rest. Long blocks go on elsewhere.
 *
 * <p>Each way is for counts up to some number, and masks the count accordingly: where the processor
 * has guessed the way wrongly, it comes no farther either than {@link StoreContext#MEMORY_REACH}.
 */
final class BulkMemoryCode {
  /** AVX-512 in the form that came with Ice Lake and Zen 4; the first one lowered the clock. */
  private static final Set<CpuIdFeature> WIDE =
      EnumSet.of(
          CpuIdFeature.AVX512F,
          CpuIdFeature.AVX512BW,
          CpuIdFeature.AVX512VL,
          CpuIdFeature.AVX512VBMI);

  /** Above these numbers of bytes the C library is faster. */
  private static final int LONGEST_COPY = 24 << 10;

  private static final int LONGEST_FILL = 128 << 10;

  private static final int LOOP_ALIGNMENT = 32;

  /** Of the second function. */
  private static final int FUNCTION_ALIGNMENT = 32;

  private final Assembler code = new Assembler();

  /** Bytes of a vector. */
  private final int vector;

  /** Number of the first of eight vector registers. */
  private final int first;

  private BulkMemoryCode(int vector) {
    this.vector = vector;
    // Registers from 16 on leave nothing behind that would slow SSE instructions down.
    this.first = vector == 64 ? 16 : 0;
  }

  /** The functions that suit this processor; null if the C library's do. */
  static @Nullable AssembledCode forHost(long copyLong, long fillLong) {
    Set<CpuIdFeature> features = CpuIdFeature.ofHost();
    if (features.containsAll(WIDE)) {
      return assemble(64, copyLong, fillLong);
    }
    if (features.contains(CpuIdFeature.AVX2)) {
      return assemble(32, copyLong, fillLong);
    }
    return null;
  }

  /**
   * Both functions; entries: copy, fill.
   *
   * @param vector 64 for AVX-512, 32 for AVX2
   * @param copyLong address of what copies long blocks
   * @param fillLong address of what fills them
   */
  static AssembledCode assemble(int vector, long copyLong, long fillLong) {
    BulkMemoryCode functions = new BulkMemoryCode(vector);
    Assembler code = functions.code;
    int copy = code.here();
    functions.copy(copyLong);
    code.align(FUNCTION_ALIGNMENT);
    int fill = code.here();
    functions.fill(fillLong);
    byte[] bytes = code.finish();
    return new AssembledCode(bytes, code.offset(copy), code.offset(fill));
  }

  /** What changes no number up to {@code most}, and makes others less than twice that. */
  private static int maskFor(int most) {
    return 2 * Integer.highestOneBit(most) - 1;
  }

  private void load(int number, int base, int disp) {
    code.loadVector(vector, first + number, code.at(base, disp));
  }

  private void load(int number, int base, int index, int disp) {
    code.loadVector(vector, first + number, code.at(base, index, 1, disp));
  }

  private void store(int base, int disp, int number) {
    code.storeVector(vector, code.at(base, disp), first + number);
  }

  private void store(int base, int index, int disp, int number) {
    code.storeVector(vector, code.at(base, index, 1, disp), first + number);
  }

  private void storeAligned(int base, int disp, int number) {
    code.storeAligned(vector, code.at(base, disp), first + number);
  }

  /** Returns from code that used vectors. */
  private void end() {
    if (first < 16) {
      code.vzeroupper();
    }
    code.ret();
  }

  private void goOnAt(long address) {
    int end = code.label();
    code.jmp(code.constant(end));
    code.bind(end);
    code.int64(address);
  }

  /**
   * Up to 256 bytes everything is loaded before anything is stored. Else the copy runs downwards if
   * the destination begins in the source, and the ends that the loop does not reach have been
   * loaded before it.
   */
  private void copy(long copyLong) {
    int v = vector;
    int above1 = code.label();
    int above2 = code.label();
    int above4 = code.label();
    int backward = code.label();
    int nothing = code.label();
    int elsewhere = code.label();
    code.cmpImm(8, RDX, v);
    code.jcc(Cond.A, above1);
    code.andImm(RDX, 2 * v - 1);
    copyShort();
    code.bind(above1);
    code.cmpImm(8, RDX, LONGEST_COPY);
    code.jcc(Cond.A, elsewhere);
    code.andImm(RDX, maskFor(LONGEST_COPY));
    load(0, RSI, 0);
    load(1, RSI, RDX, -v);
    code.cmpImm(8, RDX, 2 * v);
    code.jcc(Cond.A, above2);
    store(RDI, 0, 0);
    store(RDI, RDX, -v, 1);
    end();
    code.bind(above2);
    load(2, RSI, v);
    load(3, RSI, RDX, -2 * v);
    code.cmpImm(8, RDX, 4 * v);
    code.jcc(Cond.A, above4);
    store(RDI, 0, 0);
    store(RDI, v, 2);
    store(RDI, RDX, -2 * v, 3);
    store(RDI, RDX, -v, 1);
    end();
    code.bind(above4);
    if (v == 32) {
      copyUpTo8();
    }
    code.mov(8, RCX, RDI);
    code.sub(RCX, RSI);
    code.jcc(Cond.E, nothing);
    code.cmp(RCX, RDX);
    code.jcc(Cond.B, backward);
    copyUp();
    code.bind(nothing);
    end();
    code.bind(backward);
    copyDown();
    code.bind(elsewhere);
    goOnAt(copyLong);
  }

  /** At most a vector. */
  private void copyShort() {
    int from32 = code.label();
    int from16 = code.label();
    int from8 = code.label();
    int from4 = code.label();
    int from2 = code.label();
    int done = code.label();
    if (vector > 32) {
      atLeast(32, from32);
    }
    atLeast(16, from16);
    atLeast(8, from8);
    atLeast(4, from4);
    code.cmpImm(4, RDX, 1);
    code.jcc(Cond.A, from2);
    code.jcc(Cond.B, done);
    code.load(1, RAX, code.at(RSI, 0));
    code.store(1, code.at(RDI, 0), RAX);
    code.bind(done);
    code.ret();
    code.bind(from2);
    copyEnds(2);
    code.bind(from4);
    copyEnds(4);
    code.bind(from8);
    copyEnds(8);
    code.bind(from16);
    copyVectorEnds(16, 0);
    if (vector > 32) {
      code.bind(from32);
      copyVectorEnds(32, first);
    }
  }

  private void atLeast(int bytes, int label) {
    code.cmpImm(4, RDX, bytes);
    code.jcc(Cond.AE, label);
  }

  private void copyEnds(int bytes) {
    code.load(bytes, RAX, code.at(RSI, 0));
    code.load(bytes, RCX, code.at(RSI, RDX, 1, -bytes));
    code.store(bytes, code.at(RDI, 0), RAX);
    code.store(bytes, code.at(RDI, RDX, 1, -bytes), RCX);
    code.ret();
  }

  private void copyVectorEnds(int bytes, int register) {
    code.loadVector(bytes, register, code.at(RSI, 0));
    code.loadVector(bytes, register + 1, code.at(RSI, RDX, 1, -bytes));
    code.storeVector(bytes, code.at(RDI, 0), register);
    code.storeVector(bytes, code.at(RDI, RDX, 1, -bytes), register + 1);
    code.ret();
  }

  /** Four to eight vectors, of which the first and the last two are loaded; more goes on behind. */
  private void copyUpTo8() {
    int v = vector;
    int above8 = code.label();
    code.cmpImm(8, RDX, 8 * v);
    code.jcc(Cond.A, above8);
    load(4, RSI, 2 * v);
    load(5, RSI, 3 * v);
    load(6, RSI, RDX, -4 * v);
    load(7, RSI, RDX, -3 * v);
    store(RDI, 0, 0);
    store(RDI, v, 2);
    store(RDI, 2 * v, 4);
    store(RDI, 3 * v, 5);
    store(RDI, RDX, -4 * v, 6);
    store(RDI, RDX, -3 * v, 7);
    store(RDI, RDX, -2 * v, 3);
    store(RDI, RDX, -v, 1);
    end();
    code.bind(above8);
  }

  /** Vectors 0 and 2 are the first two, 1 and 3 the last two, the last one first. */
  private void copyUp() {
    int v = vector;
    int up = code.label();
    int tail = code.label();
    load(4, RSI, RDX, -3 * v);
    load(5, RSI, RDX, -4 * v);
    code.lea(R8, code.at(RDI, RDX, 1, -4 * v));
    code.lea(R9, code.at(RDI, v));
    code.andImm(R9, -v);
    code.sub(RSI, RDI);
    code.cmp(R9, R8);
    code.jcc(Cond.AE, tail);
    code.align(LOOP_ALIGNMENT);
    code.bind(up);
    // Two and two: four loads in front of four stores are slower.
    for (int at = 0; at < 4 * v; at += 2 * v) {
      load(6, RSI, R9, at);
      load(7, RSI, R9, at + v);
      storeAligned(R9, at, 6);
      storeAligned(R9, at + v, 7);
    }
    code.addImm(R9, 4 * v);
    code.cmp(R9, R8);
    code.jcc(Cond.B, up);
    code.bind(tail);
    store(R8, 0, 5);
    store(R8, v, 4);
    store(R8, 2 * v, 3);
    store(R8, 3 * v, 1);
    store(RDI, 0, 0);
    end();
  }

  private void copyDown() {
    int v = vector;
    int down = code.label();
    int head = code.label();
    load(4, RSI, 2 * v);
    load(5, RSI, 3 * v);
    code.lea(R8, code.at(RDI, RDX, 1, -1));
    code.andImm(R8, -v);
    code.sub(RSI, RDI);
    code.lea(R9, code.at(RDI, 4 * v));
    code.cmp(R8, R9);
    code.jcc(Cond.BE, head);
    code.align(LOOP_ALIGNMENT);
    code.bind(down);
    for (int at = -v; at > -4 * v; at -= 2 * v) {
      load(6, RSI, R8, at);
      load(7, RSI, R8, at - v);
      storeAligned(R8, at, 6);
      storeAligned(R8, at - v, 7);
    }
    code.subImm(R8, 4 * v);
    code.cmp(R8, R9);
    code.jcc(Cond.A, down);
    code.bind(head);
    store(RDI, 3 * v, 5);
    store(RDI, 2 * v, 4);
    store(RDI, v, 2);
    store(RDI, 0, 0);
    store(RDI, RDX, -v, 1);
    end();
  }

  private void fill(long fillLong) {
    int v = vector;
    int fromVector = code.label();
    int up = code.label();
    int tail = code.label();
    int done = code.label();
    int elsewhere = code.label();
    code.broadcastByte(v == 64 ? 64 : 16, first, RSI);
    code.cmpImm(8, RDX, v);
    code.jcc(Cond.AE, fromVector);
    code.andImm(RDX, v - 1);
    fillShort();
    code.bind(fromVector);
    code.cmpImm(8, RDX, LONGEST_FILL);
    code.jcc(Cond.A, elsewhere);
    code.andImm(RDX, maskFor(LONGEST_FILL));
    if (v == 32) {
      code.broadcastByte(v, first, RSI);
    }
    store(RDI, 0, 0);
    store(RDI, RDX, -v, 0);
    code.cmpImm(8, RDX, 2 * v);
    code.jcc(Cond.BE, done);
    code.lea(R8, code.at(RDI, RDX, 1, -2 * v));
    code.addImm(RDI, v);
    code.andImm(RDI, -v);
    code.cmp(RDI, R8);
    code.jcc(Cond.AE, tail);
    code.align(LOOP_ALIGNMENT);
    code.bind(up);
    storeAligned(RDI, 0, 0);
    storeAligned(RDI, v, 0);
    code.subImm(RDI, -2 * v);
    code.cmp(RDI, R8);
    code.jcc(Cond.B, up);
    code.bind(tail);
    store(R8, 0, 0);
    code.bind(done);
    end();
    code.bind(elsewhere);
    goOnAt(fillLong);
  }

  /** Less than a vector; the byte fills the first vector register. */
  private void fillShort() {
    int from32 = code.label();
    int from16 = code.label();
    int from8 = code.label();
    int from4 = code.label();
    int from2 = code.label();
    int done = code.label();
    if (vector > 32) {
      atLeast(32, from32);
    }
    atLeast(16, from16);
    code.movqFromVector(RAX, first);
    atLeast(8, from8);
    atLeast(4, from4);
    code.cmpImm(4, RDX, 1);
    code.jcc(Cond.A, from2);
    code.jcc(Cond.B, done);
    code.store(1, code.at(RDI, 0), RAX);
    code.bind(done);
    code.ret();
    code.bind(from2);
    fillEnds(2);
    code.bind(from4);
    fillEnds(4);
    code.bind(from8);
    fillEnds(8);
    code.bind(from16);
    fillVectorEnds(16);
    if (vector > 32) {
      code.bind(from32);
      fillVectorEnds(32);
    }
  }

  private void fillEnds(int bytes) {
    code.store(bytes, code.at(RDI, 0), RAX);
    code.store(bytes, code.at(RDI, RDX, 1, -bytes), RAX);
    code.ret();
  }

  private void fillVectorEnds(int bytes) {
    code.storeVector(bytes, code.at(RDI, 0), first);
    code.storeVector(bytes, code.at(RDI, RDX, 1, -bytes), first);
    code.ret();
  }
}
