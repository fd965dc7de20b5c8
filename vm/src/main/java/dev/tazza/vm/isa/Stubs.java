package dev.tazza.vm.isa;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.LibC;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.Os;
import org.jspecify.annotations.Nullable;

/** The stubs of this process and their calls. */
public final class Stubs {
  /** Where the {@link dev.tazza.environ.ExitReason} is in what enter and resume return. */
  public static final int REASON_SHIFT = 32;

  private static final Mapped CODE =
      new Mapped(Processor.host().stubs(Os.host().threadIdOffset(), LibC.memmove(), LibC.memset()));
  private static final long ENTER = CODE.address(Stub.ENTER);
  private static final long ENTER_WIDE = CODE.address(Stub.ENTER_WIDE);
  private static final long RESUME = CODE.address(Stub.RESUME);
  private static final long RESUME_THROWING = CODE.address(Stub.RESUME_THROWING);
  private static final long ADD_ALL = CODE.address(Stub.ADD_ALL);

  public static final long EXIT = CODE.address(Stub.EXIT);
  public static final long POLL = CODE.address(Stub.POLL);
  public static final long THROW = CODE.address(Stub.THROW);
  public static final long CROSS = CODE.address(Stub.CROSS);
  public static final long TRAP = CODE.address(Stub.TRAP);
  public static final long OUT_OF_FUEL = CODE.address(Stub.OUT_OF_FUEL);
  public static final long TRAP_EXIT = CODE.address(Stub.TRAP_EXIT);

  private static final @Nullable AssembledCode BULK =
      Processor.host().bulkMemory(CODE.address(Stub.COPY_LONG), CODE.address(Stub.FILL_LONG));

  /** Where the functions are that guest code calls to copy memory, as far as they are ours. */
  public static final long BULK_START = BULK == null ? 0 : CodePage.map(BULK.bytes());

  /** Bytes of them. */
  public static final long BULK_SIZE = BULK == null ? 0 : BULK.bytes().length;

  /** {@code void copy(void *to, const void *from, size_t count)}; the blocks may overlap. */
  public static final long COPY =
      BULK == null ? CODE.address(Stub.COPY_LONG) : BULK_START + BULK.entries()[0];

  /** {@code void fill(void *to, int value, size_t count)}, with the low byte of the value. */
  public static final long FILL =
      BULK == null ? CODE.address(Stub.FILL_LONG) : BULK_START + BULK.entries()[1];

  private Stubs() {}

  private record Mapped(AssembledCode code, long page) {
    Mapped(AssembledCode code) {
      this(code, CodePage.map(code.bytes()));
    }

    long address(Stub stub) {
      return page + code.entries()[stub.ordinal()];
    }
  }

  /** Whether {@code pc} is in a function that copies or fills memory: they make no frame. */
  public static boolean isBulk(long pc) {
    return pc >= BULK_START && pc < BULK_START + BULK_SIZE;
  }

  /** The address of the first. */
  public static long start() {
    return CODE.page;
  }

  /** Bytes of all. */
  public static int size() {
    return CODE.code.bytes().length;
  }

  /** Whether there is a stub at {@code pc}. */
  public static boolean contain(long pc) {
    return pc >= start() && pc < start() + size();
  }

  /** Enters guest code; see {@link Stub#ENTER}. */
  public static long enter(long context, long code, long vmctx, long begin, long a0, long a1) {
    return NativeCall.invoke(ENTER, context, code, vmctx, begin, a0, a1);
  }

  /** Enters guest code whose result goes to the slots, or that has none. */
  public static long enterWide(long context, long code, long vmctx, long begin, long a0, long a1) {
    return NativeCall.invoke(ENTER_WIDE, context, code, vmctx, begin, a0, a1);
  }

  /** Lets guest code that is parked at {@code sp} go on; returns as what entered it. */
  public static long resume(long context, long sp) {
    return NativeCall.invoke(RESUME, context, sp, 0);
  }

  /** The same, but an exception comes out of its call. */
  public static long resumeThrowing(long context, long sp) {
    return NativeCall.invoke(RESUME_THROWING, context, sp, 0);
  }

  /** The reason why guest code gave control back. */
  public static int reason(long exit) {
    return (int) (exit >>> REASON_SHIFT);
  }

  /** Adds to {@code count} longs, at least one, which are {@code stride} bytes apart. */
  public static void addAll(long first, int count, int stride, long addend) {
    NativeCall.invoke(ADD_ALL, first, count, stride, addend, 0, 0);
  }
}
