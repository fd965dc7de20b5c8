import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Copies a jar and brings class files from before Java 6 to version 52 on the way, with the stack
 * maps that they lack.
 *
 * <p>{@code java tool/Modernize.java FROM.jar TO.jar}. The JVM's AOT cache takes no class that
 * needs the old verifier, and picocli's are such: loading them from the jar was most of the time it
 * took to start the command.
 */
final class Modernize {
  private static final int FIRST_WITH_STACK_MAPS = 50;
  private static final int TARGET = ClassFile.JAVA_8_VERSION;

  private Modernize() {}

  public static void main(String[] args) throws IOException {
    Path from = Path.of(args[0]);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {from.toUri().toURL()});
        JarFile in = new JarFile(from.toFile());
        OutputStream file = Files.newOutputStream(Path.of(args[1]));
        JarOutputStream out = new JarOutputStream(file)) {
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)));
      List<JarEntry> entries = in.stream().toList();
      for (JarEntry entry : entries) {
        out.putNextEntry(new JarEntry(entry.getName()));
        try (InputStream stream = in.getInputStream(entry)) {
          byte[] bytes = stream.readAllBytes();
          out.write(entry.getName().endsWith(".class") ? modernize(classFile, bytes) : bytes);
        }
        out.closeEntry();
      }
    }
  }

  private static byte[] modernize(ClassFile classFile, byte[] bytes) {
    ClassModel model = classFile.parse(bytes);
    if (model.majorVersion() >= FIRST_WITH_STACK_MAPS) {
      return bytes;
    }
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(TARGET, 0);
          } else {
            builder.with(element);
          }
        };
    ClassTransform rebuildCode = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    return classFile.transformClass(model, version.andThen(rebuildCode));
  }
}
