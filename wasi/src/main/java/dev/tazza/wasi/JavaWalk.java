package dev.tazza.wasi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks a guest's path up in a Java file system, and stays beneath the directory it starts from.
 *
 * <p>As {@link dev.tazza.sys.fs.Beneath} does it without the kernel's help: one name at a time;
 * links are read and expanded here; {@code ..} goes back to the directory that we came through. So
 * the file system is only ever given real directories and one name, which is checked to be one for
 * it: what is a name for the guest may be a separator or a drive there.
 */
final class JavaWalk {
  /** How many links a path may go through, Linux's own number. */
  private static final int MAX_LINKS = 40;

  private static final int MAX_PATH = 4096;
  private static final int MAX_NAME = 255;

  /** What becomes of a link as the last name. */
  enum Last {
    /** It is followed. */
    FOLLOWED,
    /** It is meant itself, unless a slash comes after it. */
    ITSELF_UNLESS_SLASH,
    /** It is meant itself, with or without a slash. */
    ITSELF;

    static Last of(boolean follow) {
      return follow ? FOLLOWED : ITSELF_UNLESS_SLASH;
    }

    boolean follows(boolean slash) {
      return this == FOLLOWED || this == ITSELF_UNLESS_SLASH && slash;
    }
  }

  /** The real directories from the start to where we are. */
  private final List<Path> held = new ArrayList<>();

  private final Deque<String> rest = new ArrayDeque<>();
  private boolean slash;
  private boolean special;
  private int links;
  private Path path;
  private @Nullable BasicFileAttributes attributes;

  /**
   * Walks.
   *
   * @param start a real directory
   * @param creates whether it is to make a file, which no name with a slash can be
   */
  JavaWalk(Path start, byte[] guestPath, Last last, boolean creates)
      throws IOException, ErrnoException {
    if (guestPath.length == 0) {
      throw new ErrnoException(Errno.NOENT);
    }
    if (guestPath.length >= MAX_PATH) {
      throw new ErrnoException(Errno.NAMETOOLONG);
    }
    held.add(start);
    path = start;
    expand(GuestMemory.utf8(guestPath));
    run(last, creates);
  }

  /** Where the path leads: beneath the start, through no link. */
  Path path() {
    return path;
  }

  /** What is there; null if nothing is. */
  @Nullable BasicFileAttributes attributes() {
    return attributes;
  }

  /** What is there; it must be a directory if the path ends with a slash. */
  BasicFileAttributes existing() throws ErrnoException {
    BasicFileAttributes found = attributes;
    if (found == null) {
      throw new ErrnoException(Errno.NOENT);
    }
    if (slash && !found.isDirectory()) {
      throw new ErrnoException(Errno.NOTDIR);
    }
    return found;
  }

  void requireMissing() throws ErrnoException {
    if (attributes != null) {
      throw new ErrnoException(Errno.EXIST);
    }
  }

  /** Whether the path ends with a slash. */
  boolean slash() {
    return slash;
  }

  /** Whether the last name is {@code .} or {@code ..}. */
  boolean special() {
    return special;
  }

  /** The content of a link, with slashes whatever the file system's own separator is. */
  static String linkText(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    return target.toString().replace(link.getFileSystem().getSeparator(), "/");
  }

  /** Puts the names of a relative path in front of what is left. */
  private void expand(String text) throws ErrnoException {
    if (text.startsWith("/")) {
      throw new ErrnoException(Errno.PERM);
    }
    if (text.isEmpty()) {
      throw new ErrnoException(Errno.NOENT);
    }
    if (rest.isEmpty()) {
      slash |= text.endsWith("/");
    }
    String[] names = text.split("/");
    for (int i = names.length - 1; i >= 0; i--) {
      if (!names[i].isEmpty()) {
        rest.push(names[i]);
      }
    }
  }

  private void run(Last last, boolean creates) throws IOException, ErrnoException {
    while (!rest.isEmpty()) {
      String name = rest.pop();
      boolean end = rest.isEmpty();
      if (name.equals(".") || name.equals("..")) {
        dots(name.length(), end);
      } else if (name(name, end, last, creates)) {
        return;
      }
    }
    path = held.getLast();
    attributes = JavaFileSystem.attributes(path);
  }

  private void dots(int count, boolean end) throws ErrnoException {
    if (count == 2) {
      if (held.size() == 1) {
        throw new ErrnoException(Errno.PERM);
      }
      held.removeLast();
    }
    special = end;
  }

  /** Goes on by one name; true if that is the last one and what it stands for has been found. */
  private boolean name(String name, boolean end, Last last, boolean creates)
      throws IOException, ErrnoException {
    if (end && slash && creates) {
      throw new ErrnoException(Errno.ISDIR);
    }
    Path child = child(held.getLast(), name);
    BasicFileAttributes found = JavaFileSystem.attributes(child);
    if (found != null && found.isSymbolicLink() && (!end || last.follows(slash))) {
      follow(child);
      return false;
    }
    if (end) {
      path = child;
      attributes = found;
      return true;
    }
    if (found == null) {
      throw new ErrnoException(Errno.NOENT);
    }
    if (!found.isDirectory()) {
      throw new ErrnoException(Errno.NOTDIR);
    }
    held.add(child);
    return false;
  }

  private void follow(Path link) throws IOException, ErrnoException {
    if (++links > MAX_LINKS) {
      throw new ErrnoException(Errno.LOOP);
    }
    Path target = Files.readSymbolicLink(link);
    if (target.isAbsolute() || target.getRoot() != null) {
      throw new ErrnoException(Errno.PERM);
    }
    expand(linkText(link));
  }

  /** A name in a directory, if it is just a name for the file system, too. */
  private static Path child(Path directory, String name) throws ErrnoException {
    if (name.length() > MAX_NAME || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
      throw new ErrnoException(Errno.NAMETOOLONG);
    }
    Path single = directory.getFileSystem().getPath(name);
    if (single.isAbsolute()
        || single.getRoot() != null
        || single.getNameCount() != 1
        || !single.toString().equals(name)) {
      throw new ErrnoException(Errno.INVAL);
    }
    Path child = directory.resolve(single);
    boolean beneath =
        child.getNameCount() == directory.getNameCount() + 1
            && child.startsWith(directory)
            && child.normalize().equals(child);
    if (!beneath) {
      throw new ErrnoException(Errno.INVAL);
    }
    return child;
  }
}
