package dev.tazza.cli.bindings;

import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.NameMap;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.ExternKind;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A Java class for a module: an interface with its exports, to be implemented by {@code
 * Instance.as}, one for each module name with the functions that it imports, to be implemented by
 * the application, and a method that loads the module from beside the class.
 */
public final class JavaBindings {
  private static final String WASI = "wasi_";

  private final WasmModule module;
  private final List<ImportType> imports;
  private final StringBuilder out = new StringBuilder();

  /** For all types in the class. */
  private final JavaNames types = new JavaNames();

  private JavaBindings(WasmModule module) {
    this.module = module;
    this.imports = module.imports();
  }

  /**
   * The source.
   *
   * @param file how the module's file is called, for the documentation
   * @param resource the file's name beside the class, without extension
   * @param packageName where the class goes; empty: the unnamed package
   * @param className how it is called, an identifier
   */
  public static String of(
      WasmModule module, String file, String resource, String packageName, String className) {
    return new JavaBindings(module).source(file, resource, packageName, className);
  }

  private String source(String file, String resource, String packageName, String className) {
    out.append("// Made from ")
        .append(comment(file))
        .append(" by `tazza bindings`: not to be edited.\n");
    if (!packageName.isEmpty()) {
      out.append("package ").append(packageName).append(";\n\n");
    }
    for (String name :
        List.of(
            "Engine",
            "Func",
            "Global",
            "Instance",
            "Linker",
            "Memory",
            "Module",
            "Table",
            "Tag",
            "TaggedException",
            "V128",
            "WasmName")) {
      out.append("import dev.tazza.").append(name).append(";\n");
      types.type(name);
    }
    out.append("import java.io.IOException;\nimport java.lang.invoke.MethodHandles;\n\n");
    types.type(className);
    out.append("/** The module {@code ").append(comment(file)).append("}. */\n");
    out.append("public final class ").append(className).append(" {\n");
    out.append("  private ").append(className).append("() {}\n\n");
    load(resource, className);
    exports();
    functionsByModule().forEach(this::imported);
    out.append("}\n");
    return out.toString();
  }

  private void load(String resource, String className) {
    out.append(
        "  /** The module: what was compiled for this machine at build time, or else compiled now."
            + " */\n");
    out.append("  public static Module load(Engine engine) throws IOException {\n");
    out.append("    return Module.ofResource(engine, ").append(className).append(".class, ");
    out.append(literal(resource)).append(");\n  }\n\n");
  }

  private void exports() {
    String type = types.type("exports");
    JavaNames names = new JavaNames();
    out.append("  /** What it exports. */\n");
    out.append("  public interface ").append(type).append(" {\n");
    for (Export export : module.exports()) {
      String method = names.method(export.name());
      if (export.kind() == ExternKind.FUNC) {
        FuncType function = module.functionType(export.index());
        NameMap locals = module.names().locals().get(export.index());
        method(export.name(), method, function, locals);
      } else {
        method(export.name(), method, kind(export.kind()));
      }
    }
    out.append("  }\n\n");
    out.append("  /** The exports of an instance of it. */\n");
    out.append("  public static ").append(type).append(" exports(Instance instance) {\n");
    out.append("    return instance.as(")
        .append(type)
        .append(".class, MethodHandles.lookup());\n  }\n");
  }

  private static String kind(ExternKind kind) {
    return switch (kind) {
      case MEMORY -> "Memory";
      case TABLE -> "Table";
      case GLOBAL -> "Global";
      case TAG -> "Tag";
      case FUNC -> "Func";
    };
  }

  /** Functions to implement, by the name of the module that they are imported from; not WASI's. */
  private Map<String, List<ImportType>> functionsByModule() {
    Map<String, List<ImportType>> byModule = new LinkedHashMap<>();
    for (ImportType each : imports) {
      if (each.type() instanceof FuncType type
          && type.results().size() <= 1
          && !each.module().startsWith(WASI)) {
        byModule.computeIfAbsent(each.module(), _ -> new ArrayList<>()).add(each);
      }
    }
    return byModule;
  }

  private void imported(String moduleName, List<ImportType> functions) {
    String type = types.type(moduleName);
    JavaNames names = new JavaNames();
    out.append("\n  /** What it imports from {@code ")
        .append(comment(moduleName))
        .append("}. */\n");
    out.append("  public interface ").append(type).append(" {\n");
    Map<String, String> known = new LinkedHashMap<>();
    for (ImportType each : functions) {
      if (known.putIfAbsent(each.name(), "") == null) {
        method(each.name(), names.method(each.name()), (FuncType) each.type(), NameMap.EMPTY);
      }
    }
    out.append("  }\n\n");
    out.append("  /** Defines what it imports from {@code ")
        .append(comment(moduleName))
        .append("}. */\n");
    out.append("  public static <T> Linker<T> define(Linker<T> linker, ");
    out.append(type).append(" functions) {\n    return linker.host(").append(literal(moduleName));
    out.append(", ").append(type).append(".class, functions, MethodHandles.lookup());\n  }\n");
  }

  private void method(String name, String method, FuncType type, NameMap parameterNames) {
    StringJoiner parameters = new StringJoiner(", ");
    JavaNames names = new JavaNames();
    for (int i = 0; i < type.params().size(); i++) {
      String known = parameterNames.get(i);
      String parameter = names.method(known == null ? "p" + i : known);
      parameters.add(java(type.params().get(i)) + " " + parameter);
    }
    String result =
        switch (type.results().size()) {
          case 0 -> "void";
          case 1 -> java(type.results().get(0));
          default -> "Object[]";
        };
    method(name, method, result, parameters.toString());
  }

  private void method(String name, String method, String result) {
    method(name, method, result, "");
  }

  private void method(String name, String method, String result, String parameters) {
    if (!name.equals(method)) {
      out.append("    @WasmName(").append(literal(name)).append(")\n");
    }
    out.append("    ").append(result).append(' ').append(method);
    out.append('(').append(parameters).append(");\n");
  }

  private static String java(ValType type) {
    return switch (type) {
      case NumType.I32 -> "int";
      case NumType.I64 -> "long";
      case NumType.F32 -> "float";
      case NumType.F64 -> "double";
      case VecType _ -> "V128";
      case RefType reference ->
          reference.heapType() == AbstractHeapType.EXTERN
              ? "Object"
              : reference.heapType() == AbstractHeapType.EXN ? "TaggedException" : "Func";
    };
  }

  /** Any text as a literal of Java. */
  private static String literal(String text) {
    StringBuilder literal = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '"' || next == '\\') {
        literal.append('\\').append(next);
      } else if (next >= ' ' && next < 0x7f) {
        literal.append(next);
      } else { // an escape of Unicode would be a line break before this is a literal
        literal.append((next < 0x100 ? "\\%03o" : "\\u%04x").formatted((int) next));
      }
    }
    return literal.append('"').toString();
  }

  /** Any text within a comment, which it cannot end. */
  private static String comment(String text) {
    return text.replaceAll("[^ -~]|[\\\\{}@*]", "?");
  }
}
