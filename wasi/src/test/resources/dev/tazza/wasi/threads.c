// A program with threads, without a C library: what wasi-threads needs of a program is all here.
// threads.sh builds it. Its first argument says what it does:
//
//   sum      eight threads add to one counter, under a lock and atomically
//   queue    producers and consumers pass numbers through a bounded queue
//   exit     a thread exits with status 7 while all others wait for ever
//   trap     a thread traps while all others wait for ever
//   many     starts threads until there are no more
//   return   returns from main while a thread computes for ever

typedef unsigned int u32;
typedef unsigned long long u64;

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

IMPORT("wasi", "thread-spawn") int thread_spawn(void *start);
IMPORT("wasi_snapshot_preview1", "fd_write") int fd_write(int fd, void *vectors, u32 count, u32 *written);
IMPORT("wasi_snapshot_preview1", "args_get") int args_get(char **arguments, char *text);
IMPORT("wasi_snapshot_preview1", "args_sizes_get") int args_sizes_get(u32 *count, u32 *size);
IMPORT("wasi_snapshot_preview1", "proc_exit") _Noreturn void proc_exit(int status);

// Output.

static u32 length(const char *text) {
  u32 n = 0;
  while (text[n]) n++;
  return n;
}

static void print(const char *text) {
  struct { const char *start; u32 length; } vector = {text, length(text)};
  u32 written;
  fd_write(1, &vector, 1, &written);
}

static void print_number(u64 number) {
  char text[24];
  char *at = text + sizeof text;
  *--at = 0;
  do {
    *--at = '0' + number % 10;
    number /= 10;
  } while (number);
  print(at);
}

// Waiting (U. Drepper, "Futexes Are Tricky", 2011: mutex 2).

static void wait_while(u32 *word, u32 value) { __builtin_wasm_memory_atomic_wait32((int *)word, value, -1); }

static void wake(u32 *word, u32 count) { __builtin_wasm_memory_atomic_notify((int *)word, count); }

typedef struct { u32 state; } Mutex; // 0: free, 1: taken, 2: taken, and somebody may wait

static void lock(Mutex *mutex) {
  u32 seen = 0;
  if (__atomic_compare_exchange_n(&mutex->state, &seen, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return;
  if (seen != 2) seen = __atomic_exchange_n(&mutex->state, 2, __ATOMIC_SEQ_CST);
  while (seen) {
    wait_while(&mutex->state, 2);
    seen = __atomic_exchange_n(&mutex->state, 2, __ATOMIC_SEQ_CST);
  }
}

static void unlock(Mutex *mutex) {
  if (__atomic_exchange_n(&mutex->state, 0, __ATOMIC_SEQ_CST) == 2) wake(&mutex->state, 1);
}

typedef struct { u32 sequence; } Condition;

static void await(Condition *condition, Mutex *mutex) {
  u32 sequence = __atomic_load_n(&condition->sequence, __ATOMIC_SEQ_CST);
  unlock(mutex);
  wait_while(&condition->sequence, sequence);
  lock(mutex);
}

static void broadcast(Condition *condition) {
  __atomic_add_fetch(&condition->sequence, 1, __ATOMIC_SEQ_CST);
  wake(&condition->sequence, -1);
}

// Threads.

#define MAX_THREADS 64
#define STACK_SIZE 16384

typedef struct {
  char *stack; // thread_start.s loads it, as its first field
  void (*run)(int);
  int argument;
  u32 done;
} Thread;

static Thread threads[MAX_THREADS];
static char stacks[MAX_THREADS][STACK_SIZE] __attribute__((aligned(16)));

// Called by thread_start.s when the stack is in place.
void thread_main(int id, Thread *thread) {
  thread->run(thread->argument);
  __atomic_store_n(&thread->done, 1, __ATOMIC_SEQ_CST);
  wake(&thread->done, -1);
}

static int start(int number, void (*run)(int)) {
  Thread *thread = &threads[number];
  thread->stack = stacks[number] + STACK_SIZE;
  thread->run = run;
  thread->argument = number;
  return thread_spawn(thread);
}

static void join(int number) {
  while (!__atomic_load_n(&threads[number].done, __ATOMIC_SEQ_CST)) wait_while(&threads[number].done, 0);
}

static void run_all(int count, void (*run)(int)) {
  for (int i = 0; i < count; i++) {
    if (start(i, run) <= 0) __builtin_trap();
  }
  for (int i = 0; i < count; i++) join(i);
}

// What it can do.

static Mutex mutex;
static u64 guarded, counted;

static void add(int number) {
  for (int i = 0; i < 20000; i++) {
    __atomic_add_fetch(&counted, number, __ATOMIC_SEQ_CST);
    lock(&mutex);
    guarded += number;
    unlock(&mutex);
  }
}

#define CAPACITY 4
#define NUMBERS 5000

// Volatile: clang 14 takes it that only this thread changes them.
static volatile u32 queue[CAPACITY], first, size, closed;
static u32 producers;
static Condition changed;

static void produce(int number) {
  for (u32 i = 1; i <= NUMBERS; i++) {
    lock(&mutex);
    while (size == CAPACITY) await(&changed, &mutex);
    queue[(first + size++) % CAPACITY] = i;
    broadcast(&changed);
    unlock(&mutex);
  }
}

static void consume(int number) {
  while (1) {
    lock(&mutex);
    while (!size && !closed) await(&changed, &mutex);
    if (!size) {
      unlock(&mutex);
      return;
    }
    guarded += queue[first];
    counted++;
    first = (first + 1) % CAPACITY;
    size--;
    broadcast(&changed);
    unlock(&mutex);
  }
}

static void produce_or_consume(int number) {
  if (number % 2) {
    consume(number);
  } else {
    produce(number);
    if (__atomic_add_fetch(&producers, 1, __ATOMIC_SEQ_CST) == 4) {
      lock(&mutex);
      closed = 1;
      broadcast(&changed);
      unlock(&mutex);
    }
  }
}

static u32 never, waiting;

static void wait_for_ever(int number) {
  __atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
  wake(&waiting, -1);
  while (1) wait_while(&never, 0);
}

static void await_waiting(u32 count) {
  u32 now;
  while ((now = __atomic_load_n(&waiting, __ATOMIC_SEQ_CST)) < count) wait_while(&waiting, now);
}

static void end_all(int number) {
  await_waiting(3);
  if (number == 4) proc_exit(7);
  __builtin_trap();
}

static void compute_for_ever(int number) {
  __atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
  wake(&waiting, -1);
  while (1) __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
}

static int equal(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

void _start(void) {
  static char text[256];
  static char *arguments[16];
  u32 count, bytes;
  args_sizes_get(&count, &bytes);
  if (count < 2 || count > 16 || bytes > sizeof text) proc_exit(2);
  args_get(arguments, text);
  const char *what = arguments[1];
  if (equal(what, "sum")) {
    run_all(8, add);
    print_number(counted);
    print(" ");
    print_number(guarded);
  } else if (equal(what, "queue")) {
    run_all(8, produce_or_consume);
    print_number(counted);
    print(" ");
    print_number(guarded);
  } else if (equal(what, "exit") || equal(what, "trap")) {
    for (int i = 0; i < 3; i++) start(i, wait_for_ever);
    start(equal(what, "exit") ? 4 : 5, end_all);
    while (1) wait_while(&never, 0);
  } else if (equal(what, "many")) {
    int started = 0, result = 1;
    while (started < MAX_THREADS && (result = start(started, wait_for_ever)) > 0) started++;
    print_number(started);
    print(" ");
    print_number(result < 0 ? -result : 0);
  } else if (equal(what, "return")) {
    start(0, compute_for_ever);
    await_waiting(1);
    return;
  } else {
    proc_exit(2);
  }
  print("\n");
}
