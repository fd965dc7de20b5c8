package dev.tazza;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.CodeText;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.artifact.Artifact;
import dev.tazza.environ.artifact.Origin;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.isa.Processor;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.Feature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Artifacts, whole and damaged: whatever byte of them is wrong, they are refused. */
class ArtifactTest {
  private static final Engine ENGINE = new Engine();

  private static final byte[] ARTIFACT =
      artifact(
          """
          (module
            (memory 1)
            (data (i32.const 0) "\\2a")
            (table funcref (elem $f $g))
            (func $f (result i32) (i32.load8_u (i32.const 0)))
            (func $g (result i32) (i32.div_u (i32.const 84) (i32.const 2)))
            (func (export "f") (param i32) (result i32)
              (call_indirect (result i32) (local.get 0))))
          """);

  private static byte[] artifact(String text) {
    try (Module module = Module.compile(ENGINE, text)) {
      return module.serialize();
    }
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static void assertRuns(byte[] artifact) {
    try (Module module = Module.deserialize(ENGINE, artifact);
        Store<Void> store = new Store<>(ENGINE)) {
      Func f = new Linker<Void>(ENGINE).instantiate(store, module).func("f");
      assertEquals(42, f.call(0)[0]);
      assertEquals(42, f.call(1)[0]);
    }
  }

  @Test
  void undamagedOnesRun() {
    assertRuns(ARTIFACT);
  }

  @Test
  void filesRun(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("module.tazza"), ARTIFACT);
    try (Module module = Module.deserialize(ENGINE, file);
        Store<Void> store = new Store<>(ENGINE)) {
      Func f = new Linker<Void>(ENGINE).instantiate(store, module).func("f");
      assertEquals(42, f.call(1)[0]);
    }
  }

  @Test
  void filesThatAreNoneAreRefused(@TempDir Path folder) throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThrows(ArtifactException.class, () -> Module.deserialize(ENGINE, empty));
    Path half = Files.write(folder.resolve("half"), Arrays.copyOf(ARTIFACT, ARTIFACT.length / 2));
    assertThrows(ArtifactException.class, () -> Module.deserialize(ENGINE, half));
    assertThrows(IOException.class, () -> Module.deserialize(ENGINE, folder));
    assertThrows(
        NoSuchFileException.class, () -> Module.deserialize(ENGINE, folder.resolve("none")));
  }

  @Test
  void loadedOnesSerializeToArtifactsThatRun() {
    try (Module module = Module.deserialize(ENGINE, ARTIFACT)) {
      assertRuns(module.serialize());
    }
  }

  @Test
  void everyPrefixIsRefused() {
    for (int length = 0; length < ARTIFACT.length; length++) {
      byte[] prefix = Arrays.copyOf(ARTIFACT, length);
      assertThrows(
          ArtifactException.class,
          () -> Module.deserialize(ENGINE, prefix),
          "prefix of " + length + " bytes");
    }
  }

  @Test
  void everyChangedByteIsFound() {
    for (int at = 0; at < ARTIFACT.length; at++) {
      byte[] damaged = ARTIFACT.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      assertThrows(
          ArtifactException.class,
          () -> Module.deserialize(ENGINE, damaged),
          "byte 0x%x changed".formatted(at));
    }
  }

  @Test
  void theFileMayChangeOnceItIsLoaded(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("module.tazza"), ARTIFACT);
    try (Module module = Module.deserialize(ENGINE, file);
        Store<Void> store = new Store<>(ENGINE)) {
      Files.write(file, new byte[1]);
      Func f = new Linker<Void>(ENGINE).instantiate(store, module).func("f");
      assertEquals(42, f.call(0)[0]);
    }
  }

  @Test
  void streamsThatFailLeaveNothingBehind() {
    long available = CodeRange.process().available();
    for (int length = 0; length < ARTIFACT.length; length += 511) {
      InputStream start = new ByteArrayInputStream(ARTIFACT, 0, length);
      InputStream failing =
          new InputStream() {
            @Override
            public int read() throws IOException {
              int next = start.read();
              if (next < 0) {
                throw new IOException("unplugged");
              }
              return next;
            }
          };
      assertThrows(IOException.class, () -> Module.deserialize(ENGINE, failing));
    }
    assertTrue(CodeRange.process().available() >= available);
  }

  @Test
  void theCodeIsGoneWithTheModule() {
    Module module = Module.deserialize(ENGINE, ARTIFACT);
    CodeText text = module.compiled().text();
    assertEquals(text.size(), text.bytes().length);
    module.close();
    assertThrows(IllegalStateException.class, text::bytes);
  }

  @Test
  void featuresAreComparedAndNamed() {
    for (Feature feature : Feature.values()) {
      boolean on = !feature.onByDefault();
      String wanted = "compiled with " + feature.title() + (on ? " off, " : " on, ");
      try (Engine other = new Engine(new Config().wasmFeature(feature, on))) {
        String message = refusal(other);
        assertTrue(message.contains(wanted + "this engine has " + (on ? "on" : "off")), message);
      }
    }
  }

  @Test
  void codeRunsWhereTheProcessorHasAllThatItUses() {
    Config without = new Config();
    for (String feature : List.of("lzcnt", "bmi1", "bmi2", "avx", "avx2", "fma")) {
      without.flagSet("has_" + feature, "false");
    }
    try (Engine other = new Engine(without);
        Module module = Module.compile(other, "(module (func (export \"f\")))")) {
      Module.deserialize(ENGINE, module.serialize()).close();
      if (!ENGINE.origin().cpuFeatures().isEmpty()) {
        assertEquals(
            "the artifact does not fit this engine: another CPU feature set: "
                + String.join(", ", ENGINE.origin().cpuFeatures())
                + " missing here",
            refusal(other));
      }
    }
  }

  @Test
  void allThatDiffersIsNamed() {
    Config config = new Config().wasmTailCalls(!Feature.TAIL_CALLS.onByDefault());
    try (Engine other = new Engine(config.optLevel(OptLevel.NONE).staticMemoryMaximumSize(0))) {
      assertEquals(3, refusal(other).split("compiled with", -1).length - 1);
    }
  }

  private static String refusal(Engine engine) {
    return String.valueOf(
        assertThrows(ArtifactException.class, () -> Module.deserialize(engine, ARTIFACT))
            .getMessage());
  }

  @Test
  void eachOptionThatCodeDependsOnIsComparedAndNamed() throws ReflectiveOperationException {
    for (Tunable tunable : Tunable.values()) {
      if (tunable == Tunable.PROFILER) {
        continue; // leaves a file
      }
      Config config = ConfigTest.changed(tunable);
      String value = tunable.text(config.tunables().get(tunable));
      try (Engine other = new Engine(config)) {
        if (!tunable.isInCode()) {
          Module.deserialize(other, ARTIFACT).close();
          continue;
        }
        String refusal = refusal(other); // an option may bring others along
        String difference =
            "compiled with %s %s, this engine has %s"
                .formatted(tunable.option(), tunable.text(tunable.byDefault()), value);
        assertTrue(
            refusal.startsWith("the artifact does not fit this engine: compiled with ")
                && refusal.contains(difference),
            refusal);
      }
    }
  }

  private static void assertRuns(Module module) {
    try (Store<Void> store = new Store<>(ENGINE)) {
      Func f = new Linker<Void>(ENGINE).instantiate(store, module).func("f");
      assertEquals(42, f.call(0)[0]);
      assertEquals(42, f.call(1)[0]);
    }
  }

  /** The lines of {@code smaps} about one mapping of the file that is executable. */
  private static List<String> executableMapping(Path file) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).endsWith(file.toString()) && lines.get(i).contains(" r-xp ")) {
        int end = i + 1;
        while (end < lines.size() && !lines.get(end).contains("VmFlags")) {
          end++;
        }
        return lines.subList(i, end);
      }
    }
    return List.of();
  }

  @Test
  void codeOfAFileIsMappedAsItIs(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("module.cwasm"), ARTIFACT).toRealPath();
    try (Module module = Module.deserializeFile(ENGINE, file);
        Module second = Module.deserializeFile(ENGINE, file)) {
      assertRuns(module);
      assertRuns(second);
      List<String> mapping = executableMapping(file);
      assertTrue(!mapping.isEmpty(), "an executable mapping of the file");
      // Not one page is a copy.
      assertTrue(
          mapping.stream().anyMatch(line -> line.matches("Private_Dirty: +0 kB")),
          mapping::toString);
    }
    assertEquals(List.of(), executableMapping(file));
    assertRuns(Module.deserialize(ENGINE, file));
  }

  @Test
  void damagedFilesAreNotMapped(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("module.cwasm");
    for (int at = 0; at < ARTIFACT.length; at += 61) {
      byte[] damaged = ARTIFACT.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertThrows(ArtifactException.class, () -> Module.deserializeFile(ENGINE, file));
      Files.write(file, Arrays.copyOf(ARTIFACT, ARTIFACT.length + 1 + at));
      assertThrows(ArtifactException.class, () -> Module.deserializeFile(ENGINE, file));
      Files.write(file, Arrays.copyOf(ARTIFACT, at));
      assertThrows(ArtifactException.class, () -> Module.deserializeFile(ENGINE, file));
    }
    assertEquals(List.of(), executableMapping(file.toRealPath()));
    assertThrows(
        NoSuchFileException.class,
        () -> Module.deserializeFile(ENGINE, folder.resolve("none.cwasm")));
  }

  @Test
  void modulesArePrecompiledWithoutLoading(@TempDir Path folder) throws IOException {
    long before = CodeRange.process().available();
    byte[] text = "(module (func (export \"f\")))".getBytes(UTF_8);
    byte[] artifact = ENGINE.precompileModule(text);
    assertTrue(CodeRange.process().available() >= before);
    assertTrue(Engine.detectPrecompiled(artifact));
    assertTrue(!Engine.detectPrecompiled(text));
    assertTrue(!Engine.detectPrecompiled(new byte[0]));
    Path file = Files.write(folder.resolve("module.cwasm"), artifact);
    assertTrue(Engine.detectPrecompiled(file));
    assertTrue(!Engine.detectPrecompiled(Files.write(folder.resolve("empty"), new byte[0])));
    try (Module module = Module.deserialize(ENGINE, artifact);
        Store<Void> store = new Store<>(ENGINE)) {
      new Linker<Void>(ENGINE).instantiate(store, module).func("f").call();
    }
  }

  @Test
  void theVersionOfModulesIsTheEmbeddersChoice() {
    Config custom = new Config().moduleVersion(ModuleVersionStrategy.custom("7"));
    Config none = new Config().moduleVersion(ModuleVersionStrategy.NONE);
    try (Engine seven = new Engine(custom);
        Engine unchecked = new Engine(none)) {
      byte[] ofSeven = seven.precompileModule("(module)".getBytes(UTF_8));
      Module.deserialize(seven, ofSeven).close();
      Module.deserialize(unchecked, ofSeven).close();
      Module.deserialize(unchecked, ARTIFACT).close();
      assertEquals(
          "the artifact is of version \"7\", this engine wants no version of its own",
          assertThrows(ArtifactException.class, () -> Module.deserialize(ENGINE, ofSeven))
              .getMessage());
      assertEquals(
          "the artifact is of no version of its own, this engine wants version \"7\"",
          assertThrows(ArtifactException.class, () -> Module.deserialize(seven, ARTIFACT))
              .getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> ModuleVersionStrategy.custom(""));
    assertThrows(
        IllegalArgumentException.class, () -> ModuleVersionStrategy.custom("x".repeat(256)));
    assertEquals("CUSTOM(7)", custom.moduleVersion().toString());
  }

  /** As if another code generator had made it. */
  @Test
  void anotherCodeGeneratorMattersToTheRuntimeVersionOnly() {
    Origin own = ENGINE.origin();
    Origin other =
        new Origin(
            own.tazza(),
            own.layouts(),
            own.generator() + 1,
            own.features(),
            own.tunables(),
            own.cpuFeatures(),
            own.version());
    byte[] artifact;
    try (Module module = Module.deserialize(ENGINE, ARTIFACT)) {
      artifact = Artifact.write(module.compiled(), Processor.host().elfMachine(), other);
    }
    assertThrows(ArtifactException.class, () -> Module.deserialize(ENGINE, artifact));
    Config none = new Config().moduleVersion(ModuleVersionStrategy.NONE);
    try (Engine unchecked = new Engine(none)) {
      Module.deserialize(unchecked, artifact).close();
    }
  }
}
