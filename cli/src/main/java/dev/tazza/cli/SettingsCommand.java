package dev.tazza.cli;

import dev.tazza.CompilerSetting;
import dev.tazza.Config;
import java.util.List;
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
    List<CompilerSetting> settings = Config.compilerSettings();
    int width = settings.stream().mapToInt(each -> assignment(each).length()).max().orElse(1);
    for (CompilerSetting setting : settings) {
      String line = ("%-" + width + "s  %s").formatted(assignment(setting), setting.description());
      spec.commandLine().getOut().println(line);
    }
    return 0;
  }

  private static String assignment(CompilerSetting setting) {
    return setting.name() + "=" + setting.value();
  }
}
