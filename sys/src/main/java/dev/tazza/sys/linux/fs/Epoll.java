package dev.tazza.sys.linux.fs;

import dev.tazza.sys.fs.Posix;
import dev.tazza.sys.fs.ReadySet;
import dev.tazza.sys.linux.LinuxMachine;
import dev.tazza.sys.linux.SyscallNumber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@code epoll} of Linux. */
public final class Epoll implements ReadySet {
  private static final int ADD = 1;
  private static final int REMOVE = 2;
  private static final int MODIFY = 3;
  private static final int ONE_SHOT = 1 << 30;

  private static final int DATA = LinuxMachine.host().epollDataOffset();

  private static final int EVENT = DATA + 8;
  private static final int MAX_EVENTS = 64;

  private final LinuxKernel changing = new LinuxKernel();
  private final LinuxKernel waiting = new LinuxKernel();
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
    long fd = new LinuxKernel().call(SyscallNumber.EPOLL_CREATE1, Linux.O_CLOEXEC);
    if (fd < 0) {
      throw new IllegalStateException("cannot wait for descriptors: error " + -fd);
    }
    return new Epoll((int) fd);
  }

  @Override
  public int arm(int target, int wanted) {
    int result = change(ADD, target, wanted);
    return result == -Posix.EEXIST ? change(MODIFY, target, wanted) : result;
  }

  @Override
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

  @Override
  public int await() {
    return (int) waiting.restart(SyscallNumber.EPOLL_PWAIT, fd, events.address(), MAX_EVENTS, -1);
  }

  @Override
  public int ready(int index) {
    return (int) events.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) index * EVENT + DATA);
  }
}
