package com.example.kafka;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.StoreLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The module in a process of the application: one engine and one module for all its stream threads,
 * and a {@link Guest} for each stream task.
 */
final class MaskingModule {
  private static final Engine ENGINE = new Engine(new Config().consumeFuel(true));
  private static final Module MODULE = load();
  private static final long MOST_MEMORY = 16 << 20;

  private MaskingModule() {}

  private static Module load() {
    try {
      return Mask.load(ENGINE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An instance with a store of its own. Used by one thread at a time. */
  static final class Guest implements AutoCloseable {
    private final Store<Void> store = new Store<>(ENGINE);
    private final Mask.Exports exports;
    private final Memory memory;

    Guest() {
      store.limiter(StoreLimits.builder().memorySize(MOST_MEMORY).build());
      exports = Mask.exports(new Linker<Void>(ENGINE).instantiate(store, MODULE));
      memory = exports.memory();
    }

    /**
     * A text without the numbers in it.
     *
     * @param fuel what that may take, in operators
     * @throws dev.tazza.Trap when it takes more
     */
    String mask(String text, long fuel) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      store.setFuel(fuel);
      int place = exports.place(bytes.length);
      if (place == 0) {
        throw new IllegalArgumentException("a text of " + bytes.length + " bytes is too large");
      }
      memory.write(place, bytes);
      exports.mask(place, bytes.length);
      return memory.readString(place, bytes.length);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
