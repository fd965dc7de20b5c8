package dev.tazza.translate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Digests of class files, in folders or jars. Two checksums of 32 bits, which find change and not
 * malice: whoever can replace classes needs no artifact.
 */
public final class ClassDigest {
  private static final String CLASS = ".class";

  /** The results are not part of what they are about. */
  private static final String BUILT = BuiltDigests.class.getName().replace('.', '/') + CLASS;

  private final CRC32 first = new CRC32();
  private final CRC32C second = new CRC32C();

  private ClassDigest() {}

  /** Of the classes that make code. */
  public static long generator() {
    return of("assembler.CodeBuffer", "codegen.Compiler", "translate.ModuleCompiler");
  }

  /** Of the classes that say what code and runtime have to agree on. */
  public static long layouts() {
    return of("environ.CompiledModule", "wasm.module.WasmModule");
  }

  /**
   * Of all classes of some modules, each named by one of them, which need not be seen from here.
   */
  private static long of(String... modules) {
    ClassDigest digest = new ClassDigest();
    for (String module : modules) {
      try {
        digest.add(Class.forName("dev.tazza." + module, false, ClassDigest.class.getClassLoader()));
      } catch (ReflectiveOperationException
          | IOException
          | URISyntaxException
          | RuntimeException e) {
        throw new IllegalStateException("cannot tell which code generator this is", e);
      }
    }
    return digest.first.getValue() << 32 | digest.second.getValue();
  }

  static @Nullable URL location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null ? null : source.getLocation();
  }

  private void add(Class<?> module) throws IOException, URISyntaxException {
    URL location = location(module);
    if (location == null) {
      throw new IOException("the place of " + module + " is not known");
    }
    String[] names = module.getPackageName().split("\\.");
    String folder = String.join("/", names[0], names[1], names[2]) + "/";
    Path path = Path.of(location.toURI());
    if (GeneratorDigest.isFolder(location)) {
      addFolder(path, folder);
    } else {
      addJar(path, folder);
    }
  }

  private void addFolder(Path root, String folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (var paths = Files.walk(root.resolve(folder))) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        names.add(root.relativize(path).toString().replace('\\', '/'));
      }
    }
    for (String name : classes(names, folder)) {
      add(name, Files.readAllBytes(root.resolve(name)));
    }
  }

  private void addJar(Path jar, String folder) throws IOException {
    try (ZipFile file = new ZipFile(jar.toFile())) {
      List<String> names = new ArrayList<>();
      for (Enumeration<? extends ZipEntry> all = file.entries(); all.hasMoreElements(); ) {
        names.add(all.nextElement().getName());
      }
      for (String name : classes(names, folder)) {
        try (InputStream in = file.getInputStream(new ZipEntry(name))) {
          add(name, in.readAllBytes());
        }
      }
    }
  }

  private static List<String> classes(List<String> names, String folder) {
    List<String> classes = new ArrayList<>();
    for (String name : names) {
      if (name.startsWith(folder) && name.endsWith(CLASS) && !name.equals(BUILT)) {
        classes.add(name);
      }
    }
    Collections.sort(classes);
    return classes;
  }

  private void add(String name, byte[] content) {
    byte[] bytes = name.getBytes(UTF_8);
    first.update(bytes);
    first.update(content);
    second.update(bytes);
    second.update(content);
  }
}
