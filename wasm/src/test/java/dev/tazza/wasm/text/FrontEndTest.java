package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ModuleDecoder;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.validate.ModuleValidator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * All scripts of the specification and of proposals through the front end, every feature on: valid
 * modules are accepted, printed and read again, malformed and invalid ones refused.
 */
class FrontEndTest {
  private static final Features ALL = Features.of(Feature.values());

  /** The proposal's scripts are those of the first release with additions. */
  private static final Features FIRST_AND_THREADS =
      ALL.without(Feature.MULTI_MEMORY).without(Feature.REFERENCE_TYPES).with(Feature.THREADS);

  /**
   * Folders with scripts that the front end gets something wrong of, and why. A script that it no
   * longer does fails the test.
   */
  private static final Map<String, String> KNOWN_FOLDERS =
      Map.of("custom-descriptors", "a proposal at an early phase");

  /** Scripts in such a folder that need nothing of the proposal. */
  private static final Set<String> FINE = Set.of("binary.wast");

  /** Something of everything that the samples of other tests, of the first releases, lack. */
  private static final String SAMPLE =
      """
      (module
        (rec (type $a (sub (struct (field $x (mut i8)) (field (ref null $b)))))
             (type $b (sub final $a (struct (field (mut i8)) (field (ref null $b)) (field i64)))))
        (type $v (array (mut i32))) (type $f (func (param i32) (result i32)))
        (import "m" "t" (tag $t (param i32)))
        (tag $u (export "u") (param i32 i64))
        (table $table 1 (ref $f) (ref.func $g)) (table i64 1 2 funcref)
        (memory $m 1) (memory $n i64 1 2) (memory 1 1 shared)
        (global (ref $a) (struct.new $a (i32.const 1) (ref.null $b)))
        (global i32 (i32.mul (i32.const 3) (i32.const 4)))
        (elem $e (ref $f) (ref.func $g) (item ref.func $h)) (data $d "abc")
        (func $g (type $f) (return_call $h (local.get 0)))
        (func $h (type $f) (local (ref $a))
          (local.set 1 (struct.new_default $a))
          (struct.set $a $x (local.get 1) (i32.const 2))
          (drop (array.new_fixed $v 2 (i32.const 1) (i32.const 2)))
          (drop (array.new_data $v $d (i32.const 0) (i32.const 0)))
          (block $l (result (ref $b))
            (br_on_cast $l (ref $a) (ref $b) (local.get 1)) (drop) (unreachable))
          (drop (ref.test (ref null $b) (struct.get $a 1 (ref.cast (ref $b)))))
          (block $all
            (drop (block $c (result i32)
              (try_table (result i32) (catch $t $c) (catch_all $all) (throw $t (i32.const 7))))))
          (try $t (do (call_ref $f (local.get 0) (ref.func $g)) (drop))
            (catch $u (drop) (drop) (rethrow $t)) (catch_all))
          (try (do (nop)) (delegate 0))
          (drop (i32.atomic.rmw16.add_u $m offset=2 (i32.const 0) (i32.const 1)))
          (memory.copy $m $n (i32.const 0) (i64.const 0) (i32.const 0)) (atomic.fence)
          (drop (br_on_null 0 (local.get 0) (ref.null $f)) (drop))
          (i64.mul_wide_s (i64.const 1) (i64.const 2)) (drop) (drop)
          (return_call_ref $f (local.get 0) (table.get $table (i32.const 0)))))
      """;

  /** Whatever one changed byte makes of it: an error, or a valid module that reads back. */
  @Test
  void everyCorruptedByte() {
    byte[] binary = Wat.parse(SAMPLE);
    assertNull(accept(new WastModule.Binary(binary)));
    Random random = new Random(5);
    for (int i = 8; i < binary.length; i++) {
      byte original = binary[i];
      for (int j = 0; j < 24; j++) {
        binary[i] = (byte) (j < 8 ? original ^ (1 << j) : random.nextInt());
        byte[] copy = binary.clone();
        try {
          ModuleReader.read(copy, ALL);
        } catch (WasmException e) {
          continue;
        }
        assertNull(accept(new WastModule.Binary(copy)));
      }
      binary[i] = original;
    }
    assertTrue(accepted > 200, "too few corrupted modules are still valid: " + accepted);
  }

  private int accepted;
  private int refused;
  private int inTheSameWords;
  private Features features = ALL;

  @Test
  void everyScript() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path file : SharedFiles.find("spec", ".wast", 4)) {
      String name = String.valueOf(file.getFileName());
      String folder = String.valueOf(file.getParent().getFileName());
      features = folder.equals("threads") ? FIRST_AND_THREADS : ALL;
      List<String> problems = problems(file);
      boolean isKnown = KNOWN_FOLDERS.containsKey(folder) && !FINE.contains(name);
      if (!isKnown) {
        wrong.addAll(problems);
      } else if (problems.isEmpty()) {
        wrong.add(folder + "/" + name + " is fine now");
      }
    }
    System.out.printf(
        "front end: %d modules accepted, %d refused, %d of them in the expected words%n",
        accepted, refused, inTheSameWords);
    assertEquals("", String.join("\n", wrong));
    assertTrue(accepted > 2700 && refused > 5100 && inTheSameWords > 5000);
  }

  private List<String> problems(Path file) throws IOException {
    List<String> problems = new ArrayList<>();
    for (WastDirective command : Wast.parse(Files.readAllBytes(file))) {
      String problem = problem(command);
      if (problem != null) {
        problems.add(file.getFileName() + ":" + command.line() + " " + problem);
      }
    }
    return problems;
  }

  private @Nullable String problem(WastDirective command) {
    return switch (command) {
      case WastDirective.Module module -> accept(module.module());
      case WastDirective.Definition module -> accept(module.module());
      case WastDirective.AssertUnlinkable module -> accept(module.module());
      case WastDirective.AssertModuleTrap module -> accept(module.module());
      case WastDirective.AssertMalformed module -> refuse(module.module(), module.message());
      case WastDirective.AssertInvalid module -> refuse(module.module(), module.message());
      case WastDirective.Unreadable unreadable -> unreadable.reason().getMessage();
      default -> null;
    };
  }

  private @Nullable String accept(WastModule source) {
    try {
      WasmModule module =
          ModuleReader.readBinary(source.assemble().bytes(), features, ModuleLimits.DEFAULT);
      String text = WatPrinter.print(module);
      WasmModule again = ModuleDecoder.decode(Wat.parse(text), ModuleLimits.DEFAULT);
      ModuleComparison.assertEquivalent(module, again);
      new ModuleValidator(again, features, ModuleLimits.DEFAULT).validate();
      ModuleComparison.assertSameText(text, WatPrinter.print(again));
      accepted++;
      return null;
    } catch (WasmException | AssertionError e) {
      return e.toString();
    }
  }

  private @Nullable String refuse(WastModule source, String expected) {
    try {
      ModuleReader.readBinary(source.assemble().bytes(), features, ModuleLimits.DEFAULT);
      return "accepted, expected " + expected;
    } catch (WasmException e) {
      refused++;
      inTheSameWords += String.valueOf(e.getMessage()).contains(expected) ? 1 : 0;
      return null;
    }
  }
}
