package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link Store#limiterAsync}: guests that wait until it is decided whether they get more. */
class AsyncLimiterTest {
  private static final String TEXT =
      """
      (module
        (memory (export "memory") 1 10)
        (table 2 20 funcref)
        (table $objects 2 20 externref)
        (func (export "memory.grow") (param i32) (result i32)
          (i32.add (i32.mul (memory.grow (local.get 0)) (i32.const 100)) (memory.size)))
        (func (export "table.grow") (param i32) (result i32)
          (i32.add
            (i32.mul (table.grow 0 (ref.null func) (local.get 0)) (i32.const 100))
            (table.size 0)))
        (func (export "objects.grow") (param i32) (result i32)
          (table.grow $objects (ref.null extern) (local.get 0))))
      """;

  /** Answers when the test does. */
  private static final class Slow implements AsyncResourceLimiter {
    final List<String> questions = new ArrayList<>();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    boolean traps;

    private CompletionStage<Boolean> ask(String what, long current, long desired, long maximum) {
      questions.add(what + " " + current + " " + desired + " " + maximum);
      return current == 0 ? CompletableFuture.completedFuture(true) : answer;
    }

    @Override
    public CompletionStage<Boolean> memoryGrowing(long current, long desired, long maximum) {
      return ask("memory", current >> 16, desired >> 16, maximum >> 16);
    }

    @Override
    public CompletionStage<Boolean> tableGrowing(long current, long desired, long maximum) {
      return ask("table", current, desired, maximum);
    }

    @Override
    public boolean trapsOnGrowFailure() {
      return traps;
    }
  }

  private final Queue<Runnable> queue = new ArrayDeque<>();
  private final Slow limiter = new Slow();
  private final Engine engine = new Engine(new Config().asyncSupport(true));
  private final Module module = Module.compile(engine, TEXT);
  private final Store<Void> store = new Store<>(engine);
  private final Instance instance = instantiate();

  private Instance instantiate() {
    store.setExecutor(queue::add);
    store.limiterAsync(limiter);
    CompletableFuture<Instance> made = new Linker<Void>(engine).instantiateAsync(store, module);
    runAll();
    return made.join();
  }

  private void runAll() {
    for (Runnable step = queue.poll(); step != null; step = queue.poll()) {
      step.run();
    }
  }

  @AfterEach
  void close() {
    store.close();
    module.close();
    engine.close();
  }

  /** A call that waits for the limiter, on no thread. */
  private CompletableFuture<Object[]> begin(String function, int by) {
    CompletableFuture<Object[]> call = instance.func(function).callAsync(by);
    runAll();
    assertFalse(call.isDone());
    return call;
  }

  private Object answer(CompletableFuture<Object[]> call, boolean allowed) {
    limiter.answer.complete(allowed);
    limiter.answer = new CompletableFuture<>();
    runAll();
    return call.join()[0];
  }

  @Test
  void aMemoryGrowsWhenItMay() {
    assertEquals(List.of("memory 0 1 10", "table 0 2 20", "table 0 2 20"), limiter.questions);
    limiter.questions.clear();
    CompletableFuture<Object[]> call = begin("memory.grow", 3);
    assertEquals(1, instance.memory("memory").size());
    assertEquals(104, answer(call, true));
    assertEquals(-96, answer(begin("memory.grow", 2), false));
    // Beyond its maximum it fails, whatever the limiter says.
    assertEquals(-96, answer(begin("memory.grow", 7), true));
    assertEquals(List.of("memory 1 4 10", "memory 4 6 10", "memory 4 11 10"), limiter.questions);
  }

  @Test
  void aTableGrowsWhenItMay() {
    assertEquals(205, answer(begin("table.grow", 3), true));
    assertEquals(-95, answer(begin("table.grow", 1), false));
    // Those of other references have their thread wait.
    limiter.answer.complete(true);
    CompletableFuture<Object[]> call = instance.func("objects.grow").callAsync(1);
    runAll();
    assertEquals(2, call.join()[0]);
  }

  @Test
  void anAnswerThatIsThereIsNotWaitedFor() {
    limiter.answer.complete(true);
    CompletableFuture<Object[]> call = instance.func("memory.grow").callAsync(1);
    queue.remove().run();
    assertEquals(102, call.join()[0]);
    assertEquals(2, instance.memory("memory").grow(1));
  }

  @Test
  void aRefusalMayBeATrap() {
    limiter.traps = true;
    CompletableFuture<Object[]> call = begin("memory.grow", 1);
    limiter.answer.complete(false);
    runAll();
    Trap trap =
        assertInstanceOf(
            Trap.class, assertThrows(CompletionException.class, call::join).getCause());
    assertEquals(TrapCode.RESOURCE_LIMIT, trap.code());
  }

  @Test
  void aFailureIsTheCalls() {
    CompletableFuture<Object[]> call = begin("memory.grow", 1);
    IllegalStateException failure = new IllegalStateException("no budget");
    limiter.answer.completeExceptionally(failure);
    runAll();
    assertSame(failure, assertThrows(CompletionException.class, call::join).getCause());
    assertEquals(1, instance.memory("memory").size());
  }

  @Test
  void aCallThatWaitsIsCancelled() {
    CompletableFuture<Object[]> call = begin("memory.grow", 1);
    call.cancel(true);
    runAll();
    assertTrue(call.isCancelled());
    limiter.answer.complete(true);
    runAll();
    assertEquals(1, instance.memory("memory").size());
    limiter.answer = new CompletableFuture<>();
    assertEquals(102, answer(begin("memory.grow", 1), true));
  }

  @Test
  void otherStoresHaveNoThreadsToSpare() {
    try (Engine other = new Engine();
        Store<Void> plain = new Store<>(other)) {
      assertThrows(IllegalStateException.class, () -> plain.limiterAsync(limiter));
    }
  }
}
