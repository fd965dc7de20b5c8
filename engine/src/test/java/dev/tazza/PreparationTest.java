package dev.tazza;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.sys.SysException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

/** Runs JVMs of their own: there nothing is linked yet, and an engine meets the threads at work. */
class PreparationTest {
  @Test
  void anEngineWaitsForWhatIsBeingPrepared() throws Exception {
    assertEquals("5", run("--enable-native-access=ALL-UNNAMED"));
  }

  @Test
  void theEngineSaysWhatStoodInTheWay() throws Exception {
    String refusal =
        "Tazza compiles WebAssembly to machine code and the JVM denies it native access";
    assertEquals(refusal, run("--illegal-native-access=deny").split(";", 2)[0]);
  }

  @Test
  void theEngineSaysWhatNobodyForesawAndNobodyElseDoes() throws Exception {
    assertEquals(
        "native code cannot be run in this process: java.lang.UnsupportedOperationException:"
            + " Platform does not support native linker",
        run("--enable-native-access=ALL-UNNAMED", "-Djdk.internal.foreign.CABI=UNSUPPORTED"));
  }

  @Test
  void systemCallsThatFailAreToldWithoutTheNamesOfClasses() {
    SysException refused = new SysException("mmap (reserve)", 12, "out of memory (ENOMEM)");
    assertEquals(
        "mmap (reserve): out of memory (ENOMEM)",
        Preparation.firstCause(new ExceptionInInitializerError(refused)));
  }

  private static String run(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  /** Prepares three times, which is two more than are of use, and calls a function. */
  static final class Program {
    public static void main(String[] args) {
      Engine.prepare();
      try (Engine other = Engine.inBackground(new Config());
          Engine engine = Engine.inBackground(other.config());
          Store<String> store = new Store<>(engine, "data")) {
        String add =
            """
            (module
              (func (export "add") (param i32 i32) (result i32)
                local.get 0 local.get 1 i32.add))
            """;
        Module module = Module.compile(engine, add);
        Instance instance = new Linker<String>(engine).instantiate(store, module);
        System.out.println(instance.func("add").as(IntBinaryOperator.class).applyAsInt(2, 3));
      } catch (UnsupportedOperationException refused) {
        System.out.println(refused.getMessage());
      }
    }
  }
}
