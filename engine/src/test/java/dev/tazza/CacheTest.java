package dev.tazza;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.text.Wat;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache of compiled modules. */
class CacheTest {
  @TempDir Path folder;
  private Path directory;

  @BeforeEach
  void chooseDirectory() {
    directory = folder.resolve("cache");
  }

  /** The first entry of a cache starts a cleanup, which must not outlive the folder. */
  @AfterEach
  void awaitCleanups() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("tazza-cache-cleanup")) {
        thread.join();
      }
    }
  }

  private Cache open() throws IOException {
    return Cache.open(new CacheConfig().directory(directory));
  }

  private static byte[] module(int result) {
    String text = "(module (func (export \"f\") (result i32) (i32.const " + result + ")))";
    return Wat.parse(text);
  }

  private static int run(Engine engine, byte[] module) {
    try (Module compiled = Module.compile(engine, module);
        Store<Void> store = new Store<>(engine)) {
      return (int) Instance.instantiate(store, compiled, List.of()).func("f").call()[0];
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(CacheFile.SUFFIX)).toList();
    }
  }

  private static void assertStatistics(Cache cache, long hits, long misses, long stored) {
    CacheStatistics now = cache.statistics();
    assertEquals(new CacheStatistics(hits, misses, stored, now.damaged(), now.failures()), now);
  }

  @Test
  void whatWasCompiledIsFound() throws IOException {
    Cache first = open();
    try (Engine engine = new Engine(new Config().cache(first))) {
      assertEquals(1, run(engine, module(1)));
      assertEquals(2, run(engine, module(2)));
      assertEquals(1, run(engine, module(1)));
      assertStatistics(first, 1, 2, 2);
    }
    Cache second = open();
    try (Engine engine = new Engine(new Config().cache(second))) {
      assertEquals(2, run(engine, module(2)));
      assertStatistics(second, 1, 0, 0);
    }
    assertEquals("rwx------", PosixFilePermissions.toString(permissions()));
    assertEquals(2, second.count());
    second.clear();
    assertEquals(0, second.count());
  }

  private Set<PosixFilePermission> permissions() throws IOException {
    return Files.getPosixFilePermissions(directory);
  }

  @Test
  void otherOptionsAreOtherEntries() throws IOException {
    Cache cache = open();
    List<Config> configs =
        List.of(
            new Config(),
            new Config().optLevel(OptLevel.NONE),
            new Config().nanCanonicalization(true),
            new Config().wasmSimd(false),
            new Config().flagSet("has_bmi2", "false"),
            new Config().wasmBacktraceDetails(BacktraceDetails.ENABLE));
    for (int round = 0; round < 2; round++) {
      for (Config config : configs) {
        try (Engine engine = new Engine(config.cache(cache))) {
          assertEquals(7, run(engine, module(7)));
        }
      }
    }
    assertStatistics(cache, configs.size(), configs.size(), configs.size());
  }

  @Test
  void anInvalidModuleIsRefusedEachTime() throws IOException {
    Cache cache = open();
    try (Engine engine = new Engine(new Config().cache(cache))) {
      for (int i = 0; i < 2; i++) {
        assertThrows(WasmException.class, () -> Module.compile(engine, new byte[] {0, 1, 2}));
      }
    }
    assertStatistics(cache, 0, 2, 0);
  }

  /** A module in a file is found without being read as a whole; one that differs is not. */
  @Test
  void modulesInFilesAreFound() throws IOException {
    Path file = folder.resolve("module.wasm");
    byte[] module = module(5);
    byte[] large = withCustomSection(module, 3 * ModuleBytes.PIECE);
    Cache cache = open();
    try (Engine engine = new Engine(new Config().cache(cache))) {
      for (int i = 0; i < 3; i++) {
        Files.write(file, large);
        try (Module compiled = Module.compile(engine, file)) {
          assertEquals(i, cache.statistics().hits());
        }
      }
      large[large.length - 1]++;
      Files.write(file, large);
      try (Module compiled = cache.compile(engine, file)) {
        assertStatistics(cache, 2, 2, 2);
      }
      Files.write(file, new byte[] {0, 1, 2});
      assertThrows(WasmException.class, () -> Module.compile(engine, file));
      Files.delete(file);
      assertThrows(NoSuchFileException.class, () -> Module.compile(engine, file));
    }
  }

  /** A module whose file ends while it is compared says nothing of the file that the cache has. */
  @Test
  void aModuleThatIsCutShortIsNoDamage() throws IOException {
    Path file = folder.resolve("module.wasm");
    byte[] module = withCustomSection(module(6), 3 * ModuleBytes.PIECE);
    Files.write(file, module);
    Cache cache = open();
    try (Engine engine = new Engine(new Config().cache(cache));
        FileChannel channel = FileChannel.open(file, READ, WRITE)) {
      Module.compile(engine, file).close();
      ModuleBytes whole = ModuleBytes.of(channel);
      ModuleBytes shrinking =
          new ModuleBytes() {
            private int pieces;

            @Override
            public int size() {
              return module.length;
            }

            @Override
            public ByteBuffer piece(int at, int count) throws UnreadableException {
              if (++pieces == 6) { // the second time, with its checksum known
                truncate(channel, at);
              }
              return whole.piece(at, count);
            }
          };
      assertThrows(ModuleBytes.UnreadableException.class, () -> cache.find(engine, shrinking));
      assertEquals(0, cache.statistics().damaged());
      Files.write(file, module);
      Module.compile(engine, file).close();
      assertStatistics(cache, 1, 1, 1);
    }
  }

  private static void truncate(FileChannel file, int size) {
    try {
      file.truncate(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] withCustomSection(byte[] module, int size) {
    byte[] longer = Arrays.copyOf(module, module.length + 4 + size);
    int contents = size;
    longer[module.length] = 0;
    longer[module.length + 1] = (byte) (contents & 0x7F | 0x80);
    longer[module.length + 2] = (byte) (contents >> 7 & 0x7F | 0x80);
    longer[module.length + 3] = (byte) (contents >> 14);
    return longer;
  }

  /** Every byte may be wrong, and the file may end anywhere. */
  @Test
  void damagedFilesAreCompiledAgain() throws IOException {
    Cache cache = open();
    Random random = new Random(5);
    try (Engine engine = new Engine(new Config().cache(cache))) {
      for (int i = 0; i < 120; i++) {
        assertEquals(9, run(engine, module(9)));
        damage(files().getFirst(), i, random);
      }
      assertEquals(9, run(engine, module(9)));
      assertTrue(cache.statistics().damaged() > 90, cache.statistics().toString());
      assertEquals(0, cache.statistics().failures());
    }
  }

  private static void damage(Path file, int how, Random random) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = how < 40 ? how : random.nextLong(bytes.length());
      if (how % 3 == 0) {
        bytes.setLength(at);
      } else {
        bytes.seek(at);
        int old = bytes.read();
        bytes.seek(at);
        bytes.write(old ^ 1 << random.nextInt(8));
      }
    }
  }

  @Test
  void aModuleWithTheSameChecksumIsAnother() throws IOException {
    Cache cache = open();
    try (Engine engine = new Engine(new Config().cache(cache))) {
      byte[] first = ChecksumForger.withRoom(module(1));
      byte[] second = ChecksumForger.forge(module(2), ChecksumForger.checksum(first));
      assertEquals(ChecksumForger.checksum(first), ChecksumForger.checksum(second));
      assertEquals(1, run(engine, first));
      Path file = files().getFirst();
      assertEquals(2, run(engine, second));
      assertEquals(List.of(file), files());
      assertEquals(1, run(engine, first));
      assertStatistics(cache, 0, 3, 3);
    }
  }

  @Test
  void theFilesThatWereNotUsedForLongestGo() throws IOException {
    CacheConfig limits = new CacheConfig().directory(directory).fileCountSoftLimit(10);
    Cache cache = Cache.open(limits);
    try (Engine engine = new Engine(new Config().cache(cache))) {
      for (int i = 0; i < 12; i++) {
        run(engine, module(i));
        for (Path file : files()) {
          FileTime time = Files.getLastModifiedTime(file);
          Files.setLastModifiedTime(file, FileTime.from(time.toInstant().minusSeconds(7200)));
        }
      }
      run(engine, module(0)); // is used again
      cache.clean();
      assertEquals(7, cache.count());
      long hits = cache.statistics().hits();
      run(engine, module(0));
      run(engine, module(11));
      assertEquals(hits + 2, cache.statistics().hits());
      run(engine, module(1));
      assertEquals(hits + 2, cache.statistics().hits());
    }
  }

  @Test
  void whatADeadProcessLeftIsDeleted() throws IOException {
    Cache cache = open();
    Path left = directory.resolve("1234" + CacheFile.TEMPORARY);
    Files.write(left, new byte[100]);
    cache.clean();
    assertTrue(Files.exists(left));
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(7200)));
    cache.clean();
    assertTrue(Files.notExists(left));
  }

  @Test
  void aFolderThatIsGoneIsNoReasonToFail() throws IOException {
    Cache cache = open();
    try (Engine engine = new Engine(new Config().cache(cache))) {
      try (Stream<Path> all = Files.walk(directory)) {
        all.sorted(Comparator.reverseOrder()).forEach(this::delete);
      }
      assertEquals(3, run(engine, module(3)));
      assertEquals(1, cache.statistics().failures());
    }
  }

  private void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void foldersThatOthersCanWriteToAreRefused() throws IOException {
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
    AccessDeniedException refused = assertThrows(AccessDeniedException.class, this::open);
    assertTrue(refused.getReason().contains("others may write"), refused.getReason());
    Path file = Files.createFile(folder.resolve("file"));
    CacheConfig inFile = new CacheConfig().directory(file.resolve("cache"));
    assertThrows(IOException.class, () -> Cache.open(inFile));
  }

  @Test
  void manyEnginesAtOnce() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int number = i % 5;
        tasks.add(() -> {
          try (Engine engine = new Engine(new Config().cache(open()))) {
            return run(engine, module(number)) - number;
          }
        });
      }
      for (Future<Integer> result : threads.invokeAll(tasks)) {
        assertEquals(0, result.get());
      }
    }
    assertEquals(5, files().size());
  }

  @Test
  void limitsAreChecked() {
    CacheConfig config = new CacheConfig();
    assertThrows(IllegalArgumentException.class, () -> config.fileCountSoftLimit(-1));
    assertThrows(IllegalArgumentException.class, () -> config.fileCountLimitPercentIfDeleting(101));
    assertEquals(65_536, config.fileCountSoftLimit());
  }
}
