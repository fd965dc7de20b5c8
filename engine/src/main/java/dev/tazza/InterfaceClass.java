package dev.tazza;

import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A class that implements an interface: each method calls a handle of exactly the method's type, or
 * returns an object. The class is made once for an interface, beside it (hidden, in its package),
 * so that the interface need not be public; it names no class of Tazza's. (Those of the JDK are
 * made here.) The JVM takes the final fields of hidden classes for constants, and inlines a call
 * through such an object where the object is one.
 *
 * <p>What the interface's class keeps of it is of the JDK alone, so that neither a copy of Tazza
 * nor the interface's class loader is kept by the other.
 */
final class InterfaceClass {
  /** The abstract methods with their names in WebAssembly. */
  private static final ClassValue<List<Map.Entry<String, Method>>> METHODS =
      new ClassValue<>() {
        @Override
        protected List<Map.Entry<String, Method>> computeValue(Class<?> type) {
          return JavaTypes.abstractMethods(type).stream()
              .map(method -> Map.entry(name(method), method))
              .toList();
        }
      };

  /** {@code (Object[]) Object}: an object of the class, with what each method calls or returns. */
  private static final ClassValue<AtomicReference<@Nullable MethodHandle>> CONSTRUCTORS =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable MethodHandle> computeValue(Class<?> type) {
          return new AtomicReference<>();
        }
      };

  /** The same for interfaces of the JDK: their classes live as long as this one. */
  private static final ConcurrentMap<Class<?>, AtomicReference<@Nullable MethodHandle>> OF_JAVA =
      new ConcurrentHashMap<>();

  private static final MethodTypeDesc CONSTRUCTOR =
      MethodTypeDesc.of(CD_void, CD_Object.arrayType());
  private static final MethodType MAKE = MethodType.methodType(Object.class, Object[].class);

  private InterfaceClass() {}

  /** What {@code method} is called in WebAssembly. */
  static String name(Method method) {
    WasmName name = method.getAnnotation(WasmName.class);
    return name == null ? method.getName() : name.value();
  }

  /**
   * The abstract methods of an interface, with what they are called in WebAssembly.
   *
   * @throws IllegalArgumentException when it is no interface
   */
  static List<Map.Entry<String, Method>> methods(Class<?> type) {
    if (!Objects.requireNonNull(type, "type").isInterface()) {
      throw new IllegalArgumentException(type.getName() + " is not an interface");
    }
    return METHODS.get(type);
  }

  /**
   * The one abstract method of a functional interface.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Method functionalMethod(Class<?> type) {
    return type.isInterface() && METHODS.get(type).size() == 1
        ? METHODS.get(type).get(0).getValue()
        : JavaTypes.functionalMethod(type);
  }

  /** Whether the class can be made: nobody need give leave. */
  static boolean isOpen(Class<?> type) {
    return isOfJava(type)
        || type.getModule().isOpen(type.getPackageName(), InterfaceClass.class.getModule());
  }

  private static boolean isOfJava(Class<?> type) {
    return type.getClassLoader() == null && Modifier.isPublic(type.getModifiers());
  }

  /**
   * An object of the class.
   *
   * @param lookup that may access the interface; null: what is open to everybody will do
   * @param parts for each of {@link #methods} a handle of its type, or what it returns
   */
  static <I> I make(Class<I> type, @Nullable Lookup lookup, Object[] parts) {
    AtomicReference<@Nullable MethodHandle> known =
        isOfJava(type)
            ? OF_JAVA.computeIfAbsent(type, _ -> new AtomicReference<>())
            : CONSTRUCTORS.get(type);
    MethodHandle constructor = known.get();
    if (constructor == null) {
      MethodHandle made = define(type, beside(type, lookup), parts);
      MethodHandle first = known.compareAndExchange(null, made);
      constructor = first == null ? made : first;
    }
    try {
      return type.cast((Object) constructor.invokeExact(parts));
    } catch (Throwable e) { // the constructor only keeps what it is given
      throw new AssertionError(e);
    }
  }

  /** Where the class is made: beside the interface, or for those that everybody sees here. */
  private static Lookup beside(Class<?> type, @Nullable Lookup lookup) {
    Lookup own = MethodHandles.lookup();
    if (isOfJava(type)) {
      return own;
    }
    try {
      return MethodHandles.privateLookupIn(type, lookup == null ? own : lookup);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          "%s cannot be implemented: pass a MethodHandles.lookup() of its module, or open its package to %s"
              .formatted(type, InterfaceClass.class.getModule()),
          e);
    }
  }

  private static MethodHandle define(Class<?> type, Lookup beside, Object[] parts) {
    List<Map.Entry<String, Method>> methods = methods(type);
    String folder = beside.lookupClass().getPackageName();
    ClassDesc self = ClassDesc.of(folder.isEmpty() ? "Exports" : folder + ".Exports");
    byte[] bytes =
        ClassFile.of()
            .build(
                self,
                builder -> {
                  builder.withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC);
                  builder.withInterfaceSymbols(descriptor(type));
                  for (int i = 0; i < parts.length; i++) {
                    ClassDesc field = field(parts[i], methods.get(i).getValue());
                    builder.withField(
                        "part" + i, field, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
                    addMethod(builder, self, methods.get(i).getValue(), "part" + i, field);
                  }
                  builder.withMethodBody(
                      INIT_NAME, CONSTRUCTOR, 0, code -> construct(code, self, methods, parts));
                  builder.withMethodBody(
                      "toString",
                      MethodTypeDesc.of(CD_String),
                      ClassFile.ACC_PUBLIC,
                      code ->
                          code.ldc(type.getSimpleName() + " of a WebAssembly instance").areturn());
                });
    try {
      Lookup hidden = beside.defineHiddenClass(bytes, true);
      return hidden
          .findConstructor(hidden.lookupClass(), MethodType.methodType(void.class, Object[].class))
          .asType(MAKE);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void construct(
      CodeBuilder code, ClassDesc self, List<Map.Entry<String, Method>> methods, Object[] parts) {
    code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void);
    for (int i = 0; i < parts.length; i++) {
      ClassDesc field = field(parts[i], methods.get(i).getValue());
      code.aload(0).aload(1).loadConstant(i).aaload().checkcast(field);
      code.putfield(self, "part" + i, field);
    }
    code.return_();
  }

  private static ClassDesc field(Object part, Method method) {
    return part instanceof MethodHandle ? CD_MethodHandle : descriptor(method.getReturnType());
  }

  private static void addMethod(
      ClassBuilder builder, ClassDesc self, Method method, String field, ClassDesc fieldType) {
    MethodTypeDesc type =
        MethodType.methodType(method.getReturnType(), method.getParameterTypes())
            .describeConstable()
            .orElseThrow();
    builder.withMethodBody(
        method.getName(),
        type,
        ClassFile.ACC_PUBLIC,
        code -> {
          code.aload(0).getfield(self, field, fieldType);
          if (fieldType.equals(CD_MethodHandle)) {
            for (int i = 0; i < type.parameterCount(); i++) {
              code.loadLocal(TypeKind.from(type.parameterType(i)), code.parameterSlot(i));
            }
            code.invokevirtual(CD_MethodHandle, "invokeExact", type);
          }
          code.return_(TypeKind.from(type.returnType()));
        });
  }

  private static ClassDesc descriptor(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }
}
