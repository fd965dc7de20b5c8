package com.example.jsonpath;

import dev.tazza.Engine;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.StoreLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Selects values of JSON texts by paths such as {@code $.store.book[*].title}: a library in C,
 * which can harm nobody whatever the text is. Thread-safe; calls do not wait for each other.
 *
 * <pre>{@code
 * try (JsonPath json = new JsonPath()) {
 *   List<String> titles = json.select(text, "$.store.book[*].title");
 * }
 * }</pre>
 */
public final class JsonPath implements AutoCloseable {
  /** The most memory for one call, in bytes: about the size of the text, and 8 for each match. */
  private static final long MEMORY = 256 << 20;

  private static final int BAD_JSON = -1;
  private static final int BAD_PATH = -2;
  private static final int TOO_DEEP = -3;

  private final Engine engine;
  private final Module module;
  private final Linker<Void> linker;

  /** Loads the library: what was compiled when this jar was built, if it fits this machine. */
  public JsonPath() {
    engine = new Engine();
    try {
      module = JsonPathLibrary.load(engine);
    } catch (IOException e) {
      engine.close();
      throw new UncheckedIOException(e);
    }
    linker = new Linker<>(engine);
  }

  /**
   * The values that a path selects, each as it is written in the text.
   *
   * @throws IllegalArgumentException when the text is no JSON, with the place, or the path is none
   */
  public List<String> select(String json, String path) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    byte[] pathBytes = path.getBytes(StandardCharsets.UTF_8);
    // A store is cheap, and with one for each call nobody waits and nothing is left behind.
    try (Store<Void> store = new Store<>(engine)) {
      store.limiter(StoreLimits.builder().memorySize(MEMORY).build());
      JsonPathLibrary.Exports library = JsonPathLibrary.exports(linker.instantiate(store, module));
      int input = library.input(text.length + pathBytes.length);
      if (input == 0) {
        throw new IllegalArgumentException("the text is too long: " + text.length + " bytes");
      }
      Memory memory = library.memory();
      memory.write(input, text);
      memory.write(input + text.length, pathBytes);
      int count = library.select(text.length, pathBytes.length);
      if (count < 0) {
        throw wrong(count, library.errorPosition(), path);
      }
      return matches(memory, input, library.results(), count);
    }
  }

  private static List<String> matches(Memory memory, int input, int results, int count) {
    List<String> matches = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int start = memory.getInt(results + 8 * i);
      int length = memory.getInt(results + 8 * i + 4);
      matches.add(memory.readString(input + start, length));
    }
    return matches;
  }

  private static IllegalArgumentException wrong(int code, int position, String path) {
    return new IllegalArgumentException(
        switch (code) {
          case BAD_JSON -> "no JSON: wrong at byte " + position;
          case BAD_PATH -> "no path: '" + path + "'";
          case TOO_DEEP -> "nested too deeply at byte " + position;
          default -> "too many matches";
        });
  }

  @Override
  public void close() {
    module.close();
    engine.close();
  }
}
