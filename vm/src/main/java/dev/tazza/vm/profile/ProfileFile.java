package dev.tazza.vm.profile;

import dev.tazza.sys.ProcessShared;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** The files that profilers find by the number of the process; all engines write to the same. */
final class ProfileFile {
  private ProfileFile() {}

  /** Opens one to append to it. A process that had our number may have left one: it is deleted. */
  static FileChannel append(Path file) throws IOException {
    Instant start = ProcessHandle.current().info().startInstant().orElse(Instant.MIN);
    synchronized (ProcessShared.lock()) {
      if (Files.exists(file) && Files.getLastModifiedTime(file).toInstant().isBefore(start)) {
        Files.delete(file);
      }
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }
  }

  /** Reserves {@code count} numbers for one of many writers; returns the first. */
  static long reserve(String what, int count) {
    synchronized (ProcessShared.lock()) {
      long first = ProcessShared.find(what);
      ProcessShared.set(what, first + count);
      return first;
    }
  }
}
