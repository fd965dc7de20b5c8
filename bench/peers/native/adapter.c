// The requests of the stand; see adapter.h.
#include "adapter.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

enum { BATCH = 100, SLOTS = 1000, MAX_THREADS = 16 };

// A reading of two clocks, in seconds.
struct moment {
  double wall, cpu;
};

static struct moment began, ended;

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct moment of_thread(void) {
  return (struct moment){seconds(CLOCK_MONOTONIC), seconds(CLOCK_THREAD_CPUTIME_ID)};
}

static struct moment of_process(void) {
  return (struct moment){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

static void report(const char *measure, struct moment from, struct moment to, uint32_t count) {
  printf("{\"measure\": \"%s\", \"seconds\": %.12g, \"cpu\": %.12g}\n", measure, (to.wall - from.wall) / count,
         (to.cpu - from.cpu) / count);
}

void bench_start(void) { began = of_thread(); }

void bench_end(void) { ended = of_thread(); }

_Noreturn void fail(const char *format, ...) {
  char text[500];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  printf("{\"error\": \"");
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\') {
      putchar('\\');
    }
    putchar((unsigned char)*c < ' ' ? ' ' : *c);
  }
  printf("\"}\n");
  fflush(stdout);
  exit(1);
}

struct file {
  uint8_t *bytes;
  size_t size;
};

// A module, with a custom section "n" that holds a number.
static struct file read_module(const char *path) {
  FILE *file = fopen(path, "rb");
  struct stat status;
  if (file == NULL || fstat(fileno(file), &status) != 0) {
    fail("cannot read %s", path);
  }
  size_t size = (size_t)status.st_size;
  uint8_t *bytes = malloc(size + 8);
  if (bytes == NULL || fread(bytes, 1, size, file) != size) {
    fail("cannot read %s", path);
  }
  fclose(file);
  memcpy(bytes + size, "\0\6\1n\0\0\0", 8);
  return (struct file){bytes, size + 8};
}

static void compile_timed(struct file module, uint32_t number, bool one_thread) {
  memcpy(module.bytes + module.size - 4, &number, 4);
  struct moment from = of_process();
  peer_compile(module.bytes, module.size, one_thread);
  report("compile", from, of_process(), 1);
}

static void program(const char *wasm, const char *folder, const char *out, uint32_t runs, double limit) {
  compile_timed(read_module(wasm), 0, false);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"measure\": \"peak-rss\", \"bytes\": %ld}\n", usage.ru_maxrss * 1024);
  double first = seconds(CLOCK_MONOTONIC);
  double last = 0; // what the last run took
  for (uint32_t i = 0; i < runs; i++) {
    double spent = seconds(CLOCK_MONOTONIC) - first;
    if (i == 1 ? last > 10 * limit : i > 1 && spent > limit) {
      break;
    }
    char stdout_path[4096], stderr_path[4096];
    snprintf(stdout_path, sizeof stdout_path, "%s/stdout.%u", out, i);
    snprintf(stderr_path, sizeof stderr_path, "%s/stderr.%u", out, i);
    struct surroundings surroundings = {folder, stdout_path, stderr_path};
    peer_instantiate(&surroundings);
    struct moment ready = of_thread();
    began = ended = (struct moment){0, 0};
    peer_start();
    struct moment done = of_thread();
    report("execution", began.wall > 0 ? began : ready, ended.wall > 0 ? ended : done, 1);
    peer_close();
    last = done.wall - ready.wall;
  }
}

static void compile(const char *wasm, double limit, const char *threads) {
  struct file module = read_module(wasm);
  double first = seconds(CLOCK_MONOTONIC);
  for (uint32_t i = 0; i < 3 || seconds(CLOCK_MONOTONIC) - first < limit; i++) {
    compile_timed(module, i, strcmp(threads, "one") == 0);
  }
}

static void instantiate(const char *wasm, double limit, const char *host) {
  struct file module = read_module(wasm);
  peer_compile(module.bytes, module.size, false);
  struct surroundings nowhere = {NULL, NULL, NULL};
  double first = seconds(CLOCK_MONOTONIC);
  for (int batch = 0; batch < 4 || seconds(CLOCK_MONOTONIC) - first < limit; batch++) {
    struct moment from = of_thread();
    for (int i = 0; i < BATCH; i++) {
      peer_instantiate(strcmp(host, "wasi") == 0 ? &nowhere : NULL);
      peer_close();
    }
    report("instantiate", from, of_thread(), BATCH);
  }
}

// Cycles of one thread until the limit, in seconds, is over.
static void *pool_thread(void *limit) {
  double first = seconds(CLOCK_MONOTONIC);
  while (seconds(CLOCK_MONOTONIC) - first < *(double *)limit) {
    struct moment from = of_thread();
    for (int i = 0; i < BATCH; i++) {
      peer_instantiate(NULL);
      peer_start();
      peer_close();
    }
    report("pool", from, of_thread(), BATCH);
  }
  return NULL;
}

static void pool(const char *wasm, double limit, int threads) {
  if (threads < 1 || threads > MAX_THREADS) {
    fail("%d threads", threads);
  }
  struct file module = read_module(wasm);
  peer_use_pool(SLOTS);
  peer_compile(module.bytes, module.size, false);
  peer_instantiate(NULL); // makes what all threads share
  peer_close();
  pthread_t started[MAX_THREADS];
  for (int i = 0; i < threads; i++) {
    if (pthread_create(&started[i], NULL, pool_thread, &limit) != 0) {
      fail("cannot make a thread");
    }
  }
  for (int i = 0; i < threads; i++) {
    pthread_join(started[i], NULL);
  }
}

static void calls(const char *wasm, uint32_t count) {
  struct file module = read_module(wasm);
  peer_compile(module.bytes, module.size, false);
  peer_instantiate(NULL);
  for (int round = 0; round < 6; round++) {
    struct moment from = of_thread();
    uint32_t sum = peer_add(count);
    struct moment between = of_thread();
    peer_loop(count);
    struct moment to = of_thread();
    if (sum != (uint32_t)((uint64_t)count * (count - 1) / 2)) {
      fail("wrong sum %u", sum);
    }
    if (round > 0) {
      report("call-host-to-guest", from, between, count);
      report("call-guest-to-host", between, to, count);
    }
  }
}

static void artifact(const char *wasm, const char *path) {
  struct stat status;
  if (stat(path, &status) != 0) {
    struct file module = read_module(wasm);
    peer_compile(module.bytes, module.size, false);
    peer_save(path);
    return;
  }
  for (int i = 0; i < 2; i++) {
    struct moment from = of_process();
    peer_load(path);
    report("artifact-load", from, of_process(), 1);
  }
}

static void hello(const char *wasm) {
  struct file module = read_module(wasm);
  peer_compile(module.bytes, module.size, false);
  struct surroundings nowhere = {NULL, NULL, NULL};
  peer_instantiate(&nowhere);
  peer_start();
}

int main(int count, char **arguments) {
  const char *request = count > 1 ? arguments[1] : "";
  if (strcmp(request, "program") == 0 && count == 7) {
    program(arguments[2], arguments[3], arguments[4], (uint32_t)atoi(arguments[5]), atof(arguments[6]));
  } else if (strcmp(request, "compile") == 0 && count == 5) {
    compile(arguments[2], atof(arguments[3]), arguments[4]);
  } else if (strcmp(request, "instantiate") == 0 && count == 5) {
    instantiate(arguments[2], atof(arguments[3]), arguments[4]);
  } else if (strcmp(request, "pool") == 0 && count == 5) {
    pool(arguments[2], atof(arguments[3]), atoi(arguments[4]));
  } else if (strcmp(request, "calls") == 0 && count == 4) {
    calls(arguments[2], (uint32_t)atoi(arguments[3]));
  } else if (strcmp(request, "artifact") == 0 && count == 4) {
    artifact(arguments[2], arguments[3]);
  } else if (strcmp(request, "hello") == 0 && count == 3) {
    hello(arguments[2]);
  } else {
    fail("'%s' with %d arguments is not offered", request, count - 2);
  }
  fflush(stdout);
  return 0;
}
