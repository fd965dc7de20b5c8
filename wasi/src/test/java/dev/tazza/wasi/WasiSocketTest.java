package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WasiSocketTest {
  private static final int LISTENER = 3;

  private static TestGuest listening() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return new TestGuest(new WasiConfig().listen(new InetSocketAddress(loopback, 0), false));
  }

  private static Socket connect(TestGuest guest) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), guest.wasi.listenerPort(0));
  }

  private static int accept(TestGuest guest) {
    guest.ok(WasiFunction.SOCK_ACCEPT, LISTENER, 0, 0);
    return guest.getInt(0);
  }

  private static String receive(TestGuest guest, int fd, int length, int flags) {
    int buffer = guest.alloc(length);
    int vectors = guest.vectors(buffer, length / 2, buffer + length / 2, length - length / 2);
    int errno = guest.call(WasiFunction.SOCK_RECV, fd, vectors, 2, flags, 0, 4);
    return errno == 0 ? guest.text(buffer, guest.getInt(0)) : "error " + errno;
  }

  private static int send(TestGuest guest, int fd, String text) {
    int vectors = guest.vectors(guest.put(text), text.length());
    int errno = guest.call(WasiFunction.SOCK_SEND, fd, vectors, 1, 0, 0);
    return errno == 0 ? guest.getInt(0) : -errno;
  }

  @Test
  void aConversation() throws IOException {
    try (TestGuest guest = listening();
        Socket client = connect(guest)) {
      int fd = accept(guest);
      client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
      assertEquals("hel", receive(guest, fd, 3, 1));
      assertEquals("hello", receive(guest, fd, 5, 2));
      assertEquals(5, send(guest, fd, "world"));
      assertEquals("world", new String(client.getInputStream().readNBytes(5)));
      assertEquals(3, guest.write(fd, "abc"));
      assertEquals("abc", new String(client.getInputStream().readNBytes(3)));
      client.getOutputStream().write('x');
      assertEquals("x", guest.read(fd, 10));
      guest.ok(WasiFunction.FD_FDSTAT_GET, fd, 64);
      assertEquals(Descriptor.SOCKET_STREAM, guest.getByte(64));
      assertEquals(Errno.SPIPE, guest.call(WasiFunction.FD_TELL, fd, 0));
      guest.ok(WasiFunction.FD_FDSTAT_SET_FLAGS, fd, Descriptor.NONBLOCK);
      assertEquals("error " + Errno.AGAIN, receive(guest, fd, 10, 0));
      assertEquals("error " + Errno.AGAIN, guest.read(fd, 10));
      guest.ok(WasiFunction.FD_FDSTAT_SET_FLAGS, fd, 0);
      guest.ok(WasiFunction.SOCK_SHUTDOWN, fd, 2);
      assertEquals(-1, client.getInputStream().read());
      client.shutdownOutput();
      assertEquals("", receive(guest, fd, 10, 2));
      assertEquals(-64, send(guest, fd, "late"));
      guest.closeFd(fd);
    }
  }

  @Test
  void mistakes() throws IOException {
    try (TestGuest guest = listening();
        Socket client = connect(guest)) {
      int fd = accept(guest);
      assertTrue(client.isConnected());
      assertEquals(Errno.NOTSOCK, guest.call(WasiFunction.SOCK_ACCEPT, 1, 0, 0));
      assertEquals(Errno.BADF, guest.call(WasiFunction.SOCK_ACCEPT, 77, 0, 0));
      assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.SOCK_ACCEPT, fd, 0, 0));
      assertEquals(Errno.INVAL, guest.call(WasiFunction.SOCK_ACCEPT, LISTENER, 1, 0));
      assertEquals(Errno.NOTSOCK, guest.call(WasiFunction.SOCK_SHUTDOWN, 0, 1));
      assertEquals(Errno.INVAL, guest.call(WasiFunction.SOCK_SHUTDOWN, fd, 0));
      assertEquals(Errno.INVAL, guest.call(WasiFunction.SOCK_SHUTDOWN, fd, 4));
      assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.SOCK_SHUTDOWN, LISTENER, 1));
      int vectors = guest.vectors(64, 8);
      assertEquals(Errno.INVAL, guest.call(WasiFunction.SOCK_RECV, fd, vectors, 1, 4, 0, 4));
      assertEquals(Errno.INVAL, guest.call(WasiFunction.SOCK_SEND, fd, vectors, 1, 1, 0));
      guest.ok(WasiFunction.FD_FDSTAT_SET_FLAGS, LISTENER, Descriptor.NONBLOCK);
      assertEquals(Errno.AGAIN, guest.call(WasiFunction.SOCK_ACCEPT, LISTENER, 0, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitingForConnectionAndData(boolean virtual) throws Exception {
    try (TestGuest guest = listening()) {
      FutureTask<String> server =
          new FutureTask<>(() -> {
            int fd = accept(guest);
            String text = receive(guest, fd, 5, 2);
            // More than the buffers of a connection hold.
            String large = "x".repeat(500_000);
            int sent = 0;
            while (sent < 5_000_000) {
              sent += send(guest, fd, large);
            }
            guest.closeFd(fd);
            return text + sent;
          });
      Thread thread =
          virtual ? Thread.ofVirtual().start(server) : Thread.ofPlatform().start(server);
      try (Socket client = connect(guest)) {
        client.getOutputStream().write("he".getBytes());
        client.getOutputStream().flush();
        client.getOutputStream().write("llo".getBytes());
        int received = client.getInputStream().readAllBytes().length;
        assertEquals("hello" + received, server.get());
      }
      thread.join();
    }
  }

  /**
   * What a thread waits for keeps its number of the host when another one closes it: the number may
   * be that of something else otherwise, which is none of the guest's business.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWhatAnotherThreadWaitsFor(boolean virtual) throws Exception {
    try (TestGuest guest = listening()) {
      guest.wasi.shareAmongThreads();
      FutureTask<Integer> accepting =
          new FutureTask<>(() -> guest.call(WasiFunction.SOCK_ACCEPT, LISTENER, 0, 0));
      Thread thread =
          virtual ? Thread.ofVirtual().start(accepting) : Thread.ofPlatform().start(accepting);
      while (Arrays.stream(thread.getStackTrace())
          .noneMatch(frame -> frame.getMethodName().equals("pause"))) {
        Thread.onSpinWait();
      }
      guest.closeFd(LISTENER);
      assertEquals(Errno.BADF, guest.call(WasiFunction.SOCK_ACCEPT, LISTENER, 0, 0));
      try (Socket client = connect(guest)) {
        assertEquals(Errno.BADF, accepting.get());
        assertTrue(client.isConnected());
      }
      assertThrows(IOException.class, () -> connect(guest));
    }
  }

  @Test
  void pollingAConnection() throws IOException {
    try (TestGuest guest = listening();
        Socket client = connect(guest)) {
      int at = 4096;
      guest.putLong(at, 1);
      guest.putLong(at + 8, 1);
      guest.putLong(at + 16, LISTENER);
      guest.ok(WasiFunction.POLL_ONEOFF, at, 8192, 1, 0);
      assertEquals(1, guest.getInt(0));
      int fd = accept(guest);
      client.getOutputStream().write("hello".getBytes());
      guest.putLong(at + 16, fd);
      guest.putLong(at + 48, 2);
      guest.putLong(at + 56, 2);
      guest.putLong(at + 64, fd);
      guest.ok(WasiFunction.POLL_ONEOFF, at, 8192, 1, 0);
      assertEquals(5, guest.getLong(8192 + 16));
      guest.ok(WasiFunction.POLL_ONEOFF, at, 8192, 2, 0);
      assertEquals(2, guest.getInt(0));
      assertEquals(2, guest.getLong(8192 + 32));
    }
  }

  @Test
  void anAddressInUseIsReported() throws IOException {
    try (TestGuest guest = listening()) {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      var taken = new InetSocketAddress(loopback, guest.wasi.listenerPort(0));
      WasiConfig config = new WasiConfig().listen(taken);
      assertThrows(IOException.class, () -> Wasi.open(config));
    }
  }

  /** Were a carrier held by each, three of them would be enough to stop everything here. */
  @Test
  @Timeout(60)
  void manyGuestsWaitOnFewCarriers() throws Exception {
    int count = 200;
    List<TestGuest> guests = new ArrayList<>();
    List<FutureTask<String>> servers = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        TestGuest guest = listening();
        guests.add(guest);
        FutureTask<String> server =
            new FutureTask<>(() -> {
              int fd = accept(guest);
              String text = receive(guest, fd, 5, 2);
              guest.closeFd(fd);
              return text;
            });
        servers.add(server);
        Thread.ofVirtual().start(server);
      }
      FutureTask<Void> clients = new FutureTask<>(() -> greetAll(guests), null);
      Thread.ofVirtual().start(clients);
      clients.get();
      for (FutureTask<String> server : servers) {
        assertEquals("hello", server.get());
      }
    } finally {
      guests.forEach(TestGuest::close);
    }
  }

  private static void greetAll(List<TestGuest> guests) {
    for (int i = guests.size() - 1; i >= 0; i--) {
      try (Socket client = connect(guests.get(i))) {
        client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void listenersAreNonBlockingUnlessAskedFor() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (TestGuest guest = new TestGuest(new WasiConfig().listen(address))) {
      guest.ok(WasiFunction.FD_FDSTAT_GET, LISTENER, 64);
      assertEquals(Descriptor.NONBLOCK, guest.getByte(66));
      assertEquals(Errno.AGAIN, guest.call(WasiFunction.SOCK_ACCEPT, LISTENER, 0, 0));
    }
  }
}
