package com.example.spark;

import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The module in an executor: one engine and one module in the process, and an instance for each
 * thread, since a store serves one thread at a time. Threads of executors stay, and what they have
 * goes with them.
 */
final class DistanceGuest {
  private static final Engine ENGINE = new Engine();
  private static final Module MODULE = load();
  private static final ThreadLocal<Distance.Exports> MINE =
      ThreadLocal.withInitial(DistanceGuest::instance);

  private DistanceGuest() {}

  /** The exports of this thread's instance. */
  static Distance.Exports mine() {
    return MINE.get();
  }

  private static Module load() {
    try {
      return Distance.load(ENGINE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Distance.Exports instance() {
    Store<Void> store = new Store<>(ENGINE);
    Instance instance = new Linker<Void>(ENGINE).instantiate(store, MODULE);
    return Distance.exports(instance);
  }
}
