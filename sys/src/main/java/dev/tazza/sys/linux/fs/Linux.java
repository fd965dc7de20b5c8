package dev.tazza.sys.linux.fs;

/** Constants of Linux that only this package needs; the others are those of {@code Posix}. */
final class Linux {
  static final int AT_EMPTY_PATH = 0x1000;
  static final int O_CLOEXEC = 0x80000;

  static final int RESOLVE_NO_MAGICLINKS = 0x02;
  static final int RESOLVE_BENEATH = 0x08;

  static final int F_GETFD = 1;
  static final int F_GETFL = 3;
  static final int F_SETFL = 4;
  static final int F_DUPFD_CLOEXEC = 1030;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_STREAM = 1;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOL_SOCKET = 1;
  static final int SO_REUSEADDR = 2;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_NOSIGNAL = 0x4000;

  private Linux() {}
}
