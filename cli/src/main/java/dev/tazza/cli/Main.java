package dev.tazza.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code tazza} command. */
@Command(
    name = "tazza",
    version = "tazza 0.1.0",
    mixinStandardHelpOptions = true,
    description = "Runs WebAssembly programs as native code.")
public final class Main implements Runnable {
  private Main() {}

  /** Runs the command and exits the JVM with its status. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
