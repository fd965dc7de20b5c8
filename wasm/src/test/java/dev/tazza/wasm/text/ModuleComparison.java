package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Immediate;
import dev.tazza.wasm.operator.Operator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Says whether two modules mean the same, whatever their encoding. */
final class ModuleComparison {
  private final WasmModule a;
  private final WasmModule b;
  private final OperatorReader readA;
  private final OperatorReader readB;

  private ModuleComparison(WasmModule a, WasmModule b) {
    this.a = a;
    this.b = b;
    readA = new OperatorReader(a.bytes());
    readB = new OperatorReader(b.bytes());
  }

  static void assertEquivalent(WasmModule a, WasmModule b) {
    new ModuleComparison(a, b).compare();
  }

  /**
   * What a module and what is read of its text print. Text has no empty sections: a custom section
   * behind one is then behind another.
   */
  static void assertSameText(String text, String again) {
    assertEquals(withoutPlacements(text), withoutPlacements(again));
  }

  private static String withoutPlacements(String text) {
    return text.replaceAll("(\\(@custom \"[^\"]*\") \\((before|after) \\w+\\)", "$1");
  }

  private void compare() {
    assertEquals(a.typeCount(), b.typeCount());
    for (int i = 0; i < a.typeCount(); i++) {
      assertEquals(a.type(i), b.type(i));
    }
    assertEquals(a.imports(), b.imports());
    assertEquals(a.functionCount(), b.functionCount());
    assertEquals(a.importedFunctionCount(), b.importedFunctionCount());
    assertEquals(a.tableCount(), b.tableCount());
    for (int i = 0; i < a.tableCount(); i++) {
      assertEquals(a.table(i), b.table(i));
    }
    assertEquals(a.memoryCount(), b.memoryCount());
    for (int i = 0; i < a.memoryCount(); i++) {
      assertEquals(a.memory(i), b.memory(i));
    }
    assertEquals(a.globalCount(), b.globalCount());
    for (int i = 0; i < a.globalCount(); i++) {
      assertEquals(a.global(i), b.global(i));
      if (i >= a.importedGlobalCount()) {
        assertExpression(a.globalInit(i), b.globalInit(i));
      }
    }
    assertEquals(a.exports(), b.exports());
    assertEquals(a.startFunction(), b.startFunction());
    functions();
    elements();
    data();
  }

  private void functions() {
    for (int i = 0; i < a.functionCount(); i++) {
      assertEquals(a.functionTypeIndex(i), b.functionTypeIndex(i));
      if (i < a.importedFunctionCount()) {
        continue;
      }
      readA.openBody(a, a.body(i));
      readB.openBody(b, b.body(i));
      assertEquals(readA.localCount(), readB.localCount());
      for (int j = 0; j < readA.localCount(); j++) {
        assertEquals(readA.localType(j), readB.localType(j));
      }
      instructions("function " + i);
    }
  }

  private void instructions(String where) {
    while (readA.remaining() > 0) {
      Operator operator = readA.next();
      assertEquals(operator, readB.next(), where);
      if (!immediates(operator).equals(immediatesOfB(operator))) {
        assertEquals(immediates(operator), immediatesOfB(operator), where + " " + operator);
      }
    }
    assertEquals(0, readB.remaining(), where);
  }

  private String immediates(Operator operator) {
    return immediates(operator, readA);
  }

  private String immediatesOfB(Operator operator) {
    return immediates(operator, readB);
  }

  /** Accessors of immediates that an operator does not have may return anything: leave them out. */
  private static String immediates(Operator operator, OperatorReader in) {
    Immediate kind = operator.immediate();
    return switch (kind) {
      case NONE -> "";
      case BLOCK_TYPE -> in.blockTypeIndex() + " " + in.blockResult();
      case LABEL_TABLE -> {
        StringBuilder labels = new StringBuilder();
        for (int i = 0; i < in.labelCount(); i++) {
          labels.append(in.label(i)).append(' ');
        }
        yield labels.append(in.label()).toString();
      }
      case TYPE_AND_TABLE, ELEMENT_AND_TABLE, TABLE_PAIR, DATA_AND_MEMORY, MEMORY_PAIR ->
          in.tableIndex() + " " + in.secondTableIndex();
      case MEMARG -> memarg(in);
      case MEMARG_LANE -> memarg(in) + " " + in.lane();
      case LANE_INDEX -> in.lane() + "";
      case I32, I64, F32, F64 -> in.i64() + "";
      case V128, LANE_INDICES -> in.v128Low() + " " + in.v128High();
      case SELECT_TYPES -> in.selectTypeCount() + " " + in.selectType(0);
      default -> in.tableIndex() + "";
    };
  }

  private static String memarg(OperatorReader in) {
    return in.memoryIndex() + " " + in.alignLog2() + " " + in.memoryOffset();
  }

  private void assertExpression(ConstExpr left, ConstExpr right) {
    readA.reset(left.start(), left.end());
    readB.reset(right.start(), right.end());
    instructions("constant expression");
  }

  private void assertOffset(@Nullable ConstExpr left, @Nullable ConstExpr right) {
    assertEquals(left == null, right == null);
    if (left != null && right != null) {
      assertExpression(left, right);
    }
  }

  private void elements() {
    assertEquals(a.elementSegments().size(), b.elementSegments().size());
    for (int i = 0; i < a.elementSegments().size(); i++) {
      ElementSegment left = a.elementSegments().get(i);
      ElementSegment right = b.elementSegments().get(i);
      assertEquals(left.mode(), right.mode());
      assertEquals(left.tableIndex(), right.tableIndex());
      assertEquals(left.type(), right.type());
      assertOffset(left.tableOffset(), right.tableOffset());
      if (left.items() instanceof ElementSegment.Functions(int[] indexes)) {
        assertArrayEquals(indexes, ((ElementSegment.Functions) right.items()).indexes());
      } else {
        ConstExpr[] items = ((ElementSegment.Expressions) left.items()).expressions();
        ConstExpr[] others = ((ElementSegment.Expressions) right.items()).expressions();
        assertEquals(items.length, others.length);
        for (int j = 0; j < items.length; j++) {
          assertExpression(items[j], others[j]);
        }
      }
    }
  }

  private void data() {
    assertEquals(a.dataSegments().size(), b.dataSegments().size());
    for (int i = 0; i < a.dataSegments().size(); i++) {
      DataSegment left = a.dataSegments().get(i);
      DataSegment right = b.dataSegments().get(i);
      assertEquals(left.mode(), right.mode());
      assertEquals(left.memoryIndex(), right.memoryIndex());
      assertOffset(left.memoryOffset(), right.memoryOffset());
      boolean same =
          Arrays.equals(a.bytes(), left.start(), left.end(), b.bytes(), right.start(), right.end());
      assertEquals(true, same, "data segment " + i);
    }
  }
}
