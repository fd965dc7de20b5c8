package dev.tazza.wasm.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** String tokens (specification section 6.3.3): finding their end and decoding their bytes. */
final class StringLiteral {
  private StringLiteral() {}

  /** A problem in a string: where it is and what it is. */
  record Flaw(int offset, String message) {}

  /** The end of a string, after its closing quote, or the first thing wrong with it. */
  record Scan(int end, @Nullable Flaw flaw) {}

  /** Checks the string whose opening quote is at {@code start}. */
  static Scan scan(byte[] bytes, int start) {
    Flaw flaw = null;
    int at = start + 1;
    while (at < bytes.length) {
      int c = bytes[at] & 0xFF;
      int length = 1;
      String wrong = null;
      if (c == '"') {
        return new Scan(at + 1, flaw);
      } else if (c == '\n' || c == '\r') {
        break;
      } else if (c < 0x20 || c == 0x7F) {
        wrong = "illegal control character in string";
      } else if (c == '\\') {
        length = escapeLength(bytes, at);
        if (length < 0) {
          wrong = "illegal escape in string";
          length = 1;
        }
      } else if (c >= 0x80) {
        length = Utf8.length(bytes, at);
        if (length < 0) {
          wrong = "malformed UTF-8 encoding";
          length = 1;
        }
      }
      if (wrong != null && flaw == null) {
        flaw = new Flaw(at, wrong);
      }
      at += length;
    }
    return new Scan(at, new Flaw(start, "unclosed string"));
  }

  private static int escapeLength(byte[] bytes, int at) {
    if (at + 1 >= bytes.length) {
      return -1;
    }
    return switch (bytes[at + 1]) {
      case 't', 'n', 'r', '"', '\'', '\\' -> 2;
      case 'u' -> unicodeEscapeLength(bytes, at);
      default -> {
        boolean hex =
            at + 2 < bytes.length
                && NumberLiteral.hexDigit(bytes[at + 1]) >= 0
                && NumberLiteral.hexDigit(bytes[at + 2]) >= 0;
        yield hex ? 3 : -1;
      }
    };
  }

  private static int unicodeEscapeLength(byte[] bytes, int at) {
    int i = at + 3;
    if (i >= bytes.length || bytes[at + 2] != '{') {
      return -1;
    }
    int end = NumberLiteral.digits(bytes, i, bytes.length, true);
    if (end < 0 || end >= bytes.length || bytes[end] != '}') {
      return -1;
    }
    int value = unicodeValue(bytes, i);
    boolean scalar = value < 0xD800 || (value >= 0xE000 && value < 0x110000);
    return scalar ? end + 1 - at : -1;
  }

  /** The number before the closing brace, or 0x110000 if it is larger than any character. */
  private static int unicodeValue(byte[] bytes, int start) {
    int value = 0;
    for (int i = start; bytes[i] != '}'; i++) {
      if (bytes[i] != '_') {
        value = Math.min(16 * value + NumberLiteral.hexDigit(bytes[i]), 0x110000);
      }
    }
    return value;
  }

  /** The bytes a string stands for; {@link #scan} has found no flaw in it. */
  static byte[] decode(byte[] bytes, int start, int end) {
    byte[] out = new byte[end - start - 2];
    int size = 0;
    int at = start + 1;
    while (at < end - 1) {
      byte c = bytes[at++];
      if (c != '\\') {
        out[size++] = c;
        continue;
      }
      byte escaped = bytes[at++];
      switch (escaped) {
        case 't' -> out[size++] = '\t';
        case 'n' -> out[size++] = '\n';
        case 'r' -> out[size++] = '\r';
        case '"', '\'', '\\' -> out[size++] = escaped;
        case 'u' -> {
          size = Utf8.encode(unicodeValue(bytes, at + 1), out, size);
          while (bytes[at++] != '}') {
            // The value has been read already.
          }
        }
        default -> {
          int high = NumberLiteral.hexDigit(escaped);
          out[size++] = (byte) ((high << 4) | NumberLiteral.hexDigit(bytes[at++]));
        }
      }
    }
    return size == out.length ? out : Arrays.copyOf(out, size);
  }

  /** Text in UTF-8, or null if the bytes are not UTF-8. */
  static @Nullable String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
