package dev.tazza.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the manual: a page for each command. */
@Command(
    name = "generate-man-pages",
    mixinStandardHelpOptions = true,
    parameterListHeading = "%n",
    description = {
      "Writes the manual pages: tazza.1, tazza-run.1 and so on.",
      "`man FOLDER/tazza-run.1` shows one; in a folder man1 of those that `manpath` tells, man"
          + " finds them."
    })
final class ManCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FOLDER", description = "Where to write; it is made if need be.")
  private Path folder = Path.of("");

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(folder);
    Map<String, CommandSpec> commands = new TreeMap<>();
    CommandSpec root = spec.root();
    commands.put(root.name(), root);
    root.subcommands()
        .forEach((name, command) -> {
          if (!(command.getCommandSpec().userObject() instanceof HelpCommand)) {
            commands.put(root.name() + "-" + name, command.getCommandSpec());
          }
        });
    for (Map.Entry<String, CommandSpec> command : commands.entrySet()) {
      Files.writeString(
          folder.resolve(command.getKey() + ".1"),
          new ManPage(command.getKey(), command.getValue(), commands.keySet()).text());
    }
    return 0;
  }
}
