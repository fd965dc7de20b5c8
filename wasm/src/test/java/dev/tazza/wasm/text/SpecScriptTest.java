package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The specification's own scripts, as far as parsing and validating go. */
class SpecScriptTest {
  @Test
  void everyCommandIsRead() throws IOException {
    List<String> unreadable = new ArrayList<>();
    for (Path file : SharedFiles.find("spec", ".wast", 1)) {
      for (WastDirective command : Wast.parse(Files.readAllBytes(file))) {
        if (command instanceof WastDirective.Unreadable(int line, MalformedException reason)) {
          unreadable.add(file.getFileName() + ":" + line + " " + reason.getMessage());
        }
      }
    }
    assertEquals(List.of(), unreadable);
  }

  @Test
  void malformedTextIsRejectedWithTheExpectedWords() throws IOException {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Path file : SharedFiles.find("spec", ".wast", 1)) {
      for (WastDirective command : Wast.parse(Files.readAllBytes(file))) {
        if (command instanceof WastDirective.AssertMalformed(int line, var module, String message)
            && !(module instanceof WastModule.Binary)) {
          checked++;
          String found = rejection(module);
          if (!found.contains(message) && !found.contains("unsupported: ")) {
            wrong.add(file.getFileName() + ":" + line + " " + found + ", expected " + message);
          }
        }
      }
    }
    assertTrue(checked > 1200);
    // One lane is out of range and there are too few of them: either may be said first.
    wrong.removeIf(
        line -> line.startsWith("simd_const.wast:479 ") && line.contains("out of range"));
    assertEquals(List.of(), wrong);
  }

  private static String rejection(WastModule module) {
    try {
      module.assemble();
      return "accepted";
    } catch (MalformedException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.matches("(?s)\\d+:\\d+: .*"), message);
      return message;
    }
  }

  @Test
  void invalidTextIsInvalidAndFunctionsSayWhere() throws IOException {
    int checked = 0;
    List<String> wrong = new ArrayList<>();
    for (Path file : SharedFiles.find("spec", ".wast", 1)) {
      for (WastDirective command : Wast.parse(Files.readAllBytes(file))) {
        if (command instanceof WastDirective.AssertInvalid(int line, var module, _)
            && !(module instanceof WastModule.Binary)) {
          String problem = problem(module);
          checked++;
          if (!problem.isEmpty()) {
            wrong.add(file.getFileName() + ":" + line + " " + problem);
          }
        }
      }
    }
    assertTrue(checked > 2500);
    assertEquals(List.of(), wrong);
  }

  /** What is wrong with the rejection of an invalid module, empty if nothing is. */
  private static String problem(WastModule module) {
    TextModule text;
    try {
      text = module.assemble();
    } catch (MalformedException e) {
      return e.toString().contains("unsupported: ") ? "" : "malformed: " + e;
    }
    try {
      ModuleReader.read(text.bytes(), Features.DEFAULT);
      return "accepted";
    } catch (ValidationException e) {
      boolean placed = text.locate(e).toString().matches("(?s)[^:]*: \\d+:\\d+: .*");
      // Errors about whole declarations do not know their place.
      return placed || e.functionIndex() < 0 ? "" : "no place: " + e;
    } catch (WasmException e) {
      return e.toString();
    }
  }
}
