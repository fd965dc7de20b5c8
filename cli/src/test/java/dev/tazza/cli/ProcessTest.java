package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, for what only a process has. */
@Timeout(120)
class ProcessTest {
  @TempDir private Path folder;

  private record Result(int status, String output) {}

  /** Runs a line of the shell in which {@code tazza} is the command. */
  private Result shell(String line) throws IOException, InterruptedException {
    String script =
        """
        tazza() {
          LC_ALL=C.UTF-8 "$JAVA" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC $HEAP \
            --enable-native-access=ALL-UNNAMED -cp "$CLASSES" dev.tazza.cli.Main "$@"
        }
        """;
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script + line);
    builder.directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("CLASSES", System.getProperty("java.class.path"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    builder.environment().put("JAVA", java.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    return new Result(process.waitFor(), output);
  }

  /** A module whose text is some megabytes long. */
  private void writeLargeModule() throws IOException {
    StringBuilder text = new StringBuilder("(module\n");
    for (int i = 0; i < 3000; i++) {
      text.append("(func (result i32) ")
          .append("i32.const 1 i32.const 2 i32.add drop ".repeat(20))
          .append("i32.const 3)\n");
    }
    Files.writeString(folder.resolve("large.wat"), text.append(")"));
  }

  @Test
  void outputThatNobodyReadsEndsTheCommand() throws Exception {
    writeLargeModule();
    Result result = shell("{ tazza print large.wat; echo $? >status; } | head -1; cat status");
    assertEquals("(module\n141\n", result.output);
  }

  @Test
  void aFullDiskIsAFailure() throws Exception {
    writeLargeModule();
    Result result = shell("tazza print large.wat >/dev/full");
    assertEquals("tazza: cannot write the output: No space left on device\n", result.output);
    assertEquals(1, result.status);
    assertEquals(1, shell("tazza --version >/dev/full").status);
  }

  @Test
  void aHeapThatIsTooSmallIsOneLine() throws Exception {
    writeLargeModule();
    Result result = shell("HEAP=-Xmx12m; tazza compile large.wat");
    assertEquals(1, result.status, result.output);
    assertEquals(
        "tazza: large.wat: out of memory: the Java heap is limited to 12 MB; allow more with"
            + " TAZZA_JAVA_OPTS=-Xmx256m\n",
        result.output.replace("limited to 11 MB", "limited to 12 MB"));
  }

  @Test
  void argumentsAreRefusedThatAreNotUtf8() throws Exception {
    Result result = shell("tazza run \"$(printf 'x\\377.wasm')\"");
    assertEquals(2, result.status);
    assertTrue(result.output.startsWith("tazza: argument 2 is not UTF-8"), result.output);
    assertEquals(1, shell("tazza run \"$(printf '\\357\\277\\275')\"").status);
  }

  @Test
  void aProfilersFileThatCannotBeWrittenIsOneLine() throws Exception {
    writeLargeModule();
    Result result = shell("JITDUMPDIR=$PWD/none tazza run --profile jitdump large.wat");
    assertEquals(1, result.status);
    assertTrue(result.output.startsWith("tazza: the profiler's file cannot be"), result.output);
    assertEquals(1, result.output.lines().count(), result.output);
  }

  @Test
  void compiledModulesAreKept() throws Exception {
    writeLargeModule();
    String cache = "export XDG_CACHE_HOME=$PWD/cache XDG_CONFIG_HOME=$PWD/config; ";
    String run = "tazza run --invoke none large.wat 2>/dev/null; ";
    Result result = shell(cache + run + run + "tazza cache; tazza cache clear; tazza cache show");
    assertEquals(0, result.status, result.output);
    assertTrue(result.output.contains("/cache/tazza\nmodules           1 of 65536"), result.output);
    assertTrue(result.output.contains("modules           0 of 65536"), result.output);
    Result without = shell(cache + run.replace("run", "run --no-cache") + "tazza cache");
    assertTrue(without.output.contains("modules           0 of 65536"), without.output);
    shell("chmod go+w cache/tazza");
    Result open = shell(cache + "tazza run --invoke none large.wat; tazza cache");
    assertTrue(open.output.contains("no exported function"), open.output);
    assertTrue(open.output.contains("cache/tazza: others may write"), open.output);
    shell("chmod go-w cache/tazza");
    Files.createDirectories(folder.resolve("config/tazza"));
    Files.writeString(folder.resolve("config/tazza/config.toml"), "[cache]\nsize = 1\n");
    Result mistake = shell(cache + "tazza cache");
    assertEquals(1, mistake.status);
    assertTrue(mistake.output.contains("config.toml:2:1: cache.size: unknown"), mistake.output);
  }
}
