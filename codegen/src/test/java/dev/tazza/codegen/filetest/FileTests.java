package dev.tazza.codegen.filetest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the files in {@code src/test/filetests}. With {@code -Dbless} they are rewritten to hold
 * what the passes make now: the difference is for the review.
 */
public final class FileTests {
  private static final Path DIRECTORY = Path.of("src/test/filetests");

  @TestFactory
  List<DynamicTest> files() throws IOException {
    return forEachFile(FileTests::run);
  }

  /** One test for each file. */
  public static List<DynamicTest> forEachFile(Consumer<Path> test) throws IOException {
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      return files
          .filter(file -> file.toString().endsWith(".ir"))
          .sorted()
          .map(file ->
              DynamicTest.dynamicTest(file.getFileName().toString(), () -> test.accept(file)))
          .toList();
    }
  }

  private static void run(Path file) {
    try {
      String text = Files.readString(file);
      FileTest.Result result = FileTest.run(text, Outcome::interpret);
      if (System.getProperty("bless") != null) {
        Files.writeString(file, result.text());
      } else {
        assertEquals(text, result.text());
      }
      assertEquals(List.of(), result.failures());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
