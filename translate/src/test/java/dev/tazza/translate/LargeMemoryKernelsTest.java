package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.tazza.codegen.Compilation;
import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Observer;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.regalloc.SsaAllocator;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.TrapCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kernels of {@code bench/programs}, which its {@code build.sh} has compiled for 64-bit memories
 * too: the checks that are removed from them are removed for reasons that the proof of the finished
 * code finds, so that no function is compiled again with all of them.
 */
class LargeMemoryKernelsTest {
  @ParameterizedTest
  @ValueSource(strings = {"fannkuch", "matrix", "matrix-int", "sorts", "stencil", "table-calls"})
  void nothingIsCompiledAgain(String name) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    Observer counter =
        (String stage, Compilation compilation) -> {
          if (stage.equals("emit")) {
            counts.merge(compilation.function().name, 1, Integer::sum);
          }
        };
    new ModuleCompiler(compiler(counter), Tunables.DEFAULT, false, false)
        .compile(ModuleReader.read(bytes(name), Features.DEFAULT));
    List<String> again = new ArrayList<>();
    counts.forEach((function, count) -> {
      if (count > 1) {
        again.add(function);
      }
    });
    assertEquals(List.of(), again);
    assertNotNull(counts.get("_start"));
  }

  private static Compiler compiler(Observer observer) {
    Settings settings =
        new Settings(
            Effort.SPEED,
            false,
            Set.copyOf(X64Isa.INSTANCE.features()),
            StoreContext.STACK_LIMIT,
            TrapCode.STACK_OVERFLOW.code());
    return new Compiler(X64Isa.INSTANCE, new SsaAllocator(), settings, observer);
  }

  private static byte[] bytes(String name) throws IOException {
    String resource = "kernels64/" + name + ".wasm";
    try (InputStream in = LargeMemoryKernelsTest.class.getResourceAsStream(resource)) {
      assertNotNull(in, resource);
      return in.readAllBytes();
    }
  }
}
