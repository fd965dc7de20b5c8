package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.CacheConfig;
import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Extern;
import dev.tazza.Func;
import dev.tazza.Global;
import dev.tazza.Instance;
import dev.tazza.InstancePre;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.StoreLimits;
import dev.tazza.Table;
import dev.tazza.Tag;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What holds for each public method of the package, found by reflection: null where none is allowed
 * is a {@link NullPointerException}; what belongs to a store says so when that is closed, in use by
 * another thread, or another one.
 */
class ApiContractTest {
  /** What answers without the store, or is about it. */
  private static final Set<String> NEED_NO_STORE =
      Set.of(
          "type",
          "store",
          "engine",
          "toString",
          "equals",
          "hashCode",
          "close",
          "withTimeout",
          "isShared");

  /** Of {@link Store}: the embedder's own affairs. */
  private static final Set<String> OF_THE_EMBEDDER =
      Set.of("data", "setData", "setExecutor", "terminate");

  private final Engine engine = new Engine();
  private final Store<Void> store = new Store<>(engine);
  private final Store<Void> otherStore = new Store<>(engine);
  private final Module module =
      Module.compile(
          engine,
          """
          (module
            (memory (export "memory") 1) (table (export "table") 2 funcref)
            (global (export "global") (mut i32) (i32.const 0)) (tag (export "tag"))
            (func (export "add") (param i32 i32) (result i32)
              (i32.add (local.get 0) (local.get 1))))
          """);
  private final Instance instance = new Linker<Void>(engine).instantiate(store, module);
  private final Instance otherInstance = new Linker<Void>(engine).instantiate(otherStore, module);
  private final List<String> problems = new ArrayList<>();

  @AfterEach
  void close() {
    otherStore.close();
    store.close();
    engine.close();
  }

  private static List<Class<?>> publicClasses() throws Exception {
    List<Class<?>> classes = new ArrayList<>(PublicApi.classes(Engine.class));
    classes.removeIf(Class::isEnum);
    assertTrue(classes.size() > 25, "the package has public classes");
    return classes;
  }

  /** Something to call methods of the class on; null when none is at hand here. */
  private @Nullable Object sample(Class<?> type, Instance from) {
    if (type == Engine.class) {
      return engine;
    } else if (type == Store.class) {
      return from.store();
    } else if (type == Module.class) {
      return module;
    } else if (type == Instance.class) {
      return from;
    } else if (type == Linker.class) {
      return new Linker<Void>(engine);
    } else if (type == InstancePre.class) {
      return new Linker<Void>(engine).instantiatePre(module);
    } else if (type == Func.class) {
      return from.func("add");
    } else if (type == Memory.class) {
      return from.memory("memory");
    } else if (type == Table.class) {
      return from.table("table");
    } else if (type == Global.class) {
      return from.global("global");
    } else if (type == Tag.class || type == Extern.class) {
      return from.tag("tag");
    } else if (type == Config.class) {
      return new Config();
    } else if (type == CacheConfig.class) {
      return new CacheConfig();
    } else if (type == StoreLimits.class) {
      return StoreLimits.builder().build();
    }
    return argument(type);
  }

  /** An argument of the type that does no harm; null when none is at hand here. */
  private @Nullable Object argument(Class<?> type) {
    if (type == int.class) {
      return 0;
    } else if (type == Object.class) {
      return (IntBinaryOperator) Integer::sum; // a lambda for argument(Class.class)
    } else if (type == long.class) {
      return 0L;
    } else if (type == short.class) {
      return (short) 0;
    } else if (type == byte.class) {
      return (byte) 0;
    } else if (type == float.class) {
      return 0f;
    } else if (type == double.class) {
      return 0.0;
    } else if (type == boolean.class) {
      return true;
    } else if (type == byte[].class) {
      return new byte[0];
    } else if (type == Object[].class) {
      return new Object[] {1, 2};
    } else if (type == String.class) {
      return "memory";
    } else if (type == Class.class) {
      return IntBinaryOperator.class;
    } else if (type == Path.class) {
      return Path.of("none");
    } else if (type == Duration.class) {
      return Duration.ofSeconds(1);
    } else if (type == Lookup.class) {
      return MethodHandles.lookup();
    } else if (type == MethodHandle.class) {
      return MethodHandles.constant(int.class, 1);
    } else if (type == FuncType.class) {
      return FuncType.parse("[i32 i32] -> [i32]");
    } else if (type == MemoryType.class) {
      return new MemoryType(new Limits(1, true, 1, false, false));
    } else if (type == TableType.class) {
      return new TableType(RefType.FUNCREF, new Limits(1, true, 1, false, false));
    } else if (type == GlobalType.class) {
      return new GlobalType(ValType.I32, true);
    } else if (type == TagType.class) {
      return new TagType(FuncType.parse("[] -> []"));
    } else if (type == List.class) {
      return List.of();
    } else if (type.isEnum()) {
      return type.getEnumConstants()[0];
    } else if (type.isInterface() && !type.isSealed()) {
      return Proxy.newProxyInstance(
          type.getClassLoader() == null ? getClass().getClassLoader() : type.getClassLoader(),
          new Class<?>[] {type},
          (_, method, _) -> method.getReturnType() == void.class ? null : argument(int.class));
    }
    return null;
  }

  private Object @Nullable [] arguments(Executable member, Instance from) {
    Object[] arguments = new Object[member.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      Object argument = sample(member.getParameterTypes()[i], from);
      if (argument == null) {
        return null;
      }
      arguments[i] = argument;
    }
    return arguments;
  }

  private static @Nullable Throwable call(
      Executable member, @Nullable Object receiver, @Nullable Object[] arguments) {
    return PublicApi.call(member, receiver, arguments, ApiContractTest::isKept);
  }

  private static boolean isKept(Object result) {
    return result instanceof Engine || result instanceof Store || result instanceof Module;
  }

  /** Of a store's data. */
  private static boolean isObject(AnnotatedType parameter) {
    return parameter instanceof AnnotatedTypeVariable;
  }

  @Test
  void nullIsRefusedWhereItIsNotAllowed() throws Exception {
    int tried = 0;
    for (Class<?> type : publicClasses()) {
      for (Executable member : PublicApi.members(type)) {
        boolean needsReceiver = PublicApi.needsReceiver(member);
        Object receiver = needsReceiver ? sample(type, instance) : null;
        Object[] arguments = arguments(member, instance);
        if (arguments == null || (receiver == null && needsReceiver) || type.isInterface()) {
          continue;
        }
        tried +=
            PublicApi.tryNull(
                member,
                receiver,
                arguments,
                parameter -> type == Store.class && isObject(parameter),
                ApiContractTest::isKept,
                problems);
      }
    }
    assertEquals("", String.join("\n", new TreeSet<>(problems)));
    assertTrue(tried > 100, tried + " parameters");
  }

  @Test
  void everythingHasATextOfItsOwn() throws Exception {
    for (Class<?> type : publicClasses()) {
      boolean hasInstances =
          !type.isInterface()
              && Arrays.stream(type.getMethods())
                  .anyMatch(method ->
                      method.getDeclaringClass() == type
                          && !Modifier.isStatic(method.getModifiers()));
      if (hasInstances && type.getMethod("toString").getDeclaringClass() == Object.class) {
        problems.add(type.getName());
      }
    }
    assertEquals("", String.join("\n", new TreeSet<>(problems)));
    Config config = new Config().consumeFuel(true).wasmThreads(true);
    assertEquals("config {threads on, consumeFuel on}", config.toString());
    assertEquals("engine of Tazza 0.1.0 with 2 stores and 1 modules", engine.toString());
  }

  /** The members of what belongs to a store. */
  private static List<Method> storeMethods() {
    List<Method> methods = new ArrayList<>();
    for (Class<?> type :
        List.of(
            Store.class,
            Instance.class,
            Func.class,
            Memory.class,
            Table.class,
            Global.class,
            Tag.class)) {
      for (Executable member : PublicApi.members(type)) {
        if (member instanceof Method method
            && !Modifier.isStatic(method.getModifiers())
            && !NEED_NO_STORE.contains(method.getName())
            && !(type == Store.class && OF_THE_EMBEDDER.contains(method.getName()))) {
          methods.add(method);
        }
      }
    }
    return methods;
  }

  @Test
  void aClosedStoreSaysSo() throws Exception {
    List<Object> kept = new ArrayList<>();
    for (Method method : storeMethods()) {
      kept.add(sample(method.getDeclaringClass(), instance));
    }
    store.close();
    List<Method> methods = storeMethods();
    int tried = 0;
    for (int i = 0; i < methods.size(); i++) {
      Object[] arguments = arguments(methods.get(i), otherInstance);
      if (arguments == null) {
        continue;
      }
      tried++;
      Throwable thrown = call(methods.get(i), kept.get(i), arguments);
      if (!(thrown instanceof IllegalStateException)) {
        problems.add("%s: %s".formatted(PublicApi.name(methods.get(i)), thrown));
      }
    }
    assertEquals("", String.join("\n", new TreeSet<>(problems)));
    assertTrue(tried > 50, tried + " methods");
  }

  @Test
  void aStoreInUseByAnotherThreadSaysSo() throws Exception {
    List<Method> methods = new ArrayList<>(storeMethods());
    // Reads of what does not change, or of memory, which is as it is whoever looks.
    methods.removeIf(method ->
        method.getDeclaringClass() == Memory.class
            || method.getDeclaringClass() == Instance.class
            || Set.of("size", "handle", "as", "typed").contains(method.getName()));
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      Func hold =
          Func.wrap(
              store,
              Runnable.class,
              () -> {
                Callable<Void> calls =
                    () -> {
                      for (Method method : methods) {
                        Object[] arguments = arguments(method, instance);
                        Object receiver = sample(method.getDeclaringClass(), instance);
                        if (arguments != null && receiver != null) {
                          Throwable thrown = call(method, receiver, arguments);
                          if (!(thrown instanceof IllegalStateException)) {
                            problems.add("%s: %s".formatted(PublicApi.name(method), thrown));
                          }
                        }
                      }
                      return null;
                    };
                try {
                  other.submit(calls).get();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      hold.call();
    }
    assertEquals("", String.join("\n", new TreeSet<>(problems)));
  }

  @Test
  void whatBelongsToAnotherStoreIsRefused() throws Exception {
    for (Executable member : externTakers()) {
      Object receiver = sample(member.getDeclaringClass(), instance);
      Object[] arguments = arguments(member, instance);
      assertTrue(arguments != null && receiver != null, PublicApi.name(member));
      for (int i = 0; i < arguments.length; i++) {
        if (member.getParameterTypes()[i] == Object.class) {
          arguments[i] = otherInstance.func("add");
        }
      }
      Throwable thrown = call(member, receiver, arguments);
      if (!(thrown instanceof IllegalArgumentException)) {
        problems.add("%s: %s".formatted(PublicApi.name(member), thrown));
      }
    }
    assertEquals("", String.join("\n", new TreeSet<>(problems)));
  }

  /** What puts a reference into a store. */
  private static List<Executable> externTakers() {
    List<Executable> takers = new ArrayList<>();
    for (Method method : Table.class.getDeclaredMethods()) {
      if (Set.of("set", "grow").contains(method.getName())) {
        takers.add(method);
      }
    }
    assertEquals(2, takers.size());
    return takers;
  }
}
