package dev.tazza.cli;

import dev.tazza.CompilerSetting;
import dev.tazza.Config;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists what {@code -C} can set. */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the compiler's settings, each with its value on this machine.",
      "-C NAME=VALUE sets one for a command."
    })
final class SettingsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    for (CompilerSetting setting : Config.compilerSettings()) {
      String line = "%s=%s    %s".formatted(setting.name(), setting.value(), setting.description());
      spec.commandLine().getOut().println(line);
    }
    return 0;
  }
}
