package dev.tazza.vm.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.ExitReason;
import dev.tazza.environ.RuntimeService;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallLoopTest {
  private static final long VMCTX = 0x1234_5678_9abcL;

  private final GuestStackPool pool = new GuestStackPool(64 << 10, 2);
  private final Guest guest = new Guest(pool);
  private final GuestCode code = new GuestCode();
  private final long trampoline = code.entryTrampoline();
  private final long hostCall = code.exitTrampoline(ExitReason.HOST_CALL.code(), 77);

  @AfterEach
  void close() {
    guest.close();
    code.close();
    pool.close();
  }

  @Test
  void argumentsAndResultsAreInTheSlots() {
    long function = code.function();
    code.enterFrame();
    code.loadRax(0);
    code.op(0x49, 0x03, 0x87).int32(512 + 16); // add rax, [r15+slot 1]
    code.storeRax(0);
    code.op(0x4c, 0x89, 0xf0).storeRax(1); //     mov rax, r14
    code.op(0x48, 0x89, 0xe0).storeRax(2); //     mov rax, rsp
    code.op(0x48, 0x8b, 0x45, 0x00).storeRax(3); // mov rax, [rbp]
    code.leaveFrame();
    code.publish();
    guest.set(0, 40);
    guest.set(1, 2);
    guest.loop.call(trampoline, function, VMCTX);
    assertEquals(42, guest.get(0));
    assertEquals(VMCTX, guest.get(1));
    // return address, rbp, return address, rbp
    assertEquals(guest.loop.stack().top() - 32, guest.get(2));
    assertEquals(guest.loop.stack().top() - 16, guest.get(3));
    assertEquals(guest.loop.stack().top(), guest.stackPointer());
  }

  /**
   * r14 + rbx + r12 + r13 after a host call that must preserve them; calls the host slot-0 times.
   */
  private long preservingFunction() {
    long function = code.function();
    code.enterFrame();
    code.op(0x53, 0x41, 0x54, 0x41, 0x55, 0x50); //          push rbx; push r12; push r13; push rax
    code.op(0x49, 0x8b, 0x9f).int32(512); //                 mov rbx, [r15+slot 0]
    code.op(0x49, 0xc7, 0xc4).int32(1000); //                mov r12, 1000
    code.op(0x49, 0xc7, 0xc5).int32(20_000); //              mov r13, 20000
    long loop = code.here();
    code.call(hostCall);
    code.op(0x48, 0xff, 0xcb); //                            dec rbx
    code.op(0x0f, 0x85).int32((int) (loop - code.here() - 4)); // jnz loop
    code.op(0x4c, 0x89, 0xe0); //                            mov rax, r12
    code.op(0x4c, 0x01, 0xe8); //                            add rax, r13
    code.op(0x48, 0x01, 0xd8); //                            add rax, rbx
    code.op(0x4c, 0x01, 0xf0); //                            add rax, r14
    code.storeRax(0);
    code.op(0x58, 0x41, 0x5d, 0x41, 0x5c, 0x5b); //          pop rax; pop r13; pop r12; pop rbx
    code.leaveFrame();
    return function;
  }

  @Test
  void hostCallsResume() {
    long function = preservingFunction();
    code.publish();
    int[] calls = new int[1];
    guest.host =
        context -> {
          assertEquals(77, context);
          assertEquals(1, guest.loop.depth());
          assertEquals(0, guest.stackPointer() % 16);
          calls[0]++;
        };
    guest.set(0, 100_000);
    guest.loop.call(trampoline, function, 300_000);
    assertEquals(321_000, guest.get(0));
    assertEquals(100_000, calls[0]);
    assertEquals(0, guest.loop.depth());
    assertEquals(guest.loop.stack().top(), guest.stackPointer());
  }

  @Test
  void servicesHaveTheirNumber() {
    long grow = code.exitTrampoline(RuntimeService.MEMORY_GROW.exitCode(), 5);
    code.publish();
    guest.host =
        context -> {
          assertEquals(5, context);
          guest.set(0, guest.get(0) + 1);
        };
    guest.set(0, 8);
    guest.loop.call(trampoline, grow, 0);
    assertEquals(RuntimeService.MEMORY_GROW.exitCode(), guest.lastService);
    assertEquals(9, guest.get(0));
  }

  @Test
  void hostFunctionsMayCallTheGuestAgain() {
    long function = preservingFunction();
    code.publish();
    int depth = 100;
    long[] pointers = new long[depth + 1];
    guest.host =
        context -> {
          int level = guest.loop.depth();
          pointers[level] = guest.stackPointer();
          assertTrue(level == 1 || pointers[level] < pointers[level - 1] - 48);
          if (level < depth) {
            guest.set(0, 2);
            if (level < 90) {
              guest.set(0, 1);
            }
            guest.loop.call(trampoline, function, level);
            assertEquals(21_000 + level, guest.get(0));
            assertEquals(pointers[level], guest.stackPointer());
          }
        };
    guest.set(0, 2);
    guest.loop.call(trampoline, function, 7);
    assertEquals(21_007, guest.get(0));
  }

  @Test
  void exceptionsDropTheirActivationOnly() {
    long function = preservingFunction();
    code.publish();
    RuntimeException thrown = new IllegalStateException("host");
    int[] catchAt = {2};
    int[] caught = new int[1];
    guest.host =
        context -> {
          int level = guest.loop.depth();
          if (level == 5) {
            throw thrown;
          }
          long pointer = guest.stackPointer();
          guest.set(0, 1);
          try {
            guest.loop.call(trampoline, function, level);
          } catch (IllegalStateException e) {
            assertSame(thrown, e);
            assertEquals(pointer, guest.stackPointer());
            assertEquals(level, guest.loop.depth());
            caught[0]++;
            if (level != catchAt[0]) {
              throw e;
            }
          }
        };
    guest.set(0, 1);
    guest.loop.call(trampoline, function, 9);
    assertEquals(21_009, guest.get(0));
    assertEquals(3, caught[0]);
    catchAt[0] = 0;
    guest.set(0, 1);
    RuntimeException e =
        assertThrows(IllegalStateException.class, () -> guest.loop.call(trampoline, function, 0));
    assertSame(thrown, e);
    assertEquals(guest.loop.stack().top(), guest.stackPointer());
    assertEquals(0, guest.loop.depth());
    guest.host = context -> {};
    guest.set(0, 1);
    guest.loop.call(trampoline, function, 5);
    assertEquals(21_005, guest.get(0));
  }

  @Test
  void endlessReentryEndsAsStackOverflowOfJavaOrTheGuest() {
    long function = preservingFunction();
    code.publish();
    guest.host =
        context -> {
          if (guest.stackPointer() < guest.loop.stack().limit()) {
            throw new IllegalStateException("limit");
          }
          guest.set(0, 1);
          guest.loop.call(trampoline, function, 0);
        };
    guest.set(0, 1);
    assertThrows(Throwable.class, () -> guest.loop.call(trampoline, function, 0));
    assertEquals(0, guest.loop.depth());
    assertEquals(guest.loop.stack().top(), guest.stackPointer());
  }

  @Test
  void anActiveStoreCannotBeClosed() {
    code.publish();
    guest.host = context -> guest.loop.close();
    assertThrows(IllegalStateException.class, () -> guest.loop.call(trampoline, hostCall, 0));
  }

  @Test
  void stacksAreReused() {
    code.publish();
    GuestStack first;
    try (Guest other = new Guest(pool)) {
      first = other.loop.stack();
    }
    try (Guest other = new Guest(pool)) {
      assertSame(first, other.loop.stack());
      other.loop.call(trampoline, hostCall, 0);
    }
  }

  @Test
  void stepsMayBeOnDifferentThreads() throws InterruptedException {
    long function = preservingFunction();
    code.publish();
    int[] yields = new int[1];
    guest.host =
        context -> {
          LockSupport.parkNanos(1);
          yields[0]++;
        };
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofVirtual()
              .unstarted(() -> {
                synchronized (guest) {
                  guest.set(0, 200);
                  guest.loop.call(trampoline, function, 0);
                }
              });
    }
    for (Thread thread : threads) {
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(800, yields[0]);
    assertEquals(21_000, guest.get(0));
  }
}
