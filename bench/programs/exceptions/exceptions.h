/* What a program with exceptions needs besides a kernel: the little of a C++ library that throwing takes.
   Handlers are for all exceptions, so nobody looks for types. */
extern "C" {
#include "../kernels/kernel.h"
}

#ifdef __cpp_exceptions
#define THROW(x) throw x
#define TRY try
#define CATCH(...) catch (...) __VA_ARGS__
#else
#define THROW(x) __builtin_trap()
#define TRY
#define CATCH(...)
#endif

/* What is thrown. */
struct error {
  int at;
};

#ifdef __wasm__
#ifdef __cpp_exceptions
asm(".tagtype __cpp_exception i32\n"
    ".globl __cpp_exception\n"
    "__cpp_exception:\n");
#endif

extern "C" {
static long long thrown[4];
void *vtable_of_types[8] __asm__("_ZTVN10__cxxabiv117__class_type_infoE");
void *__cxa_allocate_exception(size_t) { return thrown; }
void __cxa_free_exception(void *) {}
#ifdef __cpp_exceptions
[[noreturn]] void __cxa_throw(void *exception, void *, void (*)(void *)) { __builtin_wasm_throw(0, exception); }
[[noreturn]] void __cxa_rethrow() { __builtin_wasm_throw(0, thrown); }
#endif
void *__cxa_begin_catch(void *exception) { return exception; }
void __cxa_end_catch() {}
void __cxa_pure_virtual() { __builtin_trap(); }
}
namespace std {
[[noreturn]] void terminate() noexcept { __builtin_trap(); }
}
#endif

/* Memory comes from one place, and all of it goes back at once. */
alignas(16) static char arena[1 << 20];
static size_t used;

static void *allocate(size_t size) {
  if (used + size > sizeof arena) THROW(error{-1});
  void *at = arena + used;
  used += (size + 15) & ~(size_t)15;
  return at;
}
