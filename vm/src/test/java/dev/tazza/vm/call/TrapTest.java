package dev.tazza.vm.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.sys.Signals;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrapTest {
  private static final Signals SIGNALS = Os.host().signals();

  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RBX = 3;
  private static final int RSP = 4;
  private static final int RBP = 5;
  private static final int R15 = 15;

  private final Os os = Os.host();
  private final GuestStackPool pool = new GuestStackPool(256 << 10, 2);
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

  private Fault fault(long function) {
    Fault fault = assertThrows(Fault.class, () -> guest.loop.call(trampoline, function, 0));
    assertEquals(guest.loop.stack().top(), guest.stackPointer());
    assertEquals(guest.loop.context(), fault.registers[R15]);
    return fault;
  }

  /** Reads from the address in slot 0. */
  private long reader() {
    long function = code.function();
    code.enterFrame().loadRax(0);
    code.op(0x48, 0x8b, 0x00); //                     mov rax, [rax]
    code.storeRax(0).leaveFrame();
    return function;
  }

  @Test
  void inaccessibleMemory() {
    long function = reader();
    code.publish();
    long reserved = os.reserve(1 << 20);
    guest.set(0, reserved + 0x123);
    Fault fault = fault(function);
    assertEquals(SIGNALS.segv(), fault.signal);
    assertEquals(function + 11, fault.pc);
    assertEquals(reserved + 0x123, fault.address);
    assertEquals(reserved + 0x123, fault.registers[RAX]);
    os.unmap(reserved, 1 << 20);
  }

  @Test
  void addressesNearZeroAndBeyondTheProcessor() {
    long function = reader();
    code.publish();
    guest.set(0, 16);
    assertEquals(16, fault(function).address);
    guest.set(0, 0x8000_0000_0000_0000L);
    Fault fault = fault(function);
    assertEquals(SIGNALS.segv(), fault.signal);
    assertEquals(function + 11, fault.pc);
  }

  @Test
  void memoryBeyondTheEndOfItsFile() {
    long function = reader();
    code.publish();
    int file = os.createMemoryFile("empty");
    long region = os.reserve(4096);
    os.mapPrivate(region, 4096, Protection.READ, file, 0);
    guest.set(0, region + 8);
    Fault fault = fault(function);
    assertEquals(SIGNALS.bus(), fault.signal);
    assertEquals(region + 8, fault.address);
    os.unmap(region, 4096);
    os.closeFile(file);
  }

  @Test
  void illegalInstruction() {
    long function = code.function();
    code.enterFrame();
    code.op(0xbb).int32(0x1234); //                   mov ebx, 0x1234
    code.op(0x0f, 0x0b); //                           ud2
    code.publish();
    Fault fault = fault(function);
    assertEquals(SIGNALS.ill(), fault.signal);
    assertEquals(function + 9, fault.pc);
    assertEquals(0x1234, fault.registers[RBX]);
    long top = guest.loop.stack().top();
    assertEquals(top - 32, fault.registers[RSP]);
    assertEquals(top - 32, fault.registers[RBP]);
  }

  @Test
  void integerDivision() {
    long function = code.function();
    code.enterFrame().loadRax(0);
    code.op(0x49, 0x8b, 0x8f).int32(StoreContext.value(1)); // mov rcx, [r15+slot 1]
    code.op(0x48, 0x99); //                           cqo
    code.op(0x48, 0xf7, 0xf9); //                     idiv rcx
    code.storeRax(0).leaveFrame();
    code.publish();
    guest.set(0, 43);
    guest.set(1, 2);
    guest.loop.call(trampoline, function, 0);
    assertEquals(21, guest.get(0));
    guest.set(1, 0);
    Fault byZero = fault(function);
    assertEquals(SIGNALS.fpe(), byZero.signal);
    assertEquals(function + 20, byZero.pc);
    assertEquals(0, byZero.registers[RCX]);
    guest.set(0, Long.MIN_VALUE);
    guest.set(1, -1);
    assertEquals(-1, fault(function).registers[RCX]);
  }

  @Test
  void trapsInInnerActivationsAndTheBacktraceOverAll() {
    long trap = code.function();
    code.enterFrame().op(0x0f, 0x0b); //              ud2
    long outer = code.function();
    code.enterFrame().call(hostCall);
    long afterHostCall = code.here();
    code.leaveFrame();
    long inner = code.function();
    code.enterFrame().call(trap);
    long afterTrap = code.here();
    code.leaveFrame();
    code.publish();
    guest.host = context -> guest.loop.call(trampoline, inner, 0);
    Fault fault = fault(outer);
    assertTrue(fault.backtrace.fault());
    long[] pcs = fault.backtrace.pcs();
    assertEquals(6, pcs.length);
    assertEquals(trap + 4, pcs[0]);
    assertEquals(afterTrap, pcs[1]);
    assertEquals(trampoline + 6, pcs[2]);
    assertTrue(pcs[3] > hostCall && pcs[3] < hostCall + 40);
    assertEquals(afterHostCall, pcs[4]);
    assertEquals(trampoline + 6, pcs[5]);
    // A host function sees the frames that wait for it, and nobody else's.
    long[][] seen = new long[2][];
    guest.host =
        context -> {
          seen[0] = guest.loop.backtrace(2).pcs();
          seen[1] = guest.loop.backtrace(100).pcs();
        };
    guest.loop.call(trampoline, outer, 0);
    assertEquals(2, seen[0].length);
    assertEquals(3, seen[1].length);
    assertEquals(afterHostCall, seen[1][1]);
    assertEquals(0, guest.loop.backtrace(100).pcs().length);
  }

  @Test
  void brokenFramePointersEndTheBacktrace() {
    long function = code.function();
    code.enterFrame();
    code.op(0x49, 0x8b, 0xaf).int32(StoreContext.value(0)); // mov rbp, [r15+slot 0]
    code.op(0x0f, 0x0b); //                           ud2
    code.publish();
    GuestStack stack = guest.loop.stack();
    long[] garbage = {
      0,
      1,
      -1,
      -8,
      Long.MIN_VALUE,
      Long.MAX_VALUE & -8,
      stack.top(),
      stack.top() - 8,
      stack.top() - 16,
      stack.limit(),
      stack.limit() - StackSize.LEAST_HEADROOM - 8,
      stack.limit() - (1 << 20)
    };
    for (long pointer : garbage) {
      guest.set(0, pointer);
      assertTrue(fault(function).backtrace.pcs().length <= 2, () -> Long.toHexString(pointer));
    }
  }

  @Test
  void endlessRecursionStopsAtTheLimit() {
    long function = code.function();
    code.op(0x49, 0x3b, 0x67, StoreContext.STACK_LIMIT); // cmp rsp, [r15+STACK_LIMIT]
    code.op(0x76, 18); //                             jbe overflow
    code.enterFrame(); //                             4 bytes
    code.op(0x49, 0xff, 0x87).int32(StoreContext.value(0)); // inc qword [r15+slot 0], 7 bytes
    code.call(function); //                           5 bytes
    code.leaveFrame(); //                             2 bytes
    code.op(0x0f, 0x0b); //                           overflow: ud2
    code.publish();
    for (int i = 0; i < 3; i++) {
      guest.set(0, 0);
      Fault fault = fault(function);
      assertEquals(SIGNALS.ill(), fault.signal);
      GuestStack stack = guest.loop.stack();
      assertTrue(fault.registers[RSP] <= stack.limit());
      assertTrue(fault.registers[RSP] > stack.limit() - 32);
      long frames = (256 << 10) / 16;
      assertTrue(Math.abs(guest.get(0) - frames) < 4, "frames: " + guest.get(0));
      assertEquals(10_000, fault.backtrace.pcs().length);
      assertTrue(fault.backtrace.truncated());
    }
  }
}
