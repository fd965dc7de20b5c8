package dev.tazza.sys;

/**
 * What a handler {@code (int signal, siginfo_t *info, ucontext_t *context)} finds where, on one
 * system and processor. Offsets in bytes.
 *
 * @param info in the information
 * @param pc in the context: where the thread was interrupted, and will go on
 * @param registers in the context, for each integer register by its number in machine code
 * @param takeDefault machine code, at any address, of {@code void takeDefault(int signal)}: what
 *     happens as if nobody handled the signal; for use inside of its handler
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SignalFrame(Info info, int pc, int[] registers, byte[] takeDefault) {
  /**
   * What {@code siginfo_t} tells.
   *
   * @param code u32, what the kernel says about the cause; above 0 if an instruction did it
   * @param address what a faulting instruction accessed
   * @param value u64, what came with a signal whose code is {@code queued}
   * @param queued the code, no offset, of signals that {@link Os#signalThread} sends
   */
  public record Info(int code, int address, int value, int queued) {}
}
