package dev.tazza.wasm.text;

import java.util.List;

/**
 * Test scripts ({@code .wast}), the language the specification's tests are written in.
 *
 * <p>A command that cannot be read becomes {@link WastDirective.Unreadable}; a module with an error
 * in it fails when it is assembled. So whatever a script holds, the commands around it can be run.
 */
public final class Wast {
  private Wast() {}

  /** The commands of a script, which is UTF-8, in order. */
  public static List<WastDirective> parse(byte[] script) {
    return new WastParser(Lexer.tokenize(new SourceText(script))).parse();
  }

  /** The commands of a script in order. */
  public static List<WastDirective> parse(CharSequence script) {
    return new WastParser(Lexer.tokenize(SourceText.of(script))).parse();
  }
}
