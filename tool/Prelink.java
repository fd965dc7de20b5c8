import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Copies a jar and rewrites what its classes would have the JVM do at each start, because the AOT
 * cache cannot hold it.
 *
 * <p>{@code java tool/Prelink.java FROM.jar TO.jar}
 *
 * <ul>
 *   <li>Switches over types, and the methods that records are given, are linked by bootstrap
 *       methods that spin classes: 0.5 to 5 ms each in a fresh process. They become plain code.
 *   <li>Class files from before Java 6 need the old verifier, so the cache does not take them. They
 *       become version 52, with the stack maps that they lack.
 * </ul>
 */
final class Prelink {
  private static final int FIRST_WITH_STACK_MAPS = 50;
  private static final int TARGET = ClassFile.JAVA_8_VERSION;

  private static final ClassDesc SWITCH_BOOTSTRAPS =
      ClassDesc.of("java.lang.runtime.SwitchBootstraps");
  private static final ClassDesc OBJECT_METHODS = ClassDesc.of("java.lang.runtime.ObjectMethods");
  private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
  private static final ClassDesc STRING_BUILDER = ClassDesc.of("java.lang.StringBuilder");
  private static final MethodTypeDesc SWITCH = MethodTypeDesc.of(CD_int, CD_Object, CD_int);

  private Prelink() {}

  public static void main(String[] args) throws IOException {
    Path from = Path.of(args[0]);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {from.toUri().toURL()});
        JarFile in = new JarFile(from.toFile());
        OutputStream file = Files.newOutputStream(Path.of(args[1]));
        JarOutputStream out = new JarOutputStream(file)) {
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)));
      List<JarEntry> entries = in.stream().toList();
      for (JarEntry entry : entries) {
        out.putNextEntry(new JarEntry(entry.getName()));
        try (InputStream stream = in.getInputStream(entry)) {
          byte[] bytes = stream.readAllBytes();
          out.write(entry.getName().endsWith(".class") ? rewrite(classFile, bytes) : bytes);
        }
        out.closeEntry();
      }
    }
  }

  private static byte[] rewrite(ClassFile classFile, byte[] bytes) {
    ClassModel model = classFile.parse(bytes);
    if (model.majorVersion() < FIRST_WITH_STACK_MAPS) {
      return modernize(classFile, model);
    }
    Switches switches = new Switches(model);
    if (model.methods().stream().noneMatch(Prelink::isLinkedLate)) {
      return bytes;
    }
    ClassTransform plainCode =
        ClassTransform.transformingMethodBodies(
            Prelink::isLinkedLate,
            (builder, element) -> {
              if (element instanceof InvokeDynamicInstruction call && isSwitch(call)) {
                switches.call(builder, call);
              } else if (element instanceof InvokeDynamicInstruction call && isOfRecord(call)) {
                RecordMethod.of(call).write(builder);
              } else {
                builder.with(element);
              }
            });
    return classFile.transformClass(model, plainCode.andThen(switches));
  }

  private static byte[] modernize(ClassFile classFile, ClassModel model) {
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(TARGET, 0);
          } else {
            builder.with(element);
          }
        };
    ClassTransform rebuildCode = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    return classFile.transformClass(model, version.andThen(rebuildCode));
  }

  private static boolean isLinkedLate(MethodModel method) {
    return method
        .code()
        .map(code ->
            code.elementStream()
                .anyMatch(element ->
                    element instanceof InvokeDynamicInstruction call
                        && (isSwitch(call) || isOfRecord(call))))
        .orElse(false);
  }

  /** Whether a switch is over types, or constants of one enum: not over other constants as well. */
  private static boolean isSwitch(InvokeDynamicInstruction call) {
    DirectMethodHandleDesc bootstrap = call.bootstrapMethod();
    boolean ofEnum = bootstrap.methodName().equals("enumSwitch");
    return bootstrap.owner().equals(SWITCH_BOOTSTRAPS)
        && call.bootstrapArgs().stream()
            .allMatch(label -> label instanceof ClassDesc || ofEnum && label instanceof String);
  }

  private static boolean isOfRecord(InvokeDynamicInstruction call) {
    return call.bootstrapMethod().owner().equals(OBJECT_METHODS);
  }

  /** The switches of a class as methods of its own, added at its end. */
  private static final class Switches implements ClassTransform {
    /** What decides: types, and names of constants of the selector's type. */
    private record Switch(ClassDesc selector, List<ConstantDesc> labels) {}

    private final ClassDesc owner;
    private final boolean inInterface;
    private final List<Switch> switches = new ArrayList<>();

    Switches(ClassModel model) {
      owner = model.thisClass().asSymbol();
      inInterface = model.flags().has(java.lang.reflect.AccessFlag.INTERFACE);
    }

    /** Instead of {@code call}: the number of the first label from a start on that fits a value. */
    void call(CodeBuilder code, InvokeDynamicInstruction call) {
      Switch made = new Switch(call.typeSymbol().parameterType(0), call.bootstrapArgs());
      int index = switches.indexOf(made);
      if (index < 0) {
        index = switches.size();
        switches.add(made);
      }
      code.invokestatic(owner, name(index), SWITCH, inInterface);
    }

    private static String name(int index) {
      return "switch$" + index;
    }

    @Override
    public void accept(ClassBuilder builder, ClassElement element) {
      builder.with(element);
    }

    @Override
    public void atEnd(ClassBuilder builder) {
      for (int i = 0; i < switches.size(); i++) {
        Switch made = switches.get(i);
        builder.withMethodBody(
            name(i),
            SWITCH,
            ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
            code -> write(code, made));
      }
    }

    private static void write(CodeBuilder code, Switch made) {
      int count = made.labels().size();
      Label notNull = code.newLabel();
      Label none = code.newLabel();
      code.aload(0).ifnonnull(notNull).iconst_m1().ireturn().labelBinding(notNull);
      List<SwitchCase> starts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        starts.add(SwitchCase.of(i, code.newLabel()));
      }
      if (count > 1) {
        code.iload(1).tableswitch(0, count - 1, none, starts);
      }
      for (int i = 0; i < count; i++) {
        Label next = i + 1 < count ? starts.get(i + 1).target() : none;
        code.labelBinding(starts.get(i).target()).aload(0);
        if (made.labels().get(i) instanceof ClassDesc type) {
          code.instanceOf(type).ifeq(next);
        } else {
          ClassDesc type = made.selector();
          code.getstatic(type, (String) made.labels().get(i), type).if_acmpne(next);
        }
        code.loadConstant(i).ireturn();
      }
      code.labelBinding(none).loadConstant(count).ireturn();
    }
  }

  /** One of the three methods that a record has without writing them, as javac would inline it. */
  private record RecordMethod(
      String name, ClassDesc owner, List<String> components, List<ClassDesc> types) {
    static RecordMethod of(InvokeDynamicInstruction call) {
      List<ConstantDesc> args = call.bootstrapArgs();
      String names = (String) args.get(1);
      List<ClassDesc> types = new ArrayList<>();
      for (ConstantDesc getter : args.subList(2, args.size())) {
        types.add(((DirectMethodHandleDesc) getter).invocationType().returnType());
      }
      return new RecordMethod(
          call.name().stringValue(),
          (ClassDesc) args.get(0),
          names.isEmpty() ? List.of() : List.of(names.split(";")),
          types);
    }

    /** The arguments, the record and perhaps another object, are on the stack and in variables. */
    void write(CodeBuilder code) {
      switch (name) {
        case "hashCode" -> writeHash(code.pop());
        case "equals" -> writeEquals(code.pop2());
        case "toString" -> writeString(code.pop());
        default -> throw new IllegalArgumentException("a record has no method " + name);
      }
    }

    private void load(CodeBuilder code, int variable, int component) {
      code.aload(variable).getfield(owner, components.get(component), types.get(component));
    }

    private static ClassDesc box(ClassDesc type) {
      return switch (TypeKind.from(type)) {
        case BOOLEAN -> ConstantDescs.CD_Boolean;
        case BYTE -> ConstantDescs.CD_Byte;
        case CHAR -> ConstantDescs.CD_Character;
        case SHORT -> ConstantDescs.CD_Short;
        case INT -> ConstantDescs.CD_Integer;
        case LONG -> ConstantDescs.CD_Long;
        case FLOAT -> ConstantDescs.CD_Float;
        case DOUBLE -> ConstantDescs.CD_Double;
        default -> throw new IllegalArgumentException("no primitive type: " + type);
      };
    }

    private void writeHash(CodeBuilder code) {
      code.iconst_0();
      for (int i = 0; i < components.size(); i++) {
        code.bipush(31).imul();
        load(code, 0, i);
        ClassDesc type = types.get(i);
        if (type.isPrimitive()) {
          code.invokestatic(box(type), "hashCode", MethodTypeDesc.of(CD_int, type));
        } else {
          code.invokestatic(OBJECTS, "hashCode", MethodTypeDesc.of(CD_int, CD_Object));
        }
        code.iadd();
      }
    }

    private void writeEquals(CodeBuilder code) {
      Label yes = code.newLabel();
      Label no = code.newLabel();
      Label end = code.newLabel();
      int other = code.allocateLocal(TypeKind.REFERENCE);
      code.aload(0).aload(1).if_acmpeq(yes).aload(1).instanceOf(owner).ifeq(no);
      code.aload(1).checkcast(owner).astore(other);
      for (int i = 0; i < components.size(); i++) {
        load(code, 0, i);
        load(code, other, i);
        ClassDesc type = types.get(i);
        if (type.isPrimitive()) {
          // Of floats too: equal are those that compare() calls equal.
          code.invokestatic(box(type), "compare", MethodTypeDesc.of(CD_int, type, type)).ifne(no);
        } else {
          MethodTypeDesc equals = MethodTypeDesc.of(CD_boolean, CD_Object, CD_Object);
          code.invokestatic(OBJECTS, "equals", equals).ifeq(no);
        }
      }
      code.labelBinding(yes).iconst_1().goto_(end).labelBinding(no).iconst_0().labelBinding(end);
    }

    private void writeString(CodeBuilder code) {
      code.new_(STRING_BUILDER)
          .dup()
          .invokespecial(STRING_BUILDER, "<init>", ConstantDescs.MTD_void);
      for (int i = 0; i < components.size(); i++) {
        String name = components.get(i) + "=";
        append(code, CD_String, i == 0 ? owner.displayName() + "[" + name : ", " + name);
        load(code, 0, i);
        ClassDesc type = types.get(i);
        boolean shorter = type.equals(ConstantDescs.CD_byte) || type.equals(ConstantDescs.CD_short);
        appendLoaded(code, shorter ? CD_int : type.isPrimitive() ? type : CD_Object);
      }
      append(code, CD_String, components.isEmpty() ? owner.displayName() + "[]" : "]");
      code.invokevirtual(STRING_BUILDER, "toString", MethodTypeDesc.of(CD_String));
    }

    private static void append(CodeBuilder code, ClassDesc type, String text) {
      code.loadConstant(text);
      appendLoaded(code, type);
    }

    private static void appendLoaded(CodeBuilder code, ClassDesc type) {
      code.invokevirtual(STRING_BUILDER, "append", MethodTypeDesc.of(STRING_BUILDER, type));
    }
  }
}
