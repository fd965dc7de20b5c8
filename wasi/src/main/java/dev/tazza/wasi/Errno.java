package dev.tazza.wasi;

import dev.tazza.sys.fs.Posix;

/** Error numbers of WASI preview 1 that this implementation gives, and where they come from. */
final class Errno {
  static final int SUCCESS = 0;
  static final int TOO_BIG = 1;
  static final int ACCES = 2;
  static final int AGAIN = 6;
  static final int BADF = 8;
  static final int EXIST = 20;
  static final int FAULT = 21;
  static final int BUSY = 10;
  static final int ILSEQ = 25;
  static final int INVAL = 28;
  static final int IO = 29;
  static final int ISDIR = 31;
  static final int LOOP = 32;
  static final int MFILE = 33;
  static final int NAMETOOLONG = 37;
  static final int NOENT = 44;
  static final int NOMEM = 48;
  static final int NOTDIR = 54;
  static final int NOTEMPTY = 55;
  static final int NOTSOCK = 57;
  static final int NOTSUP = 58;
  static final int OVERFLOW = 61;
  static final int PERM = 63;
  static final int ROFS = 69;
  static final int SPIPE = 70;
  static final int XDEV = 75;
  static final int NOTCAPABLE = 76;

  private Errno() {}

  /** Passes a system call's result on, or throws its error. */
  static long check(long result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(fromPosix((int) -result));
    }
    return result;
  }

  /**
   * As {@link #check} for the result of opening a path beneath a directory, where {@code EXDEV}
   * says that the path leads out of it.
   */
  static int checkResolved(int result) throws ErrnoException {
    if (result == -Posix.EXDEV) {
      throw new ErrnoException(PERM);
    }
    return (int) check(result);
  }

  /** The WASI number for an {@code errno}; {@link #IO} for those that WASI has no name for. */
  static int fromPosix(int errno) {
    return switch (errno) {
      case Posix.EPERM -> PERM;
      case Posix.ENOENT -> NOENT;
      case 3 -> 71; // ESRCH
      case Posix.EINTR -> 27;
      case Posix.EIO -> IO;
      case 6 -> 60; // ENXIO
      case 7 -> TOO_BIG;
      case 8 -> 45; // ENOEXEC
      case Posix.EBADF -> BADF;
      case 10 -> 12; // ECHILD
      case Posix.EAGAIN -> AGAIN;
      case Posix.ENOMEM -> NOMEM;
      case Posix.EACCES -> ACCES;
      case Posix.EFAULT -> FAULT;
      case 16 -> BUSY;
      case Posix.EEXIST -> EXIST;
      case Posix.EXDEV -> XDEV;
      case 19 -> 43; // ENODEV
      case Posix.ENOTDIR -> NOTDIR;
      case Posix.EISDIR -> ISDIR;
      case Posix.EINVAL -> INVAL;
      case 23 -> 41; // ENFILE
      case 24 -> MFILE;
      case Posix.ENOTTY -> 59;
      case 26 -> 74; // ETXTBSY
      case 27 -> 22; // EFBIG
      case 28 -> 51; // ENOSPC
      case Posix.ESPIPE -> SPIPE;
      case 30 -> ROFS;
      case 31 -> 34; // EMLINK
      case Posix.EPIPE -> 64;
      case 33 -> 18; // EDOM
      case 34 -> 68; // ERANGE
      case 35 -> 16; // EDEADLK
      case Posix.ENAMETOOLONG -> NAMETOOLONG;
      case 37 -> 46; // ENOLCK
      case Posix.ENOSYS -> 52;
      case Posix.ENOTEMPTY -> NOTEMPTY;
      case Posix.ELOOP -> LOOP;
      case 75 -> OVERFLOW;
      case 84 -> ILSEQ;
      default -> fromPosixSocket(errno);
    };
  }

  private static int fromPosixSocket(int errno) {
    return switch (errno) {
      case 71 -> 65; // EPROTO
      case 74 -> 9; // EBADMSG
      case 88 -> NOTSOCK;
      case 89 -> 17; // EDESTADDRREQ
      case 90 -> 35; // EMSGSIZE
      case 91 -> 67; // EPROTOTYPE
      case 92 -> 50; // ENOPROTOOPT
      case 93 -> 66; // EPROTONOSUPPORT
      case Posix.EOPNOTSUPP -> NOTSUP;
      case 97 -> 5; // EAFNOSUPPORT
      case 98 -> 3; // EADDRINUSE
      case 99 -> 4; // EADDRNOTAVAIL
      case 100 -> 38; // ENETDOWN
      case 101 -> 40; // ENETUNREACH
      case 102 -> 39; // ENETRESET
      case 103 -> 13; // ECONNABORTED
      case 104 -> 15; // ECONNRESET
      case 105 -> 42; // ENOBUFS
      case 106 -> 30; // EISCONN
      case 107 -> 53; // ENOTCONN
      case 110 -> 73; // ETIMEDOUT
      case 111 -> 14; // ECONNREFUSED
      case 113 -> 23; // EHOSTUNREACH
      case 114 -> 7; // EALREADY
      case 115 -> 26; // EINPROGRESS
      case 116 -> 72; // ESTALE
      case 122 -> 19; // EDQUOT
      case 125 -> 11; // ECANCELED
      default -> IO;
    };
  }
}
