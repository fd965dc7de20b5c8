package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.tazza.codegen.Compiler;
import dev.tazza.environ.CompiledModule;
import dev.tazza.wasm.module.WasmModule;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The digest follows the classes, wherever they are. */
class ClassDigestTest {
  @TempDir private Path folder;

  @Test
  void itIsTheSameInAJarAndChangesWithAClass() throws Exception {
    Path jar = folder.resolve("classes.jar");
    Path copy = Files.createDirectory(folder.resolve("classes"));
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (Class<?> module :
          List.of(
              ModuleCompiler.class,
              Class.forName("dev.tazza.assembler.CodeBuffer"),
              Compiler.class,
              CompiledModule.class,
              WasmModule.class)) {
        copy(module, copy, out);
      }
    }
    long generator = ClassDigest.generator();
    long layouts = ClassDigest.layouts();
    assertNotEquals(generator, layouts);
    assertEquals(generator, digest("generator", jar));
    assertEquals(generator, digest("generator", copy));
    assertEquals(layouts, digest("layouts", jar));
    assertEquals(layouts, digest("layouts", copy));

    change(copy.resolve("dev/tazza/codegen/opt/LookUpValues.class"));
    assertNotEquals(generator, digest("generator", copy));
    assertEquals(layouts, digest("layouts", copy));
    long changed = digest("generator", copy);
    change(copy.resolve("dev/tazza/assembler/Branches.class"));
    assertNotEquals(changed, digest("generator", copy));
    change(copy.resolve("dev/tazza/environ/StoreContext.class"));
    assertNotEquals(layouts, digest("layouts", copy));
  }

  /** Any byte would do, but the classes that compute it have to be whole. */
  private static void change(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
  }

  private static void copy(Class<?> module, Path to, ZipOutputStream jar)
      throws IOException, URISyntaxException {
    Path from = Path.of(module.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(from)) {
      copy(from, to, jar);
    } else {
      try (FileSystem files = FileSystems.newFileSystem(from)) {
        copy(files.getPath("/"), to, jar);
      }
    }
  }

  private static void copy(Path from, Path to, ZipOutputStream jar) throws IOException {
    try (var paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String name = from.relativize(path).toString();
        if (name.endsWith(".class") && !name.equals("module-info.class")) {
          byte[] bytes = Files.readAllBytes(path);
          Path target = to.resolve(name);
          Files.createDirectories(target.getParent());
          Files.write(target, bytes);
          jar.putNextEntry(new ZipEntry(name));
          jar.write(bytes);
        }
      }
    }
  }

  /** What a copy of the class says of the classes around it. */
  private static long digest(String what, Path place) throws Exception {
    URL[] urls = {place.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> copy = loader.loadClass(ClassDigest.class.getName());
      return (long) copy.getMethod(what).invoke(null);
    }
  }
}
