package dev.tazza.wasi;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a test has its files: everywhere a guest must find the same. */
enum Place {
  /** The host's file system, through the kernel's own resolver. */
  KERNEL,
  /** The host's, through ours. */
  WALK,
  /** One in memory. */
  MEMORY;

  /** An empty directory there; for the host's {@code temp}. */
  Path directory(Path temp) throws IOException {
    return isHost() ? temp : Files.createDirectories(memory().getPath("/up/dir"));
  }

  static FileSystem memory() {
    return Jimfs.newFileSystem(
        Configuration.unix().toBuilder().setAttributeViews("basic", "unix").build());
  }

  boolean isHost() {
    return this != MEMORY;
  }

  boolean walks() {
    return this == WALK;
  }
}
