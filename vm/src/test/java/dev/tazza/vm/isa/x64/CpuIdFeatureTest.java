package dev.tazza.vm.isa.x64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuIdFeatureTest {
  /** Names in /proc/cpuinfo that differ from ours. */
  private static final Map<CpuIdFeature, String> KERNEL_NAMES =
      Map.ofEntries(
          Map.entry(CpuIdFeature.SSE3, "pni"),
          Map.entry(CpuIdFeature.SSE41, "sse4_1"),
          Map.entry(CpuIdFeature.SSE42, "sse4_2"),
          Map.entry(CpuIdFeature.CMPXCHG16B, "cx16"),
          Map.entry(CpuIdFeature.LZCNT, "abm"),
          Map.entry(CpuIdFeature.AVX512BITALG, "avx512_bitalg"));

  @Test
  void agreesWithTheKernel() throws IOException {
    String flags =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .orElseThrow();
    Set<String> kernel = Set.of(flags.substring(flags.indexOf(':') + 2).split(" "));
    for (CpuIdFeature feature : CpuIdFeature.values()) {
      String name =
          KERNEL_NAMES.getOrDefault(feature, feature.name().toLowerCase(java.util.Locale.ROOT));
      assertEquals(kernel.contains(name), CpuIdFeature.ofHost().contains(feature), name);
    }
  }

  @Test
  void namesThoseAboveTheBaseline() {
    Set<String> names = CpuIdFeature.aboveBaseline();
    assertEquals(CpuIdFeature.ofHost().contains(CpuIdFeature.AVX2), names.contains("avx2"));
    assertFalse(names.contains("sse41"));
  }
}
