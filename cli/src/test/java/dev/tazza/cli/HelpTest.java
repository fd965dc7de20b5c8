package dev.tazza.cli;

import static dev.tazza.cli.Tazza.assertOneLine;
import static dev.tazza.cli.Tazza.tazza;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command says of itself: help, suggestions, completion, manual pages. */
class HelpTest {
  @TempDir private Path folder;

  /** The list of commands has the first of a command's lines alone. */
  @Test
  void eachCommandIsDescribedByASentence() {
    for (CommandLine command : new CommandLine(Main.class).getSubcommands().values()) {
      String[] lines = command.getCommandSpec().usageMessage().description();
      assertTrue(lines[0].endsWith("."), command.getCommandName() + ": " + lines[0]);
    }
  }

  @Test
  void whatWasMeant() {
    assertOneLine(2, "did you mean 'run'?", tazza("rnu", "x"));
    assertOneLine(2, "did you mean 'compile'?", tazza("compil", "x"));
    assertOneLine(2, "did you mean 'tazza run hello.wasm'?", tazza("hello.wasm"));
    assertOneLine(2, "there is no command 'quark'", tazza("quark"));
    assertOneLine(2, "there is no command 'claer'; did you mean 'clear'?", tazza("cache", "claer"));
    assertOneLine(2, "'--dri'; did you mean '--dir'?", tazza("run", "--dri", ".", "x.wasm"));
    assertOneLine(2, "did you mean '--max-memory-size'?", tazza("run", "--max-memory=1M", "x"));
    assertOneLine(2, "Unknown option: '-x'\n", tazza("run", "-x", "y.wasm"));
    assertOneLine(2, "tazza: Value for option '--wasm'", tazza("run", "-W", "simd", "x.wasm"));
    assertOneLine(2, "there is no command 'quark'", tazza("quark", "--help"));
    assertEquals(tazza("--help").out(), tazza("help").out());
    assertEquals(tazza("run", "--help").out(), tazza("help", "run").out());
  }

  @Test
  void helpHasNoLineTooLongNorTwoEmptyOnes() {
    for (String[] line :
        new String[][] {{"--help"}, {"run", "--help"}, {"compile", "--help"}, {"wast", "--help"}}) {
      String help = tazza(line).out();
      assertFalse(help.contains("\n\n\n"), help);
      assertTrue(help.lines().allMatch(text -> text.length() <= 80), help);
    }
    String commands = tazza("--help").out();
    commands = commands.substring(commands.indexOf("Commands:"), commands.indexOf("Examples:"));
    assertEquals(1, commands.lines().filter(String::isBlank).count(), commands);
  }

  @Test
  void completionForShells() {
    Tazza.Result result = tazza("generate-completion");
    assertEquals(0, result.status());
    assertTrue(result.out().contains("--dir-read-only"), result.out());
    assertTrue(result.out().contains("complete -F"), result.out());
  }

  @Test
  void manualPages() throws IOException {
    Path pages = folder.resolve("man/man1");
    assertEquals(0, tazza("generate-man-pages", pages.toString()).status());
    String main = Files.readString(pages.resolve("tazza.1"));
    assertTrue(main.contains("\n.SH EXAMPLES\n"), main);
    assertTrue(main.contains("\n.TP\n\\fBcompile\\fR\nCompiles a module"), main);
    String run = Files.readString(pages.resolve("tazza-run.1"));
    assertTrue(run.startsWith(".TH TAZZA\\-RUN 1 "), run);
    assertTrue(run.contains("\ntazza\\-run \\- Runs a WebAssembly program"), run);
    assertTrue(run.contains("\n.TP\n\\fB\\-\\-fuel\\fR=\\fI"), run);
    for (String page : List.of(main, run)) {
      // Nothing but the macros of man(7) begins with a dot.
      assertTrue(
          page.lines()
              .allMatch(line ->
                  !line.startsWith(".") || line.matches("\\.(TH .*|SH [A-Z ]+|TP|PP|nf|fi)")),
          page);
    }
  }
}
