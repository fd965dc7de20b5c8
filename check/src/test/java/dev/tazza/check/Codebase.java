package dev.tazza.check;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The compiled classes of all modules, by folder. */
final class Codebase {
  /** A class type inside a descriptor or signature. */
  private static final Pattern DESCRIPTOR_CLASS = Pattern.compile("L([\\w/$]+)[;<]");

  /**
   * The folder of the whole project: the nearest one above the working directory that has {@code
   * .mvn}.
   */
  static final Path ROOT = findRoot();

  private final Map<String, List<ClassModel>> classes = new LinkedHashMap<>();

  /** Reads {@code FOLDER/target/classes} of each folder; the module descriptors are left out. */
  Codebase(Iterable<String> folders) throws IOException {
    for (String folder : folders) {
      classes.put(folder, read(ROOT.resolve(folder).resolve("target/classes")));
    }
  }

  Map<String, List<ClassModel>> byFolder() {
    return classes;
  }

  /** {@code dev.tazza.wasm.Foo$Bar}. */
  static String name(ClassModel model) {
    return model.thisClass().asInternalName().replace('/', '.');
  }

  static String packageOf(String className) {
    int dot = className.lastIndexOf('.');
    return dot < 0 ? "" : className.substring(0, dot);
  }

  /** The binary names of all classes that a class mentions: in code, descriptors, signatures. */
  static Set<String> references(ClassModel model) {
    Set<String> names = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      switch (entry) {
        case ClassEntry c when !c.asInternalName().startsWith("[") ->
            names.add(c.asInternalName().replace('/', '.'));
        case Utf8Entry utf8 -> {
          Matcher matcher = DESCRIPTOR_CLASS.matcher(utf8.stringValue());
          while (looksLikeDescriptor(utf8.stringValue()) && matcher.find()) {
            names.add(matcher.group(1).replace('/', '.'));
          }
        }
        default -> {}
      }
    }
    names.remove(name(model));
    return names;
  }

  /** Keeps string constants that happen to hold "L...;" apart from types. */
  private static boolean looksLikeDescriptor(String text) {
    return !text.isEmpty() && "([L<".indexOf(text.charAt(0)) >= 0 && text.indexOf(' ') < 0;
  }

  private static List<ClassModel> read(Path folder) throws IOException {
    List<ClassModel> found = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        boolean generated = file.toString().contains("jmh_generated");
        if (!file.endsWith("module-info.class") && !generated) {
          found.add(ClassFile.of().parse(file));
        }
      }
    }
    return found;
  }

  private static Path findRoot() {
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      if (Files.isDirectory(p.resolve(".mvn"))) {
        return p;
      }
    }
    throw new IllegalStateException("no folder with .mvn above " + Path.of("").toAbsolutePath());
  }
}
