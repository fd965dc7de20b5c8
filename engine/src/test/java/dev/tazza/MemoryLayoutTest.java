package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How memories lie in address space, as {@code /proc/self} tells, and which accesses the machine
 * code checks, for each option that says so.
 */
class MemoryLayoutTest {
  private static final long PAGE = 1 << 16;
  private static final long GIB = 1L << 30;

  private static Config dynamic() {
    return new Config().staticMemoryMaximumSize(0);
  }

  // Address space.

  /** How much address space an engine's first memory takes, in GiB: others map far less. */
  private static double reserved(Config config) throws IOException {
    return reserved(config, "1");
  }

  private static double reserved(Config config, String type) throws IOException {
    String text = "(module (memory (export \"m\") %s))".formatted(type);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, text);
        Store<Void> store = new Store<>(engine)) {
      long before = addressSpace();
      Memory memory = Instance.instantiate(store, module, List.of()).memory("m");
      double taken = (addressSpace() - before) / (double) GIB;
      long base = memory.segment().address();
      assertEquals("rw-p", protection(base));
      assertEquals("rw-p", protection(base + PAGE - 1));
      if (config.guardBeforeLinearMemory()) {
        assertEquals("---p", protection(base - 1));
      }
      return taken;
    }
  }

  private static long addressSpace() throws IOException {
    String statistics = Files.readString(Path.of("/proc/self/statm"));
    return Long.parseLong(statistics.substring(0, statistics.indexOf(' '))) * 4096;
  }

  private static String protection(long address) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
      if (Long.parseUnsignedLong(range[0], 16) <= address
          && address < Long.parseUnsignedLong(range[1], 16)) {
        return line.split(" ")[1];
      }
    }
    return "none";
  }

  @Test
  void reservationsAreAsLargeAsTheOptionsSay() throws IOException {
    assertEquals(2 + 4 + 2, reserved(new Config()), 0.5);
    assertEquals(4 + 2, reserved(new Config().guardBeforeLinearMemory(false)), 0.5);
    assertEquals(1 + 4 + 1, reserved(new Config().staticMemoryGuardSize(GIB)), 0.5);
    assertEquals(2 + 7 + 2, reserved(new Config().staticMemoryMaximumSize(7 * GIB)), 0.5);
    Config forced = new Config().staticMemoryMaximumSize(GIB).staticMemoryForced(true);
    assertEquals(2 + 1 + 2, reserved(forced), 0.5);
    // Below the maximum that the memory has, it is dynamic.
    assertEquals(2, reserved(new Config().staticMemoryMaximumSize(GIB)), 0.5);
    assertEquals(3, reserved(dynamic().dynamicMemoryReservedForGrowth(3 * GIB)), 0.5);
    Config guarded = dynamic().dynamicMemoryReservedForGrowth(0).dynamicMemoryGuardSize(3 * GIB);
    assertEquals(3 + 3, reserved(guarded), 0.5);
    assertEquals(3, reserved(guarded.guardBeforeLinearMemory(false)), 0.5);
  }

  @Test
  void growthMovesWhatHasNoRoom() {
    assertEquals(0, moves(new Config()));
    assertEquals(0, moves(dynamic()));
    assertEquals(0, moves(dynamic().dynamicMemoryReservedForGrowth(60 * PAGE)));
    int all = moves(dynamic().dynamicMemoryReservedForGrowth(0));
    int some = moves(dynamic().dynamicMemoryReservedForGrowth(20 * PAGE));
    assertTrue(0 < some && some < all, some + " and " + all);
  }

  /** How often a memory moves that grows by a page 60 times; its contents go with it. */
  private static int moves(Config config) {
    String text = "(module (memory (export \"m\") 1 1000) (data (i32.const 9) \"a\"))";
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, text);
        Store<Void> store = new Store<>(engine)) {
      Memory memory = Instance.instantiate(store, module, List.of()).memory("m");
      int moves = 0;
      for (int i = 1; i <= 60; i++) {
        long before = memory.segment().address();
        assertEquals(i, memory.grow(1));
        moves += before == memory.segment().address() ? 0 : 1;
        assertEquals('a', memory.getByte(9));
      }
      return moves;
    }
  }

  @Test
  void forcedMemoriesGrowUpToTheBound() {
    Config config = new Config().staticMemoryMaximumSize(5 * PAGE).staticMemoryForced(true);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, "(module (memory (export \"m\") 1 1000))");
        Store<Void> store = new Store<>(engine)) {
      Memory memory = Instance.instantiate(store, module, List.of()).memory("m");
      assertEquals(1, memory.grow(4));
      assertEquals(-1, memory.grow(1));
    }
  }

  // Checks.

  /** How many places that check the code has more than that without a check. */
  private static int checks(Config config, String memory, long offset) {
    return checking(config, memory, offset) - checking(new Config(), "1", 0);
  }

  /** How often {@code ud2} is in the code, or {@code cmovae}, which keeps an index at a length. */
  private static int checking(Config config, String memory, long offset) {
    String index = memory.startsWith("i64") ? "i64" : "i32";
    String text =
        """
        (module (memory %s)
          (func (export "f") (param %s) (result i32) (i32.load offset=%d (local.get 0))))
        """
            .formatted(memory, index, offset);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, text)) {
      byte[] code = module.compiled().text().bytes();
      int count = 0;
      for (int i = 1; i < code.length; i++) {
        count += code[i - 1] == 0x0f && (code[i] == 0x0b || code[i] == 0x43) ? 1 : 0;
      }
      return count;
    }
  }

  @Test
  void guardsTakeThePlaceOfChecks() {
    assertEquals(0, checks(new Config(), "1", 100));
    assertEquals(0, checks(new Config(), "1", 2 * GIB - 4));
    assertNotEquals(0, checks(new Config(), "1", 2 * GIB));
    Config without = new Config().dynamicMemoryGuardSize(0).staticMemoryGuardSize(0);
    assertNotEquals(0, checks(without, "1", 100));
    assertNotEquals(0, checks(new Config().staticMemoryGuardSize(GIB), "1", GIB));
    assertEquals(0, checks(new Config().staticMemoryMaximumSize(7 * GIB), "1", 4 * GIB - 1));
  }

  @Test
  void whatMayMoveOrIsSmallIsChecked() {
    assertNotEquals(0, checks(dynamic(), "1", 100));
    assertNotEquals(0, checks(new Config().staticMemoryMaximumSize(GIB), "1 2", 100));
    assertNotEquals(
        0, checks(new Config().staticMemoryMaximumSize(GIB).staticMemoryForced(true), "1", 100));
    assertNotEquals(0, checks(new Config(), "i64 1", 100));
  }

  @Test
  void largeMemoriesHaveGuardForIndexesOf32Bits() throws IOException {
    assertEquals(2 + 36, reserved(new Config(), "i64 1"), 0.5);
    assertEquals(2 + 5, reserved(new Config().memory64GuardSize(5 * GIB), "i64 1"), 0.5);
    assertEquals(2, reserved(new Config().memory64GuardSize(0), "i64 1"), 0.5);
    Config none = new Config().staticMemoryGuardSize(0).dynamicMemoryGuardSize(0);
    assertEquals(2, reserved(none.guardBeforeLinearMemory(false), "i64 1"), 0.5);
    // Those that are static or have no guard at their end are as they were.
    assertEquals(2 + 4 + 2, reserved(new Config(), "i64 1 2"), 0.5);
    Config custom = new Config().wasmFeature(Feature.CUSTOM_PAGE_SIZES, true);
    assertEquals(2, reserved(custom, "i64 65536 (pagesize 1)"), 0.5);
  }
}
