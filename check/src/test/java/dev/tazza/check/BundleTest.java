package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/** The modules as OSGi bundles: their manifests, and Tazza in a framework. */
class BundleTest {
  private static final String ACTIVATOR =
      """
      package user;

      import dev.tazza.*;
      import dev.tazza.wasi.*;
      import java.lang.invoke.MethodHandles;
      import java.util.function.Supplier;
      import org.osgi.framework.*;

      public class Activator implements BundleActivator {
        public interface Guest {
          int twice(int value);
        }

        @Override
        public void start(BundleContext context) throws Exception {
          String text =
              "(module (func (export \\"twice\\") (param i32) (result i32)"
                  + " (i32.mul (local.get 0) (i32.const 2))))";
          Supplier<Integer> answer;
          try (Engine engine = new Engine();
              dev.tazza.Module compiled = dev.tazza.Module.compile(engine, text);
              dev.tazza.Module module =
                  dev.tazza.Module.deserialize(engine, compiled.serialize());
              Store<Void> store = new Store<>(engine);
              Wasi wasi = Wasi.open(new WasiConfig())) {
            Linker<Void> linker = new Linker<>(engine);
            wasi.addTo(linker);
            Instance instance = linker.instantiate(store, module);
            int result = instance.as(Guest.class, MethodHandles.lookup()).twice(21);
            answer = () -> result;
          }
          context.registerService(Supplier.class, answer, null);
        }

        @Override
        public void stop(BundleContext context) {}
      }
      """;

  private static final String MANIFEST =
      """
      Bundle-ManifestVersion: 2
      Bundle-SymbolicName: user
      Bundle-Activator: user.Activator
      Import-Package: dev.tazza,dev.tazza.wasi,org.osgi.framework
      """;

  @TempDir Path folder;

  private static List<Path> bundles() {
    List<Path> bundles = new ArrayList<>();
    for (String module : List.of(ModuleBoundaryTest.modulePath().split(":"))) {
      bundles.add(Path.of(module));
    }
    return bundles;
  }

  @Test
  void manifestsTellWhatIsExportedAndImported() throws Exception {
    for (Path bundle : bundles()) {
      try (InputStream in = Files.newInputStream(bundle.resolve("META-INF/MANIFEST.MF"))) {
        Attributes manifest = new Manifest(in).getMainAttributes();
        String name = manifest.getValue(Constants.BUNDLE_SYMBOLICNAME);
        assertTrue(name.startsWith("dev.tazza."), name);
        assertNotNull(manifest.getValue(Constants.EXPORT_PACKAGE), name);
        String imports = manifest.getValue(Constants.IMPORT_PACKAGE);
        assertFalse(String.valueOf(imports).contains("jspecify"), name + " imports " + imports);
      }
    }
  }

  @Test
  void aBundleRunsAGuest() throws Exception {
    Framework framework =
        new FrameworkFactory()
            .newFramework(
                Map.of(
                    Constants.FRAMEWORK_STORAGE,
                    folder.resolve("storage").toString(),
                    Constants.FRAMEWORK_STORAGE_CLEAN,
                    "onFirstInit",
                    "felix.log.level",
                    "1"));
    try {
      framework.start();
      BundleContext context = framework.getBundleContext();
      for (Path bundle : bundles()) {
        context.installBundle("reference:" + bundle.toUri());
      }
      Bundle user = context.installBundle("reference:" + userBundle().toUri());
      user.start();
      ServiceReference<?> service =
          user.getBundleContext().getServiceReference("java.util.function.Supplier");
      Object answer = user.getBundleContext().getService(service);
      assertEquals(42, ((Supplier<?>) answer).get());
    } finally {
      framework.stop();
      framework.waitForStop(0);
    }
  }

  private Path userBundle() throws Exception {
    Path bundle = folder.resolve("user");
    Path source = Files.createDirectories(bundle.resolve("user")).resolve("Activator.java");
    Files.writeString(source, ACTIVATOR);
    Files.createDirectories(bundle.resolve("META-INF"));
    Files.writeString(bundle.resolve("META-INF/MANIFEST.MF"), MANIFEST);
    StringWriter messages = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of("-d", bundle.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertTrue(compiled, messages::toString);
    }
    return bundle;
  }
}
