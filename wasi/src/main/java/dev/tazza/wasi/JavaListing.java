package dev.tazza.wasi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory of a Java file system for {@code fd_readdir}: those of the moment when
 * the guest began to read, in the order of their names. A cookie is an entry's place in that list.
 */
final class JavaListing {
  private final JavaFileSystem files;
  private final Path root;
  private final Path directory;
  private @Nullable List<String> names;

  /**
   * @param root above which there is nothing for the guest
   */
  JavaListing(JavaFileSystem files, Path root, Path directory) {
    this.files = files;
    this.root = root;
    this.directory = directory;
  }

  /** As {@link Directory#list}. */
  int read(long cookie, GuestMemory memory, int pointer, int length)
      throws IOException, ErrnoException {
    long size = Integer.toUnsignedLong(length);
    long start = memory.range(pointer, size);
    List<String> all = names;
    if (all == null || cookie == 0) {
      all = list();
      names = all;
    }
    long used = 0;
    for (long i = cookie; i >= 0 && i < all.size() && used < size; i++) {
      byte[] entry = entry(all.get((int) i), i + 1);
      int part = (int) Math.min(entry.length, size - used);
      memory.copyIn(entry, 0, start + used, part);
      used += part;
    }
    return (int) used;
  }

  private byte[] entry(String name, long next) throws IOException {
    Path path = path(name);
    BasicFileAttributes attributes = JavaFileSystem.attributes(path);
    long inode = attributes == null ? 0 : files.inode(path, attributes);
    int type = attributes == null ? Descriptor.UNKNOWN : JavaFileSystem.type(attributes);
    return DirectoryReader.entry(next, inode, type, name.getBytes(StandardCharsets.UTF_8));
  }

  private Path path(String name) {
    if (name.equals("..")) {
      Path parent = directory.equals(root) ? null : directory.getParent();
      return parent == null ? directory : parent;
    }
    return name.equals(".") ? directory : directory.resolve(name);
  }

  private List<String> list() throws IOException {
    List<String> result = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path each : stream) {
        String name = String.valueOf(each.getFileName());
        String separator = directory.getFileSystem().getSeparator();
        result.add(
            name.endsWith(separator)
                ? name.substring(0, name.length() - separator.length())
                : name);
      }
    }
    Collections.sort(result);
    result.addFirst("..");
    result.addFirst(".");
    return result;
  }
}
