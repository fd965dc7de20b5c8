package dev.tazza.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.plugin.MojoExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Java compiles modules. */
class JavaCommandTest {
  @TempDir Path folder;

  private String jdk(String version) throws IOException {
    Path home = folder.resolve(version);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return Files.writeString(home.resolve("bin/java"), "").toString();
  }

  @Test
  void whatIsConfiguredGoesBeforeTheToolchainAndThatBeforeOurs() throws Exception {
    String configured = jdk("25.0.1");
    String toolchain = jdk("26");
    assertEquals(configured, JavaCommand.choose(configured, toolchain).executable());
    assertEquals(toolchain, JavaCommand.choose(null, toolchain).executable());
    assertTrue(
        JavaCommand.choose(null, null).executable().startsWith(System.getProperty("java.home")));
  }

  @Test
  void oneThatIsTooOldIsRefused() throws Exception {
    String old = jdk("17.0.15");
    MojoExecutionException refused =
        assertThrows(MojoExecutionException.class, () -> JavaCommand.choose(old, null));
    assertTrue(refused.getMessage().contains("is a Java 17, and 25 or newer"), refused::getMessage);
  }
}
