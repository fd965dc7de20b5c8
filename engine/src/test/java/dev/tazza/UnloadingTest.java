package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Copies of Tazza in class loaders of their own, one after the other and at the same time. */
class UnloadingTest {
  private static final String TEXT =
      """
      (module
        (type $unary (func (param i32) (result i32)))
        (type $of (func (param (ref null $unary))))
        (type $same (func (param (ref null $unary))))
        (import "host" "log" (func (param externref)))
        (import "host" "table" (table 1 funcref))
        (memory 1 2)
        (func (type $of))
        (func (type $same))
        (func (export "call") (param i32) (result i32)
          (call_indirect (type $unary) (local.get 0) (i32.const 0)))
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
      """;

  /** What a copy does: compiles, loads an artifact, links, runs and traps; closed or not. */
  public static final class Guest {
    private Guest() {}

    public static int run(boolean closes) {
      Engine engine = new Engine(new Config().optLevel(OptLevel.NONE));
      Module compiled = Module.compile(engine, TEXT);
      Module module = Module.deserialize(engine, compiled.serialize());
      Store<Void> store = new Store<>(engine);
      Linker<Void> linker = new Linker<>(engine);
      FuncType log = new FuncType(List.of(ValType.EXTERNREF), List.of());
      linker.func("host", "log", log, (_, _) -> {});
      linker.define(
          "host", "table", Table.create(store, new TableType(RefType.FUNCREF, Limits.of(1))));
      Func load = linker.instantiate(store, module).func("load");
      int traps = 0;
      for (int i = 0; i < 3; i++) {
        try {
          load.call(i * 40_000);
        } catch (Trap outOfBounds) {
          traps++;
        }
      }
      if (closes) {
        store.close();
        module.close();
        compiled.close();
        engine.close();
      }
      return traps;
    }
  }

  private static URLClassLoader newCopy() throws IOException {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      path.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  private static void run(ClassLoader copy, boolean closes) throws Exception {
    Class<?> guest = copy.loadClass(Guest.class.getName());
    assertTrue(guest != Guest.class);
    try {
      assertEquals(1, guest.getMethod("run", boolean.class).invoke(null, closes));
    } catch (InvocationTargetException e) {
      throw new AssertionError("in a copy", e.getCause());
    }
  }

  private static WeakReference<ClassLoader> useAndDrop(boolean closes) throws Exception {
    try (URLClassLoader copy = newCopy()) {
      run(copy, closes);
      return new WeakReference<>(copy);
    }
  }

  private static long addressSpace() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmSize:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new AssertionError("no VmSize");
  }

  private static int descriptors() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  private static void awaitUnloaded(WeakReference<ClassLoader> copy, long space) throws Exception {
    for (int i = 0; i < 200; i++) {
      System.gc();
      if (copy.get() == null && addressSpace() < space) {
        return;
      }
      Thread.sleep(20);
    }
    assertNull(copy.get(), "the copy is reachable");
    assertTrue(addressSpace() < space, "address space: " + (addressSpace() >> 20) + " MiB");
  }

  @Test
  void aCopyLeavesNothing() throws Exception {
    assertEquals(1, Guest.run(true));
    awaitUnloaded(useAndDrop(true), Long.MAX_VALUE);
    long space = addressSpace() + (1L << 30);
    int descriptors = descriptors();
    long properties = ownProperties();
    for (int i = 0; i < 5; i++) {
      awaitUnloaded(useAndDrop(i % 2 == 0), space);
      assertEquals(1, Guest.run(true));
    }
    assertTrue(descriptors() <= descriptors + 1, "descriptors: " + descriptors());
    assertEquals(properties, ownProperties());
  }

  private static long ownProperties() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("dev.tazza."))
        .count();
  }

  @Test
  void copiesTrapAtTheSameTime() throws Exception {
    try (URLClassLoader one = newCopy();
        URLClassLoader two = newCopy()) {
      for (int i = 0; i < 3; i++) {
        run(one, true);
        run(two, true);
        assertEquals(1, Guest.run(true));
      }
    }
  }
}
