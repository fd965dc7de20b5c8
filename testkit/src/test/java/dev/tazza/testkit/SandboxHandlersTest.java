package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CallRecords;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.StoreContext;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What code tells of its calls, and what it throws and polls, is believed by the runtime: the
 * sandbox verifier has to reject each of them when it is wrong.
 */
class SandboxHandlersTest {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final String CATCHES =
      """
      (module
        (import "" "g" (func $g (param i32)))
        (memory 1)
        (tag $t (param i32 funcref))
        (tag $u (param i64))
        (global $caught (mut funcref) (ref.null func))
        (elem declare func $f)
        (func $throw (export "throw") (param i32)
          (if (local.get 0) (then (throw $u (i64.const 1))))
          (throw $t (local.get 0) (ref.func $f)))
        (func $f (export "f") (param i32) (result i32)
          (block $h (result i32 funcref)
            (block $all
              (try_table (catch $t $h) (catch_all $all)
                (call $g (local.get 0))
                (call $throw (local.get 0)))
              (return (i32.const 3)))
            (return (i32.const 4)))
          (global.set $caught)
          (i32.add (i32.load (local.get 0)))))
      """;

  private static final String POLLS =
      """
      (module
        (memory 1)
        (func (export "f") (param i32)
          (loop $l
            (i32.store (local.get 0) (i32.const 1))
            (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))))
      """;

  private static final String HOLDS =
      """
      (module
        (import "" "g" (func $g))
        (memory 1)
        (func (export "loop") (param externref i32) (result externref)
          (loop $l
            (i32.store (local.get 1) (i32.const 1))
            (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 4)))))
          (local.get 0))
        (func (export "calls") (param externref) (result externref)
          (call $g)
          (local.get 0)))
      """;

  private static final String JOINS =
      """
      (module
        (import "" "g" (func $g (param i32)))
        (tag $t) (tag $u (param i64))
        (func (export "either") (param i32) (result exnref)
          (block $h (result exnref)
            (try_table (catch_all_ref $h)
              (if (local.get 0) (then (throw $u (i64.const 1))))
              (throw $t))
            (unreachable)))
        (func (export "context") (param i32)
          (block $all
            (try_table (catch_all $all)
              (if (local.get 0) (then (call $g (i32.const 1))))
              (call $g (i32.const 2))))))
      """;

  /** Where ways meet: exceptions of several tags, and the context that only handlers need. */
  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void whatWaysHaveInCommonIsFollowed(OptLevel level) {
    try (Engine engine = new Engine(new Config().optLevel(level).sandboxVerifier(true))) {
      assertDoesNotThrow(() -> Module.compile(engine, JOINS).close());
    }
  }

  private static CompiledModule compile(OptLevel level, String text) {
    Config config =
        new Config().optLevel(level).epochInterruption(true).signalsBasedInterruption(false);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, text)) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  private static void rejects(CompiledModule module, int at, int word, String what) {
    byte[] text = module.text().bytes().clone();
    INT.set(text, at, word);
    assertThrows(
        SandboxException.class,
        () -> SandboxVerifier.of(module.withText(CodeText.of(text))).verifyAll(),
        what);
  }

  private static int word(CompiledModule module, int at) {
    return (int) INT.get(module.text().bytes(), at);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsToldOfCallsIsVerified(OptLevel level) {
    CompiledModule module = compile(level, CATCHES);
    SandboxVerifier.of(module).verifyAll();
    CallRecords sites = module.tables().sites();
    assertTrue(sites.offsets().length >= 1);
    for (int back : sites.offsets()) {
      int record = back + 8 + word(module, back + 4);
      rejects(module, back + 4, word(module, back + 4) + 4, "another record");
      rejects(module, back + 4, Integer.MAX_VALUE, "a record outside of the function");
      rejects(module, record, word(module, record) + 16, "a larger frame");
      rejects(module, record, word(module, record) - 16, "a smaller frame");
      rejects(module, record, -8, "a frame above the frame pointer");
      rejects(module, record + 4, word(module, record + 4) - 8, "another context");
      rejects(module, record + 4, 8, "a context above the frame pointer");
      rejects(module, record + 8, Integer.MAX_VALUE, "references without end");
      rejects(module, record + 12, Integer.MAX_VALUE, "handlers without end");
      int handler = record + 16 + 4 * word(module, record + 8);
      for (int i = 0; i < word(module, record + 12); i++, handler += 8) {
        if (word(module, handler) >= 0) {
          rejects(module, handler, word(module, handler) + 1, "no tag");
          rejects(module, handler, 16, "no tag, but the instance's number");
          rejects(module, handler, word(module, handler) + 4, "a tag that carries something else");
        }
        int pad = word(module, handler + 4);
        rejects(module, handler + 4, pad + 1, "a landing pad within an instruction");
        rejects(module, handler + 4, 0, "a landing pad that is no code");
        rejects(module, handler + 4, 1 << 20, "a landing pad elsewhere");
      }
    }
  }

  /** Displacements of r15 are searched for and replaced. */
  private static int replaced(CompiledModule module, int from, int to, boolean all) {
    int count = 0;
    byte[] text = module.text().bytes();
    for (int at = 3; at + 4 <= text.length; at++) {
      boolean isStore = (text[at - 1] & 0xc7) == 0x87 && (text[at - 3] & 0xf9) == 0x49;
      boolean isCall = (text[at - 2] & 0xff) == 0xff && (text[at - 1] & 0xff) == 0x97;
      if ((isStore || all && isCall) && word(module, at) == from) {
        rejects(module, at, to, from + " of the store context became " + to);
        count++;
      }
    }
    return count;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsThrownIsVerified(OptLevel level) {
    CompiledModule module = compile(level, CATCHES);
    assertTrue(replaced(module, StoreContext.EXCEPTION, StoreContext.EXCEPTION + 4, false) >= 2);
    assertTrue(replaced(module, StoreContext.EXCEPTION, StoreContext.value(1), false) >= 2);
    assertTrue(replaced(module, StoreContext.value(1), StoreContext.value(2), false) >= 1);
  }

  @ParameterizedTest
  @EnumSource
  void pollsAreCallsOfTheirStub(OptLevel level) {
    CompiledModule module = compile(level, POLLS);
    SandboxVerifier.of(module).verifyAll();
    assertTrue(replaced(module, StoreContext.POLL_STUB, StoreContext.EXIT_STUB, true) >= 1);
    assertTrue(replaced(module, StoreContext.POLL_STUB, StoreContext.TRAP_PC, true) >= 1);
    assertTrue(replaced(module, StoreContext.POLL_STUB, StoreContext.THROW_STUB, true) >= 1);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsToldOfPollsIsVerified(OptLevel level) {
    CompiledModule module = compile(level, HOLDS);
    SandboxVerifier.of(module).verifyAll();
    CallRecords sites = module.tables().sites();
    int polls = 0;
    for (int back : sites.offsets()) {
      int record = back + 8 + word(module, back + 4);
      rejects(module, back + 4, word(module, back + 4) + 4, "another record");
      rejects(module, record, 1 << 20, "a larger frame");
      rejects(module, record, 0, "a smaller frame");
      rejects(module, record, -8, "a frame above the frame pointer");
      rejects(module, record + 8, Integer.MAX_VALUE, "references without end");
      assertTrue(word(module, record + 8) >= 1, "a reference");
      rejects(module, record + 16, 8, "a reference above the frame");
      rejects(module, record + 16, -1 << 20, "a reference below the frame");
      polls += word(module, back - 4) == StoreContext.POLL_STUB ? 1 : 0;
    }
    // One in the loop, and one where the other function begins, which has a call as well.
    assertTrue(polls >= 2 && sites.offsets().length > polls, "polls with a map: " + polls);
  }

  /** What leaves for the runtime has one way through it, also if it takes references. */
  @ParameterizedTest
  @EnumSource
  void servicesThatTakeReferencesAreFollowed(OptLevel level) {
    String text = "(module (func (export \"f\") (param exnref) (throw_ref (local.get 0))))";
    CompiledModule module = compile(level, text);
    assertDoesNotThrow(() -> SandboxVerifier.of(module).verifyAll());
  }
}
