package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.wasm.TrapCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link SandboxMutationTest} is for, with atomic accesses of a shared memory. */
class SandboxAtomicsTest {
  private static final String PROGRAM =
      """
      (module (memory 1 2 shared)
        (func $add (export "add") (param i32 i32) (result i32)
          (i32.atomic.rmw.add offset=8 (local.get 0) (local.get 1)))
        (func $xor (export "xor") (param i32 i32)
          (drop (i32.atomic.rmw.xor offset=8 (local.get 0) (local.get 1))))
        (func $store (export "store") (param i32 i32)
          (i32.atomic.store offset=8 (local.get 0) (local.get 1)))
        (func $loop (export "loop") (param i32 i32) (result i32)
          (i32.atomic.rmw8.or_u offset=8 (local.get 0) (local.get 1)))
        (func $exchange (export "exchange") (param i32 i64) (result i32)
          (i32.load (i32.wrap_i64 (i64.atomic.rmw16.xchg_u (local.get 0) (local.get 1)))))
        (func $compare (export "compare") (param i32 i64 i64) (result i32)
          (i32.load (i32.wrap_i64
            (i64.atomic.rmw32.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))))
        (func $fence (export "fence") atomic.fence)
        (func $wait (export "wait") (param i32 i32 i64) (result i32)
          (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2))))
      """;

  private static final List<CodeMutation> MUTATIONS =
      List.of(
          new CodeMutation("the definition for the base", "atomics/add", "488b12", "909090"),
          new CodeMutation(
              "what is behind the definition's address", "atomics/add", "498b5620", "498b5628"),
          new CodeMutation("no lock", "atomics/add", "f00fc14c0208", "900fc14c0208"),
          new CodeMutation("an index that nothing is known of", "atomics/add", "4c0208", "4c3208"),
          new CodeMutation("below the base", "atomics/add", "4c0208", "4c02f8"),
          new CodeMutation(
              "an exchange with the context", "atomics/add", "f00fc14c0208", "f0410fc14e20"),
          new CodeMutation("an exchange with the definition", "atomics/add", "488b12", "488712"),
          new CodeMutation("the base into memory", "atomics/add", "f00fc14c0208", "488754020890"),
          new CodeMutation("a lock on a load", "atomics/xor", "f0314c0208", "f0334c0208"),
          new CodeMutation("a lock on a comparison", "atomics/xor", "f0314c0208", "f0394c0208"),
          new CodeMutation("a lock on a register", "atomics/xor", "f0314c0208", "f031c89090"),
          new CodeMutation("arithmetic on the definition", "atomics/xor", "488b12", "483112"),
          new CodeMutation("a lock on a store", "atomics/store", "874c0208", "f0890c02"),
          new CodeMutation("the stack pointer", "atomics/store", "874c0208", "87640208"),
          new CodeMutation("the frame pointer", "atomics/store", "874c0208", "876c0208"),
          new CodeMutation("the return address", "atomics/store", "874c0208", "870c2490"),
          new CodeMutation("below the stack pointer", "atomics/store", "874c0208", "874c24f8"),
          new CodeMutation("a jump into an instruction", "atomics/loop", "75f3", "75f4"),
          new CodeMutation(
              "a narrow exchange not extended", "atomics/exchange", "0fb7c1", "488bc1"),
          new CodeMutation("a comparison not extended", "atomics/compare", "8bc0", "9090"),
          new CodeMutation(
              "no lock on a comparison", "atomics/compare", "f00fb1140e", "900fb1140e"),
          new CodeMutation(
              "a fence that changes something", "atomics/fence", "f0830c2400", "f0830c2401"),
          new CodeMutation(
              "a fence in the caller's frame", "atomics/fence", "f0830c2400", "834c240800"),
          new CodeMutation("no such memory", "atomics/wait", "33f6", "8bf1"));

  private static CompiledModule compile() {
    Config config =
        new Config().optLevel(OptLevel.NONE).wasmThreads(true).heapAccessSpectreMitigation(false);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, PROGRAM)) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void mutatedCodeIsRejected() {
    CompiledModule module = compile();
    CodeMutation.requireRejected(MUTATIONS, _ -> module);
  }

  /** Each of them, since each touches memory: none is known to be inside by another's success. */
  @Test
  void accessesNeedTheirTraps() {
    CompiledModule module = compile();
    int[] offsets = module.tables().trapOffsets();
    int[] codes = module.tables().trapCodes();
    int found = 0;
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] == TrapCode.MEMORY_OUT_OF_BOUNDS.code()) {
        int[] changed = codes.clone();
        changed[i] = TrapCode.UNALIGNED_ATOMIC.code();
        SandboxMutationTest.rejects(
            module, tables -> SandboxMutationTest.traps(tables, offsets, changed));
        found++;
      }
    }
    // Of the loop there are two.
    assertEquals(9, found);
  }
}
