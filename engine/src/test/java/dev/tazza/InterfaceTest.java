package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.type.FuncType;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interfaces as what an instance exports, and objects as what a module imports. */
class InterfaceTest {
  private final Engine engine = new Engine();
  private final Store<String> store = new Store<>(engine, "data");

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instance(String text) {
    return new Linker<String>(engine).instantiate(store, Module.compile(engine, text));
  }

  /** What {@link #PLUGIN} exports. */
  public interface Plugin {
    int add(int a, int b);

    double scale(double value, float by);

    long wide(int a, long b, int c);

    String same(String text);

    Object[] two();

    void nothing();

    int parseHtml();

    @WasmName("odd name!")
    int named();

    Memory memory();

    default int addThree(int a, int b, int c) {
      return add(add(a, b), c);
    }
  }

  private static final String PLUGIN =
      """
      (module
        (memory (export "memory") 1)
        (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "scale") (param f64 f32) (result f64)
          (f64.mul (local.get 0) (f64.promote_f32 (local.get 1))))
        (func (export "wide") (param i32 i64 i32) (result i64)
          (i64.add (local.get 1) (i64.extend_i32_s (i32.sub (local.get 0) (local.get 2)))))
        (func (export "same") (param externref) (result externref) (local.get 0))
        (func (export "two") (result i32 i64) (i32.const 1) (i64.const 2))
        (func (export "nothing") unreachable)
        (func (export "parse_html") (result i32) (i32.const 7))
        (func (export "odd name!") (result i32) (i32.const 8)))
      """;

  @Test
  void methodsAreExports() {
    Instance instance = instance(PLUGIN);
    Plugin plugin = instance.as(Plugin.class);
    assertEquals(5, plugin.add(2, 3));
    assertEquals(6, plugin.addThree(1, 2, 3));
    assertEquals(3.0, plugin.scale(2, 1.5f));
    assertEquals(1_000_000_000_001L, plugin.wide(3, 1_000_000_000_000L, 2));
    String text = "text";
    assertSame(text, plugin.same(text));
    assertEquals(List.of(1, 2L), List.of(plugin.two()));
    assertThrows(Trap.class, plugin::nothing);
    assertEquals(7, plugin.parseHtml());
    assertEquals(8, plugin.named());
    assertEquals(65536, plugin.memory().byteSize());
    assertEquals("Plugin of a WebAssembly instance", plugin.toString());
    assertEquals(9, instance.as(Plugin.class).add(4, 5));
    store.close();
    assertThrows(IllegalStateException.class, () -> plugin.add(1, 2));
  }

  /** Not public: a lookup is needed where its package is not open. */
  interface Hidden {
    int add(int a, int b);
  }

  @Test
  void interfacesNeedNotBePublic() {
    Instance instance = instance(PLUGIN);
    Hidden hidden = instance.as(Hidden.class, MethodHandles.lookup());
    assertEquals(3, hidden.add(1, 2));
    Hidden one = instance.func("add").as(Hidden.class, MethodHandles.lookup());
    assertEquals(4, one.add(2, 2));
    assertThrows(
        IllegalArgumentException.class,
        () -> instance.as(IntBinaryOperator.class),
        "no export \"applyAsInt\"");
  }

  interface Wrong {
    int add(long a, long b);

    int missing();

    int memory();

    void nothing();
  }

  @Test
  void allThatDoesNotFitIsTold() {
    Instance instance = instance(PLUGIN);
    String message =
        assertThrows(IllegalArgumentException.class, () -> instance.as(Wrong.class)).getMessage();
    for (String part :
        List.of(
            "the export \"add\", a function [i32 i32] -> [i32], is (int,int)int in Java, but the"
                + " method add is (long,long)int",
            "no export \"missing\" for the method missing",
            "the export \"memory\" is no function but a memory 1")) {
      assertTrue(message.contains(part), message);
    }
    assertEquals(
        "java.lang.String is not an interface",
        assertThrows(IllegalArgumentException.class, () -> instance.as(String.class)).getMessage());
  }

  /** What {@link #GUEST} imports. */
  public static final class Host {
    private final List<String> log = new ArrayList<>();

    public void print(Caller<String> caller, int address, int length) {
      log.add(caller.data() + ": " + caller.memory("memory").readString(address, length));
    }

    public int twice(int value) {
      return 2 * value;
    }

    public void fail() throws IOException {
      throw new IOException("failed");
    }
  }

  private static final String GUEST =
      """
      (module
        (import "env" "print" (func $print (param i32 i32)))
        (import "env" "twice" (func $twice (param i32) (result i32)))
        (import "env" "fail" (func $fail))
        (memory (export "memory") 1)
        (data (i32.const 8) "hello")
        (func (export "run") (result i32)
          (call $print (i32.const 8) (i32.const 5))
          (call $twice (i32.const 21)))
        (func (export "fail") (call $fail)))
      """;

  /** What {@link #GUEST} exports. */
  public interface Guest {
    int run();

    void fail() throws IOException;
  }

  @Test
  void methodsOfAnObjectAreImports() {
    Host host = new Host();
    Linker<String> linker = new Linker<String>(engine).host("env", host);
    Guest guest = linker.instantiate(store, Module.compile(engine, GUEST)).as(Guest.class);
    assertEquals(42, guest.run());
    assertEquals(List.of("data: hello"), host.log);
    assertEquals("failed", assertThrows(IOException.class, guest::fail).getMessage());
  }

  static final class Named {
    @WasmName("twice")
    public int doubled(int value) {
      return 2 * value;
    }

    public int other() {
      return 1;
    }
  }

  /** Two methods of a name. */
  public static final class Overloaded {
    public void print(int value) {}

    public void print(long value) {}
  }

  @Test
  void onlyNamedMethodsAreTakenWhereOneIsNamed() {
    Linker<String> linker = new Linker<>(engine);
    IllegalArgumentException hidden =
        assertThrows(IllegalArgumentException.class, () -> linker.host("env", new Named()));
    assertTrue(hidden.getMessage().contains("make its class public"), hidden.getMessage());
    linker.host("env", new Named(), MethodHandles.lookup());
    assertTrue(linker.isDefined("env", "twice"));
    assertTrue(!linker.isDefined("env", "other") && !linker.isDefined("env", "doubled"));
    // What cannot be defined whole is not defined at all.
    Host host = new Host();
    assertThrows(IllegalArgumentException.class, () -> linker.host("env", host));
    assertTrue(!linker.isDefined("env", "print"));
    assertThrows(
        IllegalArgumentException.class,
        () -> linker.host("other", new Overloaded()),
        "two methods");
    assertThrows(IllegalArgumentException.class, () -> linker.host("other", new Object()));
  }

  @Test
  void lambdasAreWrapped() {
    Func add = Func.wrap(store, IntBinaryOperator.class, (a, b) -> a + b);
    assertEquals(FuncType.parse("[i32 i32] -> [i32]"), add.type());
    assertEquals(5, add.call(2, 3)[0]);
    IntSupplier seven = Func.wrap(store, IntSupplier.class, () -> 7).as(IntSupplier.class);
    assertEquals(7, seven.getAsInt());
  }
}
