package dev.tazza;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file of a module in a cache.
 *
 * <pre>
 *   +0    "tazza\0\0" and the format's number
 *   +8    size of the module
 *   +16   the module, as it was compiled from
 *         the artifact
 * </pre>
 *
 * <p>Its name has checksums, which only tell files apart; what counts is that the module is the
 * same. A cryptographic hash would do too, but takes 200 ms for a megabyte in a JVM that has just
 * started, and the comparison 1 ms.
 */
final class CacheFile {
  /** The end of the names of all of them. */
  static final String SUFFIX = ".cached";

  /** The end of the names of those that are being written. */
  static final String TEMPORARY = ".tmp";

  private static final long MAGIC = 0x0100_0061_7A7A_6174L; // "tazza", 0, 0, 1
  private static final int HEADER_SIZE = 16;
  private static final int PIECE = 1 << 16;

  /** A file that was used is marked as such if it was not for so long. */
  private static final Duration MARK_INTERVAL = Duration.ofHours(1);

  private final byte[] module;
  private final Path path;

  CacheFile(Path directory, byte[] module, long fingerprint) {
    this.module = module;
    CRC32C checksum = new CRC32C();
    checksum.update(module);
    this.path =
        directory.resolve(
            String.join(
                    "-",
                    Long.toHexString(checksum.getValue()),
                    Integer.toHexString(module.length),
                    Long.toHexString(fingerprint))
                + SUFFIX);
  }

  /**
   * The artifact, or null when there is none.
   *
   * @throws IOException also when the file is damaged
   */
  @Nullable InputStream open() throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(path);
    } catch (NoSuchFileException e) {
      return null;
    }
    try {
      if (isSame(channel)) {
        mark();
        return Channels.newInputStream(channel);
      }
      channel.close(); // another module with the same checksum: the last one is kept
      return null;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether it is the module's; then the channel stands at the artifact. */
  private boolean isSame(FileChannel channel) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    read(channel, header);
    if (header.getLong(0) != MAGIC) {
      throw new IOException("not a file of a cache: " + path);
    }
    if (header.getLong(8) != module.length) {
      return false;
    }
    ByteBuffer piece = ByteBuffer.allocateDirect(Math.min(PIECE, Math.max(module.length, 1)));
    for (int at = 0; at < module.length; at += piece.limit()) {
      piece.clear().limit(Math.min(piece.capacity(), module.length - at));
      read(channel, piece);
      if (piece.mismatch(ByteBuffer.wrap(module, at, piece.limit())) >= 0) {
        return false;
      }
    }
    return true;
  }

  private void read(FileChannel channel, ByteBuffer to) throws IOException {
    while (to.hasRemaining()) {
      if (channel.read(to) < 0) {
        throw new IOException("the file ends too early: " + path);
      }
    }
    to.flip();
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

  /** Writes it, to be seen by others when it is whole. */
  void write(byte[] artifact) throws IOException {
    Path temporary = Files.createTempFile(path.getParent(), "", TEMPORARY);
    try {
      ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
      header.putLong(MAGIC).putLong(module.length);
      try (OutputStream out = Files.newOutputStream(temporary)) {
        out.write(header.array());
        out.write(module);
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
