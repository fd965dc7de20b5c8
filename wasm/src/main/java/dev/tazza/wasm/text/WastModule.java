package dev.tazza.wasm.text;

import org.jspecify.annotations.Nullable;

/**
 * A module as a test script gives it. It is encoded when it is asked for, so that what is wrong
 * with it concerns only the command it is part of.
 */
public sealed interface WastModule {
  /**
   * The module in the binary format; of text it is what {@link Wat#assemble} makes of it.
   *
   * @throws dev.tazza.wasm.MalformedException if it is text with an error
   */
  TextModule assemble();

  /** {@code (module binary "…")}. */
  record Binary(byte[] bytes) implements WastModule {
    @Override
    public TextModule assemble() {
      return new TextModule(bytes, TextPositions.EMPTY);
    }
  }

  /** {@code (module quote "…")}: positions in errors count within the quoted text. */
  record Quote(byte[] text) implements WastModule {
    @Override
    public TextModule assemble() {
      return Wat.assemble(text);
    }
  }

  /** A module written in the script itself: positions in errors are those of the script. */
  final class Text implements WastModule {
    private final Tokens tokens;
    private final int start;
    private final int end;
    private final @Nullable String name;

    /** The module fields between two tokens. */
    Text(Tokens tokens, int start, int end, @Nullable String name) {
      this.tokens = tokens;
      this.start = start;
      this.end = end;
      this.name = name;
    }

    @Override
    public TextModule assemble() {
      return new WatParser(new TokenCursor(tokens, start, end), name).parse();
    }
  }
}
