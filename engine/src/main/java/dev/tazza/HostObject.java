package dev.tazza;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The methods of an object as host functions, see {@link Linker#host}. */
final class HostObject {
  private HostObject() {}

  /**
   * The object's methods by their names in WebAssembly: those with a {@link WasmName} if there is
   * any, otherwise all public ones that its class and those above it declare, below {@link Object}.
   *
   * @throws IllegalArgumentException when two have the same name, there is none, or one cannot be
   *     accessed
   */
  static Map<String, MethodHandle> functions(Object object, @Nullable Lookup lookup) {
    Class<?> type = object.getClass();
    boolean named = false;
    for (Method method : type.getMethods()) {
      named |= method.isAnnotationPresent(WasmName.class);
    }
    Map<String, MethodHandle> functions = new LinkedHashMap<>();
    for (Method method : type.getMethods()) {
      boolean wanted = named ? method.isAnnotationPresent(WasmName.class) : isPlain(method);
      if (!wanted) {
        continue;
      }
      String name = InterfaceClass.name(method);
      if (functions.putIfAbsent(name, handle(object, method, lookup)) != null) {
        throw new IllegalArgumentException(
            "%s has two methods for \"%s\"; name those that are meant with @WasmName"
                .formatted(type.getName(), name));
      }
    }
    if (functions.isEmpty()) {
      throw new IllegalArgumentException(type.getName() + " has no public methods of its own");
    }
    return functions;
  }

  /** The object's methods that an interface declares, by their names in WebAssembly. */
  static <I> Map<String, MethodHandle> functions(Class<I> type, I object, Lookup lookup) {
    Objects.requireNonNull(object, "object");
    Map<String, MethodHandle> functions = new LinkedHashMap<>();
    for (Map.Entry<String, Method> each : InterfaceClass.methods(type)) {
      if (functions.putIfAbsent(each.getKey(), handle(object, each.getValue(), lookup)) != null) {
        throw new IllegalArgumentException(
            "%s has two methods for \"%s\"".formatted(type.getName(), each.getKey()));
      }
    }
    return functions;
  }

  private static boolean isPlain(Method method) {
    return !method.isSynthetic()
        && !Modifier.isStatic(method.getModifiers())
        && method.getDeclaringClass() != Object.class;
  }

  private static MethodHandle handle(Object object, Method method, @Nullable Lookup lookup) {
    try {
      Lookup used = lookup == null ? MethodHandles.publicLookup() : lookup;
      MethodHandle handle = used.unreflect(method);
      return Modifier.isStatic(method.getModifiers()) ? handle : handle.bindTo(object);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          "%s cannot be called: make its class public, and exported, or pass a MethodHandles.lookup()"
              .formatted(method),
          e);
    }
  }
}
