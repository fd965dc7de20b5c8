package dev.tazza.cli;

import dev.tazza.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A page of the manual, in the macros of man(7), from what the command says of itself in its help.
 */
final class ManPage {
  private final String name;
  private final CommandSpec command;
  private final Set<String> all;
  private final StringBuilder out = new StringBuilder();

  /**
   * @param name of the page: {@code tazza-run}
   * @param all names of all pages
   */
  ManPage(String name, CommandSpec command, Set<String> all) {
    this.name = name;
    this.command = command;
    this.all = all;
  }

  String text() {
    List<String> description = paragraphs(command);
    out.append(".TH ").append(escape(name.toUpperCase(Locale.ROOT))).append(" 1 \"\" \"tazza ");
    out.append(Engine.VERSION).append("\" \"Tazza\"\n");
    section("NAME");
    line(name + " - " + first(description));
    section("SYNOPSIS");
    out.append(".nf\n");
    verbatim(synopsis());
    out.append(".fi\n");
    section("DESCRIPTION");
    for (String paragraph : description) {
      line(paragraph);
      out.append(".PP\n");
    }
    if (!command.positionalParameters().isEmpty()) {
      section("ARGUMENTS");
      for (PositionalParamSpec parameter : command.positionalParameters()) {
        entry("\\fI" + escape(parameter.paramLabel()) + "\\fR", parameter);
      }
    }
    section("OPTIONS");
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        entry(names(option), option);
      }
    }
    if (!command.subcommands().isEmpty()) {
      section("COMMANDS");
      command
          .subcommands()
          .forEach((sub, line) -> {
            if (line.getCommandSpec().userObject() instanceof HelpCommand) {
              return; // a page has no use for it
            }
            out.append(".TP\n\\fB").append(escape(sub)).append("\\fR\n");
            line(first(paragraphs(line.getCommandSpec())));
          });
    }
    footer(command.usageMessage().footer());
    section("SEE ALSO");
    StringJoiner others = new StringJoiner(", ");
    all.stream().filter(each -> !each.equals(name)).forEach(each -> others.add(each + "(1)"));
    line(others.toString());
    return out.toString();
  }

  private String synopsis() {
    Help.ColorScheme plain = Help.defaultColorScheme(Help.Ansi.OFF);
    String text = new Help(command, plain).synopsis(0).stripTrailing();
    return name.equals("tazza-run") ? text.replaceFirst("^run", "tazza run") : text;
  }

  /** The lines of a description; sentences may go on in the next one. */
  private static List<String> paragraphs(CommandSpec command) {
    List<String> paragraphs = new ArrayList<>();
    for (String line : command.usageMessage().description()) {
      boolean isNew = paragraphs.isEmpty() || paragraphs.getLast().endsWith(".");
      paragraphs.add(isNew ? line : paragraphs.removeLast() + " " + line);
    }
    return paragraphs;
  }

  private static String first(List<String> description) {
    String text = description.isEmpty() ? "" : description.getFirst();
    int end = text.indexOf(". ");
    text = end < 0 ? text : text.substring(0, end);
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static String names(OptionSpec option) {
    StringJoiner names = new StringJoiner(", ");
    for (String each : option.names()) {
      names.add("\\fB" + escape(each) + "\\fR");
    }
    boolean takesValue = option.arity().max() > 0;
    return names + (takesValue ? "=\\fI" + escape(option.paramLabel()) + "\\fR" : "");
  }

  private void entry(String title, ArgSpec arg) {
    out.append(".TP\n").append(title).append('\n');
    for (String each : arg.description()) {
      line(each);
    }
  }

  /** Paragraphs of one line without indentation that end with a colon are headings. */
  private void footer(String[] lines) {
    boolean isVerbatim = false;
    String before = "";
    for (String line : lines) {
      String each = line.replace("%%", "%"); // picocli formats them
      boolean isHeading = each.endsWith(":") && !each.startsWith(" ") && before.isEmpty();
      before = each;
      boolean wantsVerbatim = each.startsWith(" ");
      if (isVerbatim != wantsVerbatim) {
        out.append(wantsVerbatim ? ".nf\n" : ".fi\n");
        isVerbatim = wantsVerbatim;
      }
      if (isHeading) {
        section(each.substring(0, each.length() - 1).toUpperCase(Locale.ROOT));
      } else if (each.isEmpty()) {
        out.append(".PP\n");
      } else {
        verbatim(each);
      }
    }
    out.append(isVerbatim ? ".fi\n" : "");
  }

  private void section(String title) {
    out.append(".SH ").append(title).append('\n');
  }

  private void line(String text) {
    verbatim(CommandLine.Help.Ansi.OFF.string(text));
  }

  private void verbatim(String text) {
    text.lines()
        .forEach(each -> {
          // A line that begins so would be a request.
          boolean isRequest = each.startsWith(".") || each.startsWith("'");
          out.append(isRequest ? "\\&" : "").append(escape(each)).append('\n');
        });
  }

  private static String escape(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
