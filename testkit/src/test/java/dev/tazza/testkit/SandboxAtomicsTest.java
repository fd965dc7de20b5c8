package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.TrapCode;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import dev.tazza.testkit.SandboxMutationTest.Mutation;
import java.util.ArrayList;
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

  private static final List<Mutation> MUTATIONS =
      List.of(
          new Mutation("the definition for the base", "add", "488b12", "909090"),
          new Mutation("what is behind the definition's address", "add", "498b5620", "498b5628"),
          new Mutation("no lock", "add", "f00fc14c0208", "900fc14c0208"),
          new Mutation("an index that nothing is known of", "add", "4c0208", "4c3208"),
          new Mutation("below the base", "add", "4c0208", "4c02f8"),
          new Mutation("an exchange with the context", "add", "f00fc14c0208", "f0410fc14e20"),
          new Mutation("an exchange with the definition", "add", "488b12", "488712"),
          new Mutation("the base into memory", "add", "f00fc14c0208", "488754020890"),
          new Mutation("a lock on a load", "xor", "f0314c0208", "f0334c0208"),
          new Mutation("a lock on a comparison", "xor", "f0314c0208", "f0394c0208"),
          new Mutation("a lock on a register", "xor", "f0314c0208", "f031c89090"),
          new Mutation("arithmetic on the definition", "xor", "488b12", "483112"),
          new Mutation("a lock on a store", "store", "874c0208", "f0890c02"),
          new Mutation("the stack pointer", "store", "874c0208", "87640208"),
          new Mutation("the frame pointer", "store", "874c0208", "876c0208"),
          new Mutation("the return address", "store", "874c0208", "870c2490"),
          new Mutation("below the stack pointer", "store", "874c0208", "874c24f8"),
          new Mutation("a jump into an instruction", "loop", "75f3", "75f4"),
          new Mutation("a narrow exchange not extended", "exchange", "0fb7c1", "488bc1"),
          new Mutation("a comparison not extended", "compare", "8bc0", "9090"),
          new Mutation("no lock on a comparison", "compare", "f00fb1140e", "900fb1140e"),
          new Mutation("a fence that changes something", "fence", "f0830c2400", "f0830c2401"),
          new Mutation("a fence in the caller's frame", "fence", "f0830c2400", "834c240800"),
          new Mutation("no such memory", "wait", "33f6", "8bf1"));

  private static CompiledModule compile() {
    Config config =
        new Config()
            .optLevel(OptLevel.NONE)
            .wasmThreads(true)
            .heapAccessSpectreMitigation(false);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, PROGRAM)) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void mutatedCodeIsRejected() {
    CompiledModule module = compile();
    SandboxVerifier.of(module).verifyAll();
    List<String> accepted = new ArrayList<>();
    for (Mutation mutation : MUTATIONS) {
      byte[] text = module.text().bytes().clone();
      SandboxMutationTest.edit(
          text, SandboxMutationTest.symbol(module, mutation.program()), mutation);
      SandboxVerifier verifier = SandboxVerifier.of(module.withText(CodeText.of(text)));
      try {
        verifier.verifyAll();
        accepted.add(mutation.name());
      } catch (SandboxException rejected) {
        assertTrue(rejected.problem().contains(" at 0x"), rejected.problem());
      }
    }
    assertEquals(List.of(), accepted);
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
