package dev.tazza.wasi;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A file system of {@code java.nio.file} that is not the host's, as one guest sees it.
 *
 * <p>Its paths are looked up anew for each call, unlike the host's descriptors. So the calls of all
 * guests on it take turns: between the look at a path and its use no guest changes a link. What
 * other code of the host program does to it meanwhile is not held up.
 */
final class JavaFileSystem {
  private final FileSystem fileSystem;
  private final long device;
  private final ReentrantLock lock;
  private final boolean unixView;

  /** Whether files may be opened with {@code NOFOLLOW_LINKS}; the zip file system refuses it. */
  private boolean knowsNoFollow = true;

  /**
   * @param number different from that of the guest's other file systems
   */
  JavaFileSystem(FileSystem fileSystem, int number) {
    this.fileSystem = fileSystem;
    // The host's devices have small numbers.
    this.device = Long.MIN_VALUE | number;
    this.lock = Locks.of(fileSystem);
    this.unixView = fileSystem.supportedFileAttributeViews().contains("unix");
  }

  /** One for each file system of the process. It goes with the file system. */
  private static final class Locks {
    private static final Map<FileSystem, ReentrantLock> ALL =
        Collections.synchronizedMap(new WeakHashMap<>());

    static ReentrantLock of(FileSystem fileSystem) {
      return ALL.computeIfAbsent(fileSystem, _ -> new ReentrantLock());
    }
  }

  /** What is done while no other guest uses the file system. */
  interface Step {
    void run() throws IOException, ErrnoException;
  }

  /** A step with a result. */
  interface Question<T> {
    T ask() throws IOException, ErrnoException;
  }

  /** Runs a step alone and gives its failures the numbers that Linux would. */
  void alone(Step step) throws ErrnoException {
    answer(() -> {
      step.run();
      return true;
    });
  }

  /** As {@link #alone} with a result. */
  <T> T answer(Question<T> question) throws ErrnoException {
    lock.lock();
    try {
      return question.ask();
    } catch (IOException e) {
      throw JavaErrors.of(e);
    } catch (RuntimeException e) {
      throw JavaErrors.of(e);
    } finally {
      lock.unlock();
    }
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  /** The attributes of a name itself, not of what it links to; null if there is no such name. */
  static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * The attributes of something that was opened, if it is still where it was: no directory on the
   * way from {@code root} has become a link, and nothing else has its name. Null otherwise.
   *
   * @param key its {@link BasicFileAttributes#fileKey} then
   */
  static @Nullable BasicFileAttributes find(Path root, Path path, @Nullable Object key)
      throws IOException {
    BasicFileAttributes attributes = attributes(root);
    for (int end = root.getNameCount(); end < path.getNameCount(); end++) {
      if (attributes == null || !attributes.isDirectory()) {
        return null;
      }
      attributes = attributes(root.resolve(path.subpath(root.getNameCount(), end + 1)));
    }
    return attributes != null && Objects.equals(attributes.fileKey(), key) ? attributes : null;
  }

  static int type(BasicFileAttributes attributes) {
    if (attributes.isRegularFile()) {
      return Descriptor.REGULAR_FILE;
    }
    if (attributes.isDirectory()) {
      return Descriptor.DIRECTORY;
    }
    return attributes.isSymbolicLink() ? Descriptor.SYMBOLIC_LINK : Descriptor.UNKNOWN;
  }

  void stat(Path path, BasicFileAttributes attributes, Filestat result) throws IOException {
    result.device = device;
    result.inode = inode(path, attributes);
    result.type = type(attributes);
    result.links = 1;
    result.size = attributes.size();
    result.accessTime = nanos(attributes.lastAccessTime());
    result.modifyTime = nanos(attributes.lastModifiedTime());
    result.changeTime = result.modifyTime;
    if (unixView) {
      LinkOption itself = LinkOption.NOFOLLOW_LINKS;
      result.links = ((Number) Files.getAttribute(path, "unix:nlink", itself)).longValue();
      result.changeTime = nanos((FileTime) Files.getAttribute(path, "unix:ctime", itself));
    }
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  /**
   * A number by which a guest can tell files apart: the file's own, or one made from its path, so
   * that hard links look like different files then.
   */
  long inode(Path path, BasicFileAttributes attributes) throws IOException {
    if (unixView) {
      Object number = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      return ((Number) number).longValue();
    }
    if (attributes.fileKey() instanceof Number number) {
      return number.longValue();
    }
    // FNV-1a: two paths of a file system have the same one with a probability of 2⁻⁶⁴.
    String text = path.toString();
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Makes an empty file; false if the name is taken. */
  boolean create(Path path) throws IOException {
    try {
      Files.newByteChannel(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  void truncate(Path path) throws IOException {
    open(
            path,
            new HashSet<>(Set.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)))
        .close();
  }

  /**
   * Opens a file that exists and is no link. A file to be written is opened as a {@link
   * FileChannel} where there are such: the other channels of the zip file system forget what was in
   * the file.
   *
   * @param options changed by this method
   */
  SeekableByteChannel open(Path path, Set<OpenOption> options) throws IOException {
    if (knowsNoFollow) {
      options.add(LinkOption.NOFOLLOW_LINKS);
      try {
        return channel(path, options);
      } catch (IllegalArgumentException | UnsupportedOperationException e) {
        options.remove(LinkOption.NOFOLLOW_LINKS);
      }
    }
    SeekableByteChannel channel = channel(path, options);
    knowsNoFollow = false;
    return channel;
  }

  private static SeekableByteChannel channel(Path path, Set<OpenOption> options)
      throws IOException {
    if (options.contains(StandardOpenOption.WRITE)) {
      try {
        return FileChannel.open(path, options);
      } catch (UnsupportedOperationException e) {
        // There are only the simpler ones.
      }
    }
    return Files.newByteChannel(path, options);
  }
}
