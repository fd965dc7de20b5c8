package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memories that the embedder makes. */
class HostMemoryTest {
  private static final long PAGE = 1 << 16;

  private static final String MODULE =
      """
      (module
        (memory (export "m") 2 100)
        (data (i32.const 65536) "%s")
        (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
      """
          .formatted("0123456789abcdef".repeat(2000));

  /** Reserves as asked, notes what it is asked for, and grows up to a bound. */
  private static final class Creator implements MemoryCreator {
    final List<Request> requests = new ArrayList<>();
    final List<Created> memories = new ArrayList<>();
    long most = 50 * PAGE;

    @Override
    public CreatedMemory newMemory(Request request) {
      requests.add(request);
      Created memory = new Created(request, most);
      memories.add(memory);
      return memory;
    }
  }

  private static final class Created implements MemoryCreator.CreatedMemory {
    private final Os os = Os.host();
    private final MemoryCreator.Request request;
    private final long most;
    private long address;
    private long reserved;
    private long size;
    private boolean closed;

    Created(MemoryCreator.Request request, long most) {
      this.request = request;
      this.most = most;
      map(request.minimum());
    }

    private void map(long bytes) {
      reserved = Math.max(bytes, request.reserved()) + request.guard();
      address = os.reserve(reserved);
      os.protect(address, bytes, Protection.READ_WRITE);
      size = bytes;
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public long byteSize() {
      return size;
    }

    @Override
    public boolean growTo(long bytes) {
      if (bytes > most) {
        return false;
      }
      if (request.reserved() > 0) {
        os.protect(address, bytes, Protection.READ_WRITE);
        size = bytes;
        return true;
      }
      long old = address;
      long oldSize = size;
      long oldReserved = reserved;
      map(bytes);
      MemorySegment.ofAddress(address)
          .reinterpret(bytes)
          .copyFrom(MemorySegment.ofAddress(old).reinterpret(oldSize));
      os.unmap(old, oldReserved);
      return true;
    }

    @Override
    public void close() {
      assertTrue(!closed, "closed once");
      closed = true;
      os.unmap(address, reserved);
    }
  }

  private static void use(Config config, Creator creator) {
    try (Engine engine = new Engine(config.withHostMemory(creator));
        Module module = Module.compile(engine, MODULE);
        Store<Void> store = new Store<>(engine)) {
      Instance instance = Instance.instantiate(store, module, List.of());
      Memory memory = instance.memory("m");
      assertEquals(creator.memories.getLast().address, memory.segment().address());
      assertEquals((int) '1', instance.func("load").call(65537)[0]);
      assertEquals(0, instance.func("load").call(65535)[0]);
      instance.func("store").call(5, 77);
      assertOutOfBounds(instance, 2 * (int) PAGE);
      assertEquals(2, instance.func("grow").call(40)[0]);
      assertEquals(77, instance.func("load").call(5)[0]);
      assertEquals(77, memory.getByte(5));
      assertEquals(0, instance.func("load").call(42 * (int) PAGE - 1)[0]);
      assertOutOfBounds(instance, 42 * (int) PAGE);
      assertOutOfBounds(instance, -1);
      assertEquals(-1, instance.func("grow").call(20)[0], "which the host refuses");
      assertEquals(-1, instance.func("grow").call(100)[0], "which is too much for the type");
      assertEquals(42 * PAGE, memory.byteSize());
      assertEquals(77, instance.func("load").call(5)[0]);
      assertEquals(77, memory.getByte(5));
    }
    assertTrue(creator.memories.stream().allMatch(memory -> memory.closed));
  }

  private static void assertOutOfBounds(Instance instance, int address) {
    Trap trap = assertThrows(Trap.class, () -> instance.func("load").call(address));
    assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code());
  }

  @Test
  void staticMemoriesOfTheHost() {
    Creator creator = new Creator();
    use(new Config(), creator);
    MemoryCreator.Request request =
        new MemoryCreator.Request(2 * PAGE, 100 * PAGE, 4L << 30, 2L << 30);
    assertEquals(List.of(request), creator.requests);
  }

  @Test
  void dynamicMemoriesOfTheHost() {
    Creator creator = new Creator();
    use(new Config().staticMemoryMaximumSize(0), creator);
    assertEquals(
        List.of(new MemoryCreator.Request(2 * PAGE, 100 * PAGE, 0, PAGE)), creator.requests);
  }

  @Test
  void memoriesWithoutModuleAreTheHostsToo() {
    Creator creator = new Creator();
    try (Engine engine = new Engine(new Config().withHostMemory(creator));
        Store<Void> store = new Store<>(engine)) {
      Memory memory = Memory.create(store, new MemoryType(Limits.of(1)));
      assertEquals(creator.memories.getFirst().address, memory.segment().address());
      assertEquals(1, memory.grow(1));
      assertEquals(2 * PAGE, creator.memories.getFirst().size);
    }
  }

  @Test
  void pooledOnesAreNot() {
    Creator creator = new Creator();
    Config pooling =
        new Config()
            .withHostMemory(creator)
            .allocationStrategy(
                InstanceAllocationStrategy.pooling(
                    new PoolingConfig().instanceLimits(new InstanceLimits().count(2))));
    try (Engine engine = new Engine(pooling);
        Module module = Module.compile(engine, MODULE);
        Store<Void> store = new Store<>(engine)) {
      Instance.instantiate(store, module, List.of());
      assertEquals(List.of(), creator.requests);
      Memory.create(store, new MemoryType(Limits.of(1)));
      assertEquals(1, creator.requests.size());
    }
  }

  private static ResourceLimitException refusal(MemoryCreator creator) {
    try (Engine engine = new Engine(new Config().withHostMemory(creator));
        Module module = Module.compile(engine, MODULE);
        Store<Void> store = new Store<>(engine)) {
      return assertThrows(
          ResourceLimitException.class, () -> Instance.instantiate(store, module, List.of()));
    }
  }

  @Test
  void whatTheHostCannotMakeIsAnError() {
    RuntimeException cause = new IllegalStateException("no more");
    ResourceLimitException refused =
        refusal(_ -> {
          throw cause;
        });
    assertEquals("the MemoryCreator made no memory of 131072 bytes: no more", refused.getMessage());
    assertSame(cause, refused.getCause());
  }

  @Test
  void whatIsTooSmallIsAnError() {
    Creator creator = new Creator();
    ResourceLimitException refused =
        refusal(request ->
            creator.newMemory(
                new MemoryCreator.Request(PAGE, PAGE, request.reserved(), request.guard())));
    assertTrue(
        refused
            .getMessage()
            .startsWith(
                "the MemoryCreator was to make a memory of 131072 bytes, but made one of 65536"),
        refused.getMessage());
    assertTrue(creator.memories.getFirst().closed);
  }
}
