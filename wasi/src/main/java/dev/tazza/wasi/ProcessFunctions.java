package dev.tazza.wasi;

import dev.tazza.sys.fs.Posix;
import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/** Arguments, environment, clocks, random numbers, and the end of the guest. */
final class ProcessFunctions {
  private static final int CLOCK_REALTIME = 0;
  private static final int CLOCK_MONOTONIC = 1;
  private static final int CLOCK_PROCESS_CPUTIME = 2;
  private static final int CLOCK_THREAD_CPUTIME = 3;

  /** Random bytes a configured generator makes at once. */
  private static final int CHUNK = 4096;

  private static final int LAST_SIGNAL = 30;

  private final Guest guest;

  ProcessFunctions(Guest guest) {
    this.guest = guest;
  }

  void argsGet(GuestMemory memory, long[] args) throws ErrnoException {
    strings(guest.arguments(), memory, (int) args[0], (int) args[1]);
  }

  void argsSizesGet(GuestMemory memory, long[] args) throws ErrnoException {
    sizes(guest.arguments(), memory, (int) args[0], (int) args[1]);
  }

  void environGet(GuestMemory memory, long[] args) throws ErrnoException {
    strings(guest.environment(), memory, (int) args[0], (int) args[1]);
  }

  void environSizesGet(GuestMemory memory, long[] args) throws ErrnoException {
    sizes(guest.environment(), memory, (int) args[0], (int) args[1]);
  }

  /** Writes the strings one after the other, and a pointer to each. */
  private static void strings(byte[][] strings, GuestMemory memory, int pointers, int buffer)
      throws ErrnoException {
    memory.array(pointers, strings.length, 4);
    int at = buffer;
    for (int i = 0; i < strings.length; i++) {
      memory.putBytes(at, strings[i], strings[i].length);
      memory.putInt(pointers + 4 * i, at);
      at += strings[i].length;
    }
  }

  private static void sizes(byte[][] strings, GuestMemory memory, int count, int size)
      throws ErrnoException {
    int total = 0;
    for (byte[] string : strings) {
      total += string.length;
    }
    memory.range(size, 4);
    memory.putInt(count, strings.length);
    memory.putInt(size, total);
  }

  void clockResGet(GuestMemory memory, long[] args) throws ErrnoException {
    int result = (int) args[1];
    memory.range(result, 8);
    long resolution =
        switch ((int) args[0]) {
          case CLOCK_REALTIME, CLOCK_MONOTONIC -> guest.clock().resolution();
          default -> hostClock((int) args[0], true);
        };
    memory.putLong(result, resolution);
  }

  /** The wanted precision is a hint that is not needed. */
  void clockTimeGet(GuestMemory memory, long[] args) throws ErrnoException {
    int result = (int) args[2];
    memory.range(result, 8);
    memory.putLong(result, time((int) args[0]));
  }

  private long time(int clock) throws ErrnoException {
    return switch (clock) {
      case CLOCK_REALTIME -> guest.clock().realtime();
      case CLOCK_MONOTONIC -> guest.clock().monotonic();
      default -> hostClock(clock, false);
    };
  }

  private long hostClock(int clock, boolean resolution) throws ErrnoException {
    int id =
        switch (clock) {
          case CLOCK_PROCESS_CPUTIME -> Posix.CLOCK_PROCESS_CPUTIME_ID;
          case CLOCK_THREAD_CPUTIME -> Posix.CLOCK_THREAD_CPUTIME_ID;
          default -> throw new ErrnoException(Errno.INVAL);
        };
    return Errno.check(guest.kernel().files().clock(id, resolution));
  }

  void randomGet(GuestMemory memory, long[] args) throws ErrnoException {
    int pointer = (int) args[0];
    long length = args[1] & 0xffff_ffffL;
    long start = memory.range(pointer, length);
    RandomGenerator generator = guest.random();
    if (generator == null) {
      long done = 0;
      while (done < length) {
        MemorySegment rest = memory.segment(start + done, length - done);
        done += Errno.check(guest.kernel().files().random(rest));
      }
      return;
    }
    byte[] chunk = new byte[(int) Math.min(length, CHUNK)];
    for (long done = 0; done < length; done += chunk.length) {
      generator.nextBytes(chunk);
      memory.copyIn(chunk, 0, start + done, (int) Math.min(chunk.length, length - done));
    }
  }

  void procExit(long[] args) {
    throw new WasiExit((int) args[0]);
  }

  /** Signals whose usual effect is nothing do nothing; the others end the guest. */
  void procRaise(long[] args) throws ErrnoException {
    int signal = (int) args[0];
    switch (signal) {
      case 0 -> {} // none
      case 16, 17, 22, 27 -> {} // child, continue, urgent data, window change
      default -> {
        if (signal < 0 || signal > LAST_SIGNAL) {
          throw new ErrnoException(Errno.INVAL);
        }
        throw new WasiExit(128 + signal);
      }
    }
  }

  void schedYield() {
    guest
        .turns()
        .aside(() -> {
          Thread.yield();
          return 0;
        });
  }
}
