package dev.tazza.wasi;

import dev.tazza.sys.fs.FileTimes;
import dev.tazza.sys.fs.Posix;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open directory of a {@link JavaFileSystem}. Paths are looked up by {@link JavaWalk}.
 *
 * <p>It is known by its path: when it was moved or replaced since it was opened, it is gone. What
 * the file system cannot do (zip files have no links, for one) is {@code ENOTSUP}.
 */
final class JavaDirectory extends Directory {
  private static final long NANOS = 1_000_000_000L;

  private final JavaFileSystem files;
  private final Path root;
  private final Path path;
  private final @Nullable Object key;
  private final JavaListing listing;

  /**
   * @param root the real path of the preopened directory that this one is, or is in
   * @param key what the file system knows it by
   */
  JavaDirectory(
      JavaFileSystem files,
      Path root,
      Path path,
      @Nullable Object key,
      Grant grant,
      byte @Nullable [] preopenName) {
    super(grant, preopenName);
    this.files = files;
    this.root = root;
    this.path = path;
    this.key = key;
    this.listing = new JavaListing(files, root, path);
  }

  /** Its attributes, if it is still there. */
  private BasicFileAttributes present() throws IOException, ErrnoException {
    BasicFileAttributes attributes = JavaFileSystem.find(root, path, key);
    if (attributes == null || !attributes.isDirectory()) {
      throw new ErrnoException(Errno.NOENT);
    }
    return attributes;
  }

  private JavaWalk walk(byte[] name, JavaWalk.Last last) throws IOException, ErrnoException {
    return walk(name, last, false);
  }

  private JavaWalk walk(byte[] name, JavaWalk.Last last, boolean creates)
      throws IOException, ErrnoException {
    present();
    return new JavaWalk(path, name, last, creates);
  }

  /** What a name is, which must be one: {@code .} and {@code ..} are {@code errno}. */
  private JavaWalk name(byte[] name, int errno) throws IOException, ErrnoException {
    JavaWalk walk = walk(name, JavaWalk.Last.ITSELF);
    if (walk.special()) {
      throw new ErrnoException(errno);
    }
    return walk;
  }

  /** The other directory of a call with two, which must be of the same file system. */
  private JavaDirectory same(Directory directory) throws ErrnoException {
    if (directory instanceof JavaDirectory other
        && other.files.fileSystem() == files.fileSystem()) {
      return other;
    }
    throw new ErrnoException(Errno.XDEV);
  }

  @Override
  void sync(boolean dataOnly) {
    // Names are changed at once.
  }

  @Override
  void stat(Filestat result) throws ErrnoException {
    files.alone(() -> {
      files.stat(path, present(), result);
    });
  }

  @Override
  void setTimes(FileTimes times) throws ErrnoException {
    files.alone(() -> {
      present();
      setTimes(path, times);
    });
  }

  @Override
  void setTimes(byte[] name, boolean follow, FileTimes times) throws ErrnoException {
    files.alone(() -> {
      JavaWalk walk = walk(name, JavaWalk.Last.of(follow));
      walk.existing();
      setTimes(walk.path(), times);
    });
  }

  static void setTimes(Path path, FileTimes times) throws IOException {
    BasicFileAttributeView view =
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      throw new UnsupportedOperationException();
    }
    FileTime access = time(times.access(), times.accessRule());
    view.setTimes(time(times.modify(), times.modifyRule()), access, null);
  }

  private static @Nullable FileTime time(long nanos, long rule) {
    if (rule == Posix.UTIME_OMIT) {
      return null;
    }
    Instant instant =
        rule == Posix.UTIME_NOW
            ? Instant.now()
            : Instant.ofEpochSecond(
                Long.divideUnsigned(nanos, NANOS), Long.remainderUnsigned(nanos, NANOS));
    return FileTime.from(instant);
  }

  @Override
  void stat(byte[] name, boolean follow, Filestat result) throws ErrnoException {
    files.alone(() -> {
      JavaWalk walk = walk(name, JavaWalk.Last.of(follow));
      files.stat(walk.path(), walk.existing(), result);
    });
  }

  @Override
  void createDirectory(byte[] name) throws ErrnoException {
    files.alone(() -> {
      JavaWalk walk = name(name, Errno.EXIST);
      walk.requireMissing();
      Files.createDirectory(walk.path());
    });
  }

  @Override
  void removeDirectory(byte[] name) throws ErrnoException {
    boolean dot = name.length > 0 && endsWithOneDot(name);
    files.alone(() -> {
      JavaWalk walk = name(name, dot ? Errno.INVAL : Errno.NOTEMPTY);
      if (!walk.existing().isDirectory()) {
        throw new ErrnoException(Errno.NOTDIR);
      }
      Files.delete(walk.path());
    });
  }

  @Override
  void unlinkFile(byte[] name) throws ErrnoException {
    files.alone(() -> {
      JavaWalk walk = name(name, Errno.ISDIR);
      if (walk.existing().isDirectory()) {
        throw new ErrnoException(Errno.ISDIR);
      }
      Files.delete(walk.path());
    });
  }

  @Override
  void rename(byte[] from, Directory target, byte[] to) throws ErrnoException {
    JavaDirectory other = same(target);
    files.alone(() -> {
      move(name(from, Errno.BUSY), other.name(to, Errno.BUSY));
    });
  }

  /** As POSIX has it, which is stricter about what replaces what than Java is. */
  private static void move(JavaWalk from, JavaWalk to) throws IOException, ErrnoException {
    boolean directory = from.existing().isDirectory();
    if (!directory && to.slash()) {
      throw new ErrnoException(Errno.NOTDIR);
    }
    if (from.path().equals(to.path())) {
      return;
    }
    if (directory && to.path().startsWith(from.path())) {
      throw new ErrnoException(Errno.INVAL);
    }
    BasicFileAttributes replaced = to.attributes();
    if (replaced != null) {
      if (directory != replaced.isDirectory()) {
        throw new ErrnoException(directory ? Errno.NOTDIR : Errno.ISDIR);
      }
      Object same = replaced.fileKey();
      if (same != null && Objects.equals(same, from.existing().fileKey())) {
        return;
      }
    }
    Files.move(from.path(), to.path(), StandardCopyOption.REPLACE_EXISTING);
    if (directory && JavaFileSystem.attributes(from.path()) != null) {
      // The zip file system makes the new directory, and leaves the old one with what is in it.
      Files.delete(to.path());
      throw new ErrnoException(Errno.NOTSUP);
    }
  }

  @Override
  void symlink(byte[] content, byte[] name) throws ErrnoException {
    files.alone(() -> {
      JavaWalk walk = name(name, Errno.EXIST);
      walk.requireMissing();
      if (walk.slash() || content.length == 0) {
        throw new ErrnoException(Errno.NOENT);
      }
      Path target = files.fileSystem().getPath(GuestMemory.utf8(content));
      if (target.isAbsolute() || target.getRoot() != null) {
        throw new ErrnoException(Errno.PERM);
      }
      Files.createSymbolicLink(walk.path(), target);
    });
  }

  @Override
  void link(byte[] from, boolean follow, Directory target, byte[] to) throws ErrnoException {
    JavaDirectory other = same(target);
    files.alone(() -> {
      JavaWalk newName = other.name(to, Errno.EXIST);
      JavaWalk walk = walk(from, JavaWalk.Last.of(follow));
      BasicFileAttributes attributes = walk.existing();
      newName.requireMissing();
      if (attributes.isDirectory()) {
        throw new ErrnoException(Errno.PERM);
      }
      if (newName.slash()) {
        throw new ErrnoException(Errno.NOENT);
      }
      if (attributes.isSymbolicLink()) {
        // Java leaves open whether it would be followed, which may lead anywhere.
        throw new ErrnoException(Errno.NOTSUP);
      }
      Files.createLink(newName.path(), walk.path());
    });
  }

  @Override
  byte[] readlink(byte[] name) throws ErrnoException {
    return files.answer(() -> {
      JavaWalk walk = walk(name, JavaWalk.Last.ITSELF_UNLESS_SLASH);
      if (!walk.existing().isSymbolicLink()) {
        throw new ErrnoException(Errno.INVAL);
      }
      return JavaWalk.linkText(walk.path()).getBytes(StandardCharsets.UTF_8);
    });
  }

  @Override
  Descriptor open(byte[] name, Opening how) throws ErrnoException {
    return files.answer(() -> {
      boolean exclusive = how.has(OPEN_CREATE) && how.has(OPEN_EXCLUSIVE);
      JavaWalk.Last last = JavaWalk.Last.of(how.follow() && !exclusive);
      JavaWalk walk = walk(name, last, how.has(OPEN_CREATE));
      BasicFileAttributes attributes = walk.attributes();
      if (attributes != null && exclusive) {
        throw new ErrnoException(Errno.EXIST);
      }
      if (attributes == null && how.has(OPEN_CREATE)) {
        if (!files.create(walk.path()) && exclusive) {
          throw new ErrnoException(Errno.EXIST);
        }
        attributes = JavaFileSystem.attributes(walk.path());
      }
      return open(walk, attributes == null ? walk.existing() : attributes, how);
    });
  }

  private Descriptor open(JavaWalk walk, BasicFileAttributes attributes, Opening how)
      throws IOException, ErrnoException {
    int type = JavaFileSystem.type(attributes);
    if (type != DIRECTORY && (how.has(OPEN_DIRECTORY) || walk.slash())) {
      throw new ErrnoException(Errno.NOTDIR);
    }
    if (type == SYMBOLIC_LINK) {
      throw new ErrnoException(Errno.LOOP);
    }
    Grant grant = grant(type, Rights.FILE, how);
    Path found = walk.path();
    if (type == DIRECTORY) {
      if (how.writes() || how.has(OPEN_CREATE) || how.has(OPEN_TRUNCATE)) {
        throw new ErrnoException(Errno.ISDIR);
      }
      return new JavaDirectory(files, root, found, attributes.fileKey(), grant, null);
    }
    if (how.has(OPEN_TRUNCATE)) {
      files.truncate(found);
    }
    SeekableByteChannel channel = files.open(found, options(how));
    JavaFile file = null;
    try {
      file = new JavaFile(files, root, found, attributes, channel, grant);
      return file;
    } finally {
      if (file == null) {
        channel.close();
      }
    }
  }

  private static Set<OpenOption> options(Opening how) {
    Set<OpenOption> options = new HashSet<>();
    if (how.writes()) {
      options.add(StandardOpenOption.WRITE);
    }
    if (how.reads() || !how.writes()) {
      options.add(StandardOpenOption.READ);
    }
    if ((how.flags() & (SYNC | RSYNC)) != 0) {
      options.add(StandardOpenOption.SYNC);
    } else if ((how.flags() & DSYNC) != 0) {
      options.add(StandardOpenOption.DSYNC);
    }
    return options;
  }

  @Override
  int list(long cookie, GuestMemory memory, int pointer, int length) throws ErrnoException {
    return files.answer(() -> {
      present();
      return listing.read(cookie, memory, pointer, length);
    });
  }

  @Override
  void close() {
    // Nothing is held open.
  }
}
