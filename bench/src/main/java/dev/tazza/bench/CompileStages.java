package dev.tazza.bench;

import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Observer;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.regalloc.SsaAllocator;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.artifact.Artifact;
import dev.tazza.environ.artifact.ModuleVersion;
import dev.tazza.environ.artifact.Origin;
import dev.tazza.sandbox.SandboxVerifier;
import dev.tazza.translate.ModuleCompiler;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.binary.ModuleDecoder;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.validate.ModuleValidator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Prints where the time of warm compilation goes: a table of stages by modules, in nanoseconds a
 * byte of wasm, on one thread; below it the bytes allocated for a byte of wasm, the rate, and a
 * checksum of the artifact.
 *
 * <pre>java -cp bench/target/benchmarks.jar dev.tazza.bench.CompileStages [-n ROUNDS] MODULE…</pre>
 *
 * A module is a file, or a {@link LargeFunction} and its size: {@code nested:1000000}. Every module
 * is compiled once to see that it can be, and then in each round; the fastest round counts.
 */
final class CompileStages {
  private record Result(String name, int size, StageTimes times, long checksum) {}

  private CompileStages() {}

  public static void main(String[] args) throws IOException {
    int rounds = 10;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("-n")) {
        rounds = Integer.parseInt(args[++i]);
      } else {
        names.add(args[i]);
      }
    }
    List<byte[]> modules = new ArrayList<>();
    for (Iterator<String> i = names.iterator(); i.hasNext(); ) {
      String name = i.next();
      byte[] module = load(name);
      try {
        measure(name, module);
        modules.add(module);
      } catch (UnsupportedOperationException e) {
        System.err.println(name + ": " + e.getMessage());
        i.remove();
      }
    }
    Result[] best = new Result[modules.size()];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < best.length; i++) {
        Result result = measure(names.get(i), modules.get(i));
        if (best[i] == null || result.times.nanos() < best[i].times.nanos()) {
          best[i] = result;
        }
      }
    }
    print(best);
  }

  /** A file, or a large function in the form {@code shape:size}. */
  static byte[] load(String name) throws IOException {
    int colon = name.indexOf(':');
    if (colon < 0) {
      return Files.readAllBytes(Path.of(name));
    }
    LargeFunction shape = LargeFunction.valueOf(name.substring(0, colon).toUpperCase(Locale.ROOT));
    return shape.module(Integer.parseInt(name.substring(colon + 1)));
  }

  /** Compiles on this thread, for a processor that has everything. */
  static CompiledModule compile(byte[] bytes, StageTimes times) {
    WasmModule module = ModuleDecoder.decode(bytes, ModuleLimits.DEFAULT);
    times.stage("decode");
    new ModuleValidator(module, Features.DEFAULT, ModuleLimits.DEFAULT).validate();
    times.stage("validate");
    return compiler(times).compile(module);
  }

  private static ModuleCompiler compiler(Observer observer) {
    Settings settings =
        new Settings(
            Effort.SPEED,
            false,
            Set.copyOf(X64Isa.INSTANCE.features()),
            StoreContext.STACK_LIMIT,
            TrapCode.STACK_OVERFLOW.code());
    return new ModuleCompiler(
        new Compiler(X64Isa.INSTANCE, new SsaAllocator(), settings, observer),
        Tunables.DEFAULT,
        false,
        false);
  }

  private static Result measure(String name, byte[] bytes) {
    StageTimes times = new StageTimes();
    times.start();
    CompiledModule compiled = compile(bytes, times);
    times.stage("link");
    SandboxVerifier.of(compiled).verifyAll();
    times.stage("verify");
    CRC32 checksum = new CRC32();
    Origin nobody =
        new Origin("", 0, 0, Features.DEFAULT, Tunables.DEFAULT, List.of(), ModuleVersion.NONE);
    checksum.update(Artifact.write(compiled, 0, nobody));
    return new Result(shortName(name), bytes.length, times, checksum.getValue());
  }

  private static String shortName(String name) {
    Path path = Path.of(name);
    Path folder = path.getParent();
    boolean vague = path.getFileName().toString().equals("benchmark.wasm") && folder != null;
    return (vague ? folder.getFileName() : path.getFileName()).toString().replace(".wasm", "");
  }

  private static void print(Result[] results) {
    Set<String> stages = new LinkedHashSet<>();
    System.out.printf("%-24s", "ns per byte");
    for (Result result : results) {
      stages.addAll(result.times.costs().keySet());
      System.out.printf(" %16s", result.name);
    }
    System.out.println();
    for (String stage : stages) {
      System.out.printf("%-24s", stage);
      for (Result result : results) {
        StageTimes.Cost cost = result.times.costs().getOrDefault(stage, new StageTimes.Cost());
        System.out.printf(
            " %9.1f %6.1f", (double) cost.nanos / result.size, (double) cost.bytes / result.size);
      }
      System.out.println();
    }
    System.out.printf("%-24s", "all (and allocated)");
    for (Result result : results) {
      System.out.printf(
          " %9.1f %6.1f",
          (double) result.times.nanos() / result.size, (double) result.times.bytes() / result.size);
    }
    System.out.printf("%n%-24s", "MB a second");
    for (Result result : results) {
      System.out.printf(" %16.2f", 1e3 * result.size / result.times.nanos());
    }
    System.out.printf("%n%-24s", "checksum");
    for (Result result : results) {
      System.out.printf(" %16x", result.checksum);
    }
    System.out.println();
  }
}
