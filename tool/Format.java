import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Runs google-java-format over every Java file of the project, as a source-file program so that it
 * runs in the JDK that compiles the project (the formatter uses that JDK's parser) and not in the
 * one that runs Maven.
 *
 * <p>{@code java -cp ... tool/Format.java check|apply ROOT}. Files found in order before, judged by
 * size and modification time, are not looked at again: {@code target/format.cache} remembers them.
 */
final class Format {
  private static final String FIX = "mvn -q -N -Pformat validate";

  /** What became of one file. */
  private enum Verdict {
    IN_ORDER,
    DIFFERS,
    BROKEN
  }

  private record Source(Path path, String stamp) {}

  private final Path root;
  private final boolean apply;

  private Format(Path root, boolean apply) {
    this.root = root;
    this.apply = apply;
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 2 || !(args[0].equals("check") || args[0].equals("apply"))) {
      System.err.println("usage: Format.java check|apply ROOT");
      System.exit(2);
    }
    System.exit(new Format(Path.of(args[1]), args[0].equals("apply")).run() ? 0 : 1);
  }

  private boolean run() throws IOException {
    Path cacheFile = root.resolve("target/format.cache");
    Set<String> known =
        Files.exists(cacheFile) ? new HashSet<>(Files.readAllLines(cacheFile)) : new HashSet<>();
    List<Source> sources = sources();
    List<Verdict> verdicts =
        sources.parallelStream()
            .map(s -> known.contains(s.stamp) ? Verdict.IN_ORDER : visit(s.path))
            .toList();
    List<String> cache = new ArrayList<>();
    List<Path> differing = new ArrayList<>();
    boolean broken = false;
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      switch (verdicts.get(i)) {
        case IN_ORDER -> cache.add(source.stamp);
        case DIFFERS -> {
          differing.add(root.relativize(source.path));
          if (apply) {
            cache.add(
                stamp(source.path, Files.readAttributes(source.path, BasicFileAttributes.class)));
          }
        }
        case BROKEN -> broken = true;
      }
    }
    Files.createDirectories(cacheFile.getParent());
    Files.write(cacheFile, cache);
    for (Path path : differing) {
      System.err.println((apply ? "formatted " : "not formatted: ") + path);
    }
    if (!apply && !differing.isEmpty()) {
      System.err.printf(
          "%d file(s) differ from google-java-format. To fix: %s%n", differing.size(), FIX);
    }
    return !broken && (apply || differing.isEmpty());
  }

  private Verdict visit(Path path) {
    try {
      String before = Files.readString(path);
      String after = new Formatter().formatSourceAndFixImports(before);
      if (after.equals(before)) {
        return Verdict.IN_ORDER;
      }
      if (apply) {
        Files.writeString(path, after);
      }
      return Verdict.DIFFERS;
    } catch (FormatterException e) {
      System.err.println(root.relativize(path) + ": " + e.getMessage());
      return Verdict.BROKEN;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Source> sources() throws IOException {
    List<Source> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            String name = dir.equals(root) ? "" : dir.getFileName().toString();
            return name.equals("target") || name.startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              found.add(new Source(file, stamp(file, attributes)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private String stamp(Path file, BasicFileAttributes attributes) {
    return "%s %d %s"
        .formatted(root.relativize(file), attributes.size(), attributes.lastModifiedTime());
  }
}
