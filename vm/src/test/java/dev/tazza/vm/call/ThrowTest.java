package dev.tazza.vm.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThrowTest {
  private final GuestStackPool pool = new GuestStackPool(64 << 10, 2);
  private final Guest guest = new Guest(pool);
  private final GuestCode code = new GuestCode();
  private final long trampoline = code.entryTrampoline();

  @AfterEach
  void close() {
    guest.close();
    code.close();
    pool.close();
  }

  /** No signal stops a guest in the stub, and one that does nothing but throw is always there. */
  @Test
  void whoThrowsLooksWhetherToStop() {
    long function = code.function();
    code.enterFrame();
    code.op(0x41, 0xc7, 0x47, StoreContext.STOP).int32(1); // mov dword [r15+STOP], 1
    code.op(0x41, 0xff, 0x97).int32(StoreContext.THROW_STUB); // call [r15+THROW_STUB]
    long thrown = code.here();
    code.leaveFrame();
    code.publish();

    List<Long> stops = new ArrayList<>();
    guest.stopped =
        () -> {
          NativeMemory.putInt(guest.loop.context() + StoreContext.STOP, 0);
          stops.addAll(Arrays.stream(guest.loop.backtrace(10).pcs()).boxed().toList());
        };
    assertThrows(
        IllegalStateException.class, () -> guest.loop.call(trampoline, function, 0), "uncaught");
    assertEquals(thrown, stops.getFirst(), "a stop, and where the guest was");
    assertEquals(2, stops.size(), "frames");
  }
}
