package dev.tazza.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.assembler.x64.Registers;
import org.junit.jupiter.api.Test;

class NativeCallTest {

  @Test
  void callsTheCLibrary() {
    long block = NativeHeap.allocate(16);
    assertEquals(block, NativeCall.invoke(LibC.memset(), block, 0x41, 16));
    NativeMemory.putByte(block + 15, (byte) 0);
    assertEquals(block + 1, NativeCall.invoke(LibC.memmove(), block + 1, block, 8));
    assertEquals(15, NativeCall.invoke(NativeCall.symbol("strlen"), block, 0, 0));
    assertEquals(0, (int) NativeCall.invoke(LibC.memcmp(), block, block + 1, 4));
    NativeHeap.free(block);
  }

  @Test
  void unknownSymbolsAreNamed() {
    UnsupportedOperationException missing =
        assertThrows(
            UnsupportedOperationException.class, () -> NativeCall.symbol("no_such_function"));
    assertEquals("the C library has no function no_such_function", missing.getMessage());
  }

  @Test
  void codePagesExecute() {
    Assembler code = new Assembler();
    code.lea(Registers.RAX, code.at(Registers.RDI, Registers.RSI, 1, 0));
    code.ret();
    long address = CodePage.map(code.finish());
    assertNotEquals(0, address);
    assertEquals(5_000_000_000L, NativeCall.invoke(address, 4_000_000_000L, 1_000_000_000L, 0));
  }
}
