package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.module.WasmModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * WebAssembly text and the SSA form that it becomes: each file of {@code src/test/filetests} is a
 * module, followed by the expected IR of its functions in comments. {@code -Dbless} rewrites the
 * comments; the diff is the review. A first line {@code ;; dynamic} asks for memories that can
 * move.
 */
class TranslationFileTest {
  private static final Features FEATURES = Features.DEFAULT.with(Feature.THREADS);
  private static final Path FOLDER = Path.of("src/test/filetests");
  private static final String MARK = ";;= ";
  private static final Tunables DYNAMIC = Tunables.DEFAULT.withDynamicMemories();

  @TestFactory
  Stream<DynamicTest> files() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(FOLDER)) {
      files = all.sorted().toList();
    }
    assertTrue(files.size() > 0);
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  private static void check(Path file) throws IOException {
    String text = Files.readString(file);
    StringBuilder input = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    text.lines()
        .forEach(
            line -> (line.startsWith(MARK.trim()) ? expected : input).append(line).append('\n'));
    String actual = translate(input.toString());
    if (Boolean.getBoolean("bless") || System.getProperty("bless", "no").isEmpty()) {
      Files.writeString(file, input + actual);
    } else {
      assertEquals(expected.toString(), actual);
    }
  }

  private static String translate(String text) {
    WasmModule module = ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), FEATURES);
    Tunables tunables = text.startsWith(";; dynamic") ? DYNAMIC : Tunables.DEFAULT;
    StringBuilder out = new StringBuilder();
    for (int i = module.importedFunctionCount(); i < module.functionCount(); i++) {
      Function function = ModuleCompiler.translate(module, tunables, i);
      Verifier.verify(function, "translate");
      Printer.print(function)
          .lines()
          // Byte offsets would change with any edit of the file.
          .map(line -> (MARK + line.replaceAll(" @[0-9]+$", "")).stripTrailing())
          .forEach(line -> out.append(line).append('\n'));
    }
    return out.toString();
  }
}
