package dev.tazza;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of an interface as exports of an instance, see {@link Instance#as}. */
record ExportInterface(Instance instance, Class<?> type) {
  /**
   * An object whose methods are the exports.
   *
   * @throws IllegalArgumentException when a method has no export, or one of another type: all such
   *     methods are told
   */
  static <I> I implement(Instance instance, Class<I> type, @Nullable Lookup lookup) {
    ExportInterface exports = new ExportInterface(instance, type);
    List<Map.Entry<String, Method>> methods = InterfaceClass.methods(type);
    Object[] parts = new Object[methods.size()];
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      try {
        parts[i] = exports.part(methods.get(i).getKey(), methods.get(i).getValue());
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "%s does not fit the module: %s".formatted(type.getName(), String.join("; ", problems)));
    }
    return InterfaceClass.make(type, lookup, parts);
  }

  /** What the method calls or returns. */
  private Object part(String name, Method method) {
    Extern export = instance.findExport(name);
    if (export == null) {
      export = near(name);
    }
    if (export == null) {
      throw new IllegalArgumentException(
          "no export \"%s\" for the method %s".formatted(name, method.getName()));
    }
    if (export instanceof Func func) {
      return fit(func.handle(), name, func, method);
    }
    if (method.getParameterCount() == 0 && method.getReturnType().isInstance(export)) {
      return export;
    }
    throw new IllegalArgumentException(
        "the export \"%s\" is no function but a %s; let the method take nothing and return a %s"
            .formatted(name, export, export.getClass().getSimpleName()));
  }

  /** The only export that is spelt as Java would not: {@code parse_html} for {@code parseHtml}. */
  private @Nullable Extern near(String name) {
    String found = null;
    for (String candidate : instance.exportNames()) {
      if (ImportProblems.plain(candidate).equals(ImportProblems.plain(name))) {
        if (found != null) {
          return null;
        }
        found = candidate;
      }
    }
    return found == null ? null : instance.findExport(found);
  }

  private static MethodHandle fit(MethodHandle handle, String name, Func func, Method method) {
    MethodType wanted = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
    if (!JavaTypes.fits(handle.type(), wanted)) {
      throw new IllegalArgumentException(
          "the export \"%s\", a function %s, is %s in Java, but the method %s is %s"
              .formatted(name, func.type(), handle.type(), method.getName(), wanted));
    }
    return handle.asType(wanted);
  }
}
