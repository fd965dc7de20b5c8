package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application of Java modules, linked with Tazza to a runtime of its own. */
class LinkedImageTest {
  private static final String MODULE = "module app { requires dev.tazza; }";

  private static final String MAIN =
      """
      package app;

      import dev.tazza.*;
      import dev.tazza.wasi.Wasi;
      import dev.tazza.wasi.WasiConfig;

      public class Main {
        public interface Guest {
          int twice(int value);
        }

        public static void main(String[] args) throws Exception {
          String text =
              "(module (func (export \\"twice\\") (param i32) (result i32)"
                  + " (i32.mul (local.get 0) (i32.const 2))))";
          try (Engine engine = new Engine();
              dev.tazza.Module module = dev.tazza.Module.compile(engine, text);
              Store<Void> store = new Store<>(engine);
              Wasi wasi = Wasi.open(new WasiConfig())) {
            Linker<Void> linker = new Linker<>(engine);
            wasi.addTo(linker);
            Guest guest =
                linker
                    .instantiate(store, module)
                    .as(Guest.class, java.lang.invoke.MethodHandles.lookup());
            System.out.println(guest.twice(21));
          }
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void aSmallApplicationIsLinked() throws Exception {
    Path info = Files.writeString(folder.resolve("module-info.java"), MODULE);
    Path main = Files.createDirectories(folder.resolve("app")).resolve("Main.java");
    Files.writeString(main, MAIN);
    String modules = ModuleBoundaryTest.modulePath();
    Path classes = folder.resolve("classes");
    run("javac", "-d", classes, "-p", modules, info, main);
    Path image = folder.resolve("image");
    String all = modules + File.pathSeparator + classes;
    run("jlink", "-p", all, "--add-modules", "app", "--output", image);
    Process process =
        new ProcessBuilder(
                image.resolve("bin/java").toString(),
                "--enable-native-access=dev.tazza.sys",
                "-m",
                "app/app.Main")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals("42", output.strip());
  }

  private static void run(String tool, Object... arguments) {
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages, true);
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    int status = ToolProvider.findFirst(tool).orElseThrow().run(out, out, texts);
    assertEquals(0, status, () -> tool + " says:\n" + messages);
  }
}
