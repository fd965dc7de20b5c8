package dev.tazza.vm.isa.x64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tazza.sys.Os;
import dev.tazza.sys.SignalFrame;
import dev.tazza.vm.isa.AssembledCode;
import dev.tazza.vm.isa.StopHandlerAddresses;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The code that is written by hand, against listings. Their bytes are compared everywhere; where
 * objdump is installed, also what it reads. {@code -Dbless} writes them anew; the difference is for
 * the review.
 */
class StubListingTest {
  private static final Path FOLDER = Path.of("src/test/resources/dev/tazza/vm/isa/x64");

  /** Stands for all addresses. */
  private static final long ADDRESS = 0x1122_3344_5566_7788L;

  private static final int THREAD_ID_OFFSET = 0x2d0;

  private enum Piece {
    STUBS,
    TRAP_HANDLER,
    STOP_HANDLER,
    BULK_MEMORY_32,
    BULK_MEMORY_64,
    CPUID;

    AssembledCode assemble() {
      SignalFrame frame = Os.host().signalFrame();
      return switch (this) {
        case STUBS -> StubCode.assemble(THREAD_ID_OFFSET, ADDRESS, ADDRESS);
        case TRAP_HANDLER -> TrapHandlerCode.assemble(frame, 2);
        case STOP_HANDLER ->
            StopHandlerCode.assemble(
                frame, new StopHandlerAddresses(ADDRESS, ADDRESS, ADDRESS, ADDRESS), ADDRESS);
        case BULK_MEMORY_32 -> BulkMemoryCode.assemble(32, ADDRESS, ADDRESS);
        case BULK_MEMORY_64 -> BulkMemoryCode.assemble(64, ADDRESS, ADDRESS);
        case CPUID -> CpuId.code();
      };
    }

    Path file() {
      return FOLDER.resolve(name().toLowerCase(java.util.Locale.ROOT) + ".txt");
    }
  }

  /** All addresses, and what is in front of the first entry. */
  private static boolean[] data(AssembledCode code) {
    boolean[] data = new boolean[code.bytes().length];
    int first = Arrays.stream(code.entries()).min().orElseThrow();
    Arrays.fill(data, 0, first, true);
    ByteBuffer bytes = ByteBuffer.wrap(code.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + Long.BYTES <= data.length; at++) {
      if (bytes.getLong(at) == ADDRESS) {
        Arrays.fill(data, at, at + Long.BYTES, true);
      }
    }
    return data;
  }

  @ParameterizedTest
  @EnumSource(Piece.class)
  void bytesAreThoseOfTheListing(Piece piece) throws IOException {
    AssembledCode code = piece.assemble();
    if (System.getProperty("bless") != null) {
      Files.write(piece.file(), Listing.of(code.bytes(), data(code)));
    }
    byte[] expected = Listing.bytes(Files.readAllLines(piece.file()));
    int difference = Arrays.mismatch(expected, code.bytes());
    assertEquals(-1, difference, () -> "at 0x" + Integer.toHexString(difference));
  }

  @ParameterizedTest
  @EnumSource(Piece.class)
  void objdumpReadsTheListing(Piece piece) throws IOException {
    assumeTrue(Listing.isPossible(), "objdump is not installed");
    AssembledCode code = piece.assemble();
    List<String> expected = Files.readAllLines(piece.file());
    assertEquals(
        String.join("\n", expected), String.join("\n", Listing.of(code.bytes(), data(code))));
  }

  @Test
  void codeIsTheSameEachTime() {
    // The handlers are known in a process by their bytes.
    for (Piece piece : Piece.values()) {
      assertArrayEquals(piece.assemble().bytes(), piece.assemble().bytes(), piece.name());
    }
  }
}
