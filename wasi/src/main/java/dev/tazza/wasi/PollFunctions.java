package dev.tazza.wasi;

import dev.tazza.sys.fs.Posix;
import dev.tazza.sys.fs.Stat;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code poll_oneoff}: waits for the first of several events.
 *
 * <p>Subscriptions are read once into arrays. What can be answered at once (errors, files, streams
 * that have data) becomes an event immediately; descriptors that may block go to {@link Readiness};
 * clocks give the deadline. All that is ready when the wait ends is reported.
 */
final class PollFunctions {
  private static final int CLOCK = 0;
  private static final int FD_READ = 1;
  private static final int FD_WRITE = 2;

  private static final int CLOCK_REALTIME = 0;
  private static final int CLOCK_MONOTONIC = 1;
  private static final int ABSOLUTE = 1;
  private static final int HANGUP = 1;
  private static final int EVENT_SIZE = 32;

  /** More subscriptions than a guest has use for: the host needs memory for each. */
  private static final int MAX_SUBSCRIPTIONS = 1 << 16;

  /** How often Java streams are asked, since nobody can wait for them and for descriptors. */
  private static final long STREAM_SLICE = 1_000_000L;

  private static final long NEVER = Long.MAX_VALUE;
  private static final int NO_ENTRY = -1;

  /** Stands for no descriptor. */
  private static final Descriptor NONE =
      new OutputDescriptor(OutputStream.nullOutputStream(), new Turns());

  private final Guest guest;
  private final Readiness readiness;
  private final Stat stat = new Stat();
  private Subscription[] subscriptions = {};
  private int count;
  private long deadline;
  private boolean immediate;
  private boolean streams;

  PollFunctions(Guest guest) {
    this.guest = guest;
    this.readiness = guest.waiter().newReadiness();
  }

  /** One subscription and, once it has happened, its event. */
  private static final class Subscription {
    long userData;
    int type;
    long deadline;
    Descriptor descriptor;

    /** The same, if the host is asked about it. */
    @Nullable HostDescriptor asked;

    int entry;
    boolean happened;
    int errno;

    Subscription(Descriptor none) {
      descriptor = none;
    }
  }

  void pollOneoff(GuestMemory memory, long[] args, Snapshot snapshot) throws ErrnoException {
    int in = (int) args[0];
    int out = (int) args[1];
    count = (int) args[2];
    int result = (int) args[3];
    if (count == 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    memory.array(in, count, snapshot.subscriptionSize());
    memory.array(out, count, EVENT_SIZE);
    memory.range(result, 4);
    if (Integer.compareUnsigned(count, MAX_SUBSCRIPTIONS) > 0) {
      throw new ErrnoException(Errno.NOMEM);
    }
    try {
      subscribe(memory, in, snapshot);
      await();
      memory.putInt(result, report(memory, out));
    } finally {
      for (Subscription each : subscriptions) {
        HostDescriptor asked = each.asked;
        if (asked != null) {
          each.asked = null;
          asked.endWait();
        }
      }
    }
  }

  private void subscribe(GuestMemory memory, int in, Snapshot snapshot) throws ErrnoException {
    if (subscriptions.length < count) {
      int known = subscriptions.length;
      subscriptions = Arrays.copyOf(subscriptions, count);
      for (int i = known; i < count; i++) {
        subscriptions[i] = new Subscription(NONE);
      }
    }
    readiness.clear();
    deadline = NEVER;
    immediate = false;
    streams = false;
    for (int i = 0; i < count; i++) {
      int at = in + i * snapshot.subscriptionSize();
      Subscription subscription = subscriptions[i];
      subscription.userData = memory.getLong(at);
      subscription.type = memory.getByte(at + 8);
      subscription.entry = NO_ENTRY;
      subscription.happened = false;
      subscription.errno = Errno.SUCCESS;
      subscription.descriptor = NONE;
      switch (subscription.type) {
        case CLOCK -> subscribeClock(subscription, memory, at + snapshot.subscriptionClock());
        case FD_READ, FD_WRITE -> subscribeFd(subscription, memory.getInt(at + 16));
        default -> throw new ErrnoException(Errno.INVAL);
      }
      immediate |= subscription.happened;
    }
  }

  private void subscribeClock(Subscription subscription, GuestMemory memory, int at)
      throws ErrnoException {
    long timeout = memory.getLong(at + 8);
    boolean absolute = (memory.getShort(at + 24) & ABSOLUTE) != 0;
    int clock = memory.getInt(at);
    long now = guest.clock().monotonic();
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
      subscription.happened = true;
      subscription.errno = clock > 0 && clock < 4 ? Errno.NOTSUP : Errno.INVAL;
      return;
    }
    long delay = timeout;
    if (absolute) {
      long clockNow = clock == CLOCK_REALTIME ? guest.clock().realtime() : now;
      delay = Long.compareUnsigned(timeout, clockNow) > 0 ? timeout - clockNow : 0;
    }
    // Longer than 292 years is forever.
    boolean forever = delay < 0 || delay >= NEVER - Math.max(0, now);
    subscription.deadline = forever ? NEVER : now + delay;
    deadline = Math.min(deadline, subscription.deadline);
  }

  private void subscribeFd(Subscription subscription, int fd) {
    boolean read = subscription.type == FD_READ;
    try {
      Descriptor descriptor = guest.descriptors().get(fd, Rights.POLL_FD_READWRITE);
      // Descriptors that only accept are polled for reading, too.
      descriptor.require(read ? Rights.FD_READ : Rights.FD_WRITE);
      subscription.descriptor = descriptor;
      if (descriptor instanceof HostDescriptor host && host.mayBlock()) {
        host.beginWait();
        subscription.asked = host;
        subscription.entry = readiness.add(host.fd(), read ? Posix.POLLIN : Posix.POLLOUT);
      } else if (read && descriptor instanceof InputDescriptor) {
        streams = true;
      } else {
        subscription.happened = true;
      }
    } catch (ErrnoException e) {
      subscription.happened = true;
      subscription.errno = e.errno();
    }
  }

  private void await() {
    boolean ready = look() || immediate;
    while (!ready) {
      long left = deadline == NEVER ? NEVER : deadline - guest.clock().monotonic();
      if (left <= 0) {
        return;
      }
      if (streams) {
        left = Math.min(left, STREAM_SLICE);
      }
      if (readiness.count() > 0) {
        readiness.pause(left);
      } else {
        sleep(left);
      }
      ready = look();
    }
  }

  private void sleep(long nanos) {
    try {
      guest
          .turns()
          .aside(() -> {
            guest.clock().sleep(nanos);
            return 0;
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WasiInterruptedException();
    }
  }

  /** Notes which descriptors and streams are ready now. */
  private boolean look() {
    boolean any = readiness.count() > 0 && readiness.look() > 0;
    if (streams) {
      for (int i = 0; i < count; i++) {
        Subscription subscription = subscriptions[i];
        if (subscription.type == FD_READ
            && subscription.descriptor instanceof InputDescriptor input
            && input.readReady()) {
          subscription.happened = true;
          any = true;
        }
      }
    }
    return any;
  }

  private int report(GuestMemory memory, int out) throws ErrnoException {
    long now = guest.clock().monotonic();
    int events = 0;
    for (int i = 0; i < count; i++) {
      Subscription subscription = subscriptions[i];
      int found = subscription.entry == NO_ENTRY ? 0 : readiness.result(subscription.entry);
      boolean elapsed = subscription.type == CLOCK && subscription.deadline <= now;
      if (subscription.happened || found != 0 || elapsed && subscription.errno == 0) {
        putEvent(memory, out + EVENT_SIZE * events, subscription, found);
        events++;
      }
      subscription.descriptor = NONE;
    }
    return events;
  }

  private void putEvent(GuestMemory memory, int at, Subscription subscription, int found)
      throws ErrnoException {
    int errno = subscription.errno;
    if ((found & Posix.POLLNVAL) != 0) {
      errno = Errno.BADF;
    } else if ((found & Posix.POLLERR) != 0 && (found & Posix.POLLHUP) == 0) {
      errno = Errno.IO;
    }
    boolean read = subscription.type == FD_READ && errno == Errno.SUCCESS;
    boolean hangup =
        (found & Posix.POLLHUP) != 0
            || read && subscription.descriptor instanceof InputDescriptor input && input.atEnd();
    memory.putLong(at, subscription.userData);
    memory.putShort(at + 8, errno);
    memory.putShort(at + 10, subscription.type);
    memory.putInt(at + 12, 0);
    memory.putLong(at + 16, read ? available(subscription.descriptor) : 0);
    memory.putLong(at + 24, hangup ? HANGUP : 0);
  }

  /** Bytes that can be read now, as far as anyone knows. */
  private long available(Descriptor descriptor) {
    return switch (descriptor) {
      case InputDescriptor input -> input.available();
      case OutputDescriptor _, Directory _ -> 0;
      case JavaFile file -> file.available();
      case HostDescriptor host -> available(host);
    };
  }

  private long available(HostDescriptor host) {
    var calls = guest.kernel().files();
    if (host.mayBlock()) {
      return Math.max(0, calls.readable(host.fd()));
    }
    long position = calls.seek(host.fd(), 0, Posix.SEEK_CUR);
    boolean known = position >= 0 && calls.stat(host.fd(), stat) == 0;
    return known ? Math.max(0, stat.size() - position) : 0;
  }
}
