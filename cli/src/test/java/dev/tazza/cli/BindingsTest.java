package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes that {@code tazza bindings} writes, compiled and used. */
class BindingsTest {
  @TempDir Path folder;

  private static final String MODULE =
      """
      (module
        (import "env" "log_line" (func $log (param $number i32)))
        (import "env" "same" (func (param externref v128) (result externref)))
        (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
        (memory (export "memory") 1)
        (global (export "a global") i32 (i32.const 7))
        (func (export "add_all") (param $first i32) (param $class i32) (param i64) (result i64)
          (call $log (local.get $first))
          (i64.add (local.get 2)
            (i64.extend_i32_s (i32.add (local.get $first) (local.get $class)))))
        (func (export "class"))
        (func (export "toString") (result i32) (i32.const 1))
        (func (export "two") (result i32 i32) (i32.const 1) (i32.const 2))
        (func (export "a-b") (result i32) (i32.const 1))
        (func (export "a_b") (result i32) (i32.const 2))
        (func (export "1\\"\\\\\\0a*/\\u{e9}\\u{2028}") (result i32) (i32.const 3)))
      """;

  private static final String USER =
      """
      package com.example;

      import dev.tazza.*;

      public class User {
        public static void main(String[] args) throws Exception {
          try (Engine engine = new Engine();
              dev.tazza.Module module = Parser.load(engine);
              Store<Void> store = new Store<>(engine)) {
            Linker<Void> linker = new Linker<>(engine);
            linker.defineUnknownImportsAsTraps(module);
            linker.allowShadowing(true);
            Parser.define(linker, new Parser.Env() {
              @Override public void logLine(int number) { System.out.println("log " + number); }
              @Override public Object same(Object p0, V128 p1) { return p0; }
            });
            Parser.Exports exports = Parser.exports(linker.instantiate(store, module));
            System.out.println(exports.addAll(1, 2, 3));
            System.out.println(exports.aGlobal().get() + " " + exports.memory().size());
            exports.class_();
            System.out.println(exports.toString_() + " " + exports.two().length);
            System.out.println(exports.aB() + " " + exports.aB_2() + " " + exports._1());
          }
        }
      }
      """;

  @Test
  void aGeneratedClassLoadsItsModuleAndCallsIt() throws Exception {
    Path wat = Files.writeString(folder.resolve("parser.wat"), MODULE);
    Path sources = folder.resolve("sources");
    assertEquals(0, tazza("bindings", wat, "--class", "com.example.Parser", "-o", sources));
    Path user = Files.writeString(sources.resolve("com/example/User.java"), USER);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    compile(classes, sources.resolve("com/example/Parser.java"), user);
    Path beside = classes.resolve("com/example");
    Files.copy(wat, beside.resolve("parser.wat"));
    String printed = run(classes);
    assertEquals("log 1\n6\n7 1\n1 2\n1 2 3\n", printed);

    // With an artifact the module is not looked at.
    assertEquals(0, tazza("compile", wat, "-o", beside.resolve("parser.tazza")));
    Files.writeString(beside.resolve("parser.wat"), "(module)");
    assertEquals(printed, run(classes));

    // Unless the artifact is of no use.
    Files.writeString(beside.resolve("parser.tazza"), "made by another version");
    Files.writeString(beside.resolve("parser.wat"), MODULE);
    assertEquals(printed, run(classes));
  }

  @Test
  void aClassNeedsAName() throws Exception {
    Path wat = Files.writeString(folder.resolve("parser.wat"), MODULE);
    assertEquals(2, tazza("bindings", wat, "--class", "no name"));
    assertEquals(2, tazza("bindings", wat));
    assertEquals(1, tazza("bindings", folder.resolve("none.wasm"), "--class", "C"));
  }

  private static int tazza(Object... args) {
    PrintStream before = System.err;
    System.setErr(new PrintStream(new ByteArrayOutputStream()));
    try {
      return Main.execute(Stream.of(args).map(String::valueOf).toArray(String[]::new));
    } finally {
      System.setErr(before);
    }
  }

  private static void compile(Path classes, Path... sources) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options = new ArrayList<>(List.of("-d", classes.toString()));
    options.addAll(List.of("-cp", System.getProperty("java.class.path"), "-Xlint:all", "-Werror"));
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(sources))
              .call();
      assertTrue(compiled, messages::toString);
    }
  }

  private static String run(Path classes) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("com.example.User")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
