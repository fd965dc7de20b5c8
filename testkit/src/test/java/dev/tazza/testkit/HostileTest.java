package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.WasmException;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Modules that ask for too much, in depth, number or size: a clear error or a correct run, in
 * proportionate time.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTest {
  private final Hostile hostile = new Hostile();

  @AfterEach
  void close() {
    hostile.close();
  }

  private void refused(byte[] bytes) {
    assertEquals(Hostile.Fate.REFUSED, hostile.run(bytes));
  }

  private void refused(String text) {
    assertEquals(Hostile.Fate.REFUSED, hostile.run(text));
  }

  private void neverFails(String text) {
    assertTrue(hostile.run(text) != Hostile.Fate.UNSUPPORTED);
  }

  private Object[] call(String text, Object... arguments) {
    try (Module module = Module.compile(hostile.engine(), text);
        Store<Void> store = new Store<>(hostile.engine())) {
      Instance instance = new Linker<Void>(hostile.engine()).instantiate(store, module);
      return instance.func("f").call(arguments);
    }
  }

  private static String function(String signature, String body) {
    return "(module (func (export \"f\") " + signature + " " + body + "))";
  }

  // Depth.

  @Test
  void parentheses() {
    refused("(".repeat(1_000_000));
    refused("(module " + "(".repeat(1_000_000));
    refused("(module " + "(func ".repeat(100_000) + ")".repeat(100_001));
    refused("(;".repeat(1_000_000));
    neverFails("(module " + "(;".repeat(100_000) + ";)".repeat(100_000) + ")");
    neverFails("(module " + "(@a ".repeat(100_000) + ")".repeat(100_001));
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 10_000, 100_000})
  void nestedBlocks(int depth) {
    neverFails(function("", "block ".repeat(depth) + "end ".repeat(depth)));
    neverFails(function("", "loop ".repeat(depth) + "end ".repeat(depth)));
    neverFails(function("", "(block ".repeat(depth) + ")".repeat(depth)));
    neverFails(function("(param i32)", "local.get 0 if ".repeat(depth) + "end ".repeat(depth)));
    neverFails(
        function(
            "(param i32) (result i32)",
            "(i32.eqz ".repeat(depth) + "(local.get 0)" + ")".repeat(depth)));
    neverFails(
        function(
            "(param i32) (result i32)",
            "local.get 0 ".repeat(depth) + "i32.sub ".repeat(depth - 1)));
  }

  /** Nothing takes such blocks away without optimization, and each leads to the next. */
  @ParameterizedTest
  @ValueSource(strings = {"block ", "loop ", "local.get 0 if ", "local.get 0 if else "})
  @Timeout(value = 25, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void emptyBlocksWithoutOptimization(String start) {
    int depth = 80_000;
    String text = function("(param i32)", start.repeat(depth) + "end ".repeat(depth));
    Config config = new Config().optLevel(OptLevel.NONE).parallelCompilation(false);
    try (Engine engine = new Engine(config)) {
      Module.compile(engine, text).close();
    }
  }

  @Test
  void blocksInARow() {
    String body =
        "(block (br_if 0 (local.get 0)) (local.set 1 (i32.add (local.get 1) (i32.const 1))))";
    assertArrayEquals(
        new Object[] {100_000},
        call(
            function("(param i32) (result i32) (local i32)", body.repeat(100_000) + "local.get 1"),
            0));
  }

  @Test
  void endlessRecursion() {
    for (String body :
        List.of(
            "(func $f (export \"f\") (call $f))",
            "(func $f (export \"f\") (call $g)) (func $g (call $f) (nop))",
            "(func $f (export \"f\") (call $f) (call $f))",
            "(table 1 funcref) (elem (i32.const 0) $f) (func $f (export \"f\") (call_indirect"
                + " (i32.const 0)))",
            "(func $f (export \"f\") (local "
                + "i64 ".repeat(5000)
                + ") (call $f) "
                + "(drop (local.get 4999)))",
            "(func $g (param "
                + "i64 ".repeat(900)
                + ") "
                + allLocals(900)
                + "(call $g)) (func (export \"f\") "
                + "(i64.const 1) ".repeat(900)
                + "(call $g))")) {
      Trap trap = assertThrows(Trap.class, () -> call("(module " + body + ")"), body);
      assertEquals(TrapCode.STACK_OVERFLOW, trap.code());
    }
    refused("(module (func $f (export \"f\") (call $f)) (start $f))");
  }

  private static String allLocals(int count) {
    StringBuilder gets = new StringBuilder();
    for (int i = 0; i < count; i++) {
      gets.append("(local.get ").append(i).append(") ");
    }
    return gets.toString();
  }

  // Numbers.

  /** Sections whose vectors say that they have very many elements, of which there are none. */
  @Test
  void hugeDeclaredCounts() {
    for (int section = 0; section <= 12; section++) {
      for (long count :
          new long[] {1, 1000, 100_000, 1_000_000, 100_000_000, 0x7fffffff, 0xffffffffL}) {
        byte[] content = leb(count);
        refused(module(section, content, content.length));
        refused(module(section, content, 5_000_000));
        refused(module(section, content, 0xffffffffL));
        byte[] padded = new byte[2000];
        System.arraycopy(content, 0, padded, 0, content.length);
        if (section != 0) {
          hostile.run(module(section, padded, padded.length));
        }
      }
    }
  }

  private static byte[] module(int section, byte[] content, long size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0, (byte) section});
    out.writeBytes(leb(size));
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] leb(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  /** A function body with a declaration that goes on forever. */
  @Test
  void hugeCountsInCode() {
    for (long count : new long[] {50_001, 100_000_000, 0x7fffffff, 0xffffffffL}) {
      refused(code(new byte[][] {{1}, leb(count), {0x7e, 0x0b}})); // locals
      refused(code(new byte[][] {{2}, leb(count), {0x7e}, leb(0xffffffffL), {0x7e, 0x0b}}));
      refused(code(new byte[][] {leb(count), {1, 0x7e, 0x0b}})); // groups of locals
      refused(code(new byte[][] {{0, 0x41, 0, 0x0e}, leb(count), {0, 0x0b}})); // br_table
      refused(code(new byte[][] {{0, 0x41, 0, 0x1c}, leb(count), {0x7f, 0x0b}})); // select
    }
  }

  private static byte[] code(byte[][] parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10});
    out.writeBytes(leb(1 + leb(body.size()).length + body.size()));
    out.write(1);
    out.writeBytes(leb(body.size()));
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }

  @Test
  void manyLocals() {
    String locals = "(local " + "i64 ".repeat(49_000) + ")";
    assertArrayEquals(
        new Object[] {7L},
        call(
            function(
                "(result i64)",
                locals
                    + "(local.set 48999 (i64.const 7)) (i64.add (local.get 48999) (local.get"
                    + " 0))")));
    refused(function("(result i64)", "(local " + "i64 ".repeat(60_000) + ") (local.get 0)"));
  }

  /** Each local has another value in each construct: what is quadratic is refused in time. */
  @Test
  void localsWithManyValues() {
    neverFails(valuesInLoops(100, 100));
    refused(valuesInLoops(20_000, 1_000));
    refused(valuesInLoops(1_000, 20_000));
    neverFails(valuesBehindBlocks(100, 100));
    refused(valuesBehindBlocks(10_000, 2_000));
  }

  private static String valuesInLoops(int depth, int locals) {
    StringBuilder body = new StringBuilder("(local " + "i32 ".repeat(locals) + ")");
    body.append(" loop".repeat(depth)).append(allLocals(locals)).append(" drop".repeat(locals));
    appendSets(body, locals, 0);
    for (int i = 0; i < depth; i++) {
      body.append(" (br_if ").append(i).append(" (local.get 0))");
    }
    return function("", body + " end".repeat(depth));
  }

  private static String valuesBehindBlocks(int depth, int locals) {
    StringBuilder body = new StringBuilder("(local " + "i32 ".repeat(locals) + ")");
    body.append(" block".repeat(depth));
    appendSets(body, locals, 1);
    for (int i = 0; i < depth; i++) {
      body.append(" (br_if ").append(i).append(" (local.get 0))");
    }
    appendSets(body, locals, 2);
    body.append(" end".repeat(depth)).append(allLocals(locals)).append(" drop".repeat(locals));
    return function("", body.toString());
  }

  private static void appendSets(StringBuilder body, int locals, int value) {
    for (int i = 0; i < locals; i++) {
      body.append(" (local.set ").append(i).append(" (i32.const ").append(value).append("))");
    }
  }

  @Test
  void manyParametersAndResults() {
    int many = 1000;
    StringBuilder body = new StringBuilder();
    Object[] arguments = new Object[many];
    Object[] expected = new Object[many];
    for (int i = 0; i < many; i++) {
      arguments[i] = (long) i;
      expected[many - 1 - i] = (long) i;
      body.append("(local.get ").append(many - 1 - i).append(") ");
    }
    String type = "(param " + "i64 ".repeat(many) + ") (result " + "i64 ".repeat(many) + ")";
    assertArrayEquals(expected, call(function(type, body.toString()), arguments));
    // Through another function and the host too.
    String inner =
        "(module (func $f " + type + body + ") (func (export \"f\") " + type + body + "(call $f)))";
    assertArrayEquals(arguments, call(inner, arguments));
    refused(function("(param " + "i32 ".repeat(1001) + ")", ""));
    refused(function("(result " + "i32 ".repeat(1001) + ")", "unreachable"));
  }

  /** Few bytes that pass very many values. */
  @Test
  void manyValuesForAByte() {
    String type = "(type $t (func (param %1$s) (result %1$s)))".formatted("i64 ".repeat(1000));
    String head = "(module " + type + "(func $f (type $t) unreachable) (func (type $t) ";
    refused(head + allLocals(1000) + "call $f ".repeat(2_000) + "))");
    refused(head + allLocals(1000) + "call $f ".repeat(40_000) + "))");
    String constants = "(block (type $r) (block (type $r) " + "i64.const 1 ".repeat(1000);
    String table = "(br_table " + "0 1 ".repeat(200) + "0 (local.get 0)))))";
    neverFails(
        "(module (type $r (func (result "
            + "i64 ".repeat(1000)
            + "))) (func (export \"f\") (param i32) (result "
            + "i64 ".repeat(1000)
            + ") "
            + constants
            + table
            + ")");
  }

  @Test
  void hugeBranchTable() {
    String table =
        "(block (block (br_table "
            + "0 1 ".repeat(50_000)
            + "0 (local.get 0))) (return (i32.const 1)))";
    String text = function("(param i32) (result i32)", table + "(i32.const 2)");
    assertArrayEquals(new Object[] {1}, call(text, 99_998));
    assertArrayEquals(new Object[] {2}, call(text, 99_999));
    assertArrayEquals(new Object[] {1}, call(text, -1));
  }

  @Test
  void manyFunctionsAndExports() {
    StringBuilder text = new StringBuilder("(module ");
    for (int i = 0; i < 10_000; i++) {
      text.append("(func (export \"f%d\") (result i32) (i32.const %d))".formatted(i, i));
    }
    neverFails(text.append(')').toString());
  }

  // Sizes.

  @Test
  void hugeMemoriesAndTables() {
    neverFails(
        "(module (memory 65536) (func (export \"f\") (i32.store (i32.const -4) (i32.const 1))))");
    refused("(module (memory 65537))");
    refused("(module (memory 4294967295))");
    refused("(module (memory 2 1))");
    neverFails("(module (table 10000000 funcref))");
    neverFails("(module (table 4294967295 funcref))");
    neverFails("(module (table 4294967295 externref))");
    neverFails(
        """
        (module (table $t 0 funcref) (memory 0)
          (func (export "f") (result i32)
            (table.grow $t (ref.null func) (i32.const -1)))
          (func (export "g") (result i32)
            (table.grow $t (ref.null func) (i32.const 0x7fffffff)))
          (func (export "h") (result i32) (memory.grow (i32.const -1)))
          (func (export "i") (result i32) (memory.grow (i32.const 65536))))
        """);
  }

  @Test
  void manyStoresWithHugeMemories() {
    try (Module module = Module.compile(hostile.engine(), "(module (memory 65536))")) {
      java.util.ArrayList<Store<Void>> stores = new java.util.ArrayList<>();
      try {
        for (int i = 0; i < 200; i++) {
          Store<Void> store = new Store<>(hostile.engine());
          stores.add(store);
          new Linker<Void>(hostile.engine()).instantiate(store, module);
        }
      } catch (WasmException limit) {
        assertTrue(limit.getMessage().contains("memory"), limit.getMessage());
      } finally {
        stores.forEach(Store::close);
      }
    }
  }

  /** Four times the code may take four times as long, and four times that for good measure. */
  @Test
  void largeFunctionsCompileInProportion() {
    String statement =
        """
        (local.set 1 (i32.add (local.get 1) (i32.mul (local.get 0) (i32.const 77777))))
        (if (i32.lt_s (local.get 1) (local.get 2)) (then (local.set 2 (i32.load (local.get 1)))))
        (i32.store (local.get 2) (local.get 0))
        """;
    compile(statement, 1_000); // warm-up
    long small = compile(statement, 7_500);
    long large = compile(statement, 30_000);
    assertTrue(large < 16 * small, "small: " + small + " ms, large: " + large + " ms");
  }

  private long compile(String statement, int times) {
    String text =
        "(module (memory 1) (func (export \"f\") (param i32) (local i32 i32) "
            + statement.repeat(times)
            + "))";
    byte[] binary = dev.tazza.wasm.text.Wat.parse(text);
    assertTrue(times < 30_000 || binary.length > 1_000_000, () -> binary.length + " bytes");
    long start = System.nanoTime();
    Module.compile(hostile.engine(), binary).close();
    return (System.nanoTime() - start) / 1_000_000;
  }
}
