package dev.tazza.check;

import java.util.List;
import java.util.Set;

/**
 * The architecture as tables: what {@code docs/ARCHITECTURE.md} draws. To add an arrow, add it here
 * and to the module's {@code module-info.java}; the test fails when only one of them has it.
 */
final class Architecture {
  private Architecture() {}

  /**
   * One Maven module.
   *
   * @param folder where its classes are, {@code FOLDER/target/classes}
   * @param packages the package it owns, with everything below it
   * @param requires the folders of the modules its module-info requires: the arrows
   * @param libraries packages from outside the JDK it may use
   */
  record Box(String folder, String packages, Set<String> requires, Set<String> libraries) {}

  static final List<Box> BOXES =
      List.of(
          engineBox("wasm", "dev.tazza.wasm"),
          engineBox("assembler", "dev.tazza.assembler"),
          engineBox("codegen", "dev.tazza.codegen", "assembler"),
          engineBox("environ", "dev.tazza.environ", "wasm"),
          engineBox("sandbox", "dev.tazza.sandbox", "environ"),
          engineBox("translate", "dev.tazza.translate", "environ", "codegen", "sandbox"),
          engineBox("sys", "dev.tazza.sys", "assembler"),
          engineBox("vm", "dev.tazza.vm", "assembler", "sys", "environ"),
          // environ: compiled modules pass through
          engineBox("engine", "dev.tazza", "wasm", "environ", "translate", "vm"),
          new Box("cacheconfig", "dev.tazza.cacheconfig", Set.of("engine"), Set.of("org.tomlj")),
          engineBox("wasi", "dev.tazza.wasi", "engine", "sys"),
          // codegen: a CompilerBug is reported apart from other errors; environ: objdump shows
          // symbols
          new Box(
              "cli",
              "dev.tazza.cli",
              Set.of("wasi", "codegen", "environ"),
              Set.of("picocli", "javax.lang.model")));

  /**
   * They see everything and nothing sees them, so no arrow of theirs is worth a row; or they run in
   * another program, where there are no modules.
   */
  static final Set<String> OUTER_FOLDERS = Set.of("testkit", "bench", "maven-plugin");

  /**
   * The packages that anybody may use. All others are exported to Tazza's own modules, or not at
   * all: whoever can use {@code dev.tazza.sys.NativeMemory} needs no native access of its own.
   */
  static final Set<String> PUBLIC_PACKAGES =
      Set.of(
          "dev.tazza",
          "dev.tazza.wasi",
          "dev.tazza.wasm",
          "dev.tazza.wasm.binary",
          "dev.tazza.wasm.module",
          "dev.tazza.wasm.operator",
          "dev.tazza.wasm.text",
          "dev.tazza.wasm.type",
          "dev.tazza.wasm.validate",
          // CompilerBug
          "dev.tazza.codegen");

  /**
   * Parts of package names that stand for an instruction set or a system: only packages with the
   * same part refer to what is in there, and the classes below.
   */
  static final Set<String> TARGETS = Set.of("x64", "linux");

  /** They have a table with a row for each target. */
  static final Set<String> TARGET_TABLES =
      Set.of(
          "dev.tazza.Target",
          "dev.tazza.sys.Systems",
          "dev.tazza.sys.linux.LinuxMachine$Host",
          "dev.tazza.vm.isa.Processor$Host");

  /** Calling native code is the business of one module. */
  static final Set<String> LINKER_TYPES =
      Set.of("java.lang.foreign.Linker", "java.lang.foreign.SymbolLookup");

  /** {@code bench} measures a plain downcall next to ours. */
  static final Set<String> LINKER_FOLDERS = Set.of("sys", "bench");

  /**
   * HotSpot's HugeMethodLimit: a longer method is interpreted for ever. A static initializer runs
   * once and may be a long table.
   */
  static final int MAX_METHOD_BYTES = 8000;

  static final List<String> BAD_SUFFIXES = List.of("Impl", "Util", "Utils", "Manager", "Helper");
  static final List<String> BAD_PREFIXES = List.of("Abstract");

  /** Terms of the WebAssembly specification. */
  static final Set<String> GOOD_NAMES = Set.of("AbstractHeapType");

  private static Box engineBox(String folder, String packages, String... requires) {
    return new Box(folder, packages, Set.of(requires), Set.of());
  }
}
