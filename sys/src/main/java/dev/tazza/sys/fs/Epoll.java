package dev.tazza.sys.fs;

import dev.tazza.sys.linux.SyscallNumber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A set of descriptors that one thread waits for ({@code epoll}). A descriptor is armed for one
 * event and has to be armed again after it. Results are as in {@link FileCalls}.
 *
 * <p>One thread calls {@link #await}. The other methods may be called meanwhile by others, one at a
 * time.
 */
public final class Epoll {
  private static final int ADD = 1;
  private static final int REMOVE = 2;
  private static final int MODIFY = 3;
  private static final int ONE_SHOT = 1 << 30;

  /** {@code struct epoll_event} is packed on x86-64 only. */
  private static final int DATA = System.getProperty("os.arch").equals("amd64") ? 4 : 8;

  private static final int EVENT = DATA + 8;
  private static final int MAX_EVENTS = 64;

  private final Kernel changing = new Kernel();
  private final Kernel waiting = new Kernel();
  private final MemorySegment events = Arena.ofAuto().allocate((long) MAX_EVENTS * EVENT, 8);
  private final int fd;

  private Epoll(int fd) {
    this.fd = fd;
  }

  /**
   * A new set, which lives as long as the process.
   *
   * @throws IllegalStateException if the system has no descriptor left
   */
  public static Epoll create() {
    long fd = new Kernel().call(SyscallNumber.EPOLL_CREATE1, Linux.O_CLOEXEC);
    if (fd < 0) {
      throw new IllegalStateException("cannot wait for descriptors: error " + -fd);
    }
    return new Epoll((int) fd);
  }

  /**
   * Arms a descriptor for {@code POLL…} events, whether it is in the set or not. {@code EPERM} says
   * that one never needs to wait for it.
   */
  public int arm(int target, int wanted) {
    int result = change(ADD, target, wanted);
    return result == -Linux.EEXIST ? change(MODIFY, target, wanted) : result;
  }

  /** Takes a descriptor out of the set. */
  public int remove(int target) {
    return change(REMOVE, target, 0);
  }

  private int change(int operation, int target, int wanted) {
    MemorySegment event = changing.struct();
    event.set(ValueLayout.JAVA_INT, 0, wanted | ONE_SHOT);
    event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA, target);
    return (int)
        changing.call(SyscallNumber.EPOLL_CTL, fd, operation, target, changing.structAddress());
  }

  /** Waits for events; returns how many there are, and {@link #ready} which. */
  public int await() {
    return (int) waiting.restart(SyscallNumber.EPOLL_PWAIT, fd, events.address(), MAX_EVENTS, -1);
  }

  /** The descriptor of event {@code index}. */
  public int ready(int index) {
    return (int) events.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) index * EVENT + DATA);
  }
}
