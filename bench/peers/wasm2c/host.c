// What a program that wasm2c made needs of a host: the functions of WASI that programs of DIR call, and the stand's own.
// The build defines IMPORTS, the module's instances of what it imports, as arguments, and HAS_START, HAS_MEMORY and HAS_CALLS.
// A guest's paths are the system's: these programs are run to be measured, not to be confined.
#include "module.h"

#include "adapter.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 64, FOLDER = 3 };
enum { SUCCESS = 0, EBADF_WASI = 8, EINVAL_WASI = 28, EIO_WASI = 29, ENOENT_WASI = 44, ENOSYS_WASI = 52, ESPIPE_WASI = 70 };
enum { DIRECTORY = 3, REGULAR_FILE = 4 };

struct Z_wasi_snapshot_preview1_instance_t {
  int files[FILES]; // the system's, by the guest's; -1: closed
  jmp_buf exit;
  int status;
};

typedef struct Z_wasi_snapshot_preview1_instance_t wasi_t;

static wasi_t wasi;
static Z_module_instance_t instance;

#ifdef HAS_MEMORY
static uint8_t *at(u32 address) { return Z_moduleZ_memory(&instance)->data + address; }
#else
static uint8_t *at(u32 address) { fail("the module exports no memory"); }
#endif

static void put32(u32 address, u32 value) { memcpy(at(address), &value, 4); }

static void put64(u32 address, u64 value) { memcpy(at(address), &value, 8); }

static u32 get32(u32 address) {
  u32 value;
  memcpy(&value, at(address), 4);
  return value;
}

static int file(wasi_t *w, u32 fd) { return fd < FILES ? w->files[fd] : -1; }

// --- WASI ---

#define WASI(name) Z_wasi_snapshot_preview1Z_##name

void WASI(proc_exit)(wasi_t *w, u32 status) {
  w->status = (int)status;
  longjmp(w->exit, 1);
}

u32 WASI(args_sizes_get)(wasi_t *w, u32 count, u32 size) {
  put32(count, 1);
  put32(size, sizeof "program");
  return SUCCESS;
}

u32 WASI(args_get)(wasi_t *w, u32 pointers, u32 text) {
  put32(pointers, text);
  memcpy(at(text), "program", sizeof "program");
  return SUCCESS;
}

u32 WASI(environ_sizes_get)(wasi_t *w, u32 count, u32 size) {
  put32(count, 0);
  put32(size, 0);
  return SUCCESS;
}

u32 WASI(environ_get)(wasi_t *w, u32 pointers, u32 text) { return SUCCESS; }

u32 WASI(clock_time_get)(wasi_t *w, u32 clock, u64 precision, u32 result) {
  static const clockid_t CLOCKS[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
  struct timespec now;
  if (clock > 3 || clock_gettime(CLOCKS[clock], &now) != 0) {
    return EINVAL_WASI;
  }
  put64(result, (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec);
  return SUCCESS;
}

u32 WASI(random_get)(wasi_t *w, u32 buffer, u32 size) {
  return getrandom(at(buffer), size, 0) == (ssize_t)size ? SUCCESS : EIO_WASI;
}

u32 WASI(poll_oneoff)(wasi_t *w, u32 in, u32 out, u32 count, u32 result) { return ENOSYS_WASI; }

u32 WASI(sched_yield)(wasi_t *w) { return SUCCESS; }

u32 WASI(fd_write)(wasi_t *w, u32 fd, u32 vectors, u32 count, u32 result) {
  u32 total = 0;
  if (file(w, fd) < 0) {
    return EBADF_WASI;
  }
  for (u32 i = 0; i < count; i++) {
    u32 size = get32(vectors + 8 * i + 4);
    ssize_t written = write(file(w, fd), at(get32(vectors + 8 * i)), size);
    if (written != (ssize_t)size) {
      return EIO_WASI;
    }
    total += size;
  }
  put32(result, total);
  return SUCCESS;
}

u32 WASI(fd_read)(wasi_t *w, u32 fd, u32 vectors, u32 count, u32 result) {
  u32 total = 0;
  if (file(w, fd) < 0) {
    return EBADF_WASI;
  }
  for (u32 i = 0; i < count; i++) {
    u32 size = get32(vectors + 8 * i + 4);
    ssize_t got = read(file(w, fd), at(get32(vectors + 8 * i)), size);
    if (got < 0) {
      return EIO_WASI;
    }
    total += (u32)got;
    if (got < (ssize_t)size) {
      break;
    }
  }
  put32(result, total);
  return SUCCESS;
}

u32 WASI(fd_close)(wasi_t *w, u32 fd) {
  if (file(w, fd) < 0) {
    return EBADF_WASI;
  }
  close(w->files[fd]);
  w->files[fd] = -1;
  return SUCCESS;
}

u32 WASI(fd_sync)(wasi_t *w, u32 fd) { return file(w, fd) < 0 ? EBADF_WASI : SUCCESS; }

u32 WASI(fd_seek)(wasi_t *w, u32 fd, u64 offset, u32 whence, u32 result) {
  if (file(w, fd) < 0) {
    return EBADF_WASI;
  }
  off_t now = lseek(w->files[fd], (off_t)offset, (int)whence);
  if (now < 0) {
    return errno == ESPIPE ? ESPIPE_WASI : EINVAL_WASI;
  }
  put64(result, (u64)now);
  return SUCCESS;
}

static u32 kind(const struct stat *status) {
  return S_ISDIR(status->st_mode) ? DIRECTORY : S_ISREG(status->st_mode) ? REGULAR_FILE : 2 /* character device */;
}

u32 WASI(fd_fdstat_get)(wasi_t *w, u32 fd, u32 result) {
  struct stat status;
  if (file(w, fd) < 0 || fstat(w->files[fd], &status) != 0) {
    return EBADF_WASI;
  }
  memset(at(result), 0, 24);
  *at(result) = (uint8_t)kind(&status);
  put64(result + 8, ~(u64)0);
  put64(result + 16, ~(u64)0);
  return SUCCESS;
}

u32 WASI(fd_fdstat_set_flags)(wasi_t *w, u32 fd, u32 flags) { return file(w, fd) < 0 ? EBADF_WASI : SUCCESS; }

static void put_status(u32 result, const struct stat *status) {
  memset(at(result), 0, 64);
  put64(result, status->st_dev);
  put64(result + 8, status->st_ino);
  *at(result + 16) = (uint8_t)kind(status);
  put64(result + 24, status->st_nlink);
  put64(result + 32, (u64)status->st_size);
}

u32 WASI(fd_filestat_get)(wasi_t *w, u32 fd, u32 result) {
  struct stat status;
  if (file(w, fd) < 0 || fstat(w->files[fd], &status) != 0) {
    return EBADF_WASI;
  }
  put_status(result, &status);
  return SUCCESS;
}

u32 WASI(fd_prestat_get)(wasi_t *w, u32 fd, u32 result) {
  if (fd != FOLDER || w->files[FOLDER] < 0) {
    return EBADF_WASI;
  }
  put32(result, 0);
  put32(result + 4, 1);
  return SUCCESS;
}

u32 WASI(fd_prestat_dir_name)(wasi_t *w, u32 fd, u32 path, u32 size) {
  if (fd != FOLDER || size < 1) {
    return EBADF_WASI;
  }
  *at(path) = '.';
  return SUCCESS;
}

// A path of the guest's with an end.
static const char *text(u32 path, u32 size) {
  static char buffer[4096];
  size = size < sizeof buffer - 1 ? size : (u32)sizeof buffer - 1;
  memcpy(buffer, at(path), size);
  buffer[size] = '\0';
  return buffer;
}

u32 WASI(path_filestat_get)(wasi_t *w, u32 fd, u32 flags, u32 path, u32 size, u32 result) {
  struct stat status;
  if (file(w, fd) < 0) {
    return EBADF_WASI;
  }
  if (fstatat(w->files[fd], text(path, size), &status, (flags & 1) != 0 ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
    return ENOENT_WASI;
  }
  put_status(result, &status);
  return SUCCESS;
}

u32 WASI(path_open)(wasi_t *w, u32 fd, u32 lookup, u32 path, u32 size, u32 open_flags, u64 rights, u64 inherited, u32 flags,
                    u32 result) {
  static const int OPEN[] = {O_CREAT, O_DIRECTORY, O_EXCL, O_TRUNC};
  const u64 reads = 1 << 1, writes = 1 << 6;
  int mode = (rights & writes) == 0 ? O_RDONLY : (rights & reads) == 0 ? O_WRONLY : O_RDWR;
  for (int i = 0; i < 4; i++) {
    mode |= (open_flags >> i & 1) != 0 ? OPEN[i] : 0;
  }
  mode |= (flags & 1) != 0 ? O_APPEND : 0;
  if ((mode & O_DIRECTORY) != 0) {
    mode &= ~O_ACCMODE;
  }
  u32 next = FOLDER + 1;
  while (next < FILES && w->files[next] >= 0) {
    next++;
  }
  if (file(w, fd) < 0 || next == FILES) {
    return EBADF_WASI;
  }
  w->files[next] = openat(w->files[fd], text(path, size), mode, 0666);
  if (w->files[next] < 0) {
    return errno == ENOENT ? ENOENT_WASI : EIO_WASI;
  }
  put32(result, next);
  return SUCCESS;
}

// --- the stand's modules ---

void Z_benchZ_start(struct Z_bench_instance_t *bench) { bench_start(); }

void Z_benchZ_end(struct Z_bench_instance_t *bench) { bench_end(); }

// As a host in another file would be, so that the call is made.
__attribute__((noipa)) void Z_envZ_noop(struct Z_env_instance_t *env) {}

// --- adapter.h ---

// There is nothing to compile any more.
void peer_compile(const uint8_t *bytes, size_t size, bool one_thread) {}

void peer_save(const char *path) { fail("not offered"); }

void peer_load(const char *path) { fail("not offered"); }

static int open_for(const char *path, int flags) {
  int opened = open(path, flags, 0666);
  if (opened < 0) {
    fail("cannot open %s", path);
  }
  return opened;
}

void peer_use_pool(uint32_t slots) { fail("there is no pool of %u", slots); }

void peer_instantiate(const struct surroundings *surroundings) {
  if (!wasm_rt_is_initialized()) {
    wasm_rt_init();
    Z_module_init_module();
  }
  for (int i = 0; i < FILES; i++) {
    wasi.files[i] = -1;
  }
  if (surroundings != NULL && surroundings->folder != NULL) {
    wasi.files[0] = open_for("/dev/null", O_RDONLY);
    wasi.files[1] = open_for(surroundings->out, O_WRONLY | O_CREAT | O_TRUNC);
    wasi.files[2] = open_for(surroundings->err, O_WRONLY | O_CREAT | O_TRUNC);
    wasi.files[FOLDER] = open_for(surroundings->folder, O_RDONLY | O_DIRECTORY);
  } else if (surroundings != NULL) {
    wasi.files[1] = STDOUT_FILENO;
  }
  Z_module_instantiate(&instance IMPORTS);
}

void peer_start(void) {
#ifdef HAS_START
  wasi.status = 0;
  if (setjmp(wasi.exit) != 0) {
    if (wasi.status != 0) {
      fail("the program exited with %d", wasi.status);
    }
    return;
  }
  int trap = wasm_rt_impl_try();
  if (trap != 0) {
    fail("%s", wasm_rt_strerror(trap));
  }
  Z_moduleZ__start(&instance);
#else
  fail("the module does not export _start");
#endif
}

void peer_close(void) {
  for (int i = 0; i < FILES; i++) {
    if (wasi.files[i] > STDERR_FILENO) {
      close(wasi.files[i]);
    }
  }
  Z_module_free(&instance);
}

#ifdef HAS_CALLS
// As if it were in a library: otherwise the compiler would put the guest's function in the loop and measure nothing.
static u32 (*volatile add)(Z_module_instance_t *, u32, u32) = Z_moduleZ_add;

uint32_t peer_add(uint32_t count) {
  u32 sum = 0;
  for (uint32_t i = 0; i < count; i++) {
    sum = add(&instance, sum, i);
  }
  return sum;
}

void peer_loop(uint32_t count) { Z_moduleZ_loop(&instance, count); }
#else
uint32_t peer_add(uint32_t count) { fail("this is not calls.wat"); }

void peer_loop(uint32_t count) { fail("this is not calls.wat"); }
#endif
