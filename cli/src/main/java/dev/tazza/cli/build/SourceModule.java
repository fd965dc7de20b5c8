package dev.tazza.cli.build;

import dev.tazza.cli.bindings.JavaNames;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;

/**
 * A module among the sources of a project, in the folder of the package that its class is to be in.
 *
 * @param file where it is
 * @param path the same from the folder of sources on, with {@code /}
 * @param packageName may be empty
 * @param name of the file, without extension
 * @param className without its package
 */
public record SourceModule(
    Path file, String path, String packageName, String name, String className) {
  private static final String ANYWHERE = "**/";
  private static final List<String> EXTENSIONS = List.of(".wasm", ".wat");

  /**
   * All in a folder and those below it, in the order of their paths.
   *
   * @param parent a package that all packages are in; empty: none
   * @param includes patterns as of {@link FileSystem#getPathMatcher}, where {@code **}{@code /} may
   *     also stand for nothing; empty: all with the extension {@code wasm} or {@code wat}
   * @param excludes the same for what is left out
   * @throws IllegalArgumentException when a name gives no name of Java, or two the same; it begins
   *     with the file
   */
  public static List<SourceModule> find(
      Path folder, String parent, List<String> includes, List<String> excludes) throws IOException {
    Predicate<Path> included =
        includes.isEmpty() ? SourceModule::isModule : matcher(folder, includes);
    Predicate<Path> wanted = included.and(matcher(folder, excludes).negate());
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).map(folder::relativize).filter(wanted).toList();
    }
    List<SourceModule> modules = new ArrayList<>();
    Map<String, Path> classes = new HashMap<>();
    for (Path file : files.stream().sorted().toList()) {
      SourceModule module = of(folder, file, parent);
      Path other = classes.putIfAbsent(module.qualifiedName(), folder.resolve(file));
      if (other != null) {
        throw new IllegalArgumentException(
            "%s: its class would be %s, like that of %s"
                .formatted(module.file, module.qualifiedName(), other));
      }
      modules.add(module);
    }
    return modules;
  }

  private static boolean isModule(Path file) {
    String name = file.getFileName().toString();
    return EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  private static Predicate<Path> matcher(Path folder, List<String> patterns) {
    FileSystem files = folder.getFileSystem();
    List<PathMatcher> matchers = new ArrayList<>();
    for (String pattern : patterns) {
      matchers.add(files.getPathMatcher("glob:" + pattern));
      if (pattern.startsWith(ANYWHERE)) {
        matchers.add(files.getPathMatcher("glob:" + pattern.substring(ANYWHERE.length())));
      }
    }
    return path -> matchers.stream().anyMatch(matcher -> matcher.matches(path));
  }

  private static SourceModule of(Path folder, Path file, String parent) {
    List<String> packages = new ArrayList<>();
    if (!parent.isEmpty()) {
      packages.add(parent);
    }
    for (int i = 0; i < file.getNameCount() - 1; i++) {
      packages.add(file.getName(i).toString());
    }
    String fileName = file.getFileName().toString();
    int dot = fileName.lastIndexOf('.');
    String name = dot > 0 ? fileName.substring(0, dot) : fileName;
    String packageName = String.join(".", packages);
    Path full = folder.resolve(file);
    if (!packageName.isEmpty() && !SourceVersion.isName(packageName)) {
      throw new IllegalArgumentException(full + ": " + packageName + " is no name of a package");
    }
    if (fileName.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(full + ": there are control characters in the name");
    }
    String path = file.toString().replace(folder.getFileSystem().getSeparator(), "/");
    return new SourceModule(full, path, packageName, name, JavaNames.identifier(name, true));
  }

  private String qualifiedName() {
    return packageName.isEmpty() ? className : packageName + "." + className;
  }

  /** The file of its class, from a folder of sources on. */
  public String source() {
    return qualifiedName().replace('.', '/') + ".java";
  }

  /** The file of the module itself, from a folder of classes on. */
  public String resource() {
    return beside(name + ".wasm");
  }

  /** The file of what is compiled for a target, from a folder of classes on. */
  public String artifact(BuildTarget target, List<BuildTarget> all) {
    return beside(target.artifact(name, all.size() == 1));
  }

  /** The file that names the artifacts, where there are several. */
  public String targets() {
    return beside(name + ".targets");
  }

  /** What is in it. */
  public String targetNames(List<BuildTarget> targets) {
    StringBuilder lines = new StringBuilder();
    targets.forEach(target -> lines.append(target.artifact(name, false)).append('\n'));
    return lines.toString();
  }

  private String beside(String resource) {
    return packageName.isEmpty() ? resource : packageName.replace('.', '/') + "/" + resource;
  }
}
