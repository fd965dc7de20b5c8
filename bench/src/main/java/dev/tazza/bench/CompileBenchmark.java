package dev.tazza.bench;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.testkit.SharedFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Compiling whole programs on one thread, and functions of a megabyte. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx3g"})
public class CompileBenchmark {
  /** A file in {@code shared/bench}, or a {@link LargeFunction} and its size. */
  @Param({
    "sqlite3/sqlite3.wasm",
    "regex/benchmark.wasm",
    "tinygo/tinygo-regex.wasm",
    "blind-sig/benchmark.wasm",
    "branches:1000000",
    "nested:1000000",
    "locals:1000000"
  })
  private String module;

  private Engine engine;
  private byte[] bytes;

  @Setup
  public void setUp() throws IOException {
    String name = module;
    if (name.indexOf(':') < 0) {
      Path folder = SharedFiles.folder("bench");
      if (folder == null) {
        throw new FileNotFoundException("shared/bench");
      }
      name = folder.resolve(name).toString();
    }
    bytes = CompileStages.load(name);
    engine = new Engine(new Config().parallelCompilation(false));
  }

  @TearDown
  public void tearDown() {
    engine.close();
  }

  @Benchmark
  public void compile() {
    Module.compile(engine, bytes).close();
  }
}
