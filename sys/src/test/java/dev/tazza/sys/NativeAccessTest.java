package dev.tazza.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NativeAccessTest {

  @Test
  void otherSystemsAreNamed() {
    UnsupportedOperationException other =
        assertThrows(
            UnsupportedOperationException.class, () -> Systems.find("Mac OS X", "aarch64"));
    assertEquals(
        "Tazza runs on Linux on x86-64 so far; this is Mac OS X on aarch64", other.getMessage());
    assertThrows(UnsupportedOperationException.class, () -> Systems.find("Linux", "aarch64"));
    Systems.find("Linux", "amd64");
  }

  /** A program for a JVM that denies native access. */
  static final class Denied {
    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        try {
          Os.host();
        } catch (UnsupportedOperationException denied) {
          System.out.println(denied.getMessage());
        }
      }
    }
  }

  @Test
  void denialSaysWhatToDoEachTime() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Denied.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    String line =
        "Tazza compiles WebAssembly to machine code and the JVM denies it native access; "
            + "start java with --enable-native-access=ALL-UNNAMED\n";
    assertEquals(line + line, output);
    assertTrue(NativeAccess.denialMessage(Os.class.getModule()).contains("--enable-native"));
  }
}
