package com.example;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;

/** Counts words by the module of the project, with what its build has compiled. */
public class Main {
  public static void main(String[] args) throws Exception {
    // Nothing else would do: this engine does not compile.
    Config config = new Config().consumeFuel(true).enableCompiler(false);
    try (Engine engine = new Engine(config);
        Module module = WordCount.load(engine);
        Store<Void> store = new Store<>(engine)) {
      store.setFuel(1000);
      Linker<Void> linker = new Linker<>(engine);
      WordCount.define(linker, at -> System.out.println("a word ends at " + at));
      Instance instance = linker.instantiate(store, module);
      WordCount.Exports words = WordCount.exports(instance);
      int length = words.memory().writeString(0, "three small words");
      System.out.println(words.countWords(length));
    }
  }
}
