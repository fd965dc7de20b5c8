package dev.tazza.sys.fs;

import java.net.InetSocketAddress;

/**
 * System calls on stream sockets. Results are as in {@link FileCalls}. None of them blocks: sending
 * and receiving report {@code EAGAIN} when there is nothing to do yet, and so does accepting on a
 * socket from {@link #listen}.
 */
public interface SocketCalls {
  /** Opens a TCP socket that listens on a resolved address; port 0 lets the kernel choose one. */
  int listen(InetSocketAddress address);

  /** The local port of a socket. */
  int port(int fd);

  /** Takes the next connection. */
  int accept(int fd);

  /**
   * Receives into the pieces of {@code to}; {@code flags} is a set of {@code MSG_…}. Afterwards
   * {@link #receivedFlags} tells about the message.
   */
  long receive(int fd, IoVectors to, int flags);

  /** Flags of the message that {@link #receive} got last, such as {@code MSG_TRUNC}. */
  int receivedFlags();

  /** Sends the pieces of {@code from}; a closed connection is {@code EPIPE}, never a signal. */
  long send(int fd, IoVectors from);

  /** Ends one or both directions: {@code SHUT_…}. */
  int shutdown(int fd, int how);
}
