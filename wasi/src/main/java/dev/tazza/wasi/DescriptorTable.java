package dev.tazza.wasi;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The guest's descriptors by number. The lowest free number is given out, as in POSIX. */
final class DescriptorTable {
  private final int limit;
  private @Nullable Descriptor[] descriptors = new @Nullable Descriptor[16];

  /** No number below this one is free. */
  private int firstFree;

  DescriptorTable(int limit) {
    this.limit = limit;
  }

  Descriptor get(int fd) throws ErrnoException {
    Descriptor descriptor = fd >= 0 && fd < descriptors.length ? descriptors[fd] : null;
    if (descriptor == null) {
      throw new ErrnoException(Errno.BADF);
    }
    return descriptor;
  }

  Descriptor get(int fd, long rights) throws ErrnoException {
    Descriptor descriptor = get(fd);
    descriptor.require(rights);
    return descriptor;
  }

  /** Fails when there is no room for one more. */
  void reserve() throws ErrnoException {
    while (firstFree < descriptors.length && descriptors[firstFree] != null) {
      firstFree++;
    }
    if (firstFree >= limit) {
      throw new ErrnoException(Errno.MFILE);
    }
  }

  int add(Descriptor descriptor) throws ErrnoException {
    reserve();
    if (firstFree == descriptors.length) {
      descriptors = Arrays.copyOf(descriptors, 2 * descriptors.length);
    }
    descriptors[firstFree] = descriptor;
    return firstFree++;
  }

  /** Takes a descriptor out without closing it. */
  Descriptor remove(int fd) throws ErrnoException {
    Descriptor descriptor = get(fd);
    descriptors[fd] = null;
    firstFree = Math.min(firstFree, fd);
    return descriptor;
  }

  /** Moves a descriptor over another, which is returned for closing; null if they are the same. */
  @Nullable Descriptor move(int from, int to) throws ErrnoException {
    Descriptor source = get(from);
    Descriptor target = get(to);
    if (from == to) {
      return null;
    }
    remove(from);
    descriptors[to] = source;
    return target;
  }

  /** Closes all. */
  void close() {
    for (int fd = 0; fd < descriptors.length; fd++) {
      Descriptor descriptor = descriptors[fd];
      descriptors[fd] = null;
      if (descriptor != null) {
        try {
          descriptor.close();
        } catch (ErrnoException _) {
          // The descriptor is gone; there is nobody left to tell about late write errors.
        }
      }
    }
    firstFree = 0;
  }
}
