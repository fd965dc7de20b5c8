package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.MappingBudget;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What becomes unreachable without having been closed. */
class ReclaimTest {
  private static final String TEXT =
      """
      (module
        (import "m" "f" (func $f (param i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "f") (param i32) (result i32)
          (call $f (i32.add (local.get 0) (i32.load (i32.const 0))))))
      """;
  private static final FuncType UNARY = new FuncType(List.of(ValType.I32), List.of(ValType.I32));

  private static boolean becomes(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 100 && !condition.getAsBoolean(); i++) {
      System.gc();
      Thread.sleep(20);
    }
    return condition.getAsBoolean();
  }

  private static Instance instance(Engine engine) {
    Module module = Module.compile(engine, TEXT);
    Store<Void> store = new Store<>(engine);
    Func f = Func.wrap(store, UNARY, (_, values) -> values.setI32(0, values.i32(0) + 1));
    return Instance.instantiate(store, module, List.of(f));
  }

  private static void use(Engine engine) {
    assertEquals(2, instance(engine).func("f").call(1)[0]);
  }

  @Test
  void storesModulesAndEnginesAreReclaimed() throws Exception {
    try (Engine unused = new Engine()) {
      use(unused); // or what is made once would count
    }
    assertTrue(becomes(() -> MappingBudget.process().claimed() == 0));
    long code = CodeRange.process().available();
    try (Engine kept = new Engine()) {
      for (int i = 0; i < 50; i++) {
        use(new Engine());
        use(kept);
      }
    }
    assertTrue(becomes(() -> CodeRange.process().available() >= code));
    assertTrue(becomes(() -> MappingBudget.process().claimed() == 0));
  }

  @Test
  void whateverLeadsToAStoreKeepsIt() throws Throwable {
    Engine engine = new Engine();
    MemorySegment segment = instance(engine).memory("memory").segment();
    MethodHandle handle = instance(engine).func("f").handle();
    Func func = instance(engine).func("f");
    long mappings = MappingBudget.process().claimed();
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(mappings, MappingBudget.process().claimed());
    segment.set(ValueLayout.JAVA_INT, 0, 40);
    assertEquals(40, segment.get(ValueLayout.JAVA_INT, 0));
    assertEquals(8, (int) handle.invokeExact(7));
    assertEquals(8, func.call(7)[0]);
  }

  /** Also while its guest is the only one that still knows of it. */
  @Test
  void whatRunsIsNotReclaimed() throws Exception {
    String text =
        """
        (module
          (memory 1)
          (func (export "run") (param $n i32) (result i32) (local $i i32)
            (loop $again
              (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
            (i32.load (i32.const 0))))
        """;
    Thread collector =
        new Thread(() -> {
          while (!Thread.interrupted()) {
            System.gc();
          }
        });
    collector.start();
    for (int i = 0; i < 20; i++) {
      assertEquals(10_000_000, run(text).call(10_000_000)[0]);
    }
    collector.interrupt();
    collector.join();
  }

  private static Func run(String text) {
    Engine engine = new Engine();
    Module module = Module.compile(engine, text);
    return Instance.instantiate(new Store<Void>(engine), module, List.of()).func("run");
  }

  private static final class Warnings extends Handler {
    final ConcurrentLinkedQueue<LogRecord> records = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    boolean has(String what) {
      return records.stream()
          .anyMatch(record ->
              record.getMessage().startsWith(what + " was not closed")
                  && List.of(record.getThrown().getStackTrace()).stream()
                      .anyMatch(frame -> frame.getMethodName().equals("use")));
    }
  }

  @Test
  void aWarningNamesWhereItWasMade() throws Exception {
    Logger logger = Logger.getLogger("dev.tazza");
    Warnings warnings = new Warnings();
    logger.addHandler(warnings);
    logger.setUseParentHandlers(false);
    try {
      reportedUse(true);
      assertTrue(becomes(() -> warnings.has("a store")));
      assertTrue(becomes(() -> warnings.has("a module")));
      assertTrue(becomes(() -> warnings.has("an engine")));
      warnings.records.clear();
      reportedUse(false);
      for (int i = 0; i < 5; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertEquals(0, warnings.records.size());
    } finally {
      logger.removeHandler(warnings);
    }
  }

  private static void reportedUse(boolean reports) {
    use(reports);
    try (Engine engine = new Engine(new Config().reportUnclosed(true));
        Module module = Module.compile(engine, "(module)");
        Store<Void> store = new Store<>(engine)) {
      Instance.instantiate(store, module, List.of());
    }
  }

  private static void use(boolean reports) {
    Engine engine = new Engine(new Config().reportUnclosed(reports));
    use(engine);
    Module module = Module.compile(engine, "(module)");
    Instance.instantiate(new Store<Void>(engine), module, List.of());
  }
}
