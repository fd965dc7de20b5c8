package dev.tazza;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which initial contents of memories are mapped, as {@code /proc/self/maps} tells. */
class MemoryImageTest {
  private static final String TEXT = "0123456789abcdef".repeat(4096);

  /** 64 KiB of data at each of the addresses. */
  private static String module(int pages, int... addresses) {
    StringBuilder text = new StringBuilder("(module (memory (export \"m\") " + pages + ")");
    for (int address : addresses) {
      text.append("(data (i32.const %d) \"%s\")".formatted(address, TEXT));
    }
    return text.append(")").toString();
  }

  private static boolean isMapped(Config config, String module, int... addresses)
      throws IOException {
    try (Engine engine = new Engine(config);
        Module compiled = Module.compile(engine, module);
        Store<Void> store = new Store<>(engine)) {
      Memory memory = Instance.instantiate(store, compiled, List.of()).memory("m");
      for (int address : addresses) {
        assertEquals(TEXT, memory.readString(address, TEXT.length()));
      }
      return mapping(memory.segment().address() + addresses[0]).contains("memfd:tazza-memory");
    }
  }

  private static String mapping(long address) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
      if (Long.parseUnsignedLong(range[0], 16) <= address
          && address < Long.parseUnsignedLong(range[1], 16)) {
        return line;
      }
    }
    return "nothing";
  }

  @Test
  void contentsAreMappedUnlessThatIsOff() throws IOException {
    String module = module(4, 8192);
    assertTrue(isMapped(new Config(), module, 8192));
    assertTrue(!isMapped(new Config().memoryInitCow(false), module, 8192));
  }

  @Test
  void theyAreInSlotsOfPools() throws IOException {
    Config pooling =
        new Config().allocationStrategy(InstanceAllocationStrategy.pooling(new PoolingConfig()));
    String module = module(4, 8192);
    assertTrue(isMapped(pooling, module, 8192));
    assertTrue(!isMapped(pooling.memoryInitCow(false), module, 8192));
  }

  /** Four times as much room as data: too sparse, once it is larger than what is guaranteed. */
  @Test
  void sparseContentsAreCopied() throws IOException {
    String sparse = module(16, 0, 7 << 16);
    assertTrue(isMapped(new Config(), sparse, 0, 7 << 16));
    assertTrue(isMapped(new Config().memoryGuaranteedDenseImageSize(8 << 16), sparse, 0, 7 << 16));
    Config smaller = new Config().memoryGuaranteedDenseImageSize((8 << 16) - 1);
    assertTrue(!isMapped(smaller, sparse, 0, 7 << 16));
  }

  @Test
  void halfOfThePagesIsDense() throws IOException {
    Config none = new Config().memoryGuaranteedDenseImageSize(0);
    assertTrue(isMapped(none, module(4, 0, 3 << 16), 0, 3 << 16));
    assertTrue(!isMapped(none, module(5, 0, 4 << 16), 0, 4 << 16));
    assertTrue(isMapped(none, module(5, 0, 0, 1 << 16, 4 << 16), 0, 1 << 16, 4 << 16));
  }

  /** Where the data of a module is mapped from that was loaded from a file; null for nowhere. */
  private static String mappedFrom(Config config, Path file, int address) throws IOException {
    try (Engine engine = new Engine(config);
        Module module = Module.deserializeFile(engine, file);
        Store<Void> store = new Store<>(engine)) {
      Memory memory = Instance.instantiate(store, module, List.of()).memory("m");
      byte[] expected = new byte[4 << 16];
      System.arraycopy(TEXT.getBytes(US_ASCII), 0, expected, address, TEXT.length());
      assertArrayEquals(expected, memory.read(0, expected.length));
      memory.fill(address, 10_000, (byte) 7);
      assertEquals(7, memory.getByte(address + 9_999));
      String[] mapping = mapping(memory.segment().address() + 9_000).split(" +");
      return mapping.length > 5 ? mapping[5] : "";
    }
  }

  @Test
  void theFileOfAnArtifactServes(@TempDir Path folder) throws IOException {
    Path file = folder.toRealPath().resolve("module.cwasm");
    int address = 8_999;
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, module(4, address))) {
      Files.write(file, module.serialize());
    }
    Config pooling =
        new Config()
            .allocationStrategy(
                InstanceAllocationStrategy.pooling(
                    new PoolingConfig().instanceLimits(new InstanceLimits().count(2))));
    for (int i = 0; i < 2; i++) { // what a memory has written is not in the file
      assertEquals(file.toString(), mappedFrom(new Config(), file, address));
      assertEquals(file.toString(), mappedFrom(pooling, file, address));
    }
    assertEquals(
        "/memfd:tazza-memory", mappedFrom(new Config().forceMemoryInitMemfd(true), file, address));
    assertEquals("", mappedFrom(new Config().memoryInitCow(false), file, address));
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      // What is only read of a file is there until nobody can reach it any more.
      assertTrue(!line.contains(file.toString()) || line.contains(" r--p "), line);
    }
  }

  private static String withCode(String module) {
    return module.substring(0, module.length() - 1) + "(func (export \"f\")))";
  }

  /** In the file and in a stream. */
  @Test
  void damagedDataIsFound(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("module.cwasm");
    byte[] artifact;
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, withCode(module(4, 8_999)))) {
      artifact = module.serialize();
    }
    // The last that is there of the data: its pages.
    int last = new String(artifact, ISO_8859_1).lastIndexOf(TEXT);
    for (int at : new int[] {last, last - 1, last + TEXT.length() - 1, last + TEXT.length()}) {
      byte[] damaged = artifact.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      try (Engine engine = new Engine()) {
        assertThrows(ArtifactException.class, () -> Module.deserializeFile(engine, file));
        assertThrows(ArtifactException.class, () -> Module.deserialize(engine, damaged));
      }
    }
    for (int size : new int[] {last, last + 5000, artifact.length - 1}) {
      byte[] cut = Arrays.copyOf(artifact, size);
      Files.write(file, cut);
      try (Engine engine = new Engine()) {
        assertThrows(ArtifactException.class, () -> Module.deserializeFile(engine, file));
        assertThrows(ArtifactException.class, () -> Module.deserialize(engine, cut));
      }
    }
  }

  @Test
  void theModuleMayBeClosedBeforeItsInstances(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("module.cwasm");
    try (Engine engine = new Engine()) {
      try (Module module = Module.compile(engine, module(4, 0))) {
        Files.write(file, module.serialize());
      }
      try (Store<Void> store = new Store<>(engine)) {
        Memory memory;
        try (Module module = Module.deserializeFile(engine, file)) {
          memory = Instance.instantiate(store, module, List.of()).memory("m");
        }
        assertEquals(TEXT, memory.readString(0, TEXT.length()));
      }
    }
  }
}
