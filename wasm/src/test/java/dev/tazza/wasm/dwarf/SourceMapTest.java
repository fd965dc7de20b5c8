package dev.tazza.wasm.dwarf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.SourcePosition;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions in {@code positions.c}, compiled with each version of DWARF. */
class SourceMapTest {
  private static final byte I32_DIV_S = 0x6D;

  private static byte[] bytes(int version) throws IOException {
    String name = "dwarf" + version + ".wasm";
    try (InputStream in = SourceMapTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static WasmModule module(byte[] bytes) {
    return ModuleReader.read(bytes, Features.DEFAULT);
  }

  private static SourceMap map(byte[] bytes) {
    return new SourceMap(DebugSections.of(bytes, module(bytes).customSections()));
  }

  /** Where the division of an exported function stands, from the beginning of the code section. */
  private static int division(byte[] bytes, String export) {
    WasmModule module = module(bytes);
    for (Export candidate : module.exports()) {
      if (candidate.name().equals(export)) {
        FunctionBody body = module.body(candidate.index());
        for (int i = body.start(); i < body.end(); i++) {
          if (bytes[i] == I32_DIV_S) {
            return i - module.codeSection();
          }
        }
      }
    }
    throw new AssertionError(export + " has no division");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void anInstructionHasItsLine(int version) throws IOException {
    byte[] bytes = bytes(version);
    assertEquals(
        List.of(new SourcePosition("direct", "/source/positions.c", 11, 12)),
        map(bytes).positions(division(bytes, "direct")));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void inlinedCallsAreUnfolded(int version) throws IOException {
    byte[] bytes = bytes(version);
    assertEquals(
        List.of(
            new SourcePosition("divide", "/source/positions.c", 3, 12),
            new SourcePosition("twice", "/source/positions.c", 7, 14),
            new SourcePosition("inlined", "/source/positions.c", 16, 10)),
        map(bytes).positions(division(bytes, "inlined")));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void nothingIsKnownOfOtherPlaces(int version) throws IOException {
    SourceMap map = map(bytes(version));
    assertEquals(List.of(), map.positions(0));
    assertEquals(List.of(), map.positions(1 << 20));
    assertEquals(List.of(), new SourceMap(new DebugSections()).positions(3));
  }

  /** Whatever stands in the sections, there is an answer. */
  @Test
  void damagedSectionsAreNoError() throws IOException {
    Random random = new Random(11);
    int answers = 0;
    for (int version = 4; version <= 5; version++) {
      byte[] bytes = bytes(version);
      int at = division(bytes, "inlined");
      DebugSections sound = DebugSections.of(bytes, module(bytes).customSections());
      for (int round = 0; round < 5000; round++) {
        answers += new SourceMap(damaged(sound, random)).positions(at).size();
      }
    }
    assertTrue(answers > 1000, answers + " answers");
  }

  private static DebugSections damaged(DebugSections sound, Random random) {
    DebugSections damaged = new DebugSections();
    sound
        .contents()
        .forEach((name, content) -> {
          byte[] copy = content.clone();
          for (int i = random.nextInt(3); i > 0; i--) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
          }
          damaged.add(name, copy);
        });
    return damaged;
  }
}
