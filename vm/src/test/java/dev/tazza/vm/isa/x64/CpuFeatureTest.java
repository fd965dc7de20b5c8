package dev.tazza.vm.isa.x64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuFeatureTest {
  /** Names in /proc/cpuinfo that differ from ours. */
  private static final Map<CpuFeature, String> KERNEL_NAMES =
      Map.ofEntries(
          Map.entry(CpuFeature.SSE3, "pni"),
          Map.entry(CpuFeature.SSE41, "sse4_1"),
          Map.entry(CpuFeature.SSE42, "sse4_2"),
          Map.entry(CpuFeature.CMPXCHG16B, "cx16"),
          Map.entry(CpuFeature.LZCNT, "abm"),
          Map.entry(CpuFeature.AVX512BITALG, "avx512_bitalg"));

  @Test
  void agreesWithTheKernel() throws IOException {
    String flags =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .orElseThrow();
    Set<String> kernel = Set.of(flags.substring(flags.indexOf(':') + 2).split(" "));
    for (CpuFeature feature : CpuFeature.values()) {
      String name =
          KERNEL_NAMES.getOrDefault(feature, feature.name().toLowerCase(java.util.Locale.ROOT));
      assertEquals(kernel.contains(name), CpuFeature.ofHost().contains(feature), name);
    }
  }

  @Test
  void namesThoseAboveTheBaseline() {
    Set<String> names = CpuFeature.aboveBaseline();
    assertEquals(CpuFeature.ofHost().contains(CpuFeature.AVX2), names.contains("avx2"));
    assertFalse(names.contains("sse41"));
  }
}
