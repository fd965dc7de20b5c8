package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.text.Wat;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TagType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What makes the API guess right, and says what was meant when it does not. */
class ConvenienceTest {
  private final Engine engine = new Engine();
  private final Store<Void> store = new Store<>(engine);

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Module module(String text) {
    return Module.compile(engine, text);
  }

  @Test
  void allMissingImportsAreTold() {
    Module module =
        module(
            """
            (module
              (import "wasi_unstable" "fd_write" (func (param i32 i32) (result i32)))
              (import "env" "log_message" (func (param i32)))
              (import "env" "memory" (memory 1)))
            """);
    Linker<Void> linker = new Linker<>(engine);
    IntUnaryOperator same = x -> x;
    linker.func("wasi_snapshot_preview1", "fd_write", IntUnaryOperator.class, same);
    linker.func("env", "logMessage", IntUnaryOperator.class, same);
    LinkException missing =
        assertThrows(LinkException.class, () -> linker.instantiate(store, module));
    assertEquals(
        "unknown imports: wasi_unstable.fd_write, a func [i32 i32] -> [i32] (there is"
            + " wasi_snapshot_preview1.fd_write); env.log_message, a func [i32] -> []"
            + " (there is env.logMessage); env.memory, a memory",
        missing.getMessage());
  }

  @Test
  void whoHasNotDefinedWasiIsToldHow() {
    Module module =
        module("(module (import \"wasi_snapshot_preview1\" \"sched_yield\" (func (result i32))))");
    Linker<Void> linker = new Linker<>(engine);
    LinkException missing =
        assertThrows(LinkException.class, () -> linker.instantiate(store, module));
    assertEquals(
        "unknown import: wasi_snapshot_preview1.sched_yield, a func [] -> [i32];"
            + " dev.tazza.wasi.Wasi.addTo(linker) defines wasi_snapshot_preview1",
        missing.getMessage());
  }

  @Test
  void wrongTypesAreToldTogetherWithWhatIsMissing() {
    Module module =
        module(
            """
            (module
              (import "env" "lgo" (func (param i32)))
              (import "env" "twice" (func (param i64)))
              (import "env" "three" (func (param i64)))
              (import "other" "log" (func)))
            """);
    Linker<Void> linker = new Linker<>(engine);
    IntUnaryOperator same = x -> x;
    for (String name : List.of("log", "twice", "three")) {
      linker.func("env", name, IntUnaryOperator.class, same);
    }
    LinkException all = assertThrows(LinkException.class, () -> linker.instantiatePre(module));
    assertEquals(
        "unknown imports: env.lgo, a func [i32] -> [] (there is env.log); other.log, a func [] ->"
            + " [] (there is env.log); incompatible import types: env.twice must be a function"
            + " [i64] -> [], but is a function [i32] -> [i32]; env.three must be a function [i64]"
            + " -> [], but is a function [i32] -> [i32]",
        all.getMessage());
  }

  @Test
  void linkersHaveAliasesAndModules() {
    Linker<Void> linker = new Linker<>(engine);
    linker.func("env", "twice", IntUnaryOperator.class, x -> 2 * x);
    linker.alias("env", "twice", "math", "double");
    assertTrue(linker.isDefined("math", "double"));
    assertThrows(IllegalArgumentException.class, () -> linker.alias("env", "x", "env", "y"));
    linker.module(
        store,
        "lib",
        module(
            """
            (module
              (import "math" "double" (func $d (param i32) (result i32)))
              (func (export "four") (param i32) (result i32) (call $d (call $d (local.get 0)))))
            """));
    Instance instance =
        linker.instantiate(
            store,
            module(
                "(module (import \"lib\" \"four\" (func (param i32) (result i32))) (export \"f\""
                    + " (func 0)))"));
    assertEquals(12, instance.func("f").typed(IntUnaryOperator.class).applyAsInt(3));
    assertEquals(List.of("f"), List.copyOf(instance.exports().keySet()));
  }

  @Test
  void whatIsNoModuleIsCalledByItsName() throws IOException {
    byte[] binary = Wat.parse("(module)");
    byte[] component = {0, 'a', 's', 'm', 13, 0, 1, 0};
    byte[] artifact = module("(module)").serialize();
    assertEquals(ModuleKind.BINARY, Module.detect(binary));
    assertEquals(
        ModuleKind.TEXT, Module.detect(" ;; x\n(module)".getBytes(StandardCharsets.UTF_8)));
    assertEquals(ModuleKind.COMPONENT, Module.detect(component));
    assertEquals(ModuleKind.ARTIFACT, Module.detect(artifact));
    assertEquals(ModuleKind.UNKNOWN, Module.detect(new byte[0]));
    assertEquals(ModuleKind.UNKNOWN, Module.detect(new byte[] {0, 'a', 's'}));
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(binary);
    }
    assertEquals(ModuleKind.UNKNOWN, Module.detect(compressed.toByteArray()));
    assertRefused("compressed by gzip", () -> Module.compile(engine, compressed.toByteArray()));
    assertRefused("Module.deserialize", () -> Module.compile(engine, artifact));
    assertRefused("a component", () -> Module.compile(engine, component));
    assertRefused("neither a binary module", () -> Module.compile(engine, new byte[] {1, 2, 3}));
    assertRefused(
        "neither a binary module", () -> Module.compile(engine, new byte[] {(byte) 0xCA}));
    assertRefused("is a path", () -> Module.compile(engine, "dir/program.wasm"));
  }

  private static void assertRefused(String message, Runnable compile) {
    MalformedException refused = assertThrows(MalformedException.class, compile::run);
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void functionTypesAreReadFromText() {
    assertEquals("[i32 i64] -> [f64]", FuncType.parse("(i32, i64) -> f64").toString());
    assertEquals("[] -> []", FuncType.parse("() -> []").toString());
    assertEquals(
        "[v128 funcref] -> [externref]", FuncType.parse("[v128 funcref]->externref").toString());
    for (String wrong : List.of("", "i32", "i32 -> i33", "i32 -> i32 -> i32", "(i32 -> i32")) {
      assertThrows(IllegalArgumentException.class, () -> FuncType.parse(wrong), wrong);
    }
  }

  @Test
  void everythingHasAName() {
    Instance instance =
        Instance.instantiate(
            store,
            module("(module $it (memory (export \"m\") 1 2) (table (export \"t\") 3 funcref))"),
            List.of());
    assertEquals("instance of it", instance.toString());
    assertTrue(instance.memory("m").toString().startsWith("memory "));
    assertTrue(instance.table("t").toString().startsWith("table "));
    store.close();
    assertThrows(IllegalStateException.class, () -> instance.table("t").size());
  }

  @Test
  void smallerNumbersAreTaken() {
    Func sum =
        new Linker<Void>(engine)
            .instantiate(
                store,
                module(
                    """
                    (module (func (export "f") (param i32 i64 f64 f64) (result f64)
                      (f64.add
                        (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
                        (f64.add (local.get 2) (local.get 3)))))
                    """))
            .func("f");
    assertEquals(-3.5, sum.call((short) -1, -2, 1.5f, -2)[0]);
    assertEquals(
        "a value of type i32 must be an Integer, but is java.lang.Long",
        assertThrows(IllegalArgumentException.class, () -> sum.call(1L, 1L, 1.0, 1.0))
            .getMessage());
  }

  @Test
  void trapsSurviveSerialization() throws Exception {
    Func fail =
        new Linker<Void>(engine)
            .instantiate(store, module("(module $m (func $f (export \"f\") unreachable))"))
            .func("f");
    Trap trap = assertThrows(Trap.class, fail::call);
    Trap copy = copy(trap);
    assertEquals(trap.code(), copy.code());
    assertEquals(trap.getMessage(), copy.getMessage());
    assertEquals(trap.frames(), copy.frames());
    assertEquals("f", copy.getStackTrace()[0].getMethodName());

    Tag tag = Tag.create(store, new TagType(FuncType.parse("[i32] -> []")));
    TaggedException exception = copy(new TaggedException(tag, 7));
    assertEquals("exception of tag [i32] -> []: 7", exception.getMessage());
    assertEquals(List.of(), exception.payload());
    assertThrows(IllegalStateException.class, exception::tag);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> E copy(E exception)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(exception);
    return (E) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
  }
}
