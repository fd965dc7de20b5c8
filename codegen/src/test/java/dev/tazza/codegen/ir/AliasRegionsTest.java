package dev.tazza.codegen.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.codegen.ir.AliasRegion.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The client's regions: each at its place, found by name, and told apart. */
final class AliasRegionsTest {
  private static final AliasRegion FIRST = new AliasRegion(0, "first", Kind.DATA);
  private static final AliasRegion SECOND = new AliasRegion(1, "second", Kind.DATA);

  @Test
  void findsRegionsByNameAndPlace() {
    AliasRegions regions = new AliasRegions(FIRST, SECOND);
    assertSame(SECOND, regions.find("second"));
    assertSame(SECOND, regions.get(1));
    assertNull(regions.find("third"));
  }

  @Test
  void refusesRegionsOutOfPlace() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new AliasRegions(SECOND)).getMessage();
    assertEquals("region second is number 1, expected 0", message);
  }

  @Test
  void blocksNoteWritesByRegion() {
    AliasRegions regions = new AliasRegions(FIRST, SECOND);
    Function function =
        new Function("f", new Signature(List.of(Type.I64), List.of(Type.I32)), regions);
    Block block = function.newBlock();
    Inst base = block.addParam(Type.I64);
    Builder builder = new Builder(function);
    builder.switchTo(block);
    builder.store(MemoryAccess.full(Type.I32, SECOND), base, 0, builder.i32(1), 0);
    assertEquals(1 << SECOND.id(), block.writes());
  }
}
