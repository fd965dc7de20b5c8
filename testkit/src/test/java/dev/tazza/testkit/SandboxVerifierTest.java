package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import dev.tazza.testkit.fuzz.RandomModule;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The sandbox verifier rejects nothing that the compiler makes for memories with guards. More
 * random modules: {@code -Dsandbox.seed=1 -Dsandbox.count=10000}.
 */
class SandboxVerifierTest {
  private static final long SEED = Long.getLong("sandbox.seed", 1);
  private static final int COUNT = Integer.getInteger("sandbox.count", 25);

  private static final int FEW = 600;
  private static final int SOME = 1500;

  /** So often, and what is proved is compiled by the JVM. */
  private static final int WARM = 5;

  private static final long LITTLE = 1 << 20;
  private static final long ENOUGH = 16 << 20;

  /** Of 6645 functions of real programs one is compiled twice. */
  private static final int MOST_COMPILED_AGAIN = 3;

  /** Where each access has a check of its own, loops are sometimes hard to follow: 149. */
  private static final int MOST_WITH_EXPLICIT_TRAPS = 165;

  @Test
  void randomModulesAreAccepted() {
    randomModulesAreAccepted(true);
  }

  @Test
  void randomModulesWithExplicitTrapsAreAccepted() {
    randomModulesAreAccepted(false);
  }

  private static void randomModulesAreAccepted(boolean signals) {
    for (OptLevel level : new OptLevel[] {OptLevel.NONE, OptLevel.SPEED}) {
      Config config =
          new Config()
              .optLevel(level)
              .signalsBasedTraps(signals)
              .sandboxVerifier(true)
              .wasmLegacyExceptions(true)
              .wasmThreads(true)
              .parallelCompilation(false);
      try (Engine engine = new Engine(config)) {
        for (long seed = SEED; seed < SEED + COUNT; seed++) {
          // A rejection is an exception that names function, instruction and reason.
          Module.compile(engine, RandomModule.of(seed).text()).close();
        }
      }
    }
  }

  /** Whoever has 64-bit memories need not ask for proofs to have checks removed by proofs only. */
  @Test
  void checksOfLargeMemoriesAreRemovedOnlyWhereThatIsProved() {
    String text =
        """
        (module (memory i64 1)
          (func (export "walk") (param $p i64) (param $step i64) (param $end i64) (result i64)
            (local $sum i64) (local $i i64)
            (loop $next
              (local.set $sum
                (i64.add (local.get $sum) (i64.load (i64.add (local.get $p) (local.get $i)))))
              (local.set $i (i64.add (local.get $i) (i64.const 8)))
              (br_if $next (i64.lt_u (local.get $i) (i64.const 4096))))
            (local.get $sum)))
        """;
    assertArrayEquals(code(text, false), code(text, true));
    // The index is so far up that a bound of it may seem to be small.
    String high =
        """
        (module (memory i64 1)
          (func (export "high") (param $value i64) (local $p i64) (local $i i64)
            (local.set $p (i64.const 0x7fffffffffffffe9))
            (loop $next
              (i64.store offset=14 (local.get $p) (local.get $value))
              (local.set $p (i64.add (local.get $p) (i64.const 2)))
              (local.set $i (i64.add (local.get $i) (i64.const 1)))
              (br_if $next (i64.ne (local.get $i) (i64.const 16))))))
        """;
    assertArrayEquals(code(high, false), code(high, true));
  }

  private static byte[] code(String text, boolean proved) {
    Config config = new Config().sandboxVerifier(proved);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, text)) {
      return module.compiled().text().bytes();
    }
  }

  /** The index is the lower half of a number that is kept whole. */
  @Test
  void anIndexOfATableMayBeHalfOfANumber() {
    String text =
        """
        (module (memory 1) (table 100 100 funcref) (type $f (func))
          (func (export "loaded") (param $p i32) (local $v i64)
            (local.set $v (i64.load (local.get $p)))
            (i64.store offset=64 (local.get $p) (local.get $v))
            (call_indirect (type $f) (i32.wrap_i64 (local.get $v))))
          (func (export "given") (param $v i64) (result i64)
            (call_indirect (type $f) (i32.wrap_i64 (local.get $v)))
            (local.get $v)))
        """;
    isProved(text);
  }

  /** A length is a number like others: an index, compared with itself or with other lengths. */
  @Test
  void anIndexMayBeALength() {
    isProved(
        """
        (module
          (memory i64 596 767885 (pagesize 1)) (memory i64 0 96349 (pagesize 1))
          (table $t 3 900000 funcref) (type $f (func))
          (func (result i64) (i64.load16_s offset=560985 (memory.size)))
          (func (result i64) (i64.load16_s 1 offset=85288 (memory.size)))
          (func (result i64) (i64.load offset=16 (i64.extend_i32_u (table.size $t))))
          (func (result i64) (i64.load 1 offset=90000 (i64.extend_i32_u (table.size $t))))
          (func (call_indirect (type $f) (table.size $t)))
          (func (call_indirect (type $f) (i32.wrap_i64 (memory.size)))))
        """);
  }

  /** The memory may be empty, and one byte is all of it that is left for the first index. */
  @Test
  void aSingleByteOfAnEmptyMemoryIsChecked() {
    isProved(
        """
        (module
          (memory i64 0 96349 (pagesize 1)) (memory 0 96349 (pagesize 1))
          (func (param i64) (i64.store8 (local.get 0) (i64.const 5)))
          (func (param i64) (result i32) (i32.load8_s (local.get 0)))
          (func (param i64) (i64.store8 (i64.load32_u (local.get 0)) (i64.const 5)))
          (func (param i32) (i64.store8 1 (local.get 0) (i64.const 5))))
        """);
  }

  private static void isProved(String text) {
    for (OptLevel level : OptLevel.values()) {
      for (boolean clamps : new boolean[] {true, false}) {
        for (long greatest : new long[] {0, 1 << 20, 8L << 30}) {
          Config config =
              new Config()
                  .optLevel(level)
                  .heapAccessSpectreMitigation(clamps)
                  .staticMemoryMaximumSize(greatest)
                  .wasmCustomPageSizes(true)
                  .sandboxVerifier(true);
          try (Engine engine = new Engine(config)) {
            Module.compile(engine, text).close();
          }
        }
      }
    }
  }

  /** Many values that are kept over many blocks: each has all of them in its state. */
  private static String manyValues(int count) {
    StringBuilder text =
        new StringBuilder("(module (memory 1) (func $f (export \"f\") (param i32)\n");
    text.append("(local").append(" i64".repeat(count)).append(")\n");
    for (int i = 1; i <= count; i++) {
      text.append("(local.set %1$d (i64.load offset=%1$d (local.get 0)))\n".formatted(i));
    }
    text.append("(loop\n");
    for (int i = 1; i <= count; i++) {
      text.append("(if (local.get 0) (then (local.set %1$d (i64.const %1$d))))\n".formatted(i));
    }
    text.append("(br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))\n");
    for (int i = 1; i <= count; i++) {
      text.append("(i64.store offset=%1$d (i32.const 0) (local.get %1$d))\n".formatted(i));
    }
    return text.append("))").toString();
  }

  @Test
  void memoryOfProofsIsBounded() {
    try (Engine engine = new Engine(new Config().optLevel(OptLevel.NONE));
        Module module = Module.compile(engine, manyValues(FEW))) {
      SandboxVerifier.of(module.compiled(), ENOUGH).verifyAll();
      SandboxVerifier verifier = SandboxVerifier.thorough(module.compiled(), LITTLE);
      SandboxException rejected = assertThrows(SandboxException.class, verifier::verifyAll);
      assertTrue(rejected.isLimit(), rejected::getMessage);
      assertTrue(rejected.getMessage().contains("1024 KB"), rejected::getMessage);
    }
  }

  /** In each round of the loop one more of the locals is no longer zero. */
  private static String shiftedValues(int count) {
    StringBuilder text =
        new StringBuilder("(module (memory 1) (func $f (export \"f\") (param i32)\n");
    text.append("(local").append(" i64".repeat(count + 1)).append(")\n(loop\n");
    for (int i = 1; i <= count; i++) {
      text.append("(local.set %d (local.get %d))\n".formatted(i, i + 1));
    }
    text.append("(local.set %d (i64.load (local.get 0)))\n".formatted(count + 1));
    return text.append("(br_if 0 (i64.lt_u (local.get 1) (i64.const 7))))))").toString();
  }

  private static long timeToProve(String text) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (Engine engine = new Engine(new Config().optLevel(OptLevel.NONE));
        Module module = Module.compile(engine, text)) {
      SandboxVerifier verifier = SandboxVerifier.thorough(module.compiled(), Long.MAX_VALUE);
      long start = threads.getCurrentThreadCpuTime();
      verifier.verifyAll();
      return threads.getCurrentThreadCpuTime() - start;
    }
  }

  /** Rounds are not waited for without end: not in proportion to the square of the size. */
  @Test
  void timeOfProofsIsBounded() {
    long some = Long.MAX_VALUE;
    for (int i = 0; i < WARM; i++) {
      some = Math.min(some, timeToProve(shiftedValues(SOME)));
    }
    long most = 9 * some;
    long fourTimes = timeToProve(shiftedValues(4 * SOME));
    assertTrue(fourTimes < most, () -> fourTimes + " is more than " + most);
  }

  @Test
  void realProgramsAreAccepted() throws IOException {
    Config config =
        new Config().heapAccessSpectreMitigation(false).tableAccessSpectreMitigation(false);
    realProgramsAreAccepted(config, MOST_COMPILED_AGAIN);
  }

  @Test
  void realProgramsWithExplicitTrapsAreAccepted() throws IOException {
    realProgramsAreAccepted(new Config().signalsBasedTraps(false), MOST_WITH_EXPLICIT_TRAPS);
  }

  private static void realProgramsAreAccepted(Config config, int most) throws IOException {
    Path folder = SharedFiles.folder("bench");
    if (folder == null) {
      System.out.println("left out: real programs, there is no folder shared/bench");
      return;
    }
    int again = 0;
    try (Engine engine = new Engine(config)) {
      for (BenchProgram program : BenchProgram.list(folder)) {
        again += rejected(engine, Files.readAllBytes(program.wasm()));
      }
    }
    assertTrue(again <= most, again + " functions are compiled again");
  }

  /** How many functions cannot be followed as they are compiled first. */
  private static int rejected(Engine engine, byte[] bytes) {
    int rejected = 0;
    try (Module module = Module.compile(engine, bytes)) {
      SandboxVerifier verifier = SandboxVerifier.of(module.compiled());
      for (int i = 0; i < verifier.count(); i++) {
        try {
          verifier.verify(i);
        } catch (SandboxException e) {
          rejected++;
        }
      }
    } catch (UnsupportedOperationException e) {
      // Uses a feature that cannot be compiled yet.
      return 0;
    }
    return rejected;
  }
}
