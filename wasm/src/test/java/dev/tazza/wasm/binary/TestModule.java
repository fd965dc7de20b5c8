package dev.tazza.wasm.binary;

import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.ValType;
import java.util.HexFormat;

/** Puts binary modules together for tests, section by section, right or wrong. */
public final class TestModule {

  private final BinaryWriter out = new BinaryWriter().header();

  /** An empty module. */
  public static TestModule empty() {
    return new TestModule();
  }

  /** A module with one function of type 0, which is [] -> [], whose body is the given code. */
  public static byte[] withCode(BinaryWriter code) {
    return empty().type("60 00 00").function(0).body(code).bytes();
  }

  /** Bytes written in hexadecimal, with spaces anywhere. */
  public static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }

  /** Code with its end, to be continued. */
  public static BinaryWriter code(Operator... operators) {
    BinaryWriter code = new BinaryWriter();
    for (Operator operator : operators) {
      code.operator(operator);
    }
    return code;
  }

  /** A section of any contents. */
  public TestModule section(int id, String contents) {
    out.section(id, new BinaryWriter().bytes(hex(contents)));
    return this;
  }

  /** A type section with one entry. */
  public TestModule type(String entry) {
    return section(SectionId.TYPE, "01" + entry);
  }

  /** A type section with one function type. */
  public TestModule type(ValType[] params, ValType... results) {
    BinaryWriter type = new BinaryWriter().u32(1).u8(ModuleFormat.FUNC_TYPE);
    type.u32(params.length);
    for (ValType param : params) {
      type.valType(param);
    }
    type.u32(results.length);
    for (ValType result : results) {
      type.valType(result);
    }
    out.section(SectionId.TYPE, type);
    return this;
  }

  /** A function section. */
  public TestModule function(int... typeIndexes) {
    BinaryWriter section = new BinaryWriter().u32(typeIndexes.length);
    for (int typeIndex : typeIndexes) {
      section.u32(typeIndex);
    }
    out.section(SectionId.FUNCTION, section);
    return this;
  }

  /** A code section with one body without locals. */
  public TestModule body(BinaryWriter code) {
    return bodyWithLocals("00", code);
  }

  /** A code section with one body and its local declarations. */
  public TestModule bodyWithLocals(String locals, BinaryWriter code) {
    BinaryWriter body = new BinaryWriter().bytes(hex(locals)).append(code);
    out.section(SectionId.CODE, new BinaryWriter().u32(1).sized(body));
    return this;
  }

  /** A custom section. */
  public TestModule custom(String name, BinaryWriter contents) {
    out.section(SectionId.CUSTOM, new BinaryWriter().name(name).append(contents));
    return this;
  }

  /** Bytes after what there is. */
  public TestModule raw(String bytes) {
    out.bytes(hex(bytes));
    return this;
  }

  public byte[] bytes() {
    return out.toByteArray();
  }
}
