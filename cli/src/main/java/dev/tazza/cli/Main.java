package dev.tazza.cli;

import dev.tazza.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code tazza} command. */
@Command(
    name = "tazza",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    optionListHeading = "%n",
    commandListHeading = "%nCommands:%n",
    description = "Runs WebAssembly programs as native code.",
    footer = {
      "",
      "Examples:",
      "  tazza run hello.wasm                     run a program",
      "  tazza run --dir . tool.wasm in.txt       let it use this directory",
      "  tazza run --invoke add lib.wat 2 3       call one function",
      "  tazza compile app.wasm -o app.tazza      compile once,",
      "  tazza run --allow-precompiled app.tazza  run many times",
      "",
      "`tazza COMMAND --help` tells more. Modules are binary or text.",
      "In bash or zsh, `source <(tazza generate-completion)` completes command lines.",
      "",
      "Status:",
      "    0  success",
      "    1  a module, a file or the output is at fault",
      "    2  a mistake in the command line",
      "  124  the program's --timeout was over",
      "  134  the program trapped",
      "  152  the program used up its --fuel",
      "  141  nobody reads the output any more",
      "  otherwise the program's own",
      "",
      "Environment:",
      "  TAZZA_JAVA_OPTS    options for the JVM, such as -Xmx4g",
      "  TAZZA_STACK_TRACE  if set, errors show where in Tazza they come from"
    },
    subcommands = {
      RunCommand.class,
      CompileCommand.class,
      BindingsCommand.class,
      BuildCommand.class,
      SnapshotCommand.class,
      ValidateCommand.class,
      ExploreCommand.class,
      PrintCommand.class,
      ObjdumpCommand.class,
      WastCommand.class,
      SettingsCommand.class,
      CacheCommand.class,
      AutoComplete.GenerateCompletion.class,
      ManCommand.class,
      HelpCommand.class
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
    if (isRun(args)) {
      Engine.prepare(); // the longest way: before all else
    }
    Output.install();
    int status = executeIntact(args);
    Runtime.getRuntime().halt(status);
  }

  /** Runs the command if its arguments are as they were given, and returns its status. */
  static int executeIntact(String... args) {
    int status = CommandLineText.isIntact(args) ? execute(args) : CommandLine.ExitCode.USAGE;
    System.out.flush();
    System.err.flush();
    return status;
  }

  /** Runs the command and returns its status. */
  static int execute(String... args) {
    try {
      RunCommand plain = isRun(args) ? RunCommand.plain(withoutFirst(args)) : null;
      return plain != null ? plain.call() : executeParsed(args);
    } catch (Throwable e) {
      return ErrorReporter.report(e, new PrintWriter(System.err, true));
    }
  }

  private static int executeParsed(String[] args) throws IOException {
    try (Output out = Output.standard()) {
      CommandLine command = command(args);
      return command
          .registerConverter(Long.class, new NumberConverter.OfLong())
          .registerConverter(Long.TYPE, new NumberConverter.OfLong())
          .registerConverter(Integer.class, new NumberConverter.OfInteger())
          .registerConverter(Integer.TYPE, new NumberConverter.OfInteger())
          .setOut(out.printer())
          .setExecutionExceptionHandler(new ErrorReporter())
          .setParameterExceptionHandler(Main::usageError)
          .execute(isRun(args) ? withoutFirst(args) : known(command, args));
    }
  }

  /** Of the arguments of a command that there is not, only its name: no --help makes up for it. */
  private static String[] known(CommandLine command, String[] args) {
    boolean isUnknown =
        args.length > 0
            && !args[0].startsWith("-")
            && !command.getSubcommands().containsKey(args[0]);
    return isUnknown ? new String[] {args[0]} : args;
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
    CommandLine command = error.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println("tazza: " + message(error, command));
    err.println("Try '" + name + " --help'.");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static String message(ParameterException error, CommandLine command) {
    String message = String.valueOf(error.getMessage());
    if (error instanceof UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().getFirst();
      if (word.startsWith("--")) {
        // Without its value.
        return message
            + meant(word.split("=", 2)[0], command.getCommandSpec().optionsMap().keySet());
      }
      if (!word.startsWith("-") && !command.getSubcommands().isEmpty()) {
        return "there is no command '" + word + "'" + meantCommand(word, command);
      }
    }
    // Where a KEY=VALUE has no value, picocli says the word twice.
    return message.replace("option option", "option");
  }

  private static String meantCommand(String word, CommandLine command) {
    boolean isFile = word.indexOf('.') >= 0 || word.indexOf('/') >= 0;
    return isFile && command.getCommandSpec().userObject() instanceof Main
        ? "; did you mean 'tazza run " + word + "'?"
        : meant(word, command.getSubcommands().keySet());
  }

  /** What somebody may have meant who wrote {@code word}. */
  private static String meant(String word, Set<String> possible) {
    for (String each : possible) {
      if (CommandLineText.isSimilar(word, each)) {
        return "; did you mean '" + each + "'?";
      }
    }
    return "";
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
