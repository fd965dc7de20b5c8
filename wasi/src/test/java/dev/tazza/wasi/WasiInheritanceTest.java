package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that a process was started with, in processes of their own. */
class WasiInheritanceTest {
  @TempDir Path dir;

  /** What the guest in the other process does: {@code main} writes what came of it to a file. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      StringBuilder told = new StringBuilder();
      try (TestGuest guest = new TestGuest(new WasiConfig().inheritStdio())) {
        told.append("read ").append(guest.read(0, 100)).append('\n');
        told.append("write ").append(guest.write(1, "guest\n")).append('\n');
        int vectors = guest.vectors(guest.put("X"), 1);
        for (int fd = 0; fd < 2; fd++) {
          report(told, guest, WasiFunction.FD_FILESTAT_SET_SIZE, fd, 0);
          report(told, guest, WasiFunction.FD_FILESTAT_SET_TIMES, fd, 1, 1, 5);
          report(told, guest, WasiFunction.FD_ALLOCATE, fd, 0, 1000);
          report(told, guest, WasiFunction.FD_SEEK, fd, 0, 0, 0);
          report(told, guest, WasiFunction.FD_TELL, fd, 0);
          report(told, guest, WasiFunction.FD_PREAD, fd, guest.vectors(512, 100), 1, 0, 0);
          report(told, guest, WasiFunction.FD_PWRITE, fd, vectors, 1, 0, 0);
          report(told, guest, WasiFunction.FD_ADVISE, fd, 0, 0, 0);
          report(told, guest, WasiFunction.FD_FDSTAT_SET_FLAGS, fd, Descriptor.APPEND);
          report(told, guest, WasiFunction.FD_FDSTAT_SET_RIGHTS, fd, TestGuest.ALL, 0);
        }
        guest.ok(WasiFunction.FD_FDSTAT_GET, 1, 64);
        told.append("flags ").append(guest.getByte(66)).append('\n');
        told.append("sync ").append(guest.call(WasiFunction.FD_SYNC, 1)).append('\n');
      }
      Files.writeString(Path.of(args[0]), told);
    }

    private static void report(
        StringBuilder told, TestGuest guest, WasiFunction function, long... args) {
      if (guest.call(function, args) == 0) {
        told.append(function.importName()).append(" done on ").append(args[0]).append('\n');
      }
    }
  }

  /** Runs the child with redirections of the shell; returns what it tells. */
  private List<String> child(String redirections) throws IOException, InterruptedException {
    Path told = dir.resolve("told");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String command =
        "exec \"$0\" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED"
            + " -cp \"$1\" '"
            + Child.class.getName()
            + "' \"$2\" "
            + redirections;
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh", "-c", command, java, System.getProperty("java.class.path"), told.toString());
    builder.directory(dir.toFile()).redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), output);
    return Files.readAllLines(told);
  }

  /** A guest used to be able to cut a log off that it was only to add to, and to change stdin. */
  @Test
  void filesAreStreams() throws Exception {
    Path log = Files.writeString(dir.resolve("log"), "the log\n");
    Path in = Files.writeString(dir.resolve("in"), "input");
    FileTime modified = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(in, modified);
    List<String> told = child("<in >>log");
    // The flag may be set: it was, and changes nothing.
    assertEquals(
        List.of("read input", "write 6", "fd_fdstat_set_flags done on 1", "flags 1", "sync 0"),
        told);
    assertEquals("the log\nguest\n", Files.readString(log));
    assertEquals(modified, Files.getLastModifiedTime(in));
    // Not appending: the guest cannot go back and overwrite what was there before.
    assertEquals(List.of("read input", "write 6", "flags 0", "sync 0"), child("<in >log"));
    assertEquals("guest\n", Files.readString(log));
  }

  /** Descriptor 0 was the first file that the JVM opened, {@code lib/modules}. */
  @Test
  void whatTheProcessWasStartedWithoutIsNothing() throws Exception {
    List<String> told = child("<&- >&-");
    assertEquals("read ", told.get(0));
    assertTrue(told.contains("write 6"), told::toString);
  }
}
