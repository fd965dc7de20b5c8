package dev.tazza.vm.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The system is asked which pages were written only when that is not known. */
class WrittenPagesTest {
  private static final int SIZE = 1 << 20;
  private static final long MOST = 256 << 10;

  private int asked;
  private final Os os = counting();
  private final MappedRegion region = new MappedRegion(os, 0, 4 * SIZE, 0);
  private final byte[] contents = new byte[100_000];
  private final MemoryImage image = image();

  private Os counting() {
    return (Os)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Os.class},
            (_, method, args) -> {
              asked += method.getName().equals("modifiedRuns") ? 1 : 0;
              try {
                return method.invoke(Os.host(), args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private MemoryImage image() {
    new Random(1).nextBytes(contents);
    return new MemoryImage(List.of(new MemoryImage.Piece(8192, contents, 0, contents.length)));
  }

  @AfterEach
  void unmap() {
    region.unmap();
    image.close();
  }

  /** A use of the region that writes {@code value} there; gives how often the system was asked. */
  private int use(long bytes, @Nullable MemoryImage wanted, long at, boolean onOneThread) {
    region.prepare(bytes, wanted);
    byte[] found = new byte[(int) bytes];
    NativeMemory.copy(region.base(), found, 0, found.length);
    byte[] expected = new byte[found.length];
    if (wanted != null) {
      System.arraycopy(contents, 0, expected, 8192, contents.length);
    }
    assertArrayEquals(expected, found);
    NativeMemory.putByte(region.base() + at, (byte) ~expected[(int) at]);
    int before = asked;
    assertTrue(region.restoreModified(MOST, onOneThread));
    return asked - before;
  }

  private void useUntilKnown(@Nullable MemoryImage wanted) {
    for (int i = 0; i < 4; i++) {
      use(SIZE, wanted, 50_000, true);
      use(SIZE, wanted, 200_000, true);
    }
  }

  /** A fault that has nothing to do with it makes it ask; so the least of some attempts. */
  private int least(@Nullable MemoryImage wanted, long at, boolean onOneThread) {
    int least = 1;
    for (int i = 0; i < 50 && least > 0; i++) {
      least = use(SIZE, wanted, at, onOneThread);
    }
    return least;
  }

  @Test
  void theSamePagesAgainAreSetBackWithoutAsking() {
    assumeTrue(Os.host().modifiedRuns(region.base(), 0, new long[2]) >= 0, "Linux 6.7");
    useUntilKnown(image);
    assertEquals(0, least(image, 50_000, true));
    assertEquals(0, least(image, 200_000, true));
    assertEquals(1, use(SIZE, image, 300_000, true), "another page");
    assertEquals(0, least(image, 300_000, true));
  }

  @Test
  void whatSeveralThreadsMayHaveWrittenIsAskedFor() {
    useUntilKnown(null);
    assertEquals(1, least(null, 50_000, false));
    assertEquals(1, use(SIZE, null, 400_000, false));
  }

  @Test
  void whatIsMappedAnewIsAskedFor() {
    useUntilKnown(image);
    assertEquals(1, use(SIZE, null, 50_000, true), "no image any more");
    useUntilKnown(image);
    assertEquals(1, use(2 * SIZE, image, SIZE + 5, true), "larger");
    assertEquals(1, use(SIZE, image, 50_000, true), "smaller again");
    useUntilKnown(image);
    region.prepare(SIZE, image);
    region.commit(2 * SIZE);
    NativeMemory.putByte(region.base() + SIZE + 5, (byte) 1);
    assertTrue(region.restoreModified(MOST, true));
    use(2 * SIZE, image, 50_000, true);
  }

  @Test
  void theThreadThatEndsTheUseIsTheOneThatBeganIt() throws InterruptedException {
    useUntilKnown(image);
    int[] times = new int[1];
    region.prepare(SIZE, image);
    Thread other =
        new Thread(() -> {
          NativeMemory.putByte(region.base() + 600_000, (byte) 1);
          int before = asked;
          assertTrue(region.restoreModified(MOST, true));
          times[0] = asked - before;
        });
    other.start();
    other.join();
    assertEquals(1, times[0]);
    use(SIZE, image, 600_000, true);
  }
}
