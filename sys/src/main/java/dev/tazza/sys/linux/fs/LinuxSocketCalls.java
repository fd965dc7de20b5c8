package dev.tazza.sys.linux.fs;

import dev.tazza.sys.fs.IoVectors;
import dev.tazza.sys.fs.SocketCalls;
import dev.tazza.sys.linux.SyscallNumber;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Calls on sockets of Linux. */
final class LinuxSocketCalls implements SocketCalls {
  /** {@code struct msghdr}: where its parts are. */
  private static final int MSG_IOV = 16;

  private static final int MSG_IOVLEN = 24;
  private static final int MSG_FLAGS = 48;
  private static final int MSG_SIZE = 56;

  private static final int BACKLOG = 128;

  private final LinuxKernel kernel;

  LinuxSocketCalls(LinuxKernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public int listen(InetSocketAddress address) {
    boolean four = address.getAddress() instanceof Inet4Address;
    int type = Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK;
    int fd =
        (int) kernel.call(SyscallNumber.SOCKET, four ? Linux.AF_INET : Linux.AF_INET6, type, 0);
    if (fd < 0) {
      return fd;
    }
    kernel.struct().set(ValueLayout.JAVA_INT, 0, 1);
    kernel.call(
        SyscallNumber.SETSOCKOPT,
        fd,
        Linux.SOL_SOCKET,
        Linux.SO_REUSEADDR,
        kernel.structAddress(),
        4,
        0);
    int size = socketAddress(address.getAddress(), address.getPort());
    long result = kernel.call(SyscallNumber.BIND, fd, kernel.structAddress(), size);
    if (result == 0) {
      result = kernel.call(SyscallNumber.LISTEN, fd, BACKLOG);
    }
    if (result < 0) {
      kernel.files().close(fd);
      return (int) result;
    }
    return fd;
  }

  /** Writes a {@code sockaddr_in} or {@code sockaddr_in6}; ports are in network byte order. */
  private int socketAddress(InetAddress address, int port) {
    boolean four = address instanceof Inet4Address;
    MemorySegment to = kernel.struct();
    to.asSlice(0, 28).fill((byte) 0);
    to.set(ValueLayout.JAVA_SHORT, 0, (short) (four ? Linux.AF_INET : Linux.AF_INET6));
    to.set(ValueLayout.JAVA_BYTE, 2, (byte) (port >> 8));
    to.set(ValueLayout.JAVA_BYTE, 3, (byte) port);
    byte[] bytes = address.getAddress();
    MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, four ? 4 : 8, bytes.length);
    return four ? 16 : 28;
  }

  @Override
  public int port(int fd) {
    MemorySegment area = kernel.struct();
    area.set(ValueLayout.JAVA_INT, 128, 128);
    long address = kernel.structAddress();
    long result = kernel.call(SyscallNumber.GETSOCKNAME, fd, address, address + 128);
    if (result < 0) {
      return (int) result;
    }
    return Byte.toUnsignedInt(area.get(ValueLayout.JAVA_BYTE, 2)) << 8
        | Byte.toUnsignedInt(area.get(ValueLayout.JAVA_BYTE, 3));
  }

  @Override
  public int accept(int fd) {
    return (int) kernel.restart(SyscallNumber.ACCEPT4, fd, 0, 0, Linux.SOCK_CLOEXEC);
  }

  @Override
  public long receive(int fd, IoVectors to, int flags) {
    return message(SyscallNumber.RECVMSG, fd, to, flags | Linux.MSG_DONTWAIT);
  }

  @Override
  public int receivedFlags() {
    return kernel.struct().get(ValueLayout.JAVA_INT, MSG_FLAGS);
  }

  @Override
  public long send(int fd, IoVectors from) {
    return message(SyscallNumber.SENDMSG, fd, from, Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL);
  }

  private long message(int number, int fd, IoVectors pieces, int flags) {
    MemorySegment header = kernel.struct();
    header.asSlice(0, MSG_SIZE).fill((byte) 0);
    header.set(ValueLayout.JAVA_LONG, MSG_IOV, pieces.address());
    header.set(ValueLayout.JAVA_LONG, MSG_IOVLEN, pieces.count());
    try {
      return kernel.restart(number, fd, header.address(), flags, 0);
    } finally {
      Reference.reachabilityFence(pieces);
    }
  }

  @Override
  public int shutdown(int fd, int how) {
    return (int) kernel.call(SyscallNumber.SHUTDOWN, fd, how);
  }
}
