package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.environ.CodeText;
import dev.tazza.environ.OperatorCost;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.artifact.ArtifactException;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.wasm.operator.Operator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
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
    assertEquals(available, CodeRange.process().available());
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
  void eachOptionThatCodeDependsOnIsCompared() throws ReflectiveOperationException {
    RecordComponent[] components = Tunables.class.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = components[i].getAccessor().invoke(Tunables.DEFAULT);
    }
    Object same = Tunables.class.getConstructor(types).newInstance(values);
    assertEquals(Tunables.DEFAULT, same);
    assertEquals(Tunables.DEFAULT.hashCode(), same.hashCode());
    for (int i = 0; i < components.length; i++) {
      Object[] others = values.clone();
      if (types[i] == OperatorCost.class) {
        others[i] = OperatorCost.DEFAULT;
      } else {
        others[i] = types[i] == boolean.class ? !((Boolean) values[i]) : (Long) values[i] + 1;
      }
      Object other = Tunables.class.getConstructor(types).newInstance(others);
      assertNotEquals(Tunables.DEFAULT, other, components[i].getName());
    }
  }

  @Test
  void costsOfOperatorsAreCompared() {
    Config config = new Config().consumeFuel(true);
    byte[] artifact;
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, "(module)")) {
      artifact = module.serialize();
      Module.deserialize(engine, artifact).close();
    }
    OperatorCost other = OperatorCost.DEFAULT.with(Operator.CALL, 7);
    try (Engine engine = new Engine(config.operatorCost(other))) {
      assertThrows(ArtifactException.class, () -> Module.deserialize(engine, artifact));
    }
    assertThrows(ArtifactException.class, () -> Module.deserialize(ENGINE, artifact));
  }
}
