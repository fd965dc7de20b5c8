package dev.tazza.cli;

import java.util.Arrays;

/**
 * Runs several commands in one process, as {@code ./tazza} does once to record the JVM's AOT cache:
 * what they load and link, later processes need not; what was hot in them is compiled early.
 *
 * <p>Arguments are those of the commands, with {@code ,} between one and the next.
 */
final class Training {
  private Training() {}

  public static void main(String[] args) {
    HandleShapes.link();
    Output.install();
    int from = 0;
    while (from < args.length) {
      int to = from;
      while (to < args.length && !args[to].equals(",")) {
        to++;
      }
      int status = Main.executeIntact(Arrays.copyOfRange(args, from, to));
      if (status != 0) {
        System.exit(status);
      }
      from = to + 1;
    }
  }
}
