package dev.tazza.wasi;

import dev.tazza.sys.fs.Posix;

/** The functions on sockets ({@code sock_…}). */
final class SocketFunctions {
  private static final int RECEIVE_PEEK = 1;
  private static final int RECEIVE_ALL = 2;
  private static final int RECEIVED_TRUNCATED = 1;
  private static final int SHUT_RECEIVE = 1;
  private static final int SHUT_SEND = 2;

  private final Guest guest;
  private final GuestVectors vectors;

  SocketFunctions(Guest guest, GuestVectors vectors) {
    this.guest = guest;
    this.vectors = vectors;
  }

  private HostDescriptor socket(long fd, long rights) throws ErrnoException {
    Descriptor descriptor = guest.descriptors().get((int) fd);
    if (!(descriptor instanceof HostDescriptor host)
        || descriptor.type() != Descriptor.SOCKET_STREAM) {
      throw new ErrnoException(Errno.NOTSOCK);
    }
    host.require(rights);
    return host;
  }

  void accept(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor listener = socket(args[0], Rights.SOCK_ACCEPT);
    int flags = (int) args[1];
    int result = (int) args[2];
    memory.range(result, 4);
    if ((flags & ~Descriptor.NONBLOCK) != 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    guest.descriptors().reserve();
    int fd = listener.accept();
    var grant = new Descriptor.Grant(Rights.CONNECTION, 0, flags);
    var connection = HostDescriptor.opened(guest.waiter(), fd, Descriptor.SOCKET_STREAM, grant);
    memory.putInt(result, guest.descriptors().add(connection));
  }

  void receive(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor socket = socket(args[0], Rights.FD_READ);
    int flags = (int) args[3];
    int length = (int) args[4];
    int resultFlags = (int) args[5];
    memory.range(length, 4);
    memory.range(resultFlags, 2);
    if ((flags & ~(RECEIVE_PEEK | RECEIVE_ALL)) != 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    GuestVectors pieces = vectors.load(memory, args[1], args[2]);
    boolean peek = (flags & RECEIVE_PEEK) != 0;
    boolean all = (flags & RECEIVE_ALL) != 0;
    long received = socket.receive(pieces, peek ? Posix.MSG_PEEK : 0);
    boolean truncated = (guest.kernel().sockets().receivedFlags() & Posix.MSG_TRUNC) != 0;
    while (all && !peek && received > 0 && received < pieces.total()) {
      pieces.skip(received);
      long more = socket.receive(pieces, 0);
      if (more == 0) {
        break;
      }
      received = more;
    }
    memory.putInt(length, (int) (pieces.skipped() + received));
    memory.putShort(resultFlags, truncated ? RECEIVED_TRUNCATED : 0);
  }

  void send(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor socket = socket(args[0], Rights.FD_WRITE);
    int result = (int) args[4];
    memory.range(result, 4);
    if ((int) args[3] != 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    memory.putInt(result, (int) socket.send(vectors.load(memory, args[1], args[2])));
  }

  void shutdown(long[] args) throws ErrnoException {
    HostDescriptor socket = socket(args[0], Rights.SOCK_SHUTDOWN);
    int how =
        switch ((int) args[1]) {
          case SHUT_RECEIVE -> Posix.SHUT_RD;
          case SHUT_SEND -> Posix.SHUT_WR;
          case SHUT_RECEIVE | SHUT_SEND -> Posix.SHUT_RDWR;
          default -> throw new ErrnoException(Errno.INVAL);
        };
    Errno.check(guest.kernel().sockets().shutdown(socket.fd(), how));
  }
}
