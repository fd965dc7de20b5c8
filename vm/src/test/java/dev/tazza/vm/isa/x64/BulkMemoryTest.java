package dev.tazza.vm.isa.x64;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.sys.CodePage;
import dev.tazza.sys.LibC;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.isa.AssembledCode;
import dev.tazza.vm.isa.Stubs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BulkMemoryTest {
  /** Around these the code takes another way; the last two are where the C library takes over. */
  private static final int[] LIMITS = {512, 1024, 4096, 24 << 10, 128 << 10};

  private static final int SIZE = 2 * (128 << 10) + 4096;

  /** Functions under test: those of this processor, and for each size of vectors that it has. */
  private record Functions(String name, long copy, long fill) {
    static Functions of(int vector) {
      AssembledCode code = BulkMemoryCode.assemble(vector, LibC.memmove(), LibC.memset());
      long page = CodePage.map(code.bytes());
      return new Functions(vector + " bytes", page + code.entries()[0], page + code.entries()[1]);
    }
  }

  private static List<Functions> functions() {
    List<Functions> all = new ArrayList<>();
    all.add(new Functions("process", Stubs.COPY, Stubs.FILL));
    if (CpuIdFeature.ofHost().contains(CpuIdFeature.AVX2)) {
      all.add(Functions.of(32));
    }
    if (CpuIdFeature.ofHost().contains(CpuIdFeature.AVX512BW)) {
      all.add(Functions.of(64));
    }
    return all;
  }

  private Functions functions = functions().getFirst();
  private final Random random = new Random(1);
  private final byte[] expected = new byte[SIZE];
  private final byte[] found = new byte[SIZE];
  private long block;

  @BeforeEach
  void allocate() {
    block = NativeHeap.allocate(SIZE);
    random.nextBytes(expected);
    NativeMemory.copy(expected, 0, block, SIZE);
  }

  @AfterEach
  void free() {
    NativeHeap.free(block);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void copiesShortBlocksAtAllDistances(Functions tested) {
    functions = tested;
    for (int count = 0; count <= 520; count++) {
      for (int round = 0; round < 12; round++) {
        int to = 300 + random.nextInt(300);
        copy(to, to + random.nextInt(600) - 300, count, 2048);
      }
      copy(320, 320, count, 2048);
      copy(321, 321 + count, count, 2048);
      copy(321 + count, 321, count, 2048);
      copy(320, 321, count, 2048);
      copy(321, 320, count, 2048);
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void copiesLongBlocks(Functions tested) {
    functions = tested;
    for (int limit : LIMITS) {
      for (int count = limit - 66; count <= limit + 66; count += 1 + random.nextInt(11)) {
        int to = 256 + random.nextInt(256);
        copy(to, to + random.nextInt(512) - 256, count, SIZE);
        copy(to, to + count + random.nextInt(128), count, SIZE);
        copy(to + count + random.nextInt(128), to, count, SIZE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void fillsBlocks(Functions tested) {
    functions = tested;
    for (int count = 0; count <= 520; count++) {
      for (int round = 0; round < 8; round++) {
        fill(64 + random.nextInt(128), count, 1024);
      }
    }
    for (int limit : LIMITS) {
      for (int count = limit - 66; count <= limit + 66; count += 1 + random.nextInt(11)) {
        fill(64 + random.nextInt(128), count, SIZE);
      }
    }
  }

  private void copy(int to, int from, int count, int size) {
    System.arraycopy(expected, from, expected, to, count);
    NativeCall.invoke(functions.copy, block + to, block + from, count);
    check(functions.name + ": copy of " + count + " from " + from + " to " + to, size);
  }

  private void fill(int to, int count, int size) {
    int value = random.nextInt();
    Arrays.fill(expected, to, to + count, (byte) value);
    NativeCall.invoke(functions.fill, block + to, value, count);
    check(functions.name + ": fill of " + count + " at " + to, size);
  }

  /** Compares the first {@code size} bytes: what was to be written, and what was not. */
  private void check(String what, int size) {
    NativeMemory.copy(block, found, 0, size);
    assertEquals(-1, Arrays.mismatch(expected, 0, size, found, 0, size), what);
  }
}
