package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.testkit.fuzz.FolderFuzzer;
import dev.tazza.testkit.fuzz.FolderFuzzer.Fate;
import dev.tazza.testkit.fuzz.MutationFuzzer;
import dev.tazza.wasm.text.Wat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fuzzers of modules from elsewhere: what they see, and that they do not cry in vain. */
class FolderFuzzerTest {
  private static final byte[] MODULE =
      Wat.parse(
          """
          (module
            (import "" "host" (func $host (param i32 f32) (result i64 f64)))
            (import "" "global" (global $imported i64))
            (memory (export "memory") 1 2)
            (table (export "table") 2 3 funcref)
            (elem (i32.const 1) func $f)
            (global (export "global") (mut f32) (f32.const 1))
            (func $f (export "f") (param i32 i64) (result i64)
              (i64.store (i32.const 8) (local.get 1))
              (i64.div_s (i64.const 100) (i64.extend_i32_s (local.get 0))))
            (func (export "g") (param f32) (result i64 f64)
              (global.set 1 (local.get 0))
              (call $host (memory.grow (i32.const 1)) (local.get 0))))
          """);

  @TempDir private Path folder;

  private Path module(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("module.wasm"), bytes);
  }

  private void reference(List<String> lines) throws IOException {
    Files.write(folder.resolve("module.txt"), lines);
  }

  @Test
  void comparesWithWhatAnotherEngineDid() throws IOException {
    Path wasm = module(MODULE);
    try (FolderFuzzer fuzzer = new FolderFuzzer()) {
      assertEquals(Fate.RAN, fuzzer.check(wasm));
      assertEquals(List.of(), fuzzer.failures());
      // What Wasmtime 50 did.
      List<String> lines =
          List.of(
              "instance |0 1:d7978eeb 2:.f f32:3f800000",
              "call 0: trap integer divide by zero 1:0x91 |0 1:655980b0 2:.f f32:3f800000",
              "call 1: i64:7fffffff f64:41f0000000000000 |a7af1874 2:7d7f4f43 2:.f f32:df000000");
      reference(lines);
      assertEquals(Fate.RAN, fuzzer.check(wasm));
      assertEquals("", String.join("\n", fuzzer.failures()));
      Path fromV8 = folder.resolve("module.v8");
      Files.write(fromV8, lines.stream().map(line -> line.replace("integer ", "")).toList());
      assertEquals(Fate.RAN, fuzzer.check(wasm));
      assertEquals("", String.join("\n", fuzzer.failures()));
      Files.writeString(fromV8, "unknown\n");
      reference(lines.stream().map(line -> line.replace("1:655980b0", "1:655980b1")).toList());
      assertEquals(Fate.FAILED, fuzzer.check(wasm));
      assertEquals(1, fuzzer.failures().size());
      assertTrue(fuzzer.failures().getFirst().contains("655980b1"));
    }
  }

  @Test
  void seesWhatOthersWouldNotHaveRefused() throws IOException {
    try (FolderFuzzer fuzzer = new FolderFuzzer()) {
      Path wasm = module(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0, 99});
      assertEquals(Fate.REFUSED, fuzzer.check(wasm));
      assertEquals(List.of(), fuzzer.failures());
      reference(List.of("instance |0"));
      assertEquals(Fate.FAILED, fuzzer.check(wasm));
      assertEquals(1, fuzzer.failures().size());
    }
  }

  @Test
  void damagedModulesAndArtifactsGiveErrors() {
    try (MutationFuzzer fuzzer = new MutationFuzzer()) {
      for (long seed = 1; seed <= 500; seed++) {
        String failure = fuzzer.check(MODULE, seed);
        long reproducer = seed;
        assertNull(failure, () -> "seed " + reproducer + ": " + failure);
      }
      assertTrue(fuzzer.valid() > 50, () -> fuzzer.valid() + " were valid");
    }
  }
}
