package dev.tazza.environ;

/**
 * Layout of the store context: the block of native memory that the pinned register points to while
 * guest code runs. One per store. Offsets in bytes. The fields that hot code reads come first, in
 * reach of a one-byte displacement.
 */
public final class StoreContext {
  /** u64 {@link #MAGIC_VALUE}: lets the signal handler tell a context from garbage. */
  public static final int MAGIC = 0;

  /**
   * u64: what function entries and loop heads compare the stack pointer with. It is {@link
   * #STACK_END}, or above all addresses when guest code that polls is to come to a stop.
   */
  public static final int STACK_LIMIT = 8;

  /** Address of the exit stub. */
  public static final int EXIT_STUB = 16;

  /** u32: {@link ExitReason} or {@link RuntimeService} of the exit under way, as a number. */
  public static final int EXIT_REASON = 24;

  /** u32: kernel id of the thread that runs guest code now; 0 for none. */
  public static final int HOST_THREAD = 28;

  /** u64: what the exit is about, see {@link ExitReason}. */
  public static final int EXIT_CONTEXT = 32;

  /** Guest stack pointer while Java runs. */
  public static final int GUEST_SP = 40;

  /** Stack pointer of the thread that entered, while guest code runs. */
  public static final int HOST_SP = 48;

  /** u64: the lowest address that guest code may move its stack pointer to. */
  public static final int STACK_END = 56;

  /** Address of {@code void copy(void *to, const void *from, size_t count)}. */
  public static final int MEMORY_COPY = 64;

  /** Address of {@code void fill(void *to, int value, size_t count)}. */
  public static final int MEMORY_FILL = 72;

  /**
   * So many bytes behind the beginning of a block these two functions touch at most, before it is
   * known that the count is right: what a processor does ahead after a wrong guess stays in there.
   */
  public static final int MEMORY_REACH = 2 << 20;

  /** u64: the faulting pc of a trap. */
  public static final int TRAP_PC = 80;

  /** u64: the address that faulted, for memory faults. */
  public static final int TRAP_ADDRESS = 88;

  /** u32: the signal's number; 0 if code called the trap stub. */
  public static final int TRAP_SIGNAL = 96;

  /** u32: not 0 when guest code is to come to a stop; looked at on the way in. */
  public static final int STOP = 100;

  /**
   * 16 × u64: the integer registers at the fault, by hardware encoding (rax 0, rcx 1, … r15 15).
   */
  public static final int TRAP_REGISTERS = 104;

  /** Address of the poll stub. */
  public static final int POLL_STUB = 232;

  /** u32: the code of a trap's signal, which tells the cause. */
  public static final int TRAP_SIGNAL_CODE = 240;

  /** Address of the stub for tail calls into another instance. */
  public static final int CROSSING_STUB = 448;

  /** 5 × u64: registers while that stub runs. */
  public static final int CROSSING_REGISTERS = 456;

  /**
   * u64: the exception that is being thrown. Below the number of its tag in the store; above 0, or
   * 1 if Java knows more of it: then it threw it. What it carries is in the value slots.
   */
  public static final int EXCEPTION = 248;

  /** Address of the throw stub. */
  public static final int THROW_STUB = 256;

  /**
   * i64: the fuel that is left, in code that uses it up; while such code runs or is parked, r12 has
   * it. Negative when more was used up than there was.
   */
  public static final int FUEL = 264;

  /** Address of the trap stub, which code calls where it has found out itself that it traps. */
  public static final int TRAP_STUB = 272;

  /** Address of the fuel stub, which code calls that needs more fuel than it has. */
  public static final int FUEL_STUB = 280;

  /**
   * Arguments and results of exits and entries: {@link #VALUE_SLOTS} slots of {@link #VALUE_SIZE}
   * bytes.
   */
  public static final int VALUES = 512;

  /** Bytes per slot: a v128 fits. */
  public static final int VALUE_SIZE = 16;

  /** The most parameters, and the most results, that a function type may have. */
  public static final int VALUE_SLOTS = 1024;

  /** Bytes of the whole context. */
  public static final int SIZE = VALUES + VALUE_SIZE * VALUE_SLOTS;

  public static final long MAGIC_VALUE = 0x317a7a6154_0001L;

  private StoreContext() {}

  /** Offset of value slot {@code index}. */
  public static int value(int index) {
    return VALUES + VALUE_SIZE * index;
  }
}
