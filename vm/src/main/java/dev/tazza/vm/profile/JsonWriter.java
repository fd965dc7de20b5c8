package dev.tazza.vm.profile;

import java.io.IOException;
import java.io.Writer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259), value by value; commas are put where they belong. */
final class JsonWriter {
  private final Writer out;
  private boolean needsComma;

  JsonWriter(Writer out) {
    this.out = out;
  }

  JsonWriter open(char bracket) throws IOException {
    comma();
    out.write(bracket);
    needsComma = false;
    return this;
  }

  JsonWriter close(char bracket) throws IOException {
    out.write(bracket);
    needsComma = true;
    return this;
  }

  /** The name of a member, whose value follows. */
  JsonWriter name(String name) throws IOException {
    comma();
    string(name);
    out.write(':');
    needsComma = false;
    return this;
  }

  /** A member: null, a text, a number or a truth. */
  JsonWriter member(String name, @Nullable Object value) throws IOException {
    return name(name).value(value);
  }

  JsonWriter value(@Nullable Object value) throws IOException {
    comma();
    if (value instanceof String text) {
      string(text);
    } else {
      out.write(String.valueOf(value)); // null, numbers that are finite, true, false
    }
    needsComma = true;
    return this;
  }

  /** A member that is a list of {@code count} values. */
  JsonWriter column(String name, int count, IntFunction<? extends @Nullable Object> value)
      throws IOException {
    name(name).open('[');
    for (int i = 0; i < count; i++) {
      value(value.apply(i));
    }
    return close(']');
  }

  private void comma() throws IOException {
    if (needsComma) {
      out.write(',');
    }
  }

  private void string(String text) throws IOException {
    out.write('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.write('\\');
        out.write(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.write("\\u%04x".formatted((int) c));
      } else {
        out.write(c);
      }
    }
    out.write('"');
  }
}
