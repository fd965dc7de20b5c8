package dev.tazza;

import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/** Function types as Java method types, and back. */
final class JavaTypes {
  private JavaTypes() {}

  /** The exact Java type of calls: several results are an {@code Object[]}. */
  static MethodType methodType(FuncType type) {
    Class<?>[] params = new Class<?>[type.params().size()];
    for (int i = 0; i < params.length; i++) {
      params[i] = javaType(type.params().get(i));
    }
    Class<?> result =
        switch (type.results().size()) {
          case 0 -> void.class;
          case 1 -> javaType(type.results().get(0));
          default -> Object[].class;
        };
    return MethodType.methodType(result, params);
  }

  static Class<?> javaType(ValType type) {
    return switch (type) {
      case NumType.I32 -> int.class;
      case NumType.I64 -> long.class;
      case NumType.F32 -> float.class;
      case NumType.F64 -> double.class;
      case VecType _ -> V128.class;
      case RefType reference ->
          reference.heapType() == AbstractHeapType.EXTERN
              ? Object.class
              : reference.heapType() == AbstractHeapType.EXN ? TaggedException.class : Func.class;
      default ->
          throw new UnsupportedOperationException("values of type " + type + " do not work yet");
    };
  }

  /** The function type of a Java method without its {@link Caller}. */
  static FuncType funcType(MethodType type) {
    List<ValType> params = new ArrayList<>();
    for (Class<?> param : type.parameterList()) {
      params.add(valType(param));
    }
    Class<?> result = type.returnType();
    return new FuncType(params, result == void.class ? List.of() : List.of(valType(result)));
  }

  /** The function type of a functional interface. */
  static FuncType funcType(Class<?> type) {
    Method method = functionalMethod(type);
    return funcType(MethodType.methodType(method.getReturnType(), method.getParameterTypes()));
  }

  private static ValType valType(Class<?> type) {
    if (type == int.class) {
      return ValType.I32;
    }
    if (type == long.class) {
      return ValType.I64;
    }
    if (type == float.class) {
      return ValType.F32;
    }
    if (type == double.class) {
      return ValType.F64;
    }
    if (type == V128.class) {
      return ValType.V128;
    }
    if (type == Func.class) {
      return ValType.FUNCREF;
    }
    if (type == TaggedException.class) {
      return ValType.EXNREF;
    }
    if (type.isPrimitive()) {
      throw new IllegalArgumentException(
          "no WebAssembly type corresponds to "
              + type
              + "; use int, long, float, double, V128, Func or a reference type");
    }
    return ValType.EXTERNREF;
  }

  /**
   * Whether calls of type {@code wanted} can be made by a handle of type {@code actual}: numbers
   * are the same or all boxed, and references may be of any class, which is checked when they come.
   */
  static boolean fits(MethodType actual, MethodType wanted) {
    return wanted.erase().equals(actual.erase()) || wanted.equals(actual.generic());
  }

  /** The one abstract method of a functional interface. */
  static Method functionalMethod(Class<?> type) {
    List<Method> methods = abstractMethods(type);
    if (!type.isInterface() || methods.size() != 1) {
      throw new IllegalArgumentException(
          type.getName() + " is not a functional interface: one abstract method is needed");
    }
    return methods.get(0);
  }

  /** The methods that who implements an interface has to write, in no order. */
  static List<Method> abstractMethods(Class<?> type) {
    List<Method> methods = new ArrayList<>();
    for (Method method : type.getMethods()) {
      if (Modifier.isAbstract(method.getModifiers()) && !isObjectMethod(method)) {
        methods.add(method);
      }
    }
    return methods;
  }

  private static boolean isObjectMethod(Method method) {
    try {
      Object.class.getMethod(method.getName(), method.getParameterTypes());
      return true;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /** A lambda as a handle of its interface's method type. */
  static <F> MethodHandle handle(Class<F> type, F function) {
    Method method = functionalMethod(type);
    try {
      return MethodHandles.publicLookup().unreflect(method).bindTo(function);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          type.getName() + " must be public and exported to be called from a module", e);
    }
  }
}
