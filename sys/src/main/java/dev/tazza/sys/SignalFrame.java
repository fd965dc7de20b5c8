package dev.tazza.sys;

/**
 * What a handler {@code (int signal, siginfo_t *info, ucontext_t *context)} finds where, on one
 * system and processor. Offsets in bytes.
 *
 * @param code in info: u32, what the kernel says about the cause; above 0 if an instruction did it
 * @param address in info: what a faulting instruction accessed
 * @param value in info: u64, what came with a signal whose code is {@code queued}
 * @param queued the code of signals that {@link Os#signalThread} sends
 * @param pc in context: where the thread was interrupted, and will go on
 * @param registers in context, for each integer register by its number in machine code
 * @param takeDefault machine code, at any address, of {@code void takeDefault(int signal)}: what
 *     happens as if nobody handled the signal; for use inside of its handler
 */
public record SignalFrame(
    int code, int address, int value, int queued, int pc, int[] registers, byte[] takeDefault) {}
