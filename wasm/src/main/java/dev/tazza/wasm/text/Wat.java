package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.binary.BinaryWriter;
import org.jspecify.annotations.Nullable;

/**
 * The text format of WebAssembly modules, turned into the binary format. {@link
 * dev.tazza.wasm.ModuleReader} takes modules of both formats.
 *
 * <p>What is accepted is the text format of WebAssembly 3.0, with {@code (module …)} around the
 * fields or without. Errors in the text are {@link MalformedException}s whose messages begin with
 * {@code line:column:}. The result is well-formed but not validated: whoever decodes it does that.
 * Identifiers are kept in a name section; annotations {@code @name} overrule them there, and
 * {@code @custom} makes other custom sections.
 */
public final class Wat {
  private static final byte[] MAGIC = {0, 'a', 's', 'm'};

  private Wat() {}

  /** Whether a module is binary, by its first four bytes; anything else is text. */
  public static boolean isBinary(byte[] module) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (i >= module.length || module[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * A module in either format as a binary: a binary is returned as it is.
   *
   * @param module binary, or text in UTF-8
   * @throws MalformedException if it is text with an error
   */
  public static byte[] toBinary(byte[] module) {
    return isBinary(module) ? module : assemble(module).bytes();
  }

  /**
   * The binary of a module in text.
   *
   * @throws MalformedException if the text has an error
   */
  public static byte[] parse(CharSequence text) {
    return assemble(text).bytes();
  }

  /**
   * The binary of a module in text.
   *
   * @throws MalformedException if the text has an error
   */
  public static TextModule assemble(CharSequence text) {
    return assemble(SourceText.of(text));
  }

  /**
   * The binary of a module in text, which is UTF-8.
   *
   * @throws MalformedException if the text has an error
   */
  public static TextModule assemble(byte[] text) {
    return assemble(new SourceText(text));
  }

  private static TextModule assemble(SourceText source) {
    Tokens tokens = Lexer.tokenize(source);
    TokenCursor cursor = new TokenCursor(tokens, 0, tokens.count() - 1);
    boolean enclosed = cursor.acceptOpen(Keyword.MODULE);
    @Nullable String name = enclosed ? cursor.optionalName() : null;
    TextModule module;
    if (enclosed && cursor.accept(Keyword.BINARY)) {
      module = new TextModule(strings(cursor), TextPositions.EMPTY);
    } else {
      module = new WatParser(cursor, name).parse();
    }
    if (enclosed) {
      cursor.close();
    }
    if (!cursor.is(TokenKind.END)) {
      throw cursor.unexpected("the end of the text");
    }
    cursor.annotations().requireTaken(0, tokens.count());
    return module;
  }

  /** All strings up to the closing parenthesis, joined. */
  static byte[] strings(TokenCursor cursor) {
    BinaryWriter bytes = new BinaryWriter();
    while (!cursor.is(TokenKind.CLOSE)) {
      bytes.bytes(cursor.string());
    }
    return bytes.toByteArray();
  }
}
