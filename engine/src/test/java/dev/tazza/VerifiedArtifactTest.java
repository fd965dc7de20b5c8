package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.WasmException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Artifacts of which nobody knows where they come from are verified: whatever is in them, they are
 * refused or stay in their sandbox.
 */
class VerifiedArtifactTest {
  private static final Engine ENGINE = new Engine();

  private static final String TEXT =
      """
      (module
        (import "env" "f" (func $imported (param i32)))
        (memory 1)
        (data (i32.const 8) "\\2a")
        (tag $t (param i32))
        (table 4 funcref)
        (elem (i32.const 0) $load $imported $throw)
        (global $g (mut funcref) (ref.func $load))
        (func $load (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func $throw (param i32) (result i32) (throw $t (local.get 0)))
        (func (export "run") (param i32) (result i32)
          (call $imported (local.get 0))
          (drop (memory.grow (i32.const 1)))
          (block $h (result i32)
            (try_table (catch $t $h)
              (return
                (call_indirect (param i32) (result i32)
                  (local.get 0) (i32.and (local.get 0) (i32.const 3)))))
            (i32.const 5))))
      """;

  private static byte[] artifact = {};

  @BeforeAll
  static void compile() {
    try (Module module = Module.compile(ENGINE, TEXT)) {
      artifact = module.serialize();
    }
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Object run(Module module, int argument) {
    try (Store<Void> store = new Store<>(ENGINE)) {
      Linker<Void> linker = new Linker<>(ENGINE);
      linker.func("env", "f", IntConsumer.class, value -> {});
      return store.callWithTimeout(
          Duration.ofMillis(50),
          () -> linker.instantiate(store, module).func("run").call(argument)[0]);
    }
  }

  @Test
  void whatWasMadeHereIsVerifiedAndRuns() {
    try (Module module = Module.deserializeVerified(ENGINE, artifact)) {
      assertEquals(0x2a, run(module, 8));
      assertEquals(2, run(module, 2));
    }
  }

  @Test
  void codeThatLeavesItsSandboxIsRefused() {
    byte[] bytes = artifact.clone();
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int text = (int) ForgedArtifactTest.header(file, ".text").getLong(24);
    // mov rax, [rax]; ret
    int function = text + file.getInt(sectionStart(file, ".tazza.functions"));
    file.putInt(function, 0xc3008b48);
    ForgedArtifactTest.writeChecksums(bytes, artifact);
    ArtifactException refused =
        assertThrows(ArtifactException.class, () -> Module.deserializeVerified(ENGINE, bytes));
    assertTrue(refused.getMessage().contains("sandbox"), refused.getMessage());
  }

  /** Columns of the table of trampolines are by type. */
  @Test
  void trampolinesOfOtherTypesAreRefused() {
    byte[] bytes = artifact.clone();
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int start = sectionStart(file, ".tazza.tramp");
    int types = (int) ForgedArtifactTest.header(file, ".tazza.tramp").getLong(32) / 8;
    int first = file.getInt(start);
    for (int i = 1; i < types; i++) {
      int before = file.getInt(start + 4 * i);
      if (before != first && before >= 0) {
        file.putInt(start + 4 * i, first);
        ForgedArtifactTest.writeChecksums(bytes, artifact);
        assertThrows(ArtifactException.class, () -> Module.deserializeVerified(ENGINE, bytes));
        file.putInt(start + 4 * i, before);
      }
    }
  }

  /** The last one is left out. */
  @Test
  void otherFunctionsAsReferencesAreRefused() {
    byte[] bytes = artifact.clone();
    ByteBuffer header =
        ForgedArtifactTest.header(
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), ".tazza.refs");
    header.putLong(32, header.getLong(32) - Integer.BYTES);
    ForgedArtifactTest.writeChecksums(bytes, artifact);
    ArtifactException refused =
        assertThrows(ArtifactException.class, () -> Module.deserializeVerified(ENGINE, bytes));
    assertTrue(refused.getMessage().contains("references are not"), refused.getMessage());
  }

  /** Instances begin without others, if a table is filled when it is read. */
  @Test
  void codeMakesNoReferencesButThoseThatTheArtifactNames() {
    String text =
        """
        (module
          (func $a) (func $b)
          (elem declare func $a)
          (table 1 funcref) (elem (i32.const 0) $b)
          (func (export "f") (result funcref) (ref.func $a)))
        """;
    byte[] bytes;
    try (Module module = Module.compile(ENGINE, text)) {
      bytes = module.serialize();
    }
    Module.deserializeVerified(ENGINE, bytes).close();
    byte[] whole = bytes.clone();
    ByteBuffer header =
        ForgedArtifactTest.header(
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), ".tazza.coderefs");
    assertEquals(Integer.BYTES, header.getLong(32));
    header.putLong(32, 0);
    ForgedArtifactTest.writeChecksums(bytes, whole);
    ArtifactException refused =
        assertThrows(ArtifactException.class, () -> Module.deserializeVerified(ENGINE, bytes));
    assertTrue(refused.getMessage().contains("cannot be proved"), refused.getMessage());
  }

  private static int sectionStart(ByteBuffer file, String name) {
    return (int) ForgedArtifactTest.header(file, name).getLong(24);
  }

  /** A bit of each byte, another one in the next; checksums are right. */
  @Test
  void flippedBitsAreRefusedOrHarmless() {
    int refused = 0;
    int accepted = 0;
    byte[] bytes = artifact.clone();
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == 0 && at % 4 != 0) {
        continue; // most are padding, or the upper bytes of numbers
      }
      byte before = bytes[at];
      bytes[at] ^= (byte) (1 << (at * 5 & 7));
      ForgedArtifactTest.writeChecksums(bytes, artifact);
      try (Module module = Module.deserializeVerified(ENGINE, bytes)) {
        accepted++;
        for (int argument = 0; argument < 3; argument += 2) {
          runs(module, argument);
        }
      } catch (WasmException e) {
        refused++;
      }
      bytes[at] = before;
    }
    assertTrue(refused > 500, refused + " refused");
    assertTrue(accepted > 100, accepted + " accepted");
  }

  private static void runs(Module module, int argument) {
    try {
      run(module, argument);
    } catch (WasmException | IllegalArgumentException expected) {
      // Or it cannot be linked, or the function has another type or name.
    }
  }
}
