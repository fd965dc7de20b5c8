package dev.tazza.vm.isa.x64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** On each way from the beginning, whatever the branches ask: a processor may guess any. */
  @ParameterizedTest
  @EnumSource(
      value = Piece.class,
      names = {"BULK_MEMORY_32", "BULK_MEMORY_64"})
  void countsAreMaskedBeforeTheyArePartOfAddresses(Piece piece) throws IOException {
    Map<Integer, Integer> next = new HashMap<>();
    Map<Integer, String> texts = new HashMap<>();
    int before = -1;
    for (String line : Files.readAllLines(piece.file())) {
      String[] columns = line.split("\\|");
      int at = Integer.parseInt(columns[0].trim(), 16);
      texts.put(at, columns[2].trim());
      next.put(before, at);
      before = at;
    }
    int masks = 0;
    for (int entry : piece.assemble().entries()) {
      masks += followUnmasked(entry, next, texts);
    }
    assertEquals(2 * 3, masks, "two masks and a way on in each function");
  }

  /** How many masks and ends are reached from here without passing another mask. */
  private static int followUnmasked(
      int start, Map<Integer, Integer> next, Map<Integer, String> texts) {
    Deque<Integer> open = new ArrayDeque<>(List.of(start));
    Set<Integer> seen = new HashSet<>();
    int masks = 0;
    while (!open.isEmpty()) {
      int at = open.pop();
      String text = texts.get(at);
      if (!seen.add(at)) {
        continue;
      }
      assertFalse(text.matches(".*\\[.*rdx.*"), () -> "unmasked: " + text);
      if (text.startsWith("and rdx,") || text.startsWith("ret") || text.contains("[rip")) {
        masks++;
        continue;
      }
      if (text.startsWith("j")) {
        open.push(Integer.parseInt(text.substring(text.indexOf("0x") + 2), 16));
      }
      if (!text.startsWith("jmp")) {
        open.push(next.get(at));
      }
    }
    return masks;
  }

  @Test
  void codeIsTheSameEachTime() {
    // The handlers are known in a process by their bytes.
    for (Piece piece : Piece.values()) {
      assertArrayEquals(piece.assemble().bytes(), piece.assemble().bytes(), piece.name());
    }
  }
}
