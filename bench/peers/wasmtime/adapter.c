// Wasmtime through its C API, so that what is measured is Wasmtime's and not a binding's. The package that holds its library has
// no headers; what is used of the API is declared here, as <wasmtime.h> of version 50 has it.
#include "../native/adapter.h"

#include <stdio.h>
#include <string.h>

typedef struct wasm_engine wasm_engine_t;
typedef struct wasm_config wasm_config_t;
typedef struct wasmtime_pooling_allocation_config wasmtime_pooling_allocation_config_t;
typedef struct wasm_functype wasm_functype_t;
typedef struct wasm_trap wasm_trap_t;
typedef struct wasmtime_error wasmtime_error_t;
typedef struct wasmtime_module wasmtime_module_t;
typedef struct wasmtime_linker wasmtime_linker_t;
typedef struct wasmtime_instance_pre wasmtime_instance_pre_t;
typedef struct wasmtime_store wasmtime_store_t;
typedef struct wasmtime_context wasmtime_context_t;
typedef struct wasi_config wasi_config_t;
typedef struct wasmtime_caller wasmtime_caller_t;
typedef struct { size_t size; char *data; } wasm_byte_vec_t;
typedef struct { size_t size; void **data; } wasm_valtype_vec_t;
typedef struct { uint64_t store_id; void *opaque; } wasmtime_func_t;
typedef struct { uint64_t store_id; size_t opaque; } wasmtime_instance_t;
typedef union { int32_t i32; _Alignas(8) uint8_t v128[16]; } wasmtime_val_raw_t;
typedef struct { uint8_t kind; union { wasmtime_func_t func; uint64_t others[6]; } of; } wasmtime_extern_t;
typedef wasm_trap_t *(*callback_t)(void *, wasmtime_caller_t *, wasmtime_val_raw_t *, size_t);

wasm_config_t *wasm_config_new(void);
void wasmtime_config_parallel_compilation_set(wasm_config_t *, bool);
wasmtime_pooling_allocation_config_t *wasmtime_pooling_allocation_config_new(void);
void wasmtime_pooling_allocation_config_total_core_instances_set(wasmtime_pooling_allocation_config_t *, uint32_t);
void wasmtime_pooling_allocation_config_total_memories_set(wasmtime_pooling_allocation_config_t *, uint32_t);
void wasmtime_pooling_allocation_strategy_set(wasm_config_t *, const wasmtime_pooling_allocation_config_t *);
wasm_engine_t *wasm_engine_new_with_config(wasm_config_t *);
wasmtime_error_t *wasmtime_module_new(wasm_engine_t *, const uint8_t *, size_t, wasmtime_module_t **);
void wasmtime_module_delete(wasmtime_module_t *);
wasmtime_error_t *wasmtime_module_serialize(wasmtime_module_t *, wasm_byte_vec_t *);
wasmtime_error_t *wasmtime_module_deserialize_file(wasm_engine_t *, const char *, wasmtime_module_t **);
wasmtime_linker_t *wasmtime_linker_new(wasm_engine_t *);
wasmtime_error_t *wasmtime_linker_define_wasi(wasmtime_linker_t *);
wasmtime_error_t *wasmtime_linker_define_func_unchecked(wasmtime_linker_t *, const char *, size_t, const char *, size_t,
                                                        const wasm_functype_t *, callback_t, void *, void (*)(void *));
wasmtime_error_t *wasmtime_linker_instantiate_pre(wasmtime_linker_t *, wasmtime_module_t *, wasmtime_instance_pre_t **);
wasmtime_error_t *wasmtime_instance_pre_instantiate(wasmtime_instance_pre_t *, wasmtime_context_t *, wasmtime_instance_t *,
                                                    wasm_trap_t **);
bool wasmtime_instance_export_get(wasmtime_context_t *, const wasmtime_instance_t *, const char *, size_t, wasmtime_extern_t *);
wasmtime_error_t *wasmtime_func_call_unchecked(wasmtime_context_t *, const wasmtime_func_t *, wasmtime_val_raw_t *, size_t,
                                               wasm_trap_t **);
wasmtime_store_t *wasmtime_store_new(wasm_engine_t *, void *, void (*)(void *));
void wasmtime_store_delete(wasmtime_store_t *);
wasmtime_context_t *wasmtime_store_context(wasmtime_store_t *);
wasmtime_error_t *wasmtime_context_set_wasi(wasmtime_context_t *, wasi_config_t *);
wasi_config_t *wasi_config_new(void);
bool wasi_config_set_argv(wasi_config_t *, size_t, const char **);
bool wasi_config_set_stdout_file(wasi_config_t *, const char *);
bool wasi_config_set_stderr_file(wasi_config_t *, const char *);
bool wasi_config_preopen_dir(wasi_config_t *, const char *, const char *, bool);
void wasi_config_inherit_stdout(wasi_config_t *);
bool wasmtime_error_exit_status(const wasmtime_error_t *, int *);
void wasmtime_error_message(const wasmtime_error_t *, wasm_byte_vec_t *);
void wasm_trap_message(const wasm_trap_t *, wasm_byte_vec_t *);
wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *, wasm_valtype_vec_t *);
void wasm_valtype_vec_new_empty(wasm_valtype_vec_t *);

static wasm_engine_t *engine;
static wasmtime_module_t *module;
static wasmtime_instance_pre_t *prepared; // the module with its imports
static uint32_t pool_slots; // 0: none
static _Thread_local wasmtime_store_t *store;
static _Thread_local wasmtime_context_t *context;
static _Thread_local wasmtime_instance_t instance;

static void check(wasmtime_error_t *error, wasm_trap_t *trap) {
  wasm_byte_vec_t message;
  if (error != NULL) {
    wasmtime_error_message(error, &message);
  } else if (trap != NULL) {
    wasm_trap_message(trap, &message);
  } else {
    return;
  }
  fail("%.*s", (int)message.size, message.data);
}

void peer_use_pool(uint32_t slots) { pool_slots = slots; }

static void make_engine(bool one_thread) {
  wasm_config_t *config = wasm_config_new();
  if (pool_slots > 0) {
    wasmtime_pooling_allocation_config_t *pool = wasmtime_pooling_allocation_config_new();
    wasmtime_pooling_allocation_config_total_core_instances_set(pool, pool_slots);
    wasmtime_pooling_allocation_config_total_memories_set(pool, pool_slots);
    wasmtime_pooling_allocation_strategy_set(config, pool);
  }
  wasmtime_config_parallel_compilation_set(config, !one_thread);
  engine = wasm_engine_new_with_config(config);
}

void peer_compile(const uint8_t *bytes, size_t size, bool one_thread) {
  if (engine == NULL) {
    make_engine(one_thread);
  }
  if (module != NULL) {
    wasmtime_module_delete(module);
  }
  check(wasmtime_module_new(engine, bytes, size, &module), NULL);
}

void peer_save(const char *path) {
  wasm_byte_vec_t bytes;
  check(wasmtime_module_serialize(module, &bytes), NULL);
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file) != 0) {
    fail("cannot write %s", path);
  }
}

void peer_load(const char *path) {
  if (engine == NULL) {
    make_engine(false);
  }
  check(wasmtime_module_deserialize_file(engine, path, &module), NULL);
}

static wasm_trap_t *on_start(void *data, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
  bench_start();
  return NULL;
}

static wasm_trap_t *on_end(void *data, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
  bench_end();
  return NULL;
}

static wasm_trap_t *on_noop(void *data, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) { return NULL; }

static void define(wasmtime_linker_t *linker, const char *from, const char *name, callback_t callback) {
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new_empty(&params);
  wasm_valtype_vec_new_empty(&results);
  wasm_functype_t *type = wasm_functype_new(&params, &results);
  check(wasmtime_linker_define_func_unchecked(linker, from, strlen(from), name, strlen(name), type, callback, NULL, NULL), NULL);
}

static wasi_config_t *wasi(const struct surroundings *surroundings) {
  wasi_config_t *config = wasi_config_new();
  const char *arguments[] = {"program"};
  bool well = wasi_config_set_argv(config, 1, arguments);
  if (surroundings->folder != NULL) {
    well = well && wasi_config_preopen_dir(config, surroundings->folder, ".", true) &&
           wasi_config_set_stdout_file(config, surroundings->out) && wasi_config_set_stderr_file(config, surroundings->err);
  } else {
    wasi_config_inherit_stdout(config);
  }
  if (!well) {
    fail("cannot set up WASI for %s", surroundings->folder);
  }
  return config;
}

void peer_instantiate(const struct surroundings *surroundings) {
  if (prepared == NULL) {
    wasmtime_linker_t *linker = wasmtime_linker_new(engine);
    check(wasmtime_linker_define_wasi(linker), NULL);
    define(linker, "bench", "start", on_start);
    define(linker, "bench", "end", on_end);
    define(linker, "env", "noop", on_noop);
    check(wasmtime_linker_instantiate_pre(linker, module, &prepared), NULL);
  }
  store = wasmtime_store_new(engine, NULL, NULL);
  context = wasmtime_store_context(store);
  if (surroundings != NULL) {
    check(wasmtime_context_set_wasi(context, wasi(surroundings)), NULL);
  }
  wasm_trap_t *trap = NULL;
  check(wasmtime_instance_pre_instantiate(prepared, context, &instance, &trap), trap);
}

static wasmtime_func_t function(const char *name) {
  wasmtime_extern_t item;
  if (!wasmtime_instance_export_get(context, &instance, name, strlen(name), &item)) {
    fail("the module does not export %s", name);
  }
  return item.of.func;
}

void peer_start(void) {
  wasmtime_func_t start = function("_start");
  wasmtime_val_raw_t values[1];
  wasm_trap_t *trap = NULL;
  wasmtime_error_t *error = wasmtime_func_call_unchecked(context, &start, values, 1, &trap);
  int status = 0;
  if (error != NULL && wasmtime_error_exit_status(error, &status)) {
    if (status != 0) {
      fail("the program exited with %d", status);
    }
    return;
  }
  check(error, trap);
}

void peer_close(void) { wasmtime_store_delete(store); }

uint32_t peer_add(uint32_t count) {
  wasmtime_func_t add = function("add");
  wasmtime_val_raw_t values[2];
  wasm_trap_t *trap = NULL;
  int32_t sum = 0;
  for (uint32_t i = 0; i < count; i++) {
    values[0].i32 = sum;
    values[1].i32 = (int32_t)i;
    check(wasmtime_func_call_unchecked(context, &add, values, 2, &trap), trap);
    sum = values[0].i32;
  }
  return (uint32_t)sum;
}

void peer_loop(uint32_t count) {
  wasmtime_func_t loop = function("loop");
  wasmtime_val_raw_t values[1] = {{.i32 = (int32_t)count}};
  wasm_trap_t *trap = NULL;
  check(wasmtime_func_call_unchecked(context, &loop, values, 1, &trap), trap);
}
