package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
