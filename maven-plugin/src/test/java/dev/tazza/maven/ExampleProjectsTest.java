package dev.tazza.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Examples that are projects of their own, built and tested as their users do it: those that need
 * nothing but what this build has. {@code tool/examples} does all of them.
 */
class ExampleProjectsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"json-path", "script-scheduler"})
  void anExampleIsBuiltAndItsTestsPass(String example) throws Exception {
    assumeTrue(ForkedMaven.isThere(), "there is no Maven to build examples with");
    try (ForkedMaven maven = ForkedMaven.in(folder)) {
      Path sources = maven.root().resolve("examples").resolve(example);
      Path project = ForkedMaven.copy(sources, folder.resolve(example));
      ForkedMaven.Result result = maven.build(project, "verify");
      assertEquals(0, result.status(), result.output());
      assertTrue(result.output().contains("Failures: 0"), result.output());
      assertTrue(!result.output().contains("Tests run: 0"), result.output());
    }
  }
}
