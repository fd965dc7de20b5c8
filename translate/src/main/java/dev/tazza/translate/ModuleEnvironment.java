package dev.tazza.translate;

import dev.tazza.codegen.ir.AliasRegions;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.FunctionReferences;
import dev.tazza.environ.LazyTables;
import dev.tazza.environ.ModuleLayout;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.BranchHints;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.TypeErasure;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the translation of any function of a module needs to know of the module. Shared by the
 * threads that compile; thread-safe.
 */
final class ModuleEnvironment {
  private static final Signature[] SERVICES = new Signature[RuntimeService.count()];

  static {
    for (int i = 0; i < SERVICES.length; i++) {
      SERVICES[i] = signature(RuntimeService.of(i).type());
    }
  }

  final WasmModule module;
  final Tunables tunables;
  final VmLayout layout;
  final FunctionReferences references;
  final LazyTables lazyTables;
  final CompilationHeap heap;
  final BranchHints branchHints;
  final AliasRegions regions;
  final SpareValues spareValues = new SpareValues();

  /**
   * Whether debuggers are told where locals are, of which the module's debug information speaks.
   */
  final boolean tellsLocals;

  private final TypeErasure erasure;
  private final @Nullable Signature[] signatures;

  private static final byte UNKNOWN = 0;
  private static final byte BOUNDED = 1;
  private static final byte UNBOUNDED = 2;

  /** By defined function: one of the three. */
  private final byte[] bounds;

  /**
   * By number of a reference: whether code makes it by itself. Set by any thread, read when all are
   * done.
   */
  private final boolean[] codeReferences;

  ModuleEnvironment(WasmModule module, Tunables tunables, CompilationHeap heap) {
    Uncompiled.check(module);
    this.module = module;
    this.heap = heap;
    this.branchHints = BranchHints.of(module);
    this.regions = Regions.of(module);
    this.tunables = tunables;
    this.tellsLocals = tunables.tellsLocals() && module.hasDebugInformation();
    this.references = FunctionReferences.of(module);
    this.lazyTables = LazyTables.of(module, tunables);
    this.codeReferences = new boolean[references.count()];
    this.layout = ModuleLayout.of(module, references);
    this.erasure = new TypeErasure(module::type);
    this.bounds = new byte[module.definedFunctionCount()];
    this.signatures = new @Nullable Signature[module.typeCount()];
    for (int i = 0; i < signatures.length; i++) {
      if (module.isFuncType(i)) {
        signatures[i] = signature(erasure.apply(module.funcTypeAt(i)));
      }
    }
  }

  /** The IR signature of type {@code typeIndex}: the context, then the parameters. */
  Signature signature(int typeIndex) {
    Signature signature = signatures[typeIndex];
    if (signature == null) {
      throw new IllegalArgumentException("type " + typeIndex + " is no function type");
    }
    return signature;
  }

  Signature functionSignature(int functionIndex) {
    return signature(module.functionTypeIndex(functionIndex));
  }

  /**
   * Whether a function neither calls nor loops, so that a call of it cannot take long. Looked at
   * when it is first asked for; whoever else does so meanwhile finds the same.
   */
  boolean isBounded(int functionIndex) {
    int defined = functionIndex - module.importedFunctionCount();
    if (defined < 0) {
      return false;
    }
    if (bounds[defined] == UNKNOWN) {
      bounds[defined] = isBounded(module.body(functionIndex)) ? BOUNDED : UNBOUNDED;
    }
    return bounds[defined] == BOUNDED;
  }

  private boolean isBounded(FunctionBody body) {
    OperatorReader reader = new OperatorReader(module.bytes());
    reader.openBody(module, body);
    while (reader.position() < body.end()) {
      Operator operator = reader.next();
      if (operator == Operator.LOOP || operator.isCall()) {
        return false;
      }
    }
    return true;
  }

  /** Where, in the instance context, the reference is that code makes to a function. */
  int codeReference(int functionIndex) {
    int number = references.number(functionIndex);
    codeReferences[number] = true;
    return layout.functionRef(number);
  }

  /** The functions to which what was translated so far makes references, by index. */
  int[] codeReferences() {
    int[] functions = new int[codeReferences.length];
    int count = 0;
    for (int number = 0; number < codeReferences.length; number++) {
      if (codeReferences[number]) {
        functions[count++] = references.function(number);
      }
    }
    return Arrays.copyOf(functions, count);
  }

  /** For messages and dumps. */
  String functionName(int functionIndex) {
    String name = module.functionName(functionIndex);
    return name == null ? "function[" + functionIndex + "]" : name;
  }

  /** The symbol that calls of a service use: services come after the functions. */
  int symbol(RuntimeService service) {
    return module.functionCount() + service.ordinal();
  }

  /** With the instance context as parameter 0. */
  static Signature signature(RuntimeService service) {
    return SERVICES[service.ordinal()];
  }

  static Signature signature(FuncType type) {
    List<Type> params = new ArrayList<>(type.params().size() + 1);
    params.add(Type.I64);
    for (ValType param : type.params()) {
      params.add(type(param.code()));
    }
    List<Type> results = new ArrayList<>(type.results().size());
    for (ValType result : type.results()) {
      results.add(type(result.code()));
    }
    return new Signature(params, results);
  }

  /**
   * The IR type of values of the type with this {@link TypeCode}. References to functions are
   * 64-bit addresses, of what stays where it is. The type refers to no defined one.
   */
  static Type type(int typeCode) {
    return switch (typeCode) {
      case TypeCode.I32 -> Type.I32;
      case TypeCode.I64 -> Type.I64;
      case TypeCode.F32 -> Type.F32;
      case TypeCode.F64 -> Type.F64;
      case TypeCode.V128 -> Type.V128;
      default -> isFunction(TypeCode.heapType(typeCode)) ? Type.I64 : Type.REF;
    };
  }

  private static boolean isFunction(int heapType) {
    return heapType == AbstractHeapType.FUNC.code() || heapType == AbstractHeapType.NOFUNC.code();
  }

  /** The IR type of values of any type of the module. */
  Type valueType(int typeCode) {
    return type(erasure.apply(typeCode));
  }

  /** A type of functions as the trampolines need it. */
  FuncType erased(FuncType type) {
    return erasure.apply(type);
  }

  /** The IR type of the elements of a table. */
  Type elementType(int tableIndex) {
    return valueType(module.table(tableIndex).elementType().code());
  }
}
