package dev.tazza.vm.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.sys.CodePage;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.Os;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals that are not the guest's do what they did before us; each case ends a process. */
class PreviousHandlerTest {
  private static final Signals SIGNALS = Os.host().signals();

  private static byte[] divideByZero() {
    Assembler code = new Assembler();
    code.zero(Registers.RCX);
    code.bytes(new byte[] {(byte) 0xf7, (byte) 0xf1}); // div ecx
    code.ret();
    return code.finish();
  }

  @TempDir private Path directory;

  /** The process under test: what was there before, how the signal comes. */
  static final class Victim {
    public static void main(String[] arguments) {
      Os os = Os.host();
      SignalAction jvm = os.signalAction(SIGNALS.fpe());
      long handler =
          switch (arguments[0]) {
            case "default" -> SignalAction.DEFAULT;
            case "ignore" -> SignalAction.IGNORE;
            default -> jvm.handler();
          };
      os.exchangeSignalAction(SIGNALS.fpe(), new SignalAction(handler, jvm.flags(), jvm.mask()));
      TrapSignals.install();
      switch (arguments[1]) {
        case "sent" -> NativeCall.invoke(NativeCall.symbol("raise"), SIGNALS.fpe(), 0, 0);
        case "fault" -> NativeCall.invoke(CodePage.map(divideByZero()), 0, 0, 0);
        default -> {
          // In the code range, but r15 is the JVM's.
          GuestCode code = new GuestCode();
          long function = code.function();
          code.op(0x0f, 0x0b); // ud2
          code.publish();
          NativeCall.invoke(function, 0, 0, 0);
        }
      }
      System.out.println("alive");
    }
  }

  private record Result(int status, String output) {}

  private Result run(String previous, String how) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                previous,
                how)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  @Test
  void defaultAction() throws IOException, InterruptedException {
    assertEquals(128 + SIGNALS.fpe(), run("default", "sent").status);
    assertEquals(128 + SIGNALS.fpe(), run("default", "fault").status);
  }

  @Test
  void ignoredSignalsStayIgnoredButFaultsDoNot() throws IOException, InterruptedException {
    Result sent = run("ignore", "sent");
    assertEquals("alive\n", sent.output);
    assertEquals(0, sent.status);
    assertEquals(128 + SIGNALS.fpe(), run("ignore", "fault").status);
  }

  @Test
  void theJvmReportsWhatIsNotOurs() throws IOException, InterruptedException {
    Result fault = run("jvm", "fault");
    assertTrue(fault.output.contains("SIGFPE"), fault.output);
    assertNotEquals(0, fault.status);
    Result withoutContext = run("jvm", "without context");
    assertTrue(withoutContext.output.contains("SIGILL"), withoutContext.output);
    assertNotEquals(0, withoutContext.status);
  }
}
