package dev.tazza.cli;

import static dev.tazza.cli.Tazza.assertOneLine;
import static dev.tazza.cli.Tazza.tazza;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tazza run --invoke}: how arguments are read and results are printed. */
class InvokeTest {
  private static final String MODULE =
      """
      (module
        (func (export "add") (param i32 i64) (result i64)
          (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))
        (func (export "floats") (param f32 f64) (result f32 f64) (local.get 0) (local.get 1))
        (func (export "vector") (param v128) (result v128)
          (i32x4.add (local.get 0) (local.get 0)))
        (func (export "bad") unreachable))
      """;

  @TempDir private Path folder;

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void invokedFunctionsPrintTheirResults() throws IOException {
    String module = file("m.wat", MODULE);
    assertEquals("-1\n", tazza("run", "--invoke", "add", module, "1", "-2").out());
    assertEquals("4294967295\n", tazza("run", "--invoke", "add", module, "0xffffffff", "0").out());
    // As other commands want it; read by picocli and without it.
    assertEquals("-1\n", tazza("run", "--invoke", "add", module, "--", "1", "-2").out());
    assertEquals("-1\n", tazza("run", "--invoke=add", module, "--", "1", "-2").out());
    assertEquals("-1\n", tazza("run", "--invoke=add", "--", module, "1", "-2").out());
    assertOneLine(1, "'--'", tazza("run", "--invoke", "add", module, "1", "--"));
    assertEquals("1.5\n-inf\n", tazza("run", "--invoke", "floats", module, "1.5", "-inf").out());
    assertOneLine(1, "i32", tazza("run", "--invoke", "add", module, "x", "0"));
    assertOneLine(1, "2 arguments", tazza("run", "--invoke", "add", module, "1"));
    assertOneLine(1, "nothere", tazza("run", "--invoke", "nothere", module));
    assertEquals(
        "i32x4 0x00000002 0x00000000 0xfffffffe 0x00000014\n",
        tazza("run", "--invoke", "vector", module, "i32x4 1 0 -1 0xa").out());
    assertEquals(
        "i32x4 0x7e000000 0x00000000 0x00000000 0x80000000\n",
        tazza("run", "--invoke", "vector", module, "f32x4, 0.5, 0, -0, 2").out());
    assertOneLine(1, "v128", tazza("run", "--invoke", "vector", module, "i32x4 1 2 3"));
    assertOneLine(1, "v128", tazza("run", "--invoke", "vector", module, "i8x16"));
  }

  @Test
  void whatCannotBeInvokedIsToldWithWhatCan() throws IOException {
    String module =
        file(
            "names.wat",
            """
            (module
              (memory (export "memory") 1)
              (func (export "square") (param i32))
              (func (export "two\\nlines")))
            """);
    assertOneLine(
        1, "\"memory\" is no function: it is a memory", tazza("run", "--invoke=memory", module));
    assertOneLine(1, "did you mean \"square\"?", tazza("run", "--invoke=sqare", module));
    assertOneLine(
        1,
        "no exported function \"cube\"; name one with --invoke: square, \"two\\u{a}lines\"\n",
        tazza("run", "--invoke=cube", module));
    assertOneLine(
        1,
        "takes 1 argument, [i32], but 2 were given",
        tazza("run", "--invoke=square", module, "1", "2"));
    assertOneLine(
        1,
        "takes 0 arguments, [], but 1 was given",
        tazza("run", "--invoke=two\nlines", module, "1"));
    assertOneLine(1, "two\\u{a}lines", tazza("run", module));
  }

  /** As libraries have them that are run once, by a function of another name than _start. */
  @Test
  void invokedFunctionsWithoutParametersLeaveArgumentsToTheProgram() throws IOException {
    String module =
        file(
            "count.wat",
            """
            (module
              (import "wasi_snapshot_preview1" "args_sizes_get"
                (func $sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "args_get"
                (func (param i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "count") (result i32)
                (drop (call $sizes (i32.const 0) (i32.const 4))) (i32.load (i32.const 0)))
              (func (export "add") (param i32) (result i32)
                (drop (call $sizes (i32.const 0) (i32.const 4)))
                (i32.add (local.get 0) (i32.load (i32.const 0)))))
            """);
    assertEquals("1\n", tazza("run", "--invoke", "count", module).out());
    assertEquals("3\n", tazza("run", "--invoke", "count", module, "a", "-b").out());
    assertEquals("3\n", tazza("run", "--invoke", "count", module, "--", "a", "-b").out());
    assertEquals("8\n", tazza("run", "--invoke", "add", module, "7").out());
    assertOneLine(1, "0 arguments", tazza("run", "--invoke", "bad", file("m.wat", MODULE), "1"));
  }

  @Test
  void floatsAreReadAndPrintedBitByBit() throws IOException {
    String module = file("m.wat", MODULE);
    for (String value :
        List.of(
            "nan", "-nan", "nan:0x200000", "-nan:0x1", "inf", "-inf", "1.5", "-0.0", "1.0E10")) {
      Tazza.Result result = tazza("run", "--invoke", "floats", module, value, value);
      assertEquals(value + "\n" + value + "\n", result.out(), result.err());
    }
    assertEquals("0.5\n8.0\n", tazza("run", "--invoke", "floats", module, "0x1p-1", "0x8").out());
    for (String value :
        List.of(
            "banan", "1.5nan", "1.5f", "1.5d", "NaN", "Infinity", "", " 1", "nan:0x0", "1e99")) {
      assertOneLine(1, "f32", tazza("run", "--invoke", "floats", module, value, "0"));
    }
    for (String value : List.of("1.5", "4294967296", "-2147483649", "0x", "1 ", "--1")) {
      assertOneLine(1, "i32", tazza("run", "--invoke", "add", module, value, "0"));
    }
  }
}
