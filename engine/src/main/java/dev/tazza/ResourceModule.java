package dev.tazza;

import dev.tazza.wasm.ArtifactException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A module that the build of an application put beside a class of it: artifacts for some machines,
 * and the module itself for all others.
 *
 * @see Module#ofResource
 */
final class ResourceModule {
  private final Engine engine;
  private final Class<?> beside;
  private final String name;
  private final List<ArtifactException> refused = new ArrayList<>();

  ResourceModule(Engine engine, Class<?> beside, String name) {
    this.engine = engine;
    this.beside = beside;
    this.name = name;
  }

  Module load() throws IOException {
    for (String artifact : artifacts()) {
      try (InputStream in = beside.getResourceAsStream(artifact)) {
        if (in != null) {
          return Module.deserialize(engine, in);
        }
      } catch (ArtifactException other) {
        passOver(artifact, other);
      }
    }
    if (!refused.isEmpty() && !engine.config().enableCompiler()) {
      throw noneFits();
    }
    for (String extension : List.of(".wasm", ".wat")) {
      try (InputStream module = beside.getResourceAsStream(name + extension)) {
        if (module != null) {
          return Module.compile(engine, module.readAllBytes());
        }
      }
    }
    throw new FileNotFoundException(
        "there is no %s.wasm beside the class %s".formatted(name, beside.getName()));
  }

  /** The names of artifacts that there may be, in the order to try them. */
  private List<String> artifacts() throws IOException {
    try (InputStream targets = beside.getResourceAsStream(name + ".targets")) {
      return targets == null
          ? List.of(name + ".tazza")
          : new String(targets.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** It is of another version, with other options, or for another machine. */
  private void passOver(String artifact, ArtifactException reason) {
    refused.add(reason);
    System.Logger logger = System.getLogger("dev.tazza");
    if (logger.isLoggable(System.Logger.Level.DEBUG)) {
      String where = beside.getPackageName().replace('.', '/') + "/" + artifact;
      logger.log(System.Logger.Level.DEBUG, where + ": " + reason.getMessage());
    }
  }

  private ArtifactException noneFits() {
    ArtifactException last = refused.getLast();
    ArtifactException all =
        new ArtifactException(
            "no artifact of %s beside the class %s fits: %s"
                .formatted(name, beside.getName(), last.getMessage()));
    refused.forEach(all::addSuppressed);
    return all;
  }
}
