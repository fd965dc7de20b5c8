package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a text to be parsed, and the map from a byte offset to line and column. The bytes
 * are UTF-8 as the specification demands; the lexer, not this class, rejects those that are not.
 */
final class SourceText {
  private final byte[] bytes;
  private int @Nullable [] lineStarts;

  SourceText(byte[] bytes) {
    this.bytes = bytes;
  }

  static SourceText of(CharSequence text) {
    try {
      ByteBuffer encoded =
          StandardCharsets.UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return new SourceText(bytes);
    } catch (CharacterCodingException e) {
      throw new MalformedException("malformed UTF-8 encoding: unpaired surrogate in the text");
    }
  }

  /** The bytes themselves, not a copy: nobody writes to them. */
  byte[] bytes() {
    return bytes;
  }

  String text(int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  /** An error that names the line and column of a byte offset. */
  MalformedException malformed(int offset, String message) {
    return new MalformedException(position(offset) + ": " + message);
  }

  int line(int offset) {
    int index = Arrays.binarySearch(lineStarts(), offset);
    return index >= 0 ? index + 1 : -index - 1;
  }

  Position position(int offset) {
    int line = line(offset);
    int column = 1;
    for (int i = lineStarts()[line - 1]; i < offset; i++) {
      if ((bytes[i] & 0xC0) != 0x80) {
        column++;
      }
    }
    return new Position(line, column);
  }

  private int[] lineStarts() {
    int[] known = lineStarts;
    if (known != null) {
      return known;
    }
    int[] starts = new int[Math.max(16, bytes.length / 32)];
    int count = 1;
    for (int i = 0; i < bytes.length; i++) {
      boolean ends =
          bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == bytes.length || bytes[i + 1] != '\n'));
      if (ends) {
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count++] = i + 1;
      }
    }
    starts = Arrays.copyOf(starts, count);
    lineStarts = starts;
    return starts;
  }
}
