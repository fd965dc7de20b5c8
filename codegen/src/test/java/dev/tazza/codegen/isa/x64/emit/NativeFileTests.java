package dev.tazza.codegen.isa.x64.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.filetest.FileTest;
import dev.tazza.codegen.filetest.FileTests;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.regalloc.SsaAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The run lines of the filetests hold for compiled code as well. */
final class NativeFileTests {
  private final NativeExecutor executor =
      new NativeExecutor(new SsaAllocator(), Effort.NONE, NativeExecutor.hostFeatures());

  @TestFactory
  List<DynamicTest> files() throws IOException {
    return FileTests.forEachFile(this::run);
  }

  private void run(Path file) {
    try {
      String text = Files.readString(file);
      // A trap in a function that is called cannot get through the native frames.
      Assumptions.assumeFalse(text.contains("; callees"));
      // Nor an exception: MovingReferencesTest has what unwinds.
      Assumptions.assumeFalse(text.contains("try_call"));
      // Compiling edits the function: a copy is compiled.
      FileTest.Executor copying =
          (function, args) ->
              executor.run(Parser.parse(Printer.print(function), function.regions), args);
      assertEquals(List.of(), FileTest.run(text, copying).failures());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
