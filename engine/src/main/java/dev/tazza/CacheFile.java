package dev.tazza;

import dev.tazza.environ.artifact.MappedArtifact;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The file of a module in a cache.
 *
 * <pre>
 *   +0    "tazza\0\0" and the format's number
 *   +8    size of the module
 *   +16   the module, as it was compiled from; then zeros
 *         the artifact, at a page
 * </pre>
 *
 * <p>Its name has checksums, which only tell files apart; what counts is that the module is the
 * same. A cryptographic hash would do too, but takes 200 ms for a megabyte in a JVM that has just
 * started, and the comparison 1 ms.
 *
 * <p>Files are mapped, and their code runs where it lies. So nobody ever writes to a file that has
 * got its name: it is replaced, or deleted.
 */
final class CacheFile {
  /** The end of the names of all of them. */
  static final String SUFFIX = ".cached";

  /** The end of the names of those that are being written. */
  static final String TEMPORARY = ".tmp";

  private static final long MAGIC = 0x0200_0061_7A7A_6174L; // "tazza", 0, 0, 2
  private static final int HEADER_SIZE = 16;
  private static final int PAGE = 4096;

  /** A file that was used is marked as such if it was not for so long. */
  private static final Duration MARK_INTERVAL = Duration.ofHours(1);

  private final ModuleBytes module;
  private final int moduleSize;
  private final Path path;

  /**
   * That of a module.
   *
   * @throws IOException when the module cannot be read
   */
  CacheFile(Path directory, ModuleBytes module, long fingerprint) throws IOException {
    this.module = module;
    moduleSize = module.size();
    CRC32 checksum = new CRC32();
    for (int at = 0; at < moduleSize; at += ModuleBytes.PIECE) {
      checksum.update(module.piece(at, Math.min(ModuleBytes.PIECE, moduleSize - at)));
    }
    this.path =
        directory.resolve(
            String.join(
                    "-",
                    Long.toHexString(checksum.getValue()),
                    Integer.toHexString(moduleSize),
                    Long.toHexString(fingerprint))
                + SUFFIX);
  }

  /**
   * The file, or null when there is none for the module.
   *
   * @throws IOException also when it is damaged
   */
  @Nullable MappedFile open() throws IOException {
    MappedFile file;
    try {
      file = MappedFile.open(path);
    } catch (NoSuchFileException e) {
      return null;
    }
    try {
      if (isSame(file.bytes())) {
        mark();
        return file;
      }
      file.close(); // another module with the same checksum: the last one is kept
      return null;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether it is the module's. */
  private boolean isSame(ByteBuffer file) throws IOException {
    if (file.capacity() < HEADER_SIZE || file.getLong(0) != MAGIC) {
      throw new IOException("not a file of a cache: " + path);
    }
    if (file.getLong(8) != moduleSize) {
      return false;
    }
    if (file.capacity() < artifactOffset()) {
      throw new IOException("the file ends too early: " + path);
    }
    for (int at = 0; at < moduleSize; at += ModuleBytes.PIECE) {
      int count = Math.min(ModuleBytes.PIECE, moduleSize - at);
      if (file.slice(HEADER_SIZE + at, count).mismatch(module.piece(at, count)) >= 0) {
        return false;
      }
    }
    int end = HEADER_SIZE + moduleSize;
    ByteBuffer zeros = ByteBuffer.allocate((int) (artifactOffset() - end));
    if (!file.slice(end, zeros.capacity()).equals(zeros)) {
      throw new IOException("something is between module and artifact: " + path);
    }
    return true;
  }

  /** Where the artifact begins. */
  private long artifactOffset() {
    return HEADER_SIZE + (long) moduleSize + PAGE - 1 & -PAGE;
  }

  /** The artifact in what {@link #open} gave. */
  MappedArtifact artifact(MappedFile file) {
    return file.artifact((int) artifactOffset());
  }

  /** Notes that it was used. */
  private void mark() {
    try {
      Instant now = Instant.now();
      Instant marked = Files.getLastModifiedTime(path).toInstant();
      if (marked.plus(MARK_INTERVAL).isBefore(now)) {
        Files.setLastModifiedTime(path, FileTime.from(now));
      }
    } catch (IOException e) {
      // Somebody has deleted it, or it is read-only.
    }
  }

  /**
   * Writes it, to be seen by others when it is whole.
   *
   * @param whole the module
   */
  void write(byte[] whole, byte[] artifact) throws IOException {
    Path temporary = Files.createTempFile(path.getParent(), "", TEMPORARY);
    try {
      ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
      header.putLong(MAGIC).putLong(moduleSize);
      try (OutputStream out = Files.newOutputStream(temporary)) {
        out.write(header.array());
        out.write(whole);
        out.write(new byte[(int) (artifactOffset() - HEADER_SIZE - moduleSize)]);
        out.write(artifact);
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | UncheckedIOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  /** Deletes it, if that is possible. */
  void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next one will find it again.
    }
  }
}
