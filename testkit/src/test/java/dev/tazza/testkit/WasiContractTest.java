package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasi.Wasi;
import dev.tazza.wasi.WasiConfig;
import dev.tazza.wasi.WasiExit;
import dev.tazza.wasi.WasiThreads;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.SourcePosition;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ModuleLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds for each public method of the packages of WASI and of modules, found by reflection;
 * and what is said when one is used after its end, too often or on what does not fit.
 */
class WasiContractTest {
  private static final String PROGRAM =
      """
      (module
        (import "wasi_snapshot_preview1" "fd_write"
          (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start"))
        (func (export "write") (result i32)
          (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8))))
      """;

  private static final String THREADS =
      """
      (module
        (import "env" "memory" (memory 1 1 shared))
        (func (export "wasi_thread_start") (param i32 i32))
        (func (export "_start")))
      """;

  private final Engine engine = new Engine(new Config().wasmThreads(true));
  private final Store<Void> store = new Store<>(engine);
  private final Module program = Module.compile(engine, PROGRAM);
  private final Module threads = Module.compile(engine, THREADS);
  private final Wasi wasi = open();
  private final Linker<Void> linker = new Linker<>(engine);
  private final Instance instance = instance();
  private final List<String> problems = new ArrayList<>();

  @TempDir private Path folder;

  private static Wasi open() {
    try {
      return Wasi.open(
          new WasiConfig().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Instance instance() {
    wasi.addTo(linker);
    return linker.instantiate(store, program);
  }

  @AfterEach
  void close() {
    wasi.close();
    store.close();
    engine.close();
  }

  private static List<Class<?>> publicClasses() throws Exception {
    List<Class<?>> classes = new ArrayList<>(PublicApi.classes(Wasi.class));
    assertTrue(classes.size() >= 7, classes.toString());
    int before = classes.size();
    classes.addAll(PublicApi.classes(WasmException.class));
    assertTrue(classes.size() - before >= 14, classes.toString());
    return classes;
  }

  /** An argument or receiver that does no harm; null when none is at hand here. */
  private @Nullable Object sample(Class<?> type) throws Exception {
    if (type.isPrimitive()) {
      return Array.get(Array.newInstance(type, 1), 0);
    } else if (type.isEnum()) {
      return type.getEnumConstants()[0];
    } else if (type.isArray()) {
      return Array.newInstance(type.componentType(), 0);
    } else if (type == Wasi.class) {
      return wasi;
    } else if (type == WasiConfig.class) {
      return new WasiConfig();
    } else if (type == WasiThreads.class) {
      return WasiThreads.addTo(new Linker<>(engine), threads);
    } else if (type == WasiExit.class) {
      return new WasiExit(1);
    } else if (type == Linker.class) {
      return new Linker<Void>(engine);
    } else if (type == Module.class) {
      return threads;
    } else if (type == Store.class) {
      return store;
    } else if (type == Instance.class) {
      return instance;
    } else if (type == Features.class) {
      return Features.DEFAULT;
    } else if (type == ModuleLimits.class) {
      return ModuleLimits.DEFAULT;
    } else if (type == SourcePosition.class) {
      return new SourcePosition("f", "f.c", 1, 2);
    } else if (type == String.class) {
      return "text";
    } else if (type == Path.class) {
      return folder;
    } else if (type == InputStream.class) {
      return new ByteArrayInputStream(new byte[0]);
    } else if (type == OutputStream.class) {
      return OutputStream.nullOutputStream();
    } else if (type == InetSocketAddress.class) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    } else if (type == RandomGenerator.class) {
      return RandomGenerator.getDefault();
    } else if (type == Throwable.class) {
      return new IOException();
    } else if (type == List.class) {
      return List.of();
    } else if (type == Map.class) {
      return Map.of();
    } else if (type == ValidationException.class) {
      return new ValidationException("wrong", 1);
    } else if (WasmException.class.isAssignableFrom(type)) {
      return exception(type);
    } else if (type.isInterface() && !type.isSealed()) {
      return Proxy.newProxyInstance(
          getClass().getClassLoader(), new Class<?>[] {type}, (_, _, _) -> null);
    }
    return null;
  }

  private static @Nullable Object exception(Class<?> type) throws Exception {
    if (type == WasmException.class) {
      return new MalformedException("wrong");
    }
    for (Constructor<?> constructor : type.getConstructors()) {
      if (Arrays.equals(constructor.getParameterTypes(), new Class<?>[] {String.class})) {
        return constructor.newInstance("wrong");
      } else if (constructor.getParameterCount() == 2) {
        return constructor.newInstance("wrong", 1);
      }
    }
    return null;
  }

  private Object @Nullable [] arguments(Executable member) throws Exception {
    Object[] arguments = new Object[member.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      Object argument = sample(member.getParameterTypes()[i]);
      if (argument == null) {
        return null;
      }
      arguments[i] = argument;
    }
    return arguments;
  }

  @Test
  void nullIsRefusedWhereItIsNotAllowed() throws Exception {
    int tried = 0;
    List<String> left = new ArrayList<>();
    for (Class<?> type : publicClasses()) {
      for (Executable member : PublicApi.members(type)) {
        Object receiver = PublicApi.needsReceiver(member) ? sample(type) : null;
        Object[] arguments = arguments(member);
        if (arguments == null || (PublicApi.needsReceiver(member) && receiver == null)) {
          left.add(PublicApi.name(member));
          continue;
        }
        tried += PublicApi.tryNull(member, receiver, arguments, _ -> false, _ -> false, problems);
      }
    }
    assertEquals("", String.join("\n", new TreeSet<>(problems)));
    assertEquals(List.of(), left, "nothing at hand for these");
    assertTrue(tried > 40, tried + " parameters");
  }

  @Test
  void everythingHasATextOfItsOwn() throws Exception {
    for (Class<?> type : publicClasses()) {
      boolean hasInstances = PublicApi.members(type).stream().anyMatch(PublicApi::needsReceiver);
      if (hasInstances
          && !type.isInterface()
          && type.getMethod("toString").getDeclaringClass() == Object.class) {
        problems.add(type.getName());
      }
    }
    assertEquals("", String.join("\n", new TreeSet<>(problems)));
    assertEquals(
        "WASI for [] with the variables [] and 0 directories and 1 listening sockets",
        wasi.toString());
  }

  private static void refuse(
      Class<? extends RuntimeException> type,
      String message,
      org.junit.jupiter.api.function.Executable call) {
    RuntimeException thrown = assertThrows(type, call);
    assertTrue(String.valueOf(thrown.getMessage()).contains(message), thrown.toString());
  }

  @Test
  void whatIsClosedSaysSo() {
    Func write = instance.func("write");
    assertEquals(0, write.call()[0], "it is open");
    wasi.close();
    assertEquals(8, write.call()[0], "EBADF");
    refuse(IllegalStateException.class, "this WASI was closed", () -> wasi.listenerPort(0));
    refuse(IllegalStateException.class, "this WASI was closed", wasi::shareAmongThreads);
    refuse(
        IllegalStateException.class,
        "this WASI was closed",
        () -> wasi.addTo(new Linker<Void>(engine)));
    assertTrue(wasi.toString().endsWith(", closed"), wasi.toString());
    wasi.close();
    store.close();
    refuse(IllegalStateException.class, "the store is closed", () -> Wasi.start(instance));
  }

  @Test
  void whatThereIsNotIsTold() {
    refuse(
        IndexOutOfBoundsException.class,
        "there is no listening socket 1; there are 1",
        () -> wasi.listenerPort(1));
    refuse(IndexOutOfBoundsException.class, "socket -1", () -> wasi.listenerPort(-1));
    refuse(IllegalArgumentException.class, "args_get is defined already", () -> wasi.addTo(linker));
    Module library = Module.compile(engine, "(module (func (export \"f\")))");
    Instance other = new Linker<Void>(engine).instantiate(store, library);
    refuse(IllegalArgumentException.class, "_start", () -> Wasi.start(other));
    refuse(
        IllegalArgumentException.class,
        "at least 3 descriptors are needed, not 2",
        () -> new WasiConfig().maxDescriptors(2));
    refuse(IllegalArgumentException.class, "no trap code 0", () -> TrapCode.of(0));
  }

  @Test
  void threadsOfAProgramStartOnce() {
    try (WasiThreads<Void> once = WasiThreads.addTo(new Linker<>(engine), threads)) {
      assertEquals(0, once.start(store));
      refuse(IllegalStateException.class, "was started already", () -> once.start(store));
      refuse(IllegalArgumentException.class, "negative", () -> once.maxThreads(-1));
    }
    WasiThreads<Void> closed = WasiThreads.addTo(new Linker<>(engine), threads);
    closed.close();
    refuse(IllegalStateException.class, "or closed", () -> closed.start(store));
  }

  /** What is refused leaves it as it was. */
  @Test
  void threadsOfAProgramAreForItsEngine() {
    try (Engine otherEngine = new Engine(new Config().wasmThreads(true));
        Store<Void> otherStore = new Store<>(otherEngine);
        WasiThreads<Void> program = WasiThreads.addTo(new Linker<>(engine), threads)) {
      refuse(
          IllegalArgumentException.class,
          "another engine",
          () -> WasiThreads.addTo(new Linker<Void>(otherEngine), threads));
      refuse(IllegalArgumentException.class, "another engine", () -> program.start(otherStore));
      Store<Void> closed = new Store<>(engine);
      closed.close();
      refuse(IllegalStateException.class, "the store is closed", () -> program.start(closed));
      assertEquals(0, program.start(store));
    }
  }

  @Test
  void aStoreInUseByAnotherThreadSaysSo() throws Exception {
    Module calls =
        Module.compile(
            engine,
            """
            (module (import "" "hold" (func $hold)) (func (export "_start") (call $hold)))
            """);
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      Linker<Void> holding = new Linker<>(engine);
      holding.func(
          "",
          "hold",
          Runnable.class,
          () -> {
            Future<?> start = other.submit(() -> Wasi.start(instance));
            ExecutionException thrown = assertThrows(ExecutionException.class, start::get);
            assertInstanceOf(IllegalStateException.class, thrown.getCause());
          });
      assertEquals(0, Wasi.start(holding.instantiate(store, calls)));
    }
  }
}
