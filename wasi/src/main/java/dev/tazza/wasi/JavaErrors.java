package dev.tazza.wasi;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.ReadOnlyFileSystemException;

/** The error numbers for what streams and file systems of Java throw. */
final class JavaErrors {
  private JavaErrors() {}

  /**
   * @throws WasiInterruptedException if the thread was interrupted; its status is set again
   */
  static ErrnoException of(IOException e) {
    checkInterruption(e);
    return new ErrnoException(
        switch (e) {
          case NoSuchFileException _ -> Errno.NOENT;
          case FileAlreadyExistsException _ -> Errno.EXIST;
          case DirectoryNotEmptyException _ -> Errno.NOTEMPTY;
          case NotDirectoryException _ -> Errno.NOTDIR;
          case NotLinkException _ -> Errno.INVAL;
          case AccessDeniedException _ -> Errno.ACCES;
          case FileSystemLoopException _ -> Errno.LOOP;
          case ClosedChannelException _ -> Errno.BADF;
          default -> Errno.IO;
        });
  }

  /** Throws again what is no answer of a file system. */
  static ErrnoException of(RuntimeException e) {
    return switch (e) {
      case UnsupportedOperationException _ -> unsupported(e);
      case InvalidPathException _ -> new ErrnoException(Errno.INVAL);
      case NonReadableChannelException _, NonWritableChannelException _ ->
          new ErrnoException(Errno.BADF);
      case ClosedFileSystemException _ -> new ErrnoException(Errno.IO);
      case DirectoryIteratorException iterator -> {
        IOException cause = iterator.getCause();
        yield cause == null ? new ErrnoException(Errno.IO) : of(cause);
      }
      case SecurityException _ -> new ErrnoException(Errno.ACCES);
      default -> throw e;
    };
  }

  private static ErrnoException unsupported(RuntimeException e) {
    return new ErrnoException(e instanceof ReadOnlyFileSystemException ? Errno.ROFS : Errno.NOTSUP);
  }

  /**
   * Ends the guest's call if {@code e} tells that this thread was interrupted. Streams clear its
   * status with such an exception, channels do not.
   */
  static void checkInterruption(IOException e) {
    boolean timeout = e instanceof SocketTimeoutException;
    if (e instanceof InterruptedIOException && !timeout
        || e instanceof ClosedByInterruptException) {
      Thread.currentThread().interrupt();
      throw new WasiInterruptedException();
    }
  }
}
