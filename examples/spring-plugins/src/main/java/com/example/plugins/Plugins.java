package com.example.plugins;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.InstancePre;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.StoreLimits;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/** All plug-ins, compiled and linked. Used by many threads. */
@Component
public class Plugins {
  private static final Duration TIME = Duration.ofMillis(500);
  private static final long MEMORY = 16 << 20;

  private final Engine engine = new Engine(new Config().maxWasmStack(256 << 10));
  private final Map<String, InstancePre<Void>> byName = new TreeMap<>();

  public Plugins() throws IOException {
    Linker<Void> linker = new Linker<>(engine);
    for (Resource file :
        new PathMatchingResourcePatternResolver().getResources("classpath:plugins/*.wat")) {
      try (InputStream in = file.getInputStream()) {
        String name = file.getFilename().replace(".wat", "");
        byName.put(name, linker.instantiatePre(Module.compile(engine, in.readAllBytes())));
      }
    }
  }

  public Iterable<String> names() {
    return byName.keySet();
  }

  /** What the plug-in makes of the text; null if there is no such plug-in. */
  public String run(String name, String text) {
    InstancePre<Void> plugin = byName.get(name);
    if (plugin == null) {
      return null;
    }
    try (Store<Void> store = new Store<>(engine)) {
      store.limiter(StoreLimits.builder().memorySize(MEMORY).build());
      return store.callWithTimeout(
          TIME, () -> answer(plugin.instantiate(store).as(Plugin.class), text));
    }
  }

  private static String answer(Plugin plugin, String text) {
    byte[] input = text.getBytes(StandardCharsets.UTF_8);
    plugin.memory().write(Integer.toUnsignedLong(plugin.input(input.length)), input);
    long answer = plugin.run(input.length);
    return plugin.memory().readString(answer >>> 32, (int) answer);
  }

  @PreDestroy
  void close() {
    engine.close();
  }
}
