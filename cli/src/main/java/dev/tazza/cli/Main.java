package dev.tazza.cli;

import dev.tazza.Engine;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code tazza} command. */
@Command(
    name = "tazza",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs WebAssembly programs as native code.",
    footer = {
      "",
      "Examples:",
      "  tazza run hello.wasm                     run a program",
      "  tazza run --dir . tool.wasm in.txt       ... that may use the current directory",
      "  tazza run --invoke add lib.wat 2 3       call one function and print its result",
      "  tazza compile app.wasm -o app.tazza      compile once,",
      "  tazza run --allow-precompiled app.tazza  ... run many times",
      "",
      "`tazza COMMAND --help` tells more. Modules can be in the binary or the text format."
    },
    subcommands = {
      RunCommand.class,
      CompileCommand.class,
      ValidateCommand.class,
      PrintCommand.class,
      ObjdumpCommand.class,
      WastCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {}

  /** Reads the version from the engine. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tazza " + Engine.VERSION};
    }
  }

  /** Runs the command and exits the JVM with its status. */
  public static void main(String[] args) {
    int status = execute(args);
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }

  /** Runs the command and returns its status. */
  static int execute(String... args) {
    RunCommand plain = isRun(args) ? RunCommand.plain(withoutFirst(args)) : null;
    if (plain != null) {
      return runPlain(plain);
    }
    return command(args)
        .setExecutionExceptionHandler(new ErrorReporter())
        .setParameterExceptionHandler(Main::usageError)
        .execute(isRun(args) ? withoutFirst(args) : args);
  }

  private static int runPlain(RunCommand command) {
    try {
      return command.call();
    } catch (Exception e) {
      return ErrorReporter.report(e, new PrintWriter(System.err, true));
    }
  }

  /**
   * The command with all its subcommands; but for {@code run} that one alone: its start shall not
   * pay for describing the others.
   */
  private static CommandLine command(String[] args) {
    return isRun(args) ? runCommandLine(new RunCommand()) : new CommandLine(new Main());
  }

  static CommandLine runCommandLine(RunCommand command) {
    // What follows the program's file is for the program: dashes, @ and all.
    return new CommandLine(command)
        .setCommandName("tazza run")
        .setExpandAtFiles(false)
        .setStopAtPositional(true);
  }

  private static String[] withoutFirst(String[] args) {
    return Arrays.copyOfRange(args, 1, args.length);
  }

  private static boolean isRun(String[] args) {
    return args.length > 0 && args[0].equals("run");
  }

  private static int usageError(ParameterException error, String[] args) {
    PrintWriter err = error.getCommandLine().getErr();
    err.println("tazza: " + error.getMessage());
    err.println("Try '" + error.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
