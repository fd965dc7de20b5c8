package dev.tazza.environ.artifact;

import dev.tazza.environ.CodeSymbol;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Function symbols in ELF's form, for tools. */
public final class SymbolTable {
  /** Bytes per symbol. */
  static final int ENTRY = 24;

  private static final byte LOCAL_FUNCTION = 2;

  private SymbolTable() {}

  /**
   * Contents of {@code .symtab} and {@code .strtab}. {@code textSection} is the number of the
   * text's section, {@code textAddress} its address.
   */
  public static byte[][] of(CodeSymbol[] symbols, int textSection, long textAddress) {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    ByteBuffer table =
        ByteBuffer.allocate(ENTRY * (symbols.length + 1)).order(ByteOrder.LITTLE_ENDIAN);
    table.position(ENTRY);
    for (CodeSymbol symbol : symbols) {
      table.putInt(names.size()).put(LOCAL_FUNCTION).put((byte) 0);
      table.putShort((short) textSection);
      table.putLong(textAddress + symbol.offset()).putLong(symbol.size());
      names.writeBytes(symbol.name().getBytes(StandardCharsets.UTF_8));
      names.write(0);
    }
    return new byte[][] {table.array(), names.toByteArray()};
  }
}
